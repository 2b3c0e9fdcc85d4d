//! Steps of the four penalties.

use chrono::NaiveDate;

use super::super::action::TrackStep;
use super::super::lists::{CaseSubject, NotApplicableReason, TrackKind};
use super::super::money::last_day;
use super::super::refusal::Refusal;
use super::super::track::{PenaltyTrack, TrackAction, TrackState};
use super::super::track_table::{TrackCondition, TrackMachine};
use super::{Work, some_words, words};
use crate::casework::case_state::CaseState;
use crate::casework::machine::{Transition, transition};
use crate::law::{DeadlineKind, OffenceKind};
use crate::units::Yuan;

const fn action_of(step: &TrackStep) -> TrackAction {
    match step {
        TrackStep::SetNotApplicable { .. } => TrackAction::SetNotApplicable,
        TrackStep::Reopen { .. } => TrackAction::Reopen,
        TrackStep::Propose { .. } => TrackAction::Propose,
        TrackStep::Decline { .. } => TrackAction::Decline,
        TrackStep::Notify { .. } => TrackAction::Notify,
        TrackStep::WaiveHearing { .. } => TrackAction::WaiveHearing,
        TrackStep::AskHearing { .. } => TrackAction::AskHearing,
        TrackStep::HoldHearing { .. } => TrackAction::HoldHearing,
        TrackStep::Decide { .. } => TrackAction::Decide,
        TrackStep::Execute { .. } => TrackAction::Execute,
        TrackStep::Refer { .. } => TrackAction::Refer,
        TrackStep::Revoke { .. } => TrackAction::Revoke,
    }
}

