//! The rules one by one.

use super::super::*;
use super::world::*;
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::role::Role;
use crate::units::Micros;

#[test]
fn figures_by_hand_are_off_and_marked_where_they_are_on() {
    let mut world = World::new();
    let opened = world.opened();
    let by_hand = InspectionAction::Weigh(hand_weighing(48_000));
    assert_eq!(
        world.refused(&opened, by_hand.clone()),
        Refusal::HandEntryOff
    );
    world.settings.hand_entry_allowed = true;
    let weighed = world.step(&opened, by_hand);
    assert_eq!(weighed.state, InspectionState::Cleared);
    let weighing = &weighed.weighings.first().unwrap().what;
    assert_eq!(weighing.by_hand.as_deref(), Some("通信中断"));
    assert_eq!(weighing.passage_id, None);
    assert!(weighed.index().by_hand);
}

#[test]
fn the_figures_of_a_passage_are_the_stores_and_a_passage_serves_once() {
    let mut world = World::new();
    let opened = world.opened();
    let unknown = WeighingEntry {
        weighing: WeighingInput::Passage(PassageInput {
            passage_id: text("p99"),
        }),
        plate_differs: None,
        request: None,
    };
    assert_eq!(
        world.refused(&opened, InspectionAction::Weigh(unknown)),
        Refusal::PassageUnknown {
            passage_id: text("p99")
        }
    );
    let entry = world.cross(106_180);
    let over = world.step(&opened, InspectionAction::Weigh(entry.clone()));
    assert!(matches!(
        world.refused(&over, InspectionAction::Reweigh(entry)),
        Refusal::PassageUsed { .. }
    ));
    let entry = world.cross(30_000);
    if let Some(passage) = &mut world.passage {
        passage.used_by = Some(text("insp-other"));
    }
    assert!(matches!(
        world.refused(&over, InspectionAction::Reweigh(entry)),
        Refusal::PassageUsed { inspection_id, .. } if inspection_id == "insp-other"
    ));
}

#[test]
fn neither_an_older_passage_nor_one_ahead_clears() {
    let mut world = World::new();
    let over = world.over();
    let weighed_at = over.weighings.first().unwrap().what.weighed_at;
    for (at, is_fit) in [
        (weighed_at.saturating_sub(Micros::new(1)), false),
        (weighed_at, true),
        (world.now.saturating_add(Micros::from_seconds(3_600)), false),
    ] {
        let entry = world.cross(30_000);
        if let Some(passage) = &mut world.passage {
            passage.at = at;
        }
        let result = world.attempt(&over, &InspectionAction::Reweigh(entry), Role::Operator);
        assert_eq!(result.is_ok(), is_fit, "{result:?}");
        assert!(is_fit || matches!(result, Err(Refusal::OutOfOrder { .. })));
    }
}

#[test]
fn another_vehicles_passage_needs_a_word() {
    let mut world = World::new();
    let over = world.over();
    let mut entry = world.cross(30_000);
    if let Some(passage) = &mut world.passage {
        passage.plate = Some(text("晋D99999"));
    }
    assert_eq!(
        world.refused(&over, InspectionAction::Reweigh(entry.clone())),
        Refusal::OtherVehicle {
            found: text("晋D99999"),
            wanted: text(PLATE),
        }
    );
    entry.plate_differs = Some(text("识别错误，已核对照片"));
    let cleared = world.step(&over, InspectionAction::Reweigh(entry));
    assert_eq!(cleared.state, InspectionState::Cleared);
    assert_eq!(cleared.plate(), Some(PLATE));
}

#[test]
fn a_weighing_that_is_not_legal_is_kept_and_clears_nothing() {
    let mut world = World::new();
    let over = world.over();
    let entry = world.cross(30_000);
    if let Some(passage) = &mut world.passage {
        passage.not_legal = Some(text("检定证书已过期"));
    }
    let again = world.step(&over, InspectionAction::Reweigh(entry));
    assert_eq!(again.state, InspectionState::Over);
    assert_eq!(again.weighings.len(), 2);
    assert_eq!(again.spread_kg(), Some(kg(76_180)));
    assert!(matches!(
        world.refused(&again, release()),
        Refusal::OverLimit { gross_kg, .. } if gross_kg == kg(106_180)
    ));
}

