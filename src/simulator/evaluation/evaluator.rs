//! Truth and result joined as they come, and forgotten once they are settled.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Register;
use super::baseline::{Baselines, Crossing};
use super::evasion::{Seen, like};
use super::lines::{Lines, Place};
use super::tally::{Behind, Evaluation, Outcome, Tally, Weighed};
use super::truth::{Chosen, Finding, Passage, Span, Vehicle};
use crate::passage::{EvasionKind, PassageKind, PlateState};
use crate::simulator::crossing::{CameraView, PlateOf};
use crate::units::Micros;

/// How is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The baselines tie within this window.
    pub window: Micros,
    /// A passage is judged when all that concerns it is known: so long after it was crossed. Records and
    /// reads that come later than half of this are not joined any more, so it lies well above every
    /// lateness that is simulated.
    pub horizon: Micros,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: Micros::from_millis(1_500),
            horizon: Micros::from_seconds(3_600),
        }
    }
}

impl Rules {
    fn half(&self) -> Micros {
        Micros::new(self.horizon.get() / 2)
    }
}

/// Between two times that something is settled.
const SETTLE_EVERY: Micros = Micros::from_seconds(60);

/// Truth and result in, counts out. Both come in the order of time, and beside each other: neither more
/// than the horizon ahead of the other.
pub struct Evaluator {
    rules: Rules,
    register: Option<Box<dyn Register + Send>>,
    ports: BTreeMap<String, u16>,
    vehicles: BTreeMap<u64, Followed>,
    records: BTreeMap<Place, Record>,
    /// Vehicle, and which of its reads.
    reads: BTreeMap<Place, (u64, ReadOf)>,
    lines: Lines,
    /// By the moment that they are settled by, and by arrival.
    waiting: BTreeMap<(Micros, u64), Passage>,
    arrivals: u64,
    /// Where the record of a passage stands, and when to forget that.
    passages: BTreeMap<String, Place>,
    named: VecDeque<(Micros, String)>,
    baselines: Baselines,
    settled_until: Micros,
    evaluation: Evaluation,
}

/// A vehicle of which not all is settled.
#[derive(Debug)]
struct Followed {
    vehicle: Vehicle,
    passages: u64,
    found: BTreeSet<EvasionKind>,
}

/// A record and who is in it.
#[derive(Debug)]
struct Record {
    length: u64,
    vehicles: Vec<u64>,
}

/// Which read of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadOf {
    /// One of those beside the scale in motion.
    Road(usize),
    /// One at the platform.
    Platform(usize),
}

