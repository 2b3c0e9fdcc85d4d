//! Entries of registers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Actor, NewCountedCase};

/// An entry of a register, to be made durable with its journal entry (台账条目).
#[derive(Debug, Clone, PartialEq)]
pub struct NewRegisterEntry {
    /// Which register, by name.
    pub kind: &'static str,
    /// Its key.
    pub key: String,
    /// What people call it; lists sort by it.
    pub label: String,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// First day it holds, ISO 8601.
    pub valid_from: Option<String>,
    /// Last day it holds, ISO 8601.
    pub valid_until: Option<String>,
    /// Whether it stands.
    pub active: bool,
    /// The version that the change was made on, 0 for a new entry; another one now means that somebody
    /// was faster.
    pub expected_version: i64,
    /// All its values.
    pub body: Value,
    /// What the repeat counters see of it: of past cases alone.
    pub counted: Option<NewCountedCase>,
}

/// Changes of registers that are made together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterBatch {
    /// The entries, each once.
    pub entries: Vec<NewRegisterEntry>,
    /// Who.
    pub actor: Actor,
    /// From where: the API, or a file with its digest.
    pub from: Value,
    /// Why.
    pub reason: Option<String>,
}

/// An entry of a register as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct RegisterRow {
    /// Which register.
    pub kind: String,
    /// Its key.
    pub entry_key: String,
    /// What people call it.
    pub label: String,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// First day it holds.
    pub valid_from: Option<String>,
    /// Last day it holds.
    pub valid_until: Option<String>,
    /// 1 when it stands, 0 when it was struck off.
    pub active: i64,
    /// Goes up by one with each change.
    pub version: i64,
    /// Journal sequence of the first change.
    pub first_sequence: i64,
    /// Journal sequence of the latest change.
    pub latest_sequence: i64,
    /// All its values, canonical JSON.
    pub body: String,
}

impl RegisterRow {
    /// Its values in their type; `None` when they are none.
    pub fn typed<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

/// How many entries a register has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct RegisterCount {
    /// Which register.
    pub kind: String,
    /// Entries.
    pub entries: i64,
    /// Of these, those that stand.
    pub active: i64,
}

/// Filters of a register's list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterFilter {
    /// Beginning of the label.
    pub prefix: Option<String>,
    /// Day on which it must hold, ISO 8601.
    pub valid_on: Option<String>,
    /// Whether it must stand, or must not.
    pub active: Option<bool>,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
}
