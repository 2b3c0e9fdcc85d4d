//! Discretion (裁量): what a local standard makes of the computed amount.
//!
//! There is no national standard: the section `[discretion]` comes with an overlay, and without it
//! the answer is a refusal that says so. A standard only ever narrows or lowers: its range never
//! goes above the most that the law allows for the act.

use chrono::NaiveDate;
use serde::Deserialize;
use thiserror::Error;

use super::amount::ComputedAmount;
use super::circumstance::{Circumstance, all_found};
use super::derivation::Citation;
use super::figures::Figure;
use super::table::{BASIS, Table, check_mark};
use super::yuan_range::{by_most_then_least, is_range, range_en, range_zh};
use crate::units::{Kilograms, Yuan};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Measure {
    OverageKg,
    /// Overage by limit, in hundredths of a per cent.
    OverageBasisPoints,
}

/// Whether a band begins at its border or just above it (以上 or 超过).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Border {
    From,
    Above,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    border: i64,
    /// Only when all of these were found.
    #[serde(default)]
    when: Vec<Circumstance>,
    /// Least and greatest share of the computed amount.
    share_basis_points: Option<Figure<[i64; 2]>>,
    /// Least and greatest amount.
    yuan: Option<Figure<[i64; 2]>>,
    article: Citation,
}

/// The table's section `[discretion]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discretion {
    valid_from: NaiveDate,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    measure: Measure,
    border_is: Border,
    band: Vec<Band>,
}

impl Discretion {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            return Err("discretion.valid_to: before valid_from".to_owned());
        }
        if !self.band.is_sorted_by_key(|band| band.border) {
            return Err("discretion.band: not ascending".to_owned());
        }
        for band in &self.band {
            let name = format!("discretion.band {}", band.border);
            // Without a band for everybody, a border would leave some without an answer.
            let of_border = self.band.iter().filter(|other| other.border == band.border);
            if of_border.filter(|other| other.when.is_empty()).count() != 1 {
                return Err(format!(
                    "{name}: exactly one band of a border is without `when`"
                ));
            }
            let ((Some(figure), None) | (None, Some(figure))) =
                (&band.share_basis_points, &band.yuan)
            else {
                return Err(format!("{name}: either share_basis_points or yuan"));
            };
            check_mark(&name, &figure.sure)?;
            if band.border < 0 || !is_range(figure.value.map(Yuan::new)) {
                return Err(format!("{name}: negative or upside down"));
            }
            let share = band.share_basis_points.as_ref();
            if share.is_some_and(|share| share.value[1] > BASIS) {
                return Err(format!("{name}: a share above {BASIS} basis points"));
            }
        }
        Ok(())
    }

    fn reaches(&self, band: &Band, overage: Kilograms, limit: Kilograms) -> bool {
        // As fractions: over / limit against border / BASIS, nothing rounded.
        let (part, border) = match self.measure {
            Measure::OverageKg => (overage.get(), band.border),
            Measure::OverageBasisPoints => (
                overage.get().saturating_mul(BASIS),
                limit.get().saturating_mul(band.border),
            ),
        };
        match self.border_is {
            Border::From => part >= border,
            Border::Above => part > border,
        }
    }
}

impl Band {
    /// What the band makes of an amount; shares are rounded down, for the party.
    fn range(&self, computed: &ComputedAmount) -> [Yuan; 2] {
        let [least, most] = computed.range_yuan();
        let share = |of: Yuan, share: i64| {
            let part = of.get().saturating_mul(share).checked_div(BASIS);
            Yuan::new(part.unwrap_or(0))
        };
        let range = match (&self.share_basis_points, &self.yuan) {
            (Some(shares), _) => [share(least, shares.value[0]), share(most, shares.value[1])],
            (None, Some(yuan)) => yuan.value.map(Yuan::new),
            (None, None) => [least, most],
        };
        range.map(|yuan| yuan.min(computed.statutory_most_yuan()))
    }
}

/// What a discretion standard makes of a computed amount. The computed amount stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscretionRange {
    /// The amount it was made of, least and greatest.
    pub computed_range_yuan: [Yuan; 2],
    /// Least and greatest that the standard names.
    pub range_yuan: [Yuan; 2],
    /// Circumstances the band rests on; empty for the ordinary band.
    pub circumstances: Vec<Circumstance>,
    /// Where the band stands; `None`: the overage is below the first band, nothing changes.
    pub article: Option<Citation>,
}

