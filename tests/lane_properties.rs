//! What the lane logic keeps to, whatever the traffic and whatever the lines make of it: mass and axles
//! are conserved, every accepted record ends in one place, and how bytes are cut, when clocks tick and
//! which port is heard first makes no difference.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

#[path = "common/road.rs"]
mod road;

use std::collections::BTreeMap;

use firmware_protocols::{Event, Vehicle};
use proptest::prelude::*;
use steelyard::lane::sequencer::{Limits, Sequencer};
use steelyard::lane::{Carriageway, Finding, Input, Output};
use steelyard::passage::ClosedPassage;
use steelyard::simulator::Settings;
use steelyard::simulator::settings::{DefectShares, EvasionShares, Scenario, SpeedProfile};
use steelyard::units::{Kilograms, Micros, Millimetres};

use road::{Chunk, Outcome, chunks, end, run, stamped};

/// Port and first byte of a frame.
type Place = (String, i64);

fn traffic() -> impl Strategy<Value = Settings> {
    let speeds = prop_oneof![
        Just(SpeedProfile::Motorway),
        Just(SpeedProfile::Arterial),
        Just(SpeedProfile::Jam)
    ];
    let defects = prop_oneof![
        Just(Settings::statistics().defects),
        Just(Settings::demo().defects),
        Just(DefectShares {
            duplicate_record: 0.3,
            out_of_order_record: 0.2,
            sequence_gap: 0.2,
            sum_one_below: 0.2,
            misread_plate: 0.3,
            unread_plate: 0.3,
            late_read: 0.3,
            doubled_read: 0.3,
            ..DefectShares::NONE
        })
    ];
    let plain = (any::<u64>(), 1..=4_u16, 50.0..2_000.0, speeds, defects).prop_map(
        |(seed, lanes, flow_per_hour, speeds, defects)| Settings {
            seed,
            lanes,
            flow_per_hour,
            speeds,
            defects,
            ..Settings::statistics()
        },
    );
    // Cars among trucks, front and rear cameras, clocks that drift, drivers who evade.
    let scenario = prop_oneof![
        Just(Scenario::Free),
        Just(Scenario::Dense),
        Just(Scenario::Jam)
    ];
    let road = (any::<u64>(), 1..=4_u16, scenario, 0.0..0.06).prop_map(
        |(seed, lanes, scenario, share)| Settings {
            seed,
            lanes,
            car_share: 0.4,
            evasion: EvasionShares::each(share),
            ..scenario.settings()
        },
    );
    prop_oneof![plain, road]
}

/// What a line does to what is sent on it.
#[derive(Debug, Clone)]
enum Harm {
    /// The chunk never comes.
    Lost,
    /// It comes twice.
    Doubled,
    /// A bit is flipped.
    Flipped { at: usize, bit: u8 },
    /// It ends early, and the line breaks.
    Torn { at: usize },
    /// Something else stands before it.
    Noise(Vec<u8>),
    /// It comes so much later, among what is sent then.
    Late(i64),
}

fn harm() -> impl Strategy<Value = (prop::sample::Index, Harm)> {
    let at = || any::<prop::sample::Index>().prop_map(|index| index.index(400));
    let harm = prop_oneof![
        Just(Harm::Lost),
        Just(Harm::Doubled),
        (at(), 0..8_u8).prop_map(|(at, bit)| Harm::Flipped { at, bit }),
        at().prop_map(|at| Harm::Torn { at }),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(Harm::Noise),
        (1..700_i64).prop_map(Harm::Late),
    ];
    (any::<prop::sample::Index>(), harm)
}

fn harmed(mut chunks: Vec<Chunk>, harms: &[(prop::sample::Index, Harm)]) -> Vec<Chunk> {
    for (index, harm) in harms {
        if chunks.is_empty() {
            break;
        }
        let index = index.index(chunks.len());
        let chunk = chunks[index].clone();
        match harm {
            Harm::Lost => drop(chunks.remove(index)),
            Harm::Doubled => chunks.insert(index, chunk),
            Harm::Flipped { at, bit } => {
                let bytes = &mut chunks[index].bytes;
                if !bytes.is_empty() {
                    let at = at % bytes.len();
                    bytes[at] ^= 1 << bit;
                }
            }
            Harm::Torn { at } => {
                chunks[index].bytes.truncate(*at);
                let broken = Chunk {
                    bytes: Vec::new(),
                    ..chunk
                };
                chunks.insert(index + 1, broken);
            }
            Harm::Noise(noise) => {
                let noise = Chunk {
                    bytes: noise.clone(),
                    ..chunk
                };
                chunks.insert(index, noise);
            }
            Harm::Late(seconds) => {
                let mut late = chunks.remove(index);
                let later = Micros::from_seconds(*seconds);
                late.received_at = late.received_at.saturating_add(later);
                let at = chunks.partition_point(|chunk| chunk.received_at <= late.received_at);
                chunks.insert(at, late);
            }
        }
    }
    stamped(chunks)
}

