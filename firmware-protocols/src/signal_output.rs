//! Signal output: lights and barriers (信号灯、栏杆机) that take one command for each state, by
//! settings.
//!
//! **Vendor, models.** Every traffic light, warning light, barrier or relay board that is switched
//! by fixed bytes over a serial line, binary ones too: a Modbus relay is met by the frames that write
//! its coils.
//!
//! **Source, how sure.** The format is the project's own and defined here; a device is met by
//! settings, or by a converter that speaks it. Maturity: DOCUMENTED, as no device outside of this
//! project was met with it yet.
//!
//! **Line.** 9600 8N1, or what the device has. The host speaks, the device answers each command or
//! says nothing.
//!
//! **Layout.** Host to device: the bytes of one state, with the default settings
//!
//! ```text
//! word CR LF
//!      0D 0A
//!
//! red yellow green flash off     traffic light: RED YELLOW GREEN FLASH OFF
//! cross arrow                    lane light: CROSS ARROW
//! open close stop                barrier: OPEN CLOSE STOP
//! siren silent                   alarm: SIREN SILENT
//! light dark                     lamp of the cameras: LIGHT DARK
//! ```
//!
//! Device to host: `acknowledge` or `refuse`, `OK` CR LF and `ERR` CR LF when nothing else is set;
//! an empty setting is an answer that the device does not give.
//!
//! Both directions are decoded: commands as the status `set` with the field `state`, answers as
//! `acknowledged` and `refused`. The encoder writes all three, so a simulated device is made of the
//! same two functions.
//!
//! `states` is a list of `name=command`, parted by `;`. A command is 1 to 64 bytes with `\r`, `\n`,
//! `\t`, `\\` and `\xHH` (`\x3B` for a semicolon). For a Modbus relay board at address 1, coil 0 on
//! and off: `states=red=\x01\x05\x00\x00\xFF\x00\x8C\x3A;off=\x01\x05\x00\x00\x00\x00\xCD\xCA`, with
//! `acknowledge` and `refuse` empty. Such a board repeats the command as its answer, which is heard as
//! `set` with the same state.
//!
//! **Integrity.** None of its own; all bytes of a command must be as they are set, and what a Modbus
//! frame has as its check is among them.
//!
//! **Quirks.**
//! * A list in which a command or answer stands inside of another is refused: half of a damaged
//!   command must not be another one.
//! * A command is found wherever its bytes stand, behind noise too.
//!
//! **One frame.** `GREEN` CR LF.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::envelope::{Found, at_front};
use crate::field::unescape;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::{Format, Look, Stream};
use crate::{Decoder, EncodeError, Event, Reject, SettingSpec, Settings, SettingsError, Status};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "signal_output",
    kind: Kind::Display,
    devices: "traffic lights, barriers and relay boards with one command for each state, by settings",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(19_200),
        LineSetting::eight_n_one(115_200),
    ],
    speaker: Speaker::Host,
    marked: true,
    check: Check::None,
    evidence: &[],
    maturity: Maturity::Documented,
    longest_frame_bytes: 8,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Status(status) => encode(status, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let state = SPECIMENS.get((number % 12) as usize).unwrap_or(&"green");
        Event::Status(status(&Meaning::Set((*state).to_string())))
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "states",
        default: "red=RED\\r\\n;green=GREEN\\r\\n;off=OFF\\r\\n;open=OPEN\\r\\n;close=CLOSE\\r\\n;\
                  yellow=YELLOW\\r\\n;flash=FLASH\\r\\n;cross=CROSS\\r\\n;arrow=ARROW\\r\\n;\
                  stop=STOP\\r\\n;siren=SIREN\\r\\n;silent=SILENT\\r\\n;light=LIGHT\\r\\n;\
                  dark=DARK\\r\\n",
        meaning: "`name=command`, parted by `;`; `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH` are understood; no command inside of another",
    },
    SettingSpec {
        key: "acknowledge",
        default: "OK\\r\\n",
        meaning: "what the device answers to a command that it carries out, may be empty; written like a command",
    },
    SettingSpec {
        key: "refuse",
        default: "ERR\\r\\n",
        meaning: "what the device answers to a command that it does not carry out, may be empty; written like a command",
    },
];

