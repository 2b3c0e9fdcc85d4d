//! Opening a case by hand (人工立案): reports, transfers, findings of an inspection.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::ActionKind;
use super::facts::Actor;
use super::lists::{CaseSubject, Origin, PartyKind};
use super::records::{CaseNote, Course, Respondent, RespondentRecord, SourceVisit, Stamp};
use super::refusal::Refusal;
use crate::casework::case_file::{CaseFile, Tracks};
use crate::casework::case_state::CaseState;
use crate::casework::opening::Judgement;
use crate::casework::permission::{Permission, may};
use crate::law::{EnforcementMode, OffenceKind};
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
    /// Plate of the truck or tractor; absent where the case is about a loading source alone.
    #[serde(default)]
    pub plate: String,
    /// The loading source, where the case is about it alone (仅货运源头单位): instigation, letting overloaded
    /// vehicles out, refusing a visit.
    #[serde(default)]
    pub source: Option<SourceParty>,
    /// Cases whose tracing led to the source; of such a case alone.
    #[serde(default)]
    pub traced_from: Vec<String>,
    /// The visit to the source; of such a case alone.
    #[serde(default)]
    pub visit: Option<SourceVisit>,
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

/// A loading source as the party of a case (货运源头单位).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceParty {
    /// Its key in the register of sources, or its credit code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is a company or a person who runs it.
    #[serde(default = "organisation")]
    pub kind: PartyKind,
}

const fn organisation() -> PartyKind {
    PartyKind::Organisation
}

/// Offences that a loading source commits by itself, without a vehicle of its own.
pub const SOURCE_OFFENCES: [OffenceKind; 4] = [
    OffenceKind::Instigation,
    OffenceKind::SourceRelease,
    OffenceKind::SourceDataTampering,
    OffenceKind::Obstruction,
];

impl OpenedByHand {
    /// What the case is about.
    pub fn subject(&self) -> CaseSubject {
        if self.source.is_some() && self.plate.trim().is_empty() {
            CaseSubject::Source
        } else {
            CaseSubject::Vehicle
        }
    }

    fn check_vehicle(&self) -> Result<(), Refusal> {
        if self.plate.trim().is_empty() {
            return Err(Refusal::invalid(
                "plate",
                "号牌不能为空；仅涉及货运源头单位的案件请填写 source",
                "must not be empty; for a case about a loading source alone give source",
            ));
        }
        let beside = [
            ("source", self.source.is_some()),
            ("traced_from", !self.traced_from.is_empty()),
            ("visit", self.visit.is_some()),
        ];
        match beside.into_iter().find(|(_, given)| *given) {
            Some((field, _)) => Err(Refusal::invalid(
                field,
                "仅用于不涉及车辆的源头单位案件；车辆案件的源头请在办案中倒查登记",
                "it belongs to a case about a loading source alone; of a vehicle's case the source is traced",
            )),
            None => Ok(()),
        }
    }

    fn check_source(&self, now: Micros) -> Result<(), Refusal> {
        let Some(source) = &self.source else {
            return Ok(());
        };
        for (field, text) in [("source.id", &source.id), ("source.name", &source.name)] {
            if text.trim().is_empty() {
                return Err(Refusal::invalid(field, "不能为空", "must not be empty"));
            }
        }
        let of_a_vehicle = [
            ("mode", self.mode.is_some()),
            ("trailer_plate", self.trailer_plate.is_some()),
            ("plate_colour", self.plate_colour.is_some()),
            ("gross_kg", self.gross_kg.is_some()),
            ("judgement", self.judgement.is_some()),
        ];
        if let Some((field, _)) = of_a_vehicle.into_iter().find(|(_, given)| *given) {
            return Err(Refusal::invalid(
                field,
                "本案仅涉及货运源头单位，没有车辆和称重",
                "the case is about a loading source alone: it has no vehicle and no weighing",
            ));
        }
        if !self
            .offence
            .is_some_and(|kind| SOURCE_OFFENCES.contains(&kind))
        {
            let zh: Vec<&str> = SOURCE_OFFENCES.iter().map(|kind| kind.zh()).collect();
            let en: Vec<&str> = SOURCE_OFFENCES.iter().map(|kind| kind.name()).collect();
            return Err(Refusal::invalid(
                "offence",
                format!("须为源头单位的违法行为之一：{}", zh.join("、")),
                format!("it must be an offence of a source: {}", en.join(", ")),
            ));
        }
        if let Some(visit) = &self.visit {
            if visit.place.trim().is_empty() {
                return Err(Refusal::invalid(
                    "visit.place",
                    "不能为空",
                    "must not be empty",
                ));
            }
            if visit.on > now.beijing_day() {
                return Err(Refusal::invalid(
                    "visit.on",
                    "检查日期不能晚于今日",
                    "the visit can't be later than today",
                ));
            }
        }
        let reported = matches!(
            self.origin,
            Origin::Report | Origin::Assigned | Origin::Submitted | Origin::Transferred
        );
        if reported || self.visit.is_some() || !self.traced_from.is_empty() {
            return Ok(());
        }
        Err(Refusal::invalid(
            "origin",
            "源头单位案件须来自举报（交办、报请、移送）、现场检查（visit）或者其他案件倒查（traced_from）",
            "a source's case comes from a report or another authority, a visit, or the tracing of other cases",
        ))
    }
}

impl CaseFile {
    /// A case that a person opens: it waits for its filing, without reviews.
    ///
    /// # Errors
    /// A role that may not, the origin `device`, an empty id, plate or text, an act in the future,
    /// an overload without a verdict on its weighing; of a case without a vehicle whatever needs one, an
    /// offence that is not a source's, and that nothing is said of where it comes from.
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
        let subject = opened.subject();
        match subject {
            CaseSubject::Vehicle => opened.check_vehicle()?,
            CaseSubject::Source => opened.check_source(now)?,
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
        let mut course = Course {
            notes: vec![CaseNote {
                stamp: stamp.clone(),
                text: opened.facts,
            }],
            ..Course::default()
        };
        let party = opened.source.map(|source| Respondent {
            kind: source.kind,
            id: source.id.trim().to_owned(),
            name: source.name.trim().to_owned(),
        });
        let tracks = party.as_ref().map_or_else(
            || Tracks::of_vehicle(Some(&plate)),
            |party| Tracks::of_source(&party.id, &party.name),
        );
        course.respondents.extend(
            party
                .clone()
                .map(|respondent| RespondentRecord { stamp, respondent }),
        );
        Ok(Self {
            case_id: opened.case_id,
            station: opened.station,
            lane: 0,
            plate_unconfirmed: false,
            plate_colour: opened.plate_colour,
            class: judgement.class,
            act_at: opened.act_at,
            opened_at: now,
            state: CaseState::Registered,
            computed_yuan: judgement.transport_yuan,
            judgement,
            gross_kg: opened.gross_kg.unwrap_or(Kilograms::ZERO),
            axles: Vec::new(),
            passages: Vec::new(),
            tracks,
            plate,
            reviews: Vec::new(),
            subject,
            traced_from: opened.traced_from,
            visit: opened.visit,
            number: None,
            origin: opened.origin,
            mode: opened.mode,
            authority: None,
            act: opened.act_id,
            offence: opened.offence,
            trailer_plate: opened.trailer_plate,
            respondent: party,
            procedure: None,
            officers: Vec::new(),
            course,
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
