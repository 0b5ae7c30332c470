//! The passes, one file each.

pub mod allocate_slots;
pub mod fold_constants;
pub mod generate_code;
pub mod lower_sugar;
pub mod resolve_names;
