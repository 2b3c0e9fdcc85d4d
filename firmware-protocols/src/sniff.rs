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
    let mut fits: Vec<Fit> = PROTOCOLS
        .iter()
        .filter_map(|protocol| {
            let plain = fit(protocol, bytes, None);
            let without = parity.and_then(|parity| fit(protocol, &stripped, Some(parity)));
            plain.into_iter().chain(without).max_by_key(rank)
        })
        .collect();
    fits.sort_by_key(|fit| Reverse(rank(fit)));
    fits
}

/// Coverage in steps of five per cent first, then checked frames, then the finer difference.
fn rank(fit: &Fit) -> (u64, u64, u64, bool) {
    let permille = fit.covered_permille();
    (
        permille / 50,
        fit.checked_frames * 1_000 / (fit.frames + fit.statuses + fit.rejects).max(1),
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
            let best = fits.first().map(rank);
            let own = fits.iter().find(|fit| fit.protocol.name == protocol.name);
            let level = own.is_some_and(|own| {
                let (best, own) = (best.unwrap_or_default(), rank(own));
                (own.0, own.1) >= (best.0, best.1)
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
