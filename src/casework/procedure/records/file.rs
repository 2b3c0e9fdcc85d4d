//! What is in the file from the beginning: who handles it, whom it is about, notes, papers, where the load came from.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::{AttachmentKind, PartyKind, RecordKind, SourceFinding};
use super::Stamp;

/// An officer of the case (承办人).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseOfficer {
    /// User name.
    pub user: String,
    /// Number of the enforcement licence (执法证号).
    pub licence: String,
}

/// On whom the penalty of the act is laid (当事人).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respondent {
    /// Person or organisation.
    pub kind: PartyKind,
    /// Identity number, credit code; opaque here.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Who was made responsible for the case, one record for each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who assigned and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The officers.
    pub officers: Vec<CaseOfficer>,
}

/// Who was found to be the party, one record for each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RespondentRecord {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The party.
    pub respondent: Respondent,
}

/// A note (办案记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNote {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    pub text: String,
}

/// A file that belongs to the case, by its digest (全过程记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// SHA-256, hex.
    pub sha256: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// Name of the file.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A correction of an earlier record, which stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// In which list.
    pub record: RecordKind,
    /// Which of them, from 0.
    pub index: u32,
    /// What is right.
    pub text: String,
}

/// Officers were at a source (源头单位现场检查).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceVisit {
    /// The day.
    pub on: NaiveDate,
    /// Where.
    pub place: String,
    /// Number of the record made there, where there is one (检查笔录编号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// What tracing the source found (源头倒查).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTrace {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    pub finding: SourceFinding,
    /// Number of the loading sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet_number: Option<String>,
    /// The source's id in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// In words.
    pub text: String,
}
