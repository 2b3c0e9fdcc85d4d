//! Durable storage: one SQL text for SQLite and PostgreSQL, one writer with group commit.

pub mod records;
