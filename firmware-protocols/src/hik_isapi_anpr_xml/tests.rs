use super::*;
use crate::{Decoded, DeviceTime, Direction, Event, Heartbeat, Plate, PlateColour, specimen};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn run(bytes: &[u8], chunk: usize) -> Vec<Decoded> {
    let mut decoder = decoder(&Settings::new().with("longest", "4096")).unwrap();
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
    let whole = run(bytes, bytes.len().max(1));
    for chunk in [1, 2, 3, 7, 64] {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(run(bytes, chunk), whole, "{chunk} {text}");
    }
    whole.into_iter().map(|decoded| decoded.event).collect()
}

fn document(plate: &str) -> String {
    format!(
        "<EventNotificationAlert><eventType>ANPR</eventType><ANPR><licensePlate>{plate}\
         </licensePlate></ANPR></EventNotificationAlert>"
    )
}

fn plate(text: &str) -> Event {
    Event::Plate(Plate {
        plate: (!text.is_empty()).then(|| text.to_string()),
        ..Plate::default()
    })
}

fn blank() -> Event {
    document::status("blank", vec![])
}

fn last() -> Event {
    document::status("parts_end", vec![])
}

#[test]
fn a_whole_document_says_everything() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<h:EventNotificationAlert xmlns:h='x'>\
        <h:dateTime>2025-03-14T08:15:27.5-03:30</h:dateTime><h:eventType>ANPR</h:eventType>\
        <h:eventState>active</h:eventState><h:ANPR><h:country>1</h:country>\
        <h:licensePlate> 京A12345 </h:licensePlate><h:line>2</h:line>\
        <h:direction>reverse</h:direction><h:confidenceLevel>97</h:confidenceLevel>\
        <h:plateColor>newEnergyGreen</h:plateColor></h:ANPR><h:UUID>ab-1</h:UUID>\
        </h:EventNotificationAlert>";
    let expected = Plate {
        plate: Some("京A12345".to_string()),
        colour: Some(PlateColour::Green),
        confidence: Some(97),
        time: DeviceTime::new((2025, 3, 14), (11, 45, 27), 500_000, true),
        lane: Some(2),
        direction: Some(Direction::Reverse),
        read_id: Some("ab-1".to_string()),
        ..Plate::default()
    };
    assert_eq!(events(text.as_bytes()), [Event::Plate(expected)]);
}

#[test]
fn times_need_no_zone_and_must_be_real() {
    for (text, time) in [
        ("2025-03-14T08:15:27Z", "2025-03-14T08:15:27.000Z"),
        ("2025-03-14T08:15:27", "2025-03-14T08:15:27.000"),
        ("2025-03-14T08:15:27-0500", "2025-03-14T13:15:27.000Z"),
        (
            "2025-01-01T00:15:27.123456789+08:00",
            "2024-12-31T16:15:27.123456Z",
        ),
    ] {
        let inner = format!(
            "<eventType>videoloss</eventType><eventState>inactive</eventState>\
            <dateTime>{text}</dateTime>"
        );
        let text = format!("<EventNotificationAlert>{inner}</EventNotificationAlert>");
        let Some(Event::Heartbeat(heartbeat)) = events(text.as_bytes()).pop() else {
            panic!("{text}");
        };
        assert_eq!(heartbeat.time.unwrap().to_string(), time);
    }
    for wrong in [
        "2025-02-30T08:15:27Z",
        "2025-03-14T08:15:27+8:00",
        "14.3.2025",
        "2025-03-14T08:15:27.Z",
    ] {
        let text = document("A1").replace("<ANPR>", &format!("<dateTime>{wrong}</dateTime><ANPR>"));
        assert_eq!(
            events(text.as_bytes()),
            [Event::Rejected(Reject::Field)],
            "{wrong}"
        );
    }
}

