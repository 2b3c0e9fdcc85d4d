//! Who may fine: one act, one fine.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use steelyard::law::{
    AlternativeReason, Authority, AuthorityError, EnforcementMode, LawTables, OneAct, Table,
    imposable,
};
use steelyard::units::Yuan;

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

const LATE: &str = "2024-06-01";

fn one(mode: EnforcementMode, transport: [i64; 2], police: [i64; 2], points: u8) -> OneAct {
    let (transport, police) = (Some(yuan(transport)), Some(yuan(police)));
    imposable(national(), mode, day(LATE), transport, police, Some(points)).unwrap()
}

#[test]
fn at_a_joint_station_the_police_alone_fine() {
    let act = one(EnforcementMode::JointStation, [3_500, 3_500], [200, 500], 1);
    assert_eq!(
        (act.by, act.fine_range_yuan),
        (Some(Authority::Police), yuan([200, 500]))
    );
    let other = act.alternatives[0];
    assert_eq!(act.alternatives.len(), 1);
    assert_eq!(other.authority, Authority::Transport);
    assert_eq!(other.fine_range_yuan, yuan([3_500, 3_500]));
    assert_eq!(other.why, AlternativeReason::NotInThisMode);
    assert_eq!((act.points, act.points_by_police_still()), (Some(1), true));
    assert_eq!(act.unloading_supervised_by, Some(Authority::Transport));
    assert!(!act.higher_rule() && !act.unfined_by_mode());
    assert!(
        act.text_zh()
            .contains("公安机关交通管理部门罚款200元以上500元以下")
    );
    assert!(
        act.text_zh()
            .contains("另由公安机关交通管理部门记1分；记分不是罚款")
    );
    assert!(
        act.text_en()
            .contains("3500 yuan of the transport authorities is not imposed")
    );
    assert!(act.text_zh().contains("交公路发〔2017〕173号"));
    assert!(!act.text_zh().contains("第二十九条"));
}

#[test]
fn what_the_mode_leaves_to_nobody_is_said() {
    // Over the road's limit, within its own payload.
    let act = one(EnforcementMode::JointStation, [3_500, 3_500], [0, 0], 0);
    assert_eq!((act.by, act.fine_range_yuan), (None, yuan([0, 0])));
    assert!(act.unfined_by_mode() && !act.points_by_police_still());
    assert!(act.text_zh().contains("须由人员决定") && act.text_en().contains("a person has to"));
    let nothing = one(EnforcementMode::JointStation, [0, 0], [0, 0], 0);
    assert!(!nothing.unfined_by_mode() && nothing.alternatives.is_empty());
    assert!(nothing.text_zh().contains("不处罚款") && nothing.text_en().contains("no fine"));
    let entry = one(EnforcementMode::ExpresswayEntry, [500, 500], [200, 500], 1);
    assert_eq!(
        (entry.by, entry.alternatives.len(), entry.points),
        (None, 2, None)
    );
}

#[test]
fn off_site_the_transport_authority_fines() {
    let act = one(EnforcementMode::OffSite, [500, 500], [500, 2_000], 3);
    assert_eq!(
        (act.by, act.fine_range_yuan),
        (Some(Authority::Transport), yuan([500, 500]))
    );
    assert_eq!(act.alternatives[0].why, AlternativeReason::NotInThisMode);
    assert_eq!((act.points, act.unloading_supervised_by), (None, None));
}

#[test]
fn where_both_could_fine_the_higher_amount_rules() {
    for mode in [
        EnforcementMode::StationWithoutPolice,
        EnforcementMode::MobileJoint,
    ] {
        let by = |transport, police| {
            let act = one(mode, transport, police, 0);
            let why = act.alternatives.first().map(|other| other.why);
            (act.by.unwrap(), why, act.higher_rule())
        };
        let lower = Some(AlternativeReason::LowerAmount);
        assert_eq!(
            by([501, 501], [200, 500]),
            (Authority::Transport, lower, true)
        );
        assert_eq!(by([499, 499], [200, 500]), (Authority::Police, lower, true));
        // The same most: the higher least.
        assert_eq!(
            by([500, 500], [200, 500]),
            (Authority::Transport, lower, true)
        );
        assert_eq!(by([200, 500], [201, 500]), (Authority::Police, lower, true));
        let same = Some(AlternativeReason::SameAmount);
        assert_eq!(by([200, 500], [200, 500]), (Authority::Police, same, false));
        assert_eq!(by([0, 0], [200, 500]), (Authority::Police, None, false));
        assert_eq!(by([500, 500], [0, 0]), (Authority::Transport, None, false));
    }
    let act = one(
        EnforcementMode::StationWithoutPolice,
        [3_500, 3_500],
        [200, 500],
        3,
    );
    assert!(act.text_zh().contains("《行政处罚法》第二十九条") && act.points == Some(3));
    assert!(act.text_en().contains("the higher amount rules") && act.text_en().is_ascii());
}

