//! Tests of the serial JPEG camera: decoder, session and camera.

use super::*;

/// A picture of a length, with bytes in it that look like marks.
fn jpeg(length: usize) -> Vec<u8> {
    let mut jpeg = vec![0xFF, 0xD8];
    jpeg.extend((2..length - 2).map(|index| [0x76, 0x00, 0x56, 0xFF, 0xD9, 0x34][index % 6]));
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}

fn events(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn names(settings: &Settings, bytes: &[u8]) -> Vec<&'static str> {
    events(settings, bytes)
        .into_iter()
        .map(|event| match event {
            Event::Status(status) => status.name,
            Event::Picture(_) => "picture",
            Event::Rejected(reason) => reason.name(),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The camera's bytes of a whole transaction.
fn transaction(picture: &[u8], piece_bytes: usize) -> Vec<u8> {
    let mut camera = Camera::new(0);
    camera.show(picture.to_vec());
    let mut bytes = camera.handle(&Command::Freeze.encode(0));
    bytes.extend(camera.handle(&Command::Length.encode(0)));
    for start in (0..picture.len()).step_by(piece_bytes) {
        let length = piece_bytes.min(picture.len() - start) as u32;
        let read = Command::Read {
            start: start as u32,
            length,
            delay_10us: 10,
        };
        bytes.extend(camera.handle(&read.encode(0)));
    }
    bytes.extend(camera.handle(&Command::Resume.encode(0)));
    bytes
}

#[test]
fn commands_come_back_as_they_were_written() {
    for command in [
        Command::Reset,
        Command::Version,
        Command::Freeze,
        Command::Resume,
        Command::Length,
        Command::Read {
            start: 64,
            length: 12_124,
            delay_10us: 100,
        },
        Command::Compression(0x36),
        Command::Size(0x11),
        Command::Baud(9_600),
        Command::Baud(115_200),
    ] {
        let bytes = command.encode(0);
        assert_eq!(events(&Settings::new(), &bytes), [command.event()]);
        let elsewhere = Settings::new().with("address", "3");
        assert_eq!(names(&elsewhere, &bytes), ["garbage"], "another camera's");
    }
}

#[test]
fn a_picture_comes_whole_in_one_read_and_in_pieces() {
    for length in [6, 64, 511, 512, 513, 5_000] {
        let picture = jpeg(length);
        for piece_bytes in [0, 64, 512] {
            let settings = Settings::new().with("piece_bytes", &piece_bytes.to_string());
            let step = if piece_bytes == 0 {
                length
            } else {
                piece_bytes
            };
            let all = events(&settings, &transaction(&picture, step));
            let found: Vec<_> = all
                .iter()
                .filter_map(|event| match event {
                    Event::Picture(picture) => Some(&picture.jpeg),
                    Event::Rejected(reason) => panic!("{reason:?} {length} {piece_bytes}"),
                    _ => None,
                })
                .collect();
            assert_eq!(found, [&picture]);
            assert_eq!(all.len(), 3 + length.div_ceil(step));
        }
    }
}

#[test]
fn without_a_length_reply_the_end_mark_tells() {
    let open = [0x76, 0, 0x32, 0, 0];
    let picture = jpeg(999);
    let whole = [&open[..], &picture, &open].concat();
    assert_eq!(
        events(&Settings::new(), &whole),
        [Event::Picture(Picture {
            jpeg: picture.clone()
        })]
    );
    let cut = [&open[..], &picture[..500]].concat();
    assert_eq!(names(&Settings::new(), &cut), ["truncated"]);
    assert_eq!(
        names(&Settings::new(), &[cut, whole].concat()),
        ["truncated", "picture"]
    );
}

#[test]
fn on_a_tapped_line_the_read_command_gives_the_length() {
    let picture = jpeg(300);
    let mut camera = Camera::new(0);
    camera.show(picture.clone());
    let mut bytes = vec![];
    let mut commands = vec![Command::Freeze, Command::Length];
    // The second piece is read twice, as after a timeout.
    for start in [0, 128, 128, 256] {
        commands.push(Command::Read {
            start,
            length: 128.min(300 - start),
            delay_10us: 10,
        });
    }
    for command in commands {
        bytes.extend(command.encode(0));
        bytes.extend(camera.handle(&command.encode(0)));
    }
    let all = events(&Settings::new(), &bytes);
    assert_eq!(all.last(), Some(&Event::Picture(Picture { jpeg: picture })));
    assert!(!all.iter().any(|event| matches!(event, Event::Rejected(_))));
}

#[test]
fn what_is_no_picture_is_refused() {
    let picture = jpeg(600);
    let good = transaction(&picture, 600);
    let mut no_end = good.clone();
    let end = 5 + 9 + 5 + 598;
    no_end[end] = 0;
    let mut no_begin = good.clone();
    no_begin[5 + 9 + 5] = 0;
    let lost = [&good[..100], &good[103..]].concat();
    let huge = [0x76, 0, 0x34, 0, 4, 0x7F, 0, 0, 0];
    assert_eq!(
        names(&Settings::new(), &good),
        ["control", "length", "picture", "control"]
    );
    assert_eq!(
        names(&Settings::new(), &no_end),
        ["control", "length", "device", "control"]
    );
    assert_eq!(names(&Settings::new(), &no_begin)[2], "device");
    // Three bytes are missing: the next transaction is whole again.
    let all = names(&Settings::new(), &[lost, good.clone()].concat());
    assert_eq!(
        all.iter().filter(|name| **name == "picture").count(),
        1,
        "{all:?}"
    );
    assert!(all.contains(&"truncated"));
    assert_eq!(names(&Settings::new(), &huge), ["length", "garbage"]);
    for status in [4, 6, 0xFF] {
        let reply = [0x76, 0, 0x36, status, 0];
        assert_eq!(names(&Settings::new(), &reply), ["device"], "{status}");
    }
    assert_eq!(names(&Settings::new(), &[0x77, 0, 0x32, 0, 0]), ["garbage"]);
    let small = Settings::new().with("picture_bytes", "1024");
    let all = names(&small, &transaction(&jpeg(1_025), 1_025));
    assert!(
        all.contains(&"length") && !all.contains(&"picture"),
        "{all:?}"
    );
}

#[test]
fn the_answer_to_a_reset_has_boot_text() {
    let mut camera = Camera::new(0);
    let bytes = camera.handle(&Command::Reset.encode(0));
    assert_eq!(names(&Settings::new(), &bytes), ["reset", "booted"]);
    let version = camera.handle(&Command::Version.encode(0));
    assert_eq!(names(&Settings::new(), &version), ["version"]);
    assert_eq!(names(&Settings::new(), &[0x76, 0, 0x26, 0]), ["reset"]);
}

/// Runs a session against a camera; `spoil` may change or drop each reply.
fn run(settings: &Settings, picture: &[u8], mut spoil: impl FnMut(Vec<u8>) -> Vec<u8>) -> Outcome {
    let mut session = Session::new(settings).unwrap();
    let mut decoder = decoder(settings).unwrap();
    let mut camera = Camera::new(0);
    camera.show(picture.to_vec());
    let mut now_us = 5;
    assert!(session.trigger(now_us));
    assert!(!session.trigger(now_us), "one at a time");
    for _ in 0..10_000 {
        if let Some(bytes) = session.poll_transmit() {
            now_us += 1_000;
            for byte in spoil(camera.handle(&bytes)) {
                decoder.push(&[byte]);
                while let Some(decoded) = decoder.poll_event() {
                    session.handle_event(now_us, &decoded.event);
                    if let Event::Picture(taken) = decoded.event {
                        assert_eq!(taken.jpeg, picture);
                    }
                }
            }
            continue;
        }
        if let Some(outcome) = session.poll_outcome() {
            assert_eq!(session.poll_timeout(), None);
            assert!(!session.is_busy());
            return outcome;
        }
        now_us = session.poll_timeout().unwrap();
        session.handle_timeout(now_us - 1);
        assert!(!session.take_resync(), "not before its time");
        session.handle_timeout(now_us);
        if session.take_resync() {
            decoder.finish();
            while let Some(decoded) = decoder.poll_event() {
                session.handle_event(now_us, &decoded.event);
            }
        }
    }
    panic!("no end");
}

#[test]
fn a_session_takes_a_picture_in_one_read_and_in_pieces() {
    for piece_bytes in ["0", "64", "512"] {
        let settings = Settings::new().with("piece_bytes", piece_bytes);
        let outcome = run(&settings, &jpeg(3_333), |reply| reply);
        let expected = Outcome::Taken {
            triggered_us: 5,
            bytes: 3_333,
            retries: 0,
        };
        assert_eq!(outcome, expected);
    }
}

#[test]
fn a_session_gets_over_a_lost_and_a_spoilt_reply() {
    let settings = Settings::new().with("piece_bytes", "512");
    for (lost, bytes) in [(0, 0), (1, 4), (2, 300), (3, 0), (4, 511)] {
        let mut count = 0;
        let outcome = run(&settings, &jpeg(3_333), |mut reply| {
            count += 1;
            if count == lost + 1 {
                reply.truncate(bytes);
            }
            reply
        });
        assert!(
            matches!(outcome, Outcome::Taken { retries: 1 | 2, .. }),
            "{lost} {outcome:?}"
        );
    }
}

#[test]
fn a_session_gives_up_and_says_why() {
    let settings = Settings::new();
    assert_eq!(
        run(&settings, &jpeg(100), |_| vec![]),
        Outcome::Failed {
            triggered_us: 5,
            reason: Failure::Timeout,
            retries: 2
        }
    );
    // An empty camera answers that it cannot now.
    assert_eq!(
        run(&settings, &[], |reply| reply),
        Outcome::Failed {
            triggered_us: 5,
            reason: Failure::Refused(Reject::Device),
            retries: 2
        }
    );
}

#[test]
fn a_wrong_setting_is_refused() {
    for (key, value) in [
        ("piece_bytes", "100"),
        ("piece_bytes", "-8"),
        ("address", "118"),
        ("picture_bytes", "9000000"),
        ("attempts", "0"),
        ("baud", "300"),
    ] {
        assert!(decoder(&Settings::new().with(key, value)).is_err(), "{key}");
        assert!(
            Session::new(&Settings::new().with(key, value)).is_err(),
            "{key}"
        );
    }
}
