//! An evaluation as tables for people.

use std::fmt::Write;

use crate::passage::EvasionKind;
use crate::simulator::evaluation::bound::upper_95;
use crate::simulator::evaluation::evasion::like;
use crate::simulator::evaluation::{Evaluation, Evidence, Outcome, Tally};

/// Width of a row's name and of each column, in places of a terminal.
const NAME: usize = 60;
const COLUMN: usize = 36;

/// Of which weighings or plates, how many of them.
pub type Share = (u64, u64);

/// One row of the table: its names, and what it counts.
pub struct Row {
    /// For people.
    pub name: String,
    /// For programs.
    pub key: String,
    /// What is counted.
    pub counts: Box<dyn Fn(&Tally) -> Share>,
    /// Whether the share's bound is of interest.
    pub bounded: bool,
}

impl Row {
    fn new(name: &str, key: &str, counts: impl Fn(&Tally) -> Share + 'static) -> Self {
        Self {
            name: name.to_owned(),
            key: key.to_owned(),
            counts: Box::new(counts),
            bounded: false,
        }
    }

    fn bounded(self) -> Self {
        Self {
            bounded: true,
            ..self
        }
    }
}

/// What is told of each way of tying plates.
pub fn rows() -> Vec<Row> {
    let mut rows = vec![Row::new("有车牌 / with a plate", "with_plate", |tally| {
        (tally.with_plate(), tally.weighings())
    })];
    for outcome in Outcome::ALL {
        let counts = move |tally: &Tally| {
            let of = if outcome.has_plate() {
                tally.with_plate()
            } else {
                tally.weighings()
            };
            (tally.count(outcome), of)
        };
        let indent = if outcome.has_plate() { "  " } else { "" };
        let english = outcome.name().replace('_', " ");
        let name = format!("{indent}{} / {english}", outcome.zh());
        let row = Row::new(&name, outcome.name(), counts);
        let wrong = matches!(outcome, Outcome::WrongVehicle | Outcome::WrongReading);
        rows.push(if wrong { row.bounded() } else { row });
    }
    rows.push(Row::new(
        "曾有正确识别者中有车牌 / with a plate, of those read right",
        "with_plate_of_read_right",
        |tally| (tally.let_through_of_these, tally.with_right_read),
    ));
    rows.push(Row::new(
        "  其中称重有效者 / of these, of fit weighings",
        "with_plate_of_fit_and_read_right",
        |tally| (tally.fit_let_through, tally.fit_with_right_read),
    ));
    rows.push(Row::new(
        "有效称重中无正确识别 / fit weighings without a right read",
        "fit_without_right_read",
        |tally| (tally.fit - tally.fit_with_right_read, tally.fit),
    ));
    rows
}

/// What is told of the plates by what stands behind them.
pub fn evidence_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for evidence in Evidence::ALL {
        let english = evidence.name().replace('_', " ");
        let name = format!("{} / {english}", evidence.zh());
        rows.push(Row::new(&name, evidence.name(), move |tally| {
            (tally.plates_with(evidence), tally.with_plate())
        }));
        for outcome in [Outcome::WrongVehicle, Outcome::WrongReading] {
            let name = format!("  {} / {}", outcome.zh(), outcome.name().replace('_', " "));
            let key = format!("{}_{}", evidence.name(), outcome.name());
            let counts = move |tally: &Tally| {
                let of = tally.plates_with(evidence);
                (tally.with_evidence(evidence, outcome), of)
            };
            rows.push(Row::new(&name, &key, counts).bounded());
        }
    }
    rows
}

/// A part of the whole; 0 of nothing.
pub fn share((count, of): Share) -> f64 {
    count as f64 / of.max(1) as f64
}

/// The ways of tying plates, each with its key and its name.
pub fn ways(evaluation: &Evaluation) -> [(&'static str, &'static str, &Tally); 3] {
    [
        (
            "association",
            "本系统 / association",
            &evaluation.association,
        ),
        (
            "nearest_in_time",
            "最近时刻 / nearest in time",
            &evaluation.nearest_in_time,
        ),
        (
            "first_in_first_out",
            "先进先出 / first in, first out",
            &evaluation.first_in_first_out,
        ),
    ]
}

/// How many times as many vehicles a baseline takes for another: as counted (`None` when association
/// took none), and at least, by the bounds of both counts.
pub fn times_as_many_wrong(association: &Tally, baseline: &Tally) -> (Option<f64>, f64) {
    let counts = |tally: &Tally| (tally.count(Outcome::WrongVehicle), tally.with_plate());
    let (ours, theirs) = (counts(association), counts(baseline));
    let counted = (ours.0 > 0).then(|| share(theirs) / share(ours));
    // The least share of theirs: its complement's upper bound, seen from the other side.
    let least = if theirs.1 == 0 {
        0.0
    } else {
        1.0 - upper_95(theirs.1 - theirs.0, theirs.1)
    };
    (counted, least / upper_95(ours.0, ours.1))
}

