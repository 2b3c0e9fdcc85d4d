//! On-board axle weights (车载轴重) in sentences like those of navigation devices.
//!
//! **Vendor, models.** Right Weigh on-board load scales with an RS-232 daisy chain; Rice Lake OB-350,
//! output format 6.
//!
//! **Source, how sure.** Right Weigh RS-232 daisy chain manual, rev. 1 (2022), whose printed lines
//! have right sums. OB-350 manual, p. 18, for `$GPVWS`: it prints the sum as `XX`, so that the sum is
//! the same exclusive or is assumed, as is that its numbers are kg; what stands between the gross and
//! the time is not explained. No recording from hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The device sends by itself, the OB-350 once a minute; the host says nothing.
//!
//! **Layout**
//!
//! ```text
//! $OAWTS*00 CR LF                              begin of a block
//! $RWAWT,<axle>,<pounds>,<serial>*hh CR LF     one axle or axle group
//! $OAWTE*00 CR LF                              end of a block
//! $GPVWS,<id>,+,<net>,<gross>,...*hh CR LF     whole vehicle, kg
//!
//! axle    name, up to 16 characters
//! pounds  whole pounds, up to seven digits, - before them below zero
//! serial  of the sensor unit, up to 12 letters and digits
//! id      two digits
//! net, gross  up to seven digits; six more fields follow, the last two hhmmss and ddmmyy
//! hh      exclusive or of all between $ and *, two hexadecimal digits
//! ```
//!
//! **Integrity.** Exclusive or; finds every single flipped bit, not two in the same column. Because
//! the sum of `$GPVWS` is assumed, its readings count as unchecked.
//!
//! **Quirks.**
//! * Begin and end of a block carry the literal `00`, not their sum. They are statuses
//!   (`block_start`, `block_end`).
//! * An axle has a name and no number. The channel is the number at the end of the name (`Cal 3` is
//!   3), none where there is no number (`Drive`). Names repeat in a chain of several units: with the
//!   setting `axles` the channel is the place of the axle in that list.
//! * `$GPVWS` gives the gross as the value and gross less net as the tare; its id is the channel. A
//!   minus in it is refused, because what it covers is not explained.
//! * Other sentences with a right sum are the status `sentence`.
//!
//! **One frame.** `$RWAWT,Steer,4380,20250314*32` CR LF.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::check::xor;
use crate::evidence::{Grade, Record};
use crate::field::{digits, hex};
use crate::line::{Line, Lines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::Stream;
use crate::{
    Decimal, Decoder, DeviceTime, EncodeError, Event, Reading, Reject, SettingSpec, Settings,
    SettingsError, Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "nmea_axle",
    kind: Kind::Scale,
    devices: "Right Weigh on-board scales (RS-232 daisy chain), Rice Lake OB-350 format 6",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Xor,
    evidence: &[
        (Record::Weight, Grade::Checked),
        (Record::Weight, Grade::Agreement),
    ],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let axles = Axles::new(settings).map_err(|error| EncodeError::range("settings", error))?;
        encode(event, &axles)
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "axles",
    default: "",
    meaning: "axles in the order of their channels, parted by commas, each the name on the wire or \
              `name@serial`; empty: the channel is the number at the end of the name",
}];

/// The longest line, with `$`, sum, CR and LF.
const LONGEST: usize = 96;
/// The most characters of an axle's name.
const NAME: usize = 16;
/// The most characters of a serial number.
const SERIAL: usize = 12;
/// The serial number that is written where the setting `axles` names none.
const ANY_SERIAL: &str = "00000001";
/// Fields of `$GPVWS` behind its name.
const GPVWS_FIELDS: usize = 10;

/// Which axle has which channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Axles {
    /// Name and, where it is given, serial number, in the order of the channels.
    listed: Vec<(String, Option<String>)>,
}

impl Axles {
    /// The list of the setting `axles`.
    ///
    /// # Errors
    /// A name or serial number that can't stand in a sentence, and more than 64 axles.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let text = settings.text(SETTINGS, "axles");
        let mut listed = Vec::new();
        for axle in text.split(',').filter(|_| !text.trim().is_empty()) {
            let (name, serial) = match axle.trim().split_once('@') {
                Some((name, serial)) => (name, Some(serial.to_string())),
                None => (axle.trim(), None),
            };
            let sane = is_name(name.as_bytes())
                && serial
                    .as_ref()
                    .is_none_or(|serial| is_serial(serial.as_bytes()));
            if !sane || listed.len() == 64 {
                let allowed = "at most 64 names or name@serial, as on the wire";
                return Err(refuse("axles", text, allowed));
            }
            listed.push((name.to_string(), serial));
        }
        Ok(Self { listed })
    }

    fn channel(&self, name: &[u8], serial: &[u8]) -> Option<u16> {
        if self.listed.is_empty() {
            return number_at_end(name);
        }
        let same = |(listed, of): &(String, Option<String>)| {
            listed.as_bytes() == name && of.as_ref().is_none_or(|of| of.as_bytes() == serial)
        };
        let place = self.listed.iter().position(same)?;
        u16::try_from(place + 1).ok()
    }

    /// Name and serial number of a channel.
    fn axle(&self, channel: Option<u16>) -> Option<(String, &str)> {
        match channel {
            None => Some(("Drive".into(), ANY_SERIAL)),
            Some(channel) if self.listed.is_empty() => {
                Some((alloc::format!("Cal {channel}"), ANY_SERIAL))
            }
            Some(channel) => {
                let place = usize::from(channel).checked_sub(1)?;
                let (name, serial) = self.listed.get(place)?;
                Some((name.clone(), serial.as_deref().unwrap_or(ANY_SERIAL)))
            }
        }
    }
}

