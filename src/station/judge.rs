//! From a passage to its verdict, and the bodies under which both enter the journal. Pure.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::casework::procedure::Facts;
use crate::casework::record::{
    PLATE_CONFIRMED_BY, PLATE_UNCONFIRMED, STANDING, closing_body, weighing_body,
};
use crate::casework::registered::{CONFIRMED_BY_REGISTER, Registered};
use crate::casework::{
    CaseFile, Circumstances, Judgement, Opening, OpeningSettings, Site, Standing, decide,
};
use crate::config::{Config, Lane};
use crate::law::{
    Assessment, Calendar, DeadlineKind, EnforcementMode, LawTables, Measured, Scale, ScaleUse,
    Source, Statement, VehicleDescription, Verdict, assess, assess_hypothetically, deadline,
};
use crate::passage::{AxleLoad, ClosedPassage, PassageKind, PlateRead, Weighing};
use crate::plate::PlateNumber;
use crate::store::records::{
    Actor, CaseColumns, CaseEffect, NewCase, NewClosing, NewWeighing, PictureReference,
};
use crate::units::{Micros, Millimetres};

/// The assessment of a weighing: what is known of the vehicle is its axles, nothing else yet.
///
/// A platform gives the gross and no axles; `axles` are then those of the linked passage, of which
/// only number and spacings count: its loads were measured by another scale.
pub fn assessment(weighing: &Weighing, axles: &[AxleLoad], lane: Option<&Lane>) -> Assessment {
    // Without all spacings none is used: fewer of them would be another vehicle.
    let axle_spacings_mm = axles
        .iter()
        .skip(1)
        .map(|axle| axle.spacing_mm)
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default();
    let axle_loads_kg = match weighing.kind {
        PassageKind::Dynamic => axles.iter().map(|axle| axle.load_kg).collect(),
        PassageKind::Platform => Vec::new(),
    };
    let vehicle = VehicleDescription {
        axle_spacings_mm,
        ..VehicleDescription::default()
    };
    let measured = Measured {
        axle_loads_kg,
        gross_kg: weighing.gross_kg,
        scale: lane.map(|lane| scale(lane, weighing)),
        spacing_tolerance_mm: None,
    };
    let mut assessment = Assessment::new(weighing.crossed_at.beijing_day(), vehicle, measured);
    assessment.id = Some(weighing.passage_id.clone());
    assessment
}

fn scale(lane: &Lane, weighing: &Weighing) -> Scale {
    Scale {
        purpose: lane.scale_use,
        accuracy_class: lane.accuracy_class.clone(),
        interval_kg: lane.scale_interval_kg,
        certificate: lane.certificate.clone(),
        drift_basis_points: weighing.drift_basis_points,
    }
}

/// What the plates say of a vehicle: with a trailer's among those of the matched vehicle it is a
/// train, of which kind is left open.
fn plate_statements(passage: &ClosedPassage) -> Vec<Statement> {
    let trailer = passage.association.trailer.as_ref();
    let statement = |read: &PlateRead| Statement {
        source: Source::RearPlate,
        reference: read.plate.clone(),
        vehicle: VehicleDescription {
            train: Some(true),
            ..VehicleDescription::default()
        },
    };
    trailer.map(statement).into_iter().collect()
}

/// The verdict on a weighing, by the table of its day or by that of `law_day` if one is given.
pub fn judge(
    tables: &LawTables,
    weighing: &Weighing,
    axles: &[AxleLoad],
    lane: Option<&Lane>,
    law_day: Option<NaiveDate>,
) -> Verdict {
    judge_assessment(tables, &assessment(weighing, axles, lane), law_day)
}

/// How a device file is judged (`replay --protocol`): there is no lane with a scale.
#[derive(Debug, Clone, Copy)]
pub struct FileLaw<'a> {
    /// The tables.
    pub tables: &'a LawTables,
    /// Judge by the table of this day.
    pub law_day: Option<NaiveDate>,
    /// How good the device's spacings are; the table's setting when it is not given.
    pub spacing_tolerance_mm: Option<Millimetres>,
}

impl FileLaw<'_> {
    /// The verdict on one weighing of the file.
    pub fn judge(&self, weighing: &Weighing) -> Verdict {
        let mut assessment = assessment(weighing, &weighing.axles, None);
        assessment.measured.spacing_tolerance_mm = self.spacing_tolerance_mm;
        judge_assessment(self.tables, &assessment, self.law_day)
    }
}

