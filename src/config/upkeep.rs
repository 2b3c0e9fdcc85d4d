//! `[quality]`, `[drift]`, `[health]`, `[shift]`: what records may say, when a scale has drifted,
//! when a lane ails, what a check of a scale must show.

use serde::{Deserialize, Serialize};

use super::Config;
use crate::casework::ShiftRules;
use crate::lane::drift::{Calibration, DriftSettings, Reference};
use crate::lane::health::HealthSettings;
use crate::lane::quality::QualitySettings;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// What a vehicle record may say.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quality {
    /// Lighter than this is no axle.
    pub lightest_axle_kg: u32,
    /// Heavier than this is no truck's axle.
    pub heaviest_axle_kg: u32,
    /// Two axles are no closer than this.
    pub least_spacing_mm: u32,
    /// The spacings may add up to so much more than the length.
    pub length_tolerance_mm: u32,
    /// Faster than this is no truck, km/h.
    pub fastest_kmh: u32,
    /// Left and right may miss the axle's load by so much.
    pub side_sum_tolerance_kg: u32,
    /// Both sides may differ by this share of their sum, per cent.
    pub uneven_percent: u32,
    /// So many records in a row with the same loads: the scale repeats itself.
    pub repeats: u32,
}

impl Default for Quality {
    fn default() -> Self {
        Self {
            lightest_axle_kg: 300,
            heaviest_axle_kg: 30_000,
            least_spacing_mm: 890,
            length_tolerance_mm: 300,
            fastest_kmh: 160,
            side_sum_tolerance_kg: 20,
            uneven_percent: 40,
            repeats: 3,
        }
    }
}

/// When a scale in motion has drifted (漂移).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drift {
    /// A six-axle tractor-trailer counts as loaded from this gross on.
    pub loaded_from_kg: u32,
    /// And up to this one.
    pub loaded_to_kg: u32,
    /// So many vehicles make the first reference.
    pub begin_vehicles: u32,
    /// It grows up to so many while nothing drifts.
    pub reference_vehicles: u32,
    /// A drift is over when so many vehicles passed without another word of the chart.
    pub settle_vehicles: u32,
    /// A drift is told again when it has changed by so much.
    pub step_per_mille: u32,
    /// A drift that may be as large as this, its uncertainty included, switches enforcement off.
    pub off_per_mille: u32,
}

impl Default for Drift {
    fn default() -> Self {
        Self {
            loaded_from_kg: 36_000,
            loaded_to_kg: 55_000,
            begin_vehicles: 200,
            reference_vehicles: 5_000,
            settle_vehicles: 1_000,
            step_per_mille: 5,
            off_per_mille: 50,
        }
    }
}

/// What a control chart of a lane should show.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftReference {
    /// Mean: kg, mm, or parts in a million for left against right.
    pub mean: i64,
    /// Standard deviation of one vehicle, in the same unit.
    pub spread: u32,
    /// How many vehicles both rest on.
    pub vehicles: u32,
}

/// When a lane ails (健康监测).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Health {
    /// So many vehicles without a word of the plate camera: it is dead.
    pub camera_silent_vehicles: u32,
    /// So many pictures in a row that did not come: the picture camera is dead.
    pub pictures_missing: u32,
    /// So many vehicles in a row with nothing on the same side: the side is dead.
    pub dead_side_vehicles: u32,
    /// Left and right may differ by so much in the mean of all vehicles, per mille of their sum.
    pub uneven_per_mille: u32,
    /// An empty hour is told when chance makes it so with no more than this probability, parts in a
    /// million.
    pub empty_per_million: u32,
    /// The least share of the usual traffic that a lawful day may have, per cent.
    pub least_traffic_percent: u32,
    /// What is usual is the mean of so many days.
    pub usual_days: u32,
    /// And is known from so many on.
    pub usual_from_days: u32,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            camera_silent_vehicles: 20,
            pictures_missing: 5,
            dead_side_vehicles: 5,
            uneven_per_mille: 100,
            empty_per_million: 100,
            least_traffic_percent: 50,
            usual_days: 28,
            usual_from_days: 3,
        }
    }
}

/// The check of a platform's scale at the beginning of a shift (交接班检查).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shift {
    /// Whether a platform weighing without a valid check before it can't become a penalty.
    pub check_required: bool,
    /// How long a check holds, hours: a shift.
    pub valid_for_hours: u32,
    /// The empty scale may show so much, either way.
    pub zero_tolerance_kg: u32,
    /// The reference mass may be shown so much off, per mille of it,
    pub tolerance_per_mille: u32,
    /// or so much, if that is more.
    pub tolerance_kg: u32,
}

impl Default for Shift {
    fn default() -> Self {
        Self {
            check_required: false,
            valid_for_hours: 12,
            zero_tolerance_kg: 10,
            tolerance_per_mille: 1,
            tolerance_kg: 20,
        }
    }
}

