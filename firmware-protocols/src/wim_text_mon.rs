//! MON text records of weigh-in-motion systems: one vehicle a line of fixed columns.
//!
//! **Vendor, models.** Export of several road WIM systems and of bridge-traffic tools; sent over a
//! serial line by data loggers or read from files.
//!
//! **Source, how sure.** Published sample lines; every line of a public set of 1,000 real records
//! decodes with right sums. Maturity: CAPTURED.
//!
//! **Line.** 9600 8N1 where it is sent at all; the logger speaks, the host says nothing.
//!
//! **Layout.** Digits filled with blanks on the left, LF or CR LF at the end:
//!
//! ```text
//! column  width  field
//!  0       9     id, the device's running number
//!  9       2     day      11  2  month     13  4  year
//! 17       2     hour     19  2  minute    21  5  millisecond of the minute
//! 26       2     N, number of axles, 1 to 32
//! 28       2     number of axle groups, not used here
//! 30       6     gross, kg
//! 36       3     speed, km/h
//! 39       5     length, mm
//! 44       1     lane, as the line says
//! 45       1     direction, 0 or 1
//! 46       4     transverse position, mm, not used here
//! 50 + 10i 5     load of axle i, kg
//! 55 + 10i 5     distance from axle i to axle i + 1, mm; 0 behind the last
//! ```
//!
//! Writers use 15 axle blocks (200 characters, the rest zero), some only N of them. This decoder
//! takes N to 32.
//!
//! **Integrity.** None on the wire. The gross must be the sum of the axles, and that is all that
//! guards a record: it is fit for pre-selection and statistics only (`checked: false`).
//!
//! **Quirks.**
//! * The time is the controller's local time, without a zone.
//! * The spacing behind a load is the distance to the *next* axle; events give the distance to the
//!   axle in front.
//! * A blank field is not measured; blank loads and counts are wrong.
//! * There is no start mark. A record that stands at the end of a line behind foreign bytes is found
//!   by its length and its sum. A complete line without line end at the end of the stream is taken.
//!
//! **One frame.** (two axles, 70 characters)
//!
//! ```text
//!     10231 1122020 8 530250 2 2 16000 63 550020     6000 500010000    0
//! ```

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::padded;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Axle, Decoder, DeviceTime, Direction, EncodeError, Event, Reject, SettingSpec, Settings,
    SettingsError, Vehicle, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "wim_text_mon",
    kind: Kind::VehicleRecord,
    devices: "MON text export of road WIM systems",
    line: "file, or 9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Vehicle, Grade::PreSelection)],
    maturity: Maturity::Captured,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Vehicle(vehicle) => encode(vehicle, LineEnd::CrLf),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Vehicle(specimen::vehicle(number, false, false)),
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

const HEADER: usize = 50;
const BLOCK: usize = 10;
const AXLES: usize = 32;
/// Blocks that the encoder writes.
const BLOCKS_WRITTEN: usize = 15;
/// The longest line with CR and LF.
const LONGEST: usize = HEADER + AXLES * BLOCK + 2;
/// Two axles further apart than this belong to different groups (written only, never read).
const GROUP_GAP_MM: i64 = 1_800;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Mon))
}

struct Mon;