/// Traffic, and what its lines made of it.
fn road() -> impl Strategy<Value = (Settings, Vec<Chunk>)> {
    (traffic(), 1..60_usize, prop::collection::vec(harm(), 0..20)).prop_map(
        |(traffic, vehicles, harms)| {
            let chunks = harmed(chunks(&traffic, vehicles), &harms);
            (traffic, chunks)
        },
    )
}

fn closed(outputs: &[Output]) -> Vec<&ClosedPassage> {
    let closed = outputs.iter().filter_map(|output| match output {
        Output::Closed(closed) => Some(closed.as_ref()),
        _ => None,
    });
    closed.collect()
}

/// Where the outcome says that the records of the scales went, by the place of their bytes.
fn records_told(outputs: &[Output]) -> BTreeMap<Place, Vec<&'static str>> {
    let mut told: BTreeMap<Place, Vec<&'static str>> = BTreeMap::new();
    for output in outputs {
        let (place, name) = match output {
            Output::Weighed(weighing) => {
                ((weighing.raw.port.clone(), weighing.raw.offset), "weighed")
            }
            Output::Repeated { weighing } => {
                ((weighing.raw.port.clone(), weighing.raw.offset), "repeated")
            }
            Output::Finding(Finding::RecordWithoutAxles { raw, .. }) => {
                ((raw.port.clone(), raw.offset), "without_axles")
            }
            _ => continue,
        };
        told.entry(place).or_default().push(name);
    }
    told
}

