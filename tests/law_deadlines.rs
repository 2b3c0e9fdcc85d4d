//! The clocks of the procedure: worked days on both sides of every threshold.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use steelyard::law::{
    Calendar, Deadline, DeadlineError, DeadlineKind, DeadlineStatus, LawTables, Table, TimeUnit,
    deadline, prescription_expired,
};
use steelyard::units::Micros;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> Micros {
    Micros::from_rfc3339(text).unwrap()
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> =
        LazyLock::new(|| LawTables::embedded().unwrap().all()[0].clone());
    &TABLE
}

fn calendar() -> &'static Calendar {
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::embedded().unwrap());
    &CALENDAR
}

/// The published table with one text in it replaced.
fn changed(old: &str, new: &str) -> Result<Table, String> {
    let (name, text) = LawTables::embedded_texts()[0];
    assert!(text.contains(old), "{old}");
    LawTables::parse(&[(name, &text.replace(old, new))])
        .map(|tables| tables.all()[0].clone())
        .map_err(|error| error.to_string())
}

fn told(kind: DeadlineKind, from: &str) -> Deadline {
    deadline(table(), calendar(), kind, day(from)).unwrap()
}

fn refused(kind: DeadlineKind, from: &str) -> String {
    let error = deadline(table(), calendar(), kind, day(from)).unwrap_err();
    error.to_string()
}

/// Kind, start, last day, rest day it was moved from.
#[test]
fn worked_days() {
    use DeadlineKind::*;
    for (kind, from, last, rolled_from) in [
        // Two and five years; a leap day has no same day; an end on a Sunday stays.
        (Prescription, "2024-06-01", "2026-06-01", None),
        (Prescription, "2024-02-29", "2026-02-28", None),
        (Prescription, "2024-03-01", "2026-03-01", None),
        (PrescriptionSerious, "2023-02-28", "2028-02-28", None),
        (PrescriptionSerious, "2024-02-29", "2029-02-28", None),
        // Working days over National Day 2024 (29 September worked) and Spring Festival 2026
        // (14 and 28 February worked).
        (EvidenceKept, "2024-09-27", "2024-10-12", None),
        (EvidenceKept, "2024-09-28", "2024-10-12", None),
        (EvidenceKept, "2024-09-29", "2024-10-14", None),
        (SimplifiedReport, "2025-01-24", "2025-02-07", None),
        (HearingRequest, "2024-09-27", "2024-10-10", None),
        (HearingRequest, "2024-04-03", "2024-04-11", None),
        (Service, "2025-09-30", "2025-10-16", None),
        (PassOn, "2026-02-12", "2026-02-28", None),
        (PassOn, "2026-02-13", "2026-03-02", None),
        (PublicationWithdrawal, "2025-04-25", "2025-04-29", None),
        (CollectedFineHandIn, "2026-02-13", "2026-02-24", None),
        (CollectedFineToBank, "2026-02-24", "2026-02-26", None),
        (PoliceOffSiteReview, "2026-04-30", "2026-05-11", None),
        (PoliceOffSiteNotice, "2026-04-30", "2026-05-11", None),
        (Reminder, "2025-09-24", "2025-10-14", None),
        // Backwards from a hearing on a Friday after Spring Festival.
        (HearingNotice, "2026-02-27", "2026-02-11", None),
        (HearingNotice, "2026-03-20", "2026-03-11", None),
        // The authority's calendar days stay on a rest day.
        (Decide, "2024-07-08", "2024-10-06", None),
        (VehicleHold, "2024-09-02", "2024-10-02", None),
        (VehicleHoldExtension, "2024-10-02", "2024-11-01", None),
        (SurchargeBeforeEnforcement, "2024-09-01", "2024-10-01", None),
        (CourtApplication, "2024-07-05", "2024-10-05", None),
        (CourtApplication, "2023-11-30", "2024-02-29", None),
        (CourtApplication, "2024-11-30", "2025-02-28", None),
        (CriminalTransferDecision, "2024-09-30", "2024-10-03", None),
        (CriminalFilingDecision, "2024-09-30", "2024-10-03", None),
        (CriminalProperty, "2024-09-30", "2024-10-03", None),
        // The party's calendar days and months move to the next working day.
        (Pay, "2024-09-15", "2024-09-30", None),
        (Pay, "2024-09-16", "2024-10-08", Some("2024-10-01")),
        (Pay, "2024-09-22", "2024-10-08", Some("2024-10-07")),
        (Pay, "2024-09-23", "2024-10-08", None),
        (Pay, "2024-09-14", "2024-09-29", None), // a Sunday that is worked
        (Pay, "2024-09-13", "2024-09-29", Some("2024-09-28")), // moved to it
        (Pay, "2026-01-31", "2026-02-24", Some("2026-02-15")),
        (
            OffSiteAnswer,
            "2024-09-20",
            "2024-10-08",
            Some("2024-10-05"),
        ),
        (
            PoliceOffSiteAnswer,
            "2024-09-05",
            "2024-10-08",
            Some("2024-10-05"),
        ),
        (
            Reconsideration,
            "2024-08-04",
            "2024-10-08",
            Some("2024-10-03"),
        ),
        (Reconsideration, "2024-08-09", "2024-10-08", None),
        (Lawsuit, "2024-04-01", "2024-10-08", Some("2024-10-01")),
        (Lawsuit, "2023-08-31", "2024-02-29", None),
        (Lawsuit, "2024-08-31", "2025-02-28", None),
        (Lawsuit, "2024-08-28", "2025-02-28", None),
        (Lawsuit, "2025-03-31", "2025-09-30", None),
    ] {
        let found = told(kind, from);
        assert_eq!(found.last_day, day(last), "{kind:?} from {from}");
        assert_eq!(
            found.rolled_from,
            rolled_from.map(day),
            "{kind:?} from {from}"
        );
        assert_eq!((found.kind, found.from), (kind, day(from)));
        assert_eq!((found.from_moment, found.last_moment), (None, None));
        assert_eq!(found.before, kind == HearingNotice);
        assert_eq!(
            found.assumed_years,
            Vec::<i32>::new(),
            "{kind:?} from {from}"
        );
    }
}

