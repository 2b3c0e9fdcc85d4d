//! What the journal alone makes of the tables: one small record for each of their rows, kept while the
//! journal is walked, so that a row is compared with the last entry there is for it and not with the
//! one that it names. Passages and pictures are too many; they are compared page by page.
//!
//! Where a body is gone, or is of a release that did not tell something yet, a record says from which
//! entry on it knows no better, and nothing is held against a row for that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::operation::{
    CLAIM, CONFLICTS_WITH, PASSAGE_CLOSED, REGISTER_CHANGED, RELEASE, USER_CHANGED, WEIGHING,
};
use super::super::plan::{CASES, FROM_CASE, FROM_REGISTER, STAYS, counted_as};
use super::super::records::JournalRow;
use super::entry::{Checked, Subject};
use super::facts::{
    ActFact, CaseFacts, Counted, Gaps, Given, History, Holder, Opening, StayFacts, UserFact,
};
use super::told::{Difference, Disagreement, Row};

/// The tables as the journal makes them.
#[derive(Debug, Default)]
pub struct Rebuilt {
    pub weighings: i64,
    pub closings: i64,
    pub pictures: i64,
    /// Passages that bear the flag of a record with other bytes under the same key.
    pub flagged: BTreeSet<String>,
    /// Passages of which an entry does not tell whether the lane or the store found the conflict: an older
    /// release did not, and what the lane finds is flagged in the body alone.
    pub perhaps_flagged: BTreeSet<String>,
    /// Names under which passages, cases and stays were ever counted.
    pub tallied: BTreeSet<String>,
    pub cases: BTreeMap<String, CaseFacts>,
    pub acts: BTreeMap<String, ActFact>,
    /// By series, year and serial.
    pub numbers: BTreeMap<(String, i64, i64), Given>,
    pub counted: BTreeMap<String, Counted>,
    /// Cases of which both an own step and the register spoke: the first to count one kept the other out, and
    /// an entry that does not tell may have been the first.
    pub counted_by_both: BTreeSet<String>,
    pub stays: BTreeMap<String, StayFacts>,
    /// Stays by passage, with the entry that said so.
    pub stay_of: BTreeMap<String, (String, i64)>,
    /// By register and key.
    pub register: BTreeMap<(String, String), History>,
    /// Sequences by kind, lane and moment.
    pub marks: BTreeMap<(String, i64, i64), i64>,
    pub users: BTreeMap<String, UserFact>,
    pub gaps: Gaps,
}

impl Rebuilt {
    /// Takes the next entry.
    pub fn take(&mut self, row: &JournalRow, entry: Option<&Checked>) -> Result<(), Disagreement> {
        match row.kind.as_str() {
            WEIGHING => self.weighings += 1,
            PASSAGE_CLOSED => self.closings += 1,
            _ => {}
        }
        if row.body.is_none() {
            self.gap(row);
        }
        let Some(entry) = entry else { return Ok(()) };
        match entry.subject {
            Subject::Weighing => self.weighing(entry),
            Subject::Closing => self.closing(entry),
            Subject::CaseOpened => self.case_opened(entry),
            Subject::CaseAttached => self.case_attached(entry),
            Subject::CaseStep => self.case_step(entry),
            Subject::Stay => self.stay(entry),
            Subject::Register => self.register(entry),
            Subject::Mark => self.mark(entry),
            Subject::User => self.user(entry),
            Subject::Foreign => {
                let row = Row::of("journal", &[&entry.sequence]);
                return Err(row.differs(Some(entry.sequence), Difference::Foreign));
            }
        }
        Ok(())
    }

    fn gap(&mut self, row: &JournalRow) {
        self.gaps.entries += 1;
        match row.kind.as_str() {
            WEIGHING => self.gaps.weighings = true,
            PASSAGE_CLOSED => self.gaps.closings = true,
            USER_CHANGED => self.gaps.users = row.sequence,
            kind => {
                self.gaps.register |= kind == REGISTER_CHANGED;
                self.gaps.others.insert(row.sequence);
            }
        }
    }

