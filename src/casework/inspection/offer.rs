//! What a person may do with an inspection, and what stands against it.

use serde::Serialize;

use super::apply::{authority_of, row_of};
use super::condition::{Asked, check};
use super::facts::{Actor, Facts};
use super::record::Inspection;
use super::refusal::Refusal;
use super::state::{InspectionCondition, InspectionStep};
use crate::casework::document::DocumentKind;
use crate::units::Micros;

/// A step that the table has here for a role, and what stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The step.
    pub step: InspectionStep,
    /// Papers that come with it.
    pub documents: &'static [DocumentKind],
    /// What must hold; what hangs on the content of the step is judged with it.
    pub conditions: &'static [InspectionCondition],
    /// What does not hold now.
    pub unmet: Vec<Refusal>,
}

/// What a person may do here, each step with what stands against it now.
pub fn available(
    inspection: &Inspection,
    actor: &Actor,
    facts: &Facts<'_>,
    now: Micros,
) -> Vec<Offered> {
    let offered = |step: &InspectionStep| {
        let row = row_of(inspection, *step).ok()?;
        if !row.permits(actor.role) {
            return None;
        }
        let asked = Asked {
            inspection,
            action: None,
            authority: authority_of(*step),
            facts,
            now,
        };
        let unmet = row
            .conditions
            .iter()
            .filter_map(|condition| check(*condition, &asked).err())
            .collect();
        Some(Offered {
            step: *step,
            documents: row.documents,
            conditions: row.conditions,
            unmet,
        })
    };
    InspectionStep::ALL.iter().filter_map(offered).collect()
}

impl Serialize for Offered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let unmet: Vec<_> = self
            .unmet
            .iter()
            .map(|refusal| serde_json::json!({"zh": refusal.zh(), "en": refusal.to_string()}))
            .collect();
        let conditions: Vec<_> = self
            .conditions
            .iter()
            .map(|condition| {
                serde_json::json!({
                    "name": condition.name(), "zh": condition.zh(), "en": condition.en(),
                })
            })
            .collect();
        let mut offered = serializer.serialize_struct("Offered", 6)?;
        offered.serialize_field("action", self.step.name())?;
        offered.serialize_field("zh", self.step.zh())?;
        offered.serialize_field("en", self.step.en())?;
        offered.serialize_field("documents", self.documents)?;
        offered.serialize_field("conditions", &conditions)?;
        offered.serialize_field("unmet", &unmet)?;
        offered.end()
    }
}
