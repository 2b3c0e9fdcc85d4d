//! Opening a case by hand (人工立案): reports, transfers, findings of an inspection.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::ActionKind;
use super::facts::Actor;
use super::lists::Origin;
use super::records::{CaseNote, Course, Stamp};
use super::refusal::Refusal;
use crate::casework::case_file::{CaseFile, Tracks};
use crate::casework::case_state::CaseState;
use crate::casework::opening::Judgement;
use crate::casework::permission::{Permission, may};
use crate::law::{EnforcementMode, OffenceKind, VerdictClass};
use crate::units::{Kilograms, Micros};

/// What somebody opens a case with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedByHand {
    /// The case's id, new.
    pub case_id: String,
    /// Station code.
    pub station: String,
    /// Where it comes from; `device` is for cases that a passage opens.
    pub origin: Origin,
    /// How the vehicle was met.
    #[serde(default)]
    pub mode: Option<EnforcementMode>,
    /// When the act was committed.
    pub act_at: Micros,
    /// Plate of the truck or tractor.
    pub plate: String,
    /// Plate of the trailer.
    #[serde(default)]
    pub trailer_plate: Option<String>,
    /// Colour of the plate.
    #[serde(default)]
    pub plate_colour: Option<String>,
    /// An offence other than the mass or dimension of art. 43.
    #[serde(default)]
    pub offence: Option<OffenceKind>,
    /// The act, when another case is about the same; else the case's own id.
    #[serde(default)]
    pub act_id: Option<String>,
    /// Gross as weighed, where it was.
    #[serde(default)]
    pub gross_kg: Option<Kilograms>,
    /// What the law says of the weighing; needed for an overload.
    #[serde(default)]
    pub judgement: Option<Judgement>,
    /// Facts, in words.
    pub facts: String,
}

impl CaseFile {
    /// A case that a person opens: it waits for its filing, without reviews.
    ///
    /// # Errors
    /// A role that may not, the origin `device`, an empty id, plate or text, an act in the future,
    /// and an overload without a verdict on its weighing.
    pub fn open_by_hand(opened: OpenedByHand, by: &Actor, now: Micros) -> Result<Self, Refusal> {
        if !may(by.role, Permission::CaseOpen) {
            return Err(Refusal::NotPermitted {
                action: ActionKind::File,
                role: by.role,
            });
        }
        for (field, text) in [
            ("case_id", &opened.case_id),
            ("station", &opened.station),
            ("plate", &opened.plate),
            ("facts", &opened.facts),
        ] {
            if text.trim().is_empty() {
                return Err(Refusal::invalid(field, "不能为空", "must not be empty"));
            }
        }
        if opened.origin == Origin::Device {
            return Err(Refusal::invalid(
                "origin",
                "技术监控案件由通行记录产生，不能人工登记",
                "a passage opens such a case, no person",
            ));
        }
        if opened.act_at > now {
            return Err(Refusal::invalid(
                "act_at",
                "违法行为时间不能晚于现在",
                "the act can't be later than now",
            ));
        }
        let judgement = match (opened.judgement, opened.offence) {
            (Some(judgement), _) => judgement,
            (None, Some(_)) => unjudged(),
            (None, None) => {
                return Err(Refusal::invalid(
                    "judgement",
                    "超限案件须有称重及认定结果；其他违法行为须选择条款",
                    "an overload needs a weighing and its verdict; name the offence for another act",
                ));
            }
        };
        let stamp = Stamp {
            by: by.name.clone(),
            role: by.role,
            at: now,
        };
        let plate = opened.plate.trim().to_owned();
        Ok(Self {
            case_id: opened.case_id,
            station: opened.station,
            lane: 0,
            plate_unconfirmed: false,
            plate_colour: opened.plate_colour,
            class: judgement.class.unwrap_or(VerdictClass::Clear),
            act_at: opened.act_at,
            opened_at: now,
            state: CaseState::Registered,
            computed_yuan: judgement.transport_yuan,
            judgement,
            gross_kg: opened.gross_kg.unwrap_or(Kilograms::ZERO),
            axles: Vec::new(),
            passages: Vec::new(),
            tracks: Tracks::of_vehicle(Some(&plate)),
            plate,
            reviews: Vec::new(),
            number: None,
            origin: opened.origin,
            mode: opened.mode,
            authority: None,
            act: opened.act_id,
            offence: opened.offence,
            trailer_plate: opened.trailer_plate,
            respondent: None,
            procedure: None,
            officers: Vec::new(),
            course: Course {
                notes: vec![CaseNote {
                    stamp,
                    text: opened.facts,
                }],
                ..Course::default()
            },
        })
    }
}

/// No weighing, hence no verdict.
const fn unjudged() -> Judgement {
    Judgement {
        table_in_force: false,
        hypothetical: false,
        class: None,
        enforcement_kg: None,
        limit_kg: None,
        overage_kg: None,
        overage_percent: None,
        transport_yuan: None,
        risk_too_high: false,
        verdict: Value::Null,
        assessment: Value::Null,
    }
}
