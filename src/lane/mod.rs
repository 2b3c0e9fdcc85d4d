//! From device events to passages: vehicle assembly, plate association, the platform's stability
//! rule. Pure: no clock, no I/O; every input carries the moment it came in.
//!
//! The contract of [`Carriageway`]: call [`Carriageway::handle`] for each event in the order of
//! receipt; before an event at `t`, and whenever the clock passes it, call
//! [`Carriageway::handle_timeout`] with exactly the moment that [`Carriageway::poll_timeout`] names
//! while that moment is not later than `t`. After each call drain [`Carriageway::poll_output`]. The
//! outputs are then a function of the inputs alone, which is what replay rests on.

pub mod association;
pub mod carriageway;
pub mod clocks;
pub mod drift;
pub mod evasion;
pub mod fingerprint;
pub mod health;
pub mod hours;
pub mod pipeline;
pub mod platform;
pub mod quality;
pub mod record;
pub mod sequencer;
pub mod settings;
pub mod stream;

pub use association::AssociationSettings;
pub use carriageway::{Carriageway, Finding, Output};
pub use pipeline::Pipeline;
pub use sequencer::UnorderedPipeline;
pub use settings::{PlatformSettings, PortRole, PortSettings, Settings};
pub use stream::{Input, PortStream};

#[cfg(test)]
mod tests;
