//! Amounts: enforcement mass, per cent, art. 43, police fine and points.

use super::derivation::{Input, Rule, Step, Value};
use super::figures::{DeductionFormula, PartTonne, Police};
use super::measured::{Measured, ScaleUse};
use super::table::{BASIS, Table};
use super::vehicle::VehicleDescription;
use super::verdict::{NoteCode, PolicePenalty, TransportKind, TransportPenalty};
use crate::units::{Kilograms, Yuan};

/// Reading less the scale's permissible error: floor of `reading / (1 + error)`, the error in
/// basis points (5 % = 500). The greatest whole kilogram that the true mass certainly reaches.
///
/// No national text fixes the deduction; the formula is a setting of the table. Negative input is
/// taken as zero.
pub fn without_error(reading: Kilograms, error_basis_points: i64) -> Kilograms {
    let whole = BASIS.saturating_add(error_basis_points.max(0));
    let mass = reading
        .get()
        .max(0)
        .saturating_mul(BASIS)
        .checked_div(whole);
    Kilograms::new(mass.unwrap_or(0))
}

/// Overage by limit in per cent with two decimals, half a hundredth rounded up: 57180 over 49000
/// gives `116.69`. `None` when the limit is not above zero.
///
/// The two decimals are those of the national exchange's `overRate`; the published case of
/// 106.18 t against 49 t, 116.69 %, agrees. Worked out by cross-multiplication, without a float.
pub fn percent_half_up(overage: Kilograms, limit: Kilograms) -> Option<String> {
    let overage = overage.get().max(0).unsigned_abs();
    let limit = u64::try_from(limit.get()).ok()?;
    let twice = overage
        .saturating_mul(2)
        .saturating_mul(BASIS.unsigned_abs())
        .saturating_add(limit);
    let hundredths = twice.checked_div(limit.saturating_mul(2))?;
    let (whole, part) = (hundredths.checked_div(100)?, hundredths.checked_rem(100)?);
    let mut text = whole.to_string();
    text.push('.');
    if part < 10 {
        text.push('0');
    }
    text.push_str(&part.to_string());
    Some(text)
}

/// The mass that counts.
pub(super) struct EnforcementMass {
    pub step: Step,
    pub mass: Kilograms,
    /// Error that was taken off, basis points; zero when none was.
    pub error_basis_points: i64,
    pub note: Option<NoteCode>,
}

/// The mass that counts, with its step and a note where one is due. `Err` when it cannot be said.
pub(super) fn enforcement(table: &Table, measured: &Measured) -> Result<EnforcementMass, NoteCode> {
    let article = &table.deduction.article;
    let reading = measured.gross_kg;
    let mut inputs = Vec::with_capacity(5);
    inputs.push((Input::ReadingKg, reading.into()));
    let Some(scale) = &measured.scale else {
        let step = Step::new(Rule::EnforcementMass, article, inputs, reading);
        return Ok(EnforcementMass {
            step,
            mass: reading,
            error_basis_points: 0,
            note: Some(NoteCode::ScaleNotStated),
        });
    };
    let (purpose, mut note) = match scale.purpose {
        ScaleUse::Platform => ("platform", None),
        ScaleUse::OffSite => ("off_site", None),
        ScaleUse::PreSelection => ("pre_selection", Some(NoteCode::PreSelectionOnly)),
    };
    let formula = table.deduction_for(scale.purpose);
    let error = scale
        .accuracy_class
        .as_deref()
        .and_then(|class| table.error_of(class));
    let error = match (formula, error) {
        (DeductionFormula::None, _) => None,
        (_, Some(error)) => Some(error),
        (DeductionFormula::DivideByOnePlusError, None) => {
            return Err(NoteCode::AccuracyClassUnknown);
        }
        (DeductionFormula::DivideByOnePlusErrorIfKnown, None) => {
            note = Some(NoteCode::PreSelectionOnly);
            None
        }
    };
    inputs.push((Input::ScaleUse, purpose.into()));
    inputs.push((Input::Formula, formula.name().into()));
    let mass = match error {
        None => reading,
        Some(error) => {
            if let Some(class) = &scale.accuracy_class {
                inputs.push((Input::AccuracyClass, class.clone().into()));
            }
            inputs.push((Input::ErrorBasisPoints, error.into()));
            without_error(reading, error)
        }
    };
    Ok(EnforcementMass {
        step: Step::new(Rule::EnforcementMass, article, inputs, mass),
        mass,
        error_basis_points: error.unwrap_or(0),
        note,
    })
}

