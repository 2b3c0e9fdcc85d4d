//! What new counts do to the tracks of a case: propose, or let a proposal lapse.

use super::facts::Counts;
use super::lists::TrackKind;
use super::records::Stamp;
use super::track::{PenaltyTrack, TrackAction, TrackState};
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{Consequence, LeftOutReason, RepeatCount, Threshold};
use crate::role::Role;
use crate::units::Micros;

/// Who moves tracks when counters do.
pub const COUNTERS: &str = "station";

/// The case after its counters were counted anew; `None` when nothing changes.
///
/// A closed case whose act is the latest that counts carries the proposal when the threshold is
/// crossed: the one that made it so. A proposal lapses when cases it rests on no longer count and
/// too few are left; that acts leave the year as time passes is no reason, since the law asks
/// whether there *was* such a year. What is decided already never changes by itself: it is marked
/// for a person to look at.
pub fn roll(case: &CaseFile, counts: &Counts, now: Micros) -> Option<CaseFile> {
    let stamp = Stamp {
        by: COUNTERS.to_owned(),
        role: Role::Machine,
        at: now,
    };
    let mut after = case.clone();
    for kind in TrackKind::ALL {
        if let Some(count) = counts.of(*kind) {
            let is_closed = case.state == CaseState::Closed;
            let track = after.tracks.get_mut(*kind);
            roll_one(track, count, &case.case_id, is_closed, &stamp);
        }
    }
    (after != *case).then_some(after)
}

fn roll_one(
    track: &mut PenaltyTrack,
    count: &RepeatCount,
    case_id: &str,
    is_closed: bool,
    stamp: &Stamp,
) {
    if track.counted_id() != Some(count.subject_id.as_str()) {
        return;
    }
    let fell = !track.basis.is_empty() && !count.exceeded() && !still_exceeded(track, count);
    match track.state {
        TrackState::Counted | TrackState::Lapsed if is_closed && carries(count, case_id) => {
            propose(track, count, stamp);
        }
        TrackState::Proposed
        | TrackState::Notified
        | TrackState::Hearing
        | TrackState::Declined
            if fell =>
        {
            let text = Some(format!("{}", count.count));
            track.go(stamp, TrackAction::Lapse, TrackState::Lapsed, text);
        }
        TrackState::Decided | TrackState::Executed if !track.basis.is_empty() => {
            track.basis_fell = track.basis_fell || fell;
        }
        _ => {}
    }
}

/// Whether the threshold is crossed and this case is the latest that counts.
fn carries(count: &RepeatCount, case_id: &str) -> bool {
    let last = count
        .counted
        .iter()
        .max_by_key(|entry| (entry.day_of_act, entry.case_id.as_str()));
    count.exceeded() && last.is_some_and(|last| last.case_id == case_id)
}

fn propose(track: &mut PenaltyTrack, count: &RepeatCount, stamp: &Stamp) {
    let first = count
        .proposals
        .iter()
        .find(|proposal| proposal.consequence != Consequence::EnterCreditList)
        .or_else(|| count.proposals.first());
    track.proposal = first.cloned();
    track.basis = count.counted.clone();
    let text = Some(format!("{}", count.count));
    track.go(stamp, TrackAction::Propose, TrackState::Proposed, text);
}

/// Whether enough of the cases that the proposal rests on still count, wherever today's year is.
fn still_exceeded(track: &PenaltyTrack, count: &RepeatCount) -> bool {
    let stands = |case_id: &str, day: chrono::NaiveDate| {
        let counts = count.counted.iter().any(|entry| entry.case_id == case_id);
        let left_out = count.left_out.iter().find(|left| left.case_id == case_id);
        counts
            || match left_out {
                Some(left) => matches!(
                    left.reason,
                    LeftOutReason::OutsideWindow
                        | LeftOutReason::SameAct
                        | LeftOutReason::SameVehicle
                ),
                // A list that begins with the year does not name what was before it.
                None => day < count.first_day,
            }
    };
    let left = track
        .basis
        .iter()
        .filter(|entry| stands(&entry.case_id, entry.day_of_act))
        .count();
    let left = u64::try_from(left).unwrap_or(u64::MAX);
    match count.threshold {
        None => false,
        Some(Threshold::MoreThanTimes(times)) => left > u64::from(times),
        Some(Threshold::AtLeastTimes(times)) => left >= u64::from(times),
        Some(Threshold::MoreThanShareBasisPoints(share)) => count
            .fleet
            .and_then(|fleet| fleet.vehicles)
            .is_some_and(|fleet| {
                i128::from(left).saturating_mul(10_000)
                    > i128::from(fleet).saturating_mul(i128::from(share))
            }),
    }
}
