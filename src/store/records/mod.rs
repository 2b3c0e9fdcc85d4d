//! What goes into the store and what comes out, in plain columns and journal bodies.
//!
//! A record here is an index over the journal: the columns are what lists filter and sort by, the
//! body is the whole truth and stands in the journal entry, where the hash chain covers it. What
//! the API shows of a passage or a case is therefore what the chain verifies.

mod cases;
mod counters;
mod inspections;
mod lists;
mod marks;
mod passages;
mod registers;

pub use cases::*;
pub use counters::*;
pub use inspections::*;
pub use lists::*;
pub use marks::*;
pub use passages::*;
pub use registers::*;

use serde::Serialize;

/// Who caused a change: a user's name, or a part of the system (`system:station`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Actor(pub String);

impl Actor {
    /// The station's own processing, no person.
    pub fn station() -> Self {
        Self("system:station".to_owned())
    }
}

/// A journal entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JournalRow {
    /// Running number, from 1, without gaps.
    pub sequence: i64,
    /// Microseconds UTC.
    pub recorded_at: i64,
    /// Kind of entry.
    pub kind: String,
    /// Who caused it.
    pub actor: String,
    /// Canonical header, text.
    pub header: String,
    /// Digest of the header, hex: what the next header names as `previous`.
    pub header_digest: String,
    /// Canonical body, `None` when it was withheld or removed by retention.
    pub body: Option<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRow {
    /// Login name.
    pub name: String,
    /// Role name.
    pub role: String,
    /// argon2 hash in PHC form.
    pub password_hash: String,
    /// 1 when the account may be used.
    pub active: i64,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of the token, hex.
    pub token_digest: String,
    /// User name.
    pub user_name: String,
    /// Role name, as the user has it now.
    pub role: String,
    /// Microseconds UTC.
    pub expires_at: i64,
}
