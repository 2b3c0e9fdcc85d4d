//! What lines do to frames, and what decoders make of it: the figures of `docs/damage.md`.
//!
//! Everything goes by the registry and by a seed: the same seed, the same figures.

#![allow(dead_code, reason = "the test and the example each use their own part")]

use firmware_protocols::registry::Protocol;
use firmware_protocols::{Decimal, Event, Settings, Unit, Vehicle};

use crate::common::{Dice, decode, drain};

/// How many specimens of a protocol frames are taken from.
pub const SPECIMENS: u64 = 512;
/// Good frames before the damaged one, so that a decoder has made up its mind about the stream.
const BEFORE: usize = 3;
/// Good frames behind it.
const BEHIND: usize = 3;

/// One way to damage a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// One bit is flipped.
    FlippedBit,
    /// Two different bits are flipped.
    TwoBits,
    /// A byte is missing.
    LostByte,
    /// A byte comes twice.
    DoubledByte,
    /// The head of one frame directly before the next frame, or before that one's tail.
    Glued,
    /// The head or the tail is missing.
    Cut,
    /// Two to eight bytes in a row are noise.
    Burst,
    /// Each byte is noise with a chance of one in a hundred, at least one is.
    Noise,
}

impl Damage {
    pub const ALL: [Self; 8] = [
        Self::FlippedBit,
        Self::LostByte,
        Self::DoubledByte,
        Self::Glued,
        Self::Cut,
        Self::Burst,
        Self::Noise,
        Self::TwoBits,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::FlippedBit => "flipped bit",
            Self::TwoBits => "two flipped bits",
            Self::LostByte => "lost byte",
            Self::DoubledByte => "doubled byte",
            Self::Glued => "two frames glued",
            Self::Cut => "cut frame",
            Self::Burst => "burst",
            Self::Noise => "1 % noise",
        }
    }

    /// What arrives of `frame`, never the frame itself. [`Damage::Glued`] takes `next` up.
    pub fn apply(self, frame: &[u8], next: &[u8], dice: &mut Dice) -> Vec<u8> {
        loop {
            let damaged = self.try_apply(frame, next, dice);
            let good = match self {
                Self::Glued => [frame, next].concat(),
                _ => frame.to_vec(),
            };
            if damaged != good {
                return damaged;
            }
        }
    }

    fn try_apply(self, frame: &[u8], next: &[u8], dice: &mut Dice) -> Vec<u8> {
        let mut bytes = frame.to_vec();
        let at = dice.below(bytes.len());
        match self {
            Self::FlippedBit => bytes[at] ^= 1 << dice.below(8),
            Self::TwoBits => {
                bytes[at] ^= 1 << dice.below(8);
                let other = dice.below(bytes.len());
                bytes[other] ^= 1 << dice.below(8);
            }
            Self::LostByte => drop(bytes.remove(at)),
            Self::DoubledByte => bytes.insert(at, bytes[at]),
            Self::Glued => {
                let head = inside(frame, dice);
                bytes.truncate(head);
                let tail = match dice.below(4) {
                    0 | 1 => 0,
                    // As if one stretch were lost over the end of the frame: what is left has
                    // the length of one frame where both are of the same length.
                    2 => head.min(next.len() - 1),
                    _ => inside(next, dice),
                };
                bytes.extend(&next[tail..]);
            }
            Self::Cut => {
                let cut = inside(frame, dice);
                if dice.below(2) == 0 {
                    bytes.truncate(cut);
                } else {
                    drop(bytes.drain(..cut));
                }
            }
            Self::Burst => {
                let end = (at + 2 + dice.below(7)).min(bytes.len());
                bytes[at..end].fill_with(|| dice.next() as u8);
            }
            Self::Noise => {
                for byte in &mut bytes {
                    if dice.below(100) == 0 {
                        *byte = dice.next() as u8;
                    }
                }
            }
        }
        bytes
    }
}

/// A place between two bytes of a frame.
fn inside(frame: &[u8], dice: &mut Dice) -> usize {
    1 + dice.below(frame.len().saturating_sub(1))
}

/// A frame and the record that it says.
#[derive(Debug, Clone)]
pub struct Frame {
    pub bytes: Vec<u8>,
    pub record: Event,
}

/// Frames of one protocol that are alike: the same kind of record, with a check or without.
#[derive(Debug)]
pub struct Group {
    pub protocol: &'static Protocol,
    pub checked: bool,
    /// Kind of record.
    pub kind: &'static str,
    pub frames: Vec<Frame>,
}

