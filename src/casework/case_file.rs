//! What a case is made of (案卷). Its JSON is the body of its journal entries: whole numbers and
//! texts only.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::case_state::CaseState;
use super::opening::Judgement;
use super::procedure::action::ActionKind;
use super::procedure::lists::{CaseSubject, NotApplicableReason, Origin, Procedure, TrackKind};
use super::procedure::numbering::Number;
use super::procedure::records::{CaseOfficer, Course, Respondent, SourceVisit};
pub use super::procedure::track::{PenaltyTrack, TrackState};
use crate::law::{Authority, EnforcementMode, OffenceKind, VerdictClass};
use crate::passage::{AxleLoad, ClosedPassage, PassageKind};
use crate::role::Role;
use crate::units::{Kilograms, Micros, Yuan};

/// Why a case is not handled (不予处理原因). A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscardReason {
    /// The plate can't be read on the pictures.
    PlateUnreadable,
    /// The plate on the pictures is another one, or front and rear differ.
    PlateMismatch,
    /// More than one vehicle was on the scale.
    TwoVehicles,
    /// The pictures do not show this vehicle or this act.
    PictureUnfit,
    /// The instrument was faulty.
    DeviceFault,
    /// The scale's certificate did not hold.
    CertificateInvalid,
    /// A valid permit for an oversize transport covers it (超限运输通行证).
    PermitValid,
    /// A special vehicle to which the limits do not apply.
    SpecialVehicle,
    /// An emergency (抢险救灾).
    Emergency,
    /// The same act is handled in another case.
    SameAct,
    /// Something else; the note must say what.
    Other,
}

impl DiscardReason {
    /// All reasons.
    pub const ALL: [Self; 11] = [
        Self::PlateUnreadable,
        Self::PlateMismatch,
        Self::TwoVehicles,
        Self::PictureUnfit,
        Self::DeviceFault,
        Self::CertificateInvalid,
        Self::PermitValid,
        Self::SpecialVehicle,
        Self::Emergency,
        Self::SameAct,
        Self::Other,
    ];

    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlateUnreadable => "plate_unreadable",
            Self::PlateMismatch => "plate_mismatch",
            Self::TwoVehicles => "two_vehicles",
            Self::PictureUnfit => "picture_unfit",
            Self::DeviceFault => "device_fault",
            Self::CertificateInvalid => "certificate_invalid",
            Self::PermitValid => "permit_valid",
            Self::SpecialVehicle => "special_vehicle",
            Self::Emergency => "emergency",
            Self::SameAct => "same_act",
            Self::Other => "other",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::PlateUnreadable => "号牌无法辨认",
            Self::PlateMismatch => "号牌与照片不符，或者前后号牌不一致",
            Self::TwoVehicles => "两辆以上车辆同时在秤上",
            Self::PictureUnfit => "照片不能证明该车或者该行为",
            Self::DeviceFault => "设备故障",
            Self::CertificateInvalid => "衡器检定证书无效",
            Self::PermitValid => "持有效超限运输车辆通行证",
            Self::SpecialVehicle => "不适用限值的特种车辆",
            Self::Emergency => "抢险救灾",
            Self::SameAct => "同一违法行为已由另案处理",
            Self::Other => "其他（须说明）",
        }
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::PlateUnreadable => "plate unreadable",
            Self::PlateMismatch => "plate not that of the pictures, or front and rear differ",
            Self::TwoVehicles => "more than one vehicle on the scale",
            Self::PictureUnfit => "pictures don't show this vehicle or act",
            Self::DeviceFault => "device at fault",
            Self::CertificateInvalid => "the scale's certificate did not hold",
            Self::PermitValid => "a valid permit covers it",
            Self::SpecialVehicle => "special vehicle without limits",
            Self::Emergency => "emergency relief",
            Self::SameAct => "same act, handled in another case",
            Self::Other => "other; the note must say what",
        }
    }

    /// The reason of a [`DiscardReason::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// The four penalties of one overload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracks {
    /// The vehicle (货运车辆).
    pub vehicle: PenaltyTrack,
    /// The driver (货运车辆驾驶人).
    pub driver: PenaltyTrack,
    /// The carrier (道路运输企业).
    pub carrier: PenaltyTrack,
    /// The place that loaded it (货运场所经营者).
    pub loading_source: PenaltyTrack,
}

impl Tracks {
    /// Nobody is known but the vehicle, if that.
    pub fn of_vehicle(plate: Option<&str>) -> Self {
        Self {
            vehicle: plate.map_or_else(PenaltyTrack::unknown, PenaltyTrack::pending),
            driver: PenaltyTrack::unknown(),
            carrier: PenaltyTrack::unknown(),
            loading_source: PenaltyTrack::unknown(),
        }
    }

    /// A loading source alone: there is no vehicle, no driver, no carrier.
    pub fn of_source(id: &str, name: &str) -> Self {
        let none = || PenaltyTrack {
            state: TrackState::NotApplicable,
            not_applicable: Some(NotApplicableReason::NoVehicle),
            ..PenaltyTrack::unknown()
        };
        Self {
            vehicle: none(),
            driver: none(),
            carrier: none(),
            loading_source: PenaltyTrack {
                party_id: Some(id.to_owned()),
                ..PenaltyTrack::pending(name)
            },
        }
    }

