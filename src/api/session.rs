//! Who is asking: tokens (令牌), and whether their role may do what they ask.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, Method, header};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::error::{ApiError, Code};
use super::password;
use super::route::Access;
use super::state::AppState;
use crate::clock::{Entropy, EntropyError};
use crate::role::Role;
use crate::store::records::Actor;
use crate::units::Micros;

/// How long a session lasts.
pub const SESSION_SPAN: Micros = Micros::from_seconds(12 * 3_600);
/// Every token begins so, which lets scanners for leaked secrets find them.
pub const TOKEN_PREFIX: &str = "sty_";
/// Name of the console's cookie.
const COOKIE: &str = "sty_session";
/// Its name behind TLS: the prefix makes browsers insist on Secure, Path=/ and no Domain.
const COOKIE_SECURE: &str = "__Host-sty_session";

/// A signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Name.
    pub user: String,
    /// Role, as the user has it now.
    pub role: Role,
    /// SHA-256 of the token, hex.
    pub token_digest: String,
    /// When it ends.
    pub expires_at: Micros,
}

/// A token just made. It is handed out once and stored nowhere; its `Debug` does not show it.
pub struct Token(String);

impl Token {
    /// 256 random bits.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes)?;
        Ok(Self(format!("{TOKEN_PREFIX}{}", hex::encode(bytes))))
    }

    /// The token itself, for the answer to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn digest(&self) -> String {
        digest(&self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(hidden)")
    }
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Where the token stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Header,
    Cookie,
}

fn token(headers: &HeaderMap, secure: bool) -> Option<(String, Carrier)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().ok()?;
        let (scheme, token) = text.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| (token.trim().to_owned(), Carrier::Header));
    }
    let name = cookie_name(secure);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, token)| (token.to_owned(), Carrier::Cookie))
}

const fn cookie_name(secure: bool) -> &'static str {
    if secure { COOKIE_SECURE } else { COOKIE }
}

/// The cookie that signs a browser in, or out with `token` empty.
pub fn set_cookie(state: &AppState, token: &str) -> String {
    let secure = state.behind_proxy();
    let name = cookie_name(secure);
    let age = if token.is_empty() {
        0
    } else {
        SESSION_SPAN.get() / 1_000_000
    };
    let flag = if secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{flag}")
}

/// The session of a request, `None` when it has no token that holds.
///
/// # Errors
/// When the store can't answer.
pub async fn session(state: &AppState, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
    Ok(find(state, headers).await?.map(|(session, _)| session))
}

async fn find(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<(Session, Carrier)>, ApiError> {
    let Some((token, carrier)) = token(headers, state.behind_proxy()) else {
        return Ok(None);
    };
    if !token.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let session = by_digest(state, digest(&token)).await?;
    Ok(session.map(|session| (session, carrier)))
}

/// The session of a stored digest, `None` when it ended or its user may not log in any more.
///
/// # Errors
/// When the store can't answer.
pub async fn by_digest(
    state: &AppState,
    token_digest: String,
) -> Result<Option<Session>, ApiError> {
    let Some(row) = state.store().session(&token_digest, state.now()).await? else {
        return Ok(None);
    };
    Ok(Role::from_name(&row.role).map(|role| Session {
        user: row.user_name,
        role,
        token_digest,
        expires_at: Micros::new(row.expires_at),
    }))
}

/// Lets a request through or refuses it, by what its route asks for.
///
/// # Errors
/// 401 without a session, 403 when the role may not, or when a browser sends a change from another
/// site along with its cookie.
pub async fn authorize(
    state: &AppState,
    access: Access,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Session>, ApiError> {
    if access == Access::Public {
        return Ok(None);
    }
    let Some((session, carrier)) = find(state, headers).await? else {
        return Err(ApiError::from(Code::Unauthorized));
    };
    if carrier == Carrier::Cookie && !method.is_safe() {
        same_site(headers)?;
    }
    if access.admits(session.role) {
        Ok(Some(session))
    } else {
        Err(ApiError::from(Code::Forbidden))
    }
}

/// Refuses a change that a browser sends from a page of another site. Browsers name the origin of
/// every such request; the cookie's SameSite is the first lock, this is the second.
///
/// # Errors
/// [`Code::CrossSite`].
pub fn same_site(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST);
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(ApiError::from(Code::CrossSite)),
    }
}

/// The address a request comes from. Behind the proxy of the settings it is the last one in
/// `X-Forwarded-For`, which that proxy wrote; what stands before it anybody may have written.
pub fn address(state: &AppState, headers: &HeaderMap, extensions: &Extensions) -> String {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|line| line.rsplit(',').next())
        .and_then(|address| address.trim().parse::<std::net::IpAddr>().ok());
    let peer = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let address = if state.behind_proxy() {
        forwarded.or(peer)
    } else {
        peer
    };
    address.map_or_else(
        || "unknown".to_owned(),
        |address| address.to_canonical().to_string(),
    )
}

/// Checks passwords one at a time: each takes 19 MiB and a core.
#[derive(Debug)]
pub struct PasswordChecker {
    turn: Arc<Semaphore>,
    /// Hash of a password that nobody has, for users that do not exist.
    nobody: String,
}

