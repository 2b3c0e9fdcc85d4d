//! What is suggested for a reading that is no plate.

use crate::plate::{
    LOOK_ALIKE_SETS, Likeness, MAX_SUGGESTIONS, PlateNumber, compare, look_alike_key, suggestions,
};

fn suggested(reading: &str) -> Vec<String> {
    suggestions(reading).into_iter().map(String::from).collect()
}

#[test]
fn rules_that_are_broken_suggest_what_keeps_them() {
    for (reading, wanted) in [
        // No serial holds I or O.
        ("粤VS186O", &["粤VS1860"][..]),
        ("鲁R8D57I", &["鲁R8D571"]),
        ("晋DOI23挂", &["晋D0123挂"]),
        ("晋DOI23", &[]),
        ("晋DOI2A挂", &["晋D012A挂"]),
        ("晋DOI2AA", &["晋D012AA"]),
        ("粤Z5KI5港", &["粤Z5K15港"]),
        ("O03613使", &["003613使"]),
        ("VA12I4O", &["VA12140"]),
        ("WJ晋12O4X", &["WJ晋1204X"]),
        ("WJ晋1234O", &["WJ晋12340"]),
        ("WJ晋1234I", &["WJ晋12341"]),
        ("WJ晋1234K", &["WJ晋1234X"]),
        // The second character is a letter, and I is none of an office.
        ("京888731", &["京B88731"]),
        ("京188731", &["京L88731", "京T88731"]),
        ("浙I21027", &["浙L21027", "浙T21027"]),
        ("晋012345", &["晋D12345", "晋O12345", "晋Q12345"]),
        ("粤25K55港", &["粤Z5K55港"]),
        ("V412345", &["VA12345"]),
        ("V012345", &["VD12345", "VQ12345"]),
        // Digits of new-energy plates, and their letter.
        ("豫ADC916B", &["豫ADC9168"]),
        ("晋AD1Z345", &["晋AD12345"]),
        ("晋A1Z345D", &["晋A12345D"]),
        ("鲁A81522M", &["鲁A81522H"]),
        ("晋AO1234F", &["晋A01234F"]),
        ("晋A012345", &["晋AD12345"]),
        // What can't be known is not suggested.
        ("浙321027", &[]),
        ("京A12?45", &[]),
        ("中A60774", &[]),
        ("中A6077O", &[]),
        ("8A1234O", &[]),
        ("A京12345", &[]),
        ("晋D挂1234", &[]),
        ("晋DABC12", &[]),
        ("粤B1758港", &[]),
        ("无牌车", &[]),
        ("", &[]),
        // A plate needs no repair, even if another form is near.
        ("晋DD12348", &[]),
        ("晋DB12348", &[]),
        // A repair that leaves too many letters is none.
        ("晋1ABC12", &[]),
        ("晋8A11OC", &["晋BA110C"]),
    ] {
        assert_eq!(suggested(reading), wanted, "{reading}");
    }
}

#[test]
fn three_positions_are_repaired_and_four_are_not() {
    assert_eq!(suggested("晋DOOO11"), ["晋D00011"]);
    assert!(suggested("晋DOOOO1").is_empty());
}

#[test]
fn suggestions_are_few_and_ordered() {
    let found = suggested("晋0L2T45D");
    assert_eq!((found.len(), MAX_SUGGESTIONS), (8, 8));
    assert_eq!(found[0], "晋D12145D");
    assert_eq!(found[1], "晋D12745D");
    assert!(found.is_sorted());
    // As a small plate one character is wrong, as a large one two: fewer first, whatever the text.
    assert_eq!(suggested("晋ABZ234D"), ["晋ABZ2340", "晋A82234D"]);
    // With as many the text decides.
    assert_eq!(suggested("晋AB1234D"), ["晋A81234D", "晋AB12340"]);
}

proptest::proptest! {
    #[test]
    fn every_suggestion_is_a_plate_within_look_alikes(
        reading in "[晋粤WV][DZJA0178][0-9A-Z]{4,5}[0-9A-Z挂港使]",
    ) {
        let found = suggestions(&reading);
        proptest::prop_assert!(found.len() <= MAX_SUGGESTIONS);
        proptest::prop_assert_eq!(&found, &suggestions(&reading));
        if PlateNumber::parse(&reading).is_ok() {
            proptest::prop_assert!(found.is_empty());
        }
        for plate in &found {
            proptest::prop_assert_eq!(&PlateNumber::parse(plate.as_str()).unwrap(), plate);
            proptest::prop_assert_eq!(look_alike_key(plate.as_str()), look_alike_key(&reading));
            let Likeness::LookAlike { differences } = compare(&reading, plate.as_str()) else {
                panic!("{reading} {plate}");
            };
            proptest::prop_assert!(differences.len() <= 3);
        }
    }

    #[test]
    fn nothing_makes_it_panic(reading in "\\PC{0,40}") {
        let _ = suggestions(&reading);
    }

    #[test]
    fn a_plate_with_i_for_1_in_its_serial_is_suggested(
        plate in "[晋京][A-HJ-N][0-9]{5}", at in 2_usize..7
    ) {
        let mut characters: Vec<char> = plate.chars().collect();
        characters[at] = '1';
        let wanted: String = characters.iter().collect();
        characters[at] = 'I';
        let misread: String = characters.iter().collect();
        proptest::prop_assert_eq!(suggested(&misread), [wanted]);
    }
}

#[test]
fn i_and_o_look_like_the_digits_that_are_suggested_for_them() {
    for pair in ["I1", "O0"] {
        let together = LOOK_ALIKE_SETS.iter().any(|set| {
            pair.chars()
                .all(|character| set.characters.contains(character))
        });
        assert!(together, "{pair}");
    }
}
