//! What is a plate number, and what is none and why.

use crate::plate::{NotAPlate, PlateKind, PlateNumber};

fn kind(reading: &str) -> PlateKind {
    PlateNumber::parse(reading)
        .unwrap_or_else(|why| panic!("{reading}: {why}"))
        .kind()
}

#[test]
fn every_kind_is_known() {
    for (reading, wanted) in [
        ("晋D12345", PlateKind::Ordinary),
        ("晋DA123B", PlateKind::Ordinary),
        ("京O00001", PlateKind::Ordinary),
        ("晋D12345F", PlateKind::NewEnergyLarge),
        ("粤BBZ9445", PlateKind::NewEnergySmall),
        ("苏AD94511", PlateKind::NewEnergySmall),
        ("晋D1234挂", PlateKind::Trailer),
        ("晋D123A学", PlateKind::Training),
        ("晋A1234警", PlateKind::Police),
        ("003613使", PlateKind::Embassy),
        ("沪A1234领", PlateKind::Consulate),
        ("粤Z5K55港", PlateKind::HkMacau),
        ("粤Z12E9澳", PlateKind::HkMacau),
        ("VA12345", PlateKind::Military),
        ("WJ晋1234X", PlateKind::ArmedPolice),
        ("苏J7018超", PlateKind::Oversize),
    ] {
        assert_eq!(kind(reading), wanted, "{reading}");
    }
}

#[test]
fn readings_are_put_into_normal_form() {
    for reading in [
        " 晋D·12345 ",
        "晋d-12345",
        "晋Ｄ１２３４５",
        "晋D•12345",
        "晋　D 123 45",
        "晋D.12345",
    ] {
        let plate = PlateNumber::parse(reading).unwrap();
        assert_eq!(plate.as_str(), "晋D12345", "{reading}");
    }
}

#[test]
fn what_is_no_plate_says_why() {
    for (reading, wanted) in [
        ("", NotAPlate::Empty),
        (" ·- ", NotAPlate::Empty),
        (&"晋".repeat(4_000), NotAPlate::TooLong),
        (
            "京A12?45",
            NotAPlate::Character {
                character: '?',
                position: 5,
            },
        ),
        ("中A60774", NotAPlate::Province { found: '中' }),
        ("A京12345", NotAPlate::Province { found: 'A' }),
        ("X90621川", NotAPlate::Province { found: 'X' }),
        ("浙I21027", NotAPlate::Office { found: 'I' }),
        ("京京PC5U22", NotAPlate::Office { found: '京' }),
        (
            "粤B88O88",
            NotAPlate::Serial {
                found: 'O',
                position: 5,
            },
        ),
        ("晋DABC12", NotAPlate::Letters { found: 3 }),
        ("鄂AU40527", NotAPlate::NewEnergy),
        ("粤B1758港", NotAPlate::CrossBorder { suffix: '港' }),
        (
            "粤A12领",
            NotAPlate::Length {
                kind: PlateKind::Consulate,
                wanted: 7,
                found: 5,
            },
        ),
        (
            "沪A12B4领",
            NotAPlate::Serial {
                found: 'B',
                position: 5,
            },
        ),
        (
            "12345使",
            NotAPlate::Length {
                kind: PlateKind::Embassy,
                wanted: 7,
                found: 6,
            },
        ),
        (
            "晋",
            NotAPlate::Length {
                kind: PlateKind::Ordinary,
                wanted: 7,
                found: 1,
            },
        ),
        (
            "晋D",
            NotAPlate::Length {
                kind: PlateKind::Ordinary,
                wanted: 7,
                found: 2,
            },
        ),
    ] {
        assert_eq!(PlateNumber::parse(reading), Err(wanted), "{reading}");
    }
}

#[test]
fn serde_is_text_and_refuses_what_is_no_plate() {
    let plate = PlateNumber::parse("晋D12345").unwrap();
    assert_eq!(serde_json::to_string(&plate).unwrap(), "\"晋D12345\"");
    let back: PlateNumber = serde_json::from_str("\"晋D12345\"").unwrap();
    assert_eq!(back, plate);
    let refused = serde_json::from_str::<PlateNumber>("\"中A60774\"").unwrap_err();
    assert!(refused.to_string().contains("province"), "{refused}");
}

proptest::proptest! {
    #[test]
    fn no_reading_makes_it_panic_and_normal_form_stays(reading in "\\PC{0,40}") {
        if let Ok(plate) = PlateNumber::parse(&reading) {
            proptest::prop_assert_eq!(PlateNumber::parse(plate.as_str()), Ok(plate.clone()));
        }
    }

    #[test]
    fn normal_form_is_stable(
        reading in "[京津晋粤WJVK]?[A-Za-zＡ-Ｚ·]{0,2}[0-9A-Z ]{0,7}[挂学警领超使港]?"
    ) {
        if let Ok(plate) = PlateNumber::parse(&reading) {
            proptest::prop_assert_eq!(PlateNumber::parse(plate.as_str()), Ok(plate.clone()));
        }
    }
}

