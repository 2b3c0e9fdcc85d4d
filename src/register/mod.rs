//! Registers (台账): what is known beforehand of vehicles, carriers, drivers, loading sources, permits,
//! certificates, sites, officers, agencies, holidays and past cases.
//!
//! An [`Entry`] is a set of values by column. Columns are data ([`Field`]), so that files, API, lists
//! and documentation are one code for all kinds; what an entry means has its type, such as
//! [`Vehicle`], and turns into what the law takes. Pure: no store, no clock.

mod carrier;
mod certificate;
mod csv_text;
mod documentation;
mod driver;
mod encoding;
mod entry;
mod field;
mod file;
mod holiday;
mod kind;
mod officer;
mod past_case;
mod permit;
mod problem;
mod site;
mod source;
#[cfg(test)]
mod tests;
mod vehicle;

pub use carrier::Carrier;
pub use certificate::{RegisteredCertificate, certificate_on};
pub use documentation::markdown;
pub use driver::Driver;
pub use encoding::{Encoding, decode, encode};
pub use entry::{
    ACTIVE, Difference, Entry, Fault, FieldName, differences, fields_of, is_personal, masked_body,
    masked_column, masked_name, masked_number,
};
pub use field::{Choices, Field, FieldType, Language, Personal};
pub use file::{Contents, FileError, Refusal, Row, read, write_header, write_row};
pub use holiday::{HolidayDay, HolidayKind, calendar};
pub use kind::{Columns, Faults, RegisterKind};
pub use officer::{Agency, Officer};
pub use past_case::PastCase;
pub use permit::RegisteredPermit;
pub use problem::Problem;
pub use site::{RegisteredSite, SiteKind, site_of};
pub use source::{LoadingSource, SourceKind};
pub use vehicle::{RegisteredTyres, Vehicle, VehicleKind, confirms, statement};
