//! `steelyard decode`: a protocol analyser. Bytes of a device in, one JSON line for each event out.
//!
//! All keys of an event are always there; `null` means that the protocol does not say. `span` is
//! `[first, past-last)` in bytes of the stream; `line` is the number of the input line with `--hex`,
//! where each line is one stream.

mod list;
mod sniff;

pub(super) use list::columns;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Write};

use firmware_protocols::registry::{Protocol, UnknownProtocol, find};
use firmware_protocols::{
    Axle, AxleValidity, Decoded, Decoder, Direction, Event, PlateColour, Reading, Reject, Settings,
    SettingsError, Unit, Vehicle, VehicleFlag,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Bytes read from the input at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Decodes bytes of a device and prints one JSON line for each event
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// 协议名 / protocol of the bytes, such as mt_toledo_continuous
    #[arg(long, value_name = "NAME", required_unless_present_any = ["list", "sniff"])]
    pub protocol: Option<String>,
    /// 列出所有协议 / the table of all protocols
    #[arg(long, conflicts_with_all = ["protocol", "sniff", "file"])]
    pub list: bool,
    /// 猜测协议与线路设置：文件、串口、tcp://主机:端口 或 - / which protocols fit these bytes: a file, a
    /// serial port, tcp://host:port, or -
    #[arg(long, value_name = "FILE|PORT", conflicts_with_all = ["protocol", "file"])]
    pub sniff: Option<String>,
    /// 串口上每种线路设置听几秒 / seconds to listen with each line setting of a port
    #[arg(long, value_name = "S", default_value_t = 2.0, requires = "sniff")]
    pub seconds: f64,
    /// --list 与 --sniff 输出 JSON 行 / JSON lines from --list and --sniff
    #[arg(long)]
    pub json: bool,
    /// A setting of the protocol; may be given more than once
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// Unit of readings where the wire has none: kg, g, t, lb, oz, short_ton, ozt, dwt, N
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    /// Each input line is one stream in hexadecimal
    #[arg(long)]
    pub hex: bool,
    /// File to read, `-` for standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "sniff"])]
    pub file: Option<String>,
}

/// Why nothing, or not all, was decoded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such protocol.
    #[error(transparent)]
    Protocol(#[from] UnknownProtocol),
    /// A setting that the protocol can't use.
    #[error("{protocol}: {source}")]
    Settings {
        /// The protocol.
        protocol: String,
        /// What is wrong.
        source: SettingsError,
    },
    /// A unit that there is not.
    #[error("no unit `{0}`; known: kg, g, t, lb, oz, short_ton, ozt, dwt, N")]
    Unit(String),
    /// A line that is not hexadecimal.
    #[error("line {line} is not hexadecimal: {problem}")]
    Hex {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        problem: hex::FromHexError,
    },
    /// The file can't be opened.
    #[error("can't open `{file}`: {source}")]
    Open {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The port can't be opened.
    #[error("{0}")]
    Port(String),
    /// The input can't be read.
    #[error("can't read the input: {0}")]
    Read(std::io::Error),
    /// The output can't be written.
    #[error("can't write the output: {0}")]
    Write(std::io::Error),
}

impl Error {
    /// The exit code of the program: 2 for wrong use, 1 for trouble on the way.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Protocol(_)
            | Self::Settings { .. }
            | Self::Unit(_)
            | Self::Hex { .. }
            | Self::Open { .. }
            | Self::Port(_) => 2,
            Self::Read(_) | Self::Write(_) => 1,
        }
    }
}

/// What was decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events, rejects among them.
    pub events: u64,
    /// Rejects.
    pub rejects: u64,
}

/// Runs the subcommand on its file and standard output. A reader that stops reading (`| head`) is
/// no error.
pub fn execute(arguments: &Arguments) -> Result<Counts, Error> {
    let output = std::io::stdout().lock();
    let file = arguments.file.as_deref().unwrap_or("-");
    let counts = if arguments.list {
        list::run(arguments.json, output)
            .map(|()| Counts::default())
            .map_err(Error::Write)
    } else if let Some(target) = &arguments.sniff {
        sniff::run(target, arguments.seconds, arguments.json, output).map(|()| Counts::default())
    } else if file == "-" {
        run(arguments, std::io::stdin().lock(), output)
    } else {
        // Wrong use comes before a missing file.
        decoder(arguments)?;
        let file = File::open(file).map_err(|source| Error::Open {
            file: file.to_owned(),
            source,
        })?;
        run(arguments, file, output)
    };
    match counts {
        Err(Error::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Counts::default()),
        counts => counts,
    }
}