#[test]
fn a_void_weighing_stays_on_record_and_never_helps() {
    let mut world = World::new();
    let over = world.over();
    let cleared = world.reweigh(&over, 30_000);
    let void = |weighing| {
        InspectionAction::VoidWeighing(VoidWeighing {
            weighing,
            reason: text("他车称重"),
        })
    };
    let again = world.step(&cleared, void(2));
    assert_eq!(again.state, InspectionState::ReweighedOver);
    assert_eq!(again.weighings, cleared.weighings);
    assert_eq!(again.spread_kg(), None);
    assert_eq!(
        world.refused(&again, void(2)),
        Refusal::NoRecord { number: 2 }
    );
    assert_eq!(
        world.refused(&again, void(3)),
        Refusal::NoRecord { number: 3 }
    );
    // Without the first one the vehicle is still known to have been over.
    let without_first = world.step(&cleared, void(1));
    assert_eq!(without_first.state, InspectionState::Cleared);
    assert!(without_first.was_over());
    let opened = world.opened();
    let light = world.weigh(&opened, 30_000);
    assert_eq!(world.step(&light, void(1)).state, InspectionState::Weighed);
}

#[test]
fn a_request_of_the_party_is_answered_before_release() {
    let mut world = World::new();
    let opened = world.opened();
    let cleared = world.weigh(&opened, 30_000);
    let request = PartyRequest {
        kind: RequestKind::OtherScale,
        party: text("张某"),
        note: None,
    };
    let asked = world.step(&cleared, InspectionAction::Request(request));
    assert_eq!(
        world.refused(&asked, release()),
        Refusal::RequestUnanswered { number: 1 }
    );
    let answer = |request| {
        InspectionAction::Answer(RequestAnswer {
            request,
            granted: true,
            reason: text("改用2号衡器"),
        })
    };
    assert_eq!(
        world.refused(&asked, answer(2)),
        Refusal::NoOpenRequest { number: 2 }
    );
    let answered = world.step(&asked, answer(1));
    assert_eq!(
        world.refused(&answered, answer(1)),
        Refusal::NoOpenRequest { number: 1 }
    );
    let mut entry = world.cross(30_040);
    entry.request = Some(1);
    let again = world.step(&answered, InspectionAction::Reweigh(entry));
    assert_eq!(again.weighings.last().unwrap().what.request, Some(1));
    assert_eq!(again.spread_kg(), Some(kg(40)));
    world.step(&again, release());
}

#[test]
fn two_officers_with_licences_of_the_day() {
    let mut world = World::new();
    let over = world.over();
    let with = |officers: [&str; 2]| {
        InspectionAction::Sheet(Sheet {
            number: text("1"),
            officers: officers.map(text),
            sha256: None,
        })
    };
    assert!(matches!(
        world.refused(&over, with(["zhang", "Zhang"])),
        Refusal::SameOfficer { .. }
    ));
    for name in ["wang", "nobody"] {
        assert!(matches!(
            world.refused(&over, with(["zhang", name])),
            Refusal::NoLicence { name: found, .. } if found == name
        ));
    }
    let papers = world.step(&over, with(["zhang", "li"]));
    let paper = papers.documents.first().unwrap();
    assert_eq!(paper.note.as_deref(), Some("称重和卸载单"));
}

#[test]
fn a_vehicle_that_was_over_leaves_with_its_sheet() {
    let mut world = World::new();
    let over = world.over();
    let cleared = world.reweigh(&over, 30_000);
    assert_eq!(world.refused(&cleared, release()), Refusal::NoSheet);
}

