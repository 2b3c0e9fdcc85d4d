//! Draws what a side camera would see of a vehicle: for the demo and for tests, never mistaken for
//! a photograph (the caption says 模拟图像, simulated image).

use std::sync::OnceLock;

use firmware_protocols::vc0706_jpeg::{Camera, Command};
use image::codecs::jpeg::JpegEncoder;

use super::canvas::{Canvas, Colour, Pen};
use super::truck::Body;
use super::vehicle::Truth;
use crate::plate::PlateColour;
use crate::units::{Micros, TenthKmh};

/// Width of a picture in pixels.
pub const WIDTH: u32 = 640;
/// Height of a picture in pixels.
pub const HEIGHT: u32 = 360;

const QUALITY: u8 = 78;
/// Drawn at twice the size, then halved: smooth edges.
const SUPER: i64 = 2;
const BLACK: Colour = [18, 18, 20];
const WHITE: Colour = [245, 245, 245];

/// A picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The embedded font is damaged.
    #[error("the embedded font can't be read")]
    Font(#[from] ab_glyph::InvalidFont),
    /// The picture could not be compressed.
    #[error("the picture could not be written as JPEG")]
    Jpeg(#[from] image::ImageError),
}

/// What is to be seen.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The vehicle; `None` draws the empty road.
    pub vehicle: Option<&'a Truth>,
    /// Lane, for the caption.
    pub lane: u16,
    /// When, for the caption; shown in Beijing time.
    pub time: Micros,
    /// Speed, for the caption.
    pub speed: Option<TenthKmh>,
}

/// Draws a scene as a JPEG file of 640 x 360 pixels. The same scene gives the same bytes.
///
/// # Errors
/// When the embedded font is damaged or the encoder fails; neither happens with a sound build.
pub fn draw(scene: &Scene<'_>) -> Result<Vec<u8>, PictureError> {
    let pen = Pen::new()?;
    let seed = scene.time.get().unsigned_abs() ^ (u64::from(scene.lane) << 48);
    // The road is the same in every picture, and half of the work.
    static EMPTY_ROAD: OnceLock<Canvas> = OnceLock::new();
    let mut large = EMPTY_ROAD.get_or_init(background).clone();
    if let Some(vehicle) = scene.vehicle {
        Body::of(vehicle).draw(&mut large);
    }
    let mut canvas = large.halved();
    canvas.grain(seed, 4);
    if let Some(vehicle) = scene.vehicle {
        plate_panel(&mut canvas, &pen, vehicle);
    }
    caption(&mut canvas, &pen, scene);
    let mut jpeg = Vec::with_capacity(40_000);
    let image = canvas.into_image();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&image)?;
    Ok(jpeg)
}

/// What a picture camera that sees a scene sends to a host that freezes, asks the length and reads all.
///
/// # Errors
/// As [`draw`].
pub fn exchange(scene: &Scene<'_>) -> Result<Vec<u8>, PictureError> {
    let jpeg = draw(scene)?;
    let length = u32::try_from(jpeg.len()).unwrap_or(u32::MAX);
    let mut camera = Camera::new(0);
    camera.show(jpeg);
    let read = Command::Read {
        start: 0,
        length,
        delay_10us: 10,
    };
    let mut bytes = Vec::new();
    for command in [Command::Freeze, Command::Length, read, Command::Resume] {
        bytes.extend(camera.handle(&command.encode(0)));
    }
    Ok(bytes)
}

