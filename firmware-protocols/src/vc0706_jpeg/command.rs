//! The host's commands, both ways.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::HOST;
use crate::{Event, Status};

/// A command of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Boot anew.
    Reset,
    /// Ask for the version text.
    Version,
    /// Keep the present picture.
    Freeze,
    /// Go on with live pictures.
    Resume,
    /// Ask for the length of the frozen picture.
    Length,
    /// Read a piece of the frozen picture.
    Read {
        /// First byte, a multiple of 8.
        start: u32,
        /// How many bytes.
        length: u32,
        /// Pause between header and data, in 10 µs.
        delay_10us: u16,
    },
    /// Set the JPEG compression, 0 best to 255.
    Compression(u8),
    /// Set the picture size: 00 is 640, 11 is 320, 22 is 160 wide.
    Size(u8),
    /// Set the speed of the line, bits per second.
    Baud(u32),
}

/// Codes of the speeds.
const BAUDS: [(u32, [u8; 2]); 5] = [
    (9_600, [0xAE, 0xC8]),
    (19_200, [0x56, 0xE4]),
    (38_400, [0x2A, 0xF2]),
    (57_600, [0x1C, 0x1C]),
    (115_200, [0x0D, 0xA6]),
];

/// What stands at the front of some bytes.
pub(super) enum Read {
    /// The begin of a command.
    Short,
    /// No command.
    None,
    /// A command of this many bytes.
    Whole(usize, Command),
}

/// Whether a byte is a command that host or camera use.
pub(super) fn is_known(command: u8) -> bool {
    matches!(command, 0x26 | 0x11 | 0x36 | 0x34 | 0x32 | 0x31 | 0x24)
}

impl Command {
    /// Reads the command at the front of a window.
    pub(super) fn read(window: &[u8], address: u8, picture_bytes: usize) -> Read {
        let expected = match window.get(2) {
            Some(0x26 | 0x11) => 0,
            Some(0x36 | 0x34) => 1,
            Some(0x32) => 12,
            Some(0x31) => 5,
            Some(0x24) => 3,
            Some(_) => return Read::None,
            None => 0,
        };
        if window.get(1).is_some_and(|byte| *byte != address)
            || window.get(3).is_some_and(|count| *count != expected)
        {
            return Read::None;
        }
        let length = 4 + usize::from(expected);
        let Some([_, _, command, _, data @ ..]) = window.get(..length) else {
            return Read::Short;
        };
        match Self::from_data(*command, data, picture_bytes) {
            Some(command) => Read::Whole(length, command),
            None => Read::None,
        }
    }

    fn from_data(command: u8, data: &[u8], picture_bytes: usize) -> Option<Self> {
        match (command, data) {
            (0x26, []) => Some(Self::Reset),
            (0x11, []) => Some(Self::Version),
            (0x36, [0 | 1]) => Some(Self::Freeze),
            (0x36, [2 | 3]) => Some(Self::Resume),
            (0x34, [0 | 1]) => Some(Self::Length),
            (0x31, [1, 1, 0x12, 4, ratio]) => Some(Self::Compression(*ratio)),
            (0x31, [4, 1, 0, 0x19, size @ (0 | 0x11 | 0x22)]) => Some(Self::Size(*size)),
            (0x24, [1, code @ ..]) => BAUDS
                .iter()
                .find(|(_, known)| known == code)
                .map(|(baud, _)| Self::Baud(*baud)),
            (0x32, [0 | 1, 0x0A | 0x0F, a, b, c, d, e, f, g, h, i, j]) => {
                let start = u32::from_be_bytes([*a, *b, *c, *d]);
                let length = u32::from_be_bytes([*e, *f, *g, *h]);
                let end = start.checked_add(length)? as usize;
                (length > 0 && end <= picture_bytes && start % 8 == 0).then_some(Self::Read {
                    start,
                    length,
                    delay_10us: u16::from_be_bytes([*i, *j]),
                })
            }
            _ => None,
        }
    }

    /// The command as bytes. A speed that has no code is sent as 115200.
    pub fn encode(self, address: u8) -> Vec<u8> {
        let (command, data) = match self {
            Self::Reset => (0x26, vec![]),
            Self::Version => (0x11, vec![]),
            Self::Freeze => (0x36, vec![0]),
            Self::Resume => (0x36, vec![3]),
            Self::Length => (0x34, vec![0]),
            Self::Compression(ratio) => (0x31, vec![1, 1, 0x12, 4, ratio]),
            Self::Size(size) => (0x31, vec![4, 1, 0, 0x19, size]),
            Self::Baud(baud) => {
                let known = BAUDS.iter().find(|(known, _)| *known == baud);
                let [high, low] = known.map_or([0x0D, 0xA6], |(_, code)| *code);
                (0x24, vec![1, high, low])
            }
            Self::Read {
                start,
                length,
                delay_10us,
            } => {
                let mut data = vec![0, 0x0A];
                data.extend(start.to_be_bytes());
                data.extend(length.to_be_bytes());
                data.extend(delay_10us.to_be_bytes());
                (0x32, data)
            }
        };
        let mut bytes = vec![HOST, address, command, data.len() as u8];
        bytes.extend(data);
        bytes
    }

    /// The event of this command.
    pub(super) fn event(self) -> Event {
        let (name, fields) = match self {
            Self::Reset => ("host_reset", vec![]),
            Self::Version => ("host_version", vec![]),
            Self::Freeze => ("host_freeze", vec![]),
            Self::Resume => ("host_resume", vec![]),
            Self::Length => ("host_length", vec![]),
            Self::Read {
                start,
                length,
                delay_10us,
            } => (
                "host_read",
                vec![
                    ("start", start.to_string()),
                    ("length", length.to_string()),
                    ("delay_10us", delay_10us.to_string()),
                ],
            ),
            Self::Compression(ratio) => ("host_compression", vec![("ratio", ratio.to_string())]),
            Self::Size(size) => {
                let width = 640_u32 >> (size & 0x0F);
                ("host_size", vec![("width", width.to_string())])
            }
            Self::Baud(baud) => ("host_baud", vec![("baud", baud.to_string())]),
        };
        Event::Status(Status { name, fields })
    }
}