#[test]
fn the_police_of_the_station_decide_which_papers_apply() {
    let mut world = World::new();
    let over = world.over();
    assert_eq!(
        world.refused(&over, hand_to_police()),
        Refusal::NoPoliceResident
    );
    let called = world.step(&over, call_police());
    assert_eq!(
        called.documents.last().unwrap().kind,
        DocumentKind::NotificationLetter
    );
    world.settings.resident_police = true;
    assert_eq!(world.refused(&over, call_police()), Refusal::PoliceResident);
    let handed = world.step(&over, hand_to_police());
    assert_eq!(
        handed.documents.last().unwrap().kind,
        DocumentKind::WeighingSheet
    );
    let result = InspectionAction::PoliceResult(PoliceResult {
        decision: Some(text("公交决〔2024〕1号")),
        fine_yuan: Some(crate::units::Yuan::new(2_000)),
        points: Some(6),
        note: None,
    });
    let decided = world
        .attempt(&handed, &result, Role::PoliceOfficer)
        .unwrap();
    assert_eq!(
        decided.documents.last().unwrap().kind,
        DocumentKind::PoliceDecision
    );
}

#[test]
fn a_case_takes_the_overload_up_as_well() {
    let mut world = World::new();
    let over = world.over();
    let papers = world.step(&over, sheet());
    let cleared = world.reweigh(&papers, 30_000);
    assert_eq!(world.refused(&cleared, release()), Refusal::NotTakenUp);
    let link = InspectionAction::LinkCase(LinkCase {
        case_id: text("case-p1"),
    });
    let linked = world.step(&cleared, link);
    assert_eq!(linked.index().case_id.as_deref(), Some("case-p1"));
    world.step(&linked, release());
    world.settings.handover_needed = false;
    world.step(&cleared, release());
}

#[test]
fn a_case_is_linked_only_to_a_stay_that_it_is_about() {
    let mut world = World::new();
    let over = world.over();
    let link = |case_id: &str| {
        InspectionAction::LinkCase(LinkCase {
            case_id: text(case_id),
        })
    };
    let unknown = |case_id: &str| Refusal::CaseUnknown {
        case_id: text(case_id),
    };
    // What is known is another case than the one given.
    assert_eq!(world.refused(&over, link("nope")), unknown("nope"));
    world.case = None;
    assert_eq!(world.refused(&over, link("case-p1")), unknown("case-p1"));
    for state in [CaseState::Discarded, CaseState::Withdrawn] {
        world.case = Some(CaseFact {
            state,
            ..case_of(PLATE, &["p1"])
        });
        let dropped = Refusal::CaseDropped {
            case_id: text("case-p1"),
            state,
        };
        assert_eq!(world.refused(&over, link("case-p1")), dropped);
    }
    for plate in ["晋A99999", ""] {
        world.case = Some(case_of(plate, &["elsewhere"]));
        let refusal = world.refused(&over, link("case-p1"));
        assert!(
            matches!(&refusal, Refusal::CaseOfAnother { wanted, .. } if wanted == PLATE),
            "{refusal:?}"
        );
        assert!(refusal.zh().contains(PLATE));
    }
    // Passage p1 picked the vehicle out, p2 weighed it: the case may know it by another plate.
    for (plate, passage) in [("晋A99999", "p1"), ("晋A99999", "p2"), (PLATE, "elsewhere")] {
        world.case = Some(case_of(plate, &[passage]));
        let linked = world.step(&over, link("case-p1"));
        assert_eq!(linked.case_id(), Some("case-p1"));
    }
}

#[test]
fn a_sheet_has_a_number_of_its_own() {
    let mut world = World::new();
    let over = world.over();
    let papers = world.step(&over, sheet());
    let InspectionAction::Sheet(mut again) = sheet() else {
        unreachable!("a sheet")
    };
    let used = Refusal::SheetUsed {
        number: again.number.clone(),
    };
    assert_eq!(world.refused(&papers, sheet()), used);
    again.number = format!(" {} ", again.number);
    assert_eq!(
        world.refused(&papers, InspectionAction::Sheet(again.clone())),
        used
    );
    again.number = text("称卸〔2024〕2号");
    let both = world.step(&papers, InspectionAction::Sheet(again));
    assert_eq!(both.sheets.len(), 2);
}

