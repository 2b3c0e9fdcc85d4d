use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::casework::case_file::{PenaltyTrack, case_id};
use crate::casework::host_clock::{HostClockState, tests::synchronised};
use crate::casework::standing::{CheckMethod, EnforcementOff, OffReason, ShiftCheck, Shown};
use crate::passage::{
    Association, AxleLoad, Candidate, EvasionFinding, EvasionKind, PassageKind, PlateRead,
    RawBytes, TakenPicture, Weighing,
};
use crate::units::Millimetres;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn raw(port: &str) -> RawBytes {
    RawBytes {
        port: port.into(),
        offset: 0,
        length: 4,
        received_at: Micros::from_rfc3339("2025-03-14T08:15:27.9Z").unwrap(),
        sha256: "0".repeat(64),
        base64: "AAAAAA==".into(),
    }
}

/// A passage with every link in place, 6 axles, 57.17 t on 49 t.
pub(in crate::casework) fn sample() -> (ClosedPassage, Judgement, Site) {
    let crossed_at = Micros::from_rfc3339("2025-03-14T08:15:27.318Z").unwrap();
    let axle = |load: i64, spacing: Option<i64>| AxleLoad {
        load_kg: Kilograms::new(load),
        left_kg: None,
        right_kg: None,
        spacing_mm: spacing.map(Millimetres::new),
        ..AxleLoad::default()
    };
    let read = PlateRead {
        plate: Some("晋A12345".into()),
        colour: Some("yellow".into()),
        confidence: Some(97),
        lane: 1,
        seen_at: crossed_at,
        time_vouched: true,
        checked: true,
        raw: raw("cam-1"),
    };
    let passage = ClosedPassage {
        weighing: Weighing {
            passage_id: "ST0042.wim-1.20250314T081527318Z.7".into(),
            station: "ST0042".into(),
            port: "wim-1".into(),
            protocol: "olr".into(),
            lane: 1,
            kind: PassageKind::Dynamic,
            sequence: Some(7),
            device_time: None,
            crossed_at,
            received_at: crossed_at,
            direction: None,
            speed_tenth_kmh: None,
            acceleration_tenth_ms2: None,
            length_mm: None,
            gross_kg: Kilograms::new(57_170),
            axles: vec![
                axle(6_170, None),
                axle(10_000, Some(3_600)),
                axle(11_000, Some(1_350)),
                axle(10_000, Some(7_000)),
                axle(10_000, Some(1_310)),
                axle(10_000, Some(1_310)),
            ],
            partial_axles: Vec::new(),
            flags: vec![],
            weight_trusted: true,
            agreeing_frames: None,
            drift_basis_points: None,
            raw: raw("wim-1"),
        },
        closed_at: crossed_at.saturating_add(Micros::from_seconds(10)),
        association: Association {
            state: PlateState::Matched,
            residual_us: Some(1_000),
            agreeing_cameras: 1,
            chosen: Some(read),
            ..Association::missing(vec![Candidate {
                plate: Some("晋A12345".into()),
                residual_us: 1_000,
                port: "cam-1".into(),
                offset: 0,
            }])
        },
        evasion: Vec::new(),
        pictures: vec![TakenPicture {
            port: "pic-1".into(),
            view: "front".into(),
            taken_at: crossed_at,
            sha256: "a".repeat(64),
        }],
        linked: None,
    };
    let judgement = Judgement {
        table_in_force: true,
        hypothetical: false,
        class: Some(VerdictClass::Overloaded),
        enforcement_kg: Some(Kilograms::new(54_447)),
        limit_kg: Some(Kilograms::new(49_000)),
        overage_kg: Some(Kilograms::new(5_447)),
        overage_percent: Some("11.12".into()),
        transport_yuan: Some(Yuan::new(2_500)),
        risk_too_high: false,
        verdict: json!({"class": "overloaded", "derivation": []}),
        assessment: Value::Null,
    };
    let site = Site {
        scale_use: ScaleUse::OffSite,
        certificate: Some(Certificate {
            number: "JL-2024-1".into(),
            valid_from: day("2024-06-01"),
            valid_until: day("2025-05-31"),
        }),
        approved: Some(day("2024-01-01")),
        published: Some(day("2024-02-01")),
        needs_review: false,
        reviewed: None,
    };
    (passage, judgement, site)
}

struct Fixture {
    passage: ClosedPassage,
    judgement: Judgement,
    site: Site,
    plate_is_valid: bool,
    clocks_compared: bool,
    record_conflict: bool,
    standing: Standing,
    settings: OpeningSettings,
}

