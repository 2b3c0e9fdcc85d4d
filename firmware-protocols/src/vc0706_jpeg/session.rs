//! The host's side: takes one picture a trigger, without I/O and without a clock.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::command::Command;
use super::{Config, SETTINGS};
use crate::{Event, Reject, Settings, SettingsError};

/// Why no picture came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The camera did not answer in time.
    #[error("the camera did not answer in time")]
    Timeout,
    /// The camera answered that it can't, or sent bytes that are no picture.
    #[error("the camera refused or sent no picture ({})", .0.name())]
    Refused(Reject),
}

/// How a trigger ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The picture came as an [`Event::Picture`] of the decoder.
    Taken {
        /// When it was asked for, as given to [`Session::trigger`].
        triggered_us: i64,
        /// Length of the JPEG.
        bytes: usize,
        /// Attempts that failed before.
        retries: u32,
    },
    /// None came.
    Failed {
        /// When it was asked for.
        triggered_us: i64,
        /// The last reason.
        reason: Failure,
        /// Attempts that failed before the last.
        retries: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Freezing,
    AskingLength,
    Reading { length: usize, read: usize },
}

/// Takes pictures: freeze, ask the length, read the pieces, resume.
///
/// The caller sends what [`Session::poll_transmit`] gives, feeds the camera's bytes to a decoder of
/// the same settings, hands every event to [`Session::handle_event`], and calls
/// [`Session::handle_timeout`] at the time of [`Session::poll_timeout`]. When
/// [`Session::take_resync`] says so it calls [`Decoder::finish`](crate::Decoder::finish), which lets
/// go of a reply that never became whole.
#[derive(Debug)]
pub struct Session {
    config: Config,
    timeout_us: i64,
    byte_us: i64,
    attempts: u32,
    phase: Phase,
    triggered_us: i64,
    failed: u32,
    deadline_us: Option<i64>,
    transmit: VecDeque<Vec<u8>>,
    outcome: Option<Outcome>,
    resync: bool,
    /// A timeout was met: what the decoder lets go of then is not a second failure.
    letting_go: bool,
    /// The answer to the resume of the last picture may still come.
    resuming: bool,
}

