//! Steelyard (杆秤): the daemon of an overload-enforcement station (治超检测站).
//!
//! `ARCHITECTURE.md` walks through the whole. In one sentence: everything between the bytes on the
//! wire and the verdict is a pure function of raw log, settings and law tables, and what leaves
//! that function becomes durable in one transaction and enters one hash-chained journal.

#[macro_use]
mod closed_list;

pub mod api;
pub mod casework;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod device;
pub mod evidence;
pub mod lane;
pub mod law;
pub mod passage;
pub mod plate;
pub mod register;
pub mod role;
pub mod simulator;
pub mod station;
pub mod status;
pub mod store;
pub mod units;