impl Group {
    /// All groups of a protocol, none for one that gives no records.
    pub fn all(protocol: &'static Protocol) -> Vec<Self> {
        let mut groups: Vec<Self> = vec![];
        for number in 0..SPECIMENS {
            let bytes = protocol.specimen_bytes(number).unwrap();
            let record = (protocol.specimen)(number);
            let Some((kind, checked)) = sort_of(&record) else {
                continue;
            };
            let place = groups
                .iter()
                .position(|group| group.kind == kind && group.checked == checked);
            let index = place.unwrap_or_else(|| {
                groups.push(Self {
                    protocol,
                    checked,
                    kind,
                    frames: vec![],
                });
                groups.len() - 1
            });
            groups[index].frames.push(Frame { bytes, record });
        }
        groups
    }

    /// As the tables name it: `` `name` reading, checked``.
    pub fn label(&self) -> String {
        let check = if self.checked { "checked" } else { "no check" };
        format!("`{}` {}, {check}", self.protocol.name, self.kind)
    }

    fn pick(&self, dice: &mut Dice) -> &Frame {
        &self.frames[dice.below(self.frames.len())]
    }

    /// Frames that give exactly their records when nothing is damaged. Frames of different forms can
    /// stand in each other's way, as where a checked one turns the check on.
    fn stream(&self, count: usize, dice: &mut Dice) -> Vec<&Frame> {
        for _ in 0..8 {
            let frames: Vec<_> = (0..count).map(|_| self.pick(dice)).collect();
            if is_clean(self.protocol, &frames) {
                return frames;
            }
        }
        for _ in 0..1_000 {
            let (first, second) = (self.pick(dice), self.pick(dice));
            let alike = first.bytes.len() == second.bytes.len();
            let second = if alike { second } else { first };
            let frames: Vec<_> = (0..count)
                .map(|index| if index == BEFORE { first } else { second })
                .collect();
            if is_clean(self.protocol, &frames) {
                return frames;
            }
        }
        panic!("{}: good frames are not decoded", self.label());
    }

    /// Damages one frame in the middle of a stream of good ones.
    pub fn damage(&self, damage: Damage, dice: &mut Dice) -> Outcome {
        let hit = if damage == Damage::Glued { 2 } else { 1 };
        let frames = self.stream(BEFORE + hit + BEHIND, dice);
        let (before, rest) = frames.split_at(BEFORE);
        let (hit, behind) = rest.split_at(hit);
        let next = hit.last().map_or(&[][..], |frame| &frame.bytes);
        let mut stream = bytes_of(before);
        stream.extend(damage.apply(&hit[0].bytes, next, dice));
        stream.extend(bytes_of(behind));
        let mut found = records(self.protocol, &stream);
        let mut outcome = Outcome::default();
        for neighbour in before.iter().chain(behind) {
            match found.iter().position(|event| *event == neighbour.record) {
                Some(index) => drop(found.remove(index)),
                None => outcome.neighbours_lost += 1,
            }
        }
        outcome.accepted = !found.is_empty();
        for event in &found {
            match wrong(event, hit) {
                Some(Wrong::Value) => outcome.wrong_value = true,
                Some(Wrong::Other) => outcome.wrong_other = true,
                None => {}
            }
        }
        outcome
    }
}

/// What came of one damaged frame.
#[derive(Debug, Default, Clone, Copy)]
pub struct Outcome {
    /// It gave a record, right or wrong.
    pub accepted: bool,
    /// A record with a weight, plate or picture that was not sent.
    pub wrong_value: bool,
    /// A record with the right one, of which another field was not sent so.
    pub wrong_other: bool,
    /// Good frames around it that gave no record.
    pub neighbours_lost: u32,
}

/// Sums of outcomes.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub frames: u64,
    pub accepted: u64,
    pub wrong_value: u64,
    pub wrong_other: u64,
    pub neighbours_lost: u64,
}

impl Tally {
    pub fn of(group: &Group, damage: Damage, frames: u64, dice: &mut Dice) -> Self {
        let mut tally = Self::default();
        for _ in 0..frames {
            let outcome = group.damage(damage, dice);
            tally.frames += 1;
            tally.accepted += u64::from(outcome.accepted);
            tally.wrong_value += u64::from(outcome.wrong_value);
            tally.wrong_other += u64::from(outcome.wrong_other && !outcome.wrong_value);
            tally.neighbours_lost += u64::from(outcome.neighbours_lost);
        }
        tally
    }
}

/// A seed for each protocol and kind, so that one protocol more changes no other's figures.
pub fn seed(seed: u64, words: &[&str]) -> Dice {
    // FNV-1a.
    let bytes = words.iter().flat_map(|word| word.bytes());
    Dice(bytes.fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    }))
}

fn bytes_of(frames: &[&Frame]) -> Vec<u8> {
    frames
        .iter()
        .flat_map(|frame| frame.bytes.iter().copied())
        .collect()
}

fn is_clean(protocol: &Protocol, frames: &[&Frame]) -> bool {
    let found = records(protocol, &bytes_of(frames));
    let said = frames.iter().map(|frame| &frame.record);
    found.iter().eq(said)
}

