//! The surcharge on a fine paid late: 3 % a day, never more than the fine.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use steelyard::law::{
    LatePayment, LawTables, NotCounted, NotCountedReason, Surcharge, SurchargeError, Table,
    surcharge, whole_fen_down,
};
use steelyard::units::Yuan;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> =
        LazyLock::new(|| LawTables::embedded().unwrap().all()[0].clone());
    &TABLE
}

/// The published table with one text in it replaced.
fn table_with(old: &str, new: &str) -> Table {
    let (name, text) = LawTables::embedded_texts()[0];
    assert!(text.contains(old), "{old}");
    LawTables::parse(&[(name, &text.replace(old, new))])
        .unwrap()
        .all()[0]
        .clone()
}

/// Paid late, the last day to pay being 2024-09-30.
fn late(fine: i64, until: &str) -> LatePayment {
    LatePayment {
        fine: Yuan::new(fine),
        last_day_to_pay: day("2024-09-30"),
        until: day(until),
        not_counted: Vec::new(),
    }
}

fn span(first: &str, last: Option<&str>, reason: NotCountedReason) -> NotCounted {
    NotCounted {
        first: day(first),
        last: last.map(day),
        reason,
    }
}

fn told(late: &LatePayment) -> Surcharge {
    surcharge(table(), late).unwrap()
}

#[test]
fn three_per_cent_a_day_up_to_the_fine() {
    for (until, days, amount, capped) in [
        ("2024-09-20", 0, "0.00", false),
        ("2024-09-30", 0, "0.00", false),
        ("2024-10-01", 1, "105.00", false),
        ("2024-10-02", 2, "210.00", false),
        ("2024-11-02", 33, "3465.00", false),
        ("2024-11-03", 34, "3500.00", true),
        ("2025-11-03", 399, "3500.00", true),
    ] {
        let found = told(&late(3_500, until));
        let (counted, text) = (found.days_counted, found.amount_text());
        assert_eq!(
            (counted, text.as_str(), found.capped),
            (days, amount, capped),
            "{until}"
        );
        assert_eq!((found.days_late, found.days_not_counted), (days, 0));
        assert_eq!(found.cap_reached_on, Some(day("2024-11-03")));
        assert!(found.article.zh().contains("第七十二条"));
    }
}

#[test]
fn a_cap_that_is_met_exactly_is_reached() {
    // 2.5 % a day: the fortieth day makes the whole fine.
    let table = table_with(
        "per_day_basis_points = { value = 300",
        "per_day_basis_points = { value = 250",
    );
    let on = |until| surcharge(&table, &late(100, until)).unwrap();
    let before = on("2024-11-08");
    assert_eq!(
        (before.days_counted, before.amount_fen, before.capped),
        (39, 9_750, false)
    );
    let met = on("2024-11-09");
    assert_eq!(
        (met.days_counted, met.amount_fen, met.capped),
        (40, 10_000, true)
    );
    assert_eq!(met.cap_reached_on, Some(day("2024-11-09")));
    // 3.03 % a day: after 33 days a hundredth of a per cent is missing.
    let table = table_with(
        "per_day_basis_points = { value = 300",
        "per_day_basis_points = { value = 303",
    );
    let before = surcharge(&table, &late(100, "2024-11-02")).unwrap();
    assert_eq!((before.amount_fen, before.capped), (9_999, false));
    assert_eq!(before.cap_reached_on, Some(day("2024-11-03")));
    // A cap below the fine.
    let table = table_with(
        "cap_basis_points = { value = 10000",
        "cap_basis_points = { value = 600",
    );
    let capped = surcharge(&table, &late(100, "2024-10-03")).unwrap();
    assert_eq!(
        (capped.amount_fen, capped.cap_reached_on),
        (600, Some(day("2024-10-02")))
    );
}

