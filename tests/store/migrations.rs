//! A database of an older release: opened by this one, it has what this one derives, it verifies, and it goes on.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};
use steelyard::casework::procedure::TrackKind;
use steelyard::store::records::{Actor, Party};
use steelyard::store::{DatabaseUrl, Store, StoreError};
use steelyard::units::Micros;

use crate::casework::stay;
use crate::lively::live;
use crate::raw::{Raw, Table, Texts};
use crate::rebuilt::rewrite;
use crate::support::{
    DAY, Engine, Place, case_step, counted_case, dump, kept_states, on_both_engines, open_case,
    states, verify,
};

/// The latest migration of the older release.
const OLDER: i64 = 5;

/// What journal entries of the older release do not tell of stays.
const UNTOLD: [&str; 6] = [
    "first_weighed_at",
    "last_weighed_at",
    "ended_at",
    "was_over",
    "by_hand",
    "let_through",
];

/// Runs the migrations of the older release, and leaves a connection that looks after no foreign key.
async fn older(place: &Place) -> Raw {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrations = async |engine: &str| {
        let all = Migrator::new(root.join(engine)).await.unwrap();
        let older = all.iter().filter(|one| one.version <= OLDER).cloned();
        Migrator::with_migrations(older.collect())
    };
    match &place.url {
        DatabaseUrl::Sqlite(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .foreign_keys(false);
            let mut connection = options.connect().await.unwrap();
            let migrations = migrations("sqlite").await;
            migrations
                .run_direct(None, &mut connection, false)
                .await
                .unwrap();
            Raw::Sqlite(connection)
        }
        DatabaseUrl::Postgres(url) => {
            let options: PgConnectOptions = url.parse().unwrap();
            let options = options.options([("session_replication_role", "replica")]);
            let mut connection = options.connect().await.unwrap();
            let migrations = migrations("postgres").await;
            migrations
                .run_direct(None, &mut connection, false)
                .await
                .unwrap();
            Raw::Postgres(connection)
        }
    }
}

async fn close(raw: Raw) {
    match raw {
        Raw::Sqlite(connection) => connection.close().await.unwrap(),
        Raw::Postgres(connection) => connection.close().await.unwrap(),
    }
}

/// Puts into the older database what its release would have written of the same happenings.
async fn fill(older: &mut Raw, newer: &mut Raw) {
    let now = newer.tables().await;
    // The number of no pictures, which the migration put in.
    older.run("delete from tally".to_owned()).await.unwrap();
    for table in older.tables().await {
        if table.name == "_sqlx_migrations" {
            continue;
        }
        let same = now.iter().find(|one| one.name == table.name).unwrap();
        let kept = |column: &str| same.columns.iter().position(|one| one.name == column);
        let columns: Vec<usize> = table
            .columns
            .iter()
            .map(|column| kept(&column.name).unwrap())
            .collect();
        for row in newer.rows(same).await {
            let row: Texts = columns.iter().map(|n| row[*n].clone()).collect();
            if was_there(&table, &row) {
                assert_eq!(older.run(table.insert(&row)).await, Some(1), "{row:?}");
            }
        }
    }
}

/// Whether the older release had this row: it kept no numbers of cases and stays.
fn was_there(table: &Table, row: &Texts) -> bool {
    let name = row[0].as_deref().unwrap_or_default();
    table.name != "tally" || !(name.starts_with("case:") || name.starts_with("stay:"))
}

async fn happenings(store: &Store) {
    live(store, 51, 40).await;
    for number in 50..=52 {
        open_case(store, number).await;
        store
            .step_inspection(stay(number, 0, "held"))
            .await
            .unwrap();
    }
    let mut counts = case_step(51, 1, "closed");
    counts.counted = Some(counted_case(51, "carrier-51"));
    store.step_case(counts).await.unwrap();
    // The journal's last entry is one that a row tells of, too.
    let chief = Actor("chief".to_owned());
    let role = steelyard::role::Role::ALL[0];
    let put = store.put_user("last", role, "hash", true, &chief);
    put.await.unwrap();
}

