//! Schema and statements: equal on both engines, migrated once, refused when newer.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Either, Executor, Row, SqlSafeStr, Statement, TypeInfo,
};
use steelyard::store::statements::{ALL, CHUNKS, MULTI_ROW};
use steelyard::store::{DatabaseUrl, StoreError};

use crate::support::{Engine, Place, closing, on_both_engines, weighing};

async fn sqlite(place: &Place) -> SqliteConnection {
    let DatabaseUrl::Sqlite(path) = &place.url else {
        panic!("asked for SQLite")
    };
    SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .unwrap()
}

async fn postgres(place: &Place) -> PgConnection {
    let DatabaseUrl::Postgres(url) = &place.url else {
        panic!("asked for PostgreSQL")
    };
    url.parse::<PgConnectOptions>()
        .unwrap()
        .connect()
        .await
        .unwrap()
}

/// Two migrated databases.
async fn both() -> (Place, SqliteConnection, Place, PgConnection) {
    let lite = Place::new(Engine::Sqlite).await;
    lite.open().await.shutdown().await;
    let server = Place::new(Engine::Postgres).await;
    server.open().await.shutdown().await;
    let (a, b) = (sqlite(&lite).await, postgres(&server).await);
    (lite, a, server, b)
}

fn class(type_name: &str) -> &'static str {
    match type_name {
        "INTEGER" | "INT8" | "BIGINT" => "integer",
        "TEXT" => "text",
        "BLOB" | "BYTEA" => "bytes",
        // SQLite knows no type of an expression.
        "NULL" => "any",
        other => panic!("a column of type {other} is none of the three"),
    }
}

#[tokio::test]
async fn every_statement_prepares_alike_on_both_engines() {
    let (_lite, mut sqlite, _server, mut postgres) = both().await;
    let mut texts: Vec<(&str, &'static str)> = ALL.iter().map(|one| (one.name, one.sql)).collect();
    for statement in MULTI_ROW {
        for rows in CHUNKS {
            let one = statement.chunk(rows).1;
            texts.extend([(one.name, one.sql), (one.name, one.sqlite)]);
        }
    }
    for (name, sql) in texts {
        let a = (&mut sqlite).prepare(sql.into_sql_str()).await;
        let a = a.unwrap_or_else(|error| panic!("{name} on SQLite: {error}"));
        // The multi-row texts get their types from the values; the single ones must stand alone.
        let is_single = ALL.iter().any(|one| one.sql == sql);
        if !is_single {
            continue;
        }
        let b = (&mut postgres).prepare(sql.into_sql_str()).await;
        let b = b.unwrap_or_else(|error| panic!("{name} on PostgreSQL: {error}"));
        let count = match a.parameters() {
            Some(Either::Right(count)) => count,
            other => panic!("{name}: {other:?}"),
        };
        match b.parameters() {
            Some(Either::Left(types)) => {
                assert_eq!(types.len(), count, "{name}: parameters");
                for one in types {
                    assert!(
                        ["INT8", "TEXT"].contains(&one.name()),
                        "{name}: parameter {one}"
                    );
                }
            }
            other => panic!("{name}: {other:?}"),
        }
        let columns_a: Vec<_> = a
            .columns()
            .iter()
            .map(|one| (one.name(), class(one.type_info().name())))
            .collect();
        let columns_b: Vec<_> = b
            .columns()
            .iter()
            .map(|one| (one.name(), class(one.type_info().name())))
            .collect();
        assert_eq!(columns_a.len(), columns_b.len(), "{name}");
        for (a, b) in columns_a.into_iter().zip(columns_b) {
            assert_eq!(a.0, b.0, "{name}: column names");
            assert!(
                a.1 == b.1 || a.1 == "any",
                "{name}: column {} is {} and {}",
                a.0,
                a.1,
                b.1
            );
        }
    }
}

/// Every file under `sql/` is named in the list, so that none escapes the tests.
#[test]
fn no_statement_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let named: BTreeSet<String> = ALL.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(files, named);
}

/// The index that a statement's head names.
fn named_index(sql: &str) -> &str {
    let rest = sql.split_once("Index: ").unwrap().1;
    rest.split(['.', ',', '\n']).next().unwrap()
}

