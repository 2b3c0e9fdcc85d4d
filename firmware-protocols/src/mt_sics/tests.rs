use super::*;
use crate::Reject;
use alloc::format;

fn decode(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

/// One word or a few for every event.
fn words(bytes: &[u8]) -> Vec<String> {
    decode(bytes)
        .into_iter()
        .map(|event| match event {
            Event::Reading(reading) => match reading.value {
                Some(value) => {
                    let state = if reading.stable.unwrap() {
                        "stable"
                    } else {
                        "moving"
                    };
                    format!("{state} {value} {}", reading.unit.unwrap().name())
                }
                None if reading.overload == Some(true) => "over".to_owned(),
                None => "under".to_owned(),
            },
            Event::Status(status) => {
                let fields = status.fields.iter().map(|(_, text)| format!(" {text}"));
                format!("{}{}", status.name, fields.collect::<String>())
            }
            Event::Rejected(reason) => reason.name().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn line(text: &str) -> Vec<u8> {
    format!("{text}\r\n").into_bytes()
}

#[test]
fn every_line_of_the_device_is_read() {
    for (text, expected) in [
        ("S S      18640 kg", "stable 18640 kg"),
        ("S D     -12.50 g", "moving -12.50 g"),
        ("S S 1234567.89 lb", "stable 1234567.89 lb"),
        ("S +", "over"),
        ("S -", "under"),
        ("S I", "not_executable"),
        ("S L", "wrong_parameter"),
        ("ES", "syntax_error"),
        ("ET", "transmission_error"),
        ("EL", "logical_error"),
        ("Z A", "answer Z A"),
        ("Z +", "answer Z +"),
        ("ZI D", "answer ZI D"),
        ("TAC A", "answer TAC A"),
        ("T S      120.0 kg", "tare T S 120.0 kg"),
        ("TI D      120.0 kg", "tare TI D 120.0 kg"),
        ("TA A      120.0 kg", "tare TA A 120.0 kg"),
        ("I4 A \"B123\"", "identity I4 A \"B123\""),
        ("I0 B 0 \"I0\"", "identity I0 B 0 \"I0\""),
        ("I2 I", "identity I2 I "),
    ] {
        assert_eq!(words(&line(text)), [expected], "{text}");
    }
}

#[test]
fn every_command_of_the_host_is_read() {
    for command in COMMANDS {
        let expected = format!("host_command {command}");
        assert_eq!(words(&line(command)), [expected]);
    }
    for command in ["TA 120.0 kg", "SR 20 kg"] {
        let expected = format!("host_command {command}");
        assert_eq!(words(&line(command)), [expected]);
    }
}

#[test]
fn what_can_not_be_is_refused() {
    for (text, expected) in [
        ("S S     1O0.00 g", "field"),
        ("S S     1.0.00 g", "field"),
        ("S S    - 12.50 g", "field"),
        ("S S    -.12.50 g", "field"),
        ("S S        .50 g", "field"),
        ("S S            g", "field"),
        ("S S    250.00 g", "field"),
        ("S S      250.00 g", "field"),
        ("S S     100.00  g", "field"),
        ("S S     100.00", "field"),
        ("S S     100.00 ct", "field"),
        ("S X     250.00 g", "field"),
        ("S     250.00 g", "field"),
        ("S A", "field"),
        ("TA A", "answer TA A"),
        ("TA kg", "field"),
        ("T 120.0 kg", "field"),
        ("I4 X", "field"),
        ("I4 A", "field"),
        ("I9", "garbage"),
        ("EX", "garbage"),
        ("s S     250.00 g", "garbage"),
    ] {
        let found = words(&line(text));
        assert!(
            found.iter().any(|word| word == expected) && found.len() <= 2,
            "{text}: {found:?}"
        );
    }
    assert_eq!(words(b"S S     250.00 g"), ["truncated"]);
    assert_eq!(words(b"S S     100.00\x80g\r\n"), ["garbage"]);
}

/// A line in front of which a byte was lost or put must not be another weight.
#[test]
fn no_end_of_a_line_is_a_weight() {
    for text in [
        "S S     250.00 g",
        "T S     250.00 g",
        "TA A     250.00 g",
        "TI S     250.00 g",
    ] {
        for cut in 1..text.len() {
            let events = decode(&line(&text[cut..]));
            assert!(
                events.iter().all(|event| matches!(
                    event,
                    Event::Rejected(Reject::Field | Reject::Garbage) | Event::Status(_)
                )),
                "{text} {cut} {events:?}"
            );
        }
    }
}

#[test]
fn it_asks_for_a_weight() {
    let mut asking = decoder(&Settings::new()).unwrap();
    assert_eq!(asking.poll_transmit(0).as_deref(), Some(&b"SI\r\n"[..]));
    assert_eq!(asking.poll_transmit(199_999), None);
    assert_eq!(asking.poll_timeout(), Some(200_000));
    let silent = Settings::new().with("poll", "");
    assert_eq!(decoder(&silent).unwrap().poll_transmit(0), None);
}

#[test]
fn what_has_no_line_is_not_written() {
    let reading = Reading {
        value: Some(Decimal::new(12_345_678_901, 0)),
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        ..Reading::default()
    };
    assert!(encode(&reading).is_err());
    let both = Reading {
        overload: Some(true),
        underload: Some(true),
        ..Reading::default()
    };
    assert!(encode(&both).is_err());
    assert!(encode(&Reading::default()).is_err());
    let status = |name, fields| Status { name, fields };
    assert!(encode_status(&status("syntax_error", vec![])).is_ok());
    assert!(encode_status(&status("strange", vec![])).is_err());
    let command = vec![("command", "X".to_owned())];
    assert!(encode_status(&status("host_command", command)).is_err());
}