/// All tables.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write_head(&mut text, evaluation);
    let _ = write_ways(&mut text, evaluation);
    let _ = write_parts(&mut text, evaluation);
    let _ = write_stated_risk(&mut text, evaluation);
    let _ = write_evasions(&mut text, evaluation);
    let _ = write_elsewhere(&mut text, evaluation);
    let _ = write_drifts(&mut text, evaluation);
    let _ = write_offset(&mut text, evaluation);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

fn write_head(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let lines = [
        ("真值车辆 / vehicles in truth", evaluation.vehicles),
        ("  经过称重 / weighed", evaluation.vehicles_weighed),
        (
            "    曾有正确识别 / read right at least once",
            evaluation.vehicles_with_right_read,
        ),
        ("    无过车 / without a passage", evaluation.vehicles_lost),
        (
            "    多次过车 / with more than one",
            evaluation.vehicles_doubled,
        ),
        ("过车 / closed passages", evaluation.passages),
        (
            "  静态磅，不计 / on a platform, not counted",
            evaluation.platform,
        ),
        (
            "  真值中没有的字节 / bytes that truth does not know",
            evaluation.unknown,
        ),
        (
            "  一条记录含两车 / two vehicles in one record",
            evaluation.shared,
        ),
        (
            "    未发现而有车牌 / not found, with a plate",
            evaluation.shared_let_through,
        ),
    ];
    for (name, count) in lines {
        writeln!(text, "{}{count:>12}", padded(name, NAME))?;
    }
    Ok(())
}

/// The count, its share, and the bound.
fn cell(counts: Share, bounded: bool) -> String {
    if counts.1 == 0 {
        return padded(&format!("{:>9}", "–"), COLUMN);
    }
    let mut cell = format!("{:>9} {:>9.4} %", counts.0, 100.0 * share(counts));
    if bounded {
        let bound = 100.0 * upper_95(counts.0, counts.1);
        // Writing into a string does not fail.
        let _ = write!(cell, " ≤ {bound:.5} %");
    }
    padded(&cell, COLUMN)
}

fn write_ways(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let ways = ways(evaluation);
    write!(text, "\n{}", padded("", NAME))?;
    for (_, head, _) in &ways {
        write!(text, "{}", padded(head, COLUMN))?;
    }
    write!(text, "\n{}", padded("称重 / weighings", NAME))?;
    for (_, _, tally) in &ways {
        let cell = format!("{:>9}", tally.weighings());
        write!(text, "{}", padded(&cell, COLUMN))?;
    }
    for row in rows() {
        write!(text, "\n{}", padded(&row.name, NAME))?;
        for (_, _, tally) in &ways {
            write!(text, "{}", cell((row.counts)(tally), row.bounded))?;
        }
    }
    write!(
        text,
        "\n{}{:>9}",
        padded(
            "错配他车为本系统的倍数 / times as many wrong vehicles",
            NAME
        ),
        1
    )?;
    write!(text, "{}", " ".repeat(COLUMN - 9))?;
    for (_, _, tally) in ways.iter().skip(1) {
        let (counted, least) = times_as_many_wrong(&evaluation.association, tally);
        let counted = counted.map_or("∞".to_owned(), |times| format!("{times:.0}"));
        let cell = format!("{counted:>9}      ≥ {least:.0} (95 %)");
        write!(text, "{}", padded(&cell, COLUMN))?;
    }
    writeln!(
        text,
        "\n\n{}",
        padded("车牌按依据 / plates by what stands behind them", NAME)
    )?;
    for row in evidence_rows() {
        write!(text, "{}", padded(&row.name, NAME))?;
        for (_, _, tally) in &ways {
            write!(text, "{}", cell((row.counts)(tally), row.bounded))?;
        }
        writeln!(text)?;
    }
    writeln!(
        text,
        "  ≤ 95 % 单侧置信上限 / upper 95 % bound of the share (Clopper-Pearson)"
    )
}

