//! Which plate belongs to which weighing, how probable that is, and when it can't be said
//! (车牌与称重的关联).
//!
//! Each view of the road (front cameras, rear cameras) is looked at by itself: all weighings and
//! reads of a few seconds, of the lane and of the lanes beside it, are explained together
//! ([`explain`]): a read is of at most one weighing or of a vehicle that nobody weighed, a weighing
//! has at most one read of a view. Each explanation has a weight from the times (camera line, speed
//! and what was [learnt](learning) of the clocks), the lanes, the colours, and what cameras miss. The share that other
//! explanations have is the probability that the plate is another vehicle's. The views are then put
//! together. What stays doubtful is *ambiguous* and says why.

pub mod explain;
pub mod learning;
pub mod memory;
mod settings;
mod views;

use std::sync::{Arc, OnceLock};

pub use learning::{ClockOffset, Learning};
pub use memory::Memory;
pub use settings::AssociationSettings;
pub use views::{Scene, Tied, associate, is_of_trailer};

use crate::lane::settings::PortSettings;
use crate::passage::{PlateRead, Weighing};
use crate::plate::{PlateColour, Reading};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// What kind of plate a vehicle bears, as far as its weighing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Medium or heavy: yellow, or yellow-green.
    Large = 0,
    /// Light: blue, or green.
    Small = 1,
    /// Either.
    Either = 2,
}

impl Size {
    /// GA 802 calls trucks heavy or medium from 4.5 t of total mass or 6 m of length on; loads
    /// around that say nothing.
    fn of(weighing: &Weighing) -> Self {
        let length = weighing.length_mm.map_or(0, |length| length.get());
        let gross = weighing.gross_kg;
        if weighing.axles.len() > 2 || gross > Kilograms::new(7_500) || length > 7_500 {
            Self::Large
        } else if gross < Kilograms::new(3_500) && length < 5_600 && weighing.axles.len() == 2 {
            Self::Small
        } else {
            Self::Either
        }
    }
}

/// A weighing as association sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Passage id, shared with all that remember it.
    pub passage_id: Arc<str>,
    /// Lane.
    pub lane: u16,
    /// Its scale, counted from 0 over the devices of the station.
    pub device: usize,
    /// When the first axle crossed, by the scale's clock.
    pub crossed_at: Micros,
    /// When its record came in.
    pub received_at: Micros,
    /// Speed.
    pub speed: Option<TenthKmh>,
    /// Length.
    pub length_mm: Option<Millimetres>,
    /// Which plate it bears.
    pub size: Size,
    /// Whether its record came about as soon as others of its scale, see [`crate::lane::clocks`].
    pub prompt: bool,
    /// Whether it has its plate.
    pub settled: bool,
}

impl Crossing {
    /// A weighing of a scale, whose record was prompt or not.
    pub fn of(weighing: &Weighing, device: usize, prompt: bool) -> Self {
        Self {
            passage_id: Arc::from(weighing.passage_id.as_str()),
            lane: weighing.lane,
            device,
            crossed_at: weighing.crossed_at,
            received_at: weighing.received_at,
            speed: weighing.speed_tenth_kmh,
            length_mm: weighing.length_mm,
            size: Size::of(weighing),
            prompt,
            settled: false,
        }
    }

    /// How long it takes for a metre; `None` where no speed was measured.
    pub fn us_per_metre(&self) -> Option<i64> {
        let speed = self.speed?.get();
        // A metre at 0.1 km/h takes 36 s.
        (speed > 0).then(|| 36_000_000 / speed)
    }
}

/// A plate camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera {
    /// Counted from 0 over the cameras of the station,
    pub index: usize,
    /// and over all its devices.
    pub device: usize,
    /// Its port.
    pub name: String,
    /// Settings of its port.
    pub port: Arc<PortSettings>,
}

/// A read as association sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The read.
    pub read: PlateRead,
    /// Its colour.
    pub colour: Option<PlateColour>,
    /// The text of it, for comparing: few are, so it is taken apart when it is asked for.
    reading: OnceLock<Option<Reading>>,
    /// Its camera, counted from 0 over the cameras of the station,
    pub camera: usize,
    /// and over all its devices.
    pub device: usize,
    /// Settings of its camera's port.
    pub port: Arc<PortSettings>,
    /// Whether it came about as soon as others of its camera, see [`crate::lane::clocks`].
    pub prompt: bool,
    /// The passage that took it already.
    pub taken_by: Option<Arc<str>>,
}

impl Sighting {
    /// A read of this camera.
    pub fn new(read: PlateRead, camera: &Camera, prompt: bool) -> Self {
        let colour = read.colour.as_deref().and_then(PlateColour::from_name);
        Self {
            read,
            colour,
            reading: OnceLock::new(),
            camera: camera.index,
            device: camera.device,
            port: Arc::clone(&camera.port),
            prompt,
            taken_by: None,
        }
    }

    /// The text of it, taken apart.
    fn reading(&self) -> Option<&Reading> {
        let of = || self.read.plate.as_deref().map(Reading::of);
        self.reading.get_or_init(of).as_ref()
    }

    /// How far a vehicle drives from the first sensor until this camera sees its plate, millimetres;
    /// a rear plate comes the vehicle's length later.
    fn way_mm(&self, length_mm: i64) -> i64 {
        let rear = if self.port.sees_rear() { length_mm } else { 0 };
        self.port.camera_distance_mm.get().saturating_add(rear)
    }

    /// How long that takes a vehicle of this speed and length; nothing where its speed is not known.
    fn travel(&self, crossing: &Crossing) -> Micros {
        let length_mm = crossing.length_mm.map_or(0, |length| length.get());
        let per_metre = crossing.us_per_metre().unwrap_or(0);
        let millimetres = self.way_mm(length_mm);
        Micros::new(millimetres.saturating_mul(per_metre) / 1_000)
    }

    /// Time of the read minus the time expected of it, microseconds, when the camera's clock is
    /// ahead by `offset_us`.
    pub fn residual(&self, crossing: &Crossing, offset_us: i64) -> i64 {
        let expected = crossing
            .crossed_at
            .saturating_add(self.port.camera_delay)
            .saturating_add(self.travel(crossing))
            .saturating_add(Micros::new(offset_us));
        self.read.seen_at.saturating_sub(expected).get()
    }
}

#[cfg(test)]
mod tests;
