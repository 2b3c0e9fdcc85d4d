//! Truth and result as far as they are compared, from memory and from lines of JSON.

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::passage::{
    Candidate, ClosedPassage, Doubt, EvasionKind, PassageKind, PlateRead, PlateState, RawBytes,
};
use crate::simulator::crossing::{CameraView, Defect, PlateOf};
use crate::simulator::ports::PortPlan;
use crate::simulator::truth::{Span as PortSpan, Told, ToldRead};
use crate::units::{Kilograms, Micros};

/// Where bytes stand in a port's log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Port name.
    pub port: String,
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

/// A line that a plate camera wrote because of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReadLine {
    /// Where.
    #[serde(flatten)]
    pub span: Span,
    /// The lane whose camera wrote it.
    pub lane: u16,
    /// Which end of the vehicle the camera sees.
    #[serde(default = "front")]
    pub view: CameraView,
    /// Which plate of the vehicle it is of.
    #[serde(default = "tractor")]
    pub reading: PlateOf,
    /// The text as it was read; `None` when nothing was.
    pub plate: Option<String>,
    /// Colour, where one was read.
    #[serde(default)]
    pub colour: Option<String>,
    /// When, by the camera's clock.
    pub seen_us: Micros,
    /// By how much that clock was ahead of the true time.
    #[serde(default)]
    pub clock_error_us: Option<Micros>,
}

const fn front() -> CameraView {
    CameraView::Front
}

const fn tractor() -> PlateOf {
    PlateOf::Tractor
}

/// A vehicle as `truth.jsonl` has it, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Vehicle {
    /// Its number; in time order.
    pub vehicle: u64,
    /// Its plate; a tractor's, where it draws a trailer.
    pub plate: String,
    /// The trailer's.
    #[serde(default)]
    pub trailer_plate: Option<String>,
    /// Lane; 0 of one that drove around the station.
    pub lane: u16,
    /// Whether a scale made a record of it.
    #[serde(default = "weighed")]
    pub weighed: bool,
    /// When its first axle reached the scale.
    #[serde(default)]
    pub first_axle_us: Micros,
    /// How many axles it has.
    #[serde(default, deserialize_with = "count")]
    pub axles: usize,
    /// What it weighs.
    #[serde(default)]
    pub gross_kg: Kilograms,
    /// How it evades.
    #[serde(default)]
    pub evasion: Vec<EvasionKind>,
    /// Whether it did so hardly visibly.
    #[serde(default)]
    pub mild: bool,
    /// What looks like an evasion and is none: the traffic made it do so.
    #[serde(default)]
    pub forced: Vec<EvasionKind>,
    /// What went wrong with its records and reads.
    #[serde(default)]
    pub defects: Vec<Defect>,
    /// By how much the clock of its scale was ahead of the true time.
    #[serde(default)]
    pub clock_error_us: Option<Micros>,
    /// Where records stand that it is in: two when the controller sent one twice, when it drove over two
    /// scales, or when a scale took it for two vehicles.
    #[serde(default)]
    pub records: Vec<Span>,
    /// What the cameras beside the scales in motion made of it.
    #[serde(default)]
    pub plate_reads: Vec<ReadLine>,
    /// What the camera of the platform scale made of it afterwards.
    #[serde(default)]
    pub platform_reads: Vec<ReadLine>,
}

const fn weighed() -> bool {
    true
}

/// So many elements stand in a list, whatever they are.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    struct Count;
    impl<'de> Visitor<'de> for Count {
        type Value = usize;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
            let mut count = 0;
            while list.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            Ok(count)
        }
    }
    deserializer.deserialize_seq(Count)
}

impl Vehicle {
    /// A vehicle that the simulator has told all of; `ports` are those of its feed.
    pub fn of(told: &Told, ports: &[PortPlan]) -> Self {
        let span = |span: &PortSpan| Span {
            port: ports
                .get(span.port)
                .map(|plan| plan.name.clone())
                .unwrap_or_default(),
            offset: span.offset,
            length: span.length,
        };
        let line = |told: &ToldRead| ReadLine {
            span: span(&told.span),
            lane: told.read.lane,
            view: told.read.view,
            reading: told.read.reading,
            plate: told.read.plate.clone(),
            colour: told.read.colour.map(|colour| colour.name().to_owned()),
            seen_us: told.read.seen_at,
            clock_error_us: Some(told.read.clock_error),
        };
        let crossing = &told.crossing;
        Self {
            vehicle: crossing.number,
            plate: crossing.vehicle.plate.to_string(),
            trailer_plate: crossing
                .vehicle
                .trailer_plate
                .as_ref()
                .map(ToString::to_string),
            lane: crossing.lane,
            weighed: crossing.weighed,
            first_axle_us: crossing.first_axle_at,
            axles: crossing.vehicle.axles.len(),
            gross_kg: crossing.vehicle.gross_kg,
            evasion: crossing.evasion.clone(),
            mild: crossing.mild,
            forced: crossing.forced.clone(),
            defects: crossing.defects.clone(),
            clock_error_us: crossing
                .records
                .first()
                .map(|record| record.measured.clock_error),
            records: told.records.iter().map(span).collect(),
            plate_reads: told.plate_reads.iter().map(line).collect(),
            platform_reads: told.platform_reads.iter().map(line).collect(),
        }
    }

