//! Mettler Toledo standard continuous output ("Toledo continuous", 8142 style).
//!
//! **Vendor, models.** Mettler Toledo 8142, 8530, IND445, WILDCAT, ICS425 and later terminals; many
//! other makers offer it in their menus as "Toledo", "8142", "Con2", "Toledo Short".
//!
//! **Source, how sure.** Makers' manuals (WILDCAT p. 6-4, KERN FTC p. 42, Cardinal 200 p. 43) and
//! recorded streams that this decoder reads without a difference. Units 4 (troy ounce) and 5
//! (pennyweight) of status C are from memory only. Maturity: CAPTURED.
//!
//! **Line.** 9600 7E1, also 8N1; 4800 on old devices. The indicator sends without being asked, 7 to
//! 20 frames a second. Some take single letters from the host (`P` print, `T` tare, `Z` zero, `C`
//! clear tare); this decoder never sends.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1 2 3   4 5 6 7 8 9   10 11 12 13 14 15   16  17
//! STX  A B C   w w w w w w   t  t  t  t  t  t    CR  k
//!  02                                            0D
//!
//! A  status A: bits 2..0 decimal code, bits 4..3 increment (1 = x1, 2 = x2, 3 = x5), bit 5 = 1
//! B  status B: bit 0 net, 1 negative, 2 out of range, 3 motion, 4 kg (0 = lb), 5 = 1, 6 not used
//! C  status C: bits 2..0 unit (0 lb/kg from B, 1 g, 2 t, 3 oz, 4 ozt, 5 dwt, 6 short ton, 7 N),
//!              3 print key, 4 expanded x10, 5 = 1
//! w  displayed weight, six ASCII digits, no sign, no point, high first; leading zeros as 0 or blank
//! t  tare, same form; left out by "Toledo Short"
//! k  checksum, may be left out: low seven bits of the sum of all bytes, checksum included, are 0
//! ```
//!
//! Value = digits x 10^(2 - code): code 0 means that two zeros are left off the wire, code 1 one,
//! code 2 none, code 3 to 7 one to five decimals. Lengths: 18 (all), 17 (no checksum, or no STX),
//! 16 (neither), 12 (short), 11 (short without checksum or without STX), 10 (short, neither).
//!
//! **Integrity.** Seven-bit two's complement sum, where the indicator sends it. It finds every
//! single flipped bit. Without it (`checked: false`) a reading needs agreement of several frames.
//!
//! **Quirks.**
//! * A 7E1 line read as 8N1 leaves the parity in bit 7: every byte is masked with 7F first, and the
//!   checksum is computed on masked bytes. So a flip of bit 7 changes nothing.
//! * "Out of range" is over capacity *and* under zero: no value, both flags set.
//! * The checksum may itself be 02 or 0D: frames are found by length and checksum, not by CR.
//! * Bit 6 of A and B is constant 1 on clones and means nothing.
//! * `checksum = auto` takes frames without checksum until the first checked frame came; from then
//!   on it asks for the checksum and never falls back, so that noise can't turn the check off. The
//!   first frame without checksum after a loss of step, and in `auto` any frame without checksum,
//!   needs a good frame right behind it (or the end of the stream exactly there).
//! * `stx = auto` takes frames without STX until the first frame with STX was taken. One without STX
//!   is only looked for where a frame has ended: its digits would pass for statuses.
//! * WorldWeigh "Con2" sends LF in the place of the checksum: `checksum = line_feed` reads it. `auto`
//!   refuses it, because LF may be a checksum that is wrong.
//! * Liden indicators have other status bits (A bit 5 = 0) and are not read.
//!
//! **One frame.** `02 32 30 20 30 30 34 39 32 30 30 30 30 30 30 30 0D 20` with A = 32: 4920 kg,
//! increment x5. With A = 31 (code 1) the same digits are 49200 kg.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::check::sum7;
use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "mt_toledo_continuous",
    kind: Kind::Scale,
    devices: "Mettler Toledo 8142, 8530, IND and many other makers' \"Toledo\" mode",
    line: "9600 7E1 or 8N1, 4800",
    line_settings: &[
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(4_800),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::OptionalSum7,
    evidence: &[
        (Record::Weight, Grade::Checked),
        (Record::Weight, Grade::Agreement),
    ],
    maturity: Maturity::Captured,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Reading(reading) => {
            let mut frame = encode(reading, &Form::of(settings, reading))?;
            if settings.text(SETTINGS, "checksum") == "line_feed" {
                frame.push(b'\n');
            }
            Ok(frame)
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let value = specimen::weight(number, 6, (number % 4) as u8, 1, true);
        Event::Reading(specimen::reading(number, value))
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "checksum",
        default: "auto",
        meaning: "`on`, `off`, `line_feed` (LF in its place), or `auto`: off until the first checked \
                  frame, then on for good",
    },
    SettingSpec {
        key: "stx",
        default: "auto",
        meaning: "`on`, `off`, or `auto`: frames without STX until the first frame with STX",
    },
];

