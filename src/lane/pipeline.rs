//! From bytes to outputs: the decoders of all ports and the carriageway behind them.
//!
//! This is the pure function that the daemon runs on live bytes and that replay runs on recorded
//! ones. Moments must not go back: the caller stamps each chunk with a strictly rising moment.

use std::collections::BTreeMap;

use firmware_protocols::{Answer, Decoder, Event};

use crate::lane::carriageway::{Carriageway, Output};
use crate::lane::hours::Hour;
use crate::lane::settings::Settings;
use crate::lane::stream::{Input, PortStream};
use crate::passage::Weighing;
use crate::units::Micros;

/// Decoders and lane logic of a station.
pub struct Pipeline {
    streams: BTreeMap<String, PortStream>,
    carriageway: Carriageway,
}

impl Pipeline {
    /// A station whose ports have not said anything yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            streams: BTreeMap::new(),
            carriageway: Carriageway::new(settings),
        }
    }

    /// Gives a port its decoder; the next byte of the port stands at `offset` in its raw log.
    pub fn add_port(&mut self, port: &str, decoder: Box<dyn Decoder>, offset: u64) {
        self.streams
            .insert(port.to_owned(), PortStream::new(port, decoder, offset));
    }

    /// Takes a chunk of a port, or with no bytes a break of its line. The events in it come back
    /// for counters and device sessions; what follows from them is in [`Pipeline::poll_output`].
    pub fn receive(&mut self, port: &str, received_at: Micros, chunk: &[u8]) -> Vec<Input> {
        self.advance(received_at);
        let Some(stream) = self.streams.get_mut(port) else {
            return Vec::new();
        };
        let inputs = if chunk.is_empty() {
            stream.line_broken(received_at)
        } else {
            stream.push(received_at, chunk)
        };
        for input in &inputs {
            self.carriageway.handle(input);
        }
        inputs
    }

    /// What the device on a port is asked at this moment; to be called until it says `None`. What is
    /// asked changes nothing in how bytes are read, so a replay that never asks comes to the same.
    pub fn poll_transmit(&mut self, port: &str, now: Micros) -> Option<Vec<u8>> {
        self.streams.get_mut(port)?.poll_transmit(now)
    }

    /// When the device on a port is to be asked next.
    pub fn transmit_timeout(&self, port: &str) -> Option<Micros> {
        self.streams.get(port)?.poll_timeout()
    }

    /// The bytes with which a device wants to hear what became of its record, `None` where it wants
    /// to hear nothing.
    pub fn reply(&mut self, port: &str, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        self.streams.get_mut(port)?.reply(event, answer)
    }

    /// Takes up a weighing whose bytes are gone, to be closed with what is remembered.
    pub fn resume(&mut self, weighing: Weighing) {
        self.carriageway.resume(weighing);
    }

    /// Goes on from an hour's record, see [`Carriageway::resume_hour`].
    pub fn resume_hour(&mut self, hour: Hour) {
        self.carriageway.resume_hour(hour);
    }

    /// Does all that is due up to `now`, each at its own moment.
    pub fn advance(&mut self, now: Micros) {
        while let Some(due) = self.carriageway.poll_timeout().filter(|due| *due <= now) {
            self.carriageway.handle_timeout(due);
        }
    }

    /// When [`Pipeline::advance`] has something to do next.
    pub fn poll_timeout(&self) -> Option<Micros> {
        self.carriageway.poll_timeout()
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.carriageway.poll_output()
    }

    /// Ends all streams at `at` and closes what is open.
    pub fn finish(&mut self, at: Micros) {
        let ports: Vec<String> = self.streams.keys().cloned().collect();
        for port in ports {
            self.receive(&port, at, &[]);
        }
        self.carriageway.finish();
    }

    /// How many passages wait to be closed.
    pub fn open_passages(&self) -> usize {
        self.carriageway.open_passages()
    }
}
