//! `emit`
