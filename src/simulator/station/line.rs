//! A simulated device on its line: what it is told to send, what the host asks, what is due.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firmware_protocols::registry::{Protocol, Speaker};
use firmware_protocols::vc0706_jpeg::Camera;
use firmware_protocols::{Decoder, Event};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::locked;
use crate::clock::Clock;
use crate::simulator::controller::Controller;
use crate::simulator::emission::EmissionError;
use crate::simulator::platform::{FRAME_EVERY, Platform};
use crate::simulator::pty::Pty;
use crate::simulator::sign::SimulatedSign;
use crate::units::Micros;

/// Between two looks at what is due.
pub(super) const TICK: Duration = Duration::from_millis(20);
/// What a device holds for a line that does not take it; more is lost, as on a real line.
const PENDING_BYTES: usize = 256 * 1_024;

/// What the director tells a device.
#[derive(Debug)]
pub(super) enum Order {
    Record {
        sequence: u64,
        bytes: Vec<u8>,
    },
    Send(Vec<u8>),
    /// What stands in front of the camera from now on. A picture that was drawn late, after the
    /// one of a later moment, has a lower number and is not shown.
    Show {
        number: u64,
        jpeg: Vec<u8>,
    },
}

/// What sits on a line.
#[derive(Debug)]
pub(super) enum Device {
    Controller(Box<Controller>, Arc<AtomicUsize>),
    PlateCamera,
    /// The camera, and the number of what it shows.
    PictureCamera(Camera, u64),
    /// A sign, light or barrier.
    Sign(SimulatedSign),
    /// The scale, and when its next frame is due.
    Platform(Arc<Mutex<Platform>>, Micros),
    /// A scale of another format than the usual one.
    Scale(Box<Scale>),
}

/// A scale of any format: it streams, or it answers when it is asked.
pub(super) struct Scale {
    pub(super) platform: Arc<Mutex<Platform>>,
    pub(super) protocol: &'static Protocol,
    /// Hears the host's requests.
    pub(super) decoder: Box<dyn Decoder>,
    pub(super) next_at: Micros,
}

impl std::fmt::Debug for Scale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scale({})", self.protocol.name)
    }
}

impl Scale {
    fn frame(&self, now: Micros) -> Result<Vec<u8>, EmissionError> {
        locked(&self.platform).frame_in(self.protocol, now)
    }

    fn answer(&mut self, now: Micros, bytes: &[u8]) -> Result<Vec<u8>, EmissionError> {
        self.decoder.push(bytes);
        let mut answers = Vec::new();
        while let Some(decoded) = self.decoder.poll_event() {
            let asked =
                matches!(&decoded.event, Event::Status(status) if status.name.starts_with("host_"));
            if asked && self.protocol.speaker == Speaker::Host {
                answers.extend(self.frame(now)?);
            }
        }
        Ok(answers)
    }
}

/// A device on its line.
pub(super) struct Line {
    pty: AsyncFd<Pty>,
    device: Device,
    clock: Arc<dyn Clock>,
    pending: VecDeque<u8>,
}

impl std::os::fd::AsRawFd for Pty {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.master.as_raw_fd()
    }
}

impl Line {
    #[expect(
        deprecated,
        reason = "the successor is unsafe and asks that the descriptor stays open; Pty owns it"
    )]
    pub(super) fn new(pty: Pty, device: Device, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Ok(Self {
            pty: AsyncFd::new(pty)?,
            device,
            clock,
            pending: VecDeque::new(),
        })
    }

    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Order>,
        stop: CancellationToken,
    ) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let waiting = !self.pending.is_empty();
            let done = tokio::select! {
                () = stop.cancelled() => return,
                order = inbox.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                read = read_some(&self.pty) => match read {
                    Ok(bytes) => self.receive(&bytes),
                    Err(error) => Err(error.into()),
                },
                written = write_some(&self.pty, &self.pending), if waiting => match written {
                    Ok(count) => {
                        self.pending.drain(..count);
                        Ok(())
                    }
                    Err(error) => Err(error.into()),
                },
                _ = tick.tick() => self.poll(),
            };
            if let Err(error) = done {
                tracing::error!(%error, device = ?self.pty.get_ref().path(), "simulated device stops");
                return;
            }
        }
    }

    fn obey(&mut self, order: Order) -> Result<(), LineError> {
        let now = self.clock.now();
        match (order, &mut self.device) {
            (Order::Record { sequence, bytes }, Device::Controller(controller, count)) => {
                let bytes = controller.record(now, sequence, bytes);
                count.store(controller.unacknowledged(), Ordering::Relaxed);
                self.send(&bytes);
            }
            (Order::Show { number, jpeg }, Device::PictureCamera(camera, shown))
                if number > *shown =>
            {
                *shown = number;
                camera.show(jpeg);
            }
            (Order::Send(bytes), _) => self.send(&bytes),
            _ => {}
        }
        Ok(())
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), LineError> {
        let now = self.clock.now();
        let answer = match &mut self.device {
            Device::Controller(controller, count) => {
                let answer = controller.receive(now, bytes)?;
                count.store(controller.unacknowledged(), Ordering::Relaxed);
                answer
            }
            Device::PictureCamera(camera, _) => camera.handle(bytes),
            Device::Sign(sign) => sign.receive(bytes),
            Device::Scale(scale) => scale.answer(now, bytes)?,
            Device::PlateCamera | Device::Platform(..) => Vec::new(),
        };
        self.send(&answer);
        Ok(())
    }

    fn poll(&mut self) -> Result<(), LineError> {
        let now = self.clock.now();
        let due = match &mut self.device {
            Device::Controller(controller, _) => controller.poll(now)?,
            // A scale does not wait for its reader: what the line does not take is not sent.
            Device::Platform(platform, next) if *next <= now && self.pending.is_empty() => {
                *next = now.max(next.saturating_add(FRAME_EVERY));
                locked(platform).frame(now)?
            }
            Device::Scale(scale)
                if scale.next_at <= now
                    && scale.protocol.speaker != Speaker::Host
                    && self.pending.is_empty() =>
            {
                scale.next_at = now.max(scale.next_at.saturating_add(FRAME_EVERY));
                scale.frame(now)?
            }
            _ => Vec::new(),
        };
        self.send(&due);
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) {
        if self.pending.len() + bytes.len() <= PENDING_BYTES {
            self.pending.extend(bytes);
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Emission(#[from] EmissionError),
}

async fn read_some(pty: &AsyncFd<Pty>) -> io::Result<Vec<u8>> {
    let mut piece = [0; 1_024];
    loop {
        let mut ready = pty.readable().await?;
        if let Ok(read) = ready.try_io(|pty| (&pty.get_ref().master).read(&mut piece)) {
            return Ok(piece.get(..read?).unwrap_or_default().to_vec());
        }
    }
}

async fn write_some(pty: &AsyncFd<Pty>, pending: &VecDeque<u8>) -> io::Result<usize> {
    loop {
        let mut ready = pty.writable().await?;
        let front = pending.as_slices().0;
        if let Ok(written) = ready.try_io(|pty| (&pty.get_ref().master).write(front)) {
            return written;
        }
    }
}
