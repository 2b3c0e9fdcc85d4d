//! What a device said, in one vocabulary for all protocols.
//!
//! `None` means that the protocol or the frame does not say. It never stands for zero or for no.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::Decimal;

/// Byte range `start..end` of the stream, counted from its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// An event with the bytes that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Where in the stream.
    pub span: Span,
    /// What was said.
    pub event: Event,
}

/// What a frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A weight reading of a platform or axle indicator.
    Reading(Reading),
    /// A vehicle record of a weigh-in-motion controller.
    Vehicle(Vehicle),
    /// A plate read by a camera.
    Plate(Plate),
    /// A whole picture.
    Picture(Picture),
    /// A sign of life.
    Heartbeat(Heartbeat),
    /// Anything else that a device reports of itself, or a command seen on the line.
    Status(Status),
    /// Bytes that are no valid frame.
    Rejected(Reject),
}

/// Unit of a reading as the wire states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Kilogram.
    Kilogram,
    /// Gram.
    Gram,
    /// Tonne.
    Tonne,
    /// Pound.
    Pound,
    /// Ounce.
    Ounce,
    /// Short ton (2000 lb).
    ShortTon,
    /// Troy ounce.
    TroyOunce,
    /// Pennyweight.
    Pennyweight,
    /// Newton.
    Newton,
}

impl Unit {
    /// The name used in output and in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kilogram => "kg",
            Self::Gram => "g",
            Self::Tonne => "t",
            Self::Pound => "lb",
            Self::Ounce => "oz",
            Self::ShortTon => "short_ton",
            Self::TroyOunce => "ozt",
            Self::Pennyweight => "dwt",
            Self::Newton => "N",
        }
    }

    /// The unit of a [`Unit::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Kilogram,
            Self::Gram,
            Self::Tonne,
            Self::Pound,
            Self::Ounce,
            Self::ShortTon,
            Self::TroyOunce,
            Self::Pennyweight,
            Self::Newton,
        ]
        .into_iter()
        .find(|unit| unit.name() == name)
    }
}

/// A weight reading (称重读数).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The displayed weight; `None` when out of range: overload is never a number.
    pub value: Option<Decimal>,
    /// The tare, where the frame carries it.
    pub tare: Option<Decimal>,
    /// Unit, `None` where the wire does not say (it then comes from configuration).
    pub unit: Option<Unit>,
    /// No motion.
    pub stable: Option<bool>,
    /// `true` for net, `false` for gross.
    pub net: Option<bool>,
    /// Over capacity. Where over and under can't be told apart both flags are true.
    pub overload: Option<bool>,
    /// Under zero.
    pub underload: Option<bool>,
    /// Which scale, deck, axle or address the frame names, where it names one; letters count from
    /// A = 1.
    pub channel: Option<u16>,
    /// Weights of the single decks in the order of the wire, where one frame carries several;
    /// `value` is their sum then. Empty otherwise.
    pub decks: Vec<Decimal>,
    /// Whether an integrity check covered this frame: a weight without one needs N agreeing frames.
    pub checked: bool,
}

/// Direction of travel relative to the lane's normal direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// With the lane, or the record's first direction code.
    Forward,
    /// Against the lane, or the record's second direction code.
    Reverse,
}

/// One axle of a vehicle record, front to rear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Axle {
    /// Axle load, kg.
    pub load_kg: Option<i64>,
    /// Left wheel or wheel pair, kg.
    pub left_kg: Option<i64>,
    /// Right wheel or wheel pair, kg.
    pub right_kg: Option<i64>,
    /// Distance to the axle in front, mm; `None` for the first.
    pub spacing_mm: Option<i64>,
    /// Speed over this axle, tenths of km/h.
    pub speed_tenth_kmh: Option<i64>,
    /// What the device says of this axle's measurement.
    pub validity: Option<AxleValidity>,
}

/// Whether an axle was measured as it should be (`olr` validity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AxleValidity {
    /// Valid.
    Valid,
    /// The signal was weak.
    WeakSignal,
    /// A sensor is at fault: what is missing says nothing of the vehicle.
    SensorFault,
    /// Wheels went beside the sensor.
    BesideSensor,
    /// A code, 4 to 9, that is reserved.
    Reserved(u8),
}

