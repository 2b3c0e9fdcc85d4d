//! A whole station from its raw log, compared with what it stored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use firmware_protocols::{Event, Reject};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::Summary;
use crate::cli::law_tables::law_tables;
use crate::cli::run::store_settings;
use crate::config::Config;
use crate::lane::hours::Hour;
use crate::lane::{Output, Pipeline};
use crate::law::LawTables;
use crate::passage::{ClosedPassage, Flag, Weighing, conflicting_id};
use crate::station::judge;
use crate::station::picture::decoded_size;
use crate::station::recovery::{self, Continuity, Merged};
use crate::store::Store;
use crate::store::records::{ListFilter, MarkKind, PageKey};
use crate::units::Micros;

/// What to replay.
#[derive(Debug, Clone, Copy)]
pub struct Station<'a> {
    /// The station's data folder.
    pub folder: &'a Path,
    /// Its configuration; left out, the one it last started with, from its journal.
    pub config: Option<&'a Path>,
    /// Judge by another day's table.
    pub law_day: Option<NaiveDate>,
    /// Compare with what was stored.
    pub check: bool,
}

/// Replays a station's raw log; `passage` gets a line for each passage when it closes.
///
/// # Errors
/// When the folder, the store or the configuration can't be read.
pub async fn replay(
    station: &Station<'_>,
    mut passage: impl FnMut(Value) -> anyhow::Result<()>,
) -> anyhow::Result<Summary> {
    let (config, store) = open(station).await?;
    let tables = law_tables(&config)?;
    let mut replayed = Replayed {
        config: &config,
        tables: &tables,
        store,
        station,
        seen: BTreeMap::new(),
        late: BTreeMap::new(),
        lines: BTreeMap::new(),
        corrupt_pictures: BTreeSet::new(),
        hours_unknown: false,
    };
    let names: Vec<&str> = config.ports.iter().map(|port| port.name.as_str()).collect();
    let mut merged = Merged::open(&config.raw_folder(), names, Micros::ZERO)?;
    let offsets = merged.first_offsets();
    let mut pipeline = Pipeline::new(config.lane_settings());
    for port in &config.ports {
        let decoder = port.decoder().map_err(anyhow::Error::msg)?;
        let offset = offsets.get(&port.name).copied().unwrap_or_default();
        pipeline.add_port(&port.name, decoder, offset);
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template(
        "{spinner} {pos} 段 / chunks  {msg}",
    )?);
    let mut summary = Summary::default();
    let (mut first, mut last) = (None, Micros::ZERO);
    let mut continuity = Continuity::new(&config, offsets);
    for record in merged {
        let (port, record) = record?;
        if first.is_none() {
            first = Some(record.received_at);
            if let Some(hour) = recovery::hour_before(&replayed.store, record.received_at).await? {
                pipeline.resume_hour(hour);
                replayed.hours_unknown = true;
            }
        }
        last = record.received_at;
        let inputs = continuity
            .feed(&mut pipeline, &port, &record)
            .map_err(anyhow::Error::msg)?;
        for input in inputs {
            if let Event::Rejected(reason) = input.event {
                *summary.rejects.entry(Reject::name(reason)).or_default() += 1;
            }
        }
        bar.inc(1);
        while let Some(output) = pipeline.poll_output() {
            replayed.take(output, &mut summary, &mut passage).await?;
        }
    }
    pipeline.finish(last);
    while let Some(output) = pipeline.poll_output() {
        replayed.take(output, &mut summary, &mut passage).await?;
    }
    bar.finish_and_clear();
    if let (true, Some(first)) = (station.check, first) {
        summary.differences += replayed.missing(first).await?;
    }
    Ok(summary)
}

async fn open(station: &Station<'_>) -> anyhow::Result<(Config, Store)> {
    if let Some(path) = station.config {
        let config = Config::load(path)?;
        let store = Store::open_read_only(store_settings(&config)?).await?;
        return Ok((config, store));
    }
    let mut config = Config::of_station(crate::config::Station {
        code: "replay".to_owned(),
        name: String::new(),
        data_dir: station.folder.to_owned(),
        simulated: false,
    });
    let store = Store::open_read_only(store_settings(&config)?).await?;
    let started = last_start(&store).await?.with_context(|| {
        format!(
            "{} 的日志里没有启动记录，请用 --config 指定配置 / no start is recorded in the journal of this \
             folder; name the configuration with --config",
            station.folder.display()
        )
    })?;
    config = Config::parse(&started, station.folder)?;
    config.station.data_dir = station.folder.to_owned();
    Ok((config, store))
}

