//! `monomorphize`
