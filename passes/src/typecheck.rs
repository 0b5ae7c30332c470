//! `typecheck`
