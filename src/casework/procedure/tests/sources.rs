//! Cases about a loading source alone, without a vehicle.

use super::super::*;
use super::support::*;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::casework::procedure::records::SourceVisit;
use crate::casework::procedure::track::TrackState;
use crate::law::{DeadlineKind, OffenceKind};
use crate::units::Kilograms;

fn given() -> OpenedByHand {
    OpenedByHand {
        case_id: "hand-1".into(),
        station: "ST0042".into(),
        origin: Origin::Inspection,
        mode: None,
        act_at: noon(day("2025-03-10")),
        plate: String::new(),
        source: Some(SourceParty {
            id: "YT-001".into(),
            name: "某煤场".into(),
            kind: PartyKind::Organisation,
        }),
        traced_from: Vec::new(),
        visit: Some(SourceVisit {
            on: day("2025-03-12"),
            place: "某煤场磅房".into(),
            record: Some("KY-1".into()),
        }),
        trailer_plate: None,
        plate_colour: None,
        offence: Some(OffenceKind::Instigation),
        act_id: None,
        gross_kg: None,
        judgement: None,
        facts: "指使驾驶人超限装载".into(),
    }
}

fn now() -> crate::units::Micros {
    noon(day("2025-03-14"))
}

#[test]
pub fn a_source_alone_goes_its_own_way() {
    let case = CaseFile::open_by_hand(given(), &mobile(), now()).unwrap();
    assert_eq!(
        (case.state, case.subject),
        (CaseState::Registered, CaseSubject::Source)
    );
    assert_eq!(case.respondent.as_ref().unwrap().id, "YT-001");
    assert_eq!(case.course.respondents.len(), 1);
    assert_eq!(case.tracks.loading_source.counted_id(), Some("YT-001"));
    for kind in [TrackKind::Vehicle, TrackKind::Driver, TrackKind::Carrier] {
        let track = case.tracks.get(kind);
        assert_eq!(track.state, TrackState::NotApplicable);
        assert_eq!(track.not_applicable, Some(NotApplicableReason::NoVehicle));
    }
    let body = case.opening_body();
    crate::evidence::canonical::to_text(&body).unwrap();
    assert_eq!(CaseFile::from_bodies(&[body]).unwrap(), case);
    let mut desk = Desk::new(case);
    desk.facts.vehicle = None;
    // What needs a vehicle says so.
    let unit = "交警大队".to_owned();
    desk.lacks(
        &mobile(),
        &CaseAction::HandToPolice { unit },
        CaseCondition::HasVehicle,
    );
    let trace = CaseAction::TraceSource {
        finding: SourceFinding::NotFound,
        sheet_number: None,
        source_id: None,
        source_name: None,
        text: "无".into(),
    };
    desk.lacks(&mobile(), &trace, CaseCondition::HasVehicle);
    let reopen = CaseAction::Track {
        track: TrackKind::Driver,
        change: TrackStep::Reopen {
            reason: "有司机".into(),
        },
    };
    for wrong in [party(TrackKind::Vehicle, "晋A12345"), reopen] {
        let refusal = desk.refused(&mobile(), &wrong);
        assert!(
            matches!(refusal, Refusal::Invalid { field: "track", .. }),
            "{refusal}"
        );
    }
    // The same officers, numbers, notice, decision, money and checklist.
    desk.filed(Procedure::Ordinary);
    assert_eq!(desk.case.number.as_ref().unwrap().serial, 1);
    desk.does(
        &mobile(),
        CaseAction::EndInvestigation {
            report: "指使超限装载事实清楚".into(),
            complex: None,
        },
    );
    desk.notified(9_000)
        .answered()
        .decided(9_000)
        .decision_served()
        .paid("F-1", 9_000, 0)
        .closed();
    assert_eq!(desk.case.tracks.loading_source.state, TrackState::Counted);
    let row = counted(&desk.case).unwrap();
    assert_eq!(row.act, crate::law::CountedAct::Instigation);
    assert_eq!(
        (
            row.source_id.as_deref(),
            row.vehicle_plate,
            row.driver_id,
            row.carrier_id
        ),
        (Some("YT-001"), None, None, None)
    );
    // There is no place of registration to pass it on to.
    let authority = "车籍所在地".to_owned();
    let on = desk.today();
    desk.lacks(
        &mobile(),
        &CaseAction::PassOn { authority, on },
        CaseCondition::HasVehicle,
    );
    let clocks = clocks(&desk.case, &desk.facts, desk.now);
    assert!(
        clocks
            .running
            .iter()
            .all(|clock| clock.kind != DeadlineKind::PassOn)
    );
}

#[test]
fn it_comes_from_somewhere_and_has_nothing_of_a_vehicle() {
    let field = |change: &dyn Fn(&mut OpenedByHand)| {
        let mut opened = given();
        change(&mut opened);
        match CaseFile::open_by_hand(opened, &mobile(), now()) {
            Err(Refusal::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(field(&|one| one.source = None), "plate");
    assert_eq!(field(&|one| one.plate = "晋A12345".into()), "source");
    assert_eq!(field(&|one| one.offence = None), "offence");
    assert_eq!(
        field(&|one| one.offence = Some(OffenceKind::Evasion)),
        "offence"
    );
    assert_eq!(
        field(&|one| one.gross_kg = Some(Kilograms::new(1))),
        "gross_kg"
    );
    assert_eq!(
        field(&|one| one.trailer_plate = Some("晋A1挂".into())),
        "trailer_plate"
    );
    assert_eq!(
        field(&|one| one.judgement = Some(judged(day("2025-03-10"), 1))),
        "judgement"
    );
    assert_eq!(
        field(&|one| one.source.as_mut().unwrap().id.clear()),
        "source.id"
    );
    assert_eq!(
        field(&|one| one.visit.as_mut().unwrap().on = day("2025-03-15")),
        "visit.on"
    );
    assert_eq!(
        field(&|one| one.visit.as_mut().unwrap().place.clear()),
        "visit.place"
    );
    assert_eq!(field(&|one| one.visit = None), "origin");
    // From a report, from other cases.
    let opens = |change: &dyn Fn(&mut OpenedByHand)| {
        let mut opened = given();
        opened.visit = None;
        change(&mut opened);
        CaseFile::open_by_hand(opened, &mobile(), now()).unwrap()
    };
    opens(&|one| one.origin = Origin::Report);
    let traced = opens(&|one| one.traced_from = vec!["case-1".into()]);
    assert_eq!(traced.traced_from, ["case-1"]);
    // A case of a vehicle has neither.
    let mut vehicle = given();
    vehicle.source = None;
    vehicle.plate = "晋A12345".into();
    let refused = CaseFile::open_by_hand(vehicle, &mobile(), now());
    assert!(matches!(
        refused,
        Err(Refusal::Invalid { field: "visit", .. })
    ));
}
