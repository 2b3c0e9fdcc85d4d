//! A passage (过车): one vehicle over one scale, from its weighing to its closing.

pub mod evasion;

use std::fmt::Write as _;

use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};

pub use evasion::{BelievedVehicle, EvasionFinding, EvasionKind, Signal, SignalName};

use crate::units::{Kilograms, Micros, Millimetres, TenthKmh, TenthMs2};

/// How the vehicle was weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// In motion, by a weigh-in-motion controller (动态称重).
    Dynamic,
    /// Standing on a platform scale (静态称重).
    Platform,
}

impl PassageKind {
    /// The name used in the store and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Platform => "platform",
        }
    }
}

/// Direction of travel relative to the lane's normal direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TravelDirection {
    /// With the lane, or the record's first direction code.
    Forward,
    /// Against the lane, or the record's second direction code.
    Reverse,
}

/// What the device says against the measurement of an axle (`olr` validity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxleDoubt {
    /// The signal was weak.
    WeakSignal,
    /// A sensor is at fault: what is missing says nothing of the vehicle.
    SensorFault,
    /// Wheels went beside the sensor.
    BesideSensor,
    /// A code that has no meaning yet.
    Reserved,
}

/// One axle, front to rear (轴).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxleLoad {
    /// Axle load (轴重).
    pub load_kg: Kilograms,
    /// Left wheel or wheel pair, where measured.
    pub left_kg: Option<Kilograms>,
    /// Right wheel or wheel pair, where measured.
    pub right_kg: Option<Kilograms>,
    /// Distance to the axle in front (轴距); `None` for the first.
    pub spacing_mm: Option<Millimetres>,
    /// Speed over this axle, 0.1 km/h, where measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_tenth_kmh: Option<TenthKmh>,
    /// What the device says against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<AxleDoubt>,
}

/// An axle of a record whose axles were not all weighed: evidence of how the vehicle drove, never
/// a load to judge by. A wheel that was not measured is `None`, not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialAxle {
    /// Axle load, where the axle was weighed.
    pub load_kg: Option<Kilograms>,
    /// Left wheel or wheel pair, where measured.
    pub left_kg: Option<Kilograms>,
    /// Right wheel or wheel pair, where measured.
    pub right_kg: Option<Kilograms>,
    /// Distance to the axle in front (轴距); `None` for the first.
    pub spacing_mm: Option<Millimetres>,
    /// Speed over this axle, 0.1 km/h, where measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_tenth_kmh: Option<TenthKmh>,
    /// What the device says against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<AxleDoubt>,
}

/// What is remarkable about a weighing. Hard flags keep it from becoming a penalty.
///
/// The first fifteen are the controller's own (`olr` §20), the others are found here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Outside the instrument's speed range.
    SpeedOutOfRange,
    /// Accelerating too much.
    Acceleration,
    /// Braking too much.
    Braking,
    /// Stop and go on the sensors.
    StopAndGo,
    /// Straddling two lanes (跨道).
    Straddling,
    /// Weaving.
    Weaving,
    /// One side off the sensor.
    OneSideOff,
    /// A sensor beyond its capacity.
    SensorOverload,
    /// A sensor fault.
    SensorFault,
    /// The controller's clock is not set.
    ClockNotSet,
    /// The sum of the axles is not the gross.
    SumWrong,
    /// An axle was missed.
    AxleMissed,
    /// The vehicle reversed.
    Reversed,
    /// Too close to the next vehicle.
    TooClose,
    /// The instrument is not calibrated.
    Uncalibrated,
    /// The device's clock can't be believed: no message of the last minutes came promptly by it.
    ClockDisagrees,
    /// The same key came with other bytes: one of the two records is false.
    RecordConflict,
    /// The record came after a later one of the same device.
    OutOfOrder,
    /// Numbers are missing between this record and its predecessor.
    SequenceGap,
    /// Against the lane's direction (逆行).
    WrongWay,
    /// An axle load below 300 kg or above 30,000 kg: not a truck's axle.
    AxleOutOfRange,
    /// The record carries no time; the moment of its receipt stands in.
    NoDeviceTime,
    /// The device names another lane than the one its port serves.
    LaneDisagrees,
    /// A radar saw the vehicle at another speed than the scale did: axle loads and spacings rest on
    /// the scale's.
    SpeedDisagrees,
    /// The layout of the device's protocol was never confirmed by bytes of a real device, and the
    /// station has not confirmed it either (未经实机证实).
    ProtocolUnproven,
    /// Left and right wheels of an axle don't add up to its load.
    SidesWrong,
    /// One side carries more than the setting allows, 70 % by default (左右偏载).
    SidesUneven,
    /// Two axles closer to each other than tyres are: the sensor saw something else.
    SpacingArtefact,
    /// The spacings add up to more than the vehicle's length.
    SpacingsExceedLength,
    /// The same loads to the last kilogram, record after record: the scale repeats itself (数据冻结).
    WeightsRepeat,
    /// The number and the loads of an earlier record under another time: one of both times is false.
    RecordCopied,
    /// The number of an earlier record under another time.
    NumberReused,
}

