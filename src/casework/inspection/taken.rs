//! What each step adds to an inspection.

use super::action::InspectionAction;
use super::facts::{Actor, Facts, VerdictShort};
use super::hold;
use super::payload::{FindingEntry, PermitShown, VoidWeighing, WeighingEntry, WeighingInput};
use super::record::{
    Ending, Finding, Inspection, LimitKnown, Measure, MeasureExtended, MeasureLifted,
    MeasurePlaced, Moving, Police, Record, ShownPermit, Weighing,
};
use super::refusal::Refusal;
use super::state::{FindingKind, InspectionState, LetThroughReason};
use super::weighing::{covers, limit, passage, shown_permit_covers};
use crate::casework::document::{Document, DocumentKind};
use crate::law::Authority;
use crate::units::{Kilograms, Micros};

/// A step that is being taken.
pub(super) struct Taken<'a> {
    after: Inspection,
    actor: &'a Actor,
    facts: &'a Facts<'a>,
    now: Micros,
}

impl<'a> Taken<'a> {
    /// Before the step.
    pub(super) fn start(
        inspection: &Inspection,
        actor: &'a Actor,
        facts: &'a Facts<'a>,
        now: Micros,
    ) -> Self {
        Self {
            after: inspection.clone(),
            actor,
            facts,
            now,
        }
    }

