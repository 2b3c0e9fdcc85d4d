//! Text sign (可变信息板): a line of text that the host sends to an LED board, by settings.
//!
//! **Vendor, models.** Every LED sign, and every controller card in front of one, that takes text
//! between fixed bytes. Signs with a protocol of their own (Onbon, Novastar) need a file of their own.
//!
//! **Source, how sure.** The format is the project's own and defined here; a device is met by
//! settings, or by a converter that speaks it. Maturity: DOCUMENTED, as no device outside of this
//! project was met with it yet.
//!
//! **Line.** 9600 8N1, or what the sign has. The host speaks, the sign answers each text or says
//! nothing.
//!
//! **Layout.** Host to sign, with the default settings:
//!
//! ```text
//! STX  text ...  ETX
//! 02             03
//!
//! text  0 to 64 characters, GB18030
//! ```
//!
//! In general: `start` bytes, the text in `encoding`, the checksum when there is one, `end` bytes.
//! LF stands inside of a text as a line break, no other control character does. The text of the
//! setting `clear` makes the sign dark.
//!
//! Sign to host: `acknowledge` or `refuse`, `OK` CR LF and `ERR` CR LF when nothing else is set; an
//! empty setting is an answer that the sign does not give.
//!
//! Both directions are decoded: texts as the status `show` with the field `text`, or `clear`; answers
//! as `acknowledged` and `refused`. The encoder writes all four, so a simulated sign is made of the
//! same two functions.
//!
//! **Integrity.** `checksum = none | xor | sum8 | crc16`, as in [`crate::plate_text`]: `*` and two
//! (xor, sum8) or four (crc16) hexadecimal digits before `end`, over every byte of the frame but the
//! first byte of `start`, up to the byte before `*`. None by default.
//!
//! **Quirks.**
//! * A text can't hold the bytes of `start`, `end` or an answer. GB18030 characters have letters and
//!   signs of ASCII from 30 on as later bytes: marks are best control characters.
//! * A new start, or an answer, inside of a text shows that the text before it was cut.
//! * Without `start`, noise before a text is a part of it.
//!
//! **One frame.** `02 43 41 4C 4C 20 49 4E 03` = `CALL IN`.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::envelope::{Body, Envelope, Enveloped, Whole};
use crate::field::unescape;
use crate::plate_text::encoding::ENCODINGS;
use crate::plate_text::layout::CHECKSUMS;
use crate::plate_text::{Checksum, TextEncoding};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::Stream;
use crate::{
    Decoder, EncodeError, Event, Reject, SettingSpec, Settings, SettingsError, Status, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "text_sign",
    kind: Kind::Display,
    devices: "LED signs that take text between fixed bytes, by settings",
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
    longest_frame_bytes: 258,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Status(status) => encode(status, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Status(show(specimen_text(number))),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "start",
        default: "\\x02",
        meaning: "bytes before the text, may be empty; `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH` are understood",
    },
    SettingSpec {
        key: "end",
        default: "\\x03",
        meaning: "bytes behind the text, never empty; written like `start`",
    },
    SettingSpec {
        key: "encoding",
        default: "gb18030",
        meaning: "`gb18030`, `utf-8`, `latin-1` or `auto` (writes UTF-8, reads that or GB18030)",
    },
    SettingSpec {
        key: "longest",
        default: "64",
        meaning: "the most characters of a text, 1 to 512",
    },
    SettingSpec {
        key: "checksum",
        default: "none",
        meaning: "`none`, `xor`, `sum8` or `crc16`: `*` and hexadecimal digits before `end`",
    },
    SettingSpec {
        key: "clear",
        default: " ",
        meaning: "the text that makes the sign dark; written like `start`",
    },
    SettingSpec {
        key: "acknowledge",
        default: "OK\\r\\n",
        meaning: "what the sign answers to a text that it shows, may be empty; written like `start`",
    },
    SettingSpec {
        key: "refuse",
        default: "ERR\\r\\n",
        meaning: "what the sign answers to a text that it can't show, may be empty; written like `start`",
    },
];

const SHOW: &str = "show";
const CLEAR: &str = "clear";
const ACKNOWLEDGED: &str = "acknowledged";
const REFUSED: &str = "refused";

