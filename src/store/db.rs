//! The waist between the store and sqlx: the one place that knows there are two engines.
//!
//! Here and nowhere else: values are bound, write transactions begin (`BEGIN IMMEDIATE` on SQLite,
//! because a deferred one fails at its first write without waiting), errors of both engines become
//! one set of classes, and tests make statement *k* fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use futures::TryStreamExt;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::error::{FailureClass, StoreError};
use super::statements::Statement;

/// A value of a column. Bytes have no column yet; they join when one does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An integer, or NULL of that type.
    Integer(Option<i64>),
    /// A text, or NULL of that type.
    Text(Option<Arc<str>>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.into()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value.into()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(Into::into))
    }
}

/// A row that both engines can give.
pub trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

impl<T> Row for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// Binds values to a query of either engine.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Integer(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
            };
        }
        query
    }};
}

/// Connections for reading.
#[derive(Debug, Clone)]
pub enum Readers {
    /// SQLite, `query_only`.
    Sqlite(SqlitePool),
    /// PostgreSQL, read-only transactions.
    Postgres(PgPool),
}

impl Readers {
    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all<T: Row>(
        &self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = match self {
            Self::Sqlite(pool) => {
                bound!(sqlx::query_as::<Sqlite, T>(statement.sqlite), values)
                    .fetch_all(pool)
                    .await
            }
            Self::Postgres(pool) => {
                bound!(sqlx::query_as::<Postgres, T>(statement.sql), values)
                    .fetch_all(pool)
                    .await
            }
        };
        rows.map_err(|error| failure(statement.name, &error))
    }

    /// The first row of a statement.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn first<T: Row>(
        &self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// Begins to read the database as it stands now, whatever is written meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let snapshot = match self {
            Self::Sqlite(pool) => pool.begin().await.map(Snapshot::Sqlite),
            Self::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(Snapshot::Postgres),
        };
        snapshot.map_err(|error| failure("begin", &error))
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The database at one moment, that of its first statement. While it lives an SQLite log can't shrink,
/// so it is not kept for long.
#[derive(Debug)]
pub enum Snapshot {
    /// SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Snapshot {
    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all<T: Row>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = match self {
            Self::Sqlite(inner) => {
                bound!(sqlx::query_as::<Sqlite, T>(statement.sqlite), values)
                    .fetch_all(&mut **inner)
                    .await
            }
            Self::Postgres(inner) => {
                bound!(sqlx::query_as::<Postgres, T>(statement.sql), values)
                    .fetch_all(&mut **inner)
                    .await
            }
        };
        rows.map_err(|error| failure(statement.name, &error))
    }

    /// Hands the rows of a statement to `take` one by one, as long as it says `true`: for tables that are
    /// too long to hold.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn each<T: Row>(
        &mut self,
        statement: Statement,
        mut take: impl FnMut(T) -> bool + Send,
    ) -> Result<(), StoreError> {
        let failed = |error: sqlx::Error| failure(statement.name, &error);
        match self {
            Self::Sqlite(inner) => {
                let mut rows = sqlx::query_as::<Sqlite, T>(statement.sqlite).fetch(&mut **inner);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    if !take(row) {
                        break;
                    }
                }
            }
            Self::Postgres(inner) => {
                let mut rows = sqlx::query_as::<Postgres, T>(statement.sql).fetch(&mut **inner);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    if !take(row) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The one connection for writing.
#[derive(Debug)]
pub enum Connection {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL; it also holds the station's lock.
    Postgres(PgConnection),
}

impl Connection {
    /// Begins a write transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin<'c>(
        &'c mut self,
        faults: &'c Faults,
    ) -> Result<WriteTransaction<'c>, StoreError> {
        faults.before("begin")?;
        let inner = match self {
            Self::Sqlite(connection) => connection
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map(Inner::Sqlite),
            Self::Postgres(connection) => connection.begin().await.map(Inner::Postgres),
        };
        let inner = inner.map_err(|error| failure("begin", &error))?;
        Ok(WriteTransaction { inner, faults })
    }

    /// Closes the connection; a failure to say goodbye is of no interest.
    pub async fn close(self) {
        let _ = match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        };
    }
}

