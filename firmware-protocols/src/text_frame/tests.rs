use super::*;
use crate::Decimal;
use alloc::format;
use alloc::string::{String, ToString};

/// The sets of settings of the head.
const TFO1: &[&str] = &[
    "start=\\nF",
    "end=\\rV1\\r",
    "delimiter=",
    "sum_within=0.5",
    "fields=ignore:9,'\\rH',ignore:9,'\\rQ',ignore:9,'\\rX',ignore:9,'\\rA',gross:9,'\\r0',net:9,\
     '\\r4',tare:9,'\\r1',ignore:9,'\\r2',ignore:8,'\\rB',ignore:1,'\\rC',ignore:25",
];

const AAD: &[&str] = &["delimiter=,", "fields=status,status,weight+unit"];

fn settings(assignments: &[&str]) -> Settings {
    Settings::from_assignments(assignments.iter().copied()).unwrap()
}

fn events(assignments: &[&str], bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(&settings(assignments)).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

fn text(reading: &Reading) -> String {
    let flag = |flag: Option<bool>, yes: &'static str, no: &'static str| match flag {
        Some(true) => yes,
        Some(false) => no,
        None => "",
    };
    let words = [
        reading.value.map_or("-".into(), |value| value.to_string()),
        reading
            .tare
            .map_or(String::new(), |tare| format!("tare {tare}")),
        reading.unit.map_or("", Unit::name).into(),
        flag(reading.stable, "stable", "moving").into(),
        flag(reading.net, "net", "gross").into(),
        flag(reading.overload, "over", "").into(),
        flag(reading.underload, "under", "").into(),
        reading
            .channel
            .map_or(String::new(), |channel| format!("channel {channel}")),
    ];
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// What one stream says, with chunks of one byte giving the same.
fn words(assignments: &[&str], bytes: &[u8]) -> Vec<String> {
    let whole = events(assignments, bytes);
    let mut decoder = decoder(&settings(assignments)).unwrap();
    let mut single = Vec::new();
    for byte in bytes {
        decoder.push(&[*byte]);
        while let Some(decoded) = decoder.poll_event() {
            single.push(decoded.event);
        }
        assert!(decoder.held_bytes() <= decoder.memory_bound());
    }
    decoder.finish();
    while let Some(decoded) = decoder.poll_event() {
        single.push(decoded.event);
    }
    assert_eq!(whole, single, "{}", bytes.escape_ascii());
    whole
        .into_iter()
        .map(|event| match event {
            Event::Reading(reading) => text(&reading),
            Event::Rejected(reason) => reason.name().to_string(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_default_line() {
    for (line, expected) in [
        ("-  2.715 kg   ?N", "-2.715 kg moving net"),
        ("   12000 kg    G", "12000 kg stable gross"),
        ("+  120.5 lb    G", "120.5 lb stable gross"),
        ("     ^^^ kg    G", "- kg stable gross over"),
        ("  ------ kg    G", "field"),
        ("      UL kg    G", "- kg stable gross under"),
        ("       E kg    G", "device"),
        ("         kg    G", "field"),
        ("   1.2.3 kg    G", "field"),
        ("   1 200 kg    G", "field"),
        (" - 1.200 kg    G", "field"),
        ("x  1.200 kg    G", "field"),
        ("   1.200 xx    G", "field"),
        ("   1.200       G", "field"),
        ("   1.200 kg    X", "field"),
        ("   1.200 kg   !G", "field"),
        ("   1.200 kg   G", "truncated"),
        ("    1.200 kg    G", "length"),
    ] {
        let found = words(&[], format!("{line}\r\n").as_bytes());
        assert_eq!(found, [expected], "{line}");
    }
}

#[test]
fn a_damaged_line_costs_itself_only() {
    let good = "   2.715 kg    G\r\n";
    for bad in ["x", "715 kg    G\r\n", "   2.715 kg    G", "\r", "\n\0\x7F"] {
        let stream = format!("{bad}{good}{good}");
        let found = words(&[], stream.as_bytes());
        let last = found.last().map(String::as_str);
        assert_eq!(last, Some("2.715 kg stable gross"), "{bad:?} {found:?}");
    }
    // A line without an end, as long as it may be, is noise to its end.
    let noise = "7".repeat(300);
    let stream = format!("{noise}   2.715 kg    G\r\n{good}");
    assert_eq!(
        words(&[], stream.as_bytes()),
        ["garbage", "2.715 kg stable gross"]
    );
    assert_eq!(words(&[], b"   1.6"), ["truncated"]);
}

#[test]
fn delimited_fields() {
    for (line, expected) in [
        ("ST,GS,+04560.5kg", "4560.5 kg stable gross"),
        ("US,NT,-00012.5 lb", "-12.5 lb moving net"),
        ("OL,GS,+99999.9kg", "- kg gross over"),
        ("ST,GS,      OLkg", "- kg stable gross over"),
        ("ST,NT,+04560.5kg,1", "field"),
        ("ST,+04560.5kg", "field"),
        ("ST,US,+04560.5kg", "contradiction"),
        ("QT,GS,+04560.5kg", "field"),
        (",GS,+04560.5kg", "4560.5 kg gross"),
    ] {
        let found = words(AAD, format!("{line}\r\n").as_bytes());
        assert_eq!(found, [expected], "{line}");
    }
    let semicolons = &["delimiter=;", "fields=channel,weight,unit,'x'"];
    assert_eq!(
        words(semicolons, b"B;  12.5 ;kg;x\r\n"),
        ["12.5 kg channel 2"]
    );
    assert_eq!(words(semicolons, b"B;  12.5 ;kg;y\r\n"), ["field"]);
}

fn block(gross: &str, net: &str, tare: &str) -> String {
    format!(
        "\nF      0.0\rH      0.0\rQ      0.0\rX      0.0\rA{gross:>9}\r0{net:>9}\r4{tare:>9}\
         \r1      0.0\r2       0\rB\u{3}\rC14  03  2025  FRI 08:15AM\rV1\r"
    )
}

#[test]
fn gross_less_tare_is_net() {
    let good = block("412.5", "90.0", "322.5");
    assert_eq!(words(TFO1, good.as_bytes()), ["412.5 tare 322.5 gross"]);
    let division = block("412.0", "90.0", "322.5");
    assert_eq!(words(TFO1, division.as_bytes()), ["412.0 tare 322.5 gross"]);
    let two = block("411.5", "90.0", "322.5");
    assert_eq!(words(TFO1, two.as_bytes()), ["contradiction"]);
    let strict: Vec<_> = TFO1
        .iter()
        .map(|setting| {
            if setting.starts_with("sum") {
                "sum_within=0"
            } else {
                *setting
            }
        })
        .collect();
    assert_eq!(words(&strict, division.as_bytes()), ["contradiction"]);
    // Cut, then whole; noise in front; the tail of one.
    let stream = [
        &good.as_bytes()[60..],
        &good.as_bytes()[..90],
        good.as_bytes(),
    ]
    .concat();
    assert_eq!(
        words(TFO1, &stream),
        ["garbage", "truncated", "412.5 tare 322.5 gross"]
    );
    let mode = &["delimiter=,", "fields=mode,gross,tare,net"];
    assert_eq!(words(mode, b"N,500,120,380\r\n"), ["380 tare 120 net"]);
    assert_eq!(words(mode, b"G,500,120,380\r\n"), ["500 tare 120 gross"]);
    assert_eq!(words(mode, b"G,500,120,381\r\n"), ["contradiction"]);
}

#[test]
fn points_and_signs() {
    let fixed = &["fields=weight:6,unit", "decimals=2"];
    assert_eq!(words(fixed, b"-01250kg\r\n"), ["-12.50 kg"]);
    assert_eq!(words(fixed, b"-012.5kg\r\n"), ["field"]);
    let place = &[
        "start=\\x02",
        "end=\\x03",
        "fields=sign:1,weight:6,decimals",
    ];
    assert_eq!(words(place, b"\x02-0012502\x03"), ["-12.50"]);
    assert_eq!(words(place, b"\x02+0012500\x03"), ["1250"]);
    assert_eq!(words(place, b"\x02+0012509\x03"), ["field"]);
    let behind = &["fields=weight:6,sign,unit:2"];
    assert_eq!(words(behind, b"  12.5-kg\r\n"), ["-12.5 kg"]);
    let open = &["fields=weight,' ',unit:2"];
    assert_eq!(
        words(open, b"  -12.5 kg\r\n+  7 kg\r\n"),
        ["-12.5 kg", "7 kg"]
    );
    assert_eq!(words(open, b"  ^^^^ kg\r\n"), ["- kg over"]);
}

#[test]
fn every_checksum_finds_a_flipped_bit() {
    let sums = ["xor", "sum8", "crc16", "crc16_modbus"];
    for (checksum, form) in sums.iter().flat_map(|sum| [(sum, "hex"), (sum, "raw")]) {
        for from in ["start", "fields"] {
            let assignments = &[
                "start=\\x02",
                "end=\\x03",
                "fields=sign:1,weight:7,unit:2",
                &format!("checksum={checksum}"),
                &format!("checksum_form={form}"),
                &format!("checksum_from={from}"),
            ];
            let layout = Layout::new(&settings(assignments)).unwrap();
            for digits in 0..300 {
                let reading = Reading {
                    value: Some(Decimal::new(digits * 37 - 500, 1)),
                    unit: Some(Unit::Kilogram),
                    checked: true,
                    ..Reading::default()
                };
                let frame = layout.encode(&reading).unwrap();
                let expected = text(&reading);
                assert_eq!(
                    words(assignments, &frame),
                    core::slice::from_ref(&expected),
                    "{checksum} {form}"
                );
                for bit in 0..if digits < 5 { 8 * frame.len() } else { 0 } {
                    let mut flipped = frame.clone();
                    flipped[bit / 8] ^= 1 << (bit % 8);
                    let stream = [&flipped[..], &frame].concat();
                    let found = words(assignments, &stream);
                    let readings: Vec<_> =
                        found.iter().filter(|word| word.contains("kg")).collect();
                    assert!(
                        readings.iter().all(|word| **word == expected),
                        "{checksum} {form} {bit} {found:?}"
                    );
                }
            }
        }
    }
    let star = &[
        "start=$",
        "delimiter=,",
        "fields='W',weight,unit",
        "checksum=xor",
        "checksum_mark=*",
    ];
    let layout = Layout::new(&settings(star)).unwrap();
    let reading = Reading {
        value: Some(Decimal::new(1_250, 0)),
        unit: Some(Unit::Kilogram),
        ..Reading::default()
    };
    let frame = layout.encode(&reading).unwrap();
    assert_eq!(frame, b"$W,1250,kg*5D\r\n");
    assert_eq!(
        words(star, b"$W,1250,kg*5D\r\n$W,1250,kg*5C\r\n"),
        ["1250 kg", "integrity"]
    );
    assert_eq!(
        words(star, b"$W,12$W,1250,kg*5D\r\n"),
        ["truncated", "1250 kg"]
    );
}

#[test]
fn what_a_layout_can_say_goes_both_ways() {
    let layouts: [&[&str]; 6] = [
        &[],
        AAD,
        &[
            "fields=status:2,',',mode:2,',',weight:8,unit:3",
            "fill=zero",
            "positive=+",
        ],
        &[
            "start=\\x02",
            "end=",
            "fields=motion:1,mode:1,sign:1,weight:7,unit:2",
            "decimals=1",
        ],
        &[
            "delimiter=;",
            "fields=channel,motion,mode,gross,tare,net,unit",
            "stable=S",
            "moving=D",
        ],
        &[
            "fields=status:2,weight:9,unit:2,decimals",
            "units=kg=kg,Kg=kg,tt=t",
        ],
    ];
    for assignments in layouts {
        let layout = Layout::new(&settings(assignments)).unwrap();
        for number in 0..40 {
            let gross = number % 2 == 0;
            let value = specimen::weight(number, 5, 1, 5, true);
            let out = number % 7 == 6 && !assignments.iter().any(|text| text.contains("gross"));
            let reading = Reading {
                value: (!out).then_some(value),
                tare: Some(Decimal::new(125, 1)),
                unit: Some(Unit::Kilogram),
                stable: Some(number % 3 == 0),
                net: Some(!gross),
                overload: Some(out),
                underload: Some(false),
                channel: Some(3),
                ..Reading::default()
            };
            let frame = layout.encode(&reading).unwrap();
            let found = events(assignments, &frame);
            let [Event::Reading(found)] = &found[..] else {
                panic!("{assignments:?} {} {found:?}", frame.escape_ascii());
            };
            assert_eq!(found.value, reading.value, "{}", frame.escape_ascii());
            assert_eq!(found.unit, reading.unit);
            for (said, meant) in [(found.stable, reading.stable), (found.net, reading.net)] {
                assert!(said.is_none() || said == meant, "{}", frame.escape_ascii());
            }
            assert_eq!(found.overload == Some(true), out);
        }
    }
    let missing = Layout::new(&Settings::new()).unwrap();
    let bare = Reading {
        value: Some(Decimal::new(5, 0)),
        ..Reading::default()
    };
    assert_eq!(missing.encode(&bare), Err(EncodeError::Missing("unit")));
    let wide = Reading {
        value: Some(Decimal::new(12_345_678, 0)),
        ..a_reading(0)
    };
    assert!(missing.encode(&wide).is_err());
}

#[test]
fn settings_are_refused_with_what_is_allowed() {
    for (assignments, part) in [
        (
            &["fields=wieght:8,unit:2"][..],
            "`weight`? Known: weight, gross, net, tare",
        ),
        (&["fields=weight:0"], "1 to 64"),
        (&["fields=weight:8,unit,mode:1"], "unit:2"),
        (&["fields=weight,ignore:1"], "`weight:<width>`"),
        (&["fields=weight,'0',unit"], "`weight:<width>`"),
        (
            &["fields=unit:2"],
            "`weight` (what is displayed), `gross`, `net`",
        ),
        (&["fields=weight:8,gross:8"], "either `weight`"),
        (&["fields=weight:8,weight:8"], "`weight` once"),
        (&["fields=gross:8,mode:1"], "no `mode` beside `gross` alone"),
        (&["fields=weight:8,'kg"], "a second '"),
        (&["fields=weight:8,,unit"], "a name between two commas"),
        (&["fields=weight:8+unit:2"], "only with a `delimiter`"),
        (&["fields=sign:1,sign:1,weight:8"], "one sign for `weight`"),
        (&["fields=sign:2,weight:8"], "`sign:1`"),
        (&["fields=weight:8,checksum:2"], "`checksum = xor`"),
        (&["fields=weight:8,'\\q'"], "\\xHH"),
        (
            &["fields=weight:8,decimals", "decimals=1"],
            "says where the point is",
        ),
        (&["end="], "only with `start`"),
        (&["start=\\x2"], "\\xHH"),
        (&["start=\\r"], "`end` does not begin with"),
        (&["length=20"], "18, or empty"),
        (&["length=long"], "`18` or `10-40`"),
        (
            &["delimiter=,", "fields=weight,unit", "length=2-2"],
            "at least 4",
        ),
        (
            &["checksum=xor", "checksum_form=raw"],
            "`raw` needs `start`",
        ),
        (&["checksum_mark=*"], "only with a `checksum`"),
        (&["checksum=md5"], "none, xor, sum8"),
        (&["stable=ST,US"], "`US` is in both"),
        (&["stable=?,blank", "moving=blank"], "`blank` is in both"),
        (&["units=KG=kilo"], "KG=kg"),
        (&["sum_within=-1"], "one division".get(..0).unwrap()),
        (&["decimals=7"], "0 to 6"),
        (&["fields='\\r',weight:8"], "put it into `start`"),
        (
            &["delimiter=\\r", "fields=weight,unit"],
            "`end` does not begin with",
        ),
    ] {
        let error = Layout::new(&settings(assignments)).unwrap_err().to_string();
        assert!(error.contains(part), "{assignments:?}: {error}");
    }
}

#[test]
fn no_way_of_cutting_the_stream_makes_a_difference() {
    let layouts: [&[&str]; 6] = [
        &["fields=weight:5,unit:2"],
        &["fields=weight,unit", "delimiter=,", "end=END"],
        &["fields=weight:5", "start=ww", "end="],
        &[
            "fields=weight:5",
            "start=w",
            "end=\\r\\n",
            "checksum=sum8",
            "checksum_form=raw",
        ],
        &["fields=weight:5,unit:2", "start=ab", "end=ba"],
        &[
            "fields=weight,unit:2",
            "start=\\n",
            "end=\\r\\n",
            "length=8-14",
        ],
    ];
    let pieces = [
        "   12",
        "12345",
        ",",
        "kg",
        "w",
        "ww",
        "\r",
        "\n",
        "\r\n",
        "a",
        "b",
        "ab",
        "ba",
        "END",
        "EN",
        " ",
        "\0",
        "7",
        "   1234567890123456789012345678901234567890",
    ];
    let mut readings = 0;
    for (index, layout) in layouts.iter().enumerate() {
        for round in 0..400 {
            let mut stream = Vec::new();
            for step in 0..12_u64 {
                let chance = specimen::scatter(index as u64 * 1_000_000 + round * 100 + step);
                let piece = pieces[chance as usize % pieces.len()];
                // A whole frame now and then, or the begin of one.
                let value = Decimal::new((chance >> 8) as i64 % 9_999, 0);
                let frame = Layout::new(&settings(layout)).unwrap().encode(&Reading {
                    value: Some(value),
                    unit: Some(Unit::Kilogram),
                    ..Reading::default()
                });
                match (chance >> 40) % 4 {
                    0 => stream.extend(frame.unwrap_or_default()),
                    1 => stream.extend(frame.unwrap_or_default().iter().take(step as usize)),
                    _ => stream.extend(piece.bytes()),
                }
            }
            let found = words(layout, &stream);
            readings += found
                .iter()
                .filter(|word| word.starts_with(|c: char| c.is_numeric()))
                .count();
        }
    }
    assert!(readings > 1_000, "{readings}");
}

#[test]
fn a_device_that_waits_is_asked() {
    let mut decoder = decoder(&settings(&["poll=P\\r"])).unwrap();
    assert_eq!(decoder.poll_transmit(5).as_deref(), Some(&b"P\r"[..]));
    assert_eq!(decoder.poll_transmit(5), None);
}
