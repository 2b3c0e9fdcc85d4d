//! `GET counters/{track}/{id}`: how often a party was punished within the year, and by which cases.
//! Whoever asks gets a count of the cases as they are; what rests on a count in the cases' tracks follows
//! a moment later ([`super::rolling`]), and the answer says while it is still to come.

use axum::Json;
use axum::extract::{Path, State};
use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};

use super::context::CaseworkContext;
use super::facts::registered_name;
use crate::api::error::{ApiError, Code};
use crate::api::input::Parameters;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::procedure::{Counts, TrackKind, counted};
use crate::law::{
    CarrierFacts, CountedCase, LeftOutReason, RepeatCount, RepeatError, RepeatRules, carrier_share,
    driver_repeats, source_instigations, vehicle_repeats,
};
use crate::register::{Carrier, RegisterKind};
use crate::store::Store;
use crate::store::records::{CountedLine, Party, PartyRollRow, RegisterRow};
use crate::units::Micros;

/// Days looked back: a window of a year, and a year before it for what a proposal rests on.
const LOOK_BACK: Days = Days::new(2 * 366);

/// The first day of acts that a count to a day looks at.
pub fn listed_from(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(LOOK_BACK).unwrap_or(NaiveDate::MIN)
}

/// Everything that the counter of a party rests on.
#[derive(Debug)]
pub struct Counted {
    /// Whose.
    pub party: Party,
    /// The cases of two years before the day asked for.
    pub lines: Vec<CountedLine>,
    /// The same, read. A line that is no case, which would be a fault of the program, is left out.
    pub cases: Vec<CountedCase>,
    carrier: CarrierFacts,
}

impl Counted {
    /// Reads it for a day.
    ///
    /// # Errors
    /// When the store can't answer.
    pub async fn read(store: &Store, party: Party, day: NaiveDate) -> Result<Self, ApiError> {
        let days = [listed_from(day).to_string(), day.to_string()];
        let days = [days[0].as_str(), days[1].as_str()];
        let mut lines = store.counted_cases(party.track, &party.id, days).await?;
        let mut cases = Vec::with_capacity(lines.len());
        lines.retain(|line| match serde_json::from_str(&line.body) {
            Ok(case) => {
                cases.push(case);
                true
            }
            Err(error) => {
                tracing::error!(%error, body = line.body, "what is counted is no case");
                false
            }
        });
        let carrier = match party.track {
            TrackKind::Carrier => carrier_facts(store, &party.id).await?,
            _ => CarrierFacts::default(),
        };
        Ok(Self {
            party,
            lines,
            cases,
            carrier,
        })
    }

    /// Counts to a day; `None` where no table has rules for it.
    pub fn to(
        &self,
        context: &CaseworkContext,
        day: NaiveDate,
    ) -> Option<Result<RepeatCount, RepeatError>> {
        let rules = rules_on(context, day)?;
        let (cases, id) = (&self.cases, self.party.id.as_str());
        Some(match self.party.track {
            TrackKind::Vehicle => vehicle_repeats(cases, id, day, rules),
            TrackKind::Driver => driver_repeats(cases, id, day, rules),
            TrackKind::Carrier => carrier_share(cases, id, &self.carrier, day, rules),
            TrackKind::LoadingSource => source_instigations(cases, id, day, rules),
        })
    }

    /// Counts to the day of the latest act, if that is another day than the one counted to.
    pub fn to_latest_act(
        &self,
        context: &CaseworkContext,
        counted: &RepeatCount,
    ) -> Option<Result<RepeatCount, RepeatError>> {
        let day = latest_act(counted).filter(|day| *day != counted.last_day)?;
        self.to(context, day)
    }
}

/// The day of the latest act that counts or would, of the year to the day of counting.
pub fn latest_act(today: &RepeatCount) -> Option<NaiveDate> {
    let year_before = today.last_day.checked_sub_months(Months::new(12))?;
    let counted = today.counted.iter().map(|entry| entry.day_of_act);
    let outside = today
        .left_out
        .iter()
        .filter(|left| left.reason == LeftOutReason::OutsideWindow)
        .map(|left| left.day_of_act);
    counted
        .chain(outside)
        .filter(|day| year_before < *day && *day <= today.last_day)
        .max()
}

/// The rules of counting on a day.
pub fn rules_on(context: &CaseworkContext, day: NaiveDate) -> Option<&RepeatRules> {
    context.tables.in_force(day)?.repeat()
}

