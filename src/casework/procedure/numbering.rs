//! Numbers of cases and papers (案号、文号): a template, a year and a serial without gaps.
//!
//! No national rule fixes one form, so the form is a template. What counts up is the store; a number
//! that was given and not used stays void and is not given again.

use serde::{Deserialize, Serialize};
use thiserror::Error;

closed_list! {
    /// What is numbered: each has its own serial, per unit and year.
    NumberSeries {
        /// The case.
        Case = "case", "案号", "case number";
        /// The notice of violation.
        Notice = "notice", "违法行为通知书文号", "number of the notice of violation";
        /// The decision.
        Decision = "decision", "行政处罚决定书文号", "number of the decision";
    }
}

impl NumberSeries {
    /// What `{kind}` stands for where the settings name nothing else.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Case => "罚案",
            Self::Notice => "罚告",
            Self::Decision => "罚",
        }
    }
}

/// A number that was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Which serial it belongs to: unit and kind, as the store keeps it.
    pub series: String,
    /// Year.
    pub year: i32,
    /// Its place in the serial, from 1.
    pub serial: u32,
    /// As printed.
    pub text: String,
}

/// A template that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A brace without its other.
    #[error("template `{template}`: a brace at character {at} has no other; write {{seq}}")]
    Brace {
        /// The template.
        template: String,
        /// Character, from 1.
        at: usize,
    },
    /// A word in braces that stands for nothing.
    #[error(
        "template `{template}`: `{{{word}}}` stands for nothing; there are org_word, kind, year, seq, seq:4"
    )]
    UnknownWord {
        /// The template.
        template: String,
        /// The word.
        word: String,
    },
    /// Without year and serial numbers are not unique.
    #[error(
        "template `{template}`: {{{word}}} must stand in it exactly once, it stands {found} times"
    )]
    WordCount {
        /// The template.
        template: String,
        /// `year` or `seq`.
        word: &'static str,
        /// How often it stands there.
        found: usize,
    },
    /// A width that is none.
    #[error("template `{template}`: the width of {{seq}} must be 1 to 9, it is `{width}`")]
    Width {
        /// The template.
        template: String,
        /// What was given.
        width: String,
    },
}

impl TemplateError {
    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::Brace { template, at } => {
                format!("编号模板“{template}”第{at}个字符的花括号不成对，应如 {{seq}}。")
            }
            Self::UnknownWord { template, word } => format!(
                "编号模板“{template}”中的 {{{word}}} 无效，可用 org_word、kind、year、seq、seq:4。"
            ),
            Self::WordCount {
                template,
                word,
                found,
            } => format!("编号模板“{template}”中 {{{word}}} 应当且只能出现一次，现为{found}次。"),
            Self::Width { template, width } => {
                format!("编号模板“{template}”中 {{seq}} 的位数应为1至9，现为“{width}”。")
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    OrgWord,
    Kind,
    Year,
    Serial { width: usize },
}

/// A checked template, such as `{org_word}{kind}〔{year}〕{seq:4}号`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTemplate {
    parts: Vec<Part>,
}

impl NumberTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Braces that don't pair, unknown words, and a template in which year or serial doesn't stand
    /// exactly once: its numbers would not be unique.
    pub fn parse(template: &str) -> Result<Self, TemplateError> {
        let own = || template.to_owned();
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut characters = template.chars().enumerate();
        while let Some((index, character)) = characters.next() {
            let brace = TemplateError::Brace {
                template: own(),
                at: index.saturating_add(1),
            };
            match character {
                '{' => {
                    let mut word = String::new();
                    loop {
                        match characters.next() {
                            Some((_, '}')) => break,
                            Some((_, '{')) | None => return Err(brace),
                            Some((_, other)) => word.push(other),
                        }
                    }
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(part(template, &word)?);
                }
                '}' => return Err(brace),
                other => text.push(other),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        let years = parts.iter().filter(|part| **part == Part::Year).count();
        let is_serial = |part: &&Part| matches!(part, Part::Serial { .. });
        let serials = parts.iter().filter(is_serial).count();
        for (word, found) in [("year", years), ("seq", serials)] {
            if found != 1 {
                let template = own();
                return Err(TemplateError::WordCount {
                    template,
                    word,
                    found,
                });
            }
        }
        Ok(Self { parts })
    }

    /// The number as printed. A serial longer than its width is written whole.
    pub fn format(&self, org_word: &str, kind: &str, year: i32, serial: u32) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::OrgWord => text.push_str(org_word),
                Part::Kind => text.push_str(kind),
                Part::Year => text.push_str(&year.to_string()),
                Part::Serial { width } => text.push_str(&format!("{serial:0width$}")),
            }
        }
        text
    }
}

