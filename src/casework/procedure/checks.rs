//! What checks each condition: one pure function for each of the closed list.

use chrono::NaiveDate;

use super::amount::{self, computed};
use super::checklist::checklist;
use super::condition::CaseCondition;
use super::enforcing::{overdue, remedies_over, reminder_over, surcharge_ran};
use super::facts::{Actor, Facts};
use super::lists::{CaseSubject, Origin, PartyKind, Procedure};
use super::money::{due, last_day};
use super::records::{Hearing, LegalOpinion, Notice};
use super::refusal::Unmet;
use crate::casework::case_file::{CaseFile, Stage};
use crate::law::{
    Authority, AuthorityError, DeadlineKind, OneAct, TransportKind, imposable, prescription_expired,
};
use crate::units::Yuan;

/// What a condition looks at.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub case: &'a CaseFile,
    pub by: &'a Actor,
    pub facts: &'a Facts<'a>,
    pub today: NaiveDate,
}

/// That a condition holds, or why not, Chinese and English.
pub(super) type Found = Result<(), (String, String)>;

/// It does not hold, and why.
pub(super) fn no(zh: impl Into<String>, en: impl Into<String>) -> Found {
    Err((zh.into(), en.into()))
}

/// Whether a condition holds.
pub(super) fn check(condition: CaseCondition, view: View<'_>) -> Result<(), Unmet> {
    look(condition, view).map_err(|(zh, en)| Unmet::new(condition, zh, en))
}

fn look(condition: CaseCondition, view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let course = &case.course;
    // What its name says in full.
    let holds = |met: bool| {
        if met {
            Ok(())
        } else {
            no(
                format!("未满足：{}", condition.zh()),
                format!("not met: {}", condition.en()),
            )
        }
    };
    match condition {
        CaseCondition::OfficersLicensed => officers_licensed(view),
        CaseCondition::HandlerAssigned => handler_assigned(view),
        CaseCondition::NotPrescribed => not_prescribed(view),
        CaseCondition::ActFree => act_free(view),
        CaseCondition::RespondentKnown => holds(case.respondent.is_some()),
        CaseCondition::EvidenceReviewed => holds(evidence_reviewed(case)),
        CaseCondition::AmountKnown => computed(case, facts, today).map(|_| ()),
        CaseCondition::Simplified => holds(case.procedure == Some(Procedure::Simplified)),
        CaseCondition::Ordinary => holds(case.procedure == Some(Procedure::Ordinary)),
        CaseCondition::WithinSimplified => within_simplified(view),
        CaseCondition::Informed => holds(course.notice().is_some()),
        CaseCondition::NoticeServed => holds(course.notice_service().is_some()),
        CaseCondition::AnswerSettled => answer_settled(view),
        CaseCondition::HearingSettled => hearing_settled(view),
        CaseCondition::HearingRight => {
            if course.notice().is_some_and(|notice| notice.hearing_right) {
                Ok(())
            } else {
                let from = facts.settings.hearing_from_yuan.get();
                no(
                    format!("拟处罚款未达到 {from} 元，依法没有听证权利"),
                    format!("there is a right to a hearing from a fine of {from} yuan on only"),
                )
            }
        }
        CaseCondition::HearingOpen => holds(course.hearing().is_some_and(is_open)),
        CaseCondition::HearingTold => {
            let told = course.hearing().and_then(|hearing| hearing.notices.last());
            holds(told.is_some_and(|told| told.day <= today))
        }
        CaseCondition::LegalReviewDone => {
            holds(!needs_legal_review(case, facts) || legal_review_passed(case))
        }
        CaseCondition::Discussed => holds(!needs_discussion(case, facts) || discussed(case)),
        CaseCondition::InTimeToDecide => in_time_to_decide(view),
        CaseCondition::NotExtended => holds(course.extension.is_none()),
        CaseCondition::AuthorityCompetent => authority_competent(view),
        CaseCondition::FineDecided => holds(course.fine_yuan() > Yuan::ZERO),
        CaseCondition::Overdue => overdue(view),
        CaseCondition::ReminderOver => reminder_over(view),
        CaseCondition::RemediesOver => remedies_over(view),
        CaseCondition::SurchargeRan => surcharge_ran(view),
        CaseCondition::OwnPower => holds(facts.settings.own_enforcement),
        CaseCondition::CourtOrOwn => holds(course.current_enforcement().next().is_some()),
        CaseCondition::NoRemedyPending => holds(course.pending_remedy().is_none()),
        CaseCondition::RemedyPending => holds(course.pending_remedy().is_some()),
        CaseCondition::NotSuspended => not_suspended(case),
        CaseCondition::RefundDue => due(case, facts, today).and_then(|due| {
            if due.refund_fen() > 0 {
                return Ok(());
            }
            no("没有应退还的罚款", "there is nothing to refund")
        }),
        CaseCondition::CollectionHeld => holds(
            course
                .valid_collections()
                .any(|(_, one, _)| one.handed_in.is_none()),
        ),
        CaseCondition::CollectionHandedIn => holds(
            course
                .valid_collections()
                .any(|(_, one, _)| one.handed_in.is_some() && one.banked.is_none()),
        ),
        CaseCondition::PublicationToWithdraw => holds(course.publication_to_withdraw().is_some()),
        CaseCondition::PoliceDecided => {
            holds(course.decision.is_none() && course.police_decision().is_some())
        }
        CaseCondition::PoliceAnnulled => holds(
            course.decision.is_none()
                && course
                    .latest_police_decision()
                    .is_some_and(|answer| answer.annulled.is_some()),
        ),
        CaseCondition::HasVehicle => has_vehicle(case),
        CaseCondition::DeferralOpen => holds(deferral_open(case)),
        CaseCondition::NoDeferralOpen => holds(!deferral_open(case)),
        CaseCondition::ChecklistComplete => checklist_complete(view),
        CaseCondition::DecisionMade => holds(course.decision.is_some()),
        CaseCondition::NotPassedOn => holds(course.passed_on.is_none()),
        CaseCondition::NotReported => holds(course.reported_on.is_none()),
    }
}

