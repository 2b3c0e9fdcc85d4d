//! Trucks: axle patterns, loads, spacings and plates, as ground truth.
//!
//! Patterns, load peaks and spacings follow published figures of real weigh-in-motion records; the
//! mix of Chinese axle counts is an assumption (no public record by vehicle exists).

use serde::Serialize;

use super::dice::Dice;
use super::plates;
use super::settings::{ScheduledLoad, Settings};
use crate::plate::{PlateColour, PlateNumber};
use crate::units::{Kilograms, Millimetres};

/// What stands behind an axle count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
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
}

impl Truth {
    /// Whether it is heavier than its kind may be.
    pub fn is_overloaded(&self) -> bool {
        self.gross_kg > self.limit_kg
    }
}

/// No axle of the simulator carries more: springs and tyres give way.
const HEAVIEST_AXLE_KG: f64 = 28_000.0;

/// `(5th percentile, median, 95th percentile)` in mm.
type SpacingRange = (f64, f64, f64);

struct Pattern {
    category: Category,
    groups: &'static [u8],
    drive_axles: u8,
    limit_kg: f64,
    /// Load of each group, kg, empty.
    empty: &'static [f64],
    /// Load of each group, kg, full; between and beyond, loads follow the line through both.
    full: &'static [f64],
    spacings: &'static [SpacingRange],
}

const CLOSE: SpacingRange = (1_250.0, 1_310.0, 1_350.0);
const TANDEM: SpacingRange = (1_300.0, 1_350.0, 1_400.0);
const TRACTOR: SpacingRange = (3_000.0, 3_450.0, 4_200.0);
const TO_TRAILER: SpacingRange = (5_650.0, 7_000.0, 7_600.0);

const LIGHT: Pattern = Pattern {
    category: Category::LightTruck,
    groups: &[1, 1],
    drive_axles: 1,
    limit_kg: 18_000.0,
    empty: &[1_450.0, 1_250.0],
    full: &[1_650.0, 2_800.0],
    spacings: &[(2_600.0, 3_300.0, 3_900.0)],
};

const TWO: Pattern = Pattern {
    category: Category::Truck,
    groups: &[1, 1],
    drive_axles: 1,
    limit_kg: 18_000.0,
    empty: &[2_900.0, 3_300.0],
    full: &[5_800.0, 11_500.0],
    spacings: &[(3_300.0, 4_350.0, 6_000.0)],
};

const THREE_RIGID: Pattern = Pattern {
    category: Category::Truck,
    groups: &[1, 2],
    drive_axles: 2,
    limit_kg: 25_000.0,
    empty: &[4_000.0, 5_500.0],
    full: &[6_300.0, 17_700.0],
    spacings: &[(3_250.0, 4_900.0, 6_250.0), TANDEM],
};

const THREE_ARTICULATED: Pattern = Pattern {
    category: Category::Articulated,
    groups: &[1, 1, 1],
    drive_axles: 1,
    limit_kg: 27_000.0,
    empty: &[3_800.0, 3_500.0, 3_000.0],
    full: &[5_800.0, 10_600.0, 9_600.0],
    spacings: &[TRACTOR, (4_500.0, 6_800.0, 8_700.0)],
};

const FOUR_RIGID: Pattern = Pattern {
    category: Category::Truck,
    groups: &[2, 2],
    drive_axles: 2,
    limit_kg: 31_000.0,
    empty: &[6_000.0, 6_200.0],
    full: &[12_000.0, 17_800.0],
    spacings: &[
        (1_700.0, 1_850.0, 1_990.0),
        (2_850.0, 3_300.0, 4_490.0),
        TANDEM,
    ],
};

const FOUR_ARTICULATED: Pattern = Pattern {
    category: Category::Articulated,
    groups: &[1, 1, 2],
    drive_axles: 1,
    limit_kg: 36_000.0,
    empty: &[4_200.0, 3_900.0, 4_200.0],
    full: &[6_200.0, 11_200.0, 17_200.0],
    spacings: &[TRACTOR, (4_250.0, 6_800.0, 8_700.0), CLOSE],
};

const FIVE_TANDEMS: Pattern = Pattern {
    category: Category::Articulated,
    groups: &[1, 2, 2],
    drive_axles: 2,
    limit_kg: 43_000.0,
    empty: &[4_600.0, 5_300.0, 4_600.0],
    full: &[6_300.0, 17_500.0, 17_500.0],
    spacings: &[TRACTOR, TANDEM, (3_450.0, 6_500.0, 8_000.0), CLOSE],
};

const FIVE_TRIDEM: Pattern = Pattern {
    category: Category::Articulated,
    groups: &[1, 1, 3],
    drive_axles: 1,
    limit_kg: 42_500.0,
    empty: &[4_400.0, 4_000.0, 6_000.0],
    full: &[6_300.0, 11_200.0, 23_500.0],
    spacings: &[TRACTOR, (4_500.0, 6_500.0, 7_600.0), CLOSE, CLOSE],
};

const SIX: Pattern = Pattern {
    category: Category::Articulated,
    groups: &[1, 2, 3],
    drive_axles: 2,
    limit_kg: 49_000.0,
    empty: &[4_500.0, 6_100.0, 5_900.0],
    full: &[6_100.0, 18_000.0, 22_900.0],
    spacings: &[TRACTOR, TANDEM, TO_TRAILER, CLOSE, CLOSE],
};

const SIX_ONE_DRIVE: Pattern = Pattern {
    drive_axles: 1,
    limit_kg: 46_000.0,
    empty: &[4_500.0, 5_600.0, 5_700.0],
    full: &[6_200.0, 16_000.0, 22_000.0],
    ..SIX
};

