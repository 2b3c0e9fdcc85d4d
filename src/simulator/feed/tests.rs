use std::collections::BTreeMap;

use firmware_protocols::Event;

use super::*;
use crate::lane::{Output, Pipeline};
use crate::simulator::settings::{DefectShares, EvasionShares, Scenario, Settings};
use crate::simulator::truth::Told;

fn feed(settings: Settings, vehicles: u64) -> Feed {
    Feed::new(Request::new(settings, Extent::Vehicles(vehicles))).unwrap()
}

fn items(feed: Feed) -> Vec<Item> {
    feed.collect::<Result<_, _>>().unwrap()
}

#[test]
fn lines_come_in_strict_order_of_time_and_tile_their_ports() {
    let feed = feed(Settings::demo(), 400);
    let ports = feed.ports().len();
    let mut offsets = vec![0; ports];
    let (mut last, mut lines) = (Micros::ZERO, 0);
    for item in items(feed) {
        if let Item::Line(line) = item {
            assert!(line.at > last && !line.bytes.is_empty());
            last = line.at;
            assert_eq!(line.offset, offsets[line.port]);
            offsets[line.port] += line.bytes.len() as u64;
            lines += 1;
        }
    }
    assert!(lines > 1_000 && offsets.iter().all(|bytes| *bytes > 0));
}

#[test]
fn every_line_is_of_whom_it_says() {
    let feed = feed(Settings::statistics(), 3_000);
    let plans = feed.ports().to_vec();
    let (mut records, mut reads) = (BTreeMap::new(), BTreeMap::new());
    let mut told = 0;
    for item in items(feed) {
        match item {
            Item::Line(line) => {
                let mut decoder = plans[line.port].decoder().unwrap();
                decoder.push(&line.bytes);
                let event = decoder.poll_event().unwrap().event;
                assert!(decoder.poll_event().is_none());
                let place = (line.port, line.offset, line.bytes.len() as u64);
                match (line.cause, event) {
                    (Cause::None, Event::Heartbeat(_)) => {}
                    (Cause::Record(vehicles), Event::Vehicle(vehicle)) => {
                        records.insert(place, (vehicles, vehicle));
                    }
                    (Cause::Read(number), Event::Plate(plate)) => {
                        reads.insert(place, (number, plate));
                    }
                    other => panic!("{other:?}"),
                }
            }
            Item::Vehicle(vehicle) => {
                told += 1;
                let Told { crossing, .. } = &*vehicle;
                assert_eq!(crossing.number, told);
                let place = |span: &Span| (span.port, span.offset, span.length);
                assert!(!vehicle.records.is_empty());
                for span in &vehicle.records {
                    // All lines were told before.
                    let (whose, said) = records.remove(&place(span)).unwrap();
                    assert_eq!(whose, [crossing.number]);
                    let sequence = crossing.records[0].measured.sequence;
                    assert_eq!(said.sequence, Some(sequence));
                }
                assert_eq!(vehicle.plate_reads.len(), crossing.plate_reads.len());
                for told in &vehicle.plate_reads {
                    let (whose, said) = reads.remove(&place(&told.span)).unwrap();
                    assert_eq!(
                        (whose, said.plate),
                        (crossing.number, told.read.plate.clone())
                    );
                }
            }
        }
    }
    assert_eq!(told, 3_000);
    assert!(records.is_empty() && reads.is_empty());
}

#[test]
fn every_vehicle_of_every_road_is_told_soon_and_in_order() {
    for scenario in Scenario::ALL {
        let settings = Settings {
            lanes: 4,
            evasion: EvasionShares::each(0.02),
            ..scenario.settings()
        };
        let mut feed = feed(settings, 20_000);
        let (mut told, mut shared) = (0, 0);
        while let Some(item) = feed.next() {
            let first = feed.vehicles.waiting.first_key_value();
            if let Some((_, (vehicle, lines))) = first.filter(|_| feed.held().1 > 300) {
                panic!("{scenario:?}: {lines} lines are missing of {vehicle:?}");
            }
            if let Item::Vehicle(vehicle) = item.unwrap() {
                told += 1;
                let crossing = &vehicle.crossing;
                assert_eq!(crossing.number, told);
                assert_eq!(crossing.weighed, !vehicle.records.is_empty());
                shared += i32::from(vehicle.records.len() > crossing.records.len());
                assert_eq!(vehicle.plate_reads.len(), crossing.plate_reads.len());
            }
        }
        assert_eq!(told, 20_000);
        assert!(shared > 50, "{shared}");
    }
}

#[test]
fn what_it_holds_does_not_grow_with_the_road() {
    let mut feed = feed(Settings::statistics(), 30_000);
    let (mut most, mut until_half) = ((0, 0), (0, 0));
    while let Some(item) = feed.next() {
        item.unwrap();
        let held = feed.held();
        most = (most.0.max(held.0), most.1.max(held.1));
        if feed.vehicles() <= 15_000 {
            until_half = most;
        }
    }
    assert_eq!(feed.held(), (0, 0));
    assert!(most.0 < 100 && most.1 < 100, "{most:?}");
    assert!(most.0 <= 2 * until_half.0 && most.1 <= 2 * until_half.1);
}

#[test]
fn the_lane_logic_takes_the_stream_as_it_comes() {
    let settings = Settings {
        defects: DefectShares::NONE,
        ..Settings::statistics()
    };
    let feed = feed(settings, 500);
    let mut pipeline = Pipeline::new(feed.lane_settings());
    let plans = feed.ports().to_vec();
    for plan in &plans {
        pipeline.add_port(&plan.name, plan.decoder().unwrap(), 0);
    }
    let mut closed = 0;
    let mut count = |pipeline: &mut Pipeline| {
        while let Some(output) = pipeline.poll_output() {
            closed += i32::from(matches!(output, Output::Closed(_)));
        }
    };
    let mut last = Micros::ZERO;
    for item in feed {
        if let Item::Line(line) = item.unwrap() {
            last = line.at;
            pipeline.receive(&plans[line.port].name, line.at, &line.bytes);
            count(&mut pipeline);
        }
    }
    pipeline.finish(last);
    count(&mut pipeline);
    assert_eq!(closed, 500);
}

#[test]
fn a_time_of_nothing_still_has_signs_of_life() {
    let settings = Settings {
        flow_per_hour: 1.0,
        ..Settings::statistics()
    };
    let extent = Extent::Time(Micros::from_seconds(60));
    let feed = Feed::new(Request::new(settings, extent)).unwrap();
    let lanes = usize::from(Settings::statistics().lanes);
    assert_eq!(items(feed).len(), 6 * lanes);
}
