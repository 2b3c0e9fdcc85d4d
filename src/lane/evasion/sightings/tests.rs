use super::*;
use crate::passage::{EvasionKind, SignalName};
use crate::plate::PlateColour;

const DAY: &str = "2026-11-24T";

pub(super) fn at(plate: &str, site: &str, time: &str) -> Sighting {
    Sighting {
        plate: (!plate.is_empty()).then(|| plate.to_owned()),
        site: site.to_owned(),
        at: Micros::from_rfc3339(&format!("{DAY}{time}Z")).unwrap(),
        colour: None,
        confidence: None,
        reads: None,
        axles: None,
        spacings_mm: Vec::new(),
        gross_kg: None,
    }
}

pub(super) fn twice(sighting: Sighting) -> Sighting {
    Sighting {
        reads: Some(2),
        ..sighting
    }
}

pub(super) fn settings() -> SightingSettings {
    let travel = |one: &str, other: &str, minutes: i64| Travel {
        one: one.to_owned(),
        other: other.to_owned(),
        least: Micros::from_seconds(60 * minutes),
        most: Micros::from_seconds(180 * minutes),
    };
    SightingSettings {
        travels: vec![
            travel("A", "B", 60),
            travel("A", "S", 20),
            travel("S", "B", 35),
        ],
        routes: vec![Route {
            before: "A".to_owned(),
            here: "S".to_owned(),
            after: "B".to_owned(),
        }],
        ..SightingSettings::default()
    }
}

pub(super) fn kinds(findings: &[SightingFinding]) -> Vec<(EvasionKind, bool)> {
    findings
        .iter()
        .map(|found| (found.finding.kind, found.is_dismissed()))
        .collect()
}

