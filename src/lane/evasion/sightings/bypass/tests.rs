use super::super::tests::{SEMI, at, kinds, settings, with_axles};
use super::super::{Route, Sighting, SightingFinding, SightingSettings, Travel, examine};
use crate::passage::{EvasionKind, SignalName};
use crate::units::Micros;

#[test]
fn who_is_seen_before_and_behind_and_not_at_the_station_went_around_it() {
    let mut list = vec![
        at("晋D12345", "A", "08:00:00"),
        at("晋D12345", "B", "09:30:00"),
        at("晋B77777", "S", "08:40:00"),
    ];
    let found = examine(&list, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::Bypass, false)]);
    assert_eq!((found[0].index, found[0].other_index), (0, Some(1)));
    // The same again the next time is surer.
    let again = [
        at("晋D12345", "A", "14:00:00"),
        at("晋D12345", "B", "15:20:00"),
        at("晋B88888", "S", "14:40:00"),
    ];
    list.extend(again);
    let twice = examine(&list, &settings());
    assert_eq!(twice.len(), 2);
    assert!(twice[0].finding.certainty_per_mille > found[0].finding.certainty_per_mille);
}

#[test]
fn what_else_explains_the_gap_is_no_bypass() {
    let list = |here: Option<Sighting>| {
        let mut list = vec![
            at("晋D12345", "A", "08:00:00"),
            at("晋D12345", "B", "09:30:00"),
        ];
        list.extend(here);
        examine(&list, &settings())
    };
    // Nobody was seen at the station at all: it was not at work.
    assert_eq!(kinds(&list(None)), []);
    // It was read there.
    assert_eq!(kinds(&list(Some(at("晋D12345", "S", "08:40:00")))), []);
    // A vehicle passed unread, at a moment that fits.
    assert_eq!(kinds(&list(Some(at("", "S", "08:40:00")))), []);
    // It was misread there.
    let found = list(Some(at("晋D1234S", "S", "08:40:00")));
    assert_eq!(kinds(&found), [(EvasionKind::Bypass, true)]);
    assert_eq!(found[0].misread_of.as_deref(), Some("晋D1234S"));
    // Too slow to have come straight: it stood somewhere, or came another way.
    let slow = [
        at("晋D12345", "A", "08:00:00"),
        at("晋D12345", "B", "12:00:00"),
        at("晋B77777", "S", "08:40:00"),
    ];
    assert_eq!(kinds(&examine(&slow, &settings())), []);
}

fn later(sighting: Sighting, minutes: i64) -> Sighting {
    Sighting {
        at: sighting
            .at
            .saturating_add(Micros::from_seconds(60 * minutes)),
        ..sighting
    }
}

/// A day of trucks with these axles: 40 minutes to the station and 45 behind it; of ten one is not read.
fn traffic() -> Vec<Sighting> {
    let mut list = Vec::new();
    for number in 0..300 {
        let plate = format!("晋B{:05}", 20_000 + 7 * number);
        let minutes = 4 * number % 1_300;
        let truck = |site| with_axles(at(&plate, site, "00:00:00"), &[5_000 + 10 * (number % 40)]);
        list.push(later(truck("A"), minutes));
        let mut here = later(truck("S"), minutes + 38 + number % 5);
        here.plate = here.plate.filter(|_| number % 10 != 0);
        list.push(here);
        list.push(later(truck("B"), minutes + 83 + number % 7));
    }
    list
}

#[test]
fn unread_vehicles_with_other_axles_and_at_other_times_do_not_hide_a_bypass() {
    let mut list = traffic();
    let around = |site: &str, time: &str| with_axles(at("晋D12345", site, time), &SEMI);
    list.push(around("A", "08:00:00"));
    list.push(around("B", "10:10:00"));
    let found = examine(&list, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::Bypass, false)], "{found:?}");
    assert_eq!(found[0].plate, "晋D12345");
    let signal = found[0]
        .finding
        .signal(SignalName::UnreadMeanwhile)
        .unwrap();
    assert_eq!(signal.value, 0);
    assert!(
        found[0]
            .text_en()
            .contains("vehicles passed unread that could be it 0")
    );
    // A vehicle with these axles passed unread, at the moment at which who is read does: that was it.
    let mut unread = around("S", "08:41:00");
    unread.plate = None;
    list.push(unread);
    assert_eq!(kinds(&examine(&list, &settings())), []);
}

#[test]
fn who_is_read_at_the_station_on_other_days_can_go_around_it_today() {
    let mut list = traffic();
    let around = |site: &str, time: &str| with_axles(at("晋D12345", site, time), &SEMI);
    list.push(around("A", "18:00:00"));
    list.push(around("B", "20:10:00"));
    for (before, here, behind) in [
        ("02:00:00", "02:40:00", "03:25:00"),
        ("06:00:00", "06:40:00", "07:25:00"),
        ("10:00:00", "10:40:00", "11:25:00"),
    ] {
        list.push(around("A", before));
        list.push(around("S", here));
        list.push(around("B", behind));
    }
    let found = examine(&list, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::Bypass, false)], "{found:?}");
    assert_eq!(found[0].at.rfc3339(), "2026-11-24T18:00:00.000000Z");
}

