//! The host's side of an `olr` line besides acknowledging: it asks for records that were left out,
//! and tells the device the time once a minute (`firmware-protocols/OLR.md` §4.3, §4.5).

use std::collections::BTreeMap;

use firmware_protocols::DeviceTime;
use firmware_protocols::olr::{self, Address, Message};

use crate::units::Micros;

/// How often the device is told the time.
const TIME_EVERY: Micros = Micros::from_seconds(60);
/// A resend is asked for again no sooner than this: the device needs time to answer.
const ASK_EVERY: Micros = Micros::from_seconds(10);
/// A gap wider than this is a counter that jumped, not records to be had.
const WIDEST_GAP: u32 = 100_000;

#[derive(Debug, Default)]
struct Lane {
    last_sequence: Option<u32>,
    told_time_at: Option<Micros>,
    asked_at: Option<Micros>,
}

/// One port's conversation, lane by lane.
#[derive(Debug, Default)]
pub(super) struct OlrHost {
    lanes: BTreeMap<(String, u16), Lane>,
}

impl OlrHost {
    /// Takes a valid line; yields what to send.
    pub(super) fn heard(&mut self, now: Micros, line: &[u8]) -> Vec<Vec<u8>> {
        let Ok(message) = olr::parse_line(line.trim_ascii()) else {
            return Vec::new();
        };
        let (address, sequence, is_record) = match message {
            Message::Vehicle(vehicle, _) => {
                let (Some(station), Some(lane)) = (vehicle.station, vehicle.lane) else {
                    return Vec::new();
                };
                (Address { station, lane }, vehicle.sequence, true)
            }
            Message::Heartbeat(address, heartbeat) => (address, heartbeat.last_sequence, false),
            Message::Acknowledge(_) | Message::Resend(_) | Message::Time(_) => return Vec::new(),
        };
        let sequence = sequence.and_then(|sequence| u32::try_from(sequence).ok());
        let lane = self
            .lanes
            .entry((address.station.clone(), address.lane))
            .or_default();
        let mut answers = Vec::new();
        if let (Some(last), Some(sequence)) = (lane.last_sequence, sequence) {
            // A record is itself there; a heartbeat names a last record that may be missing.
            let newest_missing = if is_record {
                sequence.wrapping_sub(1)
            } else {
                sequence
            };
            let gap = newest_missing.wrapping_sub(last);
            let may_ask = lane
                .asked_at
                .is_none_or(|at| now.saturating_sub(at) >= ASK_EVERY);
            if (1..=WIDEST_GAP).contains(&gap) && may_ask {
                lane.asked_at = Some(now);
                let (first, last) = (last.wrapping_add(1), newest_missing);
                // A range over the wrap of the counter is asked for up to its end.
                let last = if last < first { u32::MAX } else { last };
                let resend = olr::Resend {
                    address: address.clone(),
                    first,
                    last,
                };
                answers.extend(olr::encode(&Message::Resend(resend)));
            }
        }
        if is_record && let Some(sequence) = sequence {
            let newer = lane
                .last_sequence
                .is_none_or(|last| (1..=u32::MAX / 2).contains(&sequence.wrapping_sub(last)));
            if newer {
                lane.last_sequence = Some(sequence);
            }
        }
        if lane
            .told_time_at
            .is_none_or(|at| now.saturating_sub(at) >= TIME_EVERY)
            && let Some(host) = DeviceTime::from_micros(now.get() / 1_000 * 1_000, true)
        {
            lane.told_time_at = Some(now);
            let time = olr::Time {
                address,
                host,
                device: None,
            };
            answers.extend(olr::encode(&Message::Time(time)));
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::Heartbeat;

    use super::*;

    const START: Micros = Micros::from_seconds(1_795_478_400);

    fn heartbeat(last: u64) -> Vec<u8> {
        let address = Address {
            station: "ST0001".to_owned(),
            lane: 1,
        };
        let heartbeat = Heartbeat {
            lane: Some(1),
            time: None,
            last_sequence: Some(last),
            state: "OK".to_owned(),
        };
        olr::encode(&Message::Heartbeat(address, heartbeat)).unwrap()
    }

    fn record(sequence: u64) -> Vec<u8> {
        let line = format!(
            "OLR,1,V,ST0001,1,{sequence},2026-11-24T00:00:00.000Z,+,60.0,,,,9000,00000000,,2,\
             2000/2000/0////;2500/2500/4000////"
        );
        let crc = crc::Crc::<u16>::new(&crc::CRC_16_XMODEM).checksum(line.as_bytes());
        format!("${line}*{crc:04X}\r\n").into_bytes()
    }

    fn said(host: &mut OlrHost, seconds: i64, line: &[u8]) -> Vec<String> {
        host.heard(START.saturating_add(Micros::from_seconds(seconds)), line)
            .into_iter()
            .map(|line| {
                String::from_utf8(line)
                    .unwrap()
                    .split('*')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn the_time_is_told_once_a_minute() {
        let mut host = OlrHost::default();
        assert_eq!(
            said(&mut host, 0, &record(1)),
            ["$OLR,1,T,ST0001,1,2026-11-24T00:00:00.000Z,"]
        );
        assert!(said(&mut host, 59, &heartbeat(1)).is_empty());
        assert_eq!(said(&mut host, 60, &heartbeat(1)).len(), 1);
    }

    #[test]
    fn records_left_out_are_asked_for_but_not_all_the_time() {
        let mut host = OlrHost::default();
        said(&mut host, 0, &record(5));
        assert_eq!(said(&mut host, 1, &record(9)), ["$OLR,1,R,ST0001,1,6,8"]);
        assert!(said(&mut host, 2, &record(12)).is_empty());
        assert_eq!(
            said(&mut host, 20, &heartbeat(14)),
            ["$OLR,1,R,ST0001,1,13,14"]
        );
        assert!(
            said(&mut host, 40, &record(13)).is_empty(),
            "a late record is no gap"
        );
    }

    #[test]
    fn a_counter_that_jumps_or_wraps_asks_for_no_nonsense() {
        let mut host = OlrHost::default();
        said(&mut host, 0, &record(u64::from(u32::MAX)));
        assert!(said(&mut host, 1, &record(0)).is_empty());
        assert!(said(&mut host, 2, &record(3_000_000_000)).is_empty());
    }

    #[test]
    fn a_line_with_a_wrong_sum_is_not_answered() {
        let mut line = record(1);
        line[10] ^= 1;
        assert!(OlrHost::default().heard(START, &line).is_empty());
    }
}