/// What is known of a carrier: its fleet by day.
///
/// # Errors
/// When the store can't answer.
async fn carrier_facts(store: &Store, id: &str) -> Result<CarrierFacts, ApiError> {
    let row = store
        .register_entry(RegisterKind::Carriers.name(), id)
        .await?;
    let carrier: Option<Carrier> = row.as_ref().and_then(RegisterRow::typed);
    Ok(carrier.map(|carrier| carrier.facts()).unwrap_or_default())
}

/// The counter of a track's party with the case as it is given, whether or not the store has it so.
///
/// # Errors
/// When the store can't answer.
pub async fn of_track(
    store: &Store,
    context: &CaseworkContext,
    case: &CaseFile,
    track: TrackKind,
    now: Micros,
) -> Result<Counts, ApiError> {
    let day = now.beijing_day();
    let mut counts = Counts {
        listed_from: Some(listed_from(day)),
        ..Counts::default()
    };
    let Some(id) = case.tracks.get(track).counted_id() else {
        return Ok(counts);
    };
    let id = id.to_owned();
    let mut all = Counted::read(store, Party { track, id }, day).await?;
    all.cases.retain(|known| known.case_id != case.case_id);
    all.cases.extend(counted(case));
    match all.to(context, day) {
        Some(Ok(found)) => {
            // The year of the latest act may have been full though today's no longer is.
            let full = || match all.to_latest_act(context, &found) {
                Some(Ok(full)) if full.exceeded() => Some(full),
                _ => None,
            };
            let full = if found.exceeded() { None } else { full() };
            let count = Some(full.unwrap_or(found));
            match track {
                TrackKind::Vehicle => counts.vehicle = count,
                TrackKind::Driver => counts.driver = count,
                TrackKind::Carrier => counts.carrier = count,
                TrackKind::LoadingSource => counts.loading_source = count,
            }
        }
        Some(Err(error)) => {
            tracing::warn!(%error, case_id = case.case_id, "a counter contradicts itself");
        }
        None => {}
    }
    Ok(counts)
}

/// One counter: `?day=` counts to another day than today.
pub async fn show(
    State(state): State<AppState>,
    Path((track, id)): Path<(String, String)>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let track = TrackKind::from_name(&track).ok_or(Code::NotFound)?;
    let day = match parameters.take("day") {
        None => state.now().beijing_day(),
        Some(text) => text.parse().map_err(|_| {
            ApiError::field("day", "应为日期，如 2026-03-01", "a day such as 2026-03-01")
        })?,
    };
    parameters.finish()?;
    let context = state.casework();
    let store = state.store();
    let party = Party {
        track,
        id: id.clone(),
    };
    // Asked first: what is marked after it is read below.
    let waiting = store.party_waiting(&party).await?;
    let found = Counted::read(store, party, day).await?.to(context, day);
    let found = found.ok_or_else(|| {
        ApiError::from(Code::Conflict).with(
            format!("{day} 没有可用的计次规则"),
            format!("no law table counts on {day}"),
        )
    })?;
    let count = found.map_err(|error| {
        ApiError::from(Code::Conflict).with(
            format!("案件相互矛盾，无法计次：{error}"),
            error.to_string(),
        )
    })?;
    let in_register = registered_name(store, track, &id).await?.is_some();
    let (mut zh, mut en) = (count.sentences_zh(), count.sentences_en());
    // A slip of the pen must not look like a clean record.
    if !in_register && count.counted.is_empty() && count.left_out.is_empty() {
        zh.push(format!("台账和案件中均没有“{id}”，请核对输入是否有误。"));
        en.push(format!(
            "Neither register nor cases know \"{id}\": check what was typed."
        ));
    }
    Ok(Json(json!({
        "track": track,
        "id": id,
        "in_register": in_register,
        "day": day,
        "count": count,
        "exceeded": count.exceeded(),
        "zh": zh,
        "en": en,
        "rolling": waiting.map(|row| rolling(&row)),
    })))
}

/// A party whose tracks are still to follow its count.
pub fn rolling(row: &PartyRollRow) -> Value {
    json!({
        "track": row.track,
        "id": row.party_id,
        "due_at": Micros::new(row.due_at).rfc3339(),
        "failures": row.failures,
        "failure": row.failure,
    })
}