impl AxleValidity {
    /// The digit on an `olr` line.
    pub const fn code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::WeakSignal => 1,
            Self::SensorFault => 2,
            Self::BesideSensor => 3,
            Self::Reserved(code) => code,
        }
    }

    /// The validity of a digit.
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Valid,
            1 => Self::WeakSignal,
            2 => Self::SensorFault,
            3 => Self::BesideSensor,
            other => Self::Reserved(other),
        }
    }

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::WeakSignal => "weak_signal",
            Self::SensorFault => "sensor_fault",
            Self::BesideSensor => "beside_sensor",
            Self::Reserved(_) => "reserved",
        }
    }
}

/// What spoils a dynamic weighing, as the controller reports it (`olr` flag bits 0 to 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum VehicleFlag {
    /// Outside the instrument's speed range.
    SpeedOutOfRange = 0,
    /// Accelerating too much.
    Acceleration = 1,
    /// Braking too much.
    Braking = 2,
    /// Stop and go on the sensors.
    StopAndGo = 3,
    /// Straddling two lanes.
    Straddling = 4,
    /// Weaving.
    Weaving = 5,
    /// One side off the sensor.
    OneSideOff = 6,
    /// A sensor beyond its capacity.
    SensorOverload = 7,
    /// A sensor fault.
    SensorFault = 8,
    /// The controller's clock is not set.
    ClockNotSet = 9,
    /// The sum of the axles is not the gross.
    SumWrong = 10,
    /// An axle was missed.
    AxleMissed = 11,
    /// The vehicle reversed.
    Reversed = 12,
    /// Too close to the next vehicle.
    TooClose = 13,
    /// The instrument is not calibrated.
    Uncalibrated = 14,
}

impl VehicleFlag {
    /// All flags, in bit order.
    pub const ALL: [Self; 15] = [
        Self::SpeedOutOfRange,
        Self::Acceleration,
        Self::Braking,
        Self::StopAndGo,
        Self::Straddling,
        Self::Weaving,
        Self::OneSideOff,
        Self::SensorOverload,
        Self::SensorFault,
        Self::ClockNotSet,
        Self::SumWrong,
        Self::AxleMissed,
        Self::Reversed,
        Self::TooClose,
        Self::Uncalibrated,
    ];

    /// The bit of this flag in an `olr` flag field.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SpeedOutOfRange => "speed_out_of_range",
            Self::Acceleration => "acceleration",
            Self::Braking => "braking",
            Self::StopAndGo => "stop_and_go",
            Self::Straddling => "straddling",
            Self::Weaving => "weaving",
            Self::OneSideOff => "one_side_off",
            Self::SensorOverload => "sensor_overload",
            Self::SensorFault => "sensor_fault",
            Self::ClockNotSet => "clock_not_set",
            Self::SumWrong => "sum_wrong",
            Self::AxleMissed => "axle_missed",
            Self::Reversed => "reversed",
            Self::TooClose => "too_close",
            Self::Uncalibrated => "uncalibrated",
        }
    }
}

/// One group of axles close together (轴组), as the device forms it. A mass of a group is never split
/// into loads of its axles: nobody measured those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AxleGroup {
    /// How many axles it has.
    pub axles: Option<u8>,
    /// Mass of the group, kg; `None` where only its axles were weighed.
    pub load_kg: Option<i64>,
    /// The device's own code of its kind (轴型), as on the wire.
    pub code: Option<u8>,
}

/// A vehicle record (车辆称重记录). A detector that only measures speed gives one without axles and
/// without gross.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vehicle {
    /// The station the record names, where it names one.
    pub station: Option<String>,
    /// The device's running number.
    pub sequence: Option<u64>,
    /// When the first axle crossed, by the device's clock.
    pub time: Option<DeviceTime>,
    /// Lane as the device numbers it.
    pub lane: Option<u16>,
    /// Direction of travel.
    pub direction: Option<Direction>,
    /// Speed in tenths of km/h.
    pub speed_tenth_kmh: Option<i64>,
    /// Acceleration over the sensors, tenths of m/s²; negative is braking.
    pub acceleration_tenth_ms2: Option<i64>,
    /// Length, mm.
    pub length_mm: Option<i64>,
    /// Gross as the device states it, kg.
    pub gross_kg: Option<i64>,
    /// Axles, front to rear.
    pub axles: Vec<Axle>,
    /// Axle groups, front to rear, where the device forms them; empty otherwise.
    pub groups: Vec<AxleGroup>,
    /// Flags, in bit order.
    pub flags: Vec<VehicleFlag>,
    /// The device's own confidence, 0 to 100.
    pub confidence: Option<u8>,
    /// Whether an integrity check covered this record; one without is for pre-selection only.
    pub checked: bool,
}

