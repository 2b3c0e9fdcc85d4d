//! Frames of Modbus RTU as they stand in a stream: where one ends is known from its function code
//! and its counts and proven by its CRC, never by silence.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::check::crc16_modbus;
use crate::field::digits;
use crate::{EncodeError, Status};

/// The longest frame that is read: a write of 123 registers has 255 bytes, an answer of 125 also.
pub(crate) const LONGEST: usize = 255;

/// The most registers that one request may read.
pub(crate) const READ_REGISTERS: u16 = 125;

/// The most registers that one request may write.
const WRITE_REGISTERS: u16 = 123;

const WRITE_ONE: u8 = 6;
const WRITE_MANY: u8 = 16;

/// What a frame is. A request to write one register and its answer are the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A request to read registers.
    Read,
    /// Registers that were read.
    Registers,
    /// A write of one register, or its answer.
    WriteOne,
    /// A write of several registers.
    WriteMany,
    /// The answer to a write of several registers.
    Written,
    /// A refusal.
    Exception,
}

/// What the front of a window can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// A whole frame of this length with a right CRC.
    Whole(Shape, usize),
    /// The begin of a frame that may become one.
    Open,
    /// As many bytes as the frame has, and the CRC is wrong.
    Damaged {
        /// The length of the shortest shape that it can have.
        first: usize,
        /// The length of the longest.
        last: usize,
    },
    /// No frame begins so.
    Nothing,
}

/// How long a frame of one shape is, as far as the window says.
enum Length {
    Known(usize),
    Unknown,
    Impossible,
}

fn byte(window: &[u8], index: usize) -> Option<u8> {
    window.get(index).copied()
}

