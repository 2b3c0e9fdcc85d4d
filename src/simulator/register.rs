//! The register of vehicles (机动车登记) of the simulated country.
//!
//! It is not stored. Whether a number is issued follows from a digest of the number, and so does what
//! bears it: the register has millions of entries, answers at once and takes no memory. How many of the
//! possible numbers are issued follows real registers: plain digits most, numbers with two letters
//! least. So a misread number is mostly nobody's, and sometimes somebody's.
//!
//! Blue and yellow plates number vehicles independently: a car and a truck may bear the same text.

mod number;

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::pattern::{CAR, LIGHT, Mix, Pattern};
use super::settings::Settings;
use crate::plate::{PlateColour, PlateNumber};
use number::{Number, Series, mixed, serial, share};

/// What bears a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisteredKind {
    /// Car (小型客车).
    Car,
    /// Light truck (轻型货车).
    LightTruck,
    /// Rigid truck (载货汽车).
    Truck,
    /// Tractor (牵引车).
    Tractor,
    /// Trailer (挂车).
    Trailer,
}

/// An entry of the register: one line of `register.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Registered {
    /// The number.
    pub plate: PlateNumber,
    /// Colour of its plate.
    pub colour: PlateColour,
    /// What it is.
    pub category: RegisteredKind,
    /// Its own axles: a tractor's without those of a trailer.
    pub axles: u8,
}

/// Where vehicles on a Shanxi motorway come from.
const ORIGINS: [(char, f64); 12] = [
    ('晋', 0.62),
    ('冀', 0.08),
    ('豫', 0.07),
    ('陕', 0.06),
    ('蒙', 0.05),
    ('鲁', 0.04),
    ('津', 0.02),
    ('皖', 0.015),
    ('苏', 0.015),
    ('辽', 0.01),
    ('鄂', 0.01),
    ('宁', 0.01),
];

/// Shanxi's offices: A Taiyuan to M Yuncheng, D Changzhi the nearest.
const SHANXI_OFFICES: [(u8, f64); 11] = [
    (b'A', 0.12),
    (b'B', 0.08),
    (b'C', 0.05),
    (b'D', 0.30),
    (b'E', 0.10),
    (b'F', 0.04),
    (b'H', 0.04),
    (b'J', 0.08),
    (b'K', 0.08),
    (b'L', 0.07),
    (b'M', 0.04),
];

const OFFICES: &[u8] = b"ABCDEFGHJKLM";

/// Of the numbers of small vehicles so many are of light trucks.
const LIGHT_TRUCKS: f64 = 0.10;

/// What bears a number, as the simulator knows it.
#[derive(Debug)]
pub(super) struct Bearer {
    pub(super) plate: PlateNumber,
    pub(super) colour: PlateColour,
    pub(super) pattern: &'static Pattern,
    /// Draws of what never changes with it: its spacings, its trailer.
    pub(super) body: Dice,
    /// Tells it from all others.
    pub(super) digest: u64,
}

/// The register.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    seed: u64,
    mix: Mix,
}

impl Register {
    /// The register of the country that this traffic drives in.
    pub const fn new(settings: &Settings) -> Self {
        // The country is the same whatever traffic is drawn in it: the seed of the traffic stays out.
        Self {
            seed: 0x6a09_e667_f3bc_c908,
            mix: Mix::new(settings),
        }
    }

    /// What bears this number: nothing where it is not issued, and one of each colour at most.
    pub fn find(&self, text: &str) -> Vec<Registered> {
        let numbers = Series::ALL.iter().filter_map(|s| Number::of(text, *s));
        let issued = numbers.filter(|number| self.is_issued(number));
        issued
            .filter_map(|number| self.registered(&number))
            .collect()
    }

    fn is_issued(&self, number: &Number) -> bool {
        let issued = number.series.issued();
        let issued = issued.get(number.letters()).copied().unwrap_or_default();
        share(number.digest(self.seed)) < issued
    }

    fn registered(&self, number: &Number) -> Option<Registered> {
        let plate = PlateNumber::parse(&number.text()).ok()?;
        let (category, axles) = match number.series {
            Series::Trailer => (RegisteredKind::Trailer, self.trailer_axles(number)),
            Series::Blue | Series::Green if self.is_light_truck(number) => {
                (RegisteredKind::LightTruck, LIGHT.own_axles())
            }
            Series::Blue | Series::Green => (RegisteredKind::Car, CAR.own_axles()),
            Series::Yellow | Series::YellowGreen => {
                let (pattern, _) = self.body(number);
                let kind = match pattern.category {
                    super::vehicle::Category::Articulated => RegisteredKind::Tractor,
                    _ => RegisteredKind::Truck,
                };
                (kind, pattern.own_axles())
            }
        };
        Some(Registered {
            plate,
            colour: number.series.colour(),
            category,
            axles,
        })
    }

