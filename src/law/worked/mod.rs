//! Worked examples of a table (算例): what it must give on both sides of each of its thresholds.
//!
//! A table's file holds examples of its own (`[[example]]`) and never changes once it is published.
//! The others stand beside it, in a file of the same name that ends in `.examples.toml`, which may
//! grow: which table holds on a day, an assessment of a vehicle, a clock, a surcharge, an offence beside the mass, a count of
//! repeated acts, who fines, when a party is spared, what a discretion standard makes of an amount.
//! An example is judged as a case is: by the tables in force on its day.

mod assessment;
mod clock;
mod count;
mod decision;
mod fine;
mod in_force;
mod offence;
mod surcharge;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::clock::ClockExample;
use self::count::CountExample;
use self::decision::{DiscretionExample, SparingExample};
use self::fine::FineExample;
use self::in_force::InForceExample;
use self::offence::OffenceExample;
use self::surcharge::SurchargeExample;
use super::calendar::Calendar;
use super::overlay::Layer;
use super::table::{Example, LawTables, Table, TableError};

/// How the name of a file with worked examples ends; what is before it is the name of its table.
pub const EXAMPLES_SUFFIX: &str = ".examples.toml";

/// The worked examples of the tables built into the program.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "cn-national-2016-09-21.examples.toml",
        include_str!("../tables/cn-national-2016-09-21.examples.toml"),
    ),
    (
        "cn-14-2023-03-01.examples.toml",
        include_str!("../tables/cn-14-2023-03-01.examples.toml"),
    ),
];

/// The worked examples that stand beside a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkedExamples {
    table: String,
    #[serde(default)]
    in_force: Vec<InForceExample>,
    #[serde(default)]
    assessment: Vec<Example>,
    #[serde(default)]
    clock: Vec<ClockExample>,
    #[serde(default)]
    surcharge: Vec<SurchargeExample>,
    #[serde(default)]
    offence: Vec<OffenceExample>,
    #[serde(default)]
    count: Vec<CountExample>,
    #[serde(default)]
    fine: Vec<FineExample>,
    #[serde(default)]
    sparing: Vec<SparingExample>,
    #[serde(default)]
    discretion: Vec<DiscretionExample>,
}

/// A worked example that does not come out as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFailure {
    /// Id of the table whose example it is.
    pub table: String,
    /// What the example shows.
    pub title: String,
    /// What was expected and what was found.
    pub difference: String,
}

impl std::fmt::Display for ExampleFailure {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}: {}: {}", self.table, self.title, self.difference)
    }
}

/// All worked examples of a set of tables, run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamplesRun {
    /// How many each table has, by its id.
    pub by_table: BTreeMap<String, usize>,
    /// Those that do not come out.
    pub failures: Vec<ExampleFailure>,
}

/// Runs the worked examples of tables, given as `(name, TOML text)`: those in the files themselves
/// and those in the files `beside` them. Each table is judged as it holds in its own jurisdiction.
///
/// # Errors
/// When a text is no table or no file of examples, when tables contradict each other, or when
/// examples belong to a table that is not there.
pub fn run_examples(
    texts: &[(&str, &str)],
    beside: &[(&str, &str)],
    calendar: &Calendar,
) -> Result<ExamplesRun, TableError> {
    let mut layers = Vec::new();
    for (name, text) in texts {
        layers.push(Layer::read(name, text)?);
    }
    let mut files = Vec::new();
    for (name, text) in beside {
        let examples = WorkedExamples::parse(name, text)?;
        if !layers.iter().any(|layer| layer.id == examples.table) {
            return Err(TableError::Invalid {
                name: (*name).to_owned(),
                what: format!("table: there is none with the id {}", examples.table),
            });
        }
        files.push(examples);
    }
    let mut run = ExamplesRun::default();
    for layer in &layers {
        let tables = LawTables::parse_for(texts, &layer.jurisdiction)?;
        let Some(table) = tables.all().iter().find(|table| table.id() == layer.id) else {
            continue;
        };
        let own = WorkedExamples::of_table(table);
        let beside = files.iter().filter(|one| one.table == layer.id);
        for examples in std::iter::once(&own).chain(beside) {
            let count = run.by_table.entry(layer.id.clone()).or_default();
            *count = count.saturating_add(examples.count());
            run.failures.extend(examples.failures(&tables, calendar));
        }
    }
    Ok(run)
}

/// What an example is judged with.
struct Ground<'a> {
    tables: &'a LawTables,
    calendar: &'a Calendar,
}

impl Ground<'_> {
    fn table(&self, day: NaiveDate) -> Result<&Table, Vec<String>> {
        let table = self.tables.in_force(day);
        table.ok_or_else(|| vec![format!("no table is in force on {day}")])
    }
}

