//! The local discretion standard, and what art. 33 spares.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use chrono::NaiveDate;
use steelyard::law::{
    Circumstance, ComputedAmount, DiscretionError, LawTables, Sparing, Table, TableError,
    TransportKind, discretion_range, sparing,
};
use steelyard::units::{Kilograms, Yuan};

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

/// Made up: no standard of the province was at hand.
const STANDARD: &str = r#"
[discretion]
valid_from = "2025-01-01"
valid_to = "2025-12-31"
measure = "overage_kg"
border_is = "above"

[[discretion.band]]
border = 5000
share_basis_points = { value = [2000, 5000], sure = "S" }
article = { zh = "假定一档", en = "assumed band 1" }

[[discretion.band]]
border = 5000
when = ["first_time", "slight_harm"]
share_basis_points = { value = [1000, 1000], sure = "S" }
article = { zh = "假定一档初次", en = "assumed band 1, first time" }

[[discretion.band]]
border = 10000
yuan = { value = [4000, 9000], sure = "S" }
article = { zh = "假定二档", en = "assumed band 2" }
"#;

fn computed(range: [i64; 2]) -> ComputedAmount {
    let most = Yuan::new(range[1]);
    let kind = if range[1] > 0 {
        TransportKind::Fine
    } else {
        TransportKind::Warning
    };
    ComputedAmount::new(national().reference(), kind, yuan(range), most).unwrap()
}

fn standard(table: &Table, range: [i64; 2], over: i64, found: &[Circumstance]) -> [i64; 2] {
    let (over, limit) = (Kilograms::new(over), Kilograms::new(49_000));
    let amount = computed(range);
    let made = discretion_range(table, &amount, over, limit, found, day("2025-06-01")).unwrap();
    assert_eq!(made.computed_range_yuan, amount.range_yuan());
    made.range_yuan.map(Yuan::get)
}

#[test]
fn without_a_standard_there_is_no_guess() {
    let (over, limit) = (Kilograms::new(6_000), Kilograms::new(49_000));
    let amount = computed([3_000, 3_000]);
    let refused =
        discretion_range(national(), &amount, over, limit, &[], day("2025-06-01")).unwrap_err();
    let table = national().id().to_owned();
    assert_eq!(refused, DiscretionError::NotSet { table });
    assert!(refused.to_string().contains("[discretion]") && refused.zh().contains("裁量基准"));
}

#[test]
fn bands_of_a_standard_apply_above_their_border() {
    let tables = with(STANDARD).unwrap();
    let of = |range, over, found: &[_]| standard(&tables.all()[0], range, over, found);
    assert_eq!(
        of([2_500, 2_500], 5_000, &[]),
        [2_500, 2_500],
        "below the first band"
    );
    assert_eq!(of([2_500, 2_500], 5_001, &[]), [500, 1_250]);
    assert_eq!(of([5_000, 5_000], 10_000, &[]), [1_000, 2_500]);
    assert_eq!(of([10_000, 10_000], 10_001, &[]), [4_000, 9_000]);
    // Never above what the law allows for the act; shares round down; a warning stays one.
    assert_eq!(of([5_000, 5_000], 10_001, &[]), [4_000, 5_000]);
    assert_eq!(of([3_999, 3_999], 6_000, &[]), [799, 1_999]);
    assert_eq!(of([0, 0], 10_001, &[]), [0, 0]);
    assert_eq!(of([200, 500], 6_000, &[]), [40, 250]);
}

#[test]
fn a_band_for_circumstances_needs_all_of_them() {
    use Circumstance::*;
    let tables = with(STANDARD).unwrap();
    let of = |found: &[_]| standard(&tables.all()[0], [3_000, 3_000], 6_000, found);
    assert_eq!(of(&[FirstTime]), [600, 1_500]);
    assert_eq!(of(&[FirstTime, SlightHarm]), [300, 300]);
    assert_eq!(
        of(&[NoHarm, FirstTime]),
        [300, 300],
        "no harm is slight harm too"
    );
    assert_eq!(of(&[Minor, FirstTime]), [600, 1_500]);
    // The highest border reached counts, also where it knows no circumstances.
    let high = standard(
        &tables.all()[0],
        [6_000, 6_000],
        12_000,
        &[FirstTime, SlightHarm],
    );
    assert_eq!(high, [4_000, 6_000]);
}

#[test]
fn a_standard_may_go_by_share_and_begin_at_its_border() {
    let by_share = STANDARD
        .replace("overage_kg", "overage_basis_points")
        .replace("border = 10000", "border = 8000");
    let above = with(&by_share).unwrap();
    let from = with(&by_share.replace("\"above\"", "\"from\"")).unwrap();
    let of = |tables: &LawTables, over| standard(&tables.all()[0], [10_000, 10_000], over, &[]);
    // 50 % of 49 t is 24.5 t.
    assert_eq!(of(&above, 24_500), [10_000, 10_000]);
    assert_eq!(of(&above, 24_501), [2_000, 5_000]);
    assert_eq!(of(&from, 24_499), [10_000, 10_000]);
    assert_eq!(of(&from, 24_500), [2_000, 5_000]);
    assert_eq!(of(&from, 39_200), [4_000, 9_000]);
}

