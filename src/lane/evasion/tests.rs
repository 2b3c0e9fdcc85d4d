//! The detectors against traffic that the tests generate by themselves, with scatter the detectors
//! are not told.

mod generate;
mod kinds;
mod laws;
mod measure;
mod real_trucks;
mod simulated;

use super::*;