/// What a record says that the vehicle weighs; nothing where not all of it was weighed.
fn gross(vehicle: &Vehicle) -> i64 {
    let loads: Option<Vec<i64>> = vehicle.axles.iter().map(|axle| axle.load_kg).collect();
    let sum = loads.unwrap_or_default().iter().sum();
    vehicle.gross_kg.unwrap_or(sum)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Each record that its decoder accepted is weighed, or told as a repetition, or as one without
    /// weight: one of these, once. Each weighing closes once, with the axles and the mass that stand in
    /// the bytes.
    #[test]
    fn every_record_ends_in_one_place_with_its_mass_and_axles((traffic, chunks) in road()) {
        let Outcome { inputs, outputs } = run(&traffic, &chunks);
        let told = records_told(&outputs);
        let mut records = 0;
        let passages = closed(&outputs);
        for input in &inputs {
            let Event::Vehicle(vehicle) = &input.event else {
                continue;
            };
            records += 1;
            let place = (input.port.clone(), input.offset as i64);
            let names = told.get(&place).map(Vec::as_slice).unwrap_or_default();
            prop_assert_eq!(names.len(), 1, "{:?}: {:?}", place, names);
            let of_it: Vec<_> = passages
                .iter()
                .filter(|passage| (&passage.weighing.raw.port, passage.weighing.raw.offset) == (&place.0, place.1))
                .collect();
            prop_assert_eq!(of_it.len(), usize::from(names[0] == "weighed"));
            let Some(passage) = of_it.first() else {
                continue;
            };
            let weighing = &passage.weighing;
            prop_assert_eq!(weighing.raw.length as usize, input.bytes.len());
            prop_assert_eq!(weighing.gross_kg.get(), gross(vehicle));
            let sent: Vec<_> = vehicle.axles.iter().map(|axle| (axle.load_kg, axle.left_kg, axle.right_kg, axle.spacing_mm)).collect();
            let kg = |load: Kilograms| load.get();
            let mm = |spacing: Millimetres| spacing.get();
            let whole = weighing.axles.iter().map(|axle| {
                (Some(kg(axle.load_kg)), axle.left_kg.map(kg), axle.right_kg.map(kg), axle.spacing_mm.map(mm))
            });
            // Where not all axles were weighed they are kept apart, as far as they were measured.
            let partial = weighing.partial_axles.iter().map(|axle| {
                (axle.load_kg.map(kg), axle.left_kg.map(kg), axle.right_kg.map(kg), axle.spacing_mm.map(mm))
            });
            prop_assert!(weighing.axles.is_empty() || weighing.partial_axles.is_empty());
            let kept: Vec<_> = whole.chain(partial).collect();
            prop_assert_eq!(kept, sent);
            prop_assert_eq!(weighing.axles.is_empty(), vehicle.axles.iter().any(|axle| axle.load_kg.is_none()));
        }
        prop_assert_eq!(told.values().map(Vec::len).sum::<usize>(), records);
        let weighed = told.values().flatten().filter(|name| **name == "weighed");
        prop_assert_eq!(passages.len(), weighed.count());
    }

    /// All mass that came in is in passages, or in records that were told as repeated.
    #[test]
    fn mass_is_conserved_from_frames_to_passages((traffic, chunks) in road()) {
        let Outcome { inputs, outputs } = run(&traffic, &chunks);
        let sent: i64 = inputs
            .iter()
            .filter_map(|input| match &input.event {
                Event::Vehicle(vehicle) => Some(gross(vehicle)),
                _ => None,
            })
            .sum();
        let passed: Kilograms = closed(&outputs).iter().map(|closed| closed.weighing.gross_kg).sum();
        let repeated: Kilograms = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Repeated { weighing } => Some(weighing.gross_kg),
                _ => None,
            })
            .sum();
        prop_assert_eq!(passed.saturating_add(repeated).get(), sent);
    }

    /// No plate read is given to two passages, and none that was not read; what is given is what the
    /// camera said, unaltered.
    #[test]
    fn a_read_belongs_to_one_passage_and_stays_as_it_was_read((traffic, chunks) in road()) {
        let Outcome { inputs, outputs } = run(&traffic, &chunks);
        let reads: BTreeMap<Place, _> = inputs
            .iter()
            .filter_map(|input| match &input.event {
                Event::Plate(plate) => Some(((input.port.clone(), input.offset as i64), plate)),
                _ => None,
            })
            .collect();
        let mut given: BTreeMap<Place, &str> = BTreeMap::new();
        for passage in closed(&outputs) {
            for candidate in &passage.association.candidates {
                let place = (candidate.port.clone(), candidate.offset);
                let read = reads.get(&place);
                prop_assert_eq!(read.map(|read| &read.plate), Some(&candidate.plate));
            }
            let Some(chosen) = &passage.association.chosen else {
                continue;
            };
            let place = (chosen.raw.port.clone(), chosen.raw.offset);
            let read = reads.get(&place);
            prop_assert_eq!(read.map(|read| &read.plate), Some(&chosen.plate));
            let before = given.insert(place, &passage.weighing.passage_id);
            prop_assert_eq!(before, None, "{:?}", chosen);
        }
    }

    /// However the bytes of one moment are cut, or glued, the same comes of them, bit for bit.
    #[test]
    fn cutting_and_gluing_make_no_difference(
        (traffic, chunks) in road(),
        size in prop_oneof![1..4_usize, 4..300_usize],
    ) {
        let whole = run(&traffic, &chunks);
        let cut: Vec<Chunk> = chunks
            .iter()
            .flat_map(|chunk| {
                let pieces: Vec<Vec<u8>> = if chunk.bytes.is_empty() {
                    vec![Vec::new()]
                } else {
                    chunk.bytes.chunks(size).map(<[u8]>::to_owned).collect()
                };
                pieces.into_iter().map(|bytes| Chunk { bytes, ..chunk.clone() })
            })
            .collect();
        prop_assert_eq!(run(&traffic, &cut), whole);
    }

    /// Being told the time in between changes nothing.
    #[test]
    fn ticks_make_no_difference(
        (traffic, chunks) in road(),
        ticks in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let whole = run(&traffic, &chunks);
        let mut pipeline = road::pipeline(&traffic);
        let mut outputs = Vec::new();
        let mut before = None;
        for chunk in &chunks {
            // Up to sixty moments of the time since the chunk before.
            if let Some(before) = before.replace(chunk.received_at) {
                let span = chunk.received_at.saturating_sub(before).get().unsigned_abs() as usize;
                let mut moments: Vec<usize> = ticks.iter().map(|tick| tick.index(span + 1)).collect();
                moments.sort_unstable();
                for moment in moments {
                    pipeline.advance(before.saturating_add(Micros::new(moment as i64)));
                    outputs.extend(road::drained(&mut pipeline));
                }
            }
            let _ = pipeline.receive(&chunk.port, chunk.received_at, &chunk.bytes);
            outputs.extend(road::drained(&mut pipeline));
        }
        let end = end(&chunks);
        for seconds in 0..60 {
            pipeline.advance(end.saturating_sub(Micros::from_seconds(60 - seconds)));
        }
        pipeline.advance(end);
        pipeline.finish(end);
        outputs.extend(road::drained(&mut pipeline));
        prop_assert_eq!(outputs, whole.outputs);
    }

    /// From the logs of the ports and the moments in them the same comes again, bit for bit.
    #[test]
    fn a_replay_of_the_logs_says_the_same((traffic, chunks) in road()) {
        let live = run(&traffic, &chunks);
        // As the raw log has it: a file of bytes for each port, a file of moments and places.
        /// The bytes of a port, and when each piece of them came.
        type Log = (Vec<u8>, Vec<(Micros, usize, usize)>);
        let mut logs: BTreeMap<&str, Log> = BTreeMap::new();
        for chunk in &chunks {
            let (bytes, moments) = logs.entry(&chunk.port).or_default();
            moments.push((chunk.received_at, bytes.len(), chunk.bytes.len()));
            bytes.extend_from_slice(&chunk.bytes);
        }
        let mut again: Vec<Chunk> = logs
            .iter()
            .flat_map(|(port, (bytes, moments))| {
                moments.iter().map(|(received_at, from, length)| Chunk {
                    port: (*port).to_owned(),
                    received_at: *received_at,
                    bytes: bytes[*from..from + length].to_owned(),
                })
            })
            .collect();
        again.sort_by_key(|chunk| chunk.received_at);
        prop_assert_eq!(run(&traffic, &again), live);
    }

    /// The ports may be heard in any order that keeps each port's own, as long as nothing is later
    /// than stated.
    #[test]
    fn any_interleaving_within_the_lateness_says_the_same(
        (traffic, chunks) in road(),
        delays in prop::collection::vec(0..10_000_i64, 1..40),
    ) {
        let limits = Limits::default();
        let ordered = run(&traffic, &chunks);
        // Each chunk takes its own time on its way, but overtakes none of its port.
        let mut latest: BTreeMap<&str, Micros> = BTreeMap::new();
        let mut arrivals: Vec<(Micros, usize)> = Vec::new();
        for (number, chunk) in chunks.iter().enumerate() {
            let delay = Micros::from_millis(delays[number % delays.len()]);
            let arrival = chunk.received_at.saturating_add(delay);
            let latest = latest.entry(&chunk.port).or_insert(arrival);
            *latest = arrival.max(*latest);
            arrivals.push((*latest, number));
        }
        arrivals.sort_unstable();
        let mut pipeline = road::unordered(&traffic, limits);
        let mut outputs = Vec::new();
        for (arrival, number) in &arrivals {
            pipeline.advance(*arrival);
            let chunk = &chunks[*number];
            pipeline.receive(&chunk.port, chunk.received_at, &chunk.bytes);
            outputs.extend(std::iter::from_fn(|| pipeline.poll_output()));
            prop_assert_eq!(pipeline.poll_late(), None);
        }
        let end = end(&chunks);
        pipeline.finish(end);
        outputs.extend(std::iter::from_fn(|| pipeline.poll_output()));
        prop_assert_eq!(pipeline.poll_late(), None);
        prop_assert_eq!(&outputs, &ordered.outputs);

    }

    /// What comes behind the watermark is told as late, each of it, and all else is as if it had never
    /// come.
    #[test]
    fn what_is_later_than_stated_is_told_and_changes_nothing(
        (traffic, chunks) in road(),
        too_late in prop::collection::vec((any::<prop::sample::Index>(), 10_001..1_000_000_i64), 0..8),
    ) {
        let mut kept = run(&traffic, &chunks).inputs;
        let mut arrivals: Vec<(Micros, bool, Input)> = Vec::new();
        for (index, delay) in &too_late {
            if !kept.is_empty() {
                let input = kept.remove(index.index(kept.len()));
                let arrival = input.received_at.saturating_add(Micros::from_millis(*delay));
                arrivals.push((arrival, true, input));
            }
        }
        arrivals.extend(kept.into_iter().map(|input| (input.received_at, false, input)));
        // Stable: what was received at one moment stays in its order.
        arrivals.sort_by_key(|(arrival, late, _)| (*arrival, *late));
        let with = sequenced(&traffic, arrivals.clone());
        let late = arrivals.iter().filter(|(_, late, _)| *late).count();
        prop_assert_eq!(with.1, late);
        arrivals.retain(|(_, late, _)| !late);
        let without = sequenced(&traffic, arrivals);
        prop_assert_eq!(without.1, 0);
        prop_assert_eq!(with.0, without.0);
    }
}

