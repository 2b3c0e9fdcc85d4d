//! How drivers evade: what a vehicle does on its way over the sensors, drawn by kind.
//!
//! Drivers do it more or less hard. What is drawn, in the order of the kinds (`U` evenly, `Exp` with this
//! mean):
//!
//! | kind | usual | mild, about one in twelve: hard to see |
//! |---|---|---|
//! | straddling | each half catches U(85, 100) % of its wheels, one in ten U(40, 85) %; one in seven leaves one half only | the last two |
//! | one side off | no load left on that side, or U(0, 35) % of it; one in four only up to the trailer | U(35, 60) % is left |
//! | braking | 1.0 + Exp(0.9) m/s², at most 5 | U(0.5, 1.0) m/s² |
//! | surging | 0.5 + Exp(0.4) m/s², at most 1.8; in seven of ten one or two axles lose U(25, 80) % | U(0.35, 0.5) m/s² and U(10, 25) % |
//! | weaving | 8 + Exp(7) % of an axle's load to either side, at most 32 | U(5, 8) % |
//! | stop and go | stands U(1.5, 15) s, one in four twice | slows down to U(1, 3) km/h |
//! | creeping | U(2, 5) km/h | U(5, 6.5) km/h |
//! | reversing | one to three axles back | – |
//! | merged record | U(0.4, 3.5) m between the bumpers; one in five is a car behind a truck | long gaps look like a trailer's |
//! | split record | between tractor and trailer | – |
//! | lift axle | the middle one of three in six of ten, the first in 25 of 100, else the last; one in four touches with U(80, 700) kg | the first or last of a group leaves a pattern that others have |
//! | wrong way | U(20, 50) km/h; three of ten controllers can't tell directions | those |
//! | plate covered, missing | no camera reads it; six and eight of ten cameras are sure that there is none | covered in part: one in ten is still read by one camera |
//! | plate cloned | six of ten hang on another kind of vehicle; nine of ten real ones are seen far away within the hour | the others |
//! | bypass | seen before and after the station | one in ten is seen only on one side |

mod ways;

use super::dice::Dice;
use super::motion::{Motion, metres};
use super::vehicle::{Category, Truth};
use crate::passage::EvasionKind;
use ways::{braking, reversing, stopping, surging};

/// Share of those who do it so mildly that it is hard to see.
const MILD: f64 = 0.08;

/// Metres a second of one km/h.
const KMH: f64 = 1.0 / 3.6;

/// Who brakes on the scale comes at least this fast, and who creeps is in a lane at least this fast, m/s.
const BRAKES_FROM: f64 = 20.0 * KMH;
const CREEPS_FROM: f64 = 20.0 * KMH;

/// An axle off the road, or nearly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lifted {
    /// Which, from 0.
    pub(super) axle: usize,
    /// What it still carries, kg.
    pub(super) touches_kg: f64,
}

/// Between two lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Straddle {
    /// The other lane.
    pub(super) beside: u16,
    /// What the sensor catches of the wheels on the left and on the right.
    pub(super) catches: [f64; 2],
    /// Which half is not recorded, if one is not.
    pub(super) lost: Option<Half>,
}

impl Straddle {
    /// Whether it is hard to see: a half is missing, or the halves don't add up.
    pub(super) fn is_mild(&self) -> bool {
        let [left, right] = self.catches;
        self.lost.is_some() || left < 0.85 || right < 0.85
    }
}

/// A half of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Left,
    Right,
}

/// How a controller counts axles that go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// Until they have gone back; what comes then is beyond its time limit.
    UntilBack,
    /// All, forwards and backwards.
    All,
    /// Those that go forwards.
    Forwards,
}

/// What shows of the plates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Plates {
    /// They hang where they should.
    #[default]
    Shown,
    /// Covered; the view that still reads it, if one does.
    Covered(Option<Half>),
    /// Not there.
    Missing,
}

