//! Rolls counters: what a case that begins or ceases to count, or anything else that a counter reads, does
//! to the tracks of the cases of the same parties. A proposal opens, lapses, or goes to the case that is
//! the latest now; nothing is ever decided here.
//!
//! Whatever changes a count marks the parties in its own transaction (`store::plan`). One task of the
//! daemon takes them in the order in which they were marked: reads the party's cases, counts, and writes
//! what follows for each case, with its journal entry, in the transaction that takes the party out of the
//! queue. What was marked before a stop, in whatever way it stopped, is found there at the next start.
//! When something changed meanwhile the transaction is refused and the party counted again; when a count
//! fails the party stays, with the reason, and is tried again later.
//!
//! Time changes counts too: as a day turns in Beijing the carriers and all whose tracks rest on a count
//! are marked, and when the rules of counting are others than they were, everybody.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::json;

use super::counters::{Counted, listed_from, rules_on};
use super::facts::gather_for_clocks;
use super::steps::{counted_row, officers};
use crate::api::cases::case_file;
use crate::api::error::{ApiError, Code};
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::procedure::{PartyCounts, TrackKind, rests, roll_track};
use crate::evidence::journal::sha256_hex;
use crate::store::StoreError;
use crate::store::records::{
    self, CaseColumns, CaseStep, Party, PartyRoll, PartyRollRow, Resting, resting_bit,
};
use crate::units::Micros;

/// Journal kind of a change that counters made.
pub const CASE_ROLLED: &str = "case_rolled";

/// Tries against people who work on the same cases, one after the other.
const TRIES: usize = 5;
/// How long nobody looks at the clock and the queue when nothing is marked.
const LONGEST_PAUSE: Micros = Micros::from_seconds(60);
/// First pause after the store failed; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Micros = Micros::from_seconds(1);
/// First pause of a party whose count failed; it doubles up to about an hour. Mending what it failed for marks
/// the party anew.
const PARTY_PAUSE: Micros = Micros::from_seconds(60);
/// Doublings of that.
const PARTY_DOUBLINGS: i64 = 6;

