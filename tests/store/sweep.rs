//! A fault sweep: of every table that the database's own catalogue names, rows are changed, deleted and
//! put in, and the check has to find each such fault. A table or a column that is added later without
//! a check fails here.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use steelyard::role::Role;
use steelyard::store::records::Actor;
use steelyard::store::{JournalFault, Store};

use crate::lively::live;
use crate::raw::{Column, Raw, Table, Texts};
use crate::support::{Engine, Place, on_both_engines, verify};

/// Tables that the journal rightly does not tell of.
const NOT_JOURNALLED: &[(&str, &str)] = &[
    (
        "_sqlx_migrations",
        "what was done to the schema; opening compares it with the program's own files",
    ),
    (
        "session",
        "who is logged in at the moment: a token works until it runs out, and nothing rests on it later",
    ),
    (
        "party_roll",
        "whose counters wait to be rolled: a row too many costs one more count, and counters that are asked for are \
         counted then and there; a proposal of whom it lost comes with the next case of the same party",
    ),
];

/// Changes that say nothing false.
fn is_harmless(table: &Table, before: Option<&Texts>, after: Option<&Texts>) -> bool {
    let at = |name: &str| table.columns.iter().position(|column| column.name == name);
    match table.name.as_str() {
        // A body may be removed when its retention ends; the check says of how many that is true.
        "journal" => {
            let body = at("body").unwrap();
            after.is_some_and(|row| row[body].is_none())
        }
        // Which tracks rest on a count follows from the case; its next step or the roll of its party puts it right.
        "counted_case" => {
            let resting = at("resting").unwrap();
            let rest = |row: &Texts| {
                let columns = row.iter().enumerate();
                columns
                    .filter(|(n, _)| *n != resting)
                    .map(|(_, text)| text.clone())
                    .collect::<Texts>()
            };
            before.map(rest) == after.map(rest)
        }
        // The day of which counters were looked at.
        "meta" => {
            let name = at("name").unwrap();
            let turned = |row: Option<&Texts>| {
                row.is_none_or(|row| row[name].as_deref() == Some("counters_turned"))
            };
            turned(before) && turned(after)
        }
        // A count of nothing says as much as no count.
        "tally" => {
            let number = at("number").unwrap();
            let counts =
                |row: Option<&Texts>| row.is_some_and(|row| row[number].as_deref() != Some("0"));
            !counts(before) && !counts(after)
        }
        _ => false,
    }
}

/// Another value that a column could hold.
fn another(
    column: &Column,
    n: usize,
    row: &Texts,
    rows: &[Texts],
    random: &mut ChaCha8Rng,
) -> Option<Option<String>> {
    let now = &row[n];
    for _ in 0..12 {
        let number = || now.as_ref().map_or(0, |text| text.parse::<i64>().unwrap());
        let new = match random.random_range(0..5) {
            0 if column.nullable => None,
            // What another row holds.
            1 | 2 => rows.choose(random).unwrap()[n].clone(),
            3 if !column.is_text => Some((number() - 1).to_string()),
            _ if column.is_text => Some(format!("{}x", now.as_deref().unwrap_or_default())),
            _ => Some((number() + 1).to_string()),
        };
        if new != *now && (new.is_some() || column.nullable) {
            return Some(new);
        }
    }
    None
}

/// One fault: what is done, and how it is undone.
struct Fault {
    does: String,
    undoes: Vec<String>,
}

fn changed(table: &Table, row: &Texts, to: &Texts) -> Fault {
    Fault {
        does: table.update(row, to),
        undoes: vec![table.delete(to), table.insert(row)],
    }
}

