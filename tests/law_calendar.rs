//! Working days: the published calendars, what an imported one may say, counting.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;
use steelyard::law::{Calendar, CalendarError, DayKind};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn published() -> &'static Calendar {
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::embedded().unwrap());
    &CALENDAR
}

fn read(lines: &str) -> Result<Calendar, CalendarError> {
    Calendar::parse("c.csv", &format!("date,kind,name\n{lines}"))
}

#[test]
fn published_calendars_hold_the_notices() {
    let calendar = published();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2024, 2025, 2026]);
    // Days off and days worked in exchange, each year, by the notice.
    for (year, holidays, workdays) in [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6)] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let kinds: Vec<DayKind> = first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter_map(|day| calendar.special_day(day))
            .map(|special| special.kind)
            .collect();
        let count = |kind| kinds.iter().filter(|found| **found == kind).count();
        let found = (count(DayKind::Holiday), count(DayKind::Workday));
        assert_eq!(found, (holidays, workdays), "{year}");
    }
    for (text, worked) in [
        // Spring Festival 2024: the eve is worked, the Sundays around it too.
        ("2024-02-04", true),
        ("2024-02-09", true),
        ("2024-02-10", false),
        ("2024-02-17", false),
        ("2024-02-18", true),
        // Spring Festival 2025: from the eve on.
        ("2025-01-26", true),
        ("2025-01-27", true),
        ("2025-01-28", false),
        ("2025-02-04", false),
        ("2025-02-05", true),
        ("2025-02-08", true),
        ("2025-02-09", false),
        // National Day and Mid-Autumn 2025.
        ("2025-09-28", true),
        ("2025-10-01", false),
        ("2025-10-08", false),
        ("2025-10-09", true),
        ("2025-10-11", true),
        // 2026.
        ("2026-01-02", false),
        ("2026-01-04", true),
        ("2026-02-14", true),
        ("2026-02-15", false),
        ("2026-02-23", false),
        ("2026-02-24", true),
        ("2026-02-28", true),
        ("2026-05-09", true),
        ("2026-06-19", false),
        ("2026-09-20", true),
        ("2026-10-10", true),
        ("2026-10-11", false),
    ] {
        assert_eq!(calendar.is_working_day(day(text)), worked, "{text}");
    }
    let special = calendar.special_day(day("2026-02-14")).unwrap();
    assert_eq!(special.name, "春节调休上班");
    assert_eq!(calendar.special_day(day("2026-02-13")), None);
}

#[test]
fn a_year_without_a_calendar_is_monday_to_friday_and_says_so() {
    let calendar = published();
    assert!(!calendar.covers(2023) && calendar.covers(2024) && !calendar.covers(2027));
    // National Day 2027 is a Friday; nobody has announced it here.
    assert!(calendar.is_working_day(day("2027-10-01")));
    assert!(!calendar.is_working_day(day("2027-10-02")));
    assert!(!calendar.is_working_day(day("2027-10-03")));
    let within = calendar.add_working_days(day("2026-12-28"), 3).unwrap();
    assert_eq!(
        (within.day, within.assumed_years),
        (day("2026-12-31"), vec![])
    );
    let across = calendar.add_working_days(day("2026-12-28"), 4).unwrap();
    assert_eq!(across.day, day("2027-01-01"));
    assert_eq!(across.assumed_years, [2027]);
    let back = calendar
        .subtract_working_days(day("2024-01-02"), 1)
        .unwrap();
    assert_eq!(
        (back.day, back.assumed_years),
        (day("2023-12-29"), vec![2023])
    );
    let between = calendar.working_days_between(day("2023-12-28"), day("2027-01-04"));
    assert_eq!(between.assumed_years, [2023, 2027]);
    assert_eq!(Calendar::default().years().count(), 0);
}

