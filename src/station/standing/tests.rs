use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::casework::standing::{CheckMethod, ENFORCEMENT_ON, SHIFT_CHECK, Shown, on_body};
use crate::casework::{HostClockState, WithheldReason};
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::lane::drift::Quantity;
use crate::law::LawTables;
use crate::passage::{
    Association, AxleLoad, Candidate, ClosedPassage, PassageKind, PlateRead, PlateState, RawBytes,
    TakenPicture,
};
use crate::station::judge;
use crate::store::StoreSettings;
use crate::store::records::CaseEffect;
use crate::units::{Kilograms, Millimetres};

pub(in crate::station) fn at(seconds: i64) -> Micros {
    Micros::from_seconds(1_795_478_400 + seconds)
}

pub(in crate::station) fn config(folder: &Path) -> Config {
    let text = format!(
        r#"
        [station]
        code = "ST0001"
        name = "x"
        data_dir = "{}"
        [shift]
        check_required = true
        [host_clock]
        source = "none"
        unknown = "allow"
        [[lane]]
        number = 1
        name = "入站一道"
        scale_use = "off_site"
        accuracy_class = "5"
        site_approved = "2026-01-10"
        site_published = "2026-02-01"
        certificate = {{ number = "JL-1", valid_from = "2026-01-05", valid_until = "2027-01-04" }}
        [[lane]]
        number = 2
        name = "静态磅"
        scale_use = "platform"
        accuracy_class = "III"
        scale_interval_kg = 20
        site_approved = "2026-01-10"
        site_published = "2026-02-01"
        certificate = {{ number = "JL-2", valid_from = "2026-01-05", valid_until = "2027-01-04" }}
        "#,
        folder.display()
    );
    Config::parse(&text, Path::new("station.toml")).unwrap()
}

pub(in crate::station) async fn store(folder: &Path) -> Store {
    let settings = StoreSettings::in_folder(folder, "ST0001");
    let clock = Arc::new(SystemClock::new());
    Store::open(settings, clock, Arc::new(SystemEntropy))
        .await
        .unwrap()
}

/// An overloaded six-axle truck with plate and picture: every link holds.
pub(in crate::station) fn passage(lane: u16, second: i64) -> ClosedPassage {
    let axle = |kg: i64, mm: Option<i64>| AxleLoad {
        load_kg: Kilograms::new(kg),
        left_kg: None,
        right_kg: None,
        spacing_mm: mm.map(Millimetres::new),
        ..AxleLoad::default()
    };
    let raw = |port: &str| RawBytes {
        port: port.to_owned(),
        offset: second,
        length: 1,
        received_at: at(second),
        sha256: format!("{second:064x}"),
        base64: String::new(),
    };
    let read = PlateRead {
        plate: Some("晋A12345".to_owned()),
        colour: None,
        confidence: None,
        lane,
        seen_at: at(second),
        time_vouched: true,
        checked: true,
        raw: raw("camera-1"),
    };
    let candidate = Candidate {
        plate: read.plate.clone(),
        residual_us: 0,
        port: "camera-1".to_owned(),
        offset: second,
    };
    let axles = vec![
        axle(7_000, None),
        axle(12_000, Some(3_600)),
        axle(12_000, Some(1_350)),
        axle(13_000, Some(7_000)),
        axle(13_000, Some(1_310)),
        axle(13_000, Some(1_310)),
    ];
    ClosedPassage {
        weighing: Weighing {
            passage_id: format!("ST0001.wim-{lane}.{second}"),
            station: "ST0001".to_owned(),
            port: format!("wim-{lane}"),
            protocol: "olr".to_owned(),
            lane,
            kind: if lane == 2 {
                PassageKind::Platform
            } else {
                PassageKind::Dynamic
            },
            sequence: None,
            device_time: None,
            crossed_at: at(second),
            received_at: at(second),
            direction: None,
            speed_tenth_kmh: None,
            length_mm: None,
            gross_kg: Kilograms::new(70_000),
            axles,
            flags: Vec::new(),
            weight_trusted: true,
            agreeing_frames: None,
            drift_basis_points: None,
            acceleration_tenth_ms2: None,
            partial_axles: Vec::new(),
            raw: raw("wim-1"),
        },
        closed_at: at(second + 10),
        association: Association {
            state: PlateState::Matched,
            chosen: Some(read),
            residual_us: Some(0),
            agreeing_cameras: 1,
            ..Association::missing(vec![candidate])
        },
        evasion: Vec::new(),
        pictures: vec![TakenPicture {
            port: "picture-1".to_owned(),
            view: "front".to_owned(),
            taken_at: at(second),
            sha256: "a".repeat(64),
        }],
        linked: None,
    }
}

fn drift(since: i64, found: i64) -> DriftFinding {
    DriftFinding {
        lane: 1,
        quantity: Quantity::SteeringAxle,
        size_per_mille: 48,
        uncertainty_per_mille: 12,
        since: at(since),
        found_at: at(found),
        vehicles: 300,
        reference_mean: 6_300,
        reference_vehicles: 2_000,
        enforcement_off: true,
        until: None,
    }
}

