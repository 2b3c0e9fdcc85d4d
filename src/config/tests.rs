//! The configuration file's laws: the example is whole, mistakes are named with line and remedy.

use std::path::Path;

use super::*;

const EXAMPLE: &str = include_str!("../../fixtures/configs/station.toml");

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("station.toml"))
}

fn with(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from}");
    parse(&EXAMPLE.replacen(from, to, 1))
        .map(|_| ())
        .unwrap_err()
        .to_string()
}

/// How a message about the line that begins with `key` begins.
fn line_of(key: &str) -> String {
    let line = EXAMPLE
        .lines()
        .position(|line| line.starts_with(key))
        .unwrap()
        + 1;
    format!("station.toml:{line}:")
}

#[test]
fn the_example_is_valid_and_shows_every_default() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.ports.len(), 7);
    let minimal = r#"
        [station]
        code = "ST0001"
        name = "x"
        data_dir = "/tmp/x"
    "#;
    let defaults = parse(minimal).unwrap();
    let show = |value: &dyn std::fmt::Debug| format!("{value:?}");
    assert_eq!(show(&config.timing), show(&defaults.timing));
    assert_eq!(show(&config.platform), show(&defaults.platform));
    assert_eq!(show(&config.quality), show(&defaults.quality));
    assert_eq!(show(&config.drift), show(&defaults.drift));
    assert_eq!(show(&config.health), show(&defaults.health));
    assert_eq!(show(&config.shift), show(&defaults.shift));
    assert_eq!(show(&config.host_clock), show(&defaults.host_clock));
    assert_eq!(show(&config.raw_log), show(&defaults.raw_log));
    assert_eq!(show(&config.api), show(&defaults.api));
    assert_eq!(config.law.case_for_warning, defaults.law.case_for_warning);
}

#[test]
fn every_key_stands_in_the_example() {
    // What the effective settings write out, the example must show, if only as a comment.
    let config = parse(EXAMPLE).unwrap();
    let effective = config.effective().unwrap();
    for line in effective.lines() {
        if let Some((key, _)) = line.split_once(" = ") {
            assert!(
                EXAMPLE.contains(&format!("{key} =")),
                "{key} is missing from the example"
            );
        }
    }
}

