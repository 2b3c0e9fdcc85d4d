//! The configuration file: typed, every key documented, unknown keys refused.
//!
//! `fixtures/configs/station.toml` shows all keys; a test keeps it in step with these types.

mod address;
mod association;
mod camera_server;
mod casework;
mod error;
mod host_clock;
mod secret;
mod upkeep;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

pub use address::Address;
pub use association::Association;
pub use camera_server::CameraServer;
pub use casework::Casework;
pub use error::ConfigError;
pub use host_clock::{ClockSource, HostClock, WhenUnknown};
pub use secret::Secret;
pub use upkeep::{Drift, DriftReference, Health, Quality, Shift};

use crate::casework::guidance::GuidanceSettings;
use crate::lane;
use crate::lane::PortRole;
use crate::lane::drift::Quantity;
use crate::law::{Certificate, ScaleUse, is_jurisdiction};
use crate::passage::TravelDirection;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// The whole file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who and where.
    pub station: Station,
    /// Where records go.
    #[serde(default)]
    pub database: Database,
    /// The HTTP server.
    #[serde(default)]
    pub api: Api,
    /// The server that plate cameras push to; left out, there is none.
    #[serde(default)]
    pub camera_server: Option<CameraServer>,
    /// Law tables.
    #[serde(default)]
    pub law: Law,
    /// Windows and waits.
    #[serde(default)]
    pub timing: Timing,
    /// How plates are tied to weighings.
    #[serde(default)]
    pub association: Association,
    /// The stability rule of platform scales.
    #[serde(default)]
    pub platform: Platform,
    /// What a vehicle record may say.
    #[serde(default)]
    pub quality: Quality,
    /// When a scale in motion has drifted.
    #[serde(default)]
    pub drift: Drift,
    /// When a lane ails.
    #[serde(default)]
    pub health: Health,
    /// The check of a platform's scale at the beginning of a shift.
    #[serde(default)]
    pub shift: Shift,
    /// The host's own clock.
    #[serde(default)]
    pub host_clock: HostClock,
    /// How cases are numbered and handled, and vehicles inspected.
    #[serde(default)]
    pub casework: Casework,
    /// What signs and lights tell drivers.
    #[serde(default)]
    pub guidance: GuidanceTexts,
    /// The raw log.
    #[serde(default)]
    pub raw_log: RawLog,
    /// Lanes.
    #[serde(rename = "lane", default)]
    pub lanes: Vec<Lane>,
    /// Ports.
    #[serde(rename = "port", default)]
    pub ports: Vec<Port>,
}

/// Who and where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Station code (站点编号), letters, digits and hyphens.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// Folder for database, raw log and pictures.
    pub data_dir: PathBuf,
    /// Whether the devices are simulated, as in the demo: shown wherever its figures are.
    #[serde(default)]
    pub simulated: bool,
}

/// Where records go.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://…`; left out, an SQLite file in the data folder.
    pub url: Option<Secret>,
    /// A file that holds the URL, so that the password stands in no configuration file.
    pub url_file: Option<PathBuf>,
}

/// The HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Address and port. Only a loopback address unless `behind_proxy` is set: the server itself
    /// speaks no TLS.
    pub listen: SocketAddr,
    /// A reverse proxy with TLS stands in front.
    pub behind_proxy: bool,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_642)),
            behind_proxy: false,
        }
    }
}

/// Law tables.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Law {
    /// Where the station stands (辖区): `cn`, or `cn-` with the administrative code of its province,
    /// city or district, such as `cn-140404`. Its tables lie over the national one.
    pub jurisdiction: String,
    /// Folder whose tables are used instead of the embedded ones.
    pub rules_dir: Option<PathBuf>,
    /// Whether a mere warning (overage up to 1000 kg) opens a case, too.
    pub case_for_warning: bool,
    /// Whether traffic police are resident at the station (公安驻站): then they alone fine at its
    /// platform scale. Left out: who fines is not said.
    pub resident_police: Option<bool>,
}

impl Default for Law {
    fn default() -> Self {
        Self {
            jurisdiction: "cn".to_owned(),
            rules_dir: None,
            case_for_warning: false,
            resident_police: None,
        }
    }
}