/// One worked example of whatever kind.
trait Worked {
    fn title(&self) -> String;
    /// The day by whose table it is judged; `None` where it expects that there is none.
    fn law_day(&self) -> Option<NaiveDate>;
    /// What differs; as an error where there is no answer to compare.
    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>>;
}

impl WorkedExamples {
    /// Reads the file of a table's examples.
    ///
    /// # Errors
    /// When the text is none; with line and column.
    pub fn parse(name: &str, text: &str) -> Result<Self, TableError> {
        toml::from_str(text).map_err(|error| TableError::Syntax {
            name: name.to_owned(),
            what: error.to_string(),
        })
    }

    /// The examples that stand beside the tables built into the program.
    ///
    /// # Errors
    /// When one of the files is none, which a test excludes.
    pub fn embedded() -> Result<Vec<Self>, TableError> {
        let files = EMBEDDED.iter();
        files.map(|(name, text)| Self::parse(name, text)).collect()
    }

    /// Names and texts of the files built into the program.
    pub const fn embedded_texts() -> &'static [(&'static str, &'static str)] {
        EMBEDDED
    }

    /// The examples that a table's own file holds.
    pub fn of_table(table: &Table) -> Self {
        Self {
            table: table.id().to_owned(),
            assessment: table.examples().to_vec(),
            ..Self::default()
        }
    }

    /// Id of the table they belong to.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all().count()
    }

    fn all(&self) -> impl Iterator<Item = &dyn Worked> {
        fn each<T: Worked>(examples: &[T]) -> impl Iterator<Item = &dyn Worked> {
            examples.iter().map(|example| -> &dyn Worked { example })
        }
        each(&self.in_force)
            .chain(each(&self.assessment))
            .chain(each(&self.clock))
            .chain(each(&self.surcharge))
            .chain(each(&self.offence))
            .chain(each(&self.count))
            .chain(each(&self.fine))
            .chain(each(&self.sparing))
            .chain(each(&self.discretion))
    }

    /// The examples that do not come out, one by one, under tables read for the jurisdiction of
    /// theirs. A clock counts working days by `calendar`.
    pub fn failures<'a>(
        &'a self,
        tables: &'a LawTables,
        calendar: &'a Calendar,
    ) -> impl Iterator<Item = ExampleFailure> + 'a {
        let ground = Ground { tables, calendar };
        self.all().flat_map(move |example| {
            let found = match self.judged_by_another(example, tables) {
                Some(other) => vec![other],
                None => example
                    .differences(&ground)
                    .unwrap_or_else(|refused| refused),
            };
            let title = example.title();
            found.into_iter().map(move |difference| ExampleFailure {
                table: self.table.clone(),
                title: title.clone(),
                difference,
            })
        })
    }

    /// That an example shows nothing of its table, because another one holds on its day.
    fn judged_by_another(&self, example: &dyn Worked, tables: &LawTables) -> Option<String> {
        let day = example.law_day()?;
        let found = tables.in_force(day).map(Table::id);
        let other = found.filter(|id| *id != self.table);
        other.map(|id| format!("on {day} {id} is in force, not this table"))
    }
}

/// A value as its JSON without quotes, which is how it is written in a table.
fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    json.trim_matches('"').to_owned()
}

/// Notes that a field differs.
fn compare<T: PartialEq + Serialize>(all: &mut Vec<String>, field: &str, expected: &T, found: &T) {
    if expected != found {
        let (expected, found) = (word(expected), word(found));
        all.push(format!("{field}: expected {expected}, found {found}"));
    }
}

/// An answer with what is expected of it. Where either is a refusal, by its reason, what differs is the error:
/// nothing where the expected one was given.
fn answer<'a, T, E, X>(
    found: Result<T, E>,
    reason: impl Fn(&E) -> &'static str,
    expect: Option<&'a X>,
    refused: Option<&str>,
) -> Result<(T, &'a X), Vec<String>> {
    let (found, given) = match found {
        Ok(answer) => (Some(answer), None),
        Err(error) => (None, Some(reason(&error))),
    };
    match (refused, given, found) {
        (None, None, Some(found)) => match expect {
            Some(expect) => Ok((found, expect)),
            None => Err(vec!["nothing is expected".to_owned()]),
        },
        (Some(expected), Some(given), _) if expected == given => Err(Vec::new()),
        _ => {
            let said = |reason: Option<&str>| reason.unwrap_or("an answer").to_owned();
            let (expected, given) = (said(refused), said(given));
            Err(vec![format!("refused: expected {expected}, found {given}")])
        }
    }
}
