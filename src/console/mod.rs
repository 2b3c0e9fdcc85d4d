//! The console (控制台): one status page, rendered here, kept up to date over the event stream.
//! Nothing in it comes from elsewhere, and no script or style stands in the page itself.

mod lanes;
mod text;
mod view;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, RequestExt};

use crate::api::error::{ApiError, Code};
use crate::api::session::{Session, address, same_site, session, set_cookie, sign_in, sign_out};
use crate::api::{Access, AppState, Route, change, passage_bodies, read};
use crate::casework::{Permission, may};
use crate::store::records::ListFilter;
use text::Language;
use view::{Aside, BoardPage, Card, LoginPage};

/// Passages on the board.
const CARDS: i64 = 40;

/// The console's routes.
pub const ROUTES: &[Route] = &[
    read("/", Access::Public, || get(home)),
    change("/login", Access::Public, || post(login)),
    change("/logout", Access::SignedIn, || post(logout)),
    read(
        "/board/aside",
        Access::AnyOf(&[Permission::StatusRead]),
        || get(aside),
    ),
    read(
        "/board/passages/{passage_id}",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(card),
    ),
    read("/lanes", Access::AnyOf(&[Permission::StatusRead]), || {
        get(lanes::page)
    }),
    change(
        "/lanes/{lane}/shift-check",
        Access::AnyOf(&[Permission::ShiftCheckWrite]),
        || post(lanes::check),
    ),
    change(
        "/lanes/{lane}/enforcement",
        Access::AnyOf(&[Permission::EnforcementSwitch]),
        || post(lanes::switch),
    ),
    read("/assets/console.css", Access::Public, || get(stylesheet)),
    read("/assets/console.js", Access::Public, || get(script)),
    read("/assets/icon.svg", Access::Public, || get(icon)),
];

type Asked = Query<BTreeMap<String, String>>;

fn language(asked: &Asked, headers: &HeaderMap) -> (Language, bool) {
    Language::of(asked.get("lang").map(String::as_str), headers)
}

/// The board for those who are signed in, the login form for all others.
async fn home(
    State(state): State<AppState>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (language, asked) = language(&asked, &headers);
    let page = match session(&state, &headers).await? {
        Some(session) => html(&board(&state, language, session).await?)?,
        None => html(&login_page(&state, language, None))?,
    };
    let mut response = page.into_response();
    if asked {
        let cookie = format!(
            "lang={}; Path=/; SameSite=Strict; Max-Age=31536000",
            language.tag()
        );
        put_cookie(&mut response, &cookie);
    }
    Ok(response)
}

fn html(page: &impl Template) -> Result<Html<String>, ApiError> {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        ApiError::from(Code::Internal)
    })
}

fn put_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn login_page(state: &AppState, language: Language, error: Option<String>) -> LoginPage {
    LoginPage {
        language,
        t: language.texts(),
        station: state.status().name,
        error,
    }
}

async fn board(
    state: &AppState,
    language: Language,
    session: Session,
) -> Result<BoardPage, ApiError> {
    // Taken before the passages are read: what comes in between is sent again, never missed.
    let head = *state.store().watch_head().borrow();
    let cards = if may(session.role, Permission::PassageRead) {
        let rows = state
            .store()
            .passages(&ListFilter::default(), None, CARDS)
            .await?;
        let mut cards = Vec::with_capacity(rows.len());
        for row in &rows {
            let (bodies, pictures) = passage_bodies(state.store(), row).await?;
            cards.push(Card::new(language, row, &bodies, &pictures));
        }
        Some(cards)
    } else {
        None
    };
    let status = state.status();
    Ok(BoardPage {
        language,
        t: language.texts(),
        aside: side(state, language, &session).await?,
        station: status.name,
        version: status.version,
        simulated: status.simulated,
        user: session.user,
        head,
        cards,
    })
}

async fn side(state: &AppState, language: Language, session: &Session) -> Result<Aside, ApiError> {
    let counts = state.store().counts().await?;
    let shows_cases = may(session.role, Permission::CaseRead);
    Ok(Aside::new(
        language,
        &state.status(),
        &state.store().health(),
        &counts,
        shows_cases,
    ))
}

async fn aside(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let (language, _) = language(&asked, &headers);
    html(&side(&state, language, &session).await?)
}

async fn card(
    State(state): State<AppState>,
    Path(passage_id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let (language, _) = language(&asked, &headers);
    let row = state
        .store()
        .passage(&passage_id)
        .await?
        .ok_or(Code::NotFound)?;
    let (bodies, pictures) = passage_bodies(state.store(), &row).await?;
    html(&Card::new(language, &row, &bodies, &pictures))
}

/// Signs a browser in: the token goes into a cookie that no script can read.
async fn login(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    same_site(request.headers())?;
    let address = address(&state, request.headers(), request.extensions());
    let (language, _) = Language::of(None, request.headers());
    let Form(mut form) = request
        .extract::<Form<BTreeMap<String, String>>, _>()
        .await
        .map_err(|_| ApiError::from(Code::MalformedBody))?;
    let user = form.remove("user").unwrap_or_default();
    let password = form.remove("password").unwrap_or_default();
    match sign_in(&state, &user, password, &address).await {
        Ok((token, _)) => {
            let mut response = Redirect::to("/").into_response();
            put_cookie(&mut response, &set_cookie(&state, token.reveal()));
            Ok(response)
        }
        Err(error) if matches!(error.code(), Code::LoginFailed | Code::TooManyAttempts) => {
            let (zh, en) = error.code().texts();
            let page = html(&login_page(
                &state,
                language,
                Some(language.pick(zh, en).to_owned()),
            ))?;
            // Status and Retry-After are those of the API; the body is for people.
            let refusal = error.into_response();
            let mut response = (refusal.status(), page).into_response();
            if let Some(wait) = refusal.headers().get(header::RETRY_AFTER) {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, wait.clone());
            }
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn logout(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
) -> Result<Response, ApiError> {
    sign_out(&state, &session).await?;
    let mut response = Redirect::to("/").into_response();
    put_cookie(&mut response, &set_cookie(&state, ""));
    Ok(response)
}

type Asset = (StatusCode, [(HeaderName, &'static str); 2], &'static str);

/// Short-lived, so that a new release shows at once; they are small.
const fn asset(content_type: &'static str, text: &'static str) -> Asset {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "max-age=60, private"),
    ];
    (StatusCode::OK, headers, text)
}

async fn stylesheet() -> Asset {
    asset(
        "text/css; charset=utf-8",
        include_str!("assets/console.css"),
    )
}

async fn script() -> Asset {
    asset(
        "text/javascript; charset=utf-8",
        include_str!("assets/console.js"),
    )
}

async fn icon() -> Asset {
    asset("image/svg+xml", include_str!("assets/icon.svg"))
}
