//! A platform scale's stream of readings becomes one weighing per vehicle: the stability rule.
//!
//! Something stands on the platform from `occupied_kg` on. When so many frames in a row, over at
//! least the stated time, agree within one division, are not in motion and not out of range, their
//! latest value is the weight. One weighing per occupancy; the platform must fall below half of
//! `occupied_kg` before the next. A clamped zero is not "no vehicle": only the fall counts.

use firmware_protocols::{Reading, Unit};

use crate::lane::settings::PlatformSettings;
use crate::lane::stream::Input;
use crate::passage::RawBytes;
use crate::units::{Kilograms, Micros};

/// A weight that the stability rule let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableWeight {
    /// The weight.
    pub gross_kg: Kilograms,
    /// When the vehicle first loaded the platform.
    pub loaded_at: Micros,
    /// When the last agreeing frame came in.
    pub stable_at: Micros,
    /// How many frames agreed.
    pub agreeing_frames: u32,
    /// The last of them.
    pub raw: RawBytes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Empty,
    Loading { loaded_at: Micros, run: Option<Run> },
    Weighed,
}

/// Frames in a row that agree.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    lowest_kg: Kilograms,
    highest_kg: Kilograms,
    since: Micros,
    frames: u32,
}

/// The rule for one platform.
#[derive(Debug)]
pub struct StabilityRule {
    state: State,
    last_reading_at: Option<Micros>,
}

/// After a silence this long another vehicle may stand there: the rule starts anew.
const LONGEST_GAP: Micros = Micros::from_seconds(2);

impl Default for StabilityRule {
    fn default() -> Self {
        Self {
            state: State::Empty,
            last_reading_at: None,
        }
    }
}

impl StabilityRule {
    /// Whether nothing stands on the platform, as far as the readings say.
    pub fn is_empty(&self) -> bool {
        self.state == State::Empty
    }

    /// Takes a reading; yields the weight when this frame completes the rule.
    pub fn handle(
        &mut self,
        settings: &PlatformSettings,
        unit: Option<Unit>,
        input: &Input,
        reading: &Reading,
    ) -> Option<StableWeight> {
        let now = input.received_at;
        let silent = self
            .last_reading_at
            .replace(now)
            .is_some_and(|last| now.saturating_sub(last) > LONGEST_GAP);
        if silent && let State::Loading { loaded_at, run } = &mut self.state {
            (*loaded_at, *run) = (now, None);
        }
        // Net readings say nothing of what stands on the platform; out of range is no number.
        let weight_kg = match reading {
            Reading {
                net: Some(true), ..
            } => None,
            Reading {
                value: Some(value), ..
            } => kilograms(*value, reading.unit.or(unit)),
            _ => None,
        };
        let Some(weight_kg) = weight_kg else {
            if let State::Loading { run, .. } = &mut self.state {
                *run = None;
            }
            return None;
        };
        if weight_kg.get() < settings.occupied_kg.get() / 2 {
            self.state = State::Empty;
            return None;
        }
        if self.state == State::Empty && weight_kg >= settings.occupied_kg {
            self.state = State::Loading {
                loaded_at: now,
                run: None,
            };
        }
        let State::Loading { loaded_at, run } = &mut self.state else {
            return None;
        };
        if reading.stable == Some(false) {
            *run = None;
            return None;
        }
        let fresh = || Run {
            lowest_kg: weight_kg,
            highest_kg: weight_kg,
            since: now,
            frames: 1,
        };
        let grown = match run.take() {
            Some(run) => {
                let lowest_kg = run.lowest_kg.min(weight_kg);
                let highest_kg = run.highest_kg.max(weight_kg);
                if highest_kg.saturating_sub(lowest_kg) <= settings.division_kg {
                    let frames = run.frames.saturating_add(1);
                    Run {
                        lowest_kg,
                        highest_kg,
                        since: run.since,
                        frames,
                    }
                } else {
                    fresh()
                }
            }
            None => fresh(),
        };
        let long_enough = now.saturating_sub(grown.since) >= settings.agreeing_for;
        if grown.frames >= settings.agreeing_frames && long_enough {
            let weight = StableWeight {
                gross_kg: weight_kg,
                loaded_at: *loaded_at,
                stable_at: now,
                agreeing_frames: grown.frames,
                raw: input.raw(),
            };
            self.state = State::Weighed;
            return Some(weight);
        }
        *run = Some(grown);
        None
    }
}

