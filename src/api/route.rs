//! The table of routes: each with what it asks for. The router is built from it and from nothing
//! else, so that no handler stands outside.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use super::error::{ApiError, Code};
use super::session::authorize;
use super::state::AppState;
use super::{
    cases, casework, events, health, lanes, login, passages, pictures, registers, reviews, status,
};
use crate::casework::{Permission, may};
use crate::role::Role;

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Public,
    /// A session of any role.
    SignedIn,
    /// A session whose role holds one of these.
    AnyOf(&'static [Permission]),
}

impl Access {
    /// Whether somebody of this role gets in.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Public | Self::SignedIn => true,
            Self::AnyOf(permissions) => permissions.iter().any(|permission| may(role, *permission)),
        }
    }
}

/// A route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Method.
    pub verb: Verb,
    /// Path, parameters in braces.
    pub path: &'static str,
    /// What it asks for.
    pub access: Access,
    /// Makes its handler.
    pub handler: fn() -> MethodRouter<AppState>,
}

/// The methods that routes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes.
    Post,
}

impl Verb {
    /// As HTTP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

const CASE: Access = Access::AnyOf(&[Permission::CaseRead]);
/// Answers that name the people in a case: for those who work on cases or audit them, not for programs.
pub const PEOPLE: Access = Access::AnyOf(&[
    Permission::CaseOpen,
    Permission::CaseReviewSecond,
    Permission::AuditRead,
]);
const STEP: Access = Access::AnyOf(&[
    Permission::CaseReviewFirst,
    Permission::CaseReviewSecond,
    Permission::CaseOpen,
    Permission::CaseHandle,
    Permission::CaseApprove,
    Permission::CaseLegalReview,
    Permission::CaseDecide,
    Permission::CasePolice,
]);
const INSPECT: Access = Access::AnyOf(&[
    Permission::InspectionWork,
    Permission::InspectionRelease,
    Permission::CasePolice,
]);
const REVIEW: Access = Access::AnyOf(&[Permission::CaseReviewFirst, Permission::CaseReviewSecond]);

const REGISTER_READ: Access = Access::AnyOf(&[Permission::RegisterRead]);
/// Which of the two a register asks for is the handler's to say.
const REGISTER_CHANGE: Access =
    Access::AnyOf(&[Permission::RegisterWrite, Permission::RegisterGovern]);

/// All routes of the API.
pub const ROUTES: &[Route] = &[
    read("/health/live", Access::Public, || get(health::live)),
    read("/health/ready", Access::Public, || get(health::ready)),
    change("/api/v1/login", Access::Public, || post(login::login)),
    change("/api/v1/logout", Access::SignedIn, || post(login::logout)),
    read(
        "/api/v1/passages",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(passages::list),
    ),
    read(
        "/api/v1/passages/{passage_id}",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(passages::one),
    ),
    read(
        "/api/v1/cases",
        Access::AnyOf(&[Permission::CaseRead]),
        || get(cases::list),
    ),
    read(
        "/api/v1/cases/{case_id}",
        Access::AnyOf(&[Permission::CaseRead]),
        || get(cases::one),
    ),
    change(
        "/api/v1/cases",
        Access::AnyOf(&[Permission::CaseOpen]),
        || post(casework::cases::create),
    ),
    read("/api/v1/cases/{case_id}/steps", PEOPLE, || {
        get(casework::steps::offered)
    }),
    change("/api/v1/cases/{case_id}/steps", STEP, || {
        post(casework::steps::make)
    }),
    change(
        "/api/v1/payments/import",
        Access::AnyOf(&[Permission::CaseHandle]),
        || {
            post(casework::payments::import)
                .layer(DefaultBodyLimit::max(casework::payments::IMPORT_LIMIT))
        },
    ),
    read("/api/v1/deadlines", PEOPLE, || {
        get(casework::lists::deadlines)
    }),
    read("/api/v1/proposals", PEOPLE, || {
        get(casework::lists::proposals)
    }),
    read("/api/v1/discards", CASE, || get(casework::lists::discards)),
    read("/api/v1/numbers/{series}", CASE, || {
        get(casework::lists::numbers)
    }),
    read("/api/v1/counters/{track}/{id}", PEOPLE, || {
        get(casework::counters::show)
    }),
    read(
        "/api/v1/hundred-ton",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(casework::hundred_ton::list),
    ),
    read(
        "/api/v1/hundred-ton/roads",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(casework::hundred_ton::roads),
    ),
    read(
        "/api/v1/inspections",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(casework::inspections::list),
    ),
    change(
        "/api/v1/inspections",
        Access::AnyOf(&[Permission::InspectionWork]),
        || post(casework::inspections::begin),
    ),
    read("/api/v1/inspections/{inspection_id}", PEOPLE, || {
        get(casework::inspections::one)
    }),
    read("/api/v1/inspections/{inspection_id}/steps", PEOPLE, || {
        get(casework::inspections::offered)
    }),
    change("/api/v1/inspections/{inspection_id}/steps", INSPECT, || {
        post(casework::inspections::make)
    }),
    read(
        "/api/v1/inspection-counts",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(casework::inspections::counts),
    ),
    read(
        "/api/v1/yard",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(casework::inspections::yard),
    ),
    change("/api/v1/cases/{case_id}/reviews", REVIEW, || {
        post(reviews::create)
    }),
    read(
        "/api/v1/pictures/{sha256}",
        Access::AnyOf(&[Permission::PictureRead]),
        || get(pictures::one),
    ),
    read(
        "/api/v1/events",
        Access::AnyOf(&[Permission::EventRead]),
        || get(events::stream),
    ),
    read(
        "/api/v1/status",
        Access::AnyOf(&[Permission::StatusRead]),
        || get(status::show),
    ),
    read(
        "/api/v1/lanes/{lane}/hours",
        Access::AnyOf(&[Permission::StatusRead]),
        || get(lanes::hours),
    ),
    read(
        "/api/v1/lanes/{lane}/enforcement",
        Access::AnyOf(&[Permission::PassageRead]),
        || get(lanes::enforcement_history),
    ),
    change(
        "/api/v1/lanes/{lane}/enforcement",
        Access::AnyOf(&[Permission::EnforcementSwitch]),
        || post(lanes::switch_enforcement),
    ),
    read(
        "/api/v1/lanes/{lane}/shift-checks",
        Access::AnyOf(&[Permission::StatusRead]),
        || get(lanes::shift_checks),
    ),
    change(
        "/api/v1/lanes/{lane}/shift-checks",
        Access::AnyOf(&[Permission::ShiftCheckWrite]),
        || post(lanes::record_shift_check),
    ),
    read("/api/v1/registers", REGISTER_READ, || get(registers::kinds)),
    read("/api/v1/registers/{kind}", REGISTER_READ, || {
        get(registers::list)
    }),
    change("/api/v1/registers/{kind}", REGISTER_CHANGE, || {
        post(registers::change)
    }),
    change("/api/v1/registers/{kind}/import", REGISTER_CHANGE, || {
        post(registers::import_file).layer(DefaultBodyLimit::max(registers::IMPORT_LIMIT))
    }),
    read("/api/v1/registers/{kind}/export", REGISTER_READ, || {
        get(registers::export_file)
    }),
    read("/api/v1/registers/{kind}/{key}", REGISTER_READ, || {
        get(registers::one)
    }),
];

/// A route that reads.
pub const fn read(
    path: &'static str,
    access: Access,
    handler: fn() -> MethodRouter<AppState>,
) -> Route {
    Route {
        verb: Verb::Get,
        path,
        access,
        handler,
    }
}

/// A route that changes something.
pub const fn change(
    path: &'static str,
    access: Access,
    handler: fn() -> MethodRouter<AppState>,
) -> Route {
    Route {
        verb: Verb::Post,
        path,
        access,
        handler,
    }
}

/// The routes of a table, each behind its own lock; what is no route answers 404, or 401 to those
/// who are not signed in, so that nobody can feel out what there is.
pub fn routed<'a>(
    routes: impl IntoIterator<Item = &'a Route>,
    state: &AppState,
) -> Router<AppState> {
    let mut router = Router::new();
    for route in routes {
        let access = route.access;
        let lock = from_fn_with_state(
            state.clone(),
            move |State(state): State<AppState>, mut request: Request, next: Next| async move {
                match authorize(&state, access, request.method(), request.headers()).await {
                    Ok(session) => {
                        if let Some(session) = session {
                            request.extensions_mut().insert(session);
                        }
                        next.run(request).await
                    }
                    Err(error) => error.into_response(),
                }
            },
        );
        router = router.route(route.path, (route.handler)().route_layer(lock));
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
}

async fn no_route(state: State<AppState>, request: Request) -> Response {
    refuse(state, request, Code::NotFound).await
}

async fn no_method(state: State<AppState>, request: Request) -> Response {
    refuse(state, request, Code::MethodNotAllowed).await
}

async fn refuse(State(state): State<AppState>, request: Request, code: Code) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return ApiError::from(code).into_response();
    }
    // A GET as far as the lock is concerned: nothing is going to change.
    match authorize(&state, Access::SignedIn, &Method::GET, request.headers()).await {
        Ok(_) => ApiError::from(code).into_response(),
        Err(error) => error.into_response(),
    }
}
