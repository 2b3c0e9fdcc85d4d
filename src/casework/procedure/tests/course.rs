//! Whole courses of cases, as the law has them.

use super::super::*;
use super::support::*;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::casework::document::{Document, DocumentKind};
use crate::casework::procedure::track::TrackState;
use crate::law::{Authority, Circumstance, EnforcementMode, OffenceKind};
use crate::role::Role;
use crate::units::Yuan;

#[test]
pub fn from_the_passage_to_the_closed_file() {
    // 7640 kg over: 3500 yuan, which carries the right to a hearing by setting.
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.wait(1).up_to_service(3_500);
    assert_eq!(desk.case.state, CaseState::Served);
    assert_eq!(desk.act, Some(Authority::Transport));
    assert_eq!(desk.case.number.as_ref().unwrap().serial, 1);
    let decision = desk.case.course.decision.clone().unwrap();
    assert_eq!(
        (decision.yuan, decision.outcome),
        (Yuan::new(3_500), Outcome::Fine)
    );
    assert_eq!(decision.amount.unwrap().yuan, Yuan::new(3_500));
    desk.lacks_state(&close());
    desk.paid("F-1", 3_500, 0);
    assert_eq!(desk.case.state, CaseState::Settled);
    desk.closed();
    assert_eq!(desk.case.state, CaseState::Closed);
    for track in desk.case.tracks.all().map(|(_, track)| track) {
        assert_eq!(track.state, TrackState::Counted);
    }
    // The papers of the way are there by kind and number.
    let papers: Vec<_> = desk
        .case
        .course
        .documents
        .iter()
        .map(|paper| paper.kind)
        .collect();
    for kind in [
        DocumentKind::FilingForm,
        DocumentKind::LoadingSheet,
        DocumentKind::InvestigationReport,
        DocumentKind::ViolationNotice,
        DocumentKind::ServiceReceipt,
        DocumentKind::PenaltyDecision,
        DocumentKind::PaymentSlip,
        DocumentKind::ClosingReport,
    ] {
        assert!(papers.contains(&kind), "{kind:?}");
    }
    let number = |kind| {
        let mut papers = desk.case.course.documents.iter();
        papers
            .find(|paper| paper.kind == kind)
            .and_then(|paper| paper.number.clone())
    };
    assert_eq!(
        number(DocumentKind::PenaltyDecision).as_deref(),
        Some("罚〔2025〕1号")
    );
    assert_eq!(number(DocumentKind::PaymentSlip).as_deref(), Some("F-1"));
    // Passed on within seven working days.
    desk.does(
        &mobile(),
        CaseAction::PassOn {
            authority: "车籍所在地".into(),
            on: desk_day(&desk),
        },
    );
    assert_eq!(
        desk.case.course.history.last().unwrap().action,
        ActionKind::PassOn
    );
}

fn desk_day(desk: &Desk) -> chrono::NaiveDate {
    desk.today()
}

impl Desk {
    fn lacks_state(&mut self, action: &CaseAction) {
        assert!(matches!(
            self.refused(&head(), action),
            Refusal::NotInState { .. }
        ));
    }
}

#[test]
pub fn a_small_fine_on_the_spot() {
    // 1001 kg over: 500 yuan, on the spot for an organisation, not for a citizen.
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 1_001));
    desk.reviewed().filed(Procedure::Simplified).parties();
    let inform = CaseAction::InformOnSpot {
        outcome: Outcome::Fine,
        yuan: Yuan::new(500),
        grounds: "62号令第四十三条".into(),
    };
    desk.does(&mobile(), respondent(PartyKind::Citizen));
    desk.lacks(&mobile(), &inform, CaseCondition::WithinSimplified);
    desk.does(&mobile(), respondent(PartyKind::Organisation));
    desk.lacks(&mobile(), &decide(500), CaseCondition::Informed);
    desk.does(&mobile(), inform);
    desk.does(&mobile(), decide(500))
        .decision_served()
        .paid("F-1", 500, 0);
    // It is reported to the own authority before it is closed.
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    let on = desk.today();
    desk.does(&mobile(), CaseAction::ReportOnSpot { on })
        .closed();
    let papers = &desk.case.course.documents;
    assert!(
        papers
            .iter()
            .any(|paper| paper.kind == DocumentKind::OnSpotDecision)
    );
    // Both respondents stay on record.
    assert_eq!(desk.case.course.respondents.len(), 2);
}

