use super::*;
use crate::{Decoded, DeviceTime, Plate, PlateColour, specimen};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

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
fn events(text: &str) -> Vec<Event> {
    with(&Settings::new().with("longest", "8192"), text)
}

fn with(settings: &Settings, text: &str) -> Vec<Event> {
    let whole = run(text.as_bytes(), text.len().max(1), settings);
    for chunk in [1, 2, 3, 7, 64] {
        assert_eq!(
            run(text.as_bytes(), chunk, settings),
            whole,
            "{chunk} {text}"
        );
    }
    whole.into_iter().map(|decoded| decoded.event).collect()
}

/// A push with these members of the result.
fn push(members: &str) -> String {
    format!(
        "{{\"AlarmInfoPlate\":{{\"serialno\":\"s1\",\"result\":{{\"PlateResult\":{{{members}}}}}}}}}"
    )
}

fn license(text: &str) -> String {
    push(&format!("\"license\":\"{text}\""))
}

fn plate(text: &str) -> Event {
    Event::Plate(Plate {
        plate: (!text.is_empty()).then(|| text.to_string()),
        ..Plate::default()
    })
}

fn one(text: &str) -> Event {
    let mut events = events(text);
    assert_eq!(events.len(), 1, "{text} {events:?}");
    events.remove(0)
}

#[test]
fn a_whole_push_says_everything() {
    let text = push(
        "\"license\":\"粤Z1234港|AB1234\",\"colorType\":6,\"confidence\":94,\"direction\":3,\
         \"plateid\":10,\"timeStamp\":{\"Timeval\":{\"sec\":1741940127,\"usec\":7}},\
         \"imageFile\":\"\",\"location\":{\"RECT\":{\"top\":-1}}",
    );
    let expected = Plate {
        plate: Some("粤Z1234港".to_string()),
        second_plate: Some("AB1234".to_string()),
        colour: Some(PlateColour::YellowGreen),
        confidence: Some(94),
        time: DeviceTime::from_micros(1_741_940_127_000_007, true),
        direction: Some(Direction::Reverse),
        read_id: Some("s1/10@1741940127.000007".to_string()),
        ..Plate::default()
    };
    assert_eq!(one(&text), Event::Plate(expected));
}

#[test]
fn codes_and_words_that_are_not_said() {
    for none in ["", " ", "_无_", "No Plate"] {
        assert_eq!(one(&license(none)), plate(""), "{none}");
    }
    for (code, direction) in [
        (0, None),
        (1, None),
        (2, None),
        (3, Some(Direction::Reverse)),
        (4, Some(Direction::Forward)),
        (9, None),
    ] {
        let text = push(&format!(
            "\"license\":\"A1\",\"direction\":{code},\"colorType\":0"
        ));
        let Event::Plate(plate) = one(&text) else {
            panic!("{text}");
        };
        assert_eq!((plate.direction, plate.colour), (direction, None), "{code}");
    }
}

#[test]
fn wrong_fields_are_refused() {
    let member = |member: &str| push(&format!("\"license\":\"A1\",{member}"));
    for text in [
        push("\"colorType\":1"),
        push("\"license\":5"),
        license("A|"),
        license("A|B|C"),
        license("A<1"),
        license("ABCDEFGHIJKLMNOPQ"),
        license("A\\u0007"),
        member("\"confidence\":101"),
        member("\"confidence\":\"9\""),
        member("\"confidence\":9.5"),
        member("\"colorType\":-1"),
        member("\"timeStamp\":{\"Timeval\":{\"sec\":1,\"usec\":1000000}}"),
        member("\"timeStamp\":{\"Timeval\":{\"sec\":9999999999999999}}"),
        member(""),
        "{\"AlarmInfoPlate\":{\"result\":{}}}".to_string(),
        "{\"AlarmInfoPlate\":1}".to_string(),
        "{\"AlarmInfoPlate\" 1}".to_string(),
    ] {
        assert_eq!(events(&text)[0], Event::Rejected(Reject::Field), "{text}");
    }
}

