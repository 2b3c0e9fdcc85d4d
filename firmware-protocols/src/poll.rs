//! Asking a device that speaks only when it is asked: one request, again and again.
//!
//! The settings `poll` and `poll_ms` are the same for every protocol that has them. The request goes
//! out on time whether or not the last one was answered: a reply that was lost costs one turn, and
//! nothing has to be told apart.

use alloc::vec::Vec;

use crate::field::unescape;
use crate::settings::refuse;
use crate::{SettingSpec, Settings, SettingsError};

/// The setting of how often to ask. The protocol has one `poll` of its own beside it.
pub(crate) const POLL_MS: SettingSpec = SettingSpec {
    key: "poll_ms",
    default: "200",
    meaning: "milliseconds from one request to the next, 50 to 60000",
};

/// The setting of what to ask.
pub(crate) const fn poll(default: &'static str) -> SettingSpec {
    SettingSpec {
        key: "poll",
        default,
        meaning: "what the host sends to ask for a weight; empty when the device sends by itself; \
                  `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH` are understood",
    }
}

/// Says the same thing at regular times.
#[derive(Debug)]
pub(crate) struct Poller {
    request: Vec<u8>,
    every_micros: i64,
    next_at: i64,
}

impl Poller {
    /// The request of the setting `poll`, written with escapes.
    pub(crate) fn new(settings: &Settings, known: &[SettingSpec]) -> Result<Self, SettingsError> {
        let text = settings.text(known, "poll");
        let request = unescape(text)
            .filter(|request| request.len() <= 64)
            .ok_or_else(|| {
                refuse(
                    "poll",
                    text,
                    "at most 64 bytes, with \\r \\n \\t \\\\ \\xHH",
                )
            })?;
        Self::of_request(request, settings, known)
    }

    /// A request that the protocol put together itself; empty asks nothing.
    pub(crate) fn of_request(
        request: Vec<u8>,
        settings: &Settings,
        known: &[SettingSpec],
    ) -> Result<Self, SettingsError> {
        let every_ms = settings.number(known, "poll_ms", 50..=60_000)?;
        Ok(Self {
            request,
            every_micros: every_ms * 1_000,
            next_at: i64::MIN,
        })
    }

    /// The request, when it is time.
    pub(crate) fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        if self.request.is_empty() || now_micros < self.next_at {
            return None;
        }
        self.next_at = now_micros.saturating_add(self.every_micros);
        Some(self.request.clone())
    }

    /// When it is time.
    pub(crate) fn timeout(&self) -> Option<i64> {
        (!self.request.is_empty()).then_some(self.next_at)
    }

    /// The line was opened anew: ask at once.
    pub(crate) fn restart(&mut self) {
        self.next_at = i64::MIN;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[SettingSpec] = &[poll("W\\r\\n"), POLL_MS];

    #[test]
    fn asks_at_once_and_then_on_time() {
        let mut poller = Poller::new(&Settings::new(), KNOWN).unwrap();
        assert_eq!(poller.timeout(), Some(i64::MIN));
        assert_eq!(poller.transmit(1_000).as_deref(), Some(&b"W\r\n"[..]));
        assert_eq!(poller.transmit(1_000), None);
        assert_eq!(poller.timeout(), Some(201_000));
        assert_eq!(poller.transmit(200_999), None);
        assert!(poller.transmit(201_000).is_some());
        poller.restart();
        assert!(poller.transmit(201_001).is_some());
    }

    #[test]
    fn an_empty_request_is_never_sent() {
        let settings = Settings::new().with("poll", "");
        let mut poller = Poller::new(&settings, KNOWN).unwrap();
        assert_eq!((poller.timeout(), poller.transmit(0)), (None, None));
        assert!(Poller::new(&Settings::new().with("poll_ms", "1"), KNOWN).is_err());
        assert!(Poller::new(&Settings::new().with("poll", "\\q"), KNOWN).is_err());
    }
}