#[test]
fn hours_run_to_the_microsecond() {
    let from = moment("2026-02-14T15:59:59.999999Z");
    let review = deadline(table(), calendar(), DeadlineKind::OffSiteReview, from).unwrap();
    assert_eq!((review.counted, review.unit), (48, TimeUnit::Hours));
    assert_eq!(
        review.last_moment,
        Some(moment("2026-02-16T15:59:59.999999Z"))
    );
    assert_eq!(
        (review.from, review.last_day),
        (day("2026-02-14"), day("2026-02-16"))
    );
    let later = Micros::new(from.get() + 1);
    let review_later = deadline(table(), calendar(), DeadlineKind::OffSiteReview, later).unwrap();
    assert_eq!(
        (review_later.from, review_later.last_day),
        (day("2026-02-15"), day("2026-02-17"))
    );
    let transfer = deadline(table(), calendar(), DeadlineKind::CriminalTransfer, from).unwrap();
    assert_eq!(
        transfer.last_moment,
        Some(moment("2026-02-15T15:59:59.999999Z"))
    );
    // Its last moment is in time, the next is not, although it is the next day by then.
    let at = |moment: Micros| review.status(moment);
    let last = review.last_moment.unwrap();
    assert_eq!(at(last), DeadlineStatus::DueToday);
    assert_eq!(
        at(Micros::new(last.get() + 1)),
        DeadlineStatus::Expired { days: 1 }
    );
    assert_eq!(at(from), DeadlineStatus::NotDue { days_left: 2 });
    assert_eq!(review.status(day("2026-02-16")), DeadlineStatus::DueToday);
    assert_eq!(
        review.status(day("2026-02-17")),
        DeadlineStatus::Expired { days: 1 }
    );
    // In the middle of a day.
    let noon = deadline(
        table(),
        calendar(),
        DeadlineKind::CriminalTransfer,
        moment("2026-02-14T04:00:00Z"),
    );
    let noon = noon.unwrap();
    assert_eq!(
        noon.status(moment("2026-02-15T04:00:00.000001Z")),
        DeadlineStatus::Expired { days: 0 }
    );
    assert_eq!(
        noon.status(moment("2026-02-15T04:00:00Z")),
        DeadlineStatus::DueToday
    );
    assert_eq!(
        refused(DeadlineKind::OffSiteReview, "2026-02-14"),
        "off_site_review: counted in hours, so it needs the moment it starts, not only 2026-02-14"
    );
}

