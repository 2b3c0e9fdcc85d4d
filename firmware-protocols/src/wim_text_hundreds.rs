//! What BeDIT and CASTOR have in common: columns of one order, masses in 100 kg, lengths in
//! decimetres. They differ in the width of the axle count and of the spacings and in how directions
//! are counted.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::field::padded;
use crate::record_lines::{RecordLine, axle_sum};
use crate::{Axle, DeviceTime, Direction, EncodeError, Event, Reject, Vehicle, specimen};

/// How one of the two forms differs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// Columns of the axle count.
    pub count_width: usize,
    /// Columns of a spacing.
    pub spacing_width: usize,
    /// The most axle blocks of a line.
    pub most: usize,
    /// The direction code that is forward; the next one is reverse.
    pub forward: i64,
}

/// Which axle blocks a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// As many as there are axles, each with a spacing behind its load.
    Own,
    /// All that the form has, those without an axle zero, no spacing behind the last load.
    All,
}

/// Columns before the axle count.
const BEFORE_COUNT: usize = 28;
/// Columns of a load.
const LOAD: usize = 3;
/// The longest line of either form, with CR and LF: BeDIT's 20 blocks.
const LONGEST: usize = 35 + 20 * 6 + 2;

impl Form {
    /// Columns before the first axle block: the count, direction, lane and transverse position follow
    /// what both forms have.
    const fn header(self) -> usize {
        BEFORE_COUNT + self.count_width + 5
    }

    const fn block(self) -> usize {
        LOAD + self.spacing_width
    }

    /// The longest line with CR and LF.
    pub(crate) const fn longest(self) -> usize {
        self.header() + self.most * self.block() + 2
    }

    /// How many blocks a line of this length has, its last one with or without a spacing.
    fn blocks(self, length: usize) -> Option<usize> {
        let bytes = length.checked_sub(self.header())?;
        [bytes, bytes + self.spacing_width]
            .into_iter()
            .find(|bytes| bytes.is_multiple_of(self.block()))
            .map(|bytes| bytes / self.block())
    }
}

impl RecordLine for Form {
    const LONGEST: usize = LONGEST;
    const OPEN_END: bool = true;

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        // The usual writer ends its text with a NUL before the line end.
        let line = line.strip_suffix(b"\0").unwrap_or(line);
        if line.len() + 2 > self.longest() {
            return Err(Reject::Length);
        }
        if !line.iter().all(|byte| is_record_byte(*byte)) {
            let like = line.len() >= self.header();
            return Err(if like { Reject::Field } else { Reject::Garbage });
        }
        vehicle(*self, line).map(Event::Vehicle)
    }
}

fn is_record_byte(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_digit()
}

/// A column as a number; blank is `None`. [`Reject::Truncated`] when the line ends before it.
fn column(line: &[u8], from: usize, width: usize) -> Result<Option<i64>, Reject> {
    padded(line.get(from..from + width).ok_or(Reject::Truncated)?)
}

fn needed(line: &[u8], from: usize, width: usize) -> Result<i64, Reject> {
    column(line, from, width)?.ok_or(Reject::Field)
}

fn vehicle(form: Form, line: &[u8]) -> Result<Vehicle, Reject> {
    let behind = BEFORE_COUNT + form.count_width;
    let count = needed(line, BEFORE_COUNT, form.count_width)?;
    let count = usize::try_from(count).map_err(|_| Reject::Field)?;
    if !(1..=form.most).contains(&count) {
        return Err(Reject::Field);
    }
    if line.len() + form.spacing_width < form.header() + count * form.block() {
        return Err(Reject::Truncated);
    }
    form.blocks(line.len()).ok_or(Reject::Length)?;
    let direction = match needed(line, behind, 1)? - form.forward {
        0 => Direction::Forward,
        1 => Direction::Reverse,
        _ => return Err(Reject::Field),
    };
    // The transverse position is checked and not used.
    column(line, behind + 2, 3)?;
    let gross = needed(line, 21, 4)?;
    let axles = axles(form, line, count)?;
    let sum: i64 = axles.iter().filter_map(|axle| axle.load_kg).sum();
    let gross_kg = gross * 100;
    // Every load is rounded to 100 kg by itself, and so is the gross.
    if (sum - gross_kg).abs() > 50 * axles.len() as i64 {
        return Err(Reject::Contradiction);
    }
    Ok(Vehicle {
        sequence: column(line, 0, 4)?.and_then(|head| u64::try_from(head).ok()),
        time: Some(time(line)?),
        lane: column(line, behind + 1, 1)?.and_then(|lane| u16::try_from(lane).ok()),
        direction: Some(direction),
        speed_tenth_kmh: column(line, 18, 3)?.map(tenth_kmh_of_dm_per_s),
        length_mm: column(line, 25, 3)?.map(|length| length * 100),
        gross_kg: Some(gross_kg),
        axles,
        ..Vehicle::default()
    })
}

