//! Association and findings measured against ground truth: whose plate stands on which weighing, and
//! what was seen of who evades.
//!
//! Truth and result are joined by the place of their bytes: a closed passage belongs to the vehicle, or
//! the vehicles, whose record stands where its weighing was read, and a plate to the vehicle of whose
//! passing the camera wrote the line that was chosen. Nothing is joined by time or by text, so a wrong
//! plate can't hide. The same reads go through two [`baseline`]s.
//!
//! [`Evaluator`] takes truth and passages as they come, in the order of time, and forgets what is
//! settled: how many vehicles it counts does not show in its memory. [`simulated`] counts a road that
//! stands in no file.

pub mod baseline;
pub mod bound;
pub mod calibration;
pub mod drift;
pub mod elsewhere;
mod evaluator;
pub mod evasion;
mod lines;
mod offset;
pub mod simulated;
mod tally;
mod truth;

use crate::units::Micros;

pub use evaluator::{Evaluator, Rules};
pub use offset::Offset;
pub use tally::{Evaluation, Evidence, MassClass, Outcome, Tally};
pub use truth::{Chosen, Clock, Finding, Passage, ReadLine, Span, Tie, Vehicle};

/// What a vehicle register (机动车登记信息) says of a plate that was read.
pub trait Register {
    /// Whether such a plate is registered, with this colour, on a vehicle that can have so many axles,
    /// alone or with a trailer. A colour that was not read fits any.
    fn confirms(&self, plate: &str, colour: Option<&str>, axles: usize) -> bool;
}

/// Joins a whole truth and a whole result and counts. The baselines tie within `window`.
pub fn evaluate(vehicles: &[Vehicle], passages: &[Passage], window: Micros) -> Evaluation {
    let mut evaluator = Evaluator::new(Rules {
        window,
        ..Rules::default()
    });
    for vehicle in vehicles {
        evaluator.vehicle(vehicle.clone());
    }
    for passage in passages {
        evaluator.passage(passage.clone());
    }
    evaluator.finish()
}

#[cfg(test)]
mod tests;
