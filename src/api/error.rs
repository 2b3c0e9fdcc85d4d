//! What the API says when it refuses: one type, a closed list of codes, Chinese first.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::clock::EntropyError;
use crate::store::StoreError;

tokio::task_local! {
    /// Number of the request that is being answered; the same stands in `x-request-id`.
    pub static REQUEST_ID: String;
}

/// What went wrong. Programs act on these, so the list only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// No token, or one that is unknown or expired.
    Unauthorized,
    /// User and password do not go together.
    LoginFailed,
    /// Too many failed logins.
    TooManyAttempts,
    /// The role may not do this.
    Forbidden,
    /// A browser sent this from another site.
    CrossSite,
    /// There is no such thing.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// Somebody was faster, or the thing is in another state by now.
    Conflict,
    /// The rules of casework do not allow it as things stand; what is missing is told.
    Refused,
    /// The stream can't be resumed: its number is ahead of the journal.
    AheadOfJournal,
    /// The body is no JSON object.
    MalformedBody,
    /// The body is too large.
    BodyTooLarge,
    /// A field or parameter has a value that can't be taken; `field` names it.
    InvalidField,
    /// The store can't answer at present.
    StoreUnavailable,
    /// As many streams or logins as there may be are under way.
    Busy,
    /// A fault of the program.
    Internal,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 16] = [
        Self::Unauthorized,
        Self::LoginFailed,
        Self::TooManyAttempts,
        Self::Forbidden,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Refused,
        Self::AheadOfJournal,
        Self::MalformedBody,
        Self::BodyTooLarge,
        Self::InvalidField,
        Self::StoreUnavailable,
        Self::Busy,
        Self::Internal,
    ];

    /// The name in the answer.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::LoginFailed => "login_failed",
            Self::TooManyAttempts => "too_many_attempts",
            Self::Forbidden => "forbidden",
            Self::CrossSite => "cross_site",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
            Self::AheadOfJournal => "ahead_of_journal",
            Self::MalformedBody => "malformed_body",
            Self::BodyTooLarge => "body_too_large",
            Self::InvalidField => "invalid_field",
            Self::StoreUnavailable => "store_unavailable",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized | Self::LoginFailed => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict | Self::Refused | Self::AheadOfJournal => StatusCode::CONFLICT,
            Self::MalformedBody => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::InvalidField => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StoreUnavailable | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentence in Chinese and in English.
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Unauthorized => (
                "未登录，或令牌无效、已过期",
                "not signed in, or the token is unknown or expired",
            ),
            Self::LoginFailed => ("用户名或密码错误", "user and password do not go together"),
            Self::TooManyAttempts => (
                "登录失败次数过多，请稍后再试",
                "too many failed logins, try again later",
            ),
            Self::Forbidden => ("当前角色无此权限", "this role may not do that"),
            Self::CrossSite => (
                "拒绝来自其他网站的请求",
                "a request from another site is refused",
            ),
            Self::NotFound => ("没有此资源", "there is no such thing"),
            Self::MethodNotAllowed => (
                "此地址不支持该方法",
                "this address does not know that method",
            ),
            Self::Conflict => (
                "内容已被他人更改，请刷新后再决定",
                "it has changed meanwhile; read it again",
            ),
            Self::Refused => ("不能办理此步骤", "this step can't be made now"),
            Self::AheadOfJournal => (
                "续传序号超过日志末尾，数据可能已更换，请重新开始",
                "that number is ahead of the journal, the data were replaced; start anew",
            ),
            Self::MalformedBody => (
                "请求正文不是 JSON 对象",
                "the body of the request is no JSON object",
            ),
            Self::BodyTooLarge => ("请求正文过大", "the body of the request is too large"),
            Self::InvalidField => ("字段值无效", "a field has a value that can't be taken"),
            Self::StoreUnavailable => (
                "数据库暂时不可用，请稍后再试",
                "the store can't answer at present, try again",
            ),
            Self::Busy => (
                "系统繁忙，请稍后再试",
                "too much is under way, try again later",
            ),
            Self::Internal => (
                "系统内部错误，请将请求编号告知管理员",
                "a fault of the program; tell the request id",
            ),
        }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    code: Code,
    /// What more there is to say, in Chinese and in English.
    detail: Option<(String, String)>,
    field: Option<String>,
    retry_after: Option<Duration>,
    /// Members that stand beside `error` in the answer.
    besides: Option<Box<Value>>,
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            field: None,
            retry_after: None,
            besides: None,
        }
    }
}

