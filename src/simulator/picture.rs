//! Draws what a side camera would see of a vehicle: for the demo and for tests, never mistaken for
//! a photograph (the caption says 模拟图像, simulated image).

use std::sync::OnceLock;

use image::codecs::jpeg::JpegEncoder;

use super::canvas::{Canvas, Colour, Pen, mix};
use super::vehicle::{Category, Truth};
use crate::plate::PlateColour;
use crate::units::{Micros, TenthKmh};

/// Width of a picture in pixels.
pub const WIDTH: u32 = 640;
/// Height of a picture in pixels.
pub const HEIGHT: u32 = 360;

const QUALITY: u8 = 78;
/// Drawn at twice the size, then halved: smooth edges.
const SUPER: i64 = 2;
/// Where the wheels stand, in pixels of the large drawing.
const GROUND: i64 = 496;
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

/// A vehicle in pixels of the large drawing; it drives to the right.
struct Body<'a> {
    vehicle: &'a Truth,
    front: i64,
    millimetres_per_pixel: f64,
    axles: Vec<i64>,
    paint: Colour,
    cargo: Colour,
    /// How full it looks: 0 empty, 1 full to the boards.
    filled: f64,
}

const PAINTS: [Colour; 7] = [
    [178, 36, 34],
    [34, 74, 148],
    [214, 212, 204],
    [210, 150, 36],
    [36, 112, 84],
    [110, 116, 124],
    [132, 52, 96],
];

/// Coal, coke, gravel, sand.
const CARGOES: [Colour; 4] = [[34, 34, 38], [58, 54, 54], [138, 132, 124], [184, 158, 110]];

impl<'a> Body<'a> {
    fn of(vehicle: &'a Truth) -> Self {
        // A digest of the plate chooses the paint: the same truck always looks the same.
        let digest = vehicle
            .plate
            .as_str()
            .bytes()
            .fold(0_usize, |digest, byte| {
                digest.wrapping_mul(31).wrapping_add(usize::from(byte))
            });
        let length = vehicle.length_mm.get().max(3_000) as f64;
        let millimetres_per_pixel = (length / 1_180.0).max(14.0);
        let front = 640 + (length / millimetres_per_pixel / 2.0) as i64;
        let pixels = |mm: f64| (mm / millimetres_per_pixel) as i64;
        let base: i64 = vehicle
            .axles
            .iter()
            .filter_map(|axle| axle.spacing_mm)
            .map(|mm| mm.get())
            .sum();
        let overhang = (length - base as f64) * 0.45;
        let mut behind = overhang.clamp(500.0, 1_450.0);
        let axles = vehicle
            .axles
            .iter()
            .map(|axle| {
                behind += axle.spacing_mm.map_or(0, |mm| mm.get()) as f64;
                front - pixels(behind)
            })
            .collect();
        let choose = |colours: &[Colour], by: usize| {
            colours
                .get(by % colours.len().max(1))
                .copied()
                .unwrap_or(WHITE)
        };
        Self {
            vehicle,
            front,
            millimetres_per_pixel,
            axles,
            paint: choose(&PAINTS, digest),
            cargo: choose(&CARGOES, digest / 7),
            filled: vehicle.gross_kg.get() as f64 / vehicle.limit_kg.get().max(1) as f64,
        }
    }

    fn pixels(&self, millimetres: f64) -> i64 {
        (millimetres / self.millimetres_per_pixel) as i64
    }

    fn draw(&self, canvas: &mut Canvas) {
        let rear = self.front - self.pixels(self.vehicle.length_mm.get() as f64);
        // Shadow on the road.
        canvas.veil(
            (rear - 10, GROUND - 6),
            (self.front + 6, GROUND + 16),
            BLACK,
            0.45,
        );
        let chassis = GROUND - self.pixels(950.0);
        let frame = [48, 48, 52];
        canvas.rectangle(
            (rear + 8, chassis),
            (self.front - 20, chassis + self.pixels(280.0)),
            frame,
        );
        for (left, right) in self.bodies(rear) {
            self.body(canvas, left, right, chassis);
        }
        self.cab(canvas, chassis);
        for axle in &self.axles {
            self.wheel(canvas, *axle);
        }
    }

    /// Where the load bodies stand, `(rear, front)`: one on a rigid truck or a semi-trailer, one
    /// for each trailer more.
    fn bodies(&self, rear: i64) -> Vec<(i64, i64)> {
        let cab_rear = self.front - self.pixels(self.cab_length() + 350.0);
        let groups = &self.vehicle.groups;
        let mut last_axle = 0;
        let group_rears: Vec<i64> = groups
            .iter()
            .map(|axles| {
                last_axle += usize::from(*axles);
                self.axles.get(last_axle - 1).copied().unwrap_or(rear)
            })
            .collect();
        let trailers_from = match (self.vehicle.category, groups.len()) {
            // The truck of a train has a body of its own.
            (Category::Train, 3) => 1,
            _ => 2,
        };
        let mut bodies = Vec::new();
        let mut from = cab_rear;
        for group_rear in group_rears.iter().skip(trailers_from) {
            let to = (group_rear - self.pixels(900.0)).max(rear);
            bodies.push((to, from));
            from = to - self.pixels(350.0);
        }
        match bodies.last_mut() {
            Some(last) => last.0 = rear,
            None => bodies.push((rear, cab_rear)),
        }
        bodies
    }

    fn cab_length(&self) -> f64 {
        if self.vehicle.category == Category::LightTruck {
            1_650.0
        } else {
            2_250.0
        }
    }

