//! `derive-structural`
