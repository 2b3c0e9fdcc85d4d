//! Plate cameras that push: each message is the body of an HTTP request to a port's own path.
//!
//! The server does no more than a line does: it knows who may speak on which port, takes whole
//! messages, and hands them on. What it answers comes from whoever took the message, when its bytes
//! are durable: a camera that is told anything but 200 sends it again.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use futures::StreamExt;
use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::port::{FIRST_PAUSE, LONGEST_PAUSE, PortReport, watch_peer};

/// The longest message. Plate cameras send a picture or two with a read, each well below 1 MiB.
pub const BODY_LIMIT: usize = 4 << 20;

/// Of a longer one so much is read and thrown away, so that the camera hears why.
const DRAINED: usize = 16 << 20;
/// A message must be here within this time of its first byte.
const BODY_WITHIN: Duration = Duration::from_secs(15);
/// So many messages of one port are under way side by side: it bounds what is held in memory.
const MESSAGES_AT_ONCE: usize = 8;
/// An answer that takes longer is given up; the camera sends the message again.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// At a stop, requests under way are waited for so long.
const LINGER: Duration = Duration::from_secs(3);
/// So much of a path that a camera names is repeated.
const SHOWN_PATH: usize = 64;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushAnswer {
    /// Its bytes are durable. With what its protocol wants to hear, if anything.
    Recorded(Option<Vec<u8>>),
    /// Its bytes are durable, and there is nothing in them that can be read.
    Unreadable,
}

/// A port that is pushed to.
#[derive(Debug)]
pub struct PushPort {
    index: usize,
    path: String,
    peers: Vec<IpAddr>,
    silence_after: Option<Duration>,
    heard: Notify,
    turns: Semaphore,
}

impl PushPort {
    /// The port at `index`, which `peers` may push to under `path`. No message for `silence_after`
    /// is reported as silence.
    pub fn new(
        index: usize,
        path: String,
        peers: &[IpAddr],
        silence_after: Option<Duration>,
    ) -> Self {
        Self {
            index,
            path,
            peers: peers.iter().map(IpAddr::to_canonical).collect(),
            silence_after,
            heard: Notify::new(),
            turns: Semaphore::new(MESSAGES_AT_ONCE),
        }
    }
}

type Reports = mpsc::Sender<(usize, PortReport)>;

struct Server {
    ports: Vec<PushPort>,
    reports: Reports,
}

impl Server {
    /// `false` when nobody listens any more.
    async fn report(&self, port: &PushPort, report: PortReport) -> bool {
        self.reports.send((port.index, report)).await.is_ok()
    }

    async fn turned_away(&self, port: &PushPort, counted_as: &'static str, why: String) {
        let report = PortReport::TurnedAway { counted_as, why };
        self.report(port, report).await;
    }
}

/// Serves all ports at `listen` until cancelled. An address that can't be listened on is tried again
/// with a growing pause; the ports say why.
pub async fn serve(
    listen: SocketAddr,
    ports: Vec<PushPort>,
    reports: Reports,
    cancel: CancellationToken,
) {
    let server = Arc::new(Server { ports, reports });
    let listener = tokio::select! {
        () = cancel.cancelled() => return,
        listener = bind(listen, &server) => listener,
    };
    serve_on(listener, server, cancel).await;
}