/// What art. 43 names for an overage: which penalty, and its amount in yuan.
pub(super) fn transport_amount(table: &Table, overage: Kilograms) -> (TransportKind, i64) {
    let rule = &table.transport;
    let over = overage.get();
    if over <= 0 {
        return (TransportKind::None, 0);
    }
    if over <= rule.warning_up_to_kg.value {
        return (TransportKind::Warning, 0);
    }
    let reading = table.settings.part_tonne_reading.value;
    let yuan = part_tonnes(over, rule.step_kg.value, reading)
        .saturating_mul(rule.yuan_per_step.value)
        .min(rule.cap_yuan.value);
    // A fine of nothing is none; the reading that leads here still leaves the warning.
    if yuan > 0 {
        (TransportKind::Fine, yuan)
    } else {
        (TransportKind::Warning, 0)
    }
}

/// The penalty of art. 43 for mass and dimensions, each with its step.
pub(super) fn transport(
    table: &Table,
    overage: Kilograms,
    dimension_range: Option<[i64; 2]>,
    derivation: &mut Vec<Step>,
) -> TransportPenalty {
    let rule = &table.transport;
    let cap = rule.cap_yuan.value;
    let (kind, yuan) = transport_amount(table, overage);
    let inputs = vec![
        (Input::OverageKg, overage.into()),
        (
            Input::PartTonneReading,
            table.settings.part_tonne_reading.value.name().into(),
        ),
        (Input::CapYuan, cap.into()),
        (Input::Resolved, kind.name().into()),
    ];
    derivation.push(Step::new(
        Rule::TransportPenalty,
        &rule.article,
        inputs,
        yuan,
    ));
    let total = dimension_range.map(|range| range.map(|each| each.saturating_add(yuan).min(cap)));
    if let Some((range, total)) = dimension_range.zip(total) {
        let inputs = vec![
            (Input::MassYuan, yuan.into()),
            (Input::DimensionRangeYuan, Value::Range(range)),
            (Input::CapYuan, cap.into()),
        ];
        let article = &table.dimensions.penalty_article;
        derivation.push(Step::new(
            Rule::TotalRange,
            article,
            inputs,
            Value::Range(total),
        ));
    }
    TransportPenalty {
        kind,
        yuan: Yuan::new(yuan),
        total_range_yuan: total.map(|range| range.map(Yuan::new)),
    }
}

/// How many times "every 1000 kg" is full, by the reading of a part tonne.
fn part_tonnes(over: i64, step: i64, reading: PartTonne) -> i64 {
    let full = over.checked_div(step).unwrap_or(0);
    match reading {
        PartTonne::Floor => full,
        PartTonne::Ceiling => {
            let part = over.checked_rem(step).unwrap_or(0);
            full.saturating_add(i64::from(part > 0))
        }
        PartTonne::FromSecond => full.saturating_sub(1).max(0),
    }
}

/// Whether `part` is to `base` as at least so many basis points.
fn reaches(part: i64, base: i64, basis_points: i64) -> bool {
    part.saturating_mul(BASIS) >= base.saturating_mul(basis_points)
}

/// What the police could impose. Fine by approved payload, points by maximum total mass; each is
/// `None` when its base is unknown.
pub(super) fn police(
    table: &Table,
    vehicle: &VehicleDescription,
    mass: Kilograms,
    points_in_force: bool,
    derivation: &mut Vec<Step>,
) -> Option<PolicePenalty> {
    let rules = &table.police;
    let points = vehicle
        .max_total_mass_kg
        .filter(|_| points_in_force)
        .map(|most| points(rules, mass, most, derivation));
    let fine_range_yuan = vehicle
        .tare_kg
        .zip(vehicle.approved_payload_kg)
        .map(|(tare, payload)| fine(rules, mass, tare, payload, derivation));
    (points.is_some() || fine_range_yuan.is_some()).then_some(PolicePenalty {
        points,
        fine_range_yuan,
    })
}

