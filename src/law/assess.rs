//! From one vehicle and one weighing to a verdict.

use chrono::NaiveDate;

use super::alternative::alternatives;
use super::amount::UNFIT;
use super::assessment::{Assessment, InputError};
use super::authority::EnforcementMode;
use super::axles::uncertain;
use super::derivation::{Input, Rule, Step, Value};
use super::dimension;
use super::limit::{MassFinding, NoLimit, distance_mass, limit_of};
use super::measured::{Scale, ScaleUse};
use super::one_act::imposable;
use super::penalty::{enforcement, percent_half_up, police, transport, without_error};
use super::risk::risk;
use super::statement::{Stated, resolve};
use super::table::{LawTables, Table};
use super::vehicle::{VehicleCategory, VehicleDescription};
use super::verdict::{
    Dimension, GroupFinding, Note, NoteCode, Outcome, TransportKind, Verdict, VerdictClass,
};
use crate::units::{Kilograms, Yuan};

/// Axles of a truck whose mass GB 1589 also bounds by the distance of its axles, unless it is a
/// tipper.
const FOUR_AXLES: usize = 4;

/// Body of a vehicle that is judged by its register entry (专项作业车).
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
        reading_kg: assessment.measured.gross_kg,
        enforcement_kg: None,
        limit_kg: None,
        overage_kg: None,
        overage_percent: None,
        hundred_ton: false,
        transport: None,
        police: None,
        one_act: None,
        axle_groups: Vec::new(),
        dimensions: Vec::new(),
        alternatives: Vec::new(),
        risk: None,
        notes: Vec::new(),
        derivation: Vec::new(),
    };
    let Some(table) = tables.in_force(law_day) else {
        note(&mut verdict, NoteCode::NoTableInForce, vec![]);
        return verdict;
    };
    verdict.table = Some(table.reference());
    verdict.derivation.reserve_exact(14);
    verdict.outcome = match (assessment.axles(), assessment.statements.as_slice()) {
        (Err(error), _) => {
            note(&mut verdict, NoteCode::InputRefused, refusal(&error));
            Outcome::Undetermined
        }
        (Ok(axles), []) => {
            let judge = Judge {
                table,
                assessment,
                vehicle: &assessment.vehicle,
                axles,
                law_day,
            };
            judge.fill(&mut verdict)
        }
        (Ok(axles), statements) => {
            let resolved = resolve(&assessment.vehicle, statements, axles);
            facts(
                table,
                &mut verdict,
                &resolved.believed,
                &resolved.contradicted,
            );
            let judge = Judge {
                table,
                assessment,
                vehicle: &resolved.vehicle,
                axles,
                law_day,
            };
            judge.fill(&mut verdict)
        }
    };
    verdict
}

/// Who was believed about the vehicle, and who said otherwise.
fn facts(table: &Table, verdict: &mut Verdict, believed: &[Stated], contradicted: &[Stated]) {
    let words = |stated: &Stated| {
        let mut data = vec![
            (Input::Fact, stated.fact.into()),
            (Input::Source, stated.source.name().into()),
        ];
        if let Some(reference) = &stated.reference {
            data.push((Input::Reference, reference.clone().into()));
        }
        data
    };
    for stated in believed {
        let (article, value) = (&table.articles.sources, stated.value.clone());
        let step = Step::new(Rule::FactStated, article, words(stated), value);
        verdict.derivation.push(step);
    }
    for stated in contradicted {
        let mut data = words(stated);
        data.push((Input::Value, stated.value.clone().into()));
        note(verdict, NoteCode::SourcesDisagree, data);
    }
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
    /// The vehicle with what others stated.
    vehicle: &'a VehicleDescription,
    axles: usize,
    law_day: NaiveDate,
}