const LONGEST: usize = 18;
const STX: u8 = 0x02;
const CR: u8 = 0x0D;
/// Status bytes always have this bit.
const STATUS_MARK: u8 = 0x20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    On,
    Off,
    Auto,
    /// Of the checksum: LF stands in its place.
    LineFeed,
}

const MODES: &[(&str, Mode)] = &[("auto", Mode::Auto), ("on", Mode::On), ("off", Mode::Off)];
const CHECKSUMS: &[(&str, Mode)] = &[
    ("auto", Mode::Auto),
    ("on", Mode::On),
    ("off", Mode::Off),
    ("line_feed", Mode::LineFeed),
];

/// A decoder with the given settings.
fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Toledo {
        checksum: settings.choice(SETTINGS, "checksum", CHECKSUMS)?,
        stx: settings.choice(SETTINGS, "stx", MODES)?,
        in_step: true,
        unchecked_run: false,
        behind_cr: false,
        bare_length: 0,
    }))
}

struct Toledo {
    /// `Auto` becomes `On` with the first checked frame.
    checksum: Mode,
    /// `Auto` becomes `On` with the first frame that has STX.
    stx: Mode,
    /// The last frame was taken and ended where the window begins, or the stream begins here.
    in_step: bool,
    /// The last frame taken had no checksum and a good frame was behind it.
    unchecked_run: bool,
    /// The last byte that was skipped is a CR.
    behind_cr: bool,
    /// Length of the last frame taken without STX and without checksum, 0 before the first.
    bare_length: usize,
}

/// What the bytes from status A on look like.
enum Shape {
    /// Good as far as it goes.
    Short,
    /// The byte at this index can't be in a frame.
    Broken(usize),
    /// Status A to CR, this many bytes.
    Whole(usize),
}

/// The length of six digits with leading blanks, or the index of the first byte that breaks them.
fn number_shape(bytes: &[u8]) -> Result<(), usize> {
    let mut blank = true;
    for (index, byte) in bytes.iter().enumerate() {
        match byte & 0x7F {
            b' ' if blank => {}
            b'0'..=b'9' => blank = false,
            _ => return Err(index),
        }
    }
    Ok(())
}

fn shape(bytes: &[u8]) -> Shape {
    let status = bytes.iter().take(3);
    if let Some(index) = status.into_iter().position(|byte| byte & STATUS_MARK == 0) {
        return Shape::Broken(index);
    }
    for (from, to) in [(3, 9), (9, 15)] {
        if from == 9 && bytes.get(9).is_some_and(|byte| byte & 0x7F == CR) {
            return Shape::Whole(10);
        }
        let part = bytes.get(from..to.min(bytes.len())).unwrap_or_default();
        if let Err(index) = number_shape(part) {
            return Shape::Broken(from + index);
        }
        if bytes.len() < to {
            return Shape::Short;
        }
    }
    match bytes.get(15) {
        None => Shape::Short,
        Some(byte) if byte & 0x7F == CR => Shape::Whole(16),
        Some(_) => Shape::Broken(15),
    }
}

fn is_stx(byte: u8) -> bool {
    byte & 0x7F == STX
}