/// The configuration of the latest start, from the journal.
async fn last_start(store: &Store) -> anyhow::Result<Option<String>> {
    let mut found = None;
    let mut after = 0;
    loop {
        let page = store.journal_after(after, 1_000).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.sequence;
        for entry in page.iter().filter(|entry| entry.kind == "started") {
            let body: Option<Value> = entry
                .body
                .as_deref()
                .and_then(|body| serde_json::from_str(body).ok());
            if let Some(text) = body.as_ref().and_then(|body| body["config"].as_str()) {
                found = Some(text.to_owned());
            }
        }
    }
}

/// Whether a stored body says what was computed again. The store adds members of its own.
fn agree(stored: &Value, again: &Value) -> bool {
    again.as_object().is_some_and(|again| {
        again
            .iter()
            .all(|(key, value)| stored.get(key) == Some(value))
    })
}

struct Replayed<'a> {
    config: &'a Config,
    tables: &'a LawTables,
    store: Store,
    station: &'a Station<'a>,
    /// Digest of the bytes behind each passage.
    seen: BTreeMap<String, String>,
    /// Passages whose record came again after the lane logic had forgotten the first.
    late: BTreeMap<String, Late>,
    /// Lines of weighings that are not closed yet, by the place of their bytes.
    lines: BTreeMap<(String, i64), Value>,
    corrupt_pictures: BTreeSet<String>,
    /// The log begins after hours of which there are records: it was cut.
    hours_unknown: bool,
}

/// What the store makes of a record under a key that it has.
enum Late {
    /// The same bytes: nothing.
    Repeated,
    /// Other bytes: they are kept under this id.
    Conflicting(String),
}