/// Rolls until the daemon stops. What is under way then is done or not done as a whole.
pub async fn run(state: AppState) {
    let stop = state.shutdown().clone();
    let mut pause = FIRST_PAUSE;
    loop {
        let wait = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            done = drain(&state) => match done {
                Ok(wait) => {
                    pause = FIRST_PAUSE;
                    state.rolling().set(None);
                    wait
                }
                Err(error) => {
                    let why = error.message();
                    tracing::error!(why, "计次暂停，稍后重试 / counters are not rolled, tried again");
                    state.rolling().set(Some(why));
                    let wait = pause;
                    pause = Micros::new(pause.get().saturating_mul(2)).min(LONGEST_PAUSE);
                    wait
                }
            },
        };
        let wait = Duration::from_micros(u64::try_from(wait.get()).unwrap_or_default());
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.store().parties_marked() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Marks whom the day asks for and rolls all parties that are due; gives how long nothing is due then.
///
/// # Errors
/// When the store can't answer, or nothing can be written. What was rolled before is done.
pub async fn drain(state: &AppState) -> Result<Micros, ApiError> {
    let mut turned = None;
    loop {
        let now = state.now();
        let today = now.beijing_day();
        // Rules change with the day alone while the daemon runs.
        if turned != Some(today) {
            turn(state, today).await?;
            turned = Some(today);
        }
        let due = state.store().parties_due(now, 1).await?;
        if let Some(row) = due.first() {
            roll_row(state, row).await?;
            continue;
        }
        let next = state.store().parties_waiting().await?.due_at;
        let until_next = next.map_or(LONGEST_PAUSE, |at| Micros::new(at).saturating_sub(now));
        let until_turn = Micros::end_of_beijing_day(today).saturating_sub(now);
        // A moment more, so that it is not asked for again before it is due.
        let wait = until_next.min(until_turn).min(LONGEST_PAUSE);
        return Ok(wait.max(Micros::ZERO).saturating_add(Micros::new(1_000)));
    }
}

/// Marks parties when the day is another than at the last time, or the rules are.
async fn turn(state: &AppState, today: NaiveDate) -> Result<(), ApiError> {
    let store = state.store();
    let rules = rules_digest(state, today);
    let note = format!("{today} {rules}");
    let before = store.counters_turned().await?;
    if before.as_deref() == Some(&note) {
        return Ok(());
    }
    let rules_before = before
        .as_deref()
        .and_then(|before| before.split_once(' '))
        .map(|(_, rules)| rules);
    let new_rules = rules_before != Some(&rules);
    let first = listed_from(today).to_string();
    let mut parties = store.parties_resting(&first).await?;
    for track in TrackKind::ALL {
        // A fleet has a size by day; the other counts change with the day only by what leaves the year,
        // which takes nothing back and opens nothing.
        if new_rules || *track == TrackKind::Carrier {
            parties.extend(store.counted_parties(*track, &first).await?);
        }
    }
    let body = json!({
        "day": today,
        "why": if new_rules { "rules" } else { "day" },
        "rules": rules,
        "parties": parties.len(),
    });
    let parties = parties.into_iter().collect();
    Ok(store.turn_counters(&note, parties, &body).await?)
}

/// What tells the rules of counting on a day from others.
fn rules_digest(state: &AppState, day: NaiveDate) -> String {
    let rules = rules_on(state.casework(), day);
    let text = format!(
        "{rules:?} {:?}",
        rules.map(|rules| rules.has_credit_list(day))
    );
    sha256_hex(text.as_bytes())
}

/// Why a party could not be rolled.
enum Failure {
    /// Its cases contradict each other, or people keep changing them: it waits.
    Party(String),
    /// The store can't answer: everybody waits.
    Store(ApiError),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        // Only what fails for everybody may stop everybody: the first in the queue is taken again and again.
        match error.code() {
            Code::StoreUnavailable => Self::Store(error),
            _ => Self::Party(error.message()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error.class() {
            Some(class) if class.is_operating() => Self::Store(error.into()),
            None if matches!(error, StoreError::Closed) => Self::Store(error.into()),
            _ => Self::Party(error.to_string()),
        }
    }
}

async fn roll_row(state: &AppState, row: &PartyRollRow) -> Result<(), ApiError> {
    let store = state.store();
    let Some(party) = row.party() else {
        // No release writes such a row, and the table takes none.
        tracing::error!(track = row.track, "a party of no known kind waits");
        return Ok(());
    };
    let failure = match roll_party(state, &party).await {
        Ok(()) => return Ok(()),
        Err(Failure::Store(error)) => return Err(error),
        Err(Failure::Party(why)) => why,
    };
    tracing::error!(
        track = row.track,
        id = row.party_id,
        failure,
        "此主体无法重计，稍后重试 / this party's counter can't be rolled, tried again later"
    );
    let pause = PARTY_PAUSE.get() << row.failures.clamp(0, PARTY_DOUBLINGS);
    let due_at = state.now().saturating_add(Micros::new(pause));
    Ok(store
        .roll_later(party, row.marked, due_at, &failure)
        .await?)
}

/// Rolls one party, if it still waits.
async fn roll_party(state: &AppState, party: &Party) -> Result<(), Failure> {
    for _ in 0..TRIES {
        // Read before the cases: what changes them after this changes the mark.
        let Some(row) = state.store().party_waiting(party).await? else {
            return Ok(());
        };
        let (steps, resting) = what_follows(state, party).await?;
        let roll = PartyRoll {
            party: party.clone(),
            marked: row.marked,
            steps,
            resting,
        };
        match state.store().roll_party(roll).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Stale { .. } | StoreError::PartyMarked { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Party(
        "案件不断变化 / people keep changing its cases".to_owned(),
    ))
}

/// Steps of the cases that a party's count changes, and what of the record of resting tracks is wrong.
async fn what_follows(
    state: &AppState,
    party: &Party,
) -> Result<(Vec<CaseStep>, Vec<Resting>), Failure> {
    let now = state.now();
    let day = now.beijing_day();
    let found = Counted::read(state.store(), party.clone(), day).await?;
    let contradicts = |error: crate::law::RepeatError| Failure::Party(error.to_string());
    let Some(today) = found.to(state.casework(), day) else {
        return Err(Failure::Party(format!(
            "{day} 没有可用的计次规则 / no law table counts on {day}"
        )));
    };
    let today = today.map_err(contradicts)?;
    let latest_act = found.to_latest_act(state.casework(), &today);
    let latest_act = latest_act.transpose().map_err(contradicts)?;
    let lines = || found.lines.iter().zip(&found.cases);
    let own = lines().filter(|(line, _)| line.is_own);
    let own: BTreeSet<&str> = own.map(|(_, case)| case.case_id.as_str()).collect();
    let counts = PartyCounts::new(&today, latest_act.as_ref(), &own, listed_from(day));
    let mut looked_at: BTreeSet<&str> = counts.carrier().into_iter().collect();
    let bit = resting_bit(party.track);
    let resting = lines().filter(|(line, _)| line.is_own && line.resting & bit != 0);
    looked_at.extend(resting.map(|(_, case)| case.case_id.as_str()));
    let mut steps = Vec::new();
    let mut wrong = Vec::new();
    for case_id in looked_at {
        let Some(row) = state.store().case(case_id).await? else {
            continue;
        };
        let (Some(case), _) = case_file(state.store(), case_id).await? else {
            continue;
        };
        if let Some(after) = roll_track(&case, party.track, &counts, now) {
            steps.push(step(state, &case, &after, row.version, now).await?);
            continue;
        }
        let mut noted = lines().filter(|(_, counted)| counted.case_id == case_id);
        let noted = noted.next().map(|(line, _)| line.resting);
        let right = resting_of(&case);
        if let Some(noted) = noted.filter(|noted| *noted != right) {
            wrong.push(Resting {
                case_id: case_id.to_owned(),
                noted,
                right,
            });
        }
    }
    Ok((steps, wrong))
}

/// Which tracks of a case rest on a count.
pub fn resting_of(case: &CaseFile) -> i64 {
    let resting = case.tracks.all().filter(|(_, track)| rests(track));
    resting.map(|(kind, _)| resting_bit(kind)).sum()
}

async fn step(
    state: &AppState,
    before: &CaseFile,
    after: &CaseFile,
    version: i64,
    now: Micros,
) -> Result<CaseStep, ApiError> {
    let gathered = gather_for_clocks(state, after, now).await?;
    let index = after.index(&gathered.facts(state.casework()), now);
    Ok(CaseStep {
        case_id: after.case_id.clone(),
        expected_version: version,
        columns: CaseColumns::of(&index, after),
        officers: officers(before, after),
        numbers: Vec::new(),
        act: records::ActChange::Keep,
        counted: counted_row(after)?,
        recount: BTreeSet::new(),
        actor: records::Actor::station(),
        at: now,
        kind: CASE_ROLLED,
        body: after.roll_body(),
    })
}

#[cfg(test)]
mod tests;
