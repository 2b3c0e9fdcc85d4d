//! The protocols there are, one line each, with what a station needs to know before it picks one.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{
    Decoder, SettingSpec, Settings, SettingsError, mt_toledo_continuous, olr, plate_text,
    vc0706_jpeg, wim_text_mon, yaohua_xk3190_continuous,
};

/// All protocols.
pub const PROTOCOLS: &[Protocol] = &[
    mt_toledo_continuous::PROTOCOL,
    yaohua_xk3190_continuous::PROTOCOL,
    olr::PROTOCOL,
    wim_text_mon::PROTOCOL,
    plate_text::PROTOCOL,
    vc0706_jpeg::PROTOCOL,
];

/// What kind of device speaks a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A stream of weight readings.
    Scale,
    /// Whole vehicles with axles.
    VehicleRecord,
    /// Plates as text.
    PlateCamera,
    /// Pictures.
    PictureCamera,
}

impl Kind {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::VehicleRecord => "vehicle record",
            Self::PlateCamera => "plate camera",
            Self::PictureCamera => "picture camera",
        }
    }
}

/// How the wire guards its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// Not at all.
    None,
    /// Exclusive or of the bytes.
    Xor,
    /// Seven-bit sum, which the device may leave out.
    OptionalSum7,
    /// CRC-16/XMODEM.
    Crc16,
    /// None, exclusive or, eight-bit sum or CRC-16, by setting.
    BySetting,
    /// No sum; the payload's own marks and its announced length.
    LengthAndMarks,
}

impl Check {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Xor => "xor",
            Self::OptionalSum7 => "7-bit sum, optional",
            Self::Crc16 => "crc16",
            Self::BySetting => "by setting (default crc16)",
            Self::LengthAndMarks => "length and marks",
        }
    }
}

/// How far a protocol can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Maturity {
    /// Known not to work.
    Broken,
    /// Layout from hearsay or from one program; no maker's paper, no bytes from a device.
    Experimental,
    /// Layout from a maker's manual or published samples; not yet seen at a station.
    Documented,
    /// Decodes bytes recorded from hardware.
    Captured,
    /// Proven against devices of more than one maker.
    Complete,
}

impl Maturity {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broken => "BROKEN",
            Self::Experimental => "EXPERIMENTAL",
            Self::Documented => "DOCUMENTED",
            Self::Captured => "CAPTURED",
            Self::Complete => "COMPLETE",
        }
    }
}

/// One protocol.
#[derive(Debug, Clone, Copy)]
pub struct Protocol {
    /// The name in configuration and on the command line.
    pub name: &'static str,
    /// What kind of device.
    pub kind: Kind,
    /// Makers and models that speak it.
    pub devices: &'static str,
    /// Usual settings of the serial line.
    pub line: &'static str,
    /// How the wire guards its bytes.
    pub check: Check,
    /// What its weights, plates or pictures may be used for.
    pub grade: &'static str,
    /// How far it can be relied on.
    pub maturity: Maturity,
    /// The longest frame with default settings, bytes.
    pub longest_frame_bytes: usize,
    /// Its settings.
    pub settings: &'static [SettingSpec],
    /// Makes a decoder.
    pub decoder: fn(&Settings) -> Result<Box<dyn Decoder>, SettingsError>,
}

/// A name that no protocol has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("没有这个协议，最接近的是 / no protocol `{name}`; nearest: {}", nearest.join(", "))]
pub struct UnknownProtocol {
    /// The name as written.
    pub name: String,
    /// Known names, nearest first, at most three.
    pub nearest: Vec<&'static str>,
}

/// The protocol of a name.
pub fn find(name: &str) -> Result<&'static Protocol, UnknownProtocol> {
    PROTOCOLS
        .iter()
        .find(|protocol| protocol.name == name)
        .ok_or_else(|| UnknownProtocol {
            name: name.to_owned(),
            nearest: nearest(name),
        })
}

/// Known names by distance from a name, at most three.
pub fn nearest(name: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = PROTOCOLS
        .iter()
        .map(|protocol| {
            // A short name that is a part of a long one is near it, whatever else is missing.
            let inside = !name.is_empty() && protocol.name.contains(name);
            (
                !inside,
                distance(name.as_bytes(), protocol.name.as_bytes()),
                protocol.name,
            )
        })
        .collect();
    names.sort_unstable();
    names.into_iter().take(3).map(|(_, _, name)| name).collect()
}

/// Levenshtein distance: how many letters to put in, take out or change.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, a) in left.iter().enumerate() {
        let mut diagonal = index;
        let mut before = index + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (slot, b) in row.iter_mut().skip(1).zip(right) {
            let change = diagonal + usize::from(a != b);
            diagonal = *slot;
            before = change.min(before + 1).min(diagonal + 1);
            *slot = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_unique_and_found() {
        for protocol in PROTOCOLS {
            assert_eq!(find(protocol.name).unwrap().name, protocol.name);
            let same = PROTOCOLS.iter().filter(|other| other.name == protocol.name);
            assert_eq!(same.count(), 1);
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest() {
        let error = find("mt_toledo_continous").unwrap_err();
        assert_eq!(error.nearest.first(), Some(&"mt_toledo_continuous"));
        assert!(error.to_string().contains("`mt_toledo_continous`"));
        assert_eq!(nearest("toledo").first(), Some(&"mt_toledo_continuous"));
        assert_eq!(nearest("vc0706").first(), Some(&"vc0706_jpeg"));
    }

    #[test]
    fn distances() {
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"abc", b""), 3);
        assert_eq!(distance(b"abc", b"abc"), 0);
    }

    #[test]
    fn every_decoder_takes_its_defaults_and_refuses_a_strange_key() {
        for protocol in PROTOCOLS {
            let mut settings = Settings::new();
            assert!((protocol.decoder)(&settings).is_ok(), "{}", protocol.name);
            for spec in protocol.settings {
                settings.set(spec.key, spec.default);
            }
            assert!((protocol.decoder)(&settings).is_ok(), "{}", protocol.name);
            settings.set("no_such_key", "1");
            assert!((protocol.decoder)(&settings).is_err(), "{}", protocol.name);
        }
    }
}
