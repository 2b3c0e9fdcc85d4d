//! The platform scale (静态秤) and the trucks that are sent to it.
//!
//! A truck that the lane's scale found overloaded drives on some seconds later: the weight rises,
//! swings, stands still at the gross, falls. One truck at a time; who comes while it is taken
//! drives past.

use std::collections::VecDeque;

use firmware_protocols::mt_toledo_continuous::{self, Form};
use firmware_protocols::registry::Protocol;
use firmware_protocols::{Decimal, Reading, Settings as ProtocolSettings, Unit};

use super::crossing::{CameraView, Crossing, PlateOf, PlateRead};
use super::dice::Dice;
use super::emission::EmissionError;
use super::ports::platform_lane;
use super::settings::{Fault, FaultKind, Settings};
use super::speak;
use crate::units::{Kilograms, Micros};

/// Between two frames of the stream.
pub const FRAME_EVERY: Micros = Micros::from_millis(100);

/// Scale division.
pub const DIVISION_KG: i64 = 20;

/// Driving on takes so long, seconds.
const DRIVE_ON: f64 = 3.2;
/// From then until so long after arriving the load swings, seconds.
const STILL_FROM: f64 = 5.4;
/// Driving off takes so long, seconds.
const DRIVE_OFF: f64 = 2.5;

/// A truck on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Number of the crossing that it made before.
    pub vehicle: u64,
    /// When its first axle loads the platform.
    pub arrives_at: Micros,
    /// When it starts to drive off.
    pub leaves_at: Micros,
    /// Its gross in scale divisions.
    pub gross_kg: Kilograms,
    /// What the platform's camera reads.
    pub read: PlateRead,
}

impl Visit {
    /// When the platform is empty again.
    pub fn gone_at(&self) -> Micros {
        self.leaves_at
            .saturating_add(Micros::new((DRIVE_OFF * 1e6) as i64))
    }

    /// What stands on the platform, and whether it stands still.
    fn load(&self, now: Micros) -> (f64, bool) {
        let gross = self.gross_kg.get() as f64;
        let since = now.saturating_sub(self.arrives_at).get() as f64 / 1e6;
        let leaving = now.saturating_sub(self.leaves_at).get() as f64 / 1e6;
        if since < 0.0 || leaving > DRIVE_OFF {
            (0.0, true)
        } else if leaving >= 0.0 {
            (gross * (1.0 - smooth(leaving / DRIVE_OFF)), false)
        } else if since < DRIVE_ON {
            (gross * smooth(since / DRIVE_ON), false)
        } else if since < STILL_FROM {
            let swinging = since - DRIVE_ON;
            let swing = 0.008 * (-swinging / 0.6).exp() * (swinging * 13.8).sin();
            (gross * (1.0 + swing), false)
        } else {
            (gross, true)
        }
    }
}

