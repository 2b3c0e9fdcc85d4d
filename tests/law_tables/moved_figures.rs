//! That every figure of every table has worked examples on both sides of it: a figure moved by one
//! step, up or down, makes an example of its own table fail (or is refused for what it is).
//!
//! A step is one of a number's units, a day of a date, the other value of a yes or no, another word
//! that the table has in such a place, one entry less of a list of words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Days, NaiveDate};
use steelyard::law::{Calendar, LawTables, WorkedExamples};
use toml::{Table as Document, Value};

use crate::examples_of;

/// What says something to people and decides nothing.
const FOR_PEOPLE: [&str; 9] = [
    "id",
    "title",
    "jurisdiction",
    "sources",
    "replaces",
    "sure",
    "note",
    "zh",
    "en",
];

/// Where a moved figure changes nothing, and why that is right.
fn decides_nothing(path: &[String], row: Option<&Document>, to: &Value, first_day: &str) -> bool {
    let is = |key: &str, value: &str| {
        row.and_then(|row| row.get(key))
            .is_some_and(|found| found.as_str() == Some(value))
    };
    match path.last().map(String::as_str) {
        // Whose clock it is decides whether an end on a rest day moves; one in hours or in working
        // days never ends on one.
        Some("whose") => is("unit", "hours") || is("unit", "working_days"),
        // A row that leaves its amount open is not told to anybody.
        Some("subject" | "authority") => is("amount", "open"),
        // No table holds on a day before its own first one.
        Some("valid_from") if path.len() > 1 => to.as_str().is_some_and(|day| day < first_day),
        _ => false,
    }
}

/// A change that another row of the list makes idle: trains of five axles have a row of their own
/// before the one of "six or more".
const IDLE: [&str; 1] = ["article_3.mass_limit.6.axles: 5"];

/// Where a figure stands: keys, and the numbers of a list's entries.
type Path = Vec<String>;

fn at<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, key| match value {
        Value::Table(table) => table.get_mut(key).unwrap(),
        Value::Array(entries) => entries.get_mut(key.parse::<usize>().unwrap()).unwrap(),
        _ => panic!("{key} of a figure"),
    })
}

/// All that decides something, with the row it stands in.
fn figures(
    value: &Value,
    row: Option<&Document>,
    path: &mut Path,
    found: &mut Vec<(Path, Option<Document>)>,
) {
    match value {
        Value::Table(table) => {
            for (key, inner) in table {
                if FOR_PEOPLE.contains(&key.as_str()) || key == "example" {
                    continue;
                }
                path.push(key.clone());
                figures(inner, Some(table), path, found);
                path.pop();
            }
        }
        Value::Array(entries) if !entries.iter().all(Value::is_str) => {
            for (number, inner) in entries.iter().enumerate() {
                path.push(number.to_string());
                figures(inner, row, path, found);
                path.pop();
            }
        }
        _ => found.push((path.clone(), row.cloned())),
    }
}

/// The name of a place among the others of its sort: without the numbers of entries, and for a
/// setting with its own name.
fn sort_of(path: &[String]) -> String {
    let keys = path
        .iter()
        .rev()
        .filter(|key| key.parse::<usize>().is_err());
    let keys: Vec<&str> = keys.map(String::as_str).collect();
    match keys.as_slice() {
        ["value", name, ..] | [name, ..] => (*name).to_owned(),
        [] => String::new(),
    }
}

/// Words that may stand in places of a sort: those of the table, and the settings' other ones.
fn vocabulary(
    document: &Value,
    found: &[(Path, Option<Document>)],
) -> BTreeMap<String, BTreeSet<String>> {
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (sort, others) in [
        (
            "part_tonne_reading",
            &["floor", "ceiling", "from_second"][..],
        ),
        ("single_tyre_reading", &["order_62", "annex_124"]),
        (
            "platform",
            &[
                "none",
                "divide_by_one_plus_error",
                "divide_by_one_plus_error_if_known",
            ],
        ),
        ("window", &["rolling_year", "calendar_year"]),
        ("fleet_day", &["latest_act", "first_act", "day_of_counting"]),
        (
            "unit",
            &["hours", "working_days", "calendar_days", "months", "years"],
        ),
        ("body", &["refrigerated", "car_carrier", "tipper", "box"]),
    ] {
        let others = others.iter().map(|word| (*word).to_owned());
        words.entry(sort.to_owned()).or_default().extend(others);
    }
    let formulas = words["platform"].clone();
    for sort in ["off_site", "pre_selection"] {
        words.insert(sort.to_owned(), formulas.clone());
    }
    let mut document = document.clone();
    for (path, _) in found {
        if let Value::String(word) = at(&mut document, path) {
            let word = word.clone();
            words.entry(sort_of(path)).or_default().insert(word);
        }
    }
    words
}

