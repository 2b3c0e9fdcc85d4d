//! What lists are filtered by, and where they go on.

use crate::units::Micros;

/// Filters of the passage and case lists. Bounds on time are `from <= t < until`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Earliest moment.
    pub from: Option<Micros>,
    /// First moment that is too late.
    pub until: Option<Micros>,
    /// The whole plate.
    pub plate: Option<String>,
    /// Verdict class.
    pub class: Option<String>,
    /// Lane.
    pub lane: Option<i64>,
    /// State.
    pub state: Option<String>,
    /// Of cases: one of the things they are found by, and which.
    pub by: Option<(CaseKey, String)>,
    /// Of passages: the least gross, kg; 60,000 and more.
    pub at_least_kg: Option<i64>,
}

/// What else cases are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKey {
    /// Number of the case (案号).
    Number,
    /// Driver.
    Driver,
    /// Carrier.
    Carrier,
    /// Loading source.
    Source,
    /// The act.
    Act,
    /// One of its officers.
    Officer,
}

/// Where a list goes on: after this row, newest first, by time and then id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// `crossed_at` or `opened_at` of the last row seen.
    pub at: Micros,
    /// Its id.
    pub id: String,
}
