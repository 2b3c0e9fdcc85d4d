//! Whatever happens, in whatever order and at whatever moment the station stops: once the queue is empty,
//! counters and tracks are what a recount from scratch gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::context::CaseworkContext;
use super::super::counters::latest_act;
use super::super::steps::{Made, make_step, moved_parties};
use super::*;
use crate::api::session::Session;
use crate::casework::procedure::tests::support::{annul, closed_case, day, head, noon, opened};
use crate::casework::procedure::{
    ActionKind, AnnulledBy, CaseAction, TrackKind, TrackStep, counted,
};
use crate::casework::{CaseState, TrackState};
use crate::clock::{Clock, ManualClock, SystemEntropy};
use crate::config::Casework;
use crate::law::{
    CarrierFacts, CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState,
    FleetSize, LawTables, RepeatCount, carrier_share, driver_repeats, vehicle_repeats,
};
use crate::register::RegisterKind;
use crate::role::Role;
use crate::status::StationStatus;
use crate::store::db::Faults;
use crate::store::records::{
    Actor, NewCase, NewCountedCase, NewRegisterEntry, OpenedCase, RegisterBatch,
};
use crate::store::{COUNTERS_TURNED, FailureClass, Store, StoreSettings};
use crate::units::Yuan;

const WHO: [&str; 3] = ["晋A00001", "D-1", "C-1"];

/// A station's store and what its API shares, without a server.
struct Place {
    folder: TempDir,
    clock: Arc<ManualClock>,
    faults: Faults,
    state: AppState,
}

async fn start(folder: &Path, clock: &Arc<ManualClock>, faults: &Faults) -> AppState {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    let mut settings = StoreSettings::in_folder(folder, "S1");
    settings.faults = faults.clone();
    let store = Store::open(settings, Arc::clone(&clock), Arc::new(SystemEntropy))
        .await
        .unwrap();
    let tables = Arc::new(LawTables::embedded_for("cn-14").unwrap());
    let window = Micros::from_seconds(1_800);
    let context = CaseworkContext::new("S1", tables, Casework::default(), window).unwrap();
    let status = StationStatus::starting("S1", "", clock.now());
    AppState::new(
        store,
        clock,
        Arc::new(SystemEntropy),
        watch::channel(status).1,
        CancellationToken::new(),
        false,
        context,
    )
    .unwrap()
}

fn session() -> Session {
    Session {
        user: head().name,
        role: Role::Supervisor,
        token_digest: String::new(),
        expires_at: Micros::new(i64::MAX),
    }
}

