//! What the shell hands in beside the inspection: settings, and what the store knows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::casework::case_state::CaseState;
pub use crate::casework::officer::{Actor, OfficerLicence};
use crate::law::{Calendar, Table, VerdictClass};
use crate::units::{Kilograms, Micros};

/// How a station works. What the law leaves open stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InspectionSettings {
    /// Police are resident (公安驻站): they fine, the station watches over the unloading. Without them
    /// the station calls the police, or the transport authority opens a case.
    pub resident_police: bool,
    /// Figures may be typed by hand (允许人工录入重量).
    pub hand_entry_allowed: bool,
    /// Title of the sheet; also in use is 称重和卸货单.
    pub sheet_title: String,
    /// A vehicle that was once over is released only after a re-weighing, even where a later
    /// description shows that its limit is higher than was thought. Where off, the higher limit suffices.
    pub reweigh_needed: bool,
    /// The overload of a vehicle that was over is handed to the police or to a case before release.
    pub handover_needed: bool,
    /// Mass by the scale and goods as stated may differ by so much before the difference is marked, kg.
    pub moved_tolerance_kg: Kilograms,
    /// Days before the end of a hold from which it is warned of.
    pub hold_warning_days: u32,
}

impl Default for InspectionSettings {
    fn default() -> Self {
        Self {
            resident_police: false,
            hand_entry_allowed: false,
            sheet_title: "称重和卸载单".to_owned(),
            reweigh_needed: true,
            handover_needed: true,
            moved_tolerance_kg: Kilograms::new(500),
            hold_warning_days: 7,
        }
    }
}

/// A verdict in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictShort {
    /// Class.
    pub class: Option<VerdictClass>,
    /// Limit, kg, a valid permit's included.
    pub limit_kg: Option<Kilograms>,
    /// Overage of the mass that counts, kg.
    pub overage_kg: Option<Kilograms>,
}

/// A passage over a scale, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeighedPassage {
    /// Its id.
    pub passage_id: String,
    /// When it crossed.
    pub at: Micros,
    /// Gross as weighed.
    pub gross_kg: Kilograms,
    /// Axles, front to rear.
    pub axle_loads_kg: Vec<Kilograms>,
    /// Which scale.
    pub scale: String,
    /// Number of its certificate.
    pub certificate: Option<String>,
    /// Why the weighing can't count (certificate run out, scale not fit, withheld); `None` when it is legal.
    pub not_legal: Option<String>,
    /// Plate read.
    pub plate: Option<String>,
    /// Its colour.
    pub plate_colour: Option<String>,
    /// Verdict.
    pub verdict: VerdictShort,
    /// Another inspection that has this passage as a weighing.
    pub used_by: Option<String>,
}

/// A permit as the register knows it, judged for the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermitFact {
    /// Number.
    pub number: String,
    /// Whether it holds now for this vehicle: days, plates, route.
    pub valid: bool,
    /// Why not, where it does not.
    pub why_not: Option<String>,
    /// Total mass it allows. Without it, it covers no mass.
    pub gross_kg: Option<Kilograms>,
}

/// A case as linking it looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFact {
    /// Its key.
    pub case_id: String,
    /// Where it stands.
    pub state: CaseState,
    /// Plate of its vehicle; empty where it is about a loading source alone.
    pub plate: String,
    /// Its passages.
    pub passages: BTreeSet<String>,
}

/// What is known beside the inspection.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// Settings.
    pub settings: InspectionSettings,
    /// The limit for this vehicle by the latest verdict, with what the step at hand tells of it.
    pub limit_kg: Option<Kilograms>,
    /// The passage that the step names.
    pub passage: Option<WeighedPassage>,
    /// Permits of this vehicle.
    pub permits: Vec<PermitFact>,
    /// The case that the step names; `None` = there is none such.
    pub case: Option<CaseFact>,
    /// Licences by user name.
    pub officers: BTreeMap<String, OfficerLicence>,
    /// The law in force today.
    pub table: Option<&'a Table>,
    /// Working days.
    pub calendar: Option<&'a Calendar>,
}

impl Facts<'_> {
    /// An officer's licence; names are the same without regard to letter case.
    pub fn licence(&self, name: &str) -> Option<&OfficerLicence> {
        self.officers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, licence)| licence)
    }

    /// The permit of a number.
    pub fn permit(&self, number: &str) -> Option<&PermitFact> {
        self.permits.iter().find(|permit| permit.number == number)
    }
}
