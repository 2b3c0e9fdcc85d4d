//! Vehicles: axles, loads, spacings and plates, as ground truth.
//!
//! What never changes with a vehicle (its kind, spacings, trailer) follows from its number, so that it
//! is the same whenever it comes; what it carries is drawn for each trip.

use serde::Serialize;

use super::dice::Dice;
use super::pattern::{Pattern, SIX, spacing_mm};
use super::register::{Bearer, Register};
use super::settings::{ScheduledLoad, Settings};
use crate::plate::{PlateColour, PlateNumber};
use crate::units::{Kilograms, Millimetres};

/// What stands behind an axle count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Car (小型客车); cameras see it, scales don't weigh it.
    Car,
    /// Light truck with a blue or small green plate (轻型货车).
    LightTruck,
    /// Rigid truck (载货汽车).
    Truck,
    /// Tractor with semi-trailer (铰接列车).
    Articulated,
    /// Truck or articulated vehicle with one more trailer (汽车列车).
    Train,
}

impl Category {
    /// Whether it pulls a trailer with a plate of its own.
    pub const fn has_trailer(self) -> bool {
        matches!(self, Self::Articulated | Self::Train)
    }
}

/// One axle, front to rear. `left + right = load`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Axle {
    /// Axle load.
    pub load_kg: Kilograms,
    /// Left wheels.
    pub left_kg: Kilograms,
    /// Right wheels.
    pub right_kg: Kilograms,
    /// Distance to the axle in front; `None` for the first.
    pub spacing_mm: Option<Millimetres>,
}

/// A vehicle as it really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Plate of the truck or tractor.
    pub plate: PlateNumber,
    /// Plate of the trailer.
    pub trailer_plate: Option<PlateNumber>,
    /// Colour of the truck's plate.
    pub colour: PlateColour,
    /// What it is.
    pub category: Category,
    /// Axles of each group, front to rear.
    pub groups: Vec<u8>,
    /// Driven axles.
    pub drive_axles: u8,
    /// Axles; their loads add up to the gross.
    pub axles: Vec<Axle>,
    /// Gross.
    pub gross_kg: Kilograms,
    /// Gross limit of this kind of vehicle, by which the simulator calls it overloaded.
    pub limit_kg: Kilograms,
    /// From bumper to bumper.
    pub length_mm: Millimetres,
    /// From the front bumper to the first axle.
    pub front_mm: Millimetres,
}

impl Truth {
    /// Whether it is heavier than its kind may be.
    pub fn is_overloaded(&self) -> bool {
        self.gross_kg > self.limit_kg
    }

    /// Whether it is a car.
    pub const fn is_car(&self) -> bool {
        matches!(self.category, Category::Car)
    }

    /// From the first axle to the last.
    pub fn base_mm(&self) -> Millimetres {
        self.axles.iter().filter_map(|axle| axle.spacing_mm).sum()
    }

    /// From the last axle to the rear bumper.
    pub fn rear_mm(&self) -> Millimetres {
        self.length_mm
            .saturating_sub(self.front_mm)
            .saturating_sub(self.base_mm())
    }

    /// What hangs at the rear: a trailer's plate, or the vehicle's own once more.
    pub fn rear_plate(&self) -> (&PlateNumber, PlateColour) {
        match &self.trailer_plate {
            Some(trailer) => (trailer, PlateColour::Yellow),
            None => (&self.plate, self.colour),
        }
    }
}

/// No axle of the simulator carries more: springs and tyres give way.
const HEAVIEST_AXLE_KG: f64 = 28_000.0;

/// A bearer of a number on a trip of today.
pub(super) fn on_trip(
    dice: &mut Dice,
    settings: &Settings,
    register: &Register,
    bearer: Bearer,
) -> Truth {
    let pattern = bearer.pattern;
    let (gross, uneven) = match pattern.category {
        Category::Car => (car_gross(dice, pattern), false),
        // A light truck never comes near the two-axle limit.
        Category::LightTruck => (legal_gross(dice, settings, pattern), false),
        _ if dice.chance(settings.overloaded_share / register.share_of_heavy()) => {
            let gross = overloaded_gross(dice, settings, pattern);
            (gross, dice.chance(0.07))
        }
        _ => (legal_gross(dice, settings, pattern), false),
    };
    build(dice, register, bearer, gross, uneven)
}

/// A bearer of a number with half of what it can carry.
pub(super) fn half_full(dice: &mut Dice, register: &Register, bearer: Bearer) -> Truth {
    let load = |groups: &[f64]| groups.iter().sum::<f64>();
    let gross = f64::midpoint(load(bearer.pattern.empty), load(bearer.pattern.full));
    build(dice, register, bearer, gross, false)
}

/// A six-axle truck of the schedule.
pub(super) fn scheduled(dice: &mut Dice, register: &Register, load: ScheduledLoad) -> Truth {
    let gross = match load {
        ScheduledLoad::Full => dice.uniform(43_000.0, 46_500.0),
        ScheduledLoad::Overloaded => dice.uniform(65_000.0, 74_000.0),
        ScheduledLoad::HundredTon => dice.uniform(110_000.0, 118_000.0),
    };
    let bearer = register.truck_like(dice, &SIX);
    build(dice, register, bearer, gross, false)
}

fn car_gross(dice: &mut Dice, pattern: &Pattern) -> f64 {
    let empty: f64 = pattern.empty.iter().sum();
    dice.normal_within(1.15 * empty, 0.16 * empty, 0.75 * empty, 1.8 * empty)
}