/// Windows and waits, milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// A passage closes so long after its record came in.
    pub close_after_ms: u32,
    /// With all expected reads in, a passage closes so long after its record (plus the residual of
    /// its plate): time for the record of the vehicle behind to come.
    pub settle_after_ms: u32,
    /// A plate read further than this from its expected time is not this vehicle's.
    pub plate_window_ms: u32,
    /// A plate read further than this from its expected time is seen and not trusted.
    pub ambiguity_margin_ms: u32,
    /// A picture that takes longer is given up.
    pub picture_timeout_ms: u32,
    /// A picture is asked for only so long after the last axle.
    pub picture_within_ms: u32,
    /// A picture frozen later than this after it was asked for is not taken for the vehicle's.
    pub freeze_within_ms: u32,
    /// A radar's speed further from the scale's than this spoils the weighing, km/h.
    pub speed_tolerance_kmh: u32,
    /// A device's clock is believed while the least delay of its messages in the last minutes is no
    /// more than this; 0 compares no clocks, as for recordings of another day, and then nothing can
    /// become a case.
    pub clock_tolerance_ms: u32,
    /// How long after a case's act another passage of the same plate still belongs to it.
    pub act_window_ms: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            close_after_ms: 10_000,
            settle_after_ms: 2_500,
            plate_window_ms: 1_500,
            ambiguity_margin_ms: 600,
            picture_timeout_ms: 8_000,
            freeze_within_ms: 1_000,
            picture_within_ms: 2_000,
            speed_tolerance_kmh: 10,
            clock_tolerance_ms: 1_000,
            act_window_ms: 1_800_000,
        }
    }
}

/// The stability rule of platform scales.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Platform {
    /// From this weight on something stands on the platform.
    pub occupied_kg: u32,
    /// So many frames in a row must agree.
    pub agreeing_frames: u32,
    /// And over at least this time.
    pub agreeing_for_ms: u32,
    /// Two frames agree when they differ by no more: one scale division.
    pub division_kg: u32,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            occupied_kg: 1_000,
            agreeing_frames: 10,
            agreeing_for_ms: 1_000,
            division_kg: 20,
        }
    }
}

/// What signs and lights tell drivers (引导). `{plate}` stands for the plate, where it is sure; an
/// empty text or state shows nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuidanceTexts {
    /// To an overloaded vehicle.
    pub overloaded_text: String,
    /// To a hundred-ton truck.
    pub hundred_ton_text: String,
    /// To a vehicle over by no more than the warning band.
    pub warning_text: String,
    /// To a vehicle that is not over.
    pub clear_text: String,
    /// While nobody is spoken to.
    pub idle_text: String,
    /// Light or barrier for overloaded vehicles.
    pub overloaded_state: String,
    /// Light or barrier for a warning.
    pub warning_state: String,
    /// Light or barrier for vehicles that are not over.
    pub clear_state: String,
    /// Light or barrier while nobody is spoken to.
    pub idle_state: String,
    /// How long one vehicle is spoken to.
    pub hold_ms: u32,
    /// A sign that has not answered within this time is told again.
    pub answer_ms: u32,
}

impl Default for GuidanceTexts {
    fn default() -> Self {
        let settings = GuidanceSettings::default();
        Self {
            overloaded_text: settings.overloaded_text,
            hundred_ton_text: settings.hundred_ton_text,
            warning_text: settings.warning_text,
            clear_text: settings.clear_text,
            idle_text: settings.idle_text,
            overloaded_state: settings.overloaded_state,
            warning_state: settings.warning_state,
            clear_state: settings.clear_state,
            idle_state: settings.idle_state,
            hold_ms: 15_000,
            answer_ms: 2_000,
        }
    }
}

/// The raw log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLog {
    /// A segment is closed at this size.
    pub segment_bytes: u64,
    /// The oldest segments of a port go when it holds more than this.
    pub keep_bytes_per_port: u64,
}

impl Default for RawLog {
    fn default() -> Self {
        Self {
            segment_bytes: 16 << 20,
            keep_bytes_per_port: 2 << 30,
        }
    }
}

