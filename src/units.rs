//! Integer quantities in named units. Nothing here is a float: a figure in a case must be exact.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! unit {
    ($(#[$meta:meta])* $name:ident, $suffix:literal) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);

            /// A quantity of so many units.
            pub const fn new(value: i64) -> Self {
                Self(value)
            }

            /// The number of units.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// Sum, `None` on overflow.
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                match self.0.checked_add(other.0) {
                    Some(value) => Some(Self(value)),
                    None => None,
                }
            }

            /// Sum, held at the ends of the range.
            pub const fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }

            /// Difference, held at the ends of the range.
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }

            /// Magnitude.
            pub const fn abs(self) -> Self {
                Self(self.0.saturating_abs())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{}", $suffix), self.0)
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
                quantities.fold(Self::ZERO, Self::saturating_add)
            }
        }
    };
}

unit!(
    /// Mass in kilograms (千克).
    Kilograms, " kg"
);
unit!(
    /// Length in millimetres (毫米).
    Millimetres, " mm"
);
unit!(
    /// Speed in tenths of km/h.
    TenthKmh, " x 0.1 km/h"
);
unit!(
    /// Acceleration in tenths of m/s²; negative is braking.
    TenthMs2, " x 0.1 m/s²"
);
unit!(
    /// Money in whole yuan (元); the law's amounts have no fen.
    Yuan, " yuan"
);
unit!(
    /// A moment, microseconds since 1970-01-01T00:00:00Z; or a span of time in microseconds.
    Micros, " us"
);

impl Micros {
    /// One second.
    pub const SECOND: Self = Self(1_000_000);

    /// So many milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// So many seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The number of seconds.
    pub const fn in_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// RFC 3339 text in UTC with microseconds, e.g. `2026-11-24T08:15:27.318000Z`.
    /// A moment outside of chrono's years (about +-262,000) is shown as its number.
    pub fn rfc3339(self) -> String {
        chrono::DateTime::from_timestamp_micros(self.0).map_or_else(
            || self.to_string(),
            |moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        )
    }

    /// The moment of an RFC 3339 text, `None` when it is none.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|moment| Self(moment.timestamp_micros()))
    }

    /// The last moment of a day by Beijing time.
    pub fn end_of_beijing_day(day: chrono::NaiveDate) -> Self {
        const AHEAD_US: i64 = 8 * 3_600 * 1_000_000;
        let next = day.succ_opt().unwrap_or(day);
        let midnight = next.and_time(chrono::NaiveTime::MIN).and_utc();
        Self(
            midnight
                .timestamp_micros()
                .saturating_sub(AHEAD_US)
                .saturating_sub(1),
        )
    }

    /// The day by Beijing time (UTC+8, no summer time), by which acts and tables are dated.
    pub fn beijing_day(self) -> chrono::NaiveDate {
        const BEIJING_OFFSET: i64 = 8 * 3_600 * 1_000_000;
        chrono::DateTime::from_timestamp_micros(self.0.saturating_add(BEIJING_OFFSET))
            .map_or(chrono::NaiveDate::MIN, |moment| moment.date_naive())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_beijing_midnight() {
        let before = Micros::from_rfc3339("2024-05-31T15:59:59.999999Z").unwrap();
        assert_eq!(before.beijing_day().to_string(), "2024-05-31");
        assert_eq!(
            Micros(before.get() + 1).beijing_day().to_string(),
            "2024-06-01"
        );
    }

    #[test]
    fn text_of_a_moment_round_trips() {
        let text = "2026-11-24T08:15:27.318000Z";
        assert_eq!(Micros::from_rfc3339(text).unwrap().rfc3339(), text);
        assert_eq!(Micros::from_rfc3339("yesterday"), None);
    }
}
