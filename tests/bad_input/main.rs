//! Bad input and bad surroundings, with the real program: each gets a message that says what to do,
//! Chinese first, is counted where it can come again, loses nothing that was recorded, and never
//! stops the other lanes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[path = "../common/daemon.rs"]
mod daemon;
#[path = "../common/devices.rs"]
mod devices;

mod full_disk;
mod lines;
mod refused;
mod unrecorded;

/// Whether a message says something in both languages, Chinese first.
fn in_both_languages(message: &str) -> bool {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let Some(chinese) = message.find(is_chinese) else {
        return false;
    };
    message[chinese..]
        .split_once(" / ")
        .is_some_and(|(_, english)| {
            english
                .split_whitespace()
                .filter(|word| word.chars().any(char::is_alphabetic))
                .count()
                >= 4
        })
}
