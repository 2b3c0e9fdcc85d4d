//! `steelyard import` and `steelyard export`: registers from and to CSV files.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::user::{Place, settings};
use crate::api::registers::export as export_text;
use crate::api::registers::import::{
    Change, ImportPlan, Planned, Summary, apply, line_json, plan, refusal_json,
};
use crate::clock::{Clock, SystemClock, SystemEntropy};
use crate::register::{Encoding, Language, Refusal, RegisterKind, encode};
use crate::store::records::Actor;
use crate::store::{Store, StoreError};

/// From so many bytes on an import shows how far it is.
const LONG_FILE: usize = 200_000;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct ImportArguments {
    /// 台账 / register
    #[arg(value_parser = parse_kind)]
    kind: RegisterKind,
    /// CSV 文件，首行为中文或英文列名 / CSV file, its first line the columns in Chinese or English
    file: PathBuf,
    /// 只显示将作的更改，不写入 / only show what would change; works beside a running daemon
    #[arg(long)]
    dry_run: bool,
    /// 跳过有误的行，写入其余各行 / leave refused lines out and write the others
    #[arg(long)]
    skip_refused: bool,
    /// 文件编码，缺省自动识别 / encoding: utf-8 or gb18030; left out, it is found
    #[arg(long, value_parser = parse_encoding)]
    encoding: Option<Encoding>,
    /// 原因，记入日志 / why, for the journal
    #[arg(long)]
    reason: Option<String>,
    /// 每行一个 JSON 对象 / one JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// 台账 / register
    #[arg(value_parser = parse_kind)]
    kind: RegisterKind,
    /// 文件；缺省写到标准输出 / file; left out, standard output
    file: Option<PathBuf>,
    /// 列名和内容的语言 / language of header and words: zh or en
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    language: String,
    /// 文件编码 / encoding: utf-8 or gb18030
    #[arg(long, default_value = "utf-8", value_parser = parse_encoding)]
    encoding: Encoding,
    #[command(flatten)]
    place: Place,
}

fn parse_kind(word: &str) -> Result<RegisterKind, String> {
    RegisterKind::from_word(word).ok_or_else(|| {
        let known: Vec<String> = RegisterKind::ALL
            .iter()
            .map(|kind| kind.name().replace('_', "-"))
            .collect();
        format!("台账应为其中之一 / one of {}", known.join(", "))
    })
}

fn parse_encoding(word: &str) -> Result<Encoding, String> {
    Encoding::from_name(word).ok_or_else(|| "utf-8 或 / or gb18030".to_owned())
}

/// Imports; the exit code is not 0 when a line was refused.
///
/// # Errors
/// In words that say what to do: no such file, no known columns, a database in use by the daemon.
pub async fn import(
    arguments: &ImportArguments,
    mut output: impl Write,
) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    let bytes = std::fs::read(file)
        .with_context(|| format!("无法读取 / cannot read {}", file.display()))?;
    let settings = settings(&arguments.place).await?;
    let store = if arguments.dry_run {
        Store::open_read_only(settings).await?
    } else {
        let opened = Store::open(
            settings,
            Arc::new(SystemClock::new()),
            Arc::new(SystemEntropy),
        );
        opened
            .await
            .map_err(|error| beside_daemon(error, arguments))?
    };
    let done = run_import(&store, arguments, &bytes, &mut output).await;
    store.shutdown().await;
    done
}

/// While the daemon runs, it alone writes: the file can go through it.
fn beside_daemon(error: StoreError, arguments: &ImportArguments) -> anyhow::Error {
    let running = matches!(error, StoreError::AlreadyRunning { .. });
    let error = anyhow::Error::from(error);
    if !running {
        return error;
    }
    error.context(format!(
        "守护进程运行时请经接口导入（--dry-run 不受限制）/ while the daemon runs, import through it (--dry-run \
         works all the same; $ADDRESS is the daemon's api.listen): curl -H \"Authorization: Bearer $TOKEN\" \
         --data-binary @{} http://$ADDRESS/api/v1/registers/{}/import",
        arguments.file.display(),
        arguments.kind.name(),
    ))
}