impl Flag {
    /// Whether the flag keeps the weighing from becoming a penalty. A gap in the numbers, a number used
    /// twice, a late record or a missing device time say something about the line, not about this
    /// weight.
    pub const fn is_hard(self) -> bool {
        !matches!(
            self,
            Self::OutOfOrder | Self::SequenceGap | Self::NoDeviceTime | Self::NumberReused
        )
    }
}

/// The bytes that a record came from, as they arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawBytes {
    /// Port name.
    pub port: String,
    /// First byte in the port's raw log, counted from the log's beginning.
    pub offset: i64,
    /// Number of bytes.
    pub length: i64,
    /// When the last of them was received.
    pub received_at: Micros,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// The bytes themselves, base64. Empty for a plate read whose message held its picture: that is
    /// kept as a file, the message in the raw log.
    pub base64: String,
}

/// A vehicle weighed (称重记录), before anything else is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighing {
    /// Key: see [`passage_id`].
    pub passage_id: String,
    /// Station code (站点编号).
    pub station: String,
    /// Port name.
    pub port: String,
    /// Protocol of that port.
    pub protocol: String,
    /// Lane, 1 and up (车道).
    pub lane: u16,
    /// In motion or standing.
    pub kind: PassageKind,
    /// The device's running number.
    pub sequence: Option<u64>,
    /// The device's time as it wrote it.
    pub device_time: Option<String>,
    /// When the first axle crossed: the device's time, or the receipt where it has none.
    pub crossed_at: Micros,
    /// When the last byte of the record came in.
    pub received_at: Micros,
    /// Direction of travel.
    pub direction: Option<TravelDirection>,
    /// Speed, 0.1 km/h.
    pub speed_tenth_kmh: Option<TenthKmh>,
    /// Acceleration over the sensors, 0.1 m/s²; negative is braking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceleration_tenth_ms2: Option<TenthMs2>,
    /// Vehicle length.
    pub length_mm: Option<Millimetres>,
    /// Gross (总重). Zero where the record states none and not all axles were weighed
    /// ([`Flag::AxleMissed`]): wheels of one side are no vehicle's mass.
    pub gross_kg: Kilograms,
    /// Axles, front to rear; empty from a platform, and where not all of them were weighed.
    pub axles: Vec<AxleLoad>,
    /// The axles as far as they were measured, where not all of them were weighed; else empty.
    /// Evidence only: they are never judged, and never summed into the gross.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial_axles: Vec<PartialAxle>,
    /// What is remarkable, sorted.
    pub flags: Vec<Flag>,
    /// Whether an integrity check, or the stability rule, stands behind the weight.
    pub weight_trusted: bool,
    /// How many agreeing frames the stability rule saw; `None` for a vehicle record.
    pub agreeing_frames: Option<u32>,
    /// How far the scale may have drifted (漂移) by what traffic showed up to the last full hour, in
    /// hundredths of a per cent; `None` while no drift is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_basis_points: Option<i64>,
    /// The bytes behind it.
    pub raw: RawBytes,
}

/// A plate read (车牌识别结果), never altered afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateRead {
    /// The text as the camera gave it; `None` when it saw a vehicle and read nothing.
    pub plate: Option<String>,
    /// Colour name.
    pub colour: Option<String>,
    /// The camera's confidence, 0 to 100.
    pub confidence: Option<u8>,
    /// Lane.
    pub lane: u16,
    /// When, by the camera's clock where it agrees with the station's, else the receipt.
    pub seen_at: Micros,
    /// Whether its time can be relied on: the camera gives none, or one that is vouched for.
    pub time_vouched: bool,
    /// Whether the line carried a check.
    pub checked: bool,
    /// The bytes behind it.
    pub raw: RawBytes,
}

