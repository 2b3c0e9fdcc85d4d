//! Passages, their pictures, and what closing one does to cases.

use serde::Serialize;
use serde_json::Value;

use super::NewCase;
use crate::units::{Kilograms, Micros};

/// A vehicle over a scale, to be made durable at once (称重记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWeighing {
    /// Derived from station, port, the device's sequence and its time.
    pub passage_id: String,
    /// Station code.
    pub station: String,
    /// Lane number, 1 and up.
    pub lane: i64,
    /// Port name.
    pub port: String,
    /// `dynamic` or `platform`.
    pub kind: &'static str,
    /// When the first axle crossed.
    pub crossed_at: Micros,
    /// Gross, kg.
    pub gross_kg: Kilograms,
    /// Number of axles; 0 when the scale doesn't say.
    pub axle_count: i64,
    /// Verdict class (`clear`, `warning`, `overloaded`, `hundred_ton`), `None` without a verdict.
    pub class: Option<String>,
    /// Overage by the table's enforcement mass, kg.
    pub overage_kg: Option<Kilograms>,
    /// SHA-256 of the raw bytes behind the record, hex. The same id with another digest is a fault.
    pub raw_digest: String,
    /// Everything: axles, flags, verdict with derivation, raw bytes.
    pub body: Value,
}

/// What became of a [`NewWeighing`]. In every case it is durable when this is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Stored, with the number of its journal entry.
    New {
        /// Journal sequence.
        sequence: i64,
    },
    /// The same id with the same bytes was there: a retransmission, stored once.
    Retransmission {
        /// The id under which it is stored: its own, or the one it got as a conflicting record.
        passage_id: String,
    },
    /// The same id with other bytes was there: both are kept, this one under `passage_id` with
    /// the flag `record_conflict` in its row.
    Conflict {
        /// The id under which this record was stored.
        passage_id: String,
        /// Journal sequence.
        sequence: i64,
    },
}

/// A picture that is durable already and belongs to a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureReference {
    /// SHA-256 of the file, hex; also its name in the picture store.
    pub sha256: String,
    /// `front`, `rear`, `plate`, ...
    pub view: String,
    /// Size of the file.
    pub bytes: i64,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// When it was taken.
    pub taken_at: Micros,
}

/// A passage whose reads are all in (过车记录归档), with the case it opens, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClosing {
    /// The weighing this closes.
    pub passage_id: String,
    /// When it was closed.
    pub closed_at: Micros,
    /// Plate that association let through, `None` when there is none or it is ambiguous.
    pub plate: Option<String>,
    /// `matched`, `ambiguous` or `missing`.
    pub plate_state: &'static str,
    /// Whether a penalty may rest on it: no link of the chain is missing.
    pub enforceable: bool,
    /// Verdict class, judged again with what is now known.
    pub class: Option<String>,
    /// Overage likewise, kg.
    pub overage_kg: Option<Kilograms>,
    /// Pictures, durable before this is handed in.
    pub pictures: Vec<PictureReference>,
    /// Everything: association, candidates, verdict, reasons why it can't become a penalty.
    pub body: Value,
    /// What casework decided to do with it.
    pub case: CaseEffect,
}

/// What closing a passage does to cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseEffect {
    /// Nothing.
    None,
    /// Opens a case.
    Open(NewCase),
    /// Adds the passage to an open case of the same act.
    Attach {
        /// The case.
        case_id: String,
        /// Body of the case's journal entry.
        body: Value,
    },
}

/// What recovery needs to know of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPassage {
    /// SHA-256 of the record's bytes, hex.
    pub raw_digest: String,
    /// Whether it is closed.
    pub closed: bool,
}

/// One passage as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PassageRow {
    /// Passage id.
    pub passage_id: String,
    /// Station code.
    pub station: String,
    /// Lane number.
    pub lane: i64,
    /// Port name.
    pub port: String,
    /// `dynamic` or `platform`.
    pub kind: String,
    /// Microseconds UTC.
    pub crossed_at: i64,
    /// kg.
    pub gross_kg: i64,
    /// Number of axles.
    pub axle_count: i64,
    /// Verdict class.
    pub class: Option<String>,
    /// kg.
    pub overage_kg: Option<i64>,
    /// `weighed` or `closed`.
    pub state: String,
    /// Plate.
    pub plate: Option<String>,
    /// `matched`, `ambiguous`, `missing`; `None` until closed.
    pub plate_state: Option<String>,
    /// 1 when enforceable, 0 when not, `None` until closed.
    pub enforceable: Option<i64>,
    /// 1 when another record came under the same key with other bytes.
    pub record_conflict: i64,
    /// Journal sequence of the weighing.
    pub weighing_sequence: i64,
    /// Journal sequence of the closing.
    pub closing_sequence: Option<i64>,
    /// The case it belongs to.
    pub case_id: Option<String>,
}

/// A picture of a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PictureRow {
    /// Passage id.
    pub passage_id: String,
    /// SHA-256 of the file, hex; also its name in the picture store.
    pub sha256: String,
    /// `front`, `rear`, `plate`, ...
    pub view: String,
    /// Size of the file.
    pub bytes: i64,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// Microseconds UTC.
    pub taken_at: i64,
}
