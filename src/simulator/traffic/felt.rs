//! What the scales feel of a vehicle, alone or with others, and the records that come of it.

use firmware_protocols::VehicleFlag;

use super::{Traffic, clock_of, rolling};
use crate::passage::EvasionKind;
use crate::simulator::arrivals::Arrival;
use crate::simulator::crossing::{Defect, Record};
use crate::simulator::manoeuvre::{self, Half, Manoeuvre, Straddle};
use crate::simulator::motion::{metres, seconds};
use crate::simulator::rolling::{Hit, between_lanes, merged};
use crate::simulator::scale::{Felt, slowest_sending};
use crate::units::Micros;

/// A record is held back for the one behind only if that comes so soon.
const HOLD_BACK_WITHIN: Micros = Micros::from_seconds(8);
/// Who straddles has nobody within this in the lane beside, before and behind.
const FREE_BESIDE: Micros = Micros::from_millis(500);

impl Traffic {
    /// The lane beside which is free for one who would straddle.
    fn free_beside(&mut self, arrival: &Arrival) -> Option<u16> {
        let (from, until) = (
            arrival.at.saturating_sub(FREE_BESIDE),
            arrival.clear_at.saturating_add(FREE_BESIDE),
        );
        self.draw_until(until);
        let last = self.lanes.len() as u16;
        let sides = [arrival.lane.wrapping_sub(1), arrival.lane.saturating_add(1)];
        let taken = |lane: u16| {
            let gone = self.gone.iter().copied();
            let coming = self.coming.values().map(|o| (o.lane, o.at, o.clear_at));
            let mut others = gone.chain(coming);
            others.any(|(other, at, clear)| other == lane && at <= until && clear >= from)
        };
        let free = sides.into_iter().filter(|lane| (1..=last).contains(lane));
        free.into_iter().find(|lane| !taken(*lane))
    }

    /// Settles who straddles: the vehicle that was to, or the next that can.
    pub(super) fn settle_straddling(&mut self, arrival: &mut Arrival) {
        let wanted = arrival.manoeuvre.kind == Some(EvasionKind::Straddling);
        let could = self.straddling_owed > 0
            && arrival.manoeuvre == Manoeuvre::default()
            && !arrival.clean
            && !arrival.vehicle.is_car();
        if !wanted && !could {
            return;
        }
        match self.free_beside(arrival) {
            Some(beside) => {
                let straddle = manoeuvre::straddle(self.dice(arrival.lane), beside);
                arrival.manoeuvre = Manoeuvre {
                    kind: Some(EvasionKind::Straddling),
                    mild: straddle.is_mild(),
                    straddle: Some(straddle),
                    ..Manoeuvre::default()
                };
                self.straddling_owed -= u32::from(!wanted);
            }
            None if wanted => {
                arrival.manoeuvre = Manoeuvre::default();
                self.straddling_owed = (self.straddling_owed + 1).min(1_000);
            }
            None => {}
        }
    }

    pub(super) fn records(
        &mut self,
        arrival: &Arrival,
        hits: Vec<Hit>,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        if arrival.lane == 0 || arrival.vehicle.is_car() || arrival.tail.is_some() {
            return Vec::new();
        }
        let mut felt = Felt {
            hits,
            vehicles: vec![self.number],
            length: metres(arrival.vehicle.length_mm.get()),
            with_lane: !arrival.manoeuvre.wrong_way,
            clean: arrival.clean,
            flag: arrival.manoeuvre.kind.and_then(flag_of),
        };
        if let Some(straddle) = arrival.manoeuvre.straddle {
            return self.straddled(arrival.lane, straddle, felt, defects);
        }
        if arrival.manoeuvre.merges {
            self.merge(arrival.lane, &mut felt);
        }
        let share = self.shares.split_record;
        let plain = !arrival.clean && arrival.manoeuvre == Manoeuvre::default();
        let breaks = plain && self.dice(arrival.lane).chance(share);
        let split_at = arrival.manoeuvre.split_at.or_else(|| {
            let split = manoeuvre::split(&arrival.vehicle).filter(|_| breaks)?;
            defects.push(Defect::SplitRecord);
            Some(split)
        });
        match split_at {
            Some(axle) => self.split(arrival, axle, felt, defects),
            None => self
                .record(arrival.lane, felt, defects)
                .into_iter()
                .collect(),
        }
    }