    /// One of them.
    pub const fn get(&self, kind: TrackKind) -> &PenaltyTrack {
        match kind {
            TrackKind::Vehicle => &self.vehicle,
            TrackKind::Driver => &self.driver,
            TrackKind::Carrier => &self.carrier,
            TrackKind::LoadingSource => &self.loading_source,
        }
    }

    /// One of them, to change.
    pub(super) const fn get_mut(&mut self, kind: TrackKind) -> &mut PenaltyTrack {
        match kind {
            TrackKind::Vehicle => &mut self.vehicle,
            TrackKind::Driver => &mut self.driver,
            TrackKind::Carrier => &mut self.carrier,
            TrackKind::LoadingSource => &mut self.loading_source,
        }
    }

    /// All four, with their kinds.
    pub fn all(&self) -> impl Iterator<Item = (TrackKind, &PenaltyTrack)> {
        TrackKind::ALL.iter().map(|kind| (*kind, self.get(*kind)))
    }
}

/// A passage of the act, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePassage {
    /// Its id.
    pub passage_id: String,
    /// In motion or standing.
    pub kind: PassageKind,
    /// When.
    pub crossed_at: Micros,
    /// Gross as weighed.
    pub gross_kg: Kilograms,
    /// Its class.
    pub class: Option<VerdictClass>,
    /// Its overage.
    pub overage_kg: Option<Kilograms>,
    /// SHA-256 of its pictures, hex.
    pub pictures: Vec<String>,
}

impl CasePassage {
    /// The passage in short.
    pub fn of(passage: &ClosedPassage, judgement: &Judgement) -> Self {
        Self {
            passage_id: passage.weighing.passage_id.clone(),
            kind: passage.weighing.kind,
            crossed_at: passage.weighing.crossed_at,
            gross_kg: passage.weighing.gross_kg,
            class: judgement.class,
            overage_kg: judgement.overage_kg,
            pictures: passage
                .pictures
                .iter()
                .map(|picture| picture.sha256.clone())
                .collect(),
        }
    }
}

/// Which of the two reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 初审.
    First,
    /// 复审.
    Second,
}

/// A review that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Which.
    pub stage: Stage,
    /// Who.
    pub reviewer: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Micros,
    /// Whether the case was found in order.
    pub confirmed: bool,
    /// Whether the reviewer says to have compared the plate with the picture (已比对号牌与照片).
    #[serde(default)]
    pub plate_compared: bool,
    /// Why not; `None` when it was.
    pub reason: Option<DiscardReason>,
    /// In the reviewer's words.
    pub note: Option<String>,
}

/// A case, whole (案卷).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Key: see [`case_id`].
    pub case_id: String,
    /// Station code.
    pub station: String,
    /// Lane of the passage that opened it.
    pub lane: u16,
    /// Plate; empty where the case is about no vehicle ([`CaseFile::subject`]).
    pub plate: String,
    /// Whether one camera alone read it and nothing confirms it (号牌待核对): the case is confirmed only
    /// after a person has compared it with the picture.
    #[serde(default)]
    pub plate_unconfirmed: bool,
    /// Plate colour as the camera saw it.
    pub plate_colour: Option<String>,
    /// Verdict class of the passage that opened it; `None` where no weighing was judged.
    #[serde(default)]
    pub class: Option<VerdictClass>,
    /// When the act was committed: when the vehicle crossed the scale.
    pub act_at: Micros,
    /// When the case was opened.
    pub opened_at: Micros,
    /// Where it stands.
    pub state: CaseState,
    /// What the law said of the passage that opened it.
    pub judgement: Judgement,
    /// Computed amount (测算金额), copied from the verdict: what could be imposed, not what is.
    pub computed_yuan: Option<Yuan>,
    /// Gross as weighed.
    pub gross_kg: Kilograms,
    /// Axles judged by, front to rear.
    pub axles: Vec<AxleLoad>,
    /// The passages of the act, the one that opened the case first.
    pub passages: Vec<CasePassage>,
    /// The four penalties.
    pub tracks: Tracks,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
    /// What it is about (案件对象).
    #[serde(default = "vehicle", skip_serializing_if = "is_vehicle")]
    pub subject: CaseSubject,
    /// Cases that led to it (源头倒查来源案件), where it is about a loading source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traced_from: Vec<String>,
    /// The visit that it was found in, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<SourceVisit>,
    /// Its number (案号), from its filing on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Where it comes from (案件来源).
    #[serde(default = "device", skip_serializing_if = "is_device")]
    pub origin: Origin,
    /// How the vehicle was met (执法方式), where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<EnforcementMode>,
    /// Which authority has the act, from its filing or handing over on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// The act, where it is not told by the case's own id: cases of both authorities about one
    /// act bear the same. See [`CaseFile::act_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// An offence other than the mass or dimension of art. 43; `None` = that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<OffenceKind>,
    /// Plate of the trailer, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer_plate: Option<String>,
    /// The party of the act (当事人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<Respondent>,
    /// By which procedure it was filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Procedure>,
    /// Its officers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<CaseOfficer>,
    /// What its course left.
    #[serde(default, skip_serializing_if = "Course::is_empty")]
    pub course: Course,
}