struct Bench {
    config: Config,
    tables: LawTables,
    store: Store,
    standings: Standings,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            config: config(folder.path()),
            tables: LawTables::embedded().unwrap(),
            store: store(folder.path()).await,
            standings: Standings::default(),
            _folder: folder,
        }
    }

    /// Records and closes a passage as the recorder does; yields why it is withheld, and whether a
    /// case opened.
    async fn cross(&self, passage: &ClosedPassage) -> (Vec<WithheldReason>, bool) {
        let weighing = judge::new_weighing(&self.config, &self.tables, &passage.weighing).unwrap();
        self.store.record_weighing(weighing).await.unwrap();
        let standing = self
            .standings
            .of(&self.store, &self.config, &passage.weighing);
        let standing = standing.await.unwrap();
        let mut closing = judge::new_closing(
            &self.config,
            &self.tables,
            passage,
            Vec::new(),
            None,
            false,
            &standing,
        )
        .unwrap();
        assert_eq!(judge::standing_of(&closing.body), standing);
        let withheld = serde_json::from_value(closing.body["withheld"].clone()).unwrap();
        let opened = match &mut closing.case {
            CaseEffect::Open(case) => {
                // Whether another case lies near is not asked here.
                case.alone_within = None;
                true
            }
            _ => false,
        };
        self.store.close_passage(closing).await.unwrap();
        (withheld, opened)
    }
}

#[tokio::test]
async fn a_drift_blocks_cases_and_lists_what_it_touches_until_somebody_switches_on() {
    let bench = Bench::new().await;
    // Two cases before anybody knows: one before the last good state, one since.
    assert_eq!(bench.cross(&passage(1, 0)).await, (vec![], true));
    let mut other = passage(1, 5_000);
    other.association.chosen.as_mut().unwrap().plate = Some("晋A12346".to_owned());
    assert_eq!(bench.cross(&other).await, (vec![], true));

    let found = drift(4_000, 6_000);
    let off = bench.standings.switching_off(&found);
    // From that moment on, durable or not; recording goes on.
    let blocked = vec![WithheldReason::EnforcementOff];
    assert_eq!(
        bench.cross(&passage(1, 6_001)).await,
        (blocked.clone(), false)
    );
    bench.standings.switch_off(&bench.store, &off, &found).await;
    assert!(bench.standings.lock().is_empty(), "it is durable now");
    assert_eq!(
        bench.cross(&passage(1, 6_002)).await,
        (blocked.clone(), false)
    );
    // Late: it crossed before the drift began.
    assert_eq!(bench.cross(&passage(1, 3_999)).await, (vec![], true));

    let span = (None, None);
    let marks = bench
        .store
        .marks(MarkKind::Enforcement, 1, span, 9)
        .await
        .unwrap();
    assert_eq!(marks.len(), 1);
    let entry = body(&marks[0]).unwrap();
    let ids = |name: &str| entry.pointer(name).unwrap().clone();
    assert_eq!(ids("/touched/count"), 2);
    assert_eq!(
        ids("/touched/passage_ids"),
        json!(["ST0001.wim-1.6001", "ST0001.wim-1.5000"])
    );
    assert_eq!(ids("/touched/case_ids"), json!(["case-ST0001.wim-1.5000"]));
    assert_eq!(ids("/finding/size_per_mille"), 48);

    // Found again by a recovery: it is there already.
    let again = bench.standings.switching_off(&found);
    bench
        .standings
        .switch_off(&bench.store, &again, &found)
        .await;
    assert_eq!(
        bench
            .store
            .marks(MarkKind::Enforcement, 1, span, 9)
            .await
            .unwrap()
            .len(),
        1
    );

    let on = NewMark {
        kind: MarkKind::Enforcement,
        lane: 1,
        at: at(9_000),
        entry: ENFORCEMENT_ON,
        actor: Actor("wang".to_owned()),
        body: on_body(1, at(9_000), "wang", "砝码复检合格"),
    };
    bench.store.mark(on).await.unwrap();
    let mut after = passage(1, 9_001);
    after.association.chosen.as_mut().unwrap().plate = Some("晋A12347".to_owned());
    assert_eq!(bench.cross(&after).await, (vec![], true));
    // What crossed while it was off stays so, however late it comes.
    assert_eq!(bench.cross(&passage(1, 8_999)).await, (blocked, false));
    bench.store.shutdown().await;
}