    fn record(&mut self, lane: u16, felt: Felt, defects: &mut Vec<Defect>) -> Option<Record> {
        let clock = clock_of(&mut self.clocks, lane)?;
        let scale = self.scales.get_mut(usize::from(lane).checked_sub(1)?)?;
        scale.record(clock, felt, defects)
    }

    /// A record of each lane, with the wheels of one side.
    fn straddled(
        &mut self,
        lane: u16,
        straddle: Straddle,
        felt: Felt,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        let Straddle {
            beside,
            catches,
            lost,
        } = straddle;
        let [of_left, of_right] = between_lanes(&felt.hits, catches);
        let halves = [
            (Half::Left, lane.min(beside), of_left),
            (Half::Right, lane.max(beside), of_right),
        ];
        let mut records = Vec::with_capacity(2);
        for (half, lane, mut hits) in halves {
            if lost == Some(half) {
                continue;
            }
            // The sensors of two lanes don't lie on one line to the centimetre.
            let shifted = self.dice(lane).normal_within(0.0, 0.004, -0.01, 0.01);
            let shifted = seconds(shifted);
            for hit in &mut hits {
                hit.at = hit.at.saturating_add(shifted);
            }
            let felt = Felt {
                hits,
                vehicles: felt.vehicles.clone(),
                ..felt
            };
            records.extend(self.record(lane, felt, defects));
        }
        records
    }

    /// Takes the vehicle behind into the record.
    fn merge(&mut self, lane: u16, felt: &mut Felt) {
        let Some((ahead, other)) = self.behind(lane) else {
            return;
        };
        let Some(between) = other.tail else {
            return;
        };
        let number = self.number + 1 + ahead as u64;
        let hits = rolling(other).hits();
        let own = metres(other.vehicle.length_mm.get());
        let gap = other.gap.max(0.0);
        felt.vehicles.push(number);
        felt.length += gap + own;
        felt.hits = merged(std::mem::take(&mut felt.hits), hits, between);
    }

    /// Two records of one vehicle.
    fn split(
        &mut self,
        arrival: &Arrival,
        axle: usize,
        felt: Felt,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        let mut first = felt.hits;
        let mut second = first.split_off(axle.min(first.len()));
        let front = metres(arrival.vehicle.front_mm.get());
        let way = |hits: &[Hit]| hits.iter().skip(1).filter_map(|hit| hit.way).sum::<f64>();
        let mut lengths = [front + way(&first) + 0.9, 0.0];
        lengths[1] = (felt.length - lengths[0] - 2.0).max(way(&second) + 1.2);
        if let Some(hit) = second.first_mut() {
            hit.way = None;
        }
        let least = second.iter().map(|hit| hit.group).min().unwrap_or(1);
        let least = least.saturating_sub(1);
        for hit in &mut second {
            hit.group -= least;
        }
        let mut records = Vec::with_capacity(2);
        for (hits, length) in [first, second].into_iter().zip(lengths) {
            let felt = Felt {
                hits,
                length,
                vehicles: felt.vehicles.clone(),
                ..felt
            };
            records.extend(self.record(arrival.lane, felt, defects));
        }
        records
    }

