//! A weighing as the detectors see it: the axles as far as they were measured.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use smallvec::SmallVec;

use super::motion::Motion;
use crate::passage::{AxleDoubt, RawBytes, Weighing};

/// An axle; what was not measured is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Axle {
    /// Left wheels, kg.
    pub left: Option<f64>,
    /// Right wheels, kg.
    pub right: Option<f64>,
    /// The whole axle, or what of it was measured, kg.
    pub load: Option<f64>,
    /// To the axle in front, mm.
    pub spacing: Option<f64>,
    /// Speed, km/h.
    pub speed: Option<f64>,
    /// What the device says against it.
    pub doubt: Option<AxleDoubt>,
}

/// Which side of an axle carries nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptySide {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl Axle {
    /// The left wheels' share where both sides were measured.
    pub fn left_share(&self) -> Option<f64> {
        let (left, right) = (self.left?, self.right?);
        (left + right > 0.0).then(|| left / (left + right))
    }

    /// The side without load: not measured though the other was, or with less than `empty` of it.
    /// A sensor at fault says nothing.
    pub fn empty_side(&self, empty: f64) -> Option<EmptySide> {
        if self.doubt == Some(AxleDoubt::SensorFault) {
            return None;
        }
        match (self.left, self.right) {
            (None, Some(_)) => Some(EmptySide::Left),
            (Some(_), None) => Some(EmptySide::Right),
            _ => match self.left_share()? {
                share if share <= empty => Some(EmptySide::Left),
                share if share >= 1.0 - empty => Some(EmptySide::Right),
                _ => None,
            },
        }
    }
}

impl Axle {
    /// The left share, a side that was not measured though the other was counted as empty.
    pub fn share_or_empty(&self) -> Option<f64> {
        let empty = || match self.empty_side(0.0)? {
            EmptySide::Left => Some(0.0),
            EmptySide::Right => Some(1.0),
        };
        self.left_share().or_else(empty)
    }
}

/// The weighing and its axles.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// The weighing.
    pub weighing: &'a Weighing,
    /// Its axles, front to rear.
    pub axles: Cow<'a, [Axle]>,
    /// More than one detector asks for these.
    speeds: OnceCell<Vec<f64>>,
    /// Boxed: of those about the subject none is asked for.
    motion: OnceCell<Box<Motion>>,
}

/// A weighing kept for those about it, its axles read once. Its bytes are not needed.
#[derive(Debug)]
pub struct Seen {
    weighing: Weighing,
    axles: Vec<Axle>,
}

impl Seen {
    /// Keeps what others may need of a weighing.
    pub fn of(weighing: &Weighing) -> Self {
        let axles = axles(weighing);
        let weighing = Weighing {
            passage_id: weighing.passage_id.clone(),
            // Each weighing is kept so: names and texts that no detector asks of a neighbour are
            // not copied.
            station: String::new(),
            port: String::new(),
            protocol: String::new(),
            device_time: None,
            axles: Vec::new(),
            partial_axles: Vec::new(),
            flags: Vec::new(),
            raw: RawBytes {
                port: String::new(),
                sha256: String::new(),
                base64: String::new(),
                ..weighing.raw
            },
            ..*weighing
        };
        Self { weighing, axles }
    }

    /// The weighing without axles, flags, bytes and names, its own excepted.
    pub const fn weighing(&self) -> &Weighing {
        &self.weighing
    }
}

impl<'a> From<&'a Seen> for View<'a> {
    fn from(seen: &'a Seen) -> Self {
        Self {
            weighing: &seen.weighing,
            axles: Cow::Borrowed(&seen.axles),
            speeds: OnceCell::new(),
            motion: OnceCell::new(),
        }
    }
}

