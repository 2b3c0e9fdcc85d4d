//! Axxon plate text: one plate read between STX and ETX, fields at fixed positions.
//!
//! **Vendor, models.** AxxonSoft plate recognition (Axxon One, Intellect), output of the TCP or
//! serial port; other plate software offers the same line.
//!
//! **Source, how sure.** The maker's documentation of the plate output. The character encoding of
//! the plate is not stated there. No recording. Maturity: DOCUMENTED.
//!
//! **Line.** TCP, or a serial line, usually 9600 8N1. The software speaks, the host says nothing.
//!
//! **Layout** (bytes):
//!
//! ```text
//!  0   1             15  17
//! STX  YYYYMMDDhhmmss CC  plate ... ETX
//!  02  14 digits      2              03
//!
//! YYYYMMDDhhmmss  time of the read, without zone
//! CC              number of the camera, 00 to 99; the event's lane
//! plate           0 to 16 characters; nothing when a vehicle was seen and nothing read
//! ```
//!
//! **Integrity.** None (`checked: false`): a plate needs a second independent read. Time and camera
//! must be digits and a date that exists.
//!
//! **Quirks.**
//! * The same plate can come twice within a second: both are given.
//! * The engine is that of [`crate::plate_text`]; a line with other fields is for settings there.
//! * A fraction of a second has no place in the line: the encoder cuts it off.
//!
//! **One frame.** `02 32 30 32 35 30 33 31 34 30 38 31 35 32 38 30 33 41 31 32 33 42 43 37 37 03` =
//! camera 3, `A123BC77`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::envelope::{Body, Enveloped};
use crate::evidence::{Grade, Record};
use crate::plate_text::{self, Layout, PlateText};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decoder, DeviceTime, EncodeError, Event, Plate, Reject, SettingSpec, Settings, SettingsError,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "axxon_lpr_text",
    kind: Kind::PlateCamera,
    devices: "AxxonSoft plate recognition, text output",
    line: "TCP, or 9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(115_200),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Plate, Grade::SecondRead)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Plate(plate) => encode(plate, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Plate(specimen_plate(number)),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "encoding",
        default: "auto",
        meaning: "`auto` (UTF-8 where it is valid, otherwise GB18030), `utf-8`, `gb18030` or `latin-1`",
    },
    SettingSpec {
        key: "clock",
        default: "local",
        meaning: "what the time on the line is, `local` or `utc`",
    },
    SettingSpec {
        key: "no_plate",
        default: "无车牌,无牌,NOPLATE,UNKNOWN",
        meaning: "words, parted by commas, that stand for a vehicle without a plate read",
    },
];

/// Marks, time, camera, and 16 characters of four bytes.
const LONGEST: usize = 1 + HEAD + 4 * plate_text::PLATE_CHARACTERS + 1;
/// Digits before the plate.
const HEAD: usize = 16;

fn layout(settings: &Settings) -> Result<Layout, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let text = |key| settings.text(SETTINGS, key);
    Layout::new(
        &Settings::new()
            .with("start", "\\x02")
            .with("end", "\\x03")
            .with("delimiter", "")
            .with("fields", "time:14,camera:2,plate")
            .with("time_format", "YYYYMMDDhhmmss")
            .with("checksum", "none")
            .with("longest", &alloc::format!("{LONGEST}"))
            .with("encoding", text("encoding"))
            .with("clock", text("clock"))
            .with("no_plate", text("no_plate")),
    )
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    let lines = PlateText::enveloped(layout(settings)?);
    Ok(Stream::new(Enveloped::new(
        lines.envelope,
        Axxon(lines.body),
    )))
}

struct Axxon(PlateText);

impl Body for Axxon {
    fn read(&self, body: &[u8], checked: bool) -> Result<Event, Reject> {
        // Blanks would be fields that are not said; this line always says them.
        let head = body.get(..HEAD).ok_or(Reject::Length)?;
        if head.iter().all(u8::is_ascii_digit) {
            self.0.read(body, checked)
        } else {
            Err(Reject::Field)
        }
    }
}