/// Plate colour (号牌颜色).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlateColour {
    /// Small vehicles.
    Blue,
    /// Medium and heavy trucks, tractors, trailers.
    Yellow,
    /// Police, military.
    White,
    /// Embassy, Hong Kong, Macao.
    Black,
    /// Small new-energy (gradient green).
    Green,
    /// Large new-energy (yellow-green).
    YellowGreen,
}

impl PlateColour {
    /// All colours.
    pub const ALL: [Self; 6] = [
        Self::Blue,
        Self::Yellow,
        Self::White,
        Self::Black,
        Self::Green,
        Self::YellowGreen,
    ];

    /// The name used in output and on the delimited plate line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::White => "white",
            Self::Black => "black",
            Self::Green => "green",
            Self::YellowGreen => "yellow_green",
        }
    }

    /// The colour of a [`PlateColour::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.name() == name)
    }
}

/// A plate read (车牌识别结果).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plate {
    /// The text; `None` when the camera saw a vehicle and read nothing.
    pub plate: Option<String>,
    /// Colour.
    pub colour: Option<PlateColour>,
    /// Confidence, 0 to 100.
    pub confidence: Option<u8>,
    /// When, by the camera's clock.
    pub time: Option<DeviceTime>,
    /// Lane as the camera numbers it.
    pub lane: Option<u16>,
    /// Direction of travel, where the camera says one.
    pub direction: Option<Direction>,
    /// A second plate on the same vehicle (a mainland plate beside one of Hong Kong or Macao).
    pub second_plate: Option<String>,
    /// The camera's own name of this read: the same name with the same plate again is a
    /// retransmission, to be stored once.
    pub read_id: Option<String>,
    /// The picture that came in the same message; begins with `FF D8` and ends with `FF D9`.
    pub picture: Option<Picture>,
    /// Whether an integrity check covered this line.
    pub checked: bool,
}

/// A whole picture; `jpeg` begins with `FF D8` and ends with `FF D9`.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} bytes)", self.jpeg.len())
    }
}

/// A sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heartbeat {
    /// Lane, where it is of one.
    pub lane: Option<u16>,
    /// The device's clock.
    pub time: Option<DeviceTime>,
    /// The last record's number.
    pub last_sequence: Option<u64>,
    /// The device's own words on its state, empty when it has none.
    pub state: String,
}

/// Something a device reports, or a command seen on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// A short snake_case name, unique within the protocol (`acknowledge`, `length`, `frozen`).
    pub name: &'static str,
    /// Its parts as the protocol file names them, in wire order.
    pub fields: Vec<(&'static str, String)>,
}

/// Why bytes were not taken. The list is closed: counters, screens and tests rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reject {
    /// Bytes outside of any frame (noise, the tail of a frame whose head was not seen).
    Garbage,
    /// A frame that stops before its end.
    Truncated,
    /// A frame longer than its protocol allows, or lengths that contradict each other.
    Length,
    /// The integrity check fails.
    Integrity,
    /// The frame is whole, a field is not: not a digit, out of range, an impossible date.
    Field,
    /// Fields that contradict each other: gross and axle sum, axle count and axles.
    Contradiction,
    /// A version or type this decoder does not know.
    Version,
    /// A device answered that it failed, or a picture is not one.
    Device,
}

impl Reject {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Garbage,
        Self::Truncated,
        Self::Length,
        Self::Integrity,
        Self::Field,
        Self::Contradiction,
        Self::Version,
        Self::Device,
    ];

    /// The name used in output and in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::Truncated => "truncated",
            Self::Length => "length",
            Self::Integrity => "integrity",
            Self::Field => "field",
            Self::Contradiction => "contradiction",
            Self::Version => "version",
            Self::Device => "device",
        }
    }
}

/// A time of day as a device writes it; not every device says which zone it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    utc: bool,
}

