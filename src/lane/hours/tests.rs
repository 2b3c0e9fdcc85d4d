use firmware_protocols::{Axle, DeviceTime, Event, Heartbeat, Plate, Reject, Vehicle};
use proptest::prelude::*;

use super::*;
use crate::lane::carriageway::{Carriageway, Finding, Output};
use crate::lane::drift::{DriftSettings, Quantity};
use crate::lane::settings::{PortRole, PortSettings, Settings};
use crate::lane::stream::Input;
use crate::units::Millimetres;

/// 2026-11-24T00:00:00Z.
const START: i64 = 1_795_478_400_000_000;
const MINUTE: i64 = 60_000_000;

fn settings() -> Settings {
    let mut settings = Settings::new("ST0001");
    settings.drift = DriftSettings {
        begin_vehicles: 40,
        reference_vehicles: 100,
        ..DriftSettings::default()
    };
    for (name, role) in [("wim-1", PortRole::Wim), ("camera-1", PortRole::Plate)] {
        let port = PortSettings {
            role,
            lane: Some(1),
            proven: true,
            protocol: "test".to_owned(),
            utc_offset: Micros::ZERO,
            unit: None,
            view: "front".to_owned(),
            device_lane: None,
            normal_direction: None,
            camera_delay: Micros::ZERO,
            camera_distance_mm: Millimetres::ZERO,
        };
        settings.ports.insert(name.to_owned(), port);
    }
    settings
}

/// A loaded six-axle truck, `spacing` between its driven axles.
fn truck(n: i64, at: i64, spacing: i64) -> Input {
    let axle = |load_kg: i64, spacing_mm| Axle {
        load_kg: Some(load_kg),
        left_kg: Some(load_kg / 2),
        right_kg: Some(load_kg - load_kg / 2),
        spacing_mm,
        ..Axle::default()
    };
    let vehicle = Vehicle {
        sequence: Some(n as u64),
        time: DeviceTime::from_micros(at - 400_000, true),
        speed_tenth_kmh: Some(600),
        axles: vec![
            axle(6_000 + n * 37 % 97 * 10, None),
            axle(8_500, Some(3_450)),
            axle(8_500, Some(spacing + n % 5 * 10 - 20)),
            axle(7_000, Some(6_800)),
            axle(7_000, Some(1_310)),
            axle(7_000, Some(1_310)),
        ],
        checked: true,
        ..Vehicle::default()
    };
    input("wim-1", at, n, Event::Vehicle(vehicle))
}

fn read(n: i64, at: i64, plate: Option<&str>) -> Input {
    let plate = Plate {
        plate: plate.map(str::to_owned),
        time: DeviceTime::from_micros(at - 450_000, true),
        checked: true,
        ..Plate::default()
    };
    input("camera-1", at, n, Event::Plate(plate))
}

fn input(port: &str, at: i64, n: i64, event: Event) -> Input {
    Input {
        port: port.to_owned(),
        received_at: Micros::new(at),
        offset: n.unsigned_abs() * 100,
        bytes: format!("{port} {n} {at}").into_bytes(),
        event,
    }
}

fn drain(carriageway: &mut Carriageway, outputs: &mut Vec<Output>) {
    while let Some(output) = carriageway.poll_output() {
        outputs.push(output);
    }
}

fn until(carriageway: &mut Carriageway, at: i64, outputs: &mut Vec<Output>) {
    while let Some(due) = carriageway
        .poll_timeout()
        .filter(|due| *due <= Micros::new(at))
    {
        carriageway.handle_timeout(due);
        drain(carriageway, outputs);
    }
}

fn run(carriageway: &mut Carriageway, inputs: &[Input], end: i64) -> Vec<Output> {
    let mut outputs = Vec::new();
    for input in inputs {
        until(carriageway, input.received_at.get(), &mut outputs);
        carriageway.handle(input);
        drain(carriageway, &mut outputs);
    }
    until(carriageway, end, &mut outputs);
    outputs
}

fn hours(outputs: &[Output]) -> Vec<Hour> {
    let hour = |output: &Output| match output {
        Output::Hour(hour) => Some(hour.as_ref().clone()),
        _ => None,
    };
    outputs.iter().filter_map(hour).collect()
}

/// What goes to the journal, but for hours: closings of vehicles that came in since a moment, and
/// findings of the hours since another.
fn others(outputs: &[Output], (came_from, from): (Micros, Micros)) -> Vec<String> {
    outputs
        .iter()
        .filter(|output| match output {
            Output::Closed(closed) => closed.weighing.received_at >= came_from,
            Output::Finding(Finding::Drift(drift)) => drift.found_at >= from,
            Output::Finding(Finding::Health(health)) => health.found_at >= from,
            _ => false,
        })
        .map(|output| format!("{output:?}"))
        .collect()
}

