//! Random people doing random things to cases: what must never come of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::Value;

use super::super::records::{EnforcementStep, Instalment};
use super::super::*;
use super::support::*;
use super::{collecting, course, paying, police, remedies, sources, tracks};
use crate::casework::DiscardReason;
use crate::casework::case_file::{Stage, TrackState};
use crate::casework::case_state::CaseState;
use crate::casework::document::{Document, DocumentKind};
use crate::casework::machine::{Machine, transition};
use crate::casework::procedure::track::TrackAction;
use crate::law::{EnforcementMode, OffenceKind};
use crate::role::Role;
use crate::units::Yuan;

/// Who works here: more roles than may do anything.
fn people() -> Vec<Actor> {
    let mut people = vec![
        actor("li", Role::MobileOfficer),
        actor("wang", Role::Reviewer),
        actor("shen1", Role::Reviewer),
        head(),
        lawyer(),
        police(),
        actor("op", Role::Operator),
    ];
    people.extend(Role::ALL.map(|role| actor("x", role)));
    people
}

/// Everything that could be tried, good and bad, for a case on a day.
fn attempts(today: NaiveDate, dice: u64) -> Vec<CaseAction> {
    let ago = |days: u64| today.checked_sub_days(chrono::Days::new(days)).unwrap();
    let on = ago([0, 0, 0, 1, 20][(dice % 5) as usize]);
    let fine = [3_500, 3_500, 3_500, 3_000, 500, 30_000][(dice / 5 % 6) as usize];
    let any_track = TrackKind::ALL[(dice / 3 % 4) as usize];
    // The loading source has the longest way.
    let track = if dice.is_multiple_of(2) {
        TrackKind::LoadingSource
    } else {
        any_track
    };
    let yes = dice.is_multiple_of(2);
    let text = || "记录".to_owned();
    let name = |user: &str| user.to_owned();
    let plan = vec![Instalment {
        last_day: today
            .checked_add_days(chrono::Days::new(dice % 40))
            .unwrap(),
        fine_fen: 350_000,
    }];
    let outcome = [
        Outcome::Fine,
        Outcome::Fine,
        Outcome::Fine,
        Outcome::Warning,
        Outcome::NotPunished,
    ][(dice / 7 % 5) as usize];
    let yuan = Yuan::new(if outcome == Outcome::Fine { fine } else { 0 });
    let number = || format!("第{dice}号");
    let mut all = vec![
        CaseAction::Confirm {
            plate_compared: yes,
            note: None,
        },
        CaseAction::RefuseFiling {
            reason: DiscardReason::SameAct,
            note: None,
        },
        CaseAction::Discard {
            reason: DiscardReason::TwoVehicles,
            note: None,
        },
        CaseAction::AssignOfficers {
            officers: vec![name("li"), name(if yes { "wang" } else { "li" })],
        },
        file(if dice.is_multiple_of(6) {
            Procedure::Simplified
        } else {
            Procedure::Ordinary
        }),
        CaseAction::SwitchToOrdinary { reason: text() },
        CaseAction::InformOnSpot {
            outcome,
            yuan,
            grounds: text(),
        },
        respondent(if yes {
            PartyKind::Organisation
        } else {
            PartyKind::Citizen
        }),
        party(track, if yes { "甲" } else { "乙" }),
        CaseAction::TraceSource {
            finding: SourceFinding::ByEnquiry,
            sheet_number: None,
            source_id: Some("S-1".into()),
            source_name: None,
            text: text(),
        },
        CaseAction::TraceSource {
            finding: SourceFinding::SheetMissing,
            sheet_number: None,
            source_id: None,
            source_name: None,
            text: text(),
        },
        CaseAction::Note { text: text() },
        CaseAction::Attach {
            sha256: "b".repeat(64),
            kind: AttachmentKind::Photo,
            name: text(),
            bytes: 1,
        },
        CaseAction::AddDocument {
            document: Document {
                kind: DocumentKind::Other,
                number: None,
                at: noon(ago(1)),
                sha256: None,
                note: None,
            },
        },
        CaseAction::Correct {
            record: RecordKind::Note,
            index: 0,
            text: text(),
        },
        CaseAction::EndInvestigation {
            report: text(),
            complex: dice.is_multiple_of(3).then(text),
        },
        CaseAction::GiveNotice {
            outcome,
            yuan,
            grounds: text(),
        },
        served(ServedPaper::Notice, on),
        served(ServedPaper::Reminder, on),
        served(ServedPaper::HearingNotice, on),
        CaseAction::RecordDefence {
            text: text(),
            accepted: yes,
            reply: text(),
        },
        CaseAction::WaiveDefence { text: text() },
        CaseAction::AskHearing { asked_on: on },
        CaseAction::WithdrawHearing { on },
        CaseAction::GiveHearingNotice {
            day: today
                .checked_add_days(chrono::Days::new(dice % 14))
                .unwrap(),
            place: text(),
            told_on: on,
        },
        CaseAction::HoldHearing {
            on,
            presided_by: name(if yes { "law" } else { "li" }),
            text: text(),
        },
        CaseAction::SubmitLegalReview { proposal: text() },
        CaseAction::PassLegalReview { opinion: text() },
        CaseAction::ReturnLegalReview {
            opinion: text(),
            more_evidence: yes,
        },
        CaseAction::SubmitForDecision { proposal: text() },
        CaseAction::Discuss {
            present: vec![name("甲"), name("乙"), name("丙")],
            conclusion: text(),
        },
        CaseAction::ExtendDecision {
            days: 30,
            reason: text(),
        },
        CaseAction::Decide {
            outcome,
            yuan,
            circumstances: vec![],
            reason: if yes { text() } else { String::new() },
        },
        serve(on),
        pay(&number(), on, 350_000, 0),
        pay(&number(), on, 50_000, 0),
        pay(&number(), today, 0, 10_500),
        CaseAction::VoidPayment {
            index: 0,
            reason: text(),
        },
        CaseAction::AskDeferral {
            asked_on: on,
            grounds: text(),
        },
        CaseAction::AnswerDeferral {
            plan: if yes { plan } else { vec![] },
            reason: text(),
        },
        CaseAction::Remind { text: text() },
        CaseAction::ApplyToCourt { on, text: text() },
        CaseAction::Enforce { on, text: text() },
        CaseAction::RemitSurcharge {
            fen: 10_500,
            reason: text(),
        },
        CaseAction::EndEnforcement { on, reason: text() },
        start_remedy(
            if yes {
                RemedyKind::Lawsuit
            } else {
                RemedyKind::Reconsideration
            },
            on,
        ),
        end_remedy(
            RemedyOutcome::ALL[(dice % 6) as usize],
            today,
            (dice % 6 == 2).then_some([3_000, 0, 400, 5_000][(dice / 6 % 4) as usize]),
        ),
        CaseAction::SuspendEnforcement {
            suspended: yes,
            on,
            number: number(),
            reason: text(),
        },
        CaseAction::WithdrawPublication {
            on: today,
            text: text(),
        },
        refund(
            &number(),
            today,
            [50_000, 350_000, 30_000][(dice % 3) as usize],
            0,
        ),
        refund(&number(), today, 0, 10_500),
        collect(
            SpotGround::ALL[(dice % 3) as usize],
            &number(),
            on,
            if yes { 350_000 } else { 50_000 },
        ),
        CaseAction::HandInCollected {
            index: 0,
            on: today,
            slip: number(),
            late: yes.then(text),
        },
        CaseAction::BankCollected {
            index: 0,
            on: today,
            slip: number(),
            late: yes.then(text),
        },
        annul_police(today, yes),
        take_up(),
        annul(AnnulledBy::ALL[(dice % 3) as usize], today),
        CaseAction::Withdraw { reason: text() },
        CaseAction::Transfer {
            to: TransferTo::ALL[(dice % 3) as usize],
            authority: text(),
            reason: text(),
        },
        CaseAction::HandToPolice { unit: text() },
        CaseAction::PoliceDecision {
            number: number(),
            on: today,
            fine_yuan: Yuan::new(if yes { 1_000 } else { 0 }),
            points: 3,
            over_limit_on_own_weighing: Some(yes),
            text: text(),
        },
        CaseAction::PoliceDecline {
            on: today,
            reason: text(),
        },
        close(),
        CaseAction::PassOn {
            authority: text(),
            on: today,
        },
        CaseAction::ReportOnSpot { on: today },
    ];
    let steps = vec![
        TrackStep::SetNotApplicable {
            reason: NotApplicableReason::Unidentified,
            note: None,
        },
        TrackStep::Reopen { reason: text() },
        TrackStep::Propose {
            offence: Some(OffenceKind::Instigation),
            reason: text(),
        },
        TrackStep::Decline { reason: text() },
        TrackStep::Notify {
            number: number(),
            on,
        },
        TrackStep::WaiveHearing { on: today },
        TrackStep::AskHearing { on },
        TrackStep::HoldHearing { on: today },
        TrackStep::Decide {
            number: number(),
            on: today,
            fine_yuan: Yuan::ZERO,
            reason: text(),
        },
        TrackStep::Execute {
            on: today,
            text: text(),
        },
        TrackStep::Refer {
            authority: text(),
            number: number(),
            on,
        },
        TrackStep::Revoke {
            number: number(),
            on: today,
            reason: text(),
        },
    ];
    all.extend(
        steps
            .into_iter()
            .map(|change| CaseAction::Track { track, change }),
    );
    all
}

