//! One order for inputs that come from several ports in any order (乱序输入的重排).
//!
//! The carriageway takes its inputs in the order of their receipt. Where the moments of receipt were
//! given in several places (two hosts that each log their own ports, a link that brings one port
//! later than another) inputs reach the lane logic in no such order, and what comes out must not
//! depend on which port happened to be quicker. A [`Sequencer`] holds them back until nothing
//! earlier can come any more, and lets them out by moment of receipt, of equal moments by the rank of
//! their ports. Each port keeps its own order.
//!
//! *Nothing earlier can come* is a promise: no input is offered later than the stated lateness after
//! its receipt. [`Sequencer::advance`] tells the time, and the **watermark** is that time less the
//! lateness. What comes behind the watermark broke the promise: it comes back as [`Late`], is kept
//! and shown as a late finding, and changes nothing that was let out before or after.
//!
//! Neither the live daemon nor a replay needs this. One task (`station::intake`) stamps the chunks of
//! all ports with strictly rising moments as they come in, so they are in order from the beginning,
//! and their lateness is zero; a replay merges whole logs by these moments. Holding live inputs back
//! would only make the board wait.

use std::collections::{BTreeMap, VecDeque};

use firmware_protocols::{Decoder, Event};

use crate::lane::carriageway::{Carriageway, Output};
use crate::lane::settings::Settings;
use crate::lane::stream::{Input, PortStream};
use crate::units::Micros;

/// How long inputs are waited for, and how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No input comes later than this after its receipt. 10 s unless stated otherwise: longer than a
    /// camera's upload and a link's hiccup, as long as a passage waits for its reads.
    pub lateness: Micros,
    /// So many inputs are held. Above that the oldest are let out before their time, and what comes
    /// behind them is late: a flood costs order, never memory.
    pub inputs: usize,
    /// And so many bytes of theirs.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lateness: Micros::from_seconds(10),
            // Ten seconds of 32 busy lanes are some thousands.
            inputs: 100_000,
            bytes: 64 << 20,
        }
    }
}

/// An input that came behind the watermark (迟到输入): kept, and without effect on any passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// What came.
    pub input: Input,
    /// Up to here everything had been let out.
    pub watermark: Micros,
}

/// Where an input stands: receipt, rank of its port, and its number among all that were offered, which
/// among those of one port is the port's own order.
type Place = (Micros, usize, u64);

/// Puts inputs into one order. See the module head.
#[derive(Debug)]
pub struct Sequencer {
    limits: Limits,
    /// Rank and latest moment of each port.
    ports: BTreeMap<String, (usize, Micros)>,
    held: BTreeMap<Place, Input>,
    bytes: usize,
    offered: u64,
    watermark: Micros,
    /// Moment and rank of the latest input that was let out.
    let_out: (Micros, usize),
}

