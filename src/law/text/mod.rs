//! The sentences of a derivation, Chinese and English, made when somebody reads them.

mod chinese;
mod english;

use serde::Serialize;

use super::derivation::{Citation, Input, Step, Value};
use super::vehicle::VehicleCategory;
use super::verdict::{AxleGroupKind, Dimension, Note, Reading, Verdict, VerdictClass};

impl VehicleCategory {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Truck => "载货汽车",
            Self::ArticulatedTrain => "铰接列车",
            Self::CentreAxleTrailerTrain => "中置轴挂车列车",
            Self::FullTrailerTrain => "全挂列车",
            Self::LowSpeed => "低速货车",
        }
    }
}

impl AxleGroupKind {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Single => "单轴",
            Self::TwoAxle => "二轴组",
            Self::ThreeAxle => "三轴组",
            Self::OutsideTable => "标准未列轴组",
        }
    }
}

impl VerdictClass {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Clear => "未超限",
            Self::Warning => "超限（警告）",
            Self::Overloaded => "超限",
            Self::HundredTon => "超限（百吨王）",
        }
    }
}

impl Dimension {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Height => "车货总高",
            Self::Width => "车货总宽",
            Self::Length => "车货总长",
        }
    }
}

impl Reading {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WithoutAxleSum => "第三条数值（不计轴荷限值之和）",
            Self::SingleTyresByPair => "每少两个轮胎减3吨",
            Self::SingleTyresOnce => "单轮胎减3吨一次",
            Self::Annex124 => "交公路发〔2016〕124号附件",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::WithoutAxleSum => "article 3 without the axle-sum rule",
            Self::SingleTyresByPair => "3 t for every two tyres fewer",
            Self::SingleTyresOnce => "3 t once for single tyres",
            Self::Annex124 => "the 2016 annex",
        }
    }
}

/// A step or a note of a verdict in words, as everyone is shown it: the calculator, the API, the
/// console and the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Where the rule stands; a note has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Citation>,
}

impl Verdict {
    /// Every step, then every note, in words.
    pub fn explanation(&self) -> Vec<Sentence> {
        let steps = self.derivation.iter().map(|step| Sentence {
            zh: step.text_zh(),
            en: step.text_en(),
            article: Some(step.article.clone()),
        });
        let notes = self.notes.iter().map(|note| Sentence {
            zh: note.text_zh(),
            en: note.text_en(),
            article: None,
        });
        steps.chain(notes).collect()
    }
}

/// One axle by its number, several from first to last.
fn axles(first: String, last: &str) -> String {
    if first == last {
        first
    } else {
        format!("{first}-{last}")
    }
}

/// Reads inputs as text in one language.
struct Words<'a> {
    step: &'a Step,
    name: fn(&str) -> &str,
}

impl Words<'_> {
    fn of(&self, input: Input) -> String {
        self.step
            .inputs
            .get(input)
            .map_or_else(|| "?".to_owned(), |value| self.value(value))
    }

    fn value(&self, value: &Value) -> String {
        (self.name)(&value.to_string()).to_owned()
    }

    fn has(&self, input: Input) -> bool {
        self.step.inputs.get(input).is_some()
    }

    /// `1` or `2-3`.
    fn axles(&self) -> String {
        axles(self.of(Input::FirstAxle), &self.of(Input::LastAxle))
    }

    /// By what a statement can be found again, after `separator`; nothing when that is not known.
    fn reference(&self, separator: &str) -> String {
        match self.step.inputs.get(Input::Reference) {
            Some(reference) => format!("{separator}{reference}"),
            None => String::new(),
        }
    }

    /// Basis points as per cent with its sign: `0.2%`.
    fn percent(&self, input: Input) -> String {
        format!("{}%", self.hundredths(input))
    }

    fn error_percent(&self) -> String {
        self.hundredths(Input::ErrorBasisPoints)
    }

    /// Basis points as per cent: 500 is `5`, 20 is `0.2`.
    fn hundredths(&self, input: Input) -> String {
        match self.step.inputs.get(input) {
            Some(Value::Integer(points)) => {
                let text = format!("{}.{:02}", points.div_euclid(100), points.rem_euclid(100));
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => "?".to_owned(),
        }
    }
}

impl Note {
    /// `1` or `2-3`.
    fn axles(&self) -> String {
        let of = |input| self.of(input, |number| number);
        axles(of(Input::FirstAxle), &of(Input::LastAxle))
    }

    fn of(&self, input: Input, name: fn(&str) -> &str) -> String {
        let value = self.data.get(input).map(ToString::to_string);
        value.map_or_else(|| "?".to_owned(), |value| name(&value).to_owned())
    }
}
