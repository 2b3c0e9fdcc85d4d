//! Draws a truck from the side: cab, load bodies, cargo, wheels at its axles.

use super::canvas::{Canvas, Colour, mix};
use super::vehicle::{Category, Truth};

/// Where the wheels stand, in pixels of the large drawing.
const GROUND: i64 = 496;
const BLACK: Colour = [18, 18, 20];
const WHITE: Colour = [245, 245, 245];

/// A vehicle in pixels of the large drawing; it drives to the right.
pub(super) struct Body<'a> {
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
    pub(super) fn of(vehicle: &'a Truth) -> Self {
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

    pub(super) fn draw(&self, canvas: &mut Canvas) {
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