impl Format for Mon {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let reach = window.get(..LONGEST.min(window.len())).unwrap_or_default();
        let unseen = reach.get(seen.min(reach.len())..).unwrap_or_default();
        match unseen.iter().position(|byte| *byte == b'\n') {
            Some(index) => {
                let end = reach.len() - unseen.len() + index;
                line(window.get(..end).unwrap_or_default(), end + 1)
            }
            None if reach.len() == LONGEST => {
                // No record is that long: let go of what can't be the begin of one.
                // A CR at the very end may belong to the line end that is still to come.
                let body = reach.strip_suffix(b"\r").unwrap_or(reach);
                let foreign = body.iter().rposition(|byte| !is_record_byte(*byte));
                Look::Skip(foreign.map_or(1, |index| index + 1))
            }
            None if ended => line(window, window.len()),
            None => Look::More,
        }
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

fn is_record_byte(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_digit()
}

/// A line without LF that takes `count` bytes of the stream.
fn line(line: &[u8], count: usize) -> Look {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let whole = record(line);
    if let Ok(vehicle) = whole {
        return Look::Frame(count, Event::Vehicle(vehicle));
    }
    // A record behind the tail of another line, or behind noise without a line end of its own.
    let foreign = line.iter().rposition(|byte| !is_record_byte(*byte));
    let clean = foreign.map_or(0, |index| index + 1);
    for blocks in (1..=AXLES).rev() {
        if let Some(start) = line.len().checked_sub(HEADER + blocks * BLOCK)
            && start >= clean.max(1)
            && line.get(start..).is_some_and(|tail| record(tail).is_ok())
        {
            return Look::Skip(start);
        }
    }
    match whole {
        Err(reason) if reason != Reject::Garbage => Look::Bad(count, reason),
        _ => Look::Skip(count),
    }
}

/// A whole line as a vehicle. [`Reject::Garbage`] when it does not even look like a record.
fn record(line: &[u8]) -> Result<Vehicle, Reject> {
    let clean = line.iter().all(|byte| is_record_byte(*byte));
    let blocks = line.len().checked_sub(HEADER);
    let even = blocks.is_some_and(|bytes| bytes > 0 && bytes % BLOCK == 0);
    match (clean, even) {
        (true, true) => {}
        (false, true) => return Err(Reject::Field),
        (false, false) => return Err(Reject::Garbage),
        (true, false) => return Err(odd_length(line)),
    }
    let column = |from: usize, width: usize| padded(line.get(from..from + width).unwrap_or(b"?"));
    let needed = |from, width| column(from, width)?.ok_or(Reject::Field);
    let time = read_time(line)?;
    let count = usize::try_from(needed(26, 2)?).map_err(|_| Reject::Field)?;
    if !(1..=AXLES).contains(&count) {
        return Err(Reject::Field);
    }
    if line.len() < HEADER + count * BLOCK {
        return Err(Reject::Truncated);
    }
    let gross_kg = needed(30, 6)?;
    let lane = column(44, 1)?.map(|lane| lane as u16);
    let direction = match needed(45, 1)? {
        0 => Direction::Forward,
        1 => Direction::Reverse,
        _ => return Err(Reject::Field),
    };
    let axles = read_axles(line, count)?;
    if axles.iter().filter_map(|axle| axle.load_kg).sum::<i64>() != gross_kg {
        return Err(Reject::Contradiction);
    }
    Ok(Vehicle {
        station: None,
        sequence: column(0, 9)?.and_then(|id| u64::try_from(id).ok()),
        time: Some(time),
        lane,
        direction: Some(direction),
        speed_tenth_kmh: column(36, 3)?.map(|speed| speed * 10),
        length_mm: column(39, 5)?,
        gross_kg: Some(gross_kg),
        axles,
        groups: Vec::new(),
        flags: Vec::new(),
        confidence: None,
        checked: false,
        ..Vehicle::default()
    })
}

/// Why a line of record bytes has a length that no record has.
fn odd_length(line: &[u8]) -> Reject {
    let count = line.get(26..28).map(padded);
    match (line, count) {
        ([], _) => Reject::Garbage,
        (_, Some(Ok(Some(count @ 1..=32)))) if line.len() >= HEADER + count as usize * BLOCK => {
            Reject::Length
        }
        _ => Reject::Truncated,
    }
}

fn read_time(line: &[u8]) -> Result<DeviceTime, Reject> {
    let needed = |from: usize, width: usize| {
        let number = padded(line.get(from..from + width).unwrap_or(b"?"))?;
        number.ok_or(Reject::Field)
    };
    let small = |from, width| u8::try_from(needed(from, width)?).map_err(|_| Reject::Field);
    let millisecond = needed(21, 5)?;
    DeviceTime::new(
        (needed(13, 4)? as u16, small(11, 2)?, small(9, 2)?),
        (small(17, 2)?, small(19, 2)?, (millisecond / 1_000) as u8),
        (millisecond % 1_000) as u32 * 1_000,
        false,
    )
    .ok_or(Reject::Field)
}

fn read_axles(line: &[u8], count: usize) -> Result<Vec<Axle>, Reject> {
    let mut axles = Vec::with_capacity(count);
    let mut spacing_mm = None;
    let blocks = line.get(HEADER..).unwrap_or_default().chunks_exact(BLOCK);
    for (index, block) in blocks.enumerate() {
        let (load, spacing) = block.split_at(BLOCK / 2);
        let (load, spacing) = (padded(load)?, padded(spacing)?);
        if index >= count {
            // An axle that the count does not know of.
            if load.unwrap_or(0) != 0 || spacing.unwrap_or(0) != 0 {
                return Err(Reject::Contradiction);
            }
            continue;
        }
        let load = load.ok_or(Reject::Field)?;
        let last = index + 1 == count;
        if load == 0 || (last && spacing.unwrap_or(0) != 0) || (!last && spacing == Some(0)) {
            return Err(Reject::Contradiction);
        }
        axles.push(Axle {
            load_kg: Some(load),
            left_kg: None,
            right_kg: None,
            spacing_mm,
            ..Axle::default()
        });
        spacing_mm = spacing;
    }
    Ok(axles)
}

/// The end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// LF.
    Lf,
    /// CR LF.
    CrLf,
}

