//! What the registers say of a passage that closes.

use serde_json::Value;

use crate::casework::registered::{Extract, Registered};
use crate::passage::ClosedPassage;
use crate::register::{
    RegisterKind, RegisteredCertificate, RegisteredPermit, RegisteredSite, certificate_on, site_of,
};
use crate::store::records::{RegisterFilter, RegisterRow};
use crate::store::{Store, StoreError};

/// Entries about one plate that are looked at: plates of several colours, permits of a year.
const ABOUT_A_PLATE: i64 = 32;

/// Looks up vehicle, trailer, permit, certificate and site; `None` when the registers know none.
pub(super) async fn registered(
    store: &Store,
    station: &str,
    passage: &ClosedPassage,
) -> Result<Option<Registered>, StoreError> {
    let weighing = &passage.weighing;
    let day = weighing.crossed_at.beijing_day();
    let chosen = passage.association.chosen.as_ref();
    let trailer_read = passage.association.trailer.as_ref();
    let trailer_plate = trailer_read.and_then(|read| read.plate.as_deref());
    let mut found = Registered::default();
    if let Some(plate) = passage.plate() {
        let colour = chosen.and_then(|read| read.colour.as_deref());
        found.vehicle = vehicle(store, plate, colour).await?;
        found.permit = permit(store, plate, trailer_plate, day).await?;
    }
    if let Some(plate) = trailer_plate {
        let colour = trailer_read.and_then(|read| read.colour.as_deref());
        found.trailer = vehicle(store, plate, colour).await?;
    }
    let certificates = typed::<RegisteredCertificate>(
        store
            .standing_register(RegisterKind::Certificates.name())
            .await?,
    );
    let of_lane = certificate_on(
        certificates.iter().map(|(_, certificate)| certificate),
        (weighing.lane, &weighing.port),
        day,
    );
    found.certificate = of_lane.and_then(|wanted| {
        let (row, _) = certificates.iter().find(|(_, one)| one == wanted)?;
        extract(row)
    });
    let sites = typed::<RegisteredSite>(store.standing_register(RegisterKind::Sites.name()).await?);
    let all: Vec<&RegisteredSite> = sites.iter().map(|(_, site)| site).collect();
    let of_lane = site_of(all.iter().copied(), station, weighing.lane);
    found.site = of_lane.and_then(|wanted| {
        let (row, _) = sites.iter().find(|(_, one)| one == wanted)?;
        extract(row)
    });
    Ok((!found.is_empty()).then_some(found))
}

async fn about(
    store: &Store,
    kind: RegisterKind,
    plate: &str,
    day: Option<chrono::NaiveDate>,
) -> Result<Vec<RegisterRow>, StoreError> {
    let filter = RegisterFilter {
        plate: Some(plate.to_owned()),
        active: Some(true),
        valid_on: day.map(|day| day.to_string()),
        ..RegisterFilter::default()
    };
    store
        .register_entries(kind.name(), &filter, None, ABOUT_A_PLATE)
        .await
}

/// The vehicle of a plate: of several colours the one that was seen, and none where that is none of
/// them.
async fn vehicle(
    store: &Store,
    plate: &str,
    colour: Option<&str>,
) -> Result<Option<Extract>, StoreError> {
    let rows = about(store, RegisterKind::Vehicles, plate, None).await?;
    let of_colour = |row: &&RegisterRow| {
        let body: Option<Value> = row.typed();
        let stored = body.as_ref().and_then(|body| body.get("colour")?.as_str());
        stored.is_some() && stored == colour
    };
    let found = match rows.as_slice() {
        [only] if colour.is_none() => Some(only),
        rows => rows.iter().find(of_colour),
    };
    Ok(found.and_then(extract))
}

/// A permit in force; of several the one that allows most, which is the reading better for the party.
async fn permit(
    store: &Store,
    plate: &str,
    trailer: Option<&str>,
    day: chrono::NaiveDate,
) -> Result<Option<Extract>, StoreError> {
    let rows = about(store, RegisterKind::Permits, plate, Some(day)).await?;
    let permits = typed::<RegisteredPermit>(rows);
    let best = permits
        .iter()
        .filter(|(_, permit)| permit.may_cover(trailer, day))
        .max_by_key(|(_, permit)| permit.gross_kg);
    Ok(best.and_then(|(row, _)| extract(row)))
}

fn typed<T: serde::de::DeserializeOwned>(rows: Vec<RegisterRow>) -> Vec<(RegisterRow, T)> {
    rows.into_iter()
        .filter_map(|row| {
            let typed = row.typed()?;
            Some((row, typed))
        })
        .collect()
}

fn extract(row: &RegisterRow) -> Option<Extract> {
    Some(Extract {
        register: row.kind.clone(),
        key: row.entry_key.clone(),
        version: row.version,
        entry: row.typed()?,
    })
}

#[cfg(test)]
mod tests;
