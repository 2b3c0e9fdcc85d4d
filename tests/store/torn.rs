//! Power loss: the WAL of a running store with its tail cut, zeroed or flipped at 300 places. What
//! comes up is always a prefix of what was acknowledged, and nothing before the damage is missing.

use std::path::Path;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use steelyard::cli::verify::{Arguments, Outcome, check, check_lines};
use steelyard::store::records::JournalRow;
use steelyard::store::{DatabaseUrl, Store, StoreSettings};

use crate::support::{Engine, Place, closing, open_case, verify, weighing};

/// A store's files as they were while it ran.
struct Saved {
    database: Vec<u8>,
    wal: Vec<u8>,
    /// After each acknowledgement: length of the WAL, sequence acknowledged.
    acknowledged: Vec<(usize, i64)>,
    journal: Vec<JournalRow>,
}

async fn run_and_save() -> Saved {
    let place = Place::new(Engine::Sqlite).await;
    // Closed once, so that the schema is in the database file and the WAL holds only records.
    place.open().await.shutdown().await;
    let store = place.open().await;
    let DatabaseUrl::Sqlite(path) = &place.url else {
        panic!("asked for SQLite")
    };
    let wal_path = path.with_extension("db-wal");
    let mut acknowledged = vec![(0, 0)];
    for number in 1..=40 {
        if number % 8 == 0 {
            open_case(&store, number).await;
        } else {
            store.record_weighing(weighing(number)).await.unwrap();
            store.close_passage(closing(number)).await.unwrap();
        }
        let length = usize::try_from(std::fs::metadata(&wal_path).unwrap().len()).unwrap();
        acknowledged.push((length, store.journal_head().await.unwrap().sequence));
    }
    let saved = Saved {
        database: std::fs::read(path).unwrap(),
        wal: std::fs::read(&wal_path).unwrap(),
        acknowledged,
        journal: store.journal_after(0, 1_000).await.unwrap(),
    };
    store.shutdown().await;
    saved
}

#[derive(Debug, Clone, Copy)]
enum Damage {
    Cut,
    Zero,
    Flip,
}

fn damaged(wal: &[u8], damage: Damage, at: usize) -> Vec<u8> {
    let mut wal = wal.to_vec();
    match damage {
        Damage::Cut => wal.truncate(at),
        Damage::Zero => wal[at..].fill(0),
        Damage::Flip => wal[at] ^= 0x10,
    }
    wal
}

async fn reopened(folder: &Path, saved: &Saved, wal: &[u8]) -> (String, Store) {
    let path = folder.join(DatabaseUrl::FILE_NAME);
    std::fs::write(&path, &saved.database).unwrap();
    std::fs::write(path.with_extension("db-wal"), wal).unwrap();
    let _ = std::fs::remove_file(path.with_extension("db-shm"));
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    let integrity: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let settings = StoreSettings::in_folder(folder, "3301A");
    let clock = std::sync::Arc::new(steelyard::clock::SystemClock::new());
    let entropy = std::sync::Arc::new(steelyard::clock::SystemEntropy);
    let store = Store::open(settings, clock, entropy).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    (integrity, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_write_leaves_a_prefix_of_what_was_acknowledged() {
    let saved = run_and_save().await;
    let mut random = ChaCha8Rng::seed_from_u64(300);
    let end = saved.wal.len();
    let mut lengths = std::collections::BTreeSet::new();
    for round in 0..300 {
        let damage = [Damage::Cut, Damage::Zero, Damage::Flip][round % 3];
        let at = random.random_range(end / 4..end);
        let folder = tempfile::tempdir().unwrap();
        let wal = damaged(&saved.wal, damage, at);
        let (integrity, store) = reopened(folder.path(), &saved, &wal).await;
        assert_eq!(integrity, "ok", "{damage:?} at {at}");
        let sequence = verify(&store).await;
        let journal = store.journal_after(0, 1_000).await.unwrap();
        assert_eq!(
            journal[..],
            saved.journal[..journal.len()],
            "{damage:?} at {at}: no prefix"
        );
        let whole = saved
            .acknowledged
            .iter()
            .rev()
            .find(|(length, _)| *length <= at)
            .unwrap()
            .1;
        assert!(
            sequence >= whole,
            "{damage:?} at {at}: {sequence} left of {whole} before it"
        );
        lengths.insert(sequence);
        // And it goes on from there.
        store.record_weighing(weighing(900)).await.unwrap();
        store.shutdown().await;
    }
    assert!(
        lengths.len() > 20,
        "the damage fell in {} places only",
        lengths.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_daemon_left_can_be_verified_without_changing_it() {
    let saved = run_and_save().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DatabaseUrl::FILE_NAME);
    let wal_path = path.with_extension("db-wal");
    std::fs::write(&path, &saved.database).unwrap();
    std::fs::write(&wal_path, &saved.wal).unwrap();
    let arguments = Arguments {
        data: Some(folder.path().to_owned()),
        export: true,
        ..Arguments::default()
    };
    let mut export = Vec::new();
    let Outcome::Holds(verified) = check(&arguments, &mut export).await.unwrap() else {
        panic!("the journal holds");
    };
    let last = saved.journal.last().unwrap();
    assert_eq!(
        (verified.head.sequence, &verified.head.digest),
        (last.sequence, &last.header_digest)
    );
    assert!(
        std::fs::read(&path).unwrap() == saved.database,
        "the database file was changed"
    );
    assert!(
        std::fs::read(&wal_path).unwrap() == saved.wal,
        "the WAL was changed"
    );
    let Outcome::JournalHolds(exported) = check_lines(&export[..]).unwrap() else {
        panic!("the export holds");
    };
    assert_eq!(exported, verified);
}