#[test]
fn one_plate_at_two_places_too_soon_is_two_vehicles() {
    let list = [
        twice(at("晋D12345", "A", "08:00:00")),
        twice(at("晋D12345", "B", "08:20:00")),
    ];
    let found = examine(&list, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
    assert!(found[0].finding.certainty_per_mille > 950, "{found:?}");
    assert_eq!((found[0].index, found[0].other_index), (1, Some(0)));
    let (zh, en) = (found[0].text_zh(), found[0].text_en());
    assert!(zh.contains("两次记录间隔1200 s（界限3600 s）"), "{zh}");
    assert!(en.starts_with("Plate 晋D12345: Another vehicle bears the same number"));
    // An hour and a minute later it has simply driven there.
    let list = [list[0].clone(), twice(at("晋D12345", "B", "09:01:00"))];
    assert_eq!(kinds(&examine(&list, &settings())), []);
    // Nothing is known of the way to C.
    let list = [list[0].clone(), twice(at("晋D12345", "C", "08:00:01"))];
    assert_eq!(kinds(&examine(&list, &settings())), []);
}

#[test]
fn a_misread_of_a_plate_that_was_under_way_is_no_clone_and_says_whose_it_was() {
    let other = "晋D1234S";
    let list = [
        at("晋D12345", "A", "08:00:00"),
        at("晋D12345", "B", "08:20:00"),
        at(other, "A", "07:15:00"),
    ];
    let found = examine(&list, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, true)]);
    assert_eq!(found[0].misread_of.as_deref(), Some(other));
    assert!(found[0].text_en().contains("misreading of 晋D1234S"));
    assert!(found[0].text_zh().contains("误识"));
    // The other one was elsewhere: then it can't have been misread at B.
    let mut elsewhere = list.clone();
    elsewhere[2] = at(other, "A", "08:15:00");
    let found = examine(&elsewhere, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
    // Nor can a two-axle truck have been the six-axle one.
    let mut axles = list;
    axles[1].axles = Some(6);
    axles[0].axles = Some(6);
    axles[2].axles = Some(2);
    let found = examine(&axles, &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
}

#[test]
fn contradictions_again_and_again_are_not_all_misreads() {
    let pair = |hour: u32| {
        [
            at("晋D12345", "A", &format!("{hour:02}:00:00")),
            at("晋D12345", "B", &format!("{hour:02}:20:00")),
        ]
    };
    let once = examine(&pair(8), &settings());
    let often: Vec<Sighting> = [8, 12, 16].into_iter().flat_map(pair).collect();
    let often = examine(&often, &settings());
    assert_eq!(often.len(), 3);
    let certainty = |found: &[SightingFinding]| found[0].finding.certainty_per_mille;
    assert!(certainty(&often) > certainty(&once));
    assert!(certainty(&often) > 990);
}

pub(super) fn with_axles(sighting: Sighting, spacings_mm: &[i64]) -> Sighting {
    Sighting {
        spacings_mm: spacings_mm.to_vec(),
        ..sighting
    }
}

pub(super) const SEMI: [i64; 5] = [3_450, 1_360, 6_550, 1_310, 1_310];

/// Four days at the station with these axles, then a fifth with others.
fn history(last: &[i64]) -> Vec<Sighting> {
    let mut all: Vec<Sighting> = (1..=4)
        .map(|hour| with_axles(at("晋D12345", "S", &format!("0{hour}:00:00")), &SEMI))
        .collect();
    all.push(twice(with_axles(at("晋D12345", "S", "09:00:00"), last)));
    all
}

#[test]
fn an_axle_less_in_the_group_is_a_lifted_one() {
    for lifted in [
        [3_450, 1_360, 6_550, 2_620].as_slice(),
        &[3_450, 1_360, 7_860, 1_310],
        &[3_450, 1_360, 6_550, 1_310],
        &[3_470, 7_960, 1_320, 1_320],
    ] {
        let found = examine(&history(lifted), &settings());
        assert_eq!(
            kinds(&found),
            [(EvasionKind::LiftAxle, false)],
            "{lifted:?}"
        );
        assert_eq!(found[0].index, 4);
        let axles = found[0].finding.signal(SignalName::HistoryAxles).unwrap();
        assert_eq!(axles.value, 6);
    }
    assert_eq!(kinds(&examine(&history(&SEMI), &settings())), []);
}

#[test]
fn another_vehicle_under_the_plate_is_a_clone_and_another_trailer_is_not() {
    let found = examine(&history(&[5_600]), &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
    let found = examine(&history(&[4_100, 1_280, 6_900, 1_310, 1_310]), &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
    // The same tractor before a trailer of two axles.
    let found = examine(&history(&[3_450, 1_360, 7_200, 1_820]), &settings());
    assert_eq!(kinds(&found), []);
}

#[test]
fn one_text_in_two_colours_is_two_plates() {
    let coloured = |site, time, colour| Sighting {
        colour: Some(colour),
        ..twice(at("晋D12345", site, time))
    };
    let list = |other| {
        [
            coloured("A", "08:00:00", PlateColour::Yellow),
            coloured("B", "08:20:00", other),
        ]
    };
    assert_eq!(kinds(&examine(&list(PlateColour::Blue), &settings())), []);
    let found = examine(&list(PlateColour::Yellow), &settings());
    assert_eq!(kinds(&found), [(EvasionKind::PlateCloned, false)]);
}

#[test]
fn a_look_alike_explains_a_sighting_only_if_it_was_under_way_itself() {
    let pair = [
        at("晋D12345", "A", "08:00:00"),
        at("晋D12345", "B", "08:20:00"),
    ];
    let with = |others: &[Sighting]| {
        let list: Vec<Sighting> = pair.iter().chain(others).cloned().collect();
        kinds(&examine(&list, &settings()))
    };
    let clone = [(EvasionKind::PlateCloned, false)];
    // Under way, and on another day's half.
    assert!(with(&[at("晋D1234S", "A", "07:15:00")])[0].1);
    assert_eq!(with(&[at("晋D1234S", "A", "01:15:00")]), clone);
    // Three characters are not misread at once.
    assert_eq!(with(&[at("晋DIZ34S", "A", "07:15:00")]), clone);
    // The plate in question is read again and again, the other once: that is its own misreading.
    let more = [
        at("晋D12345", "A", "07:58:00"),
        at("晋D12345", "B", "08:24:00"),
        at("晋D1234S", "A", "07:15:00"),
    ];
    assert!(with(&more).iter().all(|(_, dismissed)| !dismissed));
}

#[test]
fn a_pattern_turned_round_is_the_vehicle_against_the_lane() {
    let mut turned = [4_000, 1_350, 7_000, 1_310];
    let own: Vec<Sighting> = (1..=4)
        .map(|hour| with_axles(at("晋D12345", "S", &format!("0{hour}:00:00")), &turned))
        .collect();
    turned.reverse();
    let mut list = own;
    list.push(with_axles(at("晋D12345", "S", "09:00:00"), &turned));
    assert_eq!(kinds(&examine(&list, &settings())), []);
}

#[test]
fn the_order_of_the_list_does_not_matter_to_what_is_found() {
    let list = history(&[5_600]);
    let turned: Vec<Sighting> = list.iter().rev().cloned().collect();
    let (one, other) = (examine(&list, &settings()), examine(&turned, &settings()));
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.finding, other.finding);
        assert_eq!(list[one.index], turned[other.index]);
    }
}

#[test]
fn a_line_says_what_it_may_and_refuses_what_it_does_not_know() {
    let line = r#"{"plate":"晋D12345","site":"A","at":"2026-11-24T08:00:00+08:00","axles":6}"#;
    let sighting: Sighting = serde_json::from_str(line).unwrap();
    assert_eq!(sighting.at.rfc3339(), "2026-11-24T00:00:00.000000Z");
    assert_eq!(sighting.axle_count(), Some(6));
    for colour in PlateColour::ALL {
        let name = colour.name();
        let line = format!(r#"{{"site":"A","at":"2026-11-24T08:00:00Z","colour":"{name}"}}"#);
        let sighting: Sighting = serde_json::from_str(&line).unwrap();
        assert_eq!(sighting.colour, Some(colour));
    }
    for wrong in [
        r#"{"plate":"x","site":"A","at":"yesterday"}"#,
        r#"{"plate":"x","at":"2026-11-24T08:00:00Z"}"#,
        r#"{"site":"A","at":"2026-11-24T08:00:00Z","lane":1}"#,
        r#"{"plate":"晋D12345","site":"A","at":"2026-11-24T08:00:00Z","colour":"黄"}"#,
        r#"{"plate":"晋D12345","site":"A","at":"2026-11-24T08:00:00Z","colour":"red"}"#,
    ] {
        assert!(serde_json::from_str::<Sighting>(wrong).is_err(), "{wrong}");
    }
}
