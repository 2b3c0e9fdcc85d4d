//! Why a verdict is what it is: every rule applied, with its article, its inputs, its result.
//!
//! A step is a handful of integers and names, cheap to make for every truck; its Chinese and
//! English sentences are made when somebody reads them ([`Step::text_zh`], [`Step::text_en`]).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::Kilograms;

/// Where a rule stands in the law (法条), in both languages; in JSON `{zh, en}`. Cheap to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation(Arc<(String, String)>);

impl Citation {
    /// A place in the law.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self(Arc::new((zh.into(), en.into())))
    }

    /// In Chinese.
    pub fn zh(&self) -> &str {
        &self.0.0
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.0.1
    }
}

impl Serialize for Citation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("zh", self.zh())?;
        map.serialize_entry("en", self.en())?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Citation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Texts {
            zh: String,
            en: String,
        }
        Texts::deserialize(deserializer).map(|texts| Self::new(texts.zh, texts.en))
    }
}

/// A rule that was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The scale's permissible error is taken off the reading (误差扣减).
    EnforcementMass,
    /// The limit of an axle or axle group (轴荷限值).
    AxleGroup,
    /// The total-mass limit by kind and axle count (总质量限值).
    MassLimit,
    /// The higher limit of an air-sprung drive axle (空气悬架).
    AirSuspension,
    /// The reduction for single tyres (单轮胎减量).
    SingleTyres,
    /// The total may not exceed the sum of the axle limits (轴荷限值之和).
    AxleSum,
    /// The licence's total mass as limit (行驶证总质量).
    LicenceMass,
    /// What the mass is over the limit (超限量).
    Overage,
    /// Overage by limit, in per cent (超限率).
    OveragePercent,
    /// The alarm of 100 tonnes (百吨王).
    HundredTon,
    /// What the transport authority could impose (交通运输部门处罚).
    TransportPenalty,
    /// Licence points the police could give (记分).
    PolicePoints,
    /// Range of the fine the police could impose (公安罚款幅度).
    PoliceFine,
    /// A fact of the vehicle, and who stated it (车辆信息来源).
    FactStated,
    /// The scale's certificate on the day (检定证书).
    Certificate,
    /// A special-purpose vehicle's register entry as limit (专项作业车登记).
    RegisterEntry,
    /// A permit's mass as limit (超限运输许可).
    Permit,
    /// A dimension against its limit (外廓尺寸).
    Dimension,
    /// Amounts for mass and dimensions together (合并罚款幅度).
    TotalRange,
    /// The probability that the true mass is within the limit (误认风险).
    Risk,
    /// Which authority may fine: one act, one fine (一事不二罚).
    OneAct,
}

/// Name of an input of a rule, or of a datum of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names are the documentation: field words with their unit"
)]
pub enum Input {
    AccuracyClass,
    ApprovedPayloadKg,
    Article3Kg,
    Authority,
    AxleSumKg,
    Axles,
    CapYuan,
    Category,
    Certificate,
    Day,
    Dimension,
    DimensionRangeYuan,
    DriftBasisPoints,
    DriveAxles,
    EnforcementKg,
    ErrorBasisPoints,
    ErrorKg,
    Fact,
    Field,
    FirstAxle,
    Formula,
    FromKg,
    Group,
    GrossKg,
    LastAxle,
    LicenceTotalMassKg,
    LimitKg,
    LimitMm,
    LoadKg,
    MassYuan,
    MaxTotalMassKg,
    MeasuredMm,
    Mode,
    MotorAxles,
    OverageKg,
    OtherLimitKg,
    PartTonneReading,
    Permit,
    Reading,
    ReadingKg,
    Reason,
    ReductionKg,
    Reference,
    Resolved,
    ScaleUse,
    SingleTyreAxles,
    Source,
    Statement,
    SteeredAxles,
    TareKg,
    ValidFrom,
    ValidUntil,
    Value,
    WithholdAbovePerMillion,
}

/// A value in a derivation: never a float.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Boolean(bool),
    /// A whole number in the unit its name says.
    Integer(i64),
    /// Least and greatest.
    Range([i64; 2]),
    /// A name or a decimal text.
    Text(Cow<'static, str>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<Kilograms> for Value {
    fn from(value: Kilograms) -> Self {
        Self::Integer(value.get())
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Range([least, most]) if least == most => least.fmt(f),
            Self::Range([least, most]) => write!(f, "{least}-{most}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Named values, in the order they were given; a JSON object. Equal when they hold the same,
/// whatever the order: canonical JSON sorts its keys.
#[derive(Debug, Clone, Default)]
pub struct Inputs(Vec<(Input, Value)>);

impl PartialEq for Inputs {
    fn eq(&self, other: &Self) -> bool {
        let same = |(name, value): &(Input, Value)| other.get(*name) == Some(value);
        self.0.len() == other.0.len() && self.0.iter().all(same)
    }
}

impl Eq for Inputs {}

impl Inputs {
    /// The value of that name.
    pub fn get(&self, name: Input) -> Option<&Value> {
        self.0
            .iter()
            .find(|(input, _)| *input == name)
            .map(|(_, value)| value)
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &(Input, Value)> {
        self.0.iter()
    }
}

impl From<Vec<(Input, Value)>> for Inputs {
    fn from(values: Vec<(Input, Value)>) -> Self {
        Self(values)
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Inputs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of named values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Inputs, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    values.push(entry);
                }
                Ok(Inputs(values))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// One rule applied: which, where it stands, from what, to what.
///
/// In JSON: `{rule, article, article_en, inputs{..}, result}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StepJson", from = "StepJson")]
pub struct Step {
    /// Which rule.
    pub rule: Rule,
    /// Where it stands.
    pub article: Citation,
    /// What went in.
    pub inputs: Inputs,
    /// What came out.
    pub result: Value,
}

impl Step {
    pub(super) fn new(
        rule: Rule,
        article: &Citation,
        inputs: Vec<(Input, Value)>,
        result: impl Into<Value>,
    ) -> Self {
        Self {
            rule,
            article: article.clone(),
            inputs: Inputs(inputs),
            result: result.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct StepJson {
    rule: Rule,
    article: String,
    article_en: String,
    inputs: Inputs,
    result: Value,
}

impl From<Step> for StepJson {
    fn from(step: Step) -> Self {
        Self {
            rule: step.rule,
            article: step.article.zh().to_owned(),
            article_en: step.article.en().to_owned(),
            inputs: step.inputs,
            result: step.result,
        }
    }
}

impl From<StepJson> for Step {
    fn from(json: StepJson) -> Self {
        Self {
            rule: json.rule,
            article: Citation::new(json.article, json.article_en),
            inputs: json.inputs,
            result: json.result,
        }
    }
}
