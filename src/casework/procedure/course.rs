//! Everything that the course of a case left, and what of it holds now: a case that began again has an
//! earlier round, whose records stay and no longer count.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lists::{Outcome, RemedyKind, RemedyOutcome, ServedPaper};
use super::records::{
    Annulment, Assignment, Attachment, CaseDecision, CaseNote, Correction, DecisionChange,
    DecisionExtension, Defence, Deferral, Discussion, Enforcement, EnforcementStep, Hearing,
    HistoryEntry, LegalOpinion, LegalReviewRecord, Notice, Payment, PoliceAnswer, PoliceHandover,
    PublicationWithdrawn, Refunded, Remedy, Remission, RespondentRecord, Restart, Service,
    SourceTrace, SpotCollection, Stamp, Transfer, VoidedPayment, Withdrawal,
};
use crate::casework::document::Document;
use crate::units::{Micros, Yuan};

/// Everything that the course of a case left (办案过程): each list only ever grows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// When it was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filed_at: Option<Micros>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Micros>,
    /// Whether it is complex or serious (重大、复杂), and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complex: Option<String>,
    /// The investigation report, when its ending was recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub investigations: Vec<CaseNote>,
    /// Who was made responsible.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
    /// Who was found to be the party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub respondents: Vec<RespondentRecord>,
    /// Papers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<CaseNote>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Corrections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// What the source was found to be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_traces: Vec<SourceTrace>,
    /// What the party was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// Statements of the party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defences: Vec<Defence>,
    /// That the party gave up statement or hearing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<CaseNote>,
    /// Hearings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hearings: Vec<Hearing>,
    /// Legal reviews.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legal_reviews: Vec<LegalReviewRecord>,
    /// Collective discussions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discussions: Vec<Discussion>,
    /// The longer time to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<DecisionExtension>,
    /// The decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<CaseDecision>,
    /// Payments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// Payments that were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voided_payments: Vec<VoidedPayment>,
    /// What was collected on the spot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<SpotCollection>,
    /// What was given back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refunded>,
    /// Surcharges that need not be paid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remissions: Vec<Remission>,
    /// Requests for later payment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deferrals: Vec<Deferral>,
    /// Reminders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<CaseNote>,
    /// Enforcement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enforcement: Vec<Enforcement>,
    /// Remedies of the party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// What remedies made of the decision.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<DecisionChange>,
    /// That it began again with its investigation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restart>,
    /// The annulment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annulment: Option<Annulment>,
    /// That published decisions which no longer stand were taken down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publications_withdrawn: Vec<PublicationWithdrawn>,
    /// The withdrawal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<Withdrawal>,
    /// The transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// What the police had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub police: Vec<PoliceHandover>,
    /// The day the closed case was passed on to the place of registration (抄告).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<NaiveDate>,
    /// The day a decision on the spot was reported (报备).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<NaiveDate>,
    /// The steps, in short.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
}

impl Course {
    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a record is of the present round: not older than the case's beginning again.
    pub fn is_current(&self, stamp: &Stamp) -> bool {
        let restart = self.restarts.last();
        restart.is_none_or(|restart| stamp.at > restart.stamp.at)
    }

    /// The latest service of a paper in this round.
    pub fn service(&self, paper: ServedPaper) -> Option<&Service> {
        self.services
            .iter()
            .rev()
            .find(|service| service.paper == paper)
            .filter(|service| self.is_current(&service.stamp))
    }

    /// The latest reminder in this round.
    pub fn reminder(&self) -> Option<&CaseNote> {
        let last = self.reminders.last();
        last.filter(|reminder| self.is_current(&reminder.stamp))
    }

    /// Steps of enforcement in this round.
    pub fn current_enforcement(&self) -> impl Iterator<Item = &Enforcement> {
        let steps = self.enforcement.iter();
        steps.filter(|step| self.is_current(&step.stamp))
    }

    /// Whether enforcement ended without full payment.
    pub fn enforcement_ended(&self) -> bool {
        let mut steps = self.current_enforcement();
        steps.any(|step| step.step == EnforcementStep::Ended)
    }

    /// Remedies against the decision of this round.
    pub fn current_remedies(&self) -> impl Iterator<Item = &Remedy> {
        let remedies = self.remedies.iter();
        remedies.filter(|remedy| self.is_current(&remedy.stamp))
    }

    /// Requests for later payment in this round.
    pub fn current_deferrals(&self) -> impl Iterator<Item = &Deferral> {
        let deferrals = self.deferrals.iter();
        deferrals.filter(|deferral| self.is_current(&deferral.stamp))
    }

    /// What a remedy made of the decision that stands.
    pub fn change(&self) -> Option<&DecisionChange> {
        let last = self.changes.last();
        last.filter(|change| self.is_current(&change.stamp))
    }

