//! What a camera tells of a read besides the plate: a name, by which a read that comes again is known,
//! and a picture.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use firmware_protocols::Plate;
use sha2::{Digest, Sha256};

use super::{Carriageway, Finding, Output};
use crate::lane::settings::{PortRole, PortSettings};
use crate::lane::stream::Input;
use crate::passage::{PlateRead, RawBytes, TakenPicture};
use crate::units::Micros;

/// A picture that comes by itself belongs to the read before it when it comes within this time.
const PICTURE_FOLLOWS_WITHIN: Micros = Micros::from_seconds(1);
/// Records come in some seconds after the vehicle: a picture is kept so much longer than all windows.
const PICTURE_MARGIN: Micros = Micros::from_seconds(5);
/// Pictures are held up to this size in all; then the oldest go, and their passages close without.
const HELD_BYTES: usize = 32 << 20;
/// Of a longer message only place and digest go along with the read: a journal is no picture store.
const LONGEST_KEPT: usize = 16 << 10;

/// So many reads with a name are remembered: ten minutes of one every 36 ms.
const MOST_HEARD: usize = 16_384;

/// Port, the camera's own name of the read, plate.
type Name = (String, String, Option<String>);

/// The names of the latest reads.
#[derive(Debug, Default)]
pub(super) struct NamedReads {
    /// When it was heard last, and where the first of them stands in the port's raw log.
    known: BTreeMap<Name, (Micros, i64)>,
    /// Each time one was heard, oldest first.
    heard: VecDeque<(Micros, Name)>,
}

impl NamedReads {
    /// Notes a read that stands at `offset`. Yields where the first of its name stands, if it was
    /// heard since `horizon`. As long as a read comes again and again it stays known: what is a
    /// repetition must not depend on when listening began.
    fn hear(&mut self, name: Name, now: Micros, horizon: Micros, offset: i64) -> Option<i64> {
        let first = self.known.get(&name);
        let first = first.filter(|(heard_at, _)| *heard_at >= horizon);
        let first = first.map(|(_, offset)| *offset);
        self.known
            .insert(name.clone(), (now, first.unwrap_or(offset)));
        self.heard.push_back((now, name));
        if self.heard.len() > MOST_HEARD {
            self.forget_oldest();
        }
        first
    }

    pub(super) fn forget(&mut self, horizon: Micros) {
        while let Some((heard_at, _)) = self.heard.front()
            && *heard_at < horizon
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((heard_at, name)) = self.heard.pop_front()
            && let Some((last, _)) = self.known.get(&name)
            && *last == heard_at
        {
            self.known.remove(&name);
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.known.len().max(self.heard.len())
    }
}

/// A picture that waits for its read to be tied to a passage.
#[derive(Debug)]
struct Held {
    port: String,
    offset: i64,
    until: Micros,
    jpeg: Arc<[u8]>,
}

/// Pictures of the latest reads.
#[derive(Debug, Default)]
pub(super) struct ReadPictures {
    held: VecDeque<Held>,
    bytes: usize,
    /// By port: when the latest read came in and where it stands in the raw log, `None` when it was
    /// passed over.
    latest: BTreeMap<String, (Micros, Option<i64>)>,
}

impl ReadPictures {
    /// Holds a picture of the read at `offset`. Of several the largest stays: cameras send a crop of
    /// the plate beside the whole scene.
    fn hold(&mut self, port: &str, offset: i64, now: Micros, until: Micros, jpeg: &[u8]) {
        self.forget(now);
        let of_read = |held: &Held| held.port == port && held.offset == offset;
        match self.held.iter().position(of_read) {
            Some(at)
                if self
                    .held
                    .get(at)
                    .is_some_and(|held| held.jpeg.len() >= jpeg.len()) =>
            {
                return;
            }
            Some(at) => self.remove(at),
            None => None,
        };
        self.bytes = self.bytes.saturating_add(jpeg.len());
        self.held.push_back(Held {
            port: port.to_owned(),
            offset,
            until,
            jpeg: jpeg.into(),
        });
        while self.bytes > HELD_BYTES && self.remove(0).is_some() {}
    }

    /// The picture of a read, which is no longer held then.
    fn take(&mut self, read: &RawBytes, now: Micros) -> Option<Arc<[u8]>> {
        self.forget(now);
        let of_read = |held: &Held| held.port == read.port && held.offset == read.offset;
        let at = self.held.iter().position(of_read)?;
        self.remove(at)
    }

    fn remove(&mut self, at: usize) -> Option<Arc<[u8]>> {
        let held = self.held.remove(at)?;
        self.bytes = self.bytes.saturating_sub(held.jpeg.len());
        Some(held.jpeg)
    }

