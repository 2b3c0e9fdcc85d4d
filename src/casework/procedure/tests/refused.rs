//! What is refused, and what is said about it.

use super::super::*;
use super::support::*;
use crate::casework::case_state::CaseState;
use crate::law::Authority;
use crate::role::Role;
use crate::units::Yuan;

#[test]
fn officers_are_two_and_licensed_on_the_day() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed();
    desk.lacks(
        &head(),
        &file(Procedure::Ordinary),
        CaseCondition::OfficersLicensed,
    );
    let named = |names: &[&str]| CaseAction::AssignOfficers {
        officers: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    for wrong in [&["li"][..], &["li", "li"], &["li", "nobody"], &["li", ""]] {
        let refusal = desk.refused(&head(), &named(wrong));
        assert!(
            matches!(
                refusal,
                Refusal::Invalid {
                    field: "officers",
                    ..
                }
            ),
            "{wrong:?}"
        );
    }
    desk.does(&head(), assign());
    // A licence that ran out since is none.
    desk.facts.officers.get_mut("wang").unwrap().valid_until = Some(day("2025-03-13"));
    desk.lacks(
        &head(),
        &file(Procedure::Ordinary),
        CaseCondition::OfficersLicensed,
    );
    desk.does(&head(), {
        CaseAction::AssignOfficers {
            officers: vec!["li".into(), "zhao".into()],
        }
    });
    desk.does(&head(), file(Procedure::Ordinary));
    assert_eq!(desk.case.course.assignments.len(), 2);
}

#[test]
fn only_the_officers_of_a_case_handle_it() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    desk.does(&mobile(), respondent(PartyKind::Citizen));
    let end = CaseAction::EndInvestigation {
        report: "清楚".into(),
        complex: None,
    };
    let other = actor("zhao", Role::MobileOfficer);
    desk.lacks(&other, &end, CaseCondition::HandlerAssigned);
    desk.facts.settings.only_assigned_officers = false;
    desk.does(&other, end);
}

#[test]
fn an_instrument_record_is_filed_only_after_two_reviews() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    assert!(matches!(
        desk.refused(&head(), &file(Procedure::Ordinary)),
        Refusal::NotInState { .. }
    ));
    // However a case came to be confirmed: without two reviews by two persons it is no evidence.
    desk.case.state = CaseState::Confirmed;
    desk.does(&head(), assign());
    desk.lacks(
        &head(),
        &file(Procedure::Ordinary),
        CaseCondition::EvidenceReviewed,
    );
    let unit = "交警大队".to_owned();
    desk.lacks(
        &mobile(),
        &CaseAction::HandToPolice { unit },
        CaseCondition::EvidenceReviewed,
    );
}

#[test]
fn an_act_that_was_found_too_late_is_not_filed() {
    let mut case = opened("p1", day("2024-02-29"), 7_640);
    // Two years from 29 February end on 28 February.
    for (found, filed) in [("2026-02-28", true), ("2026-03-01", false)] {
        case.opened_at = noon(day(found));
        let mut desk = Desk::new(case.clone());
        desk.reviewed().does(&head(), assign());
        if filed {
            desk.does(&head(), file(Procedure::Ordinary));
        } else {
            desk.lacks(
                &head(),
                &file(Procedure::Ordinary),
                CaseCondition::NotPrescribed,
            );
        }
    }
}

#[test]
fn one_act_is_punished_by_one_case_and_the_reason_is_shown() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().does(&head(), assign());
    desk.facts.act_holder = Some(ActHolder {
        case_id: "case-other".into(),
        authority: Authority::Police,
        since: noon(day("2025-03-13")),
    });
    let refusal = desk.refused(&head(), &file(Procedure::Ordinary));
    for part in ["case-other", "公安机关交通管理部门", "2025-03-13"] {
        assert!(
            refusal.zh().contains(part),
            "{part} not in {}",
            refusal.zh()
        );
    }
    assert!(refusal.to_string().contains("the police"));
    let unit = "交警大队".to_owned();
    desk.lacks(
        &mobile(),
        &CaseAction::HandToPolice { unit },
        CaseCondition::ActFree,
    );
    // Its own hold is no obstacle.
    desk.facts.act_holder.as_mut().unwrap().case_id = desk.case.case_id.clone();
    desk.does(&head(), file(Procedure::Ordinary));
}