impl ApiError {
    /// A field or parameter with a value that can't be taken, and what it should be.
    pub fn field(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            field: Some(name.to_owned()),
            ..Self::from(Code::InvalidField).with(zh, en)
        }
    }

    /// Too many failed logins; how long to wait.
    pub fn too_many_attempts(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::from(Code::TooManyAttempts)
        }
    }

    /// Somebody was faster: the version there is, and the one that the step was made on.
    pub fn stale(found: i64, expected: i64) -> Self {
        Self::from(Code::Conflict).with(
            format!("当前版本 {found}，提交基于版本 {expected}"),
            format!("it is at version {found}, the step was made on {expected}"),
        )
    }

    /// A passage is one act, and another case is about it.
    pub fn passage_in_case(passage_id: &str, case_id: &str) -> Self {
        Self::from(Code::Conflict)
            .with(
                format!(
                    "称重记录 {passage_id} 已属于案件 {case_id}：同一违法行为请填 same_act_as"
                ),
                format!(
                    "passage {passage_id} belongs to case {case_id}: give same_act_as for the same act"
                ),
            )
            .besides(json!({"case_id": case_id}))
    }

    /// A case of the same party lies near: somebody has to say whether it is about the same act.
    pub fn case_near(case_id: &str) -> Self {
        Self::from(Code::Conflict)
            .with(
                format!(
                    "相近时间已有案件 {case_id}：同一违法行为请填 same_act_as，另一行为请在 separate_act 说明理由"
                ),
                format!(
                    "case {case_id} lies near: give same_act_as for the same act, or say in separate_act \
                     why it is another"
                ),
            )
            .besides(json!({"case_id": case_id}))
    }

    /// Says more.
    pub fn with(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            detail: Some((zh.into(), en.into())),
            ..self
        }
    }

    /// Answers the members of an object beside `error`: what the client needs to go on.
    pub fn besides(self, members: Value) -> Self {
        Self {
            besides: Some(Box::new(members)),
            ..self
        }
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What more there is to say, or else the code's sentence, in Chinese and in English.
    pub fn texts(&self) -> (String, String) {
        let (zh, en) = self.code.texts();
        self.detail
            .clone()
            .unwrap_or_else(|| (zh.to_owned(), en.to_owned()))
    }

    /// The sentence, Chinese first.
    pub fn message(&self) -> String {
        let (zh, en) = self.code.texts();
        match &self.detail {
            Some((more_zh, more_en)) => format!("{zh}：{more_zh} / {en}: {more_en}"),
            None => format!("{zh} / {en}"),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Stale {
                expected, found, ..
            }
            | StoreError::StaleInspection {
                expected, found, ..
            } => Self::stale(*found, *expected),
            StoreError::ActTaken {
                case_id, authority, ..
            } => Self::from(Code::Refused).with(
                format!("该违法行为已由案件 {case_id}（{authority}）处理，一事不再罚"),
                format!("the act is handled in case {case_id} ({authority}): one act, one fine"),
            ),
            StoreError::PassageNotClosed { passage_id } => Self::from(Code::Refused).with(
                format!("称重记录 {passage_id} 尚未归档，不能作为依据"),
                format!("no case can rest on passage {passage_id}: it is not closed yet"),
            ),
            StoreError::PassageInCase {
                passage_id,
                case_id,
            } => Self::passage_in_case(passage_id, case_id),
            StoreError::CaseNear { case_id } => Self::case_near(case_id),
            StoreError::PassageInspected {
                passage_id,
                inspection_id,
            } => Self::from(Code::Conflict).with(
                format!("称重记录 {passage_id} 已属于检测 {inspection_id}"),
                format!("passage {passage_id} belongs to stay {inspection_id}"),
            ),
            StoreError::CaseDropped { case_id, state } => Self::from(Code::Conflict).with(
                format!("案件 {case_id} 为“{}”，已终止，不能关联", state.zh()),
                format!("case {case_id} can't be linked, it is: {}", state.en()),
            ),
            StoreError::StaleEntry {
                expected, found, ..
            } => Self::from(Code::Conflict).with(
                format!("当前版本 {found}，提交基于版本 {expected}"),
                format!("it is at version {found}, the change was made on {expected}"),
            ),
            StoreError::UnknownCase { .. }
            | StoreError::UnknownPassage { .. }
            | StoreError::UnknownUser { .. }
            | StoreError::NoPicture { .. } => Self::from(Code::NotFound),
            StoreError::Closed => Self::from(Code::StoreUnavailable),
            _ if error
                .class()
                .is_some_and(crate::store::FailureClass::is_operating) =>
            {
                tracing::warn!(%error, "the store can't answer");
                Self::from(Code::StoreUnavailable)
            }
            _ => {
                tracing::error!(%error, "a request failed");
                Self::from(Code::Internal)
            }
        }
    }
}

impl From<EntropyError> for ApiError {
    fn from(error: EntropyError) -> Self {
        tracing::error!(%error, "a request failed");
        Self::from(Code::Internal)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let request_id = REQUEST_ID.try_with(Clone::clone).ok();
        let mut error = json!({
            "code": self.code.name(),
            "message": self.message(),
            "request_id": request_id,
        });
        if let (Some(field), Some(members)) = (&self.field, error.as_object_mut()) {
            members.insert("field".to_owned(), json!(field));
        }
        let mut answer = json!({"error": error});
        if let (Some(besides), Some(members)) = (self.besides, answer.as_object_mut())
            && let Value::Object(besides) = *besides
        {
            members.extend(besides);
        }
        let mut response = (self.code.status(), axum::Json(answer)).into_response();
        let headers = response.headers_mut();
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            // Rounded up: a client that comes back after this many seconds is let in.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_name_each_and_texts_in_both_languages() {
        let names: std::collections::BTreeSet<_> = Code::ALL.map(Code::name).into();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let (zh, en) = code.texts();
            assert!(!zh.is_ascii() && en.is_ascii(), "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