    /// A box with boards, and what lies heaped in it.
    fn body(&self, canvas: &mut Canvas, left: i64, right: i64, chassis: i64) {
        let light = self.vehicle.category == Category::LightTruck;
        let boards = self.pixels(if light { 700.0 } else { 1_500.0 });
        let top = chassis - boards;
        if self.filled > 0.6 {
            // An overloaded truck is heaped high.
            let heap = self.pixels(((self.filled - 0.6) * 1_500.0).min(1_700.0));
            let (inner_left, inner_right) = (left + 10, right - 10);
            let quarter = (inner_right - inner_left) / 4;
            canvas.polygon(
                &[
                    (inner_left, top + 4),
                    (inner_left + quarter / 2, top - heap * 3 / 4),
                    (inner_left + quarter, top - heap),
                    (inner_left + 2 * quarter, top - heap * 4 / 5),
                    (inner_left + 3 * quarter, top - heap),
                    (inner_right - quarter / 3, top - heap * 3 / 5),
                    (inner_right, top + 4),
                ],
                self.cargo,
            );
        }
        let dark = mix(self.paint, BLACK, 0.35);
        canvas.gradient(
            (left, top),
            (right, chassis),
            mix(self.paint, WHITE, 0.12),
            dark,
        );
        canvas.rectangle((left, top), (right, top + 6), dark);
        canvas.rectangle((left, chassis - 6), (right, chassis), dark);
        let ribs = ((right - left) / 64).max(2);
        for rib in 0..=ribs {
            let x = left + (right - left - 6) * rib / ribs;
            canvas.rectangle((x, top), (x + 6, chassis), dark);
        }
        // Red and white reflective strip (车身反光标识).
        let stripe = chassis - boards / 3;
        let mut x = left + 8;
        while x < right - 24 {
            canvas.rectangle((x, stripe), (x + 22, stripe + 7), [226, 40, 36]);
            canvas.rectangle((x + 22, stripe), (x + 34, stripe + 7), WHITE);
            x += 60;
        }
    }

    fn cab(&self, canvas: &mut Canvas, chassis: i64) {
        let length = self.pixels(self.cab_length());
        let light = self.vehicle.category == Category::LightTruck;
        let height = self.pixels(if light { 1_450.0 } else { 2_350.0 });
        let (left, right) = (self.front - length, self.front);
        let top = chassis - height;
        let floor = chassis + self.pixels(380.0);
        let slope = length / 8;
        canvas.polygon(
            &[
                (left, floor - 20),
                (left, top + 10),
                (left + 12, top),
                (right - slope, top),
                (right - slope / 3, chassis - height / 3),
                (right, chassis - height / 4),
                (right, floor),
                (left + length / 2, floor),
            ],
            self.paint,
        );
        if !light {
            // Wind deflector.
            canvas.polygon(
                &[
                    (left + 6, top),
                    (left + 10, top - 34),
                    (right - length / 2, top),
                ],
                mix(self.paint, WHITE, 0.18),
            );
        }
        let glass = [54, 70, 84];
        let (sill, lintel) = (chassis - height / 3, top + height / 8);
        canvas.polygon(
            &[
                (left + length / 2, lintel),
                (right - slope - 10, lintel),
                (right - slope / 2 - 8, sill),
                (left + length / 2, sill),
            ],
            glass,
        );
        canvas.polygon(
            &[
                (left + length / 2 + 8, lintel + 8),
                (left + length / 2 + 26, lintel + 8),
                (left + length / 2 + 14, sill - 6),
                (left + length / 2 + 8, sill - 6),
            ],
            [104, 124, 140],
        );
        let dark = mix(self.paint, BLACK, 0.4);
        canvas.rectangle(
            (left + length / 2 - 6, lintel),
            (left + length / 2 - 3, chassis),
            dark,
        );
        canvas.rectangle(
            (left + length / 2 + 8, sill + 16),
            (left + length / 2 + 30, sill + 21),
            dark,
        );
        // Bumper, lamp, mirror.
        canvas.rectangle(
            (right - length / 5, floor - 16),
            (right + 4, floor),
            [40, 40, 44],
        );
        canvas.rectangle(
            (right - 14, chassis - 4),
            (right, chassis + 14),
            [250, 236, 170],
        );
        canvas.rectangle(
            (right - slope + 4, lintel + 6),
            (right - slope + 16, lintel + 44),
            BLACK,
        );
    }

    fn wheel(&self, canvas: &mut Canvas, x: i64) {
        let light = self.vehicle.category == Category::LightTruck;
        let radius = self.pixels(if light { 400.0 } else { 520.0 });
        let centre = (x, GROUND - radius);
        canvas.disc((x, centre.1 - 4), radius + 5, [30, 30, 32]);
        canvas.disc(centre, radius, [24, 24, 26]);
        canvas.disc(centre, radius * 6 / 10, [150, 152, 156]);
        canvas.disc(centre, radius * 4 / 10, [96, 98, 102]);
        canvas.disc(centre, radius * 2 / 10, [190, 190, 194]);
    }
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
    use crate::simulator::settings::Settings;
    use crate::simulator::traffic::{Crossing, Traffic};
    use std::collections::BTreeSet;

    fn picture(crossing: &Crossing) -> Vec<u8> {
        draw(&Scene {
            vehicle: Some(&crossing.vehicle),
            lane: crossing.lane,
            time: crossing.first_axle_at,
            speed: Some(crossing.measured.speed_tenth_kmh),
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