/// The axles of a weighing as far as they were measured.
fn axles(weighing: &Weighing) -> Vec<Axle> {
    let kilograms = |load: Option<crate::units::Kilograms>| load.map(|load| load.get() as f64);
    let whole = weighing.axles.iter().map(|axle| Axle {
        left: kilograms(axle.left_kg),
        right: kilograms(axle.right_kg),
        load: Some(axle.load_kg.get() as f64),
        spacing: axle.spacing_mm.map(|spacing| spacing.get() as f64),
        speed: axle.speed_tenth_kmh.map(|speed| speed.get() as f64 / 10.0),
        doubt: axle.doubt,
    });
    let partial = weighing.partial_axles.iter().map(|axle| Axle {
        left: kilograms(axle.left_kg),
        right: kilograms(axle.right_kg),
        load: kilograms(axle.load_kg.or(axle.left_kg).or(axle.right_kg)),
        spacing: axle.spacing_mm.map(|spacing| spacing.get() as f64),
        speed: axle.speed_tenth_kmh.map(|speed| speed.get() as f64 / 10.0),
        doubt: axle.doubt,
    });
    let mut axles = Vec::with_capacity(weighing.axles.len() + weighing.partial_axles.len());
    axles.extend(whole.chain(partial));
    axles
}

impl<'a> View<'a> {
    /// The view of a weighing.
    pub fn of(weighing: &'a Weighing) -> Self {
        Self {
            weighing,
            axles: Cow::Owned(axles(weighing)),
            speeds: OnceCell::new(),
            motion: OnceCell::new(),
        }
    }

    /// Speed of the vehicle in km/h: the record's, else the mean of its axles.
    pub fn speed(&self) -> Option<f64> {
        let stated = self.weighing.speed_tenth_kmh;
        stated.map(|speed| speed.get() as f64 / 10.0).or_else(|| {
            let speeds: Vec<f64> = self.axles.iter().filter_map(|axle| axle.speed).collect();
            mean(&speeds)
        })
    }

    /// Speeds of the axles where all were measured, km/h; else empty.
    pub fn axle_speeds(&self) -> &[f64] {
        self.speeds.get_or_init(|| {
            let speeds: Option<Vec<f64>> = self.axles.iter().map(|axle| axle.speed).collect();
            speeds.unwrap_or_default()
        })
    }

    /// How the vehicle moved.
    pub(super) fn motion(&self) -> &Motion {
        self.motion.get_or_init(|| Box::new(Motion::of(self)))
    }

    /// First axle to last, mm; `None` when a spacing is missing.
    pub fn wheelbase(&self) -> Option<f64> {
        self.axles.iter().skip(1).map(|axle| axle.spacing).sum()
    }

    /// Whether every axle but the first has its spacing: patterns rest on them.
    pub fn is_spaced(&self) -> bool {
        self.axles.iter().skip(1).all(|axle| axle.spacing.is_some())
    }

    /// The axle groups: axles no further apart than `limit` mm.
    pub fn groups(&self, limit: f64) -> impl Iterator<Item = Range<usize>> + use<> {
        groups(&self.axles, limit)
    }

    /// How long the first axle was before the last, us, at the vehicle's speed.
    pub fn crossing_us(&self) -> Option<f64> {
        let speed = self.speed().filter(|speed| *speed > 0.0)?;
        Some(self.wheelbase()? * 3_600.0 / speed)
    }
}

/// How many axles are in each group of a vehicle, front to rear.
pub type Pattern = SmallVec<[usize; 8]>;

/// The sizes of the groups of a run of axles; the spacing of the first axle of the run does not
/// count.
pub fn pattern(axles: &[Axle], limit: f64) -> Pattern {
    let mut pattern = Pattern::new();
    for (index, axle) in axles.iter().enumerate() {
        let near = index > 0 && axle.spacing.is_some_and(|spacing| spacing <= limit);
        match pattern.last_mut() {
            Some(group) if near => *group += 1,
            _ => pattern.push(1),
        }
    }
    pattern
}

/// The groups of a run of axles, see [`pattern`].
pub fn groups(axles: &[Axle], limit: f64) -> impl Iterator<Item = Range<usize>> + use<> {
    let mut start = 0;
    pattern(axles, limit).into_iter().map(move |size| {
        let group = start..start + size;
        start = group.end;
        group
    })
}

/// Mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Least and most; `None` of nothing.
pub fn range(values: &[f64]) -> Option<(f64, f64)> {
    let least = values.iter().copied().reduce(f64::min)?;
    let most = values.iter().copied().reduce(f64::max)?;
    Some((least, most))
}
