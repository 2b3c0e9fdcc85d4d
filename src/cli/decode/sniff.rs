//! `steelyard decode --sniff FILE|PORT`: which protocol does this device speak, and how is its line
//! set?
//!
//! Bytes of a file are tried as they are. A serial port is listened to with one line setting after
//! the other, those of the known protocols, until one of them makes sense; nothing is sent. A
//! `tcp://host:port` has no line settings and is listened to once.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileTypeExt;
use std::time::Duration;

use firmware_protocols::registry::{LineSetting, PROTOCOLS, Parity, Speaker};
use firmware_protocols::sniff::{Fit, sniff};
use firmware_protocols::{Decoded, Span};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::{Error, event_json, list::columns};
use crate::device::port::{Line, connect};

/// More bytes than this tell nothing new.
const ENOUGH_BYTES: usize = 1 << 20;
/// From this share of the bytes on, in thousandths, a protocol explains a line.
const EXPLAINS_PERMILLE: u64 = 900;
/// Below this share, in thousandths, a fit is chance.
const CHANCE_PERMILLE: u64 = 30;
/// So many fits are shown.
const SHOWN: usize = 8;

/// Stands for the line of a connection that has none.
const PLAIN: LineSetting = LineSetting::eight_n_one(9_600);

/// One line setting that was listened with.
struct Heard {
    setting: Option<LineSetting>,
    bytes: Vec<u8>,
    fits: Vec<Fit>,
}

impl Heard {
    fn of(setting: Option<LineSetting>, bytes: Vec<u8>) -> Self {
        let mut fits = sniff(&bytes);
        fits.retain(|fit| fit.covered_permille() >= CHANCE_PERMILLE);
        Self {
            setting,
            bytes,
            fits,
        }
    }

    fn best_permille(&self) -> u64 {
        self.fits.first().map_or(0, Fit::covered_permille)
    }
}

/// Sniffs a file, standard input (`-`), a serial port or `tcp://host:port`, and prints what fits.
pub fn run(target: &str, seconds: f64, as_json: bool, output: impl Write) -> Result<(), Error> {
    let is_device =
        || std::fs::metadata(target).is_ok_and(|metadata| metadata.file_type().is_char_device());
    let heard = if is_tcp(target) || is_device() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Read)?;
        runtime.block_on(listen(
            target,
            Duration::from_secs_f64(seconds.clamp(0.2, 60.0)),
        ))?
    } else {
        Heard::of(None, read(target)?)
    };
    let written = if as_json {
        print_json(&heard, output)
    } else {
        print_table(&heard, target, output)
    };
    written.map_err(Error::Write)
}

fn is_tcp(target: &str) -> bool {
    target.starts_with("tcp://")
}

fn read(target: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let taken = if target == "-" {
        std::io::stdin()
            .lock()
            .take(ENOUGH_BYTES as u64)
            .read_to_end(&mut bytes)
    } else {
        let file = File::open(target).map_err(|source| Error::Open {
            file: target.to_owned(),
            source,
        })?;
        file.take(ENOUGH_BYTES as u64).read_to_end(&mut bytes)
    };
    taken.map_err(Error::Read)?;
    Ok(bytes)
}

/// The line settings of all protocols whose devices speak by themselves, those of more protocols
/// first.
fn settings_to_try() -> Vec<LineSetting> {
    let mut counted: Vec<(usize, LineSetting)> = Vec::new();
    let lines = PROTOCOLS
        .iter()
        .filter(|protocol| protocol.speaker != Speaker::Host)
        .flat_map(|protocol| protocol.line_settings);
    for line in lines {
        match counted.iter_mut().find(|(_, known)| known == line) {
            Some((count, _)) => *count += 1,
            None => counted.push((1, *line)),
        }
    }
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counted.into_iter().map(|(_, line)| line).collect()
}

/// Listens with one setting after the other until one is explained; otherwise the best.
async fn listen(device: &str, each: Duration) -> Result<Heard, Error> {
    if is_tcp(device) {
        let bytes = hear(device, PLAIN, each).await?;
        return Ok(Heard::of(None, bytes));
    }
    let settings = settings_to_try();
    let progress = ProgressBar::new(settings.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}") {
        progress.set_style(style);
    }
    let mut best = Heard::of(None, Vec::new());
    for setting in settings {
        progress.set_message(setting.to_string());
        let bytes = hear(device, setting, each).await?;
        let heard = Heard::of(Some(setting), bytes);
        progress.inc(1);
        if best.setting.is_none() || heard.best_permille() > best.best_permille() {
            best = heard;
        }
        if best.best_permille() >= EXPLAINS_PERMILLE {
            break;
        }
    }
    progress.finish_and_clear();
    Ok(best)
}