const fn vehicle() -> CaseSubject {
    CaseSubject::Vehicle
}

const fn is_vehicle(subject: &CaseSubject) -> bool {
    matches!(subject, CaseSubject::Vehicle)
}

const fn device() -> Origin {
    Origin::Device
}

const fn is_device(origin: &Origin) -> bool {
    matches!(origin, Origin::Device)
}

/// How the vehicle was met, by what was judged.
fn mode_of(assessment: &Value) -> Option<EnforcementMode> {
    EnforcementMode::deserialize(assessment.get("mode")?).ok()
}

/// The key of a case, derived from its first passage: opening twice is opening once.
pub fn case_id(passage_id: &str) -> String {
    format!("case-{passage_id}")
}

impl CaseFile {
    /// The case that a passage opens; `None` when it has no plate or no class.
    ///
    /// Whether it may is [`super::decide`]'s to say.
    pub fn open(passage: &ClosedPassage, judgement: &Judgement) -> Option<Self> {
        let weighing = &passage.weighing;
        let plate = passage.plate()?.to_owned();
        Some(Self {
            case_id: case_id(&weighing.passage_id),
            station: weighing.station.clone(),
            lane: weighing.lane,
            plate_unconfirmed: passage.association.rests_on_one_read(),
            plate_colour: passage
                .association
                .chosen
                .as_ref()
                .and_then(|read| read.colour.clone()),
            class: Some(judgement.class?),
            act_at: weighing.crossed_at,
            opened_at: passage.closed_at,
            state: CaseState::AwaitingFirstReview,
            judgement: judgement.clone(),
            computed_yuan: judgement.transport_yuan,
            gross_kg: weighing.gross_kg,
            axles: passage.axles().to_vec(),
            passages: vec![CasePassage::of(passage, judgement)],
            tracks: Tracks::of_vehicle(Some(&plate)),
            plate,
            reviews: Vec::new(),
            subject: CaseSubject::Vehicle,
            traced_from: Vec::new(),
            visit: None,
            number: None,
            origin: Origin::Device,
            mode: mode_of(&judgement.assessment),
            authority: None,
            act: None,
            offence: None,
            trailer_plate: None,
            respondent: None,
            procedure: None,
            officers: Vec::new(),
            course: Course::default(),
        })
    }

    /// The act it is about: cases of one act share it (一事不二罚).
    pub fn act_id(&self) -> &str {
        self.act.as_deref().unwrap_or(&self.case_id)
    }

    /// Body of the journal entry of a step, this being the case after it. Of a review it holds that review
    /// besides.
    pub fn step_body(&self, action: ActionKind) -> Value {
        let mut body = json!({"step": Step::Stepped, "action": action, "case": self});
        let is_review = matches!(action, ActionKind::Confirm | ActionKind::Discard);
        if let (Some(members), Some(review)) = (
            body.as_object_mut(),
            self.reviews.last().filter(|_| is_review),
        ) {
            members.insert("review".to_owned(), json!(review));
        }
        body
    }

    /// Body of the journal entry of a change that nobody made by hand: counters that moved its
    /// tracks.
    pub fn roll_body(&self) -> Value {
        json!({"step": Step::Rolled, "case": self})
    }

    /// Body of the journal entry that opens the case.
    pub fn opening_body(&self) -> Value {
        json!({"step": Step::Opened, "case": self})
    }

    /// Body of the journal entry that adds a passage to a case. It holds the addition alone: the
    /// station does not know what reviewers have done to the case meanwhile.
    pub fn attaching_body(passage: &ClosedPassage, judgement: &Judgement) -> Value {
        json!({"step": Step::Attached, "passage": CasePassage::of(passage, judgement)})
    }

    /// The case as its journal entries leave it, given their bodies in order; `None` when there is
    /// none among them, e.g. when retention removed it.
    pub fn from_bodies<'a>(bodies: impl IntoIterator<Item = &'a Value>) -> Option<Self> {
        let mut case: Option<Self> = None;
        for body in bodies {
            if let Some(whole) = body.get("case") {
                case = Self::deserialize(whole).ok().or(case);
            } else if let Some(passage) = body
                .get("passage")
                .and_then(|passage| CasePassage::deserialize(passage).ok())
                && let Some(case) = &mut case
                && !case
                    .passages
                    .iter()
                    .any(|known| known.passage_id == passage.passage_id)
            {
                case.passages.push(passage);
            }
        }
        case
    }
}

/// What a journal entry of a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The case was opened.
    Opened,
    /// A passage of the same act was added.
    Attached,
    /// It was reviewed; in journals of before. A review is a step of the procedure now.
    Reviewed,
    /// A step of the procedure was made.
    Stepped,
    /// Counters moved its tracks.
    Rolled,
}