fn time(line: &[u8]) -> Result<DeviceTime, Reject> {
    let small = |from: usize| {
        let number = needed(line, from, 2)?;
        u8::try_from(number).map_err(|_| Reject::Field)
    };
    let year = 2_000 + u16::from(small(8)?);
    DeviceTime::new(
        (year, small(6)?, small(4)?),
        (small(10)?, small(12)?, small(14)?),
        u32::from(small(16)?) * 10_000,
        false,
    )
    .ok_or(Reject::Field)
}

/// The loads with the distances to the axle in front. Behind the counted axles nothing may stand.
fn axles(form: Form, line: &[u8], count: usize) -> Result<Vec<Axle>, Reject> {
    let mut axles = Vec::with_capacity(count);
    let mut spacing_mm = None;
    let blocks = line.get(form.header()..).unwrap_or_default();
    for (index, block) in blocks.chunks(form.block()).enumerate() {
        let (load, spacing) = block.split_at(LOAD.min(block.len()));
        let (load, spacing) = (padded(load)?, padded(spacing)?);
        let last = index + 1 >= count;
        let stray = last && spacing.unwrap_or(0) != 0;
        if index >= count {
            if stray || load.unwrap_or(0) != 0 {
                return Err(Reject::Contradiction);
            }
            continue;
        }
        let load = load.ok_or(Reject::Field)?;
        if load == 0 || stray || (!last && spacing == Some(0)) {
            return Err(Reject::Contradiction);
        }
        axles.push(Axle {
            load_kg: Some(load * 100),
            spacing_mm,
            ..Axle::default()
        });
        spacing_mm = spacing.map(|spacing| spacing * 100);
    }
    Ok(axles)
}

/// Decimetres a second as tenths of km/h: 3.6 of them each, rounded half up.
pub(crate) fn tenth_kmh_of_dm_per_s(dm_per_s: i64) -> i64 {
    (dm_per_s * 36 + 5).div_euclid(10)
}

/// The decimetres a second that read as this speed; `None` where none do.
fn dm_per_s_of_tenth_kmh(tenth_kmh: i64) -> Option<i64> {
    let dm_per_s = tenth_kmh.checked_mul(10)?.checked_add(18)?.div_euclid(36);
    (tenth_kmh_of_dm_per_s(dm_per_s) == tenth_kmh).then_some(dm_per_s)
}

