//! Tests of casework as a whole.

mod steps_page;
