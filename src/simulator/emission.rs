//! What the devices of a station put on their lines: events, bytes, and when.
//!
//! The devices and their port names:
//!
//! | port | device | protocol |
//! |---|---|---|
//! | `wim-1` … | weigh-in-motion controller of a lane | `olr` or `wim_text_mon` |
//! | `plate-1` … | plate camera of a lane | `plate_text` with `crc16` |
//! | `picture-1` … | picture camera of a lane | `vc0706_jpeg` |
//! | `platform` | platform scale | `mt_toledo_continuous`, or any other |
//! | `plate-platform` | plate camera of the platform | `plate_text` with `crc16` |
//! | `sign-1` … | text sign over a lane | `text_sign` |
//! | `signal-1` … | traffic light of a lane | `signal_output` |
//!
//! The platform's lane is the one after the last.

use firmware_protocols::olr::{self, Address, Message};
use firmware_protocols::plate_text::{self, Layout};
use firmware_protocols::registry::{UnknownProtocol, find};
use firmware_protocols::wim_text_mon::{self, LineEnd};
use firmware_protocols::{
    Axle, AxleValidity, DeviceTime, Direction, EncodeError, Heartbeat, Plate, PlateColour,
    Settings as Protocol, SettingsError, Vehicle, VehicleFlag,
};

use super::evaluation::{ReadLine, Span};
use super::settings::Settings;
use super::speak;
use super::traffic::{Crossing, Defect, PlateRead};
use super::vehicle;
use crate::lane::PortRole;
use crate::units::Micros;

/// Beijing time is so far ahead of UTC; the text records of a scale are in local time.
pub const BEIJING_AHEAD: Micros = Micros::from_seconds(8 * 3_600);

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

/// One simulated port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortPlan {
    /// Name.
    pub name: String,
    /// Protocol name in the registry.
    pub protocol: &'static str,
    /// Settings of that protocol.
    pub settings: Vec<(&'static str, &'static str)>,
    /// What it is for.
    pub role: PortRole,
    /// Lane.
    pub lane: u16,
}

/// What the plate cameras speak unless they are told otherwise.
pub const CAMERA_PROTOCOL: &str = "plate_text";
/// What the platform scale speaks unless it is told otherwise.
pub const SCALE_PROTOCOL: &str = "mt_toledo_continuous";

/// The lane number of the platform.
pub fn platform_lane(settings: &Settings) -> u16 {
    settings.lanes.max(1).saturating_add(1)
}