impl Place {
    async fn on(today: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(noon(day(today))));
        let faults = Faults::default();
        let state = start(folder.path(), &clock, &faults).await;
        Self {
            folder,
            clock,
            faults,
            state,
        }
    }

    /// The daemon stops without having rolled anything, and starts again.
    async fn restart(&mut self) {
        self.state.store().clone().shutdown().await;
        self.state = start(self.folder.path(), &self.clock, &self.faults).await;
    }

    fn today(&self) -> NaiveDate {
        self.state.now().beijing_day()
    }

    fn to(&self, today: NaiveDate) {
        self.clock.set(noon(today));
    }

    async fn drained(&self) {
        drain(&self.state).await.unwrap();
        assert_eq!(self.waiting().await, 0);
    }

    async fn waiting(&self) -> i64 {
        self.state.store().parties_waiting().await.unwrap().parties
    }

    /// A case of a day is opened and, in one step more, closed with its decision.
    async fn closes(&self, id: &str, at: NaiveDate, who: [&str; 3]) -> String {
        let before = opened(id, at, 7_640);
        let after = closed_case(id, at, who).case;
        let now = self.state.now();
        let store = self.state.store();
        let gathered = gather_for_clocks(&self.state, &before, now).await.unwrap();
        let facts = gathered.facts(self.state.casework());
        let columns = |case: &CaseFile| CaseColumns::of(&case.index(&facts, now), case);
        let new = NewCase {
            case_id: before.case_id.clone(),
            columns: Box::new(columns(&before)),
            actor: Actor::station(),
            alone_within: None,
            body: before.opening_body(),
        };
        let opened = OpenedCase {
            new,
            station: "S1".to_owned(),
            opened_at: before.opened_at,
            passages: Vec::new(),
        };
        store.open_case(opened).await.unwrap();
        let step = CaseStep {
            case_id: after.case_id.clone(),
            expected_version: 1,
            columns: columns(&after),
            officers: officers(&before, &after),
            numbers: Vec::new(),
            act: records::ActChange::Keep,
            counted: counted_row(&after).unwrap(),
            recount: moved_parties(&before, &after),
            actor: Actor("head".to_owned()),
            at: now,
            kind: "case_stepped",
            body: after.step_body(ActionKind::Close),
        };
        store.step_case(step).await.unwrap();
        after.case_id
    }

    async fn does(&self, case_id: &str, action: &CaseAction) -> Result<Made, ApiError> {
        make_step(&self.state, &session(), case_id, None, action).await
    }

    async fn annuls(&self, case_id: &str) {
        let action = annul(AnnulledBy::Court, self.today());
        let made = self.does(case_id, &action).await.unwrap();
        assert!(matches!(made, Made::Stepped(_)), "{made:?}");
    }

    async fn case(&self, case_id: &str) -> CaseFile {
        case_file(self.state.store(), case_id)
            .await
            .unwrap()
            .0
            .unwrap()
    }

    async fn vehicle(&self, case_id: &str) -> TrackState {
        self.case(case_id).await.tracks.vehicle.state
    }

    async fn entries(&self, kind: &str) -> usize {
        let journal = self.state.store().journal_after(0, i64::MAX).await.unwrap();
        journal.iter().filter(|row| row.kind == kind).count()
    }

    async fn register(&self, entry: NewRegisterEntry) {
        let batch = RegisterBatch {
            entries: vec![entry],
            actor: Actor("head".to_owned()),
            from: json!({}),
            reason: None,
        };
        self.state.store().change_register(batch).await.unwrap();
    }

    /// A past case stands, or is struck off.
    async fn past(&self, case: &CountedCase, version: i64, active: bool) {
        self.register(NewRegisterEntry {
            kind: RegisterKind::PastCases.name(),
            key: case.case_id.clone(),
            label: case.case_id.clone(),
            plate: case.vehicle_plate.clone(),
            carrier: case.carrier_id.clone(),
            valid_from: None,
            valid_until: None,
            active,
            expected_version: version,
            body: json!({"case_id": case.case_id}),
            counted: Some(NewCountedCase::of(case).unwrap()),
        })
        .await;
    }

    async fn fleet(&self, carrier: &str, fleet: &[(NaiveDate, u32)], version: i64) {
        self.register(NewRegisterEntry {
            kind: RegisterKind::Carriers.name(),
            key: carrier.to_owned(),
            label: carrier.to_owned(),
            plate: None,
            carrier: None,
            valid_from: None,
            valid_until: None,
            active: true,
            expected_version: version,
            body: json!({"id": carrier, "name": carrier, "fleet": fleet}),
            counted: None,
        })
        .await;
    }
}

fn past_case(id: &str, at: NaiveDate, [plate, driver, carrier]: [&str; 3]) -> CountedCase {
    CountedCase {
        case_id: id.to_owned(),
        act_id: id.to_owned(),
        act: CountedAct::Overload,
        day_of_act: at,
        day_of_decision: Some(at),
        authority: DecidingAuthority::Transport,
        vehicle_plate: Some(plate.to_owned()),
        trailer_plate: None,
        driver_id: Some(driver.to_owned()),
        carrier_id: Some(carrier.to_owned()),
        source_id: None,
        outcome: DecisionOutcome::Fine,
        fine_yuan: Some(Yuan::new(500)),
        state: DecisionState::Effective,
        over_limit_on_own_weighing: true,
    }
}

/// Four cases of one vehicle in one year, the fourth of the tenth of April 2025.
async fn four(place: &Place) -> Vec<String> {
    let mut ids = Vec::new();
    for (number, at) in ["2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10"]
        .iter()
        .enumerate()
    {
        ids.push(place.closes(&format!("p{number}"), day(at), WHO).await);
    }
    ids
}