impl Judge<'_> {
    fn fill(&self, verdict: &mut Verdict) -> Outcome {
        let (table, assessment) = (self.table, self.assessment);
        self.hundred_ton(verdict);
        let counted = match enforcement(table, &assessment.measured) {
            Ok(counted) => counted,
            Err(code) => {
                note(verdict, code, vec![]);
                return Outcome::Undetermined;
            }
        };
        let (mass, error) = (counted.mass, counted.error_basis_points);
        verdict.derivation.push(counted.step);
        verdict.enforcement_kg = Some(mass);
        if let Some(code) = counted.note {
            note(verdict, code, vec![]);
        }
        if let Some(scale) = &assessment.measured.scale {
            self.certificate(verdict, scale);
        }
        let listed = limit_of(table, self.vehicle, self.axles, self.tolerance());
        let mut found = None;
        let limit = match (listed, self.register_entry()) {
            (Ok(finding), entry) => {
                self.unknowns(verdict, &finding);
                self.axle_groups(verdict, &finding);
                self.limit(verdict, &finding);
                let limit = Kilograms::new(finding.limit);
                let limit = limit.max(entry.unwrap_or(Kilograms::ZERO));
                found = Some(finding);
                limit
            }
            (Err(_), Some(entry)) => entry,
            (Err(NoLimit::NotListed), None) => {
                let data = vec![(Input::Axles, self.axles.into())];
                note(verdict, NoteCode::CategoryNotListed, data);
                return Outcome::Undetermined;
            }
            (Err(NoLimit::LicenceMassUnknown), None) => {
                note(verdict, NoteCode::LicenceMassUnknown, vec![]);
                return Outcome::Undetermined;
            }
        };
        if self.vehicle.has_body(SPECIAL_PURPOSE) && !self.special_purpose(verdict, limit, mass) {
            return Outcome::Undetermined;
        }
        let permitted = self.permit(verdict, mass, error);
        let limit = match self
            .vehicle
            .permit
            .as_ref()
            .and_then(|permit| permit.gross_kg)
        {
            Some(allowed) if permitted && allowed > limit => {
                let article = &table.article_3.permit_article;
                let inputs = vec![(Input::LimitKg, limit.into())];
                let step = Step::new(Rule::Permit, article, inputs, allowed);
                verdict.derivation.push(step);
                allowed
            }
            _ => limit,
        };
        verdict.limit_kg = Some(limit);
        if let Some(finding) = &found {
            self.beside_the_limit(verdict, finding, mass, limit);
        }
        let dimensions = self.dimensions(verdict, permitted);
        self.amounts(verdict, limit, mass, dimensions);
        self.risk(verdict, limit);
        if let Some(mode) = self.assessment.mode {
            self.one_act(verdict, mode);
        }
        Outcome::Assessed
    }

    /// Which authority may fine for an overage.
    fn one_act(&self, verdict: &mut Verdict, mode: EnforcementMode) {
        let transport = verdict.transport.map(|penalty| {
            let mass = [penalty.yuan; 2];
            penalty.total_range_yuan.unwrap_or(mass)
        });
        let police = verdict.police.and_then(|police| police.fine_range_yuan);
        // Nothing to fine, or nothing to fine upon: then nobody need be named.
        let fined = |range: Option<[Yuan; 2]>| range.is_some_and(|range| range != [Yuan::ZERO; 2]);
        let unfit = UNFIT.into_iter().any(|note| verdict.has_note(note));
        if unfit || !(fined(transport) || fined(police)) {
            return;
        }
        let points = verdict.police.and_then(|police| police.points);
        match imposable(self.table, mode, self.law_day, transport, police, points) {
            Ok(one_act) => {
                let mut inputs = vec![(Input::Mode, mode.name().into())];
                if let Some(by) = one_act.by {
                    inputs.push((Input::Authority, by.name().into()));
                }
                let range = Value::Range(one_act.fine_range_yuan.map(Yuan::get));
                let step = Step::new(Rule::OneAct, &one_act.mode_article, inputs, range);
                verdict.derivation.push(step);
                verdict.one_act = Some(one_act);
            }
            Err(error) => {
                let data = vec![
                    (Input::Mode, mode.name().into()),
                    (Input::Reason, error.name().into()),
                ];
                note(verdict, NoteCode::FiningAuthorityOpen, data);
            }
        }
    }

    /// How good the spacings are, mm.
    fn tolerance(&self) -> i64 {
        let stated = self.assessment.measured.spacing_tolerance_mm;
        stated.map_or(
            self.table.settings.spacing_tolerance_mm.value,
            |tolerance| tolerance.get(),
        )
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

    /// Whether the scale's certificate covers the day. Pre-selection needs none: it accuses nobody.
    fn certificate(&self, verdict: &mut Verdict, scale: &Scale) {
        let Some(certificate) = &scale.certificate else {
            if scale.purpose != ScaleUse::PreSelection {
                note(verdict, NoteCode::CertificateNotStated, vec![]);
            }
            return;
        };
        let day = self.assessment.day;
        let covers = certificate.covers(day);
        let data = vec![
            (Input::Certificate, certificate.number.clone().into()),
            (Input::ValidFrom, certificate.valid_from.to_string().into()),
            (
                Input::ValidUntil,
                certificate.valid_until.to_string().into(),
            ),
            (Input::Day, day.to_string().into()),
        ];
        if !covers {
            note(verdict, NoteCode::CertificateNotValid, data.clone());
        }
        let article = &self.table.deduction.certificate_article;
        let step = Step::new(Rule::Certificate, article, data, Value::Boolean(covers));
        verdict.derivation.push(step);
    }

    /// The mass in the register entry of a special-purpose vehicle.
    fn register_entry(&self) -> Option<Kilograms> {
        let special = self.vehicle.has_body(SPECIAL_PURPOSE);
        self.vehicle.licence_total_mass_kg.filter(|_| special)
    }

    /// A special-purpose vehicle is not over-limit as far as it keeps to its register entry. False
    /// when it is above what would be its limit otherwise and the entry is not known.
    fn special_purpose(&self, verdict: &mut Verdict, limit: Kilograms, mass: Kilograms) -> bool {
        match self.register_entry() {
            Some(entry) if entry == limit => {
                let article = &self.table.article_3.special_purpose_article;
                let inputs = vec![(Input::LicenceTotalMassKg, entry.into())];
                let step = Step::new(Rule::RegisterEntry, article, inputs, limit);
                verdict.derivation.push(step);
                true
            }
            Some(_) => true,
            None => {
                note(verdict, NoteCode::SpecialPurposeVehicle, vec![]);
                verdict.limit_kg = None;
                mass <= limit
            }
        }
    }

    /// Whether there is a permit that was kept to.
    fn permit(&self, verdict: &mut Verdict, mass: Kilograms, error: i64) -> bool {
        let Some(permit) = &self.vehicle.permit else {
            return false;
        };
        // The error is taken off an axle as off the whole.
        let counts = |load| without_error(load, error);
        let faults = permit.faults(self.assessment, self.vehicle, mass, counts);
        let number = permit.number.clone().unwrap_or_default();
        let mut data = vec![(Input::Permit, number.into())];
        if faults.is_empty() {
            note(verdict, NoteCode::PermitApplied, data);
            return true;
        }
        for fault in faults {
            data.truncate(1);
            data.push((Input::Reason, fault.name().into()));
            note(verdict, NoteCode::PermitBroken, data.clone());
        }
        false
    }

    /// A note for everything unknown that could have changed the limit.
    fn unknowns(&self, verdict: &mut Verdict, finding: &MassFinding<'_>) {
        let (described, judged) = (self.vehicle, &finding.vehicle);
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
        // Of two the one in front is steered, and limited as such even if it is driven, too: how many are
        // driven then matters only where the table has a limit for one alone.
        if described.drive_axles.is_none() && (single_drive || judged.motor > 2) {
            resolved(NoteCode::DriveAxlesUnknown, judged.driven.into());
        }
        if described.non_drive_tyres.is_none() && judged.axles > 2 {
            resolved(NoteCode::TyresUnknown, "dual".into());
        }
        if described.drive_air_suspension.is_none()
            && (finding.raised.is_some() || finding.has_driven_pair())
        {
            resolved(NoteCode::AirSuspensionUnknown, Value::Boolean(true));
        }
        if described.layout.is_none() && judged.axles > 2 {
            let front = (Input::SteeredAxles, judged.steered.into());
            let data = vec![(Input::MotorAxles, judged.motor.into()), front];
            note(verdict, NoteCode::LayoutUnknown, data);
        }
        let by_distance = finding.raised.is_some() && judged.category == VehicleCategory::Truck;
        if described.body.is_none() && by_distance && judged.axles == FOUR_AXLES {
            note(verdict, NoteCode::BodyUnknown, vec![]);
        }
        if finding.grouping.is_none() {
            note(verdict, NoteCode::SpacingsUnknown, vec![]);
        }
        // Only where the sum of the axles binds could it have been more.
        let binds = finding.axle_sum() < finding.before_axle_sum();
        if described.non_drive_air_suspension.is_none() && binds && finding.has_plain_single_axle()
        {
            note(verdict, NoteCode::PlainAirSuspensionNotShown, vec![]);
        }
    }

    fn axle_groups(&self, verdict: &mut Verdict, finding: &MassFinding<'_>) {
        let Some(grouping) = &finding.grouping else {
            return;
        };
        let measured = &self.assessment.measured;
        let doubts = uncertain(
            self.table,
            &finding.vehicle,
            &self.vehicle.axle_spacings_mm,
            self.tolerance(),
            grouping,
        );
        verdict.axle_groups.reserve_exact(grouping.groups.len());
        for (group, uncertain) in grouping.groups.iter().zip(doubts) {
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
    }

    /// What the mass is above besides the limit, and what other readings of the law would say.
    fn beside_the_limit(
        &self,
        verdict: &mut Verdict,
        finding: &MassFinding<'_>,
        mass: Kilograms,
        limit: Kilograms,
    ) {
        let (table, vehicle) = (self.table, self.vehicle);
        let data = |limit: i64| vec![(Input::LimitKg, limit.into())];
        if let Some(licence) = vehicle.licence_total_mass_kg
            && finding.row.is_some()
            && mass > licence
        {
            note(verdict, NoteCode::AboveLicenceMass, data(licence.get()));
        }
        if let Some(distance) = distance_mass(table, vehicle, &finding.vehicle, self.tolerance())
            && mass.get() > distance
        {
            note(verdict, NoteCode::AboveDistanceMass, data(distance));
        }
        // A permit or a register entry that raises the limit leaves nothing to read otherwise.
        if limit.get() > finding.limit {
            return;
        }
        verdict.alternatives = alternatives(table, vehicle, finding, mass);
        let overage = over(mass, Kilograms::new(finding.limit));
        let differ = verdict
            .alternatives
            .iter()
            .filter(|other| other.overage_kg != overage);
        let differing = differ.map(|other| Note {
            code: NoteCode::ReadingsDiffer,
            data: vec![
                (Input::Reading, other.reading.name().into()),
                (Input::LimitKg, finding.limit.into()),
                (Input::OtherLimitKg, other.limit_kg.into()),
            ]
            .into(),
        });
        verdict.notes.extend(differing);
    }

    /// Every dimension that was measured against its limit; the range of art. 43 when one is over.
    fn dimensions(&self, verdict: &mut Verdict, permitted: bool) -> Option<[i64; 2]> {
        let (rules, vehicle) = (&self.table.dimensions, self.vehicle);
        if [vehicle.height_mm, vehicle.width_mm, vehicle.length_mm] == [None; 3] {
            return None;
        }
        let mut limits = dimension::limits(self.table, vehicle);
        let kind = vehicle.category.unwrap_or(VehicleCategory::Truck);
        // Its register entry decides over a special-purpose vehicle, and the entry of its
        // dimensions is not known here.
        let special = vehicle.has_body(SPECIAL_PURPOSE);
        if !special
            && let Some(standard) = dimension::beyond_standard(self.table, kind, vehicle, &limits)
        {
            let data = vec![(Input::LimitMm, standard.into())];
            note(verdict, NoteCode::BeyondStandardLength, data);
        }
        if let Some(permit) = vehicle.permit.as_ref().filter(|_| permitted) {
            for (limit, allowed) in [
                (&mut limits.height, permit.height_mm),
                (&mut limits.width, permit.width_mm),
                (&mut limits.length, permit.length_mm),
            ] {
                *limit = allowed.map_or(*limit, |allowed| allowed.get().max(*limit));
            }
        }
        let findings = dimension::findings(vehicle, &limits);
        if special {
            if findings.iter().any(|found| found.overage_mm.get() > 0) {
                note(verdict, NoteCode::SpecialPurposeDimensions, vec![]);
            }
            return None;
        }
        for found in findings {
            let own = match found.dimension {
                Dimension::Height => false,
                Dimension::Width => limits.own_width,
                Dimension::Length => limits.own_length,
            };
            let article = if own {
                &rules.own_article
            } else {
                &rules.article
            };
            let inputs = vec![
                (Input::Dimension, found.dimension.name().into()),
                (Input::MeasuredMm, found.measured_mm.get().into()),
                (Input::LimitMm, found.limit_mm.get().into()),
            ];
            let over = found.overage_mm.get();
            if over > 0 {
                note(verdict, NoteCode::DimensionOver, inputs.clone());
            }
            let step = Step::new(Rule::Dimension, article, inputs, over);
            verdict.derivation.push(step);
            verdict.dimensions.push(found);
        }
        dimension::range_yuan(rules, &verdict.dimensions)
    }

    fn amounts(
        &self,
        verdict: &mut Verdict,
        limit: Kilograms,
        mass: Kilograms,
        dimensions: Option<[i64; 2]>,
    ) {
        let (table, vehicle) = (self.table, self.vehicle);
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
        let penalty = transport(table, overage, dimensions, &mut verdict.derivation);
        verdict.transport = Some(penalty);
        // The band of the warning is that of art. 43, whatever amount a reading leads to.
        let in_warning_band = overage.get() <= table.transport.warning_up_to_kg.value;
        verdict.class = Some(match penalty.kind {
            TransportKind::None if dimensions.is_none() => VerdictClass::Clear,
            TransportKind::None => VerdictClass::Overloaded,
            _ if verdict.hundred_ton => VerdictClass::HundredTon,
            _ if in_warning_band && dimensions.is_none() => VerdictClass::Warning,
            _ => VerdictClass::Overloaded,
        });
        let points_in_force = self.law_day >= table.police.points.valid_from;
        if !points_in_force && vehicle.max_total_mass_kg.is_some() {
            note(verdict, NoteCode::PointsNotInTable, vec![]);
        }
        let derivation = &mut verdict.derivation;
        verdict.police = police(table, vehicle, mass, points_in_force, derivation);
    }

    /// The risk of an overage, from the reading as the scale gave it.
    fn risk(&self, verdict: &mut Verdict, limit: Kilograms) {
        let is_over = verdict.overage_kg.is_some_and(|over| over.get() > 0);
        let Some(scale) = self.assessment.measured.scale.as_ref().filter(|_| is_over) else {
            return;
        };
        let reading = self.assessment.measured.gross_kg;
        let Some(risk) = risk(self.table, scale, reading, limit) else {
            note(verdict, NoteCode::RiskNotStated, vec![]);
            return;
        };
        verdict.risk = Some(risk);
        let inputs = vec![
            (Input::ReadingKg, reading.into()),
            (Input::LimitKg, limit.into()),
            (Input::ErrorKg, risk.permissible_error_kg.into()),
            (Input::DriftBasisPoints, risk.drift_basis_points.into()),
            (
                Input::WithholdAbovePerMillion,
                risk.withhold_above_per_million.into(),
            ),
        ];
        if risk.withheld {
            let data = vec![
                (Input::Value, risk.per_million.into()),
                (
                    Input::WithholdAbovePerMillion,
                    risk.withhold_above_per_million.into(),
                ),
            ];
            note(verdict, NoteCode::RiskTooHigh, data);
        }
        let article = &self.table.articles.risk;
        let step = Step::new(Rule::Risk, article, inputs, risk.per_million);
        verdict.derivation.push(step);
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
        InputError::Contradiction { what, .. } => data.push((Input::Reason, (*what).into())),
        InputError::Statement { index, .. } => data.push((Input::Statement, (*index).into())),
        InputError::NoAxles => {}
    }
    data
}