impl Sequencer {
    /// For these ports, in the order of their ranks; of a port named twice the first counts.
    pub fn new<'a>(ports: impl IntoIterator<Item = &'a str>, limits: Limits) -> Self {
        let mut ranks = BTreeMap::new();
        for (rank, port) in ports.into_iter().enumerate() {
            let entry = ranks.entry(port.to_owned());
            entry.or_insert((rank, Micros::new(i64::MIN)));
        }
        Self {
            limits,
            ports: ranks,
            held: BTreeMap::new(),
            bytes: 0,
            offered: 0,
            watermark: Micros::new(i64::MIN),
            let_out: (Micros::new(i64::MIN), 0),
        }
    }

    /// Takes an input. It comes back when it is late, and when its port is none of those known. One
    /// that was received before its predecessor on the port counts as received together with it.
    pub fn offer(&mut self, mut input: Input) -> Option<Late> {
        let watermark = self.watermark;
        let Some((rank, latest)) = self.ports.get_mut(&input.port) else {
            return Some(Late { input, watermark });
        };
        // A port's own order goes before its clock.
        let moment = input.received_at.max(*latest);
        if input.received_at < watermark || (moment, *rank) < self.let_out {
            return Some(Late { input, watermark });
        }
        *latest = moment;
        input.received_at = moment;
        self.offered = self.offered.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size(&input));
        let place = (moment, *rank, self.offered);
        self.held.insert(place, input);
        None
    }

    /// The time is `now`. Time that goes back is passed over.
    pub fn advance(&mut self, now: Micros) {
        let watermark = now.saturating_sub(self.limits.lateness);
        self.watermark = self.watermark.max(watermark);
    }

    /// The next input in order of which all that belongs before it has come, or for which there is no
    /// room; to be called until it says `None` after each [`Sequencer::offer`] and
    /// [`Sequencer::advance`].
    pub fn poll(&mut self) -> Option<Input> {
        let full = self.held.len() > self.limits.inputs || self.bytes > self.limits.bytes;
        let entry = self.held.first_entry()?;
        let (moment, rank, _) = *entry.key();
        if moment >= self.watermark && !full {
            return None;
        }
        self.let_out = (moment, rank);
        let input = entry.remove();
        self.bytes = self.bytes.saturating_sub(size(&input));
        Some(input)
    }

    /// Nothing else comes: everything is let out.
    pub fn finish(&mut self) {
        self.watermark = Micros::new(i64::MAX);
    }

    /// Everything received before this moment has been let out, or will be by the next polls.
    pub const fn watermark(&self) -> Micros {
        self.watermark
    }

    /// How many inputs are held, and how many bytes.
    pub fn held(&self) -> (usize, usize) {
        (self.held.len(), self.bytes)
    }
}

/// Bytes that an input holds, as far as they can be many.
fn size(input: &Input) -> usize {
    let picture = match &input.event {
        Event::Picture(picture) => picture.jpeg.len(),
        Event::Plate(plate) => plate.picture.as_ref().map_or(0, |of| of.jpeg.len()),
        _ => 0,
    };
    input.bytes.len().saturating_add(picture)
}

/// Decoders and lane logic of a station whose ports are heard in any order: what
/// [`Pipeline`](crate::lane::Pipeline) is for one that stamps them all itself.
///
/// Each port is decoded as it comes; its events then wait for those of the others.
pub struct UnorderedPipeline {
    streams: BTreeMap<String, PortStream>,
    sequencer: Sequencer,
    carriageway: Carriageway,
    late: VecDeque<Late>,
}

impl UnorderedPipeline {
    /// A station whose ports have not said anything yet. Ports rank by their names.
    pub fn new(settings: Settings, limits: Limits) -> Self {
        let ports = settings.ports.keys().map(String::as_str);
        Self {
            streams: BTreeMap::new(),
            sequencer: Sequencer::new(ports, limits),
            carriageway: Carriageway::new(settings),
            late: VecDeque::new(),
        }
    }

    /// Gives a port its decoder; the next byte of the port stands at `offset` in its raw log.
    pub fn add_port(&mut self, port: &str, decoder: Box<dyn Decoder>, offset: u64) {
        let stream = PortStream::new(port, decoder, offset);
        self.streams.insert(port.to_owned(), stream);
    }

    /// Takes a chunk of a port, or with no bytes a break of its line.
    pub fn receive(&mut self, port: &str, received_at: Micros, chunk: &[u8]) {
        let Some(stream) = self.streams.get_mut(port) else {
            return;
        };
        let inputs = if chunk.is_empty() {
            stream.line_broken(received_at)
        } else {
            stream.push(received_at, chunk)
        };
        for input in inputs {
            let late = self.sequencer.offer(input);
            self.late.extend(late);
            self.let_out();
        }
    }

    /// The time is `now`: what was received more than the lateness ago goes into the lane logic, and
    /// that does what was due before.
    pub fn advance(&mut self, now: Micros) {
        self.sequencer.advance(now);
        self.let_out();
        // An input of the watermark's own moment may still come; what is due at that moment is done
        // before it anyway.
        self.time_out(self.sequencer.watermark());
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.carriageway.poll_output()
    }