#[test]
pub fn a_fine_above_the_limit_needs_the_ordinary_procedure() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().filed(Procedure::Simplified).parties();
    desk.does(&mobile(), respondent(PartyKind::Organisation));
    let inform = CaseAction::InformOnSpot {
        outcome: Outcome::Fine,
        yuan: Yuan::new(3_500),
        grounds: "超限".into(),
    };
    desk.lacks(&mobile(), &inform, CaseCondition::WithinSimplified);
    let reason = "数额超过简易程序限额".to_owned();
    desk.does(&head(), CaseAction::SwitchToOrdinary { reason });
    desk.investigated()
        .notified(3_500)
        .answered()
        .decided(3_500);
    assert_eq!(desk.case.state, CaseState::Decided);
}

#[test]
pub fn a_hearing_from_asking_to_legal_review() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_500);
    let on = desk.today();
    let submit = CaseAction::SubmitForDecision {
        proposal: "建议处罚".into(),
    };
    desk.lacks(&mobile(), &submit, CaseCondition::HearingSettled);
    desk.does(&mobile(), CaseAction::AskHearing { asked_on: on });
    // Friday 14 March; seven working days before Tuesday 25 March are up to Friday 14 March.
    let tell = |day| CaseAction::GiveHearingNotice {
        day,
        place: "队部会议室".into(),
        told_on: on,
    };
    assert!(matches!(
        desk.refused(&mobile(), &tell(day("2025-03-24"))),
        Refusal::Invalid { field: "day", .. }
    ));
    desk.does(&mobile(), tell(day("2025-03-25")));
    let hold = |on, by: &str| CaseAction::HoldHearing {
        on,
        presided_by: by.into(),
        text: "当事人对称重无异议".into(),
    };
    desk.lacks(&head(), &hold(on, "law"), CaseCondition::HearingTold);
    desk.to(day("2025-03-25"));
    assert!(matches!(
        desk.refused(&head(), &hold(day("2025-03-25"), "wang")),
        Refusal::Invalid {
            field: "presided_by",
            ..
        }
    ));
    desk.does(&head(), hold(day("2025-03-25"), "law"));
    desk.does(
        &mobile(),
        CaseAction::RecordDefence {
            text: "初次违法".into(),
            accepted: false,
            reply: "不影响认定".into(),
        },
    );
    // After a hearing the legal review is no choice (art. 58).
    desk.lacks(&mobile(), &submit, CaseCondition::LegalReviewDone);
    let proposal = "建议处罚".to_owned();
    desk.does(&mobile(), CaseAction::SubmitLegalReview { proposal });
    let opinion = "同意".to_owned();
    desk.does(&lawyer(), CaseAction::PassLegalReview { opinion });
    desk.does(&head(), decide(3_500));
    assert_eq!(desk.case.state, CaseState::Decided);
}

#[test]
pub fn a_hearing_that_is_asked_for_too_late_or_twice() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_500);
    // Five working days from Friday 14 March end on Friday 21 March.
    desk.to(day("2025-03-24"));
    let ask = |asked_on| CaseAction::AskHearing { asked_on };
    let refusal = desk.refused(&mobile(), &ask(day("2025-03-22")));
    assert!(matches!(
        refusal,
        Refusal::Invalid {
            field: "asked_on",
            ..
        }
    ));
    // Posted in time and entered later, it is in time.
    desk.does(&mobile(), ask(day("2025-03-21")));
    let on = desk.today();
    desk.does(&mobile(), CaseAction::WithdrawHearing { on });
    assert_eq!(desk.case.state, CaseState::Notified);
    let refusal = desk.refused(&mobile(), &ask(day("2025-03-21")));
    assert!(matches!(
        refusal,
        Refusal::Invalid {
            field: "asked_on",
            ..
        }
    ));
}