async fn bind(listen: SocketAddr, server: &Server) -> TcpListener {
    let mut pause = FIRST_PAUSE;
    let mut last_refusal = String::new();
    loop {
        let why = match TcpListener::bind(listen).await {
            Ok(listener) => return listener,
            Err(error) => refusal(listen, &error),
        };
        if why != last_refusal {
            last_refusal.clone_from(&why);
            for port in &server.ports {
                let why = why.clone();
                server.report(port, PortReport::Refused { why }).await;
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn refusal(listen: SocketAddr, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let (chinese, english) = match error.kind() {
        ErrorKind::AddrInUse => (
            "已被其他程序占用，请停止该程序或更改",
            "is in use by another program: stop that one or change",
        ),
        ErrorKind::AddrNotAvailable => (
            "不是本机地址，请检查网卡设置或更改",
            "is no address of this machine: check its network settings or change",
        ),
        ErrorKind::PermissionDenied => (
            "无权监听，请用 1024 以上的端口，更改",
            "may not be listened on: use a port above 1023, change",
        ),
        _ => {
            return format!(
                "{listen} 无法监听，请检查 camera_server.listen / can't be listened on, check \
                 camera_server.listen: {error}"
            );
        }
    };
    format!("{listen} {chinese} camera_server.listen / {english} camera_server.listen")
}

async fn serve_on(listener: TcpListener, server: Arc<Server>, cancel: CancellationToken) {
    for port in &server.ports {
        server.report(port, PortReport::Opened).await;
    }
    let app = Router::new()
        .fallback(take)
        .with_state(Arc::clone(&server))
        .into_make_service_with_connect_info::<SocketAddr>();
    // A camera that loses its power in the middle would hold its connection for ever.
    let listener = listener.tap_io(|stream| drop(watch_peer(stream)));
    let stopping = cancel.clone();
    let serving = axum::serve(listener, app)
        .with_graceful_shutdown(async move { stopping.cancelled().await });
    let too_late = async {
        cancel.cancelled().await;
        tokio::time::sleep(LINGER).await;
    };
    let silences = join_all(server.ports.iter().map(|port| watch_silence(&server, port)));
    tokio::select! {
        // Connections that fail are dealt with inside: this ends only when it is told to.
        _ = serving => {}
        () = too_late => {}
        _ = silences => {}
    }
}

/// Reports silence, once until the next message.
async fn watch_silence(server: &Server, port: &PushPort) {
    let mut silent = false;
    loop {
        let silence = async {
            match port.silence_after {
                Some(after) if !silent => {
                    tokio::time::sleep(after).await;
                    after
                }
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = port.heard.notified() => silent = false,
            after = silence => {
                silent = true;
                server.report(port, PortReport::Silent { after }).await;
            }
        }
    }
}

/// Takes a request of any kind.
async fn take(
    State(server): State<Arc<Server>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    // An IPv4 camera on an IPv6 socket is still the camera of the peers' list.
    let peer = peer.ip().to_canonical();
    let path = request.uri().path();
    let Some(port) = server.ports.iter().find(|port| port.path == path) else {
        wrong_path(&server, peer, path).await;
        return StatusCode::NOT_FOUND.into_response();
    };
    if !port.peers.contains(&peer) {
        let why = format!(
            "{peer} 不在本端口的 peers 中，推送被拒；请加入相机地址或停止该设备 / {peer} is not among this \
             port's peers and was turned away: add the camera's address, or stop that device"
        );
        server.turned_away(port, "foreign_peer", why).await;
        return StatusCode::FORBIDDEN.into_response();
    }
    if !matches!(*request.method(), Method::POST | Method::PUT) {
        let allow = [(header::ALLOW, "POST, PUT")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let _turn = port.turns.acquire().await;
    let body = tokio::time::timeout(BODY_WITHIN, whole_body(request.into_body())).await;
    let body = match body.unwrap_or(Err(BodyError::CutOff)) {
        Ok(body) => body,
        Err(BodyError::TooLong) => {
            let why = format!(
                "{peer} 的消息超过 4 MiB，请让相机发送较小的图片 / a message of {peer} is longer than 4 MiB: \
                 have the camera send smaller pictures"
            );
            server.turned_away(port, "message_too_long", why).await;
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        Err(BodyError::CutOff) => {
            let why = format!(
                "{peer} 的消息中途断开，请检查网络 / a message of {peer} broke off in the middle: check the \
                 network"
            );
            server.turned_away(port, "message_cut_off", why).await;
            return StatusCode::REQUEST_TIMEOUT.into_response();
        }
    };
    port.heard.notify_one();
    hand_on(&server, port, body).await
}

/// A camera that is known, under a path that is not: the ports that expect it say so.
async fn wrong_path(server: &Server, peer: IpAddr, path: &str) {
    let shown: String = path.chars().take(SHOWN_PATH).collect();
    for port in server
        .ports
        .iter()
        .filter(|port| port.peers.contains(&peer))
    {
        let why = format!(
            "{peer} 推送到 {shown}，本端口的路径是 {own}；请更正相机的推送地址 / {peer} pushes to {shown}, this \
             port's path is {own}: correct the address in the camera",
            own = port.path
        );
        server.turned_away(port, "wrong_path", why).await;
    }
}

async fn hand_on(server: &Server, port: &PushPort, bytes: Vec<u8>) -> Response {
    let (answer_in, answer) = oneshot::channel();
    let message = PortReport::Message {
        bytes,
        answer: answer_in,
    };
    let answered = async {
        server.report(port, message).await;
        answer.await
    };
    match tokio::time::timeout(ANSWER_WITHIN, answered).await {
        Ok(Ok(PushAnswer::Recorded(body))) => with_type(body.unwrap_or_default()),
        Ok(Ok(PushAnswer::Unreadable)) => StatusCode::BAD_REQUEST.into_response(),
        // Not durable, or not known to be: the camera is to send it again.
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn with_type(body: Vec<u8>) -> Response {
    let kind = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return StatusCode::OK.into_response(),
        Some(b'{' | b'[') => "application/json",
        Some(b'<') => "application/xml",
        Some(_) => "text/plain; charset=utf-8",
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    (kind, body).into_response()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyError {
    TooLong,
    CutOff,
}

async fn whole_body(body: Body) -> Result<Vec<u8>, BodyError> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(piece) = stream.next().await {
        let Ok(piece) = piece else {
            let too_long = length > BODY_LIMIT;
            return Err(if too_long {
                BodyError::TooLong
            } else {
                BodyError::CutOff
            });
        };
        length = length.saturating_add(piece.len());
        if length <= BODY_LIMIT {
            whole.extend_from_slice(&piece);
        } else {
            whole = Vec::new();
        }
        if length > DRAINED {
            break;
        }
    }
    if length > BODY_LIMIT {
        return Err(BodyError::TooLong);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