/// Decodes an input into JSON lines.
pub fn run(
    arguments: &Arguments,
    mut input: impl Read,
    output: impl Write,
) -> Result<Counts, Error> {
    let unit = match &arguments.unit {
        None => None,
        Some(name) => Some(Unit::from_name(name).ok_or_else(|| Error::Unit(name.clone()))?),
    };
    let mut decoder = decoder(arguments)?;
    let mut printer = Printer {
        output: BufWriter::new(output),
        unit,
        counts: Counts::default(),
    };
    if arguments.hex {
        for (index, line) in BufReader::new(input).lines().enumerate() {
            let number = index as u64 + 1;
            let line = line.map_err(Error::Read)?;
            let digits: String = line.split_whitespace().collect();
            if digits.is_empty() || digits.starts_with('#') {
                continue;
            }
            let bytes = hex::decode(&digits).map_err(|problem| Error::Hex {
                line: number,
                problem,
            })?;
            // A new decoder: each line is a stream of its own, with spans from 0.
            decoder = self::decoder(arguments)?;
            decoder.push(&bytes);
            decoder.finish();
            printer.drain(&mut *decoder, Some(number))?;
        }
    } else {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::Read(error)),
            };
            decoder.push(chunk.get(..count).unwrap_or_default());
            printer.drain(&mut *decoder, None)?;
            // Someone may watch a live line through a pipe.
            printer.output.flush().map_err(Error::Write)?;
        }
        decoder.finish();
        printer.drain(&mut *decoder, None)?;
    }
    printer.output.flush().map_err(Error::Write)?;
    Ok(printer.counts)
}

fn decoder(arguments: &Arguments) -> Result<Box<dyn Decoder>, Error> {
    let protocol: &Protocol = find(arguments.protocol.as_deref().unwrap_or_default())?;
    let wrong = |source| Error::Settings {
        protocol: protocol.name.to_owned(),
        source,
    };
    let texts = arguments.settings.iter().map(String::as_str);
    let settings = Settings::from_assignments(texts).map_err(wrong)?;
    (protocol.decoder)(&settings).map_err(wrong)
}

struct Printer<W: Write> {
    output: BufWriter<W>,
    unit: Option<Unit>,
    counts: Counts,
}

impl<W: Write> Printer<W> {
    fn drain(&mut self, decoder: &mut dyn Decoder, line: Option<u64>) -> Result<(), Error> {
        while let Some(decoded) = decoder.poll_event() {
            self.counts.events += 1;
            if matches!(decoded.event, Event::Rejected(_)) {
                self.counts.rejects += 1;
            }
            let record = Record {
                body: body(&decoded.event, self.unit),
                span: [decoded.span.start, decoded.span.end],
                line,
            };
            serde_json::to_writer(&mut self.output, &record)
                .map_err(|error| Error::Write(error.into()))?;
            self.output.write_all(b"\n").map_err(Error::Write)?;
        }
        Ok(())
    }
}

/// One event as a JSON value, for other outputs that speak the same words. `unit` is given to
/// readings whose wire has none.
pub fn event_json(decoded: &Decoded, unit: Option<Unit>) -> Value {
    let record = Record {
        body: body(&decoded.event, unit),
        span: [decoded.span.start, decoded.span.end],
        line: None,
    };
    serde_json::to_value(record).unwrap_or(Value::Null)
}

/// One output line.
#[derive(Serialize)]
struct Record {
    #[serde(flatten)]
    body: Body,
    span: [u64; 2],
    line: Option<u64>,
}

/// The part of a line that depends on the kind of event.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Body {
    Reading {
        value: Option<String>,
        unit: Option<&'static str>,
        stable: Option<bool>,
        net: Option<bool>,
        overload: Option<bool>,
        underload: Option<bool>,
        tare: Option<String>,
        channel: Option<u16>,
        decks: Vec<String>,
        checked: bool,
    },
    Vehicle {
        station: Option<String>,
        sequence: Option<u64>,
        time: Option<String>,
        lane: Option<u16>,
        direction: Option<&'static str>,
        speed_kmh: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        acceleration_ms2: Option<f64>,
        length_mm: Option<i64>,
        gross_kg: Option<i64>,
        axles: Vec<AxleBody>,
        groups: Vec<GroupBody>,
        flags: Vec<&'static str>,
        confidence: Option<u8>,
        checked: bool,
    },
    Plate {
        plate: Option<String>,
        colour: Option<&'static str>,
        confidence: Option<u8>,
        time: Option<String>,
        lane: Option<u16>,
        direction: Option<&'static str>,
        second_plate: Option<String>,
        read_id: Option<String>,
        picture_bytes: Option<usize>,
        checked: bool,
    },
    Picture {
        bytes: usize,
    },
    Heartbeat {
        lane: Option<u16>,
        time: Option<String>,
        last_sequence: Option<u64>,
        state: String,
    },
    Status {
        name: &'static str,
        fields: Value,
    },
    Rejected {
        reason: &'static str,
    },
}

