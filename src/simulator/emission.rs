//! What the devices of a station put on their lines: events, bytes, and when.

use firmware_protocols::olr::{self, Address, Message};
use firmware_protocols::plate_text::{self, Layout};
use firmware_protocols::registry::{UnknownProtocol, find};
use firmware_protocols::wim_text_mon::{self, LineEnd};
use firmware_protocols::{
    Axle, AxleValidity, DeviceTime, Direction, EncodeError, Heartbeat, Plate, PlateColour,
    Settings as Protocol, SettingsError, Vehicle, VehicleFlag,
};

use super::crossing::{CameraView, Crossing, Measured, MeasuredAxle, PlateRead, Record};
use super::ports::CAMERA_PROTOCOL;
use super::speak;
use crate::lane::PortRole;
use crate::passage::TravelDirection;
use crate::units::{Kilograms, Micros, Millimetres};

/// Beijing time is so far ahead of UTC; the text records of a scale are in local time.
pub const BEIJING_AHEAD: Micros = Micros::from_seconds(8 * 3_600);

/// The fastest that the native record states.
const FASTEST_TENTH_KMH: i64 = 3_000;

/// What the weigh-in-motion controllers speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WimProtocol {
    /// Checked records that wait for an acknowledge.
    #[default]
    Olr,
    /// Text records without a check.
    WimTextMon,
    /// Any other format of vehicle records, by its name in the registry.
    Other(&'static str),
}

impl WimProtocol {
    /// The name in the registry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Olr => "olr",
            Self::WimTextMon => "wim_text_mon",
            Self::Other(name) => name,
        }
    }
}

