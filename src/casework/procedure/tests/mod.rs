//! Tests of the procedure.

mod clocks;
mod collecting;
mod counters;
mod course;
mod documentation;
mod journal;
mod model;
mod parties;
mod paying;
mod police;
mod refused;
mod remedies;
mod sources;
pub(crate) mod support;
mod tracks;