/// Kind of a record and whether a check covered it; `None` for what is no record.
fn sort_of(event: &Event) -> Option<(&'static str, bool)> {
    match event {
        Event::Reading(reading) => Some(("reading", reading.checked)),
        Event::Vehicle(vehicle) => Some(("vehicle", vehicle.checked)),
        Event::Plate(plate) => Some(("plate", plate.checked)),
        Event::Picture(_) => Some(("picture", false)),
        Event::Heartbeat(_) | Event::Status(_) | Event::Rejected(_) => None,
    }
}

/// The records of a stream, in order.
fn records(protocol: &Protocol, stream: &[u8]) -> Vec<Event> {
    decode(protocol, stream)
        .into_iter()
        .map(|decoded| decoded.event)
        .filter(|event| sort_of(event).is_some())
        .collect()
}

enum Wrong {
    Value,
    Other,
}

/// What is wrong with a record of these damaged frames.
fn wrong(found: &Event, sent: &[&Frame]) -> Option<Wrong> {
    if sent.iter().any(|frame| frame.record == *found) {
        return None;
    }
    let same = sent.iter().any(|frame| same_value(&frame.record, found));
    // "Out of range" where a number was sent is wrong, but it is not another number.
    Some(if same || says_no_value(found) {
        Wrong::Other
    } else {
        Wrong::Value
    })
}

/// Whether two records have the same weights, axles, plate or picture, or speed where that is all.
fn same_value(left: &Event, right: &Event) -> bool {
    match (left, right) {
        (Event::Reading(left), Event::Reading(right)) => {
            (left.value, &left.decks) == (right.value, &right.decks)
        }
        (Event::Vehicle(left), Event::Vehicle(right)) => {
            let weights = |vehicle: &Vehicle| {
                let Vehicle {
                    gross_kg,
                    axles,
                    groups,
                    ..
                } = vehicle.clone();
                (gross_kg, axles, groups, speed_alone(vehicle))
            };
            weights(left) == weights(right)
        }
        (Event::Plate(left), Event::Plate(right)) => {
            (&left.plate, &left.second_plate) == (&right.plate, &right.second_plate)
        }
        (left, right) => left == right,
    }
}

fn has_no_weight(vehicle: &Vehicle) -> bool {
    vehicle.gross_kg.is_none() && vehicle.axles.is_empty() && vehicle.groups.is_empty()
}

/// The speed is the value of what a detector reports that weighs nothing.
fn speed_alone(vehicle: &Vehicle) -> Option<i64> {
    vehicle.speed_tenth_kmh.filter(|_| has_no_weight(vehicle))
}

fn says_no_value(event: &Event) -> bool {
    match event {
        Event::Reading(reading) => reading.value.is_none() && reading.decks.is_empty(),
        Event::Vehicle(vehicle) => has_no_weight(vehicle) && vehicle.speed_tenth_kmh.is_none(),
        Event::Plate(plate) => plate.plate.is_none() && plate.second_plate.is_none(),
        _ => false,
    }
}

/// Frames a second of the simulated indicator.
const FRAMES_A_SECOND: u32 = 10;
/// As `platform.agreeing_frames` of a station's configuration.
pub const AGREEING_FRAMES: u32 = 10;
/// The vehicle leaves after so many frames, weighed or not.
const LONGEST_STAY_FRAMES: u32 = 200;

/// What came of vehicles on a platform whose indicator sends no check, over a bad line.
#[derive(Debug, Default, Clone, Copy)]
pub struct Weighings {
    pub vehicles: u64,
    /// Vehicles for which the stability rule gave a weight.
    pub weighings: u64,
    /// Of these, more than one division off.
    pub wrong: u64,
    pub frames: u64,
    pub damaged_frames: u64,
    /// Single readings that were accepted and more than one division off.
    pub wrong_readings: u64,
}

impl Weighings {
    /// Weighs so many vehicles; `None` where the group has no frame that could weigh one.
    pub fn of(group: &Group, vehicles: u64, dice: &mut Dice) -> Option<Self> {
        let frames: Vec<_> = group
            .frames
            .iter()
            .filter(|frame| can_weigh(frame))
            .collect();
        if frames.is_empty() {
            return None;
        }
        let mut sum = Self::default();
        for _ in 0..vehicles {
            sum.weigh(group.protocol, frames[dice.below(frames.len())], dice);
        }
        Some(sum)
    }

