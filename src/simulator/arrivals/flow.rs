//! Published figures of traffic flow: who follows whom at which distance, how fast, on which lane, and at
//! which hour.

use super::{Kind, Lane};
use crate::simulator::dice::{Dice, interpolate};
use crate::simulator::emission::BEIJING_AHEAD;
use crate::simulator::settings::{Headways, Settings, SpeedProfile};

/// Free vehicles come at least so long behind another, seconds.
const FREE_FROM: f64 = 4.0;

/// Share of followers by flow.
const FOLLOWERS: [(f64, f64); 10] = [
    (100.0, 0.20),
    (300.0, 0.35),
    (500.0, 0.46),
    (700.0, 0.57),
    (900.0, 0.66),
    (1_100.0, 0.76),
    (1_300.0, 0.83),
    (1_500.0, 0.87),
    (1_700.0, 0.90),
    (2_100.0, 0.95),
];

/// Share of the day's vehicles in each hour of the day, per cent.
const DAILY_PER_CENT: [f64; 24] = [
    0.5, 0.3, 0.3, 0.3, 0.6, 2.5, 6.0, 7.2, 5.7, 5.4, 5.5, 5.4, 6.0, 6.4, 6.3, 7.5, 6.8, 6.7, 5.9,
    4.3, 3.5, 2.8, 2.4, 1.7,
];

/// Of the headways of followers, by leader and follower: mean and deviation of the logarithm of seconds.
const fn follows(leader: Kind, follower: Kind) -> (f64, f64) {
    match (leader, follower) {
        (Kind::Car, Kind::Car) => (0.675, 0.595),
        (Kind::Truck, Kind::Car) => (0.958, 0.471),
        (Kind::Car, Kind::Truck) => (0.980, 0.524),
        (Kind::Truck, Kind::Truck) => (1.045, 0.459),
    }
}

/// Trucks keep to the lanes of higher numbers: what of all trucks drives in each lane.
fn lane_weights(lanes: u16) -> &'static [f64] {
    match lanes {
        0 | 1 => &[1.0],
        2 => &[0.12, 0.88],
        3 => &[0.03, 0.32, 0.65],
        _ => &[0.01, 0.09, 0.38, 0.52],
    }
}

/// Share of trucks in a lane. What a lane can't hold goes to the next one to the left.
pub(super) fn truck_share(settings: &Settings, lane: u16) -> f64 {
    const MOST: f64 = 0.97;
    let lanes = settings.lanes.max(1);
    if settings.car_share <= 0.0 {
        return 1.0;
    }
    let trucks = (1.0 - settings.car_share) * f64::from(lanes);
    let weights = lane_weights(lanes);
    let mut over = 0.0;
    for number in (1..=lanes).rev() {
        let weight = weights.get(usize::from(number) - 1).copied();
        let wanted = trucks * weight.unwrap_or_default() + over;
        let share = wanted.min(MOST);
        if number == lane {
            return share;
        }
        over = wanted - share;
    }
    0.0
}

impl Lane {
    /// Vehicles per hour at a moment.
    pub(super) fn flow(&self) -> f64 {
        let flow = self.settings.flow_per_hour.max(1.0);
        if !self.settings.daily_profile {
            return flow;
        }
        let now = self.reached().unwrap_or(self.settings.start);
        let local = now.saturating_add(BEIJING_AHEAD).get();
        let hour = local.div_euclid(3_600_000_000).rem_euclid(24);
        let share = DAILY_PER_CENT.get(hour as usize).copied().unwrap_or(4.17);
        (flow * share * 24.0 / 100.0).max(1.0)
    }

    /// Seconds between the fronts.
    pub(super) fn headway(&mut self, mean: f64, kind: Kind) -> f64 {
        if self.settings.headways == Headways::Steady {
            return self.dice.uniform(mean * 2.0 / 3.0, mean * 4.0 / 3.0);
        }
        let mut followers = interpolate(&FOLLOWERS, 3_600.0 / mean);
        let follower_mean = self.follower_mean();
        let mut free_mean = (mean - followers * follower_mean) / (1.0 - followers);
        if free_mean < FREE_FROM {
            // So full that more must follow for the flow to come about; at last all.
            free_mean = 2.0 * FREE_FROM;
            followers = ((free_mean - mean) / (free_mean - follower_mean)).clamp(0.0, 1.0);
        }
        let leads = self.leader.as_ref().map_or(kind, |leader| leader.kind);
        if self.dice.chance(followers) {
            let (mu, sigma) = follows(leads, kind);
            return self.dice.lognormal(mu, sigma).max(0.3);
        }
        let shift = FREE_FROM.min(free_mean * 0.8);
        shift + self.dice.exponential(free_mean - shift)
    }

    /// Mean distance of followers in this lane, seconds.
    fn follower_mean(&self) -> f64 {
        let share = |kind| match kind {
            Kind::Car => 1.0 - self.truck_share,
            Kind::Truck => self.truck_share,
        };
        let kinds = [Kind::Car, Kind::Truck];
        let pairs = kinds
            .iter()
            .flat_map(|a| kinds.iter().map(move |b| (*a, *b)));
        let mean = |(a, b)| {
            let (mu, sigma): (f64, f64) = follows(a, b);
            share(a) * share(b) * (mu + sigma * sigma / 2.0).exp()
        };
        pairs.map(mean).sum()
    }
}

/// A speed of this road, m/s.
pub(in crate::simulator) fn speed_of(dice: &mut Dice, profile: SpeedProfile, is_car: bool) -> f64 {
    const SHARES: [f64; 9] = [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99];
    let kmh: [f64; 9] = match (profile, is_car) {
        (SpeedProfile::Arterial, _) => [32.0, 47.0, 53.0, 61.0, 69.0, 75.0, 79.0, 81.0, 85.0],
        (SpeedProfile::Motorway, false) => {
            [62.0, 76.0, 80.0, 83.0, 87.0, 90.0, 100.0, 108.0, 121.0]
        }
        (SpeedProfile::Motorway, true) => {
            [66.0, 80.0, 88.0, 100.0, 110.0, 116.0, 121.0, 125.0, 134.0]
        }
        (SpeedProfile::DenseMotorway, false) => {
            [32.0, 45.0, 54.0, 66.0, 75.0, 81.0, 85.0, 88.0, 94.0]
        }
        (SpeedProfile::DenseMotorway, true) => {
            [32.0, 48.0, 57.0, 70.0, 82.0, 92.0, 99.0, 105.0, 112.0]
        }
        (SpeedProfile::Jam, _) => [10.0, 16.0, 22.0, 34.0, 44.0, 51.0, 57.0, 60.0, 70.0],
    };
    let points: [(f64, f64); 9] = std::array::from_fn(|place| {
        let share = SHARES.get(place).copied().unwrap_or_default();
        (share, kmh.get(place).copied().unwrap_or_default())
    });
    // Speeds are whole tenths of km/h.
    (dice.quantile(&points) * 10.0).round() / 36.0
}