#[test]
fn parts_of_a_fen_are_dropped_once() {
    assert_eq!(whole_fen_down(Yuan::new(3_500), 300), 10_500);
    assert_eq!(whole_fen_down(Yuan::new(1), 300), 3);
    assert_eq!(whole_fen_down(Yuan::new(1), 99), 0);
    assert_eq!(whole_fen_down(Yuan::new(1), 100), 1);
    assert_eq!(whole_fen_down(Yuan::new(1), 199), 1);
    assert_eq!(whole_fen_down(Yuan::new(i64::MAX), i64::MAX), i64::MAX);
    assert_eq!(whole_fen_down(Yuan::new(i64::MIN), i64::MAX), i64::MIN);
    // 0.5 fen a day: two days make one fen, not none twice.
    let table = table_with(
        "per_day_basis_points = { value = 300",
        "per_day_basis_points = { value = 50",
    );
    let on = |until| surcharge(&table, &late(1, until)).unwrap().amount_fen;
    assert_eq!(
        [on("2024-10-01"), on("2024-10-02"), on("2024-10-03")],
        [0, 1, 1]
    );
}

#[test]
fn days_of_review_lawsuit_and_deferral_are_not_counted() {
    let mut late = late(3_500, "2024-10-10");
    late.not_counted = vec![
        span("2024-10-08", Some("2024-10-09"), NotCountedReason::Lawsuit),
        span(
            "2024-10-03",
            Some("2024-10-05"),
            NotCountedReason::Reconsideration,
        ),
        span("2024-10-05", Some("2024-10-05"), NotCountedReason::Lawsuit),
    ];
    let found = told(&late);
    assert_eq!(
        (found.days_late, found.days_not_counted, found.days_counted),
        (10, 5, 5)
    );
    assert_eq!(found.amount_fen, 5 * 10_500);
    assert_eq!(
        found.reasons,
        [NotCountedReason::Reconsideration, NotCountedReason::Lawsuit]
    );
    assert_eq!(
        found.cap_reached_on,
        Some(day("2024-11-08")),
        "five days later"
    );
    // A span before the delay, and one after the day asked about.
    late.not_counted = vec![
        span("2024-08-01", Some("2024-09-30"), NotCountedReason::Deferral),
        span("2024-10-11", Some("2024-10-20"), NotCountedReason::Deferral),
    ];
    let found = told(&late);
    assert_eq!((found.days_not_counted, found.reasons.len()), (0, 0));
    assert_eq!(found.cap_reached_on, Some(day("2024-11-13")));
    // The first and the last day of delay.
    late.not_counted = vec![span(
        "2024-09-01",
        Some("2024-10-01"),
        NotCountedReason::Deferral,
    )];
    assert_eq!(told(&late).days_counted, 9);
    late.not_counted = vec![span(
        "2024-10-10",
        Some("2024-12-01"),
        NotCountedReason::Deferral,
    )];
    assert_eq!(told(&late).days_counted, 9);
}

#[test]
fn a_span_that_goes_on_keeps_the_cap_off() {
    let mut late = late(3_500, "2024-12-31");
    late.not_counted = vec![
        span(
            "2024-11-20",
            Some("2024-11-30"),
            NotCountedReason::Reconsideration,
        ),
        span("2024-11-03", None, NotCountedReason::Lawsuit),
    ];
    let found = told(&late);
    assert_eq!(
        (found.days_counted, found.capped, found.cap_reached_on),
        (33, false, None)
    );
    assert_eq!(found.amount_text(), "3465.00");
    // A day later the cap is reached first.
    late.not_counted[1].first = day("2024-11-04");
    let found = told(&late);
    assert_eq!((found.days_counted, found.capped), (34, true));
    assert_eq!(found.cap_reached_on, Some(day("2024-11-03")));
    // A span that begins within one that goes on.
    late.not_counted = vec![
        span("2024-10-01", None, NotCountedReason::Lawsuit),
        span("2024-10-02", Some("2024-10-03"), NotCountedReason::Deferral),
    ];
    assert_eq!(
        (told(&late).days_counted, told(&late).cap_reached_on),
        (0, None)
    );
}