/// That nothing of the earlier file is gone: lists only grow, what was said stays said. Where the
/// case stands, and what a list of its own keeps the earlier values of, may change.
fn kept(before: &Value, after: &Value, path: &str) -> Result<(), String> {
    const MAY_CHANGE: [&str; 12] = [
        "state",
        "officers",
        "respondent",
        "authority",
        "procedure",
        "party",
        "party_id",
        "trailer_plate",
        "not_applicable",
        "proposal",
        "basis",
        "offence",
    ];
    const OF_TRACKS: [&str; 8] = [
        "notified_on",
        "hearing_waived_on",
        "hearing_held_on",
        "decision_number",
        "decided_on",
        "fine_yuan",
        "basis_fell",
        "note",
    ];
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                let of_tracks = path.contains("/tracks/") && OF_TRACKS.contains(&key.as_str());
                if MAY_CHANGE.contains(&key.as_str()) && !path.contains("/course") || of_tracks {
                    continue;
                }
                // What a case had once and may have again is kept by the record that it began again.
                let restarts = new.get("restarts").and_then(Value::as_array);
                let latest = restarts.and_then(|restarts| restarts.last());
                if path.ends_with("/course") && latest.and_then(|one| one.get(key)) == Some(value) {
                    continue;
                }
                let path = format!("{path}/{key}");
                let found = new.get(key).ok_or_else(|| format!("{path} is gone"))?;
                kept(value, found, &path)?;
            }
            Ok(())
        }
        (Value::Array(old), Value::Array(new)) => {
            for (index, value) in old.iter().enumerate() {
                let path = format!("{path}/{index}");
                kept(
                    value,
                    new.get(index).ok_or_else(|| format!("{path} is gone"))?,
                    &path,
                )?;
            }
            Ok(())
        }
        (Value::Null, _) => Ok(()),
        (old, new) if old == new => Ok(()),
        (old, new) => Err(format!("{path}: {old} became {new}")),
    }
}

