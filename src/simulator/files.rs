//! A simulated station written to files: one of bytes for each port, their times, ground truth.
//!
//! `<port>.bin` holds what the device sent, `<port>.times` one line for each piece of it:
//! `<microseconds UTC> <offset> <length>`. `truth.jsonl` has a line for each vehicle, with the places
//! in the ports' bytes of its records and of each of its plate reads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use firmware_protocols::vc0706_jpeg::{Camera, Command};

use super::controller::HEARTBEAT_EVERY;
use super::emission::{
    CAMERA_PROTOCOL, EmissionError, Encoders, SCALE_PROTOCOL, WimProtocol, Written, emissions,
    platform_lane, ports, truth_line,
};
use super::evaluation::{ReadLine, Span};
use super::picture::{self, PictureError, Scene};
use super::platform::{FRAME_EVERY, Platform};
use super::settings::Settings;
use super::traffic::{Crossing, PlateRead, Traffic};
use crate::lane::PortRole;
use crate::units::Micros;

/// How much traffic to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many vehicles.
    Vehicles(u64),
    /// All vehicles that come within this time.
    Time(Micros),
}

/// What to write.
#[derive(Debug, Clone)]
pub struct Request {
    /// The traffic.
    pub settings: Settings,
    /// How much of it.
    pub extent: Extent,
    /// Station code in the records.
    pub station: String,
    /// What the controllers speak.
    pub wim: WimProtocol,
    /// Whether the picture cameras' lines are written, too; they are large.
    pub pictures: bool,
}

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
    /// An event can't be written.
    #[error(transparent)]
    Emission(#[from] EmissionError),
    /// A picture can't be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Writes a simulated station into a folder, which is made when it does not exist. `progress` is
/// told the number of each vehicle.
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
    let mut recording = Recording::new(folder, request)?;
    let start = request.settings.start;
    let mut vehicles = 0;
    for crossing in Traffic::new(request.settings.clone()) {
        let over = match request.extent {
            Extent::Vehicles(count) => vehicles >= count,
            Extent::Time(span) => crossing.first_axle_at >= start.saturating_add(span),
        };
        if over {
            break;
        }
        // What a vehicle makes devices send never comes before its first axle by more than this.
        recording.write_until(crossing.first_axle_at.saturating_sub(Micros::SECOND))?;
        recording.take(&crossing)?;
        vehicles += 1;
        progress(vehicles);
    }
    let end = match request.extent {
        Extent::Time(span) => start.saturating_add(span),
        Extent::Vehicles(_) => start,
    };
    let end = recording
        .due
        .last_key_value()
        .map_or(end, |((at, _), _)| end.max(*at));
    recording.write_until(end)?;
    recording.truth.finish()?;
    let mut summary = Summary {
        vehicles,
        span: end.saturating_sub(start),
        bytes: BTreeMap::new(),
    };
    for port in recording.ports {
        summary.bytes.insert(port.name, port.offset);
        port.bytes.finish()?;
        port.times.finish()?;
    }
    Ok(summary)
}

/// What a device sends, and because of whom.
struct Due {
    role: PortRole,
    lane: u16,
    bytes: Vec<u8>,
    cause: Cause,
}

enum Cause {
    /// Nobody that truth tells of, or nothing that it tells.
    None,
    /// The record of this vehicle.
    Record(u64),
    /// A read of this vehicle's plate.
    Read(u64, PlateRead),
}

/// A vehicle whose devices have not said all yet.
struct Untold {
    crossing: Crossing,
    /// So many of its lines are still to be written.
    lines: usize,
    written: Written,
}

/// Ground truth, written once the places of all lines of a vehicle are known, in the order of the
/// vehicles.
struct TruthFile {
    file: Output,
    platform_lane: u16,
    untold: BTreeMap<u64, Untold>,
}

impl TruthFile {
    fn expect(&mut self, crossing: &Crossing, lines: usize) {
        let untold = Untold {
            crossing: crossing.clone(),
            lines,
            written: Written::default(),
        };
        self.untold.insert(crossing.number, untold);
    }