#[tokio::test]
async fn lists_use_the_index_their_head_names() {
    let (_lite, mut sqlite, server, mut postgres) = both().await;
    // PostgreSQL's planner needs something to choose for.
    let store = server.open().await;
    futures::future::join_all((0..400).map(|n| store.record_weighing(weighing(n)))).await;
    futures::future::join_all((0..390).map(|n| store.close_passage(closing(n)))).await;
    store.shutdown().await;
    let setup = "analyze; set enable_seqscan = off; set enable_sort = off; \
                 set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan";
    sqlx::raw_sql(setup).execute(&mut postgres).await.unwrap();
    let mut checked = 0;
    for statement in ALL {
        let index = named_index(statement.sql);
        let lists = [
            "passage_",
            "case_file_",
            "case_officer_",
            "case_passage_",
            "inspection_",
            "register_entry_",
            "counted_case_",
            "party_roll_by_",
        ];
        if !lists.iter().any(|list| index.starts_with(list)) {
            continue;
        }
        checked += 1;
        let explain = AssertSqlSafe(format!("explain query plan {}", statement.sql));
        let rows = sqlx::query(explain).fetch_all(&mut sqlite).await.unwrap();
        let plan: Vec<String> = rows
            .iter()
            .map(|row| row.get::<String, _>("detail"))
            .collect();
        let plan = plan.join("; ");
        assert!(
            plan.contains(&format!("INDEX {index}")),
            "{}: {plan}",
            statement.name
        );
        // A few rows of a span are grouped; a list is never sorted.
        let groups = statement.name == "inspection_shift_ended";
        assert!(
            groups || !plan.contains("TEMP B-TREE"),
            "{} sorts: {plan}",
            statement.name
        );

        let prepared = format!("prepare p as {}", statement.sql);
        sqlx::raw_sql(AssertSqlSafe(prepared))
            .execute(&mut postgres)
            .await
            .unwrap();
        let count = (1..)
            .find(|n| !statement.sql.contains(&format!("${n}")))
            .unwrap()
            - 1;
        let nulls = vec!["null"; count].join(", ");
        let call = if count == 0 {
            String::new()
        } else {
            format!("({nulls})")
        };
        let explain = AssertSqlSafe(format!("explain execute p{call}"));
        let rows = sqlx::raw_sql(explain)
            .fetch_all(&mut postgres)
            .await
            .unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        let plan = plan.join("; ");
        assert!(plan.contains(index), "{}: {plan}", statement.name);
        assert!(
            groups || !plan.contains("Sort"),
            "{} sorts: {plan}",
            statement.name
        );
        sqlx::raw_sql("deallocate p")
            .execute(&mut postgres)
            .await
            .unwrap();
    }
    assert!(checked >= 25, "{checked} statements name an index of lists");
}

/// Columns as `table column class not-null`, primary keys and indexes as `table (columns)`.
async fn catalogue_of_sqlite(connection: &mut SqliteConnection) -> BTreeSet<String> {
    let columns = sqlx::query(
        "select m.name || ' ' || c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\" as line
         from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like '%sqlx%'
         union all
         select m.name || ' key ' || (select group_concat(name, ',') from
            (select name from pragma_table_info(m.name) where pk > 0 order by pk))
         from sqlite_master m where m.type = 'table' and m.name not like '%sqlx%'
         union all
         select i.tbl_name || ' ' || i.name || ' '
            || (select group_concat(name, ',') from pragma_index_info(i.name))
            || case when i.sql like '% where %' then ' partial' else '' end
         from sqlite_master i where i.type = 'index' and i.sql is not null
         union all
         select m.name || ' -> ' || f.\"table\" || ' ' || f.\"from\" || ' ' || f.\"to\"
         from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'",
    );
    let rows = columns.fetch_all(connection).await.unwrap();
    rows.iter()
        .map(|row| row.get::<String, _>("line"))
        .collect()
}

async fn catalogue_of_postgres(connection: &mut PgConnection) -> BTreeSet<String> {
    let columns = sqlx::query(
        "select table_name || ' ' || column_name || ' '
            || replace(data_type, 'bigint', 'integer') || ' '
            || case is_nullable when 'NO' then '1' else '0' end as line
         from information_schema.columns
         where table_schema = 'public' and table_name not like '%sqlx%'
         union all
         select t.relname || case when i.indisprimary then ' key ' else ' ' || x.relname || ' ' end
            || (select string_agg(a.attname, ',' order by k.n) from unnest(i.indkey)
                with ordinality k(attnum, n) join pg_attribute a
                on a.attrelid = t.oid and a.attnum = k.attnum)
            || case when i.indpred is not null then ' partial' else '' end
         from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
         join pg_namespace n on n.oid = t.relnamespace
         where n.nspname = 'public' and t.relname not like '%sqlx%'
         union all
         select t.relname || ' -> ' || f.relname || ' ' || a.attname || ' ' || b.attname
         from pg_constraint c join pg_class t on t.oid = c.conrelid
         join pg_class f on f.oid = c.confrelid
         join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
         join pg_attribute b on b.attrelid = f.oid and b.attnum = c.confkey[1]
         where c.contype = 'f'",
    );
    let rows = columns.fetch_all(connection).await.unwrap();
    rows.iter()
        .map(|row| row.get::<String, _>("line"))
        .collect()
}

