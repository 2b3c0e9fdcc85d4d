use super::*;
use crate::record_lines::RecordLines;
use crate::window::Stream;
use crate::{Decoder, wim_text_bedit, wim_text_castor};
use alloc::vec;

const BOTH: [Form; 2] = [wim_text_bedit::FORM, wim_text_castor::FORM];

fn events(form: Form, bytes: &[u8]) -> Vec<Event> {
    let mut stream = Stream::new(RecordLines::new(form));
    stream.push(bytes);
    stream.finish();
    core::iter::from_fn(|| stream.poll_event().map(|decoded| decoded.event)).collect()
}

#[test]
fn own_and_all_blocks_say_the_same() {
    for form in BOTH {
        for number in 0..500 {
            let vehicle = specimen(form, number);
            for blocks in [Blocks::Own, Blocks::All] {
                let line = encode(form, &vehicle, blocks).unwrap();
                assert_eq!(events(form, &line), [Event::Vehicle(vehicle.clone())]);
                assert!(line.len() <= form.longest());
            }
        }
    }
    assert_eq!(BOTH.map(Form::longest), [157, 81]);
    assert_eq!(LONGEST, BOTH[0].longest());
}

#[test]
fn every_form_of_the_line_end_is_taken() {
    for form in BOTH {
        let vehicle = specimen(form, 1);
        let line = encode(form, &vehicle, Blocks::All).unwrap();
        let text = line.strip_suffix(b"\r\n").unwrap();
        for end in [&b""[..], b"\n", b"\r\n", b"\0\n", b"\0\r\n"] {
            let line = [text, end].concat();
            assert_eq!(events(form, &line), [Event::Vehicle(vehicle.clone())]);
        }
    }
}

#[test]
fn the_most_axles_fit() {
    for form in BOTH {
        let mut vehicle = specimen(form, 0);
        vehicle.axles = (0..form.most)
            .map(|index| Axle {
                load_kg: Some(400),
                spacing_mm: (index > 0).then_some(1_300),
                ..Axle::default()
            })
            .collect();
        vehicle.gross_kg = Some(400 * form.most as i64);
        for blocks in [Blocks::Own, Blocks::All] {
            let line = encode(form, &vehicle, blocks).unwrap();
            assert_eq!(events(form, &line), [Event::Vehicle(vehicle.clone())]);
        }
        vehicle.axles.push(Axle::default());
        assert!(encode(form, &vehicle, Blocks::Own).is_err());
    }
}

#[test]
fn speeds_come_back() {
    for dm_per_s in 0..1_000 {
        let tenths = tenth_kmh_of_dm_per_s(dm_per_s);
        assert_eq!(dm_per_s_of_tenth_kmh(tenths), Some(dm_per_s));
    }
    assert_eq!(tenth_kmh_of_dm_per_s(215), 774);
    assert_eq!(tenth_kmh_of_dm_per_s(1), 4);
    assert_eq!(dm_per_s_of_tenth_kmh(2), None);
}

#[test]
fn the_sum_may_differ_by_the_rounding_and_by_no_more() {
    for form in BOTH {
        let mut vehicle = specimen(form, 0);
        vehicle.axles.truncate(3);
        let sum = axle_sum(&vehicle.axles).unwrap();
        for (off, ok) in [
            (0, true),
            (100, true),
            (-100, true),
            (200, false),
            (-200, false),
        ] {
            vehicle.gross_kg = Some(sum + off);
            assert_eq!(encode(form, &vehicle, Blocks::Own).is_ok(), ok);
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    for form in BOTH {
        let vehicle = specimen(form, 0);
        let good = encode(form, &vehicle, Blocks::Own).unwrap();
        let with = |column: usize, text: &[u8]| {
            let mut line = good.clone();
            line[column..column + text.len()].copy_from_slice(text);
            line
        };
        let count = BEFORE_COUNT + form.count_width - 1;
        let cut = form.header() + form.block() + 2;
        for (line, reason) in [
            (with(21, b"9999"), Reject::Contradiction),
            (with(21, b"    "), Reject::Field),
            (with(4, b"32"), Reject::Field),
            (with(6, b"13"), Reject::Field),
            (with(10, b"24"), Reject::Field),
            (with(14, b"60"), Reject::Field),
            (with(20, b"x"), Reject::Field),
            (with(count, b"0"), Reject::Field),
            (with(count, b"1"), Reject::Contradiction),
            (with(count + 1, b"3"), Reject::Field),
            (with(form.header(), b"   "), Reject::Field),
            (with(form.header(), b"  0"), Reject::Contradiction),
            ([&good[..cut], b"\n"].concat(), Reject::Truncated),
            ([&good[..good.len() - 2], b"0\n"].concat(), Reject::Length),
            ([&good[..20], b"\n"].concat(), Reject::Truncated),
            (b"no record\r\n".to_vec(), Reject::Garbage),
        ] {
            // One more good line shows that nothing else is lost.
            let all = events(form, &[&line[..], &good].concat());
            let expected = [Event::Rejected(reason), Event::Vehicle(vehicle.clone())];
            assert_eq!(all, expected, "{:?}", String::from_utf8_lossy(&line));
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for form in BOTH {
        let change = |change: fn(&mut Vehicle)| {
            let mut vehicle = specimen(form, 0);
            change(&mut vehicle);
            encode(form, &vehicle, Blocks::All)
        };
        for (what, wrong) in [
            ("axles", change(|vehicle| vehicle.axles = vec![])),
            ("gross_kg", change(|vehicle| vehicle.gross_kg = None)),
            ("direction", change(|vehicle| vehicle.direction = None)),
            ("time", change(|vehicle| vehicle.time = None)),
            ("lane", change(|vehicle| vehicle.lane = Some(10))),
            (
                "sequence",
                change(|vehicle| vehicle.sequence = Some(10_000)),
            ),
            (
                "length_mm",
                change(|vehicle| vehicle.length_mm = Some(1_250)),
            ),
            ("speed", change(|vehicle| vehicle.speed_tenth_kmh = Some(2))),
            ("load_kg", change(|vehicle| vehicle.axles[0].load_kg = None)),
            (
                "spacing",
                change(|vehicle| vehicle.axles[1].spacing_mm = Some(0)),
            ),
        ] {
            assert!(wrong.is_err(), "{what}");
        }
    }
}
