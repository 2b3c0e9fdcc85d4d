//! Offences beside the mass itself.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use chrono::NaiveDate;
use steelyard::law::{
    AlternativeReason, Authority, Circumstance, ComputedAmount, EnforcementMode, LawTables,
    OffenceError, OffenceKind, OffenceSubject, Sparing, Table, TableError, offence_range,
};
use steelyard::units::Yuan;

static SHANXI_TABLES: LazyLock<LawTables> =
    LazyLock::new(|| LawTables::embedded_for("cn-14").unwrap());
static NATIONAL: LazyLock<LawTables> = LazyLock::new(|| LawTables::embedded().unwrap());

fn national() -> &'static Table {
    &NATIONAL.all()[0]
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn yuan(range: [i64; 2]) -> [Yuan; 2] {
    range.map(Yuan::new)
}

fn shanxi() -> &'static Table {
    SHANXI_TABLES.all().last().unwrap()
}

/// The rows of the Shanxi overlay as those of a national table.
fn shanxi_rows() -> String {
    let overlay = LawTables::embedded_texts()
        .iter()
        .find(|(name, _)| name.starts_with("cn-14-"));
    let rows = overlay
        .unwrap()
        .1
        .split_once("[[replace.offence]]")
        .unwrap()
        .1;
    let rows = rows.split_once(EXAMPLES).unwrap().0;
    format!("[[replace.offence]]{rows}").replace("[[replace.offence]]", "[[offence]]")
}

fn text() -> &'static str {
    LawTables::embedded_texts()[0].1
}

/// What is said of the national table with one place changed.
fn complaint(from: &str, to: &str) -> String {
    assert!(text().contains(from), "{from}");
    let error = LawTables::parse(&[("t", &text().replacen(from, to, 1))]).unwrap_err();
    error.to_string()
}

const EXAMPLES: &str = "# --- worked examples";

/// The national table with more rows before its examples.
fn with(rows: &str) -> Result<LawTables, TableError> {
    let changed = text().replacen(EXAMPLES, &format!("{rows}\n{EXAMPLES}"), 1);
    LawTables::parse(&[("t", &changed)])
}

fn range(table: &Table, kind: OffenceKind, on: &str, serious: bool) -> Option<[i64; 2]> {
    let penalty = offence_range(table, kind, day(on), serious).unwrap();
    penalty.range_yuan.map(|range| range.map(Yuan::get))
}

/// All of a closed list have a distinct JSON name, which is `name()`, and distinct Chinese.
fn closed_list<T: serde::Serialize + Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    zh: fn(T) -> &'static str,
) {
    let mut seen = std::collections::BTreeSet::new();
    for &one in all {
        assert_eq!(serde_json::to_value(one).unwrap(), name(one));
        assert!(!zh(one).is_ascii(), "{}", name(one));
        assert!(
            seen.insert(name(one)) && seen.insert(zh(one)),
            "{}",
            name(one)
        );
    }
}

#[test]
fn closed_lists_have_names() {
    closed_list(&OffenceKind::ALL, OffenceKind::name, OffenceKind::zh);
    closed_list(
        &OffenceSubject::ALL,
        OffenceSubject::name,
        OffenceSubject::zh,
    );
    closed_list(&Authority::ALL, Authority::name, Authority::zh);
    closed_list(
        &EnforcementMode::ALL,
        EnforcementMode::name,
        EnforcementMode::zh,
    );
    closed_list(
        &AlternativeReason::ALL,
        AlternativeReason::name,
        AlternativeReason::zh,
    );
    closed_list(&Circumstance::ALL, Circumstance::name, Circumstance::zh);
    closed_list(&Sparing::ALL, Sparing::name, Sparing::zh);
}

#[test]
fn national_offences_have_their_amounts() {
    use OffenceKind::*;
    for (kind, expected, subject, by) in [
        (
            Instigation,
            [0, 30_000],
            OffenceSubject::Anyone,
            Authority::Transport,
        ),
        (
            Evasion,
            [0, 30_000],
            OffenceSubject::Anyone,
            Authority::Transport,
        ),
        (
            PermitLent,
            [1_000, 5_000],
            OffenceSubject::Anyone,
            Authority::Transport,
        ),
        (
            PermitForged,
            [0, 30_000],
            OffenceSubject::Anyone,
            Authority::Transport,
        ),
        (
            IllegalModification,
            [5_000, 20_000],
            OffenceSubject::Carrier,
            Authority::Transport,
        ),
        (
            DangerousChemicals,
            [50_000, 100_000],
            OffenceSubject::Anyone,
            Authority::Police,
        ),
        (
            PersonInCharge,
            [2_000, 5_000],
            OffenceSubject::PersonInCharge,
            Authority::Police,
        ),
    ] {
        let penalty = offence_range(national(), kind, day("2024-06-01"), false).unwrap();
        assert_eq!(penalty.range_yuan, Some(yuan(expected)), "{kind:?}");
        assert_eq!(
            (penalty.subject, penalty.authority),
            (subject, by),
            "{kind:?}"
        );
        assert_eq!((penalty.sure.as_str(), penalty.serious), ("C", false));
        assert_eq!(penalty.table, national().reference());
        assert!(penalty.article.zh().contains('条') && penalty.article.en().contains("art."));
    }
}

