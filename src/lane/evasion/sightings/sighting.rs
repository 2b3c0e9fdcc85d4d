//! A line of the list.

use serde::{Deserialize, Serialize};

use crate::lane::fingerprint::Fingerprint;
use crate::plate::PlateColour;
use crate::units::Micros;

/// A vehicle seen somewhere (过车踪迹).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The plate as it was read; `None` for a vehicle that was seen and not read.
    #[serde(default)]
    pub plate: Option<String>,
    /// The place: any name that the settings use.
    pub site: String,
    /// When, in RFC 3339.
    #[serde(with = "rfc3339")]
    pub at: Micros,
    /// Colour of the plate, by its [name](PlateColour::name), where it was seen: a car and a truck may bear
    /// the same text in two colours, and are two plates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<PlateColour>,
    /// Confidence of the reading, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Independent reads that agree on the plate; one where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<u8>,
    /// Axles, where counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<u16>,
    /// Distances of the axles, front to rear, mm; empty where not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spacings_mm: Vec<i64>,
    /// Gross, where weighed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<i64>,
}

impl Sighting {
    /// Time from one to the other, whichever comes first.
    pub(super) fn apart(&self, other: &Self) -> Micros {
        self.at.saturating_sub(other.at).abs()
    }

    /// Whether this alone says that it is a truck: scales weigh no cars, and these colours are of large
    /// vehicles.
    pub fn is_truck(&self) -> bool {
        let large = |colour| matches!(colour, PlateColour::Yellow | PlateColour::YellowGreen);
        self.axle_count().is_some() || self.gross_kg.is_some() || self.colour.is_some_and(large)
    }

    /// Number of axles, as stated or from the spacings.
    pub fn axle_count(&self) -> Option<usize> {
        match self.spacings_mm.len() {
            0 => self.axles.map(usize::from),
            spacings => Some(spacings + 1),
        }
    }

    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        (!self.spacings_mm.is_empty()).then(|| Fingerprint {
            spacings_mm: self.spacings_mm.clone(),
            loads_kg: Vec::new(),
        })
    }
}

pub(super) mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::units::Micros;

    pub(in super::super) fn serialize<S: Serializer>(
        at: &Micros,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.rfc3339())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Micros, D::Error> {
        let text = String::deserialize(from)?;
        Micros::from_rfc3339(&text).ok_or_else(|| D::Error::custom("no moment in RFC 3339"))
    }
}
