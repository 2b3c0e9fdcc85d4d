//! Signing in and out.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use steelyard::role::Role;
use steelyard::store::records::Actor;

use crate::site::{PASSWORD, Site, answer};

async fn journal(site: &Site) -> Vec<(String, String, String)> {
    let rows = site.store.journal_after(0, 1_000).await.unwrap();
    rows.into_iter()
        .map(|row| (row.kind, row.actor, row.body.unwrap()))
        .collect()
}

#[tokio::test]
async fn the_right_password_gives_a_token_that_ends() {
    let site = Site::new().await;
    site.user("li", Role::Reviewer).await;
    let (status, body) = answer(site.try_sign_in(" LI ", PASSWORD).await).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["role"], "reviewer");
    assert_eq!(body["expires_at"], "2025-03-14T20:00:00.000000Z");
    let token = body["token"].as_str().unwrap();
    assert!(token.starts_with("sty_") && token.len() == 68);

    site.pass(12 * 3_600 - 1);
    assert_eq!(site.get(token, "/api/v1/status").await.0, StatusCode::OK);
    site.pass(1);
    assert_eq!(
        site.get(token, "/api/v1/status").await.0,
        StatusCode::UNAUTHORIZED
    );

    let entries = journal(&site).await;
    let login = entries.iter().find(|(kind, ..)| kind == "login").unwrap();
    assert_eq!(login.1, "li");
    assert!(login.2.contains("127.0.0.1"));
    for (_, _, body) in &entries {
        assert!(!body.contains(PASSWORD) && !body.contains(token) && !body.contains("argon2"));
    }
    site.shut_down().await;
}

