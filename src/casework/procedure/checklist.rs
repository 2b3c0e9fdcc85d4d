//! What must be in order before a case is closed (结案清单).

use chrono::NaiveDate;
use serde::Serialize;

use super::facts::{Facts, VehicleHold};
use super::lists::{Outcome, PaymentSource, Procedure, RemedyOutcome, ServedPaper};
use super::money::due;
use super::track::TrackState;
use crate::casework::case_file::CaseFile;
use crate::casework::document::DocumentKind;
use crate::law::yuan_text;

closed_list! {
    /// An item of the closing checklist.
    ChecklistItem {
        /// A decision of either authority.
        Decided = "decided", "已作出处理决定", "decided";
        /// It reached the party.
        DecisionServed = "decision_served", "决定书已送达", "the decision was served";
        /// Fine and surcharge.
        NothingDue = "nothing_due", "罚款及加处罚款已缴清、已终结执行或者无须缴纳，多缴的已退还", "paid in full with surcharge, enforcement ended, or nothing due, and what was too much given back";
        /// Art. 71.
        CollectedBanked = "collected_banked", "当场收缴的罚款已上交并缴付银行", "what was collected on the spot is at the bank";
        /// Reconsideration and lawsuit.
        NoRemedy = "no_remedy", "没有未终结的复议、诉讼，也没有须撤销的决定", "no remedy is pending and none asks for an annulment";
        /// Requests for later payment.
        NoDeferralOpen = "no_deferral_open", "延期（分期）申请均已答复", "requests for deferral are answered";
        /// The vehicle.
        MeasuresLifted = "measures_lifted", "车辆强制措施已解除", "measures on the vehicle are lifted";
        /// The four penalties.
        TracksSettled = "tracks_settled", "一超四罚各责任主体已查明或者已说明，没有未办结的处理", "the four parties are known or accounted for, nothing is under way";
        /// The papers of the steps that were made.
        PapersComplete = "papers_complete", "主要文书齐全", "the main papers are in the file";
        /// Of a decision on the spot.
        Reported = "reported", "当场处罚决定已报备", "the decision on the spot was reported";
    }
}

/// An item and whether it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChecklistEntry {
    /// Which.
    pub item: ChecklistItem,
    /// Whether it is met.
    pub met: bool,
    /// The item, or what is missing, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

type Missing = Option<(String, String)>;

fn missing(zh: impl Into<String>, en: impl Into<String>) -> Missing {
    Some((zh.into(), en.into()))
}

/// All items on a day.
pub fn checklist(case: &CaseFile, facts: &Facts<'_>, today: NaiveDate) -> Vec<ChecklistEntry> {
    let entry = |item: &ChecklistItem| {
        let missing = look(*item, case, facts, today);
        let met = missing.is_none();
        let (zh, en) = missing.unwrap_or_else(|| (item.zh().to_owned(), item.en().to_owned()));
        ChecklistEntry {
            item: *item,
            met,
            zh,
            en,
        }
    };
    ChecklistItem::ALL.iter().map(entry).collect()
}

fn look(item: ChecklistItem, case: &CaseFile, facts: &Facts<'_>, today: NaiveDate) -> Missing {
    let course = &case.course;
    let plain = || {
        missing(
            format!("未满足：{}", item.zh()),
            format!("not met: {}", item.en()),
        )
    };
    let unless = |met: bool| if met { None } else { plain() };
    let police = course.police_decision().is_some();
    match item {
        ChecklistItem::Decided => unless(police || course.decision.is_some()),
        ChecklistItem::DecisionServed => {
            unless(police || course.service(ServedPaper::Decision).is_some())
        }
        ChecklistItem::NothingDue => nothing_due(case, facts, today),
        ChecklistItem::NoRemedy => {
            let pending_stops = !facts.settings.close_with_remedy_pending;
            let mut remedies = course.current_remedies();
            unless(!remedies.any(|remedy| match &remedy.end {
                Some(end) => end.outcome == RemedyOutcome::Annulled,
                None => pending_stops,
            }))
        }
        ChecklistItem::CollectedBanked => collected(case),
        ChecklistItem::NoDeferralOpen => unless(
            course
                .current_deferrals()
                .all(|deferral| deferral.answer.is_some()),
        ),
        ChecklistItem::MeasuresLifted => match facts.vehicle {
            Some(VehicleHold::Held { since, .. }) if facts.settings.measures_lifted_to_close => {
                missing(
                    format!("车辆自{since}起仍被扣留，须先解除强制措施"),
                    format!("the vehicle is held since {since}: lift the measure first"),
                )
            }
            _ => None,
        },
        ChecklistItem::TracksSettled => tracks(case),
        ChecklistItem::PapersComplete => papers(case),
        ChecklistItem::Reported => {
            unless(case.procedure != Some(Procedure::Simplified) || course.reported_on.is_some())
        }
    }
}

