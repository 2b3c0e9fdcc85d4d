//! Lines that are whole records: fixed columns or fields, without a check of their own.
//!
//! A line is a record or a reject as a whole. Only a format with a mark at its begin is looked for
//! behind noise on the same line; without one, a piece off the end of a damaged line could be read as
//! another vehicle.

use crate::window::{Format, Look};
use crate::{Axle, Event, Reject};

/// One format of records.
pub(crate) trait RecordLine: Send {
    /// The longest line, with CR and LF.
    const LONGEST: usize;
    /// The byte that begins every record and stands nowhere else in one.
    const MARK: Option<u8> = None;
    /// Whether the last line of a stream may lack its line end: every record shows by itself where
    /// it ends.
    const OPEN_END: bool;

    /// What a line without its end says.
    fn read(&self, line: &[u8]) -> Result<Event, Reject>;
}

/// A [`Format`] of a [`RecordLine`].
pub(crate) struct RecordLines<R> {
    record: R,
    /// In the middle of a line that is longer than any record: nothing before its end counts.
    overlong: bool,
}

impl<R: RecordLine> RecordLines<R> {
    pub(crate) fn new(record: R) -> Self {
        Self {
            record,
            overlong: false,
        }
    }

    /// A line without LF that takes `count` bytes.
    fn line(&self, line: &[u8], count: usize) -> Look {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Look::Skip(count);
        }
        match self.record.read(line) {
            Ok(event) => Look::Frame(count, event),
            // Never as garbage to skip: a part of it left over would be read as a line.
            Err(reason) => match self.behind_noise(line) {
                Some(start) => Look::Skip(start),
                None => Look::Bad(count, reason),
            },
        }
    }

    /// Where a record begins behind noise on its line.
    fn behind_noise(&self, line: &[u8]) -> Option<usize> {
        let mark = R::MARK?;
        (1..line.len()).find(|start| {
            let rest = line.get(*start..).unwrap_or_default();
            rest.first() == Some(&mark) && self.record.read(rest).is_ok()
        })
    }

    /// More bytes than a record has, and no line end.
    fn too_long(&mut self, reach: &[u8]) -> Look {
        match R::MARK {
            Some(mark) => {
                let rest = reach.get(1..).unwrap_or_default();
                let next = rest.iter().position(|byte| *byte == mark);
                Look::Skip(next.map_or(reach.len(), |index| index + 1))
            }
            None => {
                self.overlong = true;
                Look::Skip(reach.len())
            }
        }
    }
}

impl<R: RecordLine> Format for RecordLines<R> {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if self.overlong {
            return match window.iter().position(|byte| *byte == b'\n') {
                Some(0) => {
                    self.overlong = false;
                    Look::Skip(1)
                }
                Some(index) => Look::Skip(index),
                None => Look::Skip(window.len()),
            };
        }
        if let Some(mark) = R::MARK
            && window.first() != Some(&mark)
        {
            let next = window.iter().position(|byte| *byte == mark);
            return Look::Skip(next.unwrap_or(window.len()));
        }
        let reach = window.get(..R::LONGEST).unwrap_or(window);
        let unseen = reach.get(seen.min(reach.len())..).unwrap_or_default();
        match unseen.iter().position(|byte| *byte == b'\n') {
            Some(index) => {
                let end = reach.len() - unseen.len() + index;
                self.line(reach.get(..end).unwrap_or_default(), end + 1)
            }
            None if reach.len() == R::LONGEST => self.too_long(reach),
            None if ended && R::OPEN_END => self.line(reach, reach.len()),
            None if ended => Look::Bad(reach.len(), Reject::Truncated),
            None => Look::More,
        }
    }

    fn restart(&mut self) {
        self.overlong = false;
    }

    fn memory_bound(&self) -> usize {
        R::LONGEST
    }
}

/// The sum of all axle loads; `None` when one is not known or there is none.
pub(crate) fn axle_sum(axles: &[Axle]) -> Option<i64> {
    let sum = axles.iter().map(|axle| axle.load_kg).sum();
    if axles.is_empty() { None } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Stream;
    use crate::{Decoder, Status};
    use alloc::vec;
    use alloc::vec::Vec;

    /// Records are `R` and three bytes that are not `x`.
    struct Three<const MARKED: bool>;

    impl<const MARKED: bool> RecordLine for Three<MARKED> {
        const LONGEST: usize = 6;
        const MARK: Option<u8> = if MARKED { Some(b'R') } else { None };
        const OPEN_END: bool = true;

        fn read(&self, line: &[u8]) -> Result<Event, Reject> {
            match line {
                [b'R', rest @ ..] if rest.len() == 3 && !rest.contains(&b'x') => {
                    Ok(Event::Status(Status {
                        name: "three",
                        fields: vec![],
                    }))
                }
                _ => Err(Reject::Field),
            }
        }
    }

    fn names<const MARKED: bool>(bytes: &[u8]) -> Vec<(u64, &'static str)> {
        let mut stream = Stream::new(RecordLines::new(Three::<MARKED>));
        stream.push(bytes);
        stream.finish();
        core::iter::from_fn(|| stream.poll_event())
            .map(|decoded| match decoded.event {
                Event::Rejected(reason) => (decoded.span.end, reason.name()),
                _ => (decoded.span.end, "record"),
            })
            .collect()
    }

    #[test]
    fn a_marked_record_is_found_behind_noise_and_an_unmarked_one_is_not() {
        let bytes = b"xxRabc\r\nRdef";
        assert_eq!(
            names::<true>(bytes),
            [(2, "garbage"), (8, "record"), (12, "record")]
        );
        assert_eq!(names::<false>(bytes), [(8, "garbage"), (12, "record")]);
    }

    #[test]
    fn the_rest_of_a_line_that_is_too_long_is_no_record() {
        // `Rabc` stands right where the first six bytes end.
        let bytes = b"......Rabc\nRdef\n";
        assert_eq!(names::<false>(bytes), [(11, "garbage"), (16, "record")]);
        assert_eq!(
            names::<false>(b"Rx..\nRdef\n"),
            [(5, "field"), (10, "record")]
        );
    }

    #[test]
    fn a_sum_needs_every_load() {
        let axle = |load_kg| Axle {
            load_kg,
            ..Axle::default()
        };
        assert_eq!(axle_sum(&[axle(Some(2)), axle(Some(3))]), Some(5));
        assert_eq!(axle_sum(&[axle(Some(2)), axle(None)]), None);
        assert_eq!(axle_sum(&[]), None);
    }
}
