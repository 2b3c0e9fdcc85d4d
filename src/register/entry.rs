//! An entry of a register: its values by column, checked, with what lists search by.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::field::{Field, FieldType, Language, Personal};
use super::kind::RegisterKind;
use super::problem::Problem;

/// Longest key, characters.
const KEY_LONGEST: usize = 120;

/// The column that every register has: whether the entry stands (在册) or was struck off (注销).
pub const ACTIVE: Field = Field::new(
    "active",
    "在册",
    "whether the entry stands; no: struck off",
    FieldType::Flag,
);

pub(super) const fn yes() -> bool {
    true
}

/// A value that can't stand where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column.
    pub field: FieldName,
    /// What was given.
    pub value: String,
    /// What it should be.
    pub problem: Problem,
}

/// The names of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// In English headers and in the API.
    pub name: String,
    /// In Chinese headers.
    pub zh: String,
}

impl From<&Field> for FieldName {
    fn from(field: &Field) -> Self {
        Self {
            name: field.name.to_owned(),
            zh: field.zh.to_owned(),
        }
    }
}

/// An entry (台账条目). Its body is what the store and the journal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which register.
    pub kind: RegisterKind,
    /// Its key.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// First day it holds; `None`: from ever.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds; `None`: for ever.
    pub valid_until: Option<NaiveDate>,
    /// Whether it stands.
    pub active: bool,
    /// Its values by column name; a column that is empty is absent.
    pub body: Value,
}

/// All columns of a register, `active` last.
pub fn fields_of(kind: RegisterKind) -> impl Iterator<Item = &'static Field> {
    kind.fields().iter().chain(std::iter::once(&ACTIVE))
}

impl Entry {
    /// An entry of values that each were read by their column.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(kind: RegisterKind, mut values: Map<String, Value>) -> Result<Self, Vec<Fault>> {
        values.retain(|_, value| !value.is_null());
        // Said only where it was struck off, so that leaving it out and saying yes are the same.
        if values.get(ACTIVE.name) == Some(&Value::Bool(true)) {
            values.remove(ACTIVE.name);
        }
        let mut faults: Vec<Fault> = kind
            .fields()
            .iter()
            .filter(|field| field.required && !values.contains_key(field.name))
            .map(|field| fault(field, &Value::Null, Problem::Missing))
            .collect();
        let columns = kind.columns();
        let day =
            |name: Option<&str>| -> Option<NaiveDate> { values.get(name?)?.as_str()?.parse().ok() };
        let (valid_from, valid_until) = (day(columns.valid_from), day(columns.valid_until));
        if let (Some(first), Some(last), Some(name)) =
            (valid_from, valid_until, columns.valid_until)
            && last < first
            && let Some(field) = kind.fields().iter().find(|field| field.name == name)
        {
            let order = Problem::contradiction("不应早于起始日期", "not before the first day");
            faults.push(fault(field, &json!(last), order));
        }
        let text = |name: &str| values.get(name)?.as_str().map(str::to_owned);
        let parts: Vec<String> = columns.key.iter().filter_map(|name| text(name)).collect();
        let (label, plate, carrier) = (
            text(columns.label).unwrap_or_default(),
            columns.plate.and_then(text),
            columns.carrier.and_then(text),
        );
        let active = values
            .get(ACTIVE.name)
            .is_none_or(|flag| flag != &Value::Bool(false));
        let key = parts.join("-");
        if key.chars().count() > KEY_LONGEST
            && let Some(field) = kind.fields().first()
        {
            faults.push(fault(field, &json!(key), Problem::TooLong(KEY_LONGEST)));
        }
        let body = Value::Object(values);
        if faults.is_empty() {
            for (name, problem) in kind.check(&body) {
                if let Some(field) = fields_of(kind).find(|field| field.name == name) {
                    let value = body.get(name).unwrap_or(&Value::Null);
                    faults.push(fault(field, value, problem));
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            kind,
            key,
            label,
            plate,
            carrier,
            valid_from,
            valid_until,
            active,
            body,
        })
    }

