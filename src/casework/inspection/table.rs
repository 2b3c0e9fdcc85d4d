//! The table of the weighing flow: which step, from where, to where, by whom, with which papers.

use super::state::{InspectionCondition, InspectionState, InspectionStep};
use crate::casework::document::DocumentKind as Paper;
use crate::casework::machine::{Machine, Transition};
use crate::casework::permission::Permission;

use InspectionCondition as If;
use InspectionState as At;
use InspectionStep as Do;

/// The machine of an inspection.
#[derive(Debug)]
pub struct InspectionMachine;

const WORK: &[Permission] = &[Permission::InspectionWork];
const RELEASE: &[Permission] = &[Permission::InspectionRelease];
const WORK_OR_POLICE: &[Permission] = &[Permission::InspectionWork, Permission::CasePolice];
const ANYBODY_HERE: &[Permission] = &[
    Permission::InspectionWork,
    Permission::InspectionRelease,
    Permission::CaseHandle,
    Permission::CasePolice,
];

/// The vehicle is here and nothing has ended.
const HERE: &[At] = &[
    At::LedIn,
    At::Weighed,
    At::Over,
    At::Unloading,
    At::ReweighedOver,
    At::Cleared,
    At::Held,
    At::Refused,
];
/// Selected, or here.
const OPEN: &[At] = &[
    At::Selected,
    At::LedIn,
    At::Weighed,
    At::Over,
    At::Unloading,
    At::ReweighedOver,
    At::Cleared,
    At::Held,
    At::Refused,
];
/// Here, or gone from here: goods may lie in the yard.
const WAS_HERE: &[At] = &[
    At::LedIn,
    At::Weighed,
    At::Over,
    At::Unloading,
    At::ReweighedOver,
    At::Cleared,
    At::Held,
    At::Refused,
    At::Released,
    At::LetThrough,
    At::Escaped,
    At::TakenOver,
];
/// At any time, after the end too.
const ALWAYS: &[At] = At::ALL;
/// Weighed, whatever came of it.
const AFTER_WEIGHING: &[At] = &[
    At::Weighed,
    At::Over,
    At::Unloading,
    At::ReweighedOver,
    At::Cleared,
    At::Held,
];
/// What a hold may lie on.
const HOLDABLE: &[At] = &[
    At::LedIn,
    At::Weighed,
    At::Over,
    At::Unloading,
    At::ReweighedOver,
    At::Cleared,
    At::Refused,
];

macro_rules! row {
    ($step:ident, $from:expr => $to:expr, $who:expr, $papers:expr, $conditions:expr, $basis:literal) => {
        Transition {
            action: Do::$step,
            from: $from,
            to: $to,
            permissions: $who,
            documents: $papers,
            conditions: $conditions,
            basis: $basis,
        }
    };
}

impl Machine for InspectionMachine {
    type State = InspectionState;
    type Action = InspectionStep;
    type Condition = InspectionCondition;

