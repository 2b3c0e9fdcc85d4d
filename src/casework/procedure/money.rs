//! What is owed and what was paid, in fen (罚款与加处罚款).
//!
//! Where a part of the fine was paid, the surcharge of later days is taken of what is left: the law
//! says "of the fine", and this is the reading better for the party. The whole surcharge stays under
//! the law's cap.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::amount::Why;
use super::facts::Facts;
use super::lists::{RemedyKind, ServedPaper};
use crate::casework::case_file::CaseFile;
use crate::law::{DeadlineKind, LatePayment, NotCounted, NotCountedReason, deadline, surcharge};
use crate::units::Yuan;

/// Fen in a yuan.
const FEN: i64 = 100;

/// Basis points in the whole.
const BASIS: i128 = 10_000;

/// What a case owes on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The fine as the decision stands, fen; zero of an annulled one.
    pub fine_fen: i64,
    /// Paid of it, what was given back taken off.
    pub fine_paid_fen: i64,
    /// The last day on which all or the last part could be paid in time, where it is served.
    pub last_day: Option<NaiveDate>,
    /// The surcharge that has grown, remitted parts taken off.
    pub surcharge_fen: i64,
    /// Paid of it, what was given back taken off.
    pub surcharge_paid_fen: i64,
    /// Days that were counted for it.
    pub days_counted: i64,
    /// Whether the surcharge has reached its cap.
    pub capped: bool,
}

impl Due {
    /// What is still to be paid of the fine, fen.
    pub const fn fine_left_fen(&self) -> i64 {
        self.fine_fen.saturating_sub(self.fine_paid_fen)
    }

    /// What is still to be paid of the surcharge, fen; negative when more was paid than is owed.
    pub const fn surcharge_left_fen(&self) -> i64 {
        self.surcharge_fen.saturating_sub(self.surcharge_paid_fen)
    }

    /// What was paid too much and is to be given back, fen.
    pub fn refund_fen(&self) -> i64 {
        let over = |left: i64| left.saturating_neg().max(0);
        over(self.fine_left_fen()).saturating_add(over(self.surcharge_left_fen()))
    }

    /// Whether nothing is left.
    pub const fn is_paid(&self) -> bool {
        self.fine_left_fen() <= 0 && self.surcharge_left_fen() <= 0
    }
}

/// The last day to pay as the law has it, later payment not regarded; `None` before the service.
pub(super) fn pay_by(case: &CaseFile, facts: &Facts<'_>) -> Result<Option<NaiveDate>, Why> {
    let Some(service) = case.course.service(ServedPaper::Decision) else {
        return Ok(None);
    };
    last_day(facts, DeadlineKind::Pay, pay_from(case, service.served_on)).map(Some)
}

/// The day from which the time to pay runs: the service, or the day on which a remedy changed the decision.
pub(super) fn pay_from(case: &CaseFile, served: NaiveDate) -> NaiveDate {
    let changed = case.course.change().map(|change| change.on);
    changed.map_or(served, |on| on.max(served))
}

/// The last day of a clock in days.
pub(super) fn last_day(
    facts: &Facts<'_>,
    kind: DeadlineKind,
    from: NaiveDate,
) -> Result<NaiveDate, Why> {
    let table = facts.table(from);
    let (Some(table), Some(calendar)) = (table, facts.calendar) else {
        return Err((
            format!(
                "{from}没有可用的法规表或者日历，无法计算“{}”期限",
                kind.zh()
            ),
            format!(
                "no law table or calendar at hand for {from}: {} can't be told",
                kind.en()
            ),
        ));
    };
    deadline(table, calendar, kind, from)
        .map(|deadline| deadline.last_day)
        .map_err(|error| (format!("无法计算“{}”期限", kind.zh()), error.to_string()))
}

/// Days that are not counted: remedies, and later payment that was granted and kept.
pub(super) fn not_counted(case: &CaseFile, pay_by: NaiveDate, day: NaiveDate) -> Vec<NotCounted> {
    let mut spans: Vec<NotCounted> = case
        .course
        .current_remedies()
        .map(|remedy| NotCounted {
            first: remedy.from,
            last: remedy.end.as_ref().map(|end| end.on),
            reason: match remedy.kind {
                RemedyKind::Reconsideration => NotCountedReason::Reconsideration,
                RemedyKind::Lawsuit => NotCountedReason::Lawsuit,
            },
        })
        .collect();
    for deferral in case.course.current_deferrals() {
        let Some(answer) = &deferral.answer else {
            continue;
        };
        let (Some(first), Some(last)) = (pay_by.succ_opt(), kept_until(case, &answer.plan, day))
        else {
            continue;
        };
        // Later payment that was granted late holds from the request on.
        let first = first.max(deferral.asked_on);
        if first <= last {
            spans.push(NotCounted {
                first,
                last: Some(last),
                reason: NotCountedReason::Deferral,
            });
        }
    }
    spans
}