fn nothing_due(case: &CaseFile, facts: &Facts<'_>, today: NaiveDate) -> Missing {
    match due(case, facts, today) {
        Ok(due) if due.refund_fen() > 0 => {
            let yuan = yuan_text(due.refund_fen());
            missing(
                format!("尚有{yuan}元应退还当事人"),
                format!("{yuan} yuan are to be given back to the party"),
            )
        }
        _ if case.course.enforcement_ended() => None,
        Ok(due) if due.is_paid() => None,
        Ok(due) => {
            let fine = yuan_text(due.fine_left_fen());
            let surcharge = yuan_text(due.surcharge_left_fen());
            missing(
                format!("尚欠罚款{fine}元、加处罚款{surcharge}元"),
                format!("{fine} yuan of the fine and {surcharge} yuan of the surcharge are unpaid"),
            )
        }
        Err((zh, en)) => missing(zh, en),
    }
}

fn collected(case: &CaseFile) -> Missing {
    let on_the_way = case
        .course
        .valid_collections()
        .find(|(_, one, _)| one.banked.is_none());
    let (index, one, payment) = on_the_way?;
    let (slip, yuan) = (&payment.slip, yuan_text(payment.fine_fen));
    if one.handed_in.is_none() {
        return missing(
            format!("票据{slip}当场收缴的{yuan}元尚未上交（第{index}笔）"),
            format!("{yuan} yuan collected with receipt {slip} are not handed in (no. {index})"),
        );
    }
    missing(
        format!("票据{slip}当场收缴的{yuan}元尚未缴付银行（第{index}笔）"),
        format!("{yuan} yuan collected with receipt {slip} are not at the bank (no. {index})"),
    )
}

fn tracks(case: &CaseFile) -> Missing {
    let under_way = |state: TrackState| {
        matches!(
            state,
            TrackState::PartyUnknown
                | TrackState::Proposed
                | TrackState::Notified
                | TrackState::Hearing
        )
    };
    let open: Vec<_> = case
        .tracks
        .all()
        .filter(|(_, track)| under_way(track.state))
        .collect();
    if open.is_empty() {
        return None;
    }
    let zh: Vec<String> = open
        .iter()
        .map(|(kind, track)| format!("{}：{}", kind.zh(), track.state.zh()))
        .collect();
    let en: Vec<String> = open
        .iter()
        .map(|(kind, track)| format!("{}: {}", kind.en(), track.state.en()))
        .collect();
    missing(
        format!("一超四罚未办结（{}）", zh.join("；")),
        format!("tracks are open ({})", en.join("; ")),
    )
}

/// Papers without which the steps that were made have no proof.
fn papers(case: &CaseFile) -> Missing {
    let course = &case.course;
    let mut needed = Vec::new();
    if course.filed_at.is_some() {
        needed.push(DocumentKind::FilingForm);
    }
    if let Some(decision) = &course.decision {
        needed.push(match (case.procedure, decision.outcome) {
            (Some(Procedure::Simplified), _) => DocumentKind::OnSpotDecision,
            (_, Outcome::Fine | Outcome::Warning) => DocumentKind::PenaltyDecision,
            _ => DocumentKind::NoPenaltyDecision,
        });
        needed.push(DocumentKind::ServiceReceipt);
    }
    if course.police_decision().is_some() {
        needed.push(DocumentKind::PoliceDecision);
    }
    let is_spot = |source: PaymentSource| source == PaymentSource::OnSpot;
    if course.payments.iter().any(|one| !is_spot(one.source)) {
        needed.push(DocumentKind::PaymentSlip);
    }
    if course.payments.iter().any(|one| is_spot(one.source)) {
        needed.push(DocumentKind::FineReceipt);
    }
    let has = |kind: &DocumentKind| course.documents.iter().any(|paper| paper.kind == *kind);
    let absent: Vec<&DocumentKind> = needed.iter().filter(|kind| !has(kind)).collect();
    if absent.is_empty() {
        return None;
    }
    let zh: Vec<&str> = absent.iter().map(|kind| kind.zh()).collect();
    let en: Vec<&str> = absent.iter().map(|kind| kind.en()).collect();
    missing(
        format!("缺少文书：{}", zh.join("、")),
        format!("papers are missing: {}", en.join(", ")),
    )
}