fn officers_licensed(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    if case.officers.len() < 2 {
        let found = case.officers.len();
        return no(
            format!("承办人应为两名以上持证执法人员，现为{found}名"),
            format!("two officers are needed, {found} are assigned"),
        );
    }
    for officer in &case.officers {
        match facts.officers.get(&officer.user) {
            Some(licence) if licence.covers(today) => {}
            Some(licence) => {
                let user = &officer.user;
                let (from, until) = (licence.valid_from, licence.valid_until);
                let (zh, en) = match until.filter(|last| *last < today) {
                    Some(last) => (format!("至{last}"), format!("until {last}")),
                    None => {
                        let first = from.unwrap_or(today);
                        (format!("自{first}起"), format!("from {first} on"))
                    }
                };
                return no(
                    format!("{user}的执法证有效期{zh}，{today}无效"),
                    format!("the licence of {user} holds {en}, not on {today}"),
                );
            }
            None => {
                let user = &officer.user;
                return no(
                    format!("未登记{user}的执法证"),
                    format!("no licence of {user} is on file"),
                );
            }
        }
    }
    Ok(())
}

fn handler_assigned(view: View<'_>) -> Found {
    let View {
        case, by, facts, ..
    } = view;
    let own = case.officers.iter().any(|officer| officer.user == by.name);
    if own || !facts.settings.only_assigned_officers {
        return Ok(());
    }
    let users: Vec<&str> = case
        .officers
        .iter()
        .map(|officer| officer.user.as_str())
        .collect();
    no(
        format!(
            "由本案承办人（{}）办理，{}不是承办人",
            users.join("、"),
            by.name
        ),
        format!(
            "only {} may handle this case, {} is not one of them",
            users.join(", "),
            by.name
        ),
    )
}

