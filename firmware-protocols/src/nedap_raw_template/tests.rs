//! Tests of the template messages.

use alloc::string::{String, ToString};

use super::*;
use crate::DeviceTime;

fn events(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
    events(settings, bytes)
        .into_iter()
        .map(|event| match event {
            Event::Plate(plate) => plate.plate.unwrap_or_else(|| "-".to_string()),
            Event::Rejected(reason) => reason.name().to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn template(text: &str) -> Settings {
    Settings::new().with("template", text)
}

#[test]
fn the_default_takes_plates_of_any_country_in_either_encoding() {
    let default = Settings::new();
    for (bytes, text) in [
        (&b"46KLM8-NLD\r\n"[..], "46KLM8"),
        (b"46KLM8\r\n", "46KLM8"),
        (b"WOB-ZK 295-DEU\r\n", "WOB-ZK 295"),
        (b"\xBE\xA9A12345\r\n", "京A12345"),
        (b"\xC2\xB3B54321-CHN\r\n", "鲁B54321"),
        ("鲁B54321\r\n".as_bytes(), "鲁B54321"),
        (b"NOPLATE\r\n", "-"),
        (b"-NLD\r\n", "-"),
    ] {
        assert_eq!(words(&default, bytes), [text]);
    }
    let keep = default.with("country", "keep");
    assert_eq!(words(&keep, b"46KLM8-NLD\r\n"), ["46KLM8-NLD"]);
}

#[test]
fn all_ways_to_write_a_template_are_one() {
    for text in [
        "%PLATE%0x0D%0x0A",
        "%PLATE%0x0D0x0A",
        "%PLATE0x0d0x0a",
        "%PLATE%0x0D%0x0a",
    ] {
        assert_eq!(
            words(&template(text), b"A1-NLD\r\nB2\r\n"),
            ["A1", "B2"],
            "{text}"
        );
    }
}

#[test]
fn tags_with_text_between_them() {
    let settings =
        template("0x02%PLATE_STRING%;%PLATE_COUNTRY%;%DATE%%TIME%;%OCRSCORE;%SN;%TRANSIT_ID%0x03");
    let bytes = b"\x0246KLM8;NLD;2025-03-1408-15-27;92;12345;77\x03";
    let expected = Plate {
        plate: Some("46KLM8".to_string()),
        confidence: Some(92),
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false),
        read_id: Some("77".to_string()),
        ..Plate::default()
    };
    assert_eq!(events(&settings, bytes), [Event::Plate(expected.clone())]);
    let written = encode(&expected, &settings).unwrap();
    assert_eq!(
        events(&settings, &written),
        [Event::Plate(expected.clone())]
    );
    for (from, to) in [
        ("NLD", "N1D"),
        ("92", "192"),
        ("92", "x"),
        ("08-15-27", "08-65-27"),
        ("08-15-27", "08:15:27"),
        (";12345", ""),
        ("77", "seven"),
    ] {
        let text = core::str::from_utf8(bytes).unwrap().replace(from, to);
        assert_eq!(words(&settings, text.as_bytes()), ["field"], "{to}");
    }
    // Noise before the mark costs nothing.
    let noise = [&b"46KLM9;"[..], bytes].concat();
    assert_eq!(words(&settings, &noise), ["garbage", "46KLM8"]);
}

#[test]
fn plate_and_plate_string_must_agree() {
    let settings = template("%PLATE %PLATE_STRING%0x0A");
    assert_eq!(words(&settings, b"A1-NLD A1\n"), ["A1"]);
    assert_eq!(words(&settings, b"A1-NLD A2\n"), ["contradiction"]);
}

#[test]
fn what_is_wrong_is_named() {
    let default = Settings::new();
    for (bytes, word) in [
        (&b"46HV"[..], "truncated"),
        (b"46\x01HV\r\n", "field"),
        (b"ABCDEFGHIJKLMNOPQ\r\n", "field"),
        (b"\xFF\xFFA1\r\n", "field"),
    ] {
        assert_eq!(words(&default, bytes), [word]);
    }
}

#[test]
fn templates_that_make_no_message_are_refused() {
    for text in [
        "",
        "%PLATE",
        "%DATE%0x0D",
        "%PLATE%%PLATE_STRING%0x0D",
        "%PLATE %PLATE%0x0D",
        "%NOTHING %PLATE%0x0D",
        "100% %PLATE%0x0D",
    ] {
        assert!(decoder(&template(text)).is_err(), "{text}");
    }
    for (key, value) in [
        ("date_format", "YY-MM"),
        ("time_format", "hh"),
        ("clock", "pattern"),
        ("longest", "2000"),
        ("encoding", "big5"),
        ("country", "prefix"),
    ] {
        assert!(decoder(&Settings::new().with(key, value)).is_err(), "{key}");
    }
}

#[test]
fn a_plate_that_would_be_read_as_another_is_not_written() {
    let plate = |text: &str| Plate {
        plate: Some(text.to_string()),
        ..Plate::default()
    };
    let default = Settings::new();
    for text in [
        "AB-CDE",
        "A\r\nB",
        "NOPLATE",
        "ABCDEFGHIJKLMNOPQ",
        " A1",
        "",
    ] {
        assert!(encode(&plate(text), &default).is_err(), "{text:?}");
    }
    let keep = default.clone().with("country", "keep");
    assert!(encode(&plate("AB-CDE"), &keep).is_ok());
    let latin = default.with("encoding", "latin-1");
    assert!(encode(&plate("京A12345"), &latin).is_err());
    let dated = template("%PLATE %DATE %TIME%0x0A");
    assert_eq!(
        encode(&plate("A1"), &dated),
        Err(EncodeError::Missing("time"))
    );
}

#[test]
fn the_end_of_an_endless_line_is_no_plate() {
    for length in [150, 160, 165, 319, 330, 2_000] {
        let line = [&b"A".repeat(length)[..], b"BCDE12\r\n46KLM8\r\n"].concat();
        let found = words(&Settings::new(), &line);
        assert_eq!(found.last().unwrap(), "46KLM8", "{length}");
        let plates = found
            .iter()
            .filter(|word| !word.starts_with(char::is_lowercase));
        assert_eq!(plates.count(), 1, "{length} {found:?}");
    }
}
