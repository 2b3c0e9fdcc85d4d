//! Gathers what the rules of casework look at: licences, numbers, who holds the act, counts, the vehicle.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Deserialize;

use super::context::CaseworkContext;
use super::counters;
use super::stays::stay;
use crate::api::error::ApiError;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::inspection::{Inspection, InspectionState};
use crate::casework::procedure::{
    ActHolder, CaseAction, Counts, Facts, Number, NumberSeries, NumberTemplate, OfficerLicence,
    RegisterEntry, TrackKind, VehicleHold,
};
use crate::law::{
    Assessment, Authority, Calendar, ComputedAmount, DiscretionRange, Verdict,
    assess_hypothetically, discretion_range,
};
use crate::register::{HolidayDay, Officer, RegisterKind, calendar as calendar_of};
use crate::store::Store;
use crate::store::records::{RegisterFilter, RegisterRow};
use crate::units::Micros;

/// Vehicles of one plate that are looked at, of all colours.
const VEHICLES_MOST: i64 = 16;

/// Everything gathered for one case.
#[derive(Debug)]
pub struct Gathered {
    calendar: Calendar,
    officers: BTreeMap<String, OfficerLicence>,
    act_holder: Option<ActHolder>,
    numbers: BTreeMap<NumberSeries, Number>,
    amount_today: Option<ComputedAmount>,
    discretion: Option<DiscretionRange>,
    counts: Counts,
    vehicle: Option<VehicleHold>,
    party: Option<RegisterEntry>,
}

impl Gathered {
    /// As the rules take it.
    pub fn facts<'a>(&'a self, context: &'a CaseworkContext) -> Facts<'a> {
        Facts {
            tables: Some(&context.tables),
            calendar: Some(&self.calendar),
            settings: context.settings.procedure.clone(),
            officers: self.officers.clone(),
            act_holder: self.act_holder.clone(),
            numbers: self.numbers.clone(),
            amount_today: self.amount_today.clone(),
            discretion: self.discretion.clone(),
            counts: self.counts.clone(),
            vehicle: self.vehicle,
            party: self.party.clone(),
        }
    }

    /// A number that was offered.
    pub fn number(&self, series: NumberSeries) -> Option<&Number> {
        self.numbers.get(&series)
    }
}

/// Gathers what a case's clocks run by, and lists therefore find it by: nothing of what only steps ask for.
///
/// # Errors
/// When the store can't answer.
pub async fn gather_for_clocks(
    state: &AppState,
    case: &CaseFile,
    now: Micros,
) -> Result<Gathered, ApiError> {
    Ok(Gathered {
        calendar: working_days(state.store(), state.casework()).await?,
        officers: BTreeMap::new(),
        act_holder: None,
        numbers: BTreeMap::new(),
        amount_today: None,
        discretion: None,
        counts: Counts::default(),
        vehicle: vehicle(state.store(), &case.case_id, now).await?,
        party: None,
    })
}

/// Gathers what the rules look at beside a case, for an action if one is to be made.
///
/// # Errors
/// When the store can't answer.
pub async fn gather(
    state: &AppState,
    case: &CaseFile,
    action: Option<&CaseAction>,
    now: Micros,
) -> Result<Gathered, ApiError> {
    let context = state.casework();
    let store = state.store();
    let holder = store.act_claim(case.act_id()).await?;
    let act_holder = holder
        .filter(|claim| claim.case_id != case.case_id)
        .and_then(|claim| {
            let authority = Authority::ALL
                .into_iter()
                .find(|authority| authority.name() == claim.authority)?;
            Some(ActHolder {
                case_id: claim.case_id,
                authority,
                since: Micros::new(claim.claimed_at),
            })
        });
    let amount_today = amount_today(context, case, now);
    let discretion = discretion(context, case, action, now);
    // Only who proposes asks for them: what a step does to the counters is counted after it.
    let counts = match action {
        Some(CaseAction::Track { track, .. }) => {
            counters::of_track(store, context, case, *track, now).await?
        }
        _ => Counts::default(),
    };
    Ok(Gathered {
        officers: officers(store).await?,
        act_holder,
        numbers: numbers(store, context, now).await?,
        amount_today,
        discretion,
        counts,
        party: party(store, action).await?,
        ..gather_for_clocks(state, case, now).await?
    })
}

/// Working days: those the program carries, with the years that the register holds in their place.
///
/// # Errors
/// When the store can't answer.
pub async fn working_days(store: &Store, context: &CaseworkContext) -> Result<Calendar, ApiError> {
    let rows = store
        .standing_register(RegisterKind::Holidays.name())
        .await?;
    let days: Vec<HolidayDay> = rows.iter().filter_map(RegisterRow::typed).collect();
    let own = context.calendar.clone();
    // What contradicts itself was refused when it was entered; the program's own days hold then.
    let merged = calendar_of(&days).and_then(|given| own.clone().replaced_by(given));
    Ok(merged.unwrap_or(own))
}

/// Licences of officers by user name.
///
/// # Errors
/// When the store can't answer.
pub async fn officers(store: &Store) -> Result<BTreeMap<String, OfficerLicence>, ApiError> {
    let rows = store
        .standing_register(RegisterKind::Officers.name())
        .await?;
    let officers = rows.iter().filter_map(RegisterRow::typed::<Officer>);
    let licences = officers.map(|officer| {
        let licence = OfficerLicence {
            number: officer.licence,
            valid_from: officer.valid_from,
            valid_until: officer.valid_until,
            agency: officer.agency,
        };
        (officer.user, licence)
    });
    Ok(licences.collect())
}

