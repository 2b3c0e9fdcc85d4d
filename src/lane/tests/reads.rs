//! Reads with names and pictures, as cameras push them.

use sha2::{Digest, Sha256};

use super::*;

const MINUTE: i64 = 60_000;

/// A read of `camera-1` as it comes in 300 ms after the vehicle.
fn read(seen: i64, text: &str, read_id: Option<&str>, picture: Option<Vec<u8>>) -> Plate {
    Plate {
        plate: Some(text.to_owned()),
        time: DeviceTime::from_micros(START + seen * 1_000, true),
        read_id: read_id.map(str::to_owned),
        picture: picture.map(|jpeg| Picture { jpeg }),
        checked: true,
        ..Plate::default()
    }
}

fn photo(of: u8, length: usize) -> Vec<u8> {
    let mut jpeg = vec![of; length];
    jpeg[..2].copy_from_slice(&[0xFF, 0xD8]);
    jpeg[length - 2..].copy_from_slice(&[0xFF, 0xD9]);
    jpeg
}

impl Road {
    fn push(&mut self, millis: i64, plate: Plate) {
        self.receive("camera-1", millis, b"message", Event::Plate(plate));
    }

    fn picture_part(&mut self, millis: i64, jpeg: Vec<u8>) {
        self.receive(
            "camera-1",
            millis,
            b"part",
            Event::Picture(Picture { jpeg }),
        );
    }

    fn repeated_reads(&self) -> usize {
        let repeated = |output: &&Output| matches!(output, Output::RepeatedRead { .. });
        self.outputs.iter().filter(repeated).count()
    }

    /// The files of the pictures that passages got.
    fn photos(&self) -> Vec<&[u8]> {
        let jpegs = self.outputs.iter().filter_map(|output| match output {
            Output::PictureTaken { jpeg, .. } => Some(jpeg.as_ref()),
            _ => None,
        });
        jpegs.collect()
    }
}

#[test]
fn a_read_under_the_same_name_is_seen_once() {
    let mut road = Road::new();
    road.push(300, read(0, "晋D12345", Some("a"), None));
    road.push(2_300, read(0, "晋D12345", Some("a"), None));
    assert_eq!(
        (road.repeated_reads(), road.carriageway.sightings_held()),
        (1, 1)
    );
    // Another plate, another name, another camera, and reads without a name are reads of their own.
    road.push(2_400, read(2_100, "晋D54321", Some("a"), None));
    road.push(2_500, read(2_200, "晋D12345", Some("b"), None));
    let other = Event::Plate(read(2_200, "晋D12345", Some("a"), None));
    road.receive("camera-9", 2_600, b"message", other);
    road.push(2_700, read(2_400, "晋D12345", None, None));
    road.push(2_800, read(2_400, "晋D12345", None, None));
    assert_eq!(
        (road.repeated_reads(), road.carriageway.sightings_held()),
        (1, 6)
    );
    // Eleven minutes after it was last heard, the name is forgotten.
    road.push(
        11 * MINUTE + 2_300,
        read(11 * MINUTE, "晋D12345", Some("a"), None),
    );
    assert_eq!(road.repeated_reads(), 1);
    assert_eq!(road.carriageway.reads_held().0, 1, "and so are the others");
}

#[test]
fn a_read_that_comes_again_for_hours_stays_one_read_wherever_listening_begins() {
    let mut whole = Road::new();
    let mut recovered = Road::new();
    for minute in (0..180).step_by(7) {
        let again = read(0, "晋D12345", Some("a"), None);
        whole.push(minute * MINUTE, again.clone());
        if minute >= 120 {
            recovered.push(minute * MINUTE, again);
        }
    }
    // Both have forgotten the sighting itself, and neither takes it up again.
    for road in [&mut whole, &mut recovered] {
        road.push(
            180 * MINUTE,
            read(180 * MINUTE, "晋D54321", Some("b"), None),
        );
        assert_eq!(road.carriageway.sightings_held(), 1);
    }
}

#[test]
fn a_passage_gets_the_picture_of_the_read_that_was_chosen_for_it() {
    let mut road = Road::new();
    road.settings(|settings| {
        let camera = settings.ports.get_mut("camera-1").unwrap();
        camera.view = "plate".to_owned();
        settings.ports.remove("picture-1");
    });
    let jpeg = photo(7, 40_000);
    road.truck(1, 0, 17_500);
    road.push(900, read(100, "晋D12345", Some("a"), Some(jpeg.clone())));
    assert!(road.photos().is_empty(), "not before the plate is tied");
    road.until(20_000);
    let closed = road.closed();
    assert_eq!(closed[0].plate(), Some("晋D12345"));
    let [taken] = &closed[0].pictures[..] else {
        panic!("{:?}", closed[0].pictures);
    };
    assert_eq!(
        (taken.port.as_str(), taken.view.as_str()),
        ("camera-1", "plate")
    );
    assert_eq!(taken.taken_at, Micros::new(START + 100_000));
    assert_eq!(taken.sha256, hex::encode(Sha256::digest(&jpeg)));
    let [
        ..,
        Output::PictureTaken {
            passage_id,
            jpeg: given,
            ..
        },
        Output::Closed(_),
    ] = &road.outputs[..]
    else {
        panic!("the picture comes before the closing");
    };
    assert_eq!(*passage_id, closed[0].weighing.passage_id);
    assert_eq!(given[..], jpeg);
    // The journal gets the place of the message and its digest, not the picture in it.
    let raw = &closed[0].association.chosen.as_ref().unwrap().raw;
    assert_eq!((raw.base64.as_str(), raw.length), ("", 7));
    assert_eq!(raw.sha256, hex::encode(Sha256::digest(b"message")));
    assert_eq!(
        road.carriageway.reads_held().1,
        (0, 0),
        "nothing is kept of it"
    );
}