    pub(super) fn forget(&mut self, now: Micros) {
        while let Some(at) = self.held.iter().position(|held| held.until < now) {
            self.remove(at);
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.held.len(), self.bytes)
    }
}

impl Carriageway {
    /// Whether a read is one that came before, under the name that its camera gives it.
    pub(super) fn came_before(
        &mut self,
        port: &PortSettings,
        input: &Input,
        plate: &Plate,
    ) -> bool {
        let now = input.received_at;
        let offset = offset_of(input);
        let first = plate.read_id.as_ref().and_then(|read_id| {
            let name = (input.port.clone(), read_id.clone(), plate.plate.clone());
            let horizon = now.saturating_sub(self.settings.memory);
            self.named_reads.hear(name, now, horizon, offset)
        });
        self.reads_pictures(port, input, plate, first.unwrap_or(offset));
        if first.is_some() {
            let port = input.port.clone();
            self.outputs.push_back(Output::RepeatedRead { port });
        }
        first.is_some()
    }

    /// Holds the picture that came with the read at `offset`, and expects those that follow it.
    fn reads_pictures(&mut self, port: &PortSettings, input: &Input, plate: &Plate, offset: i64) {
        let now = input.received_at;
        let latest = (now, Some(offset));
        self.read_pictures.latest.insert(input.port.clone(), latest);
        if let Some(picture) = &plate.picture {
            let until = self.picture_wanted_until(port, now);
            self.read_pictures
                .hold(&input.port, offset, now, until, &picture.jpeg);
        }
    }

    /// The read just heard is nobody's, and so are the pictures behind it.
    pub(super) fn passes_over(&mut self, input: &Input) {
        let latest = (input.received_at, None);
        self.read_pictures.latest.insert(input.port.clone(), latest);
    }

    /// A plate camera's picture behind its read.
    pub(super) fn picture_behind_read(&mut self, port: &PortSettings, input: &Input, jpeg: &[u8]) {
        let now = input.received_at;
        let latest = self.read_pictures.latest.get(&input.port);
        let follows = |(read_at, _): &&(Micros, Option<i64>)| {
            now.saturating_sub(*read_at) <= PICTURE_FOLLOWS_WITHIN
        };
        match latest.filter(follows) {
            Some((_, Some(offset))) => {
                let (offset, until) = (*offset, self.picture_wanted_until(port, now));
                self.read_pictures
                    .hold(&input.port, offset, now, until, jpeg);
            }
            Some((_, None)) => {}
            None => {
                let port = input.port.clone();
                let finding = Finding::UnrequestedPicture { port };
                self.outputs.push_back(Output::Finding(finding));
            }
        }
    }

    /// How long a passage that a read of this moment belongs to may still be open.
    fn picture_wanted_until(&self, port: &PortSettings, now: Micros) -> Micros {
        let mut ports = self.settings.ports.values();
        let at_platform =
            ports.any(|other| other.role == PortRole::Platform && other.lane == port.lane);
        let before = if at_platform {
            self.settings.platform.plate_lead
        } else {
            self.settings.plate_window
        };
        now.saturating_add(before)
            .saturating_add(self.settings.close_after)
            .saturating_add(PICTURE_MARGIN)
    }

    /// Gives a closing passage the picture of the read that was chosen for it. It was taken when the
    /// plate was read, by the same camera, so nothing about it is to be doubted that is not about
    /// the read.
    pub(super) fn take_picture_of(
        &mut self,
        now: Micros,
        passage_id: &str,
        chosen: &PlateRead,
        pictures: &mut Vec<TakenPicture>,
    ) {
        let Some(jpeg) = self.read_pictures.take(&chosen.raw, now) else {
            return;
        };
        let port = &chosen.raw.port;
        if pictures.iter().any(|picture| picture.port == *port) {
            return;
        }
        let settings = self.settings.ports.get(port);
        let picture = TakenPicture {
            port: port.clone(),
            view: settings.map(|port| port.view.clone()).unwrap_or_default(),
            taken_at: chosen.seen_at,
            sha256: hex::encode(Sha256::digest(&jpeg)),
        };
        pictures.push(picture.clone());
        self.outputs.push_back(Output::PictureTaken {
            passage_id: passage_id.to_owned(),
            jpeg,
            picture,
        });
    }
}

/// The bytes behind a read. Where a picture is among them, only their place and digest: the picture
/// is kept as a file, and they are in the raw log.
pub(super) fn bytes_behind(input: &Input, plate: &Plate) -> RawBytes {
    if plate.picture.is_none() && input.bytes.len() <= LONGEST_KEPT {
        return input.raw();
    }
    input.raw_without_bytes()
}

fn offset_of(input: &Input) -> i64 {
    i64::try_from(input.offset).unwrap_or(i64::MAX)
}