#[tokio::test]
async fn a_platform_opens_no_case_before_its_scale_is_checked() {
    let bench = Bench::new().await;
    let missing = vec![WithheldReason::ShiftCheckMissing];
    assert_eq!(bench.cross(&passage(2, 0)).await, (missing.clone(), false));
    let record = async |second: i64, shown_kg: i64| {
        let shown = Shown {
            method: CheckMethod::TestWeight,
            zero_shown_kg: Kilograms::ZERO,
            reference_kg: Kilograms::new(20_000),
            reference: "M1-7".to_owned(),
            shown_kg: Kilograms::new(shown_kg),
        };
        let rules = bench.config.shift_rules();
        let check = ShiftCheck::judge(&rules, 2, (at(second), "li"), shown, None);
        let mark = NewMark {
            kind: MarkKind::ShiftCheck,
            lane: 2,
            at: at(second),
            entry: SHIFT_CHECK,
            actor: Actor("li".to_owned()),
            body: check.body(),
        };
        bench.store.mark(mark).await.unwrap();
    };
    record(100, 20_100).await;
    let failed = vec![WithheldReason::ShiftCheckFailed];
    assert_eq!(bench.cross(&passage(2, 101)).await, (failed, false));
    record(200, 20_000).await;
    assert_eq!(bench.cross(&passage(2, 201)).await, (vec![], true));
    // A check says nothing of what was weighed before it, nor of the next shift.
    assert_eq!(bench.cross(&passage(2, 50)).await, (missing.clone(), false));
    let next_shift = 201 + 12 * 3_600;
    assert_eq!(bench.cross(&passage(2, next_shift)).await, (missing, false));
    // A scale in motion is checked by its traffic.
    assert_eq!(bench.cross(&passage(1, 300)).await, (vec![], true));
    bench.store.shutdown().await;
}

#[tokio::test]
async fn a_known_drift_is_deducted() {
    let bench = Bench::new().await;
    let mut slightly = passage(1, 0);
    slightly.weighing.gross_kg = Kilograms::new(53_000);
    let risk = |passage: &ClosedPassage| {
        let lane = bench.config.lane(1);
        let verdict = judge::judge_closed(&bench.tables, passage, lane, None, None);
        verdict.risk.unwrap().per_million
    };
    let before = risk(&slightly);
    slightly.weighing.drift_basis_points = Some(300);
    assert!(risk(&slightly) > before, "{before}");
}

#[tokio::test]
async fn a_passage_is_judged_by_the_clock_of_its_moment_now_and_after_a_restart() {
    let mut bench = Bench::new().await;
    bench.config.host_clock = crate::config::HostClock::default();
    let clock = |second: i64, state, error: Option<i64>| HostClock {
        at: at(second),
        state,
        maximum_error_us: error,
        estimated_error_us: None,
        ahead_us: 0,
        source: "kernel".to_owned(),
        why: None,
    };
    let words = [
        clock(100, HostClockState::Synchronised, Some(40_000)),
        clock(200, HostClockState::Unsynchronised, Some(16_000_000)),
        clock(300, HostClockState::Synchronised, Some(3_000_000)),
        clock(400, HostClockState::Unknown, None),
        clock(500, HostClockState::Synchronised, Some(900)),
    ];
    let unsynchronised = WithheldReason::ClockUnsynchronised;
    let too_large = WithheldReason::ClockErrorTooLarge;
    let unknown = WithheldReason::ClockStateUnknown;
    let expected = [
        (99, Some(unknown)),
        (100, None),
        (199, None),
        (200, Some(unsynchronised)),
        (299, Some(unsynchronised)),
        (300, Some(too_large)),
        (400, Some(unknown)),
        (500, None),
    ];
    for word in &words {
        bench.standings.clock_said(word);
    }
    for (number, (second, reason)) in expected.into_iter().enumerate() {
        let mut live = passage(1, second);
        let chosen = live.association.chosen.as_mut().unwrap();
        chosen.plate = Some(format!("晋A2000{number}"));
        let (withheld, opened) = bench.cross(&live).await;
        assert_eq!(withheld, Vec::from_iter(reason), "second {second}");
        assert_eq!(opened, reason.is_none());
    }
    // Nothing in memory any more: what is durable says the same.
    for word in &words {
        record_clock(&bench.store, word).await;
    }
    let restarted = Standings::default();
    for (second, _) in expected {
        let weighing = passage(1, second).weighing;
        let (store, config) = (&bench.store, &bench.config);
        let live = bench.standings.of(store, config, &weighing).await.unwrap();
        let again = restarted.of(store, config, &weighing).await.unwrap();
        assert_eq!(live, again, "second {second}");
        assert_eq!(again.host_clock.is_some(), second >= 100);
    }
    bench.store.shutdown().await;
}

#[tokio::test]
async fn a_record_that_comes_late_is_judged_by_the_clock_at_its_receipt() {
    let mut bench = Bench::new().await;
    bench.config.host_clock = crate::config::HostClock::default();
    let mut word = HostClock {
        at: at(100),
        state: HostClockState::Synchronised,
        maximum_error_us: Some(1_000),
        estimated_error_us: None,
        ahead_us: 0,
        source: "kernel".to_owned(),
        why: None,
    };
    bench.standings.clock_said(&word);
    let mut late = passage(1, 50);
    late.weighing.received_at = at(120);
    assert_eq!(bench.cross(&late).await, (vec![], true));
    // More words than are kept in memory: the older ones are looked up.
    record_clock(&bench.store, &word).await;
    word.state = HostClockState::Unsynchronised;
    for second in 0..=CLOCKS as i64 {
        word.at = at(200 + second);
        bench.standings.clock_said(&word);
    }
    let mut older = passage(1, 60);
    older.weighing.received_at = at(130);
    let (withheld, _) = bench.cross(&older).await;
    assert_eq!(withheld, vec![]);
    bench.store.shutdown().await;
}
