//! Comparing readings: worked examples of every outcome, and the laws.

use crate::plate::{Difference, Likeness, Side, compare, cost, is_placeholder, look_alike_key};

/// The laws that hold for any two readings.
pub(super) fn laws_hold(left: &str, right: &str) {
    let likeness = compare(left, right);
    let what = || format!("{left} {right} {likeness:?}");
    assert_eq!(
        compare(right, left),
        likeness.clone().mirrored(),
        "{}",
        what()
    );
    assert_eq!(
        likeness.clone().mirrored().mirrored(),
        likeness,
        "{}",
        what()
    );
    let cost_of = cost(left, right);
    assert_eq!(cost(right, left), cost_of, "{}", what());
    assert_eq!(
        cost_of == Some(0),
        likeness == Likeness::Equal,
        "{}",
        what()
    );
    assert_eq!(
        cost_of.is_none(),
        likeness == Likeness::NoPlate,
        "{}",
        what()
    );
    let (left_key, right_key) = (look_alike_key(left), look_alike_key(right));
    match &likeness {
        Likeness::Equal | Likeness::LookAlike { .. } => {
            assert_eq!(left_key, right_key, "{}", what());
        }
        Likeness::NoPlate => assert!(left_key.is_empty() || right_key.is_empty(), "{}", what()),
        _ => assert!(!left_key.is_empty() && !right_key.is_empty(), "{}", what()),
    }
    let bound = match &likeness {
        Likeness::NoPlate | Likeness::Equal => 0,
        Likeness::LookAlike { differences } => 4 * differences.len(),
        Likeness::Open {
            unread,
            differences,
        } => 2 * unread.len() + 4 * differences.len(),
        Likeness::LostOrAdded { .. } => 8,
        Likeness::Other => usize::MAX,
    };
    assert!(
        cost_of.unwrap_or(0) as usize <= bound,
        "{} {cost_of:?}",
        what()
    );
    assert!(likeness.text_zh().ends_with('。') && likeness.text_en().ends_with('.'));
    let json = serde_json::to_value(&likeness).unwrap();
    assert_eq!(json["likeness"], likeness.name());
    assert_eq!(serde_json::from_value::<Likeness>(json).unwrap(), likeness);
}

fn difference(position: usize, left: char, right: char) -> Difference {
    Difference {
        position,
        left,
        right,
    }
}

fn lost(longer: Side, position: usize, character: Option<char>) -> Likeness {
    Likeness::LostOrAdded {
        longer,
        position,
        character,
    }
}

#[test]
fn every_outcome_with_its_cost() {
    let look_alike = |differences| Likeness::LookAlike { differences };
    let open = |unread, differences| Likeness::Open {
        unread,
        differences,
    };
    for (left, right, wanted, wanted_cost) in [
        ("晋D12345", "晋d·12345", Likeness::Equal, Some(0)),
        (
            "晋D12345",
            "晋012345",
            look_alike(vec![difference(2, 'D', '0')]),
            Some(3),
        ),
        (
            "晋DB2345",
            "青D82345",
            look_alike(vec![difference(1, '晋', '青'), difference(3, 'B', '8')]),
            Some(7),
        ),
        ("晋D1234C", "晋D12346", Likeness::Other, Some(10)),
        ("鄂D12345", "晋D12345", Likeness::Other, Some(10)),
        ("晋D12345", "晋D?2345", open(vec![3], vec![]), Some(2)),
        ("晋D?2345", "晋D*2345", open(vec![3], vec![]), Some(2)),
        ("无D12345", "晋D12345", open(vec![1], vec![]), Some(2)),
        (
            "京A*****",
            "京A12345",
            open(vec![3, 4, 5, 6, 7], vec![]),
            Some(10),
        ),
        (
            "晋D1234_",
            "晋O12345",
            open(vec![7], vec![difference(2, 'D', 'O')]),
            Some(5),
        ),
        ("晋D?2345", "晋D12349", Likeness::Other, Some(12)),
        (
            "晋D1234",
            "晋D12345",
            lost(Side::Right, 7, Some('5')),
            Some(8),
        ),
        (
            "晋D12345",
            "D12345",
            lost(Side::Left, 1, Some('晋')),
            Some(8),
        ),
        (
            "晋D12245",
            "晋D1245",
            lost(Side::Left, 4, Some('2')),
            Some(8),
        ),
        (
            "晋D11111",
            "晋D1111",
            lost(Side::Left, 3, Some('1')),
            Some(8),
        ),
        (
            "京京PC5U22",
            "京PC5U22",
            lost(Side::Left, 1, Some('京')),
            Some(8),
        ),
        ("晋D123?45", "晋D12345", lost(Side::Left, 6, None), Some(8)),
        // One lost and one look-alike besides: no longer one.
        ("晋D12345", "晋0234S", Likeness::Other, Some(14)),
        // An unread character is not known to be the same.
        ("晋D12?4", "晋D12?45", Likeness::Other, Some(10)),
        ("晋D123", "晋D12345", Likeness::Other, Some(16)),
        ("晋D12345", "晋D1234567", Likeness::Other, Some(16)),
        // Shifted by one: two lost characters, not five other ones.
        ("晋D12345", "晋D23451", Likeness::Other, Some(16)),
        ("晋D12345", "晋D92345", Likeness::Other, Some(10)),
        ("晋D12345", "豫K98889", Likeness::Other, Some(70)),
        ("晋D12345", "无牌车", Likeness::NoPlate, None),
        ("unknown", "_无_", Likeness::NoPlate, None),
        ("", "晋D12345", Likeness::NoPlate, None),
    ] {
        assert_eq!(compare(left, right), wanted, "{left} {right}");
        assert_eq!(cost(left, right), wanted_cost, "{left} {right}");
        laws_hold(left, right);
    }
    let long = "晋".repeat(33);
    assert_eq!(compare(&long, &long), Likeness::NoPlate);
    assert_eq!(cost(&long, &long), None);
    let longest = "晋".repeat(32);
    assert_eq!(compare(&longest, &longest), Likeness::Equal);
    assert_eq!(cost(&longest, "京"), Some(31 * 8 + 10));
}

