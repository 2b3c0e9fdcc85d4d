//! The damaged recording: one of each thing that goes wrong on a line.

use firmware_protocols::olr::{self, Extra, Message};
use serde_json::{Value, json};
use steelyard::law::ScaleUse;
use steelyard::simulator::emission::WimProtocol;
use steelyard::simulator::{Crossing, Settings, Traffic};
use steelyard::units::Micros;

use crate::author::{Author, jpeg, picture_answers, steady};
use crate::recording::{Recording, recording};

/// What is done to the trucks, in their order.
const DAMAGE: [Damage; 16] = [
    Damage::None,
    Damage::RecordFlipped,
    Damage::PlateFlipped,
    Damage::RecordCut,
    Damage::RecordGlued,
    Damage::Noise,
    Damage::Duplicate,
    Damage::Conflict,
    Damage::OutOfOrder,
    Damage::None,
    Damage::Gap,
    Damage::None,
    Damage::Broken,
    Damage::PictureCut,
    Damage::PictureCorrupt,
    Damage::None,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    None,
    /// One bit of the record arrives wrong; the controller sends it again.
    RecordFlipped,
    /// One bit of the plate line arrives wrong.
    PlateFlipped,
    /// The end of the record is lost; it is sent again.
    RecordCut,
    /// The record's line end is lost: the heartbeat behind it is glued to it.
    RecordGlued,
    /// Noise on all lines before the truck.
    Noise,
    /// The record is sent twice.
    Duplicate,
    /// Another record comes under the same number and time.
    Conflict,
    /// The record comes after that of the next truck.
    OutOfOrder,
    /// The record never comes.
    Gap,
    /// The line breaks in the middle of the record; it is sent again.
    Broken,
    /// The camera stops in the middle of a picture.
    PictureCut,
    /// The camera delivers whole frames with a damaged picture in them.
    PictureCorrupt,
}

pub fn damaged() -> Recording {
    let mut author = Author::new(
        "one of each thing that goes wrong on a line / 受损数据",
        &[
            "bit flips, cut and glued records, noise, a record twice, two records of one number,",
            "out of order, a gap, a broken line, pictures cut, corrupt and missing",
        ],
        WimProtocol::Olr,
    )
    .lane(1, ScaleUse::OffSite)
    .port("wim-1", "olr", Some(1), "115200-8N1")
    .port("plate-1", "plate_text", Some(1), "9600-8N1")
    .set("checksum", "crc16")
    .port("picture-1", "vc0706_jpeg", Some(1), "115200-8N1");
    let settings = Settings {
        schedule: Vec::new(),
        ..steady(61, 1)
    };
    // Well apart, so that each fault stands alone.
    let crossings = Traffic::new(settings).step_by(3).zip(DAMAGE);
    for (number, (mut crossing, damage)) in crossings.enumerate() {
        crossing.records[0].measured.sequence = number as u64 + 100;
        truck(&mut author, &crossing, damage);
    }
    author.finish()
}