/// What a vehicle does on its way over the station besides driving.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Manoeuvre {
    pub(super) kind: Option<EvasionKind>,
    /// Hard to see.
    pub(super) mild: bool,
    /// Factor on the load of each axle; empty for all 1.
    pub(super) jumps: Vec<f64>,
    /// Share of the load that swings, length of the swing in metres, phase.
    pub(super) weave: Option<(f64, f64, f64)>,
    /// Which side is off, and what is left of each axle's load there.
    pub(super) off: Option<(Half, Vec<f64>)>,
    pub(super) straddle: Option<Straddle>,
    pub(super) counting: Option<Counting>,
    /// The vehicle behind is in the same record.
    pub(super) merges: bool,
    /// The scale begins a new record with this axle.
    pub(super) split_at: Option<usize>,
    pub(super) lifted: Option<Lifted>,
    pub(super) wrong_way: bool,
    pub(super) plates: Plates,
}

/// Whether drivers do it so mildly at times that it is hard to see.
const fn can_be_mild(kind: EvasionKind) -> bool {
    !matches!(
        kind,
        EvasionKind::Straddling
            | EvasionKind::Reversing
            | EvasionKind::MergedRecord
            | EvasionKind::SplitRecord
            | EvasionKind::WrongWay
            | EvasionKind::PlateMissing
            | EvasionKind::PlateCloned
            | EvasionKind::Bypass
    )
}

impl Manoeuvre {
    /// An evasion of this kind by this vehicle in a lane of so many, and the way that it drives where
    /// that is part of it; `None` when vehicle or lane have not what it takes. Straddling is settled
    /// when it is known who is beside.
    pub(super) fn draw(
        dice: &mut Dice,
        kind: EvasionKind,
        vehicle: &Truth,
        speed: f64,
        (lane, lanes): (u16, u16),
    ) -> Option<(Self, Option<Motion>)> {
        let mut manoeuvre = Self {
            kind: Some(kind),
            ..Self::default()
        };
        let mild = dice.chance(MILD);
        manoeuvre.mild = mild;
        let base = metres(vehicle.base_mm().get());
        let mut motion = None;
        match kind {
            EvasionKind::Straddling if lanes < 2 => return None,
            EvasionKind::OneSideOff => {
                let side = match lane {
                    _ if lanes == 1 && dice.chance(0.5) => Half::Left,
                    1 if lanes > 1 => Half::Left,
                    last if last == lanes => Half::Right,
                    // Off the one lane is on the other: that is straddling.
                    _ => return None,
                };
                manoeuvre.off = Some((side, left_over(dice, vehicle, mild)));
            }
            // Who hardly moves has nothing to brake, and who crawls where all do evades nothing.
            EvasionKind::Braking if speed < BRAKES_FROM => return None,
            EvasionKind::Creeping if speed < CREEPS_FROM => return None,
            EvasionKind::Braking => motion = Some(braking(dice, speed, base, mild)),
            EvasionKind::Surging => {
                let (jumps, way) = surging(dice, vehicle, speed, mild);
                manoeuvre.jumps = jumps;
                motion = Some(way);
            }
            EvasionKind::Weaving => {
                let swing = if mild {
                    dice.uniform(0.05, 0.08)
                } else {
                    (0.08 + dice.exponential(0.07)).min(0.32)
                };
                let phase = dice.uniform(0.0, std::f64::consts::TAU);
                manoeuvre.weave = Some((swing, dice.uniform(7.0, 22.0), phase));
            }
            EvasionKind::StopAndGo => motion = Some(stopping(dice, base, mild)),
            EvasionKind::Creeping => {
                let (least, most) = if mild { (5.0, 6.5) } else { (2.0, 5.0) };
                motion = Some(Motion::steady(dice.uniform(least, most) * KMH));
            }
            EvasionKind::Reversing => {
                manoeuvre.counting = Some(match dice.uniform(0.0, 1.0) {
                    drawn if drawn < 0.5 => Counting::UntilBack,
                    drawn if drawn < 0.8 => Counting::All,
                    _ => Counting::Forwards,
                });
                motion = Some(reversing(dice, vehicle));
            }
            EvasionKind::MergedRecord => {
                manoeuvre.merges = true;
                // So close nobody drives fast.
                let slow = (dice.uniform(8.0, 40.0) * KMH).min(speed.max(8.0 * KMH));
                motion = Some(Motion::steady(slow));
            }
            EvasionKind::SplitRecord => manoeuvre.split_at = Some(split(vehicle)?),
            EvasionKind::LiftAxle => {
                let (lifted, in_the_middle) = lifted(dice, vehicle)?;
                manoeuvre.lifted = Some(lifted);
                manoeuvre.mild = !in_the_middle && lifted.touches_kg <= 0.0;
            }
            EvasionKind::WrongWay => {
                manoeuvre.wrong_way = true;
                motion = Some(Motion::steady(dice.uniform(20.0, 50.0) * KMH));
            }
            EvasionKind::PlateCovered => {
                let half = if dice.chance(0.5) {
                    Half::Left
                } else {
                    Half::Right
                };
                manoeuvre.mild = dice.chance(0.1);
                manoeuvre.plates = Plates::Covered(manoeuvre.mild.then_some(half));
            }
            EvasionKind::PlateMissing => manoeuvre.plates = Plates::Missing,
            EvasionKind::Straddling | EvasionKind::PlateCloned | EvasionKind::Bypass => {}
        }
        manoeuvre.mild &= can_be_mild(kind);
        Some((manoeuvre, motion))
    }

