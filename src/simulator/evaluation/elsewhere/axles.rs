//! The axles of a passage for the list.

use crate::passage::{ClosedPassage, EvasionKind};

/// The axles of a passage, as far as what was found of it lets them stand.
#[derive(Debug, Default)]
pub(super) struct Axles {
    pub(super) count: Option<u16>,
    pub(super) spacings_mm: Vec<i64>,
    pub(super) gross_kg: Option<i64>,
    /// Of further vehicles that are in the record.
    pub(super) others: Vec<Vec<i64>>,
}

pub(super) fn weighed(passage: &ClosedPassage) -> Axles {
    let weighing = &passage.weighing;
    let whole = weighing.axles.iter().map(|axle| axle.spacing_mm);
    let partial = weighing.partial_axles.iter().map(|axle| axle.spacing_mm);
    let spacings = whole.chain(partial).skip(1);
    let spacings: Option<Vec<i64>> = spacings.map(|mm| mm.map(|mm| mm.get())).collect();
    let spacings = spacings.unwrap_or_default();
    let gross = (!weighing.axles.is_empty()).then(|| weighing.gross_kg.get());
    let mut axles = Axles {
        count: None,
        spacings_mm: spacings,
        gross_kg: gross,
        others: Vec::new(),
    };
    for found in &passage.evasion {
        let believed = found.vehicles.iter().map(|vehicle| {
            let spacings = vehicle.axles.iter().skip(1).map(|axle| axle.spacing_mm);
            let spacings: Option<Vec<i64>> = spacings.map(|mm| mm.map(|mm| mm.get())).collect();
            spacings.unwrap_or_default()
        });
        let believed: Vec<Vec<i64>> = believed.collect();
        match found.kind {
            EvasionKind::PlateCovered
            | EvasionKind::PlateMissing
            | EvasionKind::PlateCloned
            | EvasionKind::Bypass
            | EvasionKind::Creeping => {}
            // The loads moved, and the axles are where they are.
            EvasionKind::Weaving
            | EvasionKind::OneSideOff
            | EvasionKind::Braking
            | EvasionKind::Surging => axles.gross_kg = None,
            // A spacing is a time times a speed, and the speed was none.
            EvasionKind::StopAndGo => {
                let count = axles.spacings_mm.len();
                axles = Axles {
                    count: (count > 0).then(|| (count + 1) as u16),
                    ..Axles::default()
                };
            }
            EvasionKind::WrongWay => axles.spacings_mm.reverse(),
            EvasionKind::MergedRecord => {
                return Axles {
                    others: believed,
                    ..Axles::default()
                };
            }
            EvasionKind::Straddling
            | EvasionKind::Reversing
            | EvasionKind::SplitRecord
            | EvasionKind::LiftAxle => {
                return Axles {
                    spacings_mm: believed.into_iter().next().unwrap_or_default(),
                    ..Axles::default()
                };
            }
        }
    }
    axles
}