async fn hear(device: &str, setting: LineSetting, each: Duration) -> Result<Vec<u8>, Error> {
    let line = Line {
        name: "sniff".to_owned(),
        device: device.into(),
        login: None,
        baud: setting.baud,
        data_bits: if setting.data_bits == 7 {
            tokio_serial::DataBits::Seven
        } else {
            tokio_serial::DataBits::Eight
        },
        parity: match setting.parity {
            Parity::None => tokio_serial::Parity::None,
            Parity::Even => tokio_serial::Parity::Even,
            Parity::Odd => tokio_serial::Parity::Odd,
        },
        stop_bits: if setting.stop_bits == 2 {
            tokio_serial::StopBits::Two
        } else {
            tokio_serial::StopBits::One
        },
        silence_after: None,
    };
    let mut port = connect(&line).await.map_err(Error::Port)?;
    let mut bytes = Vec::new();
    let mut piece = vec![0; 4_096];
    let until = tokio::time::Instant::now() + each;
    while bytes.len() < ENOUGH_BYTES {
        match tokio::time::timeout_at(until, AsyncReadExt::read(&mut port, &mut piece)).await {
            Err(_) | Ok(Ok(0)) => break,
            Ok(Ok(count)) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Ok(Err(error)) => return Err(Error::Read(error)),
        }
    }
    Ok(bytes)
}

/// What the sample frame says, in the words of `decode`.
fn sample(fit: &Fit) -> Option<serde_json::Value> {
    let event = fit.sample.clone()?;
    let span = Span { start: 0, end: 0 };
    let mut value = event_json(&Decoded { span, event }, None);
    if let Some(object) = value.as_object_mut() {
        object.remove("span");
        object.remove("line");
    }
    Some(value)
}

fn line_of(heard: &Heard, fit: &Fit) -> Option<LineSetting> {
    heard.setting.or_else(|| fit.line_setting())
}

fn print_json(heard: &Heard, mut output: impl Write) -> std::io::Result<()> {
    for fit in &heard.fits {
        let entry = json!({
            "protocol": fit.protocol.name,
            "covered": fit.covered_permille() as f64 / 1_000.0,
            "bytes": fit.bytes,
            "frames": fit.frames,
            "checked_frames": fit.checked_frames,
            "statuses": fit.statuses,
            "rejects": fit.rejects,
            "line": line_of(heard, fit).map(|line| line.to_string()),
            "parity_in_bit_7": fit.parity_in_bit_7.is_some(),
            "sample": sample(fit),
        });
        writeln!(output, "{entry}")?;
    }
    Ok(())
}

fn print_table(heard: &Heard, target: &str, mut output: impl Write) -> std::io::Result<()> {
    if heard.bytes.is_empty() {
        return writeln!(
            output,
            "{target}: 没有收到字节；设备可能要先询问才回答，或收发线接反 / no bytes: the device may speak only \
             when asked, or the two data wires are swapped. 询问应答协议 / protocols that ask: {}",
            asked().join(", ")
        );
    }
    if heard.fits.is_empty() {
        return writeln!(
            output,
            "{target}: {} 字节，没有一个协议吻合；可用 text_frame 自定义 / {0} bytes and no protocol fits; \
             describe the frame with text_frame, or check the line settings",
            heard.bytes.len()
        );
    }
    writeln!(
        output,
        "{target}: {} 字节 / bytes\n\n吻合 fit  帧 frames  校验 checked  拒绝 rejects  线路 line   协议 protocol",
        heard.bytes.len()
    )?;
    for fit in heard.fits.iter().take(SHOWN) {
        let line = line_of(heard, fit).map_or_else(|| "-".to_owned(), |line| line.to_string());
        let permille = fit.covered_permille();
        writeln!(
            output,
            "{:>6}.{}%  {:>9}  {:>12}  {:>12}  {line:<10}  {}",
            permille / 10,
            permille % 10,
            fit.frames,
            fit.checked_frames,
            fit.rejects,
            fit.protocol.name,
        )?;
    }
    if let Some(best) = heard.fits.first() {
        if best.parity_in_bit_7.is_some() {
            writeln!(
                output,
                "\n字节第 7 位是奇偶校验：线路是 7 数据位 / bit 7 of the bytes is parity: the line has 7 data bits"
            )?;
        }
        if let Some(sample) = sample(best) {
            writeln!(output, "\n例 / sample: {sample}")?;
        }
        let hint = format!(
            "{} ({})",
            best.protocol.devices,
            best.protocol.maturity.name()
        );
        writeln!(output, "{}{hint}", " ".repeat(columns("例 / sample: ")))?;
    }
    Ok(())
}

/// Protocols whose devices are asked.
fn asked() -> Vec<&'static str> {
    PROTOCOLS
        .iter()
        .filter(|protocol| protocol.speaker != Speaker::Device)
        .map(|protocol| protocol.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tcp_address_is_listened_to_without_line_settings() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("tcp://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let protocol = firmware_protocols::registry::find("olr").unwrap();
            for number in 0..20 {
                let event = (protocol.specimen)(number);
                let frame = (protocol.encoder)(&event, &firmware_protocols::Settings::new());
                stream.write_all(&frame.unwrap()).unwrap();
            }
        });
        let mut output = Vec::new();
        run(&target, 30.0, true, &mut output).unwrap();
        server.join().unwrap();
        let lines = String::from_utf8(output).unwrap();
        let best: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(best["protocol"], "olr", "{lines}");
        assert_eq!(best["frames"], 20);
        let refused = run(&target, 1.0, true, &mut Vec::new()).unwrap_err();
        assert!(refused.to_string().contains("拒绝连接"), "{refused}");
    }
}