impl DiscretionRange {
    /// As a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let computed = range_zh(self.computed_range_yuan);
        let Some(article) = &self.article else {
            return format!("裁量基准没有相应档次：按计算数额{computed}。");
        };
        let names: Vec<&str> = self.circumstances.iter().map(|one| one.zh()).collect();
        let found = if names.is_empty() {
            String::new()
        } else {
            format!("{}，", names.join("、"))
        };
        format!(
            "计算数额{computed}，{found}按裁量基准为{}（{}）。",
            range_zh(self.range_yuan),
            article.zh()
        )
    }

    /// As an English sentence.
    pub fn text_en(&self) -> String {
        let computed = range_en(self.computed_range_yuan);
        let Some(article) = &self.article else {
            return format!(
                "The discretion standard has no band for it: the computed {computed} stays."
            );
        };
        let names: Vec<&str> = self.circumstances.iter().map(|one| one.name()).collect();
        let found = if names.is_empty() {
            String::new()
        } else {
            format!(" ({})", names.join(", ").replace('_', " "))
        };
        format!(
            "Computed {computed}{found}; by the discretion standard {} ({}).",
            range_en(self.range_yuan),
            article.en()
        )
    }
}

/// Why no discretion standard applies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DiscretionError {
    /// The table has no standard.
    #[error(
        "table {table} has no discretion standard; set [discretion] of the overlay from the \
         province's official text"
    )]
    NotSet {
        /// Id of the table.
        table: String,
    },
    /// The standard does not hold on that day.
    #[error("the discretion standard of table {table} does not hold on {day}")]
    NotInForce {
        /// Id of the table.
        table: String,
        /// The day.
        day: NaiveDate,
    },
    /// Overage or limit are none.
    #[error("an overage of {overage_kg} over a limit of {limit_kg} has no band")]
    NoOverage {
        /// The overage given.
        overage_kg: Kilograms,
        /// The limit given.
        limit_kg: Kilograms,
    },
}

impl DiscretionError {
    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NotSet { table } => {
                format!("法规表{table}没有裁量基准，请按省级正式文本设置。")
            }
            Self::NotInForce { table, day } => {
                format!("法规表{table}的裁量基准在{day}不适用。")
            }
            Self::NoOverage {
                overage_kg,
                limit_kg,
            } => format!(
                "超限{}千克、限值{}千克，无法确定裁量档次。",
                overage_kg.get(),
                limit_kg.get()
            ),
        }
    }
}

/// What the table's discretion standard makes of a computed amount, for an overage and its limit,
/// with the circumstances found, as of the day of the decision.
///
/// The highest border that is reached counts; of its bands whose circumstances were found, the one
/// better for the party. Shares round down to whole yuan.
///
/// Errors: no standard, not on that day, or an overage or limit that is not above zero.
pub fn discretion_range(
    table: &Table,
    computed: &ComputedAmount,
    overage: Kilograms,
    limit: Kilograms,
    found: &[Circumstance],
    day: NaiveDate,
) -> Result<DiscretionRange, DiscretionError> {
    let id = || table.id().to_owned();
    let Some(standard) = &table.discretion else {
        return Err(DiscretionError::NotSet { table: id() });
    };
    if day < standard.valid_from || standard.valid_to.is_some_and(|last| last < day) {
        return Err(DiscretionError::NotInForce { table: id(), day });
    }
    if overage <= Kilograms::ZERO || limit <= Kilograms::ZERO {
        return Err(DiscretionError::NoOverage {
            overage_kg: overage,
            limit_kg: limit,
        });
    }
    let bands = standard.band.iter();
    let reached: Vec<&Band> = bands
        .filter(|band| standard.reaches(band, overage, limit))
        .collect();
    let highest = reached.last().map(|band| band.border);
    let band = reached
        .into_iter()
        .filter(|band| Some(band.border) == highest && all_found(&band.when, found))
        .min_by_key(|band| by_most_then_least(band.range(computed)));
    Ok(DiscretionRange {
        computed_range_yuan: computed.range_yuan(),
        range_yuan: band.map_or(computed.range_yuan(), |band| band.range(computed)),
        circumstances: band.map(|band| band.when.clone()).unwrap_or_default(),
        article: band.map(|band| band.article.clone()),
    })
}
