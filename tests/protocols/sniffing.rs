//! What a technician does on the first day: which formats are there, and which of them is this?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use firmware_protocols::registry::{PROTOCOLS, find};
use steelyard::simulator::PtyFeeder;

use crate::daemon::{PATIENCE, json_lines, run, run_with_input, text};

#[test]
fn the_list_has_every_format_and_what_it_may_be_used_for() {
    let table = run(&["decode", "--list"]);
    assert!(table.status.success());
    let table = text(&table.stdout);
    let lines = json_lines(&run(&["decode", "--list", "--json"]).stdout);
    assert_eq!(lines.len(), PROTOCOLS.len());
    for (protocol, line) in PROTOCOLS.iter().zip(&lines) {
        assert_eq!(line["protocol"], protocol.name);
        assert_eq!(
            line["evidence"].as_array().unwrap().len(),
            protocol.evidence.len()
        );
        let row = table
            .lines()
            .find(|row| row.starts_with(protocol.name))
            .unwrap();
        assert!(row.ends_with(protocol.maturity.name()), "{row}");
    }
}

#[test]
fn unknown_bytes_of_a_file_are_told_and_so_is_their_parity() {
    let frames: Vec<u8> = (0..50)
        .flat_map(|number| {
            find("yaohua_xk3190_continuous")
                .unwrap()
                .specimen_bytes(number)
                .unwrap()
        })
        .map(|byte| byte | ((byte.count_ones() % 2) as u8) << 7)
        .collect();
    let output = run_with_input(&["decode", "--sniff", "-", "--json"], &frames);
    let best = &json_lines(&output.stdout)[0];
    assert_eq!(best["protocol"], "yaohua_xk3190_continuous");
    assert_eq!(
        (&best["checked_frames"], &best["line"]),
        (&50.into(), &"9600 7E1".into())
    );
    let nothing = run_with_input(&["decode", "--sniff", "-"], b"");
    assert!(text(&nothing.stdout).contains("没有收到字节"));
    let strange = run_with_input(&["decode", "--sniff", "-"], b"\x80\x81\x82");
    assert!(text(&strange.stdout).contains("text_frame"));
}

#[test]
fn an_unknown_device_on_a_port_is_told_and_nothing_is_sent_to_it() {
    let mut device = PtyFeeder::open().unwrap();
    let path = device.path().to_str().unwrap().to_owned();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let playing = std::thread::spawn(move || {
        let protocol = find("rinstrum_auto").unwrap();
        let mut heard = Vec::new();
        for number in 0.. {
            if stopped.load(Ordering::Relaxed) {
                return heard;
            }
            let frame = protocol.specimen_bytes(number % 200).unwrap();
            // Nobody may listen yet, or any more: what a line does not take is lost.
            let _ = device.feed(&frame, PATIENCE);
            heard.extend(device.answers().unwrap());
            std::thread::sleep(Duration::from_millis(10));
        }
        heard
    });
    let output = run(&["decode", "--sniff", &path, "--seconds", "0.6", "--json"]);
    stop.store(true, Ordering::Relaxed);
    let heard = playing.join().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let best = &json_lines(&output.stdout)[0];
    assert_eq!(best["protocol"], "rinstrum_auto", "{best}");
    assert!(best["line"].as_str().unwrap().starts_with("9600"), "{best}");
    assert_eq!(heard, b"", "a device of unknown make is not spoken to");
}