#[test]
fn counting_goes_around_the_holidays() {
    let calendar = published();
    // Sunday 29 September 2024 is worked, 1 to 7 October are off, Saturday 12 October is worked.
    for (from, number, to) in [
        ("2024-09-27", 0, "2024-09-27"),
        ("2024-09-27", 1, "2024-09-29"),
        ("2024-09-27", 2, "2024-09-30"),
        ("2024-09-27", 3, "2024-10-08"),
        ("2024-09-27", 7, "2024-10-12"),
        ("2024-09-27", 8, "2024-10-14"),
        ("2026-02-12", 2, "2026-02-14"),
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-02-12", 7, "2026-02-28"),
        ("2026-02-12", 8, "2026-03-02"),
    ] {
        let (from, to) = (day(from), day(to));
        let counted = calendar.add_working_days(from, number).unwrap();
        assert_eq!(counted.day, to, "{from} + {number}");
        assert_eq!(calendar.working_days_between(from, to).count, number);
    }
    assert_eq!(
        calendar
            .working_days_between(day("2024-10-08"), day("2024-10-08"))
            .count,
        0
    );
    assert_eq!(
        calendar
            .working_days_between(day("2024-10-09"), day("2024-10-08"))
            .count,
        0
    );
    let from = |text| calendar.working_day_from(day(text)).unwrap().day;
    assert_eq!(from("2024-09-29"), day("2024-09-29"));
    assert_eq!(from("2024-10-01"), day("2024-10-08"));
    assert_eq!(calendar.add_working_days(NaiveDate::MAX, 1), None);
    assert_eq!(calendar.subtract_working_days(NaiveDate::MIN, 1), None);
    assert_eq!(calendar.working_day_from(NaiveDate::MIN), None);
}

#[test]
fn an_imported_calendar_may_be_written_in_chinese() {
    let text = "\u{feff}# 单位节假日表\n\ndate, kind, name\r\n2027/2/5,放假,\"春节, 除夕\"\r\n2027-2-6,休,春节\n\
                2027-02-07,节假日,春节\n# 调休\n2027-02-14,班,春节\n2027-02-20,上班,春节\n2027-02-21,调休上班,春节\n";
    let calendar = Calendar::parse("own.csv", text).unwrap();
    let kind = |text| calendar.special_day(day(text)).map(|special| special.kind);
    for text in ["2027-02-05", "2027-02-06", "2027-02-07"] {
        assert_eq!(kind(text), Some(DayKind::Holiday), "{text}");
    }
    for text in ["2027-02-14", "2027-02-20", "2027-02-21"] {
        assert_eq!(kind(text), Some(DayKind::Workday), "{text}");
    }
    assert_eq!(
        calendar.special_day(day("2027-02-05")).unwrap().name,
        "春节, 除夕"
    );
    let all = published().clone().merged(calendar).unwrap();
    assert_eq!(all.years().collect::<Vec<_>>(), [2024, 2025, 2026, 2027]);
    assert!(!all.is_working_day(day("2026-10-01")) && !all.is_working_day(day("2027-02-05")));
}

#[test]
fn a_bad_calendar_is_refused_with_line_and_field() {
    let refused = |lines: &str| read(lines).unwrap_err().to_string();
    for (lines, message) in [
        (
            "# nothing",
            "c.csv: no day in it; give a header `date,kind,name` and a line for each day",
        ),
        (
            "2026-01-01,holiday",
            "c.csv, line 2: 2 fields where 3 are due (date, kind, name)",
        ),
        (
            "2026-01-01,holiday,元旦\n\n2026-02-30,holiday,春节",
            "c.csv, line 4, field date: `2026-02-30` is no day of 2000 to 2100 as year-month-day",
        ),
        (
            "1999-12-31,holiday,x",
            "c.csv, line 2, field date: `1999-12-31` is no day of 2000 to 2100 as year-month-day",
        ),
        (
            "2101-01-01,holiday,x",
            "c.csv, line 2, field date: `2101-01-01` is no day of 2000 to 2100 as year-month-day",
        ),
        (
            "# x\n2026-01-01,Holiday,元旦",
            "c.csv, line 3, field kind: `Holiday` is neither holiday (节假日, 放假, 休) nor workday \
             (调休上班, 上班, 班)",
        ),
        (
            "2026-01-05,workday,x",
            "c.csv, line 2, field date: 2026-01-05 is a Mon, which is worked anyway; a shifted \
             workday is a Saturday or Sunday",
        ),
        (
            "2026-01-01,holiday,a\n2026-01-02,holiday,b\n2026-01-01,holiday,c",
            "c.csv, line 4, field date: 2026-01-01 stands on line 2 already",
        ),
        (
            "2026-01-04,workday,a\n2026-01-04,holiday,b",
            "c.csv, line 3, field kind: 2026-01-04 is a holiday here and a workday on line 2",
        ),
    ] {
        assert_eq!(refused(lines), message);
    }
    let header = Calendar::parse("c.csv", "# x\nday,kind,name\n").unwrap_err();
    assert_eq!(
        header.to_string(),
        "c.csv, line 2: the header must be `date,kind,name`, not `day,kind,name`"
    );
    assert!(matches!(
        Calendar::parse("c.csv", ""),
        Err(CalendarError::Empty { .. })
    ));
    assert!(read("2000-01-03,holiday,x\n2100-12-31,holiday,x").is_ok());
}