    /// Other bits of the digest than say whether it is issued.
    fn second(&self, number: &Number) -> f64 {
        share(mixed(number.digest(self.seed) ^ 0x5851_f42d_4c95_7f2d))
    }

    fn is_light_truck(&self, number: &Number) -> bool {
        self.second(number) < LIGHT_TRUCKS
    }

    fn trailer_axles(&self, number: &Number) -> u8 {
        match self.second(number) {
            drawn if drawn < 0.80 => 3,
            drawn if drawn < 0.97 => 2,
            _ => 1,
        }
    }

    /// The kind of a large vehicle, and the draws of its body.
    fn body(&self, number: &Number) -> (&'static Pattern, Dice) {
        let mut body = Dice::new(number.digest(self.seed), 1);
        let pattern = self.mix.heavy(&mut body);
        (pattern, body)
    }

    /// An issued number of a series that passes a test.
    fn drawn(&self, dice: &mut Dice, series: Series, wanted: impl Fn(&Number) -> bool) -> Number {
        let (issued, possible) = (series.issued(), series.possible());
        let given: [f64; 3] = std::array::from_fn(|letters| {
            let issued = issued.get(letters).copied().unwrap_or_default();
            issued * possible.get(letters).copied().unwrap_or_default()
        });
        let [none, one, two] = given;
        let letters = dice.uniform(0.0, none + one + two);
        let letters = usize::from(letters >= none) + usize::from(letters >= none + one);
        let province = dice.pick(&ORIGINS).copied().unwrap_or('晋');
        let office = if province == '晋' {
            dice.pick(&SHANXI_OFFICES).copied().unwrap_or(b'D')
        } else {
            OFFICES
                .get(dice.below(OFFICES.len()))
                .copied()
                .unwrap_or(b'A')
        };
        let mut state = dice.word();
        loop {
            state = mixed(state);
            let number = Number {
                series,
                province,
                office,
                serial: serial(series, letters, state),
            };
            if self.is_issued(&number) && wanted(&number) {
                return number;
            }
        }
    }

    fn bearer(&self, number: &Number, pattern: Option<&'static Pattern>) -> Bearer {
        let (heavy, body) = self.body(number);
        Bearer {
            plate: parsed(number),
            colour: number.series.colour(),
            pattern: pattern.unwrap_or(heavy),
            body,
            digest: number.digest(self.seed),
        }
    }

    /// Share of trucks that are no light ones.
    pub(super) fn share_of_heavy(&self) -> f64 {
        (1.0 - self.mix.light_share()).max(1e-9)
    }

    /// The truck that bears this number.
    pub(super) fn bearer_of(&self, plate: &PlateNumber, colour: PlateColour) -> Option<Bearer> {
        let series = match colour {
            PlateColour::YellowGreen => Series::YellowGreen,
            PlateColour::Yellow => Series::Yellow,
            PlateColour::Green => Series::Green,
            _ => Series::Blue,
        };
        let number = Number::of(plate.as_str(), series)?;
        let small = matches!(series, Series::Green | Series::Blue);
        Some(self.bearer(&number, small.then_some(&LIGHT)))
    }

    /// A car.
    pub(super) fn car(&self, dice: &mut Dice) -> Bearer {
        let series = if dice.chance(0.12) {
            Series::Green
        } else {
            Series::Blue
        };
        let number = self.drawn(dice, series, |number| !self.is_light_truck(number));
        self.bearer(&number, Some(&CAR))
    }

    /// A truck or tractor, light ones among them.
    pub(super) fn truck(&self, dice: &mut Dice) -> Bearer {
        if dice.chance(self.mix.light_share()) {
            let series = if dice.chance(0.30) {
                Series::Green
            } else {
                Series::Blue
            };
            let number = self.drawn(dice, series, |number| self.is_light_truck(number));
            return self.bearer(&number, Some(&LIGHT));
        }
        let series = if dice.chance(0.06) {
            Series::YellowGreen
        } else {
            Series::Yellow
        };
        let number = self.drawn(dice, series, |_| true);
        self.bearer(&number, None)
    }

