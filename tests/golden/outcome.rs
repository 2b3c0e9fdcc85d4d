//! What a station makes of a recording, in process: decoders, lane logic, law and casework, with
//! the moments of the recording.

use std::collections::BTreeMap;

use firmware_protocols::{Decoder, Event};
use serde_json::{Value, json};
use steelyard::casework::{CaseFile, Standing};
use steelyard::config::Config;
use steelyard::lane::{Input, Output, Pipeline};
use steelyard::law::LawTables;
use steelyard::passage::{AxleLoad, ClosedPassage, Weighing};
use steelyard::station::judge;
use steelyard::store::records::{CaseEffect, PictureReference};
use steelyard::units::Micros;

use crate::recording::{Piece, Recording};

/// What came out, one JSON value a line.
pub type Lines = Vec<Value>;

/// Replays a recording.
pub fn outcome(recording: &Recording, config: &Config, pieces: &[Piece]) -> Lines {
    let mut replay = Replay {
        recording,
        config,
        tables: LawTables::embedded().unwrap(),
        lines: Vec::new(),
        cases: BTreeMap::new(),
        jpegs: BTreeMap::new(),
    };
    let mut pipeline = Pipeline::new(config.lane_settings());
    let mut accounts: BTreeMap<&str, Account> = BTreeMap::new();
    for port in &config.ports {
        pipeline.add_port(&port.name, port.decoder().unwrap(), 0);
        accounts.insert(&port.name, Account::new(port.decoder().unwrap()));
    }
    let mut last = recording.start;
    for piece in pieces {
        last = recording.moment(piece);
        let inputs = pipeline.receive(&piece.port, last, &piece.bytes);
        accounts
            .get_mut(piece.port.as_str())
            .unwrap()
            .take(&piece.bytes, &inputs);
        replay.drain(&mut pipeline);
    }
    pipeline.finish(last);
    replay.drain(&mut pipeline);
    assert_eq!(pipeline.open_passages(), 0);
    for (port, account) in accounts {
        replay.lines.push(account.closed(port));
    }
    replay.lines
}

/// What is written into an `.expect` file.
pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

struct Replay<'a> {
    recording: &'a Recording,
    config: &'a Config,
    tables: LawTables,
    lines: Lines,
    /// Journal bodies of the latest case of a plate.
    cases: BTreeMap<String, Vec<Value>>,
    /// Pictures by digest.
    jpegs: BTreeMap<String, (i64, u32, u32)>,
}

impl Replay<'_> {
    fn drain(&mut self, pipeline: &mut Pipeline) {
        while let Some(output) = pipeline.poll_output() {
            let line = match output {
                Output::Weighed(weighing) => self.weighed(&weighing),
                Output::Repeated { weighing } => {
                    let (id, raw) = (&weighing.passage_id, &weighing.raw);
                    json!({
                        "event": "repeated", "passage_id": id, "port": raw.port,
                        "offset": raw.offset, "millis": self.millis(raw.received_at),
                    })
                }
                Output::RepeatedRead { port } => json!({"event": "repeated_read", "port": port}),
                Output::TakePicture { port, passage_id } => {
                    json!({"event": "take_picture", "port": port, "passage_id": passage_id})
                }
                Output::PictureTaken {
                    passage_id,
                    jpeg,
                    picture,
                } => {
                    let image = image::load_from_memory(&jpeg);
                    if let Ok(image) = &image {
                        let size = i64::try_from(jpeg.len()).unwrap();
                        let known = (size, image.width(), image.height());
                        self.jpegs.insert(picture.sha256.clone(), known);
                    }
                    json!({
                        "event": "picture", "passage_id": passage_id, "port": picture.port,
                        "sha256": picture.sha256, "bytes": jpeg.len(),
                        "whole": image.is_ok(),
                        "frozen_millis": self.millis(picture.taken_at),
                    })
                }
                Output::Closed(mut passage) => {
                    // As the recorder does: a picture that can't be decoded is none.
                    passage
                        .pictures
                        .retain(|taken| self.jpegs.contains_key(&taken.sha256));
                    self.closed(&passage)
                }
                Output::Finding(finding) => json!({"event": "finding", "finding": finding}),
                // Their own tests look at them; a recording of a minute has no whole one.
                Output::Hour(_) => continue,
            };
            self.lines.push(line);
        }
    }

    fn millis(&self, moment: Micros) -> i64 {
        moment.saturating_sub(self.recording.start).get() / 1_000
    }

    fn weighed(&self, weighing: &Weighing) -> Value {
        let new = judge::new_weighing(self.config, &self.tables, weighing).unwrap();
        json!({
            "event": "weighed",
            "millis": self.millis(weighing.received_at),
            "passage_id": weighing.passage_id,
            "port": weighing.port,
            "lane": weighing.lane,
            "kind": weighing.kind,
            "sequence": weighing.sequence,
            "device_time": weighing.device_time,
            "direction": weighing.direction,
            "speed_tenth_kmh": weighing.speed_tenth_kmh,
            "length_mm": weighing.length_mm,
            "gross_kg": weighing.gross_kg,
            "loads_kg": loads(&weighing.axles),
            "spacings_mm": spacings(&weighing.axles),
            "flags": weighing.flags,
            "trusted": weighing.weight_trusted,
            "agreeing_frames": weighing.agreeing_frames,
            "class": new.class,
            "offset": weighing.raw.offset,
            "sha256": weighing.raw.sha256,
        })
    }

    fn closed(&mut self, passage: &ClosedPassage) -> Value {
        let known = passage.plate().and_then(|plate| self.cases.get(plate));
        let known = known.map(Vec::as_slice).and_then(CaseFile::from_bodies);
        let pictures = passage.pictures.iter().map(|picture| {
            let (bytes, width, height) = self.jpegs[&picture.sha256];
            PictureReference {
                sha256: picture.sha256.clone(),
                view: picture.view.clone(),
                bytes,
                width: i64::from(width),
                height: i64::from(height),
                taken_at: picture.taken_at,
            }
        });
        let pictures = pictures.collect();
        let (config, tables) = (self.config, &self.tables);
        let standing = Standing::default();
        let known = known.as_ref();
        let new =
            judge::new_closing(config, tables, passage, pictures, known, false, &standing).unwrap();
        let plate = passage.plate().unwrap_or_default().to_owned();
        let case = match new.case {
            CaseEffect::None => Value::Null,
            CaseEffect::Open(case) => {
                self.cases.insert(plate, vec![case.body]);
                json!({"open": case.case_id})
            }
            CaseEffect::Attach { case_id, body } => {
                self.cases.entry(plate).or_default().push(body);
                json!({"attach": case_id})
            }
        };
        let association = &passage.association;
        json!({
            "event": "closed",
            "millis": self.millis(passage.closed_at),
            "passage_id": passage.weighing.passage_id,
            "plate": passage.plate(),
            "plate_state": association.state,
            "residual_us": association.residual_us,
            "candidates": association.candidates.len(),
            "rivals": association.rival_passages,
            "doubts": association.doubts,
            "class": new.class,
            "overage_kg": new.overage_kg,
            "limit_kg": new.body["judgement"]["limit_kg"],
            "withheld": new.body["withheld"],
            "case": case,
            "pictures": passage.pictures.iter().map(|p| &p.sha256).collect::<Vec<_>>(),
            "linked": passage.linked.as_ref().map(|linked| &linked.passage_id),
            "linked_axles": passage.linked.as_ref().map(|linked| linked.axles.len()),
        })
    }
}

