//! Rectangles, discs, polygons and text on an RGB picture.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

/// A colour.
pub type Colour = [u8; 3];

/// The font of plates and captions; its licence and how it was made stand beside it.
const FONT: &[u8] = include_bytes!("../evidence/font/SteelyardPlate-Subset.otf");

/// What is drawn on. Coordinates may lie outside: what does not fit is cut.
#[derive(Debug, Clone)]
pub struct Canvas {
    image: RgbImage,
}

impl Canvas {
    /// A black canvas.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            image: RgbImage::new(width, height),
        }
    }

    /// The picture.
    pub fn into_image(self) -> RgbImage {
        self.image
    }

    /// Blends a colour into a pixel; `opacity` from 0 to 1.
    pub fn blend(&mut self, x: i64, y: i64, colour: Colour, opacity: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if let Some(Rgb(pixel)) = self.image.get_pixel_mut_checked(x, y) {
            for (old, new) in pixel.iter_mut().zip(colour) {
                let mixed = f32::from(*old) * (1.0 - opacity) + f32::from(new) * opacity;
                *old = mixed.round() as u8;
            }
        }
    }

    /// Fills `[left, right) x [top, bottom)`.
    pub fn rectangle(&mut self, (left, top): (i64, i64), (right, bottom): (i64, i64), c: Colour) {
        for y in self.rows(top, bottom) {
            for x in self.columns(left, right) {
                self.image.put_pixel(x, y, Rgb(c));
            }
        }
    }

    /// Fills `[left, right) x [top, bottom)` with a colour that changes from top to bottom.
    pub fn gradient(
        &mut self,
        (left, top): (i64, i64),
        (right, bottom): (i64, i64),
        from: Colour,
        to: Colour,
    ) {
        let height = (bottom - top).max(1) as f32;
        for y in self.rows(top, bottom) {
            let share = (i64::from(y) - top) as f32 / height;
            let colour = mix(from, to, share);
            for x in self.columns(left, right) {
                self.image.put_pixel(x, y, Rgb(colour));
            }
        }
    }

    /// Darkens or colours `[left, right) x [top, bottom)`.
    pub fn veil(
        &mut self,
        (left, top): (i64, i64),
        (right, bottom): (i64, i64),
        colour: Colour,
        opacity: f32,
    ) {
        for y in top..bottom {
            for x in left..right {
                self.blend(x, y, colour, opacity);
            }
        }
    }

    /// Fills a disc.
    pub fn disc(&mut self, (x, y): (i64, i64), radius: i64, colour: Colour) {
        for row in self.rows(y - radius, y + radius + 1) {
            let dy = i64::from(row) - y;
            let half = ((radius * radius - dy * dy).max(0) as f64).sqrt() as i64;
            for column in self.columns(x - half, x + half + 1) {
                self.image.put_pixel(column, row, Rgb(colour));
            }
        }
    }

    /// Fills a polygon (even-odd).
    pub fn polygon(&mut self, corners: &[(i64, i64)], colour: Colour) {
        let top = corners.iter().map(|(_, y)| *y).min().unwrap_or(0);
        let bottom = corners.iter().map(|(_, y)| *y).max().unwrap_or(0);
        let edges = || corners.iter().zip(corners.iter().cycle().skip(1));
        for row in self.rows(top, bottom + 1) {
            let y = i64::from(row);
            let mut crossed: Vec<i64> = edges()
                .filter(|((_, y0), (_, y1))| (*y0 <= y) != (*y1 <= y))
                .map(|((x0, y0), (x1, y1))| x0 + (x1 - x0) * (y - y0) / (y1 - y0))
                .collect();
            crossed.sort_unstable();
            for pair in crossed.chunks_exact(2) {
                if let [left, right] = pair {
                    for column in self.columns(*left, *right + 1) {
                        self.image.put_pixel(column, row, Rgb(colour));
                    }
                }
            }
        }
    }

    /// Halves width and height, each new pixel the mean of four: smooth edges.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.image.width() / 2, self.image.height() / 2);
        let image = RgbImage::from_fn(width, height, |x, y| {
            let mut sums = [0_u16; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let Rgb(pixel) = self.image.get_pixel(2 * x + dx, 2 * y + dy);
                for (sum, channel) in sums.iter_mut().zip(pixel) {
                    *sum += u16::from(*channel);
                }
            }
            Rgb(sums.map(|sum| (sum / 4) as u8))
        });
        Self { image }
    }

    /// Adds the grain of a camera's sensor; the same seed gives the same grain.
    pub fn grain(&mut self, seed: u64, strength: i16) {
        let mut state = seed | 1;
        let span = u64::from(strength.unsigned_abs()) * 2 + 1;
        for Rgb(pixel) in self.image.pixels_mut() {
            // xorshift64: quick, and good enough for grain.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let noise = (state >> 32) % span;
            for channel in pixel {
                let shifted = i64::from(*channel) + noise as i64 - i64::from(strength);
                *channel = shifted.clamp(0, 255) as u8;
            }
        }
    }

    fn rows(&self, top: i64, bottom: i64) -> std::ops::Range<u32> {
        within(top, bottom, self.image.height())
    }

    fn columns(&self, left: i64, right: i64) -> std::ops::Range<u32> {
        within(left, right, self.image.width())
    }
}