/// The ports of a station, in a fixed order: the lanes' scales, their plate cameras, their picture
/// cameras, the platform and its plate camera, the signs and the lights.
pub fn ports(
    settings: &Settings,
    wim: WimProtocol,
    scale: &'static str,
    camera: &'static str,
) -> Vec<PortPlan> {
    let port = |name: String, role, lane| PortPlan {
        name,
        protocol: match role {
            PortRole::Wim => wim.name(),
            PortRole::Plate => camera,
            PortRole::Picture => "vc0706_jpeg",
            PortRole::Platform => scale,
            PortRole::Radar => "icoms_radar",
            PortRole::Sign => "text_sign",
            PortRole::Signal => "signal_output",
        },
        settings: match role {
            PortRole::Plate if camera == CAMERA_PROTOCOL => vec![("checksum", "crc16")],
            _ => Vec::new(),
        },
        role,
        lane,
    };
    let lanes = 1..=settings.lanes.max(1);
    let platform = platform_lane(settings);
    let mut ports = Vec::new();
    for role in [PortRole::Wim, PortRole::Plate, PortRole::Picture] {
        let named = |lane| port(format!("{}-{lane}", role.name()), role, lane);
        ports.extend(lanes.clone().map(named));
    }
    ports.push(port("platform".to_owned(), PortRole::Platform, platform));
    ports.push(port("plate-platform".to_owned(), PortRole::Plate, platform));
    for role in [PortRole::Sign, PortRole::Signal] {
        let named = |lane| port(format!("{}-{lane}", role.name()), role, lane);
        ports.extend(lanes.clone().map(named));
    }
    ports
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

    /// The record of a crossing.
    ///
    /// # Errors
    /// When the record has no place for a value.
    pub fn record(&self, crossing: &Crossing) -> Result<Vec<u8>, EmissionError> {
        let vehicle = self.vehicle(crossing);
        Ok(match self.wim {
            WimProtocol::Olr => {
                let extra = olr::Extra {
                    axles: axle_extras(crossing),
                    ..olr::Extra::default()
                };
                olr::encode(&Message::Vehicle(vehicle, extra))?
            }
            WimProtocol::WimTextMon => wim_text_mon::encode(&vehicle, LineEnd::CrLf)?,
            WimProtocol::Other(name) => {
                let local =
                    device_time(crossing.measured.time.saturating_add(BEIJING_AHEAD), false);
                speak::vehicle(find(name)?, &Protocol::new(), &vehicle, local)?
            }
        })
    }

    /// What the controller says of a crossing, as far as its protocol can say it: decoding
    /// [`Encoders::record`] gives this again.
    pub fn vehicle(&self, crossing: &Crossing) -> Vehicle {
        let measured = &crossing.measured;
        let olr = self.wim != WimProtocol::WimTextMon;
        let axle = |axle: &vehicle::Axle| Axle {
            load_kg: Some(axle.load_kg.get()),
            left_kg: olr.then_some(axle.left_kg.get()),
            right_kg: olr.then_some(axle.right_kg.get()),
            spacing_mm: axle.spacing_mm.map(|spacing| spacing.get()),
            speed_tenth_kmh: olr.then_some(measured.speed_tenth_kmh.get()),
            validity: olr.then_some(AxleValidity::Valid),
        };
        let axles: Vec<Axle> = measured.axles.iter().map(axle).collect();
        let speed = measured.speed_tenth_kmh.get();
        let sum = axles.iter().filter_map(|axle| axle.load_kg).sum();
        let sum_wrong = olr && crossing.defects.contains(&Defect::SumOneBelow);
        Vehicle {
            station: olr.then(|| self.station.clone()),
            sequence: Some(measured.sequence),
            time: if olr {
                device_time(measured.time, true)
            } else {
                device_time(measured.time.saturating_add(BEIJING_AHEAD), false)
            },
            lane: Some(crossing.lane),
            direction: Some(Direction::Forward),
            // The text record has whole km/h, and no gross that is not the sum.
            speed_tenth_kmh: Some(if olr { speed } else { (speed + 5) / 10 * 10 }),
            length_mm: Some(measured.length_mm.get()),
            gross_kg: Some(if olr { measured.gross_kg.get() } else { sum }),
            axles,
            flags: if sum_wrong {
                vec![VehicleFlag::SumWrong]
            } else {
                Vec::new()
            },
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
    pub fn plate(&self, lane: u16, read: &PlateRead) -> Result<Vec<u8>, EmissionError> {
        let plate = plate_event(lane, read);
        if self.camera == CAMERA_PROTOCOL {
            return Ok(plate_text::encode(&plate, &self.plate_layout)?);
        }
        let local = device_time(read.seen_at.saturating_add(BEIJING_AHEAD), false);
        let protocol = find(self.camera)?;
        Ok(speak::plate(protocol, &Protocol::new(), &plate, local)?)
    }
}

/// What the camera says of a read.
pub fn plate_event(lane: u16, read: &PlateRead) -> Plate {
    Plate {
        plate: read.plate.clone(),
        colour: read
            .colour
            .and_then(|colour| PlateColour::from_name(colour.name())),
        confidence: read.confidence,
        time: device_time(read.seen_at, true),
        lane: Some(lane),
        checked: true,
        ..Plate::default()
    }
}

/// A device's time, cut to whole milliseconds.
pub fn device_time(moment: Micros, utc: bool) -> Option<DeviceTime> {
    DeviceTime::from_micros(moment.get().div_euclid(1_000) * 1_000, utc)
}

fn axle_extras(crossing: &Crossing) -> Vec<olr::AxleExtra> {
    let mut extras = Vec::new();
    for (group, axles) in (1_u8..).zip(&crossing.vehicle.groups) {
        for _ in 0..*axles {
            extras.push(olr::AxleExtra {
                tyre: Some(if group == 1 {
                    olr::Tyre::Single
                } else {
                    olr::Tyre::Dual
                }),
                group: Some(group),
            });
        }
    }
    extras
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
    /// Running number, for a record.
    pub sequence: Option<u64>,
    /// What was read, for a plate line.
    pub read: Option<PlateRead>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Everything that a crossing makes the scale and the plate camera of its lane send, by time.
///
/// # Errors
/// When an encoder refuses an event.
pub fn emissions(encoders: &Encoders, crossing: &Crossing) -> Result<Vec<Emission>, EmissionError> {
    let lane = crossing.lane;
    let record = encoders.record(crossing)?;
    let sent = [Some(crossing.measured.sent_at), crossing.measured.again_at];
    let mut emissions: Vec<Emission> = sent
        .into_iter()
        .flatten()
        .map(|at| Emission {
            at,
            role: PortRole::Wim,
            lane,
            sequence: Some(crossing.measured.sequence),
            read: None,
            bytes: record.clone(),
        })
        .collect();
    for read in &crossing.plate_reads {
        emissions.push(Emission {
            at: read.sent_at,
            role: PortRole::Plate,
            lane,
            sequence: None,
            read: Some(read.clone()),
            bytes: encoders.plate(lane, read)?,
        });
    }
    emissions.sort_by_key(|emission| emission.at);
    Ok(emissions)
}

/// Where the lines of a crossing stand in the ports' logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Records.
    pub records: Vec<Span>,
    /// Plate reads beside the scale in motion.
    pub plate_reads: Vec<ReadLine>,
    /// Plate reads at the platform.
    pub platform_reads: Vec<ReadLine>,
}

/// Ground truth of a crossing as one line of JSON, without line end.
pub fn truth_line(crossing: &Crossing, written: &Written) -> String {
    let vehicle = &crossing.vehicle;
    serde_json::json!({
        "vehicle": crossing.number,
        "plate": vehicle.plate,
        "trailer_plate": vehicle.trailer_plate,
        "colour": vehicle.colour,
        "category": vehicle.category,
        "lane": crossing.lane,
        "sequence": crossing.measured.sequence,
        "first_axle_us": crossing.first_axle_at,
        "speed_tenth_kmh": crossing.speed_tenth_kmh,
        "length_mm": vehicle.length_mm,
        "axles": vehicle.axles,
        "gross_kg": vehicle.gross_kg,
        "limit_kg": vehicle.limit_kg,
        "drive_axles": vehicle.drive_axles,
        "defects": crossing.defects,
        "evasion": [],
        "records": written.records,
        "plate_reads": written.plate_reads,
        "platform_reads": written.platform_reads,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
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
                .flat_map(|c| encoders.record(c).unwrap())
                .collect();
            let events = decode(wim.name(), &Protocol::new(), &bytes);
            assert_eq!(events.len(), crossings.len());
            for (event, crossing) in events.into_iter().zip(&crossings) {
                assert_eq!(event, Event::Vehicle(encoders.vehicle(crossing)));
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
                let bytes = encoders.plate(crossing.lane, read).unwrap();
                let wanted = plate_event(crossing.lane, read);
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
                    PortRole::Wim => assert!(emission.at > crossing.last_axle_at()),
                    _ => assert!(emission.at > crossing.first_axle_at),
                }
            }
        }
    }

    #[test]
    fn truth_is_one_line_of_json_with_the_true_figures() {
        let crossing = Traffic::new(Settings::statistics()).next().unwrap();
        let line = truth_line(&crossing, &Written::default());
        assert!(!line.contains('\n'));
        let truth: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(truth["plate"], crossing.vehicle.plate.as_str());
        assert_eq!(truth["gross_kg"], crossing.vehicle.gross_kg.get());
        assert_eq!(truth["first_axle_us"], crossing.first_axle_at.get());
        assert_eq!(truth["axles"][0]["spacing_mm"], serde_json::Value::Null);
        assert_eq!(truth["evasion"], serde_json::json!([]));
    }
}
