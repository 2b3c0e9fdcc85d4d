//! The blocks behind the basic fields: masses of wheels, axles and groups, spacings, and others that
//! are counted through.

use alloc::vec::Vec;

use super::{Masses, whole};
use crate::record_lines::axle_sum;
use crate::{Axle, AxleGroup, Reject, Vehicle};

/// The fields of a line.
pub(super) struct Tokens<'a> {
    rest: Option<&'a [u8]>,
    /// Comma or semicolon part the fields, blanks beside them do not count; otherwise blanks do.
    marked: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(line: &'a [u8]) -> Self {
        let marked = line.iter().any(|byte| is_mark(*byte));
        Self {
            rest: Some(line.trim_ascii()),
            marked,
        }
    }
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b',' | b';')
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let marked = self.marked;
        let parts = |byte: &u8| {
            if marked {
                is_mark(*byte)
            } else {
                *byte == b' '
            }
        };
        let Some(end) = rest.iter().position(parts) else {
            self.rest = None;
            return Some(rest.trim_ascii());
        };
        let (token, behind) = rest.split_at(end);
        let behind = behind.get(1..).unwrap_or_default();
        self.rest = Some(if marked {
            behind
        } else {
            behind.trim_ascii_start()
        });
        Some(token.trim_ascii())
    }
}

/// What the blocks of a record hold.
#[derive(Debug, Default)]
pub(super) struct SubData {
    axles: usize,
    any: bool,
    wheel_masses: Option<Masses>,
    axle_masses: Option<Masses>,
    group_masses: Option<Masses>,
    spacings_cm: Option<Vec<Option<i64>>>,
}

impl SubData {
    /// All blocks of a record of so many axles.
    pub(super) fn read(tokens: &mut Tokens<'_>, axles: usize) -> Result<Self, Reject> {
        let mut data = Self {
            axles,
            ..Self::default()
        };
        while let Some(code) = tokens.next() {
            if code.is_empty() && tokens.rest.is_none() {
                // A separator at the very end of the line.
                break;
            }
            data.block(code, tokens)?;
            data.any = true;
        }
        Ok(data)
    }

    fn block(&mut self, code: &[u8], tokens: &mut Tokens<'_>) -> Result<(), Reject> {
        let letter = match code {
            [letter, rest @ ..]
                if rest.len() <= 3 && rest.iter().all(u8::is_ascii_alphanumeric) =>
            {
                letter.to_ascii_uppercase()
            }
            _ => return Err(Reject::Field),
        };
        if !matches!(letter, b'W' | b'A' | b'G' | b'S' | b'T' | b'C' | b'V') {
            return Err(Reject::Field);
        }
        let count = whole(tokens.next().ok_or(Reject::Truncated)?)?.ok_or(Reject::Field)?;
        let count = usize::try_from(count).map_err(|_| Reject::Field)?;
        match letter {
            b'W' => once(
                &mut self.wheel_masses,
                masses(tokens, count, 2 * self.axles)?,
            ),
            b'A' => once(&mut self.axle_masses, masses(tokens, count, self.axles)?),
            b'G' if count > self.axles => Err(Reject::Contradiction),
            b'G' => once(&mut self.group_masses, masses(tokens, count, count)?),
            b'S' if count + 1 != self.axles => Err(Reject::Contradiction),
            b'S' => {
                let spacings = (0..count)
                    .map(|_| value(tokens))
                    .collect::<Result<_, _>>()?;
                once(&mut self.spacings_cm, spacings)
            }
            letter => {
                let sensor = usize::from(letter == b'V');
                for _ in 0..count + sensor {
                    tokens.next().ok_or(Reject::Truncated)?;
                }
                Ok(())
            }
        }
    }

