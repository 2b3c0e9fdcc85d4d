//! Opening a database: settings of each engine, migrations, and the lock that makes one writer.
//!
//! Besides the migrations this is the one place with statements of a single engine.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection as _};

use super::db::{Connection, Readers, failure};
use super::settings::{DatabaseUrl, StoreSettings};
use super::statements;
use super::{FailureClass, StoreError};
use crate::evidence::journal::{Chain, Head, NO_PREVIOUS};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Key of PostgreSQL's advisory lock: the bytes of "steelyrd". Such locks are per database, and a
/// database belongs to one station.
const WRITER_LOCK: i64 = 0x7374_6565_6c79_7264;

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How often, and how far apart, PostgreSQL's lock is asked for: three seconds in all.
const LOCK_TRIES: u32 = 60;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// How long a reader waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Name of the station's code in table `meta`.
pub const STATION: &str = "station";

/// Latest entry of the journal.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HeadRow {
    pub sequence: i64,
    pub recorded_at: i64,
    pub header_digest: String,
}

#[derive(sqlx::FromRow)]
struct MetaRow {
    value: String,
}

/// An opened database with its one writing connection.
pub struct Opened {
    pub connection: Connection,
    pub readers: Readers,
    pub chain: Chain,
    pub last_recorded_at: i64,
    /// Held as long as this process writes; SQLite only.
    pub lock: Option<File>,
}

/// Opens for writing: takes the lock, migrates, checks the station.
pub async fn open(settings: &StoreSettings, now: i64) -> Result<Opened, StoreError> {
    let lock = match &settings.url {
        DatabaseUrl::Sqlite(path) => Some(lock_file(path)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let mut connection = connect(&settings.url).await?;
    match (&mut connection, &settings.url) {
        (Connection::Sqlite(sqlite), DatabaseUrl::Sqlite(path)) => {
            migrate_sqlite(sqlite, path, &SQLITE_MIGRATIONS, now).await?;
        }
        (Connection::Postgres(postgres), _) => {
            let found = postgres_migration(postgres).await?;
            check_known(found, &POSTGRES_MIGRATIONS)?;
            migrated(POSTGRES_MIGRATIONS.run_direct(None, postgres, false).await)?;
        }
        (Connection::Sqlite(_), DatabaseUrl::Postgres(_)) => {}
    }
    check_station(&mut connection, settings).await?;
    let (chain, last_recorded_at) = read_chain(&mut connection, &settings.station).await?;
    let readers = readers(settings, false)?;
    Ok(Opened {
        connection,
        readers,
        chain,
        last_recorded_at,
        lock,
    })
}

/// Opens for reading: no lock, no migration, nothing is created.
pub async fn open_read_only(settings: &StoreSettings) -> Result<Readers, StoreError> {
    if let DatabaseUrl::Sqlite(path) = &settings.url {
        // The driver would say no more than "unable to open database file".
        File::open(path).map_err(|source| folder(path, source))?;
    }
    let found = match &settings.url {
        DatabaseUrl::Sqlite(path) => {
            let options = sqlite_options(path)
                .create_if_missing(false)
                .read_only(true);
            let mut connection = options
                .connect()
                .await
                .map_err(|error| failure("connect", &error))?;
            let found = sqlite_migration(&mut connection).await?;
            let _ = connection.close().await;
            check_known(found, &SQLITE_MIGRATIONS)?;
            (found.unwrap_or_default(), latest(&SQLITE_MIGRATIONS))
        }
        DatabaseUrl::Postgres(url) => {
            let options = postgres_options(url)?;
            let mut connection = options
                .connect()
                .await
                .map_err(|error| failure("connect", &error))?;
            let found = postgres_migration(&mut connection).await?;
            let _ = connection.close().await;
            check_known(found, &POSTGRES_MIGRATIONS)?;
            (found.unwrap_or_default(), latest(&POSTGRES_MIGRATIONS))
        }
    };
    if found.0 < found.1 {
        return Err(StoreError::Older {
            found: found.0,
            known: found.1,
        });
    }
    readers(settings, true)
}

/// Opens the writing connection; on PostgreSQL this includes the lock, which lives with it.
pub async fn connect(url: &DatabaseUrl) -> Result<Connection, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => sqlite_options(path)
            .create_if_missing(true)
            .connect()
            .await
            .map(Connection::Sqlite)
            .map_err(|error| failure("connect", &error)),
        DatabaseUrl::Postgres(text) => {
            let options = postgres_options(text)?;
            let mut connection = options
                .connect()
                .await
                .map_err(|error| failure("connect", &error))?;
            if lock_database(&mut connection).await? {
                Ok(Connection::Postgres(connection))
            } else {
                let _ = connection.close().await;
                Err(StoreError::AlreadyRunning {
                    place: url.to_string(),
                })
            }
        }
    }
}

