//! What the carriageway asks of the shell, and what it tells.

use std::sync::Arc;

use crate::lane::drift::DriftFinding;
use crate::lane::health::HealthFinding;
use crate::lane::hours::Hour;
use crate::passage::{ClosedPassage, RawBytes, TakenPicture, Weighing};

/// What the lane logic asks of the shell, or tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A vehicle was weighed: judge it, make it durable, then acknowledge the record.
    Weighed(Arc<Weighing>),
    /// The record of a weighing came again, byte for byte: acknowledge it once the first one is
    /// durable, store nothing.
    Repeated {
        /// The weighing it repeats.
        weighing: Box<Weighing>,
    },
    /// A plate read came again, by the name that its camera gives it: nothing follows from it.
    RepeatedRead {
        /// Camera port.
        port: String,
    },
    /// Take a picture for this passage.
    TakePicture {
        /// Camera port.
        port: String,
        /// The passage.
        passage_id: String,
    },
    /// A picture is there: make it durable.
    PictureTaken {
        /// Whose it is.
        passage_id: String,
        /// The file.
        jpeg: Arc<[u8]>,
        /// Where it came from.
        picture: TakenPicture,
    },
    /// The passage's window is over: judge it as a whole and close it.
    Closed(Box<ClosedPassage>),
    /// Something that a person should know of.
    Finding(Finding),
    /// An hour is over: its record, to be given back after a restart.
    Hour(Box<Hour>),
}

/// Something remarkable that is not a passage.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// A vehicle record without any weight.
    RecordWithoutAxles {
        /// Port.
        port: String,
        /// Where in its raw log.
        offset: u64,
        /// Its bytes.
        raw: Box<RawBytes>,
    },
    /// A camera names another lane than the one its port serves.
    LaneDisagrees {
        /// Port.
        port: String,
        /// The lane it names.
        said: u16,
    },
    /// A picture that nobody had asked for, that came too late to know whose it is, or that no read
    /// stands before.
    UnrequestedPicture {
        /// Port.
        port: String,
    },
    /// A camera did not deliver in time.
    PictureMissing {
        /// Port.
        port: String,
        /// The passage that goes without.
        passage_id: String,
    },
    /// A camera froze its picture too late to be sure whom it shows.
    PictureLate {
        /// Port.
        port: String,
        /// The passage that goes without.
        passage_id: String,
        /// How long after it was asked for.
        late_us: i64,
    },
    /// A camera was still busy with the vehicle before.
    CameraBusy {
        /// Port.
        port: String,
        /// The passage that goes without.
        passage_id: String,
    },
    /// A platform shows the same weight to the last digit while vehicle after vehicle passes its
    /// camera.
    FrozenValue {
        /// Port.
        port: String,
        /// How many reads passed meanwhile.
        reads: u32,
    },
    /// A device's clock was set while it ran (设备校时): what it said before and after can't be
    /// compared until traffic has taught how it stands now.
    ClockStepped {
        /// Port.
        port: String,
        /// By how much it is ahead of what it was; negative when it was put back.
        by_us: i64,
    },
    /// The clocks of a camera and its scale are further apart than is believed, or will be within the
    /// hour (钟差预警).
    ClockRunsAway {
        /// Port of the camera.
        port: String,
        /// It is ahead of the scale's clock by so much; negative when it is behind.
        offset_us: i64,
        /// Standard error of that.
        uncertainty_us: i64,
        /// What the offset gains, nanoseconds a second.
        drift_ppb: i64,
    },
    /// A lane's scale has drifted, or no longer does.
    Drift(DriftFinding),
    /// Something ails a lane, or no longer does.
    Health(HealthFinding),
    /// An event that this port's role has no use for.
    Unexpected {
        /// Port.
        port: String,
        /// Kind of event.
        event: &'static str,
    },
}

impl Finding {
    /// The kind, as its JSON has it under `finding`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RecordWithoutAxles { .. } => "record_without_axles",
            Self::LaneDisagrees { .. } => "lane_disagrees",
            Self::UnrequestedPicture { .. } => "unrequested_picture",
            Self::PictureMissing { .. } => "picture_missing",
            Self::PictureLate { .. } => "picture_late",
            Self::CameraBusy { .. } => "camera_busy",
            Self::ClockStepped { .. } => "clock_stepped",
            Self::ClockRunsAway { .. } => "clock_runs_away",
            Self::Unexpected { .. } => "unexpected",
            Self::FrozenValue { .. } => "frozen_value",
            Self::Drift(_) => "drift",
            Self::Health(_) => "health",
        }
    }
}