    /// How the case is decided, as the decision stands now; `None` before.
    pub fn outcome(&self) -> Option<Outcome> {
        let decision = self.decision.as_ref()?;
        let changed = self.change().map(|change| change.to.outcome);
        Some(changed.unwrap_or(decision.outcome))
    }

    /// The fine that was decided, as remedies left it; zero when there is none.
    pub fn decided_yuan(&self) -> Yuan {
        let decided = self.decision.as_ref().map(|decision| decision.yuan);
        let changed = self.change().map(|change| change.to.yuan);
        decided.map_or(Yuan::ZERO, |yuan| changed.unwrap_or(yuan))
    }

    /// The fine that is owed; zero when there is none, and of an annulled decision.
    pub fn fine_yuan(&self) -> Yuan {
        match self.annulment {
            Some(_) => Yuan::ZERO,
            None => self.decided_yuan(),
        }
    }

    /// By which remedy the decision was found unlawful and left as it is.
    pub fn found_unlawful(&self) -> Option<RemedyKind> {
        let unlawful = |remedy: &&Remedy| {
            let end = remedy.end.as_ref();
            end.is_some_and(|end| end.outcome == RemedyOutcome::IllegalConfirmed)
        };
        self.current_remedies().find(unlawful).map(|one| one.kind)
    }

    /// Since which day a published decision is to be taken down; `None` when nothing is.
    pub fn publication_to_withdraw(&self) -> Option<NaiveDate> {
        let own = self.annulment.as_ref().map(|one| (&one.stamp, one.on));
        let ends = self.remedies.iter().filter_map(|one| one.end.as_ref());
        let ends = ends.filter(|end| end.outcome.touches_the_decision());
        let all = ends.map(|end| (&end.stamp, end.on)).chain(own);
        let done = self.publications_withdrawn.last();
        all.filter(|(stamp, _)| done.is_none_or(|done| stamp.at > done.stamp.at))
            .map(|(_, on)| on)
            .min()
    }

    /// Collections on the spot whose payment counts, each with its place in the list and the payment.
    pub fn valid_collections(&self) -> impl Iterator<Item = (usize, &SpotCollection, &Payment)> {
        let collections = self.collections.iter().enumerate();
        collections.filter_map(|(place, collection)| {
            let mut voided = self.voided_payments.iter();
            if voided.any(|voided| voided.index == collection.payment) {
                return None;
            }
            let payment = self
                .payments
                .get(usize::try_from(collection.payment).ok()?)?;
            Some((place, collection, payment))
        })
    }

    /// When the investigation was last sent back for evidence, or began again; notices before that are void.
    fn evidence_returned_at(&self) -> Option<Micros> {
        let reviews = self.legal_reviews.iter().rev();
        let returned = reviews
            .filter(|review| review.opinion == LegalOpinion::MoreEvidence)
            .map(|review| review.stamp.at)
            .next();
        let restarted = self.restarts.last().map(|restart| restart.stamp.at);
        returned.max(restarted)
    }

    /// The notice that stands: the last, unless evidence was asked for since.
    pub fn notice(&self) -> Option<&Notice> {
        let returned = self.evidence_returned_at();
        let last = self.notices.last()?;
        returned
            .is_none_or(|returned| last.stamp.at > returned)
            .then_some(last)
    }

    /// The service of the notice that stands.
    pub fn notice_service(&self) -> Option<&Service> {
        let notice = self.notice()?;
        let services = self.services.iter().rev();
        services
            .filter(|service| service.paper == ServedPaper::Notice)
            .find(|service| service.stamp.at >= notice.stamp.at)
    }

    /// The hearing that was asked for last.
    pub fn hearing(&self) -> Option<&Hearing> {
        self.hearings.last()
    }

    /// The remedy that is pending.
    pub fn pending_remedy(&self) -> Option<&Remedy> {
        self.remedies.iter().find(|remedy| remedy.end.is_none())
    }

    /// What the police decided last, whether or not it stands.
    pub fn latest_police_decision(&self) -> Option<&PoliceAnswer> {
        let answers = self
            .police
            .iter()
            .filter_map(|handover| handover.answer.as_ref());
        answers.rev().find(|answer| answer.decided)
    }

    /// What the police decided, as long as it stands.
    pub fn police_decision(&self) -> Option<&PoliceAnswer> {
        let latest = self.latest_police_decision();
        latest.filter(|answer| answer.annulled.is_none())
    }

    /// Payments that count.
    pub fn valid_payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments
            .iter()
            .enumerate()
            .filter_map(|(index, payment)| {
                let voided = |voided: &VoidedPayment| usize::try_from(voided.index) == Ok(index);
                (!self.voided_payments.iter().any(voided)).then_some(payment)
            })
    }
}
