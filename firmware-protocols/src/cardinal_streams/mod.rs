//! Streams of American indicators: Cardinal SB-400 and SB-200, Fairbanks, Weigh-Tronix, and a text
//! stream seen in the field.
//!
//! **Vendor, models.** Cardinal 190, 200, 201, 225 (outputs SB-400 = type 1 and SB-200 = type 10,
//! and, as output for other makers' displays, Fairbanks and Weigh-Tronix).
//!
//! **Source, how sure.** Cardinal 190, 200 and 225 manuals. The text stream is known from one line
//! of a field log in an open reader project. No other recording from hardware. Which letters the
//! legend of Fairbanks has, and that a point is a seventh column in every form, is inferred.
//! Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The indicator sends all the time; a Cardinal 190 may wait to be asked with
//! ENQ: set `poll` to `\x05`.
//!
//! **Layout** (one letter a byte, _ is a space):
//!
//! ```text
//! s wwwwww uu m pp CR              SB-400
//! CR s dddddd e uu m ETX           SB-200
//! s wwwwww _ uu _ m _ pp CR LF     text; the pair may be missing, one to four spaces may follow
//! ll wwwwww uu CR LF               Fairbanks
//! _ m s dddddd _ uu CR LF          Weigh-Tronix; LF may be missing
//!
//! s  sign: space or +, -
//! w  weight, six columns, right-justified, blanks or zeros before it; seven with a point in it
//! d  weight, six digits with leading zeros or blanks; seven columns with a point in it
//! u  unit, two columns, any case: lb, kg, t, tn, g, oz
//! m  G gross, N net
//! p  status: two spaces none, MO moving, CZ or ZR centre of zero, BZ below zero, OC or OL over
//!    capacity, UR under range, ee no weight, ER error (SB-400: __ OC CZ BZ MO ee; text: __ MO BZ ZR OL
//!    UR ER)
//! e  status: space none, m moving, o over capacity, e no weight
//! l  legend, two columns: GR, GS, G gross; NT, N net; lower case while moving; blank, with a blank
//!    weight, when over or under range
//! ```
//!
//! **Integrity.** None on the wire. Fixed widths are all that guards a frame; a weight needs agreeing
//! frames. Most forms have no mark at their begin, so a line with noise in it is refused as a whole.
//!
//! **Quirks.**
//! * The forms differ in shape, and by default each frame is read as the form that it has the shape
//!   of. The setting `form` takes only one.
//! * "No weight" (`ee`, `e`) is a reading without value and without range flags: the indicator is
//!   well and shows something else. `ER` is the reason `device`.
//! * Blanks for weight and legend (Fairbanks) do not tell over from under: both flags are set.
//! * Centre of zero and below zero stand where `MO` would: the weight is stable. A weight below zero
//!   that is displayed is a weight, not under range.
//! * Weigh-Tronix says neither motion nor range.
//!
//! **One frame.** `20 20 20 39 31 32 30 6B 67 47 4D 4F 0D` = 9120 kg gross, moving (SB-400).

mod forms;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use forms::{Form, encode};

use crate::cr_text::{CrText, CrTexts, Frame};
use crate::evidence::{Grade, Record};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError, Unit,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "cardinal_streams",
    kind: Kind::Scale,
    devices: "Cardinal 190, 200, 201, 225 (SB-400, SB-200); Fairbanks and Weigh-Tronix streams",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(1_200),
    ],
    speaker: Speaker::Either,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST_TEXT + 4,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Reading(reading) => {
            let form = form(settings).map_err(|error| EncodeError::range("settings", error))?;
            encode(reading, form.unwrap_or_else(|| Form::that_says(reading)))
        }
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "form",
        default: "auto",
        meaning: "`auto` takes every form by its shape; or only `sb400`, `sb200`, `text`, \
                  `fairbanks` or `weigh_tronix`",
    },
    poll(""),
    POLL_MS,
];

/// The longest text: of the text stream, with a point and four blanks.
const LONGEST_TEXT: usize = 17;
const ENQ: u8 = 0x05;

/// The form that the settings choose; `None` for all.
fn form(settings: &Settings) -> Result<Option<Form>, SettingsError> {
    let mut choices = Vec::from([("auto", None)]);
    choices.extend(Form::ALL.map(|form| (form.name(), Some(form))));
    settings.choice(SETTINGS, "form", &choices)
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(CrTexts::new(Cardinal {
        only: form(settings)?,
        poller: Poller::new(settings, SETTINGS)?,
    })))
}

struct Cardinal {
    only: Option<Form>,
    poller: Poller,
}

impl CrText for Cardinal {
    const LONGEST: usize = LONGEST_TEXT;

    fn host(&self, byte: u8) -> Option<&'static str> {
        (byte == ENQ).then_some("host_enquiry")
    }

    fn read(&self, text: &[u8], frame: Frame) -> Result<(Event, bool), Reject> {
        let mut reason = Reject::Garbage;
        for form in Form::ALL {
            if self.only.is_some_and(|only| only != form) {
                continue;
            }
            match form.read(text, frame) {
                Ok(reading) => return Ok((Event::Reading(reading), form.has_line_feed())),
                Err(Reject::Garbage) => {}
                Err(other) => reason = other,
            }
        }
        Err(reason)
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn restart(&mut self) {
        self.poller.restart();
    }
}

/// Readings that between them are written in every form.
fn specimen(number: u64) -> Event {
    let units = [Unit::Kilogram, Unit::Pound, Unit::Kilogram, Unit::Tonne];
    let signed = number % 5 != 2;
    let plain = Reading {
        value: Some(specimen::weight(number, 6, (number % 3) as u8, 1, signed)),
        unit: units.get((number % 4) as usize).copied(),
        stable: Some(!number.is_multiple_of(3)),
        net: Some(number.is_multiple_of(2)),
        overload: Some(false),
        underload: Some(false),
        ..Reading::default()
    };
    let without = Reading {
        value: None,
        stable: None,
        ..plain.clone()
    };
    Event::Reading(match number % 12 {
        // SB-200 has no word for under range.
        1 | 5 | 9 => Reading {
            underload: None,
            ..plain
        },
        2 => Reading {
            net: None,
            overload: Some(true),
            underload: Some(true),
            ..without
        },
        3 => Reading {
            underload: Some(true),
            ..without
        },
        4 => Reading {
            overload: Some(true),
            ..without
        },
        6 | 10 => Reading {
            stable: None,
            overload: None,
            underload: None,
            ..plain
        },
        7 => Reading {
            overload: Some(true),
            underload: None,
            ..without
        },
        11 => Reading {
            overload: None,
            underload: None,
            ..without
        },
        _ => plain,
    })
}

#[cfg(test)]
mod tests;