#[test]
fn the_message_of_a_read_without_picture_goes_into_the_journal() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.push(900, read(100, "晋D12345", Some("a"), None));
    let mut long = read(100, "晋D12345", Some("b"), None);
    long.time = DeviceTime::from_micros(START + 101_000, true);
    road.receive("camera-1", 950, &[b' '; 20_000], Event::Plate(long));
    road.until(20_000);
    let chosen = road.closed()[0].association.chosen.clone().unwrap();
    assert_eq!(chosen.raw.base64, "bWVzc2FnZQ==");
}

#[test]
fn an_ambiguous_passage_gets_no_picture_of_a_read() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.push(900, read(100, "晋D12345", None, Some(photo(1, 50))));
    road.push(1_000, read(200, "晋D54321", None, Some(photo(2, 50))));
    road.until(60_000);
    assert_eq!(road.closed()[0].association.state, PlateState::Ambiguous);
    assert!(road.closed()[0].pictures.is_empty() && road.photos().is_empty());
    road.push(60_000, read(59_700, "晋D12345", None, None));
    assert_eq!(road.carriageway.reads_held().1, (0, 0));
}

#[test]
fn a_picture_behind_a_read_is_of_that_read_and_the_largest_stays() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.push(900, read(100, "晋D12345", None, None));
    road.picture_part(901, photo(1, 900));
    road.picture_part(902, photo(2, 40_000));
    road.picture_part(1_900, photo(3, 800));
    road.picture_part(1_901, photo(4, 90_000));
    road.until(20_000);
    assert_eq!(road.photos(), [photo(2, 40_000)]);
    let [
        Finding::UnrequestedPicture { port },
        Finding::PictureMissing { .. },
    ] = &road.findings()[..]
    else {
        panic!("{:?}", road.findings());
    };
    assert_eq!(
        port, "camera-1",
        "the last one came more than a second after the read"
    );
}

#[test]
fn a_picture_behind_a_repetition_belongs_to_the_first_and_behind_a_foreign_read_to_nobody() {
    let mut road = Road::new();
    road.settings(|settings| {
        settings.ports.remove("picture-1");
    });
    road.truck(1, 0, 17_500);
    road.push(900, read(100, "晋D12345", Some("a"), None));
    // The connection broke before the picture; the camera sends all of it again.
    road.push(1_900, read(100, "晋D12345", Some("a"), None));
    road.picture_part(1_901, photo(1, 900));
    let mut foreign = read(2_000, "晋D54321", Some("b"), Some(photo(2, 5_000)));
    foreign.lane = Some(7);
    road.push(2_300, foreign);
    road.picture_part(2_301, photo(3, 90_000));
    road.until(20_000);
    assert_eq!(road.closed()[0].pictures.len(), 1);
    assert_eq!(road.photos(), [photo(1, 900)]);
    let [Finding::LaneDisagrees { .. }] = road.findings()[..] else {
        panic!("{:?}", road.findings());
    };
}

#[test]
fn a_record_that_comes_late_finds_its_plate_and_no_picture() {
    let mut road = Road::new();
    // Its other messages come promptly, so its clock is believed.
    road.truck(1, -20_000, 17_500);
    road.push(900, read(100, "晋D12345", None, Some(photo(1, 900))));
    road.receive("wim-1", 30_000, b"late", vehicle(2, 0, 17_500));
    // That the next one is prompt tells that the clock was not put back meanwhile.
    road.truck(3, 35_000, 17_500);
    road.until(60_000);
    let late = road.closed()[1];
    assert_eq!(late.plate(), Some("晋D12345"));
    assert!(late.pictures.is_empty() && road.photos().is_empty());
}

#[test]
fn pictures_of_reads_are_held_no_longer_than_needed_and_not_without_bound() {
    let mut road = Road::new();
    for number in 0..200 {
        let seen = number * 1_000;
        let picture = Some(photo(1, 1_000));
        road.push(seen + 300, read(seen, "晋D12345", None, picture));
        let (count, bytes) = road.carriageway.reads_held().1;
        // 1.5 s of window, 10 s until closing, 5 s for the record.
        assert!(count <= 17 && bytes == count * 1_000, "{count}, {bytes}");
    }
    // On a platform a vehicle is read while it drives on, up to 15 s before.
    let platform = Event::Plate(read(260_000, "晋D12345", None, Some(photo(1, 1_000))));
    road.receive("camera-9", 260_300, b"message", platform);
    for (seen, held) in [(290_000, 1), (290_001, 0)] {
        let next = Event::Plate(read(seen, "晋D12345", None, None));
        road.receive("camera-9", seen + 300, b"message", next);
        assert_eq!(road.carriageway.reads_held().1.0, held);
    }
    for number in 0..20 {
        let seen = 300_000 + number * 10;
        let picture = Some(photo(1, 4 << 20));
        road.push(seen + 300, read(seen, "晋D12345", None, picture));
        let (_, bytes) = road.carriageway.reads_held().1;
        assert!(bytes <= 32 << 20, "{bytes}");
    }
    assert_eq!(road.carriageway.reads_held().1.0, 8);
}
