//! How a fault is told: which table, which row, what is stored, what the journal says.

use std::fmt;

use serde_json::Value;

/// A row that the journal does not bear out (与日志不一致的数据行).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table {table}, row {key}: {what}{}", Entry(*.sequence))]
pub struct Disagreement {
    /// The entry that says otherwise; `None` when there is no entry for such a row.
    pub sequence: Option<i64>,
    /// The table.
    pub table: &'static str,
    /// Its primary key, parts separated by ` / `; empty for the table as a whole.
    pub key: String,
    /// What is stored, and what the journal says.
    pub what: Box<Difference>,
}

/// How a row and the journal differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// A column.
    #[error("{column} is {stored} in the table, {said} in the journal")]
    Column {
        /// Its name.
        column: String,
        /// What is stored, as JSON.
        stored: String,
        /// What the journal says, as JSON.
        said: String,
    },
    /// The journal tells of the row, the table has none.
    #[error("missing from its table, the journal tells of it")]
    Missing,
    /// The table has the row, the journal tells of none.
    #[error("in its table without a journal entry that tells of it")]
    Unrecorded,
    /// Numbers of rows.
    #[error("the table holds {stored} {what}, the journal {said}")]
    Number {
        /// Of what.
        what: &'static str,
        /// In the table.
        stored: i64,
        /// In the journal.
        said: i64,
    },
    /// A number that the writer keeps of a table is not what the table holds.
    #[error("the number kept is off by {by}")]
    Tally {
        /// Kept less counted.
        by: i64,
    },
    /// An entry tells of rows that this program does not know.
    #[error("its columns are of no table that this program knows; use a newer one")]
    Foreign,
}

/// The end of a message: the entry that says otherwise.
struct Entry(Option<i64>);

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |sequence| write!(f, " (entry {sequence})"))
    }
}

impl Disagreement {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        let what = match &*self.what {
            Difference::Column {
                column,
                stored,
                said,
            } => format!("{column} 表中为 {stored}，日志为 {said}"),
            Difference::Missing => "日志有记载，表中没有此行".to_owned(),
            Difference::Unrecorded => "表中有此行，日志没有任何记载".to_owned(),
            Difference::Number { what, stored, said } => {
                let what = match *what {
                    "passages" => "过车",
                    "closed passages" => "已归档过车",
                    "pictures" => "照片",
                    other => other,
                };
                format!("{what}：表中共 {stored} 行，日志记载 {said} 行")
            }
            Difference::Tally { by } => format!("计数与表中实际相差 {by}"),
            Difference::Foreign => "所记数据列不属于本版本已知的表，请使用更新的程序".to_owned(),
        };
        let entry = self
            .sequence
            .map_or_else(String::new, |sequence| format!("（日志第 {sequence} 条）"));
        format!("表 {} 行 {}：{what}{entry}", self.table, self.key)
    }
}

/// A row of one table: what there may be to say of it.
#[derive(Debug, Clone)]
pub struct Row {
    table: &'static str,
    key: String,
}

impl Row {
    /// A row by its key.
    pub fn of(table: &'static str, key: &[&dyn fmt::Display]) -> Self {
        let key: Vec<String> = key.iter().map(ToString::to_string).collect();
        Self {
            table,
            key: key.join(" / "),
        }
    }

    pub fn differs(self, sequence: Option<i64>, what: Difference) -> Disagreement {
        Disagreement {
            sequence,
            table: self.table,
            key: self.key,
            what: Box::new(what),
        }
    }

    pub fn missing(self, sequence: i64) -> Disagreement {
        self.differs(Some(sequence), Difference::Missing)
    }

    pub fn unrecorded(self) -> Disagreement {
        self.differs(None, Difference::Unrecorded)
    }

    /// A column that isn't what an entry says.
    pub fn column(
        self,
        sequence: Option<i64>,
        name: &str,
        stored: &Value,
        said: &Value,
    ) -> Disagreement {
        let what = Difference::Column {
            column: name.to_owned(),
            stored: stored.to_string(),
            said: said.to_string(),
        };
        self.differs(sequence, what)
    }

    /// Whether a column is what an entry says.
    pub fn same(
        &self,
        sequence: Option<i64>,
        name: &str,
        stored: impl Into<Value>,
        said: impl Into<Value>,
    ) -> Result<(), Disagreement> {
        let (stored, said) = (stored.into(), said.into());
        if stored == said {
            return Ok(());
        }
        Err(self.clone().column(sequence, name, &stored, &said))
    }
}