impl DeviceTime {
    /// A time, `None` where there is no such date or time. Second 60 is refused.
    pub fn new(
        (year, month, day): (u16, u8, u8),
        (hour, minute, second): (u8, u8, u8),
        microsecond: u32,
        utc: bool,
    ) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let valid = (1970..=9999).contains(&year)
            && (1..=days).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60
            && microsecond < 1_000_000;
        valid.then_some(Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            microsecond,
            utc,
        })
    }

    /// Whether the device says that this is UTC; otherwise it is local time by the device's habit.
    pub const fn is_utc(self) -> bool {
        self.utc
    }

    /// Microseconds since 1970-01-01T00:00:00, reading the fields as they stand (no zone applied).
    pub const fn micros(self) -> i64 {
        // Days from civil date; March is month 0 so that the leap day ends the year.
        let shifted = if self.month > 2 {
            self.month - 3
        } else {
            self.month + 9
        } as i64;
        let year = self.year as i64 - if self.month > 2 { 0 } else { 1 };
        let era = year / 400;
        let year_of_era = year - era * 400;
        let day_of_year = (153 * shifted + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        let seconds =
            days * 86_400 + self.hour as i64 * 3_600 + self.minute as i64 * 60 + self.second as i64;
        seconds * 1_000_000 + self.microsecond as i64
    }

    /// The time that lies `micros` after 1970-01-01T00:00:00, `None` outside 1970 to 9999.
    pub fn from_micros(micros: i64, utc: bool) -> Option<Self> {
        let seconds = micros.div_euclid(1_000_000);
        let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 {
            month_index + 3
        } else {
            month_index - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let narrow = |value: i64| u8::try_from(value).ok();
        Self::new(
            (u16::try_from(year).ok()?, narrow(month)?, narrow(day)?),
            (
                narrow(second_of_day / 3_600)?,
                narrow(second_of_day / 60 % 60)?,
                narrow(second_of_day % 60)?,
            ),
            u32::try_from(micros.rem_euclid(1_000_000)).ok()?,
            utc,
        )
    }
}

/// ISO 8601 with the fraction in milliseconds, or microseconds where it has them; none when zero
/// thousandths are left out: `2012-11-16T09:28:13.700`, with `Z` when it is UTC.
impl fmt::Display for DeviceTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The time of every record is written: digit by digit, because seven formatted numbers take
        // several times as long.
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let mut put = |at: usize, digits: usize, mut number: u32| {
            for place in text.iter_mut().skip(at).take(digits).rev() {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        put(0, 4, u32::from(self.year));
        put(5, 2, u32::from(self.month));
        put(8, 2, u32::from(self.day));
        put(11, 2, u32::from(self.hour));
        put(14, 2, u32::from(self.minute));
        put(17, 2, u32::from(self.second));
        put(20, 6, self.microsecond);
        let length = if self.microsecond.is_multiple_of(1_000) {
            23
        } else {
            26
        };
        if let Some(place) = text.get_mut(length) {
            *place = b'Z';
        }
        let text = text.get(..length + usize::from(self.utc));
        let text = text.and_then(|text| core::str::from_utf8(text).ok());
        f.write_str(text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn device_time_round_trips_through_micros() {
        for text_micros in [
            0,
            951_782_400_000_000,
            1_732_406_400_123_456,
            253_402_300_799_999_999,
        ] {
            let time = DeviceTime::from_micros(text_micros, true).unwrap();
            assert_eq!(time.micros(), text_micros, "{time}");
        }
        assert_eq!(
            DeviceTime::from_micros(951_782_400_000_000, true)
                .unwrap()
                .to_string(),
            "2000-02-29T00:00:00.000Z"
        );
        assert_eq!(
            DeviceTime::from_micros(1_732_406_400_123_456, false)
                .unwrap()
                .to_string(),
            "2024-11-24T00:00:00.123456"
        );
        assert_eq!(DeviceTime::from_micros(-1, true), None);
    }

    #[test]
    fn impossible_dates_are_refused() {
        for date in [
            (2023, 2, 29),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
            (1969, 1, 1),
        ] {
            assert_eq!(DeviceTime::new(date, (0, 0, 0), 0, false), None, "{date:?}");
        }
        assert_eq!(DeviceTime::new((2024, 1, 1), (8, 60, 0), 0, false), None);
    }
}
