//! What an entry of the journal says of rows.

use serde::Deserialize;
use serde_json::Value;

use super::super::operation::{
    CASE_ATTACHED, CASE_OPENED, PASSAGE_CLOSED, REGISTER_CHANGED, USER_CHANGED, WEIGHING,
};
use super::super::records::JournalRow;
use super::told::{Disagreement, Row};

/// An entry whose body speaks of rows.
#[derive(Debug)]
pub struct Checked {
    pub sequence: i64,
    pub actor: String,
    pub subject: Subject,
    pub columns: Value,
}

/// What the rows of an entry are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Weighing,
    Closing,
    CaseOpened,
    CaseAttached,
    CaseStep,
    Stay,
    Register,
    Mark,
    User,
    /// Of no table that is known.
    Foreign,
}

/// The one member of a body that speaks of rows; the others are passed over, since they are long.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    columns: Option<Value>,
}

/// The columns in a body.
pub fn columns_in(body: &str) -> Option<Value> {
    // An array would be taken for the members in their order.
    if !body.starts_with('{') {
        return None;
    }
    serde_json::from_str::<Body>(body).ok()?.columns
}

impl Checked {
    /// `None` when the body speaks of no row, or is gone.
    pub fn read(row: &JournalRow) -> Option<Self> {
        let columns = columns_in(row.body.as_deref()?)?;
        Some(Self {
            sequence: row.sequence,
            actor: row.actor.clone(),
            subject: Subject::of(&row.kind, &columns),
            columns,
        })
    }

    pub fn get(&self, member: &str) -> &Value {
        self.columns.get(member).unwrap_or(&Value::Null)
    }

    pub fn number(&self, member: &str) -> Option<i64> {
        self.get(member).as_i64()
    }

    pub fn text(&self, member: &str) -> Option<&str> {
        self.get(member).as_str()
    }

    pub fn id(&self, member: &str) -> &str {
        self.text(member).unwrap_or_default()
    }

    /// Members of a list of texts.
    pub fn texts(&self, member: &str) -> impl Iterator<Item = &str> {
        let list = self.get(member).as_array();
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether it speaks of a member at all; `null` is a word, too.
    pub fn tells(&self, member: &str) -> bool {
        self.columns.get(member).is_some()
    }

    /// The first column that isn't what the entry says.
    pub fn compare<const N: usize>(
        &self,
        row: &Row,
        columns: [(&str, Value); N],
    ) -> Result<(), Disagreement> {
        for (name, stored) in columns {
            row.same(Some(self.sequence), name, stored, self.get(name).clone())?;
        }
        Ok(())
    }
}

impl Subject {
    fn of(kind: &str, columns: &Value) -> Self {
        let has = |member: &str| columns.get(member).is_some();
        match kind {
            WEIGHING => Self::Weighing,
            PASSAGE_CLOSED => Self::Closing,
            REGISTER_CHANGED => Self::Register,
            USER_CHANGED => Self::User,
            CASE_OPENED => Self::CaseOpened,
            CASE_ATTACHED => Self::CaseAttached,
            _ if has("mark") => Self::Mark,
            // A stay may name its case.
            _ if has("inspection_id") => Self::Stay,
            _ if has("case_id") => Self::CaseStep,
            _ => Self::Foreign,
        }
    }
}

/// Compares a row's columns with those that an entry's body holds. What an entry of an older release
/// does not speak of, it can't contradict.
pub fn compare_told(
    row: &Row,
    sequence: i64,
    said: &Value,
    stored: &Value,
) -> Result<(), Disagreement> {
    for (name, stored) in stored.as_object().into_iter().flatten() {
        if let Some(said) = said.get(name)
            && said != stored
        {
            return Err(row.clone().column(Some(sequence), name, stored, said));
        }
    }
    Ok(())
}
