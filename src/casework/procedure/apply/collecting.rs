//! Fines that officers collect on the spot (当场收缴罚款), Administrative Penalty Law art. 68 to 71: when that
//! is allowed, and how the money goes on.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::lists::{PaymentSource, Procedure, SpotGround};
use super::super::money::last_day;
use super::super::records::{MoneyMoved, SpotCollection};
use super::super::refusal::Refusal;
use super::{Work, some_words, words};
use crate::casework::document::DocumentKind;
use crate::law::DeadlineKind;

type Done = Option<Result<(), Refusal>>;

impl Work<'_> {
    pub(super) fn of_collecting(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::CollectOnSpot {
                ground,
                receipt,
                on,
                fine_fen,
                reason,
                place,
            } => self.collect(
                *ground,
                (receipt, *on, *fine_fen),
                [reason.as_ref(), place.as_ref()],
            ),
            CaseAction::HandInCollected {
                index,
                on,
                slip,
                late,
            } => self.hand_in(*index, (slip, *on), late.as_ref()),
            CaseAction::BankCollected {
                index,
                on,
                slip,
                late,
            } => self.bank(*index, (slip, *on), late.as_ref()),
            _ => return None,
        })
    }

    fn collect(
        &mut self,
        ground: SpotGround,
        (receipt, on, fine_fen): (&str, NaiveDate, i64),
        [reason, place]: [Option<&String>; 2],
    ) -> Result<(), Refusal> {
        let receipt = receipt.trim();
        if receipt.is_empty() {
            return Err(Refusal::invalid(
                "receipt",
                "须出具财政部门统一制发的专用票据并填写票据号；不出具的，当事人有权拒绝缴纳（第七十条）",
                "the finance department's receipt is needed, with its number: without it the party may refuse (art. 70)",
            ));
        }
        let receipt = words("receipt", receipt)?;
        let reason = some_words("reason", reason)?;
        let place = some_words("place", place)?;
        self.may_collect(ground, reason.is_some(), place.is_some())?;
        let payment = u32::try_from(self.before.course.payments.len()).unwrap_or(u32::MAX);
        self.payment((receipt, on), [fine_fen, 0], PaymentSource::OnSpot)?;
        self.why = Some(ground.zh().to_owned());
        self.case.course.collections.push(SpotCollection {
            stamp: self.stamp.clone(),
            payment,
            ground,
            reason,
            place,
            handed_in: None,
            banked: None,
        });
        Ok(())
    }

    fn may_collect(&self, ground: SpotGround, reason: bool, place: bool) -> Result<(), Refusal> {
        let on_spot = self.before.procedure == Some(Procedure::Simplified);
        if !on_spot && ground != SpotGround::RemotePlace {
            return Err(Refusal::invalid(
                "ground",
                format!(
                    "“{}”仅适用于当场作出的处罚决定，应到银行或者电子支付缴纳",
                    ground.zh()
                ),
                format!(
                    "{}: only after a decision on the spot; it is paid at the bank",
                    ground.en()
                ),
            ));
        }
        let most = self.facts.settings.spot_collection_yuan;
        match ground {
            SpotGround::SmallAmount if self.before.course.fine_yuan() > most => {
                Err(Refusal::invalid(
                    "ground",
                    format!("罚款超过{}元，不属于可以当场收缴的小额罚款", most.get()),
                    format!("the fine is above {most}: it is not small"),
                ))
            }
            SpotGround::HardToEnforce | SpotGround::RemotePlace if !reason => {
                Err(Refusal::invalid(
                    "reason",
                    "须说明不当场收缴事后难以执行的理由，或者记录当事人提出的请求",
                    "say why it is hard to enforce later, or what the party asked",
                ))
            }
            SpotGround::RemotePlace if !place => Err(Refusal::invalid(
                "place",
                "须填写边远、水上、交通不便地区的地点",
                "say where the remote place is",
            )),
            _ => Ok(()),
        }
    }

    /// The collection of an index, as long as its payment counts: its place, the day it was collected, and the
    /// day it was handed in.
    fn collection(
        &self,
        index: u32,
    ) -> Result<(usize, NaiveDate, Option<NaiveDate>, bool), Refusal> {
        let mut collections = self.before.course.valid_collections();
        let found = collections.find(|(place, _, _)| u32::try_from(*place) == Ok(index));
        let (place, one, payment) = found.ok_or_else(|| {
            Refusal::invalid(
                "index",
                format!("没有第{index}笔当场收缴的罚款"),
                format!("there is no collection {index}"),
            )
        })?;
        let handed_in = one.handed_in.as_ref().map(|moved| moved.on);
        Ok((place, payment.paid_on, handed_in, one.banked.is_some()))
    }

    /// Money that goes on: in time, or with the reason why not.
    fn moved(
        &self,
        (slip, on): (&str, NaiveDate),
        (from, kind): (NaiveDate, DeadlineKind),
        late: Option<&String>,
    ) -> Result<MoneyMoved, Refusal> {
        self.day("on", on, Some(from))?;
        let late = some_words("late", late)?;
        let last = last_day(self.facts, kind, from).map_err(|(zh, en)| Refusal::law(zh, en))?;
        if on > last && late.is_none() {
            return Err(Refusal::invalid(
                "late",
                format!("“{}”最迟为{last}，{on}已逾期，须说明原因", kind.zh()),
                format!(
                    "{}: {last} was the last day, {on} is late: say why",
                    kind.en()
                ),
            ));
        }
        Ok(MoneyMoved {
            stamp: self.stamp.clone(),
            on,
            slip: words("slip", slip)?,
            late,
        })
    }

    fn hand_in(
        &mut self,
        index: u32,
        money: (&str, NaiveDate),
        late: Option<&String>,
    ) -> Result<(), Refusal> {
        let (place, collected, handed_in, _) = self.collection(index)?;
        if handed_in.is_some() {
            return Err(Refusal::invalid(
                "index",
                format!("第{index}笔已上交"),
                format!("collection {index} was handed in already"),
            ));
        }
        let moved = self.moved(money, (collected, DeadlineKind::CollectedFineHandIn), late)?;
        if let Some(one) = self.case.course.collections.get_mut(place) {
            one.handed_in = Some(moved);
        }
        Ok(())
    }

    fn bank(
        &mut self,
        index: u32,
        money: (&str, NaiveDate),
        late: Option<&String>,
    ) -> Result<(), Refusal> {
        let (place, _, handed_in, banked) = self.collection(index)?;
        let Some(handed_in) = handed_in.filter(|_| !banked) else {
            return Err(Refusal::invalid(
                "index",
                format!("第{index}笔尚未上交或者已缴付银行"),
                format!("collection {index} is not handed in, or at the bank already"),
            ));
        };
        let moved = self.moved(money, (handed_in, DeadlineKind::CollectedFineToBank), late)?;
        self.paper(DocumentKind::PaymentSlip, Some(moved.slip.clone()));
        if let Some(one) = self.case.course.collections.get_mut(place) {
            one.banked = Some(moved);
        }
        Ok(())
    }
}
