//! What traffic to simulate.

mod cameras;
mod clocks;
mod evasions;
mod faults;
mod scenario;

use crate::units::Micros;

pub use cameras::{CameraSettings, RearCamera};
pub use clocks::ClockSettings;
pub use evasions::EvasionShares;
pub(super) use faults::per_cent;
pub use faults::{Fault, FaultKind};
pub use scenario::Scenario;

/// How the speeds of a road are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeedProfile {
    /// Trunk road in a town: trucks at 47 / 69 / 81 km/h (5th, 50th, 95th percentile).
    Arterial,
    /// Motorway: 76 / 87 / 108 km/h.
    Motorway,
    /// Full motorway: 45 / 75 / 88 km/h.
    DenseMotorway,
    /// Jam: 16 / 44 / 60 km/h, with waves of standing and of walking pace.
    Jam,
}

/// How the times between vehicles of one lane are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headways {
    /// Followers and free vehicles, as measured on real roads.
    Mixture,
    /// Evenly between two thirds and four thirds of the mean: a lane that is never empty for long
    /// and never crowded, for showing a station.
    Steady,
}

/// How the controller writes axle spacings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpacingProfile {
    /// Rounded to 10 mm.
    TenMillimetres,
    /// In steps of 50 mm, a third of them cut one millimetre below (1.30 m reads 1299 mm): what a
    /// well-known family of real records does.
    TruncatedFifty,
}

/// The scale's error. Standard deviations as fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleError {
    /// Of a lane's constant bias.
    pub bias: f64,
    /// Of a vehicle's gross.
    pub gross: f64,
    /// Of one axle against the others of its vehicle; these add up to nothing.
    pub axle: f64,
}

/// What the scales' controllers can tell. Shares of the controllers, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControllerSettings {
    /// Those that tell the direction of travel.
    pub tells_direction: f64,
    /// Those that tell a wheel beside the sensor from one without weight: they leave the side empty
    /// and say so, others write 0 kg.
    pub tells_beside: f64,
    /// Whether they set their flags of evasion. By default none does: what happened must be seen from
    /// axles, speeds and times.
    pub flag_evasion: bool,
}

impl ControllerSettings {
    /// Controllers that tell all that the record has a place for, but flags.
    pub const ABLE: Self = Self {
        tells_direction: 1.0,
        tells_beside: 1.0,
        flag_evasion: false,
    };
}

/// What goes wrong, as shares of the vehicles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DefectShares {
    /// The same record is sent twice, byte for byte.
    pub duplicate_record: f64,
    /// A record is sent after the one of the vehicle behind.
    pub out_of_order_record: f64,
    /// Record numbers are left out before this one.
    pub sequence_gap: f64,
    /// The controller's gross is one kilogram above the sum of its axles.
    pub sum_one_below: f64,
    /// The scale misses the vehicle.
    pub missed_record: f64,
    /// The scale takes a vehicle with a trailer for two.
    pub split_record: f64,
    /// The record bears the number of one some minutes ago, with its own time.
    pub reused_sequence: f64,
    /// The stated speed is 251 or 776 km/h.
    pub impossible_speed: f64,
    /// An axle too many, 650 to 800 mm behind another: a bounce taken for a wheel.
    pub spacing_artefact: f64,
    /// Two digits of an axle's weight are swapped, and the gross is not.
    pub digit_swap: f64,
    /// One character of the plate is read as one that looks like it.
    pub misread_plate: f64,
    /// The camera sees a vehicle and reads nothing.
    pub unread_plate: f64,
    /// The read is sent seconds late.
    pub late_read: f64,
    /// The read is sent twice.
    pub doubled_read: f64,
}

impl DefectShares {
    /// Nothing ever goes wrong.
    pub const NONE: Self = Self {
        duplicate_record: 0.0,
        out_of_order_record: 0.0,
        sequence_gap: 0.0,
        sum_one_below: 0.0,
        missed_record: 0.0,
        split_record: 0.0,
        reused_sequence: 0.0,
        impossible_speed: 0.0,
        spacing_artefact: 0.0,
        digit_swap: 0.0,
        misread_plate: 0.0,
        unread_plate: 0.0,
        late_read: 0.0,
        doubled_read: 0.0,
    };
}

/// The load of a vehicle that the schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduledLoad {
    /// Full and within the limit.
    Full,
    /// A third or more above the limit, far below a hundred tons.
    Overloaded,
    /// Well above a hundred tons (百吨王).
    HundredTon,
}

/// A six-axle truck that comes at a set time, whatever the seed and the flow, with a clean record
/// and a clean plate read, and with no other vehicle near it in its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// Lane; the last lane where the road has fewer.
    pub lane: u16,
    /// First axle, counted from the start of the traffic.
    pub after: Micros,
    /// Its load.
    pub load: ScheduledLoad,
}