    /// A truck or tractor of this kind.
    pub(super) fn truck_like(&self, dice: &mut Dice, wanted: &Pattern) -> Bearer {
        let number = self.drawn(dice, Series::Yellow, |number| {
            self.body(number).0.groups == wanted.groups
        });
        self.bearer(&number, None)
    }

    /// Plate of a trailer with so many axles.
    pub(super) fn trailer(&self, dice: &mut Dice, axles: u8) -> PlateNumber {
        let axles = axles.clamp(1, 3);
        let number = self.drawn(dice, Series::Trailer, |number| {
            self.trailer_axles(number) == axles
        });
        parsed(&number)
    }
}

#[expect(
    clippy::expect_used,
    reason = "the text is put together after the rules that parse checks; the tests draw thousands"
)]
fn parsed(number: &Number) -> PlateNumber {
    PlateNumber::parse(&number.text()).expect("a plate made after GA 36 is one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::look_alikes;

    fn register() -> Register {
        Register::new(&Settings::statistics())
    }

    #[test]
    fn whoever_is_drawn_is_registered_as_what_it_is() {
        let register = register();
        let mut dice = Dice::new(1, 1);
        for number in 0..3_000 {
            let (bearer, kinds): (_, &[RegisteredKind]) = if number % 3 == 0 {
                (register.car(&mut dice), &[RegisteredKind::Car])
            } else {
                let kinds = &[
                    RegisteredKind::LightTruck,
                    RegisteredKind::Truck,
                    RegisteredKind::Tractor,
                ];
                (register.truck(&mut dice), kinds)
            };
            let found = register.find(bearer.plate.as_str());
            let entry = found.iter().find(|entry| entry.colour == bearer.colour);
            let entry = entry.unwrap_or_else(|| panic!("{bearer:?}"));
            assert!(kinds.contains(&entry.category), "{bearer:?} {entry:?}");
            assert_eq!(entry.axles, bearer.pattern.own_axles());
            assert!(bearer.plate.kind().colours().contains(&bearer.colour));
            let axles = bearer.pattern.trailer_axles();
            if axles > 0 {
                let trailer = register.trailer(&mut dice, axles);
                let found = register.find(trailer.as_str());
                let [entry] = found.as_slice() else {
                    panic!("{trailer}: {found:?}");
                };
                assert_eq!(entry.category, RegisteredKind::Trailer);
                assert_eq!(entry.axles, axles.min(3));
            }
        }
    }

    #[test]
    fn the_register_is_full_as_real_ones_are() {
        let register = register();
        let issued = |form: &dyn Fn(u32) -> String, colour: PlateColour| {
            let found = (0..20_000).filter(|number| {
                let found = register.find(&form(*number));
                found.iter().any(|entry| entry.colour == colour)
            });
            found.count() as f64 / 20_000.0
        };
        let digits = |number: u32| format!("晋D{:05}", number * 4);
        let lettered = |number: u32| format!("晋DK{:04}", number % 10_000);
        let trailers = |number: u32| format!("晋D{:04}挂", number % 10_000);
        assert!((issued(&digits, PlateColour::Yellow) - 0.4).abs() < 0.02);
        assert!((issued(&digits, PlateColour::Blue) - 0.9).abs() < 0.02);
        assert!((issued(&lettered, PlateColour::Yellow) - 0.03).abs() < 0.01);
        assert!((issued(&trailers, PlateColour::Yellow) - 0.6).abs() < 0.02);
        assert!(register.find("晋I12345").is_empty());
        assert!(register.find("WJ苏1234X").is_empty());
    }

    #[test]
    fn a_misread_number_is_mostly_nobodys_and_sometimes_somebodys() {
        let register = register();
        let mut dice = Dice::new(2, 1);
        let (mut misread, mut of_its_colour) = (0_u32, 0_u32);
        for _ in 0..2_000 {
            let bearer = register.truck(&mut dice);
            let text: Vec<char> = bearer.plate.as_str().chars().collect();
            for (place, from) in text.iter().enumerate().skip(2) {
                for to in look_alikes(*from).filter(|to| !matches!(to, 'I' | 'O')) {
                    let mut other = text.clone();
                    other[place] = to;
                    let other: String = other.into_iter().collect();
                    let found = register.find(&other);
                    misread += 1;
                    of_its_colour +=
                        u32::from(found.iter().any(|entry| entry.colour == bearer.colour));
                }
            }
        }
        let share = f64::from(of_its_colour) / f64::from(misread);
        assert!((0.03..0.30).contains(&share), "{share}");
    }
}