impl Format for Toledo {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        match window.first() {
            Some(first) if is_stx(*first) && self.stx != Mode::Off => self.with_stx(window, ended),
            Some(first) if self.stx != Mode::On && first & STATUS_MARK != 0 => {
                self.without_stx(window, ended)
            }
            _ => self.skip_to_start(window),
        }
    }

    fn restart(&mut self) {
        self.in_step = true;
        self.unchecked_run = false;
        self.behind_cr = false;
        self.bare_length = 0;
    }

    fn memory_bound(&self) -> usize {
        // A frame, its checksum, and the whole frame that has to follow it.
        2 * LONGEST
    }
}

impl Toledo {
    fn skip(&mut self, window: &[u8], count: usize) -> Look {
        let last = window.get(count.saturating_sub(1));
        self.behind_cr = last.is_some_and(|byte| byte & 0x7F == CR);
        self.in_step = false;
        self.unchecked_run = false;
        Look::Skip(count)
    }

    fn bad(&mut self, count: usize, reason: Reject) -> Look {
        self.in_step = false;
        self.unchecked_run = false;
        self.behind_cr = false;
        Look::Bad(count, reason)
    }

    fn skip_to_start(&mut self, window: &[u8]) -> Look {
        let next = window
            .iter()
            .skip(1)
            .position(|byte| is_stx(*byte) || self.stx != Mode::On);
        self.skip(window, next.map_or(window.len(), |index| index + 1))
    }

    /// Takes the frame `window[..end]`, whose statuses begin at `at`.
    fn take(&mut self, window: &[u8], at: usize, end: usize, checked: bool) -> Look {
        self.in_step = true;
        self.unchecked_run = !checked;
        if checked && self.checksum == Mode::Auto {
            self.checksum = Mode::On;
        }
        if at == 1 && self.stx == Mode::Auto {
            self.stx = Mode::On;
        }
        let body = window.get(at..end).unwrap_or_default();
        let count = end + usize::from(checked || self.checksum == Mode::LineFeed);
        match reading(body, checked) {
            Some(reading) => Look::Frame(count, Event::Reading(reading)),
            None => self.bad(count, Reject::Field),
        }
    }

    fn with_stx(&mut self, window: &[u8], ended: bool) -> Look {
        match shape(window.get(1..).unwrap_or_default()) {
            Shape::Whole(body) => self.whole_with_stx(window, body + 1, ended),
            Shape::Short if !ended => Look::More,
            Shape::Short if window.len() >= 4 => self.bad(window.len(), Reject::Truncated),
            Shape::Short => self.skip(window, window.len()),
            Shape::Broken(index) => self.broken_with_stx(window, index + 1, ended),
        }
    }

    /// A frame of which byte `index` can't be.
    fn broken_with_stx(&mut self, window: &[u8], index: usize, ended: bool) -> Look {
        let masked = |at: usize| window.get(at).map(|byte| byte & 0x7F);
        if masked(index) == Some(STX) {
            return if index >= 4 {
                self.bad(index, Reject::Truncated)
            } else {
                self.skip(window, index)
            };
        }
        // Damaged, or noise? Damaged when the length still stands.
        let mut end = None;
        for at in index..=16 {
            match masked(at) {
                None if ended => return self.skip(window, 1),
                None => return Look::More,
                Some(STX) => return self.skip(window, at),
                Some(CR) if at == 10 || at == 16 => {
                    end = Some(at + 1);
                    break;
                }
                Some(_) => {}
            }
        }
        let Some(end) = end else {
            return self.skip(window, 1);
        };
        if matches!(self.checksum, Mode::Off | Mode::LineFeed) {
            return self.bad(end, Reject::Field);
        }
        match window.get(..=end) {
            None if !ended => Look::More,
            None => self.bad(end, Reject::Truncated),
            Some(frame) if sum7(frame) == 0 => self.bad(end + 1, Reject::Field),
            // The STX of the next frame must not be lost with this one.
            Some(_) if masked(end) == Some(STX) => self.bad(end, Reject::Integrity),
            Some(_) => self.bad(end + 1, Reject::Integrity),
        }
    }