/// What a closed file must show, told without the checklist's own functions.
fn in_order(desk: &Desk) -> Result<(), String> {
    let case = &desk.case;
    let course = &case.course;
    let sure = |met: bool, what: &str| if met { Ok(()) } else { Err(what.to_owned()) };
    let by = |stage: Stage| {
        let mut reviews = case.reviews.iter();
        reviews
            .find(|review| review.stage == stage && review.confirmed)
            .map(|review| &review.reviewer)
    };
    sure(
        by(Stage::First).is_some() && by(Stage::First) != by(Stage::Second),
        "reviews",
    )?;
    let ended = course
        .enforcement
        .iter()
        .any(|step| step.step == EnforcementStep::Ended);
    if let Some(decision) = &course.decision {
        let decided_at = decision.stamp.at;
        let officers: BTreeSet<&str> = case
            .officers
            .iter()
            .map(|one| one.licence.as_str())
            .collect();
        sure(officers.len() >= 2, "officers")?;
        sure(case.number.is_some(), "number")?;
        sure(
            course
                .services
                .iter()
                .any(|one| one.paper == ServedPaper::Decision),
            "served",
        )?;
        let paid: i64 = course
            .payments
            .iter()
            .enumerate()
            .filter(|(index, _)| {
                !course
                    .voided_payments
                    .iter()
                    .any(|void| void.index as usize == *index)
            })
            .map(|(_, payment)| payment.fine_fen)
            .sum();
        let back: i64 = course.refunds.iter().map(|one| one.fine_fen).sum();
        let began = course.restarts.last().map(|one| one.stamp.at);
        let changed = course.changes.iter().rev();
        let mut changed = changed.filter(|one| began.is_none_or(|began| one.stamp.at > began));
        let owed = changed.next().map_or(decision.yuan, |one| one.to.yuan);
        let net = paid - back;
        sure(
            (ended && net <= owed.get() * 100) || net == owed.get() * 100,
            "paid",
        )?;
        let kept = course.collections.iter().filter(|one| {
            let mut voided = course.voided_payments.iter();
            !voided.any(|void| void.index == one.payment)
        });
        sure(kept.clone().all(|one| one.banked.is_some()), "banked")?;
        let told = course
            .notices
            .iter()
            .rev()
            .find(|notice| notice.stamp.at < decided_at);
        let told = told.ok_or("told")?;
        sure(told.yuan >= decision.yuan, "announced")?;
        if case.procedure == Some(Procedure::Ordinary) {
            let served = course.services.iter().find(|one| {
                one.paper == ServedPaper::Notice
                    && one.stamp.at > told.stamp.at
                    && one.stamp.at < decided_at
            });
            sure(served.is_some(), "notice served")?;
            let held = course
                .hearings
                .iter()
                .any(|hearing| hearing.held_on.is_some());
            let passed = course.legal_reviews.iter().any(|review| {
                review.opinion == records::LegalOpinion::Passed && review.stamp.at < decided_at
            });
            sure(
                passed || !(held || course.complex.is_some()),
                "legal review",
            )?;
            sure(
                !course.discussions.is_empty() || course.complex.is_none(),
                "discussion",
            )?;
            let open = course
                .hearings
                .iter()
                .any(|one| one.held_on.is_none() && one.withdrawn_on.is_none());
            sure(!open, "hearing open")?;
            let filed = course.filed_at.max(began).ok_or("filed")?.beijing_day();
            let more = course
                .extension
                .as_ref()
                .map_or(0, |one| i64::from(one.days));
            let days = decision.day.signed_duration_since(filed).num_days();
            sure(days <= 90 + more, "in time")?;
        } else {
            sure(decision.yuan <= Yuan::new(3_000), "on the spot")?;
            sure(course.reported_on.is_some(), "reported")?;
        }
    } else {
        let answers = course.police.iter().filter_map(|one| one.answer.as_ref());
        sure(
            answers
                .filter(|answer| answer.decided && answer.annulled.is_none())
                .count()
                == 1,
            "police",
        )?;
    }
    sure(
        course.remedies.iter().all(|remedy| remedy.end.is_some()),
        "remedy",
    )?;
    sure(
        course
            .deferrals
            .iter()
            .all(|deferral| deferral.answer.is_some()),
        "deferral",
    )?;
    sure(desk.facts.vehicle == Some(VehicleHold::Released), "vehicle")?;
    let open = [
        TrackState::PartyUnknown,
        TrackState::Proposed,
        TrackState::Notified,
        TrackState::Hearing,
    ];
    sure(
        case.tracks
            .all()
            .all(|(_, track)| !open.contains(&track.state)),
        "tracks",
    )
}

