//! One port under supervision, a serial line or a TCP connection: opened, read, written, and opened
//! again when it goes away.
//!
//! `Ok(0)` is a hang-up, from tokio-serial at once and for ever; it counts as a disconnect. A port
//! that can't be opened is tried again with a growing pause, and says why in words.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::{mpsc, oneshot};
use tokio_serial::{SerialPortBuilderExt, SerialStream};
use tokio_util::sync::CancellationToken;

use super::http_get::{self, Login};
use super::http_push::PushAnswer;
use crate::config::Address;

/// Before a port is tried again for the first time.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The pause doubles up to this.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const READ_BYTES: usize = 4_096;
/// A TCP connection that takes longer, its name's look-up included, is given up.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A quiet TCP peer is probed after this time,
const PROBE_AFTER: Duration = Duration::from_secs(10);
/// this often,
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// and after so many probes without an answer the connection is dead.
const PROBES: u32 = 3;
/// So is one whose peer does not acknowledge what was sent to it for this long.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(25);

/// How to open a port.
#[derive(Debug, Clone)]
pub struct Line {
    /// Name of the port.
    pub name: String,
    /// Device path, `tcp://host:port` or `http-get://host/path`; the latter two have no use for the
    /// line's settings.
    pub device: PathBuf,
    /// Who asks, for a stream over HTTP that needs a login.
    pub login: Option<Login>,
    /// Baud rate.
    pub baud: u32,
    /// Data bits.
    pub data_bits: tokio_serial::DataBits,
    /// Parity.
    pub parity: tokio_serial::Parity,
    /// Stop bits.
    pub stop_bits: tokio_serial::StopBits,
    /// No byte for so long is reported as silence; `None` for a device that speaks when asked.
    pub silence_after: Option<Duration>,
}

/// What a port reports.
#[derive(Debug)]
pub enum PortReport {
    /// Open now.
    Opened,
    /// Can't be opened; it will be tried again.
    Refused {
        /// In words.
        why: String,
    },
    /// Bytes came in.
    Bytes(Vec<u8>),
    /// A whole message was pushed.
    Message {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Where its sender waits for the answer; without one it sends the message again.
        answer: oneshot::Sender<PushAnswer>,
    },
    /// A message was turned away unread.
    TurnedAway {
        /// The name under which it is counted.
        counted_as: &'static str,
        /// In words.
        why: String,
    },
    /// No byte for the stated time.
    Silent {
        /// That time.
        after: Duration,
    },
    /// It went away; it will be opened again.
    Lost {
        /// In words.
        why: String,
    },
}