#[test]
fn a_moment_is_a_day_by_beijing_time_for_clocks_in_days() {
    let from = moment("2024-09-15T16:00:00Z");
    let pay = deadline(table(), calendar(), DeadlineKind::Pay, from).unwrap();
    assert_eq!(pay, told(DeadlineKind::Pay, "2024-09-16"));
    assert_eq!(
        pay.status(moment("2024-10-08T15:59:59.999999Z")),
        DeadlineStatus::DueToday
    );
    assert_eq!(
        pay.status(moment("2024-10-08T16:00:00Z")),
        DeadlineStatus::Expired { days: 1 }
    );
}

#[test]
fn status_on_each_side_of_the_last_day() {
    let pay = told(DeadlineKind::Pay, "2024-09-16");
    for (today, status, zh, en) in [
        (
            "2024-10-06",
            DeadlineStatus::NotDue { days_left: 2 },
            "距届满还有2日",
            "2 days left",
        ),
        (
            "2024-10-07",
            DeadlineStatus::NotDue { days_left: 1 },
            "距届满还有1日",
            "1 day left",
        ),
        (
            "2024-10-08",
            DeadlineStatus::DueToday,
            "今日届满",
            "due today",
        ),
        (
            "2024-10-09",
            DeadlineStatus::Expired { days: 1 },
            "已逾期1日",
            "expired 1 day ago",
        ),
        (
            "2024-11-08",
            DeadlineStatus::Expired { days: 31 },
            "已逾期31日",
            "expired 31 days ago",
        ),
    ] {
        let found = pay.status(day(today));
        assert_eq!(found, status, "{today}");
        assert_eq!(
            (found.text_zh().as_str(), found.text_en().as_str()),
            (zh, en)
        );
    }
    let earlier = DeadlineStatus::Expired { days: 0 };
    assert_eq!(earlier.text_zh(), "已于今日届满");
    assert_eq!(earlier.text_en(), "expired earlier today");
}

#[test]
fn prescription_on_each_side_of_two_years() {
    let expired = |act, found| prescription_expired(table(), calendar(), day(act), day(found));
    assert_eq!(expired("2024-06-01", "2024-06-01"), Ok(false));
    assert_eq!(expired("2024-06-01", "2026-06-01"), Ok(false));
    assert_eq!(expired("2024-06-01", "2026-06-02"), Ok(true));
    assert_eq!(expired("2024-02-29", "2026-02-28"), Ok(false));
    assert_eq!(expired("2024-02-29", "2026-03-01"), Ok(true));
    let error = expired("2024-06-01", "2024-05-31").unwrap_err();
    assert_eq!(
        error.to_string(),
        "found on 2024-05-31, which is before the act on 2024-06-01"
    );
}

#[test]
fn a_day_before_the_figures_is_refused_by_name() {
    assert_eq!(
        refused(DeadlineKind::Decide, "2021-07-14"),
        "decide: the figures hold from 2021-07-15 on, 2021-07-14 is before that"
    );
    assert_eq!(
        told(DeadlineKind::Decide, "2021-07-15").last_day,
        day("2021-10-13")
    );
    // Order 62 named its own days from the beginning.
    assert!(refused(DeadlineKind::PassOn, "2016-09-20").contains("2016-09-21"));
    assert_eq!(told(DeadlineKind::PassOn, "2016-09-21").counted, 7);
    // The law on reconsideration was replaced; the article is that of the day.
    let article = |from| {
        told(DeadlineKind::Reconsideration, from)
            .article
            .en()
            .to_owned()
    };
    assert!(article("2023-12-31").contains("1999"));
    assert!(article("2024-01-01").contains("2023"));
    assert!(refused(DeadlineKind::Reconsideration, "2021-07-14").contains("2021-07-15"));
}

#[test]
fn what_is_open_is_refused_until_it_is_set() {
    assert_eq!(
        refused(DeadlineKind::DecideExtension, "2024-10-01"),
        "table cn-national-2016-09-21 sets no figure for decide_extension (延长后作出处罚决定): add a \
         [[procedure.deadline]] with kind = \"decide_extension\" when the competent authority has \
         named one"
    );
    assert!(matches!(
        deadline(
            table(),
            calendar(),
            DeadlineKind::EquipmentPublication,
            day("2024-10-01")
        ),
        Err(DeadlineError::NotSet { .. })
    ));
    // Set, and counted backwards over a month end.
    let row = "[[procedure.deadline]]\nkind = \"equipment_publication\"\nwhose = \"party\"\nnumber = \
               { value = 15, sure = \"S\" }\nunit = \"calendar_days\"\nbefore = true\narticle = { zh = \
               \"x\", en = \"x\" }\n\n# --- worked examples";
    let table = changed("# --- worked examples", row).unwrap();
    let found = deadline(
        &table,
        calendar(),
        DeadlineKind::EquipmentPublication,
        day("2024-10-16"),
    );
    let found = found.unwrap();
    assert_eq!(
        (found.last_day, found.rolled_from),
        (day("2024-10-01"), None),
        "never moved later"
    );
    assert_eq!(
        found.text_en(),
        "publication of the places of off-site equipment: at least 15 calendar days before the first \
         use of the equipment (2024-10-16), so by 2024-10-01"
    );
}

