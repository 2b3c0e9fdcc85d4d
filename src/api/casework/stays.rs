//! A stay as its journal leaves it.

use serde::Deserialize;
use serde_json::Value;

use crate::api::error::ApiError;
use crate::api::passages::entry_body;
use crate::casework::inspection::Inspection;
use crate::store::Store;
use crate::store::records::JournalRow;

/// The stay, with its journal. `None` when its body was withheld or removed.
///
/// # Errors
/// When the store can't answer.
pub async fn stay(
    store: &Store,
    inspection_id: &str,
) -> Result<(Option<Inspection>, Vec<(JournalRow, Value)>), ApiError> {
    let history: Vec<(JournalRow, Value)> = store
        .inspection_history(inspection_id)
        .await?
        .into_iter()
        .map(|row| {
            let body = entry_body(Some(&row)).unwrap_or_default();
            (row, body)
        })
        .collect();
    let latest = history
        .iter()
        .rev()
        .find_map(|(_, body)| Inspection::deserialize(body.get("inspection")?).ok());
    Ok((latest, history))
}
