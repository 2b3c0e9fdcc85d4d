//! Tables laid over one another: national, province, city, district.
//!
//! A jurisdiction is `cn` or `cn-` with the administrative code of GB/T 2260: `cn-14` is Shanxi,
//! `cn-1404` Changzhi, `cn-140404` Shangdang. A table of a jurisdiction other than `cn` is an
//! *overlay*: it says in `replaces` which entries it replaces and holds them under `[replace]`, and
//! nothing else. On a day the law of a place is the national table in force with the overlays of
//! its province, city and district that are in force, the nearer one last.
//!
//! An entry is named by its path, such as `settings.part_tonne_reading`; one of a list whose
//! entries are each of another `kind` by that, such as `offence.loading_sheet_missing`. A section that the table
//! below does not have is added.

use chrono::NaiveDate;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::{Table as Document, Value};

use super::table::{TableError, TableReference};

/// The jurisdiction of the tables that overlays lie on.
pub(super) const NATIONAL: &str = "cn";

/// One file, read but for its figures.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub name: String,
    pub id: String,
    pub jurisdiction: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub digest: String,
    /// Paths that it replaces; a national table replaces none.
    replaces: Vec<String>,
    document: Document,
}

/// What every file says of itself.
#[derive(Deserialize)]
struct Header {
    id: String,
    #[serde(default = "national")]
    jurisdiction: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    #[serde(default)]
    replaces: Vec<String>,
}

fn national() -> String {
    NATIONAL.to_owned()
}

/// What an overlay may hold besides its header.
const OVERLAY_KEYS: [&str; 9] = [
    "id",
    "title",
    "jurisdiction",
    "valid_from",
    "valid_to",
    "sources",
    "replaces",
    "replace",
    "example",
];