/// Traffic to simulate. Shares lie between 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// One seed, one result.
    pub seed: u64,
    /// When the traffic begins.
    pub start: Micros,
    /// Lanes, 1 and up.
    pub lanes: u16,
    /// Vehicles per hour and lane. A vehicle never enters the scale before its predecessor has
    /// left it, so about 2,000 is the most that a lane of trucks can carry.
    pub flow_per_hour: f64,
    /// Whether the flow follows the hours of the day, so that `flow_per_hour` is its mean.
    pub daily_profile: bool,
    /// How they follow each other.
    pub headways: Headways,
    /// Speeds.
    pub speeds: SpeedProfile,
    /// Share of the vehicles that are cars: cameras read them, scales don't weigh them. Trucks keep to
    /// the lanes of higher numbers.
    pub car_share: f64,
    /// How often a vehicle that could is beside a truck in the lane next to it rather than before or
    /// behind: at the flow of a motorway three trucks of ten have somebody beside them.
    pub overtaking: f64,
    /// Standard deviation of a vehicle's acceleration over the station, m/s²: nobody drives quite
    /// evenly.
    pub restless: f64,
    /// Three of ten vehicles are regulars: they come again after about so many hours; `None` when
    /// every vehicle is another.
    pub regulars_return_hours: Option<f64>,
    /// Weights of 2, 3, 4, 5 and 6 axles.
    pub axle_mix: [f64; 5],
    /// Share of odd patterns (2-2-2, 1-2-1, seven and nine axles).
    pub odd_share: f64,
    /// Share of vehicles above their gross limit.
    pub overloaded_share: f64,
    /// Share of the overloaded six-axle trucks that weigh 60 to 110 t.
    pub heavy_tail_share: f64,
    /// Share of the others that drive empty.
    pub empty_share: f64,
    /// Share of the others that are loaded in part.
    pub part_share: f64,
    /// Share of the overloaded that the station sends to its platform scale.
    pub platform_share: f64,
    /// Seconds after which such a truck stands on the platform again, unloaded (复检); 0 never. A station's
    /// simulator alone lets it.
    pub platform_again_after_s: u32,
    /// The scales.
    pub scale_error: ScaleError,
    /// How spacings are written.
    pub spacings: SpacingProfile,
    /// The plate cameras.
    pub cameras: CameraSettings,
    /// The devices' clocks.
    pub clocks: ClockSettings,
    /// What goes wrong.
    pub defects: DefectShares,
    /// Who evades.
    pub evasion: EvasionShares,
    /// What controllers can tell.
    pub controllers: ControllerSettings,
    /// Devices at fault.
    pub faults: Vec<Fault>,
    /// Whether sightings at other sites are told.
    pub sightings: bool,
    /// Vehicles that come at set times.
    pub schedule: Vec<Scheduled>,
}

impl Settings {
    /// A motorway's freight traffic as the published figures have it, 10 % to 15 % of plates
    /// unread, 8.6 % overloaded (a station's first month without enforcement).
    pub fn statistics() -> Self {
        Self {
            seed: 1,
            // 2026-01-05T00:00:00Z, a Monday; a simulation has no other "now" than its own.
            start: Micros::new(1_767_571_200_000_000),
            lanes: 2,
            flow_per_hour: 300.0,
            daily_profile: false,
            headways: Headways::Mixture,
            speeds: SpeedProfile::Motorway,
            car_share: 0.0,
            overtaking: 0.0,
            restless: 0.0,
            regulars_return_hours: None,
            axle_mix: [0.30, 0.06, 0.10, 0.04, 0.50],
            odd_share: 0.005,
            overloaded_share: 0.086,
            heavy_tail_share: 0.01,
            empty_share: 0.35,
            part_share: 0.25,
            platform_share: 0.0,
            platform_again_after_s: 0,
            scale_error: ScaleError {
                bias: 0.006,
                gross: 0.012,
                axle: 0.022,
            },
            spacings: SpacingProfile::TenMillimetres,
            cameras: CameraSettings::PLAIN,
            clocks: ClockSettings::RIGHT,
            defects: DefectShares {
                duplicate_record: 0.006,
                out_of_order_record: 0.003,
                sequence_gap: 0.002,
                sum_one_below: 0.004,
                misread_plate: 0.02,
                unread_plate: 0.12,
                late_read: 0.02,
                doubled_read: 0.02,
                ..DefectShares::NONE
            },
            evasion: EvasionShares::NONE,
            controllers: ControllerSettings::ABLE,
            faults: Vec::new(),
            sightings: false,
            schedule: Vec::new(),
        }
    }

    /// A station to look at: a truck every 3 to 6 s in each lane, the first at once, one clearly
    /// overloaded within 20 s, one above a hundred tons within 45 s.
    pub fn demo() -> Self {
        let truck = |lane, millis, load| Scheduled {
            lane,
            after: Micros::from_millis(millis),
            load,
        };
        Self {
            flow_per_hour: 800.0,
            headways: Headways::Steady,
            speeds: SpeedProfile::Arterial,
            overloaded_share: 0.12,
            heavy_tail_share: 0.10,
            platform_share: 1.0,
            // Longer than a platform's camera may go on reading who has left (`plate_lead`, 15 s): a read
            // before that is taken for one more of the first weighing, and the second has no plate.
            platform_again_after_s: 25,
            defects: DefectShares {
                duplicate_record: 0.02,
                out_of_order_record: 0.01,
                sequence_gap: 0.005,
                sum_one_below: 0.01,
                misread_plate: 0.02,
                unread_plate: 0.10,
                late_read: 0.02,
                doubled_read: 0.04,
                ..DefectShares::NONE
            },
            schedule: vec![
                truck(1, 700, ScheduledLoad::Full),
                truck(1, 9_000, ScheduledLoad::Overloaded),
                truck(2, 24_000, ScheduledLoad::HundredTon),
            ],
            ..Self::statistics()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::statistics()
    }
}