#[tokio::test]
async fn a_token_is_worth_nothing_after_logout_or_when_its_user_is_disabled() {
    let site = Site::new().await;
    let first = site.token("li", Role::Reviewer).await;
    let second = site.sign_in("li").await;
    let (status, _) = site.post(&first, "/api/v1/logout", &json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        site.get(&first, "/api/v1/cases").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(site.get(&second, "/api/v1/cases").await.0, StatusCode::OK);

    let by = Actor("system:test".into());
    let user = site.store.user("li").await.unwrap().unwrap();
    site.store
        .put_user("li", Role::Administrator, &user.password_hash, true, &by)
        .await
        .unwrap();
    assert_eq!(
        site.get(&second, "/api/v1/cases").await.0,
        StatusCode::FORBIDDEN,
        "role now"
    );
    steelyard::cli::user::disable(&site.store, "li", &by)
        .await
        .unwrap();
    assert_eq!(
        site.get(&second, "/api/v1/cases").await.0,
        StatusCode::UNAUTHORIZED
    );
    let refused = site.try_sign_in("li", PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    site.shut_down().await;
}

#[tokio::test]
async fn refusals_do_not_tell_an_unknown_user_from_a_wrong_password() {
    let site = Site::new().await;
    site.user("li", Role::Reviewer).await;
    let mut answers = Vec::new();
    for (user, password) in [("li", "wrong"), ("nobody", PASSWORD), ("my secret 99", "x")] {
        let (status, mut body) = answer(site.try_sign_in(user, password).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        body["error"]["request_id"] = Value::Null;
        answers.push(body);
    }
    assert_eq!(answers[0]["error"]["code"], "login_failed");
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let failed: Vec<_> = journal(&site)
        .await
        .into_iter()
        .filter(|(kind, ..)| kind == "login_failed")
        .collect();
    assert_eq!(failed.len(), 3);
    assert!(failed[0].2.contains("\"li\""));
    assert!(
        failed.iter().all(|(_, _, body)| !body.contains("secret")),
        "{failed:?}"
    );
    site.shut_down().await;
}

#[tokio::test]
async fn the_sixth_failure_waits_and_another_account_does_not() {
    let site = Site::new().await;
    site.user("li", Role::Reviewer).await;
    site.user("wang", Role::Reviewer).await;
    // At once, not in a row: racing gets nobody further.
    let tries = (0..12).map(|_| site.try_sign_in("li", "wrong"));
    let statuses: Vec<_> = futures::future::join_all(tries)
        .await
        .into_iter()
        .map(|response| response.status())
        .collect();
    let failed = statuses
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED)
        .count();
    assert_eq!(failed, 5, "{statuses:?}");

    site.pass(60);
    let waiting = site.try_sign_in("li", PASSWORD).await;
    assert_eq!(
        waiting.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "even with the right password"
    );
    assert_eq!(waiting.headers()[header::RETRY_AFTER], "240");
    let (_, body) = answer(waiting).await;
    assert_eq!(body["error"]["code"], "too_many_attempts");
    site.sign_in("wang").await;

    site.pass(240);
    site.sign_in("li").await;
    site.shut_down().await;
}

#[tokio::test]
async fn a_bad_body_is_named() {
    let site = Site::new().await;
    let send = async |body: &str| {
        let request = site
            .request(Method::POST, None, "/api/v1/login")
            .body(body.to_owned());
        answer(request.send().await.unwrap()).await
    };
    for (body, status, code, field) in [
        ("", 400, "malformed_body", Value::Null),
        ("[]", 400, "malformed_body", Value::Null),
        ("{\"user\":\"li\"}", 422, "invalid_field", json!("password")),
        (
            "{\"user\":7,\"password\":\"x\"}",
            422,
            "invalid_field",
            json!("user"),
        ),
        (
            "{\"user\":\"a\",\"password\":\"x\",\"role\":\"a\"}",
            422,
            "invalid_field",
            json!("role"),
        ),
    ] {
        let (found, answer) = send(body).await;
        assert_eq!(found.as_u16(), status, "{body}");
        assert_eq!(answer["error"]["code"], code);
        assert_eq!(answer["error"]["field"], field);
    }
    let large = format!("{{\"user\":\"{}\",\"password\":\"x\"}}", "a".repeat(70_000));
    let (status, body) = send(&large).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["code"]),
        (413, &json!("body_too_large"))
    );
    let long = format!("{{\"user\":\"{}\",\"password\":\"x\"}}", "a".repeat(200));
    assert_eq!(send(&long).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    site.shut_down().await;
}

/// Signs in by the form; gives status and cookie.
async fn form(site: &Site, origin: Option<&str>, password: &str) -> (StatusCode, Option<String>) {
    let mut request = site
        .request(Method::POST, None, "/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("user=li&password={password}"));
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    let response = request.send().await.unwrap();
    let cookie = response.headers().get(header::SET_COOKIE);
    (
        response.status(),
        cookie.map(|cookie| cookie.to_str().unwrap().to_owned()),
    )
}

#[tokio::test]
async fn a_browser_signs_in_by_form_and_only_from_our_own_page() {
    let site = Site::new().await;
    site.user("li", Role::Reviewer).await;
    let own = site.url.clone();
    for origin in [None, Some("http://evil.example"), Some("null")] {
        assert_eq!(
            form(&site, origin, PASSWORD).await,
            (StatusCode::FORBIDDEN, None)
        );
    }
    assert_eq!(
        form(&site, Some(&own), "wrong").await,
        (StatusCode::UNAUTHORIZED, None)
    );
    let (status, cookie) = form(&site, Some(&own), PASSWORD).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let cookie = cookie.unwrap();
    for part in ["sty_session=sty_", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap();
    let with = |method: Method, path: &str| site.request(method, None, path).header("cookie", pair);
    let read = with(Method::GET, "/api/v1/status").send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK);
    let foreign = with(Method::POST, "/logout").header("origin", "http://evil.example");
    let (status, body) = answer(foreign.send().await.unwrap()).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (StatusCode::FORBIDDEN, &json!("cross_site"))
    );
    let bare = with(Method::POST, "/api/v1/logout").send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::FORBIDDEN);
    let out = with(Method::POST, "/logout")
        .header("origin", &own)
        .send()
        .await
        .unwrap();
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert!(
        out.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    let gone = with(Method::GET, "/api/v1/status").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    site.shut_down().await;
}

#[tokio::test]
async fn behind_a_proxy_the_cookie_is_secure_and_the_proxys_address_counts() {
    let site = Site::with(true).await;
    site.user("li", Role::Reviewer).await;
    let own = site.url.clone();
    let (_, cookie) = form(&site, Some(&own), PASSWORD).await;
    let cookie = cookie.unwrap();
    assert!(
        cookie.starts_with("__Host-sty_session=") && cookie.contains("Secure"),
        "{cookie}"
    );
    let body = json!({"user": "li", "password": PASSWORD});
    let request = site
        .request(Method::POST, None, "/api/v1/login")
        .header("x-forwarded-for", "1.2.3.4, 10.9.8.7")
        .json(&body);
    request.send().await.unwrap();
    let entries = journal(&site).await;
    let (_, _, body) = entries.last().unwrap();
    assert!(
        body.contains("10.9.8.7") && !body.contains("1.2.3.4"),
        "{body}"
    );
    site.shut_down().await;
}