#[test]
fn kinds_of_events() {
    let of = |kind: &str, state: &str| {
        let text = format!(
            "<EventNotificationAlert><eventType>{kind}</eventType><eventState>{state}\
             </eventState></EventNotificationAlert>"
        );
        events(text.as_bytes()).remove(0)
    };
    assert_eq!(
        of("videoloss", "inactive"),
        Event::Heartbeat(Heartbeat {
            state: "videoloss inactive".to_string(),
            ..Heartbeat::default()
        })
    );
    let fields = vec![
        ("type", "videoloss".to_string()),
        ("state", "active".to_string()),
    ];
    assert_eq!(of("videoloss", "active"), document::status("event", fields));
    // A plate event needs a plate element, even an empty one.
    assert_eq!(of("ANPR", "active"), Event::Rejected(Reject::Field));
    assert_eq!(events(document("").as_bytes()), [plate("")]);
    assert_eq!(events(document("unknown").as_bytes()), [plate("")]);
    let flat = "<EventNotificationAlert><eventType>ANPR</eventType><licensePlate>A1\
        </licensePlate></EventNotificationAlert>";
    assert_eq!(events(flat.as_bytes()), [plate("A1")]);
}

#[test]
fn wrong_fields_are_refused() {
    for (field, reason) in [
        ("<line>x</line>", Reject::Field),
        ("<confidenceLevel>101</confidenceLevel>", Reject::Field),
        ("<licensePlate>B2</licensePlate>", Reject::Contradiction),
        ("<line>1</lines>", Reject::Field),
        ("<line>&nothing;</line>", Reject::Field),
    ] {
        let text = document("A1").replace("</ANPR>", &format!("{field}</ANPR>"));
        assert_eq!(
            events(text.as_bytes()),
            [Event::Rejected(reason)],
            "{field}"
        );
    }
    let entity = format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{}", document("&b;"));
    assert_eq!(
        events(entity.as_bytes()),
        [
            Event::Rejected(Reject::Garbage),
            Event::Rejected(Reject::Field)
        ]
    );
}

/// A part of this stream with these line ends, header lines and body.
fn part(end: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let headers = headers.replace('\n', end);
    [
        format!("--MIME{end}{headers}{end}").as_bytes(),
        body,
        end.as_bytes(),
    ]
    .concat()
}

#[test]
fn malformed_multipart_neither_loses_nor_invents() {
    let xml = document("AB12CDE");
    let jpeg = specimen::picture(3);
    let length = |count: usize| format!("Content-Type: application/xml\nContent-Length: {count}\n");
    let headers = [
        length(xml.len()),
        length(xml.len() + 2),
        length(10),
        length(3_000),
        length(0),
        "Content-Length: -5\n".to_string(),
        "Content-Disposition: form-data; name=\"anpr.xml\"; filename=\"anpr.xml\"\n".to_string(),
        String::new(),
    ];
    let images = [
        format!(
            "Content-Type: image/jpeg\nContent-Length: {}\n",
            jpeg.jpeg.len()
        ),
        "Content-Type: image/jpeg\nContent-Length: 20\n".to_string(),
        "Content-Type: image/jpeg\nContent-Length: 2500\n".to_string(),
        "Content-Type: image/jpeg\n".to_string(),
        String::new(),
    ];
    for end in ["\r\n", "\n"] {
        for head in &headers {
            for image in &images {
                let two = [
                    part(end, head, xml.as_bytes()),
                    part(end, image, &jpeg.jpeg),
                    part(end, head, xml.as_bytes()),
                ]
                .concat();
                let three = [
                    plate("AB12CDE"),
                    Event::Picture(jpeg.clone()),
                    plate("AB12CDE"),
                ];
                // The last boundary, none, and one without a line end.
                let closed = [&two, format!("--MIME--{end}").as_bytes()].concat();
                assert_eq!(
                    events(&closed),
                    [&three[..], &[last()]].concat(),
                    "{head}{image}"
                );
                let closed = [&two, &b"--MIME--"[..]].concat();
                assert_eq!(events(&closed), [&three[..], &[last()]].concat());
                assert_eq!(events(&two), [&three[..], &[blank()]].concat());
                assert_eq!(events(two.trim_ascii_end()), three);
            }
        }
    }
}

#[test]
fn a_cut_part_ends_at_the_next_boundary() {
    let xml = document("AB12CDE");
    let jpeg = specimen::picture(3).jpeg;
    let head = "Content-Type: image/jpeg\nContent-Length: 165\n";
    for (before, reason) in [
        (
            part(
                "\r\n",
                "Content-Type: application/xml\n",
                &xml.as_bytes()[..90],
            ),
            Reject::Truncated,
        ),
        (part("\r\n", head, &jpeg[..90]), Reject::Truncated),
        (
            part("\r\n", "Content-Type: image/png\n", b"no picture"),
            Reject::Device,
        ),
        (
            part("\r\n", "Content-Type: application/xml\n", b""),
            Reject::Truncated,
        ),
    ] {
        // With and without the line end in front of the boundary.
        for before in [&before[..], before.trim_ascii_end()] {
            let next = part("\r\n", "Content-Type: application/xml\n", xml.as_bytes());
            let stream = [before, next.trim_ascii_end()].concat();
            let expected = [Event::Rejected(reason), plate("AB12CDE")];
            assert_eq!(
                events(&stream),
                expected,
                "{}",
                String::from_utf8_lossy(before)
            );
        }
    }
}

