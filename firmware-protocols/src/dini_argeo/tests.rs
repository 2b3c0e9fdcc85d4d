use super::*;
use alloc::string::ToString;

fn events_with(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

fn events(bytes: &[u8]) -> Vec<Event> {
    events_with(&Settings::new(), bytes)
}

fn one(bytes: &[u8]) -> Event {
    let mut all = events(bytes);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn reading(text: &str) -> Reading {
    match one(text.as_bytes()) {
        Event::Reading(reading) => reading,
        other => panic!("{text}: {other:?}"),
    }
}

fn reason(text: &str) -> Reject {
    match one(text.as_bytes()) {
        Event::Rejected(reason) => reason,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn standard_lines() {
    let plain = reading("ST,GS,   18640,kg\r\n");
    assert_eq!(plain.value, Some(Decimal::new(18_640, 0)));
    assert_eq!((plain.stable, plain.net), (Some(true), Some(false)));
    assert_eq!((plain.channel, plain.tare), (None, None));
    let addressed = reading("17US,NT,-   12.5, t\r\n");
    assert_eq!(addressed.value, Some(Decimal::new(-125, 1)));
    assert_eq!(addressed.unit, Some(Unit::Tonne));
    assert_eq!(addressed.channel, Some(17));
    for (line, over) in [
        ("OL,GS,   99999,kg\r\n", true),
        ("UL,GS,        ,kg\r\n", false),
    ] {
        let reading = reading(line);
        assert_eq!((reading.value, reading.stable), (None, None));
        assert_eq!(
            (reading.overload, reading.underload),
            (Some(over), Some(!over))
        );
    }
}

#[test]
fn extended_lines() {
    let line = "05ST,2,      7340kg,PT       120kg\r\n";
    let extended = reading(line);
    assert_eq!(extended.value, Some(Decimal::new(7_340, 0)));
    assert_eq!(extended.tare, Some(Decimal::new(120, 0)));
    assert_eq!((extended.net, extended.channel), (Some(false), Some(2)));
    let by_address = Settings::new().with("channel", "address");
    match events_with(&by_address, line.as_bytes()).as_slice() {
        [Event::Reading(reading)] => assert_eq!(reading.channel, Some(5)),
        other => panic!("{other:?}"),
    }
    let over = reading("OL,4,          kg,         0.0kg\r\n");
    assert_eq!((over.value, over.overload), (None, Some(true)));
    assert_eq!(over.tare, Some(Decimal::new(0, 1)));
    assert_eq!(reason("ST,1,      7340kg\r\n"), Reject::Truncated);
    let units = "ST,1,      7340kg,           0lb\r\n";
    assert_eq!(reason(units), Reject::Contradiction);
    let blank = "ST,1,      7340kg,            kg\r\n";
    let blank = reading(blank);
    assert_eq!(blank.value, Some(Decimal::new(7_340, 0)));
    assert_eq!(blank.tare, None);
    let no_weight = "ST,1,          kg,           0kg\r\n";
    assert_eq!(reason(no_weight), Reject::Field);
    let word = "ST,1,      7340kg,XX         0kg\r\n";
    assert_eq!(reason(word), Reject::Field);
}

#[test]
fn repeater_frames() {
    let moving = reading("$107340\r");
    assert_eq!(moving.value, Some(Decimal::new(7_340, 0)));
    assert_eq!(
        (moving.stable, moving.unit, moving.net),
        (Some(false), None, None)
    );
    let invalid = reading("$3-----\r");
    assert_eq!(
        (invalid.value, invalid.stable, invalid.overload),
        (None, None, None)
    );
    assert_eq!(reason("$207340\r"), Reject::Field);
    assert_eq!(reason("$10734x\r"), Reject::Field);
    assert_eq!(reason("$10734\r"), Reject::Truncated);
    assert_eq!(reason("$1073"), Reject::Truncated);
    let stream = events(b"ST,G$$01$000042\r$000043\r");
    let values: Vec<_> = stream
        .iter()
        .map(|event| match event {
            Event::Reading(reading) => reading.value.unwrap().to_string(),
            Event::Rejected(reason) => reason.name().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(values, ["truncated", "garbage", "truncated", "42", "43"]);
}

#[test]
fn answers_and_commands_are_statuses() {
    for (line, name, fields) in [
        ("OK\r\n", "ok", vec![]),
        (
            "01ERR03\r\n",
            "error",
            vec![("address", "01"), ("code", "03")],
        ),
        (
            "01READ\r\n",
            "host_command",
            vec![("address", "01"), ("command", "READ")],
        ),
        ("PID\r\n", "host_command", vec![("command", "PID")]),
    ] {
        let fields = fields
            .into_iter()
            .map(|(key, value)| (key, value.to_owned()))
            .collect();
        let expected = Event::Status(Status { name, fields });
        assert_eq!(one(line.as_bytes()), expected);
    }
}

#[test]
fn wrong_lines_are_refused() {
    for (line, expected) in [
        ("SX,GS,   18640,kg\r\n", Reject::Field),
        ("ST,TR,   18640,kg\r\n", Reject::Field),
        ("ST,GS,   18 40,kg\r\n", Reject::Field),
        ("ST,GS,        ,kg\r\n", Reject::Field),
        ("ST,GS,   18640;kg\r\n", Reject::Field),
        ("ST,GS,   18640,kx\r\n", Reject::Field),
        ("ST,GS,  18640,kg\r\n", Reject::Truncated),
        ("ST,GS,    18640,kg\r\n", Reject::Length),
        ("ST,GS,   186", Reject::Truncated),
        ("0ST,GS,   18640,kg\r\n", Reject::Garbage),
        ("0qST,GS,   18640,kg\r\n", Reject::Garbage),
        ("011ST,GS,   18640,kg\r\n", Reject::Garbage),
        ("hello\r\n", Reject::Garbage),
    ] {
        assert_eq!(reason(line), expected, "{line}");
    }
}

#[test]
fn a_line_is_found_behind_noise() {
    let found = events(b"\xFFab, ST,GS,   18640,kg\r\n");
    assert!(matches!(
        found.as_slice(),
        [Event::Rejected(Reject::Garbage), Event::Reading(_)]
    ));
}

#[test]
fn what_does_not_fit_is_not_written() {
    let write = |reading: Reading| encode(&Event::Reading(reading));
    let standard = Reading {
        value: Some(Decimal::new(-12_345_678, 1)),
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(true),
        ..Reading::default()
    };
    assert!(write(standard.clone()).is_err());
    let fits = Reading {
        value: Some(Decimal::new(-123, 1)),
        ..standard
    };
    assert_eq!(write(fits.clone()).unwrap(), b"ST,NT,   -12.3,kg\r\n");
    let net_with_tare = Reading {
        tare: Some(Decimal::new(0, 0)),
        channel: Some(1),
        ..fits.clone()
    };
    assert!(write(net_with_tare).is_err());
    let repeater = Reading { net: None, ..fits };
    assert!(write(repeater).is_err());
    assert!(encode(&status("ok", None, vec![])).is_err());
}
