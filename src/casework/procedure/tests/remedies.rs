//! Reconsideration and lawsuit: what they make of the decision, the money, the counters, the clocks.

use proptest::prelude::*;

use super::super::*;
use super::support::*;
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::casework::procedure::track::TrackState;
use crate::law::{DeadlineKind, DecisionState};
use crate::units::Yuan;

/// 3500 yuan, served on Friday 14 March 2025, paid and closed.
fn closed() -> Desk {
    closed_case("p1", day("2025-03-14"), ["晋A12345", "D-1", "C-1"])
}

fn owed(desk: &Desk) -> Due {
    due(&desk.case, &desk.facts, desk.today()).unwrap()
}

fn state(desk: &Desk) -> Option<DecisionState> {
    counted(&desk.case).map(|row| row.state)
}

fn runs(desk: &Desk, kind: DeadlineKind) -> bool {
    let clocks = clocks(&desk.case, &desk.facts, desk.now);
    clocks.running.iter().any(|clock| clock.kind == kind)
}

#[test]
pub fn a_changed_decision_changes_what_is_owed_and_what_was_too_much_goes_back() {
    let mut desk = closed();
    desk.to(day("2025-04-02"));
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
    desk.to(day("2025-05-20"));
    let on = desk.today();
    let changed = |yuan| end_remedy(RemedyOutcome::Changed, day("2025-05-20"), yuan);
    // To what must be said; nothing gets heavier; the same is upheld; and of another outcome nothing is said.
    for wrong in [
        changed(None),
        changed(Some(3_501)),
        changed(Some(3_500)),
        end_remedy(RemedyOutcome::Upheld, on, Some(500)),
    ] {
        let refusal = desk.refused(&head(), &wrong);
        assert!(
            matches!(
                refusal,
                Refusal::Invalid {
                    field: "changed_to",
                    ..
                }
            ),
            "{wrong:?}: {refusal}"
        );
    }
    desk.does(&head(), changed(Some(2_000)));
    assert_eq!(desk.case.state, CaseState::Closed);
    let row = counted(&desk.case).unwrap();
    assert_eq!(
        (row.state, row.fine_yuan),
        (DecisionState::Effective, Some(Yuan::new(2_000)))
    );
    let index = desk.case.index(&desk.facts, desk.now);
    assert_eq!(index.fine_yuan, Some(Yuan::new(2_000)));
    assert_eq!(owed(&desk).refund_fen(), 150_000);
    assert!(runs(&desk, DeadlineKind::PublicationWithdrawal));
    // The decision itself stays in the file as it was.
    assert_eq!(
        desk.case.course.decision.as_ref().unwrap().yuan,
        Yuan::new(3_500)
    );
    let too_much = desk.refused(&mobile(), &refund("T-1", on, 150_001, 0));
    assert!(matches!(
        too_much,
        Refusal::Invalid {
            field: "fine_fen",
            ..
        }
    ));
    desk.does(&mobile(), refund("T-1", on, 100_000, 0));
    let twice = desk.refused(&mobile(), &refund("T-1", on, 50_000, 0));
    assert!(matches!(twice, Refusal::Invalid { field: "slip", .. }));
    desk.does(&mobile(), refund("T-2", on, 50_000, 0));
    assert_eq!(owed(&desk).refund_fen(), 0);
    desk.lacks(
        &mobile(),
        &refund("T-3", on, 1, 0),
        CaseCondition::RefundDue,
    );
    let text = "已从网站撤下".to_owned();
    desk.does(&mobile(), CaseAction::WithdrawPublication { on, text });
    assert!(!runs(&desk, DeadlineKind::PublicationWithdrawal));
}

