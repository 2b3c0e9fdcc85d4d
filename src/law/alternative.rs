//! Other readings of the same limits (不同理解): what sources disagree on, with what would follow.

use super::derivation::Citation;
use super::figures::SingleTyreReading;
use super::limit::{MassFinding, per_tyre_pair, single_tyre_axles_of_annex};
use super::penalty::transport_amount;
use super::table::Table;
use super::vehicle::{VehicleCategory, VehicleDescription};
use super::verdict::{Alternative, Reading, TransportPenalty};
use crate::units::{Kilograms, Yuan};

/// Every other reading whose limit is another one.
pub(super) fn alternatives(
    table: &Table,
    vehicle: &VehicleDescription,
    finding: &MassFinding<'_>,
    mass: Kilograms,
) -> Vec<Alternative> {
    let Some(row) = finding.row else {
        return Vec::new();
    };
    let annex = &table.annex_124.article;
    let (tyres, tyre_article, by_tyres) = single_tyres(table, finding);
    let others = [
        (
            Reading::WithoutAxleSum,
            &row.article,
            Some(finding.before_axle_sum()),
        ),
        (tyres, tyre_article, by_tyres),
        (Reading::Annex124, annex, annex_124(table, vehicle, finding)),
    ];
    let mut found: Vec<Alternative> = Vec::new();
    for (reading, article, limit) in others {
        if let Some(limit) = limit.filter(|limit| *limit != finding.limit) {
            let overage = mass
                .saturating_sub(Kilograms::new(limit))
                .max(Kilograms::ZERO);
            let (kind, yuan) = transport_amount(table, overage);
            found.push(Alternative {
                reading,
                article: article.clone(),
                limit_kg: Kilograms::new(limit),
                overage_kg: overage,
                transport: TransportPenalty {
                    kind,
                    yuan: Yuan::new(yuan),
                    total_range_yuan: None,
                },
            });
        }
    }
    found
}

/// The limit by the reading of single tyres that the table's setting did not choose.
fn single_tyres<'a>(
    table: &'a Table,
    finding: &MassFinding<'_>,
) -> (Reading, &'a Citation, Option<i64>) {
    let once = table.article_3.single_tyres_kg.value;
    let pairs = per_tyre_pair(
        table.annex_124.tyre_pair_kg.value,
        finding.single_tyre_axles,
    );
    let (reading, article, reduction) = match table.settings.single_tyre_reading.value {
        SingleTyreReading::Order62 => (Reading::SingleTyresByPair, &table.annex_124.article, pairs),
        SingleTyreReading::Annex124 => (
            Reading::SingleTyresOnce,
            &table.article_3.single_tyres_article,
            once,
        ),
    };
    let full = finding.raised.unwrap_or(finding.listed);
    let limit = full.saturating_sub(reduction).min(finding.axle_sum());
    (
        reading,
        article,
        (finding.single_tyre_axles > 0).then_some(limit),
    )
}

/// The limit of the 2016 annex; `None` for a kind that it does not draw.
fn annex_124(
    table: &Table,
    vehicle: &VehicleDescription,
    finding: &MassFinding<'_>,
) -> Option<i64> {
    let (annex, judged) = (&table.annex_124, &finding.vehicle);
    let picture = annex.picture.iter().find(|picture| {
        let same = picture.category == judged.category && picture.axles == judged.axles;
        let drive = !picture.single_drive || judged.driven == 1;
        let groups = picture.groups.as_ref().is_none_or(|groups| {
            finding.grouping.as_ref().is_some_and(|grouping| {
                let sizes = grouping.groups.iter().map(|group| group.axles());
                groups.iter().copied().eq(sizes)
            })
        });
        same && drive && groups
    })?;
    // Its note 4 raises the same kinds for air suspension as GB 1589 does.
    let more = finding
        .raised
        .map_or(0, |raised| raised.saturating_sub(finding.listed));
    let axles = single_tyre_axles_of_annex(finding);
    let reduction = per_tyre_pair(annex.tyre_pair_kg.value, axles);
    let limit = picture
        .kg
        .value
        .saturating_add(more)
        .saturating_sub(reduction);
    let two_axle_truck = judged.category == VehicleCategory::Truck && judged.axles == 2;
    match vehicle.licence_total_mass_kg {
        Some(licence) if two_axle_truck && annex.two_axle_truck_within_licence.value => {
            Some(limit.min(licence.get()))
        }
        _ => Some(limit),
    }
}
