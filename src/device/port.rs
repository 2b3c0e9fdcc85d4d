//! One serial port under supervision: opened, read, written, and opened again when it goes away.
//!
//! `Ok(0)` from tokio-serial is a hang-up, at once and for ever; it counts as a disconnect. A port
//! that can't be opened is tried again with a growing pause, and says why in words.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio_serial::{SerialPortBuilderExt, SerialStream};
use tokio_util::sync::CancellationToken;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const READ_BYTES: usize = 4_096;

/// How to open a port.
#[derive(Debug, Clone)]
pub struct Line {
    /// Name of the port.
    pub name: String,
    /// Device path.
    pub device: PathBuf,
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
        match open(&line) {
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
    stream: SerialStream,
    reports: &mpsc::Sender<(usize, PortReport)>,
    outgoing: &mut mpsc::Receiver<Vec<u8>>,
) -> String {
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        why = read(index, line, reader, reports) => why,
        why = write(writer, outgoing) => why,
    }
}

async fn read(
    index: usize,
    line: &Line,
    mut reader: ReadHalf<SerialStream>,
    reports: &mpsc::Sender<(usize, PortReport)>,
) -> String {
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
                Ok(0) => return hung_up("线路断开", "the line hung up"),
                Ok(count) => {
                    silent = false;
                    PortReport::Bytes(buffer.get(..count).unwrap_or_default().to_vec())
                }
                Err(error) => return hung_up("读取失败", &format!("reading failed: {error}")),
            },
            after = silence => {
                silent = true;
                PortReport::Silent { after }
            }
        };
        if reports.send((index, report)).await.is_err() {
            return "停机 / shutting down".to_owned();
        }
    }
}

/// What happened to a line that was open, and what to do.
fn hung_up(chinese: &str, english: &str) -> String {
    format!(
        "{chinese}，请检查接线与设备电源，恢复后自动重连 / {english}: check the cable and the device's power; \
         the port is opened again by itself"
    )
}

async fn write(
    mut writer: WriteHalf<SerialStream>,
    outgoing: &mut mpsc::Receiver<Vec<u8>>,
) -> String {
    while let Some(bytes) = outgoing.recv().await {
        if let Err(error) = writer.write_all(&bytes).await {
            return hung_up("写入失败", &format!("writing failed: {error}"));
        }
    }
    // Nobody will write again; the reading side decides when the port is gone.
    std::future::pending().await
}