#[tokio::test]
async fn the_catalogues_of_both_engines_agree() {
    let (_lite, mut sqlite, _server, mut postgres) = both().await;
    let a = catalogue_of_sqlite(&mut sqlite).await;
    let b = catalogue_of_postgres(&mut postgres).await;
    let (only_a, only_b): (Vec<_>, Vec<_>) =
        (a.difference(&b).collect(), b.difference(&a).collect());
    assert!(
        only_a.is_empty() && only_b.is_empty(),
        "SQLite {only_a:#?}, PostgreSQL {only_b:#?}"
    );
    assert!(a.len() > 70, "{} lines", a.len());
    let odd: i64 = sqlx::query_scalar(
        "select count(*) from information_schema.columns where table_schema = 'public'
         and table_name not like '%sqlx%' and data_type = 'text' and collation_name is distinct
         from 'C'",
    )
    .fetch_one(&mut postgres)
    .await
    .unwrap();
    assert_eq!(
        odd, 0,
        "texts that PostgreSQL would sort otherwise than SQLite"
    );
}

/// The files say the same, so that CHECKs agree too: they differ in the words of each engine only.
#[test]
fn the_migrations_of_both_engines_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |engine: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root.join(engine)).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let read = |engine: &str| std::fs::read_to_string(root.join(engine).join(&name)).unwrap();
        let lines = |text: String| -> Vec<String> {
            text.lines()
                .filter(|line| !line.starts_with("--"))
                .map(str::to_owned)
                .collect()
        };
        let postgres = read("postgres")
            .replace("bigint", "integer")
            .replace(" collate \"C\"", "");
        assert_eq!(
            lines(read("sqlite").replace(") strict;", ");")),
            lines(postgres),
            "{name}"
        );
    }
}

async fn migrations_run_once_and_newer_databases_are_refused(engine: Engine) {
    let place = Place::new(engine).await;
    for _ in 0..3 {
        place.open().await.shutdown().await;
    }
    let insert = "insert into _sqlx_migrations
        (version, description, installed_on, success, checksum, execution_time)
        select 9999, 'later', installed_on, success, checksum, 0 from _sqlx_migrations
        where version = 1";
    let spoil = "update _sqlx_migrations set checksum = checksum || checksum where version < 9999";
    let delete = "delete from _sqlx_migrations where version = 9999";
    let run = async |sql: &'static str| match engine {
        Engine::Sqlite => {
            let done = sqlx::raw_sql(sql).execute(&mut sqlite(&place).await).await;
            done.unwrap().rows_affected()
        }
        Engine::Postgres => {
            let done = sqlx::raw_sql(sql)
                .execute(&mut postgres(&place).await)
                .await;
            done.unwrap().rows_affected()
        }
    };
    assert_eq!(run(insert).await, 1, "one migration was applied once");
    for refused in [
        place.try_open().await.err().unwrap(),
        steelyard::store::Store::open_read_only(place.settings())
            .await
            .err()
            .unwrap(),
    ] {
        assert!(
            matches!(refused, StoreError::Newer { found: 9999, .. }),
            "{refused:?}"
        );
        assert!(
            refused.to_string().contains("install that release again"),
            "{refused}"
        );
    }
    run(delete).await;
    place.open().await.shutdown().await;
    run(spoil).await;
    let refused = place.try_open().await.err().unwrap();
    assert!(
        matches!(refused, StoreError::ForeignMigration { version: 1 }),
        "{refused:?}"
    );
}

async fn one_database_has_one_writer_and_one_station(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let refused = place.try_open().await.err().unwrap();
    assert!(
        matches!(refused, StoreError::AlreadyRunning { .. }),
        "{refused:?}"
    );
    let reading = steelyard::store::Store::open_read_only(place.settings())
        .await
        .unwrap();
    store.record_weighing(weighing(1)).await.unwrap();
    assert!(
        reading.passage("P000001").await.unwrap().is_some(),
        "reading goes on beside it"
    );
    let refused = reading.record_weighing(weighing(2)).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    reading.shutdown().await;
    store.shutdown().await;

    let mut settings = place.settings();
    settings.station = "3302B".to_owned();
    let clock = std::sync::Arc::new(steelyard::clock::SystemClock::new());
    let entropy = std::sync::Arc::new(steelyard::clock::SystemEntropy);
    let refused = steelyard::store::Store::open(settings, clock, entropy)
        .await
        .err()
        .unwrap();
    assert!(
        matches!(refused, StoreError::OtherStation { .. }),
        "{refused:?}"
    );
    place.open().await.shutdown().await;
}

