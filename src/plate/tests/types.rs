//! Types, colours and sizes.

use crate::plate::{
    ColourFits, FormConfidence, NewEnergyDrive, PlateColour, PlateEnd, PlateKind, PlateNumber,
    PlateRows, PlateSize, PlateType, RedPart, TextColour, fits_position, types_of,
};
use crate::units::Millimetres;

fn number(text: &str) -> PlateNumber {
    PlateNumber::parse(text).unwrap()
}

#[test]
fn each_type_has_its_code_and_colours() {
    use PlateColour::*;
    use RedPart::{FirstPart, LastCharacter, Nothing};
    use TextColour::{Black as BlackText, White as WhiteText};
    let wanted = [
        (
            "large_vehicle",
            Some("01"),
            Yellow,
            Some(BlackText),
            Nothing,
        ),
        ("small_vehicle", Some("02"), Blue, Some(WhiteText), Nothing),
        ("embassy", Some("03"), Black, Some(WhiteText), LastCharacter),
        (
            "consulate",
            Some("04"),
            Black,
            Some(WhiteText),
            LastCharacter,
        ),
        ("low_speed", Some("13"), Yellow, Some(BlackText), Nothing),
        ("trailer", Some("15"), Yellow, Some(BlackText), Nothing),
        ("training", Some("16"), Yellow, Some(BlackText), Nothing),
        ("police", Some("23"), White, Some(BlackText), LastCharacter),
        ("hong_kong", Some("26"), Black, Some(WhiteText), Nothing),
        ("macao", Some("27"), Black, Some(WhiteText), Nothing),
        ("armed_police", Some("31"), White, None, FirstPart),
        ("military", Some("32"), White, None, FirstPart),
        (
            "large_new_energy",
            Some("51"),
            YellowGreen,
            Some(BlackText),
            Nothing,
        ),
        ("small_new_energy", Some("52"), Green, None, Nothing),
        ("oversize", None, Yellow, None, Nothing),
    ];
    let found = PlateType::ALL.map(|plate_type| {
        (
            plate_type.name(),
            plate_type.code(),
            plate_type.ground(),
            plate_type.text_colour(),
            plate_type.red_part(),
        )
    });
    assert_eq!(found, wanted);
    for plate_type in PlateType::ALL {
        let json = serde_json::to_value(plate_type).unwrap();
        assert_eq!(json, plate_type.name());
        let sure = match plate_type {
            PlateType::Military | PlateType::ArmedPolice => Some("R 70"),
            PlateType::Oversize => None,
            _ => Some("C2"),
        };
        assert_eq!(plate_type.code_sure(), sure);
        if let Some(code) = plate_type.code() {
            assert_eq!(PlateType::from_code(code), Some(plate_type));
        }
    }
    for unknown in ["", "1", "14", "22", "99", "o1"] {
        assert_eq!(PlateType::from_code(unknown), None, "{unknown}");
    }
}

#[test]
fn sizes_and_rows_at_either_end() {
    use PlateEnd::{Front, Rear};
    use PlateRows::{One, Two};
    for (plate_type, end, rows, width, height) in [
        (PlateType::LargeVehicle, Front, Some(One), 440, 140),
        (PlateType::LargeVehicle, Rear, Some(Two), 440, 220),
        (PlateType::SmallVehicle, Front, Some(One), 440, 140),
        (PlateType::SmallVehicle, Rear, Some(One), 440, 140),
        (PlateType::Trailer, Rear, Some(Two), 440, 220),
        (PlateType::LowSpeed, Front, None, 300, 165),
        (PlateType::LowSpeed, Rear, None, 300, 165),
        (PlateType::LargeNewEnergy, Front, Some(One), 480, 140),
        (PlateType::LargeNewEnergy, Rear, Some(One), 480, 140),
        (PlateType::SmallNewEnergy, Front, Some(One), 480, 140),
        (PlateType::SmallNewEnergy, Rear, Some(One), 480, 140),
    ] {
        let face = plate_type.face(end).unwrap();
        let size = PlateSize {
            width_mm: Millimetres::new(width),
            height_mm: Millimetres::new(height),
        };
        assert_eq!(
            (face.rows, face.size),
            (rows, Some(size)),
            "{plate_type:?} {end:?}"
        );
    }
    assert_eq!(PlateType::Trailer.face(Front), None);
    for plate_type in [PlateType::Police, PlateType::Military, PlateType::Oversize] {
        for end in PlateEnd::ALL {
            let face = plate_type.face(end).unwrap();
            assert_eq!((face.rows, face.size), (None, None), "{plate_type:?}");
        }
    }
}