/// A lane and what makes its weighings fit for a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Number, 1 and up.
    pub number: u16,
    /// Name shown to people.
    pub name: String,
    /// How its scale is used.
    pub scale_use: ScaleUse,
    /// Accuracy class of its scale (JJG 907 / OIML R 134), e.g. `"5"`; of a static one e.g. `"III"`.
    pub accuracy_class: Option<String>,
    /// Verification scale interval (检定分度值 e) of a static scale, kg.
    pub scale_interval_kg: Option<Kilograms>,
    /// Verification certificate of its scale (检定证书).
    pub certificate: Option<Certificate>,
    /// Day of the provincial approval, or of the legal and technical review of an off-site point.
    pub site_approved: Option<NaiveDate>,
    /// Day since when the place has been published (Administrative Penalty Law art. 41).
    pub site_published: Option<NaiveDate>,
    /// When its scale was last calibrated (标定): the control charts learn what is usual from then on,
    /// and anew when this changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated_at: Option<DateTime<FixedOffset>>,
    /// What the control charts should show, where it is known from a calibration and not to be learnt.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<Quantity, DriftReference>,
}

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// No parity bit.
    #[default]
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// A device on a port.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Name, unique: letters, digits and hyphens.
    pub name: String,
    /// Device path; prefer `/dev/serial/by-id/…`, which survives replugging. Or `tcp://host:port` of a
    /// serial device server, or `http-push:/path` that the camera sends its messages to.
    pub device: PathBuf,
    /// Addresses that may push to this port; for `http-push` ports only, and never empty there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<IpAddr>,
    /// The camera's user, for `http-get` ports whose camera asks for a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// File with that user's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// What it is for.
    pub role: PortRole,
    /// Lane it serves; may be left out for a controller of several lanes (role `wim`) whose records
    /// say which, and for a sign or signal that speaks to all lanes.
    #[serde(default)]
    pub lane: Option<u16>,
    /// Protocol name, see `firmware-protocols/README.md`.
    pub protocol: String,
    /// What this device sends was compared with what it shows, at this station. Lifts the doubt that
    /// stands over a protocol of maturity EXPERIMENTAL and over a layout that this file describes (a
    /// register map, the fields of a text frame): their weighings can't become cases before.
    #[serde(default)]
    pub confirmed: bool,
    /// Settings of that protocol.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Baud rate.
    #[serde(default = "default_baud")]
    pub baud: u32,
    /// Data bits, 5 to 8.
    #[serde(default = "default_data_bits")]
    pub data_bits: u8,
    /// Parity.
    #[serde(default)]
    pub parity: Parity,
    /// Stop bits, 1 or 2.
    #[serde(default = "default_stop_bits")]
    pub stop_bits: u8,
    /// Unit where the wire has none: `kg` or `t`.
    #[serde(default)]
    pub unit: Option<String>,
    /// No byte for this long is shown as silence.
    #[serde(default = "default_silence")]
    pub silence_after_ms: u32,
    /// Minutes by which a device time without a zone is ahead of UTC.
    #[serde(default = "default_offset")]
    pub utc_offset_minutes: i32,
    /// The lane as the device itself numbers it, where that differs from `lane`.
    #[serde(default)]
    pub device_lane: Option<u16>,
    /// The device's direction code for driving with the lane, `forward` or `reverse`; left out, its
    /// codes say nothing of wrong-way driving.
    #[serde(default)]
    pub normal_direction: Option<TravelDirection>,
    /// Which side a camera's pictures show: `front`, `rear`, `plate`, `side`.
    #[serde(default = "default_view")]
    pub view: String,
    /// How much later this camera sees a vehicle than the scale's first axle, negative if earlier.
    #[serde(default)]
    pub camera_delay_ms: i32,
    /// How far behind the scale's first sensor this camera reads plates, millimetres; negative if
    /// before it. The vehicle's speed makes a delay of it.
    #[serde(default)]
    pub distance_mm: i32,
}

const fn default_baud() -> u32 {
    9_600
}
const fn default_data_bits() -> u8 {
    8
}
const fn default_stop_bits() -> u8 {
    1
}
const fn default_silence() -> u32 {
    60_000
}
const fn default_offset() -> i32 {
    480
}
fn default_view() -> String {
    "front".to_owned()
}

