//! `GET events`: the journal as it grows, server-sent. A client that comes back with the number of
//! the last event it saw gets every later one once, in order.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::error::{ApiError, Code};
use super::input::Parameters;
use super::session::{LOGIN, LOGIN_FAILED, LOGOUT, Session, by_digest};
use super::state::AppState;
use crate::api::casework::inspections::INSPECTION_STEPPED;
use crate::api::casework::rolling::CASE_ROLLED;
use crate::api::casework::steps::CASE_STEPPED;
use crate::api::reviews::CASE_REVIEWED;
use crate::casework::{Permission, may};
use crate::role::Role;
use crate::store::records::JournalRow;
use crate::store::{CASE_OPENED, REGISTER_CHANGED, USER_CHANGED};
use crate::units::Micros;

/// Entries read at a time.
const BATCH: i64 = 128;
/// A comment goes out after this long without an event, so that both ends see a dead line.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a running stream looks whether its session still holds.
const SESSION_CHECK: Micros = Micros::from_seconds(10);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Kinds about people rather than traffic, registers with their personal data included: their bodies go to those who may read the audit log.
/// Others see that there was an entry, so that their numbers have no gap, and no more.
const AUDIT_KINDS: [&str; 5] = [LOGIN, LOGIN_FAILED, LOGOUT, USER_CHANGED, REGISTER_CHANGED];

/// Kinds whose bodies hold a whole case or stay, and with it the people in it: another program is told that
/// there was a step.
const CASEWORK_KINDS: [&str; 5] = [
    CASE_OPENED,
    CASE_REVIEWED,
    CASE_STEPPED,
    CASE_ROLLED,
    INSPECTION_STEPPED,
];

/// Follows the journal, from after `Last-Event-ID` or `?after=`, else from its present end.
pub async fn stream(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let after = parameters.integer("after", 0)?;
    parameters.finish()?;
    // A browser that reconnects keeps the query and adds the header: the header is the newer one.
    let resumed = match headers.get("last-event-id") {
        None => None,
        Some(value) => {
            let number = value
                .to_str()
                .ok()
                .and_then(|text| text.trim().parse::<i64>().ok());
            Some(number.filter(|number| *number >= 0).ok_or_else(|| {
                ApiError::field(
                    "Last-Event-ID",
                    "应为收到的最后一个事件序号",
                    "it must be the number of the last event seen",
                )
            })?)
        }
    };
    let permit = state
        .streams()
        .clone()
        .try_acquire_owned()
        .map_err(|_| ApiError::from(Code::Busy))?;
    let mut head = state.store().watch_head();
    let end = *head.borrow_and_update();
    let after = resumed.or(after).unwrap_or(end);
    if after > end {
        return Err(ApiError::from(Code::AheadOfJournal).with(
            format!("日志末尾为 {end}"),
            format!("the journal ends at {end}"),
        ));
    }
    let follower = Follower {
        checked_at: state.now(),
        reads_audit: may(session.role, Permission::AuditRead),
        state,
        session,
        after,
        head,
        ready: VecDeque::from([Event::default().retry(RETRY).comment("steelyard")]),
        _permit: permit,
    };
    let events = futures::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Follower {
    state: AppState,
    session: Session,
    reads_audit: bool,
    checked_at: Micros,
    /// Number of the latest entry read.
    after: i64,
    head: watch::Receiver<i64>,
    ready: VecDeque<Event>,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    /// The next event; `None` ends the stream: shutdown, end of the session, trouble in the store.
    /// The client comes back with its number, so nothing is lost by ending.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.state.shutdown().is_cancelled() || !self.session_holds().await {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // Marked as seen before reading: what is added meanwhile wakes us again.
            self.head.borrow_and_update();
            let rows = match self.state.store().journal_after(self.after, BATCH).await {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::warn!(%error, "an event stream ends");
                    return None;
                }
            };
            for row in rows {
                self.after = row.sequence;
                self.ready.push_back(self.event(&row));
            }
            if self.ready.is_empty() {
                self.wait().await?;
            }
        }
    }

    async fn wait(&mut self) -> Option<()> {
        tokio::select! {
            () = self.state.shutdown().cancelled() => None,
            changed = self.head.changed() => changed.ok(),
            () = tokio::time::sleep(HEARTBEAT) => Some(()),
        }
    }

    async fn session_holds(&mut self) -> bool {
        let now = self.state.now();
        if now >= self.session.expires_at {
            return false;
        }
        if now.saturating_sub(self.checked_at) < SESSION_CHECK {
            return true;
        }
        self.checked_at = now;
        match by_digest(&self.state, self.session.token_digest.clone()).await {
            Ok(Some(session)) => session.role == self.session.role,
            _ => false,
        }
    }

    fn event(&self, row: &JournalRow) -> Event {
        let kind = row.kind.as_str();
        let of_people = self.session.role == Role::Machine && CASEWORK_KINDS.contains(&kind);
        let hidden = !self.reads_audit && AUDIT_KINDS.contains(&kind) || of_people;
        let body: Option<Value> = row
            .body
            .as_deref()
            .filter(|_| !hidden)
            .and_then(|body| serde_json::from_str(body).ok());
        let data = json!({
            "sequence": row.sequence,
            "recorded_at": Micros::new(row.recorded_at).rfc3339(),
            "kind": row.kind,
            "actor": if hidden { None } else { Some(&row.actor) },
            "body": body,
        });
        Event::default()
            .id(row.sequence.to_string())
            .event(&row.kind)
            .data(data.to_string())
    }
}