#[test]
pub fn evidence_that_is_asked_for_makes_the_notice_void() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 21_300));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(10_500)
        .answered();
    let submit = CaseAction::SubmitForDecision {
        proposal: "建议处罚".into(),
    };
    // From 10000 yuan on by setting.
    desk.lacks(&mobile(), &submit, CaseCondition::LegalReviewDone);
    let review = CaseAction::SubmitLegalReview {
        proposal: "建议处罚".into(),
    };
    let back = |more_evidence| CaseAction::ReturnLegalReview {
        opinion: "补充驾驶员笔录".into(),
        more_evidence,
    };
    desk.does(&mobile(), review.clone())
        .does(&lawyer(), back(false));
    assert_eq!(desk.case.state, CaseState::Notified);
    desk.does(&mobile(), review.clone())
        .does(&lawyer(), back(true));
    assert_eq!(desk.case.state, CaseState::Filed);
    assert!(desk.case.course.notice().is_none());
    desk.investigated();
    assert!(desk.case.course.notices.len() == 1);
    desk.notified(10_500);
    desk.lacks(&mobile(), &review, CaseCondition::AnswerSettled);
    desk.answered().does(&mobile(), review);
    let opinion = "同意".to_owned();
    desk.does(&lawyer(), CaseAction::PassLegalReview { opinion });
    desk.does(&head(), decide(10_500));
}

#[test]
pub fn a_serious_case_is_discussed() {
    // 42 t over: 21000 yuan.
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 42_000));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(21_000)
        .answered();
    let proposal = "建议处罚".to_owned();
    desk.does(&mobile(), CaseAction::SubmitLegalReview { proposal });
    let opinion = "同意".to_owned();
    desk.does(&lawyer(), CaseAction::PassLegalReview { opinion });
    desk.lacks(&head(), &decide(21_000), CaseCondition::Discussed);
    let discuss = |present: &[&str]| CaseAction::Discuss {
        present: present.iter().map(|name| (*name).to_owned()).collect(),
        conclusion: "同意处罚".into(),
    };
    assert!(matches!(
        desk.refused(&head(), &discuss(&["甲", "乙", "甲"])),
        Refusal::Invalid {
            field: "present",
            ..
        }
    ));
    desk.does(&head(), discuss(&["甲", "乙", "丙"]))
        .does(&head(), decide(21_000));
}

#[test]
pub fn defending_oneself_makes_nothing_heavier() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_000);
    let defence = CaseAction::RecordDefence {
        text: "有异议".into(),
        accepted: false,
        reply: "不予采纳".into(),
    };
    desk.does(&mobile(), defence);
    // A new notice of the whole amount does not help: it was 3000 before the defence (art. 45).
    desk.notified(3_500).answered();
    let proposal = "建议处罚".to_owned();
    desk.does(&mobile(), CaseAction::SubmitForDecision { proposal });
    assert!(matches!(
        desk.refused(&head(), &decide(3_500)),
        Refusal::Law { .. }
    ));
    // Less than computed needs a reason.
    assert!(matches!(
        desk.refused(&head(), &decide(3_000)),
        Refusal::Law { .. }
    ));
    let reasoned = CaseAction::Decide {
        outcome: Outcome::Fine,
        yuan: Yuan::new(3_000),
        circumstances: Vec::new(),
        reason: "主动接受处理".into(),
    };
    desk.does(&head(), reasoned);
}

#[test]
pub fn a_party_is_spared_by_its_circumstances_alone() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 700));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(0)
        .answered();
    let proposal = "建议不予处罚".to_owned();
    desk.does(&mobile(), CaseAction::SubmitForDecision { proposal });
    let spare = |circumstances: Vec<Circumstance>| CaseAction::Decide {
        outcome: Outcome::Spared,
        yuan: Yuan::ZERO,
        circumstances,
        reason: "轻微并及时改正".into(),
    };
    assert!(matches!(
        desk.refused(&head(), &spare(vec![])),
        Refusal::Law { .. }
    ));
    let minor = vec![
        Circumstance::Minor,
        Circumstance::PromptlyCorrected,
        Circumstance::NoHarm,
    ];
    // What must be spared is not warned.
    let warn = CaseAction::Decide {
        outcome: Outcome::Warning,
        yuan: Yuan::ZERO,
        circumstances: minor.clone(),
        reason: String::new(),
    };
    assert!(matches!(desk.refused(&head(), &warn), Refusal::Law { .. }));
    desk.does(&head(), spare(minor)).decision_served();
    assert_eq!(desk.case.state, CaseState::Settled);
    desk.closed();
    let papers = &desk.case.course.documents;
    assert!(
        papers
            .iter()
            .any(|paper| paper.kind == DocumentKind::NoPenaltyDecision)
    );
}