#[tokio::test]
async fn what_was_marked_before_a_stop_is_rolled_after_the_next_start() {
    let mut place = Place::on("2025-04-11").await;
    let ids = four(&place).await;
    // Steps only mark: nobody waits for counters, and nothing of it is lost.
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Counted);
    assert!(place.waiting().await >= 3);
    place.restart().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Counted);
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Proposed);
    assert_eq!(place.vehicle(&ids[2]).await, TrackState::Counted);
    // Vehicle and driver, an entry each; once is enough.
    assert_eq!(place.entries(CASE_ROLLED).await, 2);
    place.restart().await;
    place.drained().await;
    assert_eq!(place.entries(CASE_ROLLED).await, 2);

    place.annuls(&ids[1]).await;
    place.restart().await;
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Lapsed);
    place.state.store().verify_journal(|_, _| ()).await.unwrap();
}

#[tokio::test]
async fn a_year_that_was_full_is_found_however_late_anybody_counts() {
    let mut place = Place::on("2025-04-11").await;
    let ids = four(&place).await;
    // Out of service until the first of the four is more than a year back.
    place.to(day("2026-01-20"));
    place.restart().await;
    place.drained().await;
    let case = place.case(&ids[3]).await;
    assert_eq!(case.tracks.vehicle.state, TrackState::Proposed);
    assert_eq!(case.tracks.vehicle.basis.len(), 4);
    // And stays.
    place.to(day("2026-03-20"));
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Proposed);
    // Who declined it may think again, by the same count.
    for (change, state) in [
        (
            TrackStep::Decline {
                reason: "当事人已停运".into(),
            },
            TrackState::Declined,
        ),
        (
            TrackStep::Propose {
                offence: None,
                reason: "恢复营运".into(),
            },
            TrackState::Proposed,
        ),
    ] {
        let track = TrackKind::Vehicle;
        let step = CaseAction::Track { track, change };
        place.does(&ids[3], &step).await.unwrap();
        assert_eq!(place.vehicle(&ids[3]).await, state);
    }
}

#[tokio::test]
async fn a_past_case_of_the_register_counts_and_is_struck_off() {
    let place = Place::on("2025-04-20").await;
    let own = place.closes("p0", day("2025-02-10"), WHO).await;
    let mut past = Vec::new();
    for (id, at) in [
        ("h1", "2025-01-10"),
        ("h2", "2025-03-10"),
        ("h3", "2025-04-15"),
    ] {
        past.push(past_case(id, day(at), WHO));
        place.past(&past[past.len() - 1], 0, true).await;
    }
    place.drained().await;
    // Two of them are later than the case here, which alone can carry the proposal.
    let case = place.case(&own).await;
    assert_eq!(case.tracks.vehicle.state, TrackState::Proposed);
    assert_eq!(case.tracks.vehicle.basis.len(), 4);
    place.past(&past[1], 1, false).await;
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Lapsed);
    place.past(&past[1], 2, true).await;
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Proposed);
    // One that was corrected to another vehicle falls out of this one's count, and into the other's.
    let other = past_case("h1", day("2025-01-10"), ["晋A00009", "D-9", "C-9"]);
    place.past(&other, 1, true).await;
    let waits = Party {
        track: TrackKind::Vehicle,
        id: "晋A00009".to_owned(),
    };
    assert!(
        place
            .state
            .store()
            .party_waiting(&waits)
            .await
            .unwrap()
            .is_some()
    );
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Lapsed);
}

#[tokio::test]
async fn a_proposal_lapses_for_a_case_that_left_the_year_and_was_then_struck_off() {
    let place = Place::on("2025-04-20").await;
    let past = past_case("h1", day("2024-05-10"), WHO);
    place.past(&past, 0, true).await;
    let mut own = String::new();
    for (number, at) in ["2025-02-10", "2025-03-10", "2025-04-10"]
        .iter()
        .enumerate()
    {
        own = place.closes(&format!("p{number}"), day(at), WHO).await;
    }
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Proposed);
    place.to(day("2025-08-01"));
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Proposed);
    place.past(&past, 1, false).await;
    place.drained().await;
    assert_eq!(place.vehicle(&own).await, TrackState::Lapsed);
}

