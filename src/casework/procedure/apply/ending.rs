//! Annulment, withdrawal, transfer, the police, closing and what follows it.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::lists::{AnnulledBy, RestartCause, TrackKind, TransferTo};
use super::super::records::{
    Annulment, CaseNote, PoliceAnnulment, PoliceAnswer, PoliceHandover, Transfer, Withdrawal,
};
use super::super::refusal::Refusal;
use super::super::track::{TrackAction, TrackState, drop_all};
use super::{ActChange, Work, words};
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::law::Authority;
use crate::units::Yuan;

type Done = Option<Result<(), Refusal>>;

impl Work<'_> {
    pub(super) fn of_ending(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::Annul {
                annulled_by,
                on,
                reason,
            } => self.annul(*annulled_by, *on, reason),
            CaseAction::Withdraw { reason } => self.withdraw(reason),
            CaseAction::Transfer {
                to,
                authority,
                reason,
            } => self.transfer(*to, authority, reason),
            CaseAction::HandToPolice { unit } => self.hand_to_police(unit),
            CaseAction::PoliceDecision { .. } => self.police_decision(action),
            CaseAction::PoliceDecline { on, reason } => self.police_decline(*on, reason),
            CaseAction::AnnulPolice { .. } => self.annul_police(action),
            CaseAction::TakeUp { reason } => self.take_up(reason),
            CaseAction::Close { report } => self.close(report),
            CaseAction::PassOn { authority, on } => self.pass_on(authority, *on),
            CaseAction::ReportOnSpot { on } => {
                let decided = self.before.course.decision.as_ref().map(|one| one.day);
                self.day("on", *on, decided)
                    .map(|()| self.case.course.reported_on = Some(*on))
            }
            _ => return None,
        })
    }

    fn annul(
        &mut self,
        annulled_by: AnnulledBy,
        on: NaiveDate,
        reason: &str,
    ) -> Result<(), Refusal> {
        let decided = self
            .before
            .course
            .decision
            .as_ref()
            .map(|decision| decision.day);
        self.day("on", on, decided)?;
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        self.case.course.annulment = Some(Annulment {
            stamp: self.stamp.clone(),
            annulled_by,
            on,
            reason,
        });
        self.end_without_effect(CaseState::Annulled);
        self.release();
        Ok(())
    }

    pub(super) fn end_without_effect(&mut self, to: CaseState) {
        drop_all(&mut self.case.tracks, &self.stamp.by, self.stamp.at);
        self.go(to);
    }

    fn withdraw(&mut self, reason: &str) -> Result<(), Refusal> {
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        self.case.course.withdrawal = Some(Withdrawal {
            stamp: self.stamp.clone(),
            reason,
        });
        self.end_without_effect(CaseState::Withdrawn);
        self.release();
        Ok(())
    }

    /// Whoever the case goes to has the act: the hold on it stays, so that nobody here punishes it
    /// a second time.
    fn transfer(&mut self, to: TransferTo, authority: &str, reason: &str) -> Result<(), Refusal> {
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        self.case.course.transfer = Some(Transfer {
            stamp: self.stamp.clone(),
            to,
            authority: words("authority", authority)?,
            reason,
        });
        let authority = match to {
            TransferTo::CriminalPolice => Authority::Police,
            TransferTo::Transport | TransferTo::OtherDepartment => Authority::Transport,
        };
        // An act that another case holds stays there.
        let holder = self.facts.act_holder.as_ref();
        if holder.is_none_or(|holder| holder.case_id == self.before.case_id) {
            self.case.authority = Some(authority);
            self.act = Some(ActChange::Claim { authority });
        }
        self.end_without_effect(CaseState::Transferred);
        Ok(())
    }

    fn hand_to_police(&mut self, unit: &str) -> Result<(), Refusal> {
        self.case.course.police.push(PoliceHandover {
            stamp: self.stamp.clone(),
            unit: words("unit", unit)?,
            from: self.before.state,
            answer: None,
        });
        let authority = Authority::Police;
        self.case.authority = Some(authority);
        self.act = Some(ActChange::Claim { authority });
        self.go(CaseState::WithPolice);
        Ok(())
    }

    fn answer(&mut self, answer: PoliceAnswer) {
        if let Some(handover) = self.case.course.police.last_mut() {
            handover.answer = Some(answer);
        }
    }

    fn handed_on(&self) -> Option<NaiveDate> {
        let last = self.before.course.police.last();
        last.map(|handover| handover.stamp.at.beijing_day())
    }

    fn police_decision(&mut self, action: &CaseAction) -> Result<(), Refusal> {
        let CaseAction::PoliceDecision {
            number,
            on,
            fine_yuan,
            points,
            over_limit_on_own_weighing,
            text,
        } = action
        else {
            return Ok(());
        };
        let number = words("number", number)?;
        let over_limit_on_own_weighing = over_limit_on_own_weighing.ok_or_else(|| {
            Refusal::invalid(
                "over_limit_on_own_weighing",
                "须写明公安机关自行称重是否超过公路限值：是填 true，否或者未称重填 false；填 true 的才计次",
                "say whether the police's own weighing was over the road's limit: true, or false where it \
                 was not or they did not weigh; only with true does their decision count",
            )
        })?;
        self.day("on", *on, Some(self.act_day()))?;
        if *fine_yuan < Yuan::ZERO || *points > 12 {
            return Err(Refusal::invalid(
                "fine_yuan",
                "罚款不得为负，记分不超过12分",
                "a fine can't be negative, points are 12 at most",
            ));
        }
        self.paper(DocumentKind::PoliceDecision, Some(number.clone()));
        self.answer(PoliceAnswer {
            stamp: self.stamp.clone(),
            decided: true,
            number: Some(number),
            on: *on,
            fine_yuan: *fine_yuan,
            points: *points,
            over_limit_on_own_weighing,
            text: text.trim().to_owned(),
            annulled: None,
        });
        self.go(CaseState::Settled);
        Ok(())
    }

    fn police_decline(&mut self, on: NaiveDate, reason: &str) -> Result<(), Refusal> {
        self.day("on", on, self.handed_on())?;
        let text = words("reason", reason)?;
        self.why = Some(text.clone());
        self.answer(PoliceAnswer {
            stamp: self.stamp.clone(),
            decided: false,
            number: None,
            on,
            fine_yuan: Yuan::ZERO,
            points: 0,
            over_limit_on_own_weighing: false,
            text,
            annulled: None,
        });
        let last = self.before.course.police.last();
        let back = last.map_or(CaseState::Registered, |handover| handover.from);
        // What was not filed before is free again; what was filed comes back to its authority.
        let filed = self.before.course.filed_at.is_some();
        self.case.authority = filed.then_some(Authority::Transport);
        self.act = Some(if filed {
            ActChange::Claim {
                authority: Authority::Transport,
            }
        } else {
            ActChange::Release
        });
        self.go(back);
        Ok(())
    }

    /// What the police decided falls, and what counted by it. They keep the act: whether anybody else may
    /// punish it is a person's to say, in `take_up`, and nobody's to assume.
    fn annul_police(&mut self, action: &CaseAction) -> Result<(), Refusal> {
        let CaseAction::AnnulPolice {
            annulled_by,
            on,
            number,
            reason,
            anew,
        } = action
        else {
            return Ok(());
        };
        let decided = self.before.course.police_decision();
        self.day("on", *on, decided.map(|answer| answer.on))?;
        let (number, reason) = (words("number", number)?, words("reason", reason)?);
        self.why = Some(reason.clone());
        self.paper(DocumentKind::AnnulmentDecision, Some(number.clone()));
        let (stamp, action_reason) = (self.stamp.clone(), reason.clone());
        let annulled = PoliceAnnulment {
            stamp: stamp.clone(),
            annulled_by: *annulled_by,
            on: *on,
            number,
            reason,
            anew: *anew,
        };
        let last = self.case.course.police.last_mut();
        let again = last.and_then(|handover| {
            handover.answer.as_mut()?.annulled = Some(annulled);
            Some((handover.unit.clone(), handover.from))
        });
        let Some((unit, from)) = again.filter(|_| *anew) else {
            self.end_without_effect(CaseState::Annulled);
            return Ok(());
        };
        self.restart(RestartCause::PoliceAnnulled, action_reason);
        self.case.procedure = self.before.procedure;
        self.case.course.police.push(PoliceHandover {
            stamp,
            unit,
            from,
            answer: None,
        });
        self.go(CaseState::WithPolice);
        Ok(())
    }

    /// The transport authority takes an act up whose decision by the police was annulled.
    fn take_up(&mut self, reason: &str) -> Result<(), Refusal> {
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        let last = self.before.course.police.last();
        let from = last.map_or(CaseState::Registered, |handover| handover.from);
        self.restart(RestartCause::PoliceAnnulled, reason);
        // What was never filed is to be filed first, and holds its act from then on.
        if self.before.course.filed_at.is_none() {
            self.case.procedure = None;
            self.case.authority = None;
            self.act = Some(ActChange::Release);
            self.go(from);
            return Ok(());
        }
        let authority = Authority::Transport;
        self.case.authority = Some(authority);
        self.act = Some(ActChange::Claim { authority });
        Ok(())
    }

    fn close(&mut self, report: &str) -> Result<(), Refusal> {
        let text = words("report", report)?;
        let stamp = self.stamp.clone();
        self.case.course.investigations.push(CaseNote {
            stamp: stamp.clone(),
            text,
        });
        self.case.course.closed_at = Some(stamp.at);
        self.go(CaseState::Closed);
        for kind in TrackKind::ALL {
            let track = self.case.tracks.get_mut(*kind);
            if track.state == TrackState::Pending && track.counted_id().is_some() {
                track.go(&stamp, TrackAction::Count, TrackState::Counted, None);
            }
        }
        Ok(())
    }

    fn pass_on(&mut self, authority: &str, on: NaiveDate) -> Result<(), Refusal> {
        let closed = self.before.course.closed_at.map(|at| at.beijing_day());
        self.day("on", on, closed)?;
        self.why = Some(words("authority", authority)?);
        self.case.course.passed_on = Some(on);
        Ok(())
    }
}
