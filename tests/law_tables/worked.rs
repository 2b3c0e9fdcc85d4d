//! Files of worked examples: what is wrong in them is said.

use steelyard::law::{Calendar, LawTables, TableError, WorkedExamples, run_examples};

/// What is said of a file of examples under the built-in tables.
fn said(jurisdiction: &str, text: &str) -> Vec<String> {
    let tables = LawTables::embedded_for(jurisdiction).unwrap();
    let calendar = Calendar::embedded().unwrap();
    let examples = WorkedExamples::parse("t.examples.toml", text).unwrap();
    let failures = examples.failures(&tables, &calendar);
    failures.map(|failure| failure.to_string()).collect()
}

fn national(example: &str) -> Vec<String> {
    said(
        "cn",
        &format!("table = \"cn-national-2016-09-21\"\n{example}"),
    )
}

/// What is said of an example that holds with one place in it changed.
fn broken(example: &str, from: &str, to: &str) -> Vec<String> {
    assert_eq!(national(example), Vec::<String>::new());
    assert!(example.contains(from), "{from}");
    national(&example.replacen(from, to, 1))
}

#[test]
fn a_clock() {
    let pay = "[[clock]]\nkind = \"pay\"\nfrom = \"2024-09-16\"\nexpect = { in_time = \"2024-10-08\", \
               late = \"2024-10-09\", moved_from = \"2024-10-01\" }";
    let named = "cn-national-2016-09-21: clock pay from 2024-09-16: ";
    for (from, to, difference) in [
        (
            "in_time = \"2024-10-08\"",
            "in_time = \"2024-10-07\"",
            "in_time: expected 2024-10-07, found 2024-10-08",
        ),
        (
            "late = \"2024-10-09\"",
            "late = \"2024-10-08\"",
            "late: 2024-10-08 is still in time",
        ),
        (
            ", moved_from = \"2024-10-01\"",
            "",
            "moved_from: expected null, found 2024-10-01",
        ),
        (
            "expect = {",
            "refused = \"not_set\"\nexpect = {",
            "refused: expected not_set, found an answer",
        ),
    ] {
        assert_eq!(broken(pay, from, to), [format!("{named}{difference}")]);
    }
    assert_eq!(
        national("[[clock]]\nkind = \"pay\"\nfrom = \"2024-09-16\""),
        [format!("{named}nothing is expected")]
    );
    let hours =
        "[[clock]]\nkind = \"off_site_review\"\nfrom = \"2024-06-01\"\nrefused = \"moment_needed\"";
    assert_eq!(
        broken(hours, "moment_needed", "not_set"),
        [
            "cn-national-2016-09-21: clock off_site_review from 2024-06-01: refused: expected not_set, \
             found moment_needed"
        ]
    );
}

#[test]
fn an_offence_a_fine_a_surcharge() {
    let offence = "[[offence]]\nkind = \"permit_lent\"\nday = \"2024-06-01\"\nexpect = { subject = \
                   \"anyone\", authority = \"transport\", yuan = [1000, 5000] }";
    assert_eq!(
        broken(offence, "5000", "5001"),
        [
            "cn-national-2016-09-21: offence permit_lent on 2024-06-01: yuan: expected [1000,5001], found \
             [1000,5000]"
        ]
    );
    assert_eq!(broken(offence, "\"anyone\"", "\"driver\"").len(), 1);
    assert_eq!(broken(offence, "\"transport\"", "\"police\"").len(), 1);
    let fine = "[[fine]]\nmode = \"mobile_joint\"\nday = \"2024-06-01\"\ntransport_yuan = [1999, 1999]\n\
                police_yuan = [500, 2000]\npoints = 3\nexpect = { by = \"police\", yuan = [500, 2000], \
                points = 3, unloading_supervised_by = \"transport\" }";
    for (from, to) in [
        ("by = \"police\"", "by = \"transport\""),
        ("yuan = [500, 2000], p", "yuan = [500, 1999], p"),
        ("points = 3, ", ""),
        (", unloading_supervised_by = \"transport\"", ""),
        ("expect", "refused = \"not_in_table\"\nexpect"),
    ] {
        assert_eq!(broken(fine, from, to).len(), 1, "{from}");
    }
    let surcharge = "[[surcharge]]\ngiven = { fine = 3500, last_day_to_pay = \"2024-06-18\", until = \
                     \"2024-06-19\", not_counted = [] }\nexpect = { yuan = \"105.00\", days_counted = 1, \
                     capped = false }";
    for (from, to) in [
        ("105.00", "105.01"),
        ("days_counted = 1", "days_counted = 2"),
        ("capped = false", "capped = true"),
    ] {
        assert_eq!(broken(surcharge, from, to).len(), 1, "{from}");
    }
}