    /// STX to CR are good, `end` bytes.
    fn whole_with_stx(&mut self, window: &[u8], end: usize, ended: bool) -> Look {
        let next = window.get(end).copied();
        let sum_right = window.get(..=end).is_some_and(|frame| sum7(frame) == 0);
        match (self.checksum, next) {
            (Mode::Off, _) if self.in_step => self.take(window, 1, end, false),
            (Mode::LineFeed, Some(b'\n')) => self.take(window, 1, end, false),
            (Mode::LineFeed, Some(_)) => self.bad(end, Reject::Field),
            (Mode::LineFeed, None) if ended => self.bad(end, Reject::Truncated),
            (Mode::On, Some(_)) if sum_right => self.take(window, 1, end, true),
            (Mode::On, Some(next)) => self.bad(end + usize::from(!is_stx(next)), Reject::Integrity),
            (_, None) if !ended => Look::More,
            (Mode::On, None) => self.bad(end, Reject::Truncated),
            (Mode::Auto, None) if self.in_step => self.take(window, 1, end, false),
            (_, None) => self.skip(window, end),
            (Mode::Auto, Some(next)) if sum_right && !is_stx(next) => {
                self.take(window, 1, end, true)
            }
            (Mode::Auto, Some(next)) if !is_stx(next) => self.bad(end + 1, Reject::Integrity),
            (Mode::Auto | Mode::Off, Some(_)) => {
                self.confirmed_by_next(window, end, sum_right, ended)
            }
        }
    }

    /// A frame that may be without checksum: what follows tells. `end` is where an STX stands that
    /// is the checksum of this frame or the begin of the next.
    fn confirmed_by_next(
        &mut self,
        window: &[u8],
        end: usize,
        sum_right: bool,
        ended: bool,
    ) -> Look {
        let follows = window.get(end + 1..).unwrap_or_default();
        let next_is_stx = window.get(end).is_some_and(|byte| is_stx(*byte));
        let confirmed = match shape(follows) {
            _ if !next_is_stx => false,
            Shape::Whole(_) => true,
            Shape::Short if !ended => return Look::More,
            Shape::Short => self.unchecked_run && self.in_step && !follows.is_empty(),
            Shape::Broken(_) => false,
        };
        match self.checksum {
            _ if confirmed => self.take(window, 1, end, false),
            Mode::Auto if sum_right => self.take(window, 1, end, true),
            Mode::Auto => self.bad(end, Reject::Integrity),
            Mode::On | Mode::Off | Mode::LineFeed => self.skip(window, end),
        }
    }

    /// Whether a frame of this length without STX and checksum may begin here, before one of the
    /// length `next`. The digits of a weight pass for statuses, and the tare behind them for the
    /// weight of a short frame. So it begins where one has ended and is as long as its neighbour.
    fn may_begin_bare(&self, length: usize, next: usize) -> bool {
        let in_place = self.in_step || self.behind_cr;
        in_place && (length == self.bare_length || (length == next && self.bare_length == 0))
    }

    /// A frame without STX, the first whose checksum is right. One byte is right by chance now and
    /// then, and it would turn the check on for good: so the next frame has to be right as well.
    fn first_checked(&mut self, window: &[u8], end: usize, ended: bool) -> Look {
        let follows = window.get(end + 1..).unwrap_or_default();
        match shape(follows) {
            Shape::Whole(next) => match follows.get(..=next) {
                Some(frame) if sum7(frame) == 0 => self.take(window, 0, end, true),
                None if !ended => Look::More,
                _ => self.skip(window, 1),
            },
            Shape::Short if !ended => Look::More,
            Shape::Short if follows.is_empty() && self.in_step => self.take(window, 0, end, true),
            Shape::Short | Shape::Broken(_) => self.skip(window, 1),
        }
    }

    fn take_bare(&mut self, window: &[u8], end: usize) -> Look {
        self.bare_length = end;
        self.take(window, 0, end, false)
    }