#[test]
fn a_lower_fine_is_paid_from_the_day_it_was_changed() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500).paid("F-1", 2_000, 0);
    desk.to(day("2025-04-02"));
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Lawsuit, on));
    desk.to(day("2025-05-20"));
    let on = desk.today();
    let mut less = Desk::new(desk.case.clone());
    (less.now, less.serials) = (desk.now, desk.serials.clone());
    desk.does(&head(), end_remedy(RemedyOutcome::Changed, on, Some(2_500)));
    assert_eq!(desk.case.state, CaseState::Served);
    let due = owed(&desk);
    // Fifteen days from 20 May; what was late of the higher fine is no longer.
    assert_eq!(due.last_day, Some(day("2025-06-04")));
    assert_eq!((due.fine_left_fen(), due.surcharge_fen), (50_000, 0));
    desk.paid("F-2", 500, 0);
    assert_eq!(desk.case.state, CaseState::Settled);
    // To what is paid already, or to a warning: nothing is owed, the rest goes back before it is closed.
    less.does(&head(), end_remedy(RemedyOutcome::Changed, on, Some(0)));
    assert_eq!(less.case.state, CaseState::Settled);
    less.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    less.does(&mobile(), refund("T-1", on, 200_000, 0)).closed();
    assert_eq!(
        counted(&less.case).unwrap().outcome,
        crate::law::DecisionOutcome::Warning
    );
}

#[test]
pub fn an_annulled_decision_falls_out_and_all_of_it_goes_back() {
    let mut desk = closed();
    assert_eq!(state(&desk), Some(DecisionState::Effective));
    desk.wait(10);
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Lawsuit, on));
    desk.does(&head(), end_remedy(RemedyOutcome::Annulled, on, None));
    assert_eq!((desk.case.state, desk.act), (CaseState::Annulled, None));
    assert_eq!(state(&desk), Some(DecisionState::Annulled));
    let annulment = desk.case.course.annulment.as_ref().unwrap();
    assert_eq!(annulment.annulled_by, AnnulledBy::Court);
    assert!(annulment.reason.contains("复决〔2025〕1号"));
    let mut papers = desk.case.course.documents.iter();
    assert!(papers.any(|paper| paper.kind == DocumentKind::RemedyRuling && paper.number.is_some()));
    assert!(
        desk.case
            .tracks
            .all()
            .all(|(_, track)| track.state == TrackState::Dropped)
    );
    assert_eq!(owed(&desk).refund_fen(), 350_000);
    desk.does(&mobile(), refund("T-1", on, 350_000, 0));
    assert_eq!(owed(&desk).refund_fen(), 0);
}

#[test]
pub fn a_decision_that_is_ordered_anew_begins_with_the_investigation() {
    let mut desk = closed();
    let on = desk.today();
    let authority = "车籍所在地".to_owned();
    desk.does(&mobile(), CaseAction::PassOn { authority, on });
    desk.wait(40);
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
    desk.wait(40);
    let on = desk.today();
    let lock = desk.act;
    desk.does(&head(), end_remedy(RemedyOutcome::OrderedAnew, on, None));
    // It holds its act, counts no more, and nothing that came before the decision stands in for what is to come.
    assert_eq!((desk.case.state, desk.act), (CaseState::Filed, lock));
    assert_eq!(state(&desk), None);
    assert!(desk.case.course.decision.is_none() && desk.case.course.notice().is_none());
    let kept = desk.case.course.restarts.last().unwrap();
    assert_eq!(kept.decision.as_ref().unwrap().yuan, Yuan::new(3_500));
    assert!(kept.closed_at.is_some() && kept.passed_on.is_some());
    for (_, track) in desk.case.tracks.all() {
        assert_eq!(track.state, TrackState::Pending);
    }
    assert_eq!(owed(&desk).refund_fen(), 350_000);
    // Ninety days from then, not from the first filing.
    let by = clocks(&desk.case, &desk.facts, desk.now);
    let decide_by = by
        .running
        .iter()
        .find(|clock| clock.kind == DeadlineKind::Decide);
    assert_eq!(decide_by.unwrap().from, on);
    desk.investigated().notified(3_000);
    let submit = CaseAction::SubmitForDecision {
        proposal: "重新处罚".into(),
    };
    desk.lacks(&mobile(), &submit, CaseCondition::AnswerSettled);
    desk.answered().does(&mobile(), submit);
    let again = CaseAction::Decide {
        outcome: Outcome::Fine,
        yuan: Yuan::new(3_000),
        circumstances: Vec::new(),
        reason: "重新认定".into(),
    };
    desk.does(&head(), again);
    assert_eq!(desk.case.course.decision.as_ref().unwrap().number.serial, 2);
    // The old service is not that of the new decision, and what was paid is set off.
    desk.decision_served();
    assert_eq!(desk.case.state, CaseState::Settled);
    assert_eq!(owed(&desk).refund_fen(), 50_000);
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    desk.does(&mobile(), refund("T-1", on, 50_000, 0));
    desk.closed();
    assert_eq!(state(&desk), Some(DecisionState::Effective));
}