    /// One vehicle: its weight again and again. The line is opened somewhere in a frame.
    fn weigh(&mut self, protocol: &Protocol, frame: &Frame, dice: &mut Dice) {
        let Some(truth) = Weight::of(&frame.record, None) else {
            return;
        };
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        let mut rule = Rule::default();
        let mut arrived = frame.bytes[dice.below(frame.bytes.len())..].to_vec();
        self.vehicles += 1;
        for now in 0..LONGEST_STAY_FRAMES {
            self.frames += 1;
            self.damaged_frames += u64::from(arrived != frame.bytes);
            decoder.push(&arrived);
            for decoded in drain(&mut *decoder) {
                let Some(weight) = rule.weight_of(&decoded.event, truth) else {
                    continue;
                };
                let wrong = (weight - truth.value).abs() > truth.division;
                self.wrong_readings += u64::from(wrong);
                if rule.agrees(now, weight, truth.division) {
                    self.weighings += 1;
                    self.wrong += u64::from(wrong);
                    return;
                }
            }
            arrived = worn(&frame.bytes, dice);
        }
    }
}

/// Gross, without motion, above zero, in range.
fn can_weigh(frame: &Frame) -> bool {
    matches!(&frame.record, Event::Reading(reading)
        if reading.stable != Some(false)
            && reading.net != Some(true)
            && reading.overload != Some(true)
            && reading.underload != Some(true)
            && reading.value.is_some_and(|value| value.digits > 0)
            && Weight::of(&frame.record, None).is_some())
}

/// What arrives of a frame on a line where something befalls each byte with a chance of one in a
/// hundred.
fn worn(frame: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut arrived = Vec::with_capacity(frame.len() + 2);
    let mut noise = 0;
    for byte in frame {
        if noise > 0 {
            noise -= 1;
            arrived.push(dice.next() as u8);
            continue;
        }
        if dice.below(100) > 0 {
            arrived.push(*byte);
            continue;
        }
        match dice.below(6) {
            0 => arrived.push(byte ^ (1 << dice.below(8))),
            1 => {}
            2 => arrived.extend([*byte, *byte]),
            3 => arrived.push(dice.next() as u8),
            4 => {
                arrived.push(dice.next() as u8);
                noise = 1 + dice.below(7);
            }
            // The rest is missing: this head and the next frame are glued.
            _ => return arrived,
        }
    }
    arrived
}

/// A weight as a whole number of nano-units, so that readings of different decimals compare.
#[derive(Debug, Clone, Copy)]
struct Weight {
    value: i128,
    /// One in the last place.
    division: i128,
    unit: Option<Unit>,
}

impl Weight {
    /// The weight that a reading says, in grams where its unit is metric. With another unit than
    /// that of the scale it is none, unless both are metric.
    fn of(event: &Event, scale: Option<Self>) -> Option<Self> {
        let Event::Reading(reading) = event else {
            return None;
        };
        let value = reading.value?;
        if let Some(scale) = scale {
            let metric = |unit| grams(unit) > 1;
            let both = metric(scale.unit) && metric(reading.unit);
            if scale.unit != reading.unit && !both {
                return None;
            }
        }
        let Decimal { digits, decimals } = value;
        let step = 10_i128.pow(9_u32.checked_sub(u32::from(decimals))?) * grams(reading.unit);
        Some(Self {
            value: i128::from(digits).checked_mul(step)?,
            division: step,
            unit: reading.unit,
        })
    }
}

const fn grams(unit: Option<Unit>) -> i128 {
    match unit {
        Some(Unit::Kilogram) => 1_000,
        Some(Unit::Tonne) => 1_000_000,
        _ => 1,
    }
}

/// The stability rule of a platform: so many frames in a row, over at least one second, that agree
/// within one division; the last one's value counts.
#[derive(Debug, Default)]
struct Rule {
    run: Option<Run>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    lowest: i128,
    highest: i128,
    since: u32,
    frames: u32,
}

impl Rule {
    /// The weight of an event that takes part; whatever says something else ends the run.
    fn weight_of(&mut self, event: &Event, scale: Weight) -> Option<i128> {
        let Event::Reading(reading) = event else {
            return None;
        };
        let weight = Weight::of(event, Some(scale));
        let weight = weight.filter(|_| reading.net != Some(true) && reading.stable != Some(false));
        if weight.is_none() {
            self.run = None;
        }
        Some(weight?.value)
    }

    /// Whether this frame completes the rule.
    fn agrees(&mut self, now: u32, weight: i128, division: i128) -> bool {
        let fresh = Run {
            lowest: weight,
            highest: weight,
            since: now,
            frames: 1,
        };
        let grown = self.run.map_or(fresh, |run| {
            let (lowest, highest) = (run.lowest.min(weight), run.highest.max(weight));
            if highest - lowest > division {
                return fresh;
            }
            Run {
                lowest,
                highest,
                since: run.since,
                frames: run.frames + 1,
            }
        });
        self.run = Some(grown);
        grown.frames >= AGREEING_FRAMES && now - grown.since >= FRAMES_A_SECOND
    }
}