/// The number that a name ends with.
fn number_at_end(name: &[u8]) -> Option<u16> {
    let count = name.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let start = name.len() - count.count();
    u16::try_from(digits(name.get(start..)?)?).ok()
}

fn is_name(name: &[u8]) -> bool {
    let plain = |byte: &u8| *byte == b' ' || (byte.is_ascii_graphic() && !is_mark(*byte));
    (1..=NAME).contains(&name.len()) && name.iter().all(plain)
}

fn is_serial(serial: &[u8]) -> bool {
    (1..=SERIAL).contains(&serial.len()) && serial.iter().all(u8::is_ascii_alphanumeric)
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'$' | b'*' | b',')
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Lines(Sentences {
        axles: Axles::new(settings)?,
    })))
}

struct Sentences {
    axles: Axles,
}

impl Line for Sentences {
    const LONGEST: usize = LONGEST;

    fn may_begin(&self, byte: u8) -> bool {
        byte == b'$'
    }

    fn begins(&self, rest: &[u8]) -> bool {
        rest.first() == Some(&b'$')
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let [b'$', body @ .., b'*', high, low] = line else {
            return Err(Reject::Truncated);
        };
        let stated = hex(&[*high, *low]).ok_or(Reject::Field)?;
        let right = stated == u32::from(xor(body));
        let status = |name| {
            Ok(Event::Status(Status {
                name,
                fields: vec![],
            }))
        };
        match body {
            b"OAWTS" if right || stated == 0 => return status("block_start"),
            b"OAWTE" if right || stated == 0 => return status("block_end"),
            _ if !right => return Err(Reject::Integrity),
            _ => {}
        }
        if !body
            .iter()
            .all(|byte| *byte == b' ' || byte.is_ascii_graphic())
        {
            return Err(Reject::Field);
        }
        let (head, fields) = match body.iter().position(|byte| *byte == b',') {
            Some(comma) => body.split_at(comma),
            None => (body, &body[body.len()..]),
        };
        let fields = fields.get(1..).unwrap_or_default();
        match head {
            b"RWAWT" => self.axle(fields).map(Event::Reading),
            b"GPVWS" => vehicle(fields).map(Event::Reading),
            _ => sentence(head),
        }
    }
}

impl Sentences {
    /// Name, pounds, serial.
    fn axle(&self, fields: &[u8]) -> Result<Reading, Reject> {
        let [name, pounds, serial] = split(fields).ok_or(Reject::Field)?;
        if !is_name(name) || !is_serial(serial) {
            return Err(Reject::Field);
        }
        let (negative, magnitude) = match pounds.strip_prefix(b"-") {
            Some(magnitude) => (true, whole(magnitude)?),
            None => (false, whole(pounds)?),
        };
        let signed = if negative { -magnitude } else { magnitude };
        Ok(Reading {
            value: Some(Decimal::new(signed, 0)),
            unit: Some(Unit::Pound),
            channel: self.axles.channel(name, serial),
            checked: true,
            ..Reading::default()
        })
    }
}

/// The fields of a sentence, when they are so many.
fn split<const COUNT: usize>(fields: &[u8]) -> Option<[&[u8]; COUNT]> {
    let mut parts = fields.split(|byte| *byte == b',');
    let mut found = [&fields[..0]; COUNT];
    for slot in &mut found {
        *slot = parts.next()?;
    }
    parts.next().is_none().then_some(found)
}

/// A whole number of up to seven digits.
fn whole(field: &[u8]) -> Result<i64, Reject> {
    digits(field)
        .filter(|_| field.len() <= 7)
        .ok_or(Reject::Field)
}

/// Three numbers of two digits each.
fn two_by_two(field: &[u8]) -> Option<[u8; 3]> {
    let number = |from: usize| {
        let part = digits(field.get(from..from + 2)?)?;
        u8::try_from(part).ok()
    };
    (field.len() == 6).then_some([number(0)?, number(2)?, number(4)?])
}