#[derive(Debug, Clone, Copy)]
struct Move {
    /// Which of the cases.
    case: usize,
    /// Which of what can be done.
    first: usize,
    /// Chooses particulars.
    dice: u64,
    /// Days that go by before.
    days: u64,
    /// Take something that can be done, or try whatever it is.
    stubborn: bool,
}

fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    let days = prop_oneof![6 => 0..2_u64, 2 => 2..12_u64, 1 => 12..60_u64];
    let one = (
        0..2_usize,
        0..90_usize,
        0..1_000_u64,
        days,
        prop::bool::weighted(0.8),
    );
    let one = one.prop_map(|(case, first, dice, days, stubborn)| Move {
        case,
        first,
        dice,
        days,
        stubborn,
    });
    prop::collection::vec(one, 1..most)
}

/// Two cases about one act, worked on by anybody, the hold on the act kept as a store keeps it.
struct Act {
    desks: Vec<Desk>,
    holder: Option<ActHolder>,
    rows: BTreeSet<usize>,
    track_rows: BTreeSet<usize>,
}

impl Act {
    fn new(own_enforcement: bool, over_kg: i64, stage: u8) -> Self {
        let desks = [
            ("p1", EnforcementMode::OffSite),
            ("p2", EnforcementMode::StationWithoutPolice),
        ]
        .map(|(id, mode)| {
            let mut case = opened(id, day("2025-01-10"), over_kg);
            case.mode = Some(mode);
            case.act = Some("act-1".into());
            let mut desk = Desk::new(case);
            desk.facts.settings.own_enforcement = own_enforcement;
            desk
        });
        let mut desks: Vec<Desk> = desks.into();
        let fine = if over_kg > 7_000 { 3_500 } else { 500 };
        let first = &mut desks[0];
        // Some begin further on the way.
        if stage > 0 {
            first
                .reviewed()
                .filed(Procedure::Ordinary)
                .parties()
                .investigated();
        }
        if stage > 1 {
            first.notified(fine);
        }
        if stage > 2 {
            first.answered().decided(fine).decision_served();
        }
        let holder = first.act.map(|authority| ActHolder {
            case_id: first.case.case_id.clone(),
            authority,
            since: first.now,
        });
        Self {
            desks,
            holder,
            rows: BTreeSet::new(),
            track_rows: BTreeSet::new(),
        }
    }

