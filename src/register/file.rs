//! Registers as CSV files: reading with every refusal named by line and column, and writing.
//!
//! A file may be partial: a column that it does not have is left as it is in entries that are there,
//! one that it has and that is empty is emptied.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::csv_text::{defused, joined, plain, records};
use super::entry::{ACTIVE, Entry, Fault, FieldName, fields_of};
use super::field::{Field, Language};
use super::kind::RegisterKind;
use super::problem::Problem;

/// A file that can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not in that encoding.
    #[error("the file is no {}: save it as UTF-8 or GB18030", expected)]
    Encoding {
        /// What was tried.
        expected: &'static str,
    },
    /// Nothing in it.
    #[error("the file is empty: give a header and a line for each entry")]
    Empty,
    /// A quote that is not closed.
    #[error("line {line}: a quoted field begins here and does not end")]
    OpenQuote {
        /// Line, from 1.
        line: usize,
    },
    /// A header that names no column.
    #[error("line {line}: no column is called {found:?}; known are {known}")]
    UnknownColumn {
        /// Line, from 1.
        line: usize,
        /// The header.
        found: String,
        /// What it could be.
        known: String,
    },
    /// A column that stands there twice.
    #[error("line {line}: column {found:?} stands there twice")]
    ColumnTwice {
        /// Line, from 1.
        line: usize,
        /// The header.
        found: String,
    },
    /// A column that must be there.
    #[error("line {line}: column {name} ({zh}) is missing")]
    ColumnMissing {
        /// Line, from 1.
        line: usize,
        /// English name.
        name: &'static str,
        /// Chinese name.
        zh: &'static str,
    },
}

impl FileError {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Encoding { expected } => {
                format!("文件不是 {expected} 编码，请另存为 UTF-8 或 GB18030")
            }
            Self::Empty => "文件为空，应有标题行，每条记录一行".to_owned(),
            Self::OpenQuote { line } => format!("第 {line} 行：引号没有结束"),
            Self::UnknownColumn { line, found, known } => {
                format!("第 {line} 行：没有名为“{found}”的列，可用的列：{known}")
            }
            Self::ColumnTwice { line, found } => format!("第 {line} 行：列“{found}”重复"),
            Self::ColumnMissing { line, zh, name } => {
                format!("第 {line} 行：缺少列“{zh}”（{name}）")
            }
        }
    }
}

/// A line that is refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line, from 1.
    pub line: usize,
    /// Column; `None` when it is about the whole line.
    pub field: Option<FieldName>,
    /// What stands there.
    pub value: String,
    /// What should stand there.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Refusal {
    /// A fault of an entry that came from a line.
    pub fn of(line: usize, fault: Fault) -> Self {
        Self {
            line,
            zh: fault.problem.zh(),
            en: fault.problem.to_string(),
            field: Some(fault.field),
            value: fault.value,
        }
    }

    fn line(line: usize, value: impl Into<String>, zh: String, en: String) -> Self {
        Self {
            line,
            field: None,
            value: value.into(),
            zh,
            en,
        }
    }
}

/// A line that was read, before it is laid over the entry that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Line, from 1.
    pub line: usize,
    /// The key.
    pub key: String,
    /// Values by column; null where the cell is empty.
    pub values: Map<String, Value>,
}

impl Row {
    /// The entry that comes of laying this line over the body that is there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn over(
        &self,
        kind: RegisterKind,
        existing: Option<&Value>,
    ) -> Result<Entry, Vec<Refusal>> {
        let mut values = existing
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        values.extend(self.values.clone());
        Entry::new(kind, values).map_err(|faults| {
            let refused = faults
                .into_iter()
                .map(|fault| Refusal::of(self.line, fault));
            refused.collect()
        })
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// The lines that could be read.
    pub rows: Vec<Row>,
    /// Those that could not, in the order of the file.
    pub refusals: Vec<Refusal>,
}

/// Reads a file of a register.
///
/// # Errors
/// When the file as a whole can't be read; what is wrong with single lines is in the contents.
pub fn read(kind: RegisterKind, text: &str) -> Result<Contents, FileError> {
    let mut records = records(text)?.into_iter();
    let (header_line, header) = loop {
        match records.next() {
            None => return Err(FileError::Empty),
            Some((_, cells)) if is_comment(kind, &cells) => {}
            Some(found) => break found,
        }
    };
    let columns = columns(kind, header_line, &header)?;
    let mut contents = Contents::default();
    let mut line_of: BTreeMap<String, usize> = BTreeMap::new();
    for (line, cells) in records {
        if is_comment(kind, &cells) {
            continue;
        }
        match read_row(kind, &columns, line, &cells) {
            Ok(row) => {
                if let Some(first) = line_of.get(&row.key) {
                    contents.refusals.push(Refusal::line(
                        line,
                        row.key,
                        format!("与第 {first} 行重复，同一文件中每条记录只应出现一次"),
                        format!("line {first} is about the same entry; a file names each once"),
                    ));
                    continue;
                }
                line_of.insert(row.key.clone(), line);
                contents.rows.push(row);
            }
            Err(refusals) => contents.refusals.extend(refusals),
        }
    }
    Ok(contents)
}