/// Until when a plan was kept: its last day, or the day of the first part that was not paid.
fn kept_until(
    case: &CaseFile,
    plan: &[super::records::Instalment],
    day: NaiveDate,
) -> Option<NaiveDate> {
    let mut asked = 0_i64;
    for part in plan {
        asked = asked.saturating_add(part.fine_fen);
        let paid: i64 = case
            .course
            .valid_payments()
            .filter(|payment| payment.paid_on <= part.last_day)
            .map(|payment| payment.fine_fen)
            .fold(0, i64::saturating_add);
        if part.last_day < day && paid < asked {
            return Some(part.last_day);
        }
    }
    plan.last().map(|part| part.last_day)
}

/// What is owed on a day. A case without a fine owes nothing.
///
/// # Errors
/// What of law or calendar is missing to tell it, in Chinese and English.
pub fn due(case: &CaseFile, facts: &Facts<'_>, day: NaiveDate) -> Result<Due, Why> {
    let fine = case.course.fine_yuan();
    let mut due = Due {
        fine_fen: fine.get().saturating_mul(FEN),
        ..Due::default()
    };
    for payment in case.course.valid_payments() {
        due.fine_paid_fen = due.fine_paid_fen.saturating_add(payment.fine_fen);
        due.surcharge_paid_fen = due.surcharge_paid_fen.saturating_add(payment.surcharge_fen);
    }
    for refund in &case.course.refunds {
        due.fine_paid_fen = due.fine_paid_fen.saturating_sub(refund.fine_fen);
        due.surcharge_paid_fen = due.surcharge_paid_fen.saturating_sub(refund.surcharge_fen);
    }
    if fine == Yuan::ZERO {
        return Ok(due);
    }
    let Some(pay_by) = pay_by(case, facts)? else {
        return Ok(due);
    };
    let spans = not_counted(case, pay_by, day);
    let deferred = spans
        .iter()
        .filter(|span| span.reason == NotCountedReason::Deferral);
    due.last_day = deferred.filter_map(|span| span.last).chain([pay_by]).max();
    if day <= pay_by {
        return Ok(due);
    }
    grow(case, facts, (fine, pay_by, day), spans, &mut due)?;
    let remissions = case.course.remissions.iter();
    let remitted = remissions
        .filter(|one| case.course.is_current(&one.stamp))
        .map(|one| one.fen)
        .fold(0, i64::saturating_add);
    due.surcharge_fen = due.surcharge_fen.saturating_sub(remitted).max(0);
    Ok(due)
}

/// The surcharge, span by span between payments.
fn grow(
    case: &CaseFile,
    facts: &Facts<'_>,
    (fine, pay_by, day): (Yuan, NaiveDate, NaiveDate),
    spans: Vec<NotCounted>,
    due: &mut Due,
) -> Result<(), Why> {
    let table = facts.table(day).ok_or_else(|| {
        (
            format!("{day}没有可用的法规表，无法计算加处罚款"),
            format!("no law table at hand for {day}: the surcharge can't be told"),
        )
    })?;
    let mut late = LatePayment {
        fine,
        last_day_to_pay: pay_by,
        until: day,
        not_counted: spans,
    };
    let whole = surcharge(table, &late)
        .map_err(|error| ("无法计算加处罚款".to_owned(), error.to_string()))?;
    let mut payments: Vec<(NaiveDate, i64)> = case
        .course
        .valid_payments()
        .map(|payment| (payment.paid_on.min(day), payment.fine_fen))
        .collect();
    let refunds = case.course.refunds.iter();
    payments.extend(refunds.map(|refund| (refund.on.min(day), refund.fine_fen.saturating_neg())));
    payments.sort_unstable();
    payments.push((day, 0));
    let mut left = due.fine_fen;
    let (mut counted_before, mut share) = (0_i64, 0_i128);
    for (until, paid) in payments {
        if until > pay_by && left > 0 {
            late.until = until;
            let counted = surcharge(table, &late)
                .map_err(|error| ("无法计算加处罚款".to_owned(), error.to_string()))?
                .days_counted;
            let days = counted.saturating_sub(counted_before).max(0);
            share = share.saturating_add(
                i128::from(days)
                    .saturating_mul(i128::from(left))
                    .saturating_mul(i128::from(whole.per_day_basis_points)),
            );
            counted_before = counted.max(counted_before);
        }
        left = left.saturating_sub(paid);
    }
    let cap = i128::from(due.fine_fen).saturating_mul(i128::from(whole.cap_basis_points));
    due.capped = share >= cap;
    let fen = share.min(cap).div_euclid(BASIS);
    due.surcharge_fen = i64::try_from(fen).unwrap_or(i64::MAX);
    due.days_counted = counted_before;
    Ok(())
}