#[test]
fn a_case_that_begins_again_and_is_withdrawn_still_gives_back_what_was_paid() {
    let mut desk = closed();
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
    desk.wait(40);
    let on = desk.today();
    desk.does(&head(), end_remedy(RemedyOutcome::OrderedAnew, on, None));
    let reason = "违法事实不能成立".into();
    desk.does(&head(), CaseAction::Withdraw { reason });
    assert_eq!(desk.case.state, CaseState::Withdrawn);
    assert_eq!(owed(&desk).refund_fen(), 350_000);
    desk.does(&mobile(), refund("T-1", on, 350_000, 0));
    assert_eq!(owed(&desk).refund_fen(), 0);
    assert_eq!(desk.case.state, CaseState::Withdrawn);
}

#[test]
pub fn unlawful_and_not_annulled_is_owed_and_does_not_count() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500);
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Lawsuit, on));
    desk.does(
        &head(),
        end_remedy(RemedyOutcome::IllegalConfirmed, on, None),
    );
    assert_eq!(desk.case.state, CaseState::Served);
    assert_eq!(owed(&desk).fine_left_fen(), 350_000);
    desk.paid("F-1", 3_500, 0).closed();
    assert_eq!(state(&desk), Some(DecisionState::Annulled));
}

#[test]
pub fn enforcement_is_suspended_by_somebody_and_not_by_the_remedy() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500);
    desk.to(day("2025-04-15"));
    let on = desk.today();
    let remind = CaseAction::Remind {
        text: "十日内缴清".into(),
    };
    let suspend = |suspended| CaseAction::SuspendEnforcement {
        suspended,
        on,
        number: "停执〔2025〕1号".into(),
        reason: "复议机关认为需要停止执行".into(),
    };
    desk.lacks(&mobile(), &suspend(true), CaseCondition::RemedyPending);
    desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
    // A remedy stops nothing by itself (art. 73).
    let mut going_on = Desk::new(desk.case.clone());
    going_on.now = desk.now;
    going_on.does(&mobile(), remind.clone());
    let refusal = desk.refused(&mobile(), &suspend(false));
    assert!(matches!(
        refusal,
        Refusal::Invalid {
            field: "suspended",
            ..
        }
    ));
    desk.does(&mobile(), suspend(true));
    desk.lacks(&mobile(), &remind, CaseCondition::NotSuspended);
    let refusal = desk.refused(&mobile(), &suspend(true));
    assert!(matches!(
        refusal,
        Refusal::Invalid {
            field: "suspended",
            ..
        }
    ));
    desk.does(&mobile(), suspend(false)).does(&mobile(), remind);
    assert_eq!(desk.case.course.remedies[0].suspensions.len(), 2);
}

