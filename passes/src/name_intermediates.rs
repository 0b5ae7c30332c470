//! `name-intermediates`