fn points(rules: &Police, mass: Kilograms, most: Kilograms, derivation: &mut Vec<Step>) -> u8 {
    let over = mass.saturating_sub(most).get();
    let tiers = rules.points.tier.iter().rev();
    let tier = tiers
        .filter(|_| over > 0)
        .find(|tier| reaches(over, most.get(), tier.from_basis_points));
    let points = tier.map_or(0, |tier| tier.points);
    let article = tier.map_or(&rules.points.article, |tier| &tier.article);
    let inputs = vec![
        (Input::EnforcementKg, mass.into()),
        (Input::MaxTotalMassKg, most.into()),
    ];
    derivation.push(Step::new(
        Rule::PolicePoints,
        article,
        inputs,
        i64::from(points),
    ));
    points
}

fn fine(
    rules: &Police,
    mass: Kilograms,
    tare: Kilograms,
    payload: Kilograms,
    derivation: &mut Vec<Step>,
) -> [Yuan; 2] {
    let load = mass.saturating_sub(tare);
    let over = load.saturating_sub(payload).get();
    // The article says "more than": strictly.
    let above = |share: i64| over.saturating_mul(BASIS) > payload.get().saturating_mul(share);
    let mut tiers = rules.fine.iter().rev();
    let yuan = tiers
        .find(|tier| above(tier.above_basis_points))
        .map_or([0, 0], |tier| tier.yuan);
    let inputs = vec![
        (Input::EnforcementKg, mass.into()),
        (Input::TareKg, tare.into()),
        (Input::LoadKg, load.into()),
        (Input::ApprovedPayloadKg, payload.into()),
    ];
    let range = Value::Range(yuan);
    derivation.push(Step::new(
        Rule::PoliceFine,
        &rules.fine_article,
        inputs,
        range,
    ));
    yuan.map(Yuan::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::LawTables;

    #[test]
    fn error_is_taken_off_downwards() {
        let corrected = |reading, error| without_error(Kilograms::new(reading), error).get();
        assert_eq!(corrected(51_400, 500), 48_952);
        assert_eq!(corrected(51_450, 500), 49_000);
        assert_eq!(corrected(51_449, 500), 48_999);
        assert_eq!(corrected(49_000, 0), 49_000);
        assert_eq!(corrected(-5, 500), 0);
    }

    #[test]
    fn per_cent_rounds_half_up() {
        let percent = |overage, limit| {
            percent_half_up(Kilograms::new(overage), Kilograms::new(limit)).unwrap()
        };
        assert_eq!(percent(57_180, 49_000), "116.69");
        assert_eq!(percent(0, 18_000), "0.00");
        assert_eq!(percent(1, 20_000), "0.01", "0.005 goes up");
        assert_eq!(percent(1, 20_001), "0.00", "a little less goes down");
        assert_eq!(percent(18_000, 18_000), "100.00");
        assert_eq!(percent(1_805, 18_000), "10.03");
        assert_eq!(percent_half_up(Kilograms::new(1), Kilograms::ZERO), None);
        assert_eq!(percent_half_up(Kilograms::new(1), Kilograms::new(-1)), None);
    }

    #[test]
    fn what_is_not_over_is_neither_warned_of_nor_fined() {
        let tables = LawTables::embedded().unwrap();
        let of = |overage| transport_amount(&tables.all()[0], Kilograms::new(overage));
        assert_eq!(of(-1), (TransportKind::None, 0));
        assert_eq!(of(0), (TransportKind::None, 0));
        assert_eq!(of(1), (TransportKind::Warning, 0));
        assert_eq!(of(1_000), (TransportKind::Warning, 0));
        assert_eq!(of(1_001), (TransportKind::Fine, 500));
    }

    #[test]
    fn part_tonnes_by_each_reading() {
        // The worked values of the three readings: 1001, 1999 and 7640 kg.
        let each = |reading| [1_001, 1_999, 7_640].map(|over| part_tonnes(over, 1_000, reading));
        assert_eq!(each(PartTonne::Floor), [1, 1, 7]);
        assert_eq!(each(PartTonne::Ceiling), [2, 2, 8]);
        assert_eq!(each(PartTonne::FromSecond), [0, 0, 6]);
        assert_eq!(part_tonnes(2_000, 1_000, PartTonne::Ceiling), 2);
    }
}
