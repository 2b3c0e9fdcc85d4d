//! A simulated sign, light or barrier: it understands what it is told and answers.

use firmware_protocols::registry::{Protocol, find};
use firmware_protocols::{Decoder, Event, Settings, SettingsError, Status};

/// Stands at the road and shows what it is told.
pub struct SimulatedSign {
    protocol: &'static Protocol,
    settings: Settings,
    decoder: Box<dyn Decoder>,
    showing: String,
}

impl std::fmt::Debug for SimulatedSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SimulatedSign({})", self.showing)
    }
}

/// No such sign can be made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// No such protocol.
    #[error(transparent)]
    Protocol(#[from] firmware_protocols::registry::UnknownProtocol),
    /// Its settings can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl SimulatedSign {
    /// A dark sign of a protocol with its default settings.
    ///
    /// # Errors
    /// When there is no such protocol.
    pub fn new(protocol: &str) -> Result<Self, SignError> {
        let protocol = find(protocol)?;
        let settings = Settings::new();
        Ok(Self {
            decoder: (protocol.decoder)(&settings)?,
            protocol,
            settings,
            showing: String::new(),
        })
    }

    /// Takes bytes of the host, cut anywhere; yields the answer.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.decoder.push(bytes);
        let mut answers = Vec::new();
        while let Some(decoded) = self.decoder.poll_event() {
            let name = match decoded.event {
                Event::Status(status) if matches!(status.name, "show" | "set") => {
                    let told = status.fields.into_iter().next();
                    self.showing = told.map(|(_, text)| text).unwrap_or_default();
                    "acknowledged"
                }
                Event::Rejected(_) => "refused",
                _ => continue,
            };
            let fields = Vec::new();
            let answer = Event::Status(Status { name, fields });
            answers.extend((self.protocol.encoder)(&answer, &self.settings).unwrap_or_default());
        }
        answers
    }

    /// What stands on it.
    pub fn showing(&self) -> &str {
        &self.showing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_it_is_told_and_says_so() {
        for (protocol, name, field, text) in [
            ("text_sign", "show", "text", "晋D12345 超限 请进站检测"),
            ("signal_output", "set", "state", "red"),
        ] {
            let mut sign = SimulatedSign::new(protocol).unwrap();
            let told = Event::Status(Status {
                name,
                fields: vec![(field, text.to_owned())],
            });
            let bytes = (sign.protocol.encoder)(&told, &Settings::new()).unwrap();
            let (head, tail) = bytes.split_at(bytes.len() / 2);
            assert!(sign.receive(head).is_empty());
            assert_eq!(sign.receive(tail), b"OK\r\n");
            assert_eq!(sign.showing(), text);
        }
    }
}