/// The states of the default list whose commands have six bytes or more.
const SPECIMENS: [&str; 12] = [
    "green", "close", "open", "yellow", "flash", "cross", "arrow", "stop", "siren", "silent",
    "light", "dark",
];
/// The longest command, and the most of them.
const LONGEST: usize = 64;
const MOST: usize = 64;
const SET: &str = "set";
const ACKNOWLEDGED: &str = "acknowledged";
const REFUSED: &str = "refused";

/// What bytes on the line mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Set(String),
    Acknowledged,
    Refused,
}

fn status(meaning: &Meaning) -> Status {
    let (name, fields) = match meaning {
        Meaning::Set(state) => (SET, vec![("state", state.clone())]),
        Meaning::Acknowledged => (ACKNOWLEDGED, vec![]),
        Meaning::Refused => (REFUSED, vec![]),
    };
    Status { name, fields }
}

/// All that is said on the line, as bytes.
struct Vocabulary(Vec<(Vec<u8>, Meaning)>);

impl Vocabulary {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let wrong = |key: &str, allowed: &str| refuse(key, settings.text(SETTINGS, key), allowed);
        let mut words = states(settings.text(SETTINGS, "states"))
            .ok_or_else(|| wrong("states", "name=command;name=command, each name once"))?;
        for (key, meaning) in [
            ("acknowledge", Meaning::Acknowledged),
            ("refuse", Meaning::Refused),
        ] {
            let bytes = unescape(settings.text(SETTINGS, key)).filter(|b| b.len() <= LONGEST);
            let bytes = bytes.ok_or_else(|| wrong(key, "at most 64 bytes"))?;
            if !bytes.is_empty() {
                words.push((bytes, meaning));
            }
        }
        for (index, (one, meaning)) in words.iter().enumerate() {
            let inside = |(place, (other, _)): (usize, &(Vec<u8>, Meaning))| {
                place != index && other.windows(one.len()).any(|part| part == one.as_slice())
            };
            if words.iter().enumerate().any(inside) {
                let key = match meaning {
                    Meaning::Set(_) => "states",
                    Meaning::Acknowledged => "acknowledge",
                    Meaning::Refused => "refuse",
                };
                return Err(wrong(
                    key,
                    "commands and answers that do not stand in one another",
                ));
            }
        }
        Ok(Self(words))
    }

    fn at_front(&self, window: &[u8]) -> Found {
        at_front(window, self.0.iter().map(|(bytes, _)| bytes.as_slice()))
    }
}

/// The list of states; `None` when it is none.
fn states(text: &str) -> Option<Vec<(Vec<u8>, Meaning)>> {
    let mut words: Vec<(Vec<u8>, Meaning)> = Vec::new();
    for part in text.split(';') {
        let (name, command) = part.split_once('=')?;
        let name = name.trim();
        let sane = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let command = unescape(command)?;
        let meaning = Meaning::Set(name.to_string());
        let fits = !name.is_empty()
            && name.len() <= 32
            && name.bytes().all(sane)
            && (1..=LONGEST).contains(&command.len())
            && words.len() < MOST
            && words.iter().all(|(_, other)| *other != meaning);
        if !fits {
            return None;
        }
        words.push((command, meaning));
    }
    Some(words)
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Output {
        vocabulary: Vocabulary::new(settings)?,
    }))
}

struct Output {
    vocabulary: Vocabulary,
}

