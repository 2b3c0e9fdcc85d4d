//! Reads what clients send: query parameters, JSON bodies, cursors. Unknown names are refused, and
//! every refusal names the field.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body_error::refusal;
use super::error::{ApiError, Code};
use crate::store::records::PageKey;
use crate::units::Micros;

/// Rows in an answer when the client names no limit.
const LIMIT_DEFAULT: i64 = 50;
/// Most rows in an answer.
pub const LIMIT_MAX: i64 = 200;

/// The query of a request, each name once.
#[derive(Debug, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| {
                ApiError::field("query", "查询字符串无法解析", "the query can't be read")
            })?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs {
            if parameters.contains_key(&name) {
                return Err(ApiError::field(&name, "重复出现", "it is there twice"));
            }
            parameters.insert(name, value);
        }
        Ok(Self(parameters))
    }
}

impl Parameters {
    /// Takes a parameter out; an empty one counts as absent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    /// Takes a moment out.
    pub fn moment(&mut self, name: &str) -> Result<Option<Micros>, ApiError> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        // A plus sign that was not escaped arrives as a space.
        Micros::from_rfc3339(&text)
            .or_else(|| Micros::from_rfc3339(&text.replace(' ', "+")))
            .map(Some)
            .ok_or_else(|| {
                ApiError::field(
                    name,
                    "应为 RFC 3339 时间，如 2026-11-24T08:00:00+08:00",
                    "a time after RFC 3339, such as 2026-11-24T08:00:00+08:00",
                )
            })
    }

    /// Takes a whole number of at least `least` out.
    pub fn integer(&mut self, name: &str, least: i64) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        match text.parse::<i64>() {
            Ok(number) if number >= least => Ok(Some(number)),
            _ => Err(ApiError::field(
                name,
                format!("应为不小于 {least} 的整数"),
                format!("a whole number of at least {least}"),
            )),
        }
    }

    /// Takes one of a list of names out.
    pub fn one_of(&mut self, name: &str, known: &[&str]) -> Result<Option<String>, ApiError> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        if known.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let list = known.join(", ");
        Err(ApiError::field(
            name,
            format!("应为其中之一：{list}"),
            format!("one of {list}"),
        ))
    }

    /// Takes `limit` and `cursor` out.
    pub fn page(&mut self) -> Result<(i64, Option<PageKey>), ApiError> {
        let limit = self.integer("limit", 1)?.unwrap_or(LIMIT_DEFAULT);
        if limit > LIMIT_MAX {
            return Err(ApiError::field(
                "limit",
                format!("最大 {LIMIT_MAX}"),
                format!("at most {LIMIT_MAX}"),
            ));
        }
        let key = match self.take("cursor") {
            None => None,
            Some(cursor) => Some(read_cursor(&cursor).ok_or_else(|| {
                ApiError::field(
                    "cursor",
                    "应为上一页返回的 next",
                    "it must be the `next` of the page before",
                )
            })?),
        };
        Ok((limit, key))
    }

    /// Refuses what was not taken out.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.into_iter().find(|(_, value)| !value.is_empty()) {
            Some((name, _)) => Err(ApiError::field(&name, "未知参数", "an unknown parameter")),
            None => Ok(()),
        }
    }
}

/// Cuts a list, which was asked for with one row more than its page, to that page; the cursor of the next
/// where there is one. `key` is what the list is sorted by.
pub fn next_page<T>(
    rows: &mut Vec<T>,
    limit: i64,
    key: impl Fn(&T) -> (i64, &str),
) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let (at, id) = key(rows.last().filter(|_| more)?);
    Some(cursor(at, id))
}

/// The cursor that goes on after a row. Clients pass it back as it is.
fn cursor(at: i64, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("1 {at} {id}"))
}

