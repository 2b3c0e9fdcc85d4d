use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::Decimal;

fn events(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

fn flag(flag: Option<bool>) -> &'static str {
    match flag {
        None => "-",
        Some(true) => "yes",
        Some(false) => "no",
    }
}

/// Weight, unit, net, stable, over, under; or the reason; or the name of a status.
fn words(bytes: &[u8]) -> Vec<String> {
    events(&Settings::new(), bytes)
        .into_iter()
        .map(|event| match event {
            Event::Reading(reading) => alloc::format!(
                "{} {} {} {} {} {}",
                reading.value.map_or("-".into(), |value| value.to_string()),
                reading.unit.map_or("-", Unit::name),
                flag(reading.net),
                flag(reading.stable),
                flag(reading.overload),
                flag(reading.underload)
            ),
            Event::Rejected(reason) => reason.name().to_string(),
            Event::Status(status) => status.name.to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_form_is_told_by_its_shape() {
    for (frame, said) in [
        (&b"    920kgG  \r"[..], "920 kg no yes no no"),
        (b"-  12.50lbNMO\r", "-12.50 lb yes no no no"),
        (b"   12.50 tG  \r", "12.50 t no yes no no"),
        (b"      0kgGCZ\r", "0 kg no yes no no"),
        (b"-    20kgGBZ\r", "-20 kg no yes no no"),
        (b" 099999lbGOC\r", "- lb no - yes no"),
        (b"       lbGOC\r", "- lb no - yes no"),
        (b"    920kgGee\r", "- kg no - - -"),
        (b"       kgGee\r", "- kg no - - -"),
        (b"\r 000920ekgG\x03", "- kg no - - -"),
        (b"\r-000920 kgG\x03", "-920 kg no yes no -"),
        (b"\r 000920mlbN\x03", "920 lb yes no no -"),
        (b"\r 00092.0 lbN\x03", "92.0 lb yes yes no -"),
        (b"\r 999999olbN\x03", "- lb yes - yes -"),
        (b"    920 KG N\r\n", "920 kg yes yes no no"),
        (b"    920 KG N    \r\n", "920 kg yes yes no no"),
        (b"   92.05 LB G MO\r\n", "92.05 lb no no no no"),
        (b"-    20 LB G BZ \r\n", "-20 lb no yes no no"),
        (b"      0 LB G ZR\r\n", "0 lb no yes no no"),
        (b"      0 LB G OL\r\n", "- lb no - yes no"),
        (b"-    20 LB G UR\r\n", "- lb no - no yes"),
        (b"GR   920kg\r\n", "920 kg no yes no no"),
        (b"nt000920lb\r\n", "920 lb yes no no no"),
        (b"G   920.5lb\r\n", "920.5 lb no yes no no"),
        (b"        lb\r\n", "- lb - - yes yes"),
        (b" G 000920 lb\r\n", "920 lb no - - -"),
        (b" N-00092.0 kg\r", "-92.0 kg yes - - -"),
    ] {
        assert_eq!(words(frame), [said], "{}", String::from_utf8_lossy(frame));
    }
}

#[test]
fn what_can_not_be_is_refused() {
    for (frame, reason) in [
        (&b"    920kgGXX\r"[..], "field"),
        (b"    9 0kgG  \r", "field"),
        (b"       kgG  \r", "field"),
        (b"    9x0kgG  \r", "field"),
        (b"*   920kgG  \r", "field"),
        (b"    920kxG  \r", "field"),
        (b"\r 000920xkgG\x03", "field"),
        (b" 000920 kgG\x03", "truncated"),
        (b"    920 KG N XX\r\n", "field"),
        (b"    920 KG N ER\r\n", "device"),
        (b"Gr   920kg\r\n", "field"),
        (b"XX   920kg\r\n", "field"),
        (b"GR      kg\r\n", "field"),
        (b" G        lb\r\n", "field"),
        (b"   92", "truncated"),
        (b"\r 0009", "truncated"),
    ] {
        assert_eq!(words(frame), [reason], "{}", String::from_utf8_lossy(frame));
    }
    for frame in [
        &b"   920kgG  \r"[..],
        b"     920kgG  \r",
        b"   920kg\r",
        b"   5920 kgGMO\r",
        // A point is a seventh column, so a lost digit shows.
        b"  12.50kgG  \r",
        b" G 920.5 lb\r\n",
    ] {
        let all = words(frame);
        let garbage = all.iter().all(|word| word == "garbage" || word == "field");
        assert!(garbage, "{} {all:?}", String::from_utf8_lossy(frame));
    }
}

#[test]
fn noise_costs_the_line_that_it_touches_and_no_more() {
    let frame = &b"    920kgG  \r"[..];
    let good = "920 kg no yes no no";
    let long = [b'1'; 90];
    for noise in [&b"\x80"[..], b"x", b"\x02", &long, b"12\x00", b"9"] {
        let said = words(&[noise, frame, frame].concat());
        assert_eq!(said, ["garbage", good], "{noise:?}");
    }
    // An SB-200 frame begins with the CR that ends the noise.
    assert_eq!(
        words(b"\x80abc\r 000920 kgG\x03"),
        ["garbage", "920 kg no yes no -"]
    );
    assert_eq!(words(b"\n    920kgG  \r\n    920kgG  \r"), [good, good]);
    assert_eq!(
        words(b"\x05    920kgG  \r\x05"),
        ["host_enquiry", good, "host_enquiry"]
    );
}

#[test]
fn a_line_feed_is_waited_for_where_it_is_usual() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(b"    920kgG  \r");
    assert!(decoder.poll_event().is_some());
    decoder.push(b"GR   920kg\r");
    assert!(decoder.poll_event().is_none());
    decoder.push(b"\n");
    assert_eq!(decoder.poll_event().map(|event| event.span.end), Some(25));
}

#[test]
fn a_setting_takes_one_form_and_every_form_is_written_and_read() {
    for form in Form::ALL {
        let settings = Settings::new().with("form", form.name());
        let mut count = 0;
        for number in 0..200 {
            let Event::Reading(mut reading) = specimen(number) else {
                continue;
            };
            if form == Form::Fairbanks {
                reading.underload = reading.overload;
            }
            let Ok(frame) = encode(&reading, form) else {
                continue;
            };
            let found = events(&settings, &frame);
            let [Event::Reading(found)] = &found[..] else {
                panic!("{form:?} {found:?}");
            };
            assert_eq!(found.value, reading.value, "{form:?}");
            assert_eq!(found.unit, reading.unit, "{form:?}");
            count += 1;
            for other in Form::ALL.into_iter().filter(|other| *other != form) {
                let settings = Settings::new().with("form", other.name());
                let all = events(&settings, &frame);
                assert!(
                    all.iter().all(|event| matches!(event, Event::Rejected(_))),
                    "{form:?} as {other:?}: {all:?}"
                );
            }
        }
        assert!(count > 20, "{form:?}: {count}");
    }
}

#[test]
fn what_a_form_has_no_word_for_is_not_written() {
    let reading = Reading {
        value: Some(Decimal::new(-920, 0)),
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(false),
        ..Reading::default()
    };
    assert!(encode(&reading, Form::Sb400).is_ok());
    assert!(encode(&reading, Form::Fairbanks).is_err());
    let over = Reading {
        overload: Some(true),
        ..reading.clone()
    };
    assert!(encode(&over, Form::WeighTronix).is_err());
    assert!(encode(&over, Form::Fairbanks).is_err());
    let wide = Reading {
        value: Some(Decimal::new(1_234_567, 0)),
        ..reading
    };
    assert!(encode(&wide, Form::Sb400).is_err());
}