fn kg(value: u32) -> Kilograms {
    Kilograms::new(i64::from(value))
}

fn mm(value: u32) -> Millimetres {
    Millimetres::new(i64::from(value))
}

impl Config {
    /// What the check of a scale must show, and whether there must be one.
    pub fn shift_rules(&self) -> ShiftRules {
        let shift = &self.shift;
        ShiftRules {
            required: shift.check_required,
            valid_for: Micros::from_seconds(i64::from(shift.valid_for_hours) * 3_600),
            zero_tolerance_kg: kg(shift.zero_tolerance_kg),
            tolerance_per_mille: i64::from(shift.tolerance_per_mille),
            tolerance_kg: kg(shift.tolerance_kg),
        }
    }

    pub(super) fn quality_settings(&self) -> QualitySettings {
        let quality = &self.quality;
        QualitySettings {
            lightest_axle_kg: kg(quality.lightest_axle_kg),
            heaviest_axle_kg: kg(quality.heaviest_axle_kg),
            least_spacing_mm: mm(quality.least_spacing_mm),
            length_tolerance_mm: mm(quality.length_tolerance_mm),
            fastest: TenthKmh::new(10 * i64::from(quality.fastest_kmh)),
            side_sum_tolerance_kg: kg(quality.side_sum_tolerance_kg),
            uneven_per_mille: 10 * i64::from(quality.uneven_percent),
            repeats: quality.repeats,
        }
    }

    pub(super) fn drift_settings(&self) -> DriftSettings {
        let drift = &self.drift;
        let calibrated = |lane: &super::Lane| {
            if lane.calibrated_at.is_none() && lane.references.is_empty() {
                return None;
            }
            let at = lane.calibrated_at.map_or(0, |at| at.timestamp_micros());
            let given = |reference: &DriftReference| {
                let (spread, vehicles) = (reference.spread.into(), reference.vehicles.into());
                Reference::given(reference.mean, spread, vehicles)
            };
            let references = lane.references.iter();
            let calibration = Calibration {
                calibrated_at: Micros::new(at),
                references: references
                    .map(|(quantity, reference)| (*quantity, given(reference)))
                    .collect(),
            };
            Some((lane.number, calibration))
        };
        DriftSettings {
            loaded_from_kg: kg(drift.loaded_from_kg),
            loaded_to_kg: kg(drift.loaded_to_kg),
            begin_vehicles: drift.begin_vehicles,
            reference_vehicles: drift.reference_vehicles,
            settle_vehicles: drift.settle_vehicles,
            step_per_mille: i64::from(drift.step_per_mille),
            off_per_mille: i64::from(drift.off_per_mille),
            lanes: self.lanes.iter().filter_map(calibrated).collect(),
            ..DriftSettings::default()
        }
    }

    pub(super) fn health_settings(&self) -> HealthSettings {
        let health = &self.health;
        HealthSettings {
            camera_silent_vehicles: health.camera_silent_vehicles,
            pictures_missing: health.pictures_missing,
            dead_side_vehicles: health.dead_side_vehicles,
            uneven_per_mille: i64::from(health.uneven_per_mille),
            empty_per_million: health.empty_per_million,
            least_traffic_percent: health.least_traffic_percent,
            usual_days: health.usual_days,
            usual_from_days: health.usual_from_days,
            ..HealthSettings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_may_say_what_its_charts_should_show() {
        let text = r#"
            [station]
            code = "ST0001"
            name = "x"
            data_dir = "/tmp/x"
            [[lane]]
            number = 3
            name = "y"
            scale_use = "off_site"
            calibrated_at = "2026-01-05T08:00:00+08:00"
            [lane.references.steering_axle]
            mean = 6300
            spread = 750
            vehicles = 2000
        "#;
        let config = Config::parse(text, "station.toml".as_ref()).unwrap();
        let drift = config.drift_settings();
        let lane = &drift.lanes[&3];
        let at = Micros::from_rfc3339("2026-01-05T00:00:00Z").unwrap();
        assert_eq!(lane.calibrated_at, at);
        let given = Reference::given(6_300, 750, 2_000);
        assert_eq!(
            lane.references[&crate::lane::drift::Quantity::SteeringAxle],
            given
        );
    }

    #[test]
    fn the_defaults_are_those_of_the_lane_logic() {
        let config = Config::of_station(crate::config::Station {
            code: "ST0001".to_owned(),
            name: String::new(),
            data_dir: "/nonexistent".into(),
            simulated: false,
        });
        assert_eq!(config.quality_settings(), QualitySettings::default());
        assert_eq!(config.drift_settings(), DriftSettings::default());
        assert_eq!(config.health_settings(), HealthSettings::default());
        assert_eq!(config.shift_rules(), ShiftRules::default());
    }
}
