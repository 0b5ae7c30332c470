//! `choose-layouts`