/// How sure it is which plate belongs to a weighing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateState {
    /// One plate, and no other explanation within the margin.
    Matched,
    /// More than one explanation; never enforceable.
    Ambiguous,
    /// No plate.
    Missing,
}

impl PlateState {
    /// The name used in the store and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Ambiguous => "ambiguous",
            Self::Missing => "missing",
        }
    }
}

/// Why a plate is not certain (存疑原因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Another plate was read about as near.
    OtherPlate,
    /// Another vehicle would have fitted the read about as well.
    OtherVehicle,
    /// The read was tied to another passage already.
    TakenBefore,
    /// The read is further from its expected time than the ambiguity margin.
    FarOff,
    /// The camera's or the scale's clock can't be believed.
    ClockNotVouched,
    /// A vehicle that no scale and no other camera reported would explain the read about as well.
    UnseenVehicle,
}

/// Which plate was tied to a weighing, and what else was possible (车牌关联).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Outcome.
    pub state: PlateState,
    /// Why it is ambiguous, sorted; empty otherwise.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// The read that was taken; `None` unless matched.
    pub chosen: Option<PlateRead>,
    /// Time of the chosen read minus the time expected of it.
    pub residual_us: Option<i64>,
    /// Reads within the window, the chosen one included, by size of residual.
    pub candidates: Vec<Candidate>,
    /// Other weighings that the chosen read would have fitted as well.
    pub rival_passages: Vec<String>,
    /// Probability that the best plate is another vehicle's, in parts per thousand million, rounded
    /// up (误关联概率); `None` where there is no plate, or where it was not computed (a platform, on
    /// which one vehicle stands alone).
    #[serde(default)]
    pub wrong_vehicle_ppb: Option<u64>,
    /// So many cameras read the chosen text independently of each other; 0 unless matched.
    #[serde(default)]
    pub agreeing_cameras: u32,
    /// Other texts that reads of the same vehicle have, each looking like the chosen one.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The read of the trailer's plate (挂车号牌), where a camera saw one.
    #[serde(default)]
    pub trailer: Option<PlateRead>,
    /// How the chosen camera's clock stood against the scale's, where traffic had taught it.
    #[serde(default)]
    pub clock: Option<ClockState>,
}

impl Association {
    /// Whether the plate rests on one camera's word alone (仅一次识别): nothing here contradicts it, and
    /// nothing confirms it. What association can't see is a plate that was misread.
    pub const fn rests_on_one_read(&self) -> bool {
        self.chosen.is_some() && self.agreeing_cameras < 2
    }

    /// Nothing tied yet, with what could be.
    pub const fn missing(candidates: Vec<Candidate>) -> Self {
        Self {
            state: PlateState::Missing,
            doubts: Vec::new(),
            chosen: None,
            residual_us: None,
            candidates,
            rival_passages: Vec::new(),
            wrong_vehicle_ppb: None,
            agreeing_cameras: 0,
            variants: Vec::new(),
            trailer: None,
            clock: None,
        }
    }
}

/// The clock of a camera against that of its lane's scale when a plate was tied (钟差).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState {
    /// Port of the camera.
    pub camera: String,
    /// The camera is ahead by so much; negative when it is behind.
    pub offset_us: i64,
    /// Standard error of that.
    pub uncertainty_us: i64,
    /// What the offset gains, nanoseconds a second.
    pub drift_ppb: i64,
    /// So many pairs of a weighing and a read stand behind it.
    pub pairs: u32,
}

/// A plate read that could belong to the weighing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The text.
    pub plate: Option<String>,
    /// Its time minus the time expected.
    pub residual_us: i64,
    /// The bytes behind it: port and offset in the raw log.
    pub port: String,
    /// First byte in the port's raw log.
    pub offset: i64,
}

/// A picture that came in for a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenPicture {
    /// Port of the camera.
    pub port: String,
    /// Which side it shows, from configuration.
    pub view: String,
    /// When it was frozen.
    pub taken_at: Micros,
    /// SHA-256 of the JPEG, hex.
    pub sha256: String,
}

/// The dynamic passage that tells the axles of a vehicle on the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPassage {
    /// Its id.
    pub passage_id: String,
    /// Its axles.
    pub axles: Vec<AxleLoad>,
}