impl Format for Output {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        match self.vocabulary.at_front(window) {
            Found::Whole(index) => match self.vocabulary.0.get(index) {
                Some((bytes, meaning)) => Look::Frame(bytes.len(), Event::Status(status(meaning))),
                None => Look::Skip(1),
            },
            Found::Part if ended => Look::Bad(window.len(), Reject::Truncated),
            Found::Part => Look::More,
            Found::No => {
                let begins = |at: &usize| {
                    let rest = window.get(*at..).unwrap_or_default();
                    self.vocabulary.at_front(rest) != Found::No
                };
                Look::Skip((1..window.len()).find(begins).unwrap_or(window.len()))
            }
        }
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// The bytes of a command (`set` with `state`) or of an answer (`acknowledged`, `refused`).
///
/// # Errors
/// [`EncodeError::Range`] for a state that the settings do not have; [`EncodeError::Kind`] for an
/// answer that they leave empty.
pub fn encode(status: &Status, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let vocabulary = Vocabulary::new(settings);
    let vocabulary = vocabulary.map_err(|error| EncodeError::range("settings", error))?;
    let meaning = match status.name {
        SET => {
            let state = status.fields.iter().find(|(key, _)| *key == "state");
            let (_, state) = state.ok_or(EncodeError::Missing("state"))?;
            Meaning::Set(state.clone())
        }
        ACKNOWLEDGED => Meaning::Acknowledged,
        REFUSED => Meaning::Refused,
        _ => return Err(EncodeError::Kind),
    };
    let mut words = vocabulary.0.into_iter();
    match (words.find(|(_, known)| *known == meaning), meaning) {
        (Some((bytes, _)), _) => Ok(bytes),
        (None, Meaning::Set(state)) => Err(EncodeError::range("state", state)),
        (None, _) => Err(EncodeError::Kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Status(status) => match status.fields.first() {
                    Some((_, state)) => alloc::format!("{} {state}", status.name),
                    None => status.name.to_string(),
                },
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn relay() -> Settings {
        Settings::new()
            .with(
                "states",
                "red=\\x01\\x05\\x00\\x00\\xFF\\x00\\x8C\\x3A; off=\\x01\\x05\\x00\\x00\\x00\\x00\\xCD\\xCA",
            )
            .with("acknowledge", "")
            .with("refuse", "")
    }

    #[test]
    fn every_state_and_answer_goes_both_ways() {
        let default = Settings::new();
        let list = Vocabulary::new(&default).unwrap().0;
        assert_eq!(list.len(), 16);
        for (bytes, meaning) in list {
            let status = status(&meaning);
            assert_eq!(encode(&status, &default).unwrap(), bytes);
            let mut decoder = decoder(&default).unwrap();
            decoder.push(&bytes);
            let event = decoder.poll_event().map(|decoded| decoded.event);
            assert_eq!(event, Some(Event::Status(status)));
        }
    }

    #[test]
    fn a_binary_board_is_met_by_settings() {
        use crate::check::crc16_modbus;
        for (bytes, meaning) in Vocabulary::new(&relay()).unwrap().0 {
            let (body, sum) = bytes.split_at(6);
            assert_eq!(sum, crc16_modbus(body).to_le_bytes(), "{meaning:?}");
        }
        let off = b"\x01\x05\x00\x00\x00\x00\xCD\xCA";
        assert_eq!(words(&relay(), &off.repeat(2)), ["set off", "set off"]);
        assert_eq!(words(&relay(), &off[..7]), ["truncated"]);
        let acknowledged = status(&Meaning::Acknowledged);
        assert_eq!(encode(&acknowledged, &relay()), Err(EncodeError::Kind));
    }

    #[test]
    fn commands_are_found_behind_noise_and_cut_commands() {
        let default = Settings::new();
        for (bytes, expected) in [
            (&b"RED\r\nOK\r\n"[..], &["set red", "acknowledged"][..]),
            (
                b"GREE\r\nOFF\r\nERR\r\n",
                &["garbage", "set off", "refused"],
            ),
            (b"GREERED\r\n", &["garbage", "set red"]),
            (b"OOOPEN\r\n", &["garbage", "set open"]),
            (b"OPE", &["truncated"]),
            (b"BLUE\r\n", &["garbage"]),
            (b"red\r\n", &["garbage"]),
        ] {
            assert_eq!(words(&default, bytes), expected, "{bytes:02X?}");
        }
    }

    #[test]
    fn lists_that_can_be_misheard_are_refused() {
        for states in [
            "",
            "red",
            "red=",
            "=RED",
            "red=RED;",
            "Red=RED",
            "red=RED;red=ROT",
            "red=\\xZZ",
            // One begins, ends or stands inside of another, or is the same.
            "red=R;redder=RR",
            "on=ON\\n;off=OFF\\n;lamp=LAMP ON\\n",
            "a=B;c=ABA",
            "a=X;b=X",
            // An answer in a command.
            "red=OK\\r\\n",
            "red=BOOK\\r\\n",
        ] {
            let settings = Settings::new().with("states", states);
            assert!(Vocabulary::new(&settings).is_err(), "{states}");
        }
        let settings = Settings::new().with("refuse", "K\\r\\n");
        assert!(Vocabulary::new(&settings).is_err());
        let unknown = status(&Meaning::Set("blue".to_string()));
        assert!(encode(&unknown, &Settings::new()).is_err());
    }
}
