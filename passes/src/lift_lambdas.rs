//! `lift-lambdas`