fn background() -> Canvas {
    let mut canvas = Canvas::new(WIDTH * 2, HEIGHT * 2);
    let width = i64::from(WIDTH) * SUPER;
    canvas.gradient((0, 0), (width, 330), [142, 178, 214], [222, 230, 234]);
    // Loess hills far and near.
    canvas.polygon(
        &[
            (0, 300),
            (140, 236),
            (300, 276),
            (470, 214),
            (700, 282),
            (890, 228),
            (1_080, 270),
            (1_280, 224),
            (1_280, 380),
            (0, 380),
        ],
        [176, 176, 158],
    );
    canvas.polygon(
        &[
            (0, 330),
            (240, 290),
            (520, 322),
            (800, 286),
            (1_040, 318),
            (1_280, 296),
            (1_280, 400),
            (0, 400),
        ],
        [150, 148, 116],
    );
    canvas.rectangle((0, 376), (width, 420), [122, 128, 92]);
    // Guard rail with its posts.
    for post in 0..11 {
        let x = 24 + post * 122;
        canvas.rectangle((x, 366), (x + 10, 420), [120, 124, 128]);
    }
    canvas.gradient((0, 362), (width, 386), [206, 210, 214], [150, 154, 160]);
    canvas.rectangle((0, 373), (width, 376), [132, 136, 142]);
    // Road: edge line, lane of the scale with its two sensor rows, dashed line, next lane.
    canvas.gradient((0, 420), (width, 720), [92, 94, 98], [116, 118, 122]);
    canvas.rectangle((0, 430), (width, 436), [226, 226, 220]);
    for sensor in [556_i64, 668] {
        canvas.polygon(
            &[
                (sensor, 440),
                (sensor + 16, 440),
                (sensor - 14, 556),
                (sensor - 32, 556),
            ],
            [64, 66, 70],
        );
    }
    for dash in 0..6 {
        let x = dash * 250 - 40;
        canvas.polygon(
            &[(x + 12, 560), (x + 152, 560), (x + 140, 572), (x, 572)],
            [230, 230, 224],
        );
    }
    canvas
}

/// The plate, large, in the lower left corner, as a plate camera's close-up.
fn plate_panel(canvas: &mut Canvas, pen: &Pen<'_>, vehicle: &Truth) {
    let text: Vec<char> = vehicle.plate.as_str().chars().collect();
    let wide = text.len() > 7;
    // GA 36-2018: 440 x 140 mm, new-energy 480 x 140 mm.
    let (width, height) = if wide { (206, 60) } else { (189, 60) };
    let (left, top) = (16, i64::from(HEIGHT) - height - 14);
    let (right, bottom) = (left + width, top + height);
    let ink = ground(canvas, (left, top), (right, bottom), vehicle.colour);
    let frame = |canvas: &mut Canvas, inset: i64| {
        let (l, t, r, b) = (left + inset, top + inset, right - inset, bottom - inset);
        canvas.rectangle((l, t), (r, t + 2), ink);
        canvas.rectangle((l, b - 2), (r, b), ink);
        canvas.rectangle((l, t), (l + 2, b), ink);
        canvas.rectangle((r - 2, t), (r, b), ink);
    };
    frame(canvas, 3);
    let (origin, serial) = text.split_at(text.len().min(2));
    let mut shown: String = origin.iter().collect();
    shown.push('·');
    shown.extend(serial);
    let size = 40.0;
    let room = width as f32 - 18.0;
    let natural = pen.width(&shown, size, 0.0);
    let spacing = (room - natural) / (shown.chars().count() as f32 - 1.0);
    let y = top as f32 + (height as f32 - size) / 2.0 - 1.0;
    pen.write(
        canvas,
        (left as f32 + 9.0, y),
        size,
        spacing.min(4.0),
        ink,
        &shown,
    );
}

/// Fills a plate's ground and tells the colour of its characters.
fn ground(
    canvas: &mut Canvas,
    (left, top): (i64, i64),
    (right, bottom): (i64, i64),
    colour: PlateColour,
) -> Colour {
    const GREEN: Colour = [86, 190, 110];
    const YELLOW: Colour = [246, 190, 22];
    match colour {
        PlateColour::Yellow => {
            canvas.rectangle((left, top), (right, bottom), YELLOW);
            BLACK
        }
        PlateColour::Blue => {
            canvas.rectangle((left, top), (right, bottom), [22, 72, 176]);
            WHITE
        }
        PlateColour::White => {
            canvas.rectangle((left, top), (right, bottom), WHITE);
            BLACK
        }
        PlateColour::Black => {
            canvas.rectangle((left, top), (right, bottom), BLACK);
            WHITE
        }
        PlateColour::Green => {
            canvas.gradient((left, top), (right, bottom), [236, 246, 238], GREEN);
            BLACK
        }
        PlateColour::YellowGreen => {
            let split = left + (right - left) * 28 / 100;
            canvas.rectangle((left, top), (split, bottom), YELLOW);
            canvas.rectangle((split, top), (right, bottom), GREEN);
            BLACK
        }
    }
}