    /// Holds records back until those of the vehicle behind are sent.
    pub(super) fn hold_back(
        &mut self,
        arrival: &Arrival,
        records: &mut [Record],
        defects: &mut Vec<Defect>,
    ) {
        let Some(held_back) = self
            .held_back
            .get_mut(usize::from(arrival.lane).wrapping_sub(1))
        else {
            return;
        };
        // Not two in a row: who is held back comes right behind the next one.
        let was_held_back = std::mem::take(held_back);
        let plain = arrival.manoeuvre == Manoeuvre::default();
        if arrival.clean || records.is_empty() || !plain {
            return;
        }
        let share = self.shares.out_of_order_record;
        if !self.dice(arrival.lane).chance(share) || was_held_back {
            return;
        }
        self.draw_until(arrival.at.saturating_add(HOLD_BACK_WITHIN));
        let Some((_, behind)) = self.behind(arrival.lane) else {
            return;
        };
        let apart = behind.at.saturating_sub(arrival.at);
        let plain = behind.manoeuvre == Manoeuvre::default() && !behind.vehicle.is_car();
        if apart >= HOLD_BACK_WITHIN || behind.clean || !plain {
            return;
        }
        let base = metres(behind.vehicle.base_mm().get());
        let over = behind
            .at
            .saturating_add(seconds(behind.motion.time_at(base)));
        let told_at = over
            .saturating_add(slowest_sending())
            .saturating_add(Micros::from_millis(40));
        for record in records {
            record.measured.sent_at = record.measured.sent_at.max(told_at);
            record.measured.again_at = None;
        }
        if let Some(held_back) = self
            .held_back
            .get_mut(usize::from(arrival.lane).wrapping_sub(1))
        {
            *held_back = true;
        }
        defects.retain(|defect| *defect != Defect::DuplicateRecord);
        defects.push(Defect::OutOfOrderRecord);
    }
}

/// The flag of a controller that would have recognised it.
const fn flag_of(kind: EvasionKind) -> Option<VehicleFlag> {
    match kind {
        EvasionKind::Straddling => Some(VehicleFlag::Straddling),
        EvasionKind::OneSideOff => Some(VehicleFlag::OneSideOff),
        EvasionKind::Braking => Some(VehicleFlag::Braking),
        EvasionKind::Surging => Some(VehicleFlag::Acceleration),
        EvasionKind::Weaving => Some(VehicleFlag::Weaving),
        EvasionKind::StopAndGo => Some(VehicleFlag::StopAndGo),
        EvasionKind::Creeping => Some(VehicleFlag::SpeedOutOfRange),
        EvasionKind::Reversing => Some(VehicleFlag::Reversed),
        EvasionKind::MergedRecord => Some(VehicleFlag::TooClose),
        EvasionKind::LiftAxle => Some(VehicleFlag::AxleMissed),
        _ => None,
    }
}

/// What a vehicle did that looks like an evasion, by the same bounds by which drivers who evade do it at
/// the least: because the traffic made it, or because what its driver did comes with it (who backs over
/// the sensors has stood on them).
pub(super) fn forced(hits: &[Hit]) -> Vec<EvasionKind> {
    /// As good as standing, and walking pace, m/s.
    const STANDING: f64 = 3.0 / 3.6;
    const CREEPING: f64 = 6.5 / 3.6;
    /// Who crawls evenly does not stop and go.
    const UNEVEN: f64 = 1.5;
    /// The same of speeding up and slowing down, m/s².
    const BRAKING: f64 = 0.5;
    const SURGING: f64 = 0.35;
    let speeds = hits.iter().map(|hit| hit.speed);
    let fastest = speeds.fold(0.0, f64::max);
    // Between two axles it may have been slower than at either.
    let behind = hits.iter().skip(1);
    let between = hits.iter().zip(behind).map(|(before, hit)| {
        let faster = before.speed.max(hit.speed);
        (1.0 - hit.uneven) * faster
    });
    let slowest = between.fold(f64::INFINITY, f64::min);
    let changes = hits.iter().map(|hit| hit.acceleration);
    let (hardest, strongest) = changes.fold((0.0_f64, 0.0_f64), |(low, high), change| {
        (low.min(change), high.max(change))
    });
    let found = [
        (hardest <= -BRAKING, EvasionKind::Braking),
        (strongest >= SURGING, EvasionKind::Surging),
        (
            slowest <= STANDING.min(fastest / UNEVEN),
            EvasionKind::StopAndGo,
        ),
        (fastest < CREEPING, EvasionKind::Creeping),
    ];
    let found = found.into_iter().filter(|(is_so, _)| *is_so);
    found.map(|(_, kind)| kind).collect()
}
