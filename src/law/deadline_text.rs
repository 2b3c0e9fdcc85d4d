//! The sentences of clocks and surcharges, Chinese and English, made when somebody reads them.

use chrono::{DateTime, Datelike, NaiveDate};

use super::deadline::{Deadline, DeadlineStatus};
use super::surcharge::{NotCountedReason, Surcharge};
use crate::units::Micros;

/// A day as Chinese documents write it: 2026年2月14日.
fn day_zh(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A moment by Beijing time, such as `2026-02-14 08:30:00.000001`.
fn beijing(moment: Micros) -> String {
    const OFFSET: Micros = Micros::from_seconds(8 * 3_600);
    let shifted = moment.saturating_add(OFFSET).get();
    DateTime::from_timestamp_micros(shifted).map_or_else(
        || moment.to_string(),
        |moment| moment.format("%Y-%m-%d %H:%M:%S%.f").to_string(),
    )
}

fn years(years: &[i32], separator: &str) -> String {
    let texts: Vec<String> = years.iter().map(i32::to_string).collect();
    texts.join(separator)
}

impl Deadline {
    /// The clock as a Chinese sentence, without its article.
    pub fn text_zh(&self) -> String {
        let (name, start) = (self.kind.zh(), self.kind.start_zh());
        let (counted, unit) = (self.counted, self.unit.zh());
        let (from, last) = (day_zh(self.from), day_zh(self.last_day));
        let mut text = match (self.from_moment, self.last_moment) {
            (Some(first), Some(end)) => format!(
                "{name}：自{start}（北京时间{}）起{counted}{unit}，至北京时间{}止",
                beijing(first),
                beijing(end)
            ),
            _ if self.before => {
                format!("{name}：不迟于{start}之日（{from}）前第{counted}{unit}，即{last}")
            }
            _ => match self.rolled_from {
                Some(rest) => format!(
                    "{name}：自{start}之日（{from}）的次日起算{counted}{unit}，{}为休息日，顺延至{last}止",
                    day_zh(rest)
                ),
                None => {
                    format!("{name}：自{start}之日（{from}）的次日起算{counted}{unit}，至{last}止")
                }
            },
        };
        if !self.assumed_years.is_empty() {
            let years = years(&self.assumed_years, "、");
            text.push_str(&format!(
                "（未导入{years}年节假日安排，暂按周一至周五为工作日计算）"
            ));
        }
        text
    }

    /// The clock as an English sentence, without its article.
    pub fn text_en(&self) -> String {
        let (name, start) = (self.kind.en(), self.kind.start_en());
        let (counted, unit) = (self.counted, self.unit.en());
        let (from, last) = (self.from, self.last_day);
        let mut text = match (self.from_moment, self.last_moment) {
            (Some(first), Some(end)) => format!(
                "{name}: {counted} {unit} from {start} ({} Beijing time), until {} Beijing time",
                beijing(first),
                beijing(end)
            ),
            _ if self.before => {
                format!("{name}: at least {counted} {unit} before {start} ({from}), so by {last}")
            }
            _ => {
                let rolled = match self.rolled_from {
                    Some(rest) => format!(", moved from {rest}, a rest day"),
                    None => String::new(),
                };
                format!(
                    "{name}: {counted} {unit} from the day after {start} ({from}), until {last}{rolled}"
                )
            }
        };
        if !self.assumed_years.is_empty() {
            let years = years(&self.assumed_years, ", ");
            text.push_str(&format!(
                " (no holiday calendar for {years}: Monday to Friday were taken as working days)"
            ));
        }
        text
    }
}

impl DeadlineStatus {
    /// In Chinese.
    pub fn text_zh(self) -> String {
        match self {
            Self::NotDue { days_left } => format!("距届满还有{days_left}日"),
            Self::DueToday => "今日届满".to_owned(),
            Self::Expired { days: 0 } => "已于今日届满".to_owned(),
            Self::Expired { days } => format!("已逾期{days}日"),
        }
    }

    /// In English.
    pub fn text_en(self) -> String {
        match self {
            Self::NotDue { days_left: 1 } => "1 day left".to_owned(),
            Self::NotDue { days_left } => format!("{days_left} days left"),
            Self::DueToday => "due today".to_owned(),
            Self::Expired { days: 0 } => "expired earlier today".to_owned(),
            Self::Expired { days: 1 } => "expired 1 day ago".to_owned(),
            Self::Expired { days } => format!("expired {days} days ago"),
        }
    }
}

impl NotCountedReason {
    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Reconsideration => "行政复议",
            Self::Lawsuit => "行政诉讼",
            Self::Deferral => "批准延期、分期缴纳",
        }
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Reconsideration => "reconsideration",
            Self::Lawsuit => "lawsuit",
            Self::Deferral => "approved deferral or instalments",
        }
    }
}

/// Basis points as per cent: 300 is `3`, 25 is `0.25`.
fn percent(basis_points: i64) -> String {
    let (whole, part) = (basis_points.div_euclid(100), basis_points.rem_euclid(100));
    let text = format!("{whole}.{part:02}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Surcharge {
    /// The surcharge as a Chinese sentence, without its article.
    pub fn text_zh(&self) -> String {
        let mut text = format!(
            "罚款{}元，缴纳期限至{}，计至{}逾期{}日",
            self.fine.get(),
            day_zh(self.last_day_to_pay),
            day_zh(self.until),
            self.days_late
        );
        if self.days_not_counted > 0 {
            let reasons: Vec<&str> = self.reasons.iter().map(|reason| reason.zh()).collect();
            text.push_str(&format!(
                "，其中{}日因{}不予计算",
                self.days_not_counted,
                reasons.join("、")
            ));
        }
        text.push_str(&format!(
            "，计{}日，每日加处{}%：加处罚款{}元",
            self.days_counted,
            percent(self.per_day_basis_points),
            self.amount_text()
        ));
        match self.cap_reached_on {
            Some(day) if self.capped => text.push_str(&format!(
                "，已于{}达到上限（罚款数额的{}%），不再增加",
                day_zh(day),
                percent(self.cap_basis_points)
            )),
            Some(day) => text.push_str(&format!("，照此至{}达到上限", day_zh(day))),
            None => {}
        }
        text
    }

    /// The surcharge as an English sentence, without its article.
    pub fn text_en(&self) -> String {
        let mut text = format!(
            "fine of {} yuan, to be paid by {}, {} days late on {}",
            self.fine.get(),
            self.last_day_to_pay,
            self.days_late,
            self.until
        );
        if self.days_not_counted > 0 {
            let reasons: Vec<&str> = self.reasons.iter().map(|reason| reason.en()).collect();
            text.push_str(&format!(
                ", {} of them not counted ({})",
                self.days_not_counted,
                reasons.join(", ")
            ));
        }
        text.push_str(&format!(
            ": {} days at {} % a day, a surcharge of {} yuan",
            self.days_counted,
            percent(self.per_day_basis_points),
            self.amount_text()
        ));
        match self.cap_reached_on {
            Some(day) if self.capped => text.push_str(&format!(
                "; the cap of {} % of the fine was reached on {day}, it grows no more",
                percent(self.cap_basis_points)
            )),
            Some(day) => text.push_str(&format!("; it would reach its cap on {day}")),
            None => {}
        }
        text
    }
}