#[test]
fn a_table_without_procedure_and_absurd_days_are_refused() {
    let (name, text) = LawTables::embedded_texts()[0];
    let (before, rest) = text.split_once("[procedure]").unwrap();
    let (_, after) = rest.split_once("# --- worked examples").unwrap();
    let bare = LawTables::parse(&[(name, &format!("{before}# {after}"))]).unwrap();
    let error = deadline(
        &bare.all()[0],
        calendar(),
        DeadlineKind::Pay,
        day("2024-10-01"),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "table cn-national-2016-09-21 has no figures of the procedure: give it a section [procedure]"
    );
    let on = |year, month, day| {
        let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        deadline(table(), calendar(), DeadlineKind::Lawsuit, day)
    };
    assert!(matches!(
        on(9_001, 1, 1),
        Err(DeadlineError::DayOutOfRange { .. })
    ));
    assert_eq!(on(9_000, 12, 31).unwrap().assumed_years, [9_001]);
    assert!(matches!(
        on(1_899, 12, 31),
        Err(DeadlineError::DayOutOfRange { .. })
    ));
    assert!(matches!(
        on(1_900, 1, 1),
        Err(DeadlineError::NotYetInForce { .. })
    ));
    let moment = Micros::new(i64::MAX);
    let error = deadline(table(), calendar(), DeadlineKind::OffSiteReview, moment);
    assert!(matches!(error, Err(DeadlineError::DayOutOfRange { .. })));
}

#[test]
fn years_without_a_calendar_are_named() {
    let found = told(DeadlineKind::Pay, "2026-12-20");
    assert_eq!(
        (found.last_day, found.assumed_years.as_slice()),
        (day("2027-01-04"), &[2027][..])
    );
    assert!(
        found
            .text_zh()
            .ends_with("（未导入2027年节假日安排，暂按周一至周五为工作日计算）")
    );
    assert!(
        found.text_en().ends_with(
            " (no holiday calendar for 2027: Monday to Friday were taken as working days)"
        )
    );
    let found = deadline(
        table(),
        &Calendar::default(),
        DeadlineKind::PassOn,
        day("2024-12-30"),
    );
    assert_eq!(found.unwrap().assumed_years, [2024, 2025]);
    // Calendar days that do not move ask no calendar.
    let found = deadline(
        table(),
        &Calendar::default(),
        DeadlineKind::Decide,
        day("2024-12-30"),
    );
    assert_eq!(found.unwrap().assumed_years, Vec::<i32>::new());
}

#[test]
fn whether_an_end_moves_is_a_setting() {
    let stay = changed("party = { value = true", "party = { value = false").unwrap();
    let pay = deadline(&stay, calendar(), DeadlineKind::Pay, day("2024-09-16")).unwrap();
    assert_eq!((pay.last_day, pay.rolled_from), (day("2024-10-01"), None));
    let moves = changed("authority = { value = false", "authority = { value = true").unwrap();
    let on = |kind, from| deadline(&moves, calendar(), kind, day(from)).unwrap();
    let decide = on(DeadlineKind::Decide, "2024-07-08");
    assert_eq!(
        (decide.last_day, decide.rolled_from),
        (day("2024-10-08"), Some(day("2024-10-06")))
    );
    let court = on(DeadlineKind::CourtApplication, "2024-07-05");
    assert_eq!(court.last_day, day("2024-10-08"));
    let prescription = on(DeadlineKind::Prescription, "2024-02-29");
    assert_eq!(
        prescription.last_day,
        day("2026-02-28"),
        "a Saturday that is worked"
    );
    assert_eq!(
        on(DeadlineKind::Prescription, "2024-03-01").last_day,
        day("2026-03-02")
    );
    assert_eq!(
        on(DeadlineKind::HearingNotice, "2026-02-27").last_day,
        day("2026-02-11")
    );
}

