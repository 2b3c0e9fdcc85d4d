//! Permits for over-limit transport of loads that cannot be divided (超限运输车辆通行证).
//!
//! A permit that holds raises the limits of mass and dimensions to what it allows. One that the
//! transport does not keep to is no permit for it (Order 62 art. 47): the ordinary limits apply,
//! and the verdict names what was not kept.

use std::cmp::Ordering;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::assessment::{Assessment, InputError, LARGEST_LENGTH_MM, LARGEST_MASS_KG, within};
use super::vehicle::VehicleDescription;
use crate::units::{Kilograms, Millimetres};

/// A permit as it was shown. What it leaves open is not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permit {
    /// Its number (通行证编号).
    pub number: Option<String>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Total mass it allows (许可总质量), kg.
    pub gross_kg: Option<Kilograms>,
    /// Load it allows on each axle (许可轴荷), kg: one for all, or as many as there are axles.
    pub axle_loads_kg: Vec<Kilograms>,
    /// Height it allows, mm.
    pub height_mm: Option<Millimetres>,
    /// Width it allows, mm.
    pub width_mm: Option<Millimetres>,
    /// Length it allows, mm.
    pub length_mm: Option<Millimetres>,
    /// Roads of its route (许可路线); empty when the permit names none.
    pub roads: Vec<String>,
    /// Hours of the day in which it holds, from and until, Beijing time; over midnight when the
    /// second is the earlier.
    pub hours: Option<[NaiveTime; 2]>,
    /// Whether the load is one that cannot be divided (不可解体物品), as the officer found it.
    pub indivisible: Option<bool>,
}

/// What of a permit was not kept (与通行证不符). A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermitFault {
    /// The day of the act is before its first day.
    NotYetValid,
    /// The day of the act is after its last day.
    Expired,
    /// The load can be divided: no permit covers it (art. 27).
    DivisibleLoad,
    /// Another road than those of the route.
    OffRoute,
    /// Outside of its hours.
    OutsideHours,
    /// Heavier than it allows.
    MassAbovePermit,
    /// An axle heavier than it allows.
    AxleAbovePermit,
    /// Higher, wider or longer than it allows.
    DimensionAbovePermit,
}

impl PermitFault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotYetValid,
        Self::Expired,
        Self::DivisibleLoad,
        Self::OffRoute,
        Self::OutsideHours,
        Self::MassAbovePermit,
        Self::AxleAbovePermit,
        Self::DimensionAbovePermit,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::DivisibleLoad => "divisible_load",
            Self::OffRoute => "off_route",
            Self::OutsideHours => "outside_hours",
            Self::MassAbovePermit => "mass_above_permit",
            Self::AxleAbovePermit => "axle_above_permit",
            Self::DimensionAbovePermit => "dimension_above_permit",
        }
    }
}

impl Permit {
    /// Whether its figures can be a permit's, for a vehicle with so many axles.
    pub(super) fn check(&self, axles: usize) -> Result<(), InputError> {
        let refuse = |what| {
            let field = "vehicle.permit";
            Err(InputError::Contradiction { field, what })
        };
        if *self == Self::default() {
            return refuse("states nothing");
        }
        let span = self.valid_from.zip(self.valid_until);
        if span.is_some_and(|(first, last)| last < first) {
            return refuse("valid_until is before valid_from");
        }
        let listed = self.axle_loads_kg.len();
        if listed > 1 && listed != axles {
            return refuse("axle_loads_kg: one figure for all axles, or one for each");
        }
        for mass in self.gross_kg.iter().chain(&self.axle_loads_kg) {
            within("vehicle.permit", mass.get(), 1, LARGEST_MASS_KG)?;
        }
        let lengths = [self.height_mm, self.width_mm, self.length_mm];
        for length in lengths.into_iter().flatten() {
            within("vehicle.permit", length.get(), 1, LARGEST_LENGTH_MM)?;
        }
        Ok(())
    }

    /// Everything that `vehicle` did not keep to, for a mass that counts of `mass`; an axle counts
    /// with what `counts` makes of its load, as the mass does. What is not known of the transport is
    /// not held against it.
    pub(super) fn faults(
        &self,
        assessment: &Assessment,
        vehicle: &VehicleDescription,
        mass: Kilograms,
        counts: impl Fn(Kilograms) -> Kilograms,
    ) -> Vec<PermitFault> {
        let day = assessment.day;
        let above = |found: Option<Millimetres>, allowed: Option<Millimetres>| {
            found
                .zip(allowed)
                .is_some_and(|(found, allowed)| found > allowed)
        };
        let off_route = assessment
            .road
            .as_ref()
            .is_some_and(|road| !self.roads.is_empty() && !self.roads.contains(road));
        let dimension = above(vehicle.height_mm, self.height_mm)
            || above(vehicle.width_mm, self.width_mm)
            || above(vehicle.length_mm, self.length_mm);
        let broken = [
            (
                PermitFault::NotYetValid,
                self.valid_from.is_some_and(|first| day < first),
            ),
            (
                PermitFault::Expired,
                self.valid_until.is_some_and(|last| day > last),
            ),
            (PermitFault::DivisibleLoad, self.indivisible == Some(false)),
            (PermitFault::OffRoute, off_route),
            (
                PermitFault::OutsideHours,
                self.outside_hours(assessment.time),
            ),
            (
                PermitFault::MassAbovePermit,
                self.gross_kg.is_some_and(|allowed| mass > allowed),
            ),
            (
                PermitFault::AxleAbovePermit,
                self.axle_above(&assessment.measured.axle_loads_kg, counts),
            ),
            (PermitFault::DimensionAbovePermit, dimension),
        ];
        let broken = broken.into_iter().filter(|(_, broken)| *broken);
        broken.map(|(fault, _)| fault).collect()
    }

    fn outside_hours(&self, time: Option<NaiveTime>) -> bool {
        let Some(([from, until], time)) = self.hours.zip(time) else {
            return false;
        };
        match from.cmp(&until) {
            Ordering::Less => time < from || time > until,
            // From midnight to midnight is the whole day.
            Ordering::Equal => false,
            Ordering::Greater => time < from && time > until,
        }
    }

    /// One figure holds for every axle, several each for its own.
    fn axle_above(&self, loads: &[Kilograms], counts: impl Fn(Kilograms) -> Kilograms) -> bool {
        let mut loads = loads.iter().map(|load| counts(*load));
        match self.axle_loads_kg.as_slice() {
            [] => false,
            [each] => loads.any(|load| load > *each),
            each => loads.zip(each).any(|(load, allowed)| load > *allowed),
        }
    }
}