/// Takes PostgreSQL's lock. The server lets go of a dead writer's lock only when it has noticed the
/// end of its connection, so a restart asks again for a while.
async fn lock_database(connection: &mut PgConnection) -> Result<bool, StoreError> {
    for _ in 0..LOCK_TRIES {
        let locked: (bool,) = sqlx::query_as("select pg_try_advisory_lock($1)")
            .bind(WRITER_LOCK)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| failure("lock", &error))?;
        if locked.0 {
            return Ok(true);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Ok(false)
}

/// Reads where the chain stands.
pub async fn read_chain(
    connection: &mut Connection,
    station: &str,
) -> Result<(Chain, i64), StoreError> {
    let faults = super::db::Faults::default();
    let mut transaction = connection.begin(&faults).await?;
    let rows: Vec<HeadRow> = transaction
        .all(statements::JOURNAL_HEAD, Vec::new())
        .await?;
    transaction.commit().await?;
    let (head, recorded_at) = rows.into_iter().next().map_or_else(
        || {
            (
                Head {
                    sequence: 0,
                    digest: NO_PREVIOUS.to_owned(),
                },
                0,
            )
        },
        |row| {
            (
                Head {
                    sequence: row.sequence,
                    digest: row.header_digest,
                },
                row.recorded_at,
            )
        },
    );
    Ok((Chain::after(station, head), recorded_at))
}

fn lock_file(database: &Path) -> Result<File, StoreError> {
    if let Some(parent) = database
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        std::fs::create_dir_all(parent).map_err(|source| folder(parent, source))?;
    }
    let path = beside(database, ".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| folder(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyRunning {
            place: database.display().to_string(),
        }),
        Err(TryLockError::Error(source)) => Err(folder(&path, source)),
    }
}

fn folder(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Folder {
        path: path.display().to_string(),
        source,
    }
}

/// A path beside the database, e.g. `steelyard.db.lock`.
fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| failure("connect", &error))?;
    Ok(options
        .application_name("steelyard")
        // A prepared statement keeps the plan that was made while the table was empty, and that would
        // read all of it. Every statement has its index, so plans without one are priced out; the
        // high price must not start the just-in-time compiler. So is a plan that collects all rows of
        // an index and sorts them for the page that it gives: a table that was never analysed counts
        // as small, and that looks cheap then.
        .options([
            ("synchronous_commit", "on"),
            ("enable_seqscan", "off"),
            ("enable_bitmapscan", "off"),
            ("enable_sort", "off"),
            ("jit", "off"),
        ])
        .disable_statement_logging())
}

fn readers(settings: &StoreSettings, read_only: bool) -> Result<Readers, StoreError> {
    let most = settings.readers.max(1);
    Ok(match &settings.url {
        DatabaseUrl::Sqlite(path) => {
            let mut options = sqlite_options(path)
                .create_if_missing(false)
                .pragma("query_only", "ON");
            if read_only {
                // Neither creates nor checkpoints: what is verified stays as it was found.
                options = options.read_only(true);
            }
            let pool = SqlitePoolOptions::new()
                .max_connections(most)
                .acquire_timeout(ACQUIRE_TIMEOUT);
            Readers::Sqlite(pool.connect_lazy_with(options))
        }
        DatabaseUrl::Postgres(url) => {
            let options = postgres_options(url)?.options([("default_transaction_read_only", "on")]);
            let pool = PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(ACQUIRE_TIMEOUT);
            Readers::Postgres(pool.connect_lazy_with(options))
        }
    })
}

