//! Simulated traffic and devices (模拟): for the demo, for tests and for benchmarks.
//!
//! [`traffic`] draws vehicles and what scales and cameras make of them; [`emission`] turns that
//! into the bytes of each device with their times; [`station`] plays them on pseudo-terminals,
//! with devices that answer like real ones. Everything up to the bytes is a function of the
//! settings: one seed, one result. [`evaluation`] counts what became of it all. Floats serve to draw; what comes out is integers.

mod arrivals;
mod camera;
pub mod canvas;
pub mod controller;
pub mod crossing;
mod device_clock;
pub mod dice;
pub mod emission;
pub mod evaluation;
pub mod faults;
pub mod feed;
pub mod files;
mod manoeuvre;
mod motion;
mod pace;
mod pattern;
pub mod picture;
pub mod platform;
pub mod ports;
pub mod pty;
pub mod register;
mod rolling;
mod scale;
pub mod settings;
pub mod sightings;
pub mod sign;
pub mod speak;
pub mod station;
pub mod traffic;
mod truck;
pub mod truth;
pub mod vehicle;

pub use crossing::Crossing;
pub use device_clock::ClockStep;
pub use feed::Feed;
pub use pty::PtyFeeder;
pub use settings::Settings;
pub use station::{SimulatedPort, SimulatedStation};
pub use traffic::Traffic;