/// Two trucks alike are missing at the station. The first must have passed at about 08:40 if it passed;
/// the second took as long as the way around.
fn two_missing() -> Vec<Sighting> {
    let mut list = traffic();
    for (plate, before, behind) in [
        ("晋D12345", "08:00:00", "09:25:00"),
        ("晋D66666", "07:50:00", "10:10:00"),
    ] {
        list.push(with_axles(at(plate, "A", before), &SEMI));
        list.push(with_axles(at(plate, "B", behind), &SEMI));
    }
    list
}

fn bypasses(list: &[Sighting]) -> Vec<String> {
    let found = examine(list, &settings());
    assert!(
        kinds(&found)
            .iter()
            .all(|(kind, _)| *kind == EvasionKind::Bypass)
    );
    found.into_iter().map(|found| found.plate).collect()
}

#[test]
fn an_unread_vehicle_is_one_vehicle() {
    let mut list = two_missing();
    // Alone the second could be the one that came at 08:40 and stood on its way behind.
    let unread = with_axles(at("", "S", "08:40:00"), &SEMI);
    let others = list
        .iter()
        .filter(|own| own.plate.as_deref() != Some("晋D12345"));
    let mut second: Vec<Sighting> = others.cloned().collect();
    second.push(unread.clone());
    let doubt = examine(&second, &settings());
    let certainty = |found: &[SightingFinding]| {
        let own = found.iter().find(|found| found.plate == "晋D66666");
        own.map_or(0, |found| found.finding.certainty_per_mille)
    };
    list.push(unread);
    let found = examine(&list, &settings());
    assert_eq!(bypasses(&list), ["晋D66666"]);
    assert!(certainty(&found) > certainty(&doubt), "{found:?} {doubt:?}");
}

#[test]
fn an_unread_vehicle_is_the_one_whose_plate_was_read_at_that_moment() {
    // It took half an hour longer than usual: on a way around, or standing behind the station.
    let mut list = traffic();
    list.push(with_axles(at("晋D12345", "A", "08:00:00"), &SEMI));
    list.push(with_axles(at("晋D12345", "B", "09:55:00"), &SEMI));
    list.push(with_axles(at("", "S", "08:40:00"), &SEMI));
    assert_eq!(bypasses(&list), Vec::<String>::new());
    // It is this one's: read at that moment, and weighed with nobody.
    list.push(with_axles(at("晋D66666", "A", "08:00:00"), &SEMI));
    list.push(at("晋D66666", "S", "08:40:01"));
    list.push(with_axles(at("晋D66666", "B", "09:25:00"), &SEMI));
    assert_eq!(bypasses(&list), ["晋D12345"]);
}

fn route(before: &str, here: &str, after: &str) -> Route {
    Route {
        before: before.to_owned(),
        here: here.to_owned(),
        after: after.to_owned(),
    }
}

fn plates(list: &[Sighting], settings: &SightingSettings) -> Vec<(EvasionKind, String)> {
    let found = examine(list, settings).into_iter();
    let found = found.filter(|found| !found.is_dismissed());
    found
        .map(|found| (found.finding.kind, found.plate))
        .collect()
}

#[test]
fn both_directions_of_a_road_can_be_looked_at_together() {
    let list = [
        at("晋D12345", "A", "08:00:00"),
        at("晋B77777", "S", "08:40:00"),
        at("晋D12345", "B", "09:30:00"),
        at("晋D66666", "B", "14:00:00"),
        at("晋B88888", "S", "14:50:00"),
        at("晋D66666", "A", "15:30:00"),
        // To and fro, both times through the station.
        at("晋D99999", "A", "08:00:00"),
        at("晋D99999", "S", "08:40:00"),
        at("晋D99999", "B", "09:30:00"),
        at("晋D99999", "S", "10:20:00"),
        at("晋D99999", "A", "11:00:00"),
    ];
    let (there, back) = (route("A", "S", "B"), route("B", "S", "A"));
    let with = |routes: &[&Route]| SightingSettings {
        routes: routes.iter().copied().cloned().collect(),
        ..settings()
    };
    let bypass = |plate: &str| (EvasionKind::Bypass, plate.to_owned());
    let both = [bypass("晋D12345"), bypass("晋D66666")];
    assert_eq!(plates(&list, &with(&[&there])), both[..1]);
    assert_eq!(plates(&list, &with(&[&back])), both[1..]);
    assert_eq!(plates(&list, &with(&[&there, &back])), both);
    // Nothing is found twice, in whatever order the routes are told and however often.
    assert_eq!(plates(&list, &with(&[&back, &there, &back, &there])), both);
}

#[test]
fn a_place_behind_the_station_on_another_road_does_not_end_the_trip() {
    let list = [
        at("晋D12345", "A", "08:00:00"),
        at("晋B77777", "S", "08:40:00"),
        at("晋D12345", "D", "08:55:00"),
        at("晋D12345", "B", "09:30:00"),
    ];
    let mut settings = settings();
    settings.travels.push(Travel {
        one: "C".to_owned(),
        other: "D".to_owned(),
        least: Micros::from_seconds(3_600),
        most: Micros::from_seconds(3 * 3_600),
    });
    settings.routes.push(route("C", "S", "D"));
    let found = examine(&list, &settings);
    assert_eq!(kinds(&found), [(EvasionKind::Bypass, false)]);
    assert_eq!((found[0].index, found[0].other_index), (0, Some(3)));
}