    fn record<T>(&self, list: &[Record<T>], what: T) -> Record<T> {
        Record {
            number: u32::try_from(list.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            at: self.now,
            by: self.actor.name.clone(),
            role: self.actor.role,
            what,
        }
    }

    fn document(&mut self, kind: DocumentKind, number: &str, sha256: Option<&String>) {
        self.after.documents.push(Document {
            kind,
            number: Some(number.to_owned()),
            at: self.now,
            sha256: sha256.cloned(),
            note: None,
        });
    }

    fn end(&mut self, ending: Ending, state: InspectionState) {
        self.after.ending = Some(self.record::<Ending>(&[], ending));
        self.after.course = state;
    }

    /// The inspection with what the step adds; where it stands beneath a hold is set, its state is not yet.
    pub(super) fn take(mut self, action: &InspectionAction) -> Result<Inspection, Refusal> {
        use InspectionAction as Do;
        macro_rules! keep {
            ($list:ident, $what:expr) => {{
                let record = self.record(&self.after.$list, $what);
                self.after.$list.push(record);
            }};
        }
        match action {
            Do::Select(_) => {}
            Do::LeadIn(_) => self.after.course = InspectionState::LedIn,
            Do::Abandon(reason) => self.end(
                Ending::Abandoned(reason.clone()),
                InspectionState::Abandoned,
            ),
            Do::Weigh(entry) => self.weigh(entry, true)?,
            Do::Reweigh(entry) => self.weigh(entry, false)?,
            Do::VoidWeighing(void) => self.void(void),
            Do::Request(request) => keep!(requests, request.clone()),
            Do::Answer(answer) => keep!(answers, answer.clone()),
            Do::Identify(identify) => keep!(identities, identify.clone()),
            Do::Describe(said) => {
                keep!(descriptions, said.clone());
                self.judge_again();
            }
            Do::Sheet(sheet) => {
                self.document(
                    DocumentKind::WeighingSheet,
                    &sheet.number,
                    sheet.sha256.as_ref(),
                );
                if let Some(paper) = self.after.documents.last_mut() {
                    paper.note = Some(self.facts.settings.sheet_title.clone());
                }
                keep!(sheets, sheet.clone());
            }
            Do::BeginUnloading(begin) => {
                self.document(DocumentKind::UnloadingNotice, &begin.notice, None);
                keep!(movings, Moving::Unloading(begin.clone()));
                self.after.course = InspectionState::Unloading;
            }
            Do::Transfer(transfer) => {
                keep!(movings, Moving::Transfer(transfer.clone()));
                self.after.course = InspectionState::Unloading;
            }
            Do::PermitShown(shown) => self.permit_shown(shown),
            Do::HoldVehicle(hold) => {
                let kind = match hold.authority {
                    Authority::Transport => DocumentKind::CoerciveMeasure,
                    Authority::Police => DocumentKind::PoliceMeasure,
                };
                self.document(kind, &hold.number, None);
                let placed = MeasurePlaced {
                    authority: hold.authority,
                    number: hold.number.clone(),
                    reason: hold.reason.clone(),
                    basis: hold.basis.clone(),
                    officers: hold.officers.clone(),
                    approved_by: hold.approved_by.clone(),
                    last_day: hold::first_last_day(self.facts, self.now)?,
                };
                keep!(measures, Measure::Placed(placed));
            }
            Do::ExtendHold(extend) => {
                let first_end = self
                    .after
                    .held_until()
                    .unwrap_or_else(|| self.now.beijing_day());
                self.document(DocumentKind::CoerciveMeasureExtended, &extend.number, None);
                let extended = MeasureExtended {
                    number: extend.number.clone(),
                    approved_by: extend.approved_by.clone(),
                    reason: extend.reason.clone(),
                    last_day: hold::extended_last_day(self.facts, first_end)?,
                };
                keep!(measures, Measure::Extended(extended));
            }
            Do::LiftHold(lift) => {
                self.document(DocumentKind::CoerciveMeasureLifted, &lift.number, None);
                let lifted = MeasureLifted {
                    number: lift.number.clone(),
                    reason: lift.reason.clone(),
                };
                keep!(measures, Measure::Lifted(lifted));
            }
            Do::Place(place) => keep!(places, place.clone()),
            Do::GoodsStored(stored) => {
                self.document(DocumentKind::GoodsReceipt, &stored.receipt, None);
                keep!(goods_stored, stored.clone());
            }
            Do::GoodsCollected(collected) => keep!(goods_collected, collected.clone()),
            Do::Release(release) => {
                self.document(DocumentKind::ReleaseSlip, &release.slip, None);
                self.end(Ending::Released(release.clone()), InspectionState::Released);
            }
            Do::LetThrough(through) => {
                let kind = match through.reason {
                    LetThroughReason::EscortedPermit => DocumentKind::TransportPermit,
                    _ => DocumentKind::Other,
                };
                self.document(kind, &through.paper, None);
                self.end(
                    Ending::LetThrough(through.clone()),
                    InspectionState::LetThrough,
                );
            }
            Do::Refuse(entry) => {
                self.finding(FindingKind::Refused, entry);
                if matches!(
                    self.after.course,
                    InspectionState::Selected | InspectionState::LedIn
                ) {
                    self.after.course = InspectionState::Refused;
                }
            }
            Do::ForceThrough(entry) => {
                self.finding(FindingKind::ForcedThrough, entry);
                self.end(Ending::Escaped, InspectionState::Escaped);
            }
            Do::Evade(entry) => {
                self.finding(FindingKind::Evaded, entry);
                self.end(Ending::Escaped, InspectionState::Escaped);
            }
            Do::HandToPolice(hand) => {
                self.document(DocumentKind::WeighingSheet, &hand.sheet, None);
                keep!(police, Police::Handed(hand.clone()));
            }
            Do::CallPolice(call) => {
                self.document(DocumentKind::NotificationLetter, &call.letter, None);
                keep!(police, Police::Called(call.clone()));
            }
            Do::VehicleToPolice(took) => {
                self.document(DocumentKind::PoliceMeasure, &took.receipt, None);
                keep!(police, Police::TookVehicle(took.clone()));
                self.end(Ending::TakenOver, InspectionState::TakenOver);
            }
            Do::PoliceResult(result) => {
                if let Some(decision) = &result.decision {
                    self.document(DocumentKind::PoliceDecision, decision, None);
                }
                keep!(police, Police::Result(result.clone()));
            }
            Do::LinkCase(link) => keep!(cases, link.clone()),
            Do::Sign(sign) => keep!(signatures, sign.clone()),
            Do::Note(note) => keep!(notes, note.clone()),
            Do::Attach(attach) => keep!(attachments, attach.clone()),
            Do::Correct(correct) => keep!(corrections, correct.clone()),
        }
        Ok(self.after)
    }

    fn learn_limit(&mut self) -> Option<Kilograms> {
        if let Some(limit_kg) = self.facts.limit_kg
            && self.after.limit_kg() != Some(limit_kg)
        {
            let record = self.record(&self.after.limits, LimitKnown { limit_kg });
            self.after.limits.push(record);
        }
        limit(&self.after, self.facts)
    }

    fn weigh(&mut self, entry: &WeighingEntry, first: bool) -> Result<(), Refusal> {
        let limit_kg = self.learn_limit();
        let weighing = match &entry.weighing {
            WeighingInput::Passage(input) => {
                let known = passage(self.facts, &input.passage_id)?;
                Weighing {
                    first,
                    passage_id: Some(known.passage_id.clone()),
                    weighed_at: known.at,
                    gross_kg: known.gross_kg,
                    axle_loads_kg: known.axle_loads_kg.clone(),
                    scale: known.scale.clone(),
                    certificate: known.certificate.clone(),
                    by_hand: None,
                    not_legal: known.not_legal.clone(),
                    plate: known.plate.clone(),
                    plate_differs: entry.plate_differs.clone(),
                    request: entry.request,
                    verdict: known.verdict.clone(),
                    limit_kg,
                }
            }
            WeighingInput::Hand(hand) => Weighing {
                first,
                passage_id: None,
                weighed_at: self.now,
                gross_kg: hand.gross_kg,
                axle_loads_kg: hand.axle_loads_kg.clone(),
                scale: hand.scale.clone(),
                certificate: Some(hand.certificate.clone()),
                by_hand: Some(hand.reason.clone()),
                not_legal: None,
                plate: None,
                plate_differs: entry.plate_differs.clone(),
                request: entry.request,
                verdict: VerdictShort::default(),
                limit_kg,
            },
        };
        self.after.course = self.course_after(&weighing);
        let record = self.record(&self.after.weighings, weighing);
        self.after.weighings.push(record);
        Ok(())
    }

    fn course_after(&self, weighing: &Weighing) -> InspectionState {
        use InspectionState as At;
        let course = self.after.course;
        let undecided = match course {
            At::Selected | At::LedIn => At::Weighed,
            other => other,
        };
        if weighing.not_legal.is_some() {
            return undecided;
        }
        if shown_permit_covers(&self.after, self.facts, weighing.gross_kg) {
            return At::Cleared;
        }
        match (weighing.limit_kg, course) {
            (None, _) => undecided,
            (Some(limit), _) if weighing.gross_kg <= limit => At::Cleared,
            (Some(_), At::Selected | At::LedIn | At::Weighed) => At::Over,
            (Some(_), _) => At::ReweighedOver,
        }
    }

    /// After a description: what the limit known now makes of the last legal weighing.
    fn judge_again(&mut self) {
        use InspectionState as At;
        let limit_kg = self.learn_limit();
        let last = self
            .after
            .legal_weighings()
            .next_back()
            .map(|record| record.what.gross_kg);
        let (Some(limit_kg), Some(gross_kg)) = (limit_kg, last) else {
            return;
        };
        let over = gross_kg > limit_kg && !shown_permit_covers(&self.after, self.facts, gross_kg);
        let needs_reweighing = self.facts.settings.reweigh_needed && self.after.was_over();
        match (self.after.course, over) {
            (At::Weighed | At::Cleared, true) => self.after.course = At::Over,
            (At::Weighed, false) => self.after.course = At::Cleared,
            (At::Over | At::ReweighedOver, false) if !needs_reweighing => {
                self.after.course = At::Cleared;
            }
            _ => {}
        }
    }

    fn permit_shown(&mut self, shown: &PermitShown) {
        use InspectionState as At;
        self.document(
            DocumentKind::TransportPermit,
            &shown.number,
            shown.sha256.as_ref(),
        );
        let gross = self
            .after
            .legal_weighings()
            .next_back()
            .map(|record| record.what.gross_kg);
        let known = self.facts.permit(&shown.number);
        let covers = known
            .zip(gross)
            .is_some_and(|(permit, gross)| covers(&self.after, permit, gross));
        let record = ShownPermit {
            number: shown.number.clone(),
            valid: known.is_some_and(|permit| permit.valid),
            why_not: known.and_then(|permit| permit.why_not.clone()),
            gross_kg: known.and_then(|permit| permit.gross_kg),
            covers,
        };
        let record = self.record(&self.after.permits, record);
        self.after.permits.push(record);
        if covers
            && matches!(
                self.after.course,
                At::Weighed | At::Over | At::ReweighedOver
            )
        {
            self.after.course = At::Cleared;
        }
    }

    /// A void weighing never makes things easier: what is left may lead back to `over`, and that the
    /// vehicle was over stays on record.
    fn void(&mut self, void: &VoidWeighing) {
        use InspectionState as At;
        let record = self.record(&self.after.voided, void.clone());
        self.after.voided.push(record);
        let last = self
            .after
            .legal_weighings()
            .next_back()
            .map(|record| record.what.gross_kg);
        let limit_kg = limit(&self.after, self.facts);
        if self.after.course != At::Cleared {
            return;
        }
        let was_over = self.after.was_over();
        self.after.course = match (last, limit_kg) {
            (Some(gross), _) if shown_permit_covers(&self.after, self.facts, gross) => At::Cleared,
            (Some(gross), Some(limit_kg)) if gross <= limit_kg => At::Cleared,
            (Some(_), Some(_)) if was_over => At::ReweighedOver,
            (Some(_), Some(_)) => At::Over,
            _ if was_over => At::ReweighedOver,
            _ => At::Weighed,
        };
    }

    fn finding(&mut self, kind: FindingKind, entry: &FindingEntry) {
        let finding_id = format!(
            "{}-f{}",
            self.after.inspection_id,
            self.after.findings.len().saturating_add(1)
        );
        let finding = Finding {
            finding_id,
            kind,
            entry: entry.clone(),
        };
        let record = self.record(&self.after.findings, finding);
        self.after.findings.push(record);
    }
}
