//! Series of numbers: their forms, how many of each are issued, and a digest of a number.

use crate::plate::{PROVINCES, PlateColour};

const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Series of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    /// Small vehicles, blue.
    Blue,
    /// Large vehicles, yellow.
    Yellow,
    /// Trailers, yellow.
    Trailer,
    /// Small new-energy vehicles, green.
    Green,
    /// Large new-energy vehicles, yellow and green.
    YellowGreen,
}

impl Series {
    pub(super) const ALL: [Self; 5] = [
        Self::Blue,
        Self::Yellow,
        Self::Trailer,
        Self::Green,
        Self::YellowGreen,
    ];

    pub(super) const fn colour(self) -> PlateColour {
        match self {
            Self::Blue => PlateColour::Blue,
            Self::Yellow | Self::Trailer => PlateColour::Yellow,
            Self::Green => PlateColour::Green,
            Self::YellowGreen => PlateColour::YellowGreen,
        }
    }

    /// Characters of the serial; the last of a trailer's, which says so, is not counted.
    const fn length(self) -> usize {
        match self {
            Self::Blue | Self::Yellow => 5,
            Self::Trailer => 4,
            Self::Green | Self::YellowGreen => 6,
        }
    }

    /// Share of the possible numbers with no, one and two letters that are issued. Of new-energy
    /// numbers the letter that says so does not count.
    pub(super) const fn issued(self) -> [f64; 3] {
        match self {
            Self::Blue => [0.9, 0.3, 0.03],
            Self::Yellow => [0.4, 0.03, 0.002],
            Self::Trailer => [0.6, 0.1, 0.01],
            Self::Green => [0.5, 0.08, 0.0],
            Self::YellowGreen => [0.04, 0.0, 0.0],
        }
    }

    /// How many numbers an office could give out with no, one and two letters.
    pub(super) const fn possible(self) -> [f64; 3] {
        match self {
            Self::Blue | Self::Yellow => [1e5, 5.0 * 24.0 * 1e4, 10.0 * 576.0 * 1e3],
            Self::Trailer => [1e4, 4.0 * 24.0 * 1e3, 6.0 * 576.0 * 1e2],
            Self::Green => [1e5, 24.0 * 1e4, 0.0],
            Self::YellowGreen => [1e5, 0.0, 0.0],
        }
    }
}

/// A number of a series, whether issued or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) series: Series,
    pub(super) province: char,
    pub(super) office: u8,
    /// ASCII; zeros behind the end.
    pub(super) serial: [u8; 6],
}

impl Number {
    /// The number of this series that a text states, if it has the form of one.
    pub(super) fn of(text: &str, series: Series) -> Option<Self> {
        let mut characters = text.chars();
        let province = characters.next().filter(|c| PROVINCES.contains(*c))?;
        let office = characters.next().filter(char::is_ascii_uppercase)?;
        let mut rest = characters.as_str();
        if series == Series::Trailer {
            rest = rest.strip_suffix('挂')?;
        }
        if rest.len() != series.length() || !rest.is_ascii() {
            return None;
        }
        let mut serial = [0; 6];
        serial
            .get_mut(..rest.len())?
            .copy_from_slice(rest.as_bytes());
        let says_so = |byte: u8| matches!(byte, b'D' | b'F');
        let fits = match (series, serial) {
            (Series::Green, [first, _, rest @ ..]) => {
                says_so(first) && rest.iter().all(u8::is_ascii_digit)
            }
            (Series::YellowGreen, [rest @ .., last]) => {
                says_so(last) && rest.iter().all(u8::is_ascii_digit)
            }
            _ => true,
        };
        if !fits {
            return None;
        }
        Some(Self {
            series,
            province,
            office: u8::try_from(office).ok()?,
            serial,
        })
    }

    pub(super) fn text(&self) -> String {
        let serial = self.serial.iter().take_while(|byte| **byte != 0);
        let mut text = String::with_capacity(11);
        text.push(self.province);
        text.push(char::from(self.office));
        text.extend(serial.map(|byte| char::from(*byte)));
        if self.series == Series::Trailer {
            text.push('挂');
        }
        text
    }

    /// Letters that count.
    pub(super) fn letters(&self) -> usize {
        let letters = self.serial.iter().filter(|byte| byte.is_ascii_uppercase());
        let letters = letters.count();
        match self.series {
            Series::Blue | Series::Yellow | Series::Trailer => letters,
            Series::Green | Series::YellowGreen => letters.saturating_sub(1),
        }
    }

    pub(super) fn digest(&self, seed: u64) -> u64 {
        let [a, b, c, d, e, f] = self.serial;
        let packed = u64::from_be_bytes([self.series as u8, self.office, a, b, c, d, e, f]);
        mixed(mixed(seed ^ u64::from(u32::from(self.province))) ^ packed)
    }
}

/// Spreads a number over all bits: the finaliser of splitmix64.
pub(super) const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// From 0 to 1.
pub(super) const fn share(digest: u64) -> f64 {
    (digest >> 11) as f64 / (1_u64 << 53) as f64
}

/// A serial of a series with so many letters, from random bits.
pub(super) fn serial(series: Series, letters: usize, bits: u64) -> [u8; 6] {
    let mut left = bits >> 8;
    let mut take = |below: u64| {
        let taken = left % below;
        left /= below;
        taken as usize
    };
    let letter = |index: usize| LETTERS.get(index).copied().unwrap_or(b'A');
    let mut serial = [0; 6];
    let length = series.length();
    for place in serial.iter_mut().take(length) {
        *place = b'0' + take(10) as u8;
    }
    let fixed = b"DDDDDDDDDF"[take(10)];
    match series {
        Series::Green => {
            serial[0] = fixed;
            if letters > 0 {
                serial[1] = letter(take(24));
            }
        }
        Series::YellowGreen => serial[5] = fixed,
        Series::Blue | Series::Yellow | Series::Trailer => {
            let first = take(length as u64);
            // The second letter stands anywhere else.
            let second = (first + 1 + take(length as u64 - 1)) % length;
            for at in [first, second].into_iter().take(letters) {
                if let Some(place) = serial.get_mut(at) {
                    *place = letter(take(24));
                }
            }
        }
    }
    serial
}
