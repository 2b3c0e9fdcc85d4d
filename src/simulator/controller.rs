//! A weigh-in-motion controller as the host sees it: it keeps each record until the host says that
//! it is durable, sends it again, answers requests, and gives signs of life. No clock and no I/O:
//! it is told the time and says what it sends.

use std::collections::VecDeque;

use firmware_protocols::olr::{self, Message, Resend, Time};

use super::emission::{EmissionError, Encoders, device_time};
use crate::units::Micros;

/// A record that is not acknowledged is sent again after this time.
pub const RESEND_AFTER: Micros = Micros::from_seconds(2);
/// Between two signs of life.
pub const HEARTBEAT_EVERY: Micros = Micros::from_seconds(10);
/// So many records are kept; the oldest goes first.
pub const KEPT: usize = 4_096;
/// A line of the host longer than this is noise.
const LONGEST_LINE: usize = 2_002;

#[derive(Debug)]
struct Kept {
    sequence: u64,
    bytes: Vec<u8>,
    acknowledged: bool,
    sent_at: Micros,
}

/// The controller of a lane.
#[derive(Debug)]
pub struct Controller {
    encoders: Encoders,
    lane: u16,
    waits_for_host: bool,
    kept: VecDeque<Kept>,
    line: Vec<u8>,
    beat_at: Micros,
    last_sequence: Option<u64>,
}

impl Controller {
    /// A controller that was just switched on. `waits_for_host` is off for protocols without an
    /// acknowledge: each record is then sent once.
    pub fn new(encoders: Encoders, lane: u16, waits_for_host: bool, now: Micros) -> Self {
        Self {
            encoders,
            lane,
            waits_for_host,
            kept: VecDeque::new(),
            line: Vec::new(),
            beat_at: now.saturating_add(HEARTBEAT_EVERY),
            last_sequence: None,
        }
    }

    /// A vehicle was recorded: what to send now. The same record given twice is sent twice.
    pub fn record(&mut self, now: Micros, sequence: u64, bytes: Vec<u8>) -> Vec<u8> {
        self.last_sequence = self.last_sequence.max(Some(sequence));
        let known = self.kept.iter().any(|kept| kept.sequence == sequence);
        if self.waits_for_host && !known {
            if self.kept.len() == KEPT {
                self.kept.pop_front();
            }
            self.kept.push_back(Kept {
                sequence,
                bytes: bytes.clone(),
                acknowledged: false,
                sent_at: now,
            });
        }
        bytes
    }