#[test]
fn an_indivisible_load_leaves_with_a_permit_that_covers_it() {
    let mut world = World::new();
    world.settings.handover_needed = true;
    let over = world.over();
    let over = world.step(&over, sheet());
    assert_eq!(
        world.refused(&over, permit_shown()),
        Refusal::PermitUnknown {
            number: text("许1")
        }
    );
    world.permits = vec![permit(110_000, true)];
    // A load that can be divided is covered by no permit.
    let divisible = world.step(&over, said_indivisible(false));
    let shown = world.step(&divisible, permit_shown());
    assert_eq!(shown.state, InspectionState::Over);
    assert!(!shown.permits.first().unwrap().what.covers);
    let indivisible = world.step(&over, said_indivisible(true));
    for fact in [permit(110_000, false), permit(106_179, true)] {
        world.permits = vec![fact];
        assert_eq!(
            world.step(&indivisible, permit_shown()).state,
            InspectionState::Over
        );
    }
    world.permits = vec![permit(106_180, true)];
    let cleared = world.step(&indivisible, permit_shown());
    assert_eq!(cleared.state, InspectionState::Cleared);
    // It must still hold at the moment of release.
    world.permits = vec![permit(106_180, false)];
    assert!(matches!(
        world.refused(&cleared, release()),
        Refusal::OverLimit { .. }
    ));
    world.permits = vec![permit(106_180, true)];
    world.step(&cleared, release());
}

#[test]
fn a_higher_limit_found_later_suffices_only_where_the_station_says_so() {
    let mut world = World::new();
    world.limit = Some(31_000);
    let opened = world.opened();
    let over = world.weigh(&opened, 45_000);
    world.limit = Some(49_000);
    let described = world.step(&over, said_indivisible(false));
    assert_eq!(described.state, InspectionState::Over);
    assert_eq!(described.limit_kg(), Some(kg(49_000)));
    assert_eq!(described.limits.len(), 2);
    assert!(matches!(
        world.refused(&described, release()),
        Refusal::NotCleared { .. }
    ));
    assert_eq!(
        world.reweigh(&described, 45_000).state,
        InspectionState::Cleared
    );
    world.settings.reweigh_needed = false;
    assert_eq!(
        world.step(&over, said_indivisible(false)).state,
        InspectionState::Cleared
    );
}

#[test]
fn a_lower_limit_found_later_brings_a_cleared_vehicle_back() {
    let mut world = World::new();
    let opened = world.opened();
    let cleared = world.weigh(&opened, 45_000);
    world.limit = Some(31_000);
    assert!(matches!(
        world.refused(&cleared, release()),
        Refusal::OverLimit { .. }
    ));
    assert_eq!(
        world.step(&cleared, said_indivisible(false)).state,
        InspectionState::Over
    );
}

#[test]
fn without_a_limit_a_vehicle_is_weighed_and_judged_when_it_is_known() {
    let mut world = World::new();
    world.limit = None;
    let opened = world.opened();
    let weighed = world.weigh(&opened, 45_000);
    assert_eq!(weighed.state, InspectionState::Weighed);
    assert_eq!(world.refused(&weighed, release()), Refusal::LimitUnknown);
    world.limit = Some(49_000);
    let cleared = world.step(&weighed, said_indivisible(false));
    assert_eq!(cleared.state, InspectionState::Cleared);
    world.limit = Some(31_000);
    let over = world.step(&weighed, said_indivisible(false));
    assert_eq!(over.state, InspectionState::Over);
}