    /// Puts axles, groups and gross into a vehicle.
    pub(super) fn weigh(self, vehicle: &mut Vehicle) -> Result<(), Reject> {
        if !self.any {
            return Ok(());
        }
        let mut axles: Vec<Axle> = (0..self.axles).map(|_| Axle::default()).collect();
        let spacings = self.spacings_cm.iter().flatten();
        for (axle, spacing) in axles.iter_mut().skip(1).zip(spacings) {
            axle.spacing_mm = spacing.map(|centimetres| centimetres * 10);
        }
        if let Some(wheels) = &self.wheel_masses {
            for (axle, pair) in axles.iter_mut().zip(wheels.kilograms.chunks(2)) {
                axle.left_kg = pair.first().copied();
                axle.right_kg = pair.last().copied();
                axle.load_kg = Some(pair.iter().sum());
            }
        }
        if let Some(masses) = &self.axle_masses {
            let wheel_kg = self.wheel_masses.as_ref().map_or(0, |of| of.resolution_kg);
            for (axle, load_kg) in axles.iter_mut().zip(&masses.kilograms) {
                let off = axle.load_kg.unwrap_or(*load_kg) - load_kg;
                // Two wheels and the axle, each rounded by itself.
                if 2 * off.abs() > 2 * wheel_kg + masses.resolution_kg {
                    return Err(Reject::Contradiction);
                }
                axle.load_kg = Some(*load_kg);
            }
        }
        vehicle.gross_kg = axle_sum(&axles);
        if let Some(groups) = &self.group_masses {
            let sum_kg: i64 = groups.kilograms.iter().sum();
            if vehicle
                .gross_kg
                .is_some_and(|gross_kg| self.groups_differ(gross_kg - sum_kg))
            {
                return Err(Reject::Contradiction);
            }
            vehicle.gross_kg = vehicle.gross_kg.or(Some(sum_kg));
            let group = |load_kg: &i64| AxleGroup {
                load_kg: Some(*load_kg),
                ..AxleGroup::default()
            };
            vehicle.groups = groups.kilograms.iter().map(group).collect();
        }
        vehicle.axles = axles;
        Ok(())
    }

    /// Whether axles and groups differ by more than the rounding of all of them.
    fn groups_differ(&self, off: i64) -> bool {
        let rounding = |masses: &Masses| masses.resolution_kg * masses.kilograms.len() as i64;
        let axles = self.axle_masses.as_ref().or(self.wheel_masses.as_ref());
        let groups = self.group_masses.as_ref().map_or(0, rounding);
        2 * off.abs() > groups + axles.map_or(0, rounding)
    }
}

/// One block of a letter, and no second one.
fn once<T>(slot: &mut Option<T>, block: T) -> Result<(), Reject> {
    match slot.replace(block) {
        None => Ok(()),
        Some(_) => Err(Reject::Contradiction),
    }
}

/// Sensor, resolution and so many masses.
fn masses(tokens: &mut Tokens<'_>, count: usize, wanted: usize) -> Result<Masses, Reject> {
    if count != wanted || count == 0 {
        return Err(Reject::Contradiction);
    }
    let sensor = tokens.next().ok_or(Reject::Truncated)?;
    if !sensor.iter().all(u8::is_ascii_alphanumeric) {
        return Err(Reject::Field);
    }
    let resolution_kg = value(tokens)?.ok_or(Reject::Field)?;
    if !(1..=1_000).contains(&resolution_kg) {
        return Err(Reject::Field);
    }
    let kilograms = (0..count)
        .map(|_| Ok(value(tokens)?.ok_or(Reject::Field)? * resolution_kg))
        .collect::<Result<_, _>>()?;
    Ok(Masses {
        resolution_kg,
        kilograms,
    })
}

/// A number; empty is `None`. [`Reject::Contradiction`] when the next block begins here, so that the
/// count was wrong.
fn value(tokens: &mut Tokens<'_>) -> Result<Option<i64>, Reject> {
    let token = tokens.next().ok_or(Reject::Truncated)?;
    match token {
        [letter, ..] if letter.is_ascii_alphabetic() => Err(Reject::Contradiction),
        token => whole(token),
    }
}