/// Outputs of the carriageway behind a sequencer, and how many inputs were late.
fn sequenced(traffic: &Settings, arrivals: Vec<(Micros, bool, Input)>) -> (Vec<Output>, usize) {
    let settings = road::lane_settings(traffic);
    let ports = settings.ports.keys().map(String::as_str);
    let mut sequencer = Sequencer::new(ports, Limits::default());
    let mut carriageway = Carriageway::new(settings.clone());
    let (mut outputs, mut late) = (Vec::new(), 0);
    let mut let_out = |sequencer: &mut Sequencer| {
        while let Some(input) = sequencer.poll() {
            let now = input.received_at;
            while let Some(due) = carriageway.poll_timeout().filter(|due| *due <= now) {
                carriageway.handle_timeout(due);
            }
            carriageway.handle(&input);
        }
        outputs.extend(std::iter::from_fn(|| carriageway.poll_output()));
    };
    for (arrival, _, input) in arrivals {
        sequencer.advance(arrival);
        let_out(&mut sequencer);
        late += usize::from(sequencer.offer(input).is_some());
        let_out(&mut sequencer);
    }
    sequencer.finish();
    let_out(&mut sequencer);
    carriageway.finish();
    outputs.extend(std::iter::from_fn(|| carriageway.poll_output()));
    (outputs, late)
}