const ODD: [Pattern; 4] = [
    Pattern {
        category: Category::Train,
        groups: &[2, 2, 2],
        drive_axles: 2,
        limit_kg: 49_000.0,
        empty: &[6_200.0, 6_600.0, 4_600.0],
        full: &[12_500.0, 18_000.0, 16_500.0],
        spacings: &[
            (1_700.0, 1_850.0, 1_990.0),
            (2_850.0, 3_300.0, 4_490.0),
            TANDEM,
            (4_000.0, 5_000.0, 6_500.0),
            CLOSE,
        ],
    },
    Pattern {
        category: Category::Train,
        groups: &[1, 2, 1],
        drive_axles: 2,
        limit_kg: 35_000.0,
        empty: &[4_300.0, 5_200.0, 2_600.0],
        full: &[6_500.0, 17_500.0, 9_600.0],
        spacings: &[
            (3_600.0, 4_300.0, 5_200.0),
            TANDEM,
            (5_000.0, 6_000.0, 7_500.0),
        ],
    },
    Pattern {
        category: Category::Train,
        groups: &[1, 2, 2, 2],
        drive_axles: 2,
        limit_kg: 49_000.0,
        empty: &[4_900.0, 5_400.0, 4_300.0, 4_200.0],
        full: &[6_200.0, 15_800.0, 13_000.0, 12_000.0],
        spacings: &[
            TRACTOR,
            TANDEM,
            (3_950.0, 4_970.0, 7_300.0),
            CLOSE,
            (2_350.0, 4_350.0, 7_200.0),
            CLOSE,
        ],
    },
    Pattern {
        category: Category::Train,
        groups: &[1, 2, 3, 3],
        drive_axles: 2,
        limit_kg: 49_000.0,
        empty: &[4_900.0, 5_800.0, 5_400.0, 4_700.0],
        full: &[6_200.0, 13_500.0, 14_800.0, 12_500.0],
        spacings: &[
            TRACTOR,
            TANDEM,
            (5_230.0, 5_850.0, 6_850.0),
            CLOSE,
            CLOSE,
            (5_600.0, 6_600.0, 7_150.0),
            CLOSE,
            CLOSE,
        ],
    },
];

/// Draws a vehicle of the traffic.
pub fn draw(dice: &mut Dice, settings: &Settings) -> Truth {
    let overloaded = dice.chance(settings.overloaded_share);
    let pattern = pattern(dice, settings, overloaded);
    let gross = if overloaded {
        overloaded_gross(dice, settings, pattern)
    } else {
        legal_gross(dice, settings, pattern)
    };
    let uneven = overloaded && dice.chance(0.07);
    build(dice, pattern, gross, uneven)
}

/// Draws a six-axle truck of the schedule.
pub fn draw_scheduled(dice: &mut Dice, load: ScheduledLoad) -> Truth {
    let gross = match load {
        ScheduledLoad::Full => dice.uniform(43_000.0, 46_500.0),
        ScheduledLoad::Overloaded => dice.uniform(65_000.0, 74_000.0),
        ScheduledLoad::HundredTon => dice.uniform(110_000.0, 118_000.0),
    };
    build(dice, &SIX, gross, false)
}

fn pattern(dice: &mut Dice, settings: &Settings, overloaded: bool) -> &'static Pattern {
    if dice.chance(settings.odd_share) {
        return &ODD[dice.below(ODD.len())];
    }
    let [two, three, four, five, six] = settings.axle_mix;
    // A light truck never comes near the two-axle limit.
    let light = if overloaded { 0.0 } else { 0.2 };
    let weighted: [(&'static Pattern, f64); 10] = [
        (&LIGHT, two * light),
        (&TWO, two * (1.0 - light)),
        (&THREE_RIGID, three * 0.6),
        (&THREE_ARTICULATED, three * 0.4),
        (&FOUR_RIGID, four * 0.7),
        (&FOUR_ARTICULATED, four * 0.3),
        (&FIVE_TANDEMS, five * 0.5),
        (&FIVE_TRIDEM, five * 0.5),
        (&SIX, six * 0.95),
        (&SIX_ONE_DRIVE, six * 0.05),
    ];
    dice.pick(&weighted).copied().unwrap_or(&SIX)
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

/// A vehicle of this pattern and gross. With `uneven`, one axle of a group carries half as much
/// again as its share, as measured on overloaded trucks.
fn build(dice: &mut Dice, pattern: &Pattern, gross: f64, uneven: bool) -> Truth {
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
            .map(|range| Millimetres::new(spacing_mm(dice, *range)));
        axles.push(Axle {
            load_kg: Kilograms::new(load),
            left_kg: Kilograms::new(left),
            right_kg: Kilograms::new(load - left),
            spacing_mm: spacing,
        });
    }
    let base: Millimetres = axles.iter().filter_map(|axle| axle.spacing_mm).sum();
    let (front, rear) = if pattern.category.has_trailer() {
        (
            dice.normal_within(1_400.0, 60.0, 1_200.0, 1_600.0),
            dice.uniform(700.0, 1_500.0),
        )
    } else {
        (
            dice.normal_within(1_250.0, 80.0, 1_000.0, 1_500.0),
            dice.uniform(1_000.0, 2_300.0),
        )
    };
    let (plate, colour) = plates::truck(dice, pattern.category == Category::LightTruck);
    let trailer_plate = pattern
        .category
        .has_trailer()
        .then(|| plates::trailer(dice));
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
        length_mm: base.saturating_add(Millimetres::new((front + rear).round() as i64)),
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

fn spacing_mm(dice: &mut Dice, (low, median, high): SpacingRange) -> i64 {
    let points = [
        (0.0, low - (median - low) * 0.1),
        (0.05, low),
        (0.5, median),
        (0.95, high),
        (1.0, high + (high - median) * 0.1),
    ];
    dice.quantile(&points).round() as i64
}
