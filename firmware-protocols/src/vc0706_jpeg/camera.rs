//! The camera's side, for simulators and tests.

use alloc::vec::Vec;

use super::command::{Command, Read};
use super::{CAMERA, HOST, PICTURE_BYTES};

/// A camera that answers the host's commands.
#[derive(Debug, Clone, Default)]
pub struct Camera {
    address: u8,
    live: Vec<u8>,
    frozen: Option<Vec<u8>>,
    unread: Vec<u8>,
}

/// What a camera answers to freeze, length and one read of the whole picture.
pub(super) fn whole_conversation(address: u8, jpeg: Vec<u8>) -> Vec<u8> {
    let length = u32::try_from(jpeg.len()).unwrap_or(u32::MAX);
    let mut camera = Camera::new(address);
    camera.show(jpeg);
    let read = Command::Read {
        start: 0,
        length,
        delay_10us: 100,
    };
    [Command::Freeze, Command::Length, read]
        .iter()
        .flat_map(|command| camera.handle(&command.encode(address)))
        .collect()
}

impl Camera {
    /// A camera with an address and nothing in front of it.
    pub fn new(address: u8) -> Self {
        Self {
            address,
            ..Self::default()
        }
    }

    /// Puts a picture in front of the camera. A frozen one stays until the host resumes.
    pub fn show(&mut self, jpeg: Vec<u8>) {
        self.live = jpeg;
    }

    /// Takes bytes of the host, cut anywhere, and gives what the camera sends back.
    pub fn handle(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.unread.extend_from_slice(bytes);
        let mut reply = Vec::new();
        let mut at = 0;
        while let Some(rest) = self.unread.get(at..).filter(|rest| !rest.is_empty()) {
            let read = match rest.first() {
                Some(&HOST) => Command::read(rest, self.address, PICTURE_BYTES),
                _ => Read::None,
            };
            match read {
                Read::Short => break,
                Read::None => at += 1,
                Read::Whole(length, command) => {
                    at += length;
                    self.answer(command, &mut reply);
                }
            }
        }
        self.unread.drain(..at);
        reply
    }

    fn answer(&mut self, command: Command, reply: &mut Vec<u8>) {
        let address = self.address;
        let mut header = |command, state, count| {
            reply.extend([CAMERA, address, command, state, count]);
        };
        match command {
            Command::Reset => {
                self.frozen = None;
                reply.extend([CAMERA, address, 0x26, 0]);
                reply.extend(b"VC0706 1.00\r\nInit end");
            }
            Command::Version => {
                header(0x11, 0, 11);
                reply.extend(b"VC0706 1.00");
            }
            Command::Freeze if self.live.is_empty() => header(0x36, 4, 0),
            Command::Freeze => {
                self.frozen.get_or_insert_with(|| self.live.clone());
                header(0x36, 0, 0);
            }
            Command::Resume => {
                self.frozen = None;
                header(0x36, 0, 0);
            }
            Command::Length => match &self.frozen {
                None => header(0x34, 4, 0),
                Some(jpeg) => {
                    header(0x34, 0, 4);
                    reply.extend((jpeg.len() as u32).to_be_bytes());
                }
            },
            Command::Read { start, length, .. } => {
                let (start, length) = (start as usize, length as usize);
                let jpeg = self.frozen.as_deref().unwrap_or_default();
                match jpeg.get(start..start.saturating_add(length)) {
                    None => header(0x32, 3, 0),
                    Some(piece) => {
                        reply.extend([CAMERA, address, 0x32, 0, 0]);
                        reply.extend_from_slice(piece);
                        reply.extend([CAMERA, address, 0x32, 0, 0]);
                    }
                }
            }
            Command::Compression(_) | Command::Size(_) => header(0x31, 0, 0),
            Command::Baud(_) => header(0x24, 0, 0),
        }
    }
}
