//! Dated law tables: parsed, checked, sorted by validity.
//!
//! A table is one TOML file. It holds every figure with a mark of how sure it is (`C` confirmed in
//! a text of the rule, `C2` in a secondary text, `R nn` recalled with so many per cent, `S` a
//! setting of this project) and cites its articles. A published file is never changed, only
//! followed by a new one; its SHA-256 goes into every verdict.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::assessment::{Assessment, LARGEST_MASS_KG};
use super::decision::DecisionRules;
use super::discretion::Discretion;
use super::expectation::Expectation;
use super::figures::{
    Annex124, Article3, AxleLimits, Common, Deduction, DeductionFormula, DimensionTier, Dimensions,
    Mass, MassLimit, Police, Settings, Transport, VehicleKind,
};
use super::measured::ScaleUse;
use super::offence::{self, OffenceRow};
use super::one_act::Enforcement;
use super::overlay::{Layer, NATIONAL, composed, is_jurisdiction};
use super::procedure::Procedure;
use super::repeat::RepeatRules;

/// The published tables, in order of validity.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "cn-national-2016-09-21.toml",
        include_str!("tables/cn-national-2016-09-21.toml"),
    ),
    (
        "cn-14-2023-03-01.toml",
        include_str!("tables/cn-14-2023-03-01.toml"),
    ),
];

/// Basis points in the whole: 10000 = 100 %.
pub(super) const BASIS: i64 = 10_000;

/// Which table a verdict used, and the digest of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableReference {
    /// Its id, such as `cn-national-2016-09-21`.
    pub id: String,
    /// SHA-256 of the file's text, lower-case hexadecimal; where several files lie over one another,
    /// of their digests, each with a line feed, the lowest first.
    pub digest: String,
    /// The files that lie over one another, the lowest first; empty when it is one file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Self>,
}

/// A table that cannot be used.
#[derive(Debug, Error)]
pub enum TableError {
    /// The text is no such table.
    #[error("{name}: {what}")]
    Syntax {
        /// Name of the file.
        name: String,
        /// What is wrong, with line and column.
        what: String,
    },
    /// A figure is missing, out of its range or out of order.
    #[error("{name}: {what}")]
    Invalid {
        /// Name of the file.
        name: String,
        /// What is wrong with which figure.
        what: String,
    },
    /// The text names no jurisdiction.
    #[error("`{found}` is no jurisdiction: cn, or cn- with 2, 4 or 6 digits (GB/T 2260)")]
    NoJurisdiction {
        /// What was given.
        found: String,
    },
    /// Two tables are in force on the same day.
    #[error("{first} and {second} are both in force on {day}")]
    Overlap {
        /// Id of the earlier.
        first: String,
        /// Id of the later.
        second: String,
        /// First day both claim.
        day: NaiveDate,
    },
}

/// A worked example of a table: what it must give.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// The input.
    pub given: Assessment,
    /// What must come out; what it leaves out is not compared.
    pub expect: Expectation,
}

/// One table: the rules of one jurisdiction in one span of days.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    id: String,
    title: String,
    #[serde(default)]
    jurisdiction: Option<String>,
    valid_from: NaiveDate,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    sources: Vec<String>,
    pub(super) settings: Settings,
    pub(super) deduction: Deduction,
    pub(super) article_3: Article3,
    pub(super) annex_124: Annex124,
    pub(super) axle_limits: AxleLimits,
    pub(super) dimensions: Dimensions,
    pub(super) transport: Transport,
    pub(super) police: Police,
    pub(super) articles: Common,
    #[serde(default)]
    pub(super) procedure: Option<Procedure>,
    #[serde(default, rename = "offence")]
    pub(super) offences: Vec<OffenceRow>,
    #[serde(default)]
    pub(super) enforcement: Option<Enforcement>,
    #[serde(default)]
    pub(super) decision: Option<DecisionRules>,
    #[serde(default)]
    pub(super) discretion: Option<Discretion>,
    #[serde(default)]
    pub(super) repeat: Option<RepeatRules>,
    #[serde(default, rename = "example")]
    examples: Vec<Example>,
    #[serde(skip)]
    reference: TableReference,
    #[serde(skip)]
    spacing_borders: Vec<i64>,
    #[serde(skip)]
    group_below_mm: i64,
}