/// What the register says of the party that an action names.
async fn party(
    store: &Store,
    action: Option<&CaseAction>,
) -> Result<Option<RegisterEntry>, ApiError> {
    let (track, id) = match action {
        Some(CaseAction::SetParty { track, id, .. }) => (*track, id.trim()),
        Some(CaseAction::TraceSource {
            source_id: Some(id),
            ..
        }) => (TrackKind::LoadingSource, id.trim()),
        _ => return Ok(None),
    };
    let name = registered_name(store, track, id).await?;
    Ok(Some(RegisterEntry {
        track,
        id: id.to_owned(),
        name,
    }))
}

/// The name of a party in the register of its kind; of a vehicle its plate, whatever its colour. `None` where
/// the register doesn't know it, or it was struck off.
///
/// # Errors
/// When the store can't answer.
pub async fn registered_name(
    store: &Store,
    track: TrackKind,
    id: &str,
) -> Result<Option<String>, ApiError> {
    let kind = match track {
        TrackKind::Vehicle => {
            // Of one plate there may be several, of different colours.
            let filter = RegisterFilter {
                plate: Some(id.to_owned()),
                ..RegisterFilter::default()
            };
            let vehicles = RegisterKind::Vehicles.name();
            let rows = store
                .register_entries(vehicles, &filter, None, VEHICLES_MOST)
                .await?;
            let stands = rows.iter().any(|row| row.active == 1);
            return Ok(stands.then(|| id.to_owned()));
        }
        TrackKind::Driver => RegisterKind::Drivers,
        TrackKind::Carrier => RegisterKind::Carriers,
        TrackKind::LoadingSource => RegisterKind::Sources,
    };
    let row = store.register_entry(kind.name(), id).await?;
    Ok(row.filter(|row| row.active == 1).map(|row| row.label))
}

/// The next number of each series.
async fn numbers(
    store: &Store,
    context: &CaseworkContext,
    now: Micros,
) -> Result<BTreeMap<NumberSeries, Number>, ApiError> {
    let settings = &context.settings;
    let year = now.beijing_day().year();
    let mut numbers = BTreeMap::new();
    // A template that can't be read was refused with the configuration.
    let Ok(template) = NumberTemplate::parse(&settings.number) else {
        return Ok(numbers);
    };
    for series in NumberSeries::ALL {
        let name = settings.series(*series);
        let next = store.next_serial(&name, i64::from(year)).await?;
        let Ok(serial) = u32::try_from(next) else {
            continue;
        };
        let text = template.format(&settings.org_word, settings.word(*series), year, serial);
        let number = Number {
            series: name,
            year,
            serial,
            text,
        };
        numbers.insert(*series, number);
    }
    Ok(numbers)
}

/// The act judged by the table in force today, where that is another than its own (Administrative Penalty
/// Law art. 37).
fn amount_today(context: &CaseworkContext, case: &CaseFile, now: Micros) -> Option<ComputedAmount> {
    let verdict = Verdict::deserialize(&case.judgement.verdict).ok()?;
    let today = now.beijing_day();
    let table = context.tables.in_force(today)?.reference();
    if verdict.table.as_ref() == Some(&table) {
        return None;
    }
    let assessment = Assessment::deserialize(&case.judgement.assessment).ok()?;
    let verdict = assess_hypothetically(&context.tables, &assessment, today);
    ComputedAmount::from_verdict(&verdict, Authority::Transport).ok()
}

/// What a local standard makes of the amount, with the circumstances that the decision finds.
fn discretion(
    context: &CaseworkContext,
    case: &CaseFile,
    action: Option<&CaseAction>,
    now: Micros,
) -> Option<DiscretionRange> {
    let Some(CaseAction::Decide { circumstances, .. }) = action else {
        return None;
    };
    let today = now.beijing_day();
    let table = context.tables.in_force(today)?;
    let verdict = Verdict::deserialize(&case.judgement.verdict).ok()?;
    let computed = ComputedAmount::from_verdict(&verdict, Authority::Transport).ok()?;
    let overage = verdict.overage_kg?;
    let limit = verdict.limit_kg?;
    discretion_range(table, &computed, overage, limit, circumstances, today).ok()
}

/// Whether the vehicle is held, by the stay that its passages or the case belong to.
async fn vehicle(
    store: &Store,
    case_id: &str,
    now: Micros,
) -> Result<Option<VehicleHold>, ApiError> {
    let mut stays = std::collections::BTreeSet::new();
    for passage_id in store.case_passages(case_id).await? {
        stays.extend(store.inspection_of_passage(&passage_id).await?);
    }
    // A stay whose weights were typed has no passage; while it is held it is found by its case.
    stays.extend(store.inspections_held_for(case_id).await?);
    let mut found = None;
    for inspection_id in stays {
        let (Some(inspection), _) = stay(store, &inspection_id).await? else {
            continue;
        };
        let state = hold(&inspection, now);
        if matches!(state, VehicleHold::Held { .. }) {
            return Ok(Some(state));
        }
        found = Some(state);
    }
    Ok(found)
}

fn hold(inspection: &Inspection, now: Micros) -> VehicleHold {
    let clock = inspection.hold_clock(now, 0);
    match clock.filter(|_| inspection.state == InspectionState::Held) {
        Some(clock) => VehicleHold::Held {
            since: clock.from.beijing_day(),
            extended: clock.extended,
        },
        None => VehicleHold::Released,
    }
}
