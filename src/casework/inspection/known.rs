//! What follows from the records of an inspection: its plate, its limit, what counts, what was moved.

use serde::{Deserialize, Serialize};

use super::payload::{Describe, GoodsStored, Place};
use super::record::{Inspection, Moving, Record, Weighing};
use super::state::InspectionState;
use crate::units::Kilograms;

/// Mass that was moved, by the scale and as stated. Shown, and nothing hangs on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MassMoved {
    /// First less last gross, kg; below zero when the vehicle became heavier.
    pub by_scale_kg: Kilograms,
    /// Goods transferred and stored, as stated, kg.
    pub stated_kg: Kilograms,
    /// By the scale less stated, kg.
    pub difference_kg: Kilograms,
    /// Whether the difference is within the station's tolerance.
    pub within_tolerance: bool,
}

/// Goods of one receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsHere {
    /// Receipt.
    pub receipt: String,
    /// What.
    pub goods: String,
    /// Where.
    pub place: String,
    /// Who keeps them.
    pub keeper: String,
    /// What came in, kg.
    pub stored_kg: Kilograms,
    /// What lies there still, kg.
    pub left_kg: Kilograms,
}

impl Inspection {
    /// Plate that holds: typed by hand last, else as read at selection, else with the first weighing.
    pub fn plate(&self) -> Option<&str> {
        match self.identities.last() {
            Some(identity) => identity.what.plate.as_deref(),
            None => self.selection.plate.as_deref().or_else(|| {
                self.weighings
                    .iter()
                    .find_map(|weighing| weighing.what.plate.as_deref())
            }),
        }
    }

    /// Trailer's plate, as typed last.
    pub fn trailer_plate(&self) -> Option<&str> {
        self.identities
            .iter()
            .rev()
            .find_map(|identity| identity.what.trailer_plate.as_deref())
    }

    /// What is known of vehicle and goods: of each member what was said last.
    pub fn description(&self) -> Describe {
        let mut known = Describe::default();
        for record in &self.descriptions {
            let said = &record.what;
            known.axles = said.axles.or(known.axles);
            known.driven_axles = said.driven_axles.or(known.driven_axles);
            known.divisible = said.divisible.or(known.divisible);
            known.loading_sheet = said.loading_sheet.or(known.loading_sheet);
            for (known, said) in [
                (&mut known.goods, &said.goods),
                (&mut known.driver, &said.driver),
                (&mut known.driver_id, &said.driver_id),
                (&mut known.carrier, &said.carrier),
                (&mut known.carrier_id, &said.carrier_id),
                (&mut known.loading_sheet_number, &said.loading_sheet_number),
                (&mut known.source, &said.source),
                (&mut known.source_id, &said.source_id),
            ] {
                if said.is_some() {
                    known.clone_from(said);
                }
            }
        }
        known
    }

    /// The limit known last, kg.
    pub fn limit_kg(&self) -> Option<Kilograms> {
        self.limits.last().map(|known| known.what.limit_kg)
    }

    /// Whether a weighing was declared void.
    pub fn is_void(&self, number: u32) -> bool {
        self.voided.iter().any(|void| void.what.weighing == number)
    }

    /// Weighings that count, in order: legal and not void.
    pub fn legal_weighings(&self) -> impl DoubleEndedIterator<Item = &Record<Weighing>> {
        self.weighings
            .iter()
            .filter(|record| record.what.not_legal.is_none() && !self.is_void(record.number))
    }

    /// Greatest less least gross of all weighings, void ones left out, kg; `None` below two.
    pub fn spread_kg(&self) -> Option<Kilograms> {
        let gross = || {
            self.weighings
                .iter()
                .filter(|record| !self.is_void(record.number))
                .map(|record| record.what.gross_kg)
        };
        if gross().count() < 2 {
            return None;
        }
        Some(gross().max()?.saturating_sub(gross().min()?))
    }

    /// Whether it was over the limit at any time.
    pub fn was_over(&self) -> bool {
        use InspectionState::{Over, ReweighedOver};
        self.history
            .iter()
            .any(|entry| matches!(entry.course, Over | ReweighedOver))
    }

    /// Numbers of requests without an answer.
    pub fn open_requests(&self) -> impl Iterator<Item = u32> {
        self.requests
            .iter()
            .map(|request| request.number)
            .filter(|number| {
                !self
                    .answers
                    .iter()
                    .any(|answer| answer.what.request == *number)
            })
    }

    /// What was moved, once two weighings that count are there.
    pub fn mass_moved(&self, tolerance: Kilograms) -> Option<MassMoved> {
        let mut legal = self.legal_weighings();
        let first = legal.next()?.what.gross_kg;
        let last = legal.next_back()?.what.gross_kg;
        let transferred: Kilograms = self
            .movings
            .iter()
            .filter_map(|record| match &record.what {
                Moving::Transfer(transfer) => Some(&transfer.vehicles),
                Moving::Unloading(_) => None,
            })
            .flatten()
            .map(|vehicle| vehicle.goods_kg)
            .sum();
        let stored: Kilograms = self
            .goods_stored
            .iter()
            .map(|record| record.what.goods_kg)
            .sum();
        let by_scale_kg = first.saturating_sub(last);
        let stated_kg = transferred.saturating_add(stored);
        let difference_kg = by_scale_kg.saturating_sub(stated_kg);
        Some(MassMoved {
            by_scale_kg,
            stated_kg,
            difference_kg,
            within_tolerance: difference_kg.abs() <= tolerance,
        })
    }

    /// Where the vehicle stands; `None` once it has left.
    pub fn yard_place(&self) -> Option<&Place> {
        if self.state.is_final() {
            return None;
        }
        self.places.last().map(|record| &record.what)
    }

    /// Goods of each receipt, with what is left of them.
    pub fn goods_here(&self) -> Vec<GoodsHere> {
        let here = |record: &Record<GoodsStored>| {
            let stored = &record.what;
            let gone: Kilograms = self
                .goods_collected
                .iter()
                .filter(|collected| collected.what.receipt == stored.receipt)
                .map(|collected| collected.what.goods_kg)
                .sum();
            GoodsHere {
                receipt: stored.receipt.clone(),
                goods: stored.goods.clone(),
                place: stored.place.clone(),
                keeper: stored.keeper.clone(),
                stored_kg: stored.goods_kg,
                left_kg: stored.goods_kg.saturating_sub(gone),
            }
        };
        self.goods_stored.iter().map(here).collect()
    }

    /// The case it is handled in, the last one linked.
    pub fn case_id(&self) -> Option<&str> {
        self.cases.last().map(|record| record.what.case_id.as_str())
    }
}
