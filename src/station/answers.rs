//! Cameras that push wait for an answer until their bytes are durable.

use firmware_protocols::Event;
use tokio::sync::oneshot;

use crate::device::http_push::PushAnswer;

/// One port's messages whose bytes are not known to be durable yet. Dropped, an answer tells the camera
/// to send its message again.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Since the raw log was last taken for syncing.
    waiting: Vec<(oneshot::Sender<PushAnswer>, PushAnswer)>,
    /// On their way to the disk.
    syncing: Vec<(oneshot::Sender<PushAnswer>, PushAnswer)>,
}

impl Answers {
    pub(super) fn wait(&mut self, answer: oneshot::Sender<PushAnswer>, once_durable: PushAnswer) {
        self.waiting.push((answer, once_durable));
    }

    /// What was appended to the raw log so far is on its way to the disk.
    pub(super) fn sync_begins(&mut self) {
        self.syncing.append(&mut self.waiting);
    }

    /// It is there.
    pub(super) fn synced(&mut self) {
        for (sender, answer) in self.syncing.drain(..) {
            // A camera that gave up waiting sends its message again.
            let _ = sender.send(answer);
        }
    }

    /// It is not, or nobody knows.
    pub(super) fn sync_failed(&mut self) {
        self.syncing.clear();
    }
}

/// What a message comes to, from the events in it.
#[derive(Debug, Default)]
pub(super) struct Heard {
    read: bool,
    rejected: bool,
    reply: Option<Vec<u8>>,
}

impl Heard {
    /// Takes the next event; `reply` are the bytes that its protocol answers with.
    pub(super) fn event(&mut self, event: &Event, reply: impl FnOnce() -> Option<Vec<u8>>) {
        match event {
            Event::Rejected(_) => self.rejected = true,
            _ => {
                self.read = true;
                self.reply = self.reply.take().or_else(reply);
            }
        }
    }

    /// The answer once its bytes are durable.
    pub(super) fn answer(self) -> PushAnswer {
        if self.rejected && !self.read {
            PushAnswer::Unreadable
        } else {
            PushAnswer::Recorded(self.reply)
        }
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::{Plate, Reject};

    use super::*;

    #[test]
    fn answers_wait_for_the_sync_that_their_bytes_are_part_of() {
        let mut answers = Answers::default();
        let (first_in, mut first) = oneshot::channel();
        let (second_in, mut second) = oneshot::channel();
        answers.wait(first_in, PushAnswer::Unreadable);
        answers.sync_begins();
        answers.wait(second_in, PushAnswer::Recorded(None));
        assert!(first.try_recv().is_err());
        answers.synced();
        assert_eq!(first.try_recv(), Ok(PushAnswer::Unreadable));
        answers.synced();
        assert_eq!(
            second.try_recv(),
            Err(oneshot::error::TryRecvError::Empty),
            "it came while the first was synced"
        );
        answers.sync_begins();
        answers.sync_failed();
        answers.synced();
        assert_eq!(second.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }

    #[test]
    fn a_message_of_nothing_but_rejects_is_unreadable() {
        let plate = Event::Plate(Plate::default());
        let rejected = Event::Rejected(Reject::Truncated);
        let heard = |events: &[&Event]| {
            let mut heard = Heard::default();
            for event in events {
                heard.event(event, || Some(b"ok".to_vec()));
            }
            heard.answer()
        };
        assert_eq!(heard(&[]), PushAnswer::Recorded(None));
        assert_eq!(heard(&[&rejected, &rejected]), PushAnswer::Unreadable);
        let answer = PushAnswer::Recorded(Some(b"ok".to_vec()));
        assert_eq!(heard(&[&rejected, &plate]), answer);
    }
}
