//! `lower-branches`