impl Config {
    /// A configuration with all defaults and neither lanes nor ports.
    pub fn of_station(station: Station) -> Self {
        Self {
            station,
            database: Database::default(),
            api: Api::default(),
            camera_server: None,
            law: Law::default(),
            timing: Timing::default(),
            association: Association::default(),
            platform: Platform::default(),
            quality: Quality::default(),
            drift: Drift::default(),
            health: Health::default(),
            shift: Shift::default(),
            host_clock: HostClock::default(),
            casework: Casework::default(),
            guidance: GuidanceTexts::default(),
            raw_log: RawLog::default(),
            lanes: Vec::new(),
            ports: Vec::new(),
        }
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it can't be read, is not TOML, has an unknown key, or contradicts itself.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mut config = Self::parse(&text, path)?;
        if let Some(file) = &config.database.url_file {
            let url = std::fs::read_to_string(file).map_err(|source| ConfigError::Unreadable {
                path: file.clone(),
                source,
            })?;
            config.database.url = Some(Secret::new(url.trim()));
        }
        Ok(config)
    }

    /// Parses and checks the text of a file; `path` is for messages only.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::from_toml(path, text, &error))?;
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let fail = |key: String, why: String| {
            Err(ConfigError::Contradiction {
                path: path.to_owned(),
                key,
                why,
            })
        };
        if !is_name(&self.station.code) {
            return fail("station.code".into(), name_rule(&self.station.code));
        }
        if !self.api.listen.ip().is_loopback() && !self.api.behind_proxy {
            return fail(
                "api.listen".into(),
                format!(
                    "{} 不是本机回环地址；请改用 127.0.0.1，或在有 TLS 反向代理时设置 api.behind_proxy = true \
                     / {0} is no loopback address; use 127.0.0.1, or set api.behind_proxy = true \
                     where a proxy with TLS stands in front",
                    self.api.listen
                ),
            );
        }
        if !is_jurisdiction(&self.law.jurisdiction) {
            return fail(
                "law.jurisdiction".into(),
                format!(
                    "{} 应为 cn，或 cn- 加 2、4、6 位行政区划代码 / must be cn, or cn- with 2, 4 or 6 \
                     digits",
                    self.law.jurisdiction
                ),
            );
        }
        if let Err((key, why)) = self.association.check() {
            return fail(format!("association.{key}"), why);
        }
        if let Err((key, why)) = self.casework.check() {
            return fail(format!("casework.{key}"), why);
        }
        if let Err((key, why)) = self.host_clock.check() {
            return fail(format!("host_clock.{key}"), why);
        }
        let mut lanes = std::collections::BTreeSet::new();
        for lane in &self.lanes {
            if lane.number == 0 || !lanes.insert(lane.number) {
                let why = format!(
                    "{} 必须从 1 起且不重复 / must be 1 or more and unique",
                    lane.number
                );
                return fail("lane.number".into(), why);
            }
            if let Some(certificate) = &lane.certificate
                && certificate.valid_until < certificate.valid_from
            {
                let why = format!(
                    "valid_until {} 早于 valid_from {} / is before it",
                    certificate.valid_until, certificate.valid_from
                );
                return fail(format!("lane {}.certificate", lane.number), why);
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for port in &self.ports {
            let key = |field: &str| format!("port {}.{field}", port.name);
            if !is_name(&port.name) {
                return fail(key("name"), name_rule(&port.name));
            }
            if !names.insert(&port.name) {
                return fail(key("name"), "端口名重复 / this name is used twice".into());
            }
            if let Err(why) = port.address() {
                return fail(key("device"), why);
            }
            match port.lane {
                Some(lane) if !lanes.contains(&lane) => {
                    let why = format!(
                        "没有编号为 {lane} 的 [[lane]] / there is no [[lane]] with number = {lane}"
                    );
                    return fail(key("lane"), why);
                }
                None if port.role != PortRole::Wim && !port.role.is_output() => {
                    let why = "缺少车道号 / this port must say which lane it serves".to_owned();
                    return fail(key("lane"), why);
                }
                _ => {}
            }
            let asked = matches!(port.address(), Ok(Address::HttpGet { .. }));
            if port.user.is_some() != port.password_file.is_some()
                || (port.user.is_some() && !asked)
            {
                let why = "user 与 password_file 须同时设置，且仅用于 http-get 端口 / user and password_file belong \
                           together, and to http-get ports only";
                return fail(key("user"), why.to_owned());
            }
            if let Err(why) = port.check_protocol() {
                return fail(key("protocol"), why);
            }
            if port.role.is_output()
                && let Err(why) = self.check_guidance(port)
            {
                return fail(key("protocol"), why);
            }
            if let Some(unit) = &port.unit
                && !matches!(unit.as_str(), "kg" | "t")
            {
                return fail(key("unit"), format!("{unit:?}: kg, t"));
            }
            if !(5..=8).contains(&port.data_bits) || !(1..=2).contains(&port.stop_bits) {
                let why = "data_bits 5..8, stop_bits 1..2".to_owned();
                return fail(key("data_bits"), why);
            }
        }
        if let Err((key, why)) = self.check_pushes() {
            return fail(key, why);
        }
        Ok(())
    }

    /// Whether a sign or signal can show everything that the guidance may ask of it.
    fn check_guidance(&self, port: &Port) -> Result<(), String> {
        let protocol = firmware_protocols::registry::find(&port.protocol)
            .map_err(|error| error.to_string())?;
        let settings = port.protocol_settings();
        for content in self.guidance().everything() {
            let Some(event) = content.event(port.role == PortRole::Signal) else {
                continue;
            };
            if let Err(error) = (protocol.encoder)(&event, &settings) {
                return Err(format!(
                    "[guidance] 的 {:?} 无法在此设备上显示 / of [guidance] can't be shown by this device: {error}",
                    if port.role == PortRole::Signal {
                        &content.state
                    } else {
                        &content.text
                    }
                ));
            }
        }
        Ok(())
    }

    /// The effective settings as TOML, secrets hidden.
    ///
    /// # Errors
    /// When a value can't be written as TOML, which no loaded configuration holds.
    pub fn effective(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// What the lane logic needs to know.
    pub fn lane_settings(&self) -> lane::Settings {
        let millis = |ms: u32| Micros::from_millis(i64::from(ms));
        let mut settings = lane::Settings::new(&self.station.code);
        settings.close_after = millis(self.timing.close_after_ms);
        settings.settle_after = millis(self.timing.settle_after_ms);
        settings.plate_window = millis(self.timing.plate_window_ms);
        settings.ambiguity_margin = millis(self.timing.ambiguity_margin_ms);
        settings.association = self.association.lane_settings();
        settings.picture_timeout = millis(self.timing.picture_timeout_ms);
        settings.picture_within = millis(self.timing.picture_within_ms);
        settings.freeze_within = millis(self.timing.freeze_within_ms);
        settings.speed_tolerance = TenthKmh::new(10 * i64::from(self.timing.speed_tolerance_kmh));
        settings.clock_tolerance =
            Some(millis(self.timing.clock_tolerance_ms)).filter(|&t| t > Micros::ZERO);
        settings.platform.occupied_kg = Kilograms::new(i64::from(self.platform.occupied_kg));
        settings.platform.agreeing_frames = self.platform.agreeing_frames;
        settings.platform.agreeing_for = millis(self.platform.agreeing_for_ms);
        settings.platform.division_kg = Kilograms::new(i64::from(self.platform.division_kg));
        settings.quality = self.quality_settings();
        settings.drift = self.drift_settings();
        settings.health = self.health_settings();
        settings.ports = self
            .ports
            .iter()
            .map(|port| (port.name.clone(), port.lane_settings()))
            .collect();
        settings
    }

    /// What drivers are told.
    pub fn guidance(&self) -> GuidanceSettings {
        let texts = self.guidance.clone();
        GuidanceSettings {
            overloaded_text: texts.overloaded_text,
            hundred_ton_text: texts.hundred_ton_text,
            warning_text: texts.warning_text,
            clear_text: texts.clear_text,
            idle_text: texts.idle_text,
            overloaded_state: texts.overloaded_state,
            warning_state: texts.warning_state,
            clear_state: texts.clear_state,
            idle_state: texts.idle_state,
            hold: Micros::from_millis(i64::from(texts.hold_ms)),
        }
    }

    /// Folder of the raw logs, one folder a port in it.
    pub fn raw_folder(&self) -> PathBuf {
        self.station.data_dir.join("raw")
    }

    /// Folder of the pictures.
    pub fn picture_folder(&self) -> PathBuf {
        self.station.data_dir.join("pictures")
    }

    /// The lane of a number.
    pub fn lane(&self, number: u16) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.number == number)
    }
}

