//! What controllers send and cameras show.

use firmware_protocols::olr::{self, Address, AxleExtra, Extra, Message, Tyre};
use firmware_protocols::{Axle, AxleValidity, DeviceTime, Direction, Vehicle};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageFormat, RgbImage};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use steelyard::simulator::picture::{self, Scene};
use steelyard::units::Micros;

/// Station code in records and configuration.
pub const STATION: &str = "BENCH1";

/// The `olr` record of a six-axle truck, some of them overloaded.
pub fn vehicle_line(lane: u16, sequence: u64, time: i64) -> Vec<u8> {
    let heavier = (sequence % 5) as i64 * 700;
    let spacings = [
        None,
        Some(3_450),
        Some(1_360),
        Some(6_550),
        Some(1_310),
        Some(1_310),
    ];
    let axles: Vec<Axle> = spacings
        .iter()
        .map(|&spacing_mm| {
            let (left, right) = (3_200 + heavier, 3_250 + heavier);
            Axle {
                load_kg: Some(left + right),
                left_kg: Some(left),
                right_kg: Some(right),
                spacing_mm,
                speed_tenth_kmh: Some(634),
                validity: Some(AxleValidity::Valid),
            }
        })
        .collect();
    let extra = Extra {
        temperature_tenth_c: Some(215),
        axles: (0..axles.len())
            .map(|index| AxleExtra {
                tyre: Some(if index == 0 { Tyre::Single } else { Tyre::Dual }),
                group: Some([1, 2, 2, 3, 3, 3][index]),
            })
            .collect(),
    };
    let vehicle = Vehicle {
        station: Some(STATION.to_owned()),
        sequence: Some(sequence),
        time: DeviceTime::from_micros(time / 1_000 * 1_000, true),
        lane: Some(lane),
        direction: Some(Direction::Forward),
        speed_tenth_kmh: Some(634),
        acceleration_tenth_ms2: Some(-2),
        length_mm: Some(16_840),
        gross_kg: axles.iter().map(|axle| axle.load_kg).sum(),
        axles,
        flags: Vec::new(),
        confidence: Some(95),
        checked: true,
        ..Vehicle::default()
    };
    olr::encode(&Message::Vehicle(vehicle, extra)).expect("a record")
}

/// Sequence of a record that the host's line acknowledges as durable and new.
pub fn acknowledged(line: &[u8]) -> Option<(u16, u64)> {
    match olr::parse_line(line) {
        Ok(Message::Acknowledge(word)) if word.answer == olr::Answer::Ok => {
            let Address { lane, .. } = word.address;
            Some((lane, word.sequence?.into()))
        }
        _ => None,
    }
}

/// Pictures as large as a camera's: what is in them matters less than that all differ.
pub struct Pictures {
    drawn: Vec<Vec<u8>>,
    given: u32,
}

impl Pictures {
    /// Drawings in the width and height given, with the grain of a sensor.
    pub fn new(width: u32, height: u32) -> Self {
        let scene = Scene {
            vehicle: None,
            lane: 1,
            time: Micros::new(1_780_000_000_000_000),
            speed: None,
        };
        let road = picture::draw(&scene).expect("a picture");
        let road = image::load_from_memory_with_format(&road, ImageFormat::Jpeg)
            .expect("a whole picture")
            .into_rgb8();
        let road = imageops::resize(&road, width, height, FilterType::Triangle);
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        let drawn = (0..4).map(|_| jpeg(&road, &mut dice)).collect();
        Self { drawn, given: 0 }
    }

    /// Bytes of one picture.
    pub fn bytes(&self) -> usize {
        self.drawn[0].len()
    }

    /// A picture unlike all before: its number stands in a comment.
    pub fn next(&mut self) -> Vec<u8> {
        self.given += 1;
        let drawn = &self.drawn[self.given as usize % self.drawn.len()];
        let mut jpeg = drawn[..2].to_vec();
        jpeg.extend([0xFF, 0xFE, 0, 6]);
        jpeg.extend(self.given.to_be_bytes());
        jpeg.extend_from_slice(&drawn[2..]);
        jpeg
    }
}

fn jpeg(road: &RgbImage, dice: &mut ChaCha8Rng) -> Vec<u8> {
    let mut grainy = road.clone();
    for pixel in grainy.pixels_mut() {
        let grain = dice.random_range(-8..=8);
        for channel in &mut pixel.0 {
            *channel = channel.saturating_add_signed(grain);
        }
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 80)
        .encode_image(&grainy)
        .expect("a picture");
    jpeg
}