#[test]
fn each_character_is_accepted_where_it_may_stand_and_nowhere_else() {
    let accepted = |make: &dyn Fn(char) -> String| -> String {
        ('0'..='9')
            .chain('A'..='Z')
            .filter(|character| PlateNumber::parse(&make(*character)).is_ok())
            .collect()
    };
    let digits = "0123456789";
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let serial = format!("{digits}{letters}");
    assert_eq!(
        accepted(&|c| format!("晋{c}12345")),
        "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    );
    for position in 0..5 {
        let place = |c: char| {
            let mut text: Vec<char> = "12345".chars().collect();
            text[position] = c;
            text.into_iter().collect::<String>()
        };
        assert_eq!(accepted(&|c| format!("晋D{}", place(c))), serial);
        assert_eq!(accepted(&|c| format!("VA{}", place(c))), digits);
        assert_eq!(accepted(&|c| format!("1{}使", place(c))), digits);
        let armed_police = if position == 4 {
            "0123456789BDHJSTX"
        } else {
            digits
        };
        assert_eq!(accepted(&|c| format!("WJ晋{}", place(c))), armed_police);
        assert_eq!(accepted(&|c| format!("晋D{}D", place(c))), digits);
        let small = if position == 0 { &serial[..] } else { digits };
        assert_eq!(accepted(&|c| format!("晋DD{}", place(c))), small);
    }
    assert_eq!(accepted(&|c| format!("{c}A12345")), "BCEGHJKLNSV");
    assert_eq!(accepted(&|c| format!("V{c}12345")), letters);
    for suffix in "挂学警领超".chars() {
        for position in 0..4 {
            let place = |c: char| {
                let mut text: Vec<char> = "1234".chars().collect();
                text[position] = c;
                text.into_iter().collect::<String>()
            };
            // A consulate's are four digits.
            let expected = if suffix == '领' { digits } else { &serial };
            assert_eq!(accepted(&|c| format!("晋D{}{suffix}", place(c))), expected);
        }
    }
}

#[test]
fn every_kind_has_its_length_and_no_other() {
    for (prefix, end, kind, length) in [
        ("晋D", "挂", PlateKind::Trailer, 7),
        ("晋D", "学", PlateKind::Training, 7),
        ("晋D", "警", PlateKind::Police, 7),
        ("沪A", "领", PlateKind::Consulate, 7),
        ("苏J", "超", PlateKind::Oversize, 7),
        ("粤Z", "港", PlateKind::HkMacau, 7),
        ("粤Z", "澳", PlateKind::HkMacau, 7),
        ("", "使", PlateKind::Embassy, 7),
        ("VA", "", PlateKind::Military, 7),
        ("WJ晋", "", PlateKind::ArmedPolice, 8),
    ] {
        let fixed = prefix.chars().count() + end.chars().count();
        for count in 0..12 {
            let reading = format!("{prefix}{}{end}", "1".repeat(count));
            let found = PlateNumber::parse(&reading);
            if fixed + count == length {
                assert_eq!(found.unwrap().kind(), kind, "{reading}");
            } else {
                let wanted = NotAPlate::Length {
                    kind,
                    wanted: length,
                    found: fixed + count,
                };
                assert_eq!(found, Err(wanted), "{reading}");
            }
        }
    }
    for count in 0..12 {
        let reading = format!("晋D{}", "1".repeat(count));
        let wanted = match count {
            5 => Ok(PlateKind::Ordinary),
            6 => Err(NotAPlate::NewEnergy),
            _ => Err(NotAPlate::Length {
                kind: PlateKind::Ordinary,
                wanted: 7,
                found: count + 2,
            }),
        };
        assert_eq!(
            PlateNumber::parse(&reading).map(|plate| plate.kind()),
            wanted
        );
    }
}

#[test]
fn positions_in_refusals_count_from_one() {
    for (reading, found, position) in [
        ("晋DI2345", 'I', 3),
        ("晋D1234O", 'O', 7),
        ("晋DI234挂", 'I', 3),
        ("A03613使", 'A', 1),
        ("00361O使", 'O', 6),
        ("VAI2345", 'I', 3),
        ("VA1234I", 'I', 7),
        ("WJ晋I234X", 'I', 4),
        ("WJ晋1234K", 'K', 8),
        ("WJ晋123TX", 'T', 7),
    ] {
        assert_eq!(
            PlateNumber::parse(reading),
            Err(NotAPlate::Serial { found, position }),
            "{reading}"
        );
    }
    assert_eq!(
        PlateNumber::parse("WJ京"),
        Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: 3
        })
    );
    assert_eq!(
        PlateNumber::parse("WJ"),
        Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: 2
        })
    );
    assert_eq!(
        PlateNumber::parse("WJ112345"),
        Err(NotAPlate::Province { found: '1' })
    );
    // Letters: two are issued, three are not, and they count in the serial alone.
    assert!(PlateNumber::parse("晋DAB123").is_ok());
    assert!(PlateNumber::parse("晋DABC23").is_err());
    // Cross-border plates of another office of 粤, and of another province's Z.
    for reading in ["粤A1234港", "晋Z1234澳"] {
        let suffix = reading.chars().last().unwrap();
        assert_eq!(
            PlateNumber::parse(reading),
            Err(NotAPlate::CrossBorder { suffix })
        );
    }
}

#[test]
fn refusals_read_as_chinese_sentences() {
    for (reading, zh) in [
        ("", "号牌为空。"),
        ("京A12?45", "第5位“?”不是号牌字符。"),
        ("晋D1234", "普通号牌应为7位，现为6位。"),
        ("中A60774", "“中”不是31个省、自治区、直辖市简称之一。"),
        ("浙I21027", "“I”不是发牌机关代号。"),
        ("粤B88O88", "第5位“O”不能用于号牌序号。"),
        ("晋DABC12", "序号中有3个字母，最多2个。"),
        ("鄂AU40527", "共8位，但不符合新能源汽车号牌的两种编排。"),
        ("粤B1758港", "“港”字号牌只以粤Z核发。"),
    ] {
        assert_eq!(PlateNumber::parse(reading).unwrap_err().text_zh(), zh);
    }
    let long = PlateNumber::parse(&"晋".repeat(33)).unwrap_err();
    assert_eq!(long.text_zh(), "号牌超过32个字符。");
}
