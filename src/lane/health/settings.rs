//! When a lane's silence or sameness is remarkable.

/// Settings of the health findings, the same for all lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthSettings {
    /// A plate camera is dead when so many vehicles in a row were weighed in its lane without any
    /// message of it. Cameras read 80 to 90 % (GA/T 497), and tell of those they can't read.
    pub camera_silent_vehicles: u32,
    /// A picture camera is dead when so many pictures in a row did not come.
    pub pictures_missing: u32,
    /// A side is dead when so many vehicles in a row had next to nothing on it.
    pub dead_side_vehicles: u32,
    /// Next to nothing: below this share of the vehicle, per mille.
    pub dead_side_per_mille: i64,
    /// The mean of left against right is judged from so many vehicles on.
    pub uneven_vehicles: u32,
    /// Both sides may differ by so much in the mean of all vehicles, per mille of their sum: a cross
    /// fall of the road makes 10 to 30.
    pub uneven_per_mille: i64,
    /// An hour without a vehicle is told when chance makes it so with no more than this
    /// probability, parts in a million.
    pub empty_per_million: u32,
    /// The least share of the usual traffic that a lawful day may have, per cent: holidays have
    /// less than other days.
    pub least_traffic_percent: u32,
    /// What is usual at an hour of the day is the mean of so many days.
    pub usual_days: u32,
    /// And is known from so many on.
    pub usual_from_days: u32,
    /// A read rate has fallen when the unread grow to twice their usual share. So many vehicles pass
    /// per false alarm, at least.
    pub read_rate_false_alarm: u32,
    /// What is usual of a camera is known from so many vehicles on.
    pub read_rate_from_vehicles: u32,
    /// And for an hour of the day by itself from so many on: light changes what can be read.
    pub read_rate_hour_vehicles: u32,
    /// A fallen rate has recovered when so many vehicles passed without another alarm.
    pub read_rate_settle_vehicles: u32,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            camera_silent_vehicles: 20,
            pictures_missing: 5,
            dead_side_vehicles: 5,
            dead_side_per_mille: 20,
            uneven_vehicles: 200,
            uneven_per_mille: 100,
            empty_per_million: 100,
            least_traffic_percent: 50,
            usual_days: 28,
            usual_from_days: 3,
            read_rate_false_alarm: 2_000_000,
            read_rate_from_vehicles: 1_000,
            read_rate_hour_vehicles: 200,
            read_rate_settle_vehicles: 500,
        }
    }
}
