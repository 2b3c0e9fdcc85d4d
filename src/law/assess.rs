//! From one vehicle and one weighing to a verdict.

use chrono::NaiveDate;

use super::axles::grouped;
use super::derivation::{Input, Rule, Step, Value};
use super::figures::SingleTyreReading;
use super::limit::{MassFinding, NoLimit, distance_mass, limit_of, per_tyre_pair};
use super::penalty::{enforcement, percent_half_up, police, transport};
use super::table::{LawTables, Table};
use super::vehicle::{Assessment, InputError};
use super::verdict::{GroupFinding, Note, NoteCode, Outcome, TransportKind, Verdict, VerdictClass};
use crate::units::Kilograms;

/// Body of a vehicle that is judged by its register entry alone (专项作业车).
const SPECIAL_PURPOSE: &str = "special_purpose";

/// Judges by the table in force on the day of the act. Total: a day without a table gives
/// [`Outcome::NoTableInForce`], input that cannot be judged gives [`Outcome::Undetermined`], each
/// with a note.
pub fn assess(tables: &LawTables, assessment: &Assessment) -> Verdict {
    judge(tables, assessment, assessment.day, false)
}

/// Judges by the table of another day; the verdict is marked hypothetical.
pub fn assess_hypothetically(
    tables: &LawTables,
    assessment: &Assessment,
    law_day: NaiveDate,
) -> Verdict {
    judge(tables, assessment, law_day, true)
}

fn judge(
    tables: &LawTables,
    assessment: &Assessment,
    law_day: NaiveDate,
    hypothetical: bool,
) -> Verdict {
    let mut verdict = Verdict {
        outcome: Outcome::NoTableInForce,
        hypothetical,
        table: None,
        class: None,
        enforcement_kg: None,
        limit_kg: None,
        overage_kg: None,
        overage_percent: None,
        hundred_ton: false,
        transport: None,
        police: None,
        axle_groups: Vec::new(),
        notes: Vec::new(),
        derivation: Vec::new(),
    };
    let Some(table) = tables.in_force(law_day) else {
        note(&mut verdict, NoteCode::NoTableInForce, vec![]);
        return verdict;
    };
    verdict.table = Some(table.reference());
    verdict.derivation.reserve_exact(14);
    let outcome = Judge {
        table,
        assessment,
        law_day,
    }
    .fill(&mut verdict);
    verdict.outcome = outcome;
    verdict
}

fn note(verdict: &mut Verdict, code: NoteCode, data: Vec<(Input, Value)>) {
    verdict.notes.push(Note {
        code,
        data: data.into(),
    });
}

struct Judge<'a> {
    table: &'a Table,
    assessment: &'a Assessment,
    law_day: NaiveDate,
}