/// The line of a plate read.
///
/// # Errors
/// `time` and `lane` (0 to 99) are needed; [`EncodeError::Range`] for a plate with control
/// characters, with more than 16 characters or with characters that the encoding lacks.
pub fn encode(plate: &Plate, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let layout = layout(settings).map_err(|error| EncodeError::range("settings", error))?;
    if plate.time.is_none() {
        return Err(EncodeError::Missing("time"));
    }
    match plate.lane {
        None => return Err(EncodeError::Missing("lane")),
        Some(lane) if lane > 99 => return Err(EncodeError::range("lane", lane)),
        Some(_) => {}
    }
    let text = plate.plate.as_deref().unwrap_or_default();
    if text.chars().count() > plate_text::PLATE_CHARACTERS || text.chars().any(char::is_control) {
        return Err(EncodeError::range("plate", text));
    }
    plate_text::encode(plate, &layout)
}

fn specimen_plate(number: u64) -> Plate {
    let plate = specimen::plate(number);
    let whole_second = |time: DeviceTime| {
        let micros = time.micros();
        DeviceTime::from_micros(micros - micros.rem_euclid(1_000_000), false)
    };
    Plate {
        plate: plate.plate,
        time: plate.time.and_then(whole_second),
        lane: Some((specimen::scatter(number) % 100) as u16),
        ..Plate::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Plate(plate) => alloc::format!(
                    "{} {} {}",
                    plate.plate.as_deref().unwrap_or("-"),
                    plate.lane.unwrap(),
                    plate.time.unwrap()
                ),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_line_is_time_camera_and_plate_in_either_encoding() {
        let auto = Settings::new();
        for (bytes, word) in [
            (
                &b"\x022025031408152701A123BC77\x03"[..],
                "A123BC77 1 2025-03-14T08:15:27.000",
            ),
            (
                b"\x022025031408152742\xD4\xA5A12345\x03",
                "豫A12345 42 2025-03-14T08:15:27.000",
            ),
            (
                "\x022025031408152742豫A12345\x03".as_bytes(),
                "豫A12345 42 2025-03-14T08:15:27.000",
            ),
            (b"\x022025031408152700\x03", "- 0 2025-03-14T08:15:27.000"),
        ] {
            assert_eq!(words(&auto, bytes), [word]);
        }
        let utc = auto.with("clock", "utc");
        assert_eq!(
            words(&utc, b"\x022025031408152701A1\x03"),
            ["A1 1 2025-03-14T08:15:27.000Z"]
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (bytes, word) in [
            (&b"\x022025139908152701A123BC77\x03"[..], "field"),
            (b"\x022025031424152701A123BC77\x03", "field"),
            (b"\x02202503140815270 A123BC77\x03", "field"),
            (b"\x02              01A123BC77\x03", "field"),
            (b"\x0220250314081527\x03", "length"),
            (b"\x022025031408152701A123BC77A123BC777\x03", "field"),
            (b"\x022025031408152701A1\r\n\x03", "field"),
            (b"\x02202503140815", "truncated"),
            (b"A123BC77", "garbage"),
        ] {
            assert_eq!(words(&Settings::new(), bytes), [word]);
        }
    }

    #[test]
    fn what_has_no_place_is_not_written() {
        let good = specimen_plate(1);
        let settings = Settings::new();
        assert!(encode(&good, &settings).is_ok());
        for wrong in [
            Plate {
                time: None,
                ..good.clone()
            },
            Plate {
                lane: None,
                ..good.clone()
            },
            Plate {
                lane: Some(100),
                ..good.clone()
            },
            Plate {
                plate: Some("A\x03B".to_string()),
                ..good.clone()
            },
            Plate {
                plate: Some("A".repeat(17)),
                ..good.clone()
            },
        ] {
            assert!(encode(&wrong, &settings).is_err(), "{wrong:?}");
        }
    }
}