#[test]
fn december_alone_covers_no_year() {
    // The notice of 2028 may name the last days of 2027.
    let calendar = read("2027-12-31,holiday,元旦\n2028-01-01,holiday,元旦").unwrap();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2028]);
    assert!(!calendar.is_working_day(day("2027-12-31")));
    assert!(read("2027-11-30,holiday,x").unwrap().covers(2027));
}

#[test]
fn calendars_that_disagree_are_not_merged_but_a_newer_may_replace() {
    let one = read("2026-01-01,holiday,a\n2026-01-04,workday,a\n2025-01-01,holiday,a").unwrap();
    let same = read("2026-01-04,workday,b").unwrap();
    let merged = one.clone().merged(same).unwrap();
    assert_eq!(merged.special_day(day("2026-01-04")).unwrap().name, "b");
    let other = read("2026-01-04,holiday,b").unwrap();
    let error = one.clone().merged(other.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2026-01-04 is a workday in one calendar and a holiday in the other; correct one of them"
    );
    let replaced = one.replaced_by(other).unwrap();
    assert!(!replaced.is_working_day(day("2026-01-04")));
    assert!(
        replaced.is_working_day(day("2026-01-01")),
        "not in the newer notice"
    );
    assert!(
        !replaced.is_working_day(day("2025-01-01")),
        "another year stays"
    );
}

#[test]
fn kinds_have_names() {
    for kind in DayKind::ALL {
        assert_eq!(read(&format!("2026-01-03,{},x", kind.name())).unwrap(), {
            read(&format!("2026-01-03,{},x", kind.zh())).unwrap()
        });
    }
    for (name, text) in Calendar::embedded_texts() {
        Calendar::parse(name, text).unwrap();
    }
}

fn some_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..1_500).prop_map(|days| day("2023-06-01").checked_add_days(Days::new(days)).unwrap())
}

proptest! {
    #[test]
    fn adding_is_strictly_monotone_and_ends_on_a_working_day(from in some_day(), number in 0_u32..200) {
        let calendar = published();
        let less = calendar.add_working_days(from, number).unwrap().day;
        let more = calendar.add_working_days(from, number + 1).unwrap().day;
        prop_assert!(less < more);
        prop_assert!(calendar.is_working_day(more));
        prop_assert_eq!(calendar.working_days_between(from, more).count, number + 1);
        prop_assert_eq!(calendar.working_days_between(less, more).count, 1);
    }

    #[test]
    fn back_is_the_inverse_of_forth_from_a_working_day(from in some_day(), number in 0_u32..100) {
        let calendar = published();
        let from = calendar.working_day_from(from).unwrap().day;
        let there = calendar.add_working_days(from, number).unwrap().day;
        prop_assert_eq!(calendar.subtract_working_days(there, number).unwrap().day, from);
    }

    #[test]
    fn counts_add_up(first in some_day(), one in 0_u64..300, other in 0_u64..300) {
        let calendar = published();
        let middle = first.checked_add_days(Days::new(one)).unwrap();
        let last = middle.checked_add_days(Days::new(other)).unwrap();
        let count = |from, to| calendar.working_days_between(from, to).count;
        prop_assert_eq!(count(first, last), count(first, middle) + count(middle, last));
    }

    #[test]
    fn without_holidays_five_days_are_a_week(from in some_day(), weeks in 1_u32..50) {
        let plain = Calendar::default();
        let from = plain.working_day_from(from).unwrap().day;
        prop_assert!(!matches!(from.weekday(), Weekday::Sat | Weekday::Sun));
        let later = plain.add_working_days(from, 5 * weeks).unwrap();
        prop_assert_eq!(later.day, from.checked_add_days(Days::new(7 * u64::from(weeks))).unwrap());
        prop_assert!(!later.assumed_years.is_empty());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(date,kind,name\n)?[-0-9,a-z\"#\n]{0,60}") {
        let _ = Calendar::parse("any", &text);
    }
}
