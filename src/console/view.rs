//! What the pages show, ready to be written down: no template computes anything.

use std::collections::BTreeMap;

use askama::Template;

use super::text::{Language, Texts};
use crate::casework::record::PassageBodies;
use crate::casework::{CaseState, WithheldReason};
use crate::law::VerdictClass;
use crate::status::{HostClockStatus, LaneFinding, PortState, StationStatus};
use crate::store::records::{PassageRow, PictureRow};
use crate::store::{Counts, StoreHealth};
use crate::units::Micros;

/// The login form.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// Language.
    pub language: Language,
    /// Words.
    pub t: &'static Texts,
    /// Station name.
    pub station: String,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// The board.
#[derive(Template)]
#[template(path = "board.html")]
pub struct BoardPage {
    /// Language.
    pub language: Language,
    /// Words.
    pub t: &'static Texts,
    /// Station name.
    pub station: String,
    /// Program version.
    pub version: String,
    /// Whether the devices are simulated.
    pub simulated: bool,
    /// Who is signed in.
    pub user: String,
    /// Journal number the page is up to; the stream goes on from there.
    pub head: i64,
    /// Latest passages; `None` when the role may not see them.
    pub cards: Option<Vec<Card>>,
    /// The side.
    pub aside: Aside,
}

/// One passage.
#[derive(Template)]
#[template(path = "card.html")]
pub struct Card {
    t: &'static Texts,
    id: String,
    /// VerdictClass name for colour, and its label: never colour alone.
    class: &'static str,
    class_label: &'static str,
    plate: String,
    plate_known: bool,
    gross: String,
    limit: Option<String>,
    overage: Option<String>,
    percent: Option<String>,
    axles: Vec<String>,
    day: String,
    time: String,
    lane: i64,
    kind: &'static str,
    picture: Option<String>,
    has_case: bool,
    plate_unconfirmed: bool,
    withheld: Vec<&'static str>,
}

impl Card {
    /// The card of a passage.
    pub fn new(
        language: Language,
        row: &PassageRow,
        bodies: &PassageBodies,
        pictures: &[PictureRow],
    ) -> Self {
        let t = language.texts();
        let judgement = bodies.judgement.as_ref();
        let class = row.class.as_deref().and_then(VerdictClass::from_name);
        let plate = match (&row.plate, row.plate_state.as_deref()) {
            (Some(plate), _) => plate.clone(),
            (None, Some("ambiguous")) => t.plate_ambiguous.to_owned(),
            (None, Some(_)) => t.plate_missing.to_owned(),
            (None, None) => t.plate_waiting.to_owned(),
        };
        // What is not over needs no reason; for the others the officer wants to know.
        let over = class.is_some_and(|class| class >= VerdictClass::Overloaded);
        let withheld = bodies.withheld.iter().flatten().filter(|_| over);
        let best_picture = pictures
            .iter()
            .find(|picture| picture.view == "front" || picture.view == "side")
            .or_else(|| pictures.first());
        Self {
            t,
            id: row.passage_id.clone(),
            class: class.map_or("none", VerdictClass::name),
            class_label: class_label(t, class),
            plate_known: row.plate.is_some(),
            plate,
            gross: thousands(row.gross_kg),
            limit: judgement
                .and_then(|judgement| judgement.limit_kg)
                .map(|limit| thousands(limit.get())),
            overage: row.overage_kg.filter(|overage| *overage > 0).map(thousands),
            percent: judgement
                .and_then(|judgement| judgement.overage_percent.clone())
                .filter(|_| class.is_some_and(|class| class > VerdictClass::Clear)),
            axles: bodies
                .axles()
                .iter()
                .map(|axle| tenth_tonnes(axle.load_kg.get()))
                .collect(),
            day: Micros::new(row.crossed_at)
                .beijing_day()
                .format("%m-%d")
                .to_string(),
            time: beijing_clock(Micros::new(row.crossed_at)),
            lane: row.lane,
            kind: if row.kind == "platform" {
                t.platform
            } else {
                t.dynamic
            },
            picture: best_picture.map(|picture| format!("/api/v1/pictures/{}", picture.sha256)),
            has_case: row.case_id.is_some(),
            plate_unconfirmed: over && bodies.plate_unconfirmed == Some(true),
            withheld: withheld
                .map(|reason| reason_text(language, *reason))
                .collect(),
        }
    }
}

/// Ports, counters and cases waiting.
#[derive(Template)]
#[template(path = "aside.html")]
pub struct Aside {
    t: &'static Texts,
    store_failing: Option<String>,
    clock_bad: Option<String>,
    counters: Vec<Counter>,
    cases: Vec<Counter>,
    ports: Vec<PortLine>,
    lanes: Vec<LaneLine>,
    findings: Vec<String>,
}

struct Counter {
    label: String,
    class: &'static str,
    value: String,
}