#[test]
fn ninety_days_and_one_extension() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_500)
        .answered();
    let proposal = "建议处罚".to_owned();
    desk.does(&mobile(), CaseAction::SubmitForDecision { proposal });
    let extend = |days| CaseAction::ExtendDecision {
        days,
        reason: "案情复杂".into(),
    };
    // Ninety days from 14 March end on 12 June.
    desk.to(day("2025-06-13"));
    desk.lacks(&head(), &decide(3_500), CaseCondition::InTimeToDecide);
    desk.lacks(&head(), &extend(30), CaseCondition::InTimeToDecide);
    desk.to(day("2025-06-12"));
    for days in [0, 31] {
        assert!(matches!(
            desk.refused(&head(), &extend(days)),
            Refusal::Invalid { field: "days", .. }
        ));
    }
    desk.does(&head(), extend(30));
    desk.lacks(&head(), &extend(1), CaseCondition::NotExtended);
    desk.to(day("2025-07-13"));
    desk.lacks(&head(), &decide(3_500), CaseCondition::InTimeToDecide);
    desk.to(day("2025-07-12")).does(&head(), decide(3_500));
}

#[test]
fn without_law_nothing_is_decided() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated();
    desk.facts.tables = None;
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AmountKnown);
    desk.facts.tables = Some(&TABLES);
    // A verdict that can't be read is none.
    let verdict = std::mem::replace(&mut desk.case.judgement.verdict, serde_json::json!({}));
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AmountKnown);
    desk.case.judgement.verdict = verdict;
    desk.case.judgement.hypothetical = true;
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AmountKnown);
    desk.case.judgement.hypothetical = false;
    // More than computed is never proposed.
    let refusal = desk.refused(&mobile(), &notice(4_000));
    assert!(matches!(refusal, Refusal::Invalid { field: "yuan", .. }));
    desk.does(&mobile(), notice(3_500));
}

#[test]
fn numbers_are_taken_from_what_is_offered_and_no_others() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().does(&head(), assign());
    desk.offer_nothing();
    let tried = apply(
        &desk.case,
        &file(Procedure::Ordinary),
        &head(),
        &desk.facts,
        desk.now,
    );
    assert!(matches!(
        tried,
        Err(Refusal::Invalid {
            field: "number",
            ..
        })
    ));
    let stepped = desk.tried(&file(Procedure::Ordinary), &head()).unwrap();
    assert_eq!(stepped.numbers, [NumberSeries::Case]);
}

impl Desk {
    fn offer_nothing(&mut self) {
        self.facts.numbers.clear();
    }
}

#[test]
fn what_is_offered_is_what_can_be_done() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed();
    let offered = available(&desk.case, &head(), &desk.facts, desk.now);
    let filing = offered
        .iter()
        .find(|offered| offered.action == ActionKind::File)
        .unwrap();
    assert_eq!(filing.unmet[0].condition, CaseCondition::OfficersLicensed);
    assert!(!filing.unmet[0].zh.is_empty());
    assert!(
        offered
            .iter()
            .all(|offered| offered.action != ActionKind::Decide)
    );
    // Whoever may nothing is offered nothing.
    for role in [Role::Auditor, Role::Machine, Role::Administrator] {
        assert!(available(&desk.case, &actor("x", role), &desk.facts, desk.now).is_empty());
    }
    desk.does(&head(), assign());
    let offered = available(&desk.case, &head(), &desk.facts, desk.now);
    let filing = offered
        .iter()
        .find(|offered| offered.action == ActionKind::File)
        .unwrap();
    assert!(filing.unmet.is_empty());
}

#[test]
fn an_action_is_read_from_json_as_it_is() {
    let decide: CaseAction = serde_json::from_str(
        r#"{"action":"decide","outcome":"fine","yuan":3500,"circumstances":["first_time"],"reason":"初次"}"#,
    )
    .unwrap();
    assert!(matches!(&decide, CaseAction::Decide { yuan, .. } if *yuan == Yuan::new(3_500)));
    let track: CaseAction = serde_json::from_str(
        r#"{"action":"track","track":"driver","change":{"step":"set_not_applicable","reason":"unidentified"}}"#,
    )
    .unwrap();
    assert_eq!(track.kind(), ActionKind::Track);
    for wrong in [
        r#"{"action":"decide","outcome":"fine","fine":1}"#,
        r#"{"action":"shoot"}"#,
        r#"{"outcome":"fine"}"#,
        r#"{"action":"note"}"#,
    ] {
        assert!(
            serde_json::from_str::<CaseAction>(wrong).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn days_to_come_are_refused() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated();
    desk.does(&mobile(), notice(3_500));
    let tomorrow = desk.ahead(1);
    let early = day("2025-03-13");
    for on in [tomorrow, early] {
        let refusal = desk.refused(&mobile(), &served(ServedPaper::Notice, on));
        assert!(matches!(
            refusal,
            Refusal::Invalid {
                field: "served_on",
                ..
            }
        ));
    }
}