fn show(text: String) -> Status {
    Status {
        name: SHOW,
        fields: vec![("text", text)],
    }
}

fn format(settings: &Settings) -> Result<Enveloped<SignText>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let bytes = |key| {
        let text = settings.text(SETTINGS, key);
        let bytes = unescape(text).filter(|bytes| bytes.len() <= 64);
        bytes.ok_or_else(|| refuse(key, text, "at most 64 bytes, with \\r \\n \\t \\\\ \\xHH"))
    };
    let wrong = |key, allowed| refuse(key, settings.text(SETTINGS, key), allowed);
    let (start, end) = (bytes("start")?, bytes("end")?);
    if end.is_empty() {
        return Err(wrong("end", "at least one byte"));
    }
    let longest = settings.number(SETTINGS, "longest", 1..=512)? as usize;
    let checksum = settings.choice(SETTINGS, "checksum", &CHECKSUMS)?;
    let guard = match checksum {
        Checksum::None => 0,
        _ => 1 + checksum.hex_digits(),
    };
    let answers = vec![
        Whole {
            bytes: bytes("acknowledge")?,
            name: ACKNOWLEDGED,
        },
        Whole {
            bytes: bytes("refuse")?,
            name: REFUSED,
        },
    ];
    let clear = String::from_utf8(bytes("clear")?);
    let body = SignText {
        encoding: settings.choice(SETTINGS, "encoding", &ENCODINGS)?,
        longest,
        clear: clear.map_err(|_| wrong("clear", "text"))?,
    };
    let [acknowledge, refused] = [0, 1].map(|index| answers.get(index).map(|a| &a.bytes));
    for (key, one, other) in [
        ("refuse", refused, acknowledge),
        ("acknowledge", acknowledge, Some(&start)),
        ("refuse", refused, Some(&start)),
    ] {
        if let (Some(one), Some(other)) = (one, other)
            && !one.is_empty()
            && !other.is_empty()
            && (one.starts_with(other) || other.starts_with(one))
        {
            return Err(wrong(
                key,
                "bytes that begin unlike `start` and the other answer",
            ));
        }
    }
    let envelope = Envelope {
        longest: start.len() + 4 * longest + guard + end.len(),
        start,
        end,
        checksum,
        answers,
    };
    // Marks that stand in one another would cut every text, or be taken for one another.
    let marks = core::iter::once(&envelope.start).chain(envelope.answers.iter().map(|a| &a.bytes));
    let same = marks.into_iter().any(|mark| *mark == envelope.end);
    if same || envelope.seal(&[], "text", "").is_err() {
        return Err(wrong("end", "bytes apart from `start` and the answers"));
    }
    let format = Enveloped::new(envelope, body);
    if format.text_frame(&format.body.clear).is_err() {
        return Err(wrong("clear", "a text that the sign can be sent"));
    }
    Ok(format)
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(format(settings)?))
}

struct SignText {
    encoding: TextEncoding,
    longest: usize,
    clear: String,
}

impl SignText {
    fn check(&self, text: &str) -> Result<(), Reject> {
        if text.chars().count() > self.longest {
            return Err(Reject::Length);
        }
        match text.chars().any(|c| c.is_control() && c != '\n') {
            true => Err(Reject::Field),
            false => Ok(()),
        }
    }
}

impl Body for SignText {
    fn read(&self, body: &[u8], _checked: bool) -> Result<Event, Reject> {
        let text = self.encoding.decode(body)?;
        self.check(&text)?;
        Ok(Event::Status(match text == self.clear {
            true => Status {
                name: CLEAR,
                fields: Vec::new(),
            },
            false => show(text),
        }))
    }
}

impl Enveloped<SignText> {
    fn text_frame(&self, text: &str) -> Result<Vec<u8>, EncodeError> {
        let wrong = || EncodeError::range("text", text);
        self.body.check(text).map_err(|_| wrong())?;
        let bytes = self.body.encoding.encode(text).ok_or_else(wrong)?;
        // What the encoding does not give back as it was is another text.
        match self.body.encoding.decode(&bytes) {
            Ok(back) if back == text => self.envelope.seal(&bytes, "text", text),
            _ => Err(wrong()),
        }
    }