    const TRANSITIONS: &'static [Transition<Self>] = &[
        row!(Select, &[] => &[At::Selected], WORK, &[], &[],
            "交公路发〔2017〕173号"),
        row!(LeadIn, &[At::Selected, At::Refused, At::Held] => &[At::LedIn], WORK, &[], &[],
            "交公路发〔2017〕173号"),
        row!(Abandon, &[At::Selected] => &[At::Abandoned], WORK, &[], &[],
            "本站管理"),
        row!(Weigh, &[At::Selected, At::LedIn, At::Held] => &[At::Weighed, At::Over, At::Cleared],
            WORK, &[], &[If::WeighingUsable, If::SameVehicle],
            "交公路发〔2017〕173号"),
        row!(Reweigh, AFTER_WEIGHING => &[At::Weighed, At::Over, At::ReweighedOver, At::Cleared],
            WORK, &[], &[If::Weighed, If::WeighingUsable, If::SameVehicle, If::NoNewAct],
            "部令2016年第62号第三十六条；交公路发〔2017〕173号"),
        row!(VoidWeighing, AFTER_WEIGHING => &[At::Weighed, At::Over, At::ReweighedOver],
            RELEASE, &[], &[If::RecordThere],
            "本站管理：原记录保留"),
        row!(Request, AFTER_WEIGHING => &[], WORK, &[], &[],
            "《行政处罚法》第四十五条"),
        row!(Answer, AFTER_WEIGHING => &[], WORK, &[], &[If::RequestOpen],
            "《行政处罚法》第四十五条"),
        row!(Identify, ALWAYS => &[], WORK, &[], &[If::PlateSound],
            "本站管理：识别结果保留"),
        row!(Describe, &[At::Selected, At::LedIn, At::Unloading, At::Held, At::Refused] => &[],
            WORK, &[], &[],
            "部令2016年第62号第三条"),
        row!(Describe, &[At::Weighed, At::Over, At::ReweighedOver, At::Cleared] =>
            &[At::Over, At::Cleared],
            WORK, &[], &[],
            "部令2016年第62号第三条"),
        row!(Sheet, AFTER_WEIGHING => &[], WORK, &[Paper::WeighingSheet],
            &[If::Weighed, If::TwoOfficers, If::SheetNumberNew],
            "交公路发〔2017〕173号"),
        row!(BeginUnloading, &[At::Over, At::ReweighedOver, At::Held] => &[At::Unloading],
            WORK, &[Paper::UnloadingNotice], &[],
            "部令2016年第62号第三十六条；《道路交通安全法实施条例》第一百零六条"),
        row!(Transfer, &[At::Over, At::Unloading, At::ReweighedOver, At::Held] => &[At::Unloading],
            WORK, &[], &[],
            "部令2016年第62号第三十六条"),
        row!(PermitShown, &[At::Selected, At::LedIn, At::Unloading, At::Refused] => &[],
            WORK, &[Paper::TransportPermit], &[If::PermitOnRecord],
            "部令2016年第62号第三十六条"),
        row!(PermitShown, &[At::Weighed, At::Over, At::ReweighedOver, At::Cleared, At::Held] =>
            &[At::Cleared],
            WORK, &[Paper::TransportPermit], &[If::PermitOnRecord],
            "部令2016年第62号第三十六条"),
        row!(HoldVehicle, HOLDABLE => &[At::Held], WORK, &[Paper::CoerciveMeasure],
            &[If::TwoOfficers, If::FirstMeasure, If::HoldClockKnown],
            "《行政强制法》第十八条、第二十四条；《公路安全保护条例》第六十七条"),
        row!(PoliceHold, HOLDABLE => &[At::Held], WORK_OR_POLICE, &[Paper::PoliceMeasure],
            &[If::TwoOfficers, If::FirstMeasure, If::HoldClockKnown],
            "《行政强制法》第十八条、第二十四条；《道路交通安全法》第九十二条"),
        row!(ExtendHold, &[At::Held] => &[], &[Permission::CaseApprove],
            &[Paper::CoerciveMeasureExtended], &[If::HoldExtensible, If::HoldClockKnown],
            "《行政强制法》第二十五条"),
        row!(LiftHold, &[At::Held] => HOLDABLE, RELEASE, &[Paper::CoerciveMeasureLifted], &[],
            "《行政强制法》第二十八条"),
        row!(LiftHold, &[At::Escaped] => &[], RELEASE, &[Paper::CoerciveMeasureLifted], &[],
            "《行政强制法》第二十八条：车辆已逃离，措施仍须了结"),
        row!(Place, HERE => &[], WORK, &[], &[],
            "《行政强制法》第二十六条"),
        row!(GoodsStored, HERE => &[], WORK, &[Paper::GoodsReceipt], &[If::GoodsInYard],
            "《行政强制法》第二十六条"),
        row!(GoodsCollected, WAS_HERE => &[], WORK, &[Paper::GoodsReceipt], &[If::GoodsInYard],
            "本站管理"),
        row!(Release, AFTER_WEIGHING => &[At::Released], RELEASE, &[Paper::ReleaseSlip],
            &[If::AtOrUnderLimit, If::Cleared, If::RequestsAnswered, If::SheetIfOver, If::MatterTakenUp,
                If::NoMeasure],
            "部令2016年第62号第三十六条；交公路发〔2017〕173号"),
        row!(LetThrough, OPEN => &[At::LetThrough],
            RELEASE, &[Paper::Other, Paper::TransportPermit],
            &[If::GreenChannelWeighed, If::NoMeasure],
            "本站管理：原因与凭证"),
        row!(Refuse, &[At::Selected, At::LedIn] => &[At::Refused], WORK, &[],
            &[If::PicturesOrWhyNot],
            "《公路安全保护条例》第七十四条；《公路法》第八十三条"),
        row!(Refuse, &[At::Weighed, At::Over, At::Unloading, At::ReweighedOver, At::Cleared, At::Held,
            At::Refused] => &[], WORK, &[], &[If::PicturesOrWhyNot],
            "《公路安全保护条例》第七十四条；《公路法》第八十三条"),
        row!(ForceThrough, OPEN => &[At::Escaped], WORK, &[], &[If::PicturesOrWhyNot],
            "《公路安全保护条例》第六十七条"),
        row!(Evade, OPEN => &[At::Escaped], WORK, &[], &[If::PicturesOrWhyNot],
            "《公路安全保护条例》第六十七条"),
        row!(HandToPolice, &[At::Weighed, At::Over, At::Unloading, At::ReweighedOver, At::Cleared,
            At::Held, At::Refused, At::Escaped] => &[],
            WORK, &[Paper::WeighingSheet], &[If::ResidentPolice],
            "交公路发〔2017〕173号：公安驻站，由公安处罚"),
        row!(CallPolice, &[At::Weighed, At::Over, At::Unloading, At::ReweighedOver, At::Cleared,
            At::Held, At::Refused, At::Escaped] => &[],
            WORK, &[Paper::NotificationLetter], &[If::NoResidentPolice],
            "交公路发〔2017〕173号：无公安驻站，通知公安处罚"),
        row!(VehicleToPolice, HERE => &[At::TakenOver], RELEASE, &[Paper::PoliceMeasure],
            &[If::NoTransportMeasure],
            "《道路交通安全法》第九十二条"),
        row!(PoliceResult, ALWAYS => &[], WORK_OR_POLICE, &[Paper::PoliceDecision], &[],
            "《道路交通安全法》第九十二条"),
        row!(LinkCase, ALWAYS => &[], ANYBODY_HERE, &[], &[If::CaseOfThisStay],
            "部令2016年第62号第四十三条"),
        row!(Sign, AFTER_WEIGHING => &[], WORK, &[], &[If::RefusalWitnessed],
            "部令2016年第62号第三十六条"),
        row!(Note, ALWAYS => &[], ANYBODY_HERE, &[], &[],
            "本站管理"),
        row!(Attach, ALWAYS => &[], ANYBODY_HERE, &[], &[],
            "《行政处罚法》第四十七条"),
        row!(Correct, ALWAYS => &[], WORK, &[], &[If::RecordThere],
            "本站管理：原记录保留"),
    ];

    fn state_words(state: InspectionState) -> [&'static str; 3] {
        [state.name(), state.zh(), state.en()]
    }

    fn action_words(action: InspectionStep) -> [&'static str; 3] {
        [action.name(), action.zh(), action.en()]
    }

    fn condition_words(condition: InspectionCondition) -> [&'static str; 3] {
        [condition.name(), condition.zh(), condition.en()]
    }
}