/// Keeps the port open until cancelled. Reports go to `reports` with the port's index, bytes that
/// come in through `outgoing` are written.
pub async fn supervise(
    index: usize,
    line: Line,
    reports: mpsc::Sender<(usize, PortReport)>,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    cancel: CancellationToken,
) {
    let mut pause = FIRST_PAUSE;
    let mut last_refusal = String::new();
    loop {
        let opened = tokio::select! {
            () = cancel.cancelled() => return,
            opened = connect(&line) => opened,
        };
        match opened {
            Ok(stream) => {
                last_refusal.clear();
                let opened = tokio::time::Instant::now();
                if reports.send((index, PortReport::Opened)).await.is_err() {
                    return;
                }
                let why = tokio::select! {
                    () = cancel.cancelled() => return,
                    why = serve(index, &line, stream, &reports, &mut outgoing) => why,
                };
                // A line that hangs up at once each time is not opened four times a second.
                if opened.elapsed() >= LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                if reports
                    .send((index, PortReport::Lost { why }))
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Err(why) => {
                // The same refusal every few seconds tells nobody anything new.
                if why != last_refusal {
                    last_refusal.clone_from(&why);
                    if reports
                        .send((index, PortReport::Refused { why }))
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
            }
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        // What was meant for the device before it went away is stale now.
        while outgoing.try_recv().is_ok() {}
    }
}

/// Both directions of an open port.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Opens a port, serial or TCP.
///
/// # Errors
/// In words, why not and what to do.
pub async fn connect(line: &Line) -> Result<Box<dyn Duplex>, String> {
    match Address::parse(&line.device)? {
        Address::Serial(_) => Ok(Box::new(open(line)?)),
        Address::Tcp { host, port } => Ok(Box::new(connect_tcp(&host, port).await?)),
        Address::HttpGet { url } => http_get::open(&url, line.login.as_ref()).await,
        Address::HttpPush { path } => Err(format!(
            "{path} 由相机推送，不能打开 / is pushed to by its camera and can't be opened"
        )),
    }
}

async fn connect_tcp(host: &str, port: u16) -> Result<TcpStream, String> {
    let address = Address::Tcp {
        host: host.to_owned(),
        port,
    };
    let connection = async {
        let found = lookup_host((host, port)).await;
        let addresses: Vec<_> = found.map_err(|_| name_not_found(host))?.collect();
        let stream = TcpStream::connect(addresses.as_slice()).await;
        let stream = stream.map_err(|error| tcp_refusal(&address, &error))?;
        watch_peer(&stream).map_err(|error| tcp_refusal(&address, &error))?;
        Ok(stream)
    };
    match tokio::time::timeout(CONNECT_WITHIN, connection).await {
        Ok(connected) => connected,
        Err(_) => Err(tcp_refusal(&address, &io::ErrorKind::TimedOut.into())),
    }
}

/// A peer that lost its power says nothing: without probes its connection would look open for ever.
pub(super) fn watch_peer(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let probes = TcpKeepalive::new()
        .with_time(PROBE_AFTER)
        .with_interval(PROBE_EVERY)
        .with_retries(PROBES);
    socket.set_tcp_keepalive(&probes)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(())
}

fn name_not_found(host: &str) -> String {
    format!(
        "找不到主机名 {host}，请检查拼写与 DNS，或改写 IP 地址 / the name {host} is not found: check its \
         spelling and the DNS, or write the IP address"
    )
}

fn tcp_refusal(address: &Address, error: &io::Error) -> String {
    use io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => format!(
            "{address} 拒绝连接，请检查端口号，并确认对方处于 TCP 服务端模式 / refuses the connection: check \
             the port number, and that the other side is in TCP server mode"
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => format!(
            "{address} 网络不通，请检查网线、交换机与双方的 IP 设置 / can't be reached: check the cables, the \
             switch, and the IP settings of both sides"
        ),
        ErrorKind::TimedOut => format!(
            "{address} 没有应答，请检查其电源、网线与地址 / does not answer: check its power, its cable and \
             the address"
        ),
        _ => format!("{address} 连不上 / can't be connected to: {error}"),
    }
}

/// Opens a serial port.
///
/// # Errors
/// In words, why not and what to do.
pub fn open(line: &Line) -> Result<SerialStream, String> {
    let device = line.device.to_string_lossy();
    tokio_serial::new(device.as_ref(), line.baud)
        .data_bits(line.data_bits)
        .parity(line.parity)
        .stop_bits(line.stop_bits)
        .open_native_async()
        .map_err(|error| refusal(&device, &error))
}

fn refusal(device: &str, error: &tokio_serial::Error) -> String {
    use std::io::ErrorKind as Io;
    use tokio_serial::ErrorKind;
    let text = error.to_string();
    match error.kind() {
        ErrorKind::NoDevice | ErrorKind::Io(Io::NotFound)
            if !text.contains("lock") && !text.contains("busy") =>
        {
            format!(
                "{device} 不存在，请检查接线与设备路径 / does not exist: check the cable and the path"
            )
        }
        ErrorKind::Io(Io::PermissionDenied) => format!(
            "{device} 无权打开，请把运行用户加入 dialout 组 / may not be opened: add the service's user \
             to the group dialout"
        ),
        _ if text.contains("exclusive lock") || text.contains("busy") => format!(
            "{device} 已被其他程序占用，请先停止该程序 / is in use by another program: stop that one first"
        ),
        _ => format!("{device} 打不开 / can't be opened: {text}"),
    }
}

/// Reads and writes until the port goes away; yields why.
///
/// The two directions run side by side: a device that takes nothing must not keep us from reading.
async fn serve(
    index: usize,
    line: &Line,
    stream: Box<dyn Duplex>,
    reports: &mpsc::Sender<(usize, PortReport)>,
    outgoing: &mut mpsc::Receiver<Vec<u8>>,
) -> String {
    let (reader, writer) = tokio::io::split(stream);
    let what = tokio::select! {
        what = read(index, line, reader, reports) => what,
        what = write(writer, outgoing) => what,
    };
    match Address::parse(&line.device) {
        Ok(Address::Tcp { .. }) => cut_off(&what),
        _ => hung_up(&what),
    }
}

/// What happened to a line that was open, in both languages.
struct Loss {
    chinese: &'static str,
    english: String,
}

impl Loss {
    const fn new(chinese: &'static str, english: String) -> Self {
        Self { chinese, english }
    }
}

async fn read(
    index: usize,
    line: &Line,
    mut reader: ReadHalf<Box<dyn Duplex>>,
    reports: &mpsc::Sender<(usize, PortReport)>,
) -> Loss {
    let mut buffer = vec![0; READ_BYTES];
    let mut silent = false;
    loop {
        let silence = async {
            match line.silence_after {
                Some(after) if !silent => {
                    tokio::time::sleep(after).await;
                    after
                }
                _ => std::future::pending().await,
            }
        };
        let report = tokio::select! {
            read = reader.read(&mut buffer) => match read {
                Ok(0) => return Loss::new("线路断开", "the line hung up".to_owned()),
                Ok(count) => {
                    silent = false;
                    PortReport::Bytes(buffer.get(..count).unwrap_or_default().to_vec())
                }
                Err(error) => return Loss::new("读取失败", format!("reading failed: {error}")),
            },
            after = silence => {
                silent = true;
                PortReport::Silent { after }
            }
        };
        if reports.send((index, report)).await.is_err() {
            return Loss::new("停机", "shutting down".to_owned());
        }
    }
}

/// A serial line that was open, and what to do.
fn hung_up(Loss { chinese, english }: &Loss) -> String {
    format!(
        "{chinese}，请检查接线与设备电源，恢复后自动重连 / {english}: check the cable and the device's power; \
         the port is opened again by itself"
    )
}

/// A connection that was open, and what to do. Device servers serve one program, and cut off the
/// second one or the first.
fn cut_off(Loss { chinese, english }: &Loss) -> String {
    format!(
        "{chinese}，请检查网络与设备电源，并确认没有其他程序连接该设备，恢复后自动重连 / {english}: check the \
         network and the device's power, and that no other program is connected to the device; the port \
         is opened again by itself"
    )
}

async fn write(
    mut writer: WriteHalf<Box<dyn Duplex>>,
    outgoing: &mut mpsc::Receiver<Vec<u8>>,
) -> Loss {
    while let Some(bytes) = outgoing.recv().await {
        if let Err(error) = writer.write_all(&bytes).await {
            return Loss::new("写入失败", format!("writing failed: {error}"));
        }
    }
    // Nobody will write again; the reading side decides when the port is gone.
    std::future::pending().await
}

#[cfg(test)]
mod tests;
