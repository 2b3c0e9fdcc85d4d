//! Columns of the registers: what may stand in one, in a file and in an entry's body.
//!
//! A body holds whole numbers, texts, truth values and lists of these; a file holds texts. Reading and
//! writing are inverse: what is written in either language is read back as the same value.

use chrono::{Datelike, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::plate::{PlateColour, PlateNumber};

/// Years a day in a register may lie in; anything else is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2150;
/// Most items of a list in one field.
const MOST_ITEMS: usize = 200;
/// Longest item of a list of texts, characters.
const LONGEST_ITEM: usize = 60;

/// The language of a file's header and of its words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

/// Whether a column holds personal data (个人信息), and how it is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// It does not.
    No,
    /// A person's name: the first character stays (张*).
    Name,
    /// A number that leads to a person: the first three and the last two characters stay.
    Number,
}

/// A closed list that a column takes its value from.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// The name of an entry, by its name, its Chinese or one of its other words.
    pub read: fn(&str) -> Option<&'static str>,
    /// All entries: name and Chinese.
    pub all: fn() -> Vec<(&'static str, &'static str)>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum FieldType {
    /// A text of at most so many characters, on one line.
    Text(usize),
    /// A plate number after GA 36, stored in normal form.
    Plate,
    /// The colour of a plate's ground.
    Colour,
    /// One of a closed list.
    Choice(Choices),
    /// A whole number between two, both included.
    Whole(i64, i64),
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// Several texts.
    Texts,
    /// Several whole numbers between two.
    Wholes(i64, i64),
    /// Several days.
    Days,
    /// Whole numbers between two, each from a day on, such as `2026-01-01=35`.
    Dated(i64, i64),
    /// Hours of the day, such as `06:00-18:00`.
    Hours,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in English headers, in the body and in the API.
    pub name: &'static str,
    /// Its Chinese header.
    pub zh: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it holds.
    pub holds: FieldType,
    /// Whether it must be filled.
    pub required: bool,
    /// Whether it is personal data.
    pub personal: Personal,
}

impl Field {
    /// A column that may be empty.
    pub const fn new(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        holds: FieldType,
    ) -> Self {
        Self {
            name,
            zh,
            en,
            holds,
            required: false,
            personal: Personal::No,
        }
    }

    /// It must be filled.
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// It is personal data.
    pub const fn personal(self, personal: Personal) -> Self {
        Self { personal, ..self }
    }

    /// Whether a header's text names this column: its Chinese with or without the unit in brackets, or
    /// its English name.
    pub fn is_named(&self, header: &str) -> bool {
        let plain = |text: &str| text.replace('(', "（").replace(')', "）").replace(' ', "");
        let (header, zh) = (plain(header), plain(self.zh));
        let without_unit = zh.split('（').next().unwrap_or_default();
        header.eq_ignore_ascii_case(self.name) || header == zh || header == without_unit
    }
}

const DATED: Problem = Problem::List {
    zh: "应为“日期=数量”，多项以分号隔开，如 2026-01-01=35",
    en: "day=number, several parted by semicolons, such as 2026-01-01=35",
};
const HOURS: Problem = Problem::List {
    zh: "应为起止时刻，如 06:00-18:00",
    en: "hours from and until, such as 06:00-18:00",
};
const ITEMS: Problem = Problem::List {
    zh: "列表最多 200 项，每项最多 60 个字符，以分号隔开",
    en: "a list of at most 200 items of at most 60 characters, parted by semicolons",
};

