//! The surcharge on a fine that is paid late (加处罚款): so much of the fine for each day, never
//! more than the cap.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::derivation::Citation;
use super::table::{BASIS, Table};
use crate::units::Yuan;

/// Years a payment may be in; another is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9000;

/// The largest fine that is believed, in yuan.
const LARGEST_FINE: i64 = 1_000_000_000;

/// Fen in a yuan.
const FEN: i64 = 100;

/// Why days are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCountedReason {
    /// Reconsideration is pending (行政复议期间).
    Reconsideration,
    /// A lawsuit is pending (行政诉讼期间).
    Lawsuit,
    /// Later payment or instalments were approved (延期、分期缴纳).
    Deferral,
}

impl NotCountedReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Reconsideration, Self::Lawsuit, Self::Deferral];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reconsideration => "reconsideration",
            Self::Lawsuit => "lawsuit",
            Self::Deferral => "deferral",
        }
    }
}

/// Days that are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotCounted {
    /// The first of them.
    pub first: NaiveDate,
    /// The last of them; `None` = it still goes on.
    pub last: Option<NaiveDate>,
    /// Why.
    pub reason: NotCountedReason,
}

/// A fine that is paid late, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatePayment {
    /// The fine, 1 to 1,000,000,000 yuan.
    pub fine: Yuan,
    /// The last day on which it could be paid in time (缴纳期限).
    pub last_day_to_pay: NaiveDate,
    /// The day it was paid, or the day asked about. It counts: a fine paid one day late is one day
    /// late.
    pub until: NaiveDate,
    /// Spans that are not counted, in any order; where they overlap, a day is left out once.
    pub not_counted: Vec<NotCounted>,
}

/// Why a surcharge could not be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SurchargeError {
    /// The table has no figures of the procedure.
    #[error("table {table} has no figures of the procedure: give it a section [procedure]")]
    NoProcedure {
        /// Id of the table.
        table: String,
    },
    /// The figures hold only from a later day.
    #[error("surcharge: the figures hold from {valid_from} on, {day} is before that")]
    NotYetInForce {
        /// The first day of delay.
        day: NaiveDate,
        /// The first day of the figures.
        valid_from: NaiveDate,
    },
    /// No fine, or one beyond belief.
    #[error("a fine of {yuan} yuan: it must be 1 to 1000000000")]
    FineOutOfRange {
        /// The fine, yuan.
        yuan: i64,
    },
    /// A day so far off that it must be wrong.
    #[error("{day} is outside of the years 1900 to 9000")]
    DayOutOfRange {
        /// The day.
        day: NaiveDate,
    },
    /// A span that ends before it begins.
    #[error("the days not counted end on {last}, before they begin on {first}")]
    SpanUpsideDown {
        /// First day.
        first: NaiveDate,
        /// Last day.
        last: NaiveDate,
    },
}

/// A surcharge and how it was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surcharge {
    /// The fine.
    pub fine: Yuan,
    /// The last day on which it could be paid in time.
    pub last_day_to_pay: NaiveDate,
    /// The day up to which was counted, itself counted.
    pub until: NaiveDate,
    /// Days of delay: those after the last day to pay, up to and with `until`.
    pub days_late: i64,
    /// Of these, not counted.
    pub days_not_counted: i64,
    /// Of these, counted.
    pub days_counted: i64,
    /// Why days were not counted: the reasons that took at least one day.
    pub reasons: Vec<NotCountedReason>,
    /// Share of the fine for each day, in hundredths of a per cent.
    pub per_day_basis_points: i64,
    /// Cap as share of the fine, in hundredths of a per cent.
    pub cap_basis_points: i64,
    /// The surcharge, in fen.
    pub amount_fen: i64,
    /// Whether it has reached its cap.
    pub capped: bool,
    /// The day on which it reaches its cap, by the spans known; `None` while one still goes on and
    /// keeps it from that.
    pub cap_reached_on: Option<NaiveDate>,
    /// Where it stands in the law.
    pub article: Citation,
}

impl Surcharge {
    /// The surcharge in yuan with two decimals, such as `735.00`.
    pub fn amount_text(&self) -> String {
        yuan_text(self.amount_fen)
    }
}

/// An amount of fen in yuan with two decimals, such as `735.00`.
pub fn yuan_text(fen: i64) -> String {
    format!("{}.{:02}", fen.div_euclid(FEN), fen.rem_euclid(FEN))
}

/// A share of a fine in whole fen; what is less than a fen is dropped, once, from the whole amount.
///
/// At 3 % a day a fine in whole yuan gives whole fen, so nothing is ever dropped; should a table
/// name a finer share, a party is not asked for a part of a fen that nobody can pay.
pub fn whole_fen_down(fine: Yuan, basis_points: i64) -> i64 {
    let share = i128::from(fine.get())
        .saturating_mul(i128::from(FEN))
        .saturating_mul(i128::from(basis_points));
    let fen = share.div_euclid(i128::from(BASIS));
    i64::try_from(fen.max(i64::MIN.into())).unwrap_or(i64::MAX)
}

