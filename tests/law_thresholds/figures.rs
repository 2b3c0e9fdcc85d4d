//! Figures of a table on both sides of what it may hold.

use steelyard::law::LawTables;

/// What is said of the national table with one place changed, if anything.
fn complaint(from: &str, to: &str) -> Option<String> {
    let text = LawTables::embedded_texts()[0].1;
    assert!(text.contains(from), "{from}");
    let changed = text.replacen(from, to, 1);
    let tables = LawTables::parse(&[("t.toml", &changed)]);
    tables.err().map(|error| error.to_string())
}

/// That each of `taken` may stand in the place of `NEW`, and each of `refused` may not.
fn bounds(from: &str, to: &str, taken: &[&str], refused: &[&str], says: &str) {
    for value in taken {
        assert_eq!(complaint(from, &to.replace("NEW", value)), None, "{value}");
    }
    for value in refused {
        let said = complaint(from, &to.replace("NEW", value)).unwrap();
        assert!(said.contains(says), "{value}: {said}");
    }
}

#[test]
fn masses_and_marks() {
    let from = "value = 18000, sure = \"C\"";
    let masses = ["1", "500000"];
    bounds(
        from,
        "value = NEW, sure = \"C\"",
        &masses,
        &["-1", "0", "500001"],
        "mass_limit of 2 axles",
    );
    let marks = ["C", "C2", "S", "R 5", "R 99"];
    let none = ["R 4", "R 100", "R", "c", "R -5", ""];
    bounds(
        from,
        "value = 18000, sure = \"NEW\"",
        &marks,
        &none,
        "the mark",
    );
}

#[test]
fn settings() {
    bounds(
        "risk_standard_deviations = { value = 3,",
        "risk_standard_deviations = { value = NEW,",
        &["1", "10"],
        &["0", "11"],
        "risk_standard_deviations",
    );
    bounds(
        "risk_withhold_above_per_million = { value = 100,",
        "risk_withhold_above_per_million = { value = NEW,",
        &["0", "1000000"],
        &["-1", "1000001"],
        "no probability",
    );
    bounds(
        "spacing_tolerance_mm = { value = 50,",
        "spacing_tolerance_mm = { value = NEW,",
        &["0", "500"],
        &["-1", "501"],
        "spacing_tolerance_mm",
    );
}

#[test]
fn errors_of_scales() {
    bounds(
        "in_service_basis_points = { value = 1000,",
        "in_service_basis_points = { value = NEW,",
        &["1", "9999"],
        &["0", "10000", "10001"],
        "deduction.accuracy_class",
    );
    bounds(
        "up_to_intervals = 500, in_service_tenths = 10",
        "up_to_intervals = 500, in_service_tenths = NEW",
        &["1", "2"],
        &["-1", "0"],
        "an error below 1",
    );
    bounds(
        "up_to_intervals = 500,",
        "up_to_intervals = NEW,",
        &["1999"],
        &["2000", "2001"],
        "not ascending",
    );
}

#[test]
fn ranges_of_yuan_and_shares() {
    let tier = "yuan = [0, 200]\nsure";
    bounds(
        tier,
        "yuan = [NEW, 200]\nsure",
        &["0", "1", "200"],
        &["-1", "201"],
        "dimensions.tier",
    );
    let fine = "above_basis_points = 0\nyuan = [200, 500]";
    bounds(
        fine,
        "above_basis_points = 0\nyuan = [NEW, 500]",
        &["0", "1", "500"],
        &["-1", "501"],
        "police.fine",
    );
    bounds(
        fine,
        "above_basis_points = NEW\nyuan = [200, 500]",
        &["0", "1"],
        &["-1", "3000"],
        "police.fine",
    );
    bounds(
        "from_basis_points = 0\n",
        "from_basis_points = NEW\n",
        &["0", "1"],
        &["-1", "3000"],
        "police.points",
    );
}

#[test]
fn days_of_a_table() {
    bounds(
        "valid_from = \"2016-09-21\"",
        "valid_from = \"2016-09-21\"\nvalid_to = \"NEW\"",
        &["2016-09-21", "2016-09-22"],
        &["2016-09-20"],
        "before valid_from",
    );
}

#[test]
fn the_last_tier_of_dimensions_alone_has_no_bounds() {
    let tier = |place: &str| format!("yuan = [1000, 3000]\n{place}");
    for bound in ["height_mm", "width_mm", "length_mm"] {
        let said = complaint(&tier(""), &tier(&format!("{bound} = 90000\n"))).unwrap();
        assert!(said.contains("the last one has no bounds"), "{said}");
    }
    let said = complaint("height_mm = 4200\n", "").unwrap();
    assert!(said.contains("a bound is missing"), "{said}");
}
