//! The clocks of a case that run (期限): when each ends and how near that is.

use chrono::NaiveDate;
use serde::Serialize;

use super::checks::{answer_by, decide_by, decide_from, is_open};
use super::enforcing::{REMEDIES, applied_to_court, remedies_end};
use super::facts::{Facts, VehicleHold};
use super::lists::{CaseSubject, Procedure, ServedPaper, TrackKind};
use super::money::{due, pay_from};
use super::track::TrackState;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{
    Deadline, DeadlineKind, DeadlineStatus, EnforcementMode, Moment, TimeUnit, deadline,
};
use crate::units::Micros;

closed_list! {
    /// How near the end of a clock is (提醒级别).
    WarningLevel {
        /// Far off.
        Quiet = "quiet", "正常", "quiet";
        /// Within the days of the setting.
        Soon = "soon", "即将到期", "soon";
        /// Today.
        Today = "today", "今日到期", "due today";
        /// It ran out.
        Expired = "expired", "已逾期", "expired";
    }
}

/// A clock that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// Which.
    pub kind: DeadlineKind,
    /// Of which of the four penalties, where it is one of theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<TrackKind>,
    /// The day it is counted from.
    pub from: NaiveDate,
    /// The last day in time.
    pub last_day: NaiveDate,
    /// The last moment in time, for a clock in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_moment: Option<Micros>,
    /// How it stands.
    pub status: DeadlineStatus,
    /// How near its end is.
    pub level: WarningLevel,
    /// As a Chinese sentence.
    pub zh: String,
    /// As an English sentence.
    pub en: String,
}

impl Clock {
    /// The moment after which it is late.
    pub fn due_at(&self) -> Micros {
        self.last_moment
            .unwrap_or_else(|| Micros::end_of_beijing_day(self.last_day))
    }
}

/// A clock that can't be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Untold {
    /// Which.
    pub kind: DeadlineKind,
    /// Why, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// All clocks of a case that run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Clocks {
    /// In the order in which they end.
    pub running: Vec<Clock>,
    /// Those that can't be told, with why.
    pub untold: Vec<Untold>,
}

impl Clocks {
    /// The one that ends next, of those in which somebody of the authority must act.
    pub fn next(&self) -> Option<&Clock> {
        self.running.iter().find(|clock| is_ours(clock.kind))
    }
}

/// Whether the authority must act by then; the others are the party's times.
const fn is_ours(kind: DeadlineKind) -> bool {
    !matches!(
        kind,
        DeadlineKind::HearingRequest
            | DeadlineKind::OffSiteAnswer
            | DeadlineKind::Reconsideration
            | DeadlineKind::Lawsuit
            | DeadlineKind::Reminder
            | DeadlineKind::SurchargeBeforeEnforcement
    )
}

struct Running<'a> {
    facts: &'a Facts<'a>,
    now: Micros,
    clocks: Clocks,
}

impl Running<'_> {
    fn start(&mut self, kind: DeadlineKind, from: impl Into<Moment>) {
        self.start_of(kind, None, from, None);
    }

    fn start_of(
        &mut self,
        kind: DeadlineKind,
        track: Option<TrackKind>,
        from: impl Into<Moment>,
        last: Option<NaiveDate>,
    ) {
        let from = from.into();
        let day = from.day();
        let (Some(table), Some(calendar)) = (self.facts.table(day), self.facts.calendar) else {
            return self.clocks.untold.push(Untold {
                kind,
                zh: format!("{day}没有可用的法规表或者日历"),
                en: format!("no law table or calendar at hand for {day}"),
            });
        };
        match deadline(table, calendar, kind, from) {
            Ok(mut found) => {
                if let Some(last) = last {
                    found.last_day = last;
                }
                self.push(&found, track);
            }
            Err(error) => self.clocks.untold.push(Untold {
                kind,
                zh: format!("“{}”无法计算", kind.zh()),
                en: error.to_string(),
            }),
        }
    }

    fn push(&mut self, found: &Deadline, track: Option<TrackKind>) {
        let status = match found.unit {
            TimeUnit::Hours => found.status(self.now),
            _ => found.status(self.now.beijing_day()),
        };
        let level = match status {
            DeadlineStatus::Expired { .. } => WarningLevel::Expired,
            DeadlineStatus::DueToday => WarningLevel::Today,
            DeadlineStatus::NotDue { days_left }
                if days_left <= i64::from(self.facts.settings.warn_days) =>
            {
                WarningLevel::Soon
            }
            DeadlineStatus::NotDue { .. } => WarningLevel::Quiet,
        };
        self.clocks.running.push(Clock {
            kind: found.kind,
            track,
            from: found.from,
            last_day: found.last_day,
            last_moment: found.last_moment,
            status,
            level,
            zh: found.text_zh(),
            en: found.text_en(),
        });
    }
}

/// The clocks of a case that run at a moment.
pub fn clocks(case: &CaseFile, facts: &Facts<'_>, now: Micros) -> Clocks {
    let mut running = Running {
        facts,
        now,
        clocks: Clocks::default(),
    };
    before_the_decision(case, &mut running);
    after_the_decision(case, &mut running);
    hold(facts, &mut running);
    for (kind, track) in case.tracks.all() {
        if let (TrackState::Notified, Some(on)) = (track.state, track.notified_on)
            && track.hearing_waived_on.is_none()
        {
            running.start_of(DeadlineKind::HearingRequest, Some(kind), on, None);
        }
    }
    let mut clocks = running.clocks;
    clocks
        .running
        .sort_by_key(|clock| (clock.due_at(), clock.kind));
    clocks
}