/// `$GPVWS`: id, sign, net, gross, four fields of unknown meaning, time, date.
fn vehicle(fields: &[u8]) -> Result<Reading, Reject> {
    let parts: [&[u8]; GPVWS_FIELDS] = split(fields).ok_or(Reject::Field)?;
    let [id, sign, net, gross, _, _, _, _, time, date] = parts;
    let id = digits(id).filter(|_| id.len() == 2).ok_or(Reject::Field)?;
    if sign != b"+" || parts.iter().any(|part| part.is_empty()) {
        return Err(Reject::Field);
    }
    let moment = match (two_by_two(date), two_by_two(time)) {
        (Some([day, month, year]), Some(clock)) => {
            let [hour, minute, second] = clock;
            let date = (2_000 + u16::from(year), month, day);
            DeviceTime::new(date, (hour, minute, second), 0, false)
        }
        _ => None,
    };
    if moment.is_none() {
        return Err(Reject::Field);
    }
    let (net, gross) = (whole(net)?, whole(gross)?);
    if net > gross {
        return Err(Reject::Contradiction);
    }
    Ok(Reading {
        value: Some(Decimal::new(gross, 0)),
        tare: Some(Decimal::new(gross - net, 0)),
        unit: Some(Unit::Kilogram),
        net: Some(false),
        channel: u16::try_from(id).ok(),
        ..Reading::default()
    })
}

/// A sentence of another kind, by its name.
fn sentence(head: &[u8]) -> Result<Event, Reject> {
    let sane = (3..=8).contains(&head.len()) && head.iter().all(u8::is_ascii_alphanumeric);
    let name = core::str::from_utf8(head).ok().filter(|_| sane);
    let name = name.ok_or(Reject::Field)?.to_string();
    Ok(Event::Status(Status {
        name: "sentence",
        fields: vec![("name", name)],
    }))
}

/// The sentence of an event: `block_start` and `block_end`, an axle in pounds, a whole vehicle in kg.
///
/// # Errors
/// `value` and `unit` (lb or kg) are needed, for kg also `tare` and `channel` (the id, 0 to 99); a
/// channel in lb is one of the setting `axles` where there is one. Numbers are whole, at most seven
/// digits; a vehicle and its net are not below zero.
pub fn encode(event: &Event, axles: &Axles) -> Result<Vec<u8>, EncodeError> {
    let reading = match event {
        Event::Status(status) if status.name == "block_start" => {
            return Ok(b"$OAWTS*00\r\n".to_vec());
        }
        Event::Status(status) if status.name == "block_end" => {
            return Ok(b"$OAWTE*00\r\n".to_vec());
        }
        Event::Reading(reading) => reading,
        _ => return Err(EncodeError::Kind),
    };
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    let body = match reading.unit.ok_or(EncodeError::Missing("unit"))? {
        Unit::Pound => axle_body(value, reading.channel, axles)?,
        Unit::Kilogram => vehicle_body(value, reading)?,
        other => return Err(EncodeError::range("unit", other.name())),
    };
    let sum = xor(body.as_bytes());
    Ok(alloc::format!("${body}*{sum:02X}\r\n").into_bytes())
}

fn axle_body(value: Decimal, channel: Option<u16>, axles: &Axles) -> Result<String, EncodeError> {
    if value.decimals > 0 || value.digits.unsigned_abs() > 9_999_999 {
        return Err(EncodeError::range("value", value));
    }
    let axle = axles.axle(channel);
    let (name, serial) =
        axle.ok_or_else(|| EncodeError::range("channel", channel.unwrap_or_default()))?;
    Ok(alloc::format!("RWAWT,{name},{value},{serial}"))
}

fn vehicle_body(value: Decimal, reading: &Reading) -> Result<String, EncodeError> {
    let tare = reading.tare.ok_or(EncodeError::Missing("tare"))?;
    let channel = reading.channel.ok_or(EncodeError::Missing("channel"))?;
    if channel > 99 {
        return Err(EncodeError::range("channel", channel));
    }
    if value.decimals > 0 || !(0..=9_999_999).contains(&value.digits) {
        return Err(EncodeError::range("value", value));
    }
    if tare.decimals > 0 || !(0..=value.digits).contains(&tare.digits) {
        return Err(EncodeError::range("tare", tare));
    }
    let (gross, net) = (value.digits, value.digits - tare.digits);
    let rest = "0,0,NS0,GP0,081527,140325";
    Ok(alloc::format!("GPVWS,{channel:02},+,{net},{gross},{rest}"))
}

