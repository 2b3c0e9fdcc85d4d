use super::*;
use crate::{Decoded, DeviceTime, Event, Heartbeat, Plate, PlateColour, specimen};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

fn run(bytes: &[u8], chunk: usize, settings: &Settings) -> Vec<Decoded> {
    let mut decoder = decoder(settings).unwrap();
    let mut all = vec![];
    for part in bytes.chunks(chunk) {
        decoder.push(part);
        all.extend(core::iter::from_fn(|| decoder.poll_event()));
    }
    decoder.finish();
    all.extend(core::iter::from_fn(|| decoder.poll_event()));
    all
}

/// The events of a stream, which are the same for all chunks.
fn events(bytes: &[u8]) -> Vec<Event> {
    let settings = Settings::new().with("longest", "4096");
    let whole = run(bytes, bytes.len().max(1), &settings);
    for chunk in [1, 2, 3, 7, 64] {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(run(bytes, chunk, &settings), whole, "{chunk} {text}");
    }
    whole.into_iter().map(|decoded| decoded.event).collect()
}

fn text(plate: &str) -> String {
    format!("Events[0].Code=TrafficJunction\nEvents[0].TrafficCar.PlateNumber={plate}\n")
}

fn plate(text: &str) -> Event {
    Event::Plate(Plate {
        plate: (!text.is_empty()).then(|| text.to_string()),
        ..Plate::default()
    })
}

fn heartbeat() -> Event {
    Event::Heartbeat(Heartbeat {
        state: "Heartbeat".to_string(),
        ..Heartbeat::default()
    })
}

fn last() -> Event {
    document::status("parts_end", vec![])
}

/// A part with these line ends, and nothing behind its body.
fn part(end: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let headers = headers.replace('\n', end);
    [format!("--my{end}{headers}{end}").as_bytes(), body].concat()
}

fn one(lines: &str) -> Event {
    let mut events = events(&part("\n", "", format!("{lines}\n").as_bytes()));
    assert_eq!(events.len(), 1, "{lines} {events:?}");
    events.remove(0)
}

#[test]
fn a_whole_text_says_everything() {
    let lines = "Events[0].EventBaseInfo.Code=TrafficJunction\nEvents[0].TrafficCar.Lane=2\n\
        Events[0].TrafficCar.PlateNumber= 鄂A12345\nEvents[0].TrafficCar.PlateColor=Blue\n\
        Events[0].TrafficCar.DrivingDirection[0]=Leave\nEvents[0].Object.Text=Benz\n\
        Events[0].Object.ObjectType=Vehicle\nEvents[0].Object.Confidence=200\n\
        Events[0].GroupID=7\nEvents[0].UTC=1741940127\nEvents[0].UTCMS=318\n";
    let expected = Plate {
        plate: Some("鄂A12345".to_string()),
        colour: Some(PlateColour::Blue),
        time: DeviceTime::from_micros(1_741_940_127_318_000, true),
        lane: Some(2),
        direction: Some(Direction::Reverse),
        read_id: Some("7@1741940127.318000".to_string()),
        ..Plate::default()
    };
    assert_eq!(one(lines), Event::Plate(expected));
    let settings = Settings::new()
        .with("clock", "local")
        .with("approaching", "reverse");
    let stream = part("\n", "", lines.as_bytes());
    let found = run(&stream, 9, &settings).remove(0).event;
    let Event::Plate(found) = found else {
        panic!("{found:?}");
    };
    assert_eq!(found.direction, Some(Direction::Forward));
    assert!(!found.time.unwrap().is_utc());
}

#[test]
fn no_plate_other_events_and_wrong_fields() {
    for none in ["", "--", "unlicensed", "Unlicensed", "unknown"] {
        assert_eq!(one(&text(none)), plate(""), "{none}");
    }
    let status = |code: &str| document::status("event", vec![("code", code.to_string())]);
    assert_eq!(one("Events[0].Code=VideoMotion\n"), status("VideoMotion"));
    assert_eq!(
        one("Code=VideoMotion;action=Start;index=0\n"),
        status("VideoMotion")
    );
    let with = |line: &str| format!("{}Events[0].{line}\n", text("A1"));
    for (lines, reason) in [
        (with("Lane=x"), Reject::Field),
        (with("UTC=12a"), Reject::Field),
        (with("UTC=1741940127\nEvents[0].UTCMS=1000"), Reject::Field),
        (with("TrafficCar.PlateNumber=B2"), Reject::Contradiction),
        (
            with("Object.ObjectType=Plate\nEvents[0].Object.Text=B2"),
            Reject::Contradiction,
        ),
        // Nothing says what the object is: two plates, and no telling which is right.
        (with("Object.Text=B2"), Reject::Contradiction),
        (
            format!("{}Events[1].TrafficCar.PlateNumber=B2\n", text("A1")),
            Reject::Field,
        ),
        (text("A=1"), Reject::Field),
        (text("ABCDEFGHIJKLMNOPQ"), Reject::Field),
        (
            "Events[0].Code=TrafficJunction\n".to_string(),
            Reject::Field,
        ),
        ("nothing of use\n".to_string(), Reject::Field),
        (text("京A12t/plain"), Reject::Field),
        (
            format!("{}Content-Length:9\n", text("京A12")),
            Reject::Field,
        ),
    ] {
        assert_eq!(one(&lines), Event::Rejected(reason), "{lines}");
    }
    // A strange line is the camera's own where the length is right.
    let lines = format!("{}Success\n", text("A1"));
    let head = format!("Content-Length:{}\n", lines.len());
    let stream = [part("\n", &head, lines.as_bytes()), b"\n".to_vec()].concat();
    assert_eq!(events(&stream), [plate("A1")]);
    // A brand, no plate, and the same plate, where nothing says what the object is.
    for object in ["Benz", "--", "A1"] {
        assert_eq!(one(&with(&format!("Object.Text={object}"))), plate("A1"));
    }
    // The object says it where the car does not.
    let object = "Events[0].Code=TrafficJunction\nEvents[0].Object.ObjectType=Plate\n\
        Events[0].Object.Text=A1\n";
    assert_eq!(one(object), plate("A1"));
}