fn before_the_decision(case: &CaseFile, running: &mut Running<'_>) {
    let course = &case.course;
    match case.state {
        CaseState::AwaitingFirstReview | CaseState::AwaitingSecondReview => {
            running.start(DeadlineKind::OffSiteReview, case.act_at);
            running.start(DeadlineKind::Prescription, case.act_at.beijing_day());
        }
        CaseState::Confirmed | CaseState::Registered => {
            running.start(DeadlineKind::Prescription, case.act_at.beijing_day());
        }
        _ => {}
    }
    let is_undecided = |state| {
        matches!(
            state,
            CaseState::Filed
                | CaseState::Investigated
                | CaseState::Notified
                | CaseState::Hearing
                | CaseState::LegalReview
                | CaseState::ReadyToDecide
        )
    };
    if let Some(filed) = course.filed_at.filter(|_| is_undecided(case.state)) {
        let extended = course.extension.as_ref();
        let last = decide_by(case, running.facts).ok().flatten();
        let last = last.filter(|_| extended.is_some());
        running.start_of(DeadlineKind::Decide, None, decide_from(case, filed), last);
    }
    if case.state == CaseState::Notified
        && let Some((notice, service)) = course.notice().zip(course.notice_service())
    {
        answer(case, running, service.served_on);
        let held = course
            .hearing()
            .is_some_and(|hearing| hearing.asked_on >= service.served_on);
        if notice.hearing_right && !held {
            running.start(DeadlineKind::HearingRequest, service.served_on);
        }
    }
    if case.state == CaseState::Hearing
        && let Some(hearing) = course.hearing().filter(|hearing| is_open(hearing))
        && let Some(told) = hearing.notices.last()
    {
        running.start(DeadlineKind::HearingNotice, told.day);
    }
}

fn answer(case: &CaseFile, running: &mut Running<'_>, served: NaiveDate) {
    if case.mode == Some(EnforcementMode::OffSite) {
        return running.start(DeadlineKind::OffSiteAnswer, served);
    }
    // A time of the settings has no clock of the law's; it is told as the off-site one's end.
    if let Ok(last) = answer_by(case, running.facts, served) {
        running.start_of(DeadlineKind::OffSiteAnswer, None, served, Some(last));
    }
}

fn after_the_decision(case: &CaseFile, running: &mut Running<'_>) {
    let course = &case.course;
    if let Some(decision) = &course.decision {
        if case.state == CaseState::Decided {
            running.start(DeadlineKind::Service, decision.day);
        }
        if case.procedure == Some(Procedure::Simplified)
            && course.reported_on.is_none()
            && case.state != CaseState::Annulled
        {
            running.start(DeadlineKind::SimplifiedReport, decision.day);
        }
    }
    if let Some(service) = course.service(ServedPaper::Decision)
        && case.state != CaseState::Annulled
    {
        payment(case, running, service.served_on);
        if course.current_remedies().next().is_none() {
            for (_, kind) in REMEDIES {
                // The party's times end silently: what is over is no warning to anybody.
                let last = super::money::last_day(running.facts, kind, service.served_on);
                if last.is_ok_and(|last| running.now.beijing_day() <= last) {
                    running.start(kind, service.served_on);
                }
            }
        }
    }
    if let (CaseState::Closed, None, Some(closed)) =
        (case.state, course.passed_on, course.closed_at)
        && case.subject == CaseSubject::Vehicle
    {
        running.start(DeadlineKind::PassOn, closed.beijing_day());
    }
    if let Some(on) = course.publication_to_withdraw() {
        running.start(DeadlineKind::PublicationWithdrawal, on);
    }
    for (_, collection, payment) in course.valid_collections() {
        match (&collection.handed_in, &collection.banked) {
            (None, _) => running.start(DeadlineKind::CollectedFineHandIn, payment.paid_on),
            (Some(handed_in), None) => {
                running.start(DeadlineKind::CollectedFineToBank, handed_in.on);
            }
            (Some(_), Some(_)) => {}
        }
    }
}

fn payment(case: &CaseFile, running: &mut Running<'_>, served: NaiveDate) {
    let course = &case.course;
    if !matches!(case.state, CaseState::Served | CaseState::Enforcing) {
        return;
    }
    let day = running.now.beijing_day();
    let last = due(case, running.facts, day)
        .ok()
        .and_then(|due| due.last_day);
    running.start_of(DeadlineKind::Pay, None, pay_from(case, served), last);
    if case.state != CaseState::Enforcing {
        return;
    }
    if let Some(reminder) = course.service(ServedPaper::Reminder) {
        running.start(DeadlineKind::Reminder, reminder.served_on);
    }
    if let Some(last) = last {
        running.start(DeadlineKind::SurchargeBeforeEnforcement, last);
    }
    if !applied_to_court(case)
        && course.pending_remedy().is_none()
        && let Ok(Some(end)) = remedies_end(case, running.facts)
    {
        running.start(DeadlineKind::CourtApplication, end);
    }
}

fn hold(facts: &Facts<'_>, running: &mut Running<'_>) {
    let Some(VehicleHold::Held { since, extended }) = facts.vehicle else {
        return;
    };
    if !extended {
        return running.start(DeadlineKind::VehicleHold, since);
    }
    match super::money::last_day(facts, DeadlineKind::VehicleHold, since) {
        Ok(first_end) => running.start(DeadlineKind::VehicleHoldExtension, first_end),
        Err((zh, en)) => running.clocks.untold.push(Untold {
            kind: DeadlineKind::VehicleHoldExtension,
            zh,
            en,
        }),
    }
}
