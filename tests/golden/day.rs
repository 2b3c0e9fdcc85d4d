//! Hours of simulated traffic on four lanes in the raw log: what the daemon recorded from it comes out
//! of `replay --check` again, passage by passage, bit for bit.

use std::collections::BTreeMap;

use steelyard::law::ScaleUse;
use steelyard::simulator::Settings;
use steelyard::simulator::feed::{Extent, Feed, Item, Request};
use steelyard::simulator::ports::PortPlan;
use steelyard::units::Micros;

use crate::daemon::Daemon;
use crate::recording::{Piece, PortHead, Recording, folder};
use crate::recovered::logged;
use crate::through_ports::{check_again, weighings};

/// So many hours of traffic as a recording.
fn traffic(settings: Settings, hours: i64) -> Recording {
    let start = settings.start;
    let extent = Extent::Time(Micros::from_seconds(hours * 3_600));
    let feed = Feed::new(Request::new(settings, extent)).unwrap();
    let plans = feed.ports().to_vec();
    let head = |plan: &PortPlan| PortHead {
        name: plan.name.clone(),
        role: plan.role,
        protocol: plan.protocol.to_owned(),
        lane: Some(plan.lane),
        line: "115200-8N1".to_owned(),
        unit: None,
        settings: plan
            .settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let mut recording = Recording {
        case: "hours of traffic".to_owned(),
        comments: Vec::new(),
        start,
        lanes: plans
            .iter()
            .map(|plan| (plan.lane, ScaleUse::OffSite))
            .collect::<BTreeMap<_, _>>(),
        ports: plans.iter().map(head).collect(),
        pieces: Vec::new(),
    };
    for item in feed {
        if let Item::Line(line) = item.unwrap() {
            recording.pieces.push(Piece {
                millis: line.at.saturating_sub(start).get().div_euclid(1_000),
                port: plans[line.port].name.clone(),
                bytes: line.bytes,
            });
        }
    }
    recording
}

fn recorded_and_checked(hours: i64, flow_per_hour: f64, at_least: usize) {
    let settings = Settings {
        lanes: 4,
        flow_per_hour,
        ..Settings::statistics()
    };
    let recording = traffic(settings, hours);
    let folder = folder();
    let (config, path) = logged(&recording, folder.path());
    let count = weighings(&recording, &config, &recording.pieces);
    assert!(count >= at_least, "{count}");
    // It takes the log up before it says that it is ready.
    let daemon = Daemon::start(&path);
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    check_again(&config, count);
}

#[test]
fn an_hour_of_traffic_is_replayed_as_it_was_recorded() {
    recorded_and_checked(1, 300.0, 1_000);
}

/// All that goes by the hour comes in it: hours, drift, learning, what is let go of.
#[test]
fn a_day_of_little_traffic_is_replayed_as_it_was_recorded() {
    recorded_and_checked(24, 12.0, 1_000);
}

/// `cargo test --release --test golden -- --ignored a_whole_day`
#[test]
#[ignore = "a whole day takes a minute in a release build"]
fn a_whole_day_of_traffic_is_replayed_as_it_was_recorded() {
    recorded_and_checked(24, 300.0, 27_000);
}
