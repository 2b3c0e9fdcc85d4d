//! Whether what was sent is well formed: the same rules for every step, by the member's name.

use serde_json::Value;

use super::action::InspectionAction;
use super::refusal::{Problem, Refusal};
use super::state::LetThroughReason;
use crate::units::Micros;

/// Longest text, in characters.
pub const TEXT_LIMIT: usize = 1_000;
/// Heaviest mass that can be meant, kg.
const HEAVIEST_KG: i64 = 1_000_000;
/// Most entries of a list.
const LIST_LIMIT: usize = 100;

/// Looks at all members of an action.
pub fn well_formed(action: &InspectionAction, now: Micros) -> Result<(), Refusal> {
    if let Ok(value) = serde_json::to_value(action) {
        walk("", &value)?;
    }
    let refuse = |field: &str, problem| {
        Err(Refusal::Malformed {
            field: field.to_owned(),
            problem,
        })
    };
    match action {
        InspectionAction::Describe(said) => {
            if said.axles.is_some_and(|axles| !(2..=20).contains(&axles)) {
                return refuse("axles", Problem::OutOfRange);
            }
            if said
                .driven_axles
                .is_some_and(|driven| !(1..=19).contains(&driven))
            {
                return refuse("driven_axles", Problem::OutOfRange);
            }
        }
        InspectionAction::Transfer(transfer) if transfer.vehicles.is_empty() => {
            return refuse("vehicles", Problem::Missing);
        }
        InspectionAction::LetThrough(through)
            if through.reason == LetThroughReason::Other && through.note.is_none() =>
        {
            return refuse("note", Problem::Missing);
        }
        InspectionAction::PoliceResult(result) => {
            if result.decision.is_none() && result.note.is_none() {
                return refuse("note", Problem::Missing);
            }
            if result.fine_yuan.is_some_and(|fine| fine.get() < 0) {
                return refuse("fine_yuan", Problem::OutOfRange);
            }
        }
        _ => {}
    }
    if let Some((_, entry)) = action.finding()
        && entry.happened_at > now
    {
        return refuse("happened_at", Problem::Ahead);
    }
    Ok(())
}

fn walk(field: &str, value: &Value) -> Result<(), Refusal> {
    let refuse = |problem| {
        Err(Refusal::Malformed {
            field: field.to_owned(),
            problem,
        })
    };
    match value {
        Value::String(text) => {
            if text.trim().is_empty() {
                return refuse(Problem::Blank);
            }
            let found = text.chars().count();
            if found > TEXT_LIMIT {
                return refuse(Problem::TooLong(found));
            }
            let digest = field == "sha256" || field == "pictures";
            if digest && !is_digest(text) {
                return refuse(Problem::NotADigest);
            }
        }
        Value::Number(number) if field.ends_with("_kg") => {
            let mass = number.as_i64().unwrap_or(i64::MAX);
            if !(0..=HEAVIEST_KG).contains(&mass) {
                return refuse(Problem::MassOutOfRange(mass));
            }
        }
        Value::Array(entries) => {
            if entries.len() > LIST_LIMIT {
                return refuse(Problem::OutOfRange);
            }
            for entry in entries {
                walk(field, entry)?;
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                walk(name, member)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
