//! What a record says against the records before it.

use std::collections::{BTreeMap, VecDeque};

use super::QualitySettings;
use crate::passage::{Flag, Weighing};
use crate::units::{Kilograms, Micros};

/// So many numbers are remembered of a lane at most: more than cross in the time that they are
/// remembered for.
const NUMBERS: usize = 1_024;
/// Lanes that are not in the configuration can be named by records: so many are followed.
const COUNTERS: usize = 64;

/// Axle loads and gross.
type Loads = (Vec<Kilograms>, Kilograms);

/// A record that came before.
#[derive(Debug)]
struct Numbered {
    received_at: Micros,
    crossed_at: Micros,
    loads: Loads,
}

/// What was last heard of a lane on a port.
#[derive(Debug, Default)]
struct Counter {
    received_at: Micros,
    crossed_at: Option<Micros>,
    sequence: Option<u64>,
    /// Numbers in the order of receipt; the same may stand there twice.
    numbers: VecDeque<(u64, Numbered)>,
    /// The latest loads, and how many records in a row had them.
    loads: Loads,
    repeats: u32,
}

/// The latest records, by port and lane: a controller of several lanes counts each by itself.
#[derive(Debug, Default)]
pub(in crate::lane) struct History {
    counters: BTreeMap<(String, u16), Counter>,
}

impl History {
    /// Takes a record that is no repetition; yields what it says against those before it.
    ///
    /// After a silence of `forgotten_after` the next record begins anew, and numbers are remembered
    /// for `memory`: what is flagged must not depend on when listening began.
    pub(in crate::lane) fn take(
        &mut self,
        rules: &QualitySettings,
        (memory, forgotten_after): (Micros, Micros),
        weighing: &Weighing,
    ) -> Vec<Flag> {
        let now = weighing.received_at;
        let key = (weighing.port.clone(), weighing.lane);
        if self.counters.len() >= COUNTERS && !self.counters.contains_key(&key) {
            let quiet = now.saturating_sub(forgotten_after);
            self.counters
                .retain(|_, counter| counter.received_at >= quiet);
            if self.counters.len() >= COUNTERS {
                return Vec::new();
            }
        }
        let counter = self.counters.entry(key).or_default();
        if counter.received_at < now.saturating_sub(forgotten_after) {
            *counter = Counter::default();
        }
        counter.take(rules, now.saturating_sub(memory), weighing)
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        let numbers = self.counters.values().map(|counter| counter.numbers.len());
        (self.counters.len(), numbers.max().unwrap_or_default())
    }
}

impl Counter {
    fn take(&mut self, rules: &QualitySettings, horizon: Micros, weighing: &Weighing) -> Vec<Flag> {
        let mut flags = Vec::new();
        let crossed_at = weighing.crossed_at;
        if self.crossed_at.is_some_and(|before| crossed_at < before) {
            flags.push(Flag::OutOfOrder);
        }
        if let (Some(before), Some(sequence)) = (self.sequence, weighing.sequence)
            && sequence > before.saturating_add(1)
        {
            flags.push(Flag::SequenceGap);
        }
        let loads: Loads = (
            weighing.axles.iter().map(|axle| axle.load_kg).collect(),
            weighing.gross_kg,
        );
        if let Some(sequence) = weighing.sequence {
            flags.extend(self.number(sequence, horizon, weighing, &loads));
        }
        if loads == self.loads && !loads.0.is_empty() {
            self.repeats = self.repeats.saturating_add(1);
        } else {
            (self.loads, self.repeats) = (loads, 1);
        }
        if self.repeats >= rules.repeats {
            flags.push(Flag::WeightsRepeat);
        }
        self.received_at = weighing.received_at;
        self.crossed_at = self.crossed_at.max(Some(crossed_at));
        self.sequence = self.sequence.max(weighing.sequence);
        flags
    }

    /// Notes a number; yields what it says when it came before under another time.
    fn number(
        &mut self,
        sequence: u64,
        horizon: Micros,
        weighing: &Weighing,
        loads: &Loads,
    ) -> Option<Flag> {
        while self.numbers.len() >= NUMBERS
            || self
                .numbers
                .front()
                .is_some_and(|(_, oldest)| oldest.received_at < horizon)
        {
            self.numbers.pop_front();
        }
        let mut before = self.numbers.iter().filter(|(number, earlier)| {
            *number == sequence && earlier.crossed_at != weighing.crossed_at
        });
        let first = before.next();
        let copied = first
            .into_iter()
            .chain(before)
            .any(|(_, earlier)| earlier.loads == *loads);
        let flag = first.map(|_| {
            if copied {
                Flag::RecordCopied
            } else {
                Flag::NumberReused
            }
        });
        let numbered = Numbered {
            received_at: weighing.received_at,
            crossed_at: weighing.crossed_at,
            loads: loads.clone(),
        };
        self.numbers.push_back((sequence, numbered));
        flag
    }
}