#[test]
fn two_plates_under_one_name_contradict_each_other() {
    let two = |first: &str, second: &str| {
        let members = format!("\"license\":\"{first}\",\"a\":\"license\",\"license\" : {second}");
        one(&push(&members))
    };
    assert_eq!(two("A1", "\"A1\""), plate("A1"));
    assert_eq!(two("鲁A1", "\"\\u9c81A1\""), plate("鲁A1"));
    for second in ["\"A2\"", "null", "\"\"", "[\"A1\"]"] {
        let found = two("A1", second);
        assert_eq!(found, Event::Rejected(Reject::Contradiction), "{second}");
    }
}

#[test]
fn base64_without_its_envelope_is_no_plate() {
    for text in [
        "鲁Q7K215",
        "粤BD12345",
        "京A12345",
        "新A00001",
        "AB1234",
        "Z9",
    ] {
        let base64 = document::to_base64(text.as_bytes());
        assert_eq!(one(&license(&base64)), plate(text), "{base64}");
        assert_eq!(one(&license(text)), plate(text));
    }
    assert_eq!(one(&license("X+aXoF8=")), plate(""));
    // Four and eight characters without small letters may be plates.
    for text in ["ABCD", "QUJD1234", "6LSM1234", "ABC12345", "WOBZK295"] {
        assert_eq!(one(&license(text)), plate(text));
    }
    let plain = format!("{{\"id\":\"x\",\"payload\":{}}}", license("鲁Q7K215"));
    assert_eq!(one(&plain), plate("鲁Q7K215"));
    let two = document::to_base64("粤Z1234港|AB1234".as_bytes());
    let Event::Plate(read) = one(&license(&two)) else {
        panic!("{two}");
    };
    assert_eq!(read.second_plate.as_deref(), Some("AB1234"));
}

#[test]
fn base64_over_mqtt_and_by_setting() {
    let base64 = document::to_base64("鲁Q7K215".as_bytes());
    let wrapped = format!(
        "{{\"id\":\"x\",\"name\":\"ivs_result\",\"payload\":{}}}",
        license(&base64)
    );
    assert_eq!(one(&wrapped), plate("鲁Q7K215"));
    let settings = Settings::new().with("license", "base64");
    assert_eq!(with(&settings, &license(&base64)), [plate("鲁Q7K215")]);
    let none = document::to_base64("_无_".as_bytes());
    assert_eq!(with(&settings, &license(&none)), [plate("")]);
    assert_eq!(
        with(&settings, &license("鲁Q7K215")),
        [Event::Rejected(Reject::Field)]
    );
    let settings = Settings::new().with("license", "plain");
    let wrapped = format!("{{\"payload\":{}}}", license("A1"));
    assert_eq!(with(&settings, &wrapped), [plate("A1")]);
}