/// All that is known of a passage when its window ends (过车记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedPassage {
    /// The weighing.
    pub weighing: Weighing,
    /// When the window ended.
    pub closed_at: Micros,
    /// The plate.
    pub association: Association,
    /// What the driver did so that the weighing, or who was weighed, comes to nothing; in the order
    /// of the kinds, one a kind.
    #[serde(default)]
    pub evasion: Vec<EvasionFinding>,
    /// Pictures.
    pub pictures: Vec<TakenPicture>,
    /// Where a platform weighing takes its axles from.
    pub linked: Option<LinkedPassage>,
}

impl ClosedPassage {
    /// The plate that association let through.
    pub fn plate(&self) -> Option<&str> {
        self.association
            .chosen
            .as_ref()
            .and_then(|read| read.plate.as_deref())
    }

    /// The axles to judge by: its own, or those of the linked passage.
    pub fn axles(&self) -> &[AxleLoad] {
        match &self.linked {
            Some(linked) if self.weighing.axles.is_empty() => &linked.axles,
            _ => &self.weighing.axles,
        }
    }
}

/// The key of a passage: station, port, the device's time to the millisecond and its sequence.
///
/// A device that sends a record again sends the same key, so the record is stored once. Numbers
/// alone would not do: they wrap, and real files reuse them with another time.
pub fn passage_id(station: &str, port: &str, crossed_at: Micros, sequence: Option<u64>) -> String {
    let mut id = String::with_capacity(station.len() + port.len() + 48);
    let stamped = write_id(&mut id, station, port, crossed_at, sequence);
    debug_assert!(stamped.is_ok(), "a string takes all that is written");
    id
}

/// Each weighing gets an id, so the moment is written digit by digit: reading a pattern for it takes
/// many times as long.
fn write_id(
    id: &mut String,
    station: &str,
    port: &str,
    crossed_at: Micros,
    sequence: Option<u64>,
) -> std::fmt::Result {
    for part in [station, ".", port, "."] {
        id.push_str(part);
    }
    match chrono::DateTime::from_timestamp_micros(crossed_at.get()) {
        Some(moment) if (0..=9_999).contains(&moment.year()) => {
            push_digits::<4>(id, moment.year().unsigned_abs());
            push_digits::<2>(id, moment.month());
            push_digits::<2>(id, moment.day());
            id.push('T');
            push_digits::<2>(id, moment.hour());
            push_digits::<2>(id, moment.minute());
            push_digits::<2>(id, moment.second());
            push_digits::<3>(id, moment.timestamp_subsec_millis());
            id.push('Z');
        }
        Some(moment) => write!(id, "{}", moment.format("%Y%m%dT%H%M%S%3fZ"))?,
        None => write!(id, "{}", crossed_at.get())?,
    }
    match sequence {
        Some(sequence) => write!(id, ".{sequence}"),
        None => Ok(()),
    }
}

/// Appends the last so many digits of a number.
fn push_digits<const DIGITS: u32>(text: &mut String, number: u32) {
    for place in (0..DIGITS).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        text.extend(char::from_digit(digit, 10));
    }
}

/// The id under which a record is kept that came under the key of another one.
pub fn conflicting_id(passage_id: &str, raw_digest: &str) -> String {
    format!(
        "{passage_id}~{}",
        raw_digest.get(..16).unwrap_or(raw_digest)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_moment_in_the_key_is_written_as_its_pattern_says(
            micros in prop_oneof![0..=4_102_444_800_000_000_i64, any::<i64>()],
        ) {
            let stamp = chrono::DateTime::from_timestamp_micros(micros).map_or_else(
                || micros.to_string(),
                |moment| moment.format("%Y%m%dT%H%M%S%3fZ").to_string(),
            );
            let id = passage_id("ST0001", "wim-1", Micros::new(micros), Some(7));
            prop_assert_eq!(id, format!("ST0001.wim-1.{stamp}.7"));
        }
    }

    #[test]
    fn the_key_tells_time_and_number_apart() {
        let at = Micros::from_rfc3339("2025-03-14T08:15:27.318Z").unwrap();
        assert_eq!(
            passage_id("ST0042", "wim-2", at, Some(1718)),
            "ST0042.wim-2.20250314T081527318Z.1718"
        );
        let later = Micros::new(at.get() + 1_000);
        assert_ne!(
            passage_id("ST0042", "wim-2", at, Some(1718)),
            passage_id("ST0042", "wim-2", later, Some(1718))
        );
    }

    #[test]
    fn what_is_about_the_line_does_not_spoil_the_weight() {
        assert!(!Flag::SequenceGap.is_hard());
        assert!(Flag::Straddling.is_hard() && Flag::RecordConflict.is_hard());
    }
}