#[test]
fn two_amounts_compete_only_since_the_rule_of_the_higher_one() {
    let on = |mode, text, police| {
        let transport = Some(yuan([500, 500]));
        imposable(
            national(),
            mode,
            day(text),
            transport,
            Some(yuan(police)),
            None,
        )
    };
    let mode = EnforcementMode::StationWithoutPolice;
    let refused = on(mode, "2021-07-14", [200, 500]).unwrap_err();
    let expected = AuthorityError::NoHigherRuleYet {
        day: day("2021-07-14"),
        from: day("2021-07-15"),
    };
    assert_eq!(refused, expected);
    assert!(refused.zh().contains("2021-07-15"));
    assert!(on(mode, "2021-07-15", [200, 500]).is_ok());
    assert!(
        on(mode, "2021-07-14", [0, 0]).is_ok(),
        "one amount alone does not compete"
    );
    assert!(on(EnforcementMode::JointStation, "2021-07-14", [200, 500]).is_ok());
}

#[test]
fn only_amounts_that_matter_need_be_known() {
    let of = |mode, transport: Option<[i64; 2]>, police: Option<[i64; 2]>| {
        imposable(
            national(),
            mode,
            day(LATE),
            transport.map(yuan),
            police.map(yuan),
            None,
        )
    };
    let joint = EnforcementMode::JointStation;
    assert!(
        of(joint, None, Some([200, 500]))
            .unwrap()
            .alternatives
            .is_empty()
    );
    let refused = of(joint, Some([500, 500]), None).unwrap_err();
    let authority = Authority::Police;
    assert_eq!(
        refused,
        AuthorityError::AmountUnknown {
            mode: joint,
            authority
        }
    );
    assert!(refused.to_string().contains("approved payload") && refused.zh().contains("核定"));
    assert!(of(EnforcementMode::OffSite, Some([500, 500]), None).is_ok());
    assert!(of(EnforcementMode::MobileJoint, Some([500, 500]), None).is_err());
    assert!(of(EnforcementMode::MobileJoint, None, Some([200, 500])).is_err());
    for wrong in [[501, 500], [-1, 500]] {
        let refused = of(joint, Some(wrong), Some([200, 500])).unwrap_err();
        assert!(matches!(refused, AuthorityError::NoRange { .. }));
        assert!(refused.zh().contains("500元"));
        assert!(of(joint, Some([500, 500]), Some(wrong)).is_err());
    }
}

#[test]
fn a_mode_that_the_table_leaves_out_is_refused() {
    let row = "[[enforcement.mode]]\nmode = \"expressway_entry\"";
    let tail = text()
        .split_once(row)
        .unwrap()
        .1
        .split_once("\n# ---")
        .unwrap()
        .0;
    let tables = LawTables::parse(&[("t", &text().replacen(&format!("{row}{tail}"), "", 1))]);
    let mode = EnforcementMode::ExpresswayEntry;
    let refused = imposable(&tables.unwrap().all()[0], mode, day(LATE), None, None, None);
    let refused = refused.unwrap_err();
    assert!(matches!(refused, AuthorityError::NotInTable { .. }));
    assert!(refused.to_string().contains("expressway_entry") && refused.zh().contains(mode.zh()));
}

#[test]
fn wrong_rows_of_enforcement_are_refused() {
    for (from, to, expected) in [
        (
            "mode = \"mobile_joint\"",
            "mode = \"off_site\"",
            "off_site: stands twice",
        ),
        (
            "value = [\"police\"], sure",
            "value = [\"police\", \"police\"], sure",
            "stands twice in",
        ),
        (
            "value = [\"police\"], sure = \"C2\"",
            "value = [\"police\"], sure = \"x\"",
            "mark `x`",
        ),
        (
            "value = true, sure = \"C2\"",
            "value = true, sure = \"y\"",
            "mark `y`",
        ),
        (
            "value = \"transport\", sure = \"C2\"",
            "value = \"transport\", sure = \"z\"",
            "mark `z`",
        ),
        (
            "[enforcement.one_fine]\nvalid_from = \"2021-07-15\"\nsure = \"C\"",
            "[enforcement.one_fine]\nvalid_from = \"2021-07-15\"\nsure = \"w\"",
            "mark `w`",
        ),
    ] {
        let said = complaint(from, to);
        assert!(said.contains(expected), "{from}: {said}");
    }
}

proptest! {
    #[test]
    fn one_act_has_one_fine(
        mode in proptest::sample::select(EnforcementMode::ALL.to_vec()),
        transport in (0..5_000_i64, 0..5_000_i64), police in (0..5_000_i64, 0..5_000_i64),
        points in 0..7_u8,
    ) {
        let ordered = |(a, b): (i64, i64)| [a.min(b), a.max(b)];
        let (transport, police) = (ordered(transport), ordered(police));
        let act = one(mode, transport, police, points);
        let known = |by| yuan(if by == Authority::Transport { transport } else { police });
        let imposed = act.by.map_or(yuan([0, 0]), known);
        prop_assert_eq!(act.fine_range_yuan, imposed);
        prop_assert!(act.by.is_none() || imposed[1] > Yuan::ZERO);
        for other in &act.alternatives {
            prop_assert!(Some(other.authority) != act.by && other.fine_range_yuan[1] > Yuan::ZERO);
            prop_assert_eq!(other.fine_range_yuan, known(other.authority));
            // What competes is never higher than what is imposed.
            prop_assert!(other.why == AlternativeReason::NotInThisMode
                || other.fine_range_yuan[1] <= imposed[1]);
        }
        prop_assert!(act.points.is_none_or(|given| given == points && points > 0));
    }
}