#[test]
fn an_offence_may_have_a_consequence_and_no_fine() {
    let on = day("2024-06-01");
    let held = offence_range(national(), OffenceKind::PermitNotCarried, on, false).unwrap();
    assert_eq!((held.range_yuan, held.sure.as_str()), (None, "C"));
    assert!(held.consequence.as_ref().unwrap().zh().contains("扣留车辆"));
    assert!(
        ComputedAmount::from_offence(&held)
            .unwrap_err()
            .zh()
            .contains("permit_not_carried")
    );
    let deemed = offence_range(national(), OffenceKind::PermitNotMatched, on, false).unwrap();
    assert_eq!((deemed.range_yuan, deemed.sure.as_str()), (None, "C2"));
}

#[test]
fn an_open_amount_is_refused_with_what_to_set() {
    let table = national().id().to_owned();
    for kind in [
        OffenceKind::SourceRelease,
        OffenceKind::PlateShading,
        OffenceKind::Obstruction,
    ] {
        let refused = offence_range(national(), kind, day("2024-06-01"), false).unwrap_err();
        let open = OffenceError::AmountOpen {
            kind,
            table: table.clone(),
        };
        assert_eq!(refused, open);
        assert!(refused.to_string().contains("`yuan`") && refused.zh().contains(kind.zh()));
    }
    // Shanxi's amount for it could not be read either.
    let refused = offence_range(
        shanxi(),
        OffenceKind::SourceRelease,
        day("2024-06-01"),
        false,
    );
    assert!(matches!(refused, Err(OffenceError::AmountOpen { .. })));
    for kind in [
        OffenceKind::SourceDataTampering,
        OffenceKind::LoadingSheetMissing,
    ] {
        let refused = offence_range(national(), kind, day("2024-06-01"), false).unwrap_err();
        assert_eq!(
            refused,
            OffenceError::NotInTable {
                kind,
                table: table.clone()
            }
        );
        assert!(refused.to_string().contains(kind.name()) && refused.zh().contains(kind.zh()));
    }
}

#[test]
fn a_rule_holds_from_its_day() {
    let on = |table, kind, text| offence_range(table, kind, day(text), false);
    let kind = OffenceKind::IllegalModification;
    let refused = on(national(), kind, "2023-07-19").unwrap_err();
    let expected = OffenceError::NotInForce {
        kind,
        day: day("2023-07-19"),
        from: day("2023-07-20"),
    };
    assert_eq!(refused, expected);
    assert!(refused.zh().contains("2023-07-20") && refused.to_string().contains("2023-07-19"));
    assert!(on(national(), kind, "2023-07-20").is_ok());
    let sheet = OffenceKind::LoadingSheetMissing;
    assert!(matches!(
        on(shanxi(), sheet, "2023-02-28"),
        Err(OffenceError::NotInForce { .. })
    ));
    assert!(on(shanxi(), sheet, "2023-03-01").is_ok());
}

#[test]
fn shanxi_adds_the_source_side() {
    let sheet = OffenceKind::LoadingSheetMissing;
    let tampering = OffenceKind::SourceDataTampering;
    assert_eq!(
        range(shanxi(), sheet, "2023-03-01", false),
        Some([500, 1_000])
    );
    assert_eq!(
        range(shanxi(), tampering, "2023-03-01", false),
        Some([5_000, 20_000])
    );
    assert_eq!(
        range(shanxi(), tampering, "2023-03-01", true),
        Some([20_000, 50_000])
    );
    let refused = offence_range(shanxi(), sheet, day("2023-03-01"), true).unwrap_err();
    let table = shanxi().id().to_owned();
    assert_eq!(refused, OffenceError::NoSeriousRange { kind: sheet, table });
    assert!(refused.zh().contains(sheet.zh()));
    let penalty = offence_range(shanxi(), sheet, day("2023-03-01"), false).unwrap();
    assert_eq!(penalty.subject, OffenceSubject::Driver);
    let serious = offence_range(shanxi(), tampering, day("2023-03-01"), true).unwrap();
    assert!(
        serious
            .text_zh()
            .contains("情节严重，处20000元以上50000元以下罚款")
    );
    assert!(serious.text_en().contains("(serious)") && serious.serious);
}