impl Table {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where it holds: `cn`, or `cn-` with an administrative code.
    pub fn jurisdiction(&self) -> &str {
        self.jurisdiction.as_deref().unwrap_or(NATIONAL)
    }

    /// The first day it is in force.
    pub const fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    /// The last day it is in force; `None` = until another follows.
    pub const fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }

    /// The texts it was taken from.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Its worked examples.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The rules of the repeat counters (屡次违法计数); `None` when this table has none.
    pub const fn repeat(&self) -> Option<&RepeatRules> {
        self.repeat.as_ref()
    }

    /// The figures of the procedure, when it has any.
    pub(super) const fn procedure(&self) -> Option<&Procedure> {
        self.procedure.as_ref()
    }

    /// Id and digest.
    pub fn reference(&self) -> TableReference {
        self.reference.clone()
    }

    pub(super) fn covers(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The limit of art. 3 for a kind of vehicle with so many axles.
    pub(super) fn mass_limit(&self, kind: VehicleKind, axles: usize) -> Option<&MassLimit> {
        self.article_3.mass_limit.iter().find(|row| {
            let so_many = if row.or_more {
                row.axles <= axles
            } else {
                row.axles == axles
            };
            row.kind == kind && so_many
        })
    }

    pub(super) fn deduction_for(&self, purpose: ScaleUse) -> DeductionFormula {
        match purpose {
            ScaleUse::Platform => self.deduction.platform.value,
            ScaleUse::OffSite => self.deduction.off_site.value,
            ScaleUse::PreSelection => self.deduction.pre_selection.value,
        }
    }

    /// Permissible error in service of a class, in basis points.
    pub(super) fn error_of(&self, class: &str) -> Option<i64> {
        let rows = &self.deduction.accuracy_class;
        rows.iter()
            .find(|row| row.class == class)
            .map(|row| row.in_service_basis_points.value)
    }

    /// Spacing from which neighbouring axles are no group.
    pub(super) const fn group_below_mm(&self) -> i64 {
        self.group_below_mm
    }

    /// Every spacing at which another class begins, ascending.
    pub(super) fn spacing_borders(&self) -> &[i64] {
        &self.spacing_borders
    }

    /// What is derived from the figures once, and not in every assessment.
    fn prepare(&mut self) {
        let axle = &self.axle_limits;
        let two_axle = axle.two_axle.iter().filter_map(|row| row.below_mm);
        self.group_below_mm = two_axle.clone().max().unwrap_or(0);
        // The two-axle classes begin at their border, the three-axle ones just above theirs.
        let three_axle = axle
            .three_axle
            .iter()
            .map(|row| row.up_to_mm.saturating_add(1));
        self.spacing_borders = two_axle.chain(three_axle).collect();
        self.spacing_borders.sort_unstable();
        self.spacing_borders.dedup();
    }

    fn masses(&self) -> Vec<(String, &Mass)> {
        let axle = &self.axle_limits;
        let mut masses = vec![
            (
                "settings.hundred_ton_kg".to_owned(),
                &self.settings.hundred_ton_kg,
            ),
            (
                "article_3.single_tyres_kg".to_owned(),
                &self.article_3.single_tyres_kg,
            ),
            (
                "axle_limits.single_tyres_kg".to_owned(),
                &axle.single_tyres_kg,
            ),
            ("axle_limits.wide_tyres_kg".to_owned(), &axle.wide_tyres_kg),
            ("axle_limits.dual_tyres_kg".to_owned(), &axle.dual_tyres_kg),
            (
                "axle_limits.dual_tyres_air_kg".to_owned(),
                &axle.dual_tyres_air_kg,
            ),
            ("axle_limits.driven_kg".to_owned(), &axle.driven_kg),
            (
                "axle_limits.four_axle_kg_per_mm".to_owned(),
                &axle.four_axle_kg_per_mm,
            ),
            (
                "transport.warning_up_to_kg".to_owned(),
                &self.transport.warning_up_to_kg,
            ),
            ("transport.step_kg".to_owned(), &self.transport.step_kg),
            (
                "transport.yuan_per_step".to_owned(),
                &self.transport.yuan_per_step,
            ),
            ("transport.cap_yuan".to_owned(), &self.transport.cap_yuan),
        ];
        for row in &self.article_3.mass_limit {
            let name = format!("article_3.mass_limit of {} axles", row.axles);
            masses.extend(
                row.single_drive_kg
                    .as_ref()
                    .map(|mass| (name.clone(), mass)),
            );
            masses.push((name, &row.kg));
        }
        for row in &self.article_3.air_suspension {
            let name = format!("article_3.air_suspension of {} axles", row.axles);
            let spacing = row.trailer_spacing_from_mm.as_ref();
            masses.extend(spacing.map(|spacing| (name.clone(), spacing)));
            masses.push((name, &row.kg));
        }
        for row in &self.annex_124.picture {
            masses.push((format!("annex_124.picture of {} axles", row.axles), &row.kg));
        }
        masses.push((
            "annex_124.tyre_pair_kg".to_owned(),
            &self.annex_124.tyre_pair_kg,
        ));
        let dimensions = &self.dimensions;
        for (name, figure) in [
            ("height_mm", &dimensions.height_mm),
            ("width_mm", &dimensions.width_mm),
            ("length_mm", &dimensions.length_mm),
        ] {
            masses.push((format!("dimensions.{name}"), figure));
        }
        for row in dimensions.own.iter().chain(&dimensions.standard) {
            let figures = [row.width_mm.as_ref(), row.length_mm.as_ref()];
            let named = |figure| ("dimensions of a kind of vehicle".to_owned(), figure);
            masses.extend(figures.into_iter().flatten().map(named));
        }
        for row in &axle.two_axle {
            let name = format!("axle_limits.two_axle below {:?} mm", row.below_mm);
            let special = [row.trailer_kg.as_ref(), row.driven_air_kg.as_ref()];
            masses.extend(
                special
                    .into_iter()
                    .flatten()
                    .map(|mass| (name.clone(), mass)),
            );
            masses.push((name, &row.kg));
        }
        for row in &axle.three_axle {
            masses.push((
                format!("axle_limits.three_axle up to {} mm", row.up_to_mm),
                &row.kg,
            ));
        }
        for row in &self.deduction.accuracy_class {
            let name = format!("deduction.accuracy_class {}", row.class);
            masses.push((name, &row.in_service_basis_points));
        }
        masses
    }

    /// What is wrong with the figures, if anything.
    fn check(&self) -> Result<(), String> {
        for (name, mass) in self.masses() {
            if !(1..=LARGEST_MASS_KG).contains(&mass.value) {
                return Err(format!(
                    "{name}: {} is outside 1..={LARGEST_MASS_KG}",
                    mass.value
                ));
            }
            check_mark(&name, &mass.sure)?;
        }
        let (settings, deduction) = (&self.settings, &self.deduction);
        check_mark(
            "settings.part_tonne_reading",
            &settings.part_tonne_reading.sure,
        )?;
        check_mark(
            "settings.single_tyre_reading",
            &settings.single_tyre_reading.sure,
        )?;
        check_mark(
            "settings.spacing_tolerance_mm",
            &settings.spacing_tolerance_mm.sure,
        )?;
        check_mark(
            "annex_124.two_axle_truck_within_licence",
            &self.annex_124.two_axle_truck_within_licence.sure,
        )?;
        check_mark("deduction.platform", &deduction.platform.sure)?;
        check_mark("deduction.off_site", &deduction.off_site.sure)?;
        check_mark("deduction.pre_selection", &deduction.pre_selection.sure)?;
        for class in &deduction.static_class {
            check_mark("deduction.static_class", &class.sure)?;
            let up_to = class.tier.iter().map(|tier| tier.up_to_intervals).collect();
            ascending("deduction.static_class", up_to)?;
            if class.tier.iter().any(|tier| tier.in_service_tenths < 1) {
                return Err("deduction.static_class: an error below 1".to_owned());
            }
        }
        let deviations = &settings.risk_standard_deviations;
        check_mark("settings.risk_standard_deviations", &deviations.sure)?;
        if !(1..=10).contains(&deviations.value) {
            return Err("settings.risk_standard_deviations: outside 1..=10".to_owned());
        }
        let risk = &settings.risk_withhold_above_per_million;
        check_mark("settings.risk_withhold_above_per_million", &risk.sure)?;
        if !(0..=1_000_000).contains(&risk.value) {
            return Err("settings.risk_withhold_above_per_million: no probability".to_owned());
        }
        self.check_dimensions()?;
        if !(0..=500).contains(&settings.spacing_tolerance_mm.value) {
            return Err("settings.spacing_tolerance_mm: outside 0..=500".to_owned());
        }
        if deduction
            .accuracy_class
            .iter()
            .any(|row| row.in_service_basis_points.value >= BASIS)
        {
            return Err("deduction.accuracy_class: an error of 100 % or more".to_owned());
        }
        if let Some(procedure) = &self.procedure {
            procedure.check()?;
        }
        offence::check(&self.offences)?;
        self.enforcement
            .as_ref()
            .map_or(Ok(()), Enforcement::check)?;
        self.decision
            .as_ref()
            .map_or(Ok(()), DecisionRules::check)?;
        self.discretion.as_ref().map_or(Ok(()), Discretion::check)?;
        self.repeat.as_ref().map_or(Ok(()), RepeatRules::check)?;
        self.check_order()
    }

    fn check_dimensions(&self) -> Result<(), String> {
        let name = "dimensions.tier";
        let tiers = &self.dimensions.tier;
        for tier in tiers {
            check_mark(name, &tier.sure)?;
            if tier.yuan[0] < 0 || tier.yuan[0] > tier.yuan[1] {
                return Err(format!("{name}: a negative amount or a range upside down"));
            }
        }
        let Some((last, bounded)) = tiers.split_last() else {
            return Err(format!("{name}: there is none"));
        };
        if [last.height_mm, last.width_mm, last.length_mm] != [None; 3] {
            return Err(format!("{name}: the last one has no bounds"));
        }
        let columns = [
            |tier: &DimensionTier| tier.height_mm,
            |tier: &DimensionTier| tier.width_mm,
            |tier: &DimensionTier| tier.length_mm,
        ];
        for column in columns {
            let bounds: Option<Vec<i64>> = bounded.iter().map(column).collect();
            let bounds = bounds.ok_or_else(|| format!("{name}: a bound is missing"))?;
            ascending(name, bounds)?;
        }
        Ok(())
    }

    fn check_order(&self) -> Result<(), String> {
        let (two_axle, police) = (&self.axle_limits.two_axle, &self.police);
        let open = two_axle.iter().filter(|row| row.below_mm.is_none()).count();
        if open != 1 || two_axle.last().is_some_and(|row| row.below_mm.is_some()) {
            return Err("axle_limits.two_axle: exactly the last class has no below_mm".to_owned());
        }
        let below = two_axle.iter().filter_map(|row| row.below_mm).collect();
        ascending("axle_limits.two_axle", below)?;
        let up_to = self
            .axle_limits
            .three_axle
            .iter()
            .map(|row| row.up_to_mm)
            .collect();
        ascending("axle_limits.three_axle", up_to)?;
        let fines = police
            .fine
            .iter()
            .map(|row| row.above_basis_points)
            .collect();
        ascending("police.fine", fines)?;
        let points = police
            .points
            .tier
            .iter()
            .map(|row| row.from_basis_points)
            .collect();
        ascending("police.points.tier", points)?;
        for row in &police.fine {
            check_mark("police.fine", &row.mark)?;
            if row.above_basis_points < 0 || row.yuan[0] < 0 || row.yuan[0] > row.yuan[1] {
                return Err("police.fine: a negative share or a range upside down".to_owned());
            }
        }
        for row in &police.points.tier {
            check_mark("police.points.tier", &row.mark)?;
            if row.from_basis_points < 0 {
                return Err("police.points.tier: a negative share".to_owned());
            }
        }
        Ok(())
    }
}