#[tokio::test]
async fn a_fleet_of_another_size_is_another_share() {
    let place = Place::on("2025-04-20").await;
    place.fleet("C-1", &[(day("2020-01-01"), 20)], 0).await;
    let mut own = String::new();
    for (number, plate) in ["晋A00001", "晋A00002"].iter().enumerate() {
        let at = day(&format!("2025-04-1{number}"));
        own = place
            .closes(&format!("p{number}"), at, [plate, "D", "C-1"])
            .await;
    }
    place.drained().await;
    let carrier = async || place.case(&own).await.tracks.carrier.state;
    assert_eq!(carrier().await, TrackState::Counted);
    // Two of nineteen are more than a tenth.
    place.fleet("C-1", &[(day("2020-01-01"), 19)], 1).await;
    place.drained().await;
    assert_eq!(carrier().await, TrackState::Proposed);
    // It had grown in time, as is found later.
    let grown = [(day("2020-01-01"), 19), (day("2025-04-11"), 40)];
    place.fleet("C-1", &grown, 2).await;
    place.drained().await;
    assert_eq!(carrier().await, TrackState::Lapsed);
    // What comes after the acts changes nothing.
    let later = [grown[0], grown[1], (day("2025-04-12"), 5)];
    place.fleet("C-1", &later, 3).await;
    place.drained().await;
    assert_eq!(carrier().await, TrackState::Lapsed);
    // A proposal whose acts have all left the year stands: time takes nothing back.
    place.fleet("C-1", &[(day("2020-01-01"), 19)], 4).await;
    place.drained().await;
    assert_eq!(carrier().await, TrackState::Proposed);
    place.to(day("2026-06-01"));
    place.drained().await;
    assert_eq!(carrier().await, TrackState::Proposed);
}

#[tokio::test]
async fn a_roll_is_done_as_a_whole_or_not_at_all() {
    let place = Place::on("2025-04-11").await;
    let ids = four(&place).await;
    let mut failures = 0;
    for statements in 0.. {
        place.faults.arm(statements, 1, FailureClass::Gone);
        let done = drain(&place.state).await;
        if !place.faults.disarm() && done.is_err() {
            failures += 1;
        }
        // The party waits exactly as long as its tracks are not moved.
        let party = Party {
            track: TrackKind::Vehicle,
            id: WHO[0].to_owned(),
        };
        let waits = place.state.store().party_waiting(&party).await.unwrap();
        let proposed = place.vehicle(&ids[3]).await == TrackState::Proposed;
        assert_eq!(waits.is_none(), proposed, "fault at statement {statements}");
        if done.is_ok() {
            break;
        }
    }
    assert!(failures >= 5, "{failures} faults");
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Proposed);
    assert_eq!(place.entries(CASE_ROLLED).await, 2);
    place.state.store().verify_journal(|_, _| ()).await.unwrap();
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_not_made_twice() {
    let place = Place::on("2025-04-11").await;
    let ids = four(&place).await;
    for _ in 0..4 {
        place.faults.arm_unknown_commits(1);
        let _ = drain(&place.state).await;
        place.faults.disarm();
    }
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Proposed);
    assert_eq!(place.entries(CASE_ROLLED).await, 2);
    place.state.store().verify_journal(|_, _| ()).await.unwrap();
}

#[tokio::test]
async fn a_party_whose_cases_contradict_each_other_waits_and_says_why() {
    let place = Place::on("2025-04-20").await;
    let own = four(&place).await;
    // One act, two days: nobody can say what counts.
    let mut twin = past_case("h1", day("2025-04-11"), ["晋A00007", "D-7", "C-7"]);
    let wrong = CountedCase {
        case_id: "h2".to_owned(),
        act_id: "h1".to_owned(),
        ..past_case("h2", day("2025-04-12"), ["晋A00007", "D-7", "C-7"])
    };
    place.past(&twin, 0, true).await;
    place.past(&wrong, 0, true).await;
    drain(&place.state).await.unwrap();
    // The others do not wait for it.
    assert_eq!(place.vehicle(&own[3]).await, TrackState::Proposed);
    let failed = place.state.store().parties_failed(10).await.unwrap();
    let vehicle = failed.iter().find(|row| row.track == "vehicle").unwrap();
    assert_eq!(
        (vehicle.party_id.as_str(), vehicle.failures),
        ("晋A00007", 1)
    );
    let why = vehicle.failure.as_deref().unwrap();
    assert!(why.contains("day_of_act") && why.contains("h2"), "{why}");
    assert!(vehicle.due_at > place.state.now().get());
    // Tried again in its time, with a longer pause after it.
    place.clock.set(Micros::new(vehicle.due_at));
    drain(&place.state).await.unwrap();
    let failed = place.state.store().parties_failed(10).await.unwrap();
    let again = failed.iter().find(|row| row.track == "vehicle").unwrap();
    assert_eq!(again.failures, 2);
    assert!(again.due_at - vehicle.due_at > vehicle.due_at - noon(day("2025-04-20")).get());
    // Corrected, it is rolled at once.
    twin.day_of_act = day("2025-04-12");
    twin.day_of_decision = Some(twin.day_of_act);
    place.past(&twin, 1, true).await;
    place.drained().await;
}