fn legal_gross(dice: &mut Dice, settings: &Settings, pattern: &Pattern) -> f64 {
    let empty: f64 = pattern.empty.iter().sum();
    let full: f64 = pattern.full.iter().sum();
    let ceiling = if pattern.category == Category::LightTruck {
        full
    } else {
        pattern.limit_kg
    };
    let drawn = dice.uniform(0.0, 1.0);
    if drawn < settings.empty_share {
        dice.normal_within(empty, 0.09 * empty, 0.8 * empty, 1.25 * empty)
    } else if drawn < settings.empty_share + settings.part_share {
        let half = f64::midpoint(empty, full);
        dice.normal_within(half, 0.22 * (full - empty), 1.1 * empty, 0.95 * ceiling)
    } else {
        let mean = full.min(0.96 * ceiling);
        dice.normal_within(mean, 0.045 * ceiling, 0.85 * ceiling, ceiling)
    }
}

fn overloaded_gross(dice: &mut Dice, settings: &Settings, pattern: &Pattern) -> f64 {
    let six_axle = pattern.groups.iter().sum::<u8>() == 6;
    if six_axle && dice.chance(settings.heavy_tail_share) {
        return dice.uniform(60_000.0, 110_000.0);
    }
    let excess = dice.exponential(0.12).clamp(0.001, 1.0);
    pattern.limit_kg * (1.0 + excess)
}

/// A vehicle of this gross. With `uneven`, one axle of a group carries half as much again as its share,
/// as measured on overloaded trucks.
fn build(dice: &mut Dice, register: &Register, bearer: Bearer, gross: f64, uneven: bool) -> Truth {
    let Bearer {
        plate,
        colour,
        pattern,
        mut body,
        ..
    } = bearer;
    let loads = axle_loads(dice, pattern, gross, uneven);
    let gross_kg: i64 = loads.iter().sum();
    let lean = dice.normal(0.5, 0.012);
    let mut axles = Vec::with_capacity(loads.len());
    for (index, load) in loads.into_iter().enumerate() {
        let share = (lean + dice.normal(0.0, 0.012)).clamp(0.4, 0.6);
        let left = (load as f64 * share).round() as i64;
        let spacing = index
            .checked_sub(1)
            .and_then(|before| pattern.spacings.get(before))
            .map(|range| Millimetres::new(spacing_mm(&mut body, *range)));
        axles.push(Axle {
            load_kg: Kilograms::new(load),
            left_kg: Kilograms::new(left),
            right_kg: Kilograms::new(load - left),
            spacing_mm: spacing,
        });
    }
    let base: Millimetres = axles.iter().filter_map(|axle| axle.spacing_mm).sum();
    let (front, rear) = match pattern.category {
        Category::Car => (
            body.normal_within(880.0, 60.0, 750.0, 1_050.0),
            body.uniform(800.0, 1_150.0),
        ),
        category if category.has_trailer() => (
            body.normal_within(1_400.0, 60.0, 1_200.0, 1_600.0),
            body.uniform(700.0, 1_500.0),
        ),
        _ => (
            body.normal_within(1_250.0, 80.0, 1_000.0, 1_500.0),
            body.uniform(1_000.0, 2_300.0),
        ),
    };
    let trailer_plate =
        (pattern.trailer_axles() > 0).then(|| register.trailer(&mut body, pattern.trailer_axles()));
    let front_mm = Millimetres::new(front.round() as i64);
    Truth {
        plate,
        trailer_plate,
        colour,
        category: pattern.category,
        groups: pattern.groups.to_vec(),
        drive_axles: pattern.drive_axles,
        axles,
        gross_kg: Kilograms::new(gross_kg),
        limit_kg: Kilograms::new(pattern.limit_kg as i64),
        length_mm: base
            .saturating_add(front_mm)
            .saturating_add(Millimetres::new(rear.round() as i64)),
        front_mm,
    }
}

/// Loads in whole kilograms that add up to the gross, unless the heaviest axle allowed cuts it.
fn axle_loads(dice: &mut Dice, pattern: &Pattern, gross: f64, uneven: bool) -> Vec<i64> {
    let empty: f64 = pattern.empty.iter().sum();
    let full: f64 = pattern.full.iter().sum();
    let filled = (gross - empty) / (full - empty);
    let uneven_group = uneven
        .then(|| pattern.groups.iter().position(|axles| *axles > 1))
        .flatten();
    let mut loads = Vec::with_capacity(9);
    let groups = pattern
        .groups
        .iter()
        .zip(pattern.empty.iter().zip(pattern.full));
    for (index, (&axles, (&empty, &full))) in groups.enumerate() {
        let noise = if index == 0 { 0.06 } else { 0.035 };
        let group = (empty + (full - empty) * filled) * dice.normal_within(1.0, noise, 0.8, 1.2);
        let within = if axles == 2 { 0.045 } else { 0.03 };
        let mut weights: Vec<f64> = (0..axles)
            .map(|_| dice.normal_within(1.0, within, 0.8, 1.2))
            .collect();
        if uneven_group == Some(index)
            && let Some(heavy) = weights.first_mut()
        {
            *heavy *= 1.5;
        }
        let total: f64 = weights.iter().sum();
        loads.extend(
            weights
                .iter()
                .map(|weight| (group * weight / total).max(400.0)),
        );
    }
    let total: f64 = loads.iter().sum();
    let mut whole: Vec<i64> = loads
        .iter()
        .map(|load| (load * gross / total).min(HEAVIEST_AXLE_KG).round() as i64)
        .collect();
    // Rounding leaves a few kilograms; the last axle takes them.
    let rest = gross.round() as i64 - whole.iter().sum::<i64>();
    if let Some(last) = whole.last_mut()
        && rest.abs() < 100
    {
        *last += rest;
    }
    whole
}
