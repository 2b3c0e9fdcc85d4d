//! The milder of two tables, and the decided amount beside the computed one.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use steelyard::law::{
    AmountError, Assessment, Authority, ComputedAmount, DecidedAmount, Decision, DecisionRefused,
    LawTables, Milder, MilderReason, NoteCode, OffenceKind, Sparing, Table, TableReference,
    TransportKind, Verdict, WhichDay, assess, decide, discretion_range, milder, offence_range,
};
use steelyard::units::{Kilograms, Yuan};

const CASES: &str = include_str!("../fixtures/law/cases.jsonl");

static TABLES: LazyLock<LawTables> = LazyLock::new(|| LawTables::embedded().unwrap());

/// The table in force on the day of the decision.
fn now() -> &'static Table {
    &TABLES.all()[0]
}

fn older() -> TableReference {
    TableReference {
        id: "older".to_owned(),
        digest: "00".repeat(32),
        layers: Vec::new(),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn kind_of(range: [i64; 2]) -> TransportKind {
    if range[1] > 0 {
        TransportKind::Fine
    } else {
        TransportKind::None
    }
}

fn amount_by(
    table: TableReference,
    kind: TransportKind,
    range: [i64; 2],
    most: i64,
) -> ComputedAmount {
    ComputedAmount::new(table, kind, range.map(Yuan::new), Yuan::new(most)).unwrap()
}

fn old(range: [i64; 2]) -> ComputedAmount {
    amount_by(older(), kind_of(range), range, range[1])
}

fn new(range: [i64; 2]) -> ComputedAmount {
    amount_by(now().reference(), kind_of(range), range, range[1])
}

fn warning(table: TableReference) -> ComputedAmount {
    amount_by(table, TransportKind::Warning, [0, 0], 0)
}

/// Computed 200 to 500 by the older table, which is milder, with a statutory most of 2000.
fn usual() -> Milder {
    let act = amount_by(older(), TransportKind::Fine, [200, 500], 2_000);
    milder(act, new([500, 2_000]))
}

fn fine(yuan: i64, reason: &str) -> Decision {
    Decision {
        table: older(),
        kind: TransportKind::Fine,
        yuan: Yuan::new(yuan),
        reason: reason.to_owned(),
        by: "王某".to_owned(),
        day: day("2024-06-01"),
        sparing: Sparing::No,
        announced_before_defence_yuan: None,
    }
}

fn without_fine(kind: TransportKind, reason: &str) -> Decision {
    Decision {
        kind,
        ..fine(0, reason)
    }
}

fn decided(decision: Decision) -> Result<DecidedAmount, DecisionRefused> {
    decide(now(), &usual(), None, decision)
}

#[test]
fn an_amount_is_a_range_that_goes_with_its_kind() {
    use TransportKind::*;
    let of = |kind, range: [i64; 2], most| {
        ComputedAmount::new(older(), kind, range.map(Yuan::new), Yuan::new(most))
    };
    assert!(of(Fine, [200, 500], 500).is_ok() && of(Fine, [0, 1], 1).is_ok());
    for (range, most) in [([501, 500], 500), ([-1, 500], 500), ([200, 500], 499)] {
        let refused = of(Fine, range, most).unwrap_err();
        assert!(matches!(refused, AmountError::NoRange { .. }), "{range:?}");
        assert!(refused.zh().contains(&format!("法定最高{most}元")));
    }
    assert!(of(None, [0, 0], 0).is_ok() && of(Warning, [0, 0], 30_000).is_ok());
    for (kind, range) in [(None, [0, 1]), (Warning, [1, 1]), (Fine, [0, 0])] {
        let refused = of(kind, range, 500).unwrap_err();
        let most = Yuan::new(range[1]);
        assert_eq!(refused, AmountError::KindWithoutItsAmount { kind, most });
        assert!(refused.zh().contains("不符"));
    }
}

fn verdict(line: usize) -> Verdict {
    let case: Assessment = serde_json::from_str(CASES.lines().nth(line).unwrap()).unwrap();
    assess(&TABLES, &case)
}

#[test]
fn an_amount_comes_from_a_verdict() {
    // CASE-07 is 7640 kg over.
    let case = verdict(6);
    let transport = ComputedAmount::from_verdict(&case, Authority::Transport).unwrap();
    assert_eq!(transport.kind(), TransportKind::Fine);
    assert_eq!(transport.range_yuan(), [Yuan::new(3_500); 2]);
    assert_eq!(transport.statutory_most_yuan(), Yuan::new(3_500));
    assert_eq!(*transport.table(), now().reference());
    let range = case.police.unwrap().fine_range_yuan.unwrap();
    let police = ComputedAmount::from_verdict(&case, Authority::Police).unwrap();
    assert_eq!(
        (police.kind(), police.range_yuan()),
        (TransportKind::Fine, range)
    );
    let mut kept = case.clone();
    kept.police.as_mut().unwrap().fine_range_yuan = Some([Yuan::ZERO; 2]);
    let police = ComputedAmount::from_verdict(&kept, Authority::Police).unwrap();
    assert_eq!(police.kind(), TransportKind::None);
    kept.police.as_mut().unwrap().fine_range_yuan = None;
    kept.transport = None;
    for authority in Authority::ALL {
        let refused = ComputedAmount::from_verdict(&kept, authority).unwrap_err();
        assert_eq!(refused, AmountError::NotInVerdict { authority });
        assert!(refused.zh().contains(authority.zh()));
    }
    let mut nowhere = case.clone();
    nowhere.table = None;
    assert!(ComputedAmount::from_verdict(&nowhere, Authority::Transport).is_err());
}

#[test]
fn a_pre_selection_reading_gives_no_amount() {
    let line = CASES.lines().nth(6).unwrap();
    let mut case: serde_json::Value = serde_json::from_str(line).unwrap();
    case["measured"]["scale"] = serde_json::json!({"use": "pre_selection", "accuracy_class": "5"});
    let verdict = assess(&TABLES, &serde_json::from_value(case).unwrap());
    let refused = ComputedAmount::from_verdict(&verdict, Authority::Transport).unwrap_err();
    assert_eq!(
        refused,
        AmountError::Unfit {
            note: NoteCode::PreSelectionOnly
        }
    );
    assert!(refused.zh().contains("预检"));
}

#[test]
fn an_amount_comes_from_an_offence() {
    let penalty = offence_range(now(), OffenceKind::PermitLent, day("2024-06-01"), false).unwrap();
    let amount = ComputedAmount::from_offence(&penalty).unwrap();
    assert_eq!(amount.range_yuan(), [1_000, 5_000].map(Yuan::new));
    assert_eq!(amount.statutory_most_yuan(), Yuan::new(5_000));
    assert_eq!(*amount.table(), now().reference());
}

#[test]
fn the_milder_table_is_chosen() {
    use MilderReason::*;
    use WhichDay::*;
    for (act, decision, chosen, why) in [
        ([500, 500], [500, 500], Act, Same),
        ([500, 500], [501, 501], Act, LowerRange),
        ([501, 501], [500, 500], Decision, LowerRange),
        // One border alone is lower.
        ([200, 500], [201, 500], Act, LowerRange),
        ([201, 500], [200, 500], Decision, LowerRange),
        ([200, 500], [200, 499], Decision, LowerRange),
        ([100, 200], [300, 400], Act, LowerRange),
        // One inside the other.
        ([0, 500], [100, 499], Decision, LowerMost),
        ([100, 499], [0, 500], Act, LowerMost),
        // No longer illegal.
        ([500, 500], [0, 0], Decision, NotIllegal),
        ([0, 0], [500, 500], Act, NotIllegal),
        ([0, 0], [0, 0], Act, Same),
    ] {
        let result = milder(old(act), new(decision));
        assert_eq!(
            (result.which(), result.why()),
            (chosen, why),
            "{act:?} {decision:?}"
        );
        let (low, high) = match chosen {
            Act => (old(act), new(decision)),
            Decision => (new(decision), old(act)),
        };
        assert_eq!((result.chosen(), result.other()), (&low, &high));
        assert_eq!(
            (result.act_day(), result.decision_day()),
            (&old(act), &new(decision))
        );
    }
}

#[test]
fn a_warning_is_between_nothing_and_a_fine() {
    use MilderReason::*;
    let of = |act, decision| {
        let result = milder(act, decision);
        (result.which(), result.why())
    };
    let (act, decision) = (warning(older()), warning(now().reference()));
    assert_eq!(of(act.clone(), new([1, 1])), (WhichDay::Act, Warning));
    assert_eq!(
        of(old([0, 1]), decision.clone()),
        (WhichDay::Decision, Warning)
    );
    assert_eq!(
        of(act.clone(), new([0, 0])),
        (WhichDay::Decision, NotIllegal)
    );
    assert_eq!(
        of(old([0, 0]), decision.clone()),
        (WhichDay::Act, NotIllegal)
    );
    assert_eq!(of(act, decision), (WhichDay::Act, Same));
}

#[test]
fn a_comparison_reads_as_a_sentence() {
    let result = milder(old([500, 500]), new([0, 0]));
    let id = now().id();
    assert_eq!(
        result.text_zh(),
        format!(
            "行为时的规定（older）：罚款500元；决定时的规定（{id}）：不处罚；\
             适用决定时的规定：该规定不处罚。"
        )
    );
    let english = milder(old([200, 500]), warning(now().reference())).text_en();
    assert!(
        english.contains("fine of 200 to 500 yuan") && english.contains("decision's day apply")
    );
    assert!(
        milder(warning(older()), new([1, 1]))
            .text_zh()
            .contains("警告；")
    );
    let mut seen = std::collections::BTreeSet::new();
    for why in MilderReason::ALL {
        assert_eq!(serde_json::to_value(why).unwrap(), why.name());
        assert!(seen.insert(why.zh()) && seen.insert(why.en()) && why.en().is_ascii());
    }
}

#[test]
fn what_keeps_to_the_computed_range_needs_no_reason() {
    for yuan in [200, 350, 500] {
        let kept = decided(fine(yuan, " ")).unwrap();
        assert_eq!((kept.yuan, kept.reason.as_str()), (Yuan::new(yuan), ""));
        assert_eq!(kept.computed, *usual().chosen());
        assert!(
            kept.text_zh().contains("与计算数额一致") && kept.text_en().contains("as computed")
        );
    }
    for yuan in [199, 501] {
        let refused = decided(fine(yuan, " \n")).unwrap_err();
        assert!(
            matches!(refused, DecisionRefused::ReasonMissing { .. }),
            "{yuan}"
        );
        assert!(
            refused.zh().contains(&format!("决定罚款{yuan}元")),
            "{}",
            refused.zh()
        );
        let departed = decided(fine(yuan, " 主动卸载 ")).unwrap();
        assert_eq!(departed.reason, "主动卸载");
        assert_eq!(
            departed.computed,
            *usual().chosen(),
            "the computed amount stays"
        );
    }
    let text = decided(fine(100, "主动卸载")).unwrap().text_zh();
    let expected =
        "计算：罚款200元以上500元以下；决定：罚款100元；理由：主动卸载（王某，2024-06-01）。";
    assert_eq!(text, expected);
    assert!(
        decided(fine(100, "x"))
            .unwrap()
            .text_en()
            .contains("decided: fine of 100 yuan; reason: x")
    );
}

#[test]
fn a_lighter_kind_needs_a_reason_and_a_heavier_one_is_refused() {
    use TransportKind::*;
    for kind in [None, Warning] {
        let refused = decided(without_fine(kind, "")).unwrap_err();
        assert!(matches!(refused, DecisionRefused::ReasonMissing { .. }));
        assert_eq!(decided(without_fine(kind, "初次")).unwrap().kind, kind);
    }
    let refused_on = |computed: ComputedAmount, decision| {
        let result = milder(computed, new([500, 500]));
        decide(now(), &result, Option::None, decision).unwrap_err()
    };
    let on_warning = refused_on(warning(older()), fine(1, "严重"));
    let heavier = |computed, decided| DecisionRefused::HeavierKind { computed, decided };
    assert_eq!(on_warning, heavier(Warning, Fine));
    assert!(on_warning.zh().contains("计算结果为警告，不得决定罚款"));
    assert_eq!(
        refused_on(old([0, 0]), without_fine(Warning, "严重")),
        heavier(None, Warning)
    );
    assert_eq!(
        refused_on(old([0, 0]), fine(1, "严重")),
        heavier(None, Fine)
    );
    let kept = milder(warning(older()), new([500, 500]));
    assert!(decide(now(), &kept, Option::None, without_fine(Warning, "")).is_ok());
    // In a computed range that begins at zero, no fine at all is still another kind.
    let up_to = milder(old([0, 500]), new([500, 500]));
    assert!(decide(now(), &up_to, Option::None, without_fine(None, "")).is_err());
}

#[test]
fn an_amount_goes_with_its_kind() {
    let refused = decided(fine(-1, "x")).unwrap_err();
    assert_eq!(
        refused,
        DecisionRefused::Negative {
            yuan: Yuan::new(-1)
        }
    );
    assert!(refused.zh().contains("-1元"));
    let zero = decided(fine(0, "x")).unwrap_err();
    assert!(matches!(zero, DecisionRefused::KindWithoutItsAmount { .. }));
    assert!(zero.zh().contains("决定罚款与数额0元不符"));
    let paid = Decision {
        kind: TransportKind::Warning,
        ..fine(1, "x")
    };
    assert!(matches!(
        decided(paid),
        Err(DecisionRefused::KindWithoutItsAmount { .. })
    ));
}

#[test]
fn no_reason_reaches_above_the_statutory_most() {
    assert!(decided(fine(2_000, "情节严重")).is_ok());
    let refused = decided(fine(2_001, "情节严重")).unwrap_err();
    let expected = DecisionRefused::AboveStatutoryMost {
        yuan: Yuan::new(2_001),
        statutory_most: Yuan::new(2_000),
    };
    assert_eq!(refused, expected);
    assert!(refused.zh().contains("2001元超过法定最高数额2000元"));
}

#[test]
fn a_decision_on_the_harsher_table_is_refused() {
    let harsher = Decision {
        table: now().reference(),
        ..fine(500, "x")
    };
    let refused = decided(harsher).unwrap_err();
    assert!(matches!(
        &refused,
        DecisionRefused::NotTheMilderTable { named, milder, .. }
            if named == now().id() && milder == "older"
    ));
    assert!(refused.zh().contains("第三十七条") && refused.to_string().contains("art. 37"));
    assert!(refused.to_string().contains(&now().reference().digest));
    // The same id with another text is another table.
    let mut table = older();
    table.digest.replace_range(0..1, "f");
    assert!(
        decided(Decision {
            table,
            ..fine(500, "x")
        })
        .is_err()
    );
    // The other way round: the new table is milder, the old one is refused.
    let result = milder(old([500, 2_000]), new([200, 500]));
    assert!(decide(now(), &result, None, fine(500, "x")).is_err());
    let by_new = Decision {
        table: now().reference(),
        ..fine(500, "")
    };
    assert_eq!(
        decide(now(), &result, None, by_new).unwrap().computed,
        new([200, 500])
    );
}

#[test]
fn the_comparison_is_made_with_the_table_in_force() {
    let outdated = milder(old([200, 500]), old([500, 2_000]));
    let refused = decide(now(), &outdated, None, fine(300, "")).unwrap_err();
    let expected = DecisionRefused::ComparisonOutdated {
        compared: "older".to_owned(),
        in_force: now().id().to_owned(),
    };
    assert_eq!(refused, expected);
    assert!(refused.zh().contains("older"));
    let on = |text| {
        decided(Decision {
            day: day(text),
            ..fine(300, "")
        })
    };
    assert!(on("2021-07-15").is_ok());
    let early = on("2021-07-14").unwrap_err();
    assert!(matches!(early, DecisionRefused::NoRules { .. }) && early.zh().contains("2021-07-14"));
}

#[test]
fn a_table_decides_on_its_own_days() {
    let text = LawTables::embedded_texts()[0].1;
    let from = "valid_from = \"2016-09-21\"";
    let ended = text.replacen(from, &format!("{from}\nvalid_to = \"2024-05-31\""), 1);
    let tables = LawTables::parse(&[("t", &ended)]).unwrap();
    let table = &tables.all()[0];
    let act = amount_by(older(), TransportKind::Fine, [200, 500], 500);
    let now = amount_by(table.reference(), TransportKind::Fine, [500, 500], 500);
    let result = milder(act, now);
    let on = |text| {
        decide(
            table,
            &result,
            None,
            Decision {
                day: day(text),
                ..fine(300, "")
            },
        )
    };
    assert!(on("2024-05-31").is_ok());
    assert!(matches!(
        on("2024-06-01"),
        Err(DecisionRefused::NoRules { .. })
    ));
}

#[test]
fn defending_makes_nothing_heavier() {
    let announced = |yuan, announced| {
        let announced_before_defence_yuan = Some(Yuan::new(announced));
        decided(Decision {
            announced_before_defence_yuan,
            ..fine(yuan, "x")
        })
    };
    assert!(announced(300, 300).is_ok() && announced(299, 300).is_ok());
    let refused = announced(301, 300).unwrap_err();
    assert!(matches!(
        &refused,
        DecisionRefused::HeavierAfterDefence { yuan, announced, .. }
            if (yuan.get(), announced.get()) == (301, 300)
    ));
    assert!(refused.zh().contains("第四十五条") && refused.to_string().contains("art. 45"));
}

#[test]
fn circumstances_that_exclude_a_penalty_do() {
    let spared = |sparing, decision| {
        decided(Decision {
            sparing,
            ..decision
        })
    };
    let refused = spared(Sparing::MustSpare, fine(300, "x")).unwrap_err();
    assert!(matches!(refused, DecisionRefused::MustBeSpared { .. }));
    assert!(refused.zh().contains("第三十三条") && refused.to_string().contains("art. 33"));
    let warned = without_fine(TransportKind::Warning, "x");
    assert!(spared(Sparing::MustSpare, warned).is_err());
    let none = || without_fine(TransportKind::None, "轻微并及时改正");
    assert!(spared(Sparing::MustSpare, none()).is_ok());
    assert!(spared(Sparing::MaySpare, none()).is_ok());
    assert!(spared(Sparing::MaySpare, fine(300, "")).is_ok());
}

#[test]
fn somebody_decides() {
    let nobody = Decision {
        by: " ".to_owned(),
        ..fine(300, "")
    };
    let refused = decided(nobody).unwrap_err();
    assert_eq!(refused, DecisionRefused::NobodyDecides);
    assert!(refused.zh().contains("决定人"));
    let named = Decision {
        by: " 王某 ".to_owned(),
        ..fine(300, "")
    };
    assert_eq!(decided(named).unwrap().by, "王某");
}

/// Made up: half to all of the computed amount.
const STANDARD: &str = r#"
[discretion]
valid_from = "2024-01-01"
measure = "overage_kg"
border_is = "from"

[[discretion.band]]
border = 0
share_basis_points = { value = [5000, 8000], sure = "S" }
article = { zh = "假定", en = "assumed" }

# --- worked examples"#;

#[test]
fn a_discretion_standard_needs_a_reason_to_leave_it() {
    let text = LawTables::embedded_texts()[0].1;
    let text = text.replacen("# --- worked examples", STANDARD, 1);
    let tables = LawTables::parse(&[("t", &text)]).unwrap();
    let table = &tables.all()[0];
    let reference = table.reference();
    let computed = amount_by(
        reference.clone(),
        TransportKind::Fine,
        [1_000, 1_000],
        1_000,
    );
    let result = milder(old([2_000, 2_000]), computed.clone());
    let (over, limit) = (Kilograms::new(2_500), Kilograms::new(49_000));
    let range = discretion_range(table, &computed, over, limit, &[], day("2024-06-01")).unwrap();
    assert_eq!(range.range_yuan, [500, 800].map(Yuan::new));
    let decide_on = |yuan, reason: &str| {
        let decision = Decision {
            table: reference.clone(),
            ..fine(yuan, reason)
        };
        decide(table, &result, Some(&range), decision)
    };
    // What was computed is outside of the standard, and what the standard says is not computed:
    // either needs its reason.
    let outside = decide_on(1_000, "").unwrap_err();
    let expected = DecisionRefused::OutsideDiscretion {
        yuan: Yuan::new(1_000),
        range: range.range_yuan,
    };
    assert_eq!(outside, expected);
    assert!(outside.zh().contains("500元以上800元以下"));
    assert!(decide_on(1_000, "多次").is_ok());
    assert!(matches!(
        decide_on(800, ""),
        Err(DecisionRefused::ReasonMissing { .. })
    ));
    let kept = decide_on(800, "按裁量基准").unwrap();
    assert_eq!(
        (kept.discretion_range_yuan, &kept.computed),
        (Some(range.range_yuan), &computed)
    );
    // A standard that leaves the amount as it is needs none.
    let mut whole = range.clone();
    whole.range_yuan = [800, 1_000].map(Yuan::new);
    let decision = Decision {
        table: reference.clone(),
        ..fine(1_000, "")
    };
    assert!(decide(table, &result, Some(&whole), decision.clone()).is_ok());
    // Made of another amount, it is none for this one.
    whole.computed_range_yuan = [1_000, 1_001].map(Yuan::new);
    let refused = decide(table, &result, Some(&whole), decision).unwrap_err();
    assert!(matches!(
        refused,
        DecisionRefused::DiscretionOfAnotherAmount { .. }
    ));
    assert!(refused.zh().contains("1000元以上1001元以下"));
}

#[test]
fn a_decided_amount_survives_its_json_and_a_wrong_one_does_not() {
    let kept = decided(fine(300, "")).unwrap();
    let mut value = serde_json::to_value(&kept).unwrap();
    assert_eq!(
        serde_json::from_value::<DecidedAmount>(value.clone()).unwrap(),
        kept
    );
    value["computed"]["range_yuan"] = serde_json::json!([600, 500]);
    assert!(serde_json::from_value::<DecidedAmount>(value).is_err());
    assert_eq!(serde_json::to_value(usual()).unwrap()["chosen"], "act");
}

fn any_amount(table: TableReference) -> impl Strategy<Value = ComputedAmount> {
    (0..3_u8, 0..50_i64, 0..50_i64, 0..20_i64).prop_map(move |(kind, a, b, above)| {
        let (least, most) = (a.min(b), a.max(b).max(1));
        match kind {
            0 => amount_by(table.clone(), TransportKind::None, [0, 0], above),
            1 => warning(table.clone()),
            _ => amount_by(
                table.clone(),
                TransportKind::Fine,
                [least, most],
                most + above,
            ),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_milder_is_never_harsher_than_either(
        act in any_amount(older()), decision in any_amount(now().reference()),
    ) {
        let result = milder(act.clone(), decision.clone());
        for one in [&act, &decision] {
            prop_assert!(result.chosen().kind() <= one.kind());
            prop_assert!(result.chosen().range_yuan()[1] <= one.range_yuan()[1]);
        }
        let same = act.kind() == decision.kind() && act.range_yuan() == decision.range_yuan();
        let mirrored = milder(decision, act.clone());
        if same {
            prop_assert_eq!(result.chosen(), &act);
        } else {
            prop_assert_eq!(result.chosen(), mirrored.chosen());
            prop_assert_eq!(result.other(), mirrored.other());
        }
        prop_assert_eq!(result.why(), mirrored.why());
        prop_assert_eq!(result.why() == MilderReason::Same, same);
    }

    #[test]
    fn a_decision_that_stands_keeps_the_law(
        act in any_amount(older()), decision_day in any_amount(now().reference()),
        yuan in -2..80_i64, kind in 0..3_usize, old_table in any::<bool>(), spare in 0..3_usize,
        reason in prop_oneof![Just(""), Just("  "), Just("理由")],
        announced in proptest::option::of(0..60_i64),
    ) {
        use TransportKind::{Fine, None, Warning};
        let result = milder(act, decision_day);
        let decision = Decision {
            table: if old_table { older() } else { now().reference() },
            kind: [None, Warning, Fine][kind],
            yuan: Yuan::new(yuan),
            sparing: Sparing::ALL[spare],
            announced_before_defence_yuan: announced.map(Yuan::new),
            ..fine(0, reason)
        };
        let computed = result.chosen();
        let outcome = decide(now(), &result, Option::None, decision.clone());
        let [least, most] = computed.range_yuan();
        let keeps = decision.kind == computed.kind()
            && least <= decision.yuan && decision.yuan <= most;
        let lawful = decision.table == *computed.table()
            && decision.yuan >= Yuan::ZERO
            && (decision.kind == Fine) == (yuan != 0)
            && decision.kind <= computed.kind()
            && decision.yuan <= computed.statutory_most_yuan()
            && announced.is_none_or(|announced| yuan <= announced)
            && (spare != 2 || decision.kind == None)
            && (keeps || !reason.trim().is_empty());
        prop_assert_eq!(outcome.is_ok(), lawful, "{:?}", outcome);
        if let Ok(stands) = outcome {
            prop_assert_eq!(&stands.computed, computed);
            prop_assert_eq!((stands.kind, stands.yuan), (decision.kind, decision.yuan));
        }
    }
}