/// The 200-character line of a vehicle.
///
/// # Errors
/// `time` (local, whole milliseconds), `direction`, `gross_kg` and every axle's `load_kg` are needed,
/// speed is whole km/h, at most 15 axles, and the gross is the sum of the axles. Station, flags and
/// confidence have no place in this format.
pub fn encode(vehicle: &Vehicle, line_end: LineEnd) -> Result<Vec<u8>, EncodeError> {
    let axles = &vehicle.axles;
    if !(1..=BLOCKS_WRITTEN).contains(&axles.len()) {
        return Err(EncodeError::range("axles", axles.len()));
    }
    let spacings = axles.iter().skip(1).map(|axle| axle.spacing_mm);
    let gaps = spacings.filter(|spacing| spacing.is_some_and(|gap| gap > GROUP_GAP_MM));
    let groups = 1 + gaps.count();
    let speed = match vehicle.speed_tenth_kmh {
        Some(tenths) if tenths % 10 != 0 => {
            return Err(EncodeError::range("speed_tenth_kmh", tenths));
        }
        tenths => tenths.map(|tenths| tenths / 10),
    };
    let gross = vehicle.gross_kg.ok_or(EncodeError::Missing("gross_kg"))?;
    let direction = match vehicle.direction {
        Some(Direction::Forward) => 0,
        Some(Direction::Reverse) => 1,
        None => return Err(EncodeError::Missing("direction")),
    };
    let id = vehicle.sequence.and_then(|id| i64::try_from(id).ok());
    let mut line = String::with_capacity(LONGEST);
    column(&mut line, "sequence", id, 9)?;
    line.push_str(&time_columns(vehicle)?);
    column(&mut line, "axles", Some(axles.len() as i64), 2)?;
    column(&mut line, "groups", Some(groups as i64), 2)?;
    column(&mut line, "gross_kg", Some(gross), 6)?;
    column(&mut line, "speed_tenth_kmh", speed, 3)?;
    column(&mut line, "length_mm", vehicle.length_mm, 5)?;
    column(&mut line, "lane", vehicle.lane.map(i64::from), 1)?;
    column(&mut line, "direction", Some(direction), 1)?;
    column(&mut line, "transverse", None, 4)?;
    let mut sum = 0;
    for index in 0..BLOCKS_WRITTEN {
        let load = match axles.get(index) {
            Some(axle) => axle.load_kg.ok_or(EncodeError::Missing("load_kg"))?,
            None => 0,
        };
        sum += load;
        let behind = axles.get(index + 1);
        column(&mut line, "load_kg", Some(load), 5)?;
        column(
            &mut line,
            "spacing_mm",
            behind.map_or(Some(0), |axle| axle.spacing_mm),
            5,
        )?;
    }
    if sum != gross {
        return Err(EncodeError::range("gross_kg", gross));
    }
    line.push_str(match line_end {
        LineEnd::Lf => "\n",
        LineEnd::CrLf => "\r\n",
    });
    Ok(line.into_bytes())
}

/// Day to millisecond, blank-padded.
fn time_columns(vehicle: &Vehicle) -> Result<String, EncodeError> {
    let time = vehicle.time.ok_or(EncodeError::Missing("time"))?;
    if time.is_utc() || time.micros() % 1_000 != 0 {
        return Err(EncodeError::range("time", time));
    }
    let text = time.to_string();
    let part = |from: usize, to: usize| {
        let digits = text.get(from..to).unwrap_or_default();
        digits.parse::<u32>().unwrap_or_default()
    };
    Ok(format!(
        "{:2}{:2}{:4}{:2}{:2}{:5}",
        part(8, 10),
        part(5, 7),
        part(0, 4),
        part(11, 13),
        part(14, 16),
        part(17, 19) * 1_000 + part(20, 23)
    ))
}

