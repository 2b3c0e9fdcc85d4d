//! What callers ask of the writer, made ready beside it: bodies are canonical, salted and digested
//! before they queue, so that the one writer only links, numbers and stores.

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::records::{
    ActChange, Actor, CaseEffect, CaseStep, InspectionStep, NewCase, NewClosing, NewMark,
    NewRegisterEntry, NewWeighing, OpenedCase, Party, PartyRoll, Recorded, RegisterBatch, Resting,
};
use super::{Closed, Marked, StoreError};
use crate::clock::Entropy;
use crate::evidence::canonical::CanonicalError;
use crate::evidence::journal::{Salt, SealedBody, seal, sha256_hex};
use crate::role::Role;
use crate::units::Micros;

/// Kind of a weighing's journal entry.
pub const WEIGHING: &str = "weighing";
/// Kind of a closing's journal entry.
pub const PASSAGE_CLOSED: &str = "passage_closed";
/// Kind of the entry that opens a case.
pub const CASE_OPENED: &str = "case_opened";
/// Kind of the entry that adds a passage to a case.
pub const CASE_ATTACHED: &str = "case_attached";
/// Kind of the entry of a new or changed user.
pub const USER_CHANGED: &str = "user_changed";

/// Kind of the entry of a register's new or changed entry.
pub const REGISTER_CHANGED: &str = "register_changed";

/// Kind of the entry that marks parties for their counters to be rolled, where no other entry does: a day
/// turned, or the rules of counting are others.
pub const COUNTERS_TURNED: &str = "counters_turned";

/// Column of a weighing that came under the key of another passage: that passage's id. Both bear the flag.
pub const CONFLICTS_WITH: &str = "conflicts_with";
/// A step takes its case's act on.
pub const CLAIM: &str = "claim";
/// A step lets go of its case's act.
pub const RELEASE: &str = "release";

/// The member of a body that the store writes: what the row beside the entry holds. The verifier
/// compares the two.
pub const COLUMNS: &str = "columns";

/// An operation, ready for the writer.
#[derive(Debug)]
pub enum Operation {
    Weighing(Box<Weighing>),
    Closing(Box<Closing>),
    Append(Append),
    Step(Box<Step>),
    OpenCase(Box<OpenCase>),
    Inspect(Box<Inspect>),
    Mark(Box<Mark>),
    Register(RegisterChanges),
    Roll(Box<Roll>),
    RollLater(RollLater),
    Turn(Turn),
    PutUser(PutUser),
    PutSession {
        token_digest: String,
        user_name: String,
        expires_at: Micros,
    },
    DeleteSession {
        token_digest: String,
    },
}

