//! The table, the machine, and what repetitions came to.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Enough to state a figure.
    Full,
    /// Enough to see that it runs.
    Quick,
}

impl Scale {
    /// One of two amounts.
    pub fn of<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// Head of the table.
pub const HEAD: &str = "| what | measured | target | beside, conditions |\n|---|---|---|---|";

/// A line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure, with minimum, median and maximum where it varies.
    pub measured: String,
    /// What it should be; empty where there is no target.
    pub target: &'static str,
    /// What it is compared with, and under which conditions it was taken.
    pub beside: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            measured,
            target,
            beside,
        } = self;
        write!(f, "| {what} | {measured} | {target} | {beside} |")
    }
}

/// Minimum, median and maximum.
pub fn spread(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (
        sorted[0],
        sorted[sorted.len() / 2],
        sorted[sorted.len() - 1],
    )
}

/// `12.3 (11.9 to 12.6)`: the median, and from the least to the greatest.
pub fn spread_text(values: &[f64], decimals: usize, unit: &str) -> String {
    let (least, median, greatest) = spread(values);
    if values.len() == 1 {
        return format!("{median:.decimals$} {unit}");
    }
    format!("{median:.decimals$} {unit} ({least:.decimals$} to {greatest:.decimals$})")
}

/// A rate as whole thousands read best: `6,120`.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `6,120 (5,800 to 6,300)`.
pub fn grouped_spread(values: &[f64]) -> String {
    let (least, median, greatest) = spread(values);
    if values.len() == 1 {
        return grouped(median);
    }
    format!(
        "{} ({} to {})",
        grouped(median),
        grouped(least),
        grouped(greatest)
    )
}

/// Quantiles of waits.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// Median, milliseconds.
    pub p50: f64,
    /// 99th percentile, milliseconds.
    pub p99: f64,
    /// The longest, milliseconds.
    pub longest: f64,
}

impl Waits {
    /// Of at least one wait.
    pub fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        // The smallest wait that at least this part of all does not exceed.
        let at = |part: usize| {
            let rank = (waits.len() * part).div_ceil(100).max(1);
            waits[rank - 1].as_secs_f64() * 1e3
        };
        Self {
            p50: at(50),
            p99: at(99),
            longest: at(100),
        }
    }
}

/// Real time.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Everything is measured in this folder's file system, PostgreSQL too.
pub fn folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("steelyard-bench-")
        .tempdir_in("/tmp")
        .expect("a folder under /tmp")
}

/// Load of the machine over the last minute, five and fifteen.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The machine, in a line.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, key: &str| {
        text.lines()
            .find_map(|line| {
                let (name, value) = line.split_once(':')?;
                (name.trim() == key).then(|| value.trim().to_owned())
            })
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.map_or_else(
            |_| format!("{program} unknown"),
            |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        )
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory_kib: f64 = field(&read("/proc/meminfo"), "MemTotal")
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(0.0);
    let place = said("findmnt", &["-no", "SOURCE,FSTYPE", "-T", "/tmp"]);
    let volatile = if place.contains("tmpfs") {
        " (in memory: fsync costs nothing there, the store's figures mean nothing)"
    } else {
        ""
    };
    format!(
        "{} x {}, {:.0} GiB RAM, /tmp on {}{volatile}, Linux {}, {}, {}; load {}",
        cores,
        field(&read("/proc/cpuinfo"), "model name"),
        memory_kib / 1024.0 / 1024.0,
        place.split_whitespace().collect::<Vec<_>>().join(" "),
        read("/proc/sys/kernel/osrelease").trim(),
        said("rustc", &["--version"]),
        said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        load(),
    )
}

/// The daemon's program, built like this one.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_steelyard"))
}