/// A write transaction. Dropped without a commit it is rolled back.
#[derive(Debug)]
pub struct WriteTransaction<'c> {
    inner: Inner<'c>,
    faults: &'c Faults,
}

#[derive(Debug)]
enum Inner<'c> {
    Sqlite(Transaction<'c, Sqlite>),
    Postgres(Transaction<'c, Postgres>),
}

impl WriteTransaction<'_> {
    /// Runs a statement, gives the number of rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn run(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.faults.before(statement.name)?;
        let rows = match &mut self.inner {
            Inner::Sqlite(inner) => bound!(sqlx::query::<Sqlite>(statement.sqlite), values)
                .execute(&mut **inner)
                .await
                .map(|done| done.rows_affected()),
            Inner::Postgres(inner) => bound!(sqlx::query::<Postgres>(statement.sql), values)
                .execute(&mut **inner)
                .await
                .map(|done| done.rows_affected()),
        };
        rows.map_err(|error| failure(statement.name, &error))
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all<T: Row>(
        &mut self,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        self.faults.before(statement.name)?;
        let rows = match &mut self.inner {
            Inner::Sqlite(inner) => {
                bound!(sqlx::query_as::<Sqlite, T>(statement.sqlite), values)
                    .fetch_all(&mut **inner)
                    .await
            }
            Inner::Postgres(inner) => {
                bound!(sqlx::query_as::<Postgres, T>(statement.sql), values)
                    .fetch_all(&mut **inner)
                    .await
            }
        };
        rows.map_err(|error| failure(statement.name, &error))
    }

    /// Commits: when this returns `Ok`, everything is on disk. When it fails, whether the
    /// transaction took place is unknown until the database is read again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn commit(self) -> Result<(), StoreError> {
        self.faults.before("commit")?;
        match self.inner {
            Inner::Sqlite(inner) => inner.commit().await,
            Inner::Postgres(inner) => inner.commit().await,
        }
        .map_err(|error| failure("commit", &error))?;
        self.faults.after_commit()
    }
}

/// Turns an error of sqlx into one of ours.
pub fn failure(at: &'static str, error: &sqlx::Error) -> StoreError {
    StoreError::Database {
        class: class_of(error),
        at,
        message: error.to_string(),
    }
}

fn class_of(error: &sqlx::Error) -> FailureClass {
    match error {
        sqlx::Error::Database(error) => class_of_code(error.as_ref()),
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            FailureClass::Full
        }
        sqlx::Error::PoolTimedOut => FailureClass::Busy,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolClosed
        | sqlx::Error::BeginFailed => FailureClass::Gone,
        _ => FailureClass::Other,
    }
}

/// SQLite gives its (extended) result code in decimal, PostgreSQL its five-character SQLSTATE.
fn class_of_code(error: &dyn DatabaseError) -> FailureClass {
    let code = error.code().unwrap_or_default();
    let is_sqlite = error
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
        .is_some();
    if is_sqlite {
        return code
            .parse::<i64>()
            .map_or(FailureClass::Other, class_of_sqlite);
    }
    class_of_postgres(&code)
}

/// Primary result codes of <https://sqlite.org/rescode.html>: the low byte of an extended one.
fn class_of_sqlite(code: i64) -> FailureClass {
    match code & 0xff {
        19 => FailureClass::Conflict,
        5..=7 => FailureClass::Busy,
        13 => FailureClass::Full,
        8 | 10 | 11 | 14 | 15 | 26 => FailureClass::Gone,
        _ => FailureClass::Other,
    }
}

/// Classes of appendix A of PostgreSQL's manual.
fn class_of_postgres(state: &str) -> FailureClass {
    match (state, state.get(..2).unwrap_or_default()) {
        (_, "23") => FailureClass::Conflict,
        ("53100", _) => FailureClass::Full,
        ("40001" | "40P01" | "55P03" | "57014", _) | (_, "53") => FailureClass::Busy,
        ("25006", _) | (_, "08" | "57" | "58" | "F0" | "XX") => FailureClass::Gone,
        _ => FailureClass::Other,
    }
}