/// Calendars carry comments.
fn is_comment(kind: RegisterKind, cells: &[String]) -> bool {
    let first = cells
        .first()
        .map(|cell| cell.trim_start())
        .unwrap_or_default();
    kind == RegisterKind::Holidays && first.starts_with('#')
}

fn columns(
    kind: RegisterKind,
    line: usize,
    header: &[String],
) -> Result<Vec<Option<&'static Field>>, FileError> {
    let mut columns: Vec<Option<&'static Field>> = Vec::new();
    for found in header {
        let found = found.trim();
        if found.is_empty() {
            // Spreadsheets leave empty columns behind; a value in one is refused with its line.
            columns.push(None);
            continue;
        }
        let Some(field) = fields_of(kind).find(|field| field.is_named(found)) else {
            let known: Vec<_> = fields_of(kind)
                .map(|field| format!("{} ({})", field.zh, field.name))
                .collect();
            return Err(FileError::UnknownColumn {
                line,
                found: found.to_owned(),
                known: known.join(", "),
            });
        };
        let twice = columns
            .iter()
            .flatten()
            .any(|known| known.name == field.name);
        if twice {
            return Err(FileError::ColumnTwice {
                line,
                found: found.to_owned(),
            });
        }
        columns.push(Some(field));
    }
    let missing = kind.fields().iter().find(|field| {
        field.required
            && !columns
                .iter()
                .flatten()
                .any(|known| known.name == field.name)
    });
    match missing {
        Some(field) => Err(FileError::ColumnMissing {
            line,
            name: field.name,
            zh: field.zh,
        }),
        None => Ok(columns),
    }
}

fn read_row(
    kind: RegisterKind,
    columns: &[Option<&'static Field>],
    line: usize,
    cells: &[String],
) -> Result<Row, Vec<Refusal>> {
    let spare = cells
        .iter()
        .skip(columns.len())
        .any(|cell| !cell.trim().is_empty());
    if spare || cells.len() < columns.len() {
        return Err(vec![Refusal::line(
            line,
            cells.join(","),
            format!("应有 {} 列，此行有 {} 列", columns.len(), cells.len()),
            format!(
                "{} columns are due, this line has {}",
                columns.len(),
                cells.len()
            ),
        )]);
    }
    let mut values = Map::new();
    let mut refusals = Vec::new();
    for (column, cell) in columns.iter().zip(cells) {
        let text = plain(cell.trim());
        let Some(field) = column else {
            if !text.is_empty() {
                refusals.push(Refusal::line(
                    line,
                    text,
                    "该列没有标题".to_owned(),
                    "this column has no header".to_owned(),
                ));
            }
            continue;
        };
        let read = match text {
            "" if field.required => Err(Problem::Missing),
            "" => Ok(Value::Null),
            text => field.holds.read(text),
        };
        match read {
            Ok(value) => {
                values.insert(field.name.to_owned(), value);
            }
            Err(problem) => refusals.push(Refusal {
                line,
                zh: problem.zh(),
                en: problem.to_string(),
                field: Some((*field).into()),
                value: text.to_owned(),
            }),
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let parts: Vec<&str> = kind
        .columns()
        .key
        .iter()
        .filter_map(|name| values.get(*name)?.as_str())
        .collect();
    Ok(Row {
        line,
        key: parts.join("-"),
        values,
    })
}

/// Writes the header line of a register's file.
pub fn write_header(kind: RegisterKind, language: Language) -> String {
    let names = fields_of(kind).map(|field| match language {
        Language::Chinese => field.zh.to_owned(),
        Language::English => field.name.to_owned(),
    });
    joined(names)
}

/// Writes a body as a line of a file.
pub fn write_row(kind: RegisterKind, body: &Value, language: Language) -> String {
    let cells = fields_of(kind).map(|field| match body.get(field.name) {
        None if field.name == ACTIVE.name => field.holds.write(&Value::Bool(true), language),
        None => String::new(),
        Some(value) => defused(&field.holds.write(value, language)),
    });
    joined(cells)
}