/// Whether borders are there and each is above the one before.
fn ascending(name: &str, borders: Vec<i64>) -> Result<(), String> {
    let sorted = borders.is_sorted_by(|first, second| first < second);
    if sorted && !borders.is_empty() {
        Ok(())
    } else {
        Err(format!("{name}: empty or not ascending"))
    }
}

/// Whether a mark is one of `C`, `C2`, `S`, `R 5`..`R 99`.
pub(super) fn check_mark(name: &str, mark: &str) -> Result<(), String> {
    let recalled = || {
        let share = mark
            .strip_prefix("R ")
            .and_then(|share| share.parse::<u8>().ok());
        share.is_some_and(|share| (5..=99).contains(&share))
    };
    if matches!(mark, "C" | "C2" | "S") || recalled() {
        Ok(())
    } else {
        Err(format!(
            "{name}: the mark `{mark}` is none of C, C2, S, R nn"
        ))
    }
}

/// All tables, sorted by the day from which they hold.
#[derive(Debug, Clone)]
pub struct LawTables {
    tables: Vec<Table>,
}

impl LawTables {
    /// The national tables built into the program.
    pub fn embedded() -> Result<Self, TableError> {
        Self::embedded_for(NATIONAL)
    }

    /// The tables built into the program, as they hold in a jurisdiction.
    pub fn embedded_for(jurisdiction: &str) -> Result<Self, TableError> {
        Self::parse_for(EMBEDDED, jurisdiction)
    }