impl Work<'_> {
    /// The row of a track's step where it stands.
    pub(super) fn track_row(
        &self,
        kind: TrackKind,
        action: TrackAction,
    ) -> Result<&'static Transition<TrackMachine>, Refusal> {
        let state = self.before.tracks.get(kind).state;
        transition::<TrackMachine>(state, action).ok_or(Refusal::TrackNotInState {
            track: kind.zh(),
            state: state.zh(),
            step: action.zh(),
        })
    }

    /// A case about a loading source alone has no vehicle, driver or carrier.
    pub(super) fn has_party(&self, kind: TrackKind) -> Result<(), Refusal> {
        if self.before.subject == CaseSubject::Vehicle || kind == TrackKind::LoadingSource {
            return Ok(());
        }
        Err(Refusal::invalid(
            "track",
            format!("本案仅涉及货运源头单位，没有{}", kind.zh()),
            format!(
                "the case is about a loading source alone: it has no {}",
                kind.en()
            ),
        ))
    }

    pub(super) fn track(&mut self, kind: TrackKind, step: &TrackStep) -> Result<(), Refusal> {
        self.has_party(kind)?;
        let action = action_of(step);
        let row = self.track_row(kind, action)?;
        if !row.permits(self.stamp.role) {
            return Err(Refusal::NotPermitted {
                action: super::ActionKind::Track,
                role: self.stamp.role,
            });
        }
        for condition in row.conditions {
            self.track_condition(*condition, kind)?;
        }
        let (text, number) = self.track_particulars(kind, step)?;
        for paper in row.documents {
            self.paper(*paper, number.clone());
        }
        let stamp = self.stamp.clone();
        let track = self.case.tracks.get_mut(kind);
        let to = match (action, row.to) {
            // Back to where it was: to a party that is known, or to none.
            (TrackAction::Reopen, _) if track.counted_id().is_some() => TrackState::Pending,
            (_, [to, ..]) => *to,
            (_, []) => track.state,
        };
        track.go(&stamp, action, to, text);
        Ok(())
    }

    fn track_condition(&self, condition: TrackCondition, kind: TrackKind) -> Result<(), Refusal> {
        let track = self.before.tracks.get(kind);
        let met = match condition {
            TrackCondition::PartyKnown => track.counted_id().is_some(),
            TrackCondition::CaseEffective => self.before.state == CaseState::Closed,
            TrackCondition::ThresholdOrFinding => return self.threshold_or_finding(kind),
            TrackCondition::HearingSettled => self.track_hearing_settled(track)?,
            TrackCondition::HearingInTime => track
                .notified_on
                .map(|on| self.hearing_until(on))
                .transpose()?
                .is_some_and(|last| self.today <= last),
            TrackCondition::BasisStands => !track.basis_fell,
        };
        if met {
            return Ok(());
        }
        Err(Refusal::invalid(
            "change",
            format!("未满足：{}", condition.zh()),
            format!("not met: {}", condition.en()),
        ))
    }

    /// A person proposes for the loading source by a finding, for the others only what the counter
    /// bears out.
    fn threshold_or_finding(&self, kind: TrackKind) -> Result<(), Refusal> {
        let track = self.before.tracks.get(kind);
        let counted = self.facts.counts.of(kind).filter(|count| {
            Some(count.subject_id.as_str()) == track.counted_id() && count.exceeded()
        });
        if kind == TrackKind::LoadingSource || counted.is_some() {
            return Ok(());
        }
        Err(Refusal::invalid(
            "change",
            "计次未超过规定，不能提出处理建议",
            "the counter has not crossed its threshold",
        ))
    }

    fn hearing_until(&self, notified: NaiveDate) -> Result<NaiveDate, Refusal> {
        last_day(self.facts, DeadlineKind::HearingRequest, notified)
            .map_err(|(zh, en)| Refusal::law(zh, en))
    }

    fn track_hearing_settled(&self, track: &PenaltyTrack) -> Result<bool, Refusal> {
        if track.hearing_waived_on.is_some() || track.hearing_held_on.is_some() {
            return Ok(true);
        }
        let Some(on) = track.notified_on else {
            return Ok(false);
        };
        Ok(track.state != TrackState::Hearing && self.today > self.hearing_until(on)?)
    }

    /// Sets what the step says; gives its words and the number of its paper.
    fn track_particulars(
        &mut self,
        kind: TrackKind,
        step: &TrackStep,
    ) -> Result<(Option<String>, Option<String>), Refusal> {
        let act = self.act_day();
        let notified = self.before.tracks.get(kind).notified_on;
        let decided = self.before.tracks.get(kind).decided_on;
        match step {
            TrackStep::SetNotApplicable { reason, note } => {
                let note = some_words("note", note.as_ref())?;
                if *reason == NotApplicableReason::Other && note.is_none() {
                    return Err(Refusal::invalid(
                        "note",
                        "原因为“其他”时须填写说明",
                        "the reason is other: say which",
                    ));
                }
                self.case.tracks.get_mut(kind).not_applicable = Some(*reason);
                Ok((note.or_else(|| Some(reason.zh().to_owned())), None))
            }
            TrackStep::Reopen { reason } | TrackStep::Decline { reason } => {
                Ok((Some(words("reason", reason)?), None))
            }
            TrackStep::Propose { offence, reason } => {
                self.propose(kind, *offence)?;
                Ok((Some(words("reason", reason)?), None))
            }
            TrackStep::Notify { number, on } => {
                self.day("on", *on, Some(act))?;
                let number = words("number", number)?;
                let track = self.case.tracks.get_mut(kind);
                track.notified_on = Some(*on);
                // Told anew, the party may ask anew.
                (track.hearing_waived_on, track.hearing_held_on) = (None, None);
                Ok((Some(number.clone()), Some(number)))
            }
            TrackStep::WaiveHearing { on } => {
                self.day("on", *on, notified)?;
                self.case.tracks.get_mut(kind).hearing_waived_on = Some(*on);
                Ok((Some(on.to_string()), None))
            }
            TrackStep::AskHearing { on } => {
                self.day("on", *on, notified)?;
                Ok((Some(on.to_string()), None))
            }
            TrackStep::HoldHearing { on } => {
                self.day("on", *on, notified)?;
                self.case.tracks.get_mut(kind).hearing_held_on = Some(*on);
                Ok((Some(on.to_string()), None))
            }
            TrackStep::Decide {
                number,
                on,
                fine_yuan,
                reason,
            } => {
                self.day("on", *on, notified)?;
                let number = words("number", number)?;
                self.fine_of_source(kind, *fine_yuan)?;
                let track = self.case.tracks.get_mut(kind);
                track.decision_number = Some(number.clone());
                track.decided_on = Some(*on);
                track.fine_yuan = (*fine_yuan > Yuan::ZERO).then_some(*fine_yuan);
                let reason = words("reason", reason)?;
                Ok((Some(format!("{number}: {reason}")), Some(number)))
            }
            TrackStep::Execute { on, text } => {
                self.day("on", *on, decided)?;
                Ok((Some(words("text", text)?), None))
            }
            TrackStep::Refer {
                authority,
                number,
                on,
            } => {
                self.day("on", *on, Some(act))?;
                let number = words("number", number)?;
                let authority = words("authority", authority)?;
                Ok((Some(format!("{authority} {number}")), Some(number)))
            }
            TrackStep::Revoke { number, on, reason } => {
                self.day("on", *on, decided)?;
                let number = words("number", number)?;
                let reason = words("reason", reason)?;
                Ok((Some(format!("{number}: {reason}")), Some(number)))
            }
        }
    }

    fn propose(&mut self, kind: TrackKind, offence: Option<OffenceKind>) -> Result<(), Refusal> {
        if kind == TrackKind::LoadingSource && offence.is_none() {
            return Err(Refusal::invalid(
                "offence",
                "须选择违法行为（指使、强令，放行超限车辆等）",
                "name the offence: instigation, letting an overloaded vehicle out",
            ));
        }
        let count = self.facts.counts.of(kind).cloned();
        let track = self.case.tracks.get_mut(kind);
        track.offence = offence;
        if let Some(count) = count.filter(|count| count.exceeded()) {
            track.proposal = count.proposals.first().cloned();
            track.basis = count.counted;
        }
        Ok(())
    }

    /// A fine is for the loading source alone, within what the law table names for the offence.
    fn fine_of_source(&self, kind: TrackKind, fine: Yuan) -> Result<(), Refusal> {
        if fine == Yuan::ZERO {
            return Ok(());
        }
        let track = self.before.tracks.get(kind);
        let day = self.act_day();
        let range = match (kind, track.offence, self.facts.table(day)) {
            (TrackKind::LoadingSource, Some(offence), Some(table)) => {
                crate::law::offence_range(table, offence, day, false)
                    .map_err(|error| Refusal::law(error.zh(), error.to_string()))?
                    .range_yuan
            }
            _ => None,
        };
        match range {
            Some([least, most]) if (least..=most).contains(&fine) => Ok(()),
            Some([least, most]) => Err(Refusal::invalid(
                "fine_yuan",
                format!("应为{}元至{}元", least.get(), most.get()),
                format!("it must be {least} to {most}"),
            )),
            None => Err(Refusal::invalid(
                "fine_yuan",
                "该处理没有罚款",
                "there is no fine for this",
            )),
        }
    }
}