    /// Takes what the host sent; what to answer.
    ///
    /// # Errors
    /// When an answer can't be written.
    pub fn receive(&mut self, now: Micros, bytes: &[u8]) -> Result<Vec<u8>, EmissionError> {
        let mut answer = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    answer.extend(self.host_line(now, &line)?);
                }
                b'\r' => {}
                byte => {
                    // A `$` stands nowhere else in a line: what came before it is lost.
                    if *byte == b'$' || self.line.len() >= LONGEST_LINE {
                        self.line.clear();
                    }
                    self.line.push(*byte);
                }
            }
        }
        Ok(answer)
    }

    fn host_line(&mut self, now: Micros, line: &[u8]) -> Result<Vec<u8>, EmissionError> {
        let own = self.encoders.address(self.lane);
        // A line with a wrong check, or for another device, is passed over.
        Ok(match olr::parse_line(line) {
            Ok(Message::Acknowledge(word)) if word.address == own => {
                // OK and DUP: the host has it. BAD: sending it again does not help.
                let sequence = word.sequence.map(u64::from);
                for kept in &mut self.kept {
                    kept.acknowledged |= Some(kept.sequence) == sequence;
                }
                Vec::new()
            }
            Ok(Message::Resend(Resend {
                address,
                first,
                last,
            })) if address == own => {
                let wanted = u64::from(first)..=u64::from(last);
                let mut bytes = Vec::new();
                for kept in self
                    .kept
                    .iter_mut()
                    .filter(|kept| wanted.contains(&kept.sequence))
                {
                    kept.sent_at = now;
                    bytes.extend_from_slice(&kept.bytes);
                }
                bytes
            }
            Ok(Message::Time(Time {
                address,
                host,
                device: None,
            })) if address == own => {
                let device = device_time(now, true);
                olr::encode(&Message::Time(Time {
                    address,
                    host,
                    device,
                }))?
            }
            _ => Vec::new(),
        })
    }

    /// What is due: signs of life, records that nobody acknowledged.
    ///
    /// # Errors
    /// When a sign of life can't be written.
    pub fn poll(&mut self, now: Micros) -> Result<Vec<u8>, EmissionError> {
        let mut due = Vec::new();
        for kept in self.kept.iter_mut().filter(|kept| !kept.acknowledged) {
            if now >= kept.sent_at.saturating_add(RESEND_AFTER) {
                kept.sent_at = now;
                due.extend_from_slice(&kept.bytes);
            }
        }
        if now >= self.beat_at {
            self.beat_at = now.saturating_add(HEARTBEAT_EVERY);
            due.extend(
                self.encoders
                    .heartbeat(self.lane, now, self.last_sequence)?,
            );
        }
        Ok(due)
    }

    /// How many records wait for the host.
    pub fn unacknowledged(&self) -> usize {
        self.kept.iter().filter(|kept| !kept.acknowledged).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::emission::WimProtocol;
    use firmware_protocols::olr::{Acknowledge, Answer};

    fn controller() -> Controller {
        let encoders = Encoders::new("SIM-01", WimProtocol::Olr).unwrap();
        Controller::new(encoders, 1, true, Micros::ZERO)
    }

    fn word(lane: u16, sequence: u32, answer: Answer) -> Vec<u8> {
        let address = Encoders::new("SIM-01", WimProtocol::Olr)
            .unwrap()
            .address(lane);
        let sequence = Some(sequence);
        olr::encode(&Message::Acknowledge(Acknowledge {
            address,
            sequence,
            answer,
        }))
        .unwrap()
    }

    const LATE: Micros = Micros::from_seconds(4);

    #[test]
    fn a_record_is_sent_again_until_the_host_has_it() {
        for answer in [Answer::Ok, Answer::Dup, Answer::Bad] {
            let mut controller = controller();
            assert_eq!(
                controller.record(Micros::ZERO, 7, b"seven".to_vec()),
                b"seven"
            );
            assert_eq!(controller.poll(Micros::SECOND).unwrap(), b"");
            assert_eq!(controller.poll(LATE).unwrap(), b"seven");
            assert_eq!(controller.poll(LATE).unwrap(), b"");
            // Not its lane, not its record, not whole.
            controller.receive(LATE, &word(2, 7, answer)).unwrap();
            controller.receive(LATE, &word(1, 8, answer)).unwrap();
            let whole = word(1, 7, answer);
            controller.receive(LATE, &whole[..10]).unwrap();
            assert_eq!(controller.unacknowledged(), 1);
            for byte in whole {
                controller.receive(LATE, &[byte]).unwrap();
            }
            assert_eq!(controller.unacknowledged(), 0);
            assert_eq!(controller.poll(Micros::from_seconds(9)).unwrap(), b"");
        }
    }

    #[test]
    fn it_sends_a_range_again_when_asked() {
        let mut controller = controller();
        for sequence in 1..=5_u64 {
            controller.record(Micros::ZERO, sequence, sequence.to_string().into_bytes());
        }
        controller
            .receive(Micros::ZERO, &word(1, 3, Answer::Ok))
            .unwrap();
        let address = controller.encoders.address(1);
        let wanted = Message::Resend(Resend {
            address,
            first: 2,
            last: 4,
        });
        let asked = olr::encode(&wanted).unwrap();
        assert_eq!(controller.receive(Micros::SECOND, &asked).unwrap(), b"234");
    }

    #[test]
    fn it_tells_the_time_and_beats() {
        let mut controller = controller();
        controller.record(Micros::ZERO, 41, b"x".to_vec());
        let host = device_time(Micros::from_seconds(5), true).unwrap();
        let address = controller.encoders.address(1);
        let ask = Message::Time(Time {
            address: address.clone(),
            host,
            device: None,
        });
        let now = Micros::from_seconds(6);
        let answer = controller
            .receive(now, &olr::encode(&ask).unwrap())
            .unwrap();
        let device = device_time(now, true);
        let wanted = Message::Time(Time {
            address,
            host,
            device,
        });
        assert_eq!(answer, olr::encode(&wanted).unwrap());

        controller.receive(now, &word(1, 41, Answer::Ok)).unwrap();
        let beat = controller.poll(HEARTBEAT_EVERY).unwrap();
        let text = String::from_utf8(beat).unwrap();
        assert!(
            text.starts_with("$OLR,1,H,SIM-01,1,1970-01-01T00:00:10.000Z,41,OK*"),
            "{text}"
        );
        assert_eq!(controller.poll(HEARTBEAT_EVERY).unwrap(), b"");
    }

    #[test]
    fn what_it_keeps_is_bounded_and_noise_does_not_stop_it() {
        let mut controller = controller();
        for sequence in 0..(KEPT as u64 + 10) {
            controller.record(Micros::ZERO, sequence, vec![0]);
        }
        assert_eq!(controller.unacknowledged(), KEPT);
        controller.receive(Micros::ZERO, &[b'$'; 9_000]).unwrap();
        controller.receive(Micros::ZERO, &[0xFF; 9_000]).unwrap();
        controller
            .receive(Micros::ZERO, &word(1, 100, Answer::Ok))
            .unwrap();
        assert_eq!(controller.unacknowledged(), KEPT - 1);
    }
}