fn not_prescribed(view: View<'_>) -> Found {
    let View { case, facts, .. } = view;
    let act = case.act_at.beijing_day();
    let found = case.opened_at.beijing_day();
    let (Some(table), Some(calendar)) = (facts.table(act), facts.calendar) else {
        return no(
            format!("{act}没有可用的法规表或者日历，无法判断追责时效"),
            format!("no law table or calendar at hand for {act}: prescription can't be told"),
        );
    };
    match prescription_expired(table, calendar, act, found) {
        Ok(false) => Ok(()),
        Ok(true) => no(
            format!("违法行为发生于{act}，{found}方才发现，已超过追责时效"),
            format!("the act of {act} was found on {found}: it is prescribed"),
        ),
        Err(error) => no(format!("无法判断追责时效（{act}）"), error.to_string()),
    }
}

fn act_free(view: View<'_>) -> Found {
    let View { case, facts, .. } = view;
    let Some(holder) = facts
        .act_holder
        .as_ref()
        .filter(|holder| holder.case_id != case.case_id)
    else {
        return Ok(());
    };
    let since = holder.since.beijing_day();
    no(
        format!(
            "同一违法行为自{since}起已由案件{}（{}）处理，不得再次处罚",
            holder.case_id,
            holder.authority.zh()
        ),
        format!(
            "case {} of {} has this act since {since}: one act is punished once",
            holder.case_id,
            holder.authority.en()
        ),
    )
}

fn evidence_reviewed(case: &CaseFile) -> bool {
    if case.origin != Origin::Device {
        return true;
    }
    let by = |stage: Stage| {
        let mut reviews = case.reviews.iter().rev();
        reviews.find(|review| review.stage == stage && review.confirmed)
    };
    match (by(Stage::First), by(Stage::Second)) {
        (Some(first), Some(second)) => first.reviewer != second.reviewer,
        _ => false,
    }
}

/// Greatest fine on the spot for the party.
pub(super) fn simplified_most(case: &CaseFile, facts: &Facts<'_>) -> Yuan {
    let settings = &facts.settings;
    match case.respondent.as_ref().map(|party| party.kind) {
        Some(PartyKind::Organisation) => settings.simplified_organisation_yuan,
        Some(PartyKind::Citizen) | None => settings.simplified_citizen_yuan,
    }
}

fn within_simplified(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    // That there is no amount is another condition's to say.
    let Ok(milder) = computed(case, facts, today) else {
        return Ok(());
    };
    let amount = milder.chosen();
    let (least, most) = (amount.range_yuan()[0], simplified_most(case, facts));
    if amount.kind() != TransportKind::Fine || least <= most {
        return Ok(());
    }
    no(
        format!(
            "罚款{}元超过简易程序限额{}元，应适用普通程序",
            least.get(),
            most.get()
        ),
        format!("a fine of {least} is above the {most} of the simplified procedure"),
    )
}

fn since<'a>(notice: &Notice, mut stamps: impl Iterator<Item = &'a super::records::Stamp>) -> bool {
    stamps.any(|stamp| stamp.at >= notice.stamp.at)
}

/// The last day to answer a notice that was served on a day.
pub(super) fn answer_by(
    case: &CaseFile,
    facts: &Facts<'_>,
    served: NaiveDate,
) -> Result<NaiveDate, (String, String)> {
    if case.mode == Some(crate::law::EnforcementMode::OffSite) {
        return last_day(facts, DeadlineKind::OffSiteAnswer, served);
    }
    let counted = facts
        .calendar
        .and_then(|calendar| calendar.add_working_days(served, facts.settings.answer_working_days));
    counted.map(|counted| counted.day).ok_or_else(|| {
        (
            "没有日历，无法计算陈述申辩期限".to_owned(),
            "no calendar is at hand: the time to answer can't be told".to_owned(),
        )
    })
}

