//! Where else vehicles were seen: other sites along the road, before and after the station.

use serde::{Deserialize, Serialize};

use crate::units::{Kilograms, Micros, Millimetres};

/// A vehicle seen at another site (卡口, 检测点): one line of `sightings.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The plate as it was read there.
    pub plate: String,
    /// Name of the site.
    pub site: String,
    /// When, to the second or so.
    pub at_us: Micros,
    /// Number of axles, where the site weighs or counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<u8>,
    /// Spacings of the axles, front to rear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacings_mm: Option<Vec<Millimetres>>,
    /// Gross, where the site weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Kilograms>,
}
