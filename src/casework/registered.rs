//! What the registers said when a passage closed (台账印证): of the vehicle, its trailer, a permit, the
//! scale's certificate and the site.
//!
//! It stands in the closing's entry with the versions of the entries, so that the verdict and the
//! decision can be made again from the journal alone, whatever the registers say by then. Where the
//! registers and the configuration both name a certificate or a site, the register's counts.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::opening::Site;
use crate::law::{Certificate, Permit, ScaleUse, Statement};
use crate::passage::{ClosedPassage, PlateState};
use crate::register::{
    RegisteredCertificate, RegisteredPermit, RegisteredSite, SiteKind, Vehicle, confirms, statement,
};

/// The name under which a closing says that the register confirmed its plate.
pub const CONFIRMED_BY_REGISTER: &str = "register";

/// An entry of a register as it was (台账摘录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// Which register.
    pub register: String,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i64,
    /// All its values.
    pub entry: Value,
}

impl Extract {
    fn typed<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.entry).ok()
    }

    /// How it can be found again.
    fn reference(&self) -> String {
        format!("{}/{}#{}", self.register, self.key, self.version)
    }
}

/// What the registers said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The motor vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<Extract>,
    /// The trailer whose plate was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer: Option<Extract>,
    /// A permit in force on the day of the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<Extract>,
    /// The scale's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Extract>,
    /// The site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Extract>,
}

impl Registered {
    /// Whether they said nothing.
    pub const fn is_empty(&self) -> bool {
        self.vehicle.is_none()
            && self.trailer.is_none()
            && self.permit.is_none()
            && self.certificate.is_none()
            && self.site.is_none()
    }

    /// What they state of the vehicle, for the law; `None` where they know no such vehicle.
    pub fn statement(&self, passage: &ClosedPassage) -> Option<Statement> {
        let extract = self.vehicle.as_ref()?;
        let vehicle: Vehicle = extract.typed()?;
        let mut reference = extract.reference();
        let trailer: Option<Vehicle> = self.trailer.as_ref().and_then(Extract::typed);
        if let Some(extract) = self.trailer.as_ref().filter(|_| trailer.is_some()) {
            reference = format!("{reference} {}", extract.reference());
        }
        let weighed = (passage.axles().len(), passage.association.trailer.is_some());
        Some(statement(&vehicle, trailer.as_ref(), weighed, reference))
    }

    /// The permit, for the law. One that lists its loads for another number of axles than were weighed
    /// can't be laid against single axles: its other figures are.
    pub fn permit(&self, axles: usize) -> Option<Permit> {
        let registered: RegisteredPermit = self.permit.as_ref()?.typed()?;
        let mut permit = registered.permit();
        if permit.axle_loads_kg.len() > 1 && permit.axle_loads_kg.len() != axles {
            permit.axle_loads_kg.clear();
        }
        Some(permit)
    }

    /// The scale's certificate.
    pub fn certificate(&self) -> Option<Certificate> {
        let registered: RegisteredCertificate = self.certificate.as_ref()?.typed()?;
        Some(registered.certificate())
    }

    /// Whether they confirm a plate that one camera alone read: there is such a vehicle, with that
    /// colour, of a kind and with axles that fit what was weighed.
    pub fn confirms(&self, passage: &ClosedPassage) -> bool {
        let association = &passage.association;
        let Some(vehicle) = self.vehicle.as_ref().and_then(Extract::typed::<Vehicle>) else {
            return false;
        };
        let Some(read) = association.chosen.as_ref() else {
            return false;
        };
        // A trailer that was read and is not registered leaves its axles unknown.
        let trailer: Option<Vehicle> = self.trailer.as_ref().and_then(Extract::typed);
        association.state == PlateState::Matched
            && association.trailer.is_some() == trailer.is_some()
            && confirms(
                &vehicle,
                trailer.as_ref(),
                read.colour.as_deref(),
                passage.axles().len(),
            )
    }

    /// The place and its scale on a day: what the configuration says, with the register's certificate
    /// and site in place of it where there are any. A registered site replaces the configured one whole,
    /// so that what was withdrawn there does not live on here.
    pub fn over(&self, configured: Site, day: NaiveDate) -> Site {
        let mut site = configured;
        if let Some(certificate) = self.certificate() {
            site.certificate = Some(certificate);
        }
        let registered: Option<RegisteredSite> = self.site.as_ref().and_then(Extract::typed);
        if let Some(registered) = registered {
            let off_site =
                registered.kind == SiteKind::OffSite || site.scale_use == ScaleUse::OffSite;
            site.needs_review = off_site;
            site.reviewed = registered.reviewed_since();
            site.published = registered.published_on(day);
            // What makes an off-site point lawful is its reviews, not the approval of a station.
            site.approved = if off_site {
                registered.approval_day.or(Some(day))
            } else {
                registered.approval_day
            };
        }
        site
    }
}
