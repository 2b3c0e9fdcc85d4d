//! Where the store is and how it writes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::StoreError;
use super::db::Faults;

/// Which database: a file of SQLite, or a PostgreSQL server.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// Path of the database file.
    Sqlite(PathBuf),
    /// A `postgres://` URL, which may hold a password.
    Postgres(String),
}

impl DatabaseUrl {
    /// The name of the database file in a data folder.
    pub const FILE_NAME: &str = "steelyard.db";

    /// The SQLite database of a data folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite(folder.join(Self::FILE_NAME))
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// Reads `postgres://…`, `postgresql://…`, `sqlite:PATH`, `sqlite://PATH` or a path.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let bad = || StoreError::BadUrl {
            given: without_password(text),
        };
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The driver would find a malformed URL too, but only when the daemon starts.
            return match text.parse::<sqlx::postgres::PgConnectOptions>() {
                Ok(_) => Ok(Self::Postgres(text.to_owned())),
                Err(_) => Err(bad()),
            };
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if text.contains("://") => return Err(bad()),
            None => text,
        };
        if path.is_empty() || path.contains('\0') || path == ":memory:" {
            return Err(bad());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hides the password of a URL, in its authority or in its query.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let mut shown = format!("{scheme}://");
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(name, _)| name);
            shown.push_str(user);
            shown.push('@');
            shown.push_str(host);
        }
        None => shown.push_str(rest),
    }
    if let Some(query) = query {
        let kept: Vec<_> = query
            .split('&')
            .filter(|part| !part.starts_with("password="))
            .collect();
        if !kept.is_empty() {
            shown.push('?');
            shown.push_str(&kept.join("&"));
        }
    }
    shown
}

/// Settings of a store. [`StoreSettings::new`] fills in what has a sensible default.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// The database.
    pub url: DatabaseUrl,
    /// Station code; a database belongs to one station.
    pub station: String,
    /// Folder of the pictures; it is made when it is missing.
    pub pictures: PathBuf,
    /// Most operations in one transaction, 1 and up.
    pub batch_limit: usize,
    /// Operations that may wait for the writer before callers have to wait to hand theirs in.
    pub queue_limit: usize,
    /// Connections for reading.
    pub readers: u32,
    /// Longest pause between two tries while the database can't be written, milliseconds.
    pub longest_pause_ms: u64,
    /// Faults to inject, for tests.
    pub faults: Faults,
}

impl StoreSettings {
    /// Settings with defaults: up to 256 operations a transaction, 4 readers.
    pub fn new(url: DatabaseUrl, station: impl Into<String>, pictures: impl Into<PathBuf>) -> Self {
        Self {
            url,
            station: station.into(),
            pictures: pictures.into(),
            batch_limit: 256,
            queue_limit: 1_024,
            readers: 4,
            longest_pause_ms: 5_000,
            faults: Faults::default(),
        }
    }

    /// SQLite and pictures in one data folder.
    pub fn in_folder(folder: &Path, station: impl Into<String>) -> Self {
        Self::new(
            DatabaseUrl::in_folder(folder),
            station,
            folder.join("pictures"),
        )
    }
}