impl Session {
    /// A session with the settings of its decoder.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let config = Config::new(settings)?;
        let baud = settings.number(SETTINGS, "baud", 9_600..=921_600)?;
        Ok(Self {
            config,
            timeout_us: settings.number(SETTINGS, "timeout_ms", 50..=60_000)? * 1_000,
            // Ten bits a byte, rounded up.
            byte_us: 10_000_000 / baud + 1,
            attempts: settings.number(SETTINGS, "attempts", 1..=10)? as u32,
            phase: Phase::Idle,
            triggered_us: 0,
            failed: 0,
            deadline_us: None,
            transmit: VecDeque::new(),
            outcome: None,
            resync: false,
            letting_go: false,
            resuming: false,
        })
    }

    /// Begins a picture. `false`, and nothing happens, while one is under way.
    pub fn trigger(&mut self, now_us: i64) -> bool {
        if self.phase != Phase::Idle {
            return false;
        }
        self.triggered_us = now_us;
        self.failed = 0;
        self.phase = Phase::Freezing;
        self.send(now_us, Command::Freeze, 0);
        true
    }

    /// The camera's line was opened. A host that stopped in the middle of a picture has left the
    /// camera frozen, and it would hand out that picture again: it is told to resume before
    /// anything else. A picture that was under way has failed.
    pub fn line_opened(&mut self) {
        self.transmit.clear();
        if self.phase == Phase::Idle {
            return self.resume();
        }
        self.end(Outcome::Failed {
            triggered_us: self.triggered_us,
            reason: Failure::Timeout,
            retries: self.failed,
        });
    }

    /// Whether a picture is under way.
    pub fn is_busy(&self) -> bool {
        self.phase != Phase::Idle
    }

    fn send(&mut self, now_us: i64, command: Command, reply_bytes: usize) {
        let bytes = command.encode(self.config.address);
        let line_us = (reply_bytes + bytes.len()) as i64 * self.byte_us;
        self.transmit.push_back(bytes);
        self.deadline_us = Some(now_us + self.timeout_us + line_us);
    }

    /// Takes an event of the decoder.
    pub fn handle_event(&mut self, now_us: i64, event: &Event) {
        if !matches!(event, Event::Rejected(_)) {
            self.letting_go = false;
        }
        match (self.phase, event) {
            (_, Event::Status(status)) if status.name == "control" && self.resuming => {
                self.resuming = false;
            }
            (Phase::Freezing, Event::Status(status)) if status.name == "control" => {
                self.phase = Phase::AskingLength;
                self.send(now_us, Command::Length, 9);
            }
            (Phase::AskingLength, Event::Status(status)) if status.name == "length" => {
                let length = status.fields.first();
                let length = length.and_then(|(_, text)| text.parse().ok());
                match length {
                    Some(length) => {
                        self.phase = Phase::Reading { length, read: 0 };
                        self.read_next(now_us);
                    }
                    None => self.fail(now_us, Failure::Refused(Reject::Field)),
                }
            }
            (Phase::Reading { length, read }, Event::Status(status)) if status.name == "piece" => {
                let read = read + self.piece(length, read);
                self.phase = Phase::Reading { length, read };
                self.read_next(now_us);
            }
            (Phase::Reading { .. }, Event::Picture(picture)) => {
                self.end(Outcome::Taken {
                    triggered_us: self.triggered_us,
                    bytes: picture.jpeg.len(),
                    retries: self.failed,
                });
            }
            (Phase::Idle, _) | (_, Event::Rejected(Reject::Garbage)) => {}
            (_, Event::Rejected(Reject::Truncated)) if self.letting_go => {}
            (_, Event::Rejected(reason)) => self.fail(now_us, Failure::Refused(*reason)),
            _ => {}
        }
    }

    /// Length of the piece that begins at `read`.
    fn piece(&self, length: usize, read: usize) -> usize {
        let remaining = length.saturating_sub(read);
        match self.config.piece_bytes {
            0 => remaining,
            piece => remaining.min(piece),
        }
    }

    fn read_next(&mut self, now_us: i64) {
        let Phase::Reading { length, read } = self.phase else {
            return;
        };
        let piece = self.piece(length, read);
        if piece == 0 {
            // All was read and no picture came of it.
            return self.fail(now_us, Failure::Refused(Reject::Length));
        }
        let command = Command::Read {
            start: read as u32,
            length: piece as u32,
            delay_10us: 100,
        };
        self.send(now_us, command, piece + 10);
    }

    /// Takes the time. Nothing happens before [`Session::poll_timeout`].
    pub fn handle_timeout(&mut self, now_us: i64) {
        if self.deadline_us.is_some_and(|deadline| now_us >= deadline) {
            self.resync = true;
            self.letting_go = true;
            self.fail(now_us, Failure::Timeout);
        }
    }

    /// One attempt failed: another from the length on, as the picture is still frozen, or the end.
    fn fail(&mut self, now_us: i64, reason: Failure) {
        if self.failed + 1 >= self.attempts {
            return self.end(Outcome::Failed {
                triggered_us: self.triggered_us,
                reason,
                retries: self.failed,
            });
        }
        self.failed += 1;
        if self.phase == Phase::Freezing {
            self.send(now_us, Command::Freeze, 0);
        } else {
            self.phase = Phase::AskingLength;
            self.send(now_us, Command::Length, 9);
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.phase = Phase::Idle;
        self.deadline_us = None;
        self.outcome = Some(outcome);
        self.resume();
    }

    fn resume(&mut self) {
        self.resuming = true;
        let resume = Command::Resume.encode(self.config.address);
        self.transmit.push_back(resume);
    }

    /// The next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.pop_front()
    }

    /// When [`Session::handle_timeout`] wants to be called; `None` when there is nothing to wait for.
    pub fn poll_timeout(&self) -> Option<i64> {
        self.deadline_us
    }

    /// How the last trigger ended, once.
    pub fn poll_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// Whether the decoder has to be finished, once.
    pub fn take_resync(&mut self) -> bool {
        core::mem::take(&mut self.resync)
    }
}
