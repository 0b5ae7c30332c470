//! The checks of `direct`.
