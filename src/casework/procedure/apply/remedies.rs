//! Remedies of the party (行政复议、行政诉讼) and what they make of the decision; a case that begins again.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::lists::{
    AnnulledBy, Outcome, Procedure, RemedyKind, RemedyOutcome, RestartCause,
};
use super::super::records::{
    Annulment, ChangedDecision, DecisionChange, PublicationWithdrawn, Remedy, RemedyEnd, Restart,
    Suspension,
};
use super::super::refusal::Refusal;
use super::super::track::{drop_all, restart_all};
use super::telling::check_amount;
use super::{Work, some_words, words};
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;

type Done = Option<Result<(), Refusal>>;

/// How heavy an outcome is.
const fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Fine => 2,
        Outcome::Warning => 1,
        Outcome::NotPunished | Outcome::Spared => 0,
    }
}

impl Work<'_> {
    pub(super) fn of_remedies(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::StartRemedy {
                kind,
                from,
                authority,
                number,
                suspended,
            } => self.start_remedy(
                (*kind, *from),
                [authority.as_ref(), number.as_ref()],
                *suspended,
            ),
            CaseAction::SuspendEnforcement {
                suspended,
                on,
                number,
                reason,
            } => self.suspend(*suspended, *on, number, reason),
            CaseAction::EndRemedy {
                on,
                outcome,
                number,
                changed_to,
            } => self.end_remedy(*on, *outcome, number, changed_to.as_ref()),
            CaseAction::WithdrawPublication { on, text } => self.take_down(*on, text),
            _ => return None,
        })
    }

    fn start_remedy(
        &mut self,
        (kind, from): (RemedyKind, NaiveDate),
        [authority, number]: [Option<&String>; 2],
        suspended: bool,
    ) -> Result<(), Refusal> {
        let ends = self.before.course.current_remedies();
        let before = ends
            .filter_map(|remedy| remedy.end.as_ref())
            .map(|end| end.on)
            .max();
        self.day("from", from, before.max(self.served_on()))?;
        let suspensions = suspended.then(|| Suspension {
            stamp: self.stamp.clone(),
            suspended: true,
            on: from,
            number: None,
            reason: None,
        });
        self.case.course.remedies.push(Remedy {
            stamp: self.stamp.clone(),
            kind,
            from,
            authority: some_words("authority", authority)?,
            number: some_words("number", number)?,
            suspensions: suspensions.into_iter().collect(),
            end: None,
        });
        Ok(())
    }

    fn suspend(
        &mut self,
        suspended: bool,
        on: NaiveDate,
        number: &str,
        reason: &str,
    ) -> Result<(), Refusal> {
        let pending = self.before.course.pending_remedy();
        let last = pending.and_then(|remedy| remedy.suspensions.last());
        if last.is_some_and(|last| last.suspended) == suspended {
            let (zh, en) = if suspended {
                ("已停止执行", "enforcement is suspended already")
            } else {
                ("未停止执行，无须恢复", "enforcement is not suspended")
            };
            return Err(Refusal::invalid("suspended", zh, en));
        }
        let since = last.map(|last| last.on);
        self.day(
            "on",
            on,
            since.or_else(|| pending.map(|remedy| remedy.from)),
        )?;
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        let suspension = Suspension {
            stamp: self.stamp.clone(),
            suspended,
            on,
            number: Some(words("number", number)?),
            reason: Some(reason),
        };
        let mut remedies = self.case.course.remedies.iter_mut();
        if let Some(remedy) = remedies.find(|remedy| remedy.end.is_none()) {
            remedy.suspensions.push(suspension);
        }
        Ok(())
    }

    fn end_remedy(
        &mut self,
        on: NaiveDate,
        outcome: RemedyOutcome,
        number: &str,
        changed_to: Option<&ChangedDecision>,
    ) -> Result<(), Refusal> {
        let pending = self.before.course.pending_remedy();
        let Some((kind, from)) = pending.map(|remedy| (remedy.kind, remedy.from)) else {
            return Ok(());
        };
        self.day("on", on, Some(from))?;
        let number = words("number", number)?;
        let changed = self.changed(outcome, changed_to)?;
        let stamp = self.stamp.clone();
        let mut remedies = self.case.course.remedies.iter_mut();
        if let Some(remedy) = remedies.find(|remedy| remedy.end.is_none()) {
            remedy.end = Some(RemedyEnd {
                stamp: stamp.clone(),
                on,
                outcome,
                number: number.clone(),
                changed_to: changed.clone(),
            });
        }
        self.paper(DocumentKind::RemedyRuling, Some(number.clone()));
        self.why = Some(format!("{}：{number}", outcome.zh()));
        match outcome {
            RemedyOutcome::Upheld | RemedyOutcome::Withdrawn => Ok(()),
            // Nothing is laid on the party that was not; what counts is looked at by the counters.
            RemedyOutcome::IllegalConfirmed => Ok(()),
            RemedyOutcome::Changed => {
                self.case
                    .course
                    .changes
                    .extend(changed.map(|to| DecisionChange {
                        stamp,
                        remedy: kind,
                        number,
                        on,
                        to,
                    }));
                let owes = matches!(self.before.state, CaseState::Served | CaseState::Enforcing);
                if owes && self.due()?.is_paid() {
                    self.go(CaseState::Settled);
                }
                Ok(())
            }
            RemedyOutcome::Annulled => {
                self.case.course.annulment = Some(Annulment {
                    stamp,
                    annulled_by: match kind {
                        RemedyKind::Reconsideration => AnnulledBy::Review,
                        RemedyKind::Lawsuit => AnnulledBy::Court,
                    },
                    on,
                    reason: format!("{} {number}", outcome.zh()),
                });
                self.end_without_effect(CaseState::Annulled);
                self.release();
                Ok(())
            }
            RemedyOutcome::OrderedAnew => {
                self.restart(
                    RestartCause::OrderedAnew,
                    format!("{} {number}", outcome.zh()),
                );
                Ok(())
            }
        }
    }

    /// What the decision was changed to. A remedy makes nothing heavier for who asked for it.
    fn changed(
        &self,
        outcome: RemedyOutcome,
        changed_to: Option<&ChangedDecision>,
    ) -> Result<Option<ChangedDecision>, Refusal> {
        let to = match (outcome, changed_to) {
            (RemedyOutcome::Changed, Some(to)) => to,
            (RemedyOutcome::Changed, None) => {
                return Err(Refusal::invalid(
                    "changed_to",
                    "结果为“变更”时须填写变更后的处罚",
                    "the outcome is changed: say to what",
                ));
            }
            (_, None) => return Ok(None),
            (_, Some(_)) => {
                return Err(Refusal::invalid(
                    "changed_to",
                    "仅在结果为“变更”时填写",
                    "it belongs to the outcome changed",
                ));
            }
        };
        check_amount(to.outcome, to.yuan)?;
        let course = &self.before.course;
        let (now, yuan) = (course.outcome(), course.decided_yuan());
        let heavier = now.is_some_and(|now| weight(to.outcome) > weight(now));
        if heavier || to.yuan > yuan {
            return Err(Refusal::invalid(
                "changed_to",
                format!("变更不得加重（现为{}元）", yuan.get()),
                format!("a remedy makes nothing heavier (it is {yuan} now)"),
            ));
        }
        if Some(to.outcome) == now && to.yuan == yuan {
            return Err(Refusal::invalid(
                "changed_to",
                "与原决定相同，结果应为“维持”",
                "that is what was decided: the outcome is upheld",
            ));
        }
        Ok(Some(to.clone()))
    }

    /// The case begins again with its investigation, by the ordinary procedure: its earlier decision does not
    /// stand, and what came before it has to come again.
    pub(super) fn restart(&mut self, cause: RestartCause, reason: String) {
        let stamp = self.stamp.clone();
        let course = &mut self.case.course;
        let restart = Restart {
            stamp: stamp.clone(),
            cause,
            reason,
            decision: course.decision.take(),
            extension: course.extension.take(),
            closed_at: course.closed_at.take(),
            passed_on: course.passed_on.take(),
            reported_on: course.reported_on.take(),
        };
        course.restarts.push(restart);
        self.case.procedure = Some(Procedure::Ordinary);
        drop_all(&mut self.case.tracks, &stamp.by, stamp.at);
        restart_all(&mut self.case.tracks, &stamp);
        self.go(CaseState::Filed);
    }

    fn take_down(&mut self, on: NaiveDate, text: &str) -> Result<(), Refusal> {
        let since = self.before.course.publication_to_withdraw();
        self.day("on", on, since)?;
        self.case
            .course
            .publications_withdrawn
            .push(PublicationWithdrawn {
                stamp: self.stamp.clone(),
                on,
                text: words("text", text)?,
            });
        Ok(())
    }
}