pub fn loads(axles: &[AxleLoad]) -> Vec<i64> {
    axles.iter().map(|axle| axle.load_kg.get()).collect()
}

pub fn spacings(axles: &[AxleLoad]) -> Vec<Option<i64>> {
    axles
        .iter()
        .map(|axle| axle.spacing_mm.map(|spacing| spacing.get()))
        .collect()
}

/// A port's account: every byte belongs to exactly one event, and the lane logic sees just these.
struct Account {
    decoder: Box<dyn Decoder>,
    pushed: u64,
    accounted: u64,
    frames: u64,
    rejects: BTreeMap<&'static str, u64>,
}

impl Account {
    fn new(decoder: Box<dyn Decoder>) -> Self {
        Self {
            decoder,
            pushed: 0,
            accounted: 0,
            frames: 0,
            rejects: BTreeMap::new(),
        }
    }

    fn take(&mut self, bytes: &[u8], inputs: &[Input]) {
        if bytes.is_empty() {
            self.decoder.finish();
        } else {
            self.pushed += bytes.len() as u64;
            self.decoder.push(bytes);
        }
        let mut inputs = inputs.iter();
        while let Some(decoded) = self.decoder.poll_event() {
            let span = decoded.span;
            assert_eq!(
                span.start, self.accounted,
                "spans leave no gap and do not overlap"
            );
            assert!(span.end > span.start && span.end <= self.pushed);
            self.accounted = span.end;
            let input = inputs.next().expect("the lane logic sees every event");
            assert_eq!((input.offset, &input.event), (span.start, &decoded.event));
            match decoded.event {
                Event::Rejected(reason) => *self.rejects.entry(reason.name()).or_default() += 1,
                _ => self.frames += 1,
            }
        }
        assert_eq!(inputs.next(), None, "the lane logic sees no other event");
        if bytes.is_empty() {
            assert_eq!(
                self.accounted, self.pushed,
                "a break leaves nothing undecided"
            );
        }
    }

    fn closed(mut self, port: &str) -> Value {
        // The lane logic has seen the end of all streams: so does this.
        self.decoder.finish();
        while let Some(decoded) = self.decoder.poll_event() {
            assert_eq!(decoded.span.start, self.accounted);
            self.accounted = decoded.span.end;
            match decoded.event {
                Event::Rejected(reason) => *self.rejects.entry(reason.name()).or_default() += 1,
                _ => self.frames += 1,
            }
        }
        assert_eq!(
            self.accounted, self.pushed,
            "{port}: every byte is accounted for"
        );
        json!({
            "event": "port", "port": port, "bytes": self.pushed, "frames": self.frames,
            "rejects": self.rejects,
        })
    }
}
