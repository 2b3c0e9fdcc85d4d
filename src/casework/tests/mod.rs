//! Tests of casework as a whole.

pub mod page;
mod steps_page;