#[test]
fn number_and_colour_together_give_the_type() {
    use ColourFits::{No, Unknown, Yes};
    use PlateColour::*;
    use PlateType::{LargeVehicle, LowSpeed, SmallVehicle};
    for (text, colour, types, fits) in [
        ("晋D12345", Some(Yellow), vec![LargeVehicle, LowSpeed], Yes),
        ("晋D12345", Some(Blue), vec![SmallVehicle], Yes),
        (
            "晋D12345",
            None,
            vec![LargeVehicle, SmallVehicle, LowSpeed],
            Unknown,
        ),
        (
            "晋D12345",
            Some(Green),
            vec![LargeVehicle, SmallVehicle, LowSpeed],
            No,
        ),
        ("晋D1234挂", Some(Yellow), vec![PlateType::Trailer], Yes),
        ("晋D1234挂", Some(Blue), vec![PlateType::Trailer], No),
        ("晋D123A学", Some(Yellow), vec![PlateType::Training], Yes),
        ("晋A1234警", Some(White), vec![PlateType::Police], Yes),
        ("晋A1234警", Some(Blue), vec![PlateType::Police], No),
        ("003613使", Some(Black), vec![PlateType::Embassy], Yes),
        ("沪A1234领", Some(Black), vec![PlateType::Consulate], Yes),
        ("粤Z5K55港", Some(Black), vec![PlateType::HongKong], Yes),
        ("粤Z5K55港", None, vec![PlateType::HongKong], Unknown),
        ("粤Z12E9澳", Some(Black), vec![PlateType::Macao], Yes),
        ("粤Z12E9澳", Some(Yellow), vec![PlateType::Macao], No),
        ("VA12345", Some(White), vec![PlateType::Military], Yes),
        ("WJ晋1234X", Some(White), vec![PlateType::ArmedPolice], Yes),
        ("苏J7018超", Some(Yellow), vec![PlateType::Oversize], Yes),
        (
            "晋D12345F",
            Some(YellowGreen),
            vec![PlateType::LargeNewEnergy],
            Yes,
        ),
        (
            "晋D12345F",
            Some(Yellow),
            vec![PlateType::LargeNewEnergy],
            No,
        ),
        (
            "晋DD12345",
            Some(Green),
            vec![PlateType::SmallNewEnergy],
            Yes,
        ),
        (
            "晋DD12345",
            Some(YellowGreen),
            vec![PlateType::SmallNewEnergy],
            No,
        ),
    ] {
        let found = types_of(&number(text), colour);
        assert_eq!(
            (found.types, found.colour),
            (types, fits),
            "{text} {colour:?}"
        );
    }
}

#[test]
fn kinds_and_types_agree_on_colours() {
    let mut types: Vec<PlateType> = Vec::new();
    for kind in PlateKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        for colour in PlateColour::ALL {
            let issued = kind.types().iter().any(|each| each.ground() == colour);
            assert_eq!(
                kind.colours().contains(&colour),
                issued,
                "{kind:?} {colour:?}"
            );
        }
        types.extend(kind.types());
    }
    types.sort_unstable();
    assert_eq!(types, PlateType::ALL);
}

#[test]
fn only_a_trailers_plate_is_at_the_rear_alone() {
    for text in [
        "晋D12345",
        "晋D12345F",
        "晋DD1234A",
        "晋D123A学",
        "晋A1234警",
        "003613使",
        "沪A1234领",
        "粤Z5K55港",
        "VA12345",
        "WJ晋1234X",
        "苏J7018超",
    ] {
        let Ok(plate) = PlateNumber::parse(text) else {
            assert_eq!(text, "晋DD1234A");
            continue;
        };
        assert!(fits_position(&plate, PlateEnd::Front), "{text}");
        assert!(fits_position(&plate, PlateEnd::Rear), "{text}");
        assert!(!plate.is_trailer(), "{text}");
    }
    let trailer = number("晋D1234挂");
    assert!(!fits_position(&trailer, PlateEnd::Front));
    assert!(fits_position(&trailer, PlateEnd::Rear));
    assert!(trailer.is_trailer());
}

#[test]
fn later_letters_of_new_energy_plates_are_low_in_confidence() {
    for letter in "ABCDEFGHJK".chars() {
        let drive = if "ABCDE".contains(letter) {
            NewEnergyDrive::PureElectric
        } else {
            NewEnergyDrive::Other
        };
        for text in [
            format!("晋A12345{letter}"),
            format!("晋A{letter}12345"),
            format!("晋A{letter}D2345"),
        ] {
            let plate = number(&text);
            let widened = !matches!(letter, 'D' | 'F');
            assert_eq!(plate.new_energy_letter(), Some(letter), "{text}");
            assert_eq!(plate.new_energy_drive(), Some(drive), "{text}");
            assert_eq!(plate.is_widened_letter(), widened, "{text}");
            let confidence = if widened {
                FormConfidence::Low
            } else {
                FormConfidence::Usual
            };
            assert_eq!(plate.confidence(), confidence, "{text}");
        }
    }
    for letter in "ILMNOPQRSTUVWXYZ".chars() {
        for text in [format!("晋A12345{letter}"), format!("晋A{letter}12345")] {
            assert!(PlateNumber::parse(&text).is_err(), "{text}");
        }
    }
    let ordinary = number("晋AB2345");
    assert_eq!(ordinary.new_energy_letter(), None);
    assert_eq!(ordinary.new_energy_drive(), None);
    assert!(!ordinary.is_widened_letter());
    assert_eq!(ordinary.confidence(), FormConfidence::Usual);
    assert_eq!(
        FormConfidence::ALL.map(FormConfidence::sure),
        ["C2", "R 85"]
    );
}

/// Names are the serde names, and Chinese names tell the members of a list apart.
#[test]
fn closed_lists_have_names() {
    macro_rules! check {
        ($($list:ident),*) => {$(
            let mut names: Vec<&str> = Vec::new();
            for each in crate::plate::$list::ALL {
                assert_eq!(serde_json::to_value(each).unwrap(), each.name());
                assert!(!each.zh().is_ascii(), "{}", each.name());
                names.extend([each.name(), each.zh()]);
            }
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, stringify!($list));
        )*};
    }
    check!(
        PlateKind,
        PlateColour,
        PlateType,
        TextColour,
        RedPart,
        PlateEnd,
        PlateRows,
        ColourFits,
        FormConfidence,
        NewEnergyDrive,
        Side
    );
}
