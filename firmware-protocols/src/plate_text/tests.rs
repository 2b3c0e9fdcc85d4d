//! Tests of the delimited plate text.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;
use crate::check::crc16;

fn plate(text: Option<&str>) -> Plate {
    Plate {
        plate: text.map(ToString::to_string),
        colour: Some(PlateColour::Yellow),
        confidence: Some(97),
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 318_000, true),
        lane: Some(2),
        checked: true,
        ..Plate::default()
    }
}

fn events(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn axxon() -> Settings {
    Settings::new()
        .with("start", "\\x02")
        .with("end", "\\x03")
        .with("delimiter", "")
        .with("fields", "time:14,camera:2,plate")
        .with("time_format", "YYYYMMDDhhmmss")
        .with("checksum", "none")
}

#[test]
fn decoding_gives_back_what_was_encoded_in_every_encoding_and_checksum() {
    for encoding in ["utf-8", "gb18030"] {
        for checksum in ["none", "xor", "sum8", "crc16"] {
            for delimiter in [",", "|", ";;"] {
                let settings = Settings::new()
                    .with("encoding", encoding)
                    .with("delimiter", delimiter)
                    .with("checksum", checksum);
                let layout = Layout::new(&settings).unwrap();
                for text in [Some("京A12345"), Some("粤ZF123港"), Some("贵O·D0001"), None] {
                    let plate = Plate {
                        checked: checksum != "none",
                        ..plate(text)
                    };
                    let line = encode(&plate, &layout).unwrap();
                    assert_eq!(events(&settings, &line), [Event::Plate(plate)]);
                }
            }
        }
    }
}

#[test]
fn the_default_line_is_as_its_specification_says() {
    let layout = Layout::new(&Settings::new()).unwrap();
    let line = encode(&plate(Some("京A12345")), &layout).unwrap();
    let covered = "PLT,2,2025-03-14T08:15:27.318Z,京A12345,yellow,97";
    let expected = alloc::format!("${covered}*{:04X}\r\n", crc16(covered.as_bytes()));
    assert_eq!(String::from_utf8(line).unwrap(), expected);
}

#[test]
fn fixed_positions_and_a_camera_number() {
    let settings = axxon();
    let expected = |text: &str, lane| Plate {
        plate: Some(text.to_string()),
        colour: None,
        confidence: None,
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false),
        lane: Some(lane),
        checked: false,
        ..Plate::default()
    };
    let stream = [
        "\x022025031408152701A123BC77\x03".as_bytes(),
        "\x022025031408152712京A12345\x03".as_bytes(),
    ]
    .concat();
    assert_eq!(
        events(&settings, &stream),
        [
            Event::Plate(expected("A123BC77", 1)),
            Event::Plate(expected("京A12345", 12))
        ]
    );
    let layout = Layout::new(&settings).unwrap();
    let line = encode(&expected("A123BC77", 1), &layout).unwrap();
    assert_eq!(line, b"\x022025031408152701A123BC77\x03");
    let utc = settings.with("clock", "utc");
    let all = events(&utc, &line);
    assert!(matches!(&all[0], Event::Plate(plate) if plate.time.unwrap().is_utc()));
}

#[test]
fn a_raw_template_in_gb18030_and_latin_1() {
    let raw = Settings::new()
        .with("start", "")
        .with("fields", "plate")
        .with("checksum", "none");
    let gb = raw.clone().with("encoding", "gb18030");
    for (settings, bytes, text) in [
        (&gb, &b"\xBE\xA9A12345\r\n"[..], "京A12345"),
        (
            &raw.clone().with("encoding", "latin-1"),
            b"\xD6L-99\r\n",
            "ÖL-99",
        ),
    ] {
        let all = events(settings, bytes);
        assert!(
            matches!(&all[..], [Event::Plate(plate)] if plate.plate.as_deref() == Some(text)),
            "{all:?}"
        );
    }
    assert_eq!(
        events(&raw, b"\xBE\xA9A12345\r\n"),
        [Event::Rejected(Reject::Field)],
        "not UTF-8"
    );
    assert_eq!(events(&raw, b"46HV"), [Event::Rejected(Reject::Truncated)]);
}

