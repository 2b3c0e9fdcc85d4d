//! The page of lanes: what ails them, whether they are enforced, the check of a scale.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};

use super::text::{Language, Texts};
use super::view::{beijing_moment, clock_text, finding_text, lane_title, thousands, withheld_text};
use super::{Asked, html, language};
use crate::api::AppState;
use crate::api::error::ApiError;
use crate::api::lanes::{self, LaneStanding, known_lane, lane_standing};
use crate::api::session::Session;
use crate::casework::standing::{CheckMethod, EnforcementOff, OffReason, ShiftCheck, Shown};
use crate::casework::{Permission, may};
use crate::status::{LaneHourStatus, LaneStatus, StationStatus};
use crate::units::{Kilograms, Micros};

/// The page.
#[derive(Template)]
#[template(path = "lanes.html")]
struct LanesPage {
    language: Language,
    t: &'static Texts,
    station: String,
    version: String,
    simulated: bool,
    user: String,
    may_switch: bool,
    may_check: bool,
    check_required: bool,
    clock: String,
    clock_withholds: Option<String>,
    error: Option<String>,
    lanes: Vec<LaneCard>,
}

struct LaneCard {
    number: u16,
    title: String,
    platform: bool,
    findings: Vec<String>,
    last_hour: Option<String>,
    heard: Vec<String>,
    off: Option<String>,
    check: String,
    check_holds: bool,
    hand_over: Option<String>,
}

type Entered = Form<BTreeMap<String, String>>;

/// Shows the lanes.
pub(super) async fn page(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (language, _) = language(&asked, &headers);
    shown(&state, &session, language, None).await
}

/// Takes the check of a scale.
pub(super) async fn check(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    Form(mut entered): Entered,
) -> Result<Response, ApiError> {
    let number = known_lane(&state, &lane)?;
    let taken = match read(&mut entered) {
        Ok((shown, hand_over)) => lanes::check(&state, &session, number, shown, hand_over)
            .await
            .map(drop),
        Err(error) => Err(error),
    };
    answer(&state, &session, &headers, taken).await
}

fn read(entered: &mut BTreeMap<String, String>) -> Result<(Shown, Option<String>), ApiError> {
    let mut take = |name: &str| entered.remove(name).unwrap_or_default().trim().to_owned();
    let method = take("method");
    let hand_over = Some(take("hand_over")).filter(|text| !text.is_empty());
    let reference = take("reference");
    let mut kilograms = |name: &str| {
        let number = take(name).parse().map(Kilograms::new);
        number.map_err(|_| ApiError::field(name, "应为整数", "it must be a whole number"))
    };
    let shown = Shown {
        method: CheckMethod::from_name(&method)
            .ok_or_else(|| ApiError::field("method", "未知方法", "an unknown method"))?,
        zero_shown_kg: kilograms("zero_shown_kg")?,
        reference_kg: kilograms("reference_kg")?,
        reference,
        shown_kg: kilograms("shown_kg")?,
    };
    Ok((shown, hand_over))
}

/// Switches enforcement off or on.
pub(super) async fn switch(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    Form(mut entered): Entered,
) -> Result<Response, ApiError> {
    let number = known_lane(&state, &lane)?;
    let wanted = entered.remove("state").unwrap_or_default();
    let reason = entered.remove("reason").unwrap_or_default();
    let taken = lanes::switch(&state, &session, number, &wanted, &reason).await;
    answer(&state, &session, &headers, taken).await
}

/// Back to the page, with what is wrong if something is.
async fn answer(
    state: &AppState,
    session: &Session,
    headers: &HeaderMap,
    taken: Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let Err(error) = taken else {
        return Ok(Redirect::to("/lanes").into_response());
    };
    let (language, _) = Language::of(None, headers);
    let text = error.message();
    let status = error.into_response().status();
    let page = shown(state, session, language, Some(text)).await?;
    Ok((status, page).into_response())
}

async fn shown(
    state: &AppState,
    session: &Session,
    language: Language,
    error: Option<String>,
) -> Result<Response, ApiError> {
    let status = state.status();
    let now = state.now();
    let t = language.texts();
    let mut cards = Vec::with_capacity(status.lanes.len());
    for lane in &status.lanes {
        let standing = lane_standing(state.store(), lane.number).await?;
        cards.push(LaneCard::new(t, &status, lane, &standing, now));
    }
    let page = LanesPage {
        language,
        t,
        station: status.name.clone(),
        version: status.version.clone(),
        simulated: status.simulated,
        user: session.user.clone(),
        may_switch: may(session.role, Permission::EnforcementSwitch),
        may_check: may(session.role, Permission::ShiftCheckWrite),
        check_required: status.shift_check.required,
        clock: clock_text(t, &status.host_clock),
        clock_withholds: status
            .host_clock
            .withholds
            .as_deref()
            .map(|name| withheld_text(language, name)),
        error,
        lanes: cards,
    };
    Ok(html(&page)?.into_response())
}

impl LaneCard {
    fn new(
        t: &'static Texts,
        status: &StationStatus,
        lane: &LaneStatus,
        standing: &LaneStanding,
        now: Micros,
    ) -> Self {
        let findings = lane.findings.iter();
        let check = standing.shift_check.as_ref();
        let serves = |of: Option<u16>| of.is_none_or(|of| of == lane.number);
        let ports = status.ports.iter().filter(|port| serves(port.lane));
        Self {
            number: lane.number,
            title: lane_title(t, lane.number, &lane.name),
            platform: lane.platform,
            findings: findings
                .map(|finding| finding_text(t, lane.number, finding))
                .collect(),
            last_hour: lane.last_hour.as_ref().map(|hour| hour_text(t, hour)),
            heard: ports
                .filter(|port| port.periodic)
                .filter_map(|port| Some(format!("{} {}/60", port.name, port.minutes_heard?)))
                .collect(),
            off: standing
                .enforcement_off
                .as_ref()
                .map(|off| off_text(t, off)),
            check: check.map_or_else(|| t.no_check.to_owned(), |check| check_text(t, check, now)),
            check_holds: check.is_some_and(|check| check.holds(now)),
            hand_over: check.and_then(|check| check.hand_over.clone()),
        }
    }
}

fn hour_text(t: &Texts, hour: &LaneHourStatus) -> String {
    format!(
        "{} · {} {} · {} {} · {} {}",
        beijing_moment(hour.start),
        t.weighed,
        thousands(hour.weighings.into()),
        t.unfit,
        thousands(hour.unfit.into()),
        t.with_plate,
        thousands(hour.with_plate.into()),
    )
}

fn off_text(t: &Texts, off: &EnforcementOff) -> String {
    let why = match off.reason {
        OffReason::Drift => t.off_by_drift,
        OffReason::Person => t.off_by_person,
    };
    let note = off.note.as_deref().unwrap_or_default();
    format!("{why} {note} · {} {}", t.since, beijing_moment(off.since))
}

fn check_text(t: &Texts, check: &ShiftCheck, now: Micros) -> String {
    let verdict = if !check.passed {
        t.check_failed
    } else if check.holds(now) {
        t.check_passed
    } else {
        t.check_expired
    };
    format!(
        "{verdict} · {} · {} {} · {} {} · {} / {} kg",
        beijing_moment(check.at),
        t.checked_by,
        check.by,
        t.valid_until,
        beijing_moment(check.valid_until),
        thousands(check.shown.shown_kg.get()),
        thousands(check.shown.reference_kg.get()),
    )
}
