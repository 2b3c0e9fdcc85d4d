//! What happens when the power fails or a cable is pulled, with the real program in a process of
//! its own: SIGKILL at any moment, bytes that were logged and not decoded, lines that hang up, and
//! the system calls that make a record durable before it is acknowledged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[path = "../common/daemon.rs"]
mod daemon;
#[path = "../common/devices.rs"]
mod devices;

mod cable;
mod kill;
mod recovery;
mod trace;
