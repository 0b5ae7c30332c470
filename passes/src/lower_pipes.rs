//! `lower-pipes`