#[test]
fn words_for_no_plate_and_unknown_colours_are_not_said() {
    let settings = Settings::new().with("checksum", "none");
    for (line, text, colour) in [
        ("$PLT,,,无车牌,蓝色,\r\n", None, Some(PlateColour::Blue)),
        ("$PLT,,,,渐变,\r\n", None, None),
        (
            "$PLT,,,京A1,黄绿,\r\n",
            Some("京A1"),
            Some(PlateColour::YellowGreen),
        ),
    ] {
        let all = events(&settings, line.as_bytes());
        let Some(Event::Plate(plate)) = all.first() else {
            panic!("{all:?}");
        };
        assert_eq!((plate.plate.as_deref(), plate.colour), (text, colour));
        assert_eq!(
            (plate.lane, plate.time, plate.confidence),
            (None, None, None)
        );
    }
}

#[test]
fn what_is_wrong_is_named() {
    let settings = Settings::new().with("checksum", "none");
    let good = "$PLT,2,2025-03-14T08:15:27.318Z,京A12345,yellow,97\r\n";
    for (line, reason) in [
        (good.replace("97", "101"), Reject::Field),
        (good.replace("03-14", "13-99"), Reject::Field),
        (good.replace(",yellow", ""), Reject::Field),
        (good.replace(",2,", ",x,"), Reject::Field),
        (good.replace("京A12345", "A\u{7}B"), Reject::Field),
        (good.replace("京A12345", "ABCDEFGHIJKLMNOPQ"), Reject::Field),
        ("$PLT,2,2025".to_string(), Reject::Truncated),
        ("noise".to_string(), Reject::Garbage),
    ] {
        assert_eq!(
            events(&settings, line.as_bytes()),
            [Event::Rejected(reason)],
            "{line}"
        );
    }
    let crc = Settings::new();
    assert_eq!(
        events(&crc, good.as_bytes()),
        [Event::Rejected(Reject::Integrity)],
        "no checksum where one is due"
    );
    let long = alloc::format!("$PLT,{}{good}", "x".repeat(300));
    let all = events(&settings, long.as_bytes());
    assert_eq!(all[0], Event::Rejected(Reject::Length));
    assert!(matches!(all.last(), Some(Event::Plate(_))), "{all:?}");
    let cut = alloc::format!("{}{good}", &good[..20]);
    assert_eq!(
        events(&settings, cut.as_bytes())[0],
        Event::Rejected(Reject::Truncated)
    );
}

#[test]
fn settings_that_make_no_line_are_refused() {
    for (key, value) in [
        ("end", ""),
        ("start", "\\xZZ"),
        ("fields", "lane,colour"),
        ("fields", "plate,plate"),
        ("fields", "plate:7"),
        ("fields", "number"),
        ("checksum", "md5"),
        ("encoding", "utf8"),
        ("longest", "7"),
        ("time_format", "hh:mm"),
        ("clock", "local"),
        ("shape", "round"),
    ] {
        let error = Layout::new(&Settings::new().with(key, value)).unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
    assert!(Layout::new(&axxon().with("fields", "time,plate")).is_err());
}

#[test]
fn a_text_that_would_break_the_line_is_not_written() {
    let layout = Layout::new(&Settings::new()).unwrap();
    for text in ["A,B", "A\r\nB", "$PLT,"] {
        assert!(encode(&plate(Some(text)), &layout).is_err(), "{text}");
    }
    let latin = Layout::new(&Settings::new().with("encoding", "latin-1")).unwrap();
    assert!(encode(&plate(Some("京A12345")), &latin).is_err());
}