#[test]
fn bad_figures_are_refused_by_name() {
    let pay = "number = { value = 15, sure = \"C\"";
    let of_pay = |number: &str| changed(pay, number);
    assert!(of_pay("number = { value = 1, sure = \"C\"").is_ok());
    assert!(of_pay("number = { value = 1000, sure = \"C\"").is_ok());
    for number in ["0", "1001"] {
        let error = of_pay(&format!("number = {{ value = {number}, sure = \"C\"")).unwrap_err();
        assert!(
            error.contains("procedure.deadline pay: ") && error.contains("outside 1..=1000"),
            "{error}"
        );
    }
    let error = of_pay("number = { value = 15, sure = \"sure\"").unwrap_err();
    assert!(
        error.contains("procedure.deadline pay: the mark `sure`"),
        "{error}"
    );
    let error = changed("kind = \"prescription_serious\"", "kind = \"prescription\"").unwrap_err();
    assert!(
        error.contains("procedure.deadline prescription: two figures from 2021-07-15 on"),
        "{error}"
    );
    let error = changed(
        "unit = \"working_days\"\nbefore",
        "unit = \"months\"\nbefore",
    )
    .unwrap_err();
    assert!(
        error.contains("procedure.deadline hearing_notice: months cannot be counted backwards"),
        "{error}"
    );
    assert!(
        changed(
            "unit = \"working_days\"\nbefore",
            "unit = \"calendar_days\"\nbefore"
        )
        .is_ok()
    );
    for (figure, name) in [
        (
            "per_day_basis_points = { value = 300, sure = \"C\"",
            "per_day_basis_points",
        ),
        (
            "cap_basis_points = { value = 10000, sure = \"C\"",
            "cap_basis_points",
        ),
    ] {
        let with = |value: &str, mark: &str| {
            changed(
                figure,
                &format!("{name} = {{ value = {value}, sure = \"{mark}\""),
            )
        };
        assert!(with("1", "C").is_ok() && with("10000", "R 80").is_ok());
        let error = with("0", "C").unwrap_err();
        assert!(error.contains("0 is outside 1..=10000"), "{error}");
        for (value, mark) in [("0", "C"), ("10001", "C"), ("300", "X")] {
            let error = with(value, mark).unwrap_err();
            assert!(
                error.contains(&format!("procedure.surcharge.{name}: ")),
                "{error}"
            );
        }
    }
    for side in ["party", "authority"] {
        let value = side == "party";
        let old = format!("{side} = {{ value = {value}, sure = \"S\"");
        let error = changed(&old, &old.replace("\"S\"", "\"T\"")).unwrap_err();
        assert!(
            error.contains(&format!("procedure.rolls_to_working_day.{side}: ")),
            "{error}"
        );
    }
    assert!(changed("whose = \"party\"", "whose = \"court\"").is_err());
    assert!(changed("kind = \"pay\"", "kind = \"pays\"").is_err());
    assert!(changed("unit = \"months\"", "unit = \"months\"\nrolls = true").is_err());
}

#[test]
fn sentences_are_whole_and_carry_the_numbers() {
    let pay = told(DeadlineKind::Pay, "2024-09-16");
    assert_eq!(
        pay.text_zh(),
        "缴纳罚款：自收到处罚决定书之日（2024年9月16日）的次日起算15日，2024年10月1日为休息日，顺延至\
         2024年10月8日止"
    );
    assert_eq!(
        pay.text_en(),
        "payment of the fine: 15 calendar days from the day after the receipt of the decision \
         (2024-09-16), until 2024-10-08, moved from 2024-10-01, a rest day"
    );
    let hearing = told(DeadlineKind::HearingRequest, "2024-09-27");
    assert_eq!(
        hearing.text_zh(),
        "当事人要求听证：自行政机关告知之日（2024年9月27日）的次日起算5个工作日，至2024年10月10日止"
    );
    assert_eq!(
        hearing.text_en(),
        "request for a hearing: 5 working days from the day after the notice of the right to a \
         hearing (2024-09-27), until 2024-10-10"
    );
    let notice = told(DeadlineKind::HearingNotice, "2026-02-27");
    assert_eq!(
        notice.text_zh(),
        "通知听证的时间、地点：不迟于举行听证之日（2026年2月27日）前第7个工作日，即2026年2月11日"
    );
    let from = moment("2026-02-14T00:30:00.000001Z");
    let review = deadline(table(), calendar(), DeadlineKind::OffSiteReview, from).unwrap();
    assert_eq!(
        review.text_zh(),
        "审核非现场记录：自记录形成（北京时间2026-02-14 08:30:00.000001）起48小时，至北京时间\
         2026-02-16 08:30:00.000001止"
    );
    assert_eq!(
        review.text_en(),
        "review of an off-site record: 48 hours from the recording (2026-02-14 08:30:00.000001 \
         Beijing time), until 2026-02-16 08:30:00.000001 Beijing time"
    );
}