impl Replayed<'_> {
    async fn take(
        &mut self,
        output: Output,
        summary: &mut Summary,
        passage: &mut impl FnMut(Value) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match output {
            Output::Weighed(weighing) => {
                let id = &weighing.passage_id;
                let mut kept_as = id.clone();
                if let Some(digest) = self.seen.get(id) {
                    if *digest == weighing.raw.sha256 {
                        summary.duplicates += 1;
                        self.late.insert(id.clone(), Late::Repeated);
                        return Ok(());
                    }
                    kept_as = conflicting_id(id, &weighing.raw.sha256);
                    let late = Late::Conflicting(kept_as.clone());
                    self.late.insert(id.clone(), late);
                }
                let lane = self.config.lane(weighing.lane);
                let law_day = self.station.law_day;
                let verdict = judge::judge(self.tables, &weighing, &weighing.axles, lane, law_day);
                summary.count(&verdict);
                let place = (weighing.raw.port.clone(), weighing.raw.offset);
                let line = judge::replay_line(&weighing, &verdict)?;
                self.lines.insert(place, line);
                if self.station.check && !self.weighing_agrees(&kept_as, &weighing).await? {
                    summary.differences += 1;
                    eprintln!("不一致 / differs: weighing {kept_as}");
                }
                self.seen.insert(kept_as, weighing.raw.sha256.clone());
            }
            Output::Repeated { .. } | Output::RepeatedRead { .. } => summary.duplicates += 1,
            Output::PictureTaken { jpeg, picture, .. } => {
                if decoded_size(&jpeg).is_err() {
                    self.corrupt_pictures.insert(picture.sha256);
                }
            }
            Output::Closed(mut closed) => {
                let raw = &closed.weighing.raw;
                if let Some(mut line) = self.lines.remove(&(raw.port.clone(), raw.offset)) {
                    judge::add_closing(&mut line, &closed)?;
                    passage(line)?;
                }
                let corrupt = &self.corrupt_pictures;
                closed
                    .pictures
                    .retain(|taken| !corrupt.contains(&taken.sha256));
                match self.late.remove(&closed.weighing.passage_id) {
                    Some(Late::Repeated) => return Ok(()),
                    Some(Late::Conflicting(kept_as)) => {
                        closed.weighing.passage_id = kept_as;
                        closed.weighing.flags.push(Flag::RecordConflict);
                    }
                    None => {}
                }
                if self.station.check && !self.closing_agrees(&closed).await? {
                    summary.differences += 1;
                    eprintln!("不一致 / differs: closing {}", closed.weighing.passage_id);
                }
            }
            Output::Hour(hour) => {
                if self.station.check && !self.hour_agrees(&hour).await? {
                    summary.differences += 1;
                    eprintln!("不一致 / differs: hour {}", hour.start.rfc3339());
                }
            }
            Output::TakePicture { .. } | Output::Finding(_) => {}
        }
        Ok(())
    }

    async fn body(&self, sequence: Option<i64>) -> anyhow::Result<Option<Value>> {
        let Some(sequence) = sequence else {
            return Ok(None);
        };
        let body = self
            .store
            .journal_entry(sequence)
            .await?
            .and_then(|entry| entry.body);
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    async fn weighing_agrees(&self, kept_as: &str, weighing: &Weighing) -> anyhow::Result<bool> {
        let Some(row) = self.store.passage(kept_as).await? else {
            return Ok(false);
        };
        // A body that retention removed can't be compared; its digest still stands in the chain.
        let Some(stored) = self.body(Some(row.weighing_sequence)).await? else {
            return Ok(true);
        };
        let again = judge::new_weighing(self.config, self.tables, weighing)?.body;
        Ok(agree(&stored, &again))
    }

    async fn closing_agrees(&self, closed: &ClosedPassage) -> anyhow::Result<bool> {
        let id = &closed.weighing.passage_id;
        let Some(row) = self.store.passage(id).await? else {
            return Ok(false);
        };
        // Still open when the recording ended: there is nothing to compare with yet.
        let Some(stored) = self.body(row.closing_sequence).await? else {
            return Ok(true);
        };
        // What persons and the lane's charts had decided by then stands in the journal.
        let standing = judge::standing_of(&stored);
        // A conflicting record may have come before this closing or after it: the row tells only
        // that it came, so both are right then.
        for conflict in [false, row.record_conflict != 0] {
            let (config, tables) = (self.config, self.tables);
            let closing = judge::new_closing(
                config,
                tables,
                closed,
                Vec::new(),
                None,
                conflict,
                &standing,
            )?;
            if agree(&stored, &closing.body) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an hour's record is the stored one. None is stored of the hour in which the recording
    /// ends, and a log whose beginning is gone has no whole hours to compare.
    async fn hour_agrees(&self, hour: &Hour) -> anyhow::Result<bool> {
        if self.hours_unknown {
            return Ok(true);
        }
        let span = (
            Some(hour.end),
            Some(hour.end.saturating_add(Micros::new(1))),
        );
        let marks = self.store.marks(MarkKind::Hour, 0, span, 1).await?;
        let body = marks.first().and_then(|mark| mark.entry.body.as_deref());
        let Some(body) = body else {
            return Ok(true);
        };
        let stored: Value = serde_json::from_str(body)?;
        Ok(stored.get("hour") == Some(&serde_json::to_value(hour)?))
    }

    /// How many stored passages of the time of the raw log did not come out again.
    async fn missing(&self, first: Micros) -> anyhow::Result<u64> {
        let mut missing = 0;
        let mut after: Option<PageKey> = None;
        loop {
            let page = self
                .store
                .passages(&ListFilter::default(), after.as_ref(), 200)
                .await?;
            let Some(last) = page.last() else {
                return Ok(missing);
            };
            after = Some(PageKey {
                at: Micros::new(last.crossed_at),
                id: last.passage_id.clone(),
            });
            for row in &page {
                if self.seen.contains_key(&row.passage_id) {
                    continue;
                }
                let received_at = self
                    .body(Some(row.weighing_sequence))
                    .await?
                    .and_then(|body| body.pointer("/weighing/received_at")?.as_i64());
                if received_at.is_some_and(|at| at >= first.get()) {
                    missing += 1;
                    eprintln!("重算未得 / not found again: {}", row.passage_id);
                }
            }
        }
    }
}