    /// An entry of a JSON object, as the API takes it.
    ///
    /// # Errors
    /// Everything that is wrong with it; an unknown member is.
    pub fn from_json(kind: RegisterKind, given: &Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let mut values = Map::new();
        let mut faults = Vec::new();
        for (name, value) in given {
            let Some(field) = fields_of(kind).find(|field| field.name == name) else {
                let names: Vec<_> = fields_of(kind).map(|field| field.name).collect();
                faults.push(Fault {
                    field: FieldName {
                        name: name.clone(),
                        zh: name.clone(),
                    },
                    value: value.to_string(),
                    problem: Problem::Choice(names.join(", ")),
                });
                continue;
            };
            let empty = match value {
                Value::Null => true,
                Value::String(text) => text.trim().is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            };
            if empty {
                continue;
            }
            match field.holds.read_json(value) {
                Ok(value) => {
                    values.insert(name.clone(), value);
                }
                Err(problem) => faults.push(fault(field, value, problem)),
            }
        }
        match Self::new(kind, values) {
            Ok(entry) if faults.is_empty() => Ok(entry),
            Ok(_) => Err(faults),
            Err(more) => {
                // A column that could not be read is not missing as well.
                let fresh = more.into_iter().filter(|fault| {
                    fault.problem != Problem::Missing || !given.contains_key(&fault.field.name)
                });
                faults.extend(fresh.collect::<Vec<_>>());
                Err(faults)
            }
        }
    }

    /// Days that can't be later than today, and are: those of a past case, which happened.
    pub fn later_than(&self, today: NaiveDate) -> Vec<Fault> {
        if self.kind != RegisterKind::PastCases {
            return Vec::new();
        }
        let happened = ["day_of_act", "day_of_decision"];
        let fields = self.kind.fields().iter();
        fields
            .filter(|field| happened.contains(&field.name))
            .filter_map(|field| {
                let value = self.body.get(field.name)?;
                let day: NaiveDate = value.as_str()?.parse().ok()?;
                let problem = Problem::contradiction(
                    format!("不应晚于今天（{today}）"),
                    format!("not later than today ({today})"),
                );
                (day > today).then(|| fault(field, value, problem))
            })
            .collect()
    }

    /// A stored body in its type, such as [`Vehicle`](super::Vehicle); `None` when it is none.
    pub fn typed<T: DeserializeOwned>(body: &Value) -> Option<T> {
        T::deserialize(body).ok()
    }
}

fn fault(field: &Field, value: &Value, problem: Problem) -> Fault {
    Fault {
        field: field.into(),
        value: field.holds.write(value, Language::English),
        problem,
    }
}

/// A change of one column: what stood there, and what stands there now, as a file writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The column.
    pub field: FieldName,
    /// Before; empty when there was nothing.
    pub from: String,
    /// After; empty when there is nothing.
    pub to: String,
}

/// The columns in which two bodies differ.
pub fn differences(kind: RegisterKind, before: &Value, after: &Value) -> Vec<Difference> {
    let differs = |field: &&Field| before.get(field.name) != after.get(field.name);
    let written = |body: &Value, field: &Field| match body.get(field.name) {
        None if field.name == ACTIVE.name => "是".to_owned(),
        None => String::new(),
        Some(value) => field.holds.write(value, Language::Chinese),
    };
    fields_of(kind)
        .filter(differs)
        .map(|field| Difference {
            field: field.into(),
            from: written(before, field),
            to: written(after, field),
        })
        .collect()
}

/// A name with all but its first character masked: 张*.
pub fn masked_name(name: &str) -> String {
    name.chars()
        .enumerate()
        .map(|(place, character)| if place == 0 { character } else { '*' })
        .collect()
}

/// A number with all but its first three and last two characters masked.
pub fn masked_number(number: &str) -> String {
    let length = number.chars().count();
    let shown = |place: usize| length > 7 && (place < 3 || place + 2 >= length);
    number
        .chars()
        .enumerate()
        .map(|(place, character)| if shown(place) { character } else { '*' })
        .collect()
}

/// A text masked as its column asks for.
fn masked(field: &Field, text: &str) -> String {
    match field.personal {
        Personal::No => text.to_owned(),
        Personal::Name => masked_name(text),
        Personal::Number => masked_number(text),
    }
}

/// A body with its personal data masked.
pub fn masked_body(kind: RegisterKind, body: &Value) -> Value {
    let mut body = body.clone();
    for field in kind.fields() {
        if let Some(value) = body.get_mut(field.name)
            && let Some(text) = value.as_str()
        {
            *value = Value::from(masked(field, text));
        }
    }
    body
}

/// Whether a column holds personal data.
pub fn is_personal(kind: RegisterKind, column: &str) -> bool {
    let mut fields = kind.fields().iter();
    fields.any(|field| field.name == column && field.personal != Personal::No)
}

/// A key or label masked as the column it comes from asks for.
pub fn masked_column(kind: RegisterKind, column: &str, text: &str) -> String {
    kind.fields()
        .iter()
        .find(|field| field.name == column)
        .map_or_else(|| text.to_owned(), |field| masked(field, text))
}
