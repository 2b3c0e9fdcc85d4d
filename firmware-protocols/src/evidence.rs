//! What may be made of what a device says: the evidence grade (证据等级) of each kind of record.
//!
//! The rule is one for all protocols and looks at the bytes, not at the maker: a check on the wire
//! makes a record stand on its own; without one, a weight needs agreeing frames, a vehicle record
//! serves pre-selection only, a plate needs a second read or a person. A protocol whose layout was
//! never confirmed stays below that, whatever check it has: a right sum over misread columns is still
//! a wrong weight.

use crate::Event;
use crate::registry::Maturity;

/// What a record may be used for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// An integrity check covers it: it stands on its own.
    Checked,
    /// A whole JPEG: begins and ends as one, its digest is taken on arrival.
    WholePicture,
    /// A weight without a check: so many agreeing frames under the stability rule, no single one.
    Agreement,
    /// A plate without a check: a second independent read, or a reviewer's look at the picture.
    SecondRead,
    /// A vehicle record without a check: pre-selection and statistics only.
    PreSelection,
    /// The layout is from hearsay or one program: shown and kept, never charged, until bytes of a
    /// real device have confirmed it.
    Unproven,
}

impl Grade {
    /// All grades.
    pub const ALL: [Self; 6] = [
        Self::Checked,
        Self::WholePicture,
        Self::Agreement,
        Self::SecondRead,
        Self::PreSelection,
        Self::Unproven,
    ];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::WholePicture => "whole_picture",
            Self::Agreement => "agreement",
            Self::SecondRead => "second_read",
            Self::PreSelection => "pre_selection",
            Self::Unproven => "unproven",
        }
    }
}

/// Kinds of records that can be evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Record {
    /// A reading of a scale.
    Weight,
    /// A vehicle record.
    Vehicle,
    /// A plate read.
    Plate,
    /// A picture.
    Picture,
}

impl Record {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Vehicle => "vehicle",
            Self::Plate => "plate",
            Self::Picture => "picture",
        }
    }
}

/// What an event of a protocol of this maturity may be used for; `None` for what is no record.
pub fn grade(event: &Event, maturity: Maturity) -> Option<(Record, Grade)> {
    let (record, checked, without) = match event {
        Event::Reading(reading) => (Record::Weight, reading.checked, Grade::Agreement),
        Event::Vehicle(vehicle) => (Record::Vehicle, vehicle.checked, Grade::PreSelection),
        Event::Plate(plate) => (Record::Plate, plate.checked, Grade::SecondRead),
        Event::Picture(_) => return Some((Record::Picture, Grade::WholePicture)),
        Event::Heartbeat(_) | Event::Status(_) | Event::Rejected(_) => return None,
    };
    let grade = match (maturity, checked) {
        (Maturity::Broken | Maturity::Experimental, _) => Grade::Unproven,
        (_, true) => Grade::Checked,
        (_, false) => without,
    };
    Some((record, grade))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plate, Reading, Vehicle};

    #[test]
    fn the_bytes_decide_and_an_unconfirmed_layout_caps() {
        let reading = |checked| {
            Event::Reading(Reading {
                checked,
                ..Reading::default()
            })
        };
        let documented = Maturity::Documented;
        assert_eq!(
            grade(&reading(true), documented),
            Some((Record::Weight, Grade::Checked))
        );
        assert_eq!(
            grade(&reading(false), documented),
            Some((Record::Weight, Grade::Agreement))
        );
        assert_eq!(
            grade(&reading(true), Maturity::Experimental),
            Some((Record::Weight, Grade::Unproven))
        );
        assert_eq!(
            grade(&Event::Vehicle(Vehicle::default()), documented),
            Some((Record::Vehicle, Grade::PreSelection))
        );
        assert_eq!(
            grade(&Event::Plate(Plate::default()), documented),
            Some((Record::Plate, Grade::SecondRead))
        );
        assert_eq!(
            grade(&Event::Rejected(crate::Reject::Field), documented),
            None
        );
    }
}