#[test]
fn nonsense_is_refused() {
    let refused = |late: &LatePayment| surcharge(table(), late).unwrap_err().to_string();
    assert_eq!(
        refused(&late(0, "2024-10-01")),
        "a fine of 0 yuan: it must be 1 to 1000000000"
    );
    assert!(surcharge(table(), &late(1, "2024-10-01")).is_ok());
    assert!(surcharge(table(), &late(1_000_000_000, "2024-10-01")).is_ok());
    assert!(surcharge(table(), &late(1_000_000_001, "2024-10-01")).is_err());
    let mut early = late(100, "2024-10-01");
    early.last_day_to_pay = day("2021-07-13");
    assert_eq!(
        refused(&early),
        "surcharge: the figures hold from 2021-07-15 on, 2021-07-14 is before that"
    );
    early.last_day_to_pay = day("2021-07-14");
    assert!(surcharge(table(), &early).is_ok());
    let mut upside_down = late(100, "2024-10-01");
    upside_down.not_counted = vec![span(
        "2024-10-05",
        Some("2024-10-04"),
        NotCountedReason::Lawsuit,
    )];
    assert_eq!(
        refused(&upside_down),
        "the days not counted end on 2024-10-04, before they begin on 2024-10-05"
    );
    upside_down.not_counted = vec![span(
        "2024-10-05",
        Some("2024-10-05"),
        NotCountedReason::Lawsuit,
    )];
    assert!(surcharge(table(), &upside_down).is_ok());
    let mut far = late(100, "2024-10-01");
    far.until = NaiveDate::from_ymd_opt(9_001, 1, 1).unwrap();
    assert_eq!(
        refused(&far),
        "9001-01-01 is outside of the years 1900 to 9000"
    );
    far.until = NaiveDate::from_ymd_opt(9_000, 12, 31).unwrap();
    let mut old = far.clone();
    old.last_day_to_pay = day("1899-12-31");
    assert!(refused(&old).starts_with("1899-12-31 is outside"));
    old.last_day_to_pay = day("1900-01-01");
    assert!(refused(&old).starts_with("surcharge: the figures hold from"));
    assert!(told(&far).capped);
    far.not_counted = vec![span("2024-10-05", None, NotCountedReason::Lawsuit)];
    far.not_counted[0].first = NaiveDate::MAX;
    assert!(matches!(
        surcharge(table(), &far),
        Err(SurchargeError::DayOutOfRange { .. })
    ));
    far.not_counted[0] = span("2024-10-05", Some("2024-10-06"), NotCountedReason::Lawsuit);
    far.not_counted[0].last = Some(NaiveDate::MAX);
    assert!(matches!(
        surcharge(table(), &far),
        Err(SurchargeError::DayOutOfRange { .. })
    ));
    let (name, text) = LawTables::embedded_texts()[0];
    let bare = without_procedure(text);
    let tables = LawTables::parse(&[(name, &bare)]).unwrap();
    let error = surcharge(&tables.all()[0], &late(100, "2024-10-01")).unwrap_err();
    assert!(matches!(error, SurchargeError::NoProcedure { .. }));
}

fn without_procedure(text: &str) -> String {
    let (before, rest) = text.split_once("[procedure]").unwrap();
    let (_, after) = rest.split_once("# --- worked examples").unwrap();
    format!("{before}# {after}")
}

