//! The kinds of registers, and how each is keyed, searched and checked.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::carrier::Carrier;
use super::certificate::RegisteredCertificate;
use super::driver::Driver;
use super::field::Field;
use super::holiday::HolidayDay;
use super::officer::{Agency, Officer};
use super::past_case::PastCase;
use super::permit::RegisteredPermit;
use super::problem::Problem;
use super::site::RegisteredSite;
use super::source::LoadingSource;
use super::vehicle::Vehicle;
use super::{
    carrier, certificate, driver, holiday, officer, past_case, permit, site, source, vehicle,
};

closed_list! {
    /// A register (台账).
    RegisterKind {
        /// Vehicles (车辆).
        Vehicles = "vehicles", "车辆", "vehicles";
        /// Carriers (道路运输企业).
        Carriers = "carriers", "运输企业", "carriers";
        /// Drivers (驾驶员).
        Drivers = "drivers", "驾驶员", "drivers";
        /// Loading sources (货运源头单位).
        Sources = "sources", "货运源头单位", "loading sources";
        /// Permits (超限运输车辆通行证).
        Permits = "permits", "超限运输车辆通行证", "permits";
        /// Verification certificates of scales (检定证书).
        Certificates = "certificates", "衡器检定证书", "scale certificates";
        /// Sites (站点).
        Sites = "sites", "站点", "sites";
        /// Officers (执法人员).
        Officers = "officers", "执法人员", "officers";
        /// Agencies (执法机构).
        Agencies = "agencies", "执法机构", "agencies";
        /// Holidays and shifted workdays (节假日).
        Holidays = "holidays", "节假日", "holidays";
        /// Past cases (历史案件).
        PastCases = "past_cases", "历史案件", "past cases";
    }
}

/// What in an entry does not go together, by column.
pub type Faults = Vec<(&'static str, Problem)>;

/// Columns of an entry that lists search by. Each names a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The fields of the key, in order.
    pub key: &'static [&'static str],
    /// What people call it: lists sort by it and search its beginning.
    pub label: &'static str,
    /// Plate of the motor vehicle or trailer.
    pub plate: Option<&'static str>,
    /// Carrier.
    pub carrier: Option<&'static str>,
    /// First day it holds.
    pub valid_from: Option<&'static str>,
    /// Last day it holds.
    pub valid_until: Option<&'static str>,
}

impl Columns {
    const fn new(key: &'static [&'static str], label: &'static str) -> Self {
        Self {
            key,
            label,
            plate: None,
            carrier: None,
            valid_from: None,
            valid_until: None,
        }
    }

    const fn valid(self, from: &'static str, until: &'static str) -> Self {
        Self {
            valid_from: Some(from),
            valid_until: Some(until),
            ..self
        }
    }
}

impl RegisterKind {
    /// The kind of a name as the command line writes it, `past-cases` for `past_cases`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::from_name(&word.replace('-', "_"))
    }

    /// Whether it decides what is lawful or what is counted, and so is the supervisor's to keep.
    pub const fn is_governed(self) -> bool {
        match self {
            Self::Vehicles | Self::Carriers | Self::Drivers | Self::Sources | Self::Permits => {
                false
            }
            Self::Certificates
            | Self::Sites
            | Self::Officers
            | Self::Agencies
            | Self::Holidays
            | Self::PastCases => true,
        }
    }

    /// Its columns, in the order of a file; after them comes `active` in every register.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Vehicles => vehicle::FIELDS,
            Self::Carriers => carrier::FIELDS,
            Self::Drivers => driver::FIELDS,
            Self::Sources => source::FIELDS,
            Self::Permits => permit::FIELDS,
            Self::Certificates => certificate::FIELDS,
            Self::Sites => site::FIELDS,
            Self::Officers => officer::OFFICER_FIELDS,
            Self::Agencies => officer::AGENCY_FIELDS,
            Self::Holidays => holiday::FIELDS,
            Self::PastCases => past_case::FIELDS,
        }
    }

    /// What lists search by.
    pub const fn columns(self) -> Columns {
        match self {
            Self::Vehicles => Columns {
                plate: Some("plate"),
                carrier: Some("carrier"),
                ..Columns::new(&["plate", "colour"], "plate")
                    .valid("operation_licence_from", "operation_licence_until")
            },
            Self::Carriers => Columns::new(&["id"], "name").valid("licence_from", "licence_until"),
            Self::Drivers => Columns {
                carrier: Some("carrier"),
                ..Columns::new(&["certificate"], "name").valid("valid_from", "valid_until")
            },
            Self::Sources => Columns::new(&["code"], "name").valid("listed_from", "listed_until"),
            Self::Permits => Columns {
                plate: Some("plate"),
                carrier: Some("carrier"),
                ..Columns::new(&["number"], "number").valid("valid_from", "valid_until")
            },
            Self::Certificates => {
                Columns::new(&["number"], "number").valid("valid_from", "valid_until")
            }
            Self::Sites => {
                Columns::new(&["code"], "name").valid("published_from", "published_until")
            }
            Self::Officers => Columns::new(&["user"], "name").valid("valid_from", "valid_until"),
            Self::Agencies => Columns::new(&["code"], "name"),
            Self::Holidays => Columns::new(&["date"], "date"),
            Self::PastCases => Columns {
                plate: Some("vehicle_plate"),
                carrier: Some("carrier_id"),
                ..Columns::new(&["case_id"], "case_id")
            },
        }
    }

    /// What in a body does not go together.
    pub(super) fn check(self, body: &Value) -> Faults {
        match self {
            Self::Vehicles => checked(body, Vehicle::check),
            Self::Carriers => checked(body, Carrier::check),
            Self::Drivers => checked(body, |_: &Driver| Vec::new()),
            Self::Sources => checked(body, |_: &LoadingSource| Vec::new()),
            Self::Permits => checked(body, RegisteredPermit::check),
            Self::Certificates => checked(body, RegisteredCertificate::check),
            Self::Sites => checked(body, RegisteredSite::check),
            Self::Officers => checked(body, Officer::check),
            Self::Agencies => checked(body, |_: &Agency| Vec::new()),
            Self::Holidays => checked(body, HolidayDay::check),
            Self::PastCases => checked(body, PastCase::check),
        }
    }
}

fn checked<T: DeserializeOwned>(body: &Value, check: impl Fn(&T) -> Faults) -> Faults {
    match T::deserialize(body) {
        Ok(entry) => check(&entry),
        // The columns hold more than the type takes; the tests know of none.
        Err(error) => {
            let problem = Problem::contradiction("内容无法识别", error.to_string());
            vec![("active", problem)]
        }
    }
}