#[test]
fn let_through_has_a_reason_a_paper_and_the_green_channel_is_weighed() {
    let mut world = World::new();
    let opened = world.opened();
    assert_eq!(
        world.refused(&opened, let_through(LetThroughReason::GreenChannel)),
        Refusal::GreenChannelNotWeighed
    );
    let over = world.over();
    let green = world.step(&over, let_through(LetThroughReason::GreenChannel));
    assert_eq!(green.state, InspectionState::LetThrough);
    assert_eq!(
        green.index().let_through,
        Some(LetThroughReason::GreenChannel)
    );
    let escorted = world.step(&opened, let_through(LetThroughReason::EscortedPermit));
    assert_eq!(
        escorted.documents.last().unwrap().kind,
        DocumentKind::TransportPermit
    );
    let bare = InspectionAction::LetThrough(LetThrough {
        reason: LetThroughReason::Other,
        paper: text("凭证"),
        allowed_by: text("站长"),
        note: None,
    });
    assert!(matches!(
        world.refused(&opened, bare),
        Refusal::Malformed { field, problem: Problem::Missing } if field == "note"
    ));
    let no_paper = InspectionAction::LetThrough(LetThrough {
        reason: LetThroughReason::Military,
        paper: text(" "),
        allowed_by: text("站长"),
        note: None,
    });
    assert!(matches!(
        world.refused(&opened, no_paper),
        Refusal::Malformed { field, problem: Problem::Blank } if field == "paper"
    ));
    assert!(matches!(
        world.attempt(
            &opened,
            &let_through(LetThroughReason::Military),
            Role::MobileOfficer
        ),
        Err(Refusal::NotPermitted { .. })
    ));
}

#[test]
fn plates_typed_by_hand_fit_their_reason_and_the_reading_stays() {
    let mut world = World::new();
    let opened = world.opened();
    let identify = |reason, plate: Option<&str>, trailer: Option<&str>, note: Option<&str>| {
        InspectionAction::Identify(Identify {
            reason,
            plate: plate.map(text),
            trailer_plate: trailer.map(text),
            note: note.map(text),
        })
    };
    for unsound in [
        identify(IdentifyReason::NoPlate, Some("晋D54321"), None, Some("VIN")),
        identify(IdentifyReason::NoPlate, None, None, None),
        identify(IdentifyReason::WrongPlate, None, None, None),
        identify(IdentifyReason::TemporaryPlate, None, None, None),
        identify(IdentifyReason::Misread, Some("晋D5432O1"), None, None),
        identify(IdentifyReason::Misread, Some("晋d·54321"), None, None),
        identify(
            IdentifyReason::Misread,
            Some("晋D54321"),
            Some("挂车"),
            None,
        ),
    ] {
        assert!(matches!(
            world.refused(&opened, unsound),
            Refusal::PlateUnsound { .. }
        ));
    }
    let wrong = world.step(
        &opened,
        identify(
            IdentifyReason::WrongPlate,
            Some("晋D54321"),
            Some("晋DA123挂"),
            None,
        ),
    );
    assert_eq!(wrong.plate(), Some("晋D54321"));
    assert_eq!(wrong.trailer_plate(), Some("晋DA123挂"));
    assert_eq!(wrong.selection, opened.selection);
    let temporary = world.step(
        &wrong,
        identify(
            IdentifyReason::TemporaryPlate,
            Some("晋D临12345"),
            None,
            None,
        ),
    );
    assert_eq!(temporary.plate(), Some("晋D临12345"));
    assert_eq!(temporary.trailer_plate(), Some("晋DA123挂"));
    let none = world.step(
        &temporary,
        identify(IdentifyReason::NoPlate, None, None, Some("VIN LZ1")),
    );
    assert_eq!(none.plate(), None);
    assert_eq!(none.identities.len(), 3);
}

#[test]
fn a_refused_signature_has_two_officers_or_a_witness() {
    let mut world = World::new();
    let over = world.over();
    let sign = |officers: &[&str], witness: Option<&str>| {
        InspectionAction::Sign(Sign {
            paper: text("称卸〔2024〕1号"),
            signer: text("张某"),
            signature: Signature::Refused(RefusedSignature {
                officers: officers.iter().map(|name| text(name)).collect(),
                witness: witness.map(text),
                reason: None,
            }),
        })
    };
    for officers in [&[][..], &["zhang"]] {
        assert_eq!(
            world.refused(&over, sign(officers, None)),
            Refusal::NotWitnessed
        );
    }
    assert!(matches!(
        world.refused(&over, sign(&["zhang", "ZHANG"], None)),
        Refusal::SameOfficer { .. }
    ));
    assert!(matches!(
        world.refused(&over, sign(&["zhang", "wang"], None)),
        Refusal::NoLicence { .. }
    ));
    world.step(&over, sign(&["zhang", "li"], None));
    world.step(&over, sign(&[], Some("李某")));
    let pad = InspectionAction::Sign(Sign {
        paper: text("称卸〔2024〕1号"),
        signer: text("张某"),
        signature: Signature::Pad(PadSignature {
            sha256: text("abc"),
            format: PadFormat::Svg,
        }),
    });
    assert!(matches!(
        world.refused(&over, pad),
        Refusal::Malformed {
            problem: Problem::NotADigest,
            ..
        }
    ));
}

