//! `uncurry`
