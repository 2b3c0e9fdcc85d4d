//! Evasion and invalid weighings (逃避检测、无效称重), found from what was measured.
//!
//! A detector adds up weak signals as log-likelihood ratios of "this manoeuvre" against "a vehicle
//! that only passes", each with the scatter that the lane usually shows ([`Usual`]) and with tails,
//! so that no single figure decides; the sum and the base rate of the settings give a certainty.
//! Nothing here changes a weighing: what a finding takes the truth to be stands in the finding
//! ([`BelievedVehicle`](crate::passage::BelievedVehicle)) and is never enforceable. Which kinds keep
//! a passage from a penalty says [`EvasionKind::is_hard`]. `docs/evasion.md` has the method, what
//! each protocol can show, and the figures.

mod braking;
mod catalogue;
mod creeping;
mod join;
mod lift_axle;
mod merged_record;
mod motion;
mod one_side_off;
mod plates;
mod reversing;
mod score;
mod settings;
pub mod sightings;
mod split_record;
mod stop_and_go;
mod straddling;
mod surging;
mod usual;
mod view;
mod weaving;
mod wrong_way;

use crate::passage::{
    EvasionFinding, EvasionKind, Flag, PassageKind, PlateRead, SignalName, Weighing,
};
use crate::units::Micros;

pub use settings::EvasionSettings;
pub use usual::{LaneUsual, Usual};

use score::Score;
pub(super) use score::{centinats, normal, together};
use view::View;

/// A finding with the evidence for it, by which rivals are compared.
struct Found {
    nats: f64,
    finding: EvasionFinding,
}

/// Parts of one vehicle pass within this time, even at a walk.
const PARTS_WITHIN: Micros = Micros::from_seconds(40);

/// What a detector looks at.
struct Scene<'a> {
    /// The weighing in question.
    subject: View<'a>,
    /// Weighings about it, of its lane and of the neighbouring ones, that its own can be a part of.
    near: Vec<View<'a>>,
    /// The vehicle that passed in front of it in its lane.
    ahead: Option<&'a Weighing>,
    /// Reads that are its own.
    reads: &'a [&'a PlateRead],
    usual: &'a Usual,
    settings: &'a EvasionSettings,
}

impl Scene<'_> {
    /// The finding, where the score is enough for one.
    fn conclude(&self, kind: EvasionKind, score: Score) -> Option<Found> {
        let certainty = score.certainty_per_mille(self.settings.base_rate_per_mille);
        (i64::from(certainty) >= self.settings.report_from_per_mille).then(|| Found {
            nats: score.nats(),
            finding: EvasionFinding {
                kind,
                certainty_per_mille: certainty,
                signals: score.into_signals(),
                partner: None,
                vehicles: Vec::new(),
            },
        })
    }

    /// Adds that the controller has noticed it itself.
    fn flagged(&self, score: &mut Score, flag: Flag) {
        if self.subject.weighing.flags.contains(&flag) {
            // A controller that says so is believed, though not blindly.
            score.add(12.0);
            score.show(SignalName::ControllerFlag, 1.0, None);
        }
    }

    /// The finding of a record that tells nothing itself, where the controller says so.
    fn only_flagged(&self, kind: EvasionKind, flag: Flag) -> Option<Found> {
        let mut score = Score::new();
        self.flagged(&mut score, flag);
        self.conclude(kind, score)
    }

    fn group_spacing(&self) -> f64 {
        self.settings.group_spacing_mm as f64
    }
}

/// What explains what: a finding of the first kind takes back those of the others, whose signals it
/// causes.
const EXPLAINS: &[(EvasionKind, &[EvasionKind])] = &[
    (
        EvasionKind::Reversing,
        &[
            EvasionKind::StopAndGo,
            EvasionKind::Braking,
            EvasionKind::Surging,
            EvasionKind::Creeping,
            EvasionKind::LiftAxle,
            EvasionKind::SplitRecord,
            EvasionKind::Weaving,
            EvasionKind::WrongWay,
        ],
    ),
    (
        EvasionKind::MergedRecord,
        &[
            EvasionKind::Braking,
            EvasionKind::Surging,
            EvasionKind::Weaving,
            EvasionKind::WrongWay,
        ],
    ),
    (
        EvasionKind::SplitRecord,
        &[EvasionKind::LiftAxle, EvasionKind::WrongWay],
    ),
    (
        EvasionKind::StopAndGo,
        &[
            EvasionKind::Braking,
            EvasionKind::Surging,
            EvasionKind::Creeping,
        ],
    ),
    (
        EvasionKind::Straddling,
        &[EvasionKind::OneSideOff, EvasionKind::Weaving],
    ),
    (EvasionKind::Surging, &[EvasionKind::LiftAxle]),
];