#[test]
fn sparing_and_a_count() {
    let spared = "[[sparing]]\nday = \"2024-06-01\"\nfound = [\"minor\", \"promptly_corrected\", \
                  \"no_harm\"]\nexpect = \"must_spare\"";
    assert_eq!(
        broken(spared, "must_spare", "may_spare"),
        [
            "cn-national-2016-09-21: sparing on 2024-06-01: minor+promptly_corrected+no_harm: expect: \
             expected may_spare, found must_spare"
        ]
    );
    let count = "[[count]]\ntitle = \"t\"\nsubject = \"carrier\"\nto = \"2024-06-01\"\nacts = [{ day = \
                 \"2024-05-01\", vehicles = 2 }]\nfleet = [{ from = \"2020-01-01\", vehicles = 19 }]\n\
                 expect = { count = 2, standing = \"exceeded\", proposals = [\"suspend_carrier\"], \
                 fleet_vehicles = 19 }";
    for (from, to) in [
        ("count = 2", "count = 3"),
        ("exceeded", "within"),
        ("[\"suspend_carrier\"]", "[]"),
        ("fleet_vehicles = 19", "fleet_vehicles = 20"),
    ] {
        assert_eq!(broken(count, from, to).len(), 1, "{from}");
    }
}

#[test]
fn an_example_of_a_day_of_another_table_shows_nothing() {
    let example = "[[offence]]\nkind = \"evasion\"\nday = \"2023-02-28\"\nexpect = { subject = \"anyone\", \
                   authority = \"transport\", yuan = [0, 30000] }";
    assert_eq!(
        said("cn-14", &format!("table = \"cn-14-2023-03-01\"\n{example}")),
        [
            "cn-14-2023-03-01: offence evasion on 2023-02-28: on 2023-02-28 cn-national-2016-09-21 is in \
             force, not this table"
        ]
    );
    assert_eq!(
        national(&example.replace("2023-02-28", "2016-09-20")),
        [
            "cn-national-2016-09-21: offence evasion on 2016-09-20: no table is in force on 2016-09-20"
        ]
    );
}

#[test]
fn an_assessment_may_expect_that_no_table_holds() {
    let example = |day: &str, expect: &str| {
        format!(
            "[[assessment]]\ntitle = \"t\"\n[assessment.given]\nday = \"{day}\"\nvehicle = {{ category = \
             \"truck\", axle_spacings_mm = [4500] }}\nmeasured = {{ gross_kg = 18000 \
             }}\n[assessment.expect]\n{expect}"
        )
    };
    let none = example("2016-09-20", "outcome = \"no_table_in_force\"");
    assert_eq!(national(&none), Vec::<String>::new());
    let table = "table = \"cn-14-2023-03-01\"\n";
    let clear = example("2023-02-28", "class = \"clear\"");
    assert_eq!(
        said("cn-14", &format!("{table}{clear}")),
        ["cn-14-2023-03-01: t: on 2023-02-28 cn-national-2016-09-21 is in force, not this table"]
    );
    assert_eq!(
        said("cn-14", &format!("{table}{none}")),
        Vec::<String>::new()
    );
}