fn part(template: &str, word: &str) -> Result<Part, TemplateError> {
    match word {
        "org_word" => Ok(Part::OrgWord),
        "kind" => Ok(Part::Kind),
        "year" => Ok(Part::Year),
        "seq" => Ok(Part::Serial { width: 1 }),
        _ => match word.strip_prefix("seq:") {
            Some(width) => match width.parse::<usize>() {
                Ok(number) if (1..=9).contains(&number) && width.len() == 1 => {
                    Ok(Part::Serial { width: number })
                }
                _ => Err(TemplateError::Width {
                    template: template.to_owned(),
                    width: width.to_owned(),
                }),
            },
            None => Err(TemplateError::UnknownWord {
                template: template.to_owned(),
                word: word.to_owned(),
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USUAL: &str = "{org_word}{kind}〔{year}〕{seq:4}号";

    #[test]
    fn the_forms_that_are_in_use() {
        let usual = NumberTemplate::parse(USUAL).unwrap();
        assert_eq!(
            usual.format("晋长上交", "罚", 2023, 1),
            "晋长上交罚〔2023〕0001号"
        );
        assert_eq!(
            usual.format("晋长上交", "罚", 2023, 12_345),
            "晋长上交罚〔2023〕12345号"
        );
        let digits = NumberTemplate::parse("371682{year}{seq:4}").unwrap();
        assert_eq!(digits.format("", "", 2020, 1001), "37168220201001");
        let plain = NumberTemplate::parse("青{org_word}超[{year}]第{seq}号").unwrap();
        assert_eq!(plain.format("运", "", 2020, 12), "青运超[2020]第12号");
    }

    #[test]
    fn a_template_that_can_not_number_is_refused() {
        let refused = |template: &str| NumberTemplate::parse(template).unwrap_err();
        assert!(matches!(
            refused("{year}{seq"),
            TemplateError::Brace { at: 7, .. }
        ));
        assert!(matches!(
            refused("{year}{seq}}"),
            TemplateError::Brace { at: 12, .. }
        ));
        assert!(matches!(
            refused("{year}{seq}{month}"),
            TemplateError::UnknownWord { .. }
        ));
        assert!(matches!(
            refused("{seq}"),
            TemplateError::WordCount {
                word: "year",
                found: 0,
                ..
            }
        ));
        assert!(matches!(
            refused("{year}{seq}{seq:3}"),
            TemplateError::WordCount { found: 2, .. }
        ));
        for width in ["0", "10", "", "x", "+4"] {
            let error = refused(&format!("{{year}}{{seq:{width}}}"));
            assert!(matches!(error, TemplateError::Width { .. }), "{width}");
            assert!(!error.zh().is_empty());
        }
    }

    proptest! {
        /// Two serials never print the same number.
        #[test]
        fn numbers_of_a_series_differ(one in 1..200_000_u32, other in 1..200_000_u32, width in 1..=9) {
            let template = NumberTemplate::parse(&format!("X{{year}}-{{seq:{width}}}")).unwrap();
            let same = template.format("", "", 2026, one) == template.format("", "", 2026, other);
            prop_assert_eq!(same, one == other);
        }
    }
}