#[test]
fn what_is_sent_is_well_formed() {
    let mut world = World::new();
    let over = world.over();
    let note = |value: &str| InspectionAction::Note(NoteEntry { text: text(value) });
    assert!(matches!(
        world.refused(&over, note("　 ")),
        Refusal::Malformed {
            problem: Problem::Blank,
            ..
        }
    ));
    assert!(matches!(
        world.refused(&over, note(&"长".repeat(1_001))),
        Refusal::Malformed {
            problem: Problem::TooLong(1_001),
            ..
        }
    ));
    world.step(&over, note(&"长".repeat(1_000)));
    for mass in [-1, 1_000_001] {
        assert!(matches!(
            world.refused(&over, transfer(&[mass])),
            Refusal::Malformed { problem: Problem::MassOutOfRange(found), .. } if found == mass
        ));
    }
    assert!(matches!(
        world.refused(&over, transfer(&[])),
        Refusal::Malformed {
            problem: Problem::Missing,
            ..
        }
    ));
    let ahead = FindingEntry {
        happened_at: world.now.saturating_add(Micros::from_seconds(86_400)),
        ..finding()
    };
    assert!(matches!(
        world.refused(&over, InspectionAction::Refuse(ahead)),
        Refusal::Malformed {
            problem: Problem::Ahead,
            ..
        }
    ));
    let correct = |record, number| {
        InspectionAction::Correct(Correct {
            record,
            number,
            was: text("甲"),
            is: text("乙"),
            reason: text("笔误"),
        })
    };
    assert_eq!(
        world.refused(&over, correct(RecordKind::Weighing, 2)),
        Refusal::NoRecord { number: 2 }
    );
    assert_eq!(
        world.refused(&over, correct(RecordKind::Weighing, 0)),
        Refusal::NoRecord { number: 0 }
    );
    let corrected = world.step(&over, correct(RecordKind::Weighing, 1));
    assert_eq!(corrected.weighings, over.weighings);
    assert_eq!(corrected.corrections.len(), 1);
}

#[test]
fn opening_needs_a_key_a_known_passage_and_somebody_who_may() {
    let mut world = World::new();
    let select = |passage: Option<&str>, key: Option<&str>, plate: Option<&str>| Select {
        station: text("140423"),
        lane: None,
        inspection_id: key.map(text),
        by: SelectedBy::Officer,
        passage_id: passage.map(text),
        plate: plate.map(text),
        follows: None,
        note: None,
    };
    let opened = |select: &Select, world: &World, role| {
        open(select, &actor(role), &world.facts(), world.now)
    };
    assert_eq!(
        opened(&select(None, None, None), &world, Role::Operator),
        Err(Refusal::NoKey)
    );
    assert!(matches!(
        opened(&select(Some("p1"), None, None), &world, Role::Operator),
        Err(Refusal::PassageUnknown { .. })
    ));
    assert!(matches!(
        opened(
            &select(None, Some("insp-a"), Some("晋X")),
            &world,
            Role::Operator
        ),
        Err(Refusal::PlateUnsound { .. })
    ));
    for role in [Role::Auditor, Role::Machine, Role::PoliceOfficer] {
        assert!(matches!(
            opened(&select(None, Some("insp-a"), None), &world, role),
            Err(Refusal::NotPermitted { .. })
        ));
    }
    let by_hand = opened(
        &select(None, Some("insp-a"), Some(PLATE)),
        &world,
        Role::MobileOfficer,
    )
    .unwrap();
    assert_eq!(by_hand.inspection_id, "insp-a");
    assert_eq!(by_hand.plate(), Some(PLATE));
    world.cross(105_000);
    let select = select(Some("p1"), Some("ignored"), None);
    let from_passage = opened(&select, &world, Role::Operator).unwrap();
    assert_eq!(from_passage.inspection_id, inspection_id("p1"));
    assert!(matches!(
        world.refused(&from_passage, InspectionAction::Select(select)),
        Refusal::AlreadyOpen { .. }
    ));
}