impl Fixture {
    fn new() -> Self {
        let (passage, judgement, site) = sample();
        let received_at = passage.weighing.received_at;
        Self {
            passage,
            judgement,
            site,
            plate_is_valid: true,
            clocks_compared: true,
            record_conflict: false,
            standing: Standing {
                host_clock: Some(synchronised(received_at)),
                ..Standing::default()
            },
            settings: OpeningSettings::default(),
        }
    }

    fn decide(&self, open_case: Option<&CaseFile>) -> Opening {
        let circumstances = Circumstances {
            passage: &self.passage,
            judgement: &self.judgement,
            site: &self.site,
            plate_is_valid: self.plate_is_valid,
            clocks_compared: self.clocks_compared,
            record_conflict: self.record_conflict,
            standing: &self.standing,
        };
        decide(&circumstances, open_case, &self.settings)
    }
}

/// Takes one link away.
fn break_link(fixture: &mut Fixture, reason: WithheldReason) {
    let association = &mut fixture.passage.association;
    match reason {
        WithheldReason::VerdictNotOverloaded => fixture.judgement.class = Some(VerdictClass::Clear),
        WithheldReason::VerdictWarningOnly => fixture.judgement.class = Some(VerdictClass::Warning),
        WithheldReason::VerdictUndetermined => fixture.judgement.class = None,
        WithheldReason::NoTableInForce => fixture.judgement.table_in_force = false,
        WithheldReason::Hypothetical => fixture.judgement.hypothetical = true,
        WithheldReason::RiskTooHigh => fixture.judgement.risk_too_high = true,
        WithheldReason::PlateMissing => {
            association.state = PlateState::Missing;
            association.chosen = None;
        }
        WithheldReason::PlateAmbiguous => association.state = PlateState::Ambiguous,
        WithheldReason::PlateInvalid => fixture.plate_is_valid = false,
        WithheldReason::PlateBytesUntrusted => {
            association.chosen.as_mut().unwrap().checked = false;
        }
        WithheldReason::OneReadUnconfirmed => {
            fixture.settings.single_read = SingleRead::Withhold;
        }
        WithheldReason::WeightBytesUntrusted => fixture.passage.weighing.weight_trusted = false,
        WithheldReason::PictureMissing => fixture.passage.pictures.clear(),
        WithheldReason::CertificateMissing => fixture.site.certificate = None,
        WithheldReason::CertificateExpired => {
            fixture.site.certificate.as_mut().unwrap().valid_until = day("2025-03-13");
        }
        WithheldReason::SiteNotApproved => fixture.site.approved = Some(day("2025-03-15")),
        WithheldReason::SiteNotPublished => fixture.site.published = None,
        WithheldReason::SiteNotReviewed => {
            fixture.site.needs_review = true;
            fixture.site.reviewed = Some(day("2025-03-15"));
        }
        WithheldReason::ClockUnsynchronised => fixture.clocks_compared = false,
        WithheldReason::ClockErrorTooLarge => {
            let clock = fixture.standing.host_clock.as_mut().unwrap();
            clock.maximum_error_us = Some(2_100_000);
        }
        WithheldReason::ClockStateUnknown => {
            let clock = fixture.standing.host_clock.as_mut().unwrap();
            clock.state = HostClockState::Unknown;
        }
        WithheldReason::HardFlag => fixture.passage.weighing.flags.push(Flag::Straddling),
        WithheldReason::Evasion => fixture.passage.evasion.push(EvasionFinding {
            kind: EvasionKind::Straddling,
            certainty_per_mille: 990,
            signals: Vec::new(),
            partner: None,
            vehicles: Vec::new(),
        }),
        WithheldReason::ScaleIsPreSelection => fixture.site.scale_use = ScaleUse::PreSelection,
        WithheldReason::RecordConflict => fixture.record_conflict = true,
        WithheldReason::EnforcementOff => {
            let since = fixture.passage.weighing.crossed_at;
            fixture.standing.enforcement_off = Some(EnforcementOff {
                lane: 1,
                since,
                at: since,
                reason: OffReason::Drift,
                note: None,
            });
        }
        WithheldReason::ShiftCheckMissing => {
            fixture.site.scale_use = ScaleUse::Platform;
            fixture.settings.shift.required = true;
        }
        WithheldReason::ShiftCheckFailed => {
            fixture.site.scale_use = ScaleUse::Platform;
            fixture.settings.shift.required = true;
            let shown = Shown {
                method: CheckMethod::KnownTruck,
                zero_shown_kg: Kilograms::ZERO,
                reference_kg: Kilograms::new(31_020),
                reference: "晋D00001".into(),
                shown_kg: Kilograms::new(31_440),
            };
            let at = fixture.passage.weighing.crossed_at;
            let rules = fixture.settings.shift;
            let check = ShiftCheck::judge(&rules, 1, (at, "li"), shown, None);
            fixture.standing.shift_check = Some(check);
        }
    }
}

