//! Steps between investigation and decision: notice, statement, hearing, legal review, discussion.

use chrono::NaiveDate;

use super::super::action::CaseAction;
use super::super::amount::computed;
use super::super::lists::{Outcome, ServedPaper, ServiceWay};
use super::super::money::last_day;
use super::super::numbering::NumberSeries;
use super::super::records::{
    CaseNote, DecisionExtension, Defence, Discussion, Hearing, HearingAppointment, LegalOpinion,
    LegalReviewRecord, Notice, Service,
};
use super::super::refusal::Refusal;
use super::{Work, words};
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::law::{DeadlineKind, TransportKind, deadline};
use crate::units::Yuan;

type Done = Option<Result<(), Refusal>>;

fn from_why((zh, en): (String, String)) -> Refusal {
    Refusal::law(zh, en)
}

impl Work<'_> {
    pub(super) fn of_telling(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::InformOnSpot {
                outcome,
                yuan,
                grounds,
            } => self.notice((*outcome, *yuan), grounds, false),
            CaseAction::GiveNotice {
                outcome,
                yuan,
                grounds,
            } => self.notice((*outcome, *yuan), grounds, true),
            CaseAction::RecordService {
                paper,
                way,
                served_on,
                recipient,
            } => self.record_service(*paper, *way, *served_on, recipient),
            CaseAction::RecordDefence {
                text,
                accepted,
                reply,
            } => self.defence(text, *accepted, reply),
            CaseAction::WaiveDefence { text } => words("text", text).map(|text| {
                let stamp = self.stamp.clone();
                self.case.course.waivers.push(CaseNote { stamp, text });
            }),
            CaseAction::AskHearing { asked_on } => self.ask_hearing(*asked_on),
            CaseAction::WithdrawHearing { on } => self.withdraw_hearing(*on),
            CaseAction::GiveHearingNotice {
                day,
                place,
                told_on,
            } => self.hearing_notice(*day, place, *told_on),
            CaseAction::HoldHearing {
                on,
                presided_by,
                text,
            } => self.hold_hearing(*on, presided_by, text),
            CaseAction::SubmitLegalReview { proposal } => words("proposal", proposal).map(|text| {
                self.why = Some(text);
                self.go(CaseState::LegalReview);
            }),
            CaseAction::PassLegalReview { opinion } => {
                self.legal_review(LegalOpinion::Passed, opinion, CaseState::ReadyToDecide)
            }
            CaseAction::ReturnLegalReview {
                opinion,
                more_evidence,
            } => {
                let (given, to) = if *more_evidence {
                    (LegalOpinion::MoreEvidence, CaseState::Filed)
                } else {
                    (LegalOpinion::Mend, CaseState::Notified)
                };
                self.legal_review(given, opinion, to)
            }
            CaseAction::SubmitForDecision { proposal } => words("proposal", proposal).map(|text| {
                self.why = Some(text);
                self.go(CaseState::ReadyToDecide);
            }),
            CaseAction::Discuss {
                present,
                conclusion,
            } => self.discuss(present, conclusion),
            CaseAction::ExtendDecision { days, reason } => self.extend(*days, reason),
            _ => return None,
        })
    }

    fn notice(
        &mut self,
        (outcome, yuan): (Outcome, Yuan),
        grounds: &str,
        written: bool,
    ) -> Result<(), Refusal> {
        let grounds = words("grounds", grounds)?;
        check_amount(outcome, yuan)?;
        let milder = computed(self.before, self.facts, self.today).map_err(from_why)?;
        let amount = milder.chosen();
        let kind = match outcome {
            Outcome::Fine => TransportKind::Fine,
            Outcome::Warning => TransportKind::Warning,
            Outcome::NotPunished | Outcome::Spared => TransportKind::None,
        };
        if kind > amount.kind() || yuan > amount.statutory_most_yuan() {
            let most = amount.statutory_most_yuan();
            return Err(Refusal::invalid(
                "yuan",
                format!("拟处罚重于认定结果（最高{}元）", most.get()),
                format!("that is heavier than what was computed, {most} at most"),
            ));
        }
        let number = if written {
            Some(self.number(NumberSeries::Notice)?)
        } else {
            None
        };
        if let Some(number) = &number {
            self.paper(DocumentKind::ViolationNotice, Some(number.text.clone()));
        }
        self.case.course.notices.push(Notice {
            stamp: self.stamp.clone(),
            number,
            outcome,
            yuan,
            grounds,
            hearing_right: written && yuan >= self.facts.settings.hearing_from_yuan,
        });
        if written {
            self.go(CaseState::Notified);
        }
        Ok(())
    }

    /// A service, after its way has been looked at.
    pub(super) fn service(
        &mut self,
        paper: ServedPaper,
        way: ServiceWay,
        (served_on, made_on): (NaiveDate, NaiveDate),
        recipient: &str,
    ) -> Result<(), Refusal> {
        self.day("served_on", served_on, Some(made_on))?;
        let consent =
            |kind: &crate::casework::document::Document| kind.kind == DocumentKind::ServiceConsent;
        if way == ServiceWay::Electronic && !self.case.course.documents.iter().any(consent) {
            return Err(Refusal::invalid(
                "way",
                "电子送达须有当事人签署的送达信息确认书入卷",
                "electronic service needs the party's signed consent in the file",
            ));
        }
        self.case.course.services.push(Service {
            stamp: self.stamp.clone(),
            paper,
            way,
            served_on,
            recipient: words("recipient", recipient)?,
        });
        Ok(())
    }

    fn record_service(
        &mut self,
        paper: ServedPaper,
        way: ServiceWay,
        served_on: NaiveDate,
        recipient: &str,
    ) -> Result<(), Refusal> {
        let course = &self.before.course;
        let made = match paper {
            ServedPaper::Notice => course.notice().map(|notice| notice.stamp.at),
            ServedPaper::HearingNotice => course
                .hearing()
                .and_then(|hearing| hearing.notices.last())
                .map(|told| told.stamp.at),
            ServedPaper::Reminder => course.reminders.last().map(|reminder| reminder.stamp.at),
            ServedPaper::Decision => None,
        };
        let Some(made) = made else {
            return Err(Refusal::invalid(
                "paper",
                format!("没有待送达的{}", paper.zh()),
                format!("there is no {} to serve here", paper.en()),
            ));
        };
        self.service(paper, way, (served_on, made.beijing_day()), recipient)
    }

    fn defence(&mut self, text: &str, accepted: bool, reply: &str) -> Result<(), Refusal> {
        self.case.course.defences.push(Defence {
            stamp: self.stamp.clone(),
            text: words("text", text)?,
            accepted,
            reply: words("reply", reply)?,
        });
        Ok(())
    }

    fn ask_hearing(&mut self, asked_on: NaiveDate) -> Result<(), Refusal> {
        let served = self
            .before
            .course
            .notice_service()
            .map(|service| service.served_on);
        let Some(served) = served else {
            return Ok(());
        };
        self.day("asked_on", asked_on, Some(served))?;
        let asked = self.before.course.hearing();
        if asked.is_some_and(|hearing| hearing.asked_on >= served) {
            return Err(Refusal::invalid(
                "asked_on",
                "本次告知后已申请过听证",
                "a hearing was asked for after this notice already",
            ));
        }
        let last = last_day(self.facts, DeadlineKind::HearingRequest, served).map_err(from_why)?;
        if asked_on > last {
            return Err(Refusal::invalid(
                "asked_on",
                format!("申请听证的期限至{last}，{asked_on}已逾期"),
                format!("a hearing could be asked for until {last}, {asked_on} is too late"),
            ));
        }
        self.case.course.hearings.push(Hearing {
            asked_on,
            notices: Vec::new(),
            withdrawn_on: None,
            held_on: None,
            presided_by: None,
        });
        self.go(CaseState::Hearing);
        Ok(())
    }

    fn withdraw_hearing(&mut self, on: NaiveDate) -> Result<(), Refusal> {
        let asked = self.before.course.hearing().map(|hearing| hearing.asked_on);
        self.day("on", on, asked)?;
        if let Some(hearing) = self.case.course.hearings.last_mut() {
            hearing.withdrawn_on = Some(on);
        }
        self.go(CaseState::Notified);
        Ok(())
    }

    fn hearing_notice(
        &mut self,
        day: NaiveDate,
        place: &str,
        told_on: NaiveDate,
    ) -> Result<(), Refusal> {
        let asked = self.before.course.hearing().map(|hearing| hearing.asked_on);
        self.day("told_on", told_on, asked)?;
        let place = words("place", place)?;
        let (Some(table), Some(calendar)) = (self.facts.table(self.today), self.facts.calendar)
        else {
            return Err(Refusal::law(
                "没有可用的法规表或者日历".to_owned(),
                "no law table or calendar is at hand".to_owned(),
            ));
        };
        let last = deadline(table, calendar, DeadlineKind::HearingNotice, day)
            .map_err(|error| Refusal::law("无法计算听证通知期限".to_owned(), error.to_string()))?
            .last_day;
        if told_on > last {
            return Err(Refusal::invalid(
                "day",
                format!("{day}举行听证，最迟应在{last}通知"),
                format!("for a hearing on {day} the party must be told by {last}"),
            ));
        }
        let stamp = self.stamp.clone();
        if let Some(hearing) = self.case.course.hearings.last_mut() {
            hearing.notices.push(HearingAppointment {
                stamp,
                day,
                place,
                told_on,
            });
        }
        Ok(())
    }

    fn hold_hearing(
        &mut self,
        on: NaiveDate,
        presided_by: &str,
        text: &str,
    ) -> Result<(), Refusal> {
        let told = self
            .before
            .course
            .hearing()
            .and_then(|hearing| hearing.notices.last());
        self.day("on", on, told.map(|told| told.day))?;
        let presided_by = words("presided_by", presided_by)?;
        if self
            .before
            .officers
            .iter()
            .any(|officer| officer.user == presided_by)
        {
            return Err(Refusal::invalid(
                "presided_by",
                "听证由非本案调查人员主持",
                "nobody who investigated the case presides over its hearing",
            ));
        }
        self.why = Some(words("text", text)?);
        if let Some(hearing) = self.case.course.hearings.last_mut() {
            hearing.held_on = Some(on);
            hearing.presided_by = Some(presided_by);
        }
        self.go(CaseState::Notified);
        Ok(())
    }

    fn legal_review(
        &mut self,
        opinion: LegalOpinion,
        text: &str,
        to: CaseState,
    ) -> Result<(), Refusal> {
        if self
            .before
            .officers
            .iter()
            .any(|officer| officer.user == self.stamp.by)
        {
            return Err(Refusal::invalid(
                "opinion",
                "承办人不得审核本案",
                "an officer of the case does not make its legal review",
            ));
        }
        self.case.course.legal_reviews.push(LegalReviewRecord {
            stamp: self.stamp.clone(),
            opinion,
            text: words("opinion", text)?,
        });
        self.go(to);
        Ok(())
    }

    fn discuss(&mut self, present: &[String], conclusion: &str) -> Result<(), Refusal> {
        let mut names = std::collections::BTreeSet::new();
        for name in present {
            names.insert(words("present", name)?);
        }
        if names.len() < 3 {
            let found = names.len();
            return Err(Refusal::invalid(
                "present",
                format!("集体讨论至少三人，现为{found}人"),
                format!("a collective discussion needs three persons, {found} took part"),
            ));
        }
        self.case.course.discussions.push(Discussion {
            stamp: self.stamp.clone(),
            present: names.into_iter().collect(),
            conclusion: words("conclusion", conclusion)?,
        });
        Ok(())
    }

    fn extend(&mut self, days: u32, reason: &str) -> Result<(), Refusal> {
        let reason = words("reason", reason)?;
        let most = self.extension_most();
        if !(1..=most).contains(&days) {
            return Err(Refusal::invalid(
                "days",
                format!("应为1至{most}日"),
                format!("it must be 1 to {most} days"),
            ));
        }
        self.case.course.extension = Some(DecisionExtension {
            stamp: self.stamp.clone(),
            days,
            reason,
        });
        Ok(())
    }

    /// Days the head may add: the law table's, where it has any.
    fn extension_most(&self) -> u32 {
        let table = self.facts.table(self.today);
        let of_table = table
            .zip(self.facts.calendar)
            .and_then(|(table, calendar)| {
                deadline(table, calendar, DeadlineKind::DecideExtension, self.today).ok()
            });
        of_table.map_or(self.facts.settings.decide_extension_days, |found| {
            found.counted
        })
    }
}

/// An amount that goes with what is decided.
pub(super) fn check_amount(outcome: Outcome, yuan: Yuan) -> Result<(), Refusal> {
    let is_fine = outcome == Outcome::Fine;
    if yuan < Yuan::ZERO || is_fine != (yuan > Yuan::ZERO) {
        return Err(Refusal::invalid(
            "yuan",
            format!("{}与{}元不符", outcome.zh(), yuan.get()),
            format!("{} does not go with {yuan}", outcome.en()),
        ));
    }
    Ok(())
}