impl Evaluator {
    /// Nothing counted yet.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            register: None,
            ports: BTreeMap::new(),
            vehicles: BTreeMap::new(),
            records: BTreeMap::new(),
            reads: BTreeMap::new(),
            lines: Lines::default(),
            waiting: BTreeMap::new(),
            arrivals: 0,
            passages: BTreeMap::new(),
            named: VecDeque::new(),
            baselines: Baselines::new(rules.window),
            settled_until: Micros::new(i64::MIN),
            evaluation: Evaluation::default(),
        }
    }

    /// With a register that single reads are looked up in.
    #[must_use]
    pub fn with_register(self, register: Box<dyn Register + Send>) -> Self {
        Self {
            register: Some(register),
            ..self
        }
    }

    /// Takes the truth of a vehicle.
    pub fn vehicle(&mut self, vehicle: Vehicle) {
        let number = vehicle.vehicle;
        for span in &vehicle.records {
            let place = self.place(span);
            let record = self.records.entry(place).or_insert(Record {
                length: span.length,
                vehicles: Vec::new(),
            });
            record.vehicles.push(number);
        }
        for (index, read) in vehicle.plate_reads.iter().enumerate() {
            let place = self.place(&read.span);
            self.reads.insert(place, (number, ReadOf::Road(index)));
            if read.view == CameraView::Front {
                let (lane, seen) = (read.lane, read.seen_us);
                let passed_at = vehicle.first_axle_us;
                let has_plate = read.plate.is_some();
                self.lines.line(place, lane, seen, passed_at, has_plate);
            }
        }
        for (index, read) in vehicle.platform_reads.iter().enumerate() {
            let place = self.place(&read.span);
            self.reads.insert(place, (number, ReadOf::Platform(index)));
        }
        let counts = &mut self.evaluation;
        counts.vehicles += 1;
        counts.vehicles_weighed += u64::from(vehicle.weighed);
        counts.vehicles_with_right_read += u64::from(vehicle.weighed && vehicle.has_right_read());
        let followed = Followed {
            vehicle,
            passages: 0,
            found: BTreeSet::new(),
        };
        self.vehicles.insert(number, followed);
    }

    /// Takes a closed passage.
    pub fn passage(&mut self, passage: Passage) {
        self.evaluation.passages += 1;
        if passage.kind != PassageKind::Dynamic {
            self.evaluation.platform += 1;
            return;
        }
        let heard_at = passage.closed_us.unwrap_or(passage.crossed_us);
        for candidate in &passage.association.candidates {
            let port = self.port(&candidate.port);
            let place = (port, candidate.offset.unsigned_abs());
            let (crossed_at, left) = (passage.crossed_us, candidate.residual_us);
            self.lines.candidate(place, crossed_at, left, heard_at);
        }
        // A scale's clock may say anything.
        let earliest = heard_at.saturating_sub(self.rules.half());
        let key = passage.crossed_us.max(earliest).min(heard_at);
        if !passage.passage_id.is_empty() {
            let place = self.place(&passage.raw);
            self.passages.insert(passage.passage_id.clone(), place);
            self.named.push_back((heard_at, passage.passage_id.clone()));
        }
        self.arrivals += 1;
        self.waiting.insert((key, self.arrivals), passage);
    }

    /// It is now this late in the simulation: nothing that happened long before comes any more.
    pub fn advance(&mut self, now: Micros) {
        let until = now.saturating_sub(self.rules.horizon);
        if until >= self.settled_until.saturating_add(SETTLE_EVERY) {
            self.settle(until);
        }
    }

    /// Everything has come: the counts.
    pub fn finish(mut self) -> Evaluation {
        self.settle(Micros::new(i64::MAX));
        self.evaluation
    }

    /// How many vehicles, passages and lines are remembered.
    pub fn held(&self) -> usize {
        self.vehicles.len()
            + self.records.len()
            + self.reads.len()
            + self.waiting.len()
            + self.passages.len()
            + self.lines.held()
            + self.baselines.held()
    }

    fn port(&mut self, name: &str) -> u16 {
        if let Some(port) = self.ports.get(name) {
            return *port;
        }
        let port = u16::try_from(self.ports.len()).unwrap_or(u16::MAX);
        self.ports.insert(name.to_owned(), port);
        port
    }

    fn place(&mut self, span: &Span) -> Place {
        (self.port(&span.port), span.offset)
    }

    fn known_place(&self, span: &Span) -> Option<Place> {
        Some((*self.ports.get(&span.port)?, span.offset))
    }

    /// Judges the passages of before `until` and lets go of what no other needs.
    fn settle(&mut self, until: Micros) {
        self.settled_until = until;
        let half = self.rules.half();
        let baselines = &mut self.baselines;
        self.lines
            .settle(until.saturating_add(half), |read| baselines.read(read));
        while let Some(first) = self.waiting.first_entry()
            && first.key().0 < until
        {
            let passage = first.remove();
            self.judge(&passage);
        }
        let before = until.saturating_sub(half);
        self.baselines.forget(before);
        self.lines.forget(before);
        while let Some(first) = self.vehicles.first_entry()
            && first.get().vehicle.first_axle_us < before
        {
            let followed = first.remove();
            self.let_go(followed);
        }
        while let Some((heard_at, _)) = self.named.front()
            && *heard_at < before
        {
            if let Some((_, id)) = self.named.pop_front() {
                self.passages.remove(&id);
            }
        }
    }

    /// All has been said of a vehicle.
    fn let_go(&mut self, followed: Followed) {
        let vehicle = &followed.vehicle;
        let lines = vehicle.plate_reads.iter().chain(&vehicle.platform_reads);
        for span in lines.map(|read| &read.span) {
            if let Some(place) = self.known_place(span) {
                self.reads.remove(&place);
            }
        }
        for span in &vehicle.records {
            if let Some(place) = self.known_place(span) {
                self.records.remove(&place);
            }
        }
        // Whom no device saw was found by none; what only lists of sightings show is not asked here.
        let seen = followed.passages > 0;
        let shown = |kind: &&EvasionKind| {
            seen && !matches!(kind, EvasionKind::PlateCloned | EvasionKind::Bypass)
        };
        for kind in vehicle.evasion.iter().filter(shown) {
            let found = |kind: &EvasionKind| followed.found.contains(kind);
            let seen = Seen {
                mild: vehicle.mild,
                found: found(kind),
                found_as_like: like(*kind).is_some_and(|like| found(&like)),
            };
            self.evaluation.evasions.vehicle(*kind, seen);
        }
        let in_parts =
            |kind: &EvasionKind| matches!(kind, EvasionKind::Straddling | EvasionKind::SplitRecord);
        let by_driver = vehicle.evasion.iter().chain(&vehicle.forced).any(in_parts);
        let once = !by_driver && !vehicle.is_split();
        let counts = &mut self.evaluation;
        counts.vehicles_lost += u64::from(vehicle.weighed && followed.passages == 0);
        counts.vehicles_doubled += u64::from(once && followed.passages > 1);
    }

    /// Who is in the record of a passage; nobody where truth does not know it.
    fn owners(&self, raw: &Span) -> Vec<u64> {
        let record = self
            .known_place(raw)
            .and_then(|place| self.records.get(&place));
        let record = record.filter(|record| record.length == raw.length);
        record
            .map(|record| record.vehicles.clone())
            .unwrap_or_default()
    }

    fn judge(&mut self, passage: &Passage) {
        let owners = self.owners(&passage.raw);
        let Some(weighed) = self.weighed(&owners) else {
            self.evaluation.unknown += 1;
            return;
        };
        for owner in &owners {
            if let Some(followed) = self.vehicles.get_mut(owner) {
                followed.passages += 1;
            }
        }
        self.findings(&owners, &passage.evasion);

        let outcome = self.tied(passage, &owners, weighed);
        let behind = Behind {
            agreeing_cameras: passage.association.agreeing_cameras,
            is_registered: self.is_registered(passage.association.chosen.as_ref(), passage.axles),
        };
        self.evaluation.take(outcome, weighed, behind);
        if outcome == Outcome::Ambiguous && weighed.is_fit && weighed.has_right_read {
            for doubt in &passage.association.doubts {
                *self.evaluation.doubts.entry(*doubt).or_default() += 1;
            }
        }
        if owners.len() > 1 {
            self.evaluation.shared += 1;
            let found = |finding: &Finding| finding.kind == EvasionKind::MergedRecord;
            let passed = outcome.has_plate() && !passage.evasion.iter().any(found);
            self.evaluation.shared_let_through += u64::from(passed);
        }
        if let (true, Some(stated)) = (outcome.has_plate(), passage.association.wrong_vehicle_ppb) {
            let wrong = outcome == Outcome::WrongVehicle;
            self.evaluation.calibration.take(stated, wrong);
        }
        if let Some(error) = self.clock_error(passage, &owners) {
            self.evaluation.clock_errors.take(error.get());
        }
        if let Some(trailer) = &passage.association.trailer {
            let outcome = self.outcome(trailer, &owners, PlateOf::Trailer);
            *self.evaluation.trailers.entry(outcome).or_default() += 1;
        }
        self.by_baselines(passage, &owners, weighed);
    }

    fn weighed(&self, owners: &[u64]) -> Option<Weighed> {
        let followed = |owner: &u64| self.vehicles.get(owner).map(|followed| &followed.vehicle);
        let first = owners.first().and_then(followed)?;
        let mut all = owners.iter().filter_map(followed);
        Some(Weighed {
            has_right_read: all.any(Vehicle::has_right_read),
            is_fit: owners.len() == 1 && first.is_fit(),
            gross_kg: first.gross_kg,
            axles: first.axles,
        })
    }

    fn findings(&mut self, owners: &[u64], findings: &[Finding]) {
        for finding in findings {
            let kind = finding.kind;
            // The other half, or part, must be of the same vehicle.
            let joined = finding.partner.as_ref().is_none_or(|partner| {
                let place = self.passages.get(partner);
                let other = place.and_then(|place| self.records.get(place));
                other.is_some_and(|other| other.vehicles.iter().any(|one| owners.contains(one)))
            });
            let (mut is_right, mut is_forced) = (false, false);
            let mut instead = None;
            for owner in owners {
                let Some(followed) = self.vehicles.get_mut(owner) else {
                    continue;
                };
                instead = instead.or(followed.vehicle.evasion.first().copied());
                is_forced |= followed.vehicle.forced.contains(&kind)
                    || kind == EvasionKind::SplitRecord && followed.vehicle.is_split();
                if joined && followed.vehicle.evasion.contains(&kind) {
                    is_right = true;
                }
                if joined {
                    followed.found.insert(kind);
                }
            }
            let counts = &mut self.evaluation.evasions;
            counts.finding(kind, is_right, is_forced);
            if !is_right && !is_forced {
                counts.mistake(kind, instead);
            }
        }
    }

    fn tied(&self, passage: &Passage, owners: &[u64], weighed: Weighed) -> Outcome {
        let association = &passage.association;
        match (association.state, &association.chosen) {
            (PlateState::Ambiguous, _) => Outcome::Ambiguous,
            (PlateState::Matched, Some(chosen)) => self.outcome(chosen, owners, PlateOf::Tractor),
            (PlateState::Matched | PlateState::Missing, _) => missing(weighed),
        }
    }

    /// What it means that this read was chosen as the plate of the tractor, or of the trailer.
    fn outcome(&self, chosen: &Chosen, owners: &[u64], wanted: PlateOf) -> Outcome {
        let place = self.known_place(&chosen.raw);
        let Some((owner, read)) = place.and_then(|place| self.reads.get(&place)) else {
            return Outcome::UnknownRead;
        };
        let Some(followed) = self.vehicles.get(owner).filter(|_| owners.contains(owner)) else {
            return Outcome::WrongVehicle;
        };
        let vehicle = &followed.vehicle;
        let line = match read {
            ReadOf::Road(index) => vehicle.plate_reads.get(*index),
            ReadOf::Platform(index) => vehicle.platform_reads.get(*index),
        };
        let plate = match wanted {
            PlateOf::Tractor => Some(vehicle.plate.as_str()),
            PlateOf::Trailer => vehicle.trailer_plate.as_deref(),
        };
        let is_of = line.is_some_and(|line| line.reading == wanted);
        if is_of && plate.is_some() && chosen.plate.as_deref() == plate {
            Outcome::Right
        } else {
            Outcome::WrongReading
        }
    }

    /// How wrong it is what was learnt of the chosen camera's clock.
    fn clock_error(&self, passage: &Passage, owners: &[u64]) -> Option<Micros> {
        let association = &passage.association;
        let learnt = association.clock.as_ref()?;
        let raw = &association.chosen.as_ref()?.raw;
        let place = self.known_place(raw)?;
        let (owner, read) = self.reads.get(&place)?;
        let ReadOf::Road(index) = read else {
            return None;
        };
        let vehicle = &self.vehicles.get(owner)?.vehicle;
        let camera = vehicle.plate_reads.get(*index)?.clock_error_us?;
        let is_of = owners.contains(owner) && learnt.camera == raw.port;
        let in_truth = camera.saturating_sub(vehicle.clock_error_us?);
        is_of.then(|| Micros::new(learnt.offset_us).saturating_sub(in_truth))
    }

    fn is_registered(&self, chosen: Option<&Chosen>, axles: usize) -> bool {
        let (Some(register), Some(chosen)) = (&self.register, chosen) else {
            return false;
        };
        let plate = chosen.plate.as_deref();
        plate.is_some_and(|plate| register.confirms(plate, chosen.colour.as_deref(), axles))
    }

    fn by_baselines(&mut self, passage: &Passage, owners: &[u64], weighed: Weighed) {
        let mut left = BTreeMap::new();
        for candidate in &passage.association.candidates {
            let Some(port) = self.ports.get(&candidate.port) else {
                continue;
            };
            let place = (*port, candidate.offset.unsigned_abs());
            left.insert(place, candidate.residual_us);
            let own = self.reads.get(&place);
            if own.is_some_and(|(owner, _)| owners.contains(owner)) {
                self.evaluation.residuals.take(candidate.residual_us);
            }
        }
        let crossing = Crossing {
            lane: passage.lane,
            at: passage.crossed_us,
            left: &left,
        };
        let nearest = self.baselines.nearest_in_time(&crossing);
        let queued = self.baselines.first_in_first_out(&crossing);
        let take = |tie: Option<Place>| {
            let chosen = tie.and_then(|place| self.chosen(place));
            let outcome = match &chosen {
                Some(chosen) => self.outcome(chosen, owners, PlateOf::Tractor),
                None => missing(weighed),
            };
            let is_registered = self.is_registered(chosen.as_ref(), passage.axles);
            let behind = Behind {
                agreeing_cameras: u32::from(chosen.is_some()),
                is_registered,
            };
            (outcome, behind)
        };
        let (nearest, queued) = (take(nearest), take(queued));
        let count = |tally: &mut Tally, (outcome, behind)| tally.take(outcome, weighed, behind);
        count(&mut self.evaluation.nearest_in_time, nearest);
        count(&mut self.evaluation.first_in_first_out, queued);
    }

    /// A line that a baseline took; `None` where nothing was read.
    fn chosen(&self, place: Place) -> Option<Chosen> {
        let (owner, read) = self.reads.get(&place)?;
        let ReadOf::Road(index) = read else {
            return None;
        };
        let read = self.vehicles.get(owner)?.vehicle.plate_reads.get(*index)?;
        read.plate.as_ref()?;
        Some(Chosen {
            plate: read.plate.clone(),
            colour: read.colour.clone(),
            raw: read.span.clone(),
        })
    }
}

const fn missing(weighed: Weighed) -> Outcome {
    if weighed.has_right_read {
        Outcome::MissingWithRightRead
    } else {
        Outcome::MissingWithoutRightRead
    }
}
