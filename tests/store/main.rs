//! The store on both engines: each test body is written once and runs on SQLite and PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[path = "../common/postgres.rs"]
mod postgres;
mod support;

mod batches;
mod cases;
mod casework;
mod counters;
mod differential;
mod disk_full;
mod faults;
mod journal;
mod lists;
mod lively;
mod marks;
mod migrations;
mod passages;
mod pictures;
mod raw;
mod rebuilt;
mod registers;
mod schema;
mod sweep;
mod torn;
mod users;
mod year;
