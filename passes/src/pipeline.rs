//! The one list of passes, from which the driver, the table of `aivic passes`, the names of dumps and the goldens are made.