#[test]
fn what_can_be_done_is_offered_with_what_stands_against_it() {
    let mut world = World::new();
    let over = world.over();
    let offered = available(&over, &actor(Role::Supervisor), &world.facts(), world.now);
    let of = |step| offered.iter().find(|offered| offered.step == step);
    assert!(of(InspectionStep::Weigh).is_none());
    assert!(of(InspectionStep::ExtendHold).is_none());
    assert!(of(InspectionStep::BeginUnloading).unwrap().unmet.is_empty());
    let release = of(InspectionStep::Release).unwrap();
    assert!(release.unmet.contains(&Refusal::OverLimit {
        gross_kg: kg(106_180),
        limit_kg: kg(49_000),
    }));
    assert!(release.unmet.contains(&Refusal::NoSheet));
    assert_eq!(
        of(InspectionStep::HandToPolice).unwrap().unmet,
        [Refusal::NoPoliceResident]
    );
    let shown = serde_json::to_value(release).unwrap();
    assert_eq!(shown.get("action").unwrap(), "release");
    let reader = available(&over, &actor(Role::Auditor), &world.facts(), world.now);
    assert!(reader.is_empty());
}

#[test]
fn actions_are_read_from_json_and_unknown_members_are_refused() {
    let read = |json: &str| serde_json::from_str::<InspectionAction>(json);
    let weigh =
        read(r#"{"action":"weigh","weighing":{"from":"passage","passage_id":"p1"}}"#).unwrap();
    assert_eq!(weigh.step(), InspectionStep::Weigh);
    let hold = read(
        r#"{"action":"hold_vehicle","number":"1","authority":"police","reason":"r","basis":"b",
            "officers":["zhang","li"],"approved_by":"h"}"#,
    )
    .unwrap();
    assert_eq!(hold.step(), InspectionStep::PoliceHold);
    let describe = read(r#"{"action":"describe","axles":6,"divisible":true}"#).unwrap();
    assert!(matches!(describe, InspectionAction::Describe(said) if said.axles == Some(6)));
    for wrong in [
        r#"{"action":"weigh","gross_kg":30000}"#,
        r#"{"action":"weigh","weighing":{"from":"passage","passage_id":"p1","gross_kg":1}}"#,
        r#"{"action":"release","slip":"1","force":true}"#,
        r#"{"action":"describe","axels":6}"#,
        r#"{"action":"vanish"}"#,
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_shift_is_counted_from_the_index() {
    let mut world = World::new();
    let from = world.now;
    let over = world.over();
    let moved = world.step(&over, transfer(&[74_000]));
    let cleared = world.reweigh(&moved, 32_220);
    let opened = world.opened();
    let light = world.weigh(&opened, 20_000);
    let light = world.step(&light, release());
    let emergency = world.step(&opened, let_through(LetThroughReason::Emergency));
    let gone = world.step(&opened, InspectionAction::Evade(finding()));
    let until = world.now.saturating_add(Micros::new(1));
    let indexes = [&cleared, &light, &emergency, &gone, &opened].map(Inspection::index);
    let counts = shift_counts(&indexes, from, until);
    assert_eq!((counts.checked, counts.over), (2, 1));
    assert_eq!((counts.unloaded, counts.unloaded_kg), (1, kg(73_960)));
    assert_eq!((counts.released, counts.escaped), (1, 1));
    assert_eq!(
        counts.let_through,
        [(LetThroughReason::Emergency, 1)].into()
    );
    // A shift counts what happened in it, and its end belongs to the next.
    let next = shift_counts(&indexes, until, until.saturating_add(Micros::new(1)));
    assert_eq!(next, ShiftCounts::default());
    let last = emergency.ending.as_ref().unwrap().at;
    assert!(shift_counts(&indexes, from, last).let_through.is_empty());
}