impl Port {
    /// A port with all defaults.
    pub fn new(name: &str, device: &Path, role: PortRole, protocol: &str) -> Self {
        Self {
            name: name.to_owned(),
            device: device.to_owned(),
            peers: Vec::new(),
            user: None,
            password_file: None,
            role,
            lane: None,
            protocol: protocol.to_owned(),
            confirmed: false,
            settings: BTreeMap::new(),
            baud: default_baud(),
            data_bits: default_data_bits(),
            parity: Parity::None,
            stop_bits: default_stop_bits(),
            unit: None,
            silence_after_ms: default_silence(),
            utc_offset_minutes: default_offset(),
            device_lane: None,
            normal_direction: None,
            view: default_view(),
            camera_delay_ms: 0,
            distance_mm: 0,
        }
    }

    fn lane_settings(&self) -> lane::PortSettings {
        lane::PortSettings {
            role: self.role,
            lane: self.lane,
            protocol: self.protocol.clone(),
            proven: self.confirmed || (self.is_documented() && !self.is_described_here()),
            utc_offset: Micros::from_seconds(i64::from(self.utc_offset_minutes) * 60),
            unit: self
                .unit
                .as_deref()
                .and_then(firmware_protocols::Unit::from_name),
            view: self.view.clone(),
            device_lane: self.device_lane,
            normal_direction: self.normal_direction,
            camera_delay: Micros::from_millis(i64::from(self.camera_delay_ms)),
            camera_distance_mm: Millimetres::new(i64::from(self.distance_mm)),
        }
    }

