use super::*;

fn events(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

fn one(line: &str) -> Event {
    let mut all = events(format!("{line}\r\n").as_bytes());
    assert_eq!(all.len(), 1, "{line}: {all:?}");
    all.remove(0)
}

fn reading(line: &str) -> Reading {
    match one(line) {
        Event::Reading(reading) => reading,
        other => panic!("{line}: {other:?}"),
    }
}

fn value(line: &str) -> String {
    reading(line).value.unwrap().to_string()
}

#[test]
fn every_header_kind_sign_and_unit_is_read() {
    assert_eq!(value("ST,GS,+0012.50kg"), "12.50");
    assert_eq!(value("US,NT,-0012.50 kg"), "-12.50");
    assert_eq!(value("HD,G, 0000310 lb"), "310");
    assert_eq!(value("ST,N,+   12.5 t"), "12.5");
    assert_eq!(value("ST,GS,-.000125 t"), "-0.000125");
    let hold = reading("HD,N,+0000310kg");
    assert_eq!((hold.stable, hold.net), (Some(false), Some(true)));
    let moving = reading("@07US,G,+0000310 lb");
    assert_eq!(moving.channel, Some(7));
    assert_eq!(moving.unit, Some(Unit::Pound));
    assert_eq!((moving.stable, moving.net), (Some(false), Some(false)));
    assert!(!moving.checked);
}

#[test]
fn out_of_range_is_never_a_number() {
    for line in ["OL,GS,+       kg", "OL,GS,+9999999kg", "OL,NT,+0049200   "] {
        let over = reading(line);
        assert_eq!((over.value, over.stable), (None, Some(false)), "{line}");
        assert_eq!((over.overload, over.underload), (Some(true), Some(false)));
    }
    let under = reading("LO,GS,-0000120kg");
    assert_eq!((under.value, under.underload), (None, Some(true)));
    assert_eq!(under.overload, Some(false));
    let either = reading("OL,GS,-       kg");
    assert_eq!(
        (either.overload, either.underload),
        (Some(true), Some(true))
    );
}

#[test]
fn tares_answers_and_commands_are_statuses() {
    let named = |line: &str| match one(line) {
        Event::Status(status) => (
            status.name,
            status
                .fields
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        other => panic!("{line}: {other:?}"),
    };
    let tare = "kind=tare header=ST value=120.0 unit=kg";
    assert_eq!(named("ST,TR,+00120.0kg"), ("tare", tare.to_owned()));
    let preset = "address=02 kind=preset_tare header=US value=120 unit=lb";
    assert_eq!(named("@02US,PT,+0000120 lb"), ("tare", preset.to_owned()));
    assert_eq!(named("I"), ("busy", String::new()));
    assert_eq!(named("@00?"), ("unknown_command", "address=00".to_owned()));
    let command = "address=00 command=RW".to_owned();
    assert_eq!(named("@00RW"), ("host_command", command));
}

#[test]
fn wrong_lines_are_refused() {
    for (line, reason) in [
        ("SX,GS,+0018640kg", Reject::Field),
        ("ST,XX,+0018640kg", Reject::Field),
        ("ST,GS,*0018640kg", Reject::Field),
        ("ST,GS,+00186O0kg", Reject::Field),
        ("ST,GS,+00 8640kg", Reject::Field),
        ("ST,GS,+1.2.300kg", Reject::Field),
        ("ST,GS,+       kg", Reject::Field),
        ("ST,GS,+0018640kx", Reject::Field),
        ("ST,GS,+0018640  ", Reject::Field),
        ("OL,GS,+00,8640kg", Reject::Field),
        ("ST,GS,+018640kg", Reject::Truncated),
        ("ST,GS,+0018640  kg", Reject::Length),
        ("ST,GS,+00018640kg", Reject::Field),
        ("STGS,+0018640kg", Reject::Field),
        ("@0xST,GS,+0018640kg", Reject::Field),
        ("A00ST,GS,+0018640kg", Reject::Garbage),
        ("00ST,GS,+0018640kg", Reject::Garbage),
        ("hello", Reject::Garbage),
    ] {
        assert_eq!(one(line), Event::Rejected(reason), "{line}");
    }
    assert_eq!(
        events(b"ST,GS,+0018640"),
        [Event::Rejected(Reject::Truncated)]
    );
}

#[test]
fn a_line_is_found_behind_noise_but_not_behind_a_damaged_address() {
    let glued = events(b"\xFF\xFEab ST,G,ST,GS,+0018640kg\r\n");
    assert!(matches!(
        glued.as_slice(),
        [Event::Rejected(Reject::Garbage), Event::Reading(_)]
    ));
    for bytes in [
        &b"\xC007ST,GS,+0018640kg\r\n"[..],
        b"@\x107ST,GS,+0018640kg\r\n",
        b"@0wST,GS,+0018640kg\r\n",
        b"07ST,GS,+0018640kg\r\n",
    ] {
        let found = events(bytes);
        let refused = found
            .iter()
            .all(|event| matches!(event, Event::Rejected(_)));
        assert!(refused, "{found:?}");
    }
}

#[test]
fn asks_only_when_it_is_told_to() {
    let mut silent = decoder(&Settings::new()).unwrap();
    assert_eq!(silent.poll_transmit(0), None);
    let settings = Settings::new().with("poll", "@00RW\\r\\n");
    let mut asking = decoder(&settings).unwrap();
    assert_eq!(asking.poll_transmit(0).as_deref(), Some(&b"@00RW\r\n"[..]));
}

#[test]
fn what_does_not_fit_is_not_written() {
    let full = Reading {
        value: Some(Decimal::new(1_234_567, 0)),
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(false),
        ..Reading::default()
    };
    let write = |change: &dyn Fn(&mut Reading)| {
        let mut reading = full.clone();
        change(&mut reading);
        encode(&Event::Reading(reading))
    };
    assert_eq!(write(&|_| {}).unwrap(), b"ST,GS,+1234567kg\r\n");
    assert!(write(&|reading| reading.value = Some(Decimal::new(1_234_567, 2))).is_err());
    assert!(write(&|reading| reading.unit = None).is_err());
    assert!(write(&|reading| reading.net = None).is_err());
    assert!(write(&|reading| reading.channel = Some(100)).is_err());
    assert!(write(&|reading| reading.value = None).is_err());
}
