//! The figures of the table, closed lists, JSON.

use steelyard::law::{
    Consequence, CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState,
    FleetDay, FleetSize, LawTables, LeftOutReason, RepeatCount, RepeatSubject, RepeatWindow,
    Standing,
};

use crate::{carrier, fleet_of, four, instigation, source, vehicle, vehicles};

#[test]
fn a_figure_out_of_its_range_is_refused_by_name() {
    let text = LawTables::embedded_texts()[0].1;
    for (field, value, name, complaint) in [
        ("vehicle_more_than_times", "0", "", "is outside 1..=1000"),
        ("vehicle_more_than_times", "1001", "", "is outside 1..=1000"),
        ("driver_more_than_times", "0", "", "is outside 1..=1000"),
        (
            "carrier_more_than_basis_points",
            "0",
            "",
            "is outside 1..10000",
        ),
        (
            "carrier_more_than_basis_points",
            "10000",
            "",
            "is outside 1..10000",
        ),
        (
            "source_from_times",
            "0",
            "credit_list.",
            "is outside 1..=1000",
        ),
        ("source_fine_from_yuan", "0", "credit_list.", "is no fine"),
    ] {
        let (before, after) = text
            .split_once(&format!("\n{field} = {{ value = "))
            .unwrap();
        let (_, after) = after.split_once(',').unwrap();
        let changed = format!("{before}\n{field} = {{ value = {value},{after}");
        let error = LawTables::parse(&[("t.toml", &changed)]).unwrap_err();
        let expected = format!("repeat.{name}{field}: {value} {complaint}");
        assert!(error.to_string().contains(&expected), "{error}");
    }
    for (field, value) in [
        ("vehicle_more_than_times", "1"),
        ("vehicle_more_than_times", "1000"),
        ("carrier_more_than_basis_points", "1"),
        ("carrier_more_than_basis_points", "9999"),
        ("source_fine_from_yuan", "1"),
    ] {
        let (before, after) = text
            .split_once(&format!("\n{field} = {{ value = "))
            .unwrap();
        let (_, after) = after.split_once(',').unwrap();
        let changed = format!("{before}\n{field} = {{ value = {value},{after}");
        let taken = LawTables::parse(&[("t.toml", &changed)]).is_ok();
        assert!(taken, "{field}: {value}");
    }
}

#[test]
fn a_figure_without_a_mark_of_its_sureness_is_refused_by_name() {
    let text = LawTables::embedded_texts()[0].1;
    let (before, section) = text.split_once("[repeat]").unwrap();
    let (section, after) = section.split_once("# --- worked examples").unwrap();
    let mut figures = 0;
    for line in section.lines().filter(|line| line.contains("{ value = ")) {
        figures += 1;
        let (name, _) = line.split_once(' ').unwrap();
        let (head, mark) = line.split_once("sure = \"").unwrap();
        let (_, tail) = mark.split_once('"').unwrap();
        let unsure = section.replacen(line, &format!("{head}sure = \"maybe\"{tail}"), 1);
        let changed = format!("{before}[repeat]{unsure}# --- worked examples{after}");
        let error = LawTables::parse(&[("t.toml", &changed)]).unwrap_err();
        let expected = format!("{name}: the mark `maybe`");
        assert!(error.to_string().contains(&expected), "{error}");
    }
    assert_eq!(figures, 10);
}

#[test]
fn a_case_is_read_from_json_and_a_result_survives_it() {
    let read: CountedCase = serde_json::from_str(
        r#"{"case_id":"C1","act_id":"A1","act":"overload","day_of_act":"2024-01-10",
            "day_of_decision":"2024-01-20","authority":"police","vehicle_plate":"晋D12345",
            "outcome":"fine","fine_yuan":500,"state":"effective",
            "over_limit_on_own_weighing":true}"#,
    )
    .unwrap();
    assert_eq!((read.driver_id, read.trailer_plate), (None, None));
    let misspelt = r#"{"from":"2024-01-10","vehicle":3}"#;
    assert!(serde_json::from_str::<FleetSize>(misspelt).is_err());
    for result in [
        vehicle(&four(), "2024-04-10"),
        source(&[instigation("I1", "2024-01-10", 25_000)]),
        carrier(&vehicles(2), &fleet_of(10)),
    ] {
        let value = serde_json::to_value(&result).unwrap();
        assert!(value["proposals"][0]["article_en"].is_string());
        let back: RepeatCount = serde_json::from_value(value).unwrap();
        assert_eq!(back, result);
    }
}

#[test]
fn closed_lists_have_names_in_json_chinese_and_english() {
    macro_rules! check {
        ($($list:ty: $count:literal),+) => {$(
            let mut seen = std::collections::BTreeSet::new();
            for entry in <$list>::ALL {
                let (name, zh, en) = (entry.name(), entry.zh(), entry.en());
                assert_eq!(serde_json::to_value(entry).unwrap(), name);
                assert!(seen.insert(name) && seen.insert(zh), "{name}");
                assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
                assert!(zh.chars().any(|c| ('一'..='龥').contains(&c)), "{zh}");
                assert!(en.is_ascii() && !en.contains('_') && !en.contains("  "), "{en}");
            }
            assert_eq!(<$list>::ALL.len(), $count);
        )+};
    }
    check!(
        DecidingAuthority: 2,
        CountedAct: 3,
        DecisionOutcome: 3,
        DecisionState: 4,
        RepeatSubject: 4,
        LeftOutReason: 11,
        Standing: 5,
        Consequence: 4,
        RepeatWindow: 2,
        FleetDay: 3
    );
}