fn latest(migrations: &Migrator) -> i64 {
    migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

fn check_known(found: Option<i64>, migrations: &Migrator) -> Result<(), StoreError> {
    let known = latest(migrations);
    match found {
        Some(found) if found > known => Err(StoreError::Newer { found, known }),
        _ => Ok(()),
    }
}

/// Greatest migration in the database, `None` for an empty database.
async fn sqlite_migration(connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let at = |error: sqlx::Error| failure("migrations", &error);
    let table: Option<(i64,)> =
        sqlx::query_as("select 1 from sqlite_master where name = '_sqlx_migrations'")
            .fetch_optional(&mut *connection)
            .await
            .map_err(at)?;
    if table.is_none() {
        return Ok(None);
    }
    let found: (Option<i64>,) = sqlx::query_as("select max(version) from _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(at)?;
    Ok(found.0)
}

async fn postgres_migration(connection: &mut PgConnection) -> Result<Option<i64>, StoreError> {
    let at = |error: sqlx::Error| failure("migrations", &error);
    let table: (Option<String>,) =
        sqlx::query_as("select cast(to_regclass('_sqlx_migrations') as text)")
            .fetch_one(&mut *connection)
            .await
            .map_err(at)?;
    if table.0.is_none() {
        return Ok(None);
    }
    let found: (Option<i64>,) = sqlx::query_as("select max(version) from _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(at)?;
    Ok(found.0)
}

/// Brings an SQLite database up to date; one that holds anything is copied first.
async fn migrate_sqlite(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &Migrator,
    now: i64,
) -> Result<Option<PathBuf>, StoreError> {
    let found = sqlite_migration(connection).await?;
    check_known(found, migrations)?;
    let mut backup = None;
    if let Some(found) = found.filter(|found| *found < latest(migrations)) {
        let copy = beside(path, &format!(".before-migration-from-{found}-{now}"));
        let target = copy.display().to_string();
        sqlx::query("vacuum into $1")
            .bind(target)
            .execute(&mut *connection)
            .await
            .map_err(|error| failure("backup before migration", &error))?;
        // VACUUM INTO doesn't sync its file.
        File::open(&copy)
            .and_then(|file| file.sync_all())
            .map_err(|source| folder(&copy, source))?;
        backup = Some(copy);
    }
    migrated(migrations.run_direct(None, connection, false).await)?;
    Ok(backup)
}

fn migrated(result: Result<(), MigrateError>) -> Result<(), StoreError> {
    result.map_err(|error| match error {
        MigrateError::VersionMismatch(version) | MigrateError::VersionMissing(version) => {
            StoreError::ForeignMigration { version }
        }
        MigrateError::Execute(error) => failure("migrate", &error),
        other => StoreError::Database {
            class: FailureClass::Other,
            at: "migrate",
            message: other.to_string(),
        },
    })
}

/// Writes the station into a new database, compares it in an old one.
async fn check_station(
    connection: &mut Connection,
    settings: &StoreSettings,
) -> Result<(), StoreError> {
    let mut transaction = connection.begin(&settings.faults).await?;
    let values = vec![STATION.into(), settings.station.as_str().into()];
    transaction.run(statements::META_PUT, values).await?;
    let rows: Vec<MetaRow> = transaction
        .all(statements::META_GET, vec![STATION.into()])
        .await?;
    let found = rows
        .into_iter()
        .next()
        .map(|row| row.value)
        .unwrap_or_default();
    if found != settings.station {
        return Err(StoreError::OtherStation {
            expected: settings.station.clone(),
            found,
        });
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::SqlSafeStr;
    use sqlx::migrate::{Migration, MigrationType};

    use super::*;

    fn with_one_more() -> Migrator {
        let mut migrations: Vec<Migration> = SQLITE_MIGRATIONS.iter().cloned().collect();
        migrations.push(Migration::new(
            latest(&SQLITE_MIGRATIONS) + 1,
            Cow::Borrowed("later"),
            MigrationType::Simple,
            "create table later (a integer not null) strict".into_sql_str(),
            false,
        ));
        Migrator::with_migrations(migrations)
    }

    #[tokio::test]
    async fn a_backup_is_taken_before_an_older_database_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let Connection::Sqlite(mut connection) =
            connect(&DatabaseUrl::Sqlite(path.clone())).await.unwrap()
        else {
            panic!("asked for SQLite");
        };
        let first = migrate_sqlite(&mut connection, &path, &SQLITE_MIGRATIONS, 7)
            .await
            .unwrap();
        assert_eq!(first, None, "an empty database needs no backup");
        let again = migrate_sqlite(&mut connection, &path, &SQLITE_MIGRATIONS, 8)
            .await
            .unwrap();
        assert_eq!(again, None, "nothing to do, no backup");
        sqlx::query("insert into meta (name, value) values ('station', 'S1')")
            .execute(&mut connection)
            .await
            .unwrap();

        let backup = migrate_sqlite(&mut connection, &path, &with_one_more(), 9)
            .await
            .unwrap();
        let backup = backup.expect("an older database is copied first");
        let mut copy = sqlite_options(&backup).connect().await.unwrap();
        assert_eq!(
            sqlite_migration(&mut copy).await.unwrap(),
            Some(latest(&SQLITE_MIGRATIONS)),
            "the backup is the database before the migration"
        );
        let kept: (String,) = sqlx::query_as("select value from meta")
            .fetch_one(&mut copy)
            .await
            .unwrap();
        assert_eq!(kept.0, "S1");
        let newest = latest(&SQLITE_MIGRATIONS) + 1;
        assert_eq!(
            sqlite_migration(&mut connection).await.unwrap(),
            Some(newest)
        );

        // This release meets the database that the next one made.
        let refused = migrate_sqlite(&mut connection, &path, &SQLITE_MIGRATIONS, 10).await;
        let known = newest - 1;
        assert!(
            matches!(&refused, Err(StoreError::Newer { found, known: k }) if *found == newest && *k == known),
            "{refused:?}"
        );
    }

    /// The migration that makes the table of cases anew keeps what was in it, and its children.
    #[tokio::test]
    async fn cases_of_an_older_database_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let Connection::Sqlite(mut connection) =
            connect(&DatabaseUrl::Sqlite(path.clone())).await.unwrap()
        else {
            panic!("asked for SQLite");
        };
        let older = SQLITE_MIGRATIONS
            .iter()
            .filter(|migration| migration.version < 4)
            .cloned()
            .collect();
        let older = Migrator::with_migrations(older);
        migrate_sqlite(&mut connection, &path, &older, 7)
            .await
            .unwrap();
        let digest = "0".repeat(64);
        let rows = format!(
            "insert into journal values (1, 5, 'case_opened', 'system:station', 'h', '{digest}', null);
             insert into passage values ('P1', 'S1', 2, 'wim-2', 'dynamic', 77, 60000, 6, 'overloaded',
                11000, 'closed', '晋D12345', 'matched', 1, 0, 1, 1, 'C1', '{digest}');
             insert into case_file values ('C1', 'S1', 'P1', 2, 'confirmed', '晋D12345', 'overloaded', 99,
                'system:station', 3, 1);
             insert into case_passage values ('C1', 'P1');
             insert into case_entry values ('C1', 1);"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows))
            .execute(&mut connection)
            .await
            .unwrap();
        let backup = migrate_sqlite(&mut connection, &path, &SQLITE_MIGRATIONS, 9)
            .await
            .unwrap();
        assert!(backup.is_some());
        let kept: (String, i64, String, String, i64, i64) = sqlx::query_as(
            "select f.state, f.version, f.act_id, p.passage_id, f.act_at, e.sequence
             from case_file f join case_passage p on p.case_id = f.case_id
             join case_entry e on e.case_id = f.case_id",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        let expected = ("confirmed", 3, "C1", "P1", 77, 1);
        let (state, version, act_id, passage_id, act_at, sequence) = &kept;
        assert_eq!(
            (
                state.as_str(),
                *version,
                act_id.as_str(),
                passage_id.as_str(),
                *act_at,
                *sequence
            ),
            expected
        );
        // The children still refer to their parent.
        let orphan = sqlx::query("insert into case_entry values ('C2', 1)");
        assert!(orphan.execute(&mut connection).await.is_err());
        let broken = sqlx::query("pragma foreign_key_check");
        assert!(broken.fetch_all(&mut connection).await.unwrap().is_empty());
    }

    #[test]
    fn both_engines_have_the_same_migrations() {
        let names = |migrations: &Migrator| -> Vec<(i64, String)> {
            migrations
                .iter()
                .map(|migration| (migration.version, migration.description.to_string()))
                .collect()
        };
        assert_eq!(names(&SQLITE_MIGRATIONS), names(&POSTGRES_MIGRATIONS));
    }
}
