//! A simulated station written to files: one of bytes for each port, their times, ground truth.
//!
//! `<port>.bin` holds what the device sent, `<port>.times` one line for each piece of it:
//! `<microseconds UTC> <offset> <length>`. Beside them:
//!
//! | file | a line for each |
//! |---|---|
//! | `truth.jsonl` | vehicle, with the places in the ports' bytes of its records and plate reads |
//! | `register.jsonl` | entry of the register that plates and reads of these vehicles, and texts that look like them, could find |
//! | `sightings.jsonl` | sighting of a vehicle at another site, in order of time; where sightings are told |
//! | `sites.jsonl` | of these sites |
//! | `faults.jsonl` | device at fault |

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::feed::{Feed, FeedError, Item, Line, Request};
use super::register::{Register, Registered};
use super::sightings::{SITES, Sighting};
use super::truth::Told;
use crate::plate::look_alikes;
use crate::units::Micros;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Vehicles.
    pub vehicles: u64,
    /// From the start of the traffic to the last byte.
    pub span: Micros,
    /// Bytes by port name.
    pub bytes: BTreeMap<String, u64>,
}

/// The files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file can't be written.
    #[error("{path} can't be written", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to write.
    #[error(transparent)]
    Feed(#[from] FeedError),
}

/// Writes a simulated station into a folder, which is made when it does not exist. `progress` is
/// told how many vehicles have come.
///
/// # Errors
/// When a file can't be written.
pub fn write(
    folder: &Path,
    request: &Request,
    mut progress: impl FnMut(u64),
) -> Result<Summary, FilesError> {
    std::fs::create_dir_all(folder).map_err(|source| FilesError::File {
        path: folder.to_owned(),
        source,
    })?;
    let mut feed = Feed::new(request.clone())?;
    let plans = feed.ports().to_vec();
    let mut ports = plans
        .iter()
        .map(|plan| PortFiles::create(folder, &plan.name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut truth = Output::create(folder.join("truth.jsonl"))?;
    let (mut register, mut sightings) = (BTreeSet::new(), Vec::new());
    let start = request.settings.start;
    let (mut end, mut told) = (start, 0);
    while let Some(item) = feed.next() {
        match item? {
            Item::Line(line) => {
                end = end.max(line.at);
                if let Some(port) = ports.get_mut(line.port) {
                    port.write(&line)?;
                }
            }
            Item::Vehicle(vehicle) => {
                truth.write_line(&vehicle.line(&plans))?;
                asked_for(feed.register(), &vehicle, &mut register);
                sightings.extend(vehicle.crossing.sightings);
            }
        }
        if feed.vehicles() != told {
            told = feed.vehicles();
            progress(told);
        }
    }
    truth.finish()?;
    sightings.sort_by_key(|sighting: &Sighting| sighting.at);
    write_lines(folder, "register.jsonl", register)?;
    write_lines(folder, "faults.jsonl", feed.take_faults())?;
    if request.settings.sightings {
        write_lines(folder, "sightings.jsonl", sightings)?;
        write_lines(folder, "sites.jsonl", SITES)?;
    }
    let mut summary = Summary {
        vehicles: told,
        span: end.saturating_sub(start),
        bytes: BTreeMap::new(),
    };
    for (plan, port) in plans.into_iter().zip(ports) {
        summary.bytes.insert(plan.name, port.written);
        port.bytes.finish()?;
        port.times.finish()?;
    }
    Ok(summary)
}

/// The entries of the register that may be asked for because of a vehicle: those of its plates, of what
/// was read of them, and of all texts that differ from its plates by one character that looks alike.
fn asked_for(register: &Register, told: &Told, entries: &mut BTreeSet<Registered>) {
    let vehicle = &told.crossing.vehicle;
    let plates = [Some(&vehicle.plate), vehicle.trailer_plate.as_ref()];
    for plate in plates.into_iter().flatten() {
        let characters: Vec<char> = plate.as_str().chars().collect();
        for (place, from) in characters.iter().enumerate() {
            for to in look_alikes(*from) {
                let mut other = characters.clone();
                if let Some(character) = other.get_mut(place) {
                    *character = to;
                }
                let other: String = other.into_iter().collect();
                entries.extend(register.find(&other));
            }
        }
        entries.extend(register.find(plate.as_str()));
    }
    let reads = told.plate_reads.iter().chain(&told.platform_reads);
    for text in reads.filter_map(|told| told.read.plate.as_deref()) {
        entries.extend(register.find(text));
    }
}

fn write_lines<T: serde::Serialize>(
    folder: &Path,
    name: &str,
    lines: impl IntoIterator<Item = T>,
) -> Result<(), FilesError> {
    let mut file = Output::create(folder.join(name))?;
    for line in lines {
        // None of these has anything that JSON has no place for.
        let text = serde_json::to_string(&line).unwrap_or_default();
        file.write_line(&text)?;
    }
    file.finish()
}

struct PortFiles {
    bytes: Output,
    times: Output,
    written: u64,
}

impl PortFiles {
    fn create(folder: &Path, name: &str) -> Result<Self, FilesError> {
        let bytes = Output::create(folder.join(format!("{name}.bin")))?;
        let times = Output::create(folder.join(format!("{name}.times")))?;
        Ok(Self {
            bytes,
            times,
            written: 0,
        })
    }

    fn write(&mut self, line: &Line) -> Result<(), FilesError> {
        let length = line.bytes.len();
        let at = line.at.get();
        self.times
            .write_line(&format!("{at} {} {length}", line.offset))?;
        self.bytes.write(&line.bytes)?;
        self.written = line.offset + length as u64;
        Ok(())
    }
}

struct Output {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    fn create(path: PathBuf) -> Result<Self, FilesError> {
        match File::create(&path) {
            Ok(file) => Ok(Self {
                path,
                file: BufWriter::new(file),
            }),
            Err(source) => Err(FilesError::File { path, source }),
        }
    }

    fn write_line(&mut self, line: &str) -> Result<(), FilesError> {
        self.write(line.as_bytes())?;
        self.write(b"\n")
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FilesError> {
        let done = self.file.write_all(bytes);
        done.map_err(|source| FilesError::File {
            path: self.path.clone(),
            source,
        })
    }

    fn finish(mut self) -> Result<(), FilesError> {
        let done = self.file.flush();
        done.map_err(|source| FilesError::File {
            path: self.path.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::emission::{Encoders, WimProtocol};
    use crate::simulator::evaluation::{Span, Vehicle};
    use crate::simulator::feed::Extent;
    use crate::simulator::settings::Settings;
    use crate::simulator::traffic::Traffic;
    use firmware_protocols::{Event, Settings as Protocol, registry};

    fn request(seed: u64) -> Request {
        Request {
            settings: Settings {
                seed,
                ..Settings::demo()
            },
            extent: Extent::Vehicles(60),
            station: "SIM-01".to_owned(),
            wim: WimProtocol::Olr,
            pictures: false,
        }
    }

    fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn decode(protocol: &str, settings: &Protocol, bytes: &[u8]) -> Vec<Event> {
        let mut decoder = (registry::find(protocol).unwrap().decoder)(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        std::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    #[test]
    fn same_seed_same_bytes_and_times_tile_the_bytes() {
        let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut seen = Vec::new();
        for (folder, seed) in folders.iter().zip([3, 3, 4]) {
            let mut told = 0;
            let summary = write(folder.path(), &request(seed), |n| told = n).unwrap();
            assert_eq!((summary.vehicles, told), (60, 60));
            let files = contents(folder.path());
            for (port, bytes) in &summary.bytes {
                assert_eq!(files[&format!("{port}.bin")].len() as u64, *bytes);
                let times = String::from_utf8(files[&format!("{port}.times")].clone()).unwrap();
                let (mut at, mut offset) = (0, 0);
                for line in times.lines() {
                    let numbers: Vec<i64> = line
                        .split(' ')
                        .map(|number| number.parse().unwrap())
                        .collect();
                    assert!(numbers[0] >= at && numbers[1] == offset && numbers[2] > 0);
                    (at, offset) = (numbers[0], offset + numbers[2]);
                }
                assert_eq!(offset as u64, *bytes);
            }
            seen.push(files);
        }
        assert!(seen[0] == seen[1], "the same seed gives the same files");
        assert!(seen[0] != seen[2]);
    }

    #[test]
    fn the_files_decode_to_what_was_measured_and_nothing_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let request = request(9);
        write(folder.path(), &request, |_| {}).unwrap();
        let files = contents(folder.path());
        let crossings: Vec<_> = Traffic::new(request.settings.clone()).take(60).collect();
        let encoders = Encoders::new(&request.station, request.wim).unwrap();
        for lane in 1..=request.settings.lanes {
            let mine = || crossings.iter().filter(move |c| c.lane == lane);
            let events = decode("olr", &Protocol::new(), &files[&format!("wim-{lane}.bin")]);
            assert!(
                !events
                    .iter()
                    .any(|event| matches!(event, Event::Rejected(_)))
            );
            let mut sent: Vec<_> = mine()
                .flat_map(|c| {
                    let measured = &c.records[0].measured;
                    let at = [Some(measured.sent_at), measured.again_at];
                    at.into_iter().flatten().map(move |at| (at, c))
                })
                .collect();
            sent.sort_by_key(|(at, _)| *at);
            let wanted: Vec<_> = sent
                .iter()
                .map(|(_, c)| Event::Vehicle(encoders.vehicle(&c.records[0])))
                .collect();
            let (beats, vehicles): (Vec<_>, Vec<_>) = events
                .into_iter()
                .partition(|event| matches!(event, Event::Heartbeat(_)));
            assert_eq!(vehicles, wanted);
            assert!(beats.len() > 5);

            let checked = Protocol::new().with("checksum", "crc16");
            let plates = decode("plate_text", &checked, &files[&format!("plate-{lane}.bin")]);
            assert_eq!(
                plates.len(),
                mine().map(|c| c.plate_reads.len()).sum::<usize>()
            );
            assert!(plates.iter().all(|event| matches!(event, Event::Plate(_))));
        }
        let frames = decode(
            "mt_toledo_continuous",
            &Protocol::new(),
            &files["platform.bin"],
        );
        assert!(
            frames
                .iter()
                .all(|event| matches!(event, Event::Reading(_)))
        );
        let truth = String::from_utf8(files["truth.jsonl"].clone()).unwrap();
        assert_eq!(truth.lines().count(), 60);
        for (line, crossing) in truth.lines().zip(&crossings) {
            let told: Vehicle = serde_json::from_str(line).unwrap();
            assert_eq!(told.plate, crossing.vehicle.plate.as_str());
            let bytes = |span: &Span| {
                let (from, length) = (span.offset as usize, span.length as usize);
                files[&format!("{}.bin", span.port)][from..from + length].to_vec()
            };
            let times = 1 + usize::from(crossing.records[0].measured.again_at.is_some());
            let record = encoders.record(&crossing.records[0]).unwrap();
            let records: Vec<_> = told.records.iter().map(bytes).collect();
            assert_eq!(records, vec![record; times]);
            let reads = told.plate_reads.iter();
            let lines: Vec<_> = reads.map(|read| bytes(&read.span)).collect();
            let wanted = crossing.plate_reads.iter();
            let wanted: Vec<_> = wanted.map(|read| encoders.plate(read).unwrap()).collect();
            assert_eq!(lines, wanted);
        }
    }

    #[test]
    fn pictures_come_as_a_camera_would_send_them() {
        let folder = tempfile::tempdir().unwrap();
        let extent = Extent::Time(Micros::from_seconds(8));
        let request = Request {
            pictures: true,
            extent,
            ..request(2)
        };
        let summary = write(folder.path(), &request, |_| {}).unwrap();
        let files = contents(folder.path());
        let mut pictures = 0;
        for lane in 1..=request.settings.lanes {
            let bytes = &files[&format!("picture-{lane}.bin")];
            for event in decode("vc0706_jpeg", &Protocol::new(), bytes) {
                assert!(!matches!(event, Event::Rejected(_)), "{event:?}");
                if let Event::Picture(picture) = event {
                    image::load_from_memory(&picture.jpeg).unwrap();
                    pictures += 1;
                }
            }
        }
        assert_eq!(pictures, summary.vehicles);
        assert!(pictures >= 3);
    }
}