    fn written(&mut self, cause: Cause, lane: u16, span: Option<Span>) -> Result<(), FilesError> {
        let (Cause::Record(vehicle) | Cause::Read(vehicle, _)) = &cause else {
            return Ok(());
        };
        if let Some(untold) = self.untold.get_mut(vehicle) {
            untold.lines = untold.lines.saturating_sub(1);
            match (cause, span) {
                (Cause::Record(_), Some(span)) => untold.written.records.push(span),
                (Cause::Read(_, read), Some(span)) => {
                    let read = ReadLine {
                        span,
                        lane,
                        plate: read.plate,
                        seen_us: read.seen_at,
                    };
                    if lane == self.platform_lane {
                        untold.written.platform_reads.push(read);
                    } else {
                        untold.written.plate_reads.push(read);
                    }
                }
                _ => {}
            }
        }
        while let Some(first) = self.untold.first_entry()
            && first.get().lines == 0
        {
            let told = first.remove();
            let line = truth_line(&told.crossing, &told.written);
            self.file.write(format!("{line}\n").as_bytes())?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), FilesError> {
        self.file.finish()
    }
}

/// What is still to be written, by time.
struct Recording<'a> {
    request: &'a Request,
    encoders: Encoders,
    ports: Vec<PortFiles>,
    platform: Platform,
    truth: TruthFile,
    due: BTreeMap<(Micros, u64), Due>,
    drawn: u64,
    next_frame: Micros,
    next_beat: Micros,
    last_sequence: BTreeMap<u16, u64>,
}

impl<'a> Recording<'a> {
    fn new(folder: &Path, request: &'a Request) -> Result<Self, FilesError> {
        let settings = &request.settings;
        // Without trucks on the platform its line would be zeros for the whole time.
        let has_platform = settings.platform_share > 0.0;
        let wanted = |role, lane| match role {
            PortRole::Wim => true,
            PortRole::Plate => has_platform || lane != platform_lane(settings),
            PortRole::Picture => request.pictures,
            PortRole::Platform => has_platform,
            // What the host says stands in no raw log.
            PortRole::Radar | PortRole::Sign | PortRole::Signal => false,
        };
        let ports = ports(settings, request.wim, SCALE_PROTOCOL, CAMERA_PROTOCOL)
            .into_iter()
            .filter(|plan| wanted(plan.role, plan.lane))
            .map(|plan| PortFiles::create(folder, plan.name, plan.role, plan.lane))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            request,
            encoders: Encoders::new(&request.station, request.wim)?,
            ports,
            platform: Platform::new(settings),
            truth: TruthFile {
                file: Output::create(folder.join("truth.jsonl"))?,
                platform_lane: platform_lane(settings),
                untold: BTreeMap::new(),
            },
            due: BTreeMap::new(),
            drawn: 0,
            next_frame: if has_platform {
                settings.start
            } else {
                Micros::new(i64::MAX)
            },
            next_beat: settings.start.saturating_add(HEARTBEAT_EVERY),
            last_sequence: BTreeMap::new(),
        })
    }

    fn at(&mut self, moment: Micros, due: Due) {
        self.drawn += 1;
        self.due.insert((moment, self.drawn), due);
    }

    fn take(&mut self, crossing: &Crossing) -> Result<(), FilesError> {
        let vehicle = crossing.number;
        let mut dues = Vec::new();
        for emission in emissions(&self.encoders, crossing)? {
            let due = Due {
                role: emission.role,
                lane: emission.lane,
                bytes: emission.bytes,
                cause: match emission.read {
                    Some(read) => Cause::Read(vehicle, read),
                    None => Cause::Record(vehicle),
                },
            };
            dues.push((emission.at, due));
        }
        self.last_sequence
            .insert(crossing.lane, crossing.measured.sequence);
        let visit = self.platform.take(crossing).cloned();
        if let Some(visit) = visit {
            let lane = platform_lane(&self.request.settings);
            let read = Due {
                role: PortRole::Plate,
                lane,
                bytes: self.encoders.plate(lane, &visit.read)?,
                cause: Cause::Read(vehicle, visit.read.clone()),
            };
            dues.push((visit.read.sent_at, read));
            // The recording goes on until the truck has left.
            let gone = Due {
                role: PortRole::Platform,
                lane,
                bytes: Vec::new(),
                cause: Cause::None,
            };
            dues.push((visit.gone_at(), gone));
        }
        if self.request.pictures {
            let sent_at = crossing
                .measured
                .sent_at
                .saturating_add(Micros::from_millis(20));
            let picture = Due {
                role: PortRole::Picture,
                lane: crossing.lane,
                bytes: picture_exchange(crossing)?,
                cause: Cause::None,
            };
            dues.push((sent_at, picture));
        }
        let told = |(_, due): &&(Micros, Due)| !matches!(due.cause, Cause::None);
        self.truth
            .expect(crossing, dues.iter().filter(told).count());
        for (at, due) in dues {
            self.at(at, due);
        }
        Ok(())
    }

    /// Writes everything that devices send up to this moment, in the order of time.
    fn write_until(&mut self, until: Micros) -> Result<(), FilesError> {
        loop {
            let emitted = self.due.first_key_value().map(|((at, _), _)| *at);
            let emitted = emitted.unwrap_or(Micros::new(i64::MAX));
            let next = emitted.min(self.next_frame).min(self.next_beat);
            if next > until {
                return Ok(());
            }
            if next == self.next_frame {
                self.next_frame = next.saturating_add(FRAME_EVERY);
                let frame = self.platform.frame(next)?;
                let lane = platform_lane(&self.request.settings);
                self.put(next, PortRole::Platform, lane, &frame)?;
            } else if next == self.next_beat {
                self.next_beat = next.saturating_add(HEARTBEAT_EVERY);
                for lane in 1..=self.request.settings.lanes.max(1) {
                    let last = self.last_sequence.get(&lane).copied();
                    let beat = self.encoders.heartbeat(lane, next, last)?;
                    self.put(next, PortRole::Wim, lane, &beat)?;
                }
            } else if let Some((_, due)) = self.due.pop_first() {
                let span = self.put(next, due.role, due.lane, &due.bytes)?;
                self.truth.written(due.cause, due.lane, span)?;
            }
        }
    }

    fn put(
        &mut self,
        at: Micros,
        role: PortRole,
        lane: u16,
        bytes: &[u8],
    ) -> Result<Option<Span>, FilesError> {
        let port = self
            .ports
            .iter_mut()
            .find(|port| (port.role, port.lane) == (role, lane));
        match port {
            Some(port) if !bytes.is_empty() => port.write(at, bytes).map(Some),
            _ => Ok(None),
        }
    }
}

