//! When a passage closes, and what it is closed with: the plate, the axles of a linked passage.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Carriageway, Holder, Lender, Output, Pending};
use crate::lane::association::{Crossing, Sighting, associate, is_of_trailer};
use crate::passage::{
    Association, Candidate, ClosedPassage, Doubt, LinkedPassage, PassageKind, PlateRead,
    PlateState, Weighing,
};
use crate::units::Micros;

impl Carriageway {
    /// Moves forward the closing of a lane's passages whose expected reads are all in.
    pub(super) fn hasten(&mut self, now: Micros, lane: u16) {
        let due: SmallVec<[((Micros, u64), Micros); 4]> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.crossing.lane == lane)
            .filter_map(|(key, pending)| {
                let settled = self.settled_at(pending)?.max(now);
                (settled < key.0).then_some((*key, settled))
            })
            .collect();
        for (key, settled) in due {
            if let Some(pending) = self.pending.remove(&key) {
                self.pending.insert((settled, key.1), pending);
            }
        }
    }

    /// When a passage may close before its window ends: all plate cameras of its lane have read a
    /// plate that fits, no picture is still to come. `None` while something is missing.
    fn settled_at(&self, pending: &Pending) -> Option<Micros> {
        let weighing = &pending.weighing;
        if pending.loaded_at.is_none() && !self.scene().vouches_for(&pending.crossing) {
            return None;
        }
        let devices = self.road.lanes.get(&weighing.lane);
        let mut slowest = 0;
        for camera in devices.into_iter().flat_map(|devices| &devices.plates) {
            let residual = self.residual_of(*camera, pending)?.saturating_abs();
            if residual > self.settings.ambiguity_margin.get() {
                return None;
            }
            slowest = residual.max(slowest);
        }
        // A record that was cut or damaged will be sent again: it may be of the vehicle beside.
        let damaged = |port: &String| {
            let rejected_at = self.rejects.get(port);
            rejected_at.is_some_and(|rejected_at| *rejected_at >= weighing.crossed_at)
        };
        let waits = |camera: &String| {
            let request = self.requests.get(camera);
            request.is_some_and(|request| request.passage_id == weighing.passage_id)
        };
        if devices.is_some_and(|devices| {
            devices.scales.iter().any(damaged) || devices.pictures.iter().any(waits)
        }) {
            return None;
        }
        let settled = weighing
            .received_at
            .saturating_add(self.settings.settle_after);
        Some(settled.saturating_add(Micros::new(slowest)))
    }

    /// How far this camera's nearest fitting read is from the passage; zero on a platform, where
    /// one vehicle stands alone.
    fn residual_of(&self, camera: usize, pending: &Pending) -> Option<i64> {
        let weighing = &pending.weighing;
        let of_camera = |sighting: &&Sighting| {
            sighting.camera == camera
                && sighting.read.plate.is_some()
                && sighting.taken_by.is_none()
        };
        if let Some(loaded_at) = pending.loaded_at {
            let from = loaded_at.saturating_sub(self.settings.platform.plate_lead);
            let until = weighing.received_at;
            let mut reads = self.memory.sightings(weighing.lane, from, until);
            return reads.find(of_camera).map(|_| 0);
        }
        let scene = self.scene();
        let crossing = &pending.crossing;
        let window = self.settings.plate_window.get().unsigned_abs();
        scene
            .near(crossing, weighing.lane)
            .filter(of_camera)
            .filter(|sighting| scene.vouches_for_read(sighting))
            .map(|sighting| scene.residual(sighting, crossing))
            .filter(|residual| residual.unsigned_abs() <= window)
            .min_by_key(|residual| residual.unsigned_abs())
    }

    pub(super) fn close(&mut self, now: Micros, pending: Pending) {
        let Pending {
            mut weighing,
            crossing,
            mut pictures,
            loaded_at,
        } = pending;
        self.compare_speed(&mut weighing);
        let mut evasion = Vec::new();
        let association = match loaded_at {
            Some(loaded_at) => self.associate_on_platform(&weighing, loaded_at),
            None => {
                let mut manoeuvres = std::mem::take(&mut self.evasion);
                let tied = associate(&crossing, self.scene());
                evasion = manoeuvres.close(now, &weighing, &tied.reads, &self.settings);
                let association = tied.association;
                self.evasion = manoeuvres;
                if association.chosen.is_some() {
                    self.memory.settle(&crossing);
                }
                association
            }
        };
        if let Some(chosen) = &association.chosen {
            self.take_reads(&crossing, chosen, &association.variants, loaded_at);
            if let Some(trailer) = &association.trailer {
                self.take_reads(&crossing, trailer, &[], loaded_at);
            }
        }
        if let Some(chosen) = &association.chosen {
            self.take_picture_of(now, &weighing.passage_id, chosen, &mut pictures);
        }
        let plate = association
            .chosen
            .as_ref()
            .and_then(|read| read.plate.clone());
        let linked = match (loaded_at, &plate) {
            (Some(loaded_at), Some(plate)) => self.lender(plate, loaded_at),
            _ => None,
        };
        if let (Some(plate), Some(platform)) = (&plate, self.platforms.get_mut(&weighing.port)) {
            platform.holder = Some(Holder {
                plate: plate.clone(),
                passage_id: Arc::clone(&crossing.passage_id),
                left_at: platform.rule.is_empty().then_some(now),
            });
        }
        // Axles that are in doubt are lent to nobody: they decide the limit.
        let sound = weighing.weight_trusted
            && !weighing.axles.is_empty()
            && weighing
                .axles
                .iter()
                .skip(1)
                .all(|axle| axle.spacing_mm.is_some())
            && !weighing.flags.iter().any(|flag| flag.is_hard())
            && !evasion.iter().any(|finding| finding.kind.is_hard());
        if let (PassageKind::Dynamic, Some(plate), true) = (weighing.kind, plate, sound) {
            self.lenders.push_back(Lender {
                plate,
                passage_id: Arc::clone(&crossing.passage_id),
                crossed_at: weighing.crossed_at,
                received_at: weighing.received_at,
                axles: weighing.axles.clone(),
            });
        }
        let closed = ClosedPassage {
            weighing: Arc::unwrap_or_clone(weighing),
            closed_at: now,
            association,
            evasion,
            pictures,
            linked,
        };
        self.outputs.push_back(Output::Closed(Box::new(closed)));
    }

    /// Every read of this plate near the chosen one is of this vehicle: a camera that reads twice must
    /// not hand its second read to the next truck. At a platform that is every read from driving on
    /// to now.
    fn take_reads(
        &mut self,
        crossing: &Crossing,
        chosen: &PlateRead,
        variants: &[String],
        loaded_at: Option<Micros>,
    ) {
        let window = self.settings.plate_window;
        let (from, until) = match loaded_at {
            Some(loaded_at) => (
                loaded_at.saturating_sub(self.settings.platform.plate_lead),
                Micros::new(i64::MAX),
            ),
            // Another camera's clock may stand otherwise, and a rear plate comes later.
            None => (
                chosen.seen_at.saturating_sub(window).saturating_sub(window),
                chosen.seen_at.saturating_add(window).saturating_add(window),
            ),
        };
        let is_of_vehicle = |plate: &Option<String>| {
            *plate == chosen.plate || plate.as_ref().is_some_and(|text| variants.contains(text))
        };
        let beside = loaded_at.is_none();
        let lanes = if beside {
            chosen.lane.saturating_sub(1)..=chosen.lane.saturating_add(1)
        } else {
            chosen.lane..=chosen.lane
        };
        for lane in lanes {
            self.memory.change_sightings(lane, from, until, |sighting| {
                if is_of_vehicle(&sighting.read.plate) {
                    sighting.taken_by = Some(Arc::clone(&crossing.passage_id));
                }
            });
        }
    }

    /// On a platform one vehicle stands alone: all reads from driving on until it is weighed are its,
    /// those excepted that belong to the vehicle before.
    fn associate_on_platform(&self, weighing: &Weighing, loaded_at: Micros) -> Association {
        let from = loaded_at.saturating_sub(self.settings.platform.plate_lead);
        let mut reads: Vec<&PlateRead> = self
            .memory
            .sightings(weighing.lane, from, weighing.received_at)
            .filter(|sighting| sighting.taken_by.is_none())
            .map(|sighting| &sighting.read)
            .collect();
        reads.sort_by_key(|read| {
            (
                read.raw.received_at,
                read.raw.port.as_str(),
                read.raw.offset,
            )
        });
        let candidates = reads
            .iter()
            .map(|read| Candidate {
                plate: read.plate.clone(),
                residual_us: read.seen_at.saturating_sub(weighing.crossed_at).get(),
                port: read.raw.port.clone(),
                offset: read.raw.offset,
            })
            .collect();
        let text = |read: &&&PlateRead| read.plate.is_some();
        let (trailers, others): (Vec<&PlateRead>, Vec<&PlateRead>) = reads
            .iter()
            .filter(text)
            .partition(|read| read.plate.as_deref().is_some_and(is_of_trailer));
        let mut plates = others.iter();
        let first = plates.next().copied();
        let other_plate = first.is_some_and(|first| plates.any(|read| read.plate != first.plate));
        let unsure = first.is_some_and(|first| !first.time_vouched);
        let doubts: Vec<Doubt> = [
            (other_plate, Doubt::OtherPlate),
            (unsure, Doubt::ClockNotVouched),
        ]
        .into_iter()
        .filter_map(|(present, doubt)| present.then_some(doubt))
        .collect();
        let state = match first {
            None => PlateState::Missing,
            Some(_) if doubts.is_empty() => PlateState::Matched,
            Some(_) => PlateState::Ambiguous,
        };
        let chosen = first.filter(|_| state == PlateState::Matched).cloned();
        let residual_us = chosen
            .as_ref()
            .map(|r| r.seen_at.saturating_sub(weighing.crossed_at).get());
        Association {
            state,
            doubts,
            agreeing_cameras: u32::from(chosen.is_some()),
            trailer: trailers
                .first()
                .map(|read| (*read).clone())
                .filter(|_| chosen.is_some()),
            chosen,
            residual_us,
            ..Association::missing(candidates)
        }
    }

    /// The latest passage of this plate over the road before it drove onto the platform.
    fn lender(&self, plate: &str, loaded_at: Micros) -> Option<LinkedPassage> {
        let from = loaded_at.saturating_sub(self.settings.platform.link_within);
        // Where clocks are not compared, as with a recording of another day, the device's time
        // says nothing of before and after on the platform.
        let moment = |lender: &Lender| match self.settings.clock_tolerance {
            Some(_) => lender.crossed_at,
            None => lender.received_at,
        };
        self.lenders
            .iter()
            .filter(|lender| lender.plate == plate)
            .filter(|lender| (from..loaded_at).contains(&moment(lender)))
            .max_by_key(|lender| moment(lender))
            .map(|lender| LinkedPassage {
                passage_id: lender.passage_id.to_string(),
                axles: lender.axles.clone(),
            })
    }
}