    /// Whether nobody else may be near for it.
    pub(super) const fn needs_room(&self) -> bool {
        self.wrong_way
    }
}

/// The way between two lanes.
pub(super) fn straddle(dice: &mut Dice, beside: u16) -> Straddle {
    let mut catch = || {
        if dice.chance(0.1) {
            dice.uniform(0.40, 0.85)
        } else {
            dice.uniform(0.85, 1.0)
        }
    };
    let catches = [catch(), catch()];
    let lost = dice.chance(0.15).then(|| {
        if dice.chance(0.5) {
            Half::Left
        } else {
            Half::Right
        }
    });
    Straddle {
        beside,
        catches,
        lost,
    }
}

fn left_over(dice: &mut Dice, vehicle: &Truth, mild: bool) -> Vec<f64> {
    let left = match mild {
        true => dice.uniform(0.35, 0.60),
        false if dice.chance(0.7) => 0.0,
        false => dice.uniform(0.0, 0.35),
    };
    let count = vehicle.axles.len();
    // The trailer may track inwards, back onto the sensor.
    let until = if vehicle.category.has_trailer() && dice.chance(0.25) {
        usize::from(vehicle.groups.iter().take(2).sum::<u8>())
    } else {
        count
    };
    (0..count)
        .map(|axle| match axle < until {
            true if left <= 0.0 => 0.0,
            true => (left + dice.normal(0.0, 0.06)).clamp(0.0, 1.0),
            false => 1.0,
        })
        .collect()
}

/// The first axle behind the longest gap, when it is one between tractor and trailer.
pub(super) fn split(vehicle: &Truth) -> Option<usize> {
    if vehicle.axles.len() < 3 || !vehicle.category.has_trailer() {
        return None;
    }
    let spacings = vehicle.axles.iter().map(|axle| axle.spacing_mm);
    let longest = spacings.enumerate().max_by_key(|(_, spacing)| *spacing)?;
    (longest.0 >= 2).then_some(longest.0)
}

/// The lifted axle, and whether it is one in the middle.
fn lifted(dice: &mut Dice, vehicle: &Truth) -> Option<(Lifted, bool)> {
    if vehicle.category == Category::Train {
        return None;
    }
    // The rearmost group of two or three axles, the trailer's or the truck's own.
    let (mut first, mut found) = (0, None);
    for (index, &axles) in vehicle.groups.iter().enumerate() {
        if index > 0 && axles > 1 {
            found = Some((first, usize::from(axles)));
        }
        first += usize::from(axles);
    }
    let (first, axles) = found?;
    let within = match dice.uniform(0.0, 1.0) {
        drawn if drawn < 0.60 && axles > 2 => 1,
        drawn if drawn < 0.85 => 0,
        _ => axles - 1,
    };
    let touches_kg = if dice.chance(0.25) {
        dice.uniform(80.0, 700.0)
    } else {
        0.0
    };
    let lifted = Lifted {
        axle: first + within,
        touches_kg,
    };
    Some((lifted, within == 1 && axles > 2))
}

/// Where the axles are behind the first one, metres.
pub(super) fn axle_places(vehicle: &Truth) -> Vec<f64> {
    let mut place = 0.0;
    let places = vehicle.axles.iter().map(|axle| {
        place += axle.spacing_mm.map_or(0.0, |spacing| metres(spacing.get()));
        place
    });
    places.collect()
}