/// The assessment of a closed passage, of which the plates are known as well, and with them what the
/// registers say.
pub fn closed_assessment(
    passage: &ClosedPassage,
    lane: Option<&Lane>,
    resident_police: Option<bool>,
    registered: Option<&Registered>,
) -> Assessment {
    let axles = passage.axles().len();
    let mut assessment = assessment(&passage.weighing, passage.axles(), lane);
    assessment.statements = plate_statements(passage);
    if let Some(registered) = registered {
        assessment.statements.extend(registered.statement(passage));
        assessment.vehicle.permit = registered.permit(axles);
        let scale = assessment.measured.scale.as_mut();
        if let (Some(scale), Some(certificate)) = (scale, registered.certificate()) {
            scale.certificate = Some(certificate);
        }
    }
    assessment.mode = lane.and_then(|lane| mode(lane.scale_use, resident_police));
    assessment
}

/// The verdict on a closed passage.
pub fn judge_closed(
    tables: &LawTables,
    passage: &ClosedPassage,
    lane: Option<&Lane>,
    resident_police: Option<bool>,
    registered: Option<&Registered>,
) -> Verdict {
    judge_assessment(
        tables,
        &closed_assessment(passage, lane, resident_police, registered),
        None,
    )
}

/// How a vehicle was met that this scale weighed; `None` where nobody fines by it, or it is not
/// said whether police are resident.
fn mode(scale_use: ScaleUse, resident_police: Option<bool>) -> Option<EnforcementMode> {
    match (scale_use, resident_police) {
        (ScaleUse::OffSite, _) => Some(EnforcementMode::OffSite),
        (ScaleUse::Platform, Some(true)) => Some(EnforcementMode::JointStation),
        (ScaleUse::Platform, Some(false)) => Some(EnforcementMode::StationWithoutPolice),
        (ScaleUse::Platform, None) | (ScaleUse::PreSelection, _) => None,
    }
}

fn judge_assessment(
    tables: &LawTables,
    assessment: &Assessment,
    law_day: Option<NaiveDate>,
) -> Verdict {
    match law_day {
        Some(day) => assess_hypothetically(tables, assessment, day),
        None => assess(tables, assessment),
    }
}

/// The name of a verdict's class as the store's columns have it.
pub fn class_name(verdict: &Verdict) -> Option<String> {
    verdict.class.map(|class| class.name().to_owned())
}

/// A verdict as casework and the API take it.
///
/// # Errors
/// When the verdict can't be written as JSON, which would be a fault of the program.
pub fn judgement(verdict: &Verdict) -> Result<Judgement, serde_json::Error> {
    Judgement::of(verdict)
}

/// What is made durable of a weighing at once.
///
/// # Errors
/// As [`judgement`].
pub fn new_weighing(
    config: &Config,
    tables: &LawTables,
    weighing: &Weighing,
) -> Result<NewWeighing, serde_json::Error> {
    let verdict = judge(
        tables,
        weighing,
        &weighing.axles,
        config.lane(weighing.lane),
        None,
    );
    let judgement = judgement(&verdict)?;
    Ok(NewWeighing {
        passage_id: weighing.passage_id.clone(),
        station: weighing.station.clone(),
        lane: i64::from(weighing.lane),
        port: weighing.port.clone(),
        kind: weighing.kind.name(),
        crossed_at: weighing.crossed_at,
        gross_kg: weighing.gross_kg,
        axle_count: i64::try_from(weighing.axles.len()).unwrap_or(i64::MAX),
        class: class_name(&verdict),
        overage_kg: verdict.overage_kg,
        raw_digest: weighing.raw.sha256.clone(),
        body: weighing_body(weighing, Some(&judgement)),
    })
}