#[test]
fn a_whole_chain_opens_a_case() {
    let fixture = Fixture::new();
    let Opening::Open(case) = fixture.decide(None) else {
        panic!("no case")
    };
    assert_eq!(case.case_id, case_id("ST0042.wim-1.20250314T081527318Z.7"));
    assert_eq!(case.state, CaseState::AwaitingFirstReview);
    assert_eq!(case.computed_yuan, Some(Yuan::new(2_500)));
    assert_eq!(case.act_at, fixture.passage.weighing.crossed_at);
    assert_eq!(case.tracks.vehicle.party.as_deref(), Some("晋A12345"));
    let unknown = PenaltyTrack::unknown();
    assert_eq!(case.tracks.driver, unknown);
    assert_eq!(case.axles.len(), 6);
    crate::evidence::canonical::to_text(&case.opening_body()).unwrap();
}

#[test]
fn each_missing_link_alone_withholds_the_case_by_its_own_name() {
    for reason in WithheldReason::ALL {
        let mut fixture = Fixture::new();
        break_link(&mut fixture, reason);
        assert_eq!(fixture.decide(None), Opening::None(vec![reason]));
    }
}

#[test]
fn a_second_camera_stands_in_for_a_check_but_the_same_one_does_not() {
    let mut fixture = Fixture::new();
    break_link(&mut fixture, WithheldReason::PlateBytesUntrusted);
    let repeat = fixture.passage.association.candidates[0].clone();
    fixture.passage.association.candidates.push(repeat.clone());
    assert!(!fixture.decide(None).is_enforceable());
    fixture.passage.association.candidates.push(Candidate {
        port: "cam-9".into(),
        ..repeat
    });
    assert!(fixture.decide(None).is_enforceable());
    fixture.passage.association.candidates[2].plate = Some("晋A12346".into());
    assert!(!fixture.decide(None).is_enforceable());
}

#[test]
fn one_read_opens_a_case_that_says_so_or_none_and_two_confirm_each_other() {
    let mut fixture = Fixture::new();
    let unconfirmed = |opening: Opening| match opening {
        Opening::Open(case) => Ok(case.plate_unconfirmed),
        Opening::None(reasons) => Err(reasons),
        Opening::Attach { .. } => panic!("there is no case to join"),
    };
    assert_eq!(unconfirmed(fixture.decide(None)), Ok(true));
    fixture.settings.single_read = SingleRead::Withhold;
    let reason = vec![WithheldReason::OneReadUnconfirmed];
    assert_eq!(unconfirmed(fixture.decide(None)), Err(reason));
    fixture.passage.association.agreeing_cameras = 2;
    assert_eq!(unconfirmed(fixture.decide(None)), Ok(false));
    fixture.settings.single_read = SingleRead::Reviewer;
    assert_eq!(unconfirmed(fixture.decide(None)), Ok(false));
}

#[test]
fn a_warning_opens_a_case_only_where_the_station_wants_it() {
    let mut fixture = Fixture::new();
    fixture.judgement.class = Some(VerdictClass::Warning);
    assert!(!fixture.decide(None).is_enforceable());
    fixture.settings.case_for_warning = true;
    assert!(matches!(fixture.decide(None), Opening::Open(_)));
}

#[test]
fn certificate_and_approval_hold_on_their_first_and_last_day() {
    let mut fixture = Fixture::new();
    let today = day("2025-03-14");
    fixture.site.certificate = Some(Certificate {
        number: "1".into(),
        valid_from: today,
        valid_until: today,
    });
    fixture.site.approved = Some(today);
    fixture.site.published = Some(today);
    assert!(fixture.decide(None).is_enforceable());
}

