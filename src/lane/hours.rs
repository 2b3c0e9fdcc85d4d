//! What was in each lane, hour by hour (分时统计), and what must be remembered longer than a restart
//! replays.
//!
//! The hours are those of the clock. When one ends the carriageway hands out its record; after a
//! restart the latest record is given back, and what was received since its end makes the following
//! hours as if nothing had happened. So whatever reaches back further than an hour (charts, usual
//! traffic, read rates) is a function of the last record and the inputs since.

mod record;
mod watch;

pub use record::{Hour, LaneHour, LaneMemory, PortHour};
pub(super) use watch::Watch;

use crate::units::Micros;

/// Length of an hour.
pub const HOUR: Micros = Micros::from_seconds(3_600);

/// The beginning of the hour in which a moment lies.
pub const fn hour_of(at: Micros) -> Micros {
    Micros::new(at.get().div_euclid(HOUR.get()).saturating_mul(HOUR.get()))
}

#[cfg(test)]
mod tests;