fn caption(canvas: &mut Canvas, pen: &Pen<'_>, scene: &Scene<'_>) {
    let width = i64::from(WIDTH);
    canvas.veil((0, 0), (width, 28), BLACK, 0.62);
    let beijing = scene
        .time
        .saturating_add(Micros::from_seconds(8 * 3_600))
        .rfc3339();
    // 2026-11-24T16:15:27.318000Z, cut to milliseconds.
    let time = beijing.get(..23).unwrap_or(&beijing).replace('T', " ");
    let mut text = format!("车道 {}   {time}", scene.lane);
    if let Some(speed) = scene.speed {
        text.push_str(&format!(
            "   {}.{} km/h",
            speed.get() / 10,
            speed.get() % 10
        ));
    }
    if let Some(vehicle) = scene.vehicle {
        text.push_str(&format!("   {} 轴", vehicle.axles.len()));
    }
    pen.write(canvas, (12.0, 3.0), 20.0, 0.0, WHITE, &text);
    let mark = "侧面 · 模拟图像";
    let x = WIDTH as f32 - pen.width(mark, 18.0, 0.0) - 14.0;
    pen.write(
        canvas,
        (x, HEIGHT as f32 - 28.0),
        18.0,
        0.0,
        [236, 236, 230],
        mark,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::crossing::Crossing;
    use crate::simulator::settings::Settings;
    use crate::simulator::traffic::Traffic;
    use std::collections::BTreeSet;

    fn picture(crossing: &Crossing) -> Vec<u8> {
        draw(&Scene {
            vehicle: Some(&crossing.vehicle),
            lane: crossing.lane,
            time: crossing.first_axle_at,
            speed: Some(crossing.speed_tenth_kmh),
        })
        .unwrap()
    }

    #[test]
    fn pictures_decode_and_differ_by_truck() {
        let settings = Settings {
            odd_share: 0.3,
            ..Settings::statistics()
        };
        let mut digests = BTreeSet::new();
        for crossing in Traffic::new(settings).take(16) {
            let jpeg = picture(&crossing);
            assert!(jpeg.starts_with(&[0xFF, 0xD8]) && jpeg.ends_with(&[0xFF, 0xD9]));
            assert!(
                (12_000..45_000).contains(&jpeg.len()),
                "{} bytes",
                jpeg.len()
            );
            let decoded = image::load_from_memory(&jpeg).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (WIDTH, HEIGHT));
            assert!(digests.insert(jpeg.clone()), "two trucks gave one picture");
        }
        let first = Traffic::new(Settings::demo()).next().unwrap();
        assert_eq!(picture(&first), picture(&first), "one scene, one picture");
    }

    #[test]
    fn the_plate_panel_has_the_plate_s_colour() {
        let mut seen = BTreeSet::new();
        for crossing in Traffic::new(Settings::statistics()).take(400) {
            if !seen.insert(crossing.vehicle.colour) {
                continue;
            }
            let image = image::load_from_memory(&picture(&crossing))
                .unwrap()
                .to_rgb8();
            // Just inside of the frame, above the characters.
            let [r, g, b] = image.get_pixel(150, HEIGHT - 66).0;
            let wanted: fn(u8, u8, u8) -> bool = match crossing.vehicle.colour {
                PlateColour::Yellow => |r, _, b| r > 200 && b < 110,
                PlateColour::Blue => |r, _, b| b > 130 && r < 90,
                PlateColour::Green => |r, g, _| g > 200 && r > 170,
                PlateColour::YellowGreen => |r, g, _| g > 150 && r < 140,
                PlateColour::White | PlateColour::Black => |_, _, _| false,
            };
            assert!(
                wanted(r, g, b),
                "{:?}: {r} {g} {b}",
                crossing.vehicle.colour
            );
        }
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn an_empty_road_is_a_picture_too() {
        let scene = Scene {
            vehicle: None,
            lane: 1,
            time: Micros::ZERO,
            speed: None,
        };
        assert!(image::load_from_memory(&draw(&scene).unwrap()).is_ok());
    }
}