/// What a picture camera sends to a host that freezes, asks the length and reads all.
fn picture_exchange(crossing: &Crossing) -> Result<Vec<u8>, PictureError> {
    let jpeg = picture::draw(&Scene {
        vehicle: Some(&crossing.vehicle),
        lane: crossing.lane,
        time: crossing.first_axle_at,
        speed: Some(crossing.measured.speed_tenth_kmh),
    })?;
    let length = u32::try_from(jpeg.len()).unwrap_or(u32::MAX);
    let mut camera = Camera::new(0);
    camera.show(jpeg);
    let read = Command::Read {
        start: 0,
        length,
        delay_10us: 10,
    };
    let mut bytes = Vec::new();
    for command in [Command::Freeze, Command::Length, read, Command::Resume] {
        bytes.extend(camera.handle(&command.encode(0)));
    }
    Ok(bytes)
}

struct PortFiles {
    name: String,
    role: PortRole,
    lane: u16,
    bytes: Output,
    times: Output,
    offset: u64,
}

impl PortFiles {
    fn create(folder: &Path, name: String, role: PortRole, lane: u16) -> Result<Self, FilesError> {
        let bytes = Output::create(folder.join(format!("{name}.bin")))?;
        let times = Output::create(folder.join(format!("{name}.times")))?;
        Ok(Self {
            name,
            role,
            lane,
            bytes,
            times,
            offset: 0,
        })
    }

    fn write(&mut self, at: Micros, bytes: &[u8]) -> Result<Span, FilesError> {
        let line = format!("{} {} {}\n", at.get(), self.offset, bytes.len());
        self.times.write(line.as_bytes())?;
        self.bytes.write(bytes)?;
        let span = Span {
            port: self.name.clone(),
            offset: self.offset,
            length: bytes.len() as u64,
        };
        self.offset += span.length;
        Ok(span)
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
    use crate::simulator::evaluation::Vehicle;
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
                    let at = [Some(c.measured.sent_at), c.measured.again_at];
                    at.into_iter().flatten().map(move |at| (at, c))
                })
                .collect();
            sent.sort_by_key(|(at, _)| *at);
            let wanted: Vec<_> = sent
                .iter()
                .map(|(_, c)| Event::Vehicle(encoders.vehicle(c)))
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
            let written = Written {
                records: told.records.clone(),
                plate_reads: told.plate_reads.clone(),
                platform_reads: told.platform_reads,
            };
            assert_eq!(line, truth_line(crossing, &written));
            let bytes = |span: &Span| {
                let (from, length) = (span.offset as usize, span.length as usize);
                files[&format!("{}.bin", span.port)][from..from + length].to_vec()
            };
            let times = 1 + usize::from(crossing.measured.again_at.is_some());
            let record = encoders.record(crossing).unwrap();
            let records: Vec<_> = told.records.iter().map(bytes).collect();
            assert_eq!(records, vec![record; times]);
            let reads = told.plate_reads.iter();
            let lines: Vec<_> = reads.map(|read| bytes(&read.span)).collect();
            let wanted = crossing.plate_reads.iter();
            let wanted: Vec<_> = wanted
                .map(|read| encoders.plate(crossing.lane, read).unwrap())
                .collect();
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