/// The first page of a table that was filled and never analysed, as after an import or in a station's first
/// minutes: the planner takes it for small, and would collect all of it to sort it.
#[tokio::test]
async fn a_page_of_a_table_never_analysed_reads_no_more_than_the_page() {
    let place = Place::new(Engine::Postgres).await;
    place.open().await.shutdown().await;
    let mut postgres = postgres(&place).await;
    let fill = "alter table inspection set (autovacuum_enabled = off);
        insert into inspection (inspection_id, station, state, opened_at, opened_by, version, latest_sequence)
        select 'I' || lpad(cast(n as text), 6, '0'), '3301A', 'released', n, 'wang.wei', 1, n
        from generate_series(1, 4000) as n";
    sqlx::raw_sql(fill).execute(&mut postgres).await.unwrap();
    let store = place.open().await;
    let filter = steelyard::store::records::ListFilter::default();
    let page = store.inspections(&filter, None, 5).await.unwrap();
    assert_eq!(page.len(), 5);
    assert_eq!(page[0].inspection_id, "I004000");
    store.shutdown().await;
    let read = entries_read(&place, "inspection_by_time").await;
    assert!(read < 50, "{read} entries of the index for a page of 5");
}

/// Closing leaves each passage's entry in the index of the unclosed until the table is vacuumed.
#[tokio::test]
async fn the_unclosed_are_found_without_going_through_all_that_were_closed() {
    let place = Place::new(Engine::Postgres).await;
    place.open().await.shutdown().await;
    let mut postgres = postgres(&place).await;
    let fill = "alter table passage set (autovacuum_enabled = off);
        insert into passage
        select 'P' || lpad(cast(n as text), 6, '0'), '3301A', 1, 'lane1', 'dynamic', n, 30000, 6, null, null,
            'weighed', null, null, null, 0, n, null, null, repeat('0', 64)
        from generate_series(1, 4000) as n;
        update passage set state = 'closed', closing_sequence = 9 where crossed_at <= 3990;
        insert into tally (name, number) values ('/weighed', 10), ('/closed', 3990)";
    sqlx::raw_sql(fill).execute(&mut postgres).await.unwrap();
    let store = place.open().await;
    let filter = steelyard::store::records::ListFilter {
        state: Some("weighed".to_owned()),
        ..Default::default()
    };
    let page = store.passages(&filter, None, 200).await.unwrap();
    assert_eq!(page.len(), 10);
    assert_eq!(page[9].passage_id, "P003991");
    let page = store.passages(&filter, None, 3).await.unwrap();
    assert_eq!(page.len(), 3);
    store.shutdown().await;
    let read = entries_read(&place, "passage_unclosed").await;
    assert!(read < 50, "{read} entries of the index for 10 passages");
}

/// Entries that were read of an index, once the server has counted any scan of it.
async fn entries_read(place: &Place, index: &str) -> i64 {
    let counted = async || -> (i64, i64) {
        let counted =
            "select idx_scan, idx_tup_read from pg_stat_user_indexes where indexrelname = $1";
        sqlx::query_as(counted)
            .bind(index)
            .fetch_one(&mut postgres(place).await)
            .await
            .unwrap()
    };
    // A server process hands in what it counted before it ends.
    let waited = async {
        loop {
            let (scans, read) = counted().await;
            if scans > 0 {
                return read;
            }
            tokio::task::yield_now().await;
        }
    };
    let read = tokio::time::timeout(std::time::Duration::from_secs(60), waited).await;
    read.expect("the server counts the scan")
}

#[tokio::test]
async fn the_settings_that_durability_rests_on_are_on() {
    let place = Place::new(Engine::Postgres).await;
    let store = place.open().await;
    let mut connection = postgres(&place).await;
    let on: String = sqlx::query_scalar("show synchronous_commit")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(on, "on");
    store.shutdown().await;

    let place = Place::new(Engine::Sqlite).await;
    place.open().await.shutdown().await;
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&mut sqlite(&place).await)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
}

on_both_engines!(
    migrations_run_once_and_newer_databases_are_refused,
    one_database_has_one_writer_and_one_station,
);
