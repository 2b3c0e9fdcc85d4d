//! Tests of the procedure.

mod clocks;
mod counters;
mod course;
mod documentation;
mod journal;
mod model;
mod paying;
mod refused;
pub(crate) mod support;
mod tracks;