/// Writes the line of a vehicle, CR LF at its end.
pub(crate) fn encode(
    form: Form,
    vehicle: &Vehicle,
    blocks: Blocks,
) -> Result<Vec<u8>, EncodeError> {
    let axles = &vehicle.axles;
    if !(1..=form.most).contains(&axles.len()) {
        return Err(EncodeError::range("axles", axles.len()));
    }
    let gross_kg = vehicle.gross_kg.ok_or(EncodeError::Missing("gross_kg"))?;
    let sum_kg = axle_sum(axles).ok_or(EncodeError::Missing("load_kg"))?;
    if (sum_kg - gross_kg).abs() > 50 * axles.len() as i64 {
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    let mut line = String::with_capacity(form.longest());
    header(form, vehicle, gross_kg, &mut line)?;
    let count = match blocks {
        Blocks::Own => axles.len(),
        Blocks::All => form.most,
    };
    for index in 0..count {
        let load = match axles.get(index) {
            Some(axle) => axle.load_kg,
            None => Some(0),
        };
        if index < axles.len() && load == Some(0) {
            return Err(EncodeError::range("load_kg", 0));
        }
        write(&mut line, "load_kg", hundreds("load_kg", load)?, LOAD)?;
        let behind = match axles.get(index + 1) {
            Some(axle) if axle.spacing_mm == Some(0) => {
                return Err(EncodeError::range("spacing_mm", 0));
            }
            Some(axle) => axle.spacing_mm,
            None => Some(0),
        };
        if blocks == Blocks::Own || index + 1 < form.most {
            let spacing = hundreds("spacing_mm", behind)?;
            write(&mut line, "spacing_mm", spacing, form.spacing_width)?;
        }
    }
    line.push_str("\r\n");
    Ok(line.into_bytes())
}

fn header(
    form: Form,
    vehicle: &Vehicle,
    gross_kg: i64,
    line: &mut String,
) -> Result<(), EncodeError> {
    let head = vehicle.sequence.map(|head| head.min(99_999) as i64);
    write(line, "sequence", head, 4)?;
    line.push_str(&time_columns(vehicle)?);
    let speed = match vehicle.speed_tenth_kmh {
        Some(tenths) => Some(
            dm_per_s_of_tenth_kmh(tenths)
                .ok_or_else(|| EncodeError::range("speed_tenth_kmh", tenths))?,
        ),
        None => None,
    };
    write(line, "speed_tenth_kmh", speed, 3)?;
    write(line, "gross_kg", hundreds("gross_kg", Some(gross_kg))?, 4)?;
    let length = hundreds("length_mm", vehicle.length_mm)?;
    write(line, "length_mm", length, 3)?;
    let count = Some(vehicle.axles.len() as i64);
    write(line, "axles", count, form.count_width)?;
    let code = match vehicle.direction {
        Some(Direction::Forward) => form.forward,
        Some(Direction::Reverse) => form.forward + 1,
        None => return Err(EncodeError::Missing("direction")),
    };
    write(line, "direction", Some(code), 1)?;
    write(line, "lane", vehicle.lane.map(i64::from), 1)?;
    write(line, "transverse", None, 3)
}

/// Day to hundredth of a second, filled with blanks.
fn time_columns(vehicle: &Vehicle) -> Result<String, EncodeError> {
    let time = vehicle.time.ok_or(EncodeError::Missing("time"))?;
    let text = time.to_string();
    let part = |from: usize, to: usize| {
        let digits = text.get(from..to).unwrap_or_default();
        digits.parse::<u32>().unwrap_or_default()
    };
    if time.is_utc() || time.micros() % 10_000 != 0 || part(0, 2) != 20 {
        return Err(EncodeError::range("time", time));
    }
    Ok(format!(
        "{:2}{:2}{:2}{:2}{:2}{:2}{:2}",
        part(8, 10),
        part(5, 7),
        part(2, 4),
        part(11, 13),
        part(14, 16),
        part(17, 19),
        part(20, 22)
    ))
}

/// Kilograms or millimetres in hundreds.
fn hundreds(field: &'static str, value: Option<i64>) -> Result<Option<i64>, EncodeError> {
    match value {
        Some(value) if value % 100 != 0 => Err(EncodeError::range(field, value)),
        value => Ok(value.map(|value| value / 100)),
    }
}

fn write(
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

/// A vehicle in the steps of these forms: now and then its sum is off by the rounding, or its length
/// or a spacing was not measured.
pub(crate) fn specimen(form: Form, number: u64) -> Vehicle {
    let count = 2 + specimen::scatter(number) as usize % (form.most.min(9) - 1);
    let axles: Vec<Axle> = (0..count as u64)
        .map(|index| {
            let draw = specimen::scatter(number * 32 + index);
            Axle {
                load_kg: Some(100 * (12 + draw % 120) as i64),
                spacing_mm: (index > 0 && !(number % 7 == 6 && index == 1))
                    .then_some(100 * (11 + (draw >> 32) % 60) as i64),
                ..Axle::default()
            }
        })
        .collect();
    let sum_kg = axle_sum(&axles).unwrap_or(0);
    Vehicle {
        sequence: Some(1 + number % 9_999),
        time: specimen::time(number, false)
            .and_then(|time| DeviceTime::from_micros(time.micros() / 10_000 * 10_000, false)),
        lane: Some(1 + (number % 4) as u16),
        direction: Some(if number % 3 == 2 {
            Direction::Reverse
        } else {
            Direction::Forward
        }),
        speed_tenth_kmh: Some(tenth_kmh_of_dm_per_s(60 + (number % 280) as i64)),
        length_mm: (number % 5 != 4).then_some(100 * (40 + (number % 180) as i64)),
        gross_kg: Some(sum_kg + [0, 100, 0, -100][number as usize % 4]),
        axles,
        ..Vehicle::default()
    }
}

#[cfg(test)]
#[path = "wim_text_hundreds/tests.rs"]
mod tests;