impl FieldType {
    /// The value of a cell that is not empty.
    ///
    /// # Errors
    /// What it should have been.
    pub fn read(&self, text: &str) -> Result<Value, Problem> {
        let text = text.trim();
        match self {
            Self::Text(longest) => plain_text(text, *longest).map(Value::from),
            Self::Plate => plate(text).map(Value::from),
            Self::Colour => colour(text)
                .map(|colour| json!(colour.name()))
                .ok_or_else(|| self.wrong_choice()),
            Self::Choice(choices) => (choices.read)(text)
                .map(Value::from)
                .ok_or_else(|| self.wrong_choice()),
            Self::Whole(least, most) => whole(text, *least, *most).map(Value::from),
            Self::Day => day(text).map(|day| json!(day)),
            Self::Flag => flag(text).map(Value::from),
            Self::Texts => items(text, |item| plain_text(item, LONGEST_ITEM).map(Value::from)),
            Self::Wholes(least, most) => {
                items(text, |item| whole(item, *least, *most).map(Value::from))
            }
            Self::Days => items(text, |item| day(item).map(|day| json!(day))),
            Self::Dated(least, most) => items(text, |item| {
                let (from, number) = item.split_once(['=', '＝']).ok_or(DATED)?;
                let number = whole(number.trim(), *least, *most)?;
                Ok(json!([day(from.trim())?, number]))
            }),
            Self::Hours => hours(text),
        }
    }

    /// The value of a JSON value that is not null: a text is read as a cell is, what has its own form
    /// in JSON may come in it.
    ///
    /// # Errors
    /// What it should have been.
    pub fn read_json(&self, value: &Value) -> Result<Value, Problem> {
        match (self, value) {
            (_, Value::String(text)) => self.read(text),
            (Self::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Self::Whole(..), Value::Number(number)) => self.read(&number.to_string()),
            (
                Self::Texts | Self::Wholes(..) | Self::Days | Self::Dated(..) | Self::Hours,
                Value::Array(items),
            ) => self.read(&self.written_items(items, Language::English)),
            (Self::Flag, _) => Err(Problem::Flag),
            (Self::Whole(least, most) | Self::Wholes(least, most), _) => {
                Err(Problem::Whole(*least, *most))
            }
            (Self::Day | Self::Days, _) => Err(Problem::Day),
            (Self::Dated(..), _) => Err(DATED),
            (Self::Hours, _) => Err(HOURS),
            (Self::Colour | Self::Choice(_), _) => Err(self.wrong_choice()),
            (Self::Text(longest), _) => Err(Problem::TooLong(*longest)),
            (Self::Plate | Self::Texts, _) => Err(ITEMS),
        }
    }

    /// How a value stands in a cell.
    pub fn write(&self, value: &Value, language: Language) -> String {
        let chinese = language == Language::Chinese;
        match (self, value) {
            (Self::Colour, Value::String(name)) if chinese => {
                PlateColour::from_name(name).map_or_else(|| name.clone(), |c| c.zh().to_owned())
            }
            (Self::Choice(choices), Value::String(name)) if chinese => (choices.all)()
                .into_iter()
                .find(|(known, _)| known == name)
                .map_or_else(|| name.clone(), |(_, zh)| zh.to_owned()),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Bool(yes)) => match (yes, chinese) {
                (true, true) => "是",
                (false, true) => "否",
                (true, false) => "yes",
                (false, false) => "no",
            }
            .to_owned(),
            (_, Value::Array(items)) => self.written_items(items, language),
            (_, Value::Null) => String::new(),
            (_, other) => other.to_string(),
        }
    }

    fn written_items(&self, items: &[Value], language: Language) -> String {
        let mark = match (self, language) {
            (Self::Hours, _) => "-",
            (_, Language::Chinese) => "；",
            (_, Language::English) => "; ",
        };
        let written = items.iter().map(|item| match item {
            Value::String(text) => text.clone(),
            Value::Array(pair) => {
                let pair = pair.iter().map(|half| match half {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                pair.collect::<Vec<_>>().join("=")
            }
            other => other.to_string(),
        });
        written.collect::<Vec<_>>().join(mark)
    }

    fn wrong_choice(&self) -> Problem {
        Problem::Choice(self.list().unwrap_or_default())
    }

    /// The words of a closed list, `None` for what is not from one.
    pub fn list(&self) -> Option<String> {
        let words: Vec<String> = match self {
            Self::Colour => PlateColour::ALL
                .map(|colour| format!("{} {}", colour.zh(), colour.name()))
                .to_vec(),
            Self::Choice(choices) => (choices.all)()
                .into_iter()
                .map(|(name, zh)| format!("{zh} {name}"))
                .collect(),
            _ => return None,
        };
        Some(words.join(", "))
    }

    /// What a cell holds, in Chinese and in English.
    pub fn words(&self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::Text(longest) => (
                format!("文本，最多 {longest} 字"),
                format!("text of at most {longest} characters"),
            ),
            Self::Plate => both("号牌", "plate number"),
            Self::Colour | Self::Choice(_) => {
                let list = self.list().unwrap_or_default();
                (format!("其中之一：{list}"), "one of these".to_owned())
            }
            Self::Whole(least, most) => (
                format!("整数 {least} 至 {most}"),
                format!("whole number {least} to {most}"),
            ),
            Self::Day => both("日期，如 2026-03-01", "day"),
            Self::Flag => both("是/否", "yes or no"),
            Self::Texts => both("多项文本，以分号隔开", "texts parted by semicolons"),
            Self::Wholes(least, most) => (
                format!("多个整数 {least} 至 {most}，以分号隔开"),
                format!("whole numbers {least} to {most} parted by semicolons"),
            ),
            Self::Days => both("多个日期，以分号隔开", "days parted by semicolons"),
            Self::Dated(..) => both("日期=数量，以分号隔开", "day=number, parted by semicolons"),
            Self::Hours => both("起止时刻，如 06:00-18:00", "hours from and until"),
        }
    }
}