    /// A frame that begins with status A.
    fn without_stx(&mut self, window: &[u8], ended: bool) -> Look {
        let end = match shape(window) {
            Shape::Whole(end) => end,
            Shape::Short if !ended => return Look::More,
            Shape::Short | Shape::Broken(_) => return self.skip(window, 1),
        };
        let sum_right = window.get(..=end).is_some_and(|frame| sum7(frame) == 0);
        if self.checksum == Mode::On {
            return match window.get(end) {
                None if !ended => Look::More,
                Some(_) if sum_right => self.take(window, 0, end, true),
                _ => self.skip(window, 1),
            };
        }
        if self.checksum == Mode::LineFeed {
            return match window.get(end) {
                None if !ended => Look::More,
                Some(b'\n') if self.in_step => self.take(window, 0, end, false),
                _ => self.skip(window, 1),
            };
        }
        match shape(window.get(end..).unwrap_or_default()) {
            Shape::Whole(next) if self.may_begin_bare(end, next) => self.take_bare(window, end),
            Shape::Short if !ended => Look::More,
            _ if self.in_step && window.len() == end && self.may_begin_bare(end, end) => {
                self.take_bare(window, end)
            }
            _ if self.checksum == Mode::Auto && sum_right => self.first_checked(window, end, ended),
            _ => self.skip(window, 1),
        }
    }
}

/// Status A to before CR as a reading; `None` when the weight is blank and not out of range.
fn reading(body: &[u8], checked: bool) -> Option<Reading> {
    let [a, b, c, numbers @ ..] = body else {
        return None;
    };
    let code = a & 7;
    let out_of_range = b & 4 != 0;
    let sign = if b & 2 != 0 { -1 } else { 1 };
    let weight = number(numbers.get(..6)?);
    let value = match (out_of_range, weight) {
        (true, _) => None,
        (false, Some(digits)) => Some(scaled(sign * digits, code)),
        (false, None) => return None,
    };
    Some(Reading {
        value,
        tare: numbers
            .get(6..12)
            .and_then(number)
            .map(|digits| scaled(digits, code)),
        unit: Some(unit(*b, *c)),
        stable: Some(b & 8 == 0),
        net: Some(b & 1 != 0),
        overload: Some(out_of_range),
        underload: Some(out_of_range),
        checked,
        ..Reading::default()
    })
}

/// Six digits whose shape is known to be good; `None` when all are blank.
fn number(bytes: &[u8]) -> Option<i64> {
    bytes.iter().fold(None, |number, byte| match byte & 0x7F {
        b' ' => number,
        digit => Some(number.unwrap_or(0) * 10 + i64::from(digit & 0x0F)),
    })
}

fn scaled(digits: i64, code: u8) -> Decimal {
    match code {
        0 => Decimal::new(digits * 100, 0),
        1 => Decimal::new(digits * 10, 0),
        _ => Decimal::new(digits, code - 2),
    }
}

fn unit(b: u8, c: u8) -> Unit {
    match c & 7 {
        0 if b & 0x10 != 0 => Unit::Kilogram,
        0 => Unit::Pound,
        1 => Unit::Gram,
        2 => Unit::Tonne,
        3 => Unit::Ounce,
        4 => Unit::TroyOunce,
        5 => Unit::Pennyweight,
        6 => Unit::ShortTon,
        _ => Unit::Newton,
    }
}

/// Which of the forms an indicator sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// With STX.
    pub stx: bool,
    /// With the tare field.
    pub tare: bool,
    /// With the checksum.
    pub checksum: bool,
    /// Even parity in bit 7, as a 7E1 line looks to an 8N1 reader.
    pub parity: bool,
    /// Scale interval: 1 = x1, 2 = x2, 3 = x5.
    pub increment: u8,
}

impl Default for Form {
    /// The 18-byte frame, increment x1, no parity.
    fn default() -> Self {
        Self {
            stx: true,
            tare: true,
            checksum: true,
            parity: false,
            increment: 1,
        }
    }
}

impl Form {
    /// The form that a decoder with these settings expects and that carries what the reading has.
    fn of(settings: &Settings, reading: &Reading) -> Self {
        let off = |key: &str| settings.text(SETTINGS, key) == "off";
        Self {
            stx: !off("stx"),
            tare: reading.tare.is_some(),
            checksum: reading.checked
                && !off("checksum")
                && settings.text(SETTINGS, "checksum") != "line_feed",
            ..Self::default()
        }
    }
}

