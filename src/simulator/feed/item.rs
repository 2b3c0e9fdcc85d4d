//! What is asked of the stream, and what it consists of.

use crate::simulator::emission::WimProtocol;
use crate::simulator::settings::Settings;
use crate::simulator::truth::Told;
use crate::units::Micros;

/// How much traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many vehicles.
    Vehicles(u64),
    /// All vehicles that come within this time.
    Time(Micros),
}

/// What road, and what of it is to be heard.
#[derive(Debug, Clone)]
pub struct Request {
    /// The traffic and the devices.
    pub settings: Settings,
    /// How much of it.
    pub extent: Extent,
    /// Station code in the records.
    pub station: String,
    /// What the controllers speak.
    pub wim: WimProtocol,
    /// Whether the picture cameras are heard, too; what they send is large.
    pub pictures: bool,
}

impl Request {
    /// All that scales and plate cameras of this traffic send, in the native record.
    pub fn new(settings: Settings, extent: Extent) -> Self {
        Self {
            settings,
            extent,
            station: "SIM001".to_owned(),
            wim: WimProtocol::Olr,
            pictures: false,
        }
    }
}

/// Whom a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nobody that truth tells of: signs of life, what a platform shows, pictures.
    None,
    /// The record of these vehicles, by their numbers.
    Record(Vec<u64>),
    /// A read of the plate of this vehicle.
    Read(u64),
}

/// A line of a device, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When the host has received it. No two lines have the same moment.
    pub at: Micros,
    /// Index of the port in [`Feed::ports`].
    pub port: usize,
    /// Where it stands among all bytes of the port.
    pub offset: u64,
    /// What was sent.
    pub bytes: Vec<u8>,
    /// Whom it is of.
    pub cause: Cause,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A device says something.
    Line(Line),
    /// All is told of a vehicle.
    Vehicle(Box<Told>),
}