    /// Names and texts of the tables built into the program.
    pub const fn embedded_texts() -> &'static [(&'static str, &'static str)] {
        EMBEDDED
    }

    /// Reads national tables from `(name, TOML text)`; see [`LawTables::parse_for`].
    pub fn parse(texts: &[(&str, &str)]) -> Result<Self, TableError> {
        Self::parse_for(texts, NATIONAL)
    }

    /// Reads tables from `(name, TOML text)` and lays those of a jurisdiction over one another.
    ///
    /// # Errors
    /// When one is no valid table, when two of one jurisdiction are in force on the same day, when
    /// an overlay replaces what is not there, or when the jurisdiction is none. Days that no table
    /// covers are allowed.
    pub fn parse_for(texts: &[(&str, &str)], jurisdiction: &str) -> Result<Self, TableError> {
        if !is_jurisdiction(jurisdiction) {
            return Err(TableError::NoJurisdiction {
                found: jurisdiction.to_owned(),
            });
        }
        let layers: Result<Vec<Layer>, TableError> = texts
            .iter()
            .map(|(name, text)| Layer::read(name, text))
            .collect();
        let mut tables = Vec::new();
        for composition in composed(&layers?, jurisdiction)? {
            let name = composition.name;
            let read: Result<Table, _> = composition.document.try_into();
            let mut table = read.map_err(|error| TableError::Syntax {
                name: name.clone(),
                what: error.to_string(),
            })?;
            table
                .check()
                .map_err(|what| TableError::Invalid { name, what })?;
            table.prepare();
            table.reference = composition.reference;
            tables.push(table);
        }
        Ok(Self { tables })
    }

    /// The table in force on a day.
    pub fn in_force(&self, day: NaiveDate) -> Option<&Table> {
        self.tables.iter().rev().find(|table| table.covers(day))
    }

    /// All of them, by validity.
    pub fn all(&self) -> &[Table] {
        &self.tables
    }
}