/// A closed passage judged as a whole, and what casework makes of it.
///
/// `known_case` is the latest case of the same plate, if there is one; `record_conflict` says that
/// the store has the same record with other bytes; `standing` what holds for its lane.
///
/// # Errors
/// As [`judgement`].
pub fn new_closing(
    config: &Config,
    tables: &LawTables,
    passage: &ClosedPassage,
    pictures: Vec<PictureReference>,
    known_case: Option<&CaseFile>,
    record_conflict: bool,
    standing: &Standing,
) -> Result<NewClosing, serde_json::Error> {
    let weighing = &passage.weighing;
    let lane = config.lane(weighing.lane);
    let registered = standing.registered.as_ref();
    let assessment = closed_assessment(passage, lane, config.law.resident_police, registered);
    let verdict = judge_assessment(tables, &assessment, None);
    let judgement = Judgement {
        assessment: serde_json::to_value(&assessment)?,
        ..judgement(&verdict)?
    };
    let site = site(tables, lane, registered, weighing.crossed_at.beijing_day());
    let settings = OpeningSettings {
        act_window: Micros::from_millis(i64::from(config.timing.act_window_ms)),
        case_for_warning: config.law.case_for_warning,
        shift: config.shift_rules(),
        clock: config.clock_rules(),
        single_read: config.association.single_read,
    };
    let circumstances = Circumstances {
        passage,
        judgement: &judgement,
        site: &site,
        plate_is_valid: passage
            .plate()
            .is_some_and(|plate| PlateNumber::parse(plate).is_ok()),
        clocks_compared: config.timing.clock_tolerance_ms > 0,
        record_conflict,
        standing,
    };
    let opening = decide(&circumstances, known_case, &settings);
    let confirmed = circumstances.confirmed_by_register();
    let (withheld, case) = match &opening {
        Opening::None(reasons) => (reasons.as_slice(), CaseEffect::None),
        Opening::Open(case) => (
            &[][..],
            CaseEffect::Open(new_case(tables, case, settings.act_window)),
        ),
        Opening::Attach { case_id, withheld } => {
            let body = CaseFile::attaching_body(passage, &judgement);
            (
                withheld.as_slice(),
                CaseEffect::Attach {
                    case_id: case_id.clone(),
                    body,
                },
            )
        }
    };
    Ok(NewClosing {
        passage_id: weighing.passage_id.clone(),
        closed_at: passage.closed_at,
        plate: passage.plate().map(str::to_owned),
        plate_state: passage.association.state.name(),
        enforceable: opening.is_enforceable(),
        class: class_name(&verdict),
        overage_kg: verdict.overage_kg,
        pictures,
        body: with_standing(
            closing_body(passage, &judgement, withheld),
            standing,
            confirmed,
        )?,
        case,
    })
}

/// Where enforcement is off, a scale was checked or the registers know something, the closing says so.
fn with_standing(
    mut body: Value,
    standing: &Standing,
    confirmed: bool,
) -> Result<Value, serde_json::Error> {
    if confirmed {
        body[PLATE_UNCONFIRMED] = json!(false);
        body[PLATE_CONFIRMED_BY] = json!(CONFIRMED_BY_REGISTER);
    }
    if !standing.is_empty() {
        body[STANDING] = serde_json::to_value(standing)?;
    }
    Ok(body)
}

/// What held for the lane when a passage closed, by the body of its closing.
pub fn standing_of(closing: &Value) -> Standing {
    closing
        .get(STANDING)
        .and_then(|standing| Standing::deserialize(standing).ok())
        .unwrap_or_default()
}

/// Working days that the program carries: the clocks that a new case has run in hours and years, which no
/// holiday moves.
static WORKING_DAYS: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::embedded().unwrap_or_default());

fn new_case(tables: &LawTables, case: &CaseFile, act_window: Micros) -> NewCase {
    let facts = Facts {
        tables: Some(tables),
        calendar: Some(&WORKING_DAYS),
        ..Facts::default()
    };
    let index = case.index(&facts, case.opened_at);
    NewCase {
        case_id: case.case_id.clone(),
        columns: Box::new(CaseColumns::of(&index, case)),
        actor: Actor::station(),
        alone_within: Some([
            case.act_at.saturating_sub(act_window),
            case.act_at.saturating_add(act_window),
        ]),
        body: case.opening_body(),
    }
}

/// The place and its scale, by the configuration and by the registers laid over it.
fn site(
    tables: &LawTables,
    lane: Option<&Lane>,
    registered: Option<&Registered>,
    day: NaiveDate,
) -> Site {
    let mut site = configured_site(lane);
    if let Some(registered) = registered {
        site = registered.over(site, day);
    }
    if site.scale_use == ScaleUse::OffSite {
        site.published = site
            .published
            .filter(|published| *published <= latest_publication(tables, day));
    }
    site
}

