//! The laws of [`firmware_protocols::Decoder`], held for every protocol of the registry.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

mod common;

use common::{Dice, decode, decoder, drain, is_reject, samples, text};
use firmware_protocols::registry::{PROTOCOLS, Protocol};
use firmware_protocols::{Decoded, Event};
use proptest::prelude::*;

/// Pushes a stream in chunks of the given sizes, over and over, and checks the memory bound.
fn decode_in_chunks(protocol: &Protocol, bytes: &[u8], sizes: &[usize]) -> Vec<Decoded> {
    let mut decoder = decoder(protocol);
    let (mut events, mut rest) = (vec![], bytes);
    for size in sizes.iter().cycle() {
        let (chunk, behind) = rest.split_at((*size).clamp(1, rest.len().max(1)).min(rest.len()));
        decoder.push(chunk);
        events.extend(drain(&mut *decoder));
        assert!(
            decoder.held_bytes() <= decoder.memory_bound(),
            "{}: holds {}",
            protocol.name,
            decoder.held_bytes()
        );
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    decoder.finish();
    events.extend(drain(&mut *decoder));
    assert_eq!(decoder.held_bytes(), 0, "{}", protocol.name);
    events
}

fn assert_tiles(protocol: &Protocol, bytes: &[u8], events: &[Decoded]) {
    let mut position = 0;
    for decoded in events {
        assert_eq!(decoded.span.start, position, "{}: gap", protocol.name);
        assert!(decoded.span.end > position, "{}: empty span", protocol.name);
        position = decoded.span.end;
    }
    assert_eq!(position, bytes.len() as u64, "{}: end", protocol.name);
}

/// Every law that holds for any bytes at all.
fn assert_laws(protocol: &Protocol, bytes: &[u8], sizes: &[usize]) {
    let whole = decode(protocol, bytes);
    assert_tiles(protocol, bytes, &whole);
    for sizes in [&[1][..], sizes] {
        let parts = decode_in_chunks(protocol, bytes, sizes);
        assert_eq!(parts, whole, "{} {sizes:?} {bytes:02X?}", protocol.name);
    }
}

/// Frames with things done to them that lines do: bytes changed, lost, doubled, put in, cut off.
fn mutated(name: &str, frames: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut stream = vec![];
    for _ in 0..=dice.below(3) {
        if dice.below(3) == 0 {
            let length = dice.below(30);
            stream.extend(dice.bytes(length));
        }
        stream.extend(&frames[dice.below(frames.len())]);
    }
    for _ in 0..dice.below(4) {
        let at = dice.below(stream.len());
        match dice.below(5) {
            0 => stream[at] = dice.next() as u8,
            1 => stream[at] ^= 1 << dice.below(8),
            2 => drop(stream.remove(at)),
            3 => stream.insert(at, stream[at]),
            _ => {
                let end = (at + dice.below(40)).min(stream.len());
                drop(stream.drain(at..end));
            }
        }
        if stream.is_empty() {
            stream.push(b'$');
        }
    }
    assert!(!stream.is_empty(), "{name}");
    stream
}

#[test]
fn samples_are_decoded_without_a_reject() {
    for protocol in PROTOCOLS {
        for sample in samples(protocol) {
            let events = decode(protocol, &sample);
            assert!(
                !events.iter().any(is_reject),
                "{}: {events:?}",
                protocol.name
            );
            assert!(sample.len() <= protocol.longest_frame_bytes);
        }
    }
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    for protocol in PROTOCOLS {
        for number in 0..200 {
            let event = (protocol.specimen)(number);
            let bytes = protocol.specimen_bytes(number).unwrap();
            let mut found: Vec<_> = decode(protocol, &bytes)
                .into_iter()
                .map(|decoded| decoded.event)
                .collect();
            assert_eq!(
                found.pop().as_ref(),
                Some(&event),
                "{} {number}: {:?}",
                protocol.name,
                String::from_utf8_lossy(&bytes)
            );
            for before in found {
                assert!(matches!(before, Event::Status(_)), "{}", protocol.name);
            }
        }
    }
}

#[test]
fn every_event_has_a_grade_that_its_protocol_declares() {
    for (index, protocol) in PROTOCOLS.iter().enumerate() {
        let frames = samples(protocol);
        let mut seen = std::collections::BTreeSet::new();
        let mut note = |event: &Event| {
            if let Some(grade) = protocol.grade(event) {
                assert!(
                    protocol.evidence.contains(&grade),
                    "{} {grade:?}",
                    protocol.name
                );
                seen.insert(grade);
            }
        };
        frames.iter().for_each(|frame| {
            decode(protocol, frame)
                .iter()
                .for_each(|decoded| note(&decoded.event));
        });
        let mut dice = Dice(900 + index as u64);
        for _ in 0..500 {
            let stream = mutated(protocol.name, &frames, &mut dice);
            decode(protocol, &stream)
                .iter()
                .for_each(|decoded| note(&decoded.event));
        }
        assert_eq!(
            seen.is_empty(),
            protocol.evidence.is_empty(),
            "{}",
            protocol.name
        );
    }
}

/// Asking for data must not change what data mean: replay never asks.
#[test]
fn polling_makes_no_difference_to_decoding() {
    for protocol in PROTOCOLS {
        let stream = samples(protocol).concat();
        let mut polled = decoder(protocol);
        let (mut events, mut now) = (vec![], 0);
        let mut sent = 0;
        for chunk in stream.chunks(7) {
            now += 30_000;
            while let Some(request) = polled.poll_transmit(now) {
                assert!(!request.is_empty(), "{}", protocol.name);
                sent += 1;
                assert!(sent < 100_000, "{}: asks without end", protocol.name);
            }
            if let Some(next) = polled.poll_timeout() {
                assert!(next > now, "{}: due and not sent", protocol.name);
            }
            polled.push(chunk);
            events.extend(drain(&mut *polled));
        }
        polled.finish();
        events.extend(drain(&mut *polled));
        assert_eq!(events, decode(protocol, &stream), "{}", protocol.name);
    }
}

#[test]
fn mutated_streams_keep_the_laws() {
    for (index, protocol) in PROTOCOLS.iter().enumerate() {
        let frames = samples(protocol);
        let mut dice = Dice(index as u64);
        for round in 0..5_000 {
            let stream = mutated(protocol.name, &frames, &mut dice);
            let whole = decode(protocol, &stream);
            assert_tiles(protocol, &stream, &whole);
            let sizes = [1 + dice.below(40), 1 + dice.below(9)];
            let sizes = if round % 4 == 0 { &[1, 1] } else { &sizes };
            let parts = decode_in_chunks(protocol, &stream, sizes);
            assert_eq!(parts, whole, "{} {stream:02X?}", protocol.name);
        }
    }
}

#[test]
fn random_garbage_then_a_frame_always_finds_the_frame() {
    for (index, protocol) in PROTOCOLS.iter().enumerate() {
        let mut dice = Dice(77 + index as u64);
        for sample in samples(protocol) {
            let alone: Vec<_> = events(&decode(protocol, &sample));
            for _ in 0..300 {
                let length = dice.below(300);
                let mut stream = [dice.bytes(length), sample.clone()].concat();
                if !protocol.marked {
                    // The noise may take the frame that it touches; the next one is found.
                    stream.extend(&sample);
                }
                let found = events(&decode(protocol, &stream));
                assert!(
                    found.ends_with(&alone),
                    "{}: {found:?} {stream:02X?}",
                    protocol.name
                );
            }
        }
    }
}

/// The begin of one frame in front of another is the worst garbage there is. The second frame after
/// it is always found; the first may be swallowed by a count or a length that the cut frame left
/// open (only `vc0706_jpeg` has such).
#[test]
fn a_cut_frame_then_frames_always_finds_the_frames() {
    for protocol in PROTOCOLS {
        let frames = samples(protocol);
        for (index, sample) in frames.iter().enumerate().take(8) {
            let next = &frames[(index + 1) % frames.len()];
            let alone = events(&decode(protocol, next));
            let step = sample.len().div_ceil(250);
            for cut in (1..sample.len()).step_by(step) {
                let head = &sample[..cut];
                let found = events(&decode(protocol, &[head, next].concat()));
                let twice = events(&decode(protocol, &[head, next, next].concat()));
                if protocol.marked && protocol.name != "vc0706_jpeg" {
                    assert!(found.ends_with(&alone), "{} cut {cut}", protocol.name);
                }
                assert!(twice.ends_with(&alone), "{} cut {cut}", protocol.name);
            }
        }
    }
}

/// What events say, without rejects and without their places.
fn events(decoded: &[Decoded]) -> Vec<Event> {
    decoded
        .iter()
        .filter(|decoded| !is_reject(decoded))
        .map(|decoded| decoded.event.clone())
        .collect()
}

#[test]
fn one_flipped_bit_in_a_checked_frame_never_yields_another_value() {
    let checked = |decoded: &Decoded| match &decoded.event {
        Event::Reading(reading) => reading.checked,
        Event::Vehicle(vehicle) => vehicle.checked,
        Event::Plate(plate) => plate.checked,
        _ => false,
    };
    let mut flips = 0;
    for protocol in PROTOCOLS {
        let frames = samples(protocol);
        for (index, frame) in frames.iter().enumerate() {
            if !decode(protocol, frame).iter().any(checked) {
                continue;
            }
            let next = &frames[(index + 6) % frames.len()];
            // Alone, in front of a frame, and behind one that has set the decoder's mind.
            for (before, behind) in [(&[][..], &[][..]), (&[], next), (next, next)] {
                let stream = [before, frame, behind].concat();
                let good = events(&decode(protocol, &stream));
                for bit in 0..frame.len() * 8 {
                    let mut flipped = stream.clone();
                    flipped[before.len() + bit / 8] ^= 1 << (bit % 8);
                    let found = decode(protocol, &flipped);
                    assert_tiles(protocol, &flipped, &found);
                    for event in events(&found) {
                        assert!(
                            good.contains(&event),
                            "{} bit {bit} of {frame:02X?}: {event:?}",
                            protocol.name
                        );
                    }
                    flips += 1;
                }
            }
        }
    }
    assert!(flips > 100_000, "{flips}");
}

#[test]
fn a_finished_decoder_begins_a_new_stream() {
    for protocol in PROTOCOLS {
        let frames = samples(protocol);
        let mut decoder = decoder(protocol);
        for sample in &frames {
            // Not at a place where a shorter form of the frame would be whole.
            decoder.push(&sample[..sample.len() / 2 - 2]);
            decoder.finish();
            assert!(
                drain(&mut *decoder).iter().any(is_reject),
                "{}",
                protocol.name
            );
            decoder.push(sample);
            let found = events(&drain(&mut *decoder));
            assert_eq!(
                found,
                events(&decode(protocol, sample)),
                "{}",
                protocol.name
            );
        }
    }
}

#[test]
fn endless_noise_and_endless_frames_stay_within_the_memory_bound() {
    for protocol in PROTOCOLS {
        let mut decoder = decoder(protocol);
        let frames = samples(protocol);
        let mut dice = Dice(5);
        for round in 0..2_000 {
            let chunk = match round % 3 {
                0 => dice.bytes(977),
                1 => frames[dice.below(frames.len())].clone(),
                // The begin of a frame, again and again.
                _ => frames[dice.below(frames.len())][..5].to_vec(),
            };
            decoder.push(&chunk);
            drain(&mut *decoder);
            assert!(
                decoder.held_bytes() <= decoder.memory_bound(),
                "{}",
                protocol.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_keep_the_laws(
        bytes in prop::collection::vec(any::<u8>(), 1..400),
        sizes in prop::collection::vec(1_usize..60, 1..5),
    ) {
        for protocol in PROTOCOLS {
            assert_laws(protocol, &bytes, &sizes);
        }
    }

    #[test]
    fn bytes_of_the_protocols_own_alphabet_keep_the_laws(
        picks in prop::collection::vec((0_usize..24, 0_usize..400, 1_usize..60), 1..12),
        sizes in prop::collection::vec(1_usize..60, 1..5),
    ) {
        for protocol in PROTOCOLS {
            let frames = samples(protocol);
            let mut stream = vec![];
            for (frame, from, length) in &picks {
                let frame = &frames[*frame];
                let from = from % frame.len();
                stream.extend(&frame[from..(from + length).min(frame.len())]);
            }
            assert_laws(protocol, &stream, &sizes);
        }
    }
}

#[test]
fn the_text_form_tells_events_apart() {
    for protocol in PROTOCOLS {
        let texts: Vec<_> = samples(protocol)
            .iter()
            .map(|sample| {
                decode(protocol, sample)
                    .iter()
                    .map(text)
                    .collect::<String>()
            })
            .collect();
        let mut unique = texts.clone();
        unique.sort();
        unique.dedup();
        assert!(unique.len() >= texts.len() / 2, "{}", protocol.name);
    }
}
