//! BeDIT text records of weigh-in-motion systems: one vehicle a line of fixed columns.
//!
//! **Vendor, models.** Traffic files of road WIM sites as bridge-loading studies exchange them, and
//! tools that write the same columns; sent over a serial line by data loggers or read from files.
//!
//! **Source, how sure.** Read in one program that reads and writes the form (bridge-traffic
//! simulation); no maker's paper and no recording from a site was seen. Which direction code is
//! forward is taken from the order of the codes. Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 8N1 where it is sent at all; the logger speaks, the host says nothing.
//!
//! **Layout** (digits filled with blanks on the left; LF or CR LF at the end):
//!
//! ```text
//! column  width  field
//!  0       4     head, the running number
//!  4       2     day       6  2  month     8  2  year, 2000 to 2099
//! 10       2     hour     12  2  minute   14  2  second   16  2  1/100 s
//! 18       3     speed, dm/s
//! 21       4     gross, 100 kg
//! 25       3     length, dm
//! 28       2     N, number of axles, 1 to 20
//! 30       1     direction, 0 or 1
//! 31       1     lane, as the line says
//! 32       3     transverse position, dm, not used here
//! 35 + 6i  3     load of axle i, 100 kg
//! 38 + 6i  3     distance from axle i to axle i + 1, dm; 0 behind the last
//! ```
//!
//! A line has N blocks or more, up to 20; those without an axle are zero or blank. The spacing behind
//! the last block may be left out.
//!
//! **Integrity.** None on the wire. Loads and gross are each rounded to 100 kg, so their sum may
//! differ from the gross by N times 50 kg and by no more: a weak guard. A record is fit for
//! pre-selection and statistics only (`checked: false`).
//!
//! **Quirks.**
//! * The time is the logger's local time, without a zone; two digits of the year are of this century.
//! * 1 dm/s is 3.6 tenths of km/h; the speed is rounded half up to a tenth.
//! * The spacing behind a load is the distance to the *next* axle; events give the distance to the
//!   axle in front.
//! * A blank field is not measured; a blank load, gross, count or direction is wrong.
//! * The program that writes the form ends its text with a NUL before the line end; it is taken off.
//! * There is no start mark: a line is a record or a reject as a whole. A complete line without line
//!   end at the end of the stream is taken.
//!
//! **One frame.** `1023 1 3251407 550197 165 91 201 18 65 41100` CR LF = 16 500 kg on two axles
//! 4.1 m apart.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::record_lines::RecordLines;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::wim_text_hundreds::{self, Form};
use crate::window::Stream;
use crate::{Decoder, EncodeError, Event, SettingSpec, Settings, SettingsError, Vehicle};

pub use crate::wim_text_hundreds::Blocks;

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "wim_text_bedit",
    kind: Kind::VehicleRecord,
    devices: "BeDIT text export of road WIM sites",
    line: "file, or 9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Vehicle, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: FORM.longest(),
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Vehicle(vehicle) => encode(vehicle, Blocks::All),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Vehicle(wim_text_hundreds::specimen(FORM, number)),
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

pub(crate) const FORM: Form = Form {
    count_width: 2,
    spacing_width: 3,
    most: 20,
    forward: 0,
};

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(RecordLines::new(FORM)))
}

/// The line of a vehicle, with CR LF.
///
/// # Errors
/// `time` (local, of this century, whole hundredths of a second), `direction`, `gross_kg` and every
/// axle's `load_kg` are needed, 1 to 20 axles. Masses are multiples of 100 kg, length and spacings of
/// 100 mm, the speed is one that whole dm/s give, and the sum differs from the gross by no more than
/// 50 kg an axle. Station, flags and confidence have no place in this format.
pub fn encode(vehicle: &Vehicle, blocks: Blocks) -> Result<Vec<u8>, EncodeError> {
    wim_text_hundreds::encode(FORM, vehicle, blocks)
}