impl PasswordChecker {
    /// A checker.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(entropy: &dyn Entropy) -> Result<Self, password::PasswordError> {
        let secret = password::random_password(entropy)?;
        let nobody = password::hash_password(&secret, entropy)?;
        Ok(Self {
            turn: Arc::new(Semaphore::new(1)),
            nobody,
        })
    }

    /// Whether the password belongs to the hash. Without a hash it takes as long and says no.
    async fn check(&self, password: String, hash: Option<String>) -> Result<bool, ApiError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let turn = Arc::clone(&self.turn);
        let permit = turn
            .acquire_owned()
            .await
            .map_err(|_| ApiError::from(Code::StoreUnavailable))?;
        let verified = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            password::verify_password(&password, &hash)
        })
        .await
        .map_err(|error| {
            tracing::error!(%error, "a password check failed");
            ApiError::from(Code::Internal)
        })?;
        Ok(known && verified)
    }
}

/// Signs a user in: a token for the right password.
///
/// # Errors
/// 401, the same for a wrong password, an unknown user and a disabled one; 429 after too many
/// failures of this account or from this address.
pub async fn sign_in(
    state: &AppState,
    user: &str,
    password: String,
    address: &str,
) -> Result<(Token, Session), ApiError> {
    let name = user.trim().to_lowercase();
    let now = state.now();
    let attempt = state
        .throttle()
        .attempt(&name, address, now)
        .map_err(ApiError::too_many_attempts)?;
    let row = state
        .store()
        .user(&name)
        .await?
        .filter(|row| row.active == 1);
    let role = row.as_ref().and_then(|row| Role::from_name(&row.role));
    let hash = row.map(|row| row.password_hash);
    let known = hash.is_some();
    let right = state.passwords().check(password, hash).await?;
    let Some(role) = role.filter(|_| right) else {
        let locked = attempt.last;
        // A name that is none is not written down: people type passwords there.
        let shown = known.then_some(&name);
        let body = serde_json::json!({"user": shown, "address": address, "locked": locked});
        state
            .store()
            .append(LOGIN_FAILED, Actor("anonymous:login".to_owned()), body)
            .await?;
        return Err(ApiError::from(Code::LoginFailed));
    };
    state.throttle().succeeded(&attempt);
    let token = Token::new(state.entropy())?;
    let session = Session {
        user: name.clone(),
        role,
        token_digest: token.digest(),
        expires_at: now.saturating_add(SESSION_SPAN),
    };
    state
        .store()
        .put_session(&session.token_digest, &name, session.expires_at)
        .await?;
    let body = serde_json::json!({"user": name, "role": role, "address": address});
    state.store().append(LOGIN, Actor(name), body).await?;
    Ok((token, session))
}

/// Signs a user out; the token is worth nothing from here on.
///
/// # Errors
/// When the store can't write.
pub async fn sign_out(state: &AppState, session: &Session) -> Result<(), ApiError> {
    state.store().delete_session(&session.token_digest).await?;
    let body = serde_json::json!({"user": session.user});
    state
        .store()
        .append(LOGOUT, Actor(session.user.clone()), body)
        .await?;
    Ok(())
}

/// Journal kind of a login.
pub const LOGIN: &str = "login";
/// Journal kind of a login that failed.
pub const LOGIN_FAILED: &str = "login_failed";
/// Journal kind of a logout.
pub const LOGOUT: &str = "logout";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: header::HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_token_is_long_and_not_shown() {
        let token = Token::new(&SystemEntropy).unwrap();
        assert_eq!(token.reveal().len(), TOKEN_PREFIX.len() + 64);
        assert!(!format!("{token:?}").contains(&token.reveal()[4..12]));
        assert_eq!(token.digest().len(), 64);
    }

    #[test]
    fn a_header_goes_before_a_cookie_and_a_bad_one_is_not_made_good_by_it() {
        let both = headers(&[
            ("authorization", "Bearer sty_a"),
            ("cookie", "sty_session=sty_b"),
        ]);
        assert_eq!(token(&both, false), Some(("sty_a".into(), Carrier::Header)));
        let basic = headers(&[
            ("authorization", "Basic eA=="),
            ("cookie", "sty_session=sty_b"),
        ]);
        assert_eq!(token(&basic, false), None);
        let cookie = headers(&[("cookie", "lang=en; sty_session=sty_b; x=1")]);
        assert_eq!(
            token(&cookie, false),
            Some(("sty_b".into(), Carrier::Cookie))
        );
        assert_eq!(
            token(&cookie, true),
            None,
            "behind TLS only the __Host- cookie counts"
        );
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let host = ("host", "127.0.0.1:8080");
        same_site(&headers(&[host, ("origin", "http://127.0.0.1:8080")])).unwrap();
        for origin in [
            None,
            Some("null"),
            Some("http://127.0.0.1:9"),
            Some("http://evil"),
        ] {
            let mut pairs = vec![host];
            pairs.extend(origin.map(|origin| ("origin", origin)));
            assert_eq!(
                same_site(&headers(&pairs)).unwrap_err().code(),
                Code::CrossSite
            );
        }
    }
}