fn specimen(number: u64) -> Event {
    let name = match number % 8 {
        3 => "block_start",
        7 => "block_end",
        _ => "",
    };
    if !name.is_empty() {
        return Event::Status(Status {
            name,
            fields: vec![],
        });
    }
    let signed = number % 8 != 5;
    let value = specimen::weight(number, 5, 0, 10, signed);
    let reading = Reading {
        value: Some(value),
        ..Reading::default()
    };
    Event::Reading(match signed {
        false => Reading {
            tare: Some(Decimal::new(value.digits / 3, 0)),
            unit: Some(Unit::Kilogram),
            net: Some(false),
            channel: Some((number % 100) as u16),
            ..reading
        },
        true => Reading {
            unit: Some(Unit::Pound),
            channel: (!number.is_multiple_of(4)).then_some((number % 12) as u16),
            checked: true,
            ..reading
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weight, unit, tare, channel, checked; or the reason; or the name of a status.
    fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => alloc::format!(
                    "{} {} {:?} {:?} {}",
                    reading.value.unwrap(),
                    reading.unit.unwrap().name(),
                    reading.tare.map(|tare| tare.digits),
                    reading.channel,
                    reading.checked
                ),
                Event::Rejected(reason) => reason.name().to_string(),
                Event::Status(status) => status.name.to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn line(body: &str) -> Vec<u8> {
        alloc::format!("${body}*{:02X}\r\n", xor(body.as_bytes())).into_bytes()
    }

    #[test]
    fn sentences() {
        for (body, said) in [
            ("RWAWT,Trailer 2,8200,12345678", "8200 lb None Some(2) true"),
            ("RWAWT,Tag,-20,A1", "-20 lb None None true"),
            ("OAWTS", "block_start"),
            (
                "GPVWS,07,+,900,2100,0,0,NS0,GP0,235959,290224",
                "2100 kg Some(1200) Some(7) false",
            ),
            ("GPRMC,1,2", "sentence"),
            ("GPVWS,07,-,900,2100,0,0,NS0,GP0,235959,290224", "field"),
            (
                "GPVWS,07,+,2101,2100,0,0,NS0,GP0,235959,290224",
                "contradiction",
            ),
            ("GPVWS,07,+,900,2100,0,0,NS0,GP0,235959,300224", "field"),
            ("GPVWS,07,+,900,2100,0,0,NS0,GP0,246000,290224", "field"),
            ("GPVWS,07,+,900,2100", "field"),
            ("RWAWT,Tag,,A1", "field"),
            ("RWAWT,Tag,8 0,A1", "field"),
            ("RWAWT,Tag,80,A1,7", "field"),
            ("RWAWT,,80,A1", "field"),
            ("RWAWT,Tag,12345678,A1", "field"),
        ] {
            assert_eq!(words(&Settings::new(), &line(body)), [said], "{body}");
        }
        for (bytes, said) in [
            (&b"$OAWTE*00\r\n"[..], "block_end"),
            (b"$OAWTE*01\r\n", "integrity"),
            (b"$RWAWT,Tag,80,A1*XX\r\n", "field"),
            (b"$RWAWT,Tag,80,A1*00\r\n", "integrity"),
            (b"$RWAWT,Tag,80", "truncated"),
            (b"$RWAWT,Tag,80,A1\r\n", "truncated"),
        ] {
            assert_eq!(words(&Settings::new(), bytes), [said]);
        }
    }

    #[test]
    fn a_sentence_behind_a_cut_one_is_found() {
        let stream = [b"x$RWAWT,Ta", &line("RWAWT,Tag 1,80,A1")[..]].concat();
        let said = words(&Settings::new(), &stream);
        assert_eq!(said.last().unwrap(), "80 lb None Some(1) true");
    }

    #[test]
    fn listed_axles_have_the_channel_of_their_place() {
        let settings = Settings::new().with("axles", "Steer, Cal 1@222,Cal 1@333");
        let channel = |body: &str| words(&settings, &line(body)).remove(0);
        assert_eq!(channel("RWAWT,Steer,80,9"), "80 lb None Some(1) true");
        assert_eq!(channel("RWAWT,Cal 1,80,333"), "80 lb None Some(3) true");
        assert_eq!(channel("RWAWT,Cal 1,80,444"), "80 lb None None true");
        let axles = Axles::new(&settings).unwrap();
        let reading = |channel| {
            Event::Reading(Reading {
                value: Some(Decimal::new(80, 0)),
                unit: Some(Unit::Pound),
                channel,
                ..Reading::default()
            })
        };
        assert_eq!(
            encode(&reading(Some(3)), &axles).unwrap(),
            line("RWAWT,Cal 1,80,333")
        );
        assert!(encode(&reading(Some(4)), &axles).is_err());
        for wrong in ["Steer,,Cal", "a name that is too long", "x@", "x*"] {
            let settings = Settings::new().with("axles", wrong);
            assert!(Axles::new(&settings).is_err(), "{wrong}");
        }
    }
}
