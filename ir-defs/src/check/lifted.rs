//! The checks of `lifted`.
