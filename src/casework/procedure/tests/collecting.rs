//! Fines collected on the spot (Administrative Penalty Law art. 68 to 71).

use super::super::*;
use super::support::*;
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::law::DeadlineKind;
use crate::units::Yuan;

/// 500 yuan decided and served on the spot on Friday 14 March 2025.
fn on_the_spot() -> Desk {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 1_001));
    desk.reviewed().filed(Procedure::Simplified).parties();
    desk.does(&mobile(), respondent(PartyKind::Organisation));
    let inform = CaseAction::InformOnSpot {
        outcome: Outcome::Fine,
        yuan: Yuan::new(500),
        grounds: "62号令第四十三条".into(),
    };
    desk.does(&mobile(), inform);
    desk.does(&mobile(), decide(500)).decision_served();
    desk
}

fn field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

fn hand_in(on: &str, late: Option<&str>) -> CaseAction {
    CaseAction::HandInCollected {
        index: 0,
        on: day(on),
        slip: "SJ-1".into(),
        late: late.map(str::to_owned),
    }
}

fn bank(on: &str, late: Option<&str>) -> CaseAction {
    CaseAction::BankCollected {
        index: 0,
        on: day(on),
        slip: "YH-1".into(),
        late: late.map(str::to_owned),
    }
}

#[test]
pub fn on_the_spot_with_the_receipt_and_from_hand_to_hand() {
    let mut desk = on_the_spot();
    let on = desk.today();
    // Without the finance department's receipt the party may refuse (art. 70).
    let refusal = desk.refused(
        &mobile(),
        &collect(SpotGround::HardToEnforce, "  ", on, 50_000),
    );
    assert_eq!(field(&refusal), "receipt");
    assert!(refusal.zh().contains("拒绝缴纳"));
    // 500 is more than a small fine; by the plain way of paying it is not recorded.
    let small = collect(SpotGround::SmallAmount, "PJ-1", on, 50_000);
    assert_eq!(field(&desk.refused(&mobile(), &small)), "ground");
    let plain = CaseAction::Pay {
        slip: "PJ-1".into(),
        paid_on: on,
        fine_fen: 50_000,
        surcharge_fen: 0,
        source: PaymentSource::OnSpot,
    };
    assert_eq!(field(&desk.refused(&mobile(), &plain)), "source");
    let mut silent = collect(SpotGround::HardToEnforce, "PJ-1", on, 50_000);
    if let CaseAction::CollectOnSpot { reason, .. } = &mut silent {
        *reason = None;
    }
    assert_eq!(field(&desk.refused(&mobile(), &silent)), "reason");
    // Only an officer of the case takes money.
    let good = collect(SpotGround::HardToEnforce, "PJ-1", on, 50_000);
    desk.lacks(
        &actor("zhao", crate::role::Role::MobileOfficer),
        &good,
        CaseCondition::HandlerAssigned,
    );
    let too_much = collect(SpotGround::HardToEnforce, "PJ-1", on, 50_001);
    assert_eq!(field(&desk.refused(&mobile(), &too_much)), "fine_fen");
    desk.lacks(
        &mobile(),
        &hand_in("2025-03-14", None),
        CaseCondition::CollectionHeld,
    );
    desk.does(&mobile(), good);
    assert_eq!(desk.case.state, CaseState::Settled);
    let runs = |desk: &Desk| -> Vec<(DeadlineKind, String)> {
        let clocks = clocks(&desk.case, &desk.facts, desk.now);
        let kinds = [
            DeadlineKind::CollectedFineHandIn,
            DeadlineKind::CollectedFineToBank,
        ];
        let of_money = clocks
            .running
            .iter()
            .filter(|clock| kinds.contains(&clock.kind));
        of_money
            .map(|clock| (clock.kind, clock.last_day.to_string()))
            .collect()
    };
    // Two working days from a Friday end on Tuesday.
    assert_eq!(
        runs(&desk),
        [(DeadlineKind::CollectedFineHandIn, "2025-03-18".to_owned())]
    );
    desk.does(&mobile(), CaseAction::ReportOnSpot { on });
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    desk.to(day("2025-03-19"));
    desk.lacks(
        &mobile(),
        &bank("2025-03-19", None),
        CaseCondition::CollectionHandedIn,
    );
    assert_eq!(
        field(&desk.refused(&mobile(), &hand_in("2025-03-19", None))),
        "late"
    );
    assert_eq!(
        field(&desk.refused(&mobile(), &hand_in("2025-03-13", None))),
        "on"
    );
    desk.does(&mobile(), hand_in("2025-03-18", None));
    desk.lacks(
        &mobile(),
        &hand_in("2025-03-18", None),
        CaseCondition::CollectionHeld,
    );
    assert_eq!(
        runs(&desk),
        [(DeadlineKind::CollectedFineToBank, "2025-03-20".to_owned())]
    );
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    desk.to(day("2025-03-21"));
    assert_eq!(
        field(&desk.refused(&mobile(), &bank("2025-03-21", None))),
        "late"
    );
    desk.does(&head(), bank("2025-03-21", Some("银行系统停机")));
    assert_eq!(runs(&desk), []);
    desk.closed();
    let mut papers = desk.case.course.documents.iter();
    assert!(
        papers.any(|paper| paper.kind == DocumentKind::FineReceipt
            && paper.number.as_deref() == Some("PJ-1"))
    );
}

#[test]
fn a_small_fine_needs_no_other_ground_and_the_figure_is_a_setting() {
    let mut desk = on_the_spot();
    let on = desk.today();
    let small = collect(SpotGround::SmallAmount, "PJ-1", on, 50_000);
    assert_eq!(desk.facts.settings.spot_collection_yuan, Yuan::new(100));
    assert_eq!(field(&desk.refused(&mobile(), &small)), "ground");
    desk.facts.settings.spot_collection_yuan = Yuan::new(500);
    desk.does(&mobile(), small);
    // A collection that was none is handed in by nobody.
    let reason = "票据作废".to_owned();
    desk.does(&head(), CaseAction::VoidPayment { index: 0, reason });
    assert_eq!(desk.case.state, CaseState::Served);
    desk.lacks(
        &mobile(),
        &hand_in("2025-03-14", None),
        CaseCondition::CollectionHeld,
    );
}

#[test]
fn after_the_ordinary_procedure_only_far_away_and_at_the_partys_request() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500);
    let on = desk.today();
    for ground in [SpotGround::SmallAmount, SpotGround::HardToEnforce] {
        let refusal = desk.refused(&mobile(), &collect(ground, "PJ-1", on, 350_000));
        assert_eq!(field(&refusal), "ground");
    }
    let mut nowhere = collect(SpotGround::RemotePlace, "PJ-1", on, 350_000);
    if let CaseAction::CollectOnSpot { place, .. } = &mut nowhere {
        *place = None;
    }
    assert_eq!(field(&desk.refused(&mobile(), &nowhere)), "place");
    desk.does(
        &mobile(),
        collect(SpotGround::RemotePlace, "PJ-1", on, 350_000),
    );
    assert_eq!(desk.case.state, CaseState::Settled);
}