impl Judge<'_> {
    fn fill(&self, verdict: &mut Verdict) -> Outcome {
        let (table, assessment) = (self.table, self.assessment);
        let axles = match assessment.axles() {
            Ok(axles) => axles,
            Err(error) => {
                note(verdict, NoteCode::InputRefused, refusal(&error));
                return Outcome::Undetermined;
            }
        };
        self.hundred_ton(verdict);
        let (step, mass, enforcement_note) = match enforcement(table, &assessment.measured) {
            Ok(found) => found,
            Err(code) => {
                note(verdict, code, vec![]);
                return Outcome::Undetermined;
            }
        };
        verdict.derivation.push(step);
        verdict.enforcement_kg = Some(mass);
        if let Some(code) = enforcement_note {
            note(verdict, code, vec![]);
        }
        if assessment.vehicle.body.as_deref() == Some(SPECIAL_PURPOSE) {
            note(verdict, NoteCode::SpecialPurposeVehicle, vec![]);
            return Outcome::Undetermined;
        }
        match limit_of(table, &assessment.vehicle, axles) {
            Ok(finding) => {
                self.unknowns(verdict, &finding);
                self.axle_groups(verdict, &finding);
                self.limit(verdict, &finding);
                self.readings(verdict, &finding, mass);
                self.amounts(verdict, Kilograms::new(finding.limit), mass);
                Outcome::Assessed
            }
            Err(NoLimit::NotListed) => {
                note(
                    verdict,
                    NoteCode::CategoryNotListed,
                    vec![(Input::Axles, axles.into())],
                );
                Outcome::Undetermined
            }
            Err(NoLimit::LicenceMassUnknown) => {
                note(verdict, NoteCode::LicenceMassUnknown, vec![]);
                Outcome::Undetermined
            }
        }
    }

    /// The alarm goes by the raw reading: it warns, it does not accuse.
    fn hundred_ton(&self, verdict: &mut Verdict) {
        let threshold = self.table.settings.hundred_ton_kg.value;
        let reading = self.assessment.measured.gross_kg;
        verdict.hundred_ton = reading.get() >= threshold;
        if verdict.hundred_ton {
            let inputs = vec![
                (Input::ReadingKg, reading.into()),
                (Input::FromKg, threshold.into()),
            ];
            let article = &self.table.articles.hundred_ton;
            let result = Value::Boolean(true);
            verdict
                .derivation
                .push(Step::new(Rule::HundredTon, article, inputs, result));
        }
    }

    /// A note for everything unknown that could have changed the limit.
    fn unknowns(&self, verdict: &mut Verdict, finding: &MassFinding<'_>) {
        let (described, judged) = (&self.assessment.vehicle, &finding.vehicle);
        if finding.row.is_none() {
            return;
        }
        let mut resolved = |code, value: Value| {
            note(verdict, code, vec![(Input::Resolved, value)]);
        };
        if described.category.is_none() {
            resolved(NoteCode::CategoryUnknown, judged.category.name().into());
        }
        let single_drive = finding.row.is_some_and(|row| row.single_drive_kg.is_some());
        if described.drive_axles.is_none() && single_drive {
            resolved(NoteCode::DriveAxlesUnknown, judged.driven.into());
        }
        if described.non_drive_tyres.is_none() && judged.axles > 2 {
            resolved(NoteCode::TyresUnknown, "dual".into());
        }
        if described.drive_air_suspension.is_none() && finding.raised.is_some() {
            resolved(NoteCode::AirSuspensionUnknown, Value::Boolean(true));
        }
        if finding.grouping.is_none() {
            note(verdict, NoteCode::SpacingsUnknown, vec![]);
        }
    }

    fn axle_groups(&self, verdict: &mut Verdict, finding: &MassFinding<'_>) {
        let Some(grouping) = &finding.grouping else {
            return;
        };
        let (vehicle, measured) = (&self.assessment.vehicle, &self.assessment.measured);
        let tolerance = self.table.settings.spacing_tolerance_mm.value;
        let others = [tolerance, 0, tolerance.saturating_neg()].map(|shift| {
            grouped(
                self.table,
                &finding.vehicle,
                &vehicle.axle_spacings_mm,
                shift,
            )
        });
        verdict.axle_groups.reserve_exact(grouping.groups.len());
        for group in &grouping.groups {
            let uncertain = others.iter().any(|other| {
                !other.groups.iter().any(|same| {
                    (same.first, same.last, same.limit) == (group.first, group.last, group.limit)
                })
            });
            let loads = measured.axle_loads_kg.get(group.first..=group.last);
            let load: Option<Kilograms> = loads.map(|loads| loads.iter().copied().sum());
            let limit = Kilograms::new(group.limit);
            let axles = [group.first, group.last]
                .map(|axle| u8::try_from(axle.saturating_add(1)).unwrap_or(u8::MAX));
            let place = [
                (Input::FirstAxle, i64::from(axles[0]).into()),
                (Input::LastAxle, i64::from(axles[1]).into()),
            ];
            if uncertain {
                let [first, last] = place.clone();
                let data = vec![first, last, (Input::LimitKg, limit.into())];
                note(verdict, NoteCode::ClassUncertain, data);
            }
            let [first, last] = place;
            let inputs = vec![first, last, (Input::Group, group.kind.name().into())];
            let article = &self.table.axle_limits.article;
            verdict
                .derivation
                .push(Step::new(Rule::AxleGroup, article, inputs, limit));
            verdict.axle_groups.push(GroupFinding {
                axles,
                kind: group.kind,
                load_kg: load,
                limit_kg: limit,
                overage_kg: load.map(|load| over(load, limit)),
                uncertain,
            });
        }
    }

    fn limit(&self, verdict: &mut Verdict, finding: &MassFinding<'_>) {
        let (rules, vehicle) = (&self.table.article_3, &finding.vehicle);
        let steps = &mut verdict.derivation;
        let category = (Input::Category, vehicle.category.name().into());
        let Some(row) = finding.row else {
            let inputs = vec![category, (Input::LicenceTotalMassKg, finding.listed.into())];
            let article = &rules.licence_mass_article;
            steps.push(Step::new(
                Rule::LicenceMass,
                article,
                inputs,
                finding.listed,
            ));
            verdict.limit_kg = Some(Kilograms::new(finding.limit));
            return;
        };
        let mut inputs = vec![category, (Input::Axles, vehicle.axles.into())];
        if row.single_drive_kg.is_some() {
            inputs.push((Input::DriveAxles, vehicle.driven.into()));
        }
        steps.push(Step::new(
            Rule::MassLimit,
            &row.article,
            inputs,
            finding.listed,
        ));
        if let Some(raised) = finding.raised {
            let inputs = vec![(Input::LimitKg, finding.listed.into())];
            let article = &rules.air_suspension_article;
            steps.push(Step::new(Rule::AirSuspension, article, inputs, raised));
        }
        if finding.reduction > 0 {
            let inputs = vec![
                (
                    Input::LimitKg,
                    finding.raised.unwrap_or(finding.listed).into(),
                ),
                (Input::SingleTyreAxles, finding.single_tyre_axles.into()),
                (Input::ReductionKg, finding.reduction.into()),
            ];
            let article = &rules.single_tyres_article;
            let result = finding.before_axle_sum();
            steps.push(Step::new(Rule::SingleTyres, article, inputs, result));
        }
        if let Some(grouping) = &finding.grouping {
            let inputs = vec![
                (Input::LimitKg, finding.before_axle_sum().into()),
                (Input::AxleSumKg, grouping.sum.into()),
            ];
            let article = &rules.axle_sum_article;
            steps.push(Step::new(Rule::AxleSum, article, inputs, finding.limit));
        }
        verdict.limit_kg = Some(Kilograms::new(finding.limit));
    }

    /// A note for every other reading of the law that gives another overage.
    fn readings(&self, verdict: &mut Verdict, finding: &MassFinding<'_>, mass: Kilograms) {
        let (table, vehicle) = (self.table, &self.assessment.vehicle);
        let tolerance = table.settings.spacing_tolerance_mm.value;
        let data = |limit: i64| vec![(Input::LimitKg, limit.into())];
        if let Some(licence) = vehicle.licence_total_mass_kg
            && finding.row.is_some()
            && mass > licence
        {
            note(verdict, NoteCode::AboveLicenceMass, data(licence.get()));
        }
        if let Some(distance) = distance_mass(table, vehicle, &finding.vehicle, tolerance)
            && mass.get() > distance
        {
            note(verdict, NoteCode::AboveDistanceMass, data(distance));
        }
        for (reading, other) in self.other_limits(finding) {
            if let Some(other) = other
                && other != finding.limit
                && mass.get() > other.min(finding.limit)
            {
                let data = vec![
                    (Input::Reading, reading.into()),
                    (Input::LimitKg, finding.limit.into()),
                    (Input::OtherLimitKg, other.into()),
                ];
                note(verdict, NoteCode::ReadingsDiffer, data);
            }
        }
    }

    fn other_limits(&self, finding: &MassFinding<'_>) -> [(&'static str, Option<i64>); 3] {
        if finding.row.is_none() {
            return [("", None); 3];
        }
        let rules = &self.table.article_3;
        let sum = finding
            .grouping
            .as_ref()
            .map_or(i64::MAX, |grouping| grouping.sum);
        let full = finding.raised.unwrap_or(finding.listed);
        let once = rules.single_tyres_kg.value;
        let (tyres, reduction) = match self.table.settings.single_tyre_reading.value {
            SingleTyreReading::Order62 => (
                "annex_124_single_tyres",
                per_tyre_pair(once, finding.single_tyre_axles),
            ),
            SingleTyreReading::Annex124 => ("article_3_single_tyres", once),
        };
        let other_tyres =
            (finding.single_tyre_axles > 0).then(|| full.saturating_sub(reduction).min(sum));
        let picture = finding.grouping.as_ref().and_then(|grouping| {
            let sizes = || grouping.groups.iter().map(|group| group.axles());
            let row = rules.picture.iter().find(|picture| {
                picture.category == finding.vehicle.category
                    && picture.groups.iter().copied().eq(sizes())
            })?;
            Some(row.kg.value.saturating_sub(finding.reduction))
        });
        [
            (
                "article_3_without_axle_sum",
                Some(finding.before_axle_sum()),
            ),
            (tyres, other_tyres),
            ("annex_124_picture", picture),
        ]
    }

    fn amounts(&self, verdict: &mut Verdict, limit: Kilograms, mass: Kilograms) {
        let (table, vehicle) = (self.table, &self.assessment.vehicle);
        let overage = over(mass, limit);
        let inputs = vec![
            (Input::EnforcementKg, mass.into()),
            (Input::LimitKg, limit.into()),
        ];
        let articles = &table.articles;
        verdict
            .derivation
            .push(Step::new(Rule::Overage, &articles.overage, inputs, overage));
        verdict.overage_kg = Some(overage);
        verdict.overage_percent = percent_half_up(overage, limit);
        if let Some(percent) = &verdict.overage_percent {
            let inputs = vec![
                (Input::OverageKg, overage.into()),
                (Input::LimitKg, limit.into()),
            ];
            let article = &articles.overage_percent;
            let result = percent.clone();
            verdict
                .derivation
                .push(Step::new(Rule::OveragePercent, article, inputs, result));
        }
        let (step, penalty) = transport(table, overage);
        verdict.derivation.push(step);
        verdict.transport = Some(penalty);
        // The band of the warning is that of art. 43, whatever amount a reading leads to.
        let in_warning_band = overage.get() <= table.transport.warning_up_to_kg.value;
        verdict.class = Some(match penalty.kind {
            TransportKind::None => VerdictClass::Clear,
            _ if verdict.hundred_ton => VerdictClass::HundredTon,
            _ if in_warning_band => VerdictClass::Warning,
            _ => VerdictClass::Overloaded,
        });
        let points_in_force = self.law_day >= table.police.points.valid_from;
        if !points_in_force && vehicle.max_total_mass_kg.is_some() {
            note(verdict, NoteCode::PointsNotInTable, vec![]);
        }
        let derivation = &mut verdict.derivation;
        verdict.police = police(table, vehicle, mass, points_in_force, derivation);
    }
}

/// What is over, never negative.
fn over(mass: Kilograms, limit: Kilograms) -> Kilograms {
    mass.saturating_sub(limit).max(Kilograms::ZERO)
}

fn refusal(error: &InputError) -> Vec<(Input, Value)> {
    let mut data = vec![(Input::Field, error.field().into())];
    match error {
        InputError::Implausible { value, .. } => data.push((Input::Value, (*value).into())),
        InputError::SpacingsDoNotFit { axles, .. }
        | InputError::TooManyAxles { axles, .. }
        | InputError::LayoutDoesNotFit { axles } => data.push((Input::Axles, (*axles).into())),
        InputError::NoAxles => {}
    }
    data
}