fn write_parts(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let mut parts = Vec::new();
    for (mass, tally) in &evaluation.by_mass {
        parts.push((mass.name().replace('_', " "), tally));
    }
    for (axles, tally) in &evaluation.by_axles {
        parts.push((format!("{axles} 轴 / axles"), tally));
    }
    writeln!(
        text,
        "\n{}{:>12}{:>12}{:>12}{:>28}{:>12}",
        padded(
            "本系统，按真实质量与轴数 / association by true mass and axles",
            NAME
        ),
        "weighings",
        "with plate",
        "right",
        "wrong vehicle",
        "wrong read"
    )?;
    for (name, tally) in parts {
        let wrong = tally.count(Outcome::WrongVehicle);
        let bound = 100.0 * upper_95(wrong, tally.with_plate());
        writeln!(
            text,
            "  {}{:>12}{:>12}{:>12}{:>10} ≤ {bound:>13.5} %{:>12}",
            padded(&name, NAME - 2),
            tally.weighings(),
            tally.with_plate(),
            tally.count(Outcome::Right),
            wrong,
            tally.count(Outcome::WrongReading)
        )?;
    }
    if !evaluation.doubts.is_empty() {
        writeln!(
            text,
            "\n有效且曾正确识别者存疑的原因 / why fit weighings that were read right are ambiguous"
        )?;
    }
    for (doubt, count) in &evaluation.doubts {
        // A name of its own in output, like all of them.
        let name = serde_json::to_value(doubt).unwrap_or_default();
        let name = name.as_str().unwrap_or_default().replace('_', " ");
        let name = padded(&format!("  {name}"), NAME);
        writeln!(text, "{name}{count:>9}")?;
    }
    if evaluation.trailers.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n挂车号牌 / trailers' plates")?;
    for (outcome, count) in &evaluation.trailers {
        let english = outcome.name().replace('_', " ");
        let name = format!("  {} / {english}", outcome.zh());
        writeln!(text, "{}{count:>9}", padded(&name, NAME))?;
    }
    Ok(())
}

fn write_stated_risk(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let classes = evaluation.calibration.classes();
    if classes.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "\n{}{:>12}{:>14}{:>10}{:>16}{:>18}",
        padded(
            "所述误关联概率与实际 / stated risk of a wrong vehicle and what was seen",
            NAME
        ),
        "plates",
        "expected",
        "wrong",
        "share",
        "≤ 95 %"
    )?;
    for class in classes {
        writeln!(
            text,
            "{}{:>12}{:>14.3}{:>10}{:>16.3e}{:>18.3e}",
            padded(&format!("  ≤ {:.0e}", class.up_to_ppb as f64 / 1e9), NAME),
            class.plates,
            class.expected,
            class.wrong,
            class.share,
            class.upper_95
        )?;
    }
    Ok(())
}

fn write_evasions(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let mut kinds = evaluation.evasions.kinds().peekable();
    if kinds.peek().is_none() {
        return Ok(());
    }
    writeln!(
        text,
        "\n{}{:>10}{:>10}{:>11}{:>10}{:>10}{:>10}{:>10}{:>11}",
        padded("逃避检测 / evasion", NAME),
        "vehicles",
        "found",
        "recall",
        "findings",
        "right",
        "forced",
        "wrong",
        "precision"
    )?;
    for (kind, found) in kinds {
        let name = format!("  {} / {}", kind.zh(), kind.name().replace('_', " "));
        let judged = found.right + found.wrong();
        writeln!(
            text,
            "{}{:>10}{:>10}{:>9.2} %{:>10}{:>10}{:>10}{:>10}{:>9.2} %",
            padded(&name, NAME),
            found.vehicles,
            found.found,
            100.0 * share((found.found, found.vehicles)),
            found.findings,
            found.right,
            found.forced,
            found.wrong(),
            100.0 * share((found.right, judged))
        )?;
    }
    for (kind, _) in evaluation.evasions.kinds() {
        let mistaken = evaluation.evasions.mistaken(kind);
        if mistaken.is_empty() {
            continue;
        }
        let instead = |(instead, count): &(Option<EvasionKind>, u64)| {
            let name = instead.map_or("无 / nothing", EvasionKind::zh);
            format!("{name} {count}")
        };
        let most: Vec<String> = mistaken.iter().take(6).map(instead).collect();
        writeln!(
            text,
            "  误认为{} / mistaken for {}: {}",
            kind.zh(),
            kind.name().replace('_', " "),
            most.join(", ")
        )?;
    }
    for (kind, found) in evaluation.evasions.kinds() {
        let name = format!("{} / {}", kind.zh(), kind.name().replace('_', " "));
        if found.mild > 0 {
            let others = (found.found - found.found_mild, found.vehicles - found.mild);
            writeln!(
                text,
                "  {name}: 难辨者发现 / of those hard to see found {} of {}, 其余召回率 / recall of the others {:.2} %",
                found.found_mild,
                found.mild,
                100.0 * share(others)
            )?;
        }
        if let Some(like) = like(kind) {
            let judged = found.right + found.wrong();
            writeln!(
                text,
                "  {name}: 与{}不分时 / not told from {}: recall {:.2} %, precision {:.2} %",
                like.zh(),
                like.name().replace('_', " "),
                100.0 * share((found.found + found.found_as_like, found.vehicles)),
                100.0 * share((found.right + found.right_as_like, judged))
            )?;
        }
    }
    writeln!(
        text,
        "  forced: 交通所迫或随之而来，不计对错 / the traffic made it do so, or it comes with what was done; \
         neither right nor wrong"
    )
}