#[test]
pub fn at_a_joint_station_the_police_fine() {
    let mut case = opened("p1", day("2025-03-14"), 7_640);
    case.mode = Some(EnforcementMode::JointStation);
    let mut desk = Desk::new(case);
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated();
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AuthorityCompetent);
    let unit = "交警大队".to_owned();
    desk.does(&mobile(), CaseAction::HandToPolice { unit: unit.clone() });
    assert_eq!(desk.act, Some(Authority::Police));
    let on = desk.today();
    // They send it back, and the transport authority may go on (by setting).
    let reason = "不属于超载".to_owned();
    desk.does(&police(), CaseAction::PoliceDecline { on, reason });
    assert_eq!(
        (desk.case.state, desk.act),
        (CaseState::Investigated, Some(Authority::Transport))
    );
    desk.does(&mobile(), notice(3_500));
    desk.facts.settings.fine_when_police_decline = false;
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AuthorityCompetent);
}

#[test]
pub fn the_decision_of_the_police_ends_the_case() {
    let mut case = opened("p1", day("2025-03-14"), 7_640);
    case.mode = Some(EnforcementMode::JointStation);
    let mut desk = Desk::new(case);
    desk.reviewed().parties();
    let unit = "交警大队".to_owned();
    desk.does(&mobile(), CaseAction::HandToPolice { unit });
    desk.wait(3);
    let decided = CaseAction::PoliceDecision {
        number: "公交决字〔2025〕1号".into(),
        on: desk.today(),
        fine_yuan: Yuan::new(1_000),
        points: 3,
        over_limit_on_own_weighing: Some(true),
        text: String::new(),
    };
    desk.does(&police(), decided).closed();
    let row = counted(&desk.case).unwrap();
    assert_eq!(row.authority, crate::law::DecidingAuthority::Police);
    assert_eq!(row.fine_yuan, Some(Yuan::new(1_000)));
    let index = desk.case.index(&desk.facts, desk.now);
    assert_eq!(
        (index.fine_yuan, index.over_limit_on_own_weighing),
        (row.fine_yuan, true)
    );
}

#[test]
pub fn a_case_opened_by_hand_takes_the_same_way() {
    let opened = OpenedByHand {
        case_id: "hand-1".into(),
        station: "ST0042".into(),
        origin: Origin::Report,
        mode: None,
        act_at: noon(day("2025-03-10")),
        plate: " 晋A12345 ".into(),
        source: None,
        traced_from: Vec::new(),
        visit: None,
        trailer_plate: None,
        plate_colour: None,
        offence: Some(OffenceKind::Evasion),
        act_id: None,
        gross_kg: None,
        judgement: None,
        facts: "冲卡".into(),
    };
    let now = noon(day("2025-03-14"));
    let case = CaseFile::open_by_hand(opened.clone(), &mobile(), now).unwrap();
    assert_eq!(
        (case.state, case.plate.as_str()),
        (CaseState::Registered, "晋A12345")
    );
    assert_eq!(case.act_id(), "hand-1");
    let mut desk = Desk::new(case);
    desk.filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(5_000)
        .answered()
        .decided(5_000);
    desk.decision_served().paid("F-1", 5_000, 0).closed();
    // An evasion has its own penalty and counts as no overload.
    assert_eq!(
        counted(&desk.case).unwrap().act,
        crate::law::CountedAct::Evasion
    );
    // An overload needs its verdict, a device needs a passage, the auditor opens nothing.
    let open = |change: &dyn Fn(&mut OpenedByHand), role| {
        let mut given = opened.clone();
        change(&mut given);
        CaseFile::open_by_hand(given, &actor("x", role), now)
            .map(|_| ())
            .unwrap_err()
    };
    let field = |refusal| match refusal {
        Refusal::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        field(open(&|given| given.offence = None, Role::Operator)),
        "judgement"
    );
    assert_eq!(
        field(open(&|given| given.origin = Origin::Device, Role::Operator)),
        "origin"
    );
    assert_eq!(
        field(open(&|given| given.plate.clear(), Role::Operator)),
        "plate"
    );
    assert_eq!(
        field(open(
            &|given| given.act_at = noon(day("2025-03-15")),
            Role::Operator
        )),
        "act_at"
    );
    assert!(matches!(
        open(&|_| {}, Role::Auditor),
        Refusal::NotPermitted { .. }
    ));
}

