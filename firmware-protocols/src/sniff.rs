//! What could these bytes be? Every protocol is tried on bytes of an unknown device.
//!
//! A technician on the first day has a line that speaks and no manual. The protocol whose frames
//! cover the bytes is the likely one; frames whose integrity check is right are next to proof.

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::registry::{LineSetting, PROTOCOLS, Parity, Protocol};
use crate::{Event, Settings};

/// How well one protocol fits.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The protocol, with default settings.
    pub protocol: &'static Protocol,
    /// Readings, vehicles, plates, pictures and heartbeats.
    pub frames: u64,
    /// Of these, how many an integrity check covers.
    pub checked_frames: u64,
    /// Statuses and commands.
    pub statuses: u64,
    /// Rejects.
    pub rejects: u64,
    /// Bytes that belong to a frame or a status.
    pub covered_bytes: u64,
    /// All bytes.
    pub bytes: u64,
    /// Of all bytes, the thousandths that would belong to frames if the printable characters stood in
    /// another order: a protocol that takes anything fits everything and explains nothing.
    pub chance_permille: u64,
    /// The parity that bit 7 of the bytes holds, as when a 7E1 line is read as 8N1.
    pub parity_in_bit_7: Option<Parity>,
    /// The last frame that says something.
    pub sample: Option<Event>,
}

impl Fit {
    /// Bytes that belong to frames, in thousandths of all.
    pub const fn covered_permille(&self) -> u64 {
        match (self.covered_bytes * 1_000).checked_div(self.bytes) {
            Some(share) => share,
            None => 0,
        }
    }

    /// The line setting to try: the usual one of the protocol that agrees with what the bytes say
    /// of their parity. `None` for what is not spoken over a serial line.
    pub fn line_setting(&self) -> Option<LineSetting> {
        let usual = *self.protocol.line_settings.first()?;
        let Some(parity) = self.parity_in_bit_7 else {
            let eight = self
                .protocol
                .line_settings
                .iter()
                .find(|line| line.data_bits == 8);
            return Some(*eight.unwrap_or(&usual));
        };
        let same = |line: &&LineSetting| line.data_bits == 7 && line.parity == parity;
        let listed = self.protocol.line_settings.iter().find(same);
        Some(listed.copied().unwrap_or(LineSetting {
            data_bits: 7,
            parity,
            ..usual
        }))
    }
}

/// The parity that bit 7 holds: all of at least 16 bytes agree, and bit 7 is in use.
pub fn parity_in_bit_7(bytes: &[u8]) -> Option<Parity> {
    let in_use = bytes.iter().any(|byte| byte & 0x80 != 0);
    let odd = bytes
        .iter()
        .filter(|byte| byte.count_ones() % 2 == 1)
        .count();
    // A damaged byte in a hundred does not hide it.
    let few = bytes.len() / 100;
    match (in_use, bytes.len() >= 16) {
        (true, true) if odd <= few => Some(Parity::Even),
        (true, true) if bytes.len() - odd <= few => Some(Parity::Odd),
        _ => None,
    }
}

/// Tries all protocols; those that take something out of the bytes, best first.
pub fn sniff(bytes: &[u8]) -> Vec<Fit> {
    let parity = parity_in_bit_7(bytes);
    let stripped: Vec<u8> = match parity {
        Some(_) => bytes.iter().map(|byte| byte & 0x7F).collect(),
        None => Vec::new(),
    };
    let (shuffled, stripped_shuffled) = (shuffled(bytes), shuffled(&stripped));
    let mut fits: Vec<Fit> = PROTOCOLS
        .iter()
        .filter_map(|protocol| {
            let tried = |bytes: &[u8], shuffled: &[u8], parity| {
                let mut fits = fit(protocol, bytes, parity)?;
                let chance = fit(protocol, shuffled, parity);
                fits.chance_permille = chance.map_or(0, |fit| fit.covered_permille());
                Some(fits)
            };
            let plain = tried(bytes, &shuffled, None);
            let without =
                parity.and_then(|parity| tried(&stripped, &stripped_shuffled, Some(parity)));
            plain.into_iter().chain(without).max_by_key(rank)
        })
        .collect();
    fits.sort_by_key(|fit| Reverse(rank(fit)));
    fits
}

/// The bytes with their printable characters in another order; line ends and marks stay in place.
fn shuffled(bytes: &[u8]) -> Vec<u8> {
    let printable = |byte: &u8| (0x20..0x7F).contains(byte);
    let mut letters: Vec<u8> = bytes.iter().copied().filter(printable).collect();
    for index in (1..letters.len()).rev() {
        let other = crate::specimen::scatter(index as u64) % (index as u64 + 1);
        letters.swap(index, other as usize);
    }
    let mut letters = letters.into_iter();
    bytes
        .iter()
        .map(|byte| {
            let letter = printable(byte).then(|| letters.next()).flatten();
            letter.unwrap_or(*byte)
        })
        .collect()
}