#[test]
fn a_standard_holds_on_its_days_and_for_an_overage() {
    let tables = with(STANDARD).unwrap();
    let of = |over, limit, on| {
        let (over, limit) = (Kilograms::new(over), Kilograms::new(limit));
        discretion_range(
            &tables.all()[0],
            &computed([500, 500]),
            over,
            limit,
            &[],
            day(on),
        )
    };
    for (on, holds) in [
        ("2024-12-31", false),
        ("2025-01-01", true),
        ("2025-12-31", true),
        ("2026-01-01", false),
    ] {
        assert_eq!(of(6_000, 49_000, on).is_ok(), holds, "{on}");
    }
    let late = of(6_000, 49_000, "2026-01-01").unwrap_err();
    assert!(late.to_string().contains("2026-01-01") && late.zh().contains("2026-01-01"));
    for (over, limit, fits) in [
        (-1, 49_000, false),
        (0, 49_000, false),
        (1, 1, true),
        (1, 0, false),
        (1, -1, false),
    ] {
        let result = of(over, limit, "2025-06-01");
        assert_eq!(result.is_ok(), fits);
        assert!(
            fits || result
                .unwrap_err()
                .zh()
                .contains(&format!("限值{limit}千克"))
        );
    }
}

#[test]
fn a_discretion_reads_as_a_sentence() {
    use Circumstance::*;
    let tables = with(STANDARD).unwrap();
    let of = |over, found: &[_]| {
        let (over, limit) = (Kilograms::new(over), Kilograms::new(49_000));
        let amount = computed([3_000, 3_000]);
        let day = day("2025-06-01");
        discretion_range(&tables.all()[0], &amount, over, limit, found, day).unwrap()
    };
    let banded = of(6_000, &[FirstTime, SlightHarm]);
    let zh = "计算数额3000元，初次违法、危害后果轻微，按裁量基准为300元（假定一档初次）。";
    assert_eq!(banded.text_zh(), zh);
    assert!(banded.text_en().contains("(first time, slight harm)"));
    assert!(
        of(6_000, &[])
            .text_zh()
            .contains("600元以上1500元以下（假定一档）")
    );
    assert!(
        of(6_000, &[])
            .text_en()
            .starts_with("Computed 3000 yuan; by the discretion")
    );
    assert!(of(100, &[]).text_zh().contains("没有相应档次"));
    assert!(of(100, &[]).text_en().contains("no band"));
}

#[test]
fn wrong_standards_are_refused() {
    for (from, to, expected) in [
        (
            "valid_to = \"2025-12-31\"",
            "valid_to = \"2024-12-31\"",
            "before valid_from",
        ),
        ("border = 10000", "border = 4999", "not ascending"),
        (
            "when = [\"first_time\", \"slight_harm\"]\n",
            "",
            "exactly one band of a border",
        ),
        (
            "border = 10000",
            "border = 10000\nwhen = [\"minor\"]",
            "exactly one band of a border",
        ),
        (
            "yuan = { value = [4000, 9000], sure = \"S\" }\n",
            "",
            "either share_basis_points or",
        ),
        (
            "yuan = {",
            "share_basis_points = { value = [1, 2], sure = \"S\" }\nyuan = {",
            "either share_basis_points or yuan",
        ),
        ("[4000, 9000]", "[9001, 9000]", "negative or upside down"),
        ("[2000, 5000]", "[2000, 10001]", "above 10000 basis points"),
        (
            "[4000, 9000], sure = \"S\"",
            "[4000, 9000], sure = \"T\"",
            "the mark `T`",
        ),
    ] {
        let said = with(&STANDARD.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(said.contains(expected), "{from}: {said}");
    }
    let negative = STANDARD.replace("border = 5000", "border = -1");
    assert!(
        with(&negative)
            .unwrap_err()
            .to_string()
            .contains("negative or upside down")
    );
    for (from, to) in [
        ("[2000, 5000]", "[2000, 10000]"),
        ("valid_to = \"2025-12-31\"", "valid_to = \"2025-01-01\""),
    ] {
        assert!(with(&STANDARD.replacen(from, to, 1)).is_ok(), "{to}");
    }
    assert!(with(&STANDARD.replace("border = 5000", "border = 0")).is_ok());
}

#[test]
fn article_33_spares() {
    use Circumstance::*;
    let of = |found: &[_]| sparing(national(), found, day("2024-06-01")).unwrap().0;
    assert_eq!(of(&[Minor, PromptlyCorrected, NoHarm]), Sparing::MustSpare);
    assert_eq!(of(&[Minor, PromptlyCorrected, SlightHarm]), Sparing::No);
    assert_eq!(
        of(&[FirstTime, PromptlyCorrected, SlightHarm]),
        Sparing::MaySpare
    );
    assert_eq!(
        of(&[FirstTime, PromptlyCorrected, NoHarm]),
        Sparing::MaySpare
    );
    assert_eq!(of(&[FirstTime, SlightHarm]), Sparing::No);
    assert_eq!(of(&Circumstance::ALL), Sparing::MustSpare);
    assert_eq!(of(&[]), Sparing::No);
    let article = sparing(national(), &[], day("2024-06-01")).unwrap().1;
    assert!(article.zh().contains("第三十三条"));
    assert!(sparing(national(), &[], day("2021-07-14")).is_err());
    assert!(sparing(national(), &[], day("2021-07-15")).is_ok());
}

#[test]
fn wrong_rules_of_deciding_are_refused() {
    let needed = "value = [\"minor\", \"promptly_corrected\", \"no_harm\"], sure = \"C\"";
    for (from, to, expected) in [
        (needed, "value = [], sure = \"C\"", "no_penalty_when: empty"),
        (needed, "value = [\"minor\"], sure = \"v\"", "mark `v`"),
        (
            "[decision]\nvalid_from = \"2021-07-15\"\nsure = \"C\"",
            "[decision]\nvalid_from = \"2021-07-15\"\nsure = \"u\"",
            "mark `u`",
        ),
    ] {
        let said = complaint(from, to);
        assert!(said.contains(expected), "{from}: {said}");
    }
}