/// An event can't be written. With events of this simulator that would be a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum EmissionError {
    /// The encoder refused it.
    #[error("a simulated event can't be written: {0}")]
    Encode(#[from] EncodeError),
    /// No such protocol.
    #[error(transparent)]
    Protocol(#[from] UnknownProtocol),
    /// The plate line's layout was refused.
    #[error("the plate line's layout: {0}")]
    Layout(#[from] SettingsError),
}

/// Turns what scales and cameras make of the traffic into bytes.
#[derive(Debug, Clone)]
pub struct Encoders {
    station: String,
    wim: WimProtocol,
    camera: &'static str,
    plate_layout: Layout,
}

impl Encoders {
    /// Encoders for the devices of a station; its code goes into the records.
    ///
    /// # Errors
    /// When the layout of the plate line is refused.
    pub fn new(station: &str, wim: WimProtocol) -> Result<Self, EmissionError> {
        let layout = Layout::new(&Protocol::new().with("checksum", "crc16"))?;
        Ok(Self {
            station: station.to_owned(),
            wim,
            camera: CAMERA_PROTOCOL,
            plate_layout: layout,
        })
    }

    /// The same with plate cameras that speak another format.
    pub fn with_camera(self, camera: &'static str) -> Self {
        Self { camera, ..self }
    }

    /// The line of a record.
    ///
    /// # Errors
    /// When the line has no place for a value.
    pub fn record(&self, record: &Record) -> Result<Vec<u8>, EmissionError> {
        let vehicle = self.vehicle(record);
        Ok(match self.wim {
            WimProtocol::Olr => {
                let extra = extra(&record.measured);
                olr::encode(&Message::Vehicle(vehicle, extra))?
            }
            WimProtocol::WimTextMon => wim_text_mon::encode(&vehicle, LineEnd::CrLf)?,
            WimProtocol::Other(name) => {
                let local = device_time(record.measured.time.saturating_add(BEIJING_AHEAD), false);
                speak::vehicle(find(name)?, &Protocol::new(), &vehicle, local)?
            }
        })
    }

    /// What the controller says in a record, as far as its protocol can say it: decoding
    /// [`Encoders::record`] gives this again.
    pub fn vehicle(&self, record: &Record) -> Vehicle {
        let measured = &record.measured;
        let olr = self.wim != WimProtocol::WimTextMon;
        let axles: Vec<Axle> = measured.axles.iter().map(|axle| said(axle, olr)).collect();
        // A field can't hold more than it has digits for.
        let speed = measured.speed_tenth_kmh.get().min(FASTEST_TENTH_KMH);
        let sum = measured.axles.iter().map(MeasuredAxle::measured_kg);
        let sum = sum.sum::<Kilograms>().get();
        let whole = axles.iter().all(|axle| axle.load_kg.is_some());
        let sum_wrong = olr && whole && measured.gross_kg.get() != sum;
        let doubtful = olr && measured.axles.iter().any(|axle| axle.validity != 0);
        let mut flags = if olr {
            measured.flags.clone()
        } else {
            Vec::new()
        };
        flags.extend(sum_wrong.then_some(VehicleFlag::SumWrong));
        flags.extend(doubtful.then_some(VehicleFlag::SensorFault));
        flags.sort_unstable();
        flags.dedup();
        Vehicle {
            station: olr.then(|| self.station.clone()),
            sequence: Some(measured.sequence),
            time: if olr {
                device_time(measured.time, true)
            } else {
                device_time(measured.time.saturating_add(BEIJING_AHEAD), false)
            },
            lane: Some(record.lane),
            direction: measured.direction.map(|direction| match direction {
                TravelDirection::Forward => Direction::Forward,
                TravelDirection::Reverse => Direction::Reverse,
            }),
            // The text record has whole km/h, and no gross that is not the sum.
            speed_tenth_kmh: Some(if olr { speed } else { (speed + 5) / 10 * 10 }),
            length_mm: Some(measured.length_mm.get()),
            gross_kg: Some(if olr { measured.gross_kg.get() } else { sum }),
            axles,
            acceleration_tenth_ms2: measured.acceleration_tenth_ms2.filter(|_| olr),
            flags,
            confidence: olr.then_some(95),
            checked: olr,
            ..Vehicle::default()
        }
    }

    /// The controller's sign of life; nothing from a controller that has none.
    ///
    /// # Errors
    /// When the line has no place for a value.
    pub fn heartbeat(
        &self,
        lane: u16,
        now: Micros,
        last_sequence: Option<u64>,
    ) -> Result<Vec<u8>, EmissionError> {
        if self.wim != WimProtocol::Olr {
            return Ok(Vec::new());
        }
        let heartbeat = Heartbeat {
            lane: Some(lane),
            time: device_time(now, true),
            last_sequence,
            state: "OK".to_owned(),
        };
        Ok(olr::encode(&Message::Heartbeat(
            self.address(lane),
            heartbeat,
        ))?)
    }

    /// Station and lane as the records state them.
    pub fn address(&self, lane: u16) -> Address {
        Address {
            station: self.station.clone(),
            lane,
        }
    }

    /// The line of a plate read.
    ///
    /// # Errors
    /// When the line has no place for a value.
    pub fn plate(&self, read: &PlateRead) -> Result<Vec<u8>, EmissionError> {
        let plate = plate_event(read);
        if self.camera == CAMERA_PROTOCOL {
            return Ok(plate_text::encode(&plate, &self.plate_layout)?);
        }
        let local = device_time(read.seen_at.saturating_add(BEIJING_AHEAD), false);
        let protocol = find(self.camera)?;
        Ok(speak::plate(protocol, &Protocol::new(), &plate, local)?)
    }
}

/// What the camera says of a read.
pub fn plate_event(read: &PlateRead) -> Plate {
    Plate {
        plate: read.plate.clone(),
        colour: read
            .colour
            .and_then(|colour| PlateColour::from_name(colour.name())),
        confidence: read.confidence,
        time: device_time(read.seen_at, true),
        lane: Some(read.lane),
        checked: true,
        ..Plate::default()
    }
}

/// A device's time, cut to whole milliseconds.
pub fn device_time(moment: Micros, utc: bool) -> Option<DeviceTime> {
    DeviceTime::from_micros(moment.get().div_euclid(1_000) * 1_000, utc)
}

/// An axle in the words of the protocols. A format without wheel loads has what was measured of the
/// axle as its load.
fn said(axle: &MeasuredAxle, wheels: bool) -> Axle {
    let side = |side: Option<Kilograms>| side.filter(|_| wheels).map(Kilograms::get);
    Axle {
        load_kg: match axle.load_kg() {
            None if !wheels => Some(axle.measured_kg().get()),
            load => load.map(Kilograms::get),
        },
        left_kg: side(axle.left_kg),
        right_kg: side(axle.right_kg),
        spacing_mm: axle.spacing_mm.map(Millimetres::get),
        speed_tenth_kmh: wheels.then_some(axle.speed_tenth_kmh.get()),
        validity: wheels.then_some(AxleValidity::from_code(axle.validity)),
    }
}

/// What only the native record says.
fn extra(measured: &Measured) -> olr::Extra {
    let axle = |axle: &MeasuredAxle| olr::AxleExtra {
        tyre: Some(if axle.group == 1 {
            olr::Tyre::Single
        } else {
            olr::Tyre::Dual
        }),
        group: Some(axle.group),
    };
    olr::Extra {
        axles: measured.axles.iter().map(axle).collect(),
        ..olr::Extra::default()
    }
}

/// Which of the things that a crossing makes devices say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The record with this index.
    Record(usize),
    /// The plate read with this index.
    Read(usize),
}

/// What a lane's devices do of their own accord because of a crossing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emission {
    /// When.
    pub at: Micros,
    /// Whose line.
    pub role: PortRole,
    /// Lane.
    pub lane: u16,
    /// Which camera, for a read.
    pub view: CameraView,
    /// What is said.
    pub said: Said,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Everything that a crossing makes scales and plate cameras send, by time.
///
/// # Errors
/// When an encoder refuses an event.
pub fn emissions(encoders: &Encoders, crossing: &Crossing) -> Result<Vec<Emission>, EmissionError> {
    let mut emissions = Vec::with_capacity(4);
    for (index, record) in crossing.records.iter().enumerate() {
        let bytes = encoders.record(record)?;
        let mut emission = Emission {
            at: record.measured.sent_at,
            role: PortRole::Wim,
            lane: record.lane,
            view: CameraView::Front,
            said: Said::Record(index),
            bytes,
        };
        if let Some(at) = record.measured.again_at {
            emissions.push(emission.clone());
            emission.at = at;
        }
        emissions.push(emission);
    }
    for (index, read) in crossing.plate_reads.iter().enumerate() {
        emissions.push(Emission {
            at: read.sent_at,
            role: PortRole::Plate,
            lane: read.lane,
            view: read.view,
            said: Said::Read(index),
            bytes: encoders.plate(read)?,
        });
    }
    emissions.sort_by_key(|emission| emission.at);
    Ok(emissions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::settings::Settings;
    use crate::simulator::traffic::Traffic;
    use firmware_protocols::Event;

    fn decode(protocol: &str, settings: &Protocol, bytes: &[u8]) -> Vec<Event> {
        let mut decoder = (find(protocol).unwrap().decoder)(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        std::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    #[test]
    fn records_decode_to_what_was_measured() {
        for wim in [WimProtocol::Olr, WimProtocol::WimTextMon] {
            let encoders = Encoders::new("SIM-01", wim).unwrap();
            let settings = Settings {
                odd_share: 0.1,
                ..Settings::demo()
            };
            let crossings: Vec<_> = Traffic::new(settings).take(2_000).collect();
            let bytes: Vec<u8> = crossings
                .iter()
                .flat_map(|c| encoders.record(&c.records[0]).unwrap())
                .collect();
            let events = decode(wim.name(), &Protocol::new(), &bytes);
            assert_eq!(events.len(), crossings.len());
            for (event, crossing) in events.into_iter().zip(&crossings) {
                assert_eq!(
                    event,
                    Event::Vehicle(encoders.vehicle(&crossing.records[0]))
                );
            }
        }
    }

    #[test]
    fn plate_lines_decode_to_what_the_camera_read() {
        let encoders = Encoders::new("SIM-01", WimProtocol::Olr).unwrap();
        let checked = Protocol::new().with("checksum", "crc16");
        let mut unread = 0;
        for crossing in Traffic::new(Settings::statistics()).take(1_000) {
            for read in &crossing.plate_reads {
                let bytes = encoders.plate(read).unwrap();
                let wanted = plate_event(read);
                assert_eq!(
                    decode("plate_text", &checked, &bytes),
                    [Event::Plate(wanted)]
                );
                unread += i32::from(read.plate.is_none());
            }
        }
        assert!(unread > 50);
    }

    #[test]
    fn emissions_come_after_the_fact_and_in_order() {
        let encoders = Encoders::new("SIM-01", WimProtocol::Olr).unwrap();
        for crossing in Traffic::new(Settings::demo()).take(500) {
            let emissions = emissions(&encoders, &crossing).unwrap();
            assert!(emissions.windows(2).all(|pair| pair[0].at <= pair[1].at));
            for emission in emissions {
                match emission.role {
                    PortRole::Wim => assert!(emission.at > crossing.last_axle_at),
                    _ => assert!(emission.at > crossing.first_axle_at),
                }
            }
        }
    }
}
