//! Number plates of China (号牌号码) after GA 36-2018: what is one, of which kind and type, and
//! what looks like what.
//!
//! A camera's reading is stored as the camera gave it. [`PlateNumber`] is the normalised number
//! that is made *from* a reading for matching and look-up; it never replaces the reading. Nor does
//! what is compared or suggested here: a plate changed by hand needs an officer, a time and a
//! reason.
//!
//! Temporary paper plates (临时行驶车号牌) and those of motorcycles and tractors are not known
//! here: their numbers are refused, not guessed at.

mod colour;
mod face;
mod form;
mod kind;
mod look_alike;
mod matching;
mod number;
mod plate_type;
mod reading;
mod suggestion;
#[cfg(test)]
mod tests;

pub use colour::PlateColour;
pub use face::{PlateEnd, PlateFace, PlateRows, PlateSize, RedPart, TextColour};
pub use form::PROVINCES;
pub use kind::PlateKind;
pub use look_alike::{LOOK_ALIKE_SETS, LookAlikeSet, are_look_alikes, look_alike_key, look_alikes};
pub use matching::{Difference, Likeness, Side, compare, compare_readings, cost};
pub use number::{FormConfidence, NewEnergyDrive, NotAPlate, PlateNumber};
pub use plate_type::{ColourFits, PlateType, TypesOf, fits_position, types_of};
pub use reading::{Reading, is_placeholder};
pub use suggestion::{MAX_SUGGESTIONS, suggestions};