    fn weighing(&mut self, entry: &Checked) {
        self.tallied
            .insert(counted_as(entry.text("class"), "weighed"));
        let id = entry.id("passage_id");
        if let Some(first) = entry.text(CONFLICTS_WITH) {
            self.flagged.insert(first.to_owned());
            self.flagged.insert(id.to_owned());
        } else if let Some((first, _)) = id.rsplit_once('~') {
            self.perhaps_flagged.insert(first.to_owned());
            self.perhaps_flagged.insert(id.to_owned());
        }
    }

    fn closing(&mut self, entry: &Checked) {
        self.tallied
            .insert(counted_as(entry.text("class"), "closed"));
        self.pictures += i64::try_from(pictures_of(entry).len()).unwrap_or(i64::MAX);
    }

    fn case(&mut self, entry: &Checked) -> &mut CaseFacts {
        let case = self
            .cases
            .entry(entry.id("case_id").to_owned())
            .or_default();
        case.history.add(entry.sequence);
        case
    }

    /// Whether it may be that a body which is gone told of a number under a name.
    pub fn may_have_told(&self, name: &str) -> bool {
        if name.starts_with(CASES) || name.starts_with(STAYS) {
            return !self.gaps.others.is_empty();
        }
        self.gaps.weighings || self.gaps.closings
    }

    /// A state that cases or stays were counted in.
    fn was_in_state(&mut self, kind: &str, entry: &Checked) {
        if let Some(state) = entry.text("state") {
            self.tallied.insert(format!("{kind}{state}"));
        }
    }

    fn case_opened(&mut self, entry: &Checked) {
        self.was_in_state(CASES, entry);
        let case = self.case(entry);
        case.opened = Some(Opening::of(entry));
        case.latest = entry.sequence;
        case.version = 1;
        case.officers = (Some(BTreeSet::new()), entry.sequence);
        case.counted = (entry.sequence, 0);
        // A release that did not tell passages told the one that a closing opened the case with.
        let tells = entry.tells("passages");
        case.knows_passages = tells || entry.number("lane").is_some();
        let first = entry.text("passage_id").filter(|_| !tells);
        case.passages = entry
            .texts("passages")
            .chain(first)
            .map(|passage_id| (passage_id.to_owned(), entry.sequence))
            .collect();
    }

    fn case_attached(&mut self, entry: &Checked) {
        let case = self.case(entry);
        case.version += 1;
        let passage_id = entry.id("passage_id").to_owned();
        case.passages.entry(passage_id).or_insert(entry.sequence);
    }

    fn case_step(&mut self, entry: &Checked) {
        self.was_in_state(CASES, entry);
        let case = self.case(entry);
        case.latest = entry.sequence;
        case.version = entry.number("version").unwrap_or(case.version + 1);
        if !entry.tells("officers") {
            case.officers = (None, entry.sequence);
        } else if entry.get("officers").is_array() {
            let officers = entry.texts("officers").map(str::to_owned).collect();
            case.officers = (Some(officers), entry.sequence);
        }
        if !entry.tells("act") {
            case.claims_untold = entry.sequence;
        }
        if entry.tells("counted_case") {
            case.counted.0 = entry.sequence;
            let counts = !entry.get("counted_case").is_null();
            self.count(entry.id("case_id"), FROM_CASE, counts, entry.sequence);
        } else {
            case.counted.1 = entry.sequence;
        }
        self.numbers(entry);
        self.act(entry);
    }

    fn numbers(&mut self, entry: &Checked) {
        let given = entry.get("numbers").as_array().into_iter().flatten();
        for number in given {
            let text = |member: &str| number.get(member).and_then(Value::as_str);
            let count = |member: &str| number.get(member).and_then(Value::as_i64);
            if let (Some(series), Some(year), Some(serial)) =
                (text("series"), count("year"), count("serial"))
            {
                let given = Given {
                    sequence: entry.sequence,
                    number: text("number").unwrap_or_default().to_owned(),
                    case_id: entry.id("case_id").to_owned(),
                };
                self.numbers
                    .insert((series.to_owned(), year, serial), given);
            }
        }
    }

