//! Vehicles of which not all is told yet.

use std::collections::{BTreeMap, VecDeque};

use super::{Cause, Item};
use crate::simulator::crossing::{Crossing, PlateRead};
use crate::simulator::truth::{Span, Told, ToldRead};

/// Vehicles whose devices have not said all yet.
#[derive(Debug, Default)]
pub(super) struct Untold {
    /// With how many of its lines are still to be written.
    pub(super) waiting: BTreeMap<u64, (Told, usize)>,
    /// What is known of vehicles that are still to come: how many records of the vehicle in front they
    /// are in that are not written yet, and where those stand that are.
    ahead: BTreeMap<u64, (usize, Vec<Span>)>,
    platform_lane: u16,
}

impl Untold {
    pub(super) fn expect_of(&mut self, vehicle: u64) {
        match self.waiting.get_mut(&vehicle) {
            Some((_, lines)) => *lines += 1,
            None => self.ahead.entry(vehicle).or_default().0 += 1,
        }
    }

    pub(super) fn expect(&mut self, crossing: Crossing, lines: usize, platform_lane: u16) {
        self.platform_lane = platform_lane;
        let number = crossing.number;
        let (shared, records) = self.ahead.remove(&number).unwrap_or_default();
        let mut told = Told::new(crossing);
        told.records = records;
        self.waiting.insert(number, (told, lines + shared));
    }

    pub(super) fn written(&mut self, cause: &Cause, span: Span, read: Option<PlateRead>) {
        match cause {
            Cause::None => {}
            Cause::Record(vehicles) => {
                for vehicle in vehicles {
                    let (lines, records) = match self.waiting.get_mut(vehicle) {
                        Some((told, lines)) => (lines, &mut told.records),
                        None => {
                            let (lines, records) = self.ahead.entry(*vehicle).or_default();
                            (lines, records)
                        }
                    };
                    *lines = lines.saturating_sub(1);
                    records.push(span);
                }
            }
            Cause::Read(vehicle) => {
                if let (Some((told, lines)), Some(read)) = (self.waiting.get_mut(vehicle), read) {
                    *lines = lines.saturating_sub(1);
                    let at_platform = read.lane == self.platform_lane;
                    let read = ToldRead { span, read };
                    if at_platform {
                        told.platform_reads.push(read);
                    } else {
                        told.plate_reads.push(read);
                    }
                }
            }
        }
    }

    /// Hands out those of whom all is written, up to the first of whom it is not.
    pub(super) fn tell(&mut self, items: &mut VecDeque<Item>) {
        while let Some(first) = self.waiting.first_entry()
            && first.get().1 == 0
        {
            let (told, _) = first.remove();
            items.push_back(Item::Vehicle(Box::new(told)));
        }
    }
}