/// Outputs without the places of bytes: a message that came late moves what its port sends after it.
fn without_places(outputs: &[Output]) -> String {
    let text = format!("{outputs:?}");
    let mut kept = String::new();
    for (number, part) in text.split("offset: ").enumerate() {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        kept.push_str(if number == 0 { part } else { &part[digits..] });
    }
    kept
}

/// Two hours of traffic, taken up again at any moment from an hour before: what is recorded from then
/// on is the same as if it had been heard from the beginning.
#[test]
fn what_is_remembered_goes_back_no_further_than_recovery_reads() {
    let recovery_margin = Micros::from_seconds(3_600);
    for seed in 1..=4 {
        let traffic = Settings {
            seed,
            flow_per_hour: 250.0,
            ..Settings::demo()
        };
        let chunks = chunks(&traffic, 1_500);
        let whole = run(&traffic, &chunks);
        let last = chunks.last().unwrap().received_at;
        assert!(last.saturating_sub(chunks[0].received_at) > Micros::from_seconds(7_200));
        for minutes in [7, 33, 60] {
            let from = chunks[0]
                .received_at
                .saturating_add(Micros::from_seconds(60 * minutes));
            // The streams begin where the logs are taken up; places go on counting.
            let mut pipeline = road::pipeline(&traffic);
            let mut outputs = Vec::new();
            let cut = chunks.partition_point(|chunk| chunk.received_at < from);
            for chunk in &chunks[cut..] {
                let _ = pipeline.receive(&chunk.port, chunk.received_at, &chunk.bytes);
                outputs.extend(road::drained(&mut pipeline));
            }
            let end = end(&chunks);
            pipeline.advance(end);
            pipeline.finish(end);
            outputs.extend(road::drained(&mut pipeline));
            let since = from.saturating_add(recovery_margin);
            let recorded = |outputs: &[Output]| -> Vec<String> {
                closed(outputs)
                    .into_iter()
                    .filter(|passage| passage.weighing.received_at >= since)
                    .map(|passage| without_places(&[Output::Closed(Box::new(passage.clone()))]))
                    .collect()
            };
            let wanted = recorded(&whole.outputs);
            assert!(wanted.len() > 100, "{}", wanted.len());
            assert_eq!(
                recorded(&outputs),
                wanted,
                "seed {seed}, from minute {minutes}"
            );
        }
    }
}
