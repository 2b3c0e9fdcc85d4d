//! The protocols there are, one line each, with what a station needs to know before it picks one.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::{Decoder, EncodeError, Event, SettingSpec, Settings, SettingsError};

/// All protocols.
pub const PROTOCOLS: &[Protocol] = &[
    crate::mt_toledo_continuous::PROTOCOL,
    crate::mt_extended_continuous::PROTOCOL,
    crate::mt_sics::PROTOCOL,
    crate::yaohua_xk3190_continuous::PROTOCOL,
    crate::yaohua_eq_reversed::PROTOCOL,
    crate::yaohua_xk3190_command::PROTOCOL,
    crate::yaohua_xk3190_a12e::PROTOCOL,
    crate::ww_wn_text::PROTOCOL,
    crate::aad_st_gs::PROTOCOL,
    crate::dini_argeo::PROTOCOL,
    crate::sma_scp0499::PROTOCOL,
    crate::cardinal_streams::PROTOCOL,
    crate::rice_lake_stream::PROTOCOL,
    crate::rinstrum_auto::PROTOCOL,
    crate::ob350_format4::PROTOCOL,
    crate::intercomp_pt300::PROTOCOL,
    crate::mcgs_axle::PROTOCOL,
    crate::multideck_text::PROTOCOL,
    crate::nmea_axle::PROTOCOL,
    crate::modbus_rtu::PROTOCOL,
    crate::text_frame::PROTOCOL,
    crate::olr::PROTOCOL,
    crate::wanji_ff00::PROTOCOL,
    crate::wanji_jz::PROTOCOL,
    crate::fhwa_w::PROTOCOL,
    crate::wim_text_mon::PROTOCOL,
    crate::wim_text_bedit::PROTOCOL,
    crate::wim_text_castor::PROTOCOL,
    crate::tmh14_rsv10::PROTOCOL,
    crate::plate_text::PROTOCOL,
    crate::axxon_lpr_text::PROTOCOL,
    crate::nedap_raw_template::PROTOCOL,
    crate::nedap_protocolled::PROTOCOL,
    crate::vzenith_alarminfoplate_json::PROTOCOL,
    crate::hik_isapi_anpr_xml::PROTOCOL,
    crate::dahua_trafficjunction_text::PROTOCOL,
    crate::tattile_xml::PROTOCOL,
    crate::vc0706_jpeg::PROTOCOL,
    crate::icoms_radar::PROTOCOL,
    crate::xunpeng_display::PROTOCOL,
    crate::text_sign::PROTOCOL,
    crate::signal_output::PROTOCOL,
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
    /// A board, light or barrier that the host drives.
    Display,
    /// A detector of speed and presence.
    SpeedSensor,
}

impl Kind {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::VehicleRecord => "vehicle record",
            Self::PlateCamera => "plate camera",
            Self::PictureCamera => "picture camera",
            Self::Display => "display",
            Self::SpeedSensor => "speed sensor",
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
    /// Seven-bit sum.
    Sum7,
    /// Eight-bit sum.
    Sum8,
    /// A CRC of 16 bits.
    Crc16,
    /// None, exclusive or, eight-bit sum or CRC-16, by setting.
    BySetting,
    /// None, or exclusive or, eight-bit sum or CRC-16 by setting.
    NoneBySetting,
    /// No sum; the payload's own marks and its announced length.
    LengthAndMarks,
    /// No sum; a document that parses as a whole and has the length that its transport announced.
    LengthAndParse,
}

impl Check {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Xor => "xor",
            Self::OptionalSum7 => "7-bit sum, optional",
            Self::Sum7 => "7-bit sum",
            Self::Sum8 => "8-bit sum",
            Self::Crc16 => "crc16",
            Self::BySetting => "by setting (default crc16)",
            Self::NoneBySetting => "by setting (default none)",
            Self::LengthAndMarks => "length and marks",
            Self::LengthAndParse => "length and parse",
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

/// Who begins to speak on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The device, by itself.
    Device,
    /// The host; the device answers.
    Host,
    /// Either, by the device's own setting.
    Either,
}

impl Speaker {
    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Host => "host",
            Self::Either => "device or host",
        }
    }
}

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// No parity bit.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// How a serial line is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineSetting {
    /// Bits a second.
    pub baud: u32,
    /// Data bits, 7 or 8.
    pub data_bits: u8,
    /// Parity.
    pub parity: Parity,
    /// Stop bits, 1 or 2.
    pub stop_bits: u8,
}

impl LineSetting {
    /// Eight data bits, no parity, one stop bit.
    pub const fn eight_n_one(baud: u32) -> Self {
        Self {
            baud,
            data_bits: 8,
            parity: Parity::None,
            stop_bits: 1,
        }
    }

    /// Seven data bits, even parity, one stop bit.
    pub const fn seven_e_one(baud: u32) -> Self {
        Self {
            baud,
            data_bits: 7,
            parity: Parity::Even,
            stop_bits: 1,
        }
    }
}

/// As technicians write it: `9600 8N1`.
impl core::fmt::Display for LineSetting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        write!(
            f,
            "{} {}{parity}{}",
            self.baud, self.data_bits, self.stop_bits
        )
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
    /// How it is transported, in words: usual settings of the serial line, or another transport.
    pub line: &'static str,
    /// Settings of the serial line it is met with, the usual one first; empty when it is not spoken
    /// over one.
    pub line_settings: &'static [LineSetting],
    /// Who begins to speak.
    pub speaker: Speaker,
    /// Whether a frame begins with a mark, so that it is found right behind noise; otherwise the
    /// noise costs the frame that it touches, and the one behind that is found.
    pub marked: bool,
    /// How the wire guards its bytes.
    pub check: Check,
    /// What its weights, vehicles, plates or pictures may be used for: every grade that an event of
    /// this protocol can have.
    pub evidence: &'static [(Record, Grade)],
    /// How far it can be relied on.
    pub maturity: Maturity,
    /// The longest frame with default settings, bytes.
    pub longest_frame_bytes: usize,
    /// Its settings.
    pub settings: &'static [SettingSpec],
    /// Makes a decoder.
    pub decoder: fn(&Settings) -> Result<Box<dyn Decoder>, SettingsError>,
    /// Writes what a device would send to say this: the decoder, with the same settings, gives it
    /// back as its last event, with nothing but statuses before it.
    pub encoder: fn(&Event, &Settings) -> Result<Vec<u8>, EncodeError>,
    /// Something that such a device might say with default settings, another for each number:
    /// what tests, benchmarks and the damage table are made of.
    pub specimen: fn(u64) -> Event,
}

impl Protocol {
    /// The bytes of a [`Protocol::specimen`].
    ///
    /// # Errors
    /// Never, which a test holds for every protocol of the registry.
    pub fn specimen_bytes(&self, number: u64) -> Result<Vec<u8>, EncodeError> {
        (self.encoder)(&(self.specimen)(number), &Settings::new())
    }

    /// The evidence grade of one event of this protocol.
    pub fn grade(&self, event: &Event) -> Option<(Record, Grade)> {
        crate::evidence::grade(event, self.maturity)
    }
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
pub(crate) fn distance(left: &[u8], right: &[u8]) -> usize {
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
