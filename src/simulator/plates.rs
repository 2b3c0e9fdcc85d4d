//! Plates as they hang on the trucks of a Shanxi motorway.

use super::dice::Dice;
use crate::plate::{PlateColour, PlateNumber};

/// Where trucks on a Shanxi motorway come from.
const PROVINCES: [(char, f64); 12] = [
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
const SHANXI_OFFICES: [(char, f64); 11] = [
    ('A', 0.12),
    ('B', 0.08),
    ('C', 0.05),
    ('D', 0.30),
    ('E', 0.10),
    ('F', 0.04),
    ('H', 0.04),
    ('J', 0.08),
    ('K', 0.08),
    ('L', 0.07),
    ('M', 0.04),
];

const DIGITS: &str = "0123456789";
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";

fn character(dice: &mut Dice, of: &str) -> char {
    // The strings are ASCII, so that bytes are characters.
    let index = dice.below(of.len());
    of.as_bytes()
        .get(index)
        .map_or('0', |byte| char::from(*byte))
}

fn origin(dice: &mut Dice) -> String {
    let province = dice.pick(&PROVINCES).copied().unwrap_or('晋');
    let office = if province == '晋' {
        dice.pick(&SHANXI_OFFICES).copied().unwrap_or('D')
    } else {
        character(dice, "ABCDEFGHJKLM")
    };
    String::from_iter([province, office])
}

fn digits(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| character(dice, DIGITS)).collect()
}

/// Plate of a truck or tractor; a light truck's is blue or small green.
pub fn truck(dice: &mut Dice, light: bool) -> (PlateNumber, PlateColour) {
    let new_energy = dice.chance(if light { 0.30 } else { 0.06 });
    let mut text = origin(dice);
    let colour = match (light, new_energy) {
        (true, true) => {
            text.push(if dice.chance(0.9) { 'D' } else { 'F' });
            let of = if dice.chance(0.5) { DIGITS } else { LETTERS };
            text.push(character(dice, of));
            text.push_str(&digits(dice, 4));
            PlateColour::Green
        }
        (false, true) => {
            text.push_str(&digits(dice, 5));
            text.push(if dice.chance(0.9) { 'D' } else { 'F' });
            PlateColour::YellowGreen
        }
        (_, false) => {
            // None, one or two letters, the first of them mostly in front.
            let mut serial: Vec<char> = digits(dice, 5).chars().collect();
            for _ in 0..dice.below(3) {
                let position = if dice.chance(0.5) { 0 } else { dice.below(5) };
                let letter = character(dice, LETTERS);
                if let Some(place) = serial.get_mut(position) {
                    *place = letter;
                }
            }
            text.extend(serial);
            if light {
                PlateColour::Blue
            } else {
                PlateColour::Yellow
            }
        }
    };
    (number(&text), colour)
}

/// Plate of a trailer.
pub fn trailer(dice: &mut Dice) -> PlateNumber {
    let mut text = origin(dice);
    let of = if dice.chance(0.2) { LETTERS } else { DIGITS };
    text.push(character(dice, of));
    text.push_str(&digits(dice, 3));
    text.push('挂');
    number(&text)
}

#[expect(
    clippy::expect_used,
    reason = "the text is put together after the rules that parse checks; the tests draw thousands"
)]
fn number(text: &str) -> PlateNumber {
    PlateNumber::parse(text).expect("a plate made after GA 36 is one")
}