/// The frame of a reading.
///
/// # Errors
/// `unit`, `stable` and `net` are needed, `value` unless out of range, `tare` when the form has it.
/// Weights have six digits; weight and tare have the same number of decimals.
pub fn encode(reading: &Reading, form: &Form) -> Result<Vec<u8>, EncodeError> {
    let out_of_range = reading.overload == Some(true) || reading.underload == Some(true);
    let value = match reading.value {
        Some(value) if !out_of_range => value,
        None if out_of_range => {
            let decimals = reading.tare.map_or(0, |tare| tare.decimals);
            Decimal::new(0, decimals)
        }
        _ => return Err(EncodeError::Missing("value")),
    };
    let tare = if form.tare {
        reading.tare.ok_or(EncodeError::Missing("tare"))?
    } else {
        Decimal::new(0, value.decimals)
    };
    if tare.decimals != value.decimals {
        return Err(EncodeError::range("tare", tare));
    }
    let (code, divisor) = code_for(value, tare)?;
    let (b_unit, c_unit) = unit_bits(reading.unit.ok_or(EncodeError::Missing("unit"))?);
    let net = reading.net.ok_or(EncodeError::Missing("net"))?;
    let stable = reading.stable.ok_or(EncodeError::Missing("stable"))?;
    let mut frame = Vec::with_capacity(LONGEST);
    if form.stx {
        frame.push(STX);
    }
    frame.push(STATUS_MARK | (form.increment & 3) << 3 | code);
    frame.push(
        STATUS_MARK
            | u8::from(net)
            | u8::from(value.digits < 0) << 1
            | u8::from(out_of_range) << 2
            | u8::from(!stable) << 3
            | b_unit,
    );
    frame.push(STATUS_MARK | c_unit);
    push_digits(&mut frame, value.digits.unsigned_abs() / divisor);
    if form.tare {
        push_digits(&mut frame, tare.digits.unsigned_abs() / divisor);
    }
    frame.push(CR);
    if form.checksum {
        frame.push(0_u8.wrapping_sub(sum7(&frame)) & 0x7F);
    }
    if form.parity {
        for byte in &mut frame {
            *byte |= ((byte.count_ones() % 2) as u8) << 7;
        }
    }
    Ok(frame)
}

/// The decimal code with which both numbers fit into six digits, and what to divide them by.
fn code_for(value: Decimal, tare: Decimal) -> Result<(u8, u64), EncodeError> {
    if tare.digits < 0 {
        return Err(EncodeError::range("tare", tare));
    }
    let fits = |divisor: u64| {
        [value, tare].iter().all(|number| {
            let magnitude = number.digits.unsigned_abs();
            magnitude.is_multiple_of(divisor) && magnitude / divisor <= 999_999
        })
    };
    match value.decimals {
        0 if fits(1) => Ok((2, 1)),
        0 if fits(10) => Ok((1, 10)),
        0 if fits(100) => Ok((0, 100)),
        decimals @ 1..=5 if fits(1) => Ok((decimals + 2, 1)),
        _ => Err(EncodeError::range("value", value)),
    }
}

fn unit_bits(unit: Unit) -> (u8, u8) {
    match unit {
        Unit::Kilogram => (0x10, 0),
        Unit::Pound => (0, 0),
        Unit::Gram => (0, 1),
        Unit::Tonne => (0, 2),
        Unit::Ounce => (0, 3),
        Unit::TroyOunce => (0, 4),
        Unit::Pennyweight => (0, 5),
        Unit::ShortTon => (0, 6),
        Unit::Newton => (0, 7),
    }
}

