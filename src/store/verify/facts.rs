//! What the journal alone makes of one row or file of entries, and how far it knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entry::Checked;
use super::told::{Disagreement, Row};

/// Entries whose bodies are gone.
#[derive(Debug, Default)]
pub struct Gaps {
    /// How many there are.
    pub entries: i64,
    pub weighings: bool,
    pub closings: bool,
    /// The latest of a user, 0 for none.
    pub users: i64,
    pub register: bool,
    /// All others, which tables of entries may name.
    pub others: BTreeSet<i64>,
}

/// The entries of one case, stay or register entry, in order.
#[derive(Debug, Default)]
pub struct History {
    sequences: Vec<i64>,
    /// How many of them the table was found to have.
    found: usize,
    /// The latest entry whose body is gone, 0 for none.
    pub gap: i64,
}

#[derive(Debug, Default)]
pub struct CaseFacts {
    pub history: History,
    pub opened: Option<Opening>,
    /// The latest entry that holds the whole case, 0 for none.
    pub latest: i64,
    pub version: i64,
    /// Officers, and the entry from which they are known; `None` where an entry did not tell.
    pub officers: (Option<BTreeSet<String>>, i64),
    /// Passages not yet found in the table, with the entries that tie them.
    pub passages: BTreeMap<String, i64>,
    /// Whether these are all.
    pub knows_passages: bool,
    /// The latest step that does not say what it does to claims, 0 for none.
    pub claims_untold: i64,
    /// The latest entry that says what the counters see, and the latest step that does not.
    pub counted: (i64, i64),
}

/// What of a row never changes.
#[derive(Debug)]
pub struct Opening {
    pub sequence: i64,
    pub station: Value,
    pub passage_id: Value,
    pub lane: Value,
    pub opened_at: Value,
    pub opened_by: String,
}

/// Who holds an act: by its latest claim, and by who let go of it since.
#[derive(Debug, Default)]
pub struct ActFact {
    /// The entry of the latest claim, 0 for none.
    pub sequence: i64,
    claimed: Option<Holder>,
    /// The latest entries by which cases let go of it since. Of one that does not hold it, which an entry that
    /// does not tell may hide, this says nothing of the others.
    let_go: BTreeMap<String, i64>,
}

#[derive(Debug)]
pub struct Holder {
    pub case_id: String,
    pub authority: String,
    pub claimed_at: Option<i64>,
}

/// A number, and the case that bears it.
#[derive(Debug)]
pub struct Given {
    pub sequence: i64,
    pub number: String,
    pub case_id: String,
}

/// A case that the counters see.
#[derive(Debug)]
pub struct Counted {
    pub origin: &'static str,
    pub sequence: i64,
}

#[derive(Debug, Default)]
pub struct StayFacts {
    pub history: History,
    pub opened: Option<Opening>,
    pub latest: i64,
    pub version: i64,
}

#[derive(Debug)]
pub struct UserFact {
    pub sequence: i64,
    pub role: String,
    pub active: Option<i64>,
    pub password_digest: Option<String>,
}

impl History {
    pub fn add(&mut self, sequence: i64) {
        self.sequences.push(sequence);
    }

    pub fn first(&self) -> i64 {
        self.sequences.first().copied().unwrap_or_default()
    }

    pub fn latest(&self) -> i64 {
        self.sequences.last().copied().unwrap_or_default()
    }

    /// Takes a row of the table of entries; they come in order.
    pub fn take(
        &mut self,
        row: impl Fn(i64) -> Row,
        sequence: i64,
        gaps: &Gaps,
    ) -> Result<(), Disagreement> {
        if gaps.others.contains(&sequence) {
            self.gap = self.gap.max(sequence);
            return Ok(());
        }
        match self.sequences.get(self.found) {
            Some(next) if *next == sequence => {
                self.found += 1;
                Ok(())
            }
            Some(next) if *next < sequence => Err(row(*next).missing(*next)),
            _ => Err(row(sequence).unrecorded()),
        }
    }

    /// An entry that the table lacks at its end.
    pub fn left(&self) -> Option<i64> {
        self.sequences.get(self.found).copied()
    }
}

impl ActFact {
    pub const fn claimed(holder: Holder, sequence: i64) -> Self {
        Self {
            sequence,
            claimed: Some(holder),
            let_go: BTreeMap::new(),
        }
    }

    pub fn release(&mut self, case_id: &str, sequence: i64) {
        self.let_go.insert(case_id.to_owned(), sequence);
    }

    /// Who holds it, as far as entries tell.
    pub fn holder(&self) -> Option<&Holder> {
        let claimed = self.claimed.as_ref();
        claimed.filter(|held| !self.let_go.contains_key(&held.case_id))
    }

    /// The latest entry after which a case does not hold it, unless it claimed it later; `uncertain` gives the
    /// entry from which on claims of a case are uncertain.
    pub fn not_held_by(&self, case_id: &str, uncertain: impl Fn(&str) -> i64) -> i64 {
        // While the claim stood nobody else held it; and it stood until there, where the claimant tells all.
        let stood = self.claimed.as_ref().and_then(|held| {
            let until = self.let_go.get(&held.case_id)?;
            (uncertain(&held.case_id) <= self.sequence).then_some(*until)
        });
        let own = self.let_go.get(case_id).copied();
        self.sequence
            .max(stood.unwrap_or_default())
            .max(own.unwrap_or_default())
    }
}

impl CaseFacts {
    /// From which entry on claims of this case are uncertain.
    pub fn claims_uncertain(&self) -> i64 {
        self.claims_untold.max(self.history.gap)
    }

    /// Whether it is known what the counters see of it.
    pub fn knows_count(&self) -> bool {
        let (told, untold) = self.counted;
        told >= untold.max(self.history.gap)
    }

    /// Whether any entry left open what the counters see of it.
    pub fn left_count_open(&self) -> bool {
        self.counted.1 > 0 || self.history.gap > 0
    }

    /// Its officers, where they are known.
    pub fn known_officers(&mut self) -> Option<&mut BTreeSet<String>> {
        let (officers, since) = &mut self.officers;
        officers.as_mut().filter(|_| *since >= self.history.gap)
    }
}

impl Opening {
    pub fn of(entry: &Checked) -> Self {
        Self {
            sequence: entry.sequence,
            station: entry.get("station").clone(),
            passage_id: entry.get("passage_id").clone(),
            lane: entry.get("lane").clone(),
            opened_at: entry.get("opened_at").clone(),
            opened_by: entry.actor.clone(),
        }
    }
}
