//! Decoding on one core: bytes to typed events, in chunks as long as the daemon's reads.

use std::hint::black_box;

use firmware_protocols::mt_toledo_continuous::Form;
use firmware_protocols::plate_text::Layout;
use firmware_protocols::{
    Decimal, DeviceTime, Event, Plate, PlateColour, Reading, Settings, Unit, mt_toledo_continuous,
    plate_text, registry, yaohua_xk3190_continuous,
};

use crate::devices::vehicle_line;
use crate::report::{Row, Scale, grouped_spread, now, spread_text};

/// Frames of the sample that is decoded over and over.
const SAMPLE: i64 = 1_000;
/// As `device::port` reads.
const CHUNK_BYTES: usize = 4_096;
const PARTS: usize = 10;

pub fn figures(scale: Scale) -> Vec<Row> {
    let toledo: Vec<u8> = (0..SAMPLE).flat_map(toledo_frame).collect();
    let rates = rates(
        "mt_toledo_continuous",
        &Settings::new(),
        &toledo,
        scale.of(10_000_000, 200_000),
    );
    let megas: Vec<f64> = rates.iter().map(|rate| rate / 1e6).collect();
    let mut rows = vec![Row {
        what: "decode `mt_toledo_continuous`, 18-byte frames, frames/s a core".to_owned(),
        measured: spread_text(&megas, 1, "M"),
        target: "≥ 10 M, flat over 10^7",
        beside: format!(
            "10^7 frames, checksum on; first tenth {:.1} M, last tenth {:.1} M",
            megas[0],
            megas[PARTS - 1]
        ),
    }];
    let olr: Vec<u8> = (0..SAMPLE)
        .flat_map(|index| vehicle_line(1 + (index % 32) as u16, index as u64, index * 1_000))
        .collect();
    let bytes = olr.len() / SAMPLE as usize;
    rows.push(row(
        "decode `olr`, vehicle lines/s a core",
        &self::rates("olr", &Settings::new(), &olr, scale.of(1_000_000, 20_000)),
        &format!("six axles, {bytes} bytes, CRC-16 checked"),
    ));
    let settings = Settings::new().with("checksum", "crc16");
    let layout = Layout::new(&settings).expect("a layout");
    let plates: Vec<u8> = (0..SAMPLE)
        .flat_map(|index| plate_line(index, &layout))
        .collect();
    rows.push(row(
        "decode `plate_text`, plate lines/s a core",
        &self::rates(
            "plate_text",
            &settings,
            &plates,
            scale.of(3_000_000, 50_000),
        ),
        "default layout, CRC-16 checked",
    ));
    let yaohua: Vec<u8> = (0..SAMPLE)
        .flat_map(|index| yaohua_xk3190_continuous::encode(weight(index)).expect("a frame"))
        .collect();
    rows.push(row(
        "decode `yaohua_xk3190_continuous`, frames/s a core",
        &self::rates(
            "yaohua_xk3190_continuous",
            &Settings::new(),
            &yaohua,
            scale.of(10_000_000, 200_000),
        ),
        "12-byte frames, XOR checked",
    ));
    rows
}

fn row(what: &str, rates: &[f64], beside: &str) -> Row {
    Row {
        what: what.to_owned(),
        measured: grouped_spread(rates),
        target: "",
        beside: beside.to_owned(),
    }
}

/// Events a second over each tenth of `frames`. Every frame of the sample must be one event.
fn rates(protocol: &str, settings: &Settings, sample: &[u8], frames: usize) -> Vec<f64> {
    let protocol = registry::find(protocol).expect("a protocol");
    let mut decoder = (protocol.decoder)(settings).expect("settings");
    let samples = (frames / PARTS / SAMPLE as usize).max(1);
    (0..PARTS)
        .map(|_| {
            let mut events = 0;
            let start = now();
            for _ in 0..samples {
                for chunk in sample.chunks(CHUNK_BYTES) {
                    decoder.push(chunk);
                    while let Some(decoded) = decoder.poll_event() {
                        let decoded = black_box(decoded);
                        assert!(!matches!(decoded.event, Event::Rejected(_)), "{decoded:?}");
                        events += 1;
                    }
                }
            }
            let seconds = start.elapsed().as_secs_f64();
            assert_eq!(events, samples * SAMPLE as usize);
            events as f64 / seconds
        })
        .collect()
}

/// Some weight below 60 t.
fn weight(index: i64) -> Decimal {
    Decimal::new(index * 47 % 60_000, 0)
}

fn toledo_frame(index: i64) -> Vec<u8> {
    let reading = Reading {
        value: Some(weight(index)),
        tare: Some(Decimal::new(0, 0)),
        unit: Some(Unit::Kilogram),
        stable: Some(index % 3 != 0),
        net: Some(false),
        overload: Some(false),
        underload: Some(false),
        checked: true,
        ..Reading::default()
    };
    mt_toledo_continuous::encode(&reading, &Form::default()).expect("a frame")
}

fn plate_line(index: i64, layout: &Layout) -> Vec<u8> {
    let plate = Plate {
        plate: Some(format!("浙A{index:05}")),
        colour: Some(PlateColour::Yellow),
        confidence: Some(97),
        time: DeviceTime::from_micros(1_780_000_000_000_000 + index * 1_000_000, true),
        lane: Some(1 + (index % 32) as u16),
        checked: true,
        ..Plate::default()
    };
    plate_text::encode(&plate, layout).expect("a line")
}