fn plain_text(text: &str, longest: usize) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.chars().count() > longest {
        return Err(Problem::TooLong(longest));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::Control);
    }
    Ok(text.to_owned())
}

fn plate(text: &str) -> Result<String, Problem> {
    match PlateNumber::parse(text) {
        Ok(plate) => Ok(plate.as_str().to_owned()),
        Err(error) => Err(Problem::Plate {
            zh: error.text_zh(),
            en: error.to_string(),
        }),
    }
}

fn colour(text: &str) -> Option<PlateColour> {
    PlateColour::from_name(text).or_else(|| {
        let bare = text.trim_end_matches('色');
        PlateColour::ALL.into_iter().find(|colour| {
            let zh = colour.zh().trim_end_matches('色');
            bare == zh
                || bare == zh.trim_start_matches("渐变")
                || bare == zh.trim_end_matches("双拼")
        })
    })
}

fn whole(text: &str, least: i64, most: i64) -> Result<i64, Problem> {
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(Problem::Whole(least, most)),
    }
}

/// Days as people and spreadsheets write them: `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日`.
fn day(text: &str) -> Result<NaiveDate, Problem> {
    let plain = text.replace(['/', '.', '年', '月'], "-").replace('日', "");
    NaiveDate::parse_from_str(&plain, "%Y-%m-%d")
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
        .ok_or(Problem::Day)
}

fn flag(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "是" | "有" | "yes" | "y" | "true" | "1" => Ok(true),
        "否" | "无" | "no" | "n" | "false" | "0" => Ok(false),
        _ => Err(Problem::Flag),
    }
}

fn items(text: &str, read: impl Fn(&str) -> Result<Value, Problem>) -> Result<Value, Problem> {
    let items: Vec<&str> = text
        .split([';', '；', '、'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .collect();
    if items.is_empty() || items.len() > MOST_ITEMS {
        return Err(ITEMS);
    }
    items.into_iter().map(read).collect()
}

fn hours(text: &str) -> Result<Value, Problem> {
    let (from, until) = text.split_once(['-', '－', '—', '~', '至']).ok_or(HOURS)?;
    let time = |text: &str| {
        let text = text.trim().replace('：', ":");
        NaiveTime::parse_from_str(&text, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S"))
            .map_err(|_| HOURS)
    };
    Ok(json!([time(from)?, time(until)?]))
}

/// The choices of a closed list, with further words that mean one of them.
macro_rules! choices {
    ($list:ty $(, $word:literal => $entry:ident)*) => {
        $crate::register::field::FieldType::Choice($crate::register::field::Choices {
            read: |text| {
                let known = <$list>::ALL
                    .iter()
                    .find(|entry| entry.name() == text || entry.zh() == text);
                let known = known.map(|entry| entry.name());
                match text {
                    $($word => Some(<$list>::$entry.name()),)*
                    _ => known,
                }
            },
            all: || <$list>::ALL.iter().map(|entry| (entry.name(), entry.zh())).collect(),
        })
    };
}
pub(super) use choices;