/// A displayed value in whole kilograms, parts cut off (in favour of the party). `None` for a unit
/// that a truck scale has no business with, or none at all.
fn kilograms(value: firmware_protocols::Decimal, unit: Option<Unit>) -> Option<Kilograms> {
    let thousandths = value.thousandths()?;
    match unit? {
        Unit::Kilogram => Some(Kilograms::new(thousandths.div_euclid(1_000))),
        Unit::Tonne => Some(Kilograms::new(thousandths)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::{Decimal, Event};

    use super::*;
    use crate::lane::settings::Settings;

    fn feed(
        rule: &mut StabilityRule,
        readings: impl IntoIterator<Item = (i64, Option<i64>, bool)>,
    ) -> Vec<StableWeight> {
        let settings = Settings::new("ST0001").platform;
        readings
            .into_iter()
            .filter_map(|(millis, value, stable)| {
                let reading = Reading {
                    value: value.map(|kg| Decimal::new(kg, 0)),
                    tare: None,
                    unit: Some(Unit::Kilogram),
                    stable: Some(stable),
                    net: Some(false),
                    overload: Some(value.is_none()),
                    underload: Some(false),
                    checked: true,
                    ..Reading::default()
                };
                let input = Input {
                    port: "scale".to_owned(),
                    received_at: Micros::from_millis(millis),
                    offset: 0,
                    bytes: vec![1],
                    event: Event::Reading(reading.clone()),
                };
                rule.handle(&settings, None, &input, &reading)
            })
            .collect()
    }

    fn steady(from: i64, kg: i64, frames: i64) -> Vec<(i64, Option<i64>, bool)> {
        (0..frames)
            .map(|i| (from + i * 150, Some(kg), true))
            .collect()
    }

    #[test]
    fn one_vehicle_is_weighed_once_however_long_it_stands() {
        let mut rule = StabilityRule::default();
        let weights = feed(&mut rule, steady(0, 49_200, 100));
        assert_eq!(weights.len(), 1);
        assert_eq!(weights[0].gross_kg, Kilograms::new(49_200));
        assert_eq!(weights[0].agreeing_frames, 10);
        assert!(
            feed(&mut rule, steady(20_000, 700, 50)).is_empty(),
            "half empty is not empty"
        );
        assert!(feed(&mut rule, steady(30_000, 0, 3)).is_empty());
        assert_eq!(
            feed(&mut rule, steady(40_000, 30_000, 20)).len(),
            1,
            "the next vehicle"
        );
    }

    #[test]
    fn motion_overload_and_drift_start_the_rule_anew() {
        let mut rule = StabilityRule::default();
        let mut readings = steady(0, 49_200, 9);
        readings.push((1_400, Some(49_200), false));
        readings.extend(steady(1_500, 49_200, 9));
        readings.push((3_000, None, true));
        readings.extend(steady(3_100, 49_200, 9));
        readings.push((5_000, Some(49_200), false));
        assert!(feed(&mut rule, readings).is_empty());
        // Each step is within one division of the last, the whole creep is not.
        let creep = (0..30).map(|i| (6_000 + i * 150, Some(49_200 + i * 10), true));
        assert!(feed(&mut rule, creep).is_empty());
    }

    #[test]
    fn ten_frames_in_no_time_are_not_stable() {
        let mut rule = StabilityRule::default();
        let burst = (0..50).map(|i| (i * 10, Some(49_200), true));
        assert!(feed(&mut rule, burst).is_empty());
    }

    #[test]
    fn a_silence_starts_the_rule_anew() {
        let mut rule = StabilityRule::default();
        assert!(feed(&mut rule, steady(0, 49_200, 9)).is_empty());
        // The cable is back after ten minutes, with another vehicle of about that weight.
        assert!(feed(&mut rule, steady(600_000, 49_210, 9)).is_empty());
        let weights = feed(&mut rule, steady(601_350, 49_210, 1));
        assert_eq!(weights[0].loaded_at, Micros::from_millis(600_000));
    }

    #[test]
    fn pounds_are_not_taken_for_kilograms() {
        assert_eq!(kilograms(Decimal::new(98_000, 0), Some(Unit::Pound)), None);
        assert_eq!(
            kilograms(Decimal::new(4_920, 2), Some(Unit::Tonne)),
            Some(Kilograms::new(49_200))
        );
        assert_eq!(kilograms(Decimal::new(49_200, 0), None), None);
    }
}
