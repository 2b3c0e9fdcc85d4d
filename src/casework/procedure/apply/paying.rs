//! Payment, refund, later payment, reminder, enforcement.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::lists::{PaymentSource, ServedPaper};
use super::super::money::{Due, due};
use super::super::records::{
    CaseNote, Deferral, DeferralAnswer, Enforcement, EnforcementStep, Instalment, Payment,
    Refunded, Remission, VoidedPayment,
};
use super::super::refusal::Refusal;
use super::{Work, words};
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::law::yuan_text;

type Done = Option<Result<(), Refusal>>;

impl Work<'_> {
    pub(super) fn of_paying(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::Pay {
                slip,
                paid_on,
                fine_fen,
                surcharge_fen,
                source,
            } => self.pay((slip, *paid_on), [*fine_fen, *surcharge_fen], *source),
            CaseAction::Refund {
                slip,
                on,
                fine_fen,
                surcharge_fen,
                reason,
            } => self.refund((slip, *on), [*fine_fen, *surcharge_fen], reason),
            CaseAction::VoidPayment { index, reason } => self.void(*index, reason),
            CaseAction::AskDeferral { asked_on, grounds } => self.ask_deferral(*asked_on, grounds),
            CaseAction::AnswerDeferral { plan, reason } => self.answer_deferral(plan, reason),
            CaseAction::Remind { text } => words("text", text).map(|text| {
                let stamp = self.stamp.clone();
                self.case.course.reminders.push(CaseNote { stamp, text });
                self.go(CaseState::Enforcing);
            }),
            CaseAction::ApplyToCourt { on, text } => {
                self.enforcement(EnforcementStep::CourtApplication, *on, text)
            }
            CaseAction::Enforce { on, text } => self.enforcement(EnforcementStep::Own, *on, text),
            CaseAction::EndEnforcement { on, reason } => self
                .enforcement(EnforcementStep::Ended, *on, reason)
                .map(|()| self.go(CaseState::Settled)),
            CaseAction::RemitSurcharge { fen, reason } => self.remit(*fen, reason),
            _ => return None,
        })
    }

    pub(super) fn due(&self) -> Result<Due, Refusal> {
        due(&self.case, self.facts, self.today).map_err(|(zh, en)| Refusal::law(zh, en))
    }

    pub(super) fn served_on(&self) -> Option<NaiveDate> {
        let service = self.before.course.service(ServedPaper::Decision);
        service.map(|service| service.served_on)
    }

    fn pay(
        &mut self,
        (slip, paid_on): (&str, NaiveDate),
        [fine_fen, surcharge_fen]: [i64; 2],
        source: PaymentSource,
    ) -> Result<(), Refusal> {
        if source == PaymentSource::OnSpot {
            return Err(Refusal::invalid(
                "source",
                "当场收缴的罚款请用“当场收缴罚款”（collect_on_spot）登记",
                "what was collected on the spot is recorded by collect_on_spot",
            ));
        }
        let slip = words("slip", slip)?;
        self.payment((slip, paid_on), [fine_fen, surcharge_fen], source)
    }

    /// A payment of whatever kind, with its paper.
    pub(super) fn payment(
        &mut self,
        (slip, paid_on): (String, NaiveDate),
        [fine_fen, surcharge_fen]: [i64; 2],
        source: PaymentSource,
    ) -> Result<(), Refusal> {
        self.day("paid_on", paid_on, self.served_on())?;
        if fine_fen < 0 || surcharge_fen < 0 || fine_fen.saturating_add(surcharge_fen) == 0 {
            return Err(Refusal::invalid(
                "fine_fen",
                "罚款与加处罚款均不得为负，且不得同时为零",
                "neither part may be negative, and not both may be nothing",
            ));
        }
        if self
            .case
            .course
            .valid_payments()
            .any(|payment| payment.slip == slip)
        {
            return Err(Refusal::invalid(
                "slip",
                format!("票据{slip}已登记"),
                format!("slip {slip} is recorded already"),
            ));
        }
        let paper = match source {
            PaymentSource::OnSpot => DocumentKind::FineReceipt,
            _ => DocumentKind::PaymentSlip,
        };
        self.paper(paper, Some(slip.clone()));
        self.case.course.payments.push(Payment {
            stamp: self.stamp.clone(),
            slip,
            paid_on,
            fine_fen,
            surcharge_fen,
            source,
        });
        let due = self.due()?;
        let (fine, surcharge) = (due.fine_left_fen(), due.surcharge_left_fen());
        // What was left before this payment.
        let left = [
            fine.saturating_add(fine_fen).max(0),
            surcharge.saturating_add(surcharge_fen).max(0),
        ];
        // What was paid too much before is no reason to refuse the other part.
        let over = [fine_fen > 0 && fine < 0, surcharge_fen > 0 && surcharge < 0];
        if over.contains(&true) {
            return Err(Refusal::invalid(
                if over[0] { "fine_fen" } else { "surcharge_fen" },
                format!(
                    "超出应缴数额（罚款余{}元、加处罚款余{}元）",
                    yuan_text(left[0]),
                    yuan_text(left[1])
                ),
                format!(
                    "more than is owed ({} yuan of the fine, {} yuan of the surcharge left)",
                    yuan_text(left[0]),
                    yuan_text(left[1])
                ),
            ));
        }
        if due.is_paid() {
            self.go(CaseState::Settled);
        }
        Ok(())
    }

    fn void(&mut self, index: u32, reason: &str) -> Result<(), Refusal> {
        let course = &self.before.course;
        let known = usize::try_from(index).is_ok_and(|index| index < course.payments.len());
        if !known
            || course
                .voided_payments
                .iter()
                .any(|voided| voided.index == index)
        {
            return Err(Refusal::invalid(
                "index",
                format!("没有可作废的第{index}笔缴款"),
                format!("there is no payment {index} to void"),
            ));
        }
        self.case.course.voided_payments.push(VoidedPayment {
            stamp: self.stamp.clone(),
            index,
            reason: words("reason", reason)?,
        });
        if course.enforcement_ended() || self.due()?.is_paid() {
            return Ok(());
        }
        let to = if course.reminder().is_none() {
            CaseState::Served
        } else {
            CaseState::Enforcing
        };
        self.go(to);
        Ok(())
    }

    fn refund(
        &mut self,
        (slip, on): (&str, NaiveDate),
        [fine_fen, surcharge_fen]: [i64; 2],
        reason: &str,
    ) -> Result<(), Refusal> {
        let slip = words("slip", slip)?;
        let payments = self.before.course.payments.iter();
        self.day("on", on, payments.map(|payment| payment.paid_on).min())?;
        let due = self.due()?;
        let fine = due.fine_left_fen().saturating_neg().max(0);
        let surcharge = due.surcharge_left_fen().saturating_neg().max(0);
        let nothing = fine_fen.saturating_add(surcharge_fen) == 0;
        if !(0..=fine).contains(&fine_fen) || !(0..=surcharge).contains(&surcharge_fen) || nothing {
            return Err(Refusal::invalid(
                "fine_fen",
                format!(
                    "应退还罚款{}元、加处罚款{}元",
                    yuan_text(fine),
                    yuan_text(surcharge)
                ),
                format!(
                    "{} yuan of the fine and {} yuan of the surcharge are to be given back",
                    yuan_text(fine),
                    yuan_text(surcharge)
                ),
            ));
        }
        if self
            .before
            .course
            .refunds
            .iter()
            .any(|one| one.slip == slip)
        {
            return Err(Refusal::invalid(
                "slip",
                format!("凭证{slip}已登记"),
                format!("slip {slip} is recorded already"),
            ));
        }
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        self.paper(DocumentKind::RefundSlip, Some(slip.clone()));
        self.case.course.refunds.push(Refunded {
            stamp: self.stamp.clone(),
            slip,
            on,
            fine_fen,
            surcharge_fen,
            reason,
        });
        Ok(())
    }

    fn ask_deferral(&mut self, asked_on: NaiveDate, grounds: &str) -> Result<(), Refusal> {
        self.day("asked_on", asked_on, self.served_on())?;
        self.case.course.deferrals.push(Deferral {
            stamp: self.stamp.clone(),
            asked_on,
            grounds: words("grounds", grounds)?,
            answer: None,
        });
        Ok(())
    }

    fn answer_deferral(&mut self, plan: &[Instalment], reason: &str) -> Result<(), Refusal> {
        let reason = words("reason", reason)?;
        let ascending = plan
            .iter()
            .zip(plan.iter().skip(1))
            .all(|(one, next)| one.last_day < next.last_day);
        let future = plan
            .iter()
            .all(|part| part.last_day >= self.today && part.fine_fen > 0);
        if !ascending || !future {
            return Err(Refusal::invalid(
                "plan",
                "各期应按日期先后排列、不早于今日、数额大于零",
                "parts must follow one another, not before today, each above nothing",
            ));
        }
        let due = self.due()?;
        let sum = plan
            .iter()
            .map(|part| part.fine_fen)
            .fold(0, i64::saturating_add);
        if !plan.is_empty() && sum != due.fine_left_fen() {
            let (sum, left) = (yuan_text(sum), yuan_text(due.fine_left_fen()));
            return Err(Refusal::invalid(
                "plan",
                format!("各期合计{sum}元，应为未缴罚款{left}元"),
                format!("the parts make {sum} yuan, {left} yuan are to be paid"),
            ));
        }
        if plan.is_empty() {
            self.no_paper(DocumentKind::DeferralNotice);
        }
        // What was paid before the plan counts towards its first part.
        let paid = due.fine_paid_fen;
        let mut plan = plan.to_vec();
        if let Some(first) = plan.first_mut() {
            first.fine_fen = first.fine_fen.saturating_add(paid);
        }
        let stamp = self.stamp.clone();
        let mut open = self.case.course.deferrals.iter_mut().rev();
        if let Some(deferral) = open.find(|deferral| deferral.answer.is_none()) {
            deferral.answer = Some(DeferralAnswer {
                stamp,
                plan,
                reason,
            });
        }
        Ok(())
    }

    fn enforcement(
        &mut self,
        step: EnforcementStep,
        on: NaiveDate,
        text: &str,
    ) -> Result<(), Refusal> {
        self.day("on", on, self.served_on())?;
        self.case.course.enforcement.push(Enforcement {
            stamp: self.stamp.clone(),
            step,
            on,
            text: words("text", text)?,
        });
        Ok(())
    }

    fn remit(&mut self, fen: i64, reason: &str) -> Result<(), Refusal> {
        let left = self.due()?.surcharge_left_fen();
        if !(1..=left).contains(&fen) {
            let left = yuan_text(left);
            return Err(Refusal::invalid(
                "fen",
                format!("可减免的加处罚款为{left}元"),
                format!("{left} yuan of the surcharge can be remitted"),
            ));
        }
        let reason = words("reason", reason)?;
        self.why = Some(reason.clone());
        self.case.course.remissions.push(Remission {
            stamp: self.stamp.clone(),
            fen,
            reason,
        });
        if self.due()?.is_paid() {
            self.go(CaseState::Settled);
        }
        Ok(())
    }
}
