//! Every route by every role and by nobody. The routes come from the router's own table: a new one
//! without a row here fails.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use steelyard::api::{Access, Verb, routes};
use steelyard::role::Role;

use crate::site::{Site, Truck};

/// Who gets in.
#[derive(Clone, Copy)]
enum Who {
    Everybody,
    /// Whoever is signed in.
    Users,
    /// One letter a role, in the order of [`Role::ALL`].
    Roles(&'static str),
}

const EACH: &str = "yyyyyyyyy";
const NOT_ADMINISTRATOR: &str = "yyyyyyyny";
/// Who work on cases, and the auditor.
const PEOPLE: &str = "yyyyyyynn";

/// Method, path, who. Operator, mobile officer, reviewer, legal reviewer, supervisor, police
/// officer, auditor, administrator, machine.
const MATRIX: &[(&str, &str, Who)] = &[
    ("GET", "/health/live", Who::Everybody),
    ("GET", "/health/ready", Who::Everybody),
    ("POST", "/api/v1/login", Who::Everybody),
    ("POST", "/api/v1/logout", Who::Users),
    ("GET", "/api/v1/passages", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "GET",
        "/api/v1/passages/{passage_id}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/api/v1/cases", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "GET",
        "/api/v1/cases/{case_id}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("POST", "/api/v1/cases", Who::Roles("yyynyynnn")),
    ("GET", "/api/v1/cases/{case_id}/steps", Who::Roles(PEOPLE)),
    (
        "POST",
        "/api/v1/cases/{case_id}/steps",
        Who::Roles("yyyyyynnn"),
    ),
    ("POST", "/api/v1/payments/import", Who::Roles("nyynynnnn")),
    ("GET", "/api/v1/deadlines", Who::Roles(PEOPLE)),
    ("GET", "/api/v1/proposals", Who::Roles(PEOPLE)),
    ("GET", "/api/v1/discards", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "GET",
        "/api/v1/numbers/{series}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/api/v1/counters/{track}/{id}", Who::Roles(PEOPLE)),
    ("GET", "/api/v1/hundred-ton", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "GET",
        "/api/v1/hundred-ton/roads",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/api/v1/inspections", Who::Roles(NOT_ADMINISTRATOR)),
    ("POST", "/api/v1/inspections", Who::Roles("yynnynnnn")),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}",
        Who::Roles(PEOPLE),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/steps",
        Who::Roles(PEOPLE),
    ),
    (
        "POST",
        "/api/v1/inspections/{inspection_id}/steps",
        Who::Roles("yynnyynnn"),
    ),
    (
        "GET",
        "/api/v1/inspection-counts",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/api/v1/yard", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "POST",
        "/api/v1/cases/{case_id}/reviews",
        Who::Roles("nnyyynnnn"),
    ),
    (
        "GET",
        "/api/v1/pictures/{sha256}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/api/v1/events", Who::Roles(NOT_ADMINISTRATOR)),
    ("GET", "/api/v1/status", Who::Roles(EACH)),
    ("GET", "/api/v1/lanes/{lane}/hours", Who::Roles(EACH)),
    (
        "GET",
        "/api/v1/lanes/{lane}/enforcement",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    (
        "POST",
        "/api/v1/lanes/{lane}/enforcement",
        Who::Roles("nnnnynnnn"),
    ),
    ("GET", "/api/v1/lanes/{lane}/shift-checks", Who::Roles(EACH)),
    (
        "POST",
        "/api/v1/lanes/{lane}/shift-checks",
        Who::Roles("ynnnynnnn"),
    ),
    ("GET", "/api/v1/registers", Who::Roles(NOT_ADMINISTRATOR)),
    (
        "GET",
        "/api/v1/registers/{kind}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("POST", "/api/v1/registers/{kind}", Who::Roles("ynynynnnn")),
    (
        "POST",
        "/api/v1/registers/{kind}/import",
        Who::Roles("ynynynnnn"),
    ),
    (
        "GET",
        "/api/v1/registers/{kind}/export",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    (
        "GET",
        "/api/v1/registers/{kind}/{key}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/", Who::Everybody),
    ("POST", "/login", Who::Everybody),
    ("POST", "/logout", Who::Users),
    ("GET", "/board/aside", Who::Roles(EACH)),
    ("GET", "/lanes", Who::Roles(EACH)),
    ("POST", "/lanes/{lane}/shift-check", Who::Roles("ynnnynnnn")),
    ("POST", "/lanes/{lane}/enforcement", Who::Roles("nnnnynnnn")),
    (
        "GET",
        "/board/passages/{passage_id}",
        Who::Roles(NOT_ADMINISTRATOR),
    ),
    ("GET", "/assets/console.css", Who::Everybody),
    ("GET", "/assets/console.js", Who::Everybody),
    ("GET", "/assets/icon.svg", Who::Everybody),
];

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
    }
}

#[tokio::test]
async fn every_route_is_decided_for_every_role_and_for_nobody() {
    let site = Site::new().await;
    let passage_id = site.cross(&Truck::overloaded(1)).await;
    let sha256 = site.store.pictures_of(&passage_id).await.unwrap()[0]
        .sha256
        .clone();
    let mut names = BTreeMap::new();
    for role in Role::ALL {
        site.user(role.name(), role).await;
        names.insert(role, role.name());
    }
    let rows: BTreeMap<_, _> = MATRIX
        .iter()
        .map(|(verb, path, who)| ((*verb, *path), *who))
        .collect();
    assert_eq!(rows.len(), MATRIX.len());
    let mut seen = 0;
    for route in routes() {
        let who = *rows
            .get(&(route.verb.name(), route.path))
            .unwrap_or_else(|| {
                panic!(
                    "{} {} has no row in MATRIX: say who may",
                    route.verb.name(),
                    route.path
                )
            });
        seen += 1;
        let path = route
            .path
            .replace("{passage_id}", &passage_id)
            .replace("{case_id}", &format!("case-{passage_id}"))
            .replace("{sha256}", &sha256)
            .replace("{lane}", "1")
            .replace("{series}", "case")
            .replace("{track}", "vehicle")
            .replace("{inspection_id}", "insp-x")
            .replace("{id}", "x")
            .replace("{kind}", "vehicles")
            .replace("{key}", "x");
        let refused =
            |status: StatusCode| matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let nobody = site
            .request(method(route.verb), None, &path)
            .send()
            .await
            .unwrap()
            .status();
        match who {
            Who::Everybody => {
                assert_eq!(route.access, Access::Public);
                // A login without a form and without an origin is refused for what it lacks.
                assert!(!refused(nobody) || path == "/login", "{path}: {nobody}");
                continue;
            }
            Who::Users | Who::Roles(_) => {
                assert_eq!(nobody, StatusCode::UNAUTHORIZED, "{path} by nobody");
            }
        }
        let letters = if let Who::Roles(letters) = who {
            letters
        } else {
            EACH
        };
        for (role, letter) in Role::ALL.into_iter().zip(letters.chars()) {
            // Anew each time: one of the routes signs out.
            let token = site.sign_in(names[&role]).await;
            let response = site
                .request(method(route.verb), Some(&token), &path)
                .send()
                .await
                .unwrap();
            let status = response.status();
            let wanted = letter == 'y';
            assert_eq!(
                !refused(status),
                wanted,
                "{path} by {}: {status}",
                role.name()
            );
            assert!(
                !status.is_server_error(),
                "{path} by {}: {status}",
                role.name()
            );
            if !wanted {
                assert_eq!(status, StatusCode::FORBIDDEN, "{path} by {}", role.name());
            }
        }
    }
    assert_eq!(
        seen,
        MATRIX.len(),
        "MATRIX has a row for a route that is not there"
    );
    site.shut_down().await;
}

#[tokio::test]
async fn what_is_no_route_tells_nothing_to_strangers() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    for (method, path, signed_in) in [
        (Method::GET, "/api/v1/nothing", StatusCode::NOT_FOUND),
        (
            Method::GET,
            "/api/v1/cases/x/reviews/1",
            StatusCode::NOT_FOUND,
        ),
        (
            Method::DELETE,
            "/api/v1/passages",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (Method::GET, "/api/v1/cases/unknown", StatusCode::NOT_FOUND),
        (
            Method::GET,
            "/api/v1/passages/unknown",
            StatusCode::NOT_FOUND,
        ),
        (
            Method::GET,
            "/api/v1/pictures/..%2f..%2fetc%2fpasswd",
            StatusCode::NOT_FOUND,
        ),
    ] {
        for bad in [None, Some("sty_"), Some("sty_00"), Some("x"), Some("sty_é")] {
            let mut request = site.request(method.clone(), None, path);
            if let Some(bad) = bad {
                request = request.header("authorization", format!("Bearer {bad}").into_bytes());
            }
            let response = request.send().await.unwrap();
            assert_eq!(
                response.status(),
                StatusCode::UNAUTHORIZED,
                "{method} {path} {bad:?}"
            );
            let id = response.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .to_owned();
            let body: serde_json::Value = response.json().await.unwrap();
            assert_eq!(body["error"]["code"], "unauthorized");
            assert_eq!(body["error"]["request_id"], id);
            assert!(
                body["error"]["message"]
                    .as_str()
                    .unwrap()
                    .starts_with("未登录")
            );
        }
        let response = site
            .request(method.clone(), Some(&token), path)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), signed_in, "{method} {path}");
    }
    site.shut_down().await;
}

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    let site = Site::new().await;
    for path in [
        "/",
        "/assets/console.js",
        "/api/v1/passages",
        "/health/live",
        "/nothing",
    ] {
        let response = site.request(Method::GET, None, path).send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        // With `no-referrer` browsers send `Origin: null`, and nobody could sign in.
        assert_eq!(headers["referrer-policy"], "same-origin");
        if !path.starts_with("/assets") {
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
    site.shut_down().await;
}

#[tokio::test]
async fn health_tells_when_the_store_is_gone() {
    let site = Site::new().await;
    let check = async |path: &str| {
        let response = site.request(Method::GET, None, path).send().await.unwrap();
        crate::site::answer(response).await
    };
    assert_eq!(check("/health/ready").await.0, StatusCode::OK);
    site.store.clone().shutdown().await;
    let (status, body) = check("/health/ready").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["status"], "not_ready");
    assert_eq!(
        check("/health/live").await.0,
        StatusCode::OK,
        "the process itself is alive"
    );
    let (status, body) = crate::site::answer(site.try_sign_in("li", "x").await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["error"]["code"], "store_unavailable");
    site.shut_down().await;
}
