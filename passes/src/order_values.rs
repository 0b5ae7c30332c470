//! `order-values`
