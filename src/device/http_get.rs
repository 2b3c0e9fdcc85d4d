//! A camera that is asked for its stream over HTTP and goes on answering: an alert stream of many
//! parts (海康 alertStream、大华 attach). The body is read like a line; when it ends it is asked for
//! again by the port's supervision.
//!
//! Cameras ask for digest or basic authentication. The password is read from its file each time, so
//! that a change needs no restart, and stands in no configuration and no message.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use digest_auth::AuthContext;
use futures::TryStreamExt;
use reqwest::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode, Url};
use tokio_util::io::StreamReader;

use super::port::Duplex;

/// A camera that takes longer to answer is given up.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A quiet camera is probed after this time: one that lost its power says nothing.
const PROBE_AFTER: Duration = Duration::from_secs(10);
/// More than this no password has.
const LONGEST_PASSWORD: u64 = 1_024;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Name of the camera's user.
    pub user: String,
    /// File with the password, line end or not.
    pub password_file: PathBuf,
}

impl Login {
    fn password(&self) -> Result<String, String> {
        let path = self.password_file.display();
        let size = std::fs::metadata(&self.password_file).map(|metadata| metadata.len());
        let text = match size {
            Ok(size) if size <= LONGEST_PASSWORD => std::fs::read_to_string(&self.password_file),
            Ok(size) => {
                return Err(format!(
                    "{path} 有 {size} 字节，不像口令文件 / has {size} bytes and is no password file"
                ));
            }
            Err(error) => Err(error),
        };
        text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|error| {
                format!("口令文件 {path} 读不出 / the password file can't be read: {error}")
            })
    }
}

/// Asks for a stream; yields its body once the camera has begun to answer.
///
/// # Errors
/// In words, why there is none and what to do.
pub async fn open(url: &str, login: Option<&Login>) -> Result<Box<dyn Duplex>, String> {
    let url = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
    let asked = ask(&url, login);
    let response = match tokio::time::timeout(2 * CONNECT_WITHIN, asked).await {
        Ok(response) => response?,
        Err(_) => return Err(no_answer(&url)),
    };
    let body = response.bytes_stream().map_err(std::io::Error::other);
    // Nothing is ever sent on it: what a decoder would like to say goes nowhere.
    Ok(Box::new(tokio::io::join(
        StreamReader::new(body),
        tokio::io::sink(),
    )))
}

async fn ask(url: &Url, login: Option<&Login>) -> Result<Response, String> {
    let client = Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .tcp_keepalive(PROBE_AFTER)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())?;
    let response = client.get(url.clone()).send().await;
    let response = response.map_err(|error| refused(url, &error))?;
    if response.status() != StatusCode::UNAUTHORIZED {
        return streaming(url, response);
    }
    let Some(login) = login else {
        return Err(format!(
            "{url} 要求登录，请在端口设置 user 和 password_file / asks for a login: set user and password_file of \
             the port"
        ));
    };
    let authorization = authorization(url, response.headers(), login)?;
    let response = client
        .get(url.clone())
        .header(AUTHORIZATION, authorization)
        .send()
        .await
        .map_err(|error| refused(url, &error))?;
    if response.status() == StatusCode::UNAUTHORIZED {
        return Err(format!(
            "{url} 不接受该用户名或口令 / does not take this user and password: check user and password_file; too \
             many wrong tries lock some cameras"
        ));
    }
    streaming(url, response)
}

/// The answer to the camera's challenge; digest where it offers that.
fn authorization(url: &Url, headers: &HeaderMap, login: &Login) -> Result<String, String> {
    let password = login.password()?;
    let challenges: Vec<&str> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let begins = |challenge: &&&str, scheme: &str| {
        let head = challenge.get(..scheme.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    if let Some(challenge) = challenges.iter().find(|c| begins(c, "digest")) {
        let path = url.query().map_or_else(
            || url.path().to_owned(),
            |query| format!("{}?{query}", url.path()),
        );
        let context = AuthContext::new(login.user.as_str(), password.as_str(), path);
        let mut prompt = digest_auth::parse(challenge).map_err(|error| unreadable(url, error))?;
        let answer = prompt.respond(&context);
        return answer
            .map(|answer| answer.to_header_string())
            .map_err(|error| unreadable(url, error));
    }
    if challenges
        .iter()
        .any(|challenge| begins(&challenge, "basic"))
    {
        let text = format!("{}:{password}", login.user);
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        return Ok(format!("Basic {encoded}"));
    }
    Err(unreadable(url, "neither digest nor basic"))
}

fn unreadable(url: &Url, error: impl std::fmt::Display) -> String {
    format!("{url} 的登录方式无法识别 / asks for a login that is not understood: {error}")
}

fn streaming(url: &Url, response: Response) -> Result<Response, String> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    Err(format!(
        "{url} 回答 {status}，请检查路径与相机的接口设置 / answers {status}: check the path and the camera's \
         interface settings"
    ))
}

fn no_answer(url: &Url) -> String {
    format!(
        "{url} 没有应答，请检查其电源、网线与地址 / does not answer: check its power, its cable and the address"
    )
}

fn refused(url: &Url, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return no_answer(url);
    }
    // The first cause says more than "error sending request".
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!(
        "{url} 连不上，请检查地址与网络 / can't be connected to, check the address and the network: {cause}"
    )
}

#[cfg(test)]
mod tests;