    /// Whether a scale took it for two, of itself: no evasion, and none that the traffic forced.
    pub fn is_split(&self) -> bool {
        self.defects.contains(&Defect::SplitRecord)
    }

    /// Whether it drove over the scale as it should, and the scale made of it what it was: a weighing
    /// that could be enforced.
    pub fn is_fit(&self) -> bool {
        let spoils = |defect: &Defect| {
            matches!(
                defect,
                Defect::SplitRecord
                    | Defect::ImpossibleSpeed
                    | Defect::SpacingArtefact
                    | Defect::DigitSwap
                    | Defect::SumOneBelow
            )
        };
        self.evasion.is_empty() && self.forced.is_empty() && !self.defects.iter().any(spoils)
    }

    /// Whether some camera read its plate as it is when it was weighed in motion; a trailer's plate is
    /// not meant.
    pub fn has_right_read(&self) -> bool {
        self.plate_reads.iter().any(|read| {
            read.reading == PlateOf::Tractor && read.plate.as_deref() == Some(self.plate.as_str())
        })
    }
}

/// The read that was chosen for a passage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Chosen {
    /// The text that was let through.
    pub plate: Option<String>,
    /// Its colour, where one was read.
    #[serde(default)]
    pub colour: Option<String>,
    /// Where the line stands.
    pub raw: Span,
}

/// Which plate was tied to a passage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tie {
    /// Outcome.
    pub state: PlateState,
    /// Why it is ambiguous.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// The chosen read; `None` unless matched.
    pub chosen: Option<Chosen>,
    /// The read of the trailer's plate.
    #[serde(default)]
    pub trailer: Option<Chosen>,
    /// Reads that could belong to the passage, with the time that the clock model left between.
    pub candidates: Vec<Candidate>,
    /// Stated probability that the plate is another vehicle's, parts per thousand million.
    #[serde(default)]
    pub wrong_vehicle_ppb: Option<u64>,
    /// So many cameras read the chosen text independently of each other.
    #[serde(default)]
    pub agreeing_cameras: u32,
    /// How the chosen camera's clock was taken to stand against the scale's.
    #[serde(default)]
    pub clock: Option<Clock>,
}

/// What was learnt of a camera's clock.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Clock {
    /// Port of the camera.
    pub camera: String,
    /// It is ahead of the scale's by so much.
    pub offset_us: i64,
}

/// What was found of an evasion, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// Which.
    pub kind: EvasionKind,
    /// Id of the passage that holds the other half, or the other part.
    #[serde(default)]
    pub partner: Option<String>,
}

/// A closed passage as `replay --json` prints it, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Passage {
    /// Its id.
    #[serde(default)]
    pub passage_id: String,
    /// Lane.
    pub lane: u16,
    /// In motion or standing.
    pub kind: PassageKind,
    /// When the first axle crossed, by the scale's clock.
    pub crossed_us: Micros,
    /// When it closed; `None` where the line does not say.
    #[serde(default)]
    pub closed_us: Option<Micros>,
    /// Where the weighing's record stands.
    pub raw: Span,
    /// How many axles were weighed.
    #[serde(default, deserialize_with = "count")]
    pub axles: usize,
    /// The plate.
    pub association: Tie,
    /// What was found.
    #[serde(default)]
    pub evasion: Vec<Finding>,
}

fn span_of(raw: &RawBytes) -> Span {
    Span {
        port: raw.port.clone(),
        offset: raw.offset.unsigned_abs(),
        length: raw.length.unsigned_abs(),
    }
}

impl From<&ClosedPassage> for Passage {
    fn from(closed: &ClosedPassage) -> Self {
        let association = &closed.association;
        let chosen = |read: &PlateRead| Chosen {
            plate: read.plate.clone(),
            colour: read.colour.clone(),
            raw: span_of(&read.raw),
        };
        Self {
            passage_id: closed.weighing.passage_id.clone(),
            lane: closed.weighing.lane,
            kind: closed.weighing.kind,
            crossed_us: closed.weighing.crossed_at,
            closed_us: Some(closed.closed_at),
            raw: span_of(&closed.weighing.raw),
            axles: closed.weighing.axles.len(),
            association: Tie {
                state: association.state,
                doubts: association.doubts.clone(),
                chosen: association.chosen.as_ref().map(chosen),
                trailer: association.trailer.as_ref().map(chosen),
                candidates: association.candidates.clone(),
                wrong_vehicle_ppb: association.wrong_vehicle_ppb,
                agreeing_cameras: association.agreeing_cameras,
                clock: association.clock.as_ref().map(|clock| Clock {
                    camera: clock.camera.clone(),
                    offset_us: clock.offset_us,
                }),
            },
            evasion: closed
                .evasion
                .iter()
                .map(|finding| Finding {
                    kind: finding.kind,
                    partner: finding.partner.clone(),
                })
                .collect(),
        }
    }
}