fn answer_settled(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let course = &case.course;
    let Some(notice) = course.notice() else {
        return no("尚未告知", "no notice was given");
    };
    if since(notice, course.defences.iter().map(|one| &one.stamp))
        || since(notice, course.waivers.iter().map(|one| &one.stamp))
    {
        return Ok(());
    }
    let Some(service) = course.notice_service() else {
        return no("违法行为通知书尚未送达", "the notice was not served");
    };
    let last = answer_by(case, facts, service.served_on)?;
    if today > last {
        return Ok(());
    }
    no(
        format!("陈述申辩期限至{last}，当事人尚未陈述申辩也未放弃"),
        format!("the party may answer until {last} and has neither answered nor waived it"),
    )
}

/// A hearing that was asked for, neither held nor withdrawn.
pub(super) const fn is_open(hearing: &Hearing) -> bool {
    hearing.held_on.is_none() && hearing.withdrawn_on.is_none()
}

fn hearing_settled(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    let course = &case.course;
    if course.hearing().is_some_and(is_open) {
        return no(
            "已申请的听证尚未举行",
            "the hearing that was asked for was not held",
        );
    }
    let Some(notice) = course.notice().filter(|notice| notice.hearing_right) else {
        return Ok(());
    };
    let Some(service) = course.notice_service() else {
        return no("违法行为通知书尚未送达", "the notice was not served");
    };
    let asked = course
        .hearing()
        .is_some_and(|hearing| hearing.asked_on >= service.served_on);
    if asked || since(notice, course.waivers.iter().map(|one| &one.stamp)) {
        return Ok(());
    }
    let last = last_day(facts, DeadlineKind::HearingRequest, service.served_on)?;
    if today > last {
        return Ok(());
    }
    no(
        format!("当事人可在{last}前申请听证"),
        format!("the party may ask for a hearing until {last}"),
    )
}

fn announced(case: &CaseFile) -> Yuan {
    case.course
        .notice()
        .map_or(Yuan::ZERO, |notice| notice.yuan)
}

/// Whether art. 58 or the setting asks for a legal review.
pub(super) fn needs_legal_review(case: &CaseFile, facts: &Facts<'_>) -> bool {
    let course = &case.course;
    course.complex.is_some()
        || course
            .hearings
            .iter()
            .any(|hearing| hearing.held_on.is_some())
        || announced(case) >= facts.settings.legal_review_from_yuan
}

fn legal_review_passed(case: &CaseFile) -> bool {
    let course = &case.course;
    let last = course.legal_reviews.last();
    last.is_some_and(|review| {
        let notice = course.notice();
        review.opinion == LegalOpinion::Passed
            && notice.is_none_or(|notice| review.stamp.at >= notice.stamp.at)
    })
}

fn needs_discussion(case: &CaseFile, facts: &Facts<'_>) -> bool {
    case.course.complex.is_some() || announced(case) >= facts.settings.discussion_from_yuan
}

fn discussed(case: &CaseFile) -> bool {
    let course = &case.course;
    match course.notice() {
        Some(notice) => since(notice, course.discussions.iter().map(|one| &one.stamp)),
        None => !course.discussions.is_empty(),
    }
}

/// The day from which the time to decide runs: the filing, or the day on which the case began again.
pub(super) fn decide_from(case: &CaseFile, filed: crate::units::Micros) -> NaiveDate {
    let restart = case.course.restarts.last().map(|restart| restart.stamp.at);
    restart.map_or(filed, |at| at.max(filed)).beijing_day()
}

/// The last day to decide, an extension included; `None` before the filing.
pub(super) fn decide_by(
    case: &CaseFile,
    facts: &Facts<'_>,
) -> Result<Option<NaiveDate>, (String, String)> {
    let Some(filed) = case.course.filed_at else {
        return Ok(None);
    };
    let last = last_day(facts, DeadlineKind::Decide, decide_from(case, filed))?;
    let more = case
        .course
        .extension
        .as_ref()
        .map_or(0, |extension| extension.days);
    Ok(last.checked_add_days(chrono::Days::new(more.into())))
}

