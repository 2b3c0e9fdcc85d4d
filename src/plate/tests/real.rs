//! The plates made from the rules, valid and invalid, with their reasons.

use crate::plate::{
    ColourFits, NotAPlate, PlateKind, PlateNumber, compare, cost, is_placeholder, look_alike_key,
    suggestions, types_of,
};

fn plates() -> Option<serde_json::Value> {
    let Some(folder) = std::env::var_os("STEELYARD_REAL_DATA") else {
        println!("STEELYARD_REAL_DATA is unset: plates.json was not read");
        return None;
    };
    let path = std::path::Path::new(&folder).join("plates.json");
    let text = std::fs::read_to_string(path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn every_valid_plate_is_of_its_kind_and_fits_its_colours() {
    let Some(plates) = plates() else { return };
    let valid = plates["valid"].as_array().unwrap();
    assert!(valid.len() > 50);
    for case in valid {
        let reading = case["plate"].as_str().unwrap();
        let wanted = match case["type"].as_str().unwrap() {
            "coach" => "training",
            other => other,
        };
        let plate = PlateNumber::parse(reading).unwrap();
        assert_eq!(plate.kind().name(), wanted, "{reading}");
        for colour in plate.kind().colours() {
            let types = types_of(&plate, Some(*colour));
            assert_eq!(types.colour, ColourFits::Yes, "{reading}");
        }
        let source = case["source"][0].as_str().unwrap();
        let widened = source.contains("extended letters");
        assert_eq!(
            plate.is_widened_letter(),
            widened && !reading.contains(['D', 'F']),
            "{reading}: {source}"
        );
        assert!(suggestions(reading).is_empty(), "{reading}");
        assert!(!is_placeholder(reading), "{reading}");
    }
}

#[test]
fn every_invalid_reading_is_refused_for_its_reason_or_put_into_normal_form() {
    let Some(plates) = plates() else { return };
    for case in plates["invalid"].as_array().unwrap() {
        let reading = case["plate"].as_str().unwrap();
        let reason = case["reason"].as_str().unwrap();
        let found = PlateNumber::parse(reading);
        let raw_form = ["raw", "full-width", "spaces", "separator"]
            .iter()
            .any(|word| reason.contains(word));
        if raw_form {
            // Raw forms are normalised, and what comes out is another text than came in.
            assert!(found.unwrap().as_str() != reading, "{reading}: {reason}");
            continue;
        }
        let why = found.unwrap_err();
        let fits = match reason {
            "province at the end (rotated OCR)" | "swapped" => {
                matches!(why, NotAPlate::Province { found } if found.is_ascii_uppercase())
            }
            "zeros" => why == NotAPlate::Province { found: '0' },
            "first character is not one of the 31 province abbreviations"
            | "Greek Alpha (U+0391)" => {
                matches!(
                    why,
                    NotAPlate::Province { .. } | NotAPlate::Character { .. }
                )
            }
            "province twice" | "digit as issuing code" => matches!(why, NotAPlate::Office { .. }),
            "letter I as issuing code" => why == NotAPlate::Office { found: 'I' },
            "letter I in the serial" => matches!(why, NotAPlate::Serial { found: 'I', .. }),
            "letter O in the serial" => matches!(why, NotAPlate::Serial { found: 'O', .. }),
            "province as suffix" => matches!(why, NotAPlate::Serial { found: '京', .. }),
            "one character short" => matches!(why, NotAPlate::Length { found: 6, .. }),
            "too short" => matches!(why, NotAPlate::Length { found: 5, .. }),
            "embassy with five digits" => matches!(
                why,
                NotAPlate::Length {
                    kind: PlateKind::Embassy,
                    found: 6,
                    ..
                }
            ),
            "one unknown character" | "masked" | "traditional/unknown suffix" => {
                matches!(why, NotAPlate::Character { .. })
            }
            _ if reason.contains("three characters before") => {
                matches!(why, NotAPlate::Length { found: 6, .. })
            }
            _ if reason.contains("five") && reason.contains("before") => {
                matches!(why, NotAPlate::Length { found: 8, .. })
            }
            _ if reason.contains("only with 粤Z") => matches!(why, NotAPlate::CrossBorder { .. }),
            _ if reason.contains("new-energy") => why == NotAPlate::NewEnergy,
            _ if reason.contains("variant") || reason.contains("traditional") => {
                matches!(why, NotAPlate::Province { .. })
            }
            "words" | "camera text" | "camera text for \"no plate\"" => is_placeholder(reading),
            "Dahua/Hikvision placeholder" => is_placeholder(reading),
            other => panic!("{reading}: a reason that is not known here: {other}"),
        };
        assert!(fits, "{reading}: {reason}: {why:?}");
        assert!(!why.to_string().is_empty() && why.text_zh().ends_with('。'));
        for suggested in suggestions(reading) {
            assert_eq!(
                look_alike_key(suggested.as_str()),
                look_alike_key(reading),
                "{reading}"
            );
        }
    }
}

#[test]
fn comparing_all_pairs_is_symmetric_and_keys_keep_their_law() {
    let Some(plates) = plates() else { return };
    let readings: Vec<&str> = ["valid", "invalid"]
        .iter()
        .flat_map(|list| plates[list].as_array().unwrap())
        .map(|case| case["plate"].as_str().unwrap())
        .collect();
    assert!(readings.len() > 200);
    for left in &readings {
        for right in &readings {
            super::matching::laws_hold(left, right);
        }
        // Only what was read in full is equal to itself.
        if cost(left, left) == Some(0) {
            assert_eq!(compare(left, left).name(), "equal", "{left}");
        }
    }
}