    fn make(&mut self, given: Move, people: &[Actor]) -> Result<(), TestCaseError> {
        // One calendar for both.
        let now = self.desks.iter().map(|desk| desk.now).max().unwrap();
        let holder = self.holder.clone();
        let desk = &mut self.desks[given.case];
        desk.now = now;
        desk.wait(given.days);
        desk.now = desk
            .now
            .max(now.saturating_add(crate::units::Micros::SECOND));
        desk.facts.act_holder = holder.filter(|holder| holder.case_id != desk.case.case_id);
        let all = attempts(desk.today(), given.dice);
        if !given.stubborn {
            let action = &all[given.first % all.len()];
            let by = &people[given.dice as usize % people.len()];
            return match desk.tried(action, by) {
                Err(refusal) => {
                    prop_assert!(!refusal.zh().is_empty() && !refusal.to_string().is_empty());
                    Ok(())
                }
                Ok(stepped) => self.took(given.case, action, by, stepped),
            };
        }
        let mut good = Vec::new();
        for action in &all {
            let row = transition::<CaseMachine>(desk.case.state, action.kind());
            let Some(row) = row else { continue };
            let fit = people.iter().filter(|one| row.permits(one.role)).take(4);
            let made = fit
                .filter_map(|by| Some((action, by, desk.tried(action, by).ok()?)))
                .next();
            good.extend(made);
        }
        let from = desk.case.state;
        let choice = given.first / 20;
        let rare = |one: &&(&CaseAction, &Actor, Stepped)| {
            let state = one.2.case.state;
            let undone = matches!(
                one.0.kind(),
                ActionKind::WithdrawHearing
                    | ActionKind::VoidPayment
                    | ActionKind::HandToPolice
                    | ActionKind::EndRemedy
                    | ActionKind::AnnulPolice
            );
            undone || (state.is_final() && state != CaseState::Closed)
        };
        let wanted: Vec<_> = good
            .iter()
            .filter(|one| match given.first % 20 {
                0 => rare(one),
                1..=10 => one.2.case.state != from && !rare(one),
                11..=14 => one.0.kind() == ActionKind::Track,
                _ => !rare(one),
            })
            .collect();
        let wanted = if wanted.is_empty() {
            good.iter().filter(|one| !rare(one)).collect()
        } else {
            wanted
        };
        let Some((action, by, stepped)) = choice
            .checked_rem(wanted.len())
            .map(|at| wanted[at].clone())
        else {
            return Ok(());
        };
        self.took(given.case, action, by, stepped)
    }