#[test]
fn sentences_carry_the_numbers() {
    let mut late = late(3_500, "2024-10-10");
    let found = told(&late);
    assert_eq!(
        found.text_zh(),
        "罚款3500元，缴纳期限至2024年9月30日，计至2024年10月10日逾期10日，计10日，每日加处3%：\
         加处罚款1050.00元，照此至2024年11月3日达到上限"
    );
    assert_eq!(
        found.text_en(),
        "fine of 3500 yuan, to be paid by 2024-09-30, 10 days late on 2024-10-10: 10 days at 3 % a \
         day, a surcharge of 1050.00 yuan; it would reach its cap on 2024-11-03"
    );
    late.until = day("2024-12-31");
    late.not_counted = vec![
        span(
            "2024-10-03",
            Some("2024-10-05"),
            NotCountedReason::Reconsideration,
        ),
        span("2024-10-08", Some("2024-10-08"), NotCountedReason::Lawsuit),
    ];
    let found = told(&late);
    assert_eq!(
        found.text_zh(),
        "罚款3500元，缴纳期限至2024年9月30日，计至2024年12月31日逾期92日，其中4日因行政复议、行政诉讼\
         不予计算，计88日，每日加处3%：加处罚款3500.00元，已于2024年11月7日达到上限（罚款数额的100%），\
         不再增加"
    );
    assert_eq!(
        found.text_en(),
        "fine of 3500 yuan, to be paid by 2024-09-30, 92 days late on 2024-12-31, 4 of them not \
         counted (reconsideration, lawsuit): 88 days at 3 % a day, a surcharge of 3500.00 yuan; the \
         cap of 100 % of the fine was reached on 2024-11-07, it grows no more"
    );
    late.not_counted = vec![span("2024-10-02", None, NotCountedReason::Deferral)];
    let found = told(&late);
    assert!(
        found
            .text_zh()
            .ends_with("批准延期、分期缴纳不予计算，计1日，每日加处3%：加处罚款105.00元")
    );
    assert!(found.text_en().ends_with("a surcharge of 105.00 yuan"));
    for reason in NotCountedReason::ALL {
        let json = serde_json::to_value(reason).unwrap();
        assert_eq!(json, reason.name());
    }
}

fn some_spans() -> impl Strategy<Value = Vec<NotCounted>> {
    let span = (0_u64..80, prop::option::weighted(0.9, 0_u64..30)).prop_map(|(first, length)| {
        let first = day("2024-09-10")
            .checked_add_days(Days::new(first))
            .unwrap();
        NotCounted {
            first,
            last: length.map(|length| first.checked_add_days(Days::new(length)).unwrap()),
            reason: NotCountedReason::Lawsuit,
        }
    });
    prop::collection::vec(span, 0..5)
}

proptest! {
    /// Against a count day by day.
    #[test]
    fn agrees_with_counting_each_day(fine in 1_i64..30_001, days in 0_u64..150, spans in some_spans()) {
        let mut late = late(fine, "2024-09-30");
        late.until = late.last_day_to_pay.checked_add_days(Days::new(days)).unwrap();
        late.not_counted = spans;
        let found = told(&late);
        let out = |day: NaiveDate| {
            late.not_counted.iter().any(|span| span.first <= day && span.last.is_none_or(|last| day <= last))
        };
        let delay: Vec<NaiveDate> = late.last_day_to_pay.iter_days().skip(1).take(400).collect();
        let counted: BTreeSet<NaiveDate> = delay.iter().copied().filter(|day| !out(*day)).collect();
        let so_far = counted.iter().filter(|day| **day <= late.until).count();
        prop_assert_eq!(found.days_counted, i64::try_from(so_far).unwrap());
        prop_assert_eq!(found.days_late, i64::try_from(days).unwrap());
        prop_assert_eq!(found.days_late, found.days_counted + found.days_not_counted);
        prop_assert_eq!(found.amount_fen, (3 * fine * found.days_counted).min(100 * fine));
        prop_assert_eq!(found.cap_reached_on, counted.iter().nth(33).copied());
        prop_assert_eq!(found.capped, found.amount_fen == 100 * fine);
        prop_assert_eq!(found.reasons.is_empty(), found.days_not_counted == 0);
    }

    #[test]
    fn never_falls_with_time_and_never_exceeds_the_fine(fine in 1_i64..30_001, days in 0_u64..150, spans in some_spans()) {
        let mut late = late(fine, "2024-09-30");
        late.not_counted = spans;
        late.until = late.last_day_to_pay.checked_add_days(Days::new(days)).unwrap();
        let before = told(&late).amount_fen;
        late.until = late.until.succ_opt().unwrap();
        let after = told(&late).amount_fen;
        prop_assert!(before <= after && after - before <= 3 * fine && after <= 100 * fine);
        late.not_counted.clear();
        prop_assert!(after <= told(&late).amount_fen);
    }
}