struct PortLine {
    name: String,
    /// What a sign shows.
    showing: Option<String>,
    detail: String,
    state: &'static str,
    state_label: &'static str,
    trouble: bool,
    frames: String,
    rejects: String,
    rejects_detail: String,
    error: Option<String>,
}

struct LaneLine {
    name: String,
    withheld: Vec<String>,
}

impl Aside {
    /// The side, with counters for those who may see cases.
    pub fn new(
        language: Language,
        status: &StationStatus,
        health: &StoreHealth,
        counts: &Counts,
        show_cases: bool,
    ) -> Self {
        let t = language.texts();
        // What waits is always shown, the rest where there is any.
        let shown = |state: &CaseState| {
            state.is_under_review() || count(&counts.cases_by_state, state.name()) > 0
        };
        let cases = CaseState::ALL
            .iter()
            .filter(|state| show_cases && shown(state))
            .map(|state| Counter {
                label: capitalised(language.pick(state.zh(), state.en())),
                class: state.name(),
                value: thousands(count(&counts.cases_by_state, state.name())),
            })
            .collect();
        Self {
            t,
            store_failing: health.failing.clone(),
            clock_bad: status
                .host_clock
                .withholds
                .as_deref()
                .map(|name| withheld_text(language, name)),
            counters: counters(t, counts),
            cases,
            ports: status.ports.iter().map(|port| port_line(t, port)).collect(),
            findings: status
                .lanes
                .iter()
                .flat_map(|lane| {
                    let of_lane = move |found| finding_text(t, lane.number, found);
                    lane.findings.iter().map(of_lane)
                })
                .collect(),
            lanes: status
                .lanes
                .iter()
                .filter(|lane| !lane.withheld.is_empty())
                .map(|lane| LaneLine {
                    name: lane_title(t, lane.number, &lane.name),
                    withheld: lane
                        .withheld
                        .iter()
                        .map(|name| withheld_text(language, name))
                        .collect(),
                })
                .collect(),
        }
    }
}

/// What a lane is called: its name, with its number where the name does not tell it.
pub fn lane_title(t: &'static Texts, number: u16, name: &str) -> String {
    let told = |part: &str| part.parse() == Ok(number);
    if name.is_empty() {
        format!("{} {number}", t.lane)
    } else if name.split(|c: char| !c.is_ascii_digit()).any(told) {
        name.to_owned()
    } else {
        format!("{} {number} · {name}", t.lane)
    }
}

fn counters(t: &'static Texts, counts: &Counts) -> Vec<Counter> {
    let mut counters = vec![Counter {
        label: t.passages_total.to_owned(),
        class: "total",
        value: thousands(counts.passages),
    }];
    for class in [
        VerdictClass::HundredTon,
        VerdictClass::Overloaded,
        VerdictClass::Warning,
        VerdictClass::Clear,
    ] {
        counters.push(Counter {
            label: class_label(t, Some(class)).to_owned(),
            class: class.name(),
            value: thousands(count(&counts.passages_by_class, class.name())),
        });
    }
    counters
}

fn count(by_name: &BTreeMap<String, i64>, name: &str) -> i64 {
    by_name.get(name).copied().unwrap_or(0)
}

fn port_line(t: &'static Texts, port: &crate::status::PortStatus) -> PortLine {
    let rejects: u64 = port.rejects.values().sum();
    let lane = port
        .lane
        .map(|lane| format!("{} {lane} · ", t.lane))
        .unwrap_or_default();
    PortLine {
        name: port.name.clone(),
        showing: port.showing.clone(),
        detail: format!("{lane}{}", port.protocol),
        state: port.state.name(),
        state_label: match port.state {
            PortState::Starting => t.starting,
            PortState::Connected => t.connected,
            PortState::Silent => t.silent,
            PortState::Frozen => t.frozen,
            PortState::Unanswered => t.unanswered,
            PortState::Disconnected => t.disconnected,
        },
        trouble: port.state.is_trouble(),
        frames: thousands(i64::try_from(port.frames).unwrap_or(i64::MAX)),
        rejects: thousands(i64::try_from(rejects).unwrap_or(i64::MAX)),
        rejects_detail: port
            .rejects
            .iter()
            .map(|(reason, number)| format!("{reason} {number}"))
            .collect::<Vec<_>>()
            .join(", "),
        error: port.last_error.clone().filter(|_| port.state.is_trouble()),
    }
}