fn within(from: i64, to: i64, size: u32) -> std::ops::Range<u32> {
    let clamp = |value: i64| value.clamp(0, i64::from(size)) as u32;
    clamp(from)..clamp(to)
}

/// The colour that lies this share of the way from one to the other.
pub fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let channel = |a: u8, b: u8| {
        let mixed = f32::from(a) + (f32::from(b) - f32::from(a)) * share.clamp(0.0, 1.0);
        mixed.round() as u8
    };
    let ([r0, g0, b0], [r1, g1, b1]) = (from, to);
    [channel(r0, r1), channel(g0, g1), channel(b0, b1)]
}

/// Writes text.
pub struct Pen<'a> {
    font: FontRef<'a>,
}

impl Pen<'static> {
    /// The embedded font.
    ///
    /// # Errors
    /// When the embedded font is damaged.
    pub fn new() -> Result<Self, ab_glyph::InvalidFont> {
        Ok(Self {
            font: FontRef::try_from_slice(FONT)?,
        })
    }
}

impl Pen<'_> {
    /// Whether the font has this character.
    pub fn has(&self, character: char) -> bool {
        self.font.glyph_id(character).0 != 0
    }

    /// How wide a text is in pixels; `spacing` goes between the characters.
    pub fn width(&self, text: &str, size: f32, spacing: f32) -> f32 {
        let font = self.font.as_scaled(PxScale::from(size));
        let advances: f32 = text
            .chars()
            .map(|c| font.h_advance(font.glyph_id(c)) + spacing)
            .sum();
        advances - if text.is_empty() { 0.0 } else { spacing }
    }

    /// Writes a text whose upper left corner is at `(x, y)`.
    pub fn write(
        &self,
        canvas: &mut Canvas,
        (x, y): (f32, f32),
        size: f32,
        spacing: f32,
        colour: Colour,
        text: &str,
    ) {
        let font = self.font.as_scaled(PxScale::from(size));
        let mut at = point(x, y + font.ascent());
        for character in text.chars() {
            let id = font.glyph_id(character);
            let glyph = id.with_scale_and_position(font.scale(), at);
            at.x += font.h_advance(id) + spacing;
            if let Some(outline) = font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
                outline.draw(|dx, dy, cover| {
                    canvas.blend(
                        left + i64::from(dx),
                        top + i64::from(dy),
                        colour,
                        cover.min(1.0),
                    );
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::PROVINCES;

    #[test]
    fn the_font_has_what_plates_and_captions_need() {
        let pen = Pen::new().unwrap();
        let words = "挂学警港澳使领超临试总重轴限超载车道时间速度公斤千克吨号站治超检测秤百吨王米\
                     小时年月日向上下行驶牌证据照片长治侧面模拟图像·:-./()、，。：";
        for c in PROVINCES
            .chars()
            .chain(words.chars())
            .chain('0'..='9')
            .chain('A'..='Z')
        {
            assert!(pen.has(c), "{c}");
        }
        assert!(!pen.has('龘'));
        assert!(FONT.len() < 200_000);
    }

    #[test]
    fn shapes_outside_of_the_canvas_are_cut() {
        let mut canvas = Canvas::new(20, 10);
        canvas.rectangle((-5, -5), (400, 400), [9; 3]);
        canvas.disc((-3, 50), 90, [8; 3]);
        canvas.polygon(&[(-50, -50), (90, 5), (-50, 60)], [7; 3]);
        canvas.gradient((-9, -9), (99, 99), [0; 3], [255; 3]);
        canvas.veil((-9, -9), (99, 99), [0; 3], 0.5);
        Pen::new()
            .unwrap()
            .write(&mut canvas, (-10.0, -3.0), 30.0, 2.0, [255; 3], "晋D12345");
        assert_eq!(canvas.halved().into_image().dimensions(), (10, 5));
    }

    #[test]
    fn written_text_covers_what_width_says() {
        let pen = Pen::new().unwrap();
        let width = pen.width("晋D12345", 40.0, 3.0);
        let mut canvas = Canvas::new(400, 60);
        pen.write(&mut canvas, (10.0, 0.0), 40.0, 3.0, [255; 3], "晋D12345");
        let image = canvas.into_image();
        let lit: Vec<u32> = image
            .enumerate_pixels()
            .filter(|(_, _, p)| p.0[0] > 128)
            .map(|(x, ..)| x)
            .collect();
        let (first, last) = (*lit.iter().min().unwrap(), *lit.iter().max().unwrap());
        assert!((10..16).contains(&first), "{first}");
        assert!(((last as f32) - 10.0 - width).abs() < 6.0, "{last} {width}");
    }
}