#[test]
pub fn a_pending_remedy_keeps_a_case_open_unless_the_setting_says_otherwise() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500).paid("F-1", 3_500, 0);
    let on = desk.today();
    desk.does(&mobile(), start_remedy(RemedyKind::Lawsuit, on));
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    desk.facts.settings.close_with_remedy_pending = true;
    desk.closed();
    desk.does(&head(), end_remedy(RemedyOutcome::Upheld, on, None));
    assert_eq!(state(&desk), Some(DecisionState::Effective));
}

#[test]
fn after_reconsideration_the_court_is_applied_to_once_the_time_to_sue_is_over() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500);
    desk.to(day("2025-04-15"));
    let on = desk.today();
    desk.does(
        &mobile(),
        CaseAction::Remind {
            text: "十日内缴清".into(),
        },
    );
    desk.does(&mobile(), served(ServedPaper::Reminder, on));
    desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
    desk.to(day("2025-06-02"));
    let on = desk.today();
    desk.does(&head(), end_remedy(RemedyOutcome::Upheld, on, None));
    let apply_to_court = |on| CaseAction::ApplyToCourt {
        on,
        text: "某区人民法院".into(),
    };
    desk.to(day("2025-06-17"));
    desk.lacks(
        &head(),
        &apply_to_court(day("2025-06-17")),
        CaseCondition::RemediesOver,
    );
    desk.to(day("2025-06-18"));
    desk.does(&head(), apply_to_court(day("2025-06-18")));
}

#[test]
fn remedies_of_before_are_read() {
    let older = serde_json::json!({"by": "li", "role": "mobile_officer", "at": 5, "kind": "lawsuit",
        "from": "2025-04-02", "end": {"by": "li", "role": "mobile_officer", "at": 6, "on": "2025-05-02",
        "outcome": "annulled", "number": "行初1号"}});
    let read: records::Remedy = serde_json::from_value(older).unwrap();
    assert!(read.suspensions.is_empty());
    let ended: CaseAction = serde_json::from_str(
        r#"{"action":"end_remedy","on":"2025-05-02","outcome":"upheld","number":"行初1号"}"#,
    )
    .unwrap();
    assert_eq!(ended.kind(), ActionKind::EndRemedy);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a fine was paid in parts and lowered step by step, what is kept and given back is what was paid,
    /// and what is kept is what was laid on the party in the end.
    #[test]
    fn money_is_neither_made_nor_lost(
        paid in prop::collection::vec(1..350_000_i64, 0..4),
        lowered in prop::collection::vec(0..3_500_i64, 1..4),
    ) {
        let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
        desk.up_to_service(3_500);
        let on = desk.today();
        let mut sum = 0;
        for (index, fen) in paid.into_iter().enumerate() {
            if let Ok(stepped) = desk.tried(&pay(&format!("F-{index}"), on, fen, 0), &mobile()) {
                desk.take(&pay(&format!("F-{index}"), on, fen, 0), stepped);
                sum += fen;
            }
        }
        let mut fine = 3_500;
        for (index, yuan) in lowered.into_iter().enumerate() {
            desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
            let action = end_remedy(RemedyOutcome::Changed, on, Some(yuan));
            match desk.tried(&action, &head()) {
                Ok(stepped) => {
                    prop_assert!(yuan < fine);
                    desk.take(&action, stepped);
                    fine = yuan;
                }
                Err(refusal) => {
                    prop_assert!(yuan >= fine, "{} refused below {}: {}", yuan, fine, refusal);
                    desk.does(&head(), end_remedy(RemedyOutcome::Upheld, on, None));
                }
            }
            let due = owed(&desk);
            let back = due.refund_fen();
            prop_assert_eq!(due.fine_fen, fine * 100);
            prop_assert_eq!(back, (due.fine_paid_fen - fine * 100).max(0));
            prop_assert_eq!(desk.case.state == CaseState::Settled, due.is_paid());
            if back > 0 {
                desk.does(&mobile(), refund(&format!("T-{index}"), on, back, 0));
                sum -= back;
            }
            prop_assert_eq!(owed(&desk).fine_paid_fen, sum);
        }
    }
}