fn truck(author: &mut Author, crossing: &Crossing, damage: Damage) {
    let sent_at = crossing.records[0].measured.sent_at;
    let after = |millis| sent_at.saturating_add(Micros::from_millis(millis));
    let record = author.encoders.record(&crossing.records[0]).unwrap();
    for read in &crossing.plate_reads {
        let mut line = author.encoders.plate(read).unwrap();
        if damage == Damage::PlateFlipped {
            line[20] ^= 0x04;
        }
        author.say(read.sent_at, "plate-1", &line);
    }
    let wim = "wim-1";
    match damage {
        Damage::RecordFlipped => {
            let mut flipped = record.clone();
            flipped[60] ^= 0x01;
            author.say(sent_at, wim, &flipped);
            author.say(after(2_000), wim, &record);
        }
        Damage::RecordCut => {
            author.say(sent_at, wim, &record[..record.len() / 3]);
            author.say(after(2_000), wim, &record);
        }
        Damage::RecordGlued => {
            author.say(sent_at, wim, record.trim_ascii_end());
            let beat = author.encoders.heartbeat(1, after(10), None).unwrap();
            author.say(after(10), wim, &beat);
            author.say(after(2_000), wim, &record);
        }
        Damage::Noise => {
            let noise: Vec<u8> = (0..90_u32).map(|n| (n * 181 % 253) as u8).collect();
            author.say(after(-1_500), wim, &noise);
            author.say(after(-1_500), "plate-1", &noise);
            author.say(after(-1_500), "picture-1", &noise);
            author.say(sent_at, wim, &record);
        }
        Damage::Duplicate => {
            author.say(sent_at, wim, &record);
            author.say(after(2_000), wim, &record);
        }
        Damage::Conflict => {
            author.say(sent_at, wim, &record);
            let mut other = author.encoders.vehicle(&crossing.records[0]);
            for axle in &mut other.axles {
                axle.left_kg = axle.left_kg.map(|load| load + 50);
                axle.load_kg = axle.load_kg.map(|load| load + 50);
            }
            other.gross_kg = Some(other.axles.iter().filter_map(|axle| axle.load_kg).sum());
            let other = olr::encode(&Message::Vehicle(other, Extra::default())).unwrap();
            author.say(after(2_000), wim, &other);
            author.say(after(4_000), wim, &other);
        }
        Damage::OutOfOrder => author.say(after(25_000), wim, &record),
        Damage::Gap => {}
        Damage::Broken => {
            author.say(sent_at, wim, &record[..record.len() / 2]);
            author.breaks(after(5), wim);
            author.say(after(3_000), wim, &record);
        }
        _ => author.say(sent_at, wim, &record),
    }
    let picture = jpeg(crossing);
    match damage {
        Damage::PictureCut => {
            let answers = picture_answers(&picture);
            author.say_slowly(after(20), "picture-1", &answers[..answers.len() / 2]);
            author.breaks(after(3_000), "picture-1");
        }
        Damage::PictureCorrupt => {
            let mut corrupt = picture;
            let (first, last) = (150, corrupt.len() - 2);
            corrupt[first..last].fill(0);
            author.say_slowly(after(20), "picture-1", &picture_answers(&corrupt));
        }
        Damage::None => author.say_slowly(after(20), "picture-1", &picture_answers(&picture)),
        _ => {}
    }
}

/// Each kind of damage leaves its mark, and nothing else.
#[test]
fn each_kind_of_damage_leaves_its_mark() {
    let recording = recording("damaged");
    let config = recording.config("/nonexistent".as_ref(), |_| "/dev/null".into());
    let lines = crate::outcome::outcome(&recording, &config, &recording.pieces);
    let weighed: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "weighed")
        .collect();
    let of = |sequence: usize| -> Vec<&Value> {
        weighed
            .iter()
            .copied()
            .filter(|line| line["sequence"] == sequence + 100)
            .collect()
    };
    for (number, damage) in DAMAGE.into_iter().enumerate() {
        let wanted = match damage {
            Damage::Gap => 0,
            Damage::Conflict => 2,
            _ => 1,
        };
        assert_eq!(of(number).len(), wanted, "truck {number}, {damage:?}");
    }
    let at = |damage| DAMAGE.iter().position(|&other| other == damage).unwrap();
    let flags = |number: usize, index: usize| of(number)[index]["flags"].clone();
    let conflict = at(Damage::Conflict);
    assert_eq!(flags(conflict, 0), json!([]));
    assert_eq!(flags(conflict, 1), json!(["record_conflict"]));
    assert_eq!(flags(at(Damage::OutOfOrder), 0), json!(["out_of_order"]));
    assert_eq!(
        flags(at(Damage::OutOfOrder) + 1, 0),
        json!(["sequence_gap"])
    );
    assert_eq!(flags(at(Damage::Gap) + 1, 0), json!(["sequence_gap"]));

    let repeated = lines
        .iter()
        .filter(|line| line["event"] == "repeated")
        .count();
    assert_eq!(
        repeated, 2,
        "the duplicate, and the conflicting record's own"
    );
    let closed = |number: usize| -> &Value {
        let id = &of(number)[0]["passage_id"];
        lines
            .iter()
            .find(|line| line["event"] == "closed" && &line["passage_id"] == id)
            .unwrap()
    };
    assert_eq!(closed(at(Damage::PlateFlipped))["plate_state"], "missing");
    assert_eq!(closed(at(Damage::PictureCut))["pictures"], json!([]));
    assert_eq!(closed(at(Damage::PictureCorrupt))["pictures"], json!([]));
    assert_eq!(closed(0)["pictures"].as_array().unwrap().len(), 1);

    let port = |name| {
        lines
            .iter()
            .find(|line| line["event"] == "port" && line["port"] == name)
    };
    for name in ["wim-1", "plate-1", "picture-1"] {
        let rejects = port(name).unwrap()["rejects"].as_object().unwrap();
        assert!(!rejects.is_empty(), "{name}: {rejects:?}");
    }
}