/// Faults to inject into write transactions, for tests. Clones share their state; a daemon never
/// arms one.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<FaultState>);

#[derive(Debug, Default)]
struct FaultState {
    /// Statements that still pass before the first fault, counted only while armed.
    passing: AtomicI64,
    /// Faults still to come.
    failing: AtomicI64,
    /// Commits that still take place but are reported as failed.
    unknown_commits: AtomicI64,
    class: AtomicU8,
}

const CLASSES: [FailureClass; 5] = [
    FailureClass::Conflict,
    FailureClass::Busy,
    FailureClass::Gone,
    FailureClass::Full,
    FailureClass::Other,
];

impl Faults {
    /// Lets `passing` statements pass (begin and commit count), then fails `failing` of them.
    pub fn arm(&self, passing: i64, failing: i64, class: FailureClass) {
        let index = CLASSES
            .iter()
            .position(|known| *known == class)
            .unwrap_or_default();
        self.0
            .class
            .store(u8::try_from(index).unwrap_or_default(), Ordering::SeqCst);
        self.0.passing.store(passing, Ordering::SeqCst);
        self.0.failing.store(failing, Ordering::SeqCst);
    }

    /// Lets the next `commits` take place and reports them as failed, as a server does whose
    /// answer is lost.
    pub fn arm_unknown_commits(&self, commits: i64) {
        self.0.unknown_commits.store(commits, Ordering::SeqCst);
    }

    /// Ends all faults; says whether any armed fault was still to come.
    pub fn disarm(&self) -> bool {
        self.0.unknown_commits.store(0, Ordering::SeqCst);
        self.0.failing.swap(0, Ordering::SeqCst) > 0
    }

    fn before(&self, at: &'static str) -> Result<(), StoreError> {
        if self.0.failing.load(Ordering::SeqCst) <= 0
            || self.0.passing.fetch_sub(1, Ordering::SeqCst) > 0
        {
            return Ok(());
        }
        self.0.failing.fetch_sub(1, Ordering::SeqCst);
        let index = usize::from(self.0.class.load(Ordering::SeqCst));
        let class = CLASSES.get(index).copied().unwrap_or(FailureClass::Other);
        Err(StoreError::Database {
            class,
            at,
            message: "injected fault".to_owned(),
        })
    }

    fn after_commit(&self) -> Result<(), StoreError> {
        if self.0.unknown_commits.load(Ordering::SeqCst) <= 0 {
            return Ok(());
        }
        self.0.unknown_commits.fetch_sub(1, Ordering::SeqCst);
        let message = "injected fault: the answer to the commit was lost".to_owned();
        Err(StoreError::Database {
            class: FailureClass::Gone,
            at: "commit",
            message,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_fall_into_the_same_classes() {
        // SQLITE_CONSTRAINT_UNIQUE, _BUSY_SNAPSHOT, _IOERR_FSYNC, _FULL, _ERROR.
        let sqlite = [2067, 517, 1034, 13, 1].map(class_of_sqlite);
        let postgres = ["23505", "40001", "58030", "53100", "42601"].map(class_of_postgres);
        assert_eq!(sqlite, CLASSES);
        assert_eq!(postgres, CLASSES);
        assert_eq!(class_of_postgres("57P01"), FailureClass::Gone);
        assert_eq!(class_of_postgres("53300"), FailureClass::Busy);
        assert_eq!(class_of_postgres(""), FailureClass::Other);
    }

    #[test]
    fn armed_faults_come_when_they_should() {
        let faults = Faults::default();
        assert!(faults.before("a").is_ok());
        faults.arm(2, 1, FailureClass::Full);
        assert!(faults.before("a").is_ok());
        assert!(faults.before("b").is_ok());
        assert_eq!(
            faults.before("c").unwrap_err().class(),
            Some(FailureClass::Full)
        );
        assert!(faults.before("d").is_ok());
        assert!(!faults.disarm());
    }
}
