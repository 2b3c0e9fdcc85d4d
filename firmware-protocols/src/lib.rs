//! Wire formats of weigh-station devices: bytes to events, and events back to bytes.
//!
//! The crate does no I/O, keeps no time and draws no random numbers. A [`Decoder`] is fed chunks of
//! a byte stream, cut anywhere, and yields [`Decoded`] events whose spans tile the stream: every
//! byte that went in belongs to exactly one event. What is not a valid frame comes out as
//! [`Event::Rejected`] with a [`Reject`] reason.
//!
//! One file holds one protocol: its specification at the head, its decoder, its encoder and its
//! tests. [`registry::PROTOCOLS`] lists them.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

#[cfg(test)]
extern crate std;

pub mod check;
mod cr_text;
pub mod decimal;
mod document;
mod envelope;
pub mod event;
pub mod evidence;
pub mod field;
mod line;
mod poll;
mod record_lines;
pub mod registry;
pub mod settings;
pub mod sniff;
pub mod specimen;
mod wanji_frames;
mod wim_text_hundreds;
mod window;

pub mod aad_st_gs;
pub mod axxon_lpr_text;
pub mod cardinal_streams;
pub mod dahua_trafficjunction_text;
pub mod dini_argeo;
pub mod fhwa_w;
pub mod hik_isapi_anpr_xml;
pub mod icoms_radar;
pub mod intercomp_pt300;
pub mod mcgs_axle;
pub mod modbus_rtu;
pub mod mt_extended_continuous;
pub mod mt_sics;
pub mod mt_toledo_continuous;
pub mod multideck_text;
pub mod nedap_protocolled;
pub mod nedap_raw_template;
pub mod nmea_axle;
pub mod ob350_format4;
pub mod olr;
pub mod plate_text;
pub mod rice_lake_stream;
pub mod rinstrum_auto;
pub mod signal_output;
pub mod sma_scp0499;
pub mod tattile_xml;
pub mod text_frame;
pub mod text_sign;
pub mod tmh14_rsv10;
pub mod vc0706_jpeg;
pub mod vzenith_alarminfoplate_json;
pub mod wanji_ff00;
pub mod wanji_jz;
pub mod wim_text_bedit;
pub mod wim_text_castor;
pub mod wim_text_mon;
pub mod ww_wn_text;
pub mod xunpeng_display;
pub mod yaohua_eq_reversed;
pub mod yaohua_xk3190_a12e;
pub mod yaohua_xk3190_command;
pub mod yaohua_xk3190_continuous;

pub use decimal::Decimal;
pub use event::{
    Axle, AxleGroup, AxleValidity, Decoded, DeviceTime, Direction, Event, Heartbeat, Picture,
    Plate, PlateColour, Reading, Reject, Span, Status, Unit, Vehicle, VehicleFlag,
};
pub use field::EncodeError;
pub use settings::{SettingSpec, Settings, SettingsError};

/// Turns a byte stream into events, without I/O and without a clock.
///
/// Laws that every implementation keeps (one generic test holds them for all of the registry):
/// any way of cutting the stream into chunks gives the same events; after garbage a valid frame is
/// always found; no input makes it panic; its memory stays under a bound of its own; and the spans
/// of the events, end of stream included, tile `0..bytes_pushed` without gap or overlap.
pub trait Decoder: Send {
    /// Takes the next bytes of the stream. Events become available from [`Decoder::poll_event`].
    fn push(&mut self, bytes: &[u8]);

    /// Ends the stream: what is held back comes out, a frame that is not whole as a reject.
    /// Bytes pushed afterwards begin a new frame; spans go on counting.
    fn finish(&mut self);

    /// The next event, in stream order; `None` until more bytes are pushed.
    fn poll_event(&mut self) -> Option<Decoded>;

    /// The bytes with which a device wants to hear what became of a record, where it wants to hear
    /// anything. Asked for when the record is durable, not before.
    fn reply(&mut self, _event: &Event, _answer: Answer) -> Option<Vec<u8>> {
        None
    }

    /// What to send to the device at this moment, in microseconds of any clock that never goes
    /// back; to be asked again until it says `None`. Only devices that speak when they are asked
    /// have something here, and what is sent makes no difference to how bytes are decoded.
    fn poll_transmit(&mut self, _now_micros: i64) -> Option<Vec<u8>> {
        None
    }

    /// The moment at which [`Decoder::poll_transmit`] has something next, `i64::MIN` for at once,
    /// `None` when it never will by itself.
    fn poll_timeout(&self) -> Option<i64> {
        None
    }

    /// Payload bytes that this decoder holds now: an unfinished frame, a picture being put together,
    /// and what was pushed and not yet polled.
    fn held_bytes(&self) -> usize;

    /// The most that [`Decoder::held_bytes`] can be once [`Decoder::poll_event`] has said `None`,
    /// whatever came in.
    fn memory_bound(&self) -> usize;
}

/// What became of a record that a device waits to hear about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is durable.
    Recorded,
    /// It came before and was durable already.
    Repeated,
    /// It can't be used and will not be asked for again.
    Refused,
}

/// The example of the README runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
