//! The decision and its service.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::amount::computed;
use super::super::checks::simplified_most;
use super::super::lists::{Outcome, Procedure, ServedPaper, ServiceWay};
use super::super::numbering::NumberSeries;
use super::super::records::CaseDecision;
use super::super::refusal::Refusal;
use super::telling::check_amount;
use super::{Work, words};
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::law::{Circumstance, DecidedAmount, Decision, Sparing, TransportKind, decide, sparing};
use crate::units::Yuan;

type Done = Option<Result<(), Refusal>>;

impl Work<'_> {
    pub(super) fn of_deciding(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::Decide {
                outcome,
                yuan,
                circumstances,
                reason,
            } => self.decide((*outcome, *yuan), circumstances, reason),
            CaseAction::Serve {
                way,
                served_on,
                recipient,
            } => self.serve(*way, *served_on, recipient),
            _ => return None,
        })
    }

    fn decide(
        &mut self,
        (outcome, yuan): (Outcome, Yuan),
        circumstances: &[Circumstance],
        reason: &str,
    ) -> Result<(), Refusal> {
        check_amount(outcome, yuan)?;
        self.not_above_the_notice(outcome, yuan)?;
        let amount = self.by_law((outcome, yuan), circumstances, reason)?;
        let simplified = self.before.procedure == Some(Procedure::Simplified);
        if simplified && yuan > simplified_most(self.before, self.facts) {
            let most = simplified_most(self.before, self.facts);
            return Err(Refusal::invalid(
                "yuan",
                format!("简易程序罚款最高{}元", most.get()),
                format!("the simplified procedure allows {most} at most"),
            ));
        }
        let number = self.number(NumberSeries::Decision)?;
        let paper = match outcome {
            _ if simplified => DocumentKind::OnSpotDecision,
            Outcome::Fine | Outcome::Warning => DocumentKind::PenaltyDecision,
            Outcome::NotPunished | Outcome::Spared => DocumentKind::NoPenaltyDecision,
        };
        self.no_paper(DocumentKind::PenaltyDecision);
        self.paper(paper, Some(number.text.clone()));
        let reason = reason.trim().to_owned();
        self.why = (!reason.is_empty()).then(|| reason.clone());
        self.case.course.decision = Some(CaseDecision {
            stamp: self.stamp.clone(),
            number,
            outcome,
            amount: Some(amount),
            yuan,
            circumstances: circumstances.to_vec(),
            reason,
            day: self.today,
        });
        self.go(CaseState::Decided);
        Ok(())
    }

    /// What the party was not told of is not laid on it (art. 44, 62).
    fn not_above_the_notice(&self, outcome: Outcome, yuan: Yuan) -> Result<(), Refusal> {
        let Some(notice) = self.before.course.notice() else {
            return Ok(());
        };
        let heavier = match (outcome, notice.outcome) {
            (Outcome::Fine, Outcome::Fine) => yuan > notice.yuan,
            (Outcome::Fine, _) => true,
            (Outcome::Warning, Outcome::NotPunished | Outcome::Spared) => true,
            _ => false,
        };
        if !heavier {
            return Ok(());
        }
        Err(Refusal::invalid(
            "yuan",
            format!(
                "重于告知的内容（{}，{}元），须重新告知",
                notice.outcome.zh(),
                notice.yuan.get()
            ),
            format!(
                "heavier than what was announced ({}, {}): give notice again",
                notice.outcome.en(),
                notice.yuan
            ),
        ))
    }

    /// The least that was announced before a statement of the party (art. 45).
    fn announced_before_defence(&self) -> Option<Yuan> {
        let course = &self.before.course;
        let defended = course.defences.iter().map(|defence| defence.stamp.at);
        let held = course
            .hearings
            .iter()
            .any(|hearing| hearing.held_on.is_some());
        let last = defended.max();
        let before = |notice: &&super::super::records::Notice| {
            held || last.is_some_and(|last| notice.stamp.at <= last)
        };
        let notices = course.notices.iter().filter(before);
        notices.map(|notice| notice.yuan).min()
    }

    fn by_law(
        &self,
        (outcome, yuan): (Outcome, Yuan),
        circumstances: &[Circumstance],
        reason: &str,
    ) -> Result<DecidedAmount, Refusal> {
        let table = self.facts.table(self.today).ok_or_else(|| {
            Refusal::law(
                format!("{}没有可用的法规表", self.today),
                format!("no law table is at hand for {}", self.today),
            )
        })?;
        let milder = computed(self.before, self.facts, self.today)
            .map_err(|(zh, en)| Refusal::law(zh, en))?;
        let (spared, article) = sparing(table, circumstances, self.today)
            .map_err(|error| Refusal::law(error.zh(), error.to_string()))?;
        if outcome == Outcome::Spared && spared == Sparing::No {
            return Err(Refusal::law(
                format!("所认定情节不符合不予处罚的条件（{}）", article.zh()),
                format!(
                    "the circumstances found do not spare the party ({})",
                    article.en()
                ),
            ));
        }
        let decision = Decision {
            table: milder.chosen().table().clone(),
            kind: match outcome {
                Outcome::Fine => TransportKind::Fine,
                Outcome::Warning => TransportKind::Warning,
                Outcome::NotPunished | Outcome::Spared => TransportKind::None,
            },
            yuan,
            reason: reason.to_owned(),
            by: self.stamp.by.clone(),
            day: self.today,
            sparing: spared,
            announced_before_defence_yuan: self.announced_before_defence(),
        };
        decide(table, &milder, self.facts.discretion.as_ref(), decision)
            .map_err(|error| Refusal::law(error.zh(), error.to_string()))
    }

    fn serve(
        &mut self,
        way: ServiceWay,
        served_on: NaiveDate,
        recipient: &str,
    ) -> Result<(), Refusal> {
        let Some(decision) = &self.before.course.decision else {
            return Ok(());
        };
        let (day, yuan) = (decision.day, decision.yuan);
        let recipient = words("recipient", recipient)?;
        self.service(ServedPaper::Decision, way, (served_on, day), &recipient)?;
        // What was paid to a decision that no longer stands is set off.
        let is_paid = self.due().is_ok_and(|due| due.is_paid());
        let to = if yuan > Yuan::ZERO && !is_paid {
            CaseState::Served
        } else {
            CaseState::Settled
        };
        self.go(to);
        Ok(())
    }
}