/// A finding in words: lane, what, port, how much, since when.
pub fn finding_text(t: &'static Texts, lane: u16, finding: &LaneFinding) -> String {
    let what = match (finding.name.as_str(), finding.quantity.as_deref()) {
        ("drift", Some("steering_axle")) => t.drift_steering_axle,
        ("drift", Some("tandem_spacing")) => t.drift_tandem_spacing,
        ("drift", Some("side_residual")) => t.drift_side_residual,
        ("zero_capture", _) => t.zero_capture,
        ("frozen_value", _) => t.frozen_value,
        ("dead_camera", _) => t.dead_camera,
        ("read_rate_falling", _) => t.read_rate_falling,
        ("dead_side", _) => t.dead_side,
        ("sides_uneven", _) => t.sides_uneven,
        ("reference_implausible", _) => t.reference_implausible,
        _ => finding.name.as_str(),
    };
    let mut text = format!("{} {lane} · {what}", t.lane);
    if let Some(port) = &finding.port {
        text.push_str(" · ");
        text.push_str(port);
    }
    match (
        finding.quantity.is_some(),
        finding.seen_per_mille,
        finding.beside_per_mille,
    ) {
        (true, Some(size), Some(uncertainty)) => {
            text.push_str(&format!(" {size:+}‰ ± {uncertainty}‰"));
        }
        (false, Some(seen), Some(usual)) => text.push_str(&format!(" {seen}‰ / {usual}‰")),
        _ => {}
    }
    text.push_str(&format!(" · {} {}", t.since, beijing_moment(finding.since)));
    text
}

/// `03-14 16:05`, by Beijing time.
pub fn beijing_moment(at: Micros) -> String {
    let clock = beijing_clock(at);
    let minutes = clock.get(..5).unwrap_or(&clock);
    format!("{} {minutes}", at.beijing_day().format("%m-%d"))
}

/// A word as a label begins it.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

const fn class_label(t: &'static Texts, class: Option<VerdictClass>) -> &'static str {
    match class {
        None => t.undetermined,
        Some(VerdictClass::Clear) => t.clear,
        Some(VerdictClass::Warning) => t.warning,
        Some(VerdictClass::Overloaded) => t.overloaded,
        Some(VerdictClass::HundredTon) => t.hundred_ton,
    }
}

const fn reason_text(language: Language, reason: WithheldReason) -> &'static str {
    language.pick(reason.text_zh(), reason.text_en())
}

/// A reason by its name, in words.
pub fn withheld_text(language: Language, name: &str) -> String {
    WithheldReason::from_name(name).map_or_else(
        || name.to_owned(),
        |reason| reason_text(language, reason).to_owned(),
    )
}

/// What is known of the host's clock, in words.
pub fn clock_text(t: &Texts, clock: &HostClockStatus) -> String {
    let state = match clock.state.as_str() {
        "synchronised" => t.clock_synchronised,
        "unsynchronised" => t.clock_unsynchronised,
        _ => t.clock_unknown,
    };
    let mut text = format!("{state} · {} {}", t.since, beijing_moment(clock.since));
    let millis = |micros: i64| format!("{} {}", thousands(micros / 1_000), t.millis);
    if let Some(error) = clock.maximum_error_us {
        let (error, allowed) = (millis(error), millis(clock.allowed_error_us));
        text.push_str(&format!(
            " · {} {error} ({} {allowed})",
            t.clock_error, t.clock_allowed
        ));
    }
    if clock.ahead_us.abs() >= 1_000 {
        let ahead = millis(clock.ahead_us);
        text.push_str(&format!(" · {} {ahead}", t.clock_ahead));
    }
    match clock.asked_at {
        Some(at) => text.push_str(&format!(" · {} {}", t.asked_at, beijing_moment(at))),
        None => text.push_str(&format!(" · {}", t.clock_not_asked)),
    }
    if let Some(why) = &clock.why {
        text.push_str(&format!(" · {why}"));
    }
    text
}

/// `57,170`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Kilograms as tonnes with one decimal, half up, for display only.
pub fn tenth_tonnes(kilograms: i64) -> String {
    let sign = if kilograms <= -50 { "-" } else { "" };
    let tenths = (kilograms.unsigned_abs() + 50) / 100;
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// Time of day in Beijing.
pub fn beijing_clock(moment: Micros) -> String {
    let local = moment.saturating_add(Micros::from_seconds(8 * 3_600));
    chrono::DateTime::from_timestamp_micros(local.get())
        .map_or_else(String::new, |moment| moment.format("%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_called_by_its_name_and_its_number_is_told_once() {
        let t = Language::Chinese.texts();
        assert_eq!(lane_title(t, 1, "1 车道"), "1 车道");
        assert_eq!(lane_title(t, 1, "11 车道"), "车道 1 · 11 车道");
        assert_eq!(lane_title(t, 3, "静态磅"), "车道 3 · 静态磅");
        assert_eq!(lane_title(t, 3, ""), "车道 3");
    }

    #[test]
    fn figures_are_written_as_people_read_them() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (57_170, "57,170"),
            (-1_234_567, "-1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
        for (kilograms, text) in [
            (0, "0.0"),
            (49, "0.0"),
            (50, "0.1"),
            (6_170, "6.2"),
            (-150, "-0.2"),
            (-49, "0.0"),
        ] {
            assert_eq!(tenth_tonnes(kilograms), text);
        }
        let moment = Micros::from_rfc3339("2025-03-14T16:05:09Z").unwrap();
        assert_eq!(beijing_clock(moment), "00:05:09");
    }
}