fn column(
    line: &mut String,
    field: &'static str,
    value: Option<i64>,
    width: usize,
) -> Result<(), EncodeError> {
    let text = value.map(|value| value.to_string()).unwrap_or_default();
    if text.len() > width || value.is_some_and(|value| value < 0) {
        return Err(EncodeError::range(field, text));
    }
    line.push_str(&format!("{text:>width$}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn vehicle(loads: &[i64]) -> Vehicle {
        let axles: Vec<_> = loads
            .iter()
            .enumerate()
            .map(|(index, load)| Axle {
                load_kg: Some(*load),
                left_kg: None,
                right_kg: None,
                spacing_mm: (index > 0).then_some(1_299 + 500 * index as i64),
                ..Axle::default()
            })
            .collect();
        Vehicle {
            station: None,
            sequence: Some(1_023),
            time: DeviceTime::new((2020, 12, 1), (8, 5, 30), 250_000, false),
            lane: Some(2),
            direction: Some(Direction::Reverse),
            speed_tenth_kmh: Some(630),
            length_mm: Some(12_500),
            gross_kg: Some(loads.iter().sum()),
            axles,
            groups: Vec::new(),
            flags: vec![],
            confidence: None,
            checked: false,
            ..Vehicle::default()
        }
    }

    fn events(bytes: &[u8]) -> Vec<Event> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
    }

    fn line(loads: &[i64]) -> Vec<u8> {
        encode(&vehicle(loads), LineEnd::Lf).unwrap()
    }

    #[test]
    fn decoding_gives_back_what_was_encoded() {
        for count in 1..=15 {
            let mut vehicle = vehicle(&vec![6_000; count]);
            for (number, line_end) in [LineEnd::Lf, LineEnd::CrLf].into_iter().enumerate() {
                vehicle.speed_tenth_kmh = (number == 0).then_some(630);
                let line = encode(&vehicle, line_end).unwrap();
                assert_eq!(line.len(), 201 + number);
                assert_eq!(events(&line), [Event::Vehicle(vehicle.clone())]);
            }
        }
        assert!(encode(&vehicle(&[1; 16]), LineEnd::Lf).is_err());
    }

    #[test]
    fn a_line_of_only_its_own_axles_and_no_line_end_is_taken() {
        let whole = line(&[6_000, 10_000]);
        let short = &whole[..HEADER + 2 * BLOCK];
        assert_eq!(events(short), [Event::Vehicle(vehicle(&[6_000, 10_000]))]);
        assert_eq!(
            events(&short[..short.len() - 3]),
            [Event::Rejected(Reject::Truncated)]
        );
    }

    #[test]
    fn the_example_of_the_head_is_a_record() {
        let head = include_str!("wim_text_mon.rs");
        let line = head.lines().find(|line| line.starts_with("//!     10231"));
        let line = line.and_then(|line| line.get(4..)).unwrap();
        let all = events(line.as_bytes());
        assert!(
            matches!(all.as_slice(), [Event::Vehicle(vehicle)] if vehicle.gross_kg == Some(16_000)),
            "{line:?} {all:?}"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = line(&[6_000, 10_000]);
        let with = |column: usize, text: &[u8]| {
            let mut line = good.clone();
            line[column..column + text.len()].copy_from_slice(text);
            line
        };
        for (line, reason) in [
            (with(30, b" 16001"), Reject::Contradiction),
            (with(26, b" 3"), Reject::Contradiction),
            (with(26, b" 1"), Reject::Contradiction),
            (with(26, b" 0"), Reject::Field),
            (with(26, b"33"), Reject::Field),
            (with(9, b"32"), Reject::Field),
            (with(11, b"13"), Reject::Field),
            (with(21, b"60000"), Reject::Field),
            (with(45, b"2"), Reject::Field),
            (with(37, b"x"), Reject::Field),
            (with(50, b"     "), Reject::Field),
            (with(70, b"    1"), Reject::Contradiction),
            ([&good[..195], b"\n"].concat(), Reject::Length),
            ([&good[..65], b"\n"].concat(), Reject::Truncated),
            (b"  12 34\n".to_vec(), Reject::Truncated),
            (b"\n".to_vec(), Reject::Garbage),
            (b"no record\r\n".to_vec(), Reject::Garbage),
        ] {
            let text = String::from_utf8_lossy(&line);
            // One more good line shows that nothing else is lost.
            let all = events(&[&line[..], &good].concat());
            let expected = [
                Event::Rejected(reason),
                Event::Vehicle(vehicle(&[6_000, 10_000])),
            ];
            assert_eq!(all, expected, "{text}");
        }
    }

    #[test]
    fn a_record_behind_foreign_bytes_without_a_line_end_is_found() {
        let (first, second) = (line(&[6_000, 10_000]), line(&[7_000, 8_000, 9_000]));
        for cut in [1, 10, 50, 70, 90, 130, 190] {
            for between in [&b""[..], b"?\xFF", b"7"] {
                let all = events(&[&first[..cut], between, &second].concat());
                assert_eq!(
                    all.last(),
                    Some(&Event::Vehicle(vehicle(&[7_000, 8_000, 9_000]))),
                    "{cut} {between:?}"
                );
            }
        }
    }
}