/// Kinds that explain the same signals in two ways: the one that the evidence favours is kept.
const RIVALS: &[(EvasionKind, EvasionKind)] = &[
    (EvasionKind::MergedRecord, EvasionKind::LiftAxle),
    (EvasionKind::MergedRecord, EvasionKind::Reversing),
    (EvasionKind::PlateCovered, EvasionKind::PlateMissing),
];

/// Examines a weighing. `near` are the other weighings of its lane and of the neighbouring lanes
/// within [`EvasionSettings::near_within`], the subject excluded; `reads` the plate reads that are
/// its own, unread ones included; `usual` what is usual in its lane.
///
/// The findings come in the order of their kinds, one a kind. They follow from the arguments alone;
/// the order of `near` and `reads` does not matter.
pub fn examine(
    subject: &Weighing,
    near: &[&Weighing],
    reads: &[&PlateRead],
    usual: &Usual,
    settings: &EvasionSettings,
) -> Vec<EvasionFinding> {
    if subject.kind != PassageKind::Dynamic {
        return Vec::new();
    }
    let mut near: Vec<&Weighing> = near
        .iter()
        .copied()
        .filter(|other| {
            let apart = other.crossed_at.saturating_sub(subject.crossed_at).abs();
            other.kind == PassageKind::Dynamic
                && other.passage_id != subject.passage_id
                && apart <= settings.near_within
        })
        .collect();
    near.sort_by(|one, other| {
        (one.crossed_at, &one.passage_id).cmp(&(other.crossed_at, &other.passage_id))
    });
    let ahead = near
        .iter()
        .rfind(|other| other.lane == subject.lane && other.crossed_at < subject.crossed_at);
    let ahead = ahead.copied();
    let can_be_part = |other: &&Weighing| {
        let apart = other.crossed_at.saturating_sub(subject.crossed_at).abs();
        apart
            <= if other.lane == subject.lane {
                PARTS_WITHIN
            } else {
                // Of the pairs that it could be in, the partners of the partner, too.
                settings
                    .straddling_apart
                    .saturating_add(settings.straddling_apart)
            }
    };
    near.retain(can_be_part);
    let scene = Scene {
        subject: View::of(subject),
        near: near.into_iter().map(View::of).collect(),
        ahead,
        reads,
        usual,
        settings,
    };
    let detectors: [fn(&Scene<'_>) -> Option<Found>; 13] = [
        straddling::find,
        one_side_off::find,
        braking::find,
        surging::find,
        weaving::find,
        stop_and_go::find,
        creeping::find,
        reversing::find,
        merged_record::find,
        split_record::find,
        lift_axle::find,
        wrong_way::find,
        plates::find,
    ];
    let found: Vec<Found> = detectors
        .iter()
        .filter_map(|detector| detector(&scene))
        .collect();
    let nats_of = |kind| {
        let one = found.iter().find(|one| one.finding.kind == kind);
        one.map(|one| one.nats)
    };
    let is_beaten = |one: &Found| {
        RIVALS.iter().any(|(first, second)| {
            let rival = match one.finding.kind {
                kind if kind == *first => nats_of(*second),
                kind if kind == *second => nats_of(*first),
                _ => None,
            };
            rival.is_some_and(|rival| rival > one.nats)
        })
    };
    let kept = found.iter().filter(|one| !is_beaten(one));
    let mut findings: Vec<EvasionFinding> = kept.map(|one| one.finding.clone()).collect();
    for (kind, explained) in EXPLAINS {
        if findings.iter().any(|finding| finding.kind == *kind) {
            findings.retain(|finding| {
                !explained.contains(&finding.kind) || stands(finding, &found, *kind)
            });
        }
    }
    findings.sort_by_key(|finding| finding.kind);
    findings
}

/// Whether a lift axle stands beside surging: where no axle jumped, or where it is the spacing that
/// tells it, it is no axle that jumped.
fn stands(finding: &EvasionFinding, found: &[Found], explains: EvasionKind) -> bool {
    if (finding.kind, explains) != (EvasionKind::LiftAxle, EvasionKind::Surging) {
        return false;
    }
    let shows =
        |finding: &EvasionFinding, name| finding.signals.iter().any(|signal| signal.name == name);
    let mut surging = found.iter().filter(|one| one.finding.kind == explains);
    shows(finding, SignalName::SpacingMm)
        || !surging.any(|one| shows(&one.finding, SignalName::Axle))
}

#[cfg(test)]
mod tests;
