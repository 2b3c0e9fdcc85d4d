use super::*;
use alloc::borrow::ToOwned;

fn decode_as(variant: &str, bytes: &[u8]) -> Vec<Event> {
    let settings = Settings::new().with("variant", variant);
    let mut decoder = decoder(&settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

/// One word or a few for every event.
fn words_as(variant: &str, bytes: &[u8]) -> Vec<String> {
    decode_as(variant, bytes)
        .into_iter()
        .map(|event| match event {
            Event::Reading(reading) => {
                assert!(reading.checked);
                let mode = if reading.net.unwrap() { "net" } else { "gross" };
                format!(
                    "{mode} {} {}",
                    reading.channel.unwrap(),
                    reading.value.unwrap()
                )
            }
            Event::Status(status) => {
                let fields = status.fields.iter().map(|(_, text)| format!(" {text}"));
                format!("{}{}", status.name, fields.collect::<String>())
            }
            Event::Rejected(reason) => reason.name().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn words(bytes: &[u8]) -> Vec<String> {
    words_as("standard", bytes)
}

/// STX, these bytes, a right check, ETX.
fn framed(covered: &[u8]) -> Vec<u8> {
    let sum = format!("{:02X}", xor(covered));
    [&[STX], covered, sum.as_bytes(), &[ETX]].concat()
}

#[test]
fn answers_are_read_by_their_command() {
    for (covered, expected) in [
        (&b"AB+0186400"[..], "gross 1 18640"),
        (b"CD-0001204", "net 3 -0.0120"),
        (b"ZC+0060002", "tare Z 60.00"),
        (b"AA", "host_handshake A"),
        (b"AB", "host_read_gross A"),
        (b"BC", "host_read_tare B"),
        (b"AD", "host_read_net A"),
        (b"AE", "host_command A E"),
        (b"A\x04", "unknown_command A"),
        (b"AE\xBE\xA9A12345", "data A E 京A12345"),
        (b"AF\xFF\xFF1", "data A F FFFF31"),
    ] {
        assert_eq!(words(&framed(covered)), [expected], "{covered:?}");
    }
}

#[test]
fn fields_are_strict_behind_a_right_check() {
    for (covered, expected) in [
        (&b"AB 0186400"[..], "field"),
        (b"AB+01864O0", "field"),
        (b"AB+0186405", "field"),
        (b"AB+186400", "length"),
        (b"AB+00186400", "length"),
        (b"AA1", "field"),
        (b"aB+0186400", "field"),
        (b"A\x04x", "field"),
        (b"Ab", "field"),
    ] {
        assert_eq!(words(&framed(covered)), [expected], "{covered:?}");
    }
}

#[test]
fn damaged_cut_and_foreign_bytes_are_one_reject_each() {
    let frame = framed(b"AB+0186400");
    let mut altered = frame.clone();
    altered[6] = b'9';
    let stream = [
        &frame[..],
        &altered,
        &frame,
        &frame[..7],
        &frame,
        b"x\x02",
        &frame,
        b"\x02\x03",
        &frame[..9],
    ];
    assert_eq!(
        words(&stream.concat()),
        [
            "gross 1 18640",
            "integrity",
            "gross 1 18640",
            "truncated",
            "gross 1 18640",
            "garbage",
            "gross 1 18640",
            "garbage",
            "truncated"
        ]
    );
    let endless = [&b"\x02AE"[..], &[b'x'; 200], &frame].concat();
    assert_eq!(words(&endless), ["garbage", "gross 1 18640"]);
}

#[test]
fn the_dingsong_form_is_read_unless_the_other_is_set() {
    let reading = |digits, net, channel| Reading {
        value: Some(Decimal::new(digits, 1)),
        net: Some(net),
        channel: Some(channel),
        checked: true,
        ..Reading::default()
    };
    for channel in 1..=26 {
        for digits in [0, 7, -18_640, 999_999] {
            let reading = reading(digits, digits < 0, channel);
            let bytes = encode(&reading, Variant::Dingsong).unwrap();
            assert_eq!(bytes.len(), 13);
            let twice = bytes.repeat(2);
            let event = Event::Reading(reading);
            assert_eq!(decode_as("auto", &twice), [event.clone(), event.clone()]);
            assert_eq!(decode_as("dingsong", &twice), [event.clone(), event]);
        }
    }
    let bytes = encode(&reading(18_640, false, 1), Variant::Dingsong).unwrap();
    let mut altered = bytes.clone();
    altered[6] = b'9';
    let echo = request(b'A', b'B');
    let stream = [
        &echo[..],
        &bytes,
        &altered,
        &bytes[..6],
        &bytes,
        b"\x02aa\x00\x03",
    ];
    assert_eq!(
        words_as("dingsong", &stream.concat()),
        [
            "host_read_gross A",
            "gross 1 1864.0",
            "integrity",
            "truncated",
            "gross 1 1864.0",
            "host_handshake A"
        ]
    );
    assert!(
        words(&bytes)
            .iter()
            .all(|word| word == "integrity" || word == "garbage")
    );
}

#[test]
fn it_asks_the_address_for_what_is_set() {
    let mut asking = decoder(&Settings::new()).unwrap();
    assert_eq!(asking.poll_transmit(0).as_deref(), Some(&framed(b"AB")[..]));
    assert_eq!(asking.poll_transmit(1), None);
    let settings = Settings::new().with("address", "C").with("read", "net");
    let asked = decoder(&settings).unwrap().poll_transmit(0);
    assert_eq!(words(&asked.unwrap()), ["host_read_net C"]);
    let silent = Settings::new().with("read", "none");
    assert_eq!(decoder(&silent).unwrap().poll_timeout(), None);
    for (key, value) in [("address", "AB"), ("address", "a"), ("read", "all")] {
        assert!(decoder(&Settings::new().with(key, value)).is_err());
    }
}

#[test]
fn what_has_no_frame_is_not_written() {
    let reading = |digits, channel, net| Reading {
        value: Some(Decimal::new(digits, 0)),
        net,
        channel,
        ..Reading::default()
    };
    let standard = Variant::Standard;
    assert!(encode(&reading(1, None, Some(true)), standard).is_ok());
    for wrong in [
        reading(1_000_000, None, Some(true)),
        reading(1, Some(0), Some(true)),
        reading(1, Some(27), Some(true)),
        reading(1, None, None),
    ] {
        assert!(encode(&wrong, standard).is_err(), "{wrong:?}");
    }
    for (name, fields) in [
        ("tare", vec![("address", "AA"), ("value", "1")]),
        ("tare", vec![("address", "A"), ("value", "x")]),
        ("tare", vec![("address", "A")]),
        ("host_command", vec![("address", "A"), ("command", "B")]),
        (
            "data",
            vec![("address", "A"), ("command", "E"), ("text", "\u{2}")],
        ),
        (
            "data",
            vec![("address", "A"), ("command", "E"), ("hex", "0")],
        ),
        ("strange", vec![("address", "A")]),
        ("strange", vec![]),
    ] {
        let owned = fields.into_iter().map(|(key, text)| (key, text.to_owned()));
        let status = Status {
            name,
            fields: owned.collect(),
        };
        assert!(encode_status(&status, standard).is_err(), "{status:?}");
    }
}