    fn answer(&self, name: &str) -> Result<Vec<u8>, EncodeError> {
        let mut answers = self.envelope.answers.iter();
        let answer = answers.find(|answer| answer.name == name && !answer.bytes.is_empty());
        answer
            .map(|answer| answer.bytes.clone())
            .ok_or(EncodeError::Kind)
    }
}

/// The bytes of a text (`show` with `text`, `clear`) or of an answer (`acknowledged`, `refused`).
///
/// # Errors
/// [`EncodeError::Range`] for a text that is too long, has control characters other than LF,
/// characters that the encoding lacks or a mark in it, or is the text that `clear` is for;
/// [`EncodeError::Kind`] for an answer that the settings leave empty.
pub fn encode(status: &Status, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let format = format(settings).map_err(|error| EncodeError::range("settings", error))?;
    match status.name {
        SHOW => {
            let text = status.fields.iter().find(|(key, _)| *key == "text");
            let (_, text) = text.ok_or(EncodeError::Missing("text"))?;
            if *text == format.body.clear {
                return Err(EncodeError::range("text", text));
            }
            format.text_frame(text)
        }
        CLEAR => format.text_frame(&format.body.clear),
        ACKNOWLEDGED | REFUSED => format.answer(status.name),
        _ => Err(EncodeError::Kind),
    }
}