/// The values a figure may be moved to.
fn moved(value: &Value, words: Option<&BTreeSet<String>>) -> Vec<Value> {
    match value {
        Value::Integer(number) => [number - 1, number + 1].map(Value::Integer).to_vec(),
        Value::Boolean(yes) => vec![Value::Boolean(!yes)],
        Value::String(text) => match text.parse::<NaiveDate>() {
            Ok(day) => [day - Days::new(1), day + Days::new(1)]
                .map(|day| Value::String(day.to_string()))
                .to_vec(),
            Err(_) => {
                let others = || words.into_iter().flatten().filter(|word| *word != text);
                let (before, after): (Vec<_>, Vec<_>) = others().partition(|word| *word < text);
                // Its neighbours by the alphabet: what sort of word it is moved to matters little.
                let near = before.last().into_iter().chain(after.first());
                let all = (others().count() <= 4).then(|| others().collect::<Vec<_>>());
                let words = all.unwrap_or_else(|| near.copied().collect());
                words.into_iter().cloned().map(Value::String).collect()
            }
        },
        Value::Array(entries) => {
            let mut lists: Vec<Vec<Value>> = (0..entries.len())
                .map(|left_out| {
                    let mut entries = entries.clone();
                    entries.remove(left_out);
                    entries
                })
                .collect();
            let mut turned = entries.clone();
            turned.reverse();
            if entries.len() == 2 && words.is_none() {
                lists.push(turned);
            }
            lists.into_iter().map(Value::Array).collect()
        }
        other => panic!("{other} is no figure"),
    }
}

/// Every change by one step of a table's figures that its own examples do not see.
fn unseen(name: &str, others: &[(&str, &str)], text: &str, jurisdiction: &str) -> Vec<String> {
    let calendar = Calendar::embedded().unwrap();
    let tables = LawTables::embedded_for(jurisdiction).unwrap();
    let own = tables
        .all()
        .iter()
        .find(|table| format!("{}.toml", table.id()) == name);
    let examples: Vec<WorkedExamples> = examples_of(own.unwrap()).into();
    let document: Value = Value::Table(toml::from_str(text).unwrap());
    let mut found = Vec::new();
    figures(&document, None, &mut Vec::new(), &mut found);
    let words = vocabulary(&document, &found);
    let mut bare = document.clone();
    bare.as_table_mut().unwrap().remove("example");
    let first_day = document["valid_from"].as_str().unwrap();
    let mut changes: Vec<(Path, Value)> = Vec::new();
    for (path, row) in &found {
        let value = at(&mut bare, path).clone();
        for to in moved(&value, words.get(&sort_of(path))) {
            if !decides_nothing(path, row.as_ref(), &to, first_day) {
                changes.push((path.clone(), to));
            }
        }
    }
    assert!(changes.len() > 10, "{name}: {} changes", changes.len());
    let next = AtomicUsize::new(0);
    let look = || {
        let mut unseen = Vec::new();
        while let Some((path, to)) = changes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut changed = bare.clone();
            *at(&mut changed, path) = to.clone();
            let text = toml::to_string(&changed).unwrap();
            let mut texts = others.to_vec();
            texts.push((name, &text));
            let Ok(tables) = LawTables::parse_for(&texts, jurisdiction) else {
                continue;
            };
            let fails = |one: &WorkedExamples| one.failures(&tables, &calendar).next().is_some();
            if !examples.iter().any(fails) {
                unseen.push(format!("{}: {to}", path.join(".")));
            }
        }
        unseen
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(look)).collect();
        let found = threads.into_iter().map(|thread| thread.join().unwrap());
        let mut unseen: Vec<String> = found.flatten().collect();
        unseen.retain(|change| !IDLE.contains(&change.as_str()));
        unseen
    })
}

#[test]
fn a_figure_of_the_national_table_moved_by_one_step_is_seen_by_its_examples() {
    let (name, text) = LawTables::embedded_texts()[0];
    let unseen = unseen(name, &[], text, "cn");
    assert!(
        unseen.is_empty(),
        "{} changes:\n{}",
        unseen.len(),
        unseen.join("\n")
    );
}

#[test]
fn a_figure_of_shanxi_moved_by_one_step_is_seen_by_its_examples() {
    let (name, text) = LawTables::embedded_texts()[1];
    // Without its examples the national table is read much faster.
    let (national, figures) = LawTables::embedded_texts()[0];
    let figures = figures.split_once("[[example]]").unwrap().0;
    let unseen = unseen(name, &[(national, figures)], text, "cn-14");
    assert!(
        unseen.is_empty(),
        "{} changes:\n{}",
        unseen.len(),
        unseen.join("\n")
    );
}