    /// The next input that came too late.
    pub fn poll_late(&mut self) -> Option<Late> {
        self.late.pop_front()
    }

    /// Ends all streams at `at` and closes what is open.
    pub fn finish(&mut self, at: Micros) {
        let ports: Vec<String> = self.streams.keys().cloned().collect();
        for port in ports {
            self.receive(&port, at, &[]);
        }
        self.sequencer.finish();
        self.let_out();
        self.time_out(at);
        self.carriageway.finish();
    }

    fn let_out(&mut self) {
        while let Some(input) = self.sequencer.poll() {
            self.time_out(input.received_at);
            self.carriageway.handle(&input);
        }
    }

    fn time_out(&mut self, now: Micros) {
        while let Some(due) = self.carriageway.poll_timeout().filter(|due| *due <= now) {
            self.carriageway.handle_timeout(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::{Picture, Reject};
    use proptest::prelude::*;

    use super::*;

    fn input(port: &str, second: i64, offset: u64) -> Input {
        Input {
            port: port.to_owned(),
            received_at: Micros::from_seconds(second),
            offset,
            bytes: vec![0; 10],
            event: Event::Rejected(Reject::Garbage),
        }
    }

    fn sequencer(limits: Limits) -> Sequencer {
        Sequencer::new(["b", "a", "c"], limits)
    }

    fn out(sequencer: &mut Sequencer) -> Vec<(String, i64, u64)> {
        std::iter::from_fn(|| sequencer.poll())
            .map(|input| {
                (
                    input.port,
                    input.received_at.get() / 1_000_000,
                    input.offset,
                )
            })
            .collect()
    }

    fn at(port: &str, second: i64, offset: u64) -> (String, i64, u64) {
        (port.to_owned(), second, offset)
    }

    #[test]
    fn inputs_wait_for_the_watermark_and_leave_by_moment_then_rank_then_own_order() {
        let mut sequencer = sequencer(Limits::default());
        for (port, second, offset) in [
            ("a", 5, 1),
            ("a", 5, 2),
            ("c", 4, 3),
            ("b", 5, 4),
            ("b", 9, 5),
        ] {
            assert_eq!(sequencer.offer(input(port, second, offset)), None);
        }
        sequencer.advance(Micros::from_seconds(15));
        assert_eq!(
            out(&mut sequencer),
            [at("c", 4, 3)],
            "5 s is the watermark: more may come"
        );
        sequencer.advance(Micros::new(15_000_001));
        assert_eq!(
            out(&mut sequencer),
            [at("b", 5, 4), at("a", 5, 1), at("a", 5, 2)]
        );
        sequencer.advance(Micros::ZERO);
        assert_eq!(
            sequencer.watermark(),
            Micros::new(5_000_001),
            "time does not go back"
        );
        sequencer.finish();
        assert_eq!(out(&mut sequencer), [at("b", 9, 5)]);
        assert_eq!(sequencer.held(), (0, 0));
    }

    #[test]
    fn what_comes_behind_the_watermark_or_from_nowhere_comes_back() {
        let mut sequencer = sequencer(Limits::default());
        sequencer.advance(Micros::from_seconds(20));
        let late = sequencer.offer(input("a", 9, 7)).unwrap();
        assert_eq!(
            (late.input.offset, late.watermark),
            (7, Micros::from_seconds(10))
        );
        assert_eq!(sequencer.offer(input("a", 10, 8)), None, "just in time");
        assert!(sequencer.offer(input("d", 30, 9)).is_some());
        sequencer.finish();
        assert_eq!(out(&mut sequencer), [at("a", 10, 8)]);
    }

    #[test]
    fn a_port_whose_moments_go_back_keeps_its_own_order() {
        let mut sequencer = sequencer(Limits::default());
        for (second, offset) in [(8, 1), (3, 2), (9, 3)] {
            assert_eq!(sequencer.offer(input("a", second, offset)), None);
        }
        assert_eq!(sequencer.offer(input("b", 7, 4)), None);
        sequencer.finish();
        assert_eq!(
            out(&mut sequencer),
            [at("b", 7, 4), at("a", 8, 1), at("a", 8, 2), at("a", 9, 3)]
        );
    }

    #[test]
    fn a_flood_costs_order_and_not_memory() {
        let limits = Limits {
            inputs: 100,
            bytes: 1_500,
            ..Limits::default()
        };
        let mut few = sequencer(Limits {
            bytes: usize::MAX,
            ..limits
        });
        let mut released = 0;
        for number in 0..100_000_u64 {
            assert_eq!(few.offer(input("a", 1_000, number)), None);
            while let Some(input) = few.poll() {
                assert_eq!(input.offset, released);
                released += 1;
            }
            assert!(few.held().0 <= 100);
        }
        assert!(
            few.offer(input("b", 999, 0)).is_some(),
            "behind those that had to go"
        );
        let mut small = sequencer(limits);
        for second in 0..1_000 {
            let mut picture = input("a", second, 0);
            picture.event = Event::Picture(Picture { jpeg: vec![0; 400] });
            assert_eq!(small.offer(picture), None);
            let _ = out(&mut small);
            let (inputs, bytes) = small.held();
            assert!(inputs <= 3 && bytes <= 1_500, "{inputs} {bytes}");
        }
    }

    proptest! {
        /// Whatever the interleaving and whenever it is told the time: as long as no input is later
        /// than it may be, the same inputs leave in the same order.
        #[test]
        fn any_interleaving_within_the_lateness_leaves_in_one_order(
            moments in prop::collection::vec((0..3_usize, 0..40_i64), 1..60),
            delays in prop::collection::vec(0..10_i64, 60),
            ticks in prop::collection::vec(0..60_i64, 0..20),
        ) {
            let names = ["a", "b", "c"];
            let mut own: Vec<(usize, i64, u64)> = Vec::new();
            for (port, moment) in moments {
                own.push((port, moment, 0));
            }
            own.sort_by_key(|(port, moment, _)| (*port, *moment));
            for (number, input) in own.iter_mut().enumerate() {
                input.2 = number as u64;
            }
            // Each arrives some seconds after its receipt, none before those of its port before it.
            let mut latest = [0; 3];
            let mut arrivals: Vec<(i64, usize, i64, u64)> = Vec::new();
            for ((port, moment, number), delay) in own.iter().copied().zip(&delays) {
                latest[port] = latest[port].max(moment + delay);
                arrivals.push((latest[port], port, moment, number));
            }
            arrivals.sort_by_key(|(arrival, _, _, number)| (*arrival, *number));
            let run = |ticked: bool| {
                let mut sequencer = Sequencer::new(names, Limits::default());
                let mut left = Vec::new();
                for (arrival, port, moment, number) in &arrivals {
                    if ticked {
                        for tick in ticks.iter().filter(|tick| **tick <= *arrival) {
                            sequencer.advance(Micros::from_seconds(*tick));
                            left.extend(out(&mut sequencer));
                        }
                        sequencer.advance(Micros::from_seconds(*arrival));
                        left.extend(out(&mut sequencer));
                    }
                    assert_eq!(sequencer.offer(input(names[*port], *moment, *number)), None);
                    left.extend(out(&mut sequencer));
                }
                sequencer.finish();
                left.extend(out(&mut sequencer));
                left
            };
            let mut wanted: Vec<_> = own
                .iter()
                .map(|(port, moment, number)| at(names[*port], *moment, *number))
                .collect();
            wanted.sort_by_key(|(port, moment, number)| (*moment, port.clone(), *number));
            prop_assert_eq!(run(true), wanted.clone());
            prop_assert_eq!(run(false), wanted);
        }
    }
}
