//! What new counts do to the tracks of a case: propose, or let a proposal lapse.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::facts::Counts;
use super::lists::TrackKind;
use super::records::Stamp;
use super::track::{PenaltyTrack, TrackAction, TrackState};
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{Consequence, CountedEntry, LeftOutReason, RepeatCount, Threshold};
use crate::role::Role;
use crate::units::Micros;

/// Who moves tracks when counters do.
pub const COUNTERS: &str = "station";

/// What a party's counter says, for the tracks that rest on it.
#[derive(Debug, Clone, Copy)]
pub struct PartyCounts<'a> {
    today: &'a RepeatCount,
    /// The count by which the threshold is crossed, and the case that carries the proposal.
    crossed: Option<(&'a RepeatCount, &'a str)>,
    listed_from: NaiveDate,
}

impl<'a> PartyCounts<'a> {
    /// Of a party, counted to today and, where that is another day, to the day of its latest act: the
    /// law asks whether there was such a year, so a case that is closed, or counted, weeks after its act
    /// finds it all the same.
    ///
    /// `own` are the cases that were handled here: of those that count the latest carries the proposal,
    /// since a past case of the register has no tracks. `listed_from` is the first day of acts that the
    /// counts name at all, counted or left out.
    pub fn new(
        today: &'a RepeatCount,
        latest_act: Option<&'a RepeatCount>,
        own: &BTreeSet<&str>,
        listed_from: NaiveDate,
    ) -> Self {
        let exceeded = [Some(today), latest_act]
            .into_iter()
            .flatten()
            .find(|count| count.exceeded());
        let crossed = exceeded.and_then(|count| {
            let counted = count.counted.iter();
            let own = counted.filter(|entry| own.contains(entry.case_id.as_str()));
            let last = own.max_by_key(|entry| (entry.day_of_act, entry.case_id.as_str()))?;
            Some((count, last.case_id.as_str()))
        });
        Self {
            today,
            crossed,
            listed_from,
        }
    }

    /// The case that carries a proposal, where the threshold is crossed.
    pub fn carrier(&self) -> Option<&'a str> {
        self.crossed.map(|(_, case_id)| case_id)
    }

    /// Whether what a proposal rests on has fallen.
    fn fell(&self, basis: &[CountedEntry]) -> bool {
        !basis.is_empty() && !self.today.exceeded() && !self.still_exceeded(basis)
    }

    /// Whether enough of the cases that the proposal rests on still count, wherever today's year is.
    fn still_exceeded(&self, basis: &[CountedEntry]) -> bool {
        let count = self.today;
        let stands = |entry: &&CountedEntry| {
            let counts = count
                .counted
                .iter()
                .any(|other| other.case_id == entry.case_id);
            let mut left_out = count.left_out.iter();
            counts
                || match left_out.find(|left| left.case_id == entry.case_id) {
                    Some(left) => matches!(
                        left.reason,
                        LeftOutReason::OutsideWindow
                            | LeftOutReason::SameAct
                            | LeftOutReason::SameVehicle
                    ),
                    // A list that begins on a day does not name what was before it.
                    None => entry.day_of_act < self.listed_from,
                }
        };
        let left = basis.iter().filter(stands).count();
        let all = left == basis.len();
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        match count.threshold {
            None => false,
            Some(Threshold::MoreThanTimes(times)) => left > u64::from(times),
            Some(Threshold::AtLeastTimes(times)) => left >= u64::from(times),
            Some(Threshold::MoreThanShareBasisPoints(share)) => {
                match count.fleet.and_then(|fleet| fleet.vehicles) {
                    Some(fleet) => {
                        i128::from(left).saturating_mul(10_000)
                            > i128::from(fleet).saturating_mul(i128::from(share))
                    }
                    // Of no act in today's year there is no fleet: time alone takes nothing back.
                    None => all,
                }
            }
        }
    }
}

/// The case after its counters were counted anew, to today; `None` when nothing changes.
///
/// A closed case whose act is the latest that counts carries the proposal when the threshold is
/// crossed: the one that made it so. A proposal lapses when cases it rests on no longer count and
/// too few are left; that acts leave the year as time passes is no reason, since the law asks
/// whether there *was* such a year. What is decided already never changes by itself: it is marked
/// for a person to look at.
pub fn roll(case: &CaseFile, counts: &Counts, now: Micros) -> Option<CaseFile> {
    let mut after = case.clone();
    for kind in TrackKind::ALL {
        if let Some(count) = counts.of(*kind) {
            let own = count.counted.iter().map(|entry| entry.case_id.as_str());
            let own: BTreeSet<&str> = own.collect();
            let listed_from = counts.listed_from.unwrap_or(count.first_day);
            let counts = PartyCounts::new(count, None, &own, listed_from);
            roll_one(&mut after, *kind, &counts, now);
        }
    }
    (after != *case).then_some(after)
}

/// The case after one of its parties was counted anew; `None` when nothing changes. As [`roll`].
pub fn roll_track(
    case: &CaseFile,
    kind: TrackKind,
    counts: &PartyCounts<'_>,
    now: Micros,
) -> Option<CaseFile> {
    let mut after = case.clone();
    roll_one(&mut after, kind, counts, now);
    (after != *case).then_some(after)
}

/// Whether a track rests on a count, so that it may change when the count falls.
pub fn rests(track: &PenaltyTrack) -> bool {
    !track.basis.is_empty()
        && match track.state {
            TrackState::Proposed
            | TrackState::Notified
            | TrackState::Hearing
            | TrackState::Declined => true,
            TrackState::Decided | TrackState::Executed => !track.basis_fell,
            _ => false,
        }
}

fn roll_one(case: &mut CaseFile, kind: TrackKind, counts: &PartyCounts<'_>, now: Micros) {
    let is_closed = case.state == CaseState::Closed;
    let crossed = counts
        .crossed
        .filter(|(_, carries)| is_closed && *carries == case.case_id);
    let track = case.tracks.get_mut(kind);
    if track.counted_id() != Some(counts.today.subject_id.as_str()) {
        return;
    }
    let stamp = Stamp {
        by: COUNTERS.to_owned(),
        role: Role::Machine,
        at: now,
    };
    let rests_on_it = matches!(
        track.state,
        TrackState::Proposed | TrackState::Notified | TrackState::Hearing | TrackState::Declined
    );
    if rests_on_it && counts.fell(&track.basis) {
        let text = Some(format!("{}", counts.today.count));
        track.go(&stamp, TrackAction::Lapse, TrackState::Lapsed, text);
    }
    match track.state {
        // Also of what has just lapsed: other cases may make the year as full.
        TrackState::Counted | TrackState::Lapsed => {
            // What would lapse at once, the fleet being another today, is not proposed.
            let crossed = crossed.filter(|(count, _)| !counts.fell(&count.counted));
            if let Some((count, _)) = crossed {
                propose(track, count, &stamp);
            }
        }
        TrackState::Decided | TrackState::Executed => {
            track.basis_fell = track.basis_fell || counts.fell(&track.basis);
        }
        _ => {}
    }
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
