//! Writes what the fuzzing begins with, `FOLDER/<protocol>/` with a file for each input, and lists
//! the protocols: name, longest input, whether its frames are checked.
//!
//! `seeds FOLDER`, or `seeds --canary FOLDER` for the broken decoders.

#[path = "../../firmware-protocols/tests/common/mod.rs"]
mod common;
#[path = "../../firmware-protocols/tests/common/damage.rs"]
mod damage;

use std::path::Path;

use common::Dice;
use damage::Damage;
use firmware_protocols::registry::{Check, PROTOCOLS, Protocol};

/// Two bytes that say how to decode, then the stream.
fn input(dice: &mut Dice, stream: &[u8]) -> Vec<u8> {
    [&dice.bytes(2), stream].concat()
}

fn seeds(protocol: &Protocol) -> Vec<Vec<u8>> {
    let frames: Vec<_> = (0..24)
        .map(|number| protocol.specimen_bytes(number).expect("a frame"))
        .collect();
    let mut dice = damage::seed(1, &[protocol.name]);
    let mut inputs = vec![];
    for (index, frame) in frames.iter().enumerate() {
        let next = &frames[(index + 1) % frames.len()];
        inputs.push(input(&mut dice, frame));
        for damage in Damage::ALL {
            let damaged = damage.apply(frame, next, &mut dice);
            inputs.push(input(&mut dice, &[&damaged, &next[..]].concat()));
        }
    }
    for three in frames.chunks_exact(3) {
        inputs.push(input(&mut dice, &three.concat()));
    }
    inputs
}

/// Room for some frames, not for many: short inputs are fast.
fn longest_input(protocol: &Protocol) -> usize {
    let frames = (0..24).filter_map(|number| protocol.specimen_bytes(number).ok());
    let shortest = frames.map(|frame| frame.len()).min().unwrap_or(0);
    (2 + 3 * shortest).clamp(96, 512)
}

/// The decoders are built with counters; here nobody reads them.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(_start: *const u8, _end: *const u8) {}

/// The places in the program that the counters belong to.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_pcs_init(_start: *const usize, _end: *const usize) {}

fn main() -> std::io::Result<()> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let (protocols, folder) = match words.as_slice() {
        [word, folder] if word == "--canary" => (canary::protocols().to_vec(), folder),
        [folder] => (PROTOCOLS.to_vec(), folder),
        _ => return Err(std::io::Error::other("seeds [--canary] FOLDER")),
    };
    for protocol in protocols {
        let folder = Path::new(folder).join(protocol.name);
        std::fs::create_dir_all(&folder)?;
        let longest = longest_input(&protocol);
        for (index, mut seed) in seeds(&protocol).into_iter().enumerate() {
            seed.truncate(longest);
            std::fs::write(folder.join(format!("seed-{index:03}")), seed)?;
        }
        let checked = if protocol.check == Check::None {
            "unchecked"
        } else {
            "checked"
        };
        println!("{} {longest} {checked}", protocol.name);
    }
    Ok(())
}