/// Two bytes, high first.
pub(crate) fn word(window: &[u8], index: usize) -> Option<u16> {
    match window.get(index..index + 2) {
        Some([high, low]) => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// Whether an address and a count can stand together.
fn block_fits(address: u16, count: u16, most: u16) -> bool {
    (1..=most).contains(&count) && u32::from(address) + u32::from(count) <= 0x1_0000
}

/// The length of a frame whose bytes 2 to 5 are an address and a count; `length` where they fit.
fn block_length(window: &[u8], most: u16, length: usize) -> Length {
    match (word(window, 2), word(window, 4)) {
        (Some(address), Some(count)) if block_fits(address, count, most) => Length::Known(length),
        (Some(_), Some(_)) => Length::Impossible,
        _ => Length::Unknown,
    }
}

/// The shapes that a function code can have, in the order of their lengths.
fn shapes(function: u8) -> &'static [Shape] {
    match function {
        // An answer of one register has seven bytes, a request eight, all other answers more; the
        // lengths are compared below.
        3 | 4 => &[Shape::Read, Shape::Registers],
        WRITE_ONE => &[Shape::WriteOne],
        WRITE_MANY => &[Shape::Written, Shape::WriteMany],
        0x83 | 0x84 | 0x86 | 0x90 => &[Shape::Exception],
        _ => &[],
    }
}

fn length(window: &[u8], shape: Shape) -> Length {
    match shape {
        Shape::Read => block_length(window, READ_REGISTERS, 8),
        Shape::Written => block_length(window, WRITE_REGISTERS, 8),
        Shape::WriteOne => Length::Known(8),
        Shape::Registers => match byte(window, 2) {
            None => Length::Unknown,
            Some(count) if count % 2 == 0 && (2..=250).contains(&count) => {
                Length::Known(5 + usize::from(count))
            }
            Some(_) => Length::Impossible,
        },
        Shape::WriteMany => match (
            block_length(window, WRITE_REGISTERS, 9),
            word(window, 4),
            byte(window, 6),
        ) {
            (Length::Impossible, ..) => Length::Impossible,
            (Length::Known(head), Some(count), Some(bytes)) => {
                if u16::from(bytes) == 2 * count {
                    Length::Known(head + usize::from(bytes))
                } else {
                    Length::Impossible
                }
            }
            _ => Length::Unknown,
        },
        Shape::Exception => match byte(window, 2) {
            None => Length::Unknown,
            Some(1..=11) => Length::Known(5),
            Some(_) => Length::Impossible,
        },
    }
}

/// Whether the CRC at the end of a frame is the one of the bytes before it.
pub(crate) fn crc_is_right(frame: &[u8]) -> bool {
    match frame {
        [covered @ .., low, high] => crc16_modbus(covered) == u16::from_le_bytes([*low, *high]),
        _ => false,
    }
}

/// What stands at the front of a window. Of the shapes that its function code allows, the one that
/// ends first.
pub(crate) fn sight(window: &[u8]) -> Sight {
    match byte(window, 0) {
        None => return Sight::Open,
        Some(1..=247) => {}
        Some(_) => return Sight::Nothing,
    }
    let Some(function) = byte(window, 1) else {
        return Sight::Open;
    };
    let (mut whole, mut open, mut damaged) = (None, false, None);
    for shape in shapes(function) {
        match length(window, *shape) {
            Length::Impossible => {}
            Length::Unknown => open = true,
            Length::Known(length) => match window.get(..length) {
                None => open = true,
                Some(frame) if crc_is_right(frame) => {
                    if whole.is_none_or(|(_, known)| length < known) {
                        whole = Some((*shape, length));
                    }
                }
                Some(_) => {
                    let (first, last) = damaged.unwrap_or((length, length));
                    damaged = Some((first.min(length), last.max(length)));
                }
            },
        }
    }
    match (whole, open, damaged) {
        (Some((shape, length)), ..) => Sight::Whole(shape, length),
        (None, true, _) => Sight::Open,
        (None, false, Some((first, last))) => Sight::Damaged { first, last },
        (None, false, None) => Sight::Nothing,
    }
}

/// Registers as one text: decimal numbers with commas.
fn words_text(data: &[u8]) -> String {
    let words = data.chunks_exact(2).filter_map(|pair| word(pair, 0));
    let texts: Vec<_> = words.map(|word| word.to_string()).collect();
    texts.join(",")
}

/// What a whole frame says, when it is not a weight.
pub(crate) fn status(frame: &[u8], shape: Shape) -> Status {
    let number = |value: Option<u16>| value.unwrap_or_default().to_string();
    let head = |index: usize| number(byte(frame, index).map(u16::from));
    let end = frame.len().saturating_sub(2);
    let data = |from: usize| words_text(frame.get(from..end).unwrap_or_default());
    let function = match shape {
        Shape::Exception => number(byte(frame, 1).map(|code| u16::from(code & 0x7F))),
        _ => head(1),
    };
    let mut fields = vec![("unit", head(0)), ("function", function)];
    let name = match shape {
        Shape::Registers => {
            fields.push(("values", data(3)));
            "registers"
        }
        Shape::Exception => {
            fields.push(("exception", head(2)));
            "exception"
        }
        Shape::Read | Shape::Written => {
            fields.push(("address", number(word(frame, 2))));
            fields.push(("count", number(word(frame, 4))));
            if shape == Shape::Read {
                "host_read"
            } else {
                "written"
            }
        }
        Shape::WriteOne | Shape::WriteMany => {
            let from = if shape == Shape::WriteOne { 4 } else { 7 };
            fields.push(("address", number(word(frame, 2))));
            fields.push(("values", data(from)));
            "host_write"
        }
    };
    Status { name, fields }
}

/// Puts the CRC behind a frame.
pub(crate) fn close(mut frame: Vec<u8>) -> Vec<u8> {
    let crc = crc16_modbus(&frame);
    frame.extend(crc.to_le_bytes());
    frame
}

/// The request that reads a block.
pub(crate) fn read_request(unit: u8, function: u8, address: u16, count: u16) -> Vec<u8> {
    let mut frame = vec![unit, function];
    frame.extend(address.to_be_bytes());
    frame.extend(count.to_be_bytes());
    close(frame)
}

/// The answer with these registers, at most 125 of them.
pub(crate) fn registers(unit: u8, function: u8, values: &[u16]) -> Result<Vec<u8>, EncodeError> {
    let count = u16::try_from(values.len()).unwrap_or(u16::MAX);
    if !(1..=READ_REGISTERS).contains(&count) {
        return Err(EncodeError::range("values", values.len()));
    }
    let mut frame = vec![unit, function, (2 * count) as u8];
    frame.extend(values.iter().flat_map(|value| value.to_be_bytes()));
    Ok(close(frame))
}

/// The answer that refuses a request.
pub(crate) fn exception(unit: u8, function: u8, code: u8) -> Vec<u8> {
    close(vec![unit, function | 0x80, code])
}

/// The bytes of a status as [`status`] writes it.
pub(crate) fn encode(status: &Status) -> Result<Vec<u8>, EncodeError> {
    let unit = number(status, "unit", 1..=247)? as u8;
    let function = number(status, "function", 1..=24)? as u8;
    let address = || number(status, "address", 0..=65_535).map(|address| address as u16);
    let count = |most: u16| number(status, "count", 1..=most.into()).map(|count| count as u16);
    let reads = matches!(function, 3 | 4);
    match status.name {
        "host_read" if reads => {
            let (address, count) = (address()?, count(READ_REGISTERS)?);
            if !block_fits(address, count, READ_REGISTERS) {
                return Err(EncodeError::range("count", count));
            }
            Ok(read_request(unit, function, address, count))
        }
        "registers" if reads => registers(unit, function, &values(status)?),
        "host_write" if function == WRITE_ONE => {
            let mut frame = vec![unit, function];
            frame.extend(address()?.to_be_bytes());
            match values(status)?.as_slice() {
                [value] => frame.extend(value.to_be_bytes()),
                more => return Err(EncodeError::range("values", more.len())),
            }
            Ok(close(frame))
        }
        "host_write" if function == WRITE_MANY => {
            let (address, values) = (address()?, values(status)?);
            let count = u16::try_from(values.len()).unwrap_or(u16::MAX);
            if !block_fits(address, count, WRITE_REGISTERS) {
                return Err(EncodeError::range("values", values.len()));
            }
            let mut frame = vec![unit, function];
            frame.extend(address.to_be_bytes());
            frame.extend(count.to_be_bytes());
            frame.push((2 * count) as u8);
            frame.extend(values.iter().flat_map(|value| value.to_be_bytes()));
            Ok(close(frame))
        }
        "written" if function == WRITE_MANY => {
            let (address, count) = (address()?, count(WRITE_REGISTERS)?);
            if !block_fits(address, count, WRITE_REGISTERS) {
                return Err(EncodeError::range("count", count));
            }
            Ok(read_request(unit, function, address, count))
        }
        "exception" => {
            let code = number(status, "exception", 1..=11)? as u8;
            if !matches!(function, 3 | 4 | WRITE_ONE | WRITE_MANY) {
                return Err(EncodeError::range("function", function));
            }
            Ok(exception(unit, function, code))
        }
        "host_read" | "registers" | "host_write" | "written" => {
            Err(EncodeError::range("function", function))
        }
        _ => Err(EncodeError::Kind),
    }
}

fn text<'a>(status: &'a Status, key: &'static str) -> Result<&'a str, EncodeError> {
    let field = status.fields.iter().find(|(known, _)| *known == key);
    let (_, text) = field.ok_or(EncodeError::Missing(key))?;
    Ok(text)
}

fn number(
    status: &Status,
    key: &'static str,
    range: core::ops::RangeInclusive<i64>,
) -> Result<i64, EncodeError> {
    let text = text(status, key)?;
    digits(text.as_bytes())
        .filter(|number| range.contains(number))
        .ok_or_else(|| EncodeError::range(key, text))
}

fn values(status: &Status) -> Result<Vec<u16>, EncodeError> {
    let text = text(status, "values")?;
    text.split(',')
        .map(|value| digits(value.as_bytes()).and_then(|value| u16::try_from(value).ok()))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| EncodeError::range("values", text))
}