#[test]
fn a_picture_can_have_the_boundary_in_it() {
    let jpeg = [
        &[0xFF, 0xD8][..],
        b"x\r\n--MIME\r\nand --MIME-- more",
        &[0xFF, 0xD9],
    ]
    .concat();
    let head = format!("Content-Length: {}\n", jpeg.len());
    let picture = Event::Picture(crate::Picture { jpeg: jpeg.clone() });
    assert_eq!(
        events(&part("\r\n", &head, &jpeg)),
        core::slice::from_ref(&picture)
    );
    let stream = [part("\r\n", "", &jpeg), b"--MIME--\r\n".to_vec()].concat();
    assert_eq!(events(&stream), [picture, last()]);
}

#[test]
fn other_parts_are_named_and_hide_no_event() {
    let json = part(
        "\r\n",
        "Content-Type: application/json; charset=x\n",
        b"{\"a\":\"<b\"}",
    );
    let named = document::status(
        "part",
        vec![
            ("type", "application/json".to_string()),
            ("bytes", "10".to_string()),
        ],
    );
    let stream = [&json, &b"--MIME--"[..]].concat();
    assert_eq!(events(&stream), [named.clone(), last()]);
    let stream = [&json, document("A1").as_bytes()].concat();
    assert_eq!(events(&stream), [named, plate("A1")]);
}

#[test]
fn cut_documents_glued_documents_and_noise() {
    let xml = document("A1");
    let cut = &xml[..70];
    let two = format!("{xml}{xml}\r\n");
    assert_eq!(events(two.as_bytes()), [plate("A1"), plate("A1"), blank()]);
    for begin in ["", "<?xml version='1.0'?>\n"] {
        let stream = format!("{cut}{begin}{xml}");
        assert_eq!(
            events(stream.as_bytes()),
            [Event::Rejected(Reject::Truncated), plate("A1")]
        );
    }
    let stream = [cut.as_bytes(), &[0, 1, 2, b'-', b'-', b'<'], xml.as_bytes()].concat();
    let garbage = Event::Rejected(Reject::Garbage);
    assert_eq!(
        events(&stream),
        [
            Event::Rejected(Reject::Truncated),
            garbage.clone(),
            plate("A1")
        ]
    );
    let stream = format!("--x\nnoise<a>{xml}");
    assert_eq!(events(stream.as_bytes()), [garbage, plate("A1")]);
    let stream = format!("--x\nb: {}", &xml[..4]);
    assert_eq!(
        events(stream.as_bytes()),
        [Event::Rejected(Reject::Truncated)]
    );
}

#[test]
fn what_is_too_long_is_refused_and_the_next_found() {
    let long = format!("<EventNotificationAlert>{}", "a".repeat(5_000));
    let stream = format!("{long}{}", document("A1"));
    let found = events(stream.as_bytes());
    assert_eq!(found.first(), Some(&Event::Rejected(Reject::Length)));
    assert_eq!(found.last(), Some(&plate("A1")));
    let blanks = format!("{}{}", " ".repeat(700), document("A1"));
    let found = events(blanks.as_bytes());
    assert_eq!(found, [Event::Rejected(Reject::Garbage), plate("A1")]);
}

#[test]
fn encoding_keeps_its_bounds() {
    let encoded = |plate: Plate| encode(&Event::Plate(plate), "");
    let with = |text: &str| Plate {
        plate: Some(text.to_string()),
        ..Plate::default()
    };
    for wrong in ["unknown", "", "A--1", "<"] {
        assert!(encoded(with(wrong)).is_err(), "{wrong}");
    }
    assert_eq!(events(&encoded(with("A1")).unwrap()), [plate("A1")]);
    assert_eq!(
        encode(&Event::Picture(specimen::picture(1)), ""),
        Err(EncodeError::Kind)
    );
    let settings = Settings::new().with("boundary", "a-b");
    assert!(decoder(&settings).is_err());
}
