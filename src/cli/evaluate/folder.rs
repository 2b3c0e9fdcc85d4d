//! The lane logic over a folder of `simulate`: all ports together, in the order of receipt.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::lane::{Output, Pipeline};
use crate::simulator::evaluation::Passage;
use crate::units::Micros;

/// The configuration that stands in such a folder.
pub const CONFIGURATION: &str = "station.toml";

/// The lane logic of a folder, before it has heard anything.
pub struct Folder {
    pipeline: Pipeline,
    ports: BTreeMap<String, Pieces>,
    window: Micros,
}

impl Folder {
    /// Opens all ports.
    pub fn open(folder: &Path, config: &Path) -> anyhow::Result<Self> {
        let config = Config::load(config)?;
        let settings = config.lane_settings();
        let window = settings.plate_window;
        let mut pipeline = Pipeline::new(settings);
        let mut ports = BTreeMap::new();
        for port in &config.ports {
            let decoder = port.decoder().map_err(anyhow::Error::msg)?;
            pipeline.add_port(&port.name, decoder, 0);
            ports.insert(port.name.clone(), Pieces::open(folder, &port.name)?);
        }
        ensure!(
            !ports.is_empty(),
            "配置中没有端口 / no port is configured for {}",
            folder.display()
        );
        Ok(Self {
            pipeline,
            ports,
            window,
        })
    }

    /// The plate window of its configuration.
    pub const fn window(&self) -> Micros {
        self.window
    }

    /// Runs it; `take` is given the closed passages in the order of closing.
    pub fn run(self, mut take: impl FnMut(Passage) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let Self {
            mut pipeline,
            mut ports,
            ..
        } = self;
        let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template(
            "{spinner} {pos} 段 / chunks  {msg}",
        )?);
        let mut closed = |pipeline: &mut Pipeline| {
            while let Some(output) = pipeline.poll_output() {
                if let Output::Closed(closed) = output {
                    take(Passage::from(closed.as_ref()))?;
                }
            }
            anyhow::Ok(())
        };
        let mut now = Micros::ZERO;
        let earliest = |ports: &BTreeMap<String, Pieces>| {
            let waiting = ports
                .iter()
                .filter_map(|(name, port)| Some((port.next?.0, name)));
            waiting.min().map(|(_, name)| name.clone())
        };
        while let Some(name) = earliest(&ports) {
            let Some(port) = ports.get_mut(&name) else {
                break;
            };
            let (received_at, bytes) = port.take()?;
            // The intake gives no two chunks the same moment.
            now = received_at.max(now.saturating_add(Micros::new(1)));
            pipeline.receive(&name, now, &bytes);
            bar.inc(1);
            closed(&mut pipeline)?;
        }
        pipeline.finish(now);
        closed(&mut pipeline)?;
        bar.finish_and_clear();
        Ok(())
    }
}

/// What a port received, piece by piece.
struct Pieces {
    path: String,
    times: Lines<BufReader<File>>,
    bytes: BufReader<File>,
    offset: u64,
    /// Moment and length of the piece to come.
    next: Option<(Micros, u64)>,
}

impl Pieces {
    fn open(folder: &Path, port: &str) -> anyhow::Result<Self> {
        let file = |ending: &str| {
            let path = folder.join(format!("{port}.{ending}"));
            File::open(&path).with_context(|| format!("无法读取 / cannot read {}", path.display()))
        };
        let mut pieces = Self {
            path: folder.join(port).display().to_string(),
            times: BufReader::new(file("times")?).lines(),
            bytes: BufReader::new(file("bin")?),
            offset: 0,
            next: None,
        };
        pieces.advance()?;
        Ok(pieces)
    }

    fn advance(&mut self) -> anyhow::Result<()> {
        self.next = None;
        let Some(line) = self.times.next() else {
            return Ok(());
        };
        let line = line.with_context(|| format!("{}.times", self.path))?;
        let mut words = line.split(' ').map(str::parse::<i64>);
        let (Some(Ok(at)), Some(Ok(offset)), Some(Ok(length)), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            anyhow::bail!(
                "{}.times: {line:?} 应为 微秒 位置 长度 / must be microseconds, offset, length",
                self.path
            );
        };
        ensure!(
            u64::try_from(offset) == Ok(self.offset) && length > 0,
            "{}.times: {line:?} 应接在第 {} 字节 / must go on at byte {1}",
            self.path,
            self.offset
        );
        self.next = Some((Micros::new(at), length.unsigned_abs()));
        Ok(())
    }

    fn take(&mut self) -> anyhow::Result<(Micros, Vec<u8>)> {
        let (at, length) = self.next.unwrap_or_default();
        let mut bytes = Vec::new();
        self.bytes.by_ref().take(length).read_to_end(&mut bytes)?;
        ensure!(
            bytes.len() as u64 == length,
            "{}.bin: 字节不足 / ends before byte {}",
            self.path,
            self.offset.saturating_add(length)
        );
        self.offset = self.offset.saturating_add(length);
        self.advance()?;
        Ok((at, bytes))
    }
}