/// Until when the place of off-site equipment must have been published for what it records on a day:
/// some provinces ask for so many days before (地点提前公布), the national table for none.
fn latest_publication(tables: &LawTables, day: NaiveDate) -> NaiveDate {
    let kind = DeadlineKind::EquipmentPublication;
    let table = tables.in_force(day);
    let clock = table.and_then(|table| deadline(table, &Calendar::default(), kind, day).ok());
    clock.map_or(day, |clock| clock.last_day.min(day))
}

fn configured_site(lane: Option<&Lane>) -> Site {
    // A lane that nobody configured was approved for nothing.
    let scale_use = lane.map_or(ScaleUse::PreSelection, |lane| lane.scale_use);
    Site {
        scale_use,
        certificate: lane.and_then(|lane| lane.certificate.clone()),
        approved: lane.and_then(|lane| lane.site_approved),
        published: lane.and_then(|lane| lane.site_published),
        needs_review: false,
        reviewed: None,
    }
}

/// One passage as `replay --json` prints it, in the words of the real files it is compared with.
pub fn replay_line(weighing: &Weighing, verdict: &Verdict) -> Result<Value, serde_json::Error> {
    let tenths = |value: i64| {
        if value % 10 == 0 {
            json!(value / 10)
        } else {
            json!(value as f64 / 10.0)
        }
    };
    let loads = |axle: &AxleLoad| json!({ "load_kg": axle.load_kg, "spacing_mm": axle.spacing_mm });
    Ok(json!({
        "sequence": weighing.sequence,
        "time": weighing.device_time,
        "lane": weighing.lane,
        "direction": weighing.direction,
        "speed_kmh": weighing.speed_tenth_kmh.map(|speed| tenths(speed.get())),
        "length_mm": weighing.length_mm,
        "gross_kg": weighing.gross_kg,
        "axles": weighing.axles.iter().map(loads).collect::<Vec<_>>(),
        "flags": weighing.flags,
        "passage_id": weighing.passage_id,
        "verdict": serde_json::to_value(verdict)?,
    }))
}

/// What `replay --json` adds to the line of a passage when it closes: where its bytes stand in the raw
/// log, and the plate with how it was tied.
pub fn add_closing(line: &mut Value, closed: &ClosedPassage) -> Result<(), serde_json::Error> {
    let weighing = &closed.weighing;
    let mut association = closed.association.clone();
    if let Some(chosen) = &mut association.chosen {
        // They stand in the raw log, at the place named.
        chosen.raw.base64.clear();
    }
    line["kind"] = json!(weighing.kind);
    line["crossed_us"] = json!(weighing.crossed_at);
    line["raw"] = json!({
        "port": weighing.raw.port,
        "offset": weighing.raw.offset,
        "length": weighing.raw.length,
        "sha256": weighing.raw.sha256,
    });
    line["plate"] = json!(closed.plate());
    line["association"] = serde_json::to_value(association)?;
    line["evasion"] = serde_json::to_value(&closed.evasion)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::standing::tests::{config, passage};

    #[test]
    fn a_weighing_of_a_day_without_a_table_is_stored_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let (config, tables) = (config(folder.path()), LawTables::embedded().unwrap());
        let mut closed = passage(1, 50);
        let stored = |closed: &ClosedPassage| {
            let new = new_weighing(&config, &tables, &closed.weighing).unwrap();
            (
                new.class,
                new.body["judgement"]["verdict"]["outcome"].clone(),
            )
        };
        let (class, outcome) = stored(&closed);
        assert_eq!(outcome, "assessed");
        assert!(class.is_some());
        // The day before the first table.
        closed.weighing.crossed_at = Micros::from_rfc3339("2016-09-20T04:00:00Z").unwrap();
        let (class, outcome) = stored(&closed);
        assert_eq!(outcome, "no_table_in_force");
        assert_eq!(class, None);
        let standing = Standing::default();
        let closing = new_closing(
            &config,
            &tables,
            &closed,
            Vec::new(),
            None,
            false,
            &standing,
        )
        .unwrap();
        assert!(!closing.enforceable && matches!(closing.case, CaseEffect::None));
    }
}
