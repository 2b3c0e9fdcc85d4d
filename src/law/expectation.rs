//! What a worked example must give, and how a verdict differs from it.

use serde::{Deserialize, Serialize};

use super::verdict::{Dimension, NoteCode, Outcome, Reading, TransportKind, Verdict, VerdictClass};
use crate::units::{Kilograms, Millimetres, Yuan};

/// Police part of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPolice {
    /// Licence points.
    #[serde(default)]
    pub points: Option<u8>,
    /// Least and greatest fine, yuan.
    #[serde(default)]
    pub fine_range_yuan: Option<[Yuan; 2]>,
}

/// Part of an expectation about the transport authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedTransport {
    /// Which, for the mass.
    pub kind: TransportKind,
    /// Amount for the mass, yuan.
    pub yuan: Yuan,
    /// Mass and dimensions together, yuan; compared when it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_range_yuan: Option<[Yuan; 2]>,
}

/// What must come out. Only what is given is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    missing_docs,
    reason = "each is the field of the verdict of the same name"
)]
pub struct Expectation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<VerdictClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforcement_kg: Option<Kilograms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_kg: Option<Kilograms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overage_kg: Option<Kilograms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overage_percent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hundred_ton: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<ExpectedTransport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub police: Option<ExpectedPolice>,
    /// Limits of the axles and groups, front to rear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_limits_kg: Option<Vec<Kilograms>>,
    /// All other readings, each with its limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<(Reading, Kilograms)>>,
    /// Limits of the dimensions that were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension_limits_mm: Option<Vec<(Dimension, Millimetres)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_per_million: Option<i64>,
    /// Notes that must be there; others may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<NoteCode>>,
    /// Notes that must not be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_notes: Option<Vec<NoteCode>>,
}

/// A value as its JSON, which is how it was written; what is not there is a dash.
fn words<T: Serialize>(value: Option<&T>) -> String {
    let json = value.and_then(|value| serde_json::to_string(value).ok());
    json.unwrap_or_else(|| "-".to_owned())
}

fn differ<T: PartialEq + Serialize>(
    differences: &mut Vec<String>,
    field: &str,
    expected: Option<&T>,
    found: Option<&T>,
) {
    if expected.is_some() && expected != found {
        differences.push(format!(
            "{field}: expected {}, found {}",
            words(expected),
            words(found)
        ));
    }
}

impl Expectation {
    /// Every field that differs, in words; empty when the verdict is as expected.
    pub fn differences(&self, verdict: &Verdict) -> Vec<String> {
        let mut all = Vec::new();
        differ(
            &mut all,
            "outcome",
            self.outcome.as_ref(),
            Some(&verdict.outcome),
        );
        differ(
            &mut all,
            "class",
            self.class.as_ref(),
            verdict.class.as_ref(),
        );
        let enforcement = verdict.enforcement_kg.as_ref();
        differ(
            &mut all,
            "enforcement_kg",
            self.enforcement_kg.as_ref(),
            enforcement,
        );
        differ(
            &mut all,
            "limit_kg",
            self.limit_kg.as_ref(),
            verdict.limit_kg.as_ref(),
        );
        differ(
            &mut all,
            "overage_kg",
            self.overage_kg.as_ref(),
            verdict.overage_kg.as_ref(),
        );
        let percent = verdict.overage_percent.as_ref();
        differ(
            &mut all,
            "overage_percent",
            self.overage_percent.as_ref(),
            percent,
        );
        differ(
            &mut all,
            "hundred_ton",
            self.hundred_ton.as_ref(),
            Some(&verdict.hundred_ton),
        );
        let compared = self
            .transport
            .and_then(|expected| expected.total_range_yuan);
        let transport = verdict.transport.map(|found| ExpectedTransport {
            kind: found.kind,
            yuan: found.yuan,
            total_range_yuan: compared.and(found.total_range_yuan),
        });
        differ(
            &mut all,
            "transport",
            self.transport.as_ref(),
            transport.as_ref(),
        );
        let alternatives: Vec<_> = verdict
            .alternatives
            .iter()
            .map(|other| (other.reading, other.limit_kg))
            .collect();
        differ(
            &mut all,
            "alternatives",
            self.alternatives.as_ref(),
            Some(&alternatives),
        );
        let dimensions: Vec<_> = verdict
            .dimensions
            .iter()
            .map(|found| (found.dimension, found.limit_mm))
            .collect();
        differ(
            &mut all,
            "dimension_limits_mm",
            self.dimension_limits_mm.as_ref(),
            Some(&dimensions),
        );
        let risk = verdict.risk.map(|risk| risk.per_million);
        differ(
            &mut all,
            "risk_per_million",
            self.risk_per_million.as_ref(),
            risk.as_ref(),
        );
        let police = verdict.police.map(|police| ExpectedPolice {
            points: police.points,
            fine_range_yuan: police.fine_range_yuan,
        });
        differ(&mut all, "police", self.police.as_ref(), police.as_ref());
        let limits = verdict
            .axle_groups
            .iter()
            .map(|group| group.limit_kg)
            .collect();
        differ(
            &mut all,
            "group_limits_kg",
            self.group_limits_kg.as_ref(),
            Some(&limits),
        );
        for code in self.notes.iter().flatten() {
            if !verdict.has_note(*code) {
                all.push(format!("notes: expected {}, found none such", code.name()));
            }
        }
        for code in self.no_notes.iter().flatten() {
            if verdict.has_note(*code) {
                all.push(format!("notes: expected no {}", code.name()));
            }
        }
        all
    }
}