#[test]
fn a_discretion_standard_has_examples_too() {
    // Made up: no standard of the province was at hand.
    let standard = "id = \"cn-1404-2025-01-01\"\ntitle = \"t\"\njurisdiction = \"cn-1404\"\nvalid_from = \
                    \"2025-01-01\"\nsources = [\"s\"]\nreplaces = [\"discretion\"]\n\
                    [replace.discretion]\nvalid_from = \"2025-01-01\"\nmeasure = \"overage_kg\"\nborder_is = \
                    \"above\"\n[[replace.discretion.band]]\nborder = 5000\nshare_basis_points = { value = \
                    [2000, 5000], sure = \"S\" }\narticle = { zh = \"档\", en = \"band\" }";
    let mut texts = LawTables::embedded_texts().to_vec();
    texts.push(("cn-1404-2025-01-01.toml", standard));
    let tables = LawTables::parse_for(&texts, "cn-1404").unwrap();
    let calendar = Calendar::embedded().unwrap();
    let said = |gross_kg: i64, expects: &str| {
        let text = format!(
            "table = \"cn-1404-2025-01-01\"\n[[discretion]]\ntitle = \"t\"\nauthority = \"transport\"\n\
             day = \"2025-06-01\"\ngiven = {{ day = \"2025-05-01\", measured = {{ gross_kg = {gross_kg} }}, \
             vehicle = {{ category = \"truck\", axle_spacings_mm = [4500], drive_axles = 1, \
             drive_air_suspension = false, non_drive_tyres = \"dual\", layout = \"1+1\" }} }}\n{expects}"
        );
        let examples = WorkedExamples::parse("t", &text).unwrap();
        let failures = examples.failures(&tables, &calendar);
        failures
            .map(|failure| failure.difference)
            .collect::<Vec<_>>()
    };
    // 6000 kg over are 3000 yuan, 20 to 50 % of them.
    assert!(said(24_000, "expect_yuan = [600, 1500]").is_empty());
    assert_eq!(
        said(24_000, "expect_yuan = [600, 1501]"),
        ["expect_yuan: expected [600,1501], found [600,1500]"]
    );
    assert_eq!(
        said(18_000, "expect_yuan = [0, 0]"),
        ["refused: expected an answer, found no_overage"]
    );
    assert!(said(18_000, "refused = \"no_overage\"").is_empty());
}

#[test]
fn a_file_with_a_slip_is_refused() {
    for (text, complaint) in [
        ("[[clock]]\nkind = \"pay\"", "missing field"),
        ("table = \"t\"\n[[clok]]\n", "clok"),
        (
            "table = \"t\"\n[[clock]]\nkind = \"pay\"\nfrom = \"2024-13-01\"",
            "neither a day nor a moment",
        ),
    ] {
        let error = WorkedExamples::parse("t.examples.toml", text).unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("t.examples.toml: ") && error.contains(complaint),
            "{error}"
        );
    }
}

#[test]
fn the_examples_of_all_files_are_run_under_their_own_tables() {
    let calendar = Calendar::embedded().unwrap();
    let (tables, beside) = (
        LawTables::embedded_texts(),
        WorkedExamples::embedded_texts(),
    );
    let run = run_examples(tables, beside, &calendar).unwrap();
    assert_eq!(run.failures, Vec::new());
    let named: Vec<&str> = run.by_table.keys().map(String::as_str).collect();
    assert_eq!(named, ["cn-14-2023-03-01", "cn-national-2016-09-21"]);
    for table in ["cn", "cn-14"].map(|place| LawTables::embedded_for(place).unwrap()) {
        let table = table.all().last().unwrap();
        let own = WorkedExamples::of_table(table).count();
        let files = WorkedExamples::embedded().unwrap();
        let beside = files.iter().filter(|one| one.table() == table.id());
        let beside: usize = beside.map(WorkedExamples::count).sum();
        assert!(own > 0 && beside > 0);
        assert_eq!(run.by_table[table.id()], own + beside);
    }
    // A figure of the national table with a slip: its examples fail, and those of no other.
    let slip = tables[0].1.replace("[1000, 5000]", "[1000, 5001]");
    let changed = [(tables[0].0, &slip[..]), tables[1]];
    let run = run_examples(&changed, beside, &calendar).unwrap();
    let failed: Vec<&str> = run.failures.iter().map(|one| &*one.table).collect();
    assert_eq!(failed, ["cn-national-2016-09-21"]);
    // One table with its examples alone.
    let national = beside
        .iter()
        .filter(|(name, _)| name.starts_with("cn-national"));
    let national: Vec<(&str, &str)> = national.copied().collect();
    let run = run_examples(&tables[..1], &national, &calendar).unwrap();
    assert_eq!((run.by_table.len(), run.failures.len()), (1, 0));
    // Examples without their table.
    let refused = run_examples(&tables[..1], beside, &calendar).unwrap_err();
    assert!(matches!(refused, TableError::Invalid { .. }), "{refused}");
}