#[tokio::test]
async fn a_person_finds_a_track_as_the_counters_have_it_now() {
    let place = Place::on("2025-04-11").await;
    let ids = four(&place).await;
    place.drained().await;
    place.annuls(&ids[0]).await;
    // The roll is still to come; the notice is refused all the same.
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Proposed);
    let notify = CaseAction::Track {
        track: TrackKind::Vehicle,
        change: TrackStep::Notify {
            number: "告〔2025〕9号".into(),
            on: place.today(),
        },
    };
    let refused = place.does(&ids[3], &notify).await.unwrap_err();
    let (zh, _) = refused.texts();
    assert!(zh.contains(TrackState::Lapsed.zh()), "{zh}");
    place.drained().await;
    assert_eq!(place.vehicle(&ids[3]).await, TrackState::Lapsed);
}

#[tokio::test]
async fn as_a_day_turns_carriers_and_whatever_rests_on_a_count_are_rolled_once() {
    let mut place = Place::on("2025-04-11").await;
    four(&place).await;
    place.drained().await;
    // The first time everybody is, since nobody knows by which rules it was counted before.
    assert_eq!(place.entries(COUNTERS_TURNED).await, 1);
    place.restart().await;
    place.drained().await;
    place.to(day("2025-04-12"));
    place.drained().await;
    place.drained().await;
    place.restart().await;
    place.drained().await;
    let journal = place
        .state
        .store()
        .journal_after(0, i64::MAX)
        .await
        .unwrap();
    let turned: Vec<serde_json::Value> = journal
        .iter()
        .filter(|row| row.kind == COUNTERS_TURNED)
        .map(|row| crate::api::passages::entry_body(Some(row)).unwrap())
        .collect();
    assert_eq!(turned.len(), 2, "{turned:?}");
    assert_eq!(turned[0]["why"], "rules");
    assert_eq!(turned[1]["day"], "2025-04-12");
    assert_eq!(turned[1]["why"], "day");
    // The carrier, and the vehicle and the driver with their proposals.
    assert_eq!(turned[1]["parties"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_officers_at_once_and_the_task_beside_them_lose_nothing() {
    let place = Arc::new(Place::on("2025-06-01").await);
    let task = tokio::spawn(run(place.state.clone()));
    let close = |from: u32, until: u32| {
        let place = Arc::clone(&place);
        async move {
            let mut ids = Vec::new();
            for number in from..until {
                let at = day("2025-01-01") + Days::new(u64::from(number));
                ids.push(place.closes(&format!("p{number}"), at, WHO).await);
            }
            ids
        }
    };
    let (mut ids, more) = tokio::join!(close(0, 6), close(6, 12));
    ids.extend(more);
    // One annuls what the other proposes to act on, case by case.
    let annul = async |ids: &[String]| {
        for id in ids {
            place.annuls(id).await;
        }
    };
    tokio::join!(annul(&ids[0..4]), annul(&ids[6..10]));
    let empty = async {
        while place.waiting().await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), empty)
        .await
        .unwrap();
    let model = Model {
        own: ids,
        ..Model::default()
    };
    model.check(&place).await;
    place.state.shutdown().cancel();
    task.await.unwrap();
}

const PLATES: [&str; 3] = ["晋A00001", "晋A00002", "晋A00003"];
const DRIVERS: [&str; 2] = ["D-1", "D-2"];
const CARRIERS: [&str; 2] = ["C-1", "C-2"];

#[derive(Debug, Clone)]
enum Event {
    /// A case of an act so many days ago is closed.
    Close { who: [usize; 3], ago: u64 },
    /// One of the closed cases is annulled.
    Annul(usize),
    /// A past case is entered.
    Enter { who: [usize; 3], ago: u64 },
    /// A past case is struck off, or entered again.
    Strike(usize),
    /// A past case turns out to be another's.
    Correct { which: usize, who: [usize; 3] },
    /// A carrier has so many vehicles from so many days ago on.
    Fleet {
        carrier: usize,
        ago: u64,
        vehicles: u32,
    },
    /// Days pass.
    Pass(u64),
    /// The task comes to its turn.
    Drain,
    /// The station stops and starts.
    Restart,
}

fn who() -> impl Strategy<Value = [usize; 3]> {
    (0..3_usize, 0..2_usize, 0..2_usize)
        .prop_map(|(plate, driver, carrier)| [plate, driver, carrier])
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (who(), 0..300_u64).prop_map(|(who, ago)| Event::Close { who, ago }),
        2 => (0..20_usize).prop_map(Event::Annul),
        3 => (who(), 0..500_u64).prop_map(|(who, ago)| Event::Enter { who, ago }),
        2 => (0..20_usize).prop_map(Event::Strike),
        1 => (0..20_usize, who()).prop_map(|(which, who)| Event::Correct { which, who }),
        2 => (0..2_usize, 0..600_u64, 1..40_u32).prop_map(|(carrier, ago, vehicles)| Event::Fleet {
            carrier,
            ago,
            vehicles,
        }),
        2 => (1..200_u64).prop_map(Event::Pass),
        2 => Just(Event::Drain),
        1 => Just(Event::Restart),
    ]
}

/// Vehicles from days on.
type Fleet = Vec<(NaiveDate, u32)>;

/// What a person with paper and pencil knows.
#[derive(Debug, Default)]
struct Model {
    own: Vec<String>,
    past: BTreeMap<String, (CountedCase, bool, i64)>,
    fleets: BTreeMap<&'static str, (Fleet, i64)>,
}

fn named([plate, driver, carrier]: [usize; 3]) -> [&'static str; 3] {
    [PLATES[plate], DRIVERS[driver], CARRIERS[carrier]]
}

impl Model {
    async fn happens(&mut self, place: &mut Place, index: usize, event: &Event) {
        let today = place.today();
        let ago = |days: u64| today - Days::new(days);
        match event {
            Event::Close { who, ago: days } => {
                let id = place
                    .closes(&format!("p{index}"), ago(*days), named(*who))
                    .await;
                self.own.push(id);
            }
            Event::Annul(which) => {
                let Some(which) = which.checked_rem(self.own.len()) else {
                    return;
                };
                if place.case(&self.own[which]).await.state == CaseState::Closed {
                    place.annuls(&self.own[which]).await;
                }
            }
            Event::Enter { who, ago: days } => {
                let case = past_case(&format!("h{index}"), ago(*days), named(*who));
                place.past(&case, 0, true).await;
                self.past.insert(case.case_id.clone(), (case, true, 1));
            }
            Event::Strike(which) => {
                let Some(which) = which.checked_rem(self.past.len()) else {
                    return;
                };
                let (case, active, version) = self.past.values_mut().nth(which).unwrap();
                *active = !*active;
                place.past(case, *version, *active).await;
                *version += 1;
            }
            Event::Correct { which, who } => {
                let Some(which) = which.checked_rem(self.past.len()) else {
                    return;
                };
                let (case, active, version) = self.past.values_mut().nth(which).unwrap();
                *case = past_case(&case.case_id, case.day_of_act, named(*who));
                place.past(case, *version, *active).await;
                *version += 1;
            }
            Event::Fleet {
                carrier,
                ago: days,
                vehicles,
            } => {
                let carrier = CARRIERS[*carrier];
                let (fleet, version) = self.fleets.entry(carrier).or_default();
                fleet.retain(|(from, _)| *from != ago(*days));
                fleet.push((ago(*days), *vehicles));
                place.fleet(carrier, fleet, *version).await;
                *version += 1;
            }
            Event::Pass(days) => place.to(today + Days::new(*days)),
            Event::Drain => place.drained().await,
            Event::Restart => place.restart().await,
        }
    }

    fn count(
        &self,
        rows: &[CountedCase],
        kind: TrackKind,
        id: &str,
        day: NaiveDate,
        state: &AppState,
    ) -> RepeatCount {
        let rules = rules_on(state.casework(), day).unwrap();
        let fleet = self.fleets.get(id).map(|(fleet, _)| fleet.iter());
        let fleet = fleet
            .into_iter()
            .flatten()
            .map(|(from, vehicles)| FleetSize {
                from: *from,
                vehicles: *vehicles,
            });
        let facts = CarrierFacts {
            fleet: fleet.collect(),
            suspended: false,
        };
        match kind {
            TrackKind::Vehicle => vehicle_repeats(rows, id, day, rules),
            TrackKind::Driver => driver_repeats(rows, id, day, rules),
            _ => carrier_share(rows, id, &facts, day, rules),
        }
        .unwrap()
    }

    /// Counters and tracks against a recount of all cases as their journals have them, and of all past
    /// cases that stand.
    async fn check(&self, place: &Place) {
        assert_eq!(place.waiting().await, 0);
        let (state, today) = (&place.state, place.today());
        let mut cases = Vec::new();
        for id in &self.own {
            cases.push(place.case(id).await);
        }
        let mut rows: Vec<CountedCase> = cases.iter().filter_map(counted).collect();
        let standing = self.past.values().filter(|(_, active, _)| *active);
        rows.extend(standing.map(|(case, _, _)| case.clone()));
        rows.retain(|case| case.day_of_act >= listed_from(today));
        let own: BTreeSet<&str> = self.own.iter().map(String::as_str).collect();
        let parties = PLATES
            .map(|id| (TrackKind::Vehicle, id))
            .into_iter()
            .chain(DRIVERS.map(|id| (TrackKind::Driver, id)))
            .chain(CARRIERS.map(|id| (TrackKind::Carrier, id)));
        for (kind, id) in parties {
            let scratch = self.count(&rows, kind, id, today, state);
            let party = Party {
                track: kind,
                id: id.to_owned(),
            };
            let kept = Counted::read(state.store(), party, today).await.unwrap();
            let kept = kept.to(state.casework(), today).unwrap().unwrap();
            assert_eq!(kept, scratch, "{kind:?} {id}");
            // Nothing that a visit of every case would still move.
            let latest = latest_act(&scratch)
                .filter(|latest| *latest != today)
                .map(|latest| self.count(&rows, kind, id, latest, state));
            let counts = PartyCounts::new(&scratch, latest.as_ref(), &own, listed_from(today));
            for case in &cases {
                let moved = roll_track(case, kind, &counts, state.now());
                let moved = moved.map(|after| after.tracks.get(kind).clone());
                assert_eq!(moved, None, "{kind:?} {id} of {}", case.case_id);
            }
            if scratch.exceeded()
                && let Some(carrier) = counts.carrier()
            {
                let case = cases.iter().find(|case| case.case_id == carrier).unwrap();
                let track = case.tracks.get(kind);
                assert_eq!(track.state, TrackState::Proposed, "{kind:?} {id}");
            }
        }
        for case in &cases {
            let lines = |party: Party| Counted::read(state.store(), party, today);
            for (kind, track) in case.tracks.all() {
                let Some(id) = track.counted_id() else {
                    continue;
                };
                let party = Party {
                    track: kind,
                    id: id.to_owned(),
                };
                let found = lines(party).await.unwrap();
                let both = found.lines.iter().zip(&found.cases);
                let noted = both.filter(|(_, counted)| counted.case_id == case.case_id);
                for (line, _) in noted {
                    assert_eq!(line.resting, resting_of(case), "{}", case.case_id);
                }
            }
        }
        state.store().verify_journal(|_, _| ()).await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn tracks_and_counters_equal_a_recount_from_scratch(
        events in prop::collection::vec(event(), 1..26),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut place = Place::on("2025-06-01").await;
            let mut model = Model::default();
            for (index, event) in events.iter().enumerate() {
                model.happens(&mut place, index, event).await;
            }
            place.drained().await;
            model.check(&place).await;
            place.state.store().clone().shutdown().await;
        });
    }
}