#[test]
pub fn other_ends_before_a_decision() {
    let filed = || {
        let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
        desk.reviewed().filed(Procedure::Ordinary);
        desk
    };
    let reason = "违法事实不能成立".to_owned();
    let mut desk = filed();
    desk.does(
        &head(),
        CaseAction::Withdraw {
            reason: reason.clone(),
        },
    );
    assert_eq!((desk.case.state, desk.act), (CaseState::Withdrawn, None));
    assert!(
        desk.case
            .tracks
            .all()
            .all(|(_, track)| track.state == TrackState::Dropped)
    );
    assert_eq!(counted(&desk.case), None);

    // Whoever it goes to has the act: the hold stays.
    let mut desk = filed();
    let transfer = CaseAction::Transfer {
        to: TransferTo::CriminalPolice,
        authority: "公安局".into(),
        reason,
    };
    desk.does(&head(), transfer);
    assert_eq!(
        (desk.case.state, desk.act),
        (CaseState::Transferred, Some(Authority::Police))
    );

    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed();
    let refuse = |note: Option<&str>| CaseAction::RefuseFiling {
        reason: crate::casework::DiscardReason::Other,
        note: note.map(str::to_owned),
    };
    assert!(matches!(
        desk.refused(&head(), &refuse(None)),
        Refusal::Invalid { field: "note", .. }
    ));
    desk.does(&head(), refuse(Some("无管辖权")));
    assert_eq!((desk.case.state, desk.act), (CaseState::Discarded, None));
}

#[test]
pub fn records_are_added_and_corrected_and_stay() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.does(
        &mobile(),
        CaseAction::Note {
            text: "蓝色货箱".into(),
        },
    );
    let attach = |sha256: String| CaseAction::Attach {
        sha256,
        kind: AttachmentKind::BodyCamera,
        name: "记录仪.mp4".into(),
        bytes: 12_345,
    };
    assert!(matches!(
        desk.refused(&mobile(), &attach("A".repeat(64))),
        Refusal::Invalid {
            field: "sha256",
            ..
        }
    ));
    desk.does(&mobile(), attach("a".repeat(64)));
    let document = Document {
        kind: DocumentKind::SceneRecord,
        number: None,
        at: desk.now,
        sha256: None,
        note: None,
    };
    desk.does(&mobile(), CaseAction::AddDocument { document });
    let correct = |index| CaseAction::Correct {
        record: RecordKind::Note,
        index,
        text: "应为红色货箱".into(),
    };
    assert!(matches!(
        desk.refused(&mobile(), &correct(1)),
        Refusal::Invalid { field: "index", .. }
    ));
    desk.does(&mobile(), correct(0));
    assert_eq!(desk.case.course.notes[0].text, "蓝色货箱");
    assert_eq!(desk.case.course.corrections[0].text, "应为红色货箱");
}

#[test]
pub fn electronic_service_needs_consent() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated();
    desk.does(&mobile(), notice(3_500));
    let by_mail = CaseAction::RecordService {
        paper: ServedPaper::Notice,
        way: ServiceWay::Electronic,
        served_on: desk.today(),
        recipient: "张某".into(),
    };
    assert!(matches!(
        desk.refused(&mobile(), &by_mail),
        Refusal::Invalid { field: "way", .. }
    ));
    let document = Document {
        kind: DocumentKind::ServiceConsent,
        number: None,
        at: desk.now,
        sha256: None,
        note: None,
    };
    desk.does(&mobile(), CaseAction::AddDocument { document })
        .does(&mobile(), by_mail);
}