#[test]
fn an_hour_counts_what_came_in_it() {
    let mut carriageway = Carriageway::new(settings());
    let mut inputs = vec![input(
        "camera-1",
        START,
        0,
        Event::Heartbeat(Heartbeat::default()),
    )];
    for n in 1..=6 {
        let at = START + n * 7 * MINUTE;
        inputs.push(truck(n, at, 1_350));
        let plate = (n % 3 != 0).then_some("晋D12345");
        inputs.push(read(n, at + 100_000, plate));
    }
    inputs.push(input(
        "wim-1",
        START + 50 * MINUTE,
        7,
        Event::Rejected(Reject::Garbage),
    ));
    let outputs = run(&mut carriageway, &inputs, START + 61 * MINUTE);
    let hours = hours(&outputs);
    assert_eq!(hours.len(), 1);
    let hour = &hours[0];
    assert!(hour.whole, "its first word came with its beginning");
    assert_eq!(
        (hour.start.get(), hour.end.get()),
        (START, START + 60 * MINUTE)
    );
    let lane = &hour.lanes[0];
    assert_eq!((lane.lane, lane.weighings, lane.unfit), (1, 6, 0));
    assert_eq!(
        (lane.with_plate, lane.without_plate, lane.ambiguous),
        (4, 2, 0)
    );
    assert_eq!(
        lane.first_at,
        Some(Micros::new(START + 7 * MINUTE - 400_000))
    );
    assert_eq!(
        lane.last_at,
        Some(Micros::new(START + 42 * MINUTE - 400_000))
    );
    let [camera, wim] = &hour.ports[..] else {
        panic!("{:?}", hour.ports)
    };
    assert_eq!((camera.reads, camera.unread, camera.heartbeats), (4, 2, 1));
    assert_eq!((camera.minutes_heard, camera.periodic), (7, true));
    assert_eq!(camera.least_delay_us, Some(450_000));
    assert_eq!((wim.records, wim.rejects, wim.messages), (6, 1, 6));
    assert_eq!((wim.minutes_heard, wim.periodic), (6, false));
    assert_eq!(wim.least_delay_us, Some(400_000));
}

#[test]
fn what_closes_after_the_hour_belongs_to_the_next() {
    let mut carriageway = Carriageway::new(settings());
    let end = START + 60 * MINUTE;
    let inputs = [truck(1, end - 1_000_000, 1_350)];
    let outputs = run(&mut carriageway, &inputs, end + 61 * MINUTE);
    let hours = hours(&outputs);
    assert_eq!(hours.len(), 2);
    assert_eq!(hours[0].lanes[0].weighings, 1);
    assert_eq!(hours[0].lanes[0].without_plate, 0);
    assert_eq!(hours[1].lanes[0].weighings, 0);
    assert_eq!(hours[1].lanes[0].without_plate, 1);
    assert!(!hours[0].whole && hours[1].whole);
}

#[test]
fn closings_are_counted_before_the_hour_ends_also_when_nobody_looks_meanwhile() {
    let end = START + 60 * MINUTE;
    let mut carriageway = Carriageway::new(settings());
    let mut outputs = Vec::new();
    carriageway.handle(&truck(1, end - 20_000_000, 1_350));
    // As at the end of a recording: closing upon closing, and only then a look at the outputs.
    carriageway.handle(&truck(2, end - 5_000_000, 1_350));
    carriageway.finish();
    drain(&mut carriageway, &mut outputs);
    let hours = hours(&outputs);
    assert_eq!(hours.len(), 1);
    assert_eq!(hours[0].lanes[0].without_plate, 1);
}

#[test]
fn a_station_that_hears_nothing_for_days_stops_making_records() {
    let mut carriageway = Carriageway::new(settings());
    let day = 24 * 60 * MINUTE;
    let inputs = [
        truck(1, START + MINUTE, 1_350),
        truck(2, START + 4_000 * day, 1_350),
    ];
    let outputs = run(&mut carriageway, &inputs, START + 4_000 * day + 61 * MINUTE);
    let hours = hours(&outputs);
    assert_eq!(hours.len(), 1 + 48 + 1);
    assert_eq!(hours[48].silent_hours, 48);
    let last = &hours[49];
    assert_eq!(last.start.get(), START + 4_000 * day);
    assert_eq!((last.silent_hours, last.lanes[0].weighings), (0, 1));
}