#[test]
fn names_are_closed_and_distinct() {
    let kinds = DeadlineKind::ALL.into_iter();
    let words: [BTreeSet<&str>; 3] = [
        kinds.clone().map(DeadlineKind::name).collect(),
        kinds.clone().map(DeadlineKind::zh).collect(),
        kinds.clone().map(DeadlineKind::en).collect(),
    ];
    assert_eq!(words.map(|texts| texts.len()), [31; 3], "no two alike");
    for kind in kinds {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        assert!(!kind.zh().is_ascii() && kind.en().is_ascii());
        assert!(
            !kind.start_zh().is_ascii() && kind.start_en().is_ascii(),
            "{kind:?}"
        );
    }
    for unit in TimeUnit::ALL {
        assert_eq!(serde_json::to_value(unit).unwrap(), unit.name());
        assert!(!unit.zh().is_ascii() && unit.en().ends_with('s'));
    }
    let pay = told(DeadlineKind::Pay, "2024-09-16");
    let json = serde_json::to_string(&pay).unwrap();
    assert!(json.contains("\"rolled_from\":\"2024-10-01\"") && json.contains("\"article_en\""));
    assert_eq!(serde_json::from_str::<Deadline>(&json).unwrap(), pay);
}

/// Every clock in days that the table has.
fn some_kind() -> impl Strategy<Value = DeadlineKind> {
    let told =
        |kind: &DeadlineKind| deadline(table(), calendar(), *kind, day("2024-10-01")).is_ok();
    let kinds: Vec<DeadlineKind> = DeadlineKind::ALL.into_iter().filter(told).collect();
    assert_eq!(kinds.len(), 27);
    prop::sample::select(kinds)
}

proptest! {
    #[test]
    fn clocks_keep_their_laws(kind in some_kind(), after in 0_u64..900) {
        let (table, calendar) = (table(), calendar());
        let from = day("2024-01-01").checked_add_days(Days::new(after)).unwrap();
        let found = deadline(table, calendar, kind, from).unwrap();
        let next = deadline(table, calendar, kind, from.succ_opt().unwrap()).unwrap();
        prop_assert!(found.last_day <= next.last_day, "a later start never ends earlier");
        prop_assert_eq!(found.last_day < from, found.before);
        prop_assert_eq!(found.status(found.last_day), DeadlineStatus::DueToday);
        let day_after = found.last_day.succ_opt().unwrap();
        prop_assert_eq!(found.status(day_after), DeadlineStatus::Expired { days: 1 });
        let day_before = found.last_day.pred_opt().unwrap();
        prop_assert_eq!(found.status(day_before), DeadlineStatus::NotDue { days_left: 1 });
        match found.unit {
            TimeUnit::WorkingDays => {
                prop_assert!(calendar.is_working_day(found.last_day));
                let (first, last) = (from.min(found.last_day), from.max(found.last_day));
                let between = calendar.working_days_between(first, last).count;
                // Backwards, the last day is counted and the start is not.
                let start = u32::from(found.before && calendar.is_working_day(from));
                prop_assert_eq!(between + u32::from(found.before), found.counted + start);
            }
            TimeUnit::CalendarDays => {
                let end = from.checked_add_days(Days::new(found.counted.into())).unwrap();
                prop_assert_eq!(found.rolled_from.unwrap_or(found.last_day), end);
            }
            _ => {}
        }
        if let Some(rest) = found.rolled_from {
            prop_assert!(rest < found.last_day && !calendar.is_working_day(rest));
            prop_assert!(calendar.is_working_day(found.last_day));
            prop_assert_eq!(calendar.working_days_between(rest, found.last_day).count, 1);
        }
    }
}