fn push_digits(frame: &mut Vec<u8>, number: u64) {
    for place in [100_000, 10_000, 1_000, 100, 10, 1] {
        frame.push(b'0' + (number / place % 10) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decoded;
    use alloc::string::{String, ToString};

    fn kilograms(value: Decimal) -> Reading {
        Reading {
            value: Some(value),
            tare: Some(Decimal::new(0, value.decimals)),
            unit: Some(Unit::Kilogram),
            stable: Some(true),
            net: Some(false),
            overload: Some(false),
            underload: Some(false),
            checked: true,
            ..Reading::default()
        }
    }

    fn decode(settings: &Settings, bytes: &[u8]) -> Vec<Decoded> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event()).collect()
    }

    /// `value` or reject name of every event.
    fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        decode(settings, bytes)
            .into_iter()
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => match reading.value {
                    Some(value) => value.to_string(),
                    None => "none".to_string(),
                },
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn plain(weight: i64, form: &Form) -> Vec<u8> {
        encode(&kilograms(Decimal::new(weight, 0)), form).unwrap()
    }

    const NO_CHECKSUM: Form = Form {
        stx: true,
        tare: true,
        checksum: false,
        parity: false,
        increment: 2,
    };

    #[test]
    fn decoding_gives_back_what_was_encoded_in_every_form() {
        for bits in 0..16_u8 {
            let form = Form {
                stx: bits & 1 == 0,
                tare: bits & 2 == 0,
                checksum: bits & 4 == 0,
                parity: bits & 8 == 0,
                increment: 1 + bits % 3,
            };
            for (digits, decimals, unit) in [
                (-4_920_i64, 0, Unit::Kilogram),
                (98_000_000, 0, Unit::Pound),
                (4_999_990, 0, Unit::Gram),
                (7_094, 2, Unit::Tonne),
                (1, 5, Unit::Newton),
                (0, 3, Unit::TroyOunce),
            ] {
                let reading = Reading {
                    unit: Some(unit),
                    stable: Some(bits % 3 == 0),
                    net: Some(bits % 5 == 0),
                    tare: form.tare.then(|| Decimal::new(digits.abs(), decimals)),
                    checked: form.checksum,
                    ..kilograms(Decimal::new(digits, decimals))
                };
                let bytes = encode(&reading, &form).unwrap();
                let expected = 10
                    + usize::from(form.stx)
                    + usize::from(form.checksum)
                    + 6 * usize::from(form.tare);
                assert_eq!(bytes.len(), expected);
                for count in [1, 3] {
                    let events = decode(&Settings::new(), &bytes.repeat(count));
                    assert_eq!(events.len(), count, "{form:?} {reading:?}");
                    for decoded in events {
                        assert_eq!(decoded.event, Event::Reading(reading.clone()), "{form:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn out_of_range_has_no_value_and_both_flags() {
        let reading = Reading {
            value: None,
            overload: Some(true),
            underload: Some(true),
            ..kilograms(Decimal::new(0, 2))
        };
        let bytes = encode(&reading, &Form::default()).unwrap();
        let events = decode(&Settings::new(), &bytes);
        assert_eq!(events.first().unwrap().event, Event::Reading(reading));
        assert!(
            encode(&kilograms(Decimal::new(1_234_567, 0)), &Form::default()).is_err(),
            "seven digits that are no multiple of ten"
        );
    }

    #[test]
    fn a_checked_frame_turns_the_check_on_for_good() {
        let settings = Settings::new();
        let (checked, bare) = (plain(4_920, &Form::default()), plain(5_000, &NO_CHECKSUM));
        let stream = [bare.repeat(3), checked.clone(), bare.repeat(3), checked].concat();
        assert_eq!(
            words(&settings, &stream),
            [
                "5000",
                "5000",
                "5000",
                "4920",
                "integrity",
                "integrity",
                "integrity",
                "4920"
            ]
        );
    }

    /// Many different frames of one form.
    fn many(form: &Form) -> Vec<(i64, Vec<u8>)> {
        (0..4_000_i64)
            .map(|index| {
                let weight = index * 7_919 % 1_000_000;
                let reading = Reading {
                    tare: Some(Decimal::new(index * 104_729 % 1_000_000, 0)),
                    stable: Some(index % 3 != 0),
                    ..kilograms(Decimal::new(weight, 0))
                };
                (weight, encode(&reading, form).unwrap())
            })
            .collect()
    }

    #[test]
    fn an_unchecked_stream_never_turns_the_check_on_by_accident() {
        // Of these, some have 02, the STX that follows, as their right checksum.
        let frames = many(&NO_CHECKSUM);
        let accidents = frames.iter().filter(|(_, frame)| sum7(frame) == 0x7E);
        assert!(accidents.count() > 20);
        let stream: Vec<_> = frames.iter().flat_map(|(_, frame)| frame.clone()).collect();
        let expected: Vec<_> = frames
            .iter()
            .map(|(weight, _)| weight.to_string())
            .collect();
        assert_eq!(words(&Settings::new(), &stream), expected);
    }

    #[test]
    fn checksums_that_look_like_marks_are_checksums() {
        let mut frames = many(&Form::default());
        frames.retain(|(_, frame)| matches!(frame.last(), Some(&STX | &CR)));
        assert!(frames.len() > 40, "{}", frames.len());
        let stream: Vec<_> = frames.iter().flat_map(|(_, frame)| frame.clone()).collect();
        let events = decode(&Settings::new(), &stream);
        assert_eq!(events.len(), frames.len());
        for decoded in events {
            assert!(matches!(&decoded.event, Event::Reading(reading) if reading.checked));
        }
    }

    #[test]
    fn without_checksum_two_frames_in_a_row_bring_it_back_into_step() {
        let settings = Settings::new().with("checksum", "off");
        let bare = |weight| plain(weight, &NO_CHECKSUM);
        let stream = [
            bare(1),
            b"??".to_vec(),
            bare(2),
            b"??".to_vec(),
            bare(3),
            bare(4),
        ];
        assert_eq!(
            words(&settings, &stream.concat()),
            ["1", "garbage", "3", "4"]
        );
    }

    #[test]
    fn a_line_feed_stands_where_the_checksum_would() {
        let settings = Settings::new().with("checksum", "line_feed");
        let frame = [plain(4_920, &NO_CHECKSUM), b"\n".to_vec()].concat();
        let mut damaged = frame.clone();
        damaged[6] = b'x';
        let stream = [&frame[..], &frame, &frame[..9], &frame, &damaged, &frame];
        assert_eq!(
            words(&settings, &stream.concat()),
            [
                "4920",
                "4920",
                "truncated",
                "4920",
                "field",
                "garbage",
                "4920"
            ]
        );
        assert_eq!(words(&Settings::new(), &frame.repeat(2)), ["integrity"; 2]);
    }

    #[test]
    fn the_tail_of_a_frame_without_stx_is_no_short_frame() {
        let form = Form {
            stx: false,
            ..NO_CHECKSUM
        };
        let reading = Reading {
            tare: Some(Decimal::new(120, 0)),
            ..kilograms(Decimal::new(18_640, 0))
        };
        let frame = encode(&reading, &form).unwrap();
        for at in 0..frame.len() - 1 {
            let tail = &frame[at + 1..];
            for before in [&[][..], &frame, &frame.repeat(2)] {
                let stream = [before, tail, &frame, &frame].concat();
                let all = words(&Settings::new(), &stream);
                let known = |word: &String| word == "18640" || word == "garbage";
                assert!(all.iter().all(known), "{at} {all:?}");
                assert!(all.iter().filter(|word| *word == "18640").count() >= 2);
            }
        }
    }

    #[test]
    fn a_cut_frame_and_a_fragment_are_told_apart() {
        let frame = plain(77, &Form::default());
        let stream = [
            &frame[..],
            &frame[12..],
            &frame[..],
            &frame[..11],
            &frame[..],
        ]
        .concat();
        assert_eq!(
            words(&Settings::new(), &stream),
            ["77", "garbage", "77", "truncated", "77"]
        );
        assert_eq!(
            words(&Settings::new(), &frame[..9]),
            ["truncated"],
            "the end of the stream cuts"
        );
    }

    #[test]
    fn a_damaged_frame_is_one_reject() {
        let frame = plain(77, &Form::default());
        for (index, byte) in [(8, b'x'), (9, b'9'), (17, 0x11), (2, 0x00)] {
            let mut damaged = frame.clone();
            damaged[index] = byte;
            let stream = [&frame[..], &damaged[..], &frame[..]].concat();
            assert_eq!(
                words(&Settings::new(), &stream),
                ["77", "integrity", "77"],
                "byte {index}"
            );
        }
    }

    #[test]
    fn a_wrong_setting_is_refused() {
        let error = decoder(&Settings::new().with("checksum", "maybe"))
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "取值不可用 / `checksum = maybe` can't be used; allowed: auto, on, off, line_feed"
        );
    }
}