/// Whether a text names a jurisdiction: `cn`, or `cn-` with two, four or six digits.
pub fn is_jurisdiction(text: &str) -> bool {
    text == NATIONAL
        || text.strip_prefix("cn-").is_some_and(|code| {
            matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

impl Layer {
    /// Reads the header of a file and what it replaces.
    pub fn read(name: &str, text: &str) -> Result<Self, TableError> {
        let syntax = |error: &dyn std::fmt::Display| TableError::Syntax {
            name: name.to_owned(),
            what: error.to_string(),
        };
        let invalid = |what: String| TableError::Invalid {
            name: name.to_owned(),
            what,
        };
        let document: Document = toml::from_str(text).map_err(|error| syntax(&error))?;
        let header: Header = toml::from_str(text).map_err(|error| syntax(&error))?;
        if !is_jurisdiction(&header.jurisdiction) {
            return Err(invalid(format!(
                "jurisdiction: `{}` is neither cn nor cn- with 2, 4 or 6 digits",
                header.jurisdiction
            )));
        }
        if header.valid_to.is_some_and(|last| last < header.valid_from) {
            return Err(invalid("valid_to: before valid_from".to_owned()));
        }
        let layer = Self {
            name: name.to_owned(),
            id: header.id,
            jurisdiction: header.jurisdiction,
            valid_from: header.valid_from,
            valid_to: header.valid_to,
            digest: hexadecimal(&Sha256::digest(text.as_bytes())),
            replaces: header.replaces,
            document,
        };
        if !layer.is_national() {
            layer.check_overlay().map_err(invalid)?;
        } else if !layer.replaces.is_empty() {
            return Err(invalid(
                "replaces: a national table replaces nothing".to_owned(),
            ));
        }
        Ok(layer)
    }

    pub fn is_national(&self) -> bool {
        self.jurisdiction == NATIONAL
    }

    pub fn covers(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it holds in a jurisdiction: its own, or one within it.
    pub fn holds_in(&self, jurisdiction: &str) -> bool {
        let within = jurisdiction.starts_with(&self.jurisdiction);
        self.is_national() || within
    }

    fn replacement(&self) -> Option<&Document> {
        self.document.get("replace").and_then(Value::as_table)
    }

    /// That `replaces` and `[replace]` name the same entries, and there is nothing besides.
    fn check_overlay(&self) -> Result<(), String> {
        let unknown = |key: &&String| !OVERLAY_KEYS.contains(&key.as_str());
        if let Some(key) = self.document.keys().find(unknown) {
            return Err(format!(
                "{key}: an overlay holds its entries under [replace]"
            ));
        }
        if !self.document.contains_key("sources") || !self.document.contains_key("title") {
            return Err("an overlay needs title and sources".to_owned());
        }
        let empty = Document::new();
        let replacement = self.replacement().unwrap_or(&empty);
        for path in &self.replaces {
            if entry(replacement, path).is_none() {
                return Err(format!("replaces: {path} is not under [replace]"));
            }
        }
        let mut found = Vec::new();
        paths(replacement, "", &mut found);
        let named = |path: &str| {
            let mut names = self.replaces.iter();
            names.any(|name| path == name || path.starts_with(&format!("{name}.")))
        };
        match found.iter().find(|path| !named(path)) {
            Some(path) => Err(format!("replace: {path} is not named in replaces")),
            None => Ok(()),
        }
    }
}

/// The paths of all entries of a replacement, down to the figures.
fn paths(table: &Document, before: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        let path = if before.is_empty() {
            key.clone()
        } else {
            format!("{before}.{key}")
        };
        match value {
            Value::Table(inner) if !inner.contains_key("value") => paths(inner, &path, found),
            Value::Array(entries) if is_by_kind(entries) => {
                let ids = entries.iter().filter_map(id_of);
                found.extend(ids.map(|id| format!("{path}.{id}")));
            }
            _ => found.push(path),
        }
    }
}

/// What tells an entry of a list from the others: its kind, such as an offence or a deadline.
fn id_of(entry: &Value) -> Option<&str> {
    entry.as_table()?.get("kind")?.as_str()
}

/// Whether a list has one entry of a kind: only such entries are replaced one by one, another list
/// as a whole.
fn is_by_kind(entries: &[Value]) -> bool {
    let kinds: Vec<Option<&str>> = entries.iter().map(id_of).collect();
    let once = |kind: &Option<&str>| kinds.iter().filter(|other| *other == kind).count() == 1;
    !kinds.is_empty() && kinds.iter().all(|kind| kind.is_some() && once(kind))
}

/// The entry at a path.
fn entry<'a>(table: &'a Document, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => table.get(path),
        Some((key, rest)) => match table.get(key)? {
            Value::Table(inner) => entry(inner, rest),
            Value::Array(entries) if is_by_kind(entries) => {
                entries.iter().find(|entry| id_of(entry) == Some(rest))
            }
            _ => None,
        },
    }
}

/// Sets the entry at a path; what leads there is added where it is missing.
fn set(table: &mut Document, path: &str, value: Value) -> Result<(), String> {
    let Some((key, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return Ok(());
    };
    let is_listed = id_of(&value) == Some(rest);
    let missing = || {
        if is_listed {
            Value::Array(Vec::new())
        } else {
            Value::Table(Document::new())
        }
    };
    match table.entry(key).or_insert_with(missing) {
        Value::Table(inner) => set(inner, rest, value),
        Value::Array(entries) if is_listed && (entries.is_empty() || is_by_kind(entries)) => {
            match entries.iter_mut().find(|entry| id_of(entry) == Some(rest)) {
                Some(place) => *place = value,
                None => entries.push(value),
            }
            Ok(())
        }
        _ => Err(format!(
            "replaces: there is nothing at {path} in the table below"
        )),
    }
}

/// A national table with overlays on it: the document to be read as one table, and its name.
pub(super) struct Composition {
    pub document: Document,
    pub reference: TableReference,
    /// Name of the file on top, for errors.
    pub name: String,
}

/// Every table that holds in a jurisdiction, by validity: each span of days in which the same files
/// are in force is one table.
pub(super) fn composed(
    layers: &[Layer],
    jurisdiction: &str,
) -> Result<Vec<Composition>, TableError> {
    let mut chain: Vec<&Layer> = layers
        .iter()
        .filter(|layer| layer.holds_in(jurisdiction))
        .collect();
    chain.sort_by_key(|layer| (layer.jurisdiction.len(), layer.valid_from));
    for (first, second) in chain.iter().zip(chain.iter().skip(1)) {
        if first.jurisdiction == second.jurisdiction && first.covers(second.valid_from) {
            return Err(TableError::Overlap {
                first: first.id.clone(),
                second: second.id.clone(),
                day: second.valid_from,
            });
        }
    }
    let ends = chain.iter().filter_map(|layer| layer.valid_to?.succ_opt());
    let mut days: Vec<NaiveDate> = chain.iter().map(|layer| layer.valid_from).collect();
    days.extend(ends);
    days.sort_unstable();
    days.dedup();
    let mut compositions = Vec::new();
    for (index, day) in days.iter().enumerate() {
        let in_force: Vec<&Layer> = chain
            .iter()
            .copied()
            .filter(|layer| layer.covers(*day))
            .collect();
        let next = days.get(index.saturating_add(1));
        let last = next.and_then(NaiveDate::pred_opt);
        if let Some((base, overlays)) = in_force
            .split_first()
            .filter(|(base, _)| base.is_national())
        {
            compositions.push(compose(base, overlays, *day, last)?);
        }
    }
    Ok(compositions)
}

fn compose(
    base: &Layer,
    overlays: &[&Layer],
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
) -> Result<Composition, TableError> {
    let mut document = base.document.clone();
    let top = overlays.last().copied().unwrap_or(base);
    for overlay in overlays {
        for path in &overlay.replaces {
            let Some(value) = overlay.replacement().and_then(|found| entry(found, path)) else {
                continue;
            };
            set(&mut document, path, value.clone()).map_err(|what| TableError::Invalid {
                name: overlay.name.clone(),
                what,
            })?;
        }
    }
    if !overlays.is_empty() {
        // Its worked examples are those of the file on top, which knows what it replaced.
        for key in ["id", "title", "jurisdiction", "sources", "example"] {
            document.remove(key);
            if let Some(value) = top.document.get(key) {
                document.insert(key.to_owned(), value.clone());
            }
        }
    }
    for (key, day) in [("valid_from", Some(valid_from)), ("valid_to", valid_to)] {
        document.remove(key);
        if let Some(day) = day {
            document.insert(key.to_owned(), Value::String(day.to_string()));
        }
    }
    Ok(Composition {
        document,
        reference: reference(base, overlays),
        name: top.name.clone(),
    })
}

/// A table of one file is named by it. One of several is named by the file on top, and its digest
/// is that of all their digests, the lowest first.
fn reference(base: &Layer, overlays: &[&Layer]) -> TableReference {
    let single = |layer: &Layer| TableReference {
        id: layer.id.clone(),
        digest: layer.digest.clone(),
        layers: Vec::new(),
    };
    let Some(top) = overlays.last() else {
        return single(base);
    };
    let layers: Vec<&Layer> = std::iter::once(base)
        .chain(overlays.iter().copied())
        .collect();
    let digests = layers
        .iter()
        .fold(String::new(), |text, layer| text + &layer.digest + "\n");
    TableReference {
        id: top.id.clone(),
        digest: hexadecimal(&Sha256::digest(digests.as_bytes())),
        layers: layers.into_iter().map(single).collect(),
    }
}