#[test]
fn the_effective_settings_are_themselves_a_configuration() {
    let config = parse(EXAMPLE).unwrap();
    let effective = config.effective().unwrap();
    assert_eq!(parse(&effective).unwrap().effective().unwrap(), effective);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
    let message = with("plate_window_ms", "plate_windows_ms");
    assert!(
        message.starts_with(&line_of("plate_window_ms")),
        "{message}"
    );
    assert!(message.contains("`plate_windows_ms`"), "{message}");
    assert!(
        message.contains("did you mean `plate_window_ms`"),
        "{message}"
    );
    assert!(with("baud = 9600\ncamera", "buad = 9600\ncamera").contains("`baud`"));
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_its_line() {
    let message = with("agreeing_frames = 10", "agreeing_frames = \"ten\"");
    assert!(
        message.starts_with(&line_of("agreeing_frames")),
        "{message}"
    );
}

#[test]
fn contradictions_say_what_to_do() {
    assert!(with("127.0.0.1:8642", "0.0.0.0:8642").contains("behind_proxy"));
    assert!(with("name = \"camera-1\"", "name = \"wim-1\"").contains("used twice"));
    assert!(with("name = \"camera-1\"", "name = \"../etc\"").contains("letters"));
    assert!(with("protocol = \"olr\"", "protocol = \"orl\"").contains("olr"));
    assert!(with("checksum = \"crc16\"", "checksum = \"crc17\"").contains("crc16"));
    assert!(with("role = \"plate\"\nlane = 1", "role = \"plate\"").contains("lane"));
    assert!(
        with(
            "lane = 1\nprotocol = \"olr\"",
            "lane = 7\nprotocol = \"olr\""
        )
        .contains('7')
    );
    assert!(with("unit = \"kg\"", "unit = \"stone\"").contains("stone"));
    let day = "valid_until = \"";
    let until = EXAMPLE.split_once(day).unwrap().1;
    let until = &until[..10];
    let message = with(&format!("{day}{until}\""), &format!("{day}2020-01-01\""));
    assert!(
        message.contains("lane 1.certificate: ") && message.contains("2020-01-01"),
        "{message}"
    );
}

#[test]
fn a_tcp_address_that_is_none_is_refused_with_its_key() {
    let device = "/dev/serial/by-id/usb-FTDI_wim-1-if00-port0";
    for (wrong, remedy) in [
        ("tcp://192.168.1.50", "tcp://192.168.1.50:4001"),
        ("udp://192.168.1.50:4001", "tcp://host:port"),
    ] {
        let message = with(device, wrong);
        assert!(message.contains("port wim-1.device: "), "{message}");
        assert!(message.contains(remedy), "{message}");
    }
    let text = EXAMPLE.replace(device, "tcp://[fd00::50]:4001");
    let config = parse(&text).unwrap();
    assert!(matches!(
        config.ports[0].address(),
        Ok(Address::Tcp { port: 4_001, .. })
    ));
}

#[test]
fn ports_that_are_pushed_to_need_a_server_and_peers() {
    for (from, to, key, word) in [
        (
            "\npeers = [\"192.168.1.64\"]",
            "\n#",
            "port camera-2.peers: ",
            "192.168.1.64",
        ),
        (
            "http-push:/lane-2",
            "/dev/ttyS0",
            "port camera-2.peers: ",
            "http-push:/path",
        ),
        (
            "http-push:/lane-2",
            "http-push:lane-2",
            "port camera-2.device: ",
            "http-push:/lane-1",
        ),
        (
            "listen = \"192.168.1.10:8643\"",
            "listen = \"0.0.0.0:8642\"",
            "camera_server.listen: ",
            "127.0.0.1:8642",
        ),
        (
            "/dev/serial/by-id/usb-FTDI_wim-1-if00-port0\"",
            "http-push:/wim-1\"\npeers = [\"192.168.1.65\"]",
            "port wim-1.role: ",
            "plate",
        ),
        (
            "/dev/serial/by-id/usb-FTDI_camera-1-if00-port0\"",
            "http-push:/lane-2\"\npeers = [\"192.168.1.65\"]",
            "port camera-2.device: ",
            "another port",
        ),
    ] {
        let message = with(from, to);
        assert!(message.contains(key) && message.contains(word), "{message}");
    }
    let server = EXAMPLE.find("[camera_server]").unwrap();
    let law = EXAMPLE.find("[law]").unwrap();
    let without = [&EXAMPLE[..server], &EXAMPLE[law..]].concat();
    let message = parse(&without).unwrap_err().to_string();
    assert!(message.contains("port camera-2.device: "), "{message}");
    assert!(message.contains("[camera_server]"), "{message}");
    let unknown = with("listen = \"192.168.1.10:8643\"", "listens = \"a\"");
    assert!(unknown.contains("did you mean `listen`"), "{unknown}");
}

#[test]
fn a_pushed_message_is_guarded_by_its_transport() {
    let guarded = |text: &str| {
        let config = parse(text).unwrap();
        let port = config.ports.iter().find(|port| port.name == "camera-2");
        let port = port.unwrap();
        let document =
            r#"{"AlarmInfoPlate":{"result":{"PlateResult":{"license":"鲁Q7K215","colorType":1}}}}"#;
        let mut decoder = port.decoder().unwrap();
        decoder.push(document.as_bytes());
        decoder.finish();
        match decoder.poll_event().unwrap().event {
            firmware_protocols::Event::Plate(plate) => plate.checked,
            other => panic!("{other:?}"),
        }
    };
    assert!(guarded(EXAMPLE));
    let protocol = "protocol = \"vzenith_alarminfoplate_json\"";
    let without = format!("{protocol}\nsettings = {{ guarded = \"no\" }}");
    assert!(!guarded(&EXAMPLE.replace(protocol, &without)));
    let serial = EXAMPLE
        .replace("http-push:/lane-2", "/dev/ttyS0")
        .replace("peers = [", "# ");
    assert!(!guarded(&serial));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let message = Config::load(Path::new("/nonexistent/station.toml"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("/nonexistent/station.toml"), "{message}");
}

#[test]
fn secrets_are_never_shown() {
    let text = EXAMPLE.replace(
        "[database]",
        "[database]\nurl = \"postgres://u:s3cret@h/d\"",
    );
    let config = parse(&text).unwrap();
    assert_eq!(
        config.database.url.as_ref().unwrap().reveal(),
        "postgres://u:s3cret@h/d"
    );
    assert!(!config.effective().unwrap().contains("s3cret"));
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn a_layout_that_the_file_describes_is_to_be_confirmed() {
    let proven = |protocol: &str, fields: bool, confirmed: bool| {
        let mut port = Port::new(
            "scale",
            Path::new("/dev/ttyS0"),
            PortRole::Platform,
            protocol,
        );
        port.confirmed = confirmed;
        if fields {
            port.settings
                .insert("fields".to_owned(), "weight:7,unit:2".to_owned());
        }
        port.lane_settings().proven
    };
    assert!(proven("mt_toledo_continuous", false, false));
    assert!(
        !proven("mt_extended_continuous", false, false),
        "experimental"
    );
    assert!(!proven("modbus_rtu", false, false));
    assert!(proven("text_frame", false, false));
    assert!(!proven("text_frame", true, false));
    assert!(proven("text_frame", true, true));
}
