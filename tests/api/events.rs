//! The event stream: resumed wherever it breaks, no event missing, none twice.

use std::time::Duration;

use futures::StreamExt;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use steelyard::clock::Clock;
use steelyard::role::Role;
use steelyard::units::Micros;

use crate::site::{Site, Truck};

/// How long a test waits for what must come; only a failing one waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

struct Reader {
    response: futures::stream::BoxStream<'static, Vec<u8>>,
    /// A chunk may end within a character, so these are bytes until a frame is whole.
    pending: Vec<u8>,
}

#[derive(Debug)]
struct Seen {
    id: i64,
    kind: String,
    data: Value,
}

impl Reader {
    fn new(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let bytes = response
            .bytes_stream()
            .filter_map(async |chunk| Some(chunk.ok()?.to_vec()));
        Self {
            response: bytes.boxed(),
            pending: vec![],
        }
    }

    /// The next event, `None` at the end of the stream.
    async fn next(&mut self) -> Option<Seen> {
        loop {
            while let Some(end) = self.pending.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.pending.drain(..end + 2).collect();
                let seen = parse(std::str::from_utf8(&frame).unwrap());
                if seen.is_some() {
                    return seen;
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.next()).await;
            let chunk = chunk.expect("an event that must come did not")?;
            self.pending.extend(chunk);
        }
    }
}

fn parse(frame: &str) -> Option<Seen> {
    let field = |name: &str| {
        frame
            .lines()
            .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    };
    Some(Seen {
        id: field("id")?.parse().unwrap(),
        kind: field("event").unwrap(),
        data: serde_json::from_str(&field("data").unwrap()).unwrap(),
    })
}

async fn open(site: &Site, token: &str, query: &str, last: Option<i64>) -> Response {
    let mut request = site.request(Method::GET, Some(token), &format!("/api/v1/events{query}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_stream_that_breaks_again_and_again_misses_and_repeats_nothing() {
    const TRUCKS: i64 = 400;
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let head = *site.store.watch_head().borrow();
    let writer = async {
        for number in 0..TRUCKS {
            if number % 5 == 0 {
                site.cross(&Truck::overloaded(number * 2_000)).await;
            } else {
                site.cross(&Truck::new(number)).await;
            }
        }
    };
    let wanted = head + TRUCKS * 2 + TRUCKS / 5;
    let reader = async {
        let mut seen = Vec::new();
        let mut last = head;
        let mut connections = 0;
        while last < wanted {
            connections += 1;
            let mut reader = Reader::new(open(&site, &token, "", Some(last)).await);
            // Broken off after a varying number, in the middle of whatever is under way.
            for _ in 0..(connections * 7 % 23) + 1 {
                if last == wanted {
                    break;
                }
                let event = reader.next().await.unwrap();
                last = event.id;
                seen.push(event);
            }
        }
        assert!(connections > 30, "{connections}");
        seen
    };
    let ((), seen) = tokio::join!(writer, reader);
    let ids: Vec<i64> = seen.iter().map(|event| event.id).collect();
    assert_eq!(ids, (head + 1..=wanted).collect::<Vec<_>>());
    for event in &seen {
        let row = site.store.journal_entry(event.id).await.unwrap().unwrap();
        assert_eq!(event.kind, row.kind);
        assert_eq!(event.data["sequence"], event.id);
        let body: Value = serde_json::from_str(&row.body.unwrap()).unwrap();
        assert_eq!(event.data["body"], body);
    }
    site.shut_down().await;
}

#[tokio::test]
async fn a_stream_starts_at_the_end_unless_told_otherwise() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    site.weigh(&Truck::new(1)).await;
    let head = *site.store.watch_head().borrow();
    let mut fresh = Reader::new(open(&site, &token, "", None).await);
    let mut whole = Reader::new(open(&site, &token, "?after=0", None).await);
    let mut header_wins = Reader::new(open(&site, &token, "?after=0", Some(head)).await);
    site.weigh(&Truck::new(2)).await;
    assert_eq!(fresh.next().await.unwrap().id, head + 1);
    assert_eq!(whole.next().await.unwrap().id, 1);
    assert_eq!(header_wins.next().await.unwrap().id, head + 1);

    let ahead = open(&site, &token, "", Some(head + 100)).await;
    assert_eq!(ahead.status(), StatusCode::CONFLICT);
    for query in ["?after=-1", "?after=x", "?since=1"] {
        let refused = open(&site, &token, query, None).await;
        assert_eq!(
            refused.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}"
        );
    }
    let refused = open(&site, &token, "", Some(-1)).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    site.shut_down().await;
}

#[tokio::test]
async fn who_logs_in_is_for_those_who_read_the_audit_log() {
    let site = Site::new().await;
    let operator = site.token("li", Role::Operator).await;
    let auditor = site.token("wang", Role::Auditor).await;
    for (token, sees) in [(&operator, false), (&auditor, true)] {
        let mut reader = Reader::new(open(&site, token, "?after=0", None).await);
        let mut logins = 0;
        for id in 1..=4 {
            let event = reader.next().await.unwrap();
            assert_eq!(event.id, id, "hidden, not left out");
            assert_eq!(event.data["body"].is_object(), sees, "{event:?}");
            assert_eq!(event.data["actor"].is_string(), sees);
            logins += i64::from(event.kind == "login");
        }
        assert_eq!(logins, 2);
    }
    site.shut_down().await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let site = Site::new().await;
    let first = site.token("li", Role::Operator).await;
    let second = site.token("wang", Role::Operator).await;
    let mut leaving = Reader::new(open(&site, &first, "", None).await);
    let mut staying = Reader::new(open(&site, &second, "", None).await);
    let head = *site.store.watch_head().borrow();
    site.post(&first, "/api/v1/logout", &Value::Null).await;
    site.clock
        .set(site.clock.now().saturating_add(Micros::from_seconds(11)));
    site.weigh(&Truck::new(1)).await;
    while let Some(event) = leaving.next().await {
        assert_eq!(event.kind, "logout", "nothing after the session's end");
    }
    assert_eq!(staying.next().await.unwrap().id, head + 1);
    assert_eq!(staying.next().await.unwrap().id, head + 2);
    site.stop.cancel();
    assert!(staying.next().await.is_none());
    site.shut_down().await;
}
