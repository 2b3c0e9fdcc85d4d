//! The journal as stored: what tampering shows, and what somebody else's program says of it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use steelyard::cli::verify::export_line;
use steelyard::store::{JournalFault, Store};

use crate::support::{Engine, Place, closing, on_both_engines, open_case, verify, weighing};

async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    for number in 2..12 {
        store.record_weighing(weighing(number)).await.unwrap();
        store.close_passage(closing(number)).await.unwrap();
    }
    open_case(&store, 1).await;
    store
}

pub async fn tamper(place: &Place, sql: &'static str) {
    use sqlx::ConnectOptions;
    let changed = match &place.url {
        steelyard::store::DatabaseUrl::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut connection = options.foreign_keys(false).connect().await.unwrap();
            sqlx::raw_sql(sql)
                .execute(&mut connection)
                .await
                .unwrap()
                .rows_affected()
        }
        steelyard::store::DatabaseUrl::Postgres(url) => {
            let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
            let mut connection = options.connect().await.unwrap();
            sqlx::raw_sql(sql)
                .execute(&mut connection)
                .await
                .unwrap()
                .rows_affected()
        }
    };
    assert_eq!(changed, 1, "{sql}");
}

async fn any_change_shows(engine: Engine) {
    for (sql, says) in [
        (
            "update journal set body = replace(body, '杭州', '宁波') where sequence = 3",
            "entry 3",
        ),
        (
            "update journal set header = replace(header, 'weighing', 'welching') where sequence = 5",
            "entry 5",
        ),
        (
            "update journal set actor = 'li.na' where sequence = 6",
            "actor",
        ),
        (
            "update journal set recorded_at = recorded_at + 1 where sequence = 7",
            "recorded_at",
        ),
        ("delete from journal where sequence = 9", "entry 9"),
        (
            "update passage set gross_kg = 1 where passage_id = 'P000003'",
            "gross_kg is 1 in the table",
        ),
        (
            "update passage set class = 'clear' where passage_id = 'P000002'",
            "class",
        ),
        (
            "update passage set plate = '浙A99999' where passage_id = 'P000004'",
            "plate",
        ),
        (
            "update passage set enforceable = 0 where passage_id = 'P000004'",
            "enforceable",
        ),
        (
            "delete from picture where passage_id = 'P000005' and view = 'front'",
            "table picture, row P000005 / front",
        ),
        (
            "update case_file set plate = '京A00001' where case_id = 'C000001'",
            "plate",
        ),
        (
            "update case_file set state = 'closed' where case_id = 'C000001'",
            "state",
        ),
        (
            "insert into passage (passage_id, station, lane, port, kind, crossed_at, gross_kg,
            axle_count, state, record_conflict, weighing_sequence, raw_digest)
            select 'X', station, lane, port, kind, crossed_at, gross_kg, axle_count, 'weighed', 0,
            weighing_sequence, raw_digest from passage where passage_id = 'P000003'",
            "12 passages",
        ),
    ] {
        let place = Place::new(engine).await;
        let store = filled(&place).await;
        assert_eq!(verify(&store).await, 23);
        tamper(&place, sql).await;
        let fault = store.verify_journal(|_, _| ()).await.expect_err(sql);
        assert!(!matches!(fault, JournalFault::Store(_)), "{fault}");
        assert!(fault.to_string().contains(says), "{sql}: {fault}");
        store.shutdown().await;
    }
}

async fn a_body_can_be_removed(engine: Engine) {
    let place = Place::new(engine).await;
    let store = filled(&place).await;
    tamper(&place, "update journal set body = null where sequence = 4").await;
    let mut steps = Vec::new();
    let verified = store
        .verify_journal(|done, of| steps.push((done, of)))
        .await
        .unwrap();
    assert_eq!(verified.head, store.journal_head().await.unwrap());
    assert_eq!(verified.without_body, 1);
    assert_eq!(
        (steps.first(), steps.last()),
        (Some(&(0, 23)), Some(&(23, 23)))
    );
    let case = store.case_history("C000001").await.unwrap();
    assert_eq!(case.len(), 1);
}

/// Runs the verifier that shares no line with this program.
fn independent_verifier(input: &[u8]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify_journal.py");
    let mut child = Command::new("python3")
        .arg(script)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is not installed: run ./check, which installs what the tests need");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

async fn an_independent_verifier_agrees(engine: Engine) {
    let place = Place::new(engine).await;
    let store = filled(&place).await;
    let mut export = Vec::new();
    for row in store.journal_after(0, 1_000).await.unwrap() {
        export.extend(export_line(&row).into_bytes());
        export.push(b'\n');
    }
    let head = store.journal_head().await.unwrap();
    let (holds, said) = independent_verifier(&export);
    assert!(holds, "{said}");
    assert_eq!(said.trim(), format!("ok {} {}", head.sequence, head.digest));

    // And it would notice: one digit of a weight.
    let text = String::from_utf8(export).unwrap();
    let spoilt = text.replacen("\\\"gross_kg\\\":12", "\\\"gross_kg\\\":13", 1);
    assert_ne!(spoilt, text);
    let (holds, said) = independent_verifier(spoilt.as_bytes());
    assert!(!holds && said.starts_with("break at "), "{said}");
}

#[test]
fn an_independent_verifier_agrees_with_the_frozen_vectors() {
    let vectors = include_bytes!("../../fixtures/journal/v1.jsonl");
    let (holds, said) = independent_verifier(vectors);
    assert!(holds, "{said}");
    assert!(said.starts_with("ok 4 "), "{said}");
}

on_both_engines!(
    any_change_shows,
    a_body_can_be_removed,
    an_independent_verifier_agrees
);