async fn run_import(
    store: &Store,
    arguments: &ImportArguments,
    bytes: &[u8],
    output: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let bar = progress_bar(bytes.len(), "比对 / comparing");
    let planned = plan(
        store,
        arguments.kind,
        bytes,
        arguments.encoding,
        SystemClock::new().now().beijing_day(),
        |done, all| tick(&bar, done, all),
    )
    .await?;
    bar.finish_and_clear();
    let summary = planned.summary();
    tell_lines(&planned, arguments.json, output)?;
    let writes = !arguments.dry_run && (summary.refused == 0 || arguments.skip_refused);
    let mut written = 0;
    if writes {
        let bar = progress_bar(bytes.len(), "写入 / writing");
        let actor = Actor("system:command-line".to_owned());
        let name = arguments
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let by = (&actor, name.as_ref(), arguments.reason.as_deref());
        written = apply(store, &planned, by, |done, all| tick(&bar, done, all)).await?;
        bar.finish_and_clear();
    }
    tell_summary(&planned, summary, written, arguments, output)?;
    Ok(if summary.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell_lines(plan: &ImportPlan, as_json: bool, output: &mut impl Write) -> std::io::Result<()> {
    // By line, refused or not.
    let mut refusals = plan.refusals.iter().peekable();
    for line in &plan.lines {
        while let Some(refusal) = refusals.next_if(|refusal| refusal.line < line.line) {
            tell_refusal(refusal, as_json, output)?;
        }
        tell_line(line, as_json, output)?;
    }
    refusals.try_for_each(|refusal| tell_refusal(refusal, as_json, output))
}

fn tell_line(line: &Planned, as_json: bool, output: &mut impl Write) -> std::io::Result<()> {
    if as_json {
        if let Some(value) = line_json(line) {
            writeln!(output, "{value}")?;
        }
        return Ok(());
    }
    let (number, key) = (line.line, &line.key);
    match &line.change {
        Change::New(_) => writeln!(output, "{number}: {key} 新增 / new"),
        Change::Changed { differences, .. } => {
            let told: Vec<String> = differences
                .iter()
                .map(|one| {
                    format!(
                        "{}（{}）“{}”→“{}”",
                        one.field.zh, one.field.name, one.from, one.to
                    )
                })
                .collect();
            writeln!(
                output,
                "{number}: {key} 更改 / changed: {}",
                told.join("; ")
            )
        }
        Change::Unchanged => Ok(()),
    }
}

fn tell_refusal(refusal: &Refusal, as_json: bool, output: &mut impl Write) -> std::io::Result<()> {
    if as_json {
        let mut value = refusal_json(refusal);
        value["change"] = json!("refused");
        return writeln!(output, "{value}");
    }
    let Refusal {
        line,
        value,
        zh,
        en,
        ..
    } = refusal;
    match &refusal.field {
        Some(field) => writeln!(
            output,
            "{line}: 拒绝 / refused: {}（{}）“{value}”：{zh} / {en}",
            field.zh, field.name
        ),
        None => writeln!(output, "{line}: 拒绝 / refused: “{value}”：{zh} / {en}"),
    }
}

fn tell_summary(
    plan: &ImportPlan,
    summary: Summary,
    written: usize,
    arguments: &ImportArguments,
    output: &mut impl Write,
) -> std::io::Result<()> {
    if arguments.json {
        let told = json!({
            "kind": plan.kind.name(),
            "encoding": plan.encoding.name(),
            "sha256": plan.sha256,
            "dry_run": arguments.dry_run,
            "summary": summary,
            "written": written,
        });
        return writeln!(output, "{told}");
    }
    let Summary {
        new,
        changed,
        unchanged,
        refused,
    } = summary;
    writeln!(
        output,
        "新增 {new}，更改 {changed}，未变 {unchanged}，拒绝 {refused}；已写入 {written} / {new} new, {changed} \
         changed, {unchanged} unchanged, {refused} refused; {written} written ({})",
        plan.encoding.name()
    )?;
    if refused > 0 && !arguments.dry_run && !arguments.skip_refused {
        writeln!(
            output,
            "有误的行须更正后再导入，或用 --skip-refused / nothing was written: correct the lines, or leave \
             them out with --skip-refused"
        )?;
    }
    Ok(())
}

/// Exports.
///
/// # Errors
/// When the database or the file can't be used.
pub async fn export(arguments: &ExportArguments, mut output: impl Write) -> anyhow::Result<()> {
    let language = match arguments.language.as_str() {
        "en" => Language::English,
        _ => Language::Chinese,
    };
    let store = Store::open_read_only(settings(&arguments.place).await?).await?;
    let text = export_text(&store, arguments.kind, language, false).await;
    store.shutdown().await;
    let bytes = encode(&text?, arguments.encoding);
    match &arguments.file {
        Some(file) if file.exists() => {
            bail!(
                "{} 已存在 / is there already; name another file",
                file.display()
            )
        }
        Some(file) => std::fs::write(file, bytes)
            .with_context(|| format!("无法写入 / cannot write {}", file.display()))?,
        None => output.write_all(&bytes)?,
    }
    Ok(())
}

fn tick(bar: &ProgressBar, done: usize, all: usize) {
    bar.set_length(all as u64);
    bar.set_position(done as u64);
}

fn progress_bar(bytes: usize, what: &'static str) -> ProgressBar {
    if bytes < LONG_FILE || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} {eta}");
    let bar = ProgressBar::new(0).with_message(what);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}