#[test]
fn of_two_rows_the_latest_in_force_counts() {
    let rows = r#"
        [[offence]]
        kind = "instigation"
        valid_from = "2024-01-01"
        subject = "source"
        authority = "transport"
        amount = "range"
        yuan = { value = [10000, 30000], sure = "S" }
        article = { zh = "假定", en = "assumed" }
    "#;
    let table = with(rows).unwrap();
    let on = |text| range(&table.all()[0], OffenceKind::Instigation, text, false);
    assert_eq!(on("2023-12-31"), Some([0, 30_000]));
    assert_eq!(on("2024-01-01"), Some([10_000, 30_000]));
    assert!(
        with(&format!("{rows}{rows}"))
            .unwrap_err()
            .to_string()
            .contains("two rows from the same day")
    );
    // Before any of them, the first day is the one that is named.
    let rows = rows.replace("instigation", "loading_sheet_missing");
    let later = rows.replace("2024-01-01", "2025-01-01");
    for rows in [format!("{rows}{later}"), format!("{later}{rows}")] {
        let table = with(&rows).unwrap();
        let kind = OffenceKind::LoadingSheetMissing;
        let refused = offence_range(&table.all()[0], kind, day("2023-12-31"), false);
        let (on, from) = (day("2023-12-31"), day("2024-01-01"));
        assert_eq!(
            refused.unwrap_err(),
            OffenceError::NotInForce {
                kind,
                day: on,
                from
            }
        );
    }
}

#[test]
fn every_offence_reads_as_a_sentence() {
    for kind in OffenceKind::ALL {
        let Ok(penalty) = offence_range(shanxi(), kind, day("2024-06-01"), false) else {
            continue;
        };
        let (zh, en) = (penalty.text_zh(), penalty.text_en());
        assert!(zh.contains(kind.zh()) && zh.ends_with('。'), "{zh}");
        assert!(
            en.contains(kind.en()) && en.is_ascii() && !en.contains('_'),
            "{en}"
        );
        assert!(
            zh.contains(penalty.subject.zh()) && en.contains(penalty.subject.en()),
            "{en}"
        );
        assert!(zh.contains(penalty.authority.zh()) && en.contains(penalty.authority.en()));
        assert!(!zh.contains("情节严重") && !en.contains("serious"), "{en}");
        let fine = penalty.range_yuan.is_some();
        assert_eq!(
            (zh.contains("不处罚款"), en.contains("without a fine")),
            (!fine, !fine)
        );
        let consequence = penalty.consequence.as_ref();
        assert!(consequence.is_none_or(|text| zh.contains(text.zh()) && en.contains(text.en())));
    }
}

#[test]
fn wrong_offence_rows_are_refused() {
    for (from, to, expected) in [
        (
            "yuan = { value = [1000, 5000]",
            "yuan = { value = [5001, 5000]",
            "no range of yuan",
        ),
        (
            "yuan = { value = [0, 30000]",
            "yuan = { value = [-1, 30000]",
            "no range of yuan",
        ),
        (
            "yuan = { value = [0, 30000]",
            "yuan = { value = [0, 0]",
            "no range of yuan",
        ),
        (
            "[5000, 20000], sure = \"C\"",
            "[5000, 20000], sure = \"D\"",
            "the mark `D`",
        ),
        (
            "yuan = { value = [1000, 5000], sure = \"C\" }\n",
            "",
            "exactly when amount is range",
        ),
        (
            "amount = \"open\"",
            "amount = \"range\"",
            "exactly when amount is range",
        ),
        (
            "amount = \"open\"",
            "amount = \"none\"",
            "needs a consequence and its mark",
        ),
        (
            "sure = \"C2\"\nnote = \"The number",
            "note = \"The number",
            "a consequence and its mark",
        ),
        (
            "sure = \"C2\"\nnote = \"The number",
            "sure = \"?\"\nnote = \"The number",
            "the mark `?`",
        ),
        (
            "consequence = { zh = \"扣留车辆，至出示超限运输车辆通行证为止\", en = \"the vehicle is held until the permit is shown\" }\n",
            "",
            "needs a consequence and its mark",
        ),
        (
            "amount = \"open\"",
            "amount = \"open\"\nserious_yuan = { value = [1, 2], sure = \"C\" }",
            "without an ordinary one",
        ),
        (
            "kind = \"obstruction\"",
            "kind = \"obstructing\"",
            "obstructing",
        ),
    ] {
        let said = complaint(from, to);
        assert!(said.contains(expected), "{from}: {said}");
    }
    for (serious, refused) in [
        ("[4999, 20000]", true),
        ("[5000, 19999]", true),
        ("[5000, 20000]", false),
        ("[5000, 20001]", false),
    ] {
        let rows = shanxi_rows().replacen("[20000, 50000]", serious, 1);
        let result = with(&rows);
        assert_eq!(result.is_err(), refused, "{serious}");
    }
}