/// The faults that a table is tried with.
fn faults(table: &Table, rows: &[Texts], random: &mut ChaCha8Rng) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut change = |columns: &[usize], random: &mut ChaCha8Rng| {
        let row = rows.choose(random).unwrap();
        let mut to = row.clone();
        for n in columns {
            if let Some(value) = another(&table.columns[*n], *n, row, rows, random) {
                to[*n] = value;
            }
        }
        if to != *row && !is_harmless(table, Some(row), Some(&to)) {
            faults.push(changed(table, row, &to));
        }
    };
    let named = |end: &str| -> Vec<usize> {
        let named = table.columns.iter().enumerate();
        named
            .filter(|(_, column)| column.name.ends_with(end))
            .map(|(n, _)| n)
            .collect()
    };
    for n in 0..table.columns.len() {
        change(&[n], random);
        change(&[n], random);
        // Together with the entry that the row names.
        for sequence in named("latest_sequence") {
            change(&[n, sequence], random);
            change(&[n, sequence], random);
        }
    }
    for _ in 0..8 {
        let many = random.random_range(2..5);
        let columns: Vec<usize> = (0..many)
            .map(|_| random.random_range(0..table.columns.len()))
            .collect();
        change(&columns, random);
    }
    for _ in 0..4 {
        let row = rows.choose(random).unwrap();
        if !is_harmless(table, Some(row), None) {
            faults.push(Fault {
                does: table.delete(row),
                undoes: vec![table.insert(row)],
            });
        }
    }
    for _ in 0..6 {
        // A row like another under a key of its own.
        let row = rows.choose(random).unwrap();
        let mut to = row.clone();
        let keys: Vec<usize> = (0..table.columns.len())
            .filter(|n| table.columns[*n].is_key)
            .collect();
        let n = *keys.choose(random).unwrap();
        if let Some(value) = another(&table.columns[n], n, row, rows, random) {
            to[n] = value;
        }
        if !is_harmless(table, None, Some(&to)) {
            faults.push(Fault {
                does: table.insert(&to),
                undoes: vec![table.delete(&to)],
            });
        }
    }
    faults
}

async fn filled(store: &Store, seed: u64) {
    live(store, seed, 70).await;
    // The journal alone can't tell that its last entry is gone; the row beside it can.
    let chief = Actor("chief".to_owned());
    let put = store.put_user("last", Role::ALL[0], "hash", true, &chief);
    put.await.unwrap();
}

async fn every_fault_of_every_table_is_found(engine: Engine) {
    for seed in [21, 22] {
        let place = Place::new(engine).await;
        let store = place.open().await;
        filled(&store, seed).await;
        verify(&store).await;
        let mut raw = Raw::connect(&place).await;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let tables = raw.tables().await;
        assert!(tables.len() >= 20, "{} tables", tables.len());
        for (name, reason) in NOT_JOURNALLED {
            let is_there = tables.iter().any(|table| table.name == *name);
            assert!(is_there, "{name} is excused ({reason}) and no longer there");
        }
        let mut tried = 0;
        for table in &tables {
            if NOT_JOURNALLED.iter().any(|(name, _)| *name == table.name) {
                continue;
            }
            let rows = raw.rows(table).await;
            assert!(
                !rows.is_empty(),
                "nothing that happens fills {}: let it happen",
                table.name
            );
            let mut found = 0;
            for fault in faults(table, &rows, &mut random) {
                // The database itself may refuse it: two rows under one key.
                let Some(done) = raw.run(fault.does.clone()).await else {
                    continue;
                };
                assert_eq!(done, 1, "{}", fault.does);
                match store.verify_journal(|_, _| ()).await {
                    Err(JournalFault::Disagreement(what)) => {
                        assert!(
                            what.table == table.name || table.name == "journal",
                            "{}: {what}",
                            fault.does
                        );
                        assert!(what.zh().contains(what.table), "{}", what.zh());
                    }
                    Err(JournalFault::Break(what)) => {
                        assert_eq!(table.name, "journal", "{}: {what}", fault.does);
                    }
                    other => panic!("seed {seed}: {}: {other:?}", fault.does),
                }
                found += 1;
                for undo in fault.undoes {
                    assert_eq!(raw.run(undo.clone()).await, Some(1), "{undo}");
                }
            }
            assert!(found >= 5, "{}: only {found} faults", table.name);
            tried += found;
        }
        assert!(tried > 300, "{tried} faults");
        verify(&store).await;
        store.shutdown().await;
    }
}

on_both_engines!(every_fault_of_every_table_is_found);