    fn act(&mut self, entry: &Checked) {
        let act = entry.get("act");
        let said = |member: &str| act.get(member).and_then(Value::as_str).unwrap_or_default();
        let (case_id, act_id) = (entry.id("case_id"), entry.id("act_id").to_owned());
        match said("change") {
            CLAIM => {
                let holder = Holder {
                    case_id: case_id.to_owned(),
                    authority: said("authority").to_owned(),
                    claimed_at: entry.number("at"),
                };
                self.acts
                    .insert(act_id, ActFact::claimed(holder, entry.sequence));
            }
            RELEASE => {
                let fact = self.acts.entry(act_id).or_default();
                fact.release(case_id, entry.sequence);
            }
            _ => {}
        }
    }

    /// What a step or a register's entry does to the counters. A row of one origin is never
    /// overwritten or taken away by the other.
    fn count(&mut self, case_id: &str, origin: &'static str, counts: bool, sequence: i64) {
        match self.counted.get(case_id) {
            Some(known) if known.origin != origin => {
                self.counted_by_both.insert(case_id.to_owned());
            }
            _ if counts => {
                let fact = Counted { origin, sequence };
                self.counted.insert(case_id.to_owned(), fact);
            }
            _ => {
                self.counted.remove(case_id);
            }
        }
    }

    fn stay(&mut self, entry: &Checked) {
        self.was_in_state(STAYS, entry);
        let id = entry.id("inspection_id");
        let stay = self.stays.entry(id.to_owned()).or_default();
        stay.history.add(entry.sequence);
        stay.latest = entry.sequence;
        stay.version = entry.number("version").unwrap_or(stay.version + 1);
        if stay.version == 1 {
            let opened = Opening {
                opened_at: entry.get("at").clone(),
                ..Opening::of(entry)
            };
            stay.opened = Some(opened);
        }
        for passage_id in entry.texts("passages") {
            self.stay_of
                .entry(passage_id.to_owned())
                .or_insert_with(|| (id.to_owned(), entry.sequence));
        }
    }

    fn register(&mut self, entry: &Checked) {
        let key = (
            entry.id("register").to_owned(),
            entry.id("entry_key").to_owned(),
        );
        self.register.entry(key).or_default().add(entry.sequence);
        let case_id = entry
            .columns
            .pointer("/counted/case_id")
            .and_then(Value::as_str);
        if let Some(case_id) = case_id {
            let counts = entry.number("active") == Some(1);
            self.count(case_id, FROM_REGISTER, counts, entry.sequence);
        }
    }

    fn mark(&mut self, entry: &Checked) {
        if let (Some(kind), Some(lane), Some(at)) = (
            entry.text("mark"),
            entry.number("lane"),
            entry.number("marked_at"),
        ) {
            self.marks
                .insert((kind.to_owned(), lane, at), entry.sequence);
        }
    }

    fn user(&mut self, entry: &Checked) {
        let fact = UserFact {
            sequence: entry.sequence,
            role: entry.id("role").to_owned(),
            active: entry.number("active"),
            password_digest: entry.text("password_digest").map(str::to_owned),
        };
        self.users.insert(entry.id("name").to_owned(), fact);
    }
}

/// The pictures of a closing by view and digest: of one that a camera sent twice the first is kept.
pub fn pictures_of(entry: &Checked) -> BTreeMap<(&str, &str), &Value> {
    let mut pictures = BTreeMap::new();
    for picture in entry.get("pictures").as_array().into_iter().flatten() {
        let text = |member: &str| picture.get(member).and_then(Value::as_str);
        pictures
            .entry((
                text("view").unwrap_or_default(),
                text("sha256").unwrap_or_default(),
            ))
            .or_insert(picture);
    }
    pictures
}
