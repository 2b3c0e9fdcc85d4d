//! Against a real server that asks for a login.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode as Status;
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::get;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::*;

const CHALLENGE: &str = "Digest realm=\"camera\", nonce=\"dcd98b7102dd2f0e\", qop=\"auth\"";

/// What the camera was answered with.
type Heard = Arc<Mutex<Vec<String>>>;

async fn camera(
    State((challenge, heard)): State<(&'static str, Heard)>,
    request: Request,
) -> Answer {
    let authorization = request.headers().get(AUTHORIZATION);
    let Some(authorization) = authorization.and_then(|value| value.to_str().ok()) else {
        return (Status::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response();
    };
    heard.lock().unwrap().push(authorization.to_owned());
    let right = if challenge.starts_with("Basic") {
        authorization == "Basic YWRtaW46cG9zdC1nYXRlLTQ="
    } else {
        digest_is_right(authorization)
    };
    if !right {
        return Status::UNAUTHORIZED.into_response();
    }
    Body::from("--part\r\nstream").into_response()
}

/// Computes the answer again from what the header says and the password that the camera knows.
fn digest_is_right(authorization: &str) -> bool {
    let header = digest_auth::AuthorizationHeader::parse(authorization).unwrap();
    let mut prompt = digest_auth::parse(CHALLENGE).unwrap();
    let mut context = AuthContext::new("admin", "post-gate-4", header.uri.clone());
    context.set_custom_cnonce(header.cnonce.clone().unwrap());
    let expected = prompt.respond(&context).unwrap();
    header.uri == "/alertStream?heartbeat=5" && header.response == expected.response
}

async fn serve(challenge: &'static str) -> (String, Heard) {
    let heard = Heard::default();
    let router = Router::new()
        .route("/alertStream", get(camera))
        .with_state((challenge, Arc::clone(&heard)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}/alertStream?heartbeat=5"), heard)
}

fn login(folder: &std::path::Path, password: &str) -> Login {
    let password_file = folder.join("password");
    std::fs::write(&password_file, password).unwrap();
    Login {
        user: "admin".to_owned(),
        password_file,
    }
}

#[tokio::test]
async fn a_stream_behind_a_login_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let login = login(folder.path(), "post-gate-4\n");
    for challenge in [CHALLENGE, "Basic realm=\"camera\""] {
        let (url, heard) = serve(challenge).await;
        let mut stream = open(&url, Some(&login)).await.unwrap();
        let mut read = String::new();
        stream.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "--part\r\nstream");
        // With digest the password never crosses the line.
        let heard = heard.lock().unwrap();
        assert!(!heard.iter().any(|said| said.contains("post-gate-4")));
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_and_never_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let (url, _) = serve(CHALLENGE).await;
    let without = open(&url, None).await.err().unwrap();
    assert!(without.contains("password_file"), "{without}");
    let wrong = login(folder.path(), "guess-1");
    let refused = open(&url, Some(&wrong)).await.err().unwrap();
    assert!(
        refused.contains("不接受") && !refused.contains("guess-1"),
        "{refused}"
    );
    let elsewhere = url.replace("alertStream?heartbeat=5", "nothing");
    let missing = open(&elsewhere, None).await.err().unwrap();
    assert!(missing.contains("404"), "{missing}");
    let nobody = open("http://127.0.0.1:9/alertStream", None)
        .await
        .err()
        .unwrap();
    assert!(nobody.contains("连不上"), "{nobody}");
    let no_file = Login {
        password_file: folder.path().join("none"),
        ..wrong
    };
    let unread = open(&url, Some(&no_file)).await.err().unwrap();
    assert!(unread.contains("口令文件"), "{unread}");
}