fn read_cursor(text: &str) -> Option<PageKey> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (at, id) = plain.strip_prefix("1 ")?.split_once(' ')?;
    let at = Micros::new(at.parse().ok()?);
    (!id.is_empty()).then(|| PageKey {
        at,
        id: id.to_owned(),
    })
}

/// A JSON object from the body of a request.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                match axum::response::IntoResponse::into_response(rejection).status() {
                    StatusCode::PAYLOAD_TOO_LARGE => ApiError::from(Code::BodyTooLarge),
                    _ => ApiError::from(Code::MalformedBody),
                }
            })?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| ApiError::from(Code::MalformedBody))
    }
}

impl Fields {
    /// Takes a text out that must be there.
    pub fn text(&mut self, name: &str, longest: usize) -> Result<String, ApiError> {
        self.optional_text(name, longest)?
            .ok_or_else(|| ApiError::field(name, "缺少此字段", "it is missing"))
    }

    /// Takes a text out that may be missing or null.
    pub fn optional_text(
        &mut self,
        name: &str,
        longest: usize,
    ) -> Result<Option<String>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= longest => Ok(Some(text)),
            Some(_) => Err(ApiError::field(
                name,
                format!("应为不超过 {longest} 字节的文本"),
                format!("a text of at most {longest} bytes"),
            )),
        }
    }

    /// Takes an object out that must be there.
    pub fn object(&mut self, name: &str) -> Result<Map<String, Value>, ApiError> {
        match self.0.remove(name) {
            Some(Value::Object(members)) => Ok(members),
            _ => Err(ApiError::field(
                name,
                "应为 JSON 对象",
                "it must be an object",
            )),
        }
    }

    /// Takes a whole number out that must be there.
    pub fn integer(&mut self, name: &str) -> Result<i64, ApiError> {
        self.0
            .remove(name)
            .and_then(|value| value.as_i64())
            .ok_or_else(|| ApiError::field(name, "应为整数", "it must be a whole number"))
    }

    /// Takes a truth value out that may be missing or null; then it is `false`.
    pub fn flag(&mut self, name: &str) -> Result<bool, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(value)) => Ok(value),
            Some(_) => Err(ApiError::field(
                name,
                "应为 true 或 false",
                "it must be true or false",
            )),
        }
    }

    /// Takes a list of texts out that may be missing or null; then it is empty.
    pub fn texts(&mut self, name: &str, most: usize) -> Result<Vec<String>, ApiError> {
        let refused = || {
            ApiError::field(
                name,
                format!("应为文本列表，最多 {most} 项"),
                format!("a list of at most {most} texts"),
            )
        };
        let items = match self.0.remove(name) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= most => items,
            Some(_) => return Err(refused()),
        };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Some(text),
            _ => None,
        });
        texts.collect::<Option<Vec<_>>>().ok_or_else(refused)
    }

    /// What was not taken out, as one object: for those who read it as a whole and refuse what they do
    /// not know.
    pub fn rest(self) -> Value {
        Value::Object(self.0)
    }

    /// Refuses what was not taken out.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(ApiError::field(&name, "未知字段", "an unknown field")),
            None => Ok(()),
        }
    }
}

/// What was not taken out, in a type that refuses what it does not know; `name` is what the refusal
/// names where no single field is at fault.
///
/// # Errors
/// [`Code::InvalidField`] with what is wrong.
pub fn read_as<T: DeserializeOwned>(given: &Value, name: &str) -> Result<T, ApiError> {
    let read = |body: &Value| T::deserialize(body).err().map(|error| error.to_string());
    T::deserialize(given).map_err(|_| refusal(given, name, read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_was(at in any::<i64>(), id in "[A-Za-z0-9.~ -]{1,60}") {
            let key = read_cursor(&cursor(at, &id)).unwrap();
            prop_assert_eq!(key, PageKey { at: Micros::new(at), id });
        }

        #[test]
        fn no_text_makes_the_cursor_panic(text in ".{0,40}") {
            let _ = read_cursor(&text);
        }
    }
}