fn in_time_to_decide(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    match decide_by(case, facts)? {
        Some(last) if today > last && facts.settings.refuse_late_decision => no(
            format!("办案期限至{last}，已届满"),
            format!("the time to decide ended on {last}"),
        ),
        _ => Ok(()),
    }
}

/// Whether the last handing over to the police came back undone, or what they decided was annulled.
fn police_declined(case: &CaseFile) -> bool {
    let last = case.course.police.last();
    let answer = last.and_then(|handover| handover.answer.as_ref());
    answer.is_some_and(|answer| !answer.decided || answer.annulled.is_some())
}

fn authority_competent(view: View<'_>) -> Found {
    let View {
        case, facts, today, ..
    } = view;
    if let Some(penalty) = amount::offence(case, facts, today) {
        return match penalty?.authority {
            Authority::Transport => Ok(()),
            Authority::Police => no(
                "该违法行为由公安机关交通管理部门处罚",
                "the police punish this offence",
            ),
        };
    }
    let (Some(mode), Some(table)) = (case.mode, facts.table(today)) else {
        return Ok(());
    };
    // That there is no amount is another condition's to say.
    let Ok(milder) = computed(case, facts, today) else {
        return Ok(());
    };
    let declined = police_declined(case) && facts.settings.fine_when_police_decline;
    let police = amount::verdict(case).and_then(|verdict| verdict.police);
    let range = police.and_then(|police| police.fine_range_yuan);
    let own = Some(milder.chosen().range_yuan());
    match imposable(table, mode, today, own, range, None) {
        Ok(one) if one.by == Some(Authority::Transport) => Ok(()),
        // Nobody fines; a warning of its own is no fine.
        Ok(one) if one.by.is_none() && !fines_of(&one, Authority::Transport) => Ok(()),
        Ok(_) if declined => Ok(()),
        Ok(one) => no(one.text_zh(), one.text_en()),
        Err(AuthorityError::AmountUnknown {
            authority: Authority::Police,
            ..
        }) if declined => Ok(()),
        Err(error) => no(error.zh(), error.to_string()),
    }
}

/// Whether an authority has a fine that is not imposed.
fn fines_of(one: &OneAct, authority: Authority) -> bool {
    let mut others = one.alternatives.iter();
    others.any(|other| other.authority == authority)
}

fn deferral_open(case: &CaseFile) -> bool {
    let mut deferrals = case.course.current_deferrals();
    deferrals.any(|deferral| deferral.answer.is_none())
}

fn not_suspended(case: &CaseFile) -> Found {
    let pending = case.course.pending_remedy();
    let last = pending.and_then(|remedy| remedy.suspensions.last());
    match last.filter(|last| last.suspended) {
        Some(last) => no(
            format!("自{}起停止执行", last.on),
            format!("enforcement is suspended since {}", last.on),
        ),
        None => Ok(()),
    }
}

fn has_vehicle(case: &CaseFile) -> Found {
    match case.subject {
        CaseSubject::Vehicle => Ok(()),
        CaseSubject::Source => no(
            "本案仅涉及货运源头单位，没有车辆，不能办理此步骤",
            "the case is about a loading source alone: this step needs a vehicle",
        ),
    }
}

fn checklist_complete(view: View<'_>) -> Found {
    let entries = checklist(view.case, view.facts, view.today);
    let unmet: Vec<_> = entries.iter().filter(|entry| !entry.met).collect();
    if unmet.is_empty() {
        return Ok(());
    }
    let zh: Vec<&str> = unmet.iter().map(|entry| entry.zh.as_str()).collect();
    let en: Vec<&str> = unmet.iter().map(|entry| entry.en.as_str()).collect();
    no(zh.join("；"), en.join("; "))
}