/// From 0 to 1, level at both ends.
fn smooth(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// The platform with its visits to come.
#[derive(Debug)]
pub struct Platform {
    dice: Dice,
    lane: u16,
    share: f64,
    visits: VecDeque<Visit>,
    start: Micros,
    freezes: Vec<Fault>,
    /// What it shows while it is frozen.
    frozen: Option<Reading>,
}

impl Platform {
    /// An empty platform.
    pub fn new(settings: &Settings) -> Self {
        // A stream of its own: the lanes' numbers are far below.
        const STREAM: u64 = 1 << 32;
        Self {
            dice: Dice::new(settings.seed, STREAM),
            lane: platform_lane(settings),
            share: settings.platform_share,
            visits: VecDeque::new(),
            start: settings.start,
            freezes: {
                let faults = settings.faults.iter().copied();
                faults
                    .filter(|f| f.kind == FaultKind::PlatformFrozen)
                    .collect()
            },
            frozen: None,
        }
    }

    /// Decides whether a vehicle comes to the platform; crossings are given in time order.
    pub fn take(&mut self, crossing: &Crossing) -> Option<&Visit> {
        let vehicle = &crossing.vehicle;
        // Drawn for every vehicle, so that one decision does not shift all others.
        let (sent, after) = (self.dice.chance(self.share), self.dice.uniform(8.0, 12.0));
        let stays = self.dice.uniform(9.5, 12.0);
        let off_by = self.dice.normal_within(0.0, 0.5, -1.0, 1.0).round() as i64;
        if !sent || !vehicle.is_overloaded() {
            return None;
        }
        let arrives_at = crossing
            .last_axle_at
            .saturating_add(Micros::new((after * 1e6) as i64));
        let free_from = self.visits.back().map(Visit::gone_at);
        if free_from.is_some_and(|free| arrives_at < free.saturating_add(Micros::SECOND)) {
            return None;
        }
        let divisions = (vehicle.gross_kg.get() + DIVISION_KG / 2) / DIVISION_KG + off_by;
        let seen_at = Micros::from_millis(arrives_at.get() / 1_000 - 600);
        self.visits.push_back(Visit {
            vehicle: crossing.number,
            arrives_at,
            leaves_at: arrives_at.saturating_add(Micros::new((stays * 1e6) as i64)),
            gross_kg: Kilograms::new(divisions * DIVISION_KG),
            read: PlateRead {
                lane: self.lane,
                view: CameraView::Front,
                reading: PlateOf::Tractor,
                plate: Some(vehicle.plate.to_string()),
                colour: Some(vehicle.colour),
                confidence: Some(98),
                seen_at,
                clock_error: Micros::ZERO,
                sent_at: seen_at.saturating_add(Micros::from_millis(250)),
            },
        });
        self.visits.back()
    }

    /// The same truck a while later, with as much unloaded as it takes, and a bit more (卸载后复检).
    pub fn again(&mut self, visit: &Visit, after: Micros) -> Visit {
        /// No truck is over with this gross.
        const LIGHT_KG: i64 = 17_500;
        let later = visit
            .gone_at()
            .saturating_sub(visit.arrives_at)
            .saturating_add(after);
        let moved = |at: Micros| at.saturating_add(later);
        let gross_kg = visit.gross_kg.min(Kilograms::new(LIGHT_KG));
        let again = Visit {
            vehicle: visit.vehicle,
            arrives_at: moved(visit.arrives_at),
            leaves_at: moved(visit.leaves_at),
            gross_kg: Kilograms::new(gross_kg.get() / DIVISION_KG * DIVISION_KG),
            read: PlateRead {
                seen_at: moved(visit.read.seen_at),
                sent_at: moved(visit.read.sent_at),
                ..visit.read.clone()
            },
        };
        self.visits.push_back(again.clone());
        again
    }

    /// What the indicator shows. Moments are asked for in time order: visits that are over are
    /// forgotten, but for the last.
    pub fn reading(&mut self, now: Micros) -> Reading {
        while self.visits.len() > 1 && self.visits.front().is_some_and(|v| v.gone_at() < now) {
            self.visits.pop_front();
        }
        let visit = self.visits.iter().rfind(|visit| visit.arrives_at <= now);
        let (load, stable) = visit.map_or((0.0, true), |visit| visit.load(now));
        let divisions = (load / DIVISION_KG as f64).round() as i64;
        let reading = Reading {
            value: Some(Decimal::new(divisions * DIVISION_KG, 0)),
            tare: Some(Decimal::new(0, 0)),
            unit: Some(Unit::Kilogram),
            stable: Some(stable),
            net: Some(false),
            overload: Some(false),
            underload: Some(false),
            checked: true,
            ..Reading::default()
        };
        let mut freezes = self.freezes.iter();
        if freezes.all(|freeze| freeze.since(self.start, now).is_none()) {
            self.frozen = None;
            return reading;
        }
        self.frozen.get_or_insert(reading).clone()
    }

    /// The frame of what the indicator shows, in another format than [`Platform::frame`].
    ///
    /// # Errors
    /// When the format has no place for the weight.
    pub fn frame_in(&mut self, protocol: &Protocol, now: Micros) -> Result<Vec<u8>, EmissionError> {
        let reading = self.reading(now);
        Ok(speak::reading(
            protocol,
            &ProtocolSettings::new(),
            &reading,
        )?)
    }

    /// The frame of what the indicator shows.
    ///
    /// # Errors
    /// When the frame has no place for the weight.
    pub fn frame(&mut self, now: Micros) -> Result<Vec<u8>, EmissionError> {
        // Steps of 20 kg: the increment code of x2 steps.
        let form = Form {
            increment: 2,
            ..Form::default()
        };
        Ok(mt_toledo_continuous::encode(&self.reading(now), &form)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::traffic::Traffic;
    use firmware_protocols::{Event, Settings as Protocol, registry};

    #[test]
    fn an_overloaded_truck_rises_stands_still_at_its_gross_and_leaves() {
        let settings = Settings::demo();
        let mut platform = Platform::new(&settings);
        let visit = Traffic::new(settings)
            .find_map(|crossing| platform.take(&crossing).cloned())
            .unwrap();
        let mut decoder =
            (registry::find("mt_toledo_continuous").unwrap().decoder)(&Protocol::new()).unwrap();
        let mut now = visit.arrives_at.saturating_sub(Micros::SECOND);
        let mut shown = Vec::new();
        while now < visit.gone_at().saturating_add(Micros::SECOND) {
            decoder.push(&platform.frame(now).unwrap());
            now = now.saturating_add(FRAME_EVERY);
        }
        decoder.finish();
        while let Some(decoded) = decoder.poll_event() {
            let Event::Reading(reading) = decoded.event else {
                panic!("{decoded:?}");
            };
            assert!(reading.checked);
            shown.push((reading.value.unwrap().digits, reading.stable.unwrap()));
        }
        assert_eq!(shown.first(), Some(&(0, true)));
        assert_eq!(shown.last(), Some(&(0, true)));
        let still: Vec<_> = shown
            .iter()
            .filter(|(kg, stable)| *stable && *kg > 0)
            .collect();
        assert!(still.len() > 30, "{} frames stand still", still.len());
        assert!(still.iter().all(|(kg, _)| *kg == visit.gross_kg.get()));
        let swinging = shown.iter().filter(|(_, stable)| !stable).count();
        assert!(swinging > 50, "{swinging} frames in motion");
        assert!(
            shown.iter().any(|(kg, _)| *kg > visit.gross_kg.get()),
            "it overshoots"
        );
    }

    #[test]
    fn only_overloaded_trucks_come_and_one_at_a_time() {
        let settings = Settings {
            overloaded_share: 0.5,
            ..Settings::demo()
        };
        let mut platform = Platform::new(&settings);
        let mut free = Micros::ZERO;
        let mut visits = 0;
        for crossing in Traffic::new(settings).take(1_000) {
            if let Some(visit) = platform.take(&crossing) {
                assert!(crossing.vehicle.is_overloaded());
                assert!(visit.arrives_at > free && visit.arrives_at > crossing.last_axle_at);
                assert!(visit.read.sent_at < visit.arrives_at);
                let off = visit
                    .gross_kg
                    .saturating_sub(crossing.vehicle.gross_kg)
                    .abs();
                assert!(off.get() <= 2 * DIVISION_KG);
                free = visit.gone_at();
                visits += 1;
            }
        }
        assert!(visits > 50, "{visits}");
    }
}