#[derive(Serialize)]
struct GroupBody {
    axles: Option<u8>,
    load_kg: Option<i64>,
    code: Option<u8>,
}

#[derive(Serialize)]
struct AxleBody {
    load_kg: Option<i64>,
    left_kg: Option<i64>,
    right_kg: Option<i64>,
    spacing_mm: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_kmh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<&'static str>,
}

fn body(event: &Event, unit: Option<Unit>) -> Body {
    match event {
        Event::Reading(reading) => reading_body(reading, unit),
        Event::Vehicle(vehicle) => vehicle_body(vehicle),
        Event::Plate(plate) => Body::Plate {
            plate: plate.plate.clone(),
            colour: plate.colour.map(PlateColour::name),
            confidence: plate.confidence,
            time: plate.time.map(|time| time.to_string()),
            lane: plate.lane,
            direction: plate.direction.map(direction_name),
            second_plate: plate.second_plate.clone(),
            read_id: plate.read_id.clone(),
            picture_bytes: plate.picture.as_ref().map(|picture| picture.jpeg.len()),
            checked: plate.checked,
        },
        Event::Picture(picture) => Body::Picture {
            bytes: picture.jpeg.len(),
        },
        Event::Heartbeat(heartbeat) => Body::Heartbeat {
            lane: heartbeat.lane,
            time: heartbeat.time.map(|time| time.to_string()),
            last_sequence: heartbeat.last_sequence,
            state: heartbeat.state.clone(),
        },
        Event::Status(status) => {
            let fields: Map<_, _> = status
                .fields
                .iter()
                .map(|(key, text)| ((*key).to_owned(), json!(text)))
                .collect();
            Body::Status {
                name: status.name,
                fields: Value::Object(fields),
            }
        }
        Event::Rejected(reason) => Body::Rejected {
            reason: Reject::name(*reason),
        },
    }
}

const fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "forward",
        Direction::Reverse => "reverse",
    }
}

fn reading_body(reading: &Reading, unit: Option<Unit>) -> Body {
    Body::Reading {
        value: reading.value.map(|value| value.to_string()),
        unit: reading.unit.or(unit).map(Unit::name),
        stable: reading.stable,
        net: reading.net,
        overload: reading.overload,
        underload: reading.underload,
        tare: reading.tare.map(|tare| tare.to_string()),
        channel: reading.channel,
        decks: reading.decks.iter().map(ToString::to_string).collect(),
        checked: reading.checked,
    }
}

/// The nearest double to a tenth prints as that tenth: 634 gives 63.4.
fn tenths(number: i64) -> f64 {
    number as f64 / 10.0
}

fn vehicle_body(vehicle: &Vehicle) -> Body {
    let axle = |axle: &Axle| AxleBody {
        load_kg: axle.load_kg,
        left_kg: axle.left_kg,
        right_kg: axle.right_kg,
        spacing_mm: axle.spacing_mm,
        speed_kmh: axle.speed_tenth_kmh.map(tenths),
        validity: axle.validity.map(AxleValidity::name),
    };
    Body::Vehicle {
        station: vehicle.station.clone(),
        sequence: vehicle.sequence,
        time: vehicle.time.map(|time| time.to_string()),
        lane: vehicle.lane,
        direction: vehicle.direction.map(direction_name),
        speed_kmh: vehicle.speed_tenth_kmh.map(tenths),
        acceleration_ms2: vehicle.acceleration_tenth_ms2.map(tenths),
        length_mm: vehicle.length_mm,
        gross_kg: vehicle.gross_kg,
        axles: vehicle.axles.iter().map(axle).collect(),
        groups: vehicle
            .groups
            .iter()
            .map(|group| GroupBody {
                axles: group.axles,
                load_kg: group.load_kg,
                code: group.code,
            })
            .collect(),
        flags: vehicle
            .flags
            .iter()
            .copied()
            .map(VehicleFlag::name)
            .collect(),
        confidence: vehicle.confidence,
        checked: vehicle.checked,
    }
}