/// What a list of sightings showed of cloned plates and bypasses, and why some were missed.
fn write_elsewhere(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let Some(elsewhere) = &evaluation.elsewhere else {
        return Ok(());
    };
    writeln!(
        text,
        "\n多地踪迹 / list of sightings\n  {} 条 / lines",
        elsewhere.sightings
    )?;
    for kind in [EvasionKind::PlateCloned, EvasionKind::Bypass] {
        let name = format!("{} / {}", kind.zh(), kind.name().replace('_', " "));
        let shown = elsewhere.shown(kind);
        writeln!(
            text,
            "  {name}: 踪迹足以显示者 / of those whom the list shows found {} of {}, 召回率 / recall {:.2} %",
            shown.found,
            shown.vehicles,
            100.0 * share((shown.found, shown.vehicles))
        )?;
        for (what, causes) in [
            ("漏查 / missed", elsewhere.missed(kind)),
            ("误报 / wrong", elsewhere.mistaken(kind)),
        ] {
            for (cause, count) in causes {
                let (zh, en) = (cause.zh(), cause.en());
                let row = padded(&format!("    {what}: {zh} / {en}"), NAME + 30);
                writeln!(text, "{row}{count:>9}")?;
            }
        }
    }
    Ok(())
}

fn write_drifts(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let drifts = &evaluation.drifts;
    if drifts.lanes > 0 {
        writeln!(
            text,
            "\n秤体漂移 / scales that creep away\n  {} 条车道，发现 {} / lanes, found; {} 次误报，{} 辆 / false \
             findings, among so many vehicles of sound lanes",
            drifts.lanes,
            drifts.found.len(),
            drifts.false_findings,
            drifts.sound_vehicles
        )?;
    }
    let found = drifts.found.iter().map(|found| {
        let hours = found.after.get() as f64 / 3_600e6;
        let true_size = found.true_per_mille.abs();
        (found.vehicles as f64, hours, true_size)
    });
    let (mut vehicles, mut hours, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for (one, two, three) in found {
        vehicles.push(one);
        hours.push(two);
        sizes.push(three);
    }
    for (name, values, decimals) in [
        ("辆数 / after vehicles", &mut vehicles, 0),
        ("小时 / after hours", &mut hours, 1),
        (
            "当时真实漂移（‰）/ true size by then, per mille",
            &mut sizes,
            1,
        ),
    ] {
        values.sort_by(f64::total_cmp);
        if let (Some(median), Some(most)) = (values.get(values.len() / 2), values.last()) {
            writeln!(
                text,
                "{}中位 / median {median:.decimals$}  最大 / largest {most:.decimals$}",
                padded(&format!("  {name}"), NAME)
            )?;
        }
    }
    if !evaluation.told.is_empty() {
        writeln!(text, "\n其他提示 / what else was told")?;
    }
    for (kind, count) in &evaluation.told {
        let name = padded(&format!("  {}", kind.replace('_', " ")), NAME);
        writeln!(text, "{name}{count:>9}")?;
    }
    Ok(())
}

fn write_offset(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let millis = |micros: i64| micros as f64 / 1_000.0;
    let of = [
        (
            "时差（本车识别减预期时刻）/ offset error: a vehicle's own reads less the time expected of them",
            evaluation.offset(),
        ),
        (
            "相机时钟估计减真值（含相机固有延迟）/ what was learnt of cameras' clocks less what they were (a \
             camera's usual delay included)",
            evaluation.clock_error(),
        ),
    ];
    for (name, offset) in of.into_iter().filter(|(_, offset)| offset.reads > 0) {
        writeln!(
            text,
            "\n{name}\n  {} 次 / reads  均值 / mean {:.1} ms  中位 / median {:.1} ms  95 % {:.1} ms  99.9 % \
             {:.1} ms  最大 / largest {:.1} ms",
            offset.reads,
            millis(offset.mean_us),
            millis(offset.median_us),
            millis(offset.percentile_95_us),
            millis(offset.percentile_999_us),
            millis(offset.largest_us)
        )?;
    }
    Ok(())
}

/// Filled up to a width in places of a terminal, of which a Chinese character takes two.
fn padded(text: &str, width: usize) -> String {
    let is_wide = |c: char| matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{FF00}'..='\u{FF60}');
    let places: usize = text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(places)))
}
