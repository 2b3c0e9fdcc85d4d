//! What was measured, and by which scale.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::units::{Kilograms, Millimetres};

/// What a scale is used for (用途). Decides whether and how its error is deducted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleUse {
    /// Weighing in motion that only picks vehicles for the platform scale (预检).
    PreSelection,
    /// Weighing in motion as the evidence itself (非现场执法).
    OffSite,
    /// Verified static or low-speed scale at a station (精检).
    Platform,
}

/// Days on which a scale's certificate is valid (检定有效期), first and last included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Its number (证书编号).
    pub number: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_until: NaiveDate,
}

impl Certificate {
    /// Whether it covers the day.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.valid_from..=self.valid_until).contains(&day)
    }
}

/// The scale behind a measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// What it is used for.
    #[serde(rename = "use")]
    pub purpose: ScaleUse,
    /// Accuracy class (准确度等级): for vehicle mass by JJG 907, such as `5`, or of a static scale,
    /// such as `III`.
    #[serde(default)]
    pub accuracy_class: Option<String>,
    /// Verification scale interval (检定分度值 e) of a static scale, kg: its error is counted in
    /// these.
    #[serde(default)]
    pub interval_kg: Option<Kilograms>,
    /// Verification certificate (检定证书) on file.
    #[serde(default)]
    pub certificate: Option<Certificate>,
    /// How far the scale is known to have drifted since its verification (漂移), as a share of the
    /// reading in hundredths of a per cent; its sign does not matter.
    #[serde(default)]
    pub drift_basis_points: Option<i64>,
}

impl Scale {
    /// A scale of that use with nothing else known of it.
    pub const fn of_use(purpose: ScaleUse) -> Self {
        Self {
            purpose,
            accuracy_class: None,
            interval_kg: None,
            certificate: None,
            drift_basis_points: None,
        }
    }
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Load of each axle (轴荷), front to rear, kg; empty when only the whole was weighed.
    #[serde(default)]
    pub axle_loads_kg: Vec<Kilograms>,
    /// Mass of the whole vehicle or train (车货总质量), kg, as the scale gave it.
    pub gross_kg: Kilograms,
    /// The scale, when it is known. Without it the reading counts as it is.
    #[serde(default)]
    pub scale: Option<Scale>,
    /// How good the spacings are, mm: zero where they come from the register; the table's setting
    /// where it is not given.
    #[serde(default)]
    pub spacing_tolerance_mm: Option<Millimetres>,
}