/// Counted cases by id: origin, and what rests.
async fn resting(raw: &mut Raw) -> Vec<(String, String, String)> {
    let tables = raw.tables().await;
    let table = tables.iter().find(|one| one.name == "counted_case");
    let table = table.unwrap();
    let n = |name: &str| table.columns.iter().position(|one| one.name == name);
    let names = ["case_id", "origin", "resting"].map(|name| n(name).unwrap());
    let rows = raw.rows(table).await.into_iter();
    let text = |row: &Texts, n: usize| row[n].clone().unwrap();
    rows.map(|row| {
        let [id, origin, resting] = names.map(|n| text(&row, n));
        (id, origin, resting)
    })
    .collect()
}

async fn a_database_of_an_older_release_goes_on(engine: Engine) {
    let source = Place::new(engine).await;
    let store = source.open().await;
    happenings(&store).await;
    rewrite(&source, &store, |_, body| {
        let columns = body.get_mut("columns").and_then(Value::as_object_mut);
        if let Some(columns) = columns.filter(|columns| columns.contains_key("inspection_id")) {
            for member in UNTOLD {
                columns.remove(member);
            }
        }
    })
    .await;
    let place = Place::new(engine).await;
    let mut raw = older(&place).await;
    fill(&mut raw, &mut Raw::connect(&source).await).await;
    close(raw).await;

    let refused = Store::open_read_only(place.settings()).await.err();
    assert!(
        matches!(
            refused,
            Some(StoreError::Older { found: OLDER, known }) if known > OLDER
        ),
        "{refused:?}"
    );
    let migrated = place.open().await;
    // Whose counters wait is not known of before: nobody's, until the day turns.
    let rolls = |lines: Vec<String>| -> Vec<String> {
        let lines = lines.into_iter();
        lines
            .filter(|line| !line.starts_with("PartyRollRow"))
            .collect()
    };
    assert_eq!(
        rolls(dump(&migrated).await),
        rolls(dump(&store).await),
        "every row is as it was"
    );
    assert_eq!(migrated.parties_waiting().await.unwrap().parties, 0);
    assert_eq!(migrated.counters_turned().await.unwrap(), None);
    assert_eq!(
        migrated.counts().await.unwrap(),
        store.counts().await.unwrap()
    );
    let kept = kept_states(&migrated).await;
    assert_eq!(
        kept,
        kept_states(&store).await,
        "as those that were kept all along"
    );
    assert_eq!(kept, states(&migrated).await);
    verify(&migrated).await;

    // Cases handled here may rest on any count, past ones rest on none.
    let mut expected = BTreeSet::new();
    let mut raw = Raw::connect(&place).await;
    let counted = resting(&mut raw).await;
    let from = |origin: &str| counted.iter().filter(|row| row.1 == origin).count();
    assert!(from("case") > 1 && from("register") > 0, "{counted:?}");
    for (case_id, origin, resting) in counted {
        assert_eq!(resting, if origin == "case" { "15" } else { "0" });
        let row = migrated.counted_case(&case_id).await.unwrap().unwrap();
        if origin == "case" {
            expected.extend(row.parties());
        }
    }
    let found = migrated.parties_resting("2000-01-01").await.unwrap();
    assert_eq!(found, expected);
    assert!(found.contains(&Party {
        track: TrackKind::Carrier,
        id: "carrier-51".to_owned(),
    }));
    let unread = migrated
        .inspections_unread(Micros::new(0), Micros::new(2 * DAY), 1_000)
        .await
        .unwrap();
    let stays: i64 = kept[1].values().sum();
    assert_eq!(
        i64::try_from(unread.len()).unwrap(),
        stays,
        "read whole: of a shift nothing was kept"
    );

    // And it goes on.
    let parties: Vec<Party> = found.into_iter().collect();
    let body = serde_json::json!({"day": "2026-05-29"});
    migrated
        .turn_counters("2026-05-29", parties.clone(), &body)
        .await
        .unwrap();
    let waiting = migrated.parties_waiting().await.unwrap().parties;
    assert_eq!(waiting, i64::try_from(parties.len()).unwrap());
    migrated
        .step_case(case_step(50, 1, "decided"))
        .await
        .unwrap();
    migrated
        .step_inspection(stay(52, 1, "released"))
        .await
        .unwrap();
    migrated
        .step_inspection(stay(53, 0, "selected"))
        .await
        .unwrap();
    open_case(&migrated, 53).await;
    assert_ne!(kept_states(&migrated).await, kept);
    assert_eq!(kept_states(&migrated).await, states(&migrated).await);
    verify(&migrated).await;
    migrated.shutdown().await;
    store.shutdown().await;
}

on_both_engines!(a_database_of_an_older_release_goes_on);