    fn took(
        &mut self,
        which: usize,
        action: &CaseAction,
        by: &Actor,
        stepped: Stepped,
    ) -> Result<(), TestCaseError> {
        let desk = &mut self.desks[which];
        let (before, kind) = (desk.case.clone(), action.kind());
        let row = transition::<CaseMachine>(before.state, kind).unwrap();
        let place = CaseMachine::TRANSITIONS
            .iter()
            .position(|one| one.action == kind && one.from.contains(&before.state));
        self.rows.insert(place.unwrap());
        prop_assert!(row.permits(by.role), "{:?} {:?}", kind, by);
        // It goes where the table says, and nowhere else.
        let to = stepped.case.state;
        prop_assert!(
            row.to.contains(&to) || (row.to.is_empty() && to == before.state),
            "{:?} to {:?}",
            kind,
            to
        );
        for (track, after) in stepped.case.tracks.all() {
            let old = before.tracks.get(track);
            for step in &after.history[old.history.len()..] {
                let place = TrackMachine::TRANSITIONS.iter().position(|row| {
                    let leads =
                        row.to.contains(&step.to) || (row.to.is_empty() && step.to == step.from);
                    row.action == step.action && row.from.contains(&step.from) && leads
                });
                prop_assert!(place.is_some(), "{:?}", step);
                self.track_rows.insert(place.unwrap());
            }
        }
        match stepped.act {
            Some(ActChange::Claim { authority }) => {
                let held = self
                    .holder
                    .as_ref()
                    .is_none_or(|one| one.case_id == before.case_id);
                prop_assert!(held, "{:?} took the act of another case", kind);
                self.holder = Some(ActHolder {
                    case_id: before.case_id.clone(),
                    authority,
                    since: desk.now,
                });
            }
            Some(ActChange::Release) => {
                let own = self
                    .holder
                    .as_ref()
                    .is_some_and(|one| one.case_id == before.case_id);
                prop_assert!(own, "{:?} released what it did not hold", kind);
                self.holder = None;
            }
            None => {}
        }
        desk.take(action, stepped);
        let [old, new] = [&before, &desk.case].map(|case| serde_json::to_value(case).unwrap());
        let lost = kept(&old, &new, "");
        prop_assert!(lost.is_ok(), "{:?}: {:?}", kind, lost);
        // What lists find it by rests on law, working days, settings and the vehicle's hold: whoever moves no
        // case by hand gathers nothing else.
        let facts = &desk.facts;
        let few = Facts {
            tables: facts.tables,
            calendar: facts.calendar,
            settings: facts.settings.clone(),
            vehicle: facts.vehicle,
            ..Facts::default()
        };
        let [whole, short] = [facts, &few].map(|facts| desk.case.index(facts, desk.now));
        prop_assert_eq!(whole, short, "{:?}", kind);
        if desk.case.state == CaseState::Closed && before.state != CaseState::Closed {
            let order = in_order(desk);
            prop_assert!(order.is_ok(), "closed without: {:?}", order);
        }
        self.fined_once()
    }