#[test]
fn pictures_are_whole_or_left_out() {
    let picture = specimen::picture(3);
    let text = document::to_base64(&picture.jpeg);
    let read = |members: &str| {
        let text = push(&format!("\"license\":\"A1\",{members}"));
        match one(&text) {
            Event::Plate(plate) => plate.picture,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        read(&format!("\"imageFile\":\"{text}\"")),
        Some(picture.clone())
    );
    assert_eq!(read(&format!("\"imageFile\":\"{}\"", &text[4..])), None);
    assert_eq!(
        read(&format!(
            "\"imageFile\":\"\",\"imageFragmentFile\":\"{text}\""
        )),
        Some(picture.clone())
    );
    let trigger = format!("{{\"ipaddr\":\"x\",\"TriggerImage\":{{\"imageFile\":\"{text}\"}}}}");
    assert_eq!(one(&trigger), Event::Picture(picture));
    assert_eq!(
        one("{\"TriggerImage\":{\"imageFile\":\"AA\"}}"),
        Event::Rejected(Reject::Device)
    );
}

#[test]
fn other_messages_are_statuses() {
    let status = |name, fields: &[(&'static str, &str)]| {
        let fields = fields
            .iter()
            .map(|(key, value)| (*key, (*value).to_string()));
        document::status(name, fields.collect())
    };
    for (text, expected) in [
        (
            "{\"AlarmGioIn\":{\"result\":{\"TriggerResult\":{\"source\":3,\"value\":1}}}}",
            status("io_input", &[("source", "3"), ("value", "1")]),
        ),
        (
            "{ \"SerialData\":{\"serialChannel\":0,\"data\":\"QQ==\"}}",
            status("serial_data", &[("channel", "0"), ("data", "QQ==")]),
        ),
        (
            "{\"Response_AlarmInfoPlate\":{\"info\":\"ok\"}}",
            status("host_response", &[("info", "ok")]),
        ),
        (
            "{\"id\":1,\"name\":\"keep_alive\",\"payload\":{}}",
            status("message", &[("name", "keep_alive")]),
        ),
        ("{\"a\":{},\"b\":[]}", status("message", &[("name", "a b")])),
    ] {
        assert_eq!(one(text), expected, "{text}");
    }
}

#[test]
fn cut_glued_and_noisy_documents() {
    let whole = license("A1");
    let (truncated, garbage) = (
        Event::Rejected(Reject::Truncated),
        Event::Rejected(Reject::Garbage),
    );
    let two = format!("{whole}\r\n{whole}\n");
    assert_eq!(
        events(&two),
        [plate("A1"), plate("A1"), document::status("blank", vec![])]
    );
    for cut in 1..whole.len() {
        let found = events(&format!("{}{whole}", &whole[..cut]));
        assert_eq!(found.len(), 2, "{cut} {found:?}");
        assert!(matches!(found[0], Event::Rejected(_)), "{cut}");
        assert_eq!(found[1], plate("A1"), "{cut}");
        assert!(
            matches!(events(&whole[..cut])[..], [Event::Rejected(_)]),
            "{cut}"
        );
    }
    // The rest of a broken document begins no document of its own.
    let broken = whole.replacen(':', "\u{1}", 1);
    assert_eq!(events(&format!("{broken}{whole}"))[2], plate("A1"));
    assert_eq!(
        events(&format!("{broken}{{\"a\":1}}")),
        [truncated, garbage]
    );
    // A wrapper that was cut does not hide the next push.
    let found = events(&format!("{{\"id\":1,\"payload\":{whole}"));
    assert_eq!(found.last(), Some(&plate("A1")));
}

#[test]
fn what_is_too_large_is_refused_and_the_next_found() {
    let whole = license("A1");
    let deep = format!("{{\"AlarmInfoPlate\":{}", "[".repeat(40));
    let wide = format!("{{\"AlarmInfoPlate\":[{}", "1,".repeat(4_096));
    let long = format!("{{\"AlarmInfoPlate\":\"{}", "a".repeat(9_000));
    for text in [deep, wide, long] {
        let found = events(&format!("{text}{whole}"));
        assert_eq!(found[0], Event::Rejected(Reject::Length));
        assert_eq!(found.last(), Some(&plate("A1")));
    }
}

#[test]
fn the_reply_stops_the_repeating_and_opens_no_barrier() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    let text = push("\"license\":\"A1\",\"plateid\":10,\"timeStamp\":{\"Timeval\":{\"sec\":5}}");
    let event = one(&text);
    for answer in [Answer::Recorded, Answer::Repeated, Answer::Refused] {
        let reply = decoder.reply(&event, answer).unwrap();
        assert_eq!(
            String::from_utf8(reply).unwrap(),
            "{\"Response_AlarmInfoPlate\":{\"info\":\"no\",\"content\":\"retransfer_stop\",\
             \"is_pay\":\"false\",\"serialData\":[],\
             \"ContinuePushOffline\":{\"plateid\":10,\"continue\":1}}}"
        );
    }
    let reply = decoder.reply(&plate("A1"), Answer::Recorded).unwrap();
    let status = run(&reply, reply.len(), &Settings::new()).remove(0).event;
    let info = vec![("info", "no".to_string())];
    assert_eq!(status, document::status("host_response", info));
    assert_eq!(decoder.reply(&status, Answer::Recorded), None);
    let mut opening = super::decoder(&Settings::new().with("reply_info", "ok")).unwrap();
    let reply = opening.reply(&event, Answer::Recorded).unwrap();
    assert!(
        String::from_utf8(reply)
            .unwrap()
            .contains("\"info\":\"ok\"")
    );
}
