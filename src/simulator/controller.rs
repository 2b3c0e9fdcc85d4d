//! A weigh-in-motion controller as the host sees it: it keeps each record until the host says that
//! it is durable, sends it again, answers requests, and gives signs of life. No clock and no I/O:
//! it is told the time and says what it sends.

use std::collections::VecDeque;

use firmware_protocols::olr::{self, Message, Resend, Time};

use super::emission::{EmissionError, Encoders, device_time};
use crate::units::Micros;

/// A record that is not acknowledged is sent again after the first of these times, then after the
/// next, and in the end always after the last: the timers of `OLR.md`, section 6.
pub const RESEND_AFTER: [Micros; 6] = [
    Micros::from_seconds(2),
    Micros::from_seconds(4),
    Micros::from_seconds(8),
    Micros::from_seconds(16),
    Micros::from_seconds(32),
    Micros::from_seconds(60),
];
/// So many records may wait for their acknowledge at a time; others wait to be sent.
pub const WINDOW: usize = 8;
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
    /// How often it was sent.
    sent: usize,
    sent_at: Micros,
}

impl Kept {
    fn send(&mut self, now: Micros, line: &mut Vec<u8>) {
        self.sent = self.sent.saturating_add(1);
        self.sent_at = now;
        line.extend_from_slice(&self.bytes);
    }

    fn waits(&self) -> bool {
        self.sent > 0 && !self.acknowledged
    }

    fn is_due(&self, now: Micros) -> bool {
        let last = RESEND_AFTER.len() - 1;
        let after = RESEND_AFTER.get(self.sent.saturating_sub(1).min(last));
        self.waits() && after.is_some_and(|after| now >= self.sent_at.saturating_add(*after))
    }
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
            // A sign of life comes first.
            beat_at: now,
            last_sequence: None,
        }
    }

    /// A vehicle was recorded: what to send now. The same record given twice is sent twice. With
    /// too many records waiting for the host, a new one is sent when there is room.
    pub fn record(&mut self, now: Micros, sequence: u64, bytes: Vec<u8>) -> Vec<u8> {
        self.last_sequence = self.last_sequence.max(Some(sequence));
        let known = self.kept.iter().any(|kept| kept.sequence == sequence);
        if known || !self.waits_for_host {
            return bytes;
        }
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept {
            sequence,
            bytes,
            acknowledged: false,
            sent: 0,
            sent_at: now,
        });
        self.send_new(now)
    }

    /// Records that were never sent, oldest first, as far as the window has room.
    fn send_new(&mut self, now: Micros) -> Vec<u8> {
        let waiting = self.kept.iter().filter(|kept| kept.waits()).count();
        let mut line = Vec::new();
        let room = WINDOW.saturating_sub(waiting);
        let unsent = |kept: &&mut Kept| kept.sent == 0 && !kept.acknowledged;
        for kept in self.kept.iter_mut().filter(unsent).take(room) {
            kept.send(now, &mut line);
        }
        line
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
                self.send_new(now)
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
                    kept.send(now, &mut bytes);
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
        if now >= self.beat_at {
            self.beat_at = now.saturating_add(HEARTBEAT_EVERY);
            due.extend(
                self.encoders
                    .heartbeat(self.lane, now, self.last_sequence)?,
            );
        }
        for kept in self.kept.iter_mut().filter(|kept| kept.is_due(now)) {
            kept.send(now, &mut due);
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
        let mut controller = Controller::new(encoders, 1, true, Micros::ZERO);
        let beat = controller.poll(Micros::ZERO).unwrap();
        assert!(beat.starts_with(b"$OLR,1,H,"), "a sign of life comes first");
        controller
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

    const LATE: Micros = Micros::from_seconds(2);

    #[test]
    fn a_record_is_sent_again_until_the_host_has_it() {
        for answer in [Answer::Ok, Answer::Dup, Answer::Bad] {
            let mut controller = controller();
            assert_eq!(
                controller.record(Micros::ZERO, 7, b"seven".to_vec()),
                b"seven"
            );
            assert_eq!(controller.poll(Micros::SECOND).unwrap(), b"");
            // After 2 s, and 4 s later.
            for (second, wanted) in [(2, "seven"), (3, ""), (5, ""), (6, "seven"), (7, "")] {
                let sent = controller.poll(Micros::from_seconds(second)).unwrap();
                assert_eq!(String::from_utf8(sent).unwrap(), wanted, "after {second} s");
            }
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
    fn eight_records_wait_at_most_and_the_next_comes_when_one_is_acknowledged() {
        let mut controller = controller();
        for sequence in 0..8 {
            assert_eq!(controller.record(Micros::ZERO, sequence, vec![b'x']), b"x");
        }
        assert_eq!(controller.record(Micros::ZERO, 8, b"8".to_vec()), b"");
        assert_eq!(controller.record(Micros::ZERO, 9, b"9".to_vec()), b"");
        let sent = controller
            .receive(Micros::ZERO, &word(1, 3, Answer::Ok))
            .unwrap();
        assert_eq!(sent, b"8", "the oldest that was never sent");
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
