//! Conditions of reminder and enforcement (催告与强制执行).

use chrono::NaiveDate;

use super::checks::{Found, View, no};
use super::facts::Facts;
use super::lists::{RemedyKind, ServedPaper};
use super::money::{due, last_day, not_counted, pay_by};
use super::records::EnforcementStep;
use crate::casework::case_file::CaseFile;
use crate::law::{DeadlineKind, LatePayment, surcharge};

pub(super) fn overdue(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let due = due(case, facts, today)?;
    if due.is_paid() {
        return no("已缴清", "all is paid");
    }
    match due.last_day {
        Some(last) if today > last => Ok(()),
        Some(last) => no(
            format!("缴款期限至{last}，尚未届满"),
            format!("the time to pay ends on {last}"),
        ),
        None => no("决定书尚未送达", "the decision was not served"),
    }
}

pub(super) fn reminder_over(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let course = &case.course;
    let reminder = course.reminder();
    let service = course.service(ServedPaper::Reminder);
    let served = service
        .zip(reminder)
        .filter(|(service, reminder)| service.stamp.at >= reminder.stamp.at);
    let Some((service, _)) = served else {
        return no("催告书尚未送达", "the reminder was not served");
    };
    let last = last_day(facts, DeadlineKind::Reminder, service.served_on)?;
    if today > last {
        return Ok(());
    }
    no(
        format!("催告期至{last}，尚未届满"),
        format!("the time of the reminder ends on {last}"),
    )
}

/// The day on which the times for remedies are over, or the last remedy ended.
pub(super) fn remedies_end(
    case: &CaseFile,
    facts: &Facts<'_>,
) -> Result<Option<NaiveDate>, (String, String)> {
    let course = &case.course;
    let Some(service) = course.service(ServedPaper::Decision) else {
        return Ok(None);
    };
    let ended = course.current_remedies().filter_map(|remedy| {
        let on = remedy.end.as_ref()?.on;
        // After reconsideration the party may still sue.
        let more = match remedy.kind {
            RemedyKind::Reconsideration => facts.settings.lawsuit_after_reconsideration_days,
            RemedyKind::Lawsuit => 0,
        };
        on.checked_add_days(chrono::Days::new(more.into()))
    });
    if let Some(ended) = ended.max() {
        return Ok(Some(ended));
    }
    let review = last_day(facts, DeadlineKind::Reconsideration, service.served_on)?;
    let lawsuit = last_day(facts, DeadlineKind::Lawsuit, service.served_on)?;
    Ok(Some(review.max(lawsuit)))
}

pub(super) fn remedies_over(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let Some(end) = remedies_end(case, facts)? else {
        return no("决定书尚未送达", "the decision was not served");
    };
    if today <= end {
        return no(
            format!("复议、诉讼期限至{end}，尚未届满"),
            format!("the times for remedies end on {end}"),
        );
    }
    let last = last_day(facts, DeadlineKind::CourtApplication, end)?;
    if today > last {
        return no(
            format!("申请法院强制执行的期限至{last}，已届满"),
            format!("the time to apply to the court ended on {last}"),
        );
    }
    Ok(())
}

pub(super) fn surcharge_ran(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let Some(pay_by) = pay_by(case, facts)? else {
        return no("决定书尚未送达", "the decision was not served");
    };
    let (Some(table), Some(calendar)) = (facts.table(today), facts.calendar) else {
        return no("没有可用的法规表", "no law table is at hand");
    };
    let kind = DeadlineKind::SurchargeBeforeEnforcement;
    let late = LatePayment {
        fine: case.course.fine_yuan(),
        last_day_to_pay: pay_by,
        until: today,
        not_counted: not_counted(case, pay_by, today),
    };
    let needed = crate::law::deadline(table, calendar, kind, pay_by);
    match (needed, surcharge(table, &late)) {
        (Ok(needed), Ok(grown)) if grown.days_counted > i64::from(needed.counted) => Ok(()),
        (Ok(needed), Ok(grown)) => no(
            format!(
                "加处罚款已计{}日，须超过{}日",
                grown.days_counted, needed.counted
            ),
            format!(
                "the surcharge has run for {} days, more than {} are needed",
                grown.days_counted, needed.counted
            ),
        ),
        (Err(error), _) => no("无法计算加处罚款期限", error.to_string()),
        (_, Err(error)) => no("无法计算加处罚款", error.to_string()),
    }
}

/// Remedies and their clocks, which begin with the service of the decision.
pub(super) const REMEDIES: [(RemedyKind, DeadlineKind); 2] = [
    (RemedyKind::Reconsideration, DeadlineKind::Reconsideration),
    (RemedyKind::Lawsuit, DeadlineKind::Lawsuit),
];

/// Whether the court was applied to.
pub(super) fn applied_to_court(case: &CaseFile) -> bool {
    let mut steps = case.course.current_enforcement();
    steps.any(|step| step.step == EnforcementStep::CourtApplication)
}
