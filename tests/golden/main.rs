//! Recorded stations (金标准记录): what a station makes of the bytes of its devices stands beside each
//! recording in `fixtures/logs`, and must come out again, in process and through the real program
//! on pseudo-terminals.
//!
//! The recordings are the project's own, written by `author`. With `STEELYARD_WRITE_GOLDEN=1` the
//! tests write recordings and expectations anew instead of comparing; read the difference before
//! you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

mod author;
#[path = "../common/daemon.rs"]
mod daemon;
mod damage;
mod day;
mod in_process;
mod outcome;
mod program;
mod real_data;
mod recording;
mod recovered;
mod restart;
mod through_ports;