/// What a station shows: orders, plates with weights, two lines.
fn specimen_text(number: u64) -> String {
    let tonnes = 49 + specimen::scatter(number) % 60;
    match number % 4 {
        0 => alloc::format!("京A{:05} 超限{tonnes}吨\n请进站检测", number * 7 % 100_000),
        1 => alloc::format!("请减速 {}km/h", 20 + number % 60),
        2 => alloc::format!("LANE {} CLOSED", 1 + number % 9),
        _ => alloc::format!("总重{tonnes}.{} t 未超限", number % 10),
    }
    .to_string()
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
                Event::Status(status) => {
                    let text = status.fields.first().map_or("", |(_, text)| text);
                    alloc::format!("{} {text}", status.name)
                        .trim_end()
                        .to_string()
                }
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn named(name: &'static str) -> Status {
        Status {
            name,
            fields: vec![],
        }
    }

    #[test]
    fn whatever_is_written_is_read_back() {
        let base = Settings::new();
        let serial = base
            .clone()
            .with("start", "$SHOW,")
            .with("end", "\\r\\n")
            .with("acknowledge", "$ACK\\r\\n")
            .with("refuse", "$NAK\\r\\n")
            .with("clear", "");
        let bare = base
            .clone()
            .with("start", "")
            .with("end", "\\x0D")
            .with("acknowledge", "\\x06")
            .with("refuse", "\\x15");
        for settings in [base, serial, bare] {
            for encoding in ["gb18030", "utf-8", "auto"] {
                for checksum in ["none", "xor", "sum8", "crc16"] {
                    let settings = settings
                        .clone()
                        .with("encoding", encoding)
                        .with("checksum", checksum);
                    let texts = ["超限 3.2吨", "OK", "ERR", "京A·12345\n限重49吨"];
                    let texts = texts.map(|text| show(text.to_string()));
                    let others = [CLEAR, ACKNOWLEDGED, REFUSED].map(named);
                    for status in texts.into_iter().chain(others) {
                        let bytes = encode(&status, &settings).unwrap();
                        let mut decoder = decoder(&settings).unwrap();
                        decoder.push(&bytes);
                        let event = decoder.poll_event().map(|decoded| decoded.event);
                        assert_eq!(event, Some(Event::Status(status)), "{settings:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn answers_are_found_behind_noise_and_cut_texts() {
        let default = Settings::new();
        for (bytes, expected) in [
            (&b"OK\r\nERR\r\n"[..], &["acknowledged", "refused"][..]),
            (b"?OOK\r\n", &["garbage", "acknowledged"]),
            (b"\x02CALLOK\r\n", &["truncated", "acknowledged"]),
            (b"\x02CA\x02CALL\x03", &["truncated", "show CALL"]),
            (b"\x02CALL\x03OK\r\n", &["show CALL", "acknowledged"]),
            (b"\x02 \x03", &["clear"]),
            (b"\x02\x03", &["show"]),
            (b"ER", &["garbage"]),
            (b"\x02CA\x07L\x03", &["field"]),
            (b"\x02\xFF\xFF\x03", &["field"]),
        ] {
            assert_eq!(words(&default, bytes), expected, "{bytes:02X?}");
        }
        let long = [&b"\x02"[..], &[b'A'; 65], b"\x03"].concat();
        assert_eq!(words(&default, &long), ["length"]);
        let guarded = default.with("checksum", "sum8");
        assert_eq!(
            words(&guarded, b"\x02A*41\x03\x02A*42\x03"),
            ["show A", "integrity"]
        );
    }

    #[test]
    fn a_text_that_would_be_another_is_not_written() {
        let default = Settings::new();
        for text in [" ", "A\x03B", "A\rB", "OK\r\n", "\u{7}"] {
            assert!(
                encode(&show(text.to_string()), &default).is_err(),
                "{text:?}"
            );
        }
        assert!(encode(&show("A".repeat(64)), &default).is_ok());
        assert!(encode(&show("A".repeat(65)), &default).is_err());
        assert!(encode(&named(SHOW), &default).is_err());
        assert!(encode(&named("set"), &default).is_err());
        let silent = default.clone().with("refuse", "");
        assert_eq!(encode(&named(REFUSED), &silent), Err(EncodeError::Kind));
        // A later byte of the character is the mark.
        let bar = default.clone().with("end", "|");
        assert!(encode(&show("\u{4E0F}".to_string()), &bar).is_ok());
        let bytes = TextEncoding::Gb18030.encode("\u{5287}").unwrap();
        let end = alloc::format!("\\x{:02X}", bytes[1]);
        let mark = default.with("end", &end);
        assert!(encode(&show("\u{5287}".to_string()), &mark).is_err());
    }

    #[test]
    fn settings_that_make_no_sign_are_refused() {
        for (key, value) in [
            ("end", ""),
            ("start", "\\xZ"),
            ("start", "O"),
            ("acknowledge", "\\x02OK"),
            ("refuse", "OK"),
            ("end", "OK\\r\\n"),
            ("end", "\\x02"),
            ("clear", "\\x03"),
            ("longest", "0"),
            ("encoding", "big5"),
            ("checksum", "md5"),
        ] {
            let settings = Settings::new().with(key, value);
            assert!(format(&settings).is_err(), "{key} {value}");
        }
    }

    /// Marks that overlap one another, with and without a start, over streams of their own bytes.
    #[test]
    fn chunks_make_no_difference_whatever_the_marks_are() {
        let sign = |start, end, acknowledge, refuse| {
            Settings::new()
                .with("start", start)
                .with("end", end)
                .with("acknowledge", acknowledge)
                .with("refuse", refuse)
                .with("longest", "3")
                .with("clear", "C")
        };
        for settings in [
            sign("<", ">", "K>", "N>"),
            sign("<<", ">>", ">K", ">N"),
            sign("", ">", "K>", "N>K"),
            sign("", ">>", "K>N", "N"),
            sign("<K", "K<", "<N", ">K<"),
        ] {
            for seed in 0..400 {
                let byte = |at: u64| {
                    let chance = specimen::scatter(seed * 1_000 + at) % 6;
                    b"<>KNAK".get(chance as usize).copied()
                };
                let stream: Vec<u8> = (0..60).filter_map(byte).collect();
                let [mut whole, mut parts] = [vec![], vec![]];
                for (events, size) in [(&mut whole, 60), (&mut parts, 1)] {
                    let mut decoder = decoder(&settings).unwrap();
                    for chunk in stream.chunks(size) {
                        decoder.push(chunk);
                        events.extend(core::iter::from_fn(|| decoder.poll_event()));
                        assert!(decoder.held_bytes() <= decoder.memory_bound());
                    }
                    decoder.finish();
                    events.extend(core::iter::from_fn(|| decoder.poll_event()));
                }
                assert_eq!(parts, whole, "{settings:?}");
            }
        }
    }
}