#[test]
fn the_same_plate_within_the_window_joins_the_case() {
    let fixture = Fixture::new();
    let Opening::Open(case) = fixture.decide(None) else {
        panic!("no case")
    };
    let mut later = Fixture::new();
    let window = later.settings.act_window;
    later.passage.weighing.passage_id = "ST0042.scale.x".into();
    later.passage.weighing.crossed_at = case.act_at.saturating_add(window);
    let attach = Opening::Attach {
        case_id: case.case_id.clone(),
        withheld: vec![],
    };
    assert_eq!(later.decide(Some(&case)), attach);

    later.passage.weighing.crossed_at = case
        .act_at
        .saturating_add(window)
        .saturating_add(Micros::new(1));
    assert!(
        matches!(later.decide(Some(&case)), Opening::Open(_)),
        "after the window"
    );

    later.passage.weighing.crossed_at = case.act_at;
    let mut discarded = case.clone();
    discarded.state = CaseState::Discarded;
    assert!(
        matches!(later.decide(Some(&discarded)), Opening::Open(_)),
        "discarded"
    );

    later.passage.association.chosen.as_mut().unwrap().plate = Some("晋B12345".into());
    assert!(
        matches!(later.decide(Some(&case)), Opening::Open(_)),
        "another plate"
    );
}

#[test]
fn the_legal_weighing_joins_the_case_even_when_it_speaks_for_the_party() {
    let fixture = Fixture::new();
    let Opening::Open(case) = fixture.decide(None) else {
        panic!("no case")
    };
    let mut platform = Fixture::new();
    platform.passage.weighing.kind = PassageKind::Platform;
    platform.passage.weighing.crossed_at = case.act_at.saturating_add(Micros::SECOND);
    platform.judgement.class = Some(VerdictClass::Clear);
    let reasons = vec![WithheldReason::VerdictNotOverloaded];
    let attached = Opening::Attach {
        case_id: case.case_id.clone(),
        withheld: reasons.clone(),
    };
    assert_eq!(platform.decide(Some(&case)), attached);
    assert!(!attached.is_enforceable());
    assert_eq!(platform.decide(None), Opening::None(reasons.clone()));
    // A second reading in motion that says the same is no legal weighing.
    platform.passage.weighing.kind = PassageKind::Dynamic;
    assert_eq!(platform.decide(Some(&case)), Opening::None(reasons));
}

#[test]
fn an_attached_passage_is_part_of_the_case_read_back() {
    let fixture = Fixture::new();
    let Opening::Open(case) = fixture.decide(None) else {
        panic!("no case")
    };
    let mut later = Fixture::new();
    later.passage.weighing.passage_id = "ST0042.scale.x".into();
    let bodies = [
        case.opening_body(),
        CaseFile::attaching_body(&later.passage, &later.judgement),
        CaseFile::attaching_body(&later.passage, &later.judgement),
    ];
    let read = CaseFile::from_bodies(&bodies).unwrap();
    assert_eq!(read.passages.len(), 2, "once, though told twice");
    assert_eq!(read.passages[1].passage_id, "ST0042.scale.x");
    assert_eq!(CaseFile::from_bodies(&bodies[1..]), None);
}

proptest! {
    /// Whatever else is wrong, a broken link is always named, and nothing that is whole is.
    #[test]
    fn reasons_are_exactly_the_broken_links(broken in proptest::sample::subsequence(
        WithheldReason::ALL.to_vec(), 0..=WithheldReason::ALL.len(),
    )) {
        let mut fixture = Fixture::new();
        for reason in &broken {
            // The plate's, the certificate's and the scale's states exclude each other; the first one
            // stands.
            let chosen = fixture.passage.association.chosen.is_some();
            let certificate = fixture.site.certificate.is_some();
            match reason {
                WithheldReason::PlateBytesUntrusted if !chosen => {}
                WithheldReason::CertificateExpired if !certificate => {}
                WithheldReason::ShiftCheckMissing | WithheldReason::ShiftCheckFailed
                    if fixture.site.scale_use == ScaleUse::PreSelection => {}
                reason => break_link(&mut fixture, *reason),
            }
        }
        match fixture.decide(None) {
            Opening::None(reasons) => {
                prop_assert!(!broken.is_empty());
                prop_assert!(reasons.is_sorted());
                for reason in &reasons {
                    prop_assert!(broken.contains(reason), "{reason:?} named without cause");
                }
                for independent in [
                    WithheldReason::Hypothetical, WithheldReason::NoTableInForce,
                    WithheldReason::WeightBytesUntrusted, WithheldReason::PictureMissing,
                    WithheldReason::SiteNotApproved, WithheldReason::SiteNotPublished,
                    WithheldReason::ClockUnsynchronised, WithheldReason::HardFlag,
                    WithheldReason::ScaleIsPreSelection, WithheldReason::RecordConflict,
                    WithheldReason::EnforcementOff,
                ] {
                    prop_assert_eq!(broken.contains(&independent), reasons.contains(&independent));
                }
            }
            _ => prop_assert!(broken.is_empty()),
        }
    }
}