#[test]
fn a_drift_is_carried_by_the_weighings_of_the_hours_after_it() {
    let mut carriageway = Carriageway::new(settings());
    let drifting = |n: i64| if n < 150 { 1_350 } else { 1_400 };
    let inputs: Vec<Input> = (1..400)
        .map(|n| truck(n, START + n * MINUTE, drifting(n)))
        .collect();
    let outputs = run(&mut carriageway, &inputs, START + 420 * MINUTE);
    let found = outputs.iter().find_map(|output| match output {
        Output::Finding(Finding::Drift(drift)) => Some(drift.clone()),
        _ => None,
    });
    let found = found.unwrap();
    assert_eq!((found.lane, found.quantity), (1, Quantity::TandemSpacing));
    assert!((30..=45).contains(&found.size_per_mille), "{found:?}");
    let hours = hours(&outputs);
    let first = hours
        .iter()
        .position(|hour| hour.lanes[0].drift_basis_points.is_some())
        .unwrap();
    assert!(found.found_at < hours[first].end);
    assert_eq!(hours[first].lanes[0].drifts[0].since, found.since);
    for output in &outputs {
        let Output::Weighed(weighing) = output else {
            continue;
        };
        let before = hours.iter().rfind(|hour| hour.end <= weighing.received_at);
        assert_eq!(
            weighing.drift_basis_points,
            before.and_then(|hour| hour.lanes[0].drift_basis_points)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A station that was stopped and started at any moment, any number of times, has the hours,
    /// closings and findings of one that ran through.
    #[test]
    fn restarts_change_no_hour(
        gaps in prop::collection::vec(1_i64..9 * MINUTE, 200..400),
        unread in prop::collection::vec(any::<bool>(), 400),
        drift_from in 0_usize..400,
        restarts in prop::collection::vec(0_usize..400, 0..4),
    ) {
        let mut at = START + 17 * MINUTE;
        let mut inputs = Vec::new();
        for (n, gap) in gaps.iter().enumerate() {
            at += gap;
            let spacing = if n < drift_from { 1_350 } else { 1_420 };
            let number = n as i64;
            inputs.push(truck(number, at, spacing));
            at += 1_000;
            if !unread[n] {
                inputs.push(read(number, at, Some(["晋D12345", "晋D54321"][n % 2])));
            }
        }
        let end = at + 61 * MINUTE;
        let whole = run(&mut Carriageway::new(settings()), &inputs, end);
        let whole_hours = hours(&whole);
        prop_assert!(whole_hours.len() > 3);

        let mut live_hours: Vec<Hour> = Vec::new();
        let mut position = 0;
        let mut earliest = Micros::ZERO;
        let mut stops: Vec<usize> = restarts.iter().map(|n| n % inputs.len()).collect();
        stops.sort_unstable();
        stops.push(inputs.len());
        for stop in stops {
            let mut carriageway = Carriageway::new(settings());
            // Inputs from an hour before the end of the record on.
            let mut from = Micros::ZERO;
            let mut resumed = Micros::ZERO;
            if let Some(last) = live_hours.iter().rfind(|hour| hour.end <= earliest) {
                // Through its journal entry, as after a restart.
                let text = serde_json::to_string(last).unwrap();
                carriageway.resume_hour(serde_json::from_str(&text).unwrap());
                resumed = last.end;
                from = last.end.saturating_sub(HOUR);
            }
            let replayed: Vec<Input> = inputs[..stop.max(position)]
                .iter()
                .filter(|input| input.received_at >= from)
                .cloned()
                .collect();
            position = stop.max(position);
            let until = if position == inputs.len() {
                end
            } else {
                inputs[position].received_at.get() - 1
            };
            let outputs = run(&mut carriageway, &replayed, until);
            let later = hours(&outputs);
            prop_assert!(later.iter().all(|hour| hour.start >= resumed));
            let until = Micros::new(until);
            let mine = others(&outputs, (earliest, resumed));
            let its: Vec<String> = others(&whole, (earliest, resumed))
                .into_iter()
                .take(mine.len())
                .collect();
            prop_assert_eq!(mine, its, "until {}", until);
            // One that is recorded comes out again as it is.
            live_hours.retain(|hour| hour.end <= resumed);
            live_hours.extend(later);
            // What recovery goes back to: the oldest weighing without a closing, or the latest one.
            let closed: Vec<&str> = outputs
                .iter()
                .filter_map(|output| match output {
                    Output::Closed(closed) => Some(closed.weighing.passage_id.as_str()),
                    _ => None,
                })
                .collect();
            let weighed = outputs.iter().filter_map(|output| match output {
                Output::Weighed(weighing) => Some(weighing),
                _ => None,
            });
            let open = |id: &str| !closed.contains(&id);
            let latest = weighed.clone().map(|weighing| weighing.received_at).max();
            let oldest = weighed
                .filter(|weighing| open(&weighing.passage_id))
                .map(|weighing| weighing.received_at)
                .min();
            earliest = [latest, oldest].into_iter().flatten().min().unwrap_or(earliest);
        }
        prop_assert_eq!(live_hours, whole_hours);
    }
}