    fn fined_once(&self) -> Result<(), TestCaseError> {
        let fines: usize = self
            .desks
            .iter()
            .map(|desk| {
                let course = &desk.case.course;
                let own = course
                    .decision
                    .as_ref()
                    .is_some_and(|one| one.yuan > Yuan::ZERO);
                let police = course.police.iter().filter_map(|one| one.answer.as_ref());
                let police = police
                    .filter(|answer| answer.fine_yuan > Yuan::ZERO && answer.annulled.is_none())
                    .count();
                usize::from(own && course.annulment.is_none()) + police
            })
            .sum();
        prop_assert!(fines <= 1, "one act was fined {} times", fines);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whoever_does_what_no_rule_is_broken(moves in moves(90), own in any::<bool>(), small in any::<bool>(), stage in 0..4_u8) {
        let people = people();
        let mut act = Act::new(own, if small { 1_001 } else { 7_640 }, stage);
        for given in moves {
            act.make(given, &people)?;
        }
    }
}

/// Every row of the tables is made by somebody; what only years bring about is in the other tests.
#[test]
fn every_row_of_the_tables_is_exercised() {
    let people = people();
    let (mut rows, mut track_rows) = (BTreeSet::new(), BTreeSet::new());
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll_dice = move |most: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % most
    };
    for round in 0..32 {
        let mut act = Act::new(
            true,
            if round % 4 == 0 { 1_001 } else { 7_640 },
            (round / 4 % 4) as u8,
        );
        for _ in 0..120 {
            let given = Move {
                case: usize::from(roll_dice(12) == 0),
                first: roll_dice(10_000) as usize,
                dice: roll_dice(1_000),
                days: [0, 0, 0, 1, 8, if round % 3 == 0 { 40 } else { 3 }][roll_dice(6) as usize],
                stubborn: true,
            };
            act.make(given, &people).unwrap();
        }
        rows.extend(act.rows);
        track_rows.extend(act.track_rows);
    }
    // What takes years, or one way alone, others go.
    course::from_the_passage_to_the_closed_file();
    course::a_small_fine_on_the_spot();
    course::a_fine_above_the_limit_needs_the_ordinary_procedure();
    course::a_hearing_from_asking_to_legal_review();
    course::a_hearing_that_is_asked_for_too_late_or_twice();
    course::evidence_that_is_asked_for_makes_the_notice_void();
    course::a_serious_case_is_discussed();
    course::other_ends_before_a_decision();
    paying::a_late_payment_settles_only_with_its_surcharge();
    paying::a_payment_that_was_none_is_owed_again();
    paying::instalments_that_are_kept_cost_nothing_more();
    paying::days_of_a_remedy_are_not_counted_and_a_pending_one_keeps_the_case_open();
    paying::reminder_court_and_the_end_of_enforcement();
    remedies::a_changed_decision_changes_what_is_owed_and_what_was_too_much_goes_back();
    remedies::an_annulled_decision_falls_out_and_all_of_it_goes_back();
    remedies::a_decision_that_is_ordered_anew_begins_with_the_investigation();
    remedies::unlawful_and_not_annulled_is_owed_and_does_not_count();
    remedies::enforcement_is_suspended_by_somebody_and_not_by_the_remedy();
    remedies::a_pending_remedy_keeps_a_case_open_unless_the_setting_says_otherwise();
    collecting::on_the_spot_with_the_receipt_and_from_hand_to_hand();
    police::what_the_police_decided_falls_and_a_person_takes_the_act_up();
    police::a_case_that_was_never_filed_is_filed_first();
    police::the_police_decide_anew();
    sources::a_source_alone_goes_its_own_way();
    paying::own_enforcement_needs_power_and_thirty_days();
    tracks::a_licence_is_revoked_only_after_its_party_could_be_heard();
    tracks::a_person_may_decline_and_the_competent_authority_may_get_it();
    tracks::the_source_is_found_out_by_a_person();
    tracks::a_party_that_is_found_out_later_is_the_one_that_counts();
    let seen = SEEN.take();
    let seen_of_tracks = SEEN_OF_TRACKS.take();
    let mut missing = Vec::new();
    for (index, row) in CaseMachine::TRANSITIONS.iter().enumerate() {
        let mut steps = seen.iter();
        let made = steps.any(|(action, from)| *action == row.action && row.from.contains(from));
        if !made && !rows.contains(&index) {
            missing.push(format!("{:?} from {:?}", row.action, row.from));
        }
    }
    for (index, row) in TrackMachine::TRANSITIONS.iter().enumerate() {
        let mut steps = seen_of_tracks.iter();
        let made = steps.any(|(action, from)| *action == row.action && row.from.contains(from));
        // The counters' own row is made by `roll`: see the tests of tracks.
        if !made && !track_rows.contains(&index) && row.action != TrackAction::Lapse {
            missing.push(format!("track {:?} from {:?}", row.action, row.from));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