/// The surcharge on a fine that is paid late, by the figures of a table.
pub fn surcharge(table: &Table, late: &LatePayment) -> Result<Surcharge, SurchargeError> {
    let procedure = table
        .procedure()
        .ok_or_else(|| SurchargeError::NoProcedure {
            table: table.id().to_owned(),
        })?;
    check(late)?;
    let first = next(late.last_day_to_pay).ok_or(SurchargeError::DayOutOfRange {
        day: late.last_day_to_pay,
    })?;
    if first < procedure.valid_from {
        return Err(SurchargeError::NotYetInForce {
            day: first,
            valid_from: procedure.valid_from,
        });
    }
    let figures = &procedure.surcharge;
    let (per_day, cap) = (
        figures.per_day_basis_points.value,
        figures.cap_basis_points.value,
    );
    let spans = merged(&late.not_counted);
    let days_late = days(first, late.until);
    let days_not_counted = spans
        .iter()
        .map(|span| span.days_within(first, late.until))
        .fold(0, i64::saturating_add);
    let days_counted = days_late.saturating_sub(days_not_counted);
    let days_to_cap = days_to_reach(cap, per_day);
    let share = per_day.saturating_mul(days_counted).min(cap);
    let mut reasons: Vec<NotCountedReason> = late
        .not_counted
        .iter()
        .filter(|span| Span::of(span).days_within(first, late.until) > 0)
        .map(|span| span.reason)
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    Ok(Surcharge {
        fine: late.fine,
        last_day_to_pay: late.last_day_to_pay,
        until: late.until,
        days_late,
        days_not_counted,
        days_counted,
        reasons,
        per_day_basis_points: per_day,
        cap_basis_points: cap,
        amount_fen: whole_fen_down(late.fine, share),
        capped: days_counted >= days_to_cap,
        cap_reached_on: counted_day(first, days_to_cap, &spans),
        article: figures.article.clone(),
    })
}

fn check(late: &LatePayment) -> Result<(), SurchargeError> {
    let yuan = late.fine.get();
    if !(1..=LARGEST_FINE).contains(&yuan) {
        return Err(SurchargeError::FineOutOfRange { yuan });
    }
    let spans = late.not_counted.iter();
    let days = spans.flat_map(|span| [Some(span.first), span.last]);
    let days = days.flatten().chain([late.last_day_to_pay, late.until]);
    for day in days {
        if !YEARS.contains(&day.year()) {
            return Err(SurchargeError::DayOutOfRange { day });
        }
    }
    for span in &late.not_counted {
        if let Some(last) = span.last
            && last < span.first
        {
            let first = span.first;
            return Err(SurchargeError::SpanUpsideDown { first, last });
        }
    }
    Ok(())
}

fn next(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))
}

/// Days from `first` up to and with `last`; 0 when `last` is before `first`.
fn days(first: NaiveDate, last: NaiveDate) -> i64 {
    let between = last.signed_duration_since(first).num_days();
    between.saturating_add(1).max(0)
}

/// How many days it takes until so much a day reaches the cap.
fn days_to_reach(cap: i64, per_day: i64) -> i64 {
    let short_of_one_more = cap.saturating_add(per_day).saturating_sub(1);
    short_of_one_more.checked_div(per_day).unwrap_or(i64::MAX)
}

/// Days from the first to the last, both with it; without a last it never ends.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: NaiveDate,
    last: Option<NaiveDate>,
}

impl Span {
    const fn of(span: &NotCounted) -> Self {
        Self {
            first: span.first,
            last: span.last,
        }
    }

    /// How many of its days are from `first` up to and with `last`.
    fn days_within(self, first: NaiveDate, last: NaiveDate) -> i64 {
        let end = self.last.map_or(last, |end| end.min(last));
        days(self.first.max(first), end)
    }
}

/// The spans without overlaps, ascending.
fn merged(spans: &[NotCounted]) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.iter().map(Span::of).collect();
    spans.sort_unstable_by_key(|span| span.first);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(before) if before.last.is_none_or(|last| span.first <= last) => {
                before.last = before
                    .last
                    .zip(span.last)
                    .map(|(one, other)| one.max(other));
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// The `number`-th day from `first` on that is in no span. `None` when a span that never ends, or
/// the end of all days, comes first.
fn counted_day(first: NaiveDate, number: i64, spans: &[Span]) -> Option<NaiveDate> {
    let (mut day, mut left) = (first, number);
    for span in spans {
        let before = span.first.signed_duration_since(day).num_days().max(0);
        if before >= left {
            break;
        }
        left = left.saturating_sub(before);
        let after = next(span.last?)?;
        day = day.max(after);
    }
    let more = u64::try_from(left.saturating_sub(1)).ok()?;
    day.checked_add_days(Days::new(more))
}
