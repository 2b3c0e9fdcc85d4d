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
mod models;
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

use std::cell::OnceCell;

use smallvec::SmallVec;

use crate::passage::{
    EvasionFinding, EvasionKind, Flag, PassageKind, PlateRead, SignalName, Weighing,
};
use crate::units::Micros;

pub use models::Models;
pub use settings::EvasionSettings;
pub use usual::{LaneUsual, Usual};

use score::Score;
pub(super) use score::{centinats, normal, together};
use straddling::Half;
pub use view::{Seen, View};

/// A finding with the evidence for it, by which rivals are compared.
struct Found {
    nats: f64,
    finding: EvasionFinding,
}

/// Parts of one vehicle pass within this time, even at a walk.
pub(super) const PARTS_WITHIN: Micros = Micros::from_seconds(40);

/// A controller that says so is believed, though not blindly.
const BY_CONTROLLER: f64 = 12.0;

/// What a detector looks at.
struct Scene<'a> {
    /// The weighing in question.
    subject: &'a View<'a>,
    /// Weighings about it, of its lane and of the neighbouring ones, that its own can be a part of.
    near: Vec<View<'a>>,
    /// The vehicle that passed in front of it in its lane.
    ahead: Option<View<'a>>,
    /// Reads that are its own.
    reads: &'a [&'a PlateRead],
    usual: &'a Usual,
    settings: &'a EvasionSettings,
    models: &'a Models,
    /// More than one detector asks for these.
    partner: OnceCell<Option<(usize, f64)>>,
    half: OnceCell<Half>,
    vehicle_nats: OnceCell<f64>,
}

impl Scene<'_> {
    /// The finding, where the score is enough for one.
    fn conclude(&self, kind: EvasionKind, score: Score) -> Option<Found> {
        // Most scores are far from it: no certainty is worked out for those.
        if score.nats() < self.models.least {
            return None;
        }
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
            score.add(BY_CONTROLLER);
            score.show(SignalName::ControllerFlag, 1.0, None);
        }
    }

    /// The finding of a record that tells nothing itself, where the controller says so.
    fn only_flagged(&self, kind: EvasionKind, flag: Flag) -> Option<Found> {
        let mut score = Score::new();
        self.flagged(&mut score, flag);
        self.conclude(kind, score)
    }

    /// No finding comes of less evidence than this, where the controller says that it was so, and
    /// where not. What can't come to as much needs no closer look.
    fn least_nats(&self, flag: Flag) -> f64 {
        let told = self.subject.weighing.flags.contains(&flag);
        let by_controller = if told { BY_CONTROLLER } else { 0.0 };
        self.models.least - by_controller
    }

    /// How common a vehicle with the subject's axles is, see [`catalogue::vehicle_nats`].
    fn vehicle_nats(&self) -> f64 {
        let nats = || catalogue::vehicle_nats(&self.subject.axles, self.group_spacing());
        *self.vehicle_nats.get_or_init(nats)
    }

    /// The other half of the subject, see [`straddling::partner`].
    fn partner(&self) -> Option<(usize, f64)> {
        *self.partner.get_or_init(|| straddling::partner(self))
    }

    /// Whether the subject looks like one half of a vehicle, see [`straddling::half`].
    fn half(&self) -> Half {
        let half = || straddling::half(self.subject, self.settings, self.usual);
        *self.half.get_or_init(half)
    }

    fn group_spacing(&self) -> f64 {
        self.settings.group_spacing_mm as f64
    }
}

/// No finding comes of less evidence than this.
fn least_nats(settings: &EvasionSettings) -> f64 {
    if settings.report_from_per_mille < 1 {
        return f64::NEG_INFINITY;
    }
    let odds = |per_mille: i64| {
        let share = per_mille.clamp(1, 999) as f64 / 1_000.0;
        libm::log(share / (1.0 - share))
    };
    // Certainty is cut to whole per mille: a little less than that still stays under it.
    odds(settings.report_from_per_mille) - odds(settings.base_rate_per_mille) - 0.01
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
    let near = near.iter().copied().map(Near::Weighing);
    let rules = (settings, &Models::of(settings));
    examine_near(&View::of(subject), near, reads, usual, rules)
}

/// The same with weighings whose axles were read before, and the models of the settings.
pub fn examine_seen<'a>(
    subject: &'a View<'a>,
    near: impl Iterator<Item = &'a Seen>,
    reads: &'a [&'a PlateRead],
    usual: &'a Usual,
    rules: (&'a EvasionSettings, &'a Models),
) -> Vec<EvasionFinding> {
    examine_near(subject, near.map(Near::Seen), reads, usual, rules)
}

/// A weighing about the subject.
#[derive(Clone, Copy)]
enum Near<'a> {
    Weighing(&'a Weighing),
    Seen(&'a Seen),
}

impl<'a> Near<'a> {
    const fn weighing(self) -> &'a Weighing {
        match self {
            Self::Weighing(weighing) => weighing,
            Self::Seen(seen) => seen.weighing(),
        }
    }

    fn view(self) -> View<'a> {
        match self {
            Self::Weighing(weighing) => View::of(weighing),
            Self::Seen(seen) => View::from(seen),
        }
    }
}

fn examine_near<'a>(
    view: &'a View<'a>,
    near: impl Iterator<Item = Near<'a>>,
    reads: &'a [&'a PlateRead],
    usual: &'a Usual,
    (settings, models): (&'a EvasionSettings, &'a Models),
) -> Vec<EvasionFinding> {
    let subject = view.weighing;
    if subject.kind != PassageKind::Dynamic {
        return Vec::new();
    }
    let (mut parts, mut ahead): (SmallVec<[Near<'a>; 16]>, Option<Near<'a>>) =
        (SmallVec::new(), None);
    for one in near {
        let other = one.weighing();
        let apart = other.crossed_at.saturating_sub(subject.crossed_at);
        if other.kind != PassageKind::Dynamic
            || apart.abs() > settings.near_within
            || other.passage_id == subject.passage_id
        {
            continue;
        }
        let in_lane = other.lane == subject.lane;
        let is_nearer = |known: Near<'_>| moment_and_id(known.weighing()) < moment_and_id(other);
        if in_lane && apart < Micros::ZERO && ahead.is_none_or(is_nearer) {
            ahead = Some(one);
        }
        let can_be_part = if in_lane {
            PARTS_WITHIN
        } else {
            // Of the pairs that it could be in, the partners of the partner, too.
            settings
                .straddling_apart
                .saturating_add(settings.straddling_apart)
        };
        if apart.abs() <= can_be_part {
            parts.push(one);
        }
    }
    parts.sort_by(|one, other| moment_and_id(one.weighing()).cmp(&moment_and_id(other.weighing())));
    let scene = Scene {
        subject: view,
        near: parts.into_iter().map(Near::view).collect(),
        ahead: ahead.map(Near::view),
        reads,
        usual,
        settings,
        models,
        partner: OnceCell::new(),
        half: OnceCell::new(),
        vehicle_nats: OnceCell::new(),
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
    if found.is_empty() {
        return Vec::new();
    }
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

fn moment_and_id(weighing: &Weighing) -> (Micros, &str) {
    (weighing.crossed_at, &weighing.passage_id)
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