    /// Whether the protocol's layout is known from more than hearsay or one program.
    fn is_documented(&self) -> bool {
        use firmware_protocols::registry::{Maturity, find};
        find(&self.protocol).is_ok_and(|protocol| protocol.maturity > Maturity::Experimental)
    }

    /// Whether this file says where the weight stands: a right sum over a wrong register is a wrong
    /// weight.
    fn is_described_here(&self) -> bool {
        match self.protocol.as_str() {
            "modbus_rtu" => true,
            "text_frame" => self.settings.contains_key("fields"),
            _ => false,
        }
    }

    /// Whether protocol, its settings and the port's role fit together.
    fn check_protocol(&self) -> Result<(), String> {
        use firmware_protocols::registry::{Kind, find};
        let kind = find(&self.protocol)
            .map_err(|error| error.to_string())?
            .kind;
        let fits = matches!(
            (kind, self.role),
            (Kind::Scale, PortRole::Platform)
                | (Kind::VehicleRecord, PortRole::Wim)
                | (Kind::PlateCamera, PortRole::Plate)
                | (Kind::PictureCamera, PortRole::Picture)
                | (Kind::SpeedSensor, PortRole::Radar)
                | (Kind::Display, PortRole::Sign | PortRole::Signal)
        );
        if !fits {
            return Err(format!(
                "{} 是 {} 的协议，不能用于 role = \"{}\" / is a protocol of a {1} and can't serve \
                 role = \"{2}\"",
                self.protocol,
                kind.name(),
                self.role.name()
            ));
        }
        self.decoder().map(|_| ())
    }

    /// The settings of the protocol.
    pub fn protocol_settings(&self) -> firmware_protocols::Settings {
        let mut settings = firmware_protocols::Settings::new();
        for (key, value) in &self.settings {
            settings.set(key, value);
        }
        if let Some((key, value)) = self.guarded_by_push() {
            settings.set(key, value);
        }
        settings
    }

    /// A decoder for this port's protocol and settings.
    ///
    /// # Errors
    /// A sentence on what is wrong with the protocol's name or settings.
    pub fn decoder(&self) -> Result<Box<dyn firmware_protocols::Decoder>, String> {
        let protocol = firmware_protocols::registry::find(&self.protocol)
            .map_err(|error| error.to_string())?;
        (protocol.decoder)(&self.protocol_settings()).map_err(|error| error.to_string())
    }

    /// The host side of a picture camera's conversation.
    ///
    /// # Errors
    /// As [`Port::decoder`].
    pub fn picture_session(&self) -> Result<firmware_protocols::vc0706_jpeg::Session, String> {
        firmware_protocols::vc0706_jpeg::Session::new(&self.protocol_settings())
            .map_err(|error| error.to_string())
    }
}

/// Whether a text may be part of ids, file names and wire records.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn name_rule(text: &str) -> String {
    format!(
        "{text:?} 只能含 1 到 32 个字母、数字和连字符 / must be 1 to 32 letters, digits and hyphens"
    )
}

#[cfg(test)]
mod tests;