#[derive(Debug)]
pub struct Weighing {
    /// Its body has moved on to `body`.
    pub new: NewWeighing,
    /// Body with columns, kept for the case that it must be stored under another id.
    pub body: Value,
    pub salt: Salt,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct Closing {
    /// Its body has moved on into `sealed`.
    pub new: NewClosing,
    pub sealed: SealedBody,
    pub case: CaseChange,
}

#[derive(Debug)]
pub enum CaseChange {
    None,
    Open {
        new: NewCase,
        body: Value,
        salt: Salt,
    },
    Attach {
        case_id: String,
        sealed: SealedBody,
    },
}

#[derive(Debug)]
pub struct Append {
    pub kind: &'static str,
    pub actor: Actor,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct Step {
    pub step: CaseStep,
    /// Canonical text of what the counters see.
    pub counted_body: Option<String>,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct OpenCase {
    /// Its body has moved on into `sealed`.
    pub opened: OpenedCase,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct Inspect {
    /// Its body has moved on into `sealed`.
    pub step: InspectionStep,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct Mark {
    /// Its body has moved on into `sealed`.
    pub new: NewMark,
    pub sealed: SealedBody,
}

/// Changes of registers, made together or not at all.
#[derive(Debug)]
pub struct RegisterChanges {
    pub actor: Actor,
    pub changes: Vec<RegisterChange>,
}

#[derive(Debug)]
pub struct RegisterChange {
    /// Its body has moved on into `body`.
    pub new: NewRegisterEntry,
    /// Canonical text.
    pub body: String,
    /// Canonical text of what the counters see.
    pub counted_body: Option<String>,
    pub sealed: SealedBody,
}

/// A party's counter, rolled.
#[derive(Debug)]
pub struct Roll {
    pub party: Party,
    pub marked: i64,
    pub steps: Vec<Step>,
    pub resting: Vec<Resting>,
}

/// A party put off after a failure.
#[derive(Debug)]
pub struct RollLater {
    pub party: Party,
    pub marked: i64,
    pub due_at: Micros,
    pub failure: String,
}

/// Parties marked because a day turned or the rules are others, and the note that they were.
#[derive(Debug)]
pub struct Turn {
    pub note: String,
    pub parties: Vec<Party>,
    pub sealed: SealedBody,
}

#[derive(Debug)]
pub struct PutUser {
    pub name: String,
    pub role: Role,
    pub password_hash: String,
    pub active: bool,
    pub by: Actor,
    pub sealed: SealedBody,
}

/// What the writer answers.
#[derive(Debug)]
pub enum Reply {
    Recorded(Recorded),
    Closed(Closed),
    Marked(Marked),
    Sequence(i64),
    Sequences(Vec<i64>),
    Done,
}

/// An operation with the place for its answer.
#[derive(Debug)]
pub struct Request {
    pub operation: Operation,
    pub reply: oneshot::Sender<Result<Reply, StoreError>>,
}

impl Operation {
    /// Whether it records what happened at the station: such an operation waits until the database
    /// can be written again. All others belong to a person who waits for an answer.
    pub fn is_recording(&self) -> bool {
        match self {
            Self::Weighing(_) | Self::Closing(_) => true,
            Self::Append(append) => append.actor.0.starts_with("system:"),
            Self::Mark(mark) => mark.new.actor.0.starts_with("system:"),
            Self::Step(_)
            | Self::OpenCase(_)
            | Self::Inspect(_)
            | Self::Register(_)
            | Self::Roll(_)
            | Self::RollLater(_)
            | Self::Turn(_)
            | Self::PutUser(_)
            | Self::PutSession { .. }
            | Self::DeleteSession { .. } => false,
        }
    }

    pub fn weighing(mut new: NewWeighing, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let columns = weighing_columns(&new, &new.passage_id);
        let body = with_columns(WEIGHING, new.body.take(), columns)?;
        let salt = draw(entropy)?;
        let sealed = sealed(WEIGHING, &body, salt)?;
        Ok(Self::Weighing(Box::new(Weighing {
            new,
            body,
            salt,
            sealed,
        })))
    }

    pub fn closing(mut new: NewClosing, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let case_id = match &new.case {
            CaseEffect::None => None,
            CaseEffect::Open(case) => Some(case.case_id.as_str()),
            CaseEffect::Attach { case_id, .. } => Some(case_id.as_str()),
        };
        let columns = json!({
            "passage_id": new.passage_id,
            "closed_at": new.closed_at,
            "plate": new.plate,
            "plate_state": new.plate_state,
            "enforceable": i64::from(new.enforceable),
            "class": new.class,
            "overage_kg": new.overage_kg,
            "pictures": new.pictures,
            "case_id": case_id,
        });
        let body = with_columns(PASSAGE_CLOSED, new.body.take(), columns)?;
        let sealed = sealed(PASSAGE_CLOSED, &body, draw(entropy)?)?;
        let effect = std::mem::replace(&mut new.case, CaseEffect::None);
        let case = CaseChange::new(effect, &new, entropy)?;
        Ok(Self::Closing(Box::new(Closing { new, sealed, case })))
    }

    pub fn append(
        kind: &'static str,
        actor: Actor,
        body: &Value,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        if body.get(COLUMNS).is_some() {
            let source = CanonicalError::Reserved {
                path: format!("/{COLUMNS}"),
            };
            return Err(StoreError::Body { kind, source });
        }
        let sealed = sealed(kind, body, draw(entropy)?)?;
        Ok(Self::Append(Append {
            kind,
            actor,
            sealed,
        }))
    }

    pub fn step(step: CaseStep, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        Ok(Self::Step(Box::new(Step::new(step, entropy)?)))
    }

    pub fn roll(roll: PartyRoll, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let steps = roll.steps.into_iter();
        Ok(Self::Roll(Box::new(Roll {
            party: roll.party,
            marked: roll.marked,
            steps: steps
                .map(|step| Step::new(step, entropy))
                .collect::<Result<_, _>>()?,
            resting: roll.resting,
        })))
    }

    pub fn turn(
        note: &str,
        parties: Vec<Party>,
        body: &Value,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        Ok(Self::Turn(Turn {
            note: note.to_owned(),
            parties,
            sealed: sealed(COUNTERS_TURNED, body, draw(entropy)?)?,
        }))
    }

    pub fn open_case(mut opened: OpenedCase, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let passages: Vec<&str> = opened.passages.iter().map(String::as_str).collect();
        let columns = case_columns(
            &opened.new,
            &passages,
            &opened.station,
            None,
            opened.opened_at,
        );
        let body = with_columns(CASE_OPENED, opened.new.body.take(), columns)?;
        let sealed = sealed(CASE_OPENED, &body, draw(entropy)?)?;
        Ok(Self::OpenCase(Box::new(OpenCase { opened, sealed })))
    }

    pub fn inspect(mut step: InspectionStep, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut columns = json!({
            "inspection_id": step.inspection_id,
            "station": step.station,
            "version": step.expected_version.saturating_add(1),
            "at": step.at,
            "passages": step.passages,
        });
        add(&mut columns, &json!(step.columns));
        let body = with_columns(step.kind, step.body.take(), columns)?;
        let sealed = sealed(step.kind, &body, draw(entropy)?)?;
        Ok(Self::Inspect(Box::new(Inspect { step, sealed })))
    }

    pub fn mark(mut new: NewMark, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let columns = json!({
            "mark": new.kind.name(),
            "lane": new.lane,
            "marked_at": new.at,
        });
        let body = with_columns(new.entry, new.body.take(), columns)?;
        let sealed = sealed(new.entry, &body, draw(entropy)?)?;
        Ok(Self::Mark(Box::new(Mark { new, sealed })))
    }

    pub fn register(batch: RegisterBatch, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut changes = Vec::with_capacity(batch.entries.len());
        for mut new in batch.entries {
            let entry = new.body.take();
            let columns = json!({
                "register": new.kind,
                "entry_key": new.key,
                "label": new.label,
                "plate": new.plate,
                "carrier": new.carrier,
                "valid_from": new.valid_from,
                "valid_until": new.valid_until,
                "active": i64::from(new.active),
                "version": new.expected_version.saturating_add(1),
                "counted": new.counted,
                "body": entry,
            });
            let body = json!({
                "before_version": new.expected_version,
                "from": batch.from,
                "reason": batch.reason,
            });
            let body = with_columns(REGISTER_CHANGED, body, columns)?;
            let counted_body = new
                .counted
                .as_ref()
                .map(|counted| canonical(REGISTER_CHANGED, &counted.body));
            changes.push(RegisterChange {
                sealed: sealed(REGISTER_CHANGED, &body, draw(entropy)?)?,
                body: canonical(REGISTER_CHANGED, &entry)?,
                counted_body: counted_body.transpose()?,
                new,
            });
        }
        Ok(Self::Register(RegisterChanges {
            actor: batch.actor,
            changes,
        }))
    }

    pub fn put_user(
        name: &str,
        role: Role,
        password_hash: &str,
        active: bool,
        by: &Actor,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        // The password's hash stays out: the journal is exported and kept for years. Its digest gives
        // nobody a password to try, since the hash's own salt is as unknown as the hash.
        let columns = json!({
            "name": name,
            "role": role.name(),
            "active": i64::from(active),
            "password_digest": sha256_hex(password_hash.as_bytes()),
        });
        let body = with_columns(USER_CHANGED, Value::Null, columns)?;
        let sealed = sealed(USER_CHANGED, &body, draw(entropy)?)?;
        Ok(Self::PutUser(PutUser {
            name: name.to_owned(),
            role,
            password_hash: password_hash.to_owned(),
            active,
            by: by.clone(),
            sealed,
        }))
    }
}

impl Step {
    fn new(mut step: CaseStep, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut columns = json!({
            "case_id": step.case_id,
            "version": step.expected_version.saturating_add(1),
            "at": step.at,
            "numbers": step.numbers,
            "officers": step.officers,
            "act": act_change(&step.act),
            "counted_case": step.counted,
        });
        add(&mut columns, &json!(step.columns));
        let body = with_columns(step.kind, step.body.take(), columns)?;
        let sealed = sealed(step.kind, &body, draw(entropy)?)?;
        let counted_body = step
            .counted
            .as_ref()
            .map(|counted| canonical(step.kind, &counted.body));
        Ok(Self {
            counted_body: counted_body.transpose()?,
            step,
            sealed,
        })
    }
}

impl CaseChange {
    fn new(
        effect: CaseEffect,
        closing: &NewClosing,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        match effect {
            CaseEffect::None => Ok(Self::None),
            CaseEffect::Open(mut new) => {
                // Station and lane are the passage's, which only the writer has at hand.
                let body = std::mem::take(&mut new.body);
                let change = Self::Open {
                    salt: draw(entropy)?,
                    body,
                    new,
                };
                if let Self::Open { new, body, salt } = &change {
                    let columns = case_columns(
                        new,
                        &[closing.passage_id.as_str()],
                        "",
                        Some(0),
                        closing.closed_at,
                    );
                    sealed(
                        CASE_OPENED,
                        &with_columns(CASE_OPENED, body.clone(), columns)?,
                        *salt,
                    )?;
                }
                Ok(change)
            }
            CaseEffect::Attach { case_id, body } => {
                let columns = json!({"case_id": case_id, "passage_id": closing.passage_id});
                let body = with_columns(CASE_ATTACHED, body, columns)?;
                let sealed = sealed(CASE_ATTACHED, &body, draw(entropy)?)?;
                Ok(Self::Attach { case_id, sealed })
            }
        }
    }
}

/// What the passage's row holds of a weighing.
pub fn weighing_columns(new: &NewWeighing, passage_id: &str) -> Value {
    json!({
        "passage_id": passage_id,
        "station": new.station,
        "lane": new.lane,
        "port": new.port,
        "kind": new.kind,
        "crossed_at": new.crossed_at,
        "gross_kg": new.gross_kg,
        "axle_count": new.axle_count,
        "class": new.class,
        "overage_kg": new.overage_kg,
        "raw_digest": new.raw_digest,
    })
}

/// What the case's row holds when it opens, and its passages, the one it rests on first.
pub fn case_columns(
    new: &NewCase,
    passages: &[&str],
    station: &str,
    lane: Option<i64>,
    opened_at: Micros,
) -> Value {
    let mut columns = json!({
        "case_id": new.case_id,
        "station": station,
        "passage_id": passages.first(),
        "passages": passages,
        "lane": lane,
        "opened_at": opened_at,
        "version": 1,
    });
    add(&mut columns, &json!(new.columns));
    columns
}

/// What a step does to the claim on the case's act, as its entry tells it; `null`: nothing.
fn act_change(act: &ActChange) -> Value {
    match act {
        ActChange::Keep => Value::Null,
        ActChange::Claim { authority } => json!({"change": CLAIM, "authority": authority}),
        ActChange::Release => json!({"change": RELEASE}),
    }
}

/// Adds the members of one object to another.
fn add(columns: &mut Value, more: &Value) {
    if let (Some(columns), Some(more)) = (columns.as_object_mut(), more.as_object()) {
        columns.extend(
            more.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
}

/// Adds the columns to a body. A body that is no object moves into the member `body`.
pub fn with_columns(kind: &'static str, body: Value, columns: Value) -> Result<Value, StoreError> {
    let mut members = match body {
        Value::Object(members) => members,
        Value::Null => Map::new(),
        other => Map::from_iter([("body".to_owned(), other)]),
    };
    if members.insert(COLUMNS.to_owned(), columns).is_some() {
        let source = CanonicalError::Reserved {
            path: format!("/{COLUMNS}"),
        };
        return Err(StoreError::Body { kind, source });
    }
    Ok(Value::Object(members))
}

/// The canonical text of a value.
fn canonical(kind: &'static str, value: &Value) -> Result<String, StoreError> {
    crate::evidence::canonical::to_text(value).map_err(|source| StoreError::Body { kind, source })
}

/// Seals a body.
pub fn sealed(kind: &'static str, body: &Value, salt: Salt) -> Result<SealedBody, StoreError> {
    seal(body, salt).map_err(|source| StoreError::Body { kind, source })
}

fn draw(entropy: &dyn Entropy) -> Result<Salt, StoreError> {
    let mut salt = Salt::default();
    entropy.fill(&mut salt)?;
    Ok(salt)
}