#[test]
fn likeness_reads_as_a_sentence() {
    for (left, right, zh, en) in [
        (
            "晋DB2345",
            "青D82345",
            "两次识别仅形近字符不同：第1位“晋”与“青”，第3位“B”与“8”。",
            "The readings differ only in characters that look alike: position 1 '晋' and '青', position 3 'B' and '8'.",
        ),
        (
            "晋D12?4?",
            "晋D12345",
            "第5、7位未识别，其余字符相同。",
            "Position 5, 7 was not read; the rest is the same.",
        ),
        (
            "晋D1234_",
            "晋O12345",
            "第7位未识别，形近字符不同：第2位“D”与“O”，其余字符相同。",
            "Position 7 was not read, characters look alike at position 2 'D' and 'O'; the rest is the same.",
        ),
        (
            "晋D1234",
            "晋D12345",
            "后一识别结果比前一识别结果多第7位“5”，其余字符相同。",
            "The second reading has '5' more, at position 7; the rest is the same.",
        ),
        (
            "晋D123?45",
            "晋D12345",
            "前一识别结果比后一识别结果多第6位（未识别），其余字符相同。",
            "The first reading has an unread character more, at position 6; the rest is the same.",
        ),
    ] {
        let likeness = compare(left, right);
        assert_eq!(likeness.text_zh(), zh);
        assert_eq!(likeness.text_en(), en);
    }
}

#[test]
fn sides_have_names() {
    assert_eq!(Side::ALL.map(Side::name), ["left", "right"]);
    for side in Side::ALL {
        assert_eq!(serde_json::to_value(side).unwrap(), side.name());
    }
}

proptest::proptest! {
    #[test]
    fn the_laws_hold_for_near_readings(
        left in "[晋青]?[D0O][1I7?]{0,3}[2Z]{0,2}[6GC]{1,2}",
        right in "[晋青]?[D0O][1I7?]{0,3}[2Z]{0,2}[6GC]{1,2}",
    ) {
        laws_hold(&left, &right);
    }

    #[test]
    fn the_laws_hold_for_any_text(left in "\\PC{0,40}", right in "\\PC{0,40}") {
        laws_hold(&left, &right);
        laws_hold(&left, &left);
        let _ = is_placeholder(&left);
    }

    #[test]
    fn one_character_taken_out_is_found_where_it_was(
        plate in "[晋京][A-H][0-9A-H]{5}", at in 0_usize..7
    ) {
        let mut characters: Vec<char> = plate.chars().collect();
        let taken = characters.remove(at);
        let shorter: String = characters.iter().collect();
        let Likeness::LostOrAdded { longer, position, character } = compare(&plate, &shorter) else {
            panic!("{plate} {shorter}");
        };
        proptest::prop_assert_eq!(longer, Side::Left);
        proptest::prop_assert_eq!(character, Some(taken));
        // The first of its run.
        proptest::prop_assert!(position <= at + 1);
        let between: Vec<char> = plate.chars().skip(position - 1).take(at + 2 - position).collect();
        proptest::prop_assert!(between.iter().all(|c| *c == taken));
        let before = plate.chars().nth(position.wrapping_sub(2));
        proptest::prop_assert!(position == 1 || before != Some(taken));
    }
}