#[test]
fn malformed_multipart_neither_loses_nor_invents() {
    let jpeg = specimen::picture(3);
    for end in ["\r\n", "\n"] {
        let text = text("AB12CDE").replace('\n', end);
        let length = text.len();
        let lengths = [
            Some(length),
            Some(length - end.len()),
            Some(length + end.len()),
            Some(10),
            Some(0),
            // Where the first line ends.
            Some(30),
            Some(30 + end.len()),
            Some(3_000),
            None,
        ];
        for announced in lengths {
            let head = announced.map_or_else(String::new, |n| format!("Content-Length:{n}\n"));
            let image = format!("Content-Type: image/jpeg\n{head}");
            for gap in [end.to_string(), String::new(), end.repeat(2)] {
                let stream = [
                    part(end, &head, text.as_bytes()),
                    gap.clone().into_bytes(),
                    part(end, &image, &jpeg.jpeg),
                    end.as_bytes().to_vec(),
                    part(end, &head, text.as_bytes()),
                    gap.into_bytes(),
                    part(end, "Content-Length:9\n", b"Heartbeat"),
                    end.as_bytes().to_vec(),
                ]
                .concat();
                let four = [
                    plate("AB12CDE"),
                    Event::Picture(jpeg.clone()),
                    plate("AB12CDE"),
                    heartbeat(),
                ];
                assert_eq!(events(&stream), four, "{announced:?}");
                let closed = [&stream, &b"--my--"[..]].concat();
                assert_eq!(events(&closed), [&four[..], &[last()]].concat());
            }
        }
    }
}

#[test]
fn the_end_of_the_stream_ends_what_is_whole_only() {
    let text = text("AB12CDE");
    let exact = format!("Content-Length:{}\n", text.len());
    let more = format!("Content-Length:{}\n", text.len() + 1);
    let less = "Content-Length:5\n";
    let truncated = Event::Rejected(Reject::Truncated);
    for (head, body, expected) in [
        (exact.as_str(), text.as_str(), plate("AB12CDE")),
        ("", &text, plate("AB12CDE")),
        (less, &text, plate("AB12CDE")),
        (&more, &text, truncated.clone()),
        ("", text.trim_end(), truncated.clone()),
        (less, text.trim_end(), truncated.clone()),
        (&exact, &text[..text.len() - 3], truncated.clone()),
        ("", "", truncated.clone()),
        ("", "Heartbeat", heartbeat()),
        ("", "Heart", truncated),
    ] {
        let stream = part("\n", head, body.as_bytes());
        assert_eq!(events(&stream), [expected], "{head} {body}");
    }
    // A last boundary right behind a whole text.
    let stream = [part("\n", "", text.as_bytes()), b"--my--".to_vec()].concat();
    assert_eq!(events(&stream), [plate("AB12CDE"), last()]);
}

#[test]
fn a_cut_text_ends_at_the_next_boundary_and_never_gives_half_a_plate() {
    let text = text("AB12CDE");
    let next = part("\n", "", format!("{}\n", self::text("ZZ99")).as_bytes());
    for head in ["", "Content-Type: text/plain\nContent-Length:71\n"] {
        let whole = part("\n", head, text.as_bytes());
        for cut in 1..whole.len() - 1 {
            let found = events(&[&whole[..cut], &next].concat());
            assert_eq!(found.last(), Some(&plate("ZZ99")), "{cut}");
            let plates = found
                .iter()
                .filter(|event| matches!(event, Event::Plate(_)));
            assert_eq!(plates.count(), 1, "{cut} {found:?}");
        }
    }
}

#[test]
fn noise_and_length_are_bounded() {
    let long = part("\n", "", "Events[0].A=1\n".repeat(400).as_bytes());
    let stream = [long, part("\n", "", format!("{}\n", text("A1")).as_bytes())].concat();
    let found = events(&stream);
    assert_eq!(found.first(), Some(&Event::Rejected(Reject::Length)));
    assert_eq!(found.last(), Some(&plate("A1")));
    let line = part("\n", "", &[b'a'; 1_100]);
    assert_eq!(events(&line)[0], Event::Rejected(Reject::Field));
    let control = part("\n", "", b"Events[0].Code=\x01\n\n");
    assert_eq!(events(&control)[0], Event::Rejected(Reject::Field));
    let dashes = [&[b'-'; 300][..], &part("\n", "", b"Heartbeat")].concat();
    assert_eq!(events(&dashes).last(), Some(&heartbeat()));
}