/// From nine tenths on all is explained: the rest is where the recording begins and ends, and noise.
const EXPLAINED_PERMILLE: u64 = 900;

/// Coverage in steps first, then checked frames, then how little of it is chance, then the finer
/// difference.
fn rank(fit: &Fit) -> (u64, u64, Reverse<u64>, u64, bool) {
    let permille = fit.covered_permille();
    (
        permille.min(EXPLAINED_PERMILLE) / 50,
        fit.checked_frames * 1_000 / (fit.frames + fit.statuses + fit.rejects).max(1),
        Reverse(fit.chance_permille / 100),
        permille,
        fit.parity_in_bit_7.is_some(),
    )
}

fn fit(protocol: &'static Protocol, bytes: &[u8], parity: Option<Parity>) -> Option<Fit> {
    let mut decoder = (protocol.decoder)(&Settings::new()).ok()?;
    let mut fit = Fit {
        protocol,
        frames: 0,
        checked_frames: 0,
        statuses: 0,
        rejects: 0,
        covered_bytes: 0,
        bytes: bytes.len() as u64,
        chance_permille: 0,
        parity_in_bit_7: parity,
        sample: None,
    };
    let mut take = |decoded: crate::Decoded| {
        let checked = match &decoded.event {
            Event::Rejected(_) => {
                fit.rejects += 1;
                return;
            }
            Event::Status(_) => {
                fit.statuses += 1;
                fit.covered_bytes += decoded.span.end - decoded.span.start;
                return;
            }
            Event::Reading(reading) => reading.checked,
            Event::Vehicle(vehicle) => vehicle.checked,
            Event::Plate(plate) => plate.checked,
            Event::Picture(_) | Event::Heartbeat(_) => false,
        };
        fit.frames += 1;
        fit.checked_frames += u64::from(checked);
        fit.covered_bytes += decoded.span.end - decoded.span.start;
        fit.sample = Some(decoded.event);
    };
    decoder.push(bytes);
    while let Some(decoded) = decoder.poll_event() {
        take(decoded);
    }
    decoder.finish();
    while let Some(decoded) = decoder.poll_event() {
        take(decoded);
    }
    (fit.frames + fit.statuses > 0).then_some(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream of a protocol's own specimens, begun in the middle of one.
    fn stream(protocol: &Protocol) -> Vec<u8> {
        let frames = (0..40).filter_map(|number| protocol.specimen_bytes(number).ok());
        let bytes: Vec<u8> = frames.flatten().collect();
        bytes.get(3..).unwrap_or_default().to_vec()
    }

    #[test]
    fn every_protocol_finds_its_own_stream_first_or_level_with_the_first() {
        for protocol in PROTOCOLS {
            let fits = sniff(&stream(protocol));
            let own = fits.iter().find(|fit| fit.protocol.name == protocol.name);
            let level = own.zip(fits.first()).is_some_and(|(own, best)| {
                let (own, best) = (rank(own), rank(best));
                (own.0, own.1, own.2) >= (best.0, best.1, best.2)
            });
            let names: Vec<_> = fits
                .iter()
                .map(|fit| {
                    (
                        fit.protocol.name,
                        fit.covered_permille(),
                        fit.checked_frames,
                    )
                })
                .collect();
            assert!(level, "{}: {names:?}", protocol.name);
        }
    }

    #[test]
    fn a_parity_bit_is_seen_and_gives_the_line_setting() {
        let protocol = crate::registry::find("yaohua_xk3190_continuous").unwrap();
        let with_parity: Vec<u8> = stream(protocol)
            .iter()
            .map(|byte| byte | ((byte.count_ones() % 2) as u8) << 7)
            .collect();
        let fits = sniff(&with_parity);
        let best = fits.first().unwrap();
        assert_eq!(best.protocol.name, protocol.name);
        assert_eq!(best.parity_in_bit_7, Some(Parity::Even));
        assert_eq!(
            best.line_setting().unwrap(),
            LineSetting::seven_e_one(9_600)
        );
        assert_eq!(best.checked_frames, 39);
        let odd: Vec<u8> = with_parity.iter().map(|byte| byte ^ 0x80).collect();
        assert_eq!(parity_in_bit_7(&odd), Some(Parity::Odd));
    }

    #[test]
    fn noise_and_nothing_fit_badly() {
        assert!(sniff(&[]).is_empty());
        let noise: Vec<u8> = (0..20_000)
            .map(|at| crate::specimen::scatter(at) as u8)
            .collect();
        let best = sniff(&noise).first().map_or(0, Fit::covered_permille);
        assert!(best < 50, "{best}");
        assert_eq!(parity_in_bit_7(&[0x30; 100]), None);
    }
}
