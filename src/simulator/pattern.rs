//! Kinds of vehicles: axle groups, loads when empty and full, spacings.
//!
//! Load peaks and spacings follow published figures of real weigh-in-motion records; the mix of Chinese
//! axle counts is an assumption (no public record by vehicle exists).

use super::dice::Dice;
use super::settings::Settings;
use super::vehicle::Category;

/// `(5th percentile, median, 95th percentile)` in mm.
pub(super) type SpacingRange = (f64, f64, f64);

/// A kind of vehicle by its axles.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) category: Category,
    /// Axles of each group.
    pub(super) groups: &'static [u8],
    pub(super) drive_axles: u8,
    pub(super) limit_kg: f64,
    /// Load of each group, kg, empty.
    pub(super) empty: &'static [f64],
    /// Load of each group, kg, full; between and beyond, loads follow the line through both.
    pub(super) full: &'static [f64],
    pub(super) spacings: &'static [SpacingRange],
}

const CLOSE: SpacingRange = (1_250.0, 1_310.0, 1_350.0);
const TANDEM: SpacingRange = (1_300.0, 1_350.0, 1_400.0);
const TRACTOR: SpacingRange = (3_000.0, 3_450.0, 4_200.0);
const TO_TRAILER: SpacingRange = (5_650.0, 7_000.0, 7_600.0);

pub(super) const LIGHT: Pattern = Pattern {
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

pub(super) const SIX: Pattern = Pattern {
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

/// Passenger cars.
pub(super) const CAR: Pattern = Pattern {
    category: Category::Car,
    groups: &[1, 1],
    drive_axles: 1,
    limit_kg: 3_500.0,
    empty: &[780.0, 560.0],
    full: &[1_000.0, 980.0],
    spacings: &[(2_500.0, 2_690.0, 2_980.0)],
};

/// How vehicles that are weighed divide into kinds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mix {
    axle_mix: [f64; 5],
    odd_share: f64,
}

/// Share of the two-axle trucks that are light ones.
const LIGHT_SHARE: f64 = 0.2;

impl Mix {
    pub(super) const fn new(settings: &Settings) -> Self {
        Self {
            axle_mix: settings.axle_mix,
            odd_share: settings.odd_share,
        }
    }

    /// Share of light trucks among all trucks.
    pub(super) fn light_share(&self) -> f64 {
        let [two, ..] = self.axle_mix;
        let total: f64 = self.axle_mix.iter().sum();
        (1.0 - self.odd_share) * two * LIGHT_SHARE / total.max(1e-9)
    }

    /// The kind of a truck that is no light one.
    pub(super) fn heavy(&self, dice: &mut Dice) -> &'static Pattern {
        if dice.chance(self.odd_share / (1.0 - self.light_share()).max(1e-9)) {
            return ODD.get(dice.below(ODD.len())).unwrap_or(&SIX);
        }
        let [two, three, four, five, six] = self.axle_mix;
        let weighted: [(&'static Pattern, f64); 9] = [
            (&TWO, two * (1.0 - LIGHT_SHARE)),
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
}

impl Pattern {
    /// Axles of the tractor or of the truck itself, without trailers.
    pub(super) fn own_axles(&self) -> u8 {
        let own = match self.category {
            Category::Car | Category::LightTruck | Category::Truck => self.groups.len(),
            Category::Articulated | Category::Train => 2,
        };
        self.groups.iter().take(own).sum()
    }

    /// Axles of the last trailer; 0 without.
    pub(super) fn trailer_axles(&self) -> u8 {
        if self.category.has_trailer() {
            self.groups.last().copied().unwrap_or_default()
        } else {
            0
        }
    }
}

/// A spacing of this range, mm.
pub(super) fn spacing_mm(dice: &mut Dice, (low, median, high): SpacingRange) -> i64 {
    let points = [
        (0.0, low - (median - low) * 0.1),
        (0.05, low),
        (0.5, median),
        (0.95, high),
        (1.0, high + (high - median) * 0.1),
    ];
    dice.quantile(&points).round() as i64
}
