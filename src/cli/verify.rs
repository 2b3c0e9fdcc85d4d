//! `steelyard verify --journal` (核验日志): checks a journal offline, in a database or an export.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::evidence::journal::{Break, Flaw, StoredEntry, Verifier};
use crate::store::records::JournalRow;
use crate::store::{DatabaseUrl, Disagreement, JournalFault, Store, StoreSettings, Verified};

/// Entries exported at once.
const PAGE: i64 = 512;

/// Checks that nothing in a journal was changed, removed or put in (核验日志链是否完整).
#[derive(Debug, Clone, Default, Args)]
pub struct Arguments {
    /// Check the journal (核验日志).
    #[arg(long, required = true)]
    pub journal: bool,
    /// Data folder of a station (数据目录).
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "file"])]
    pub data: Option<PathBuf>,
    /// Database: a path or postgres://user@host/database (数据库地址).
    #[arg(long, value_name = "URL", conflicts_with = "file")]
    pub database: Option<String>,
    /// An export, one JSON object a line; - is standard input (导出文件).
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Write the entries to standard output as JSON lines; the result then goes to standard error
    /// (导出).
    #[arg(long, conflicts_with = "file")]
    pub export: bool,
    /// Print the result as a JSON line.
    #[arg(long)]
    pub json: bool,
}

/// A line of an export.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    sequence: i64,
    header: String,
    header_digest: String,
    body: Option<String>,
}

/// An entry as a line of an export, without the line's end; `docs/journal-format.md` specifies it.
pub fn export_line(row: &JournalRow) -> String {
    json!({
        "sequence": row.sequence,
        "header": row.header,
        "header_digest": row.header_digest,
        "body": row.body,
    })
    .to_string()
}

/// What a check found.
#[derive(Debug)]
pub enum Outcome {
    /// The journal holds, and so do the rows of all tables beside it.
    Holds(Verified),
    /// The journal of an export holds; it has no tables beside it.
    JournalHolds(Verified),
    /// The journal holds, but a row says otherwise.
    Differs(Disagreement),
    /// The journal doesn't hold; entry and reason, Chinese and English.
    Broken {
        /// The entry.
        sequence: i64,
        /// Why, in Chinese.
        chinese: String,
        /// Why, in English.
        english: String,
    },
}

/// Runs the command: exit code 0 when the journal holds, 1 when it doesn't.
///
/// # Errors
/// When the journal can't be read at all.
pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut output = std::io::stdout();
    let outcome = check(arguments, &mut output).await?;
    let text = if arguments.json {
        outcome.json()
    } else {
        outcome.words()
    };
    if arguments.export {
        writeln!(std::io::stderr(), "{text}")?;
    } else {
        writeln!(output, "{text}")?;
    }
    Ok(match outcome {
        Outcome::Holds(_) | Outcome::JournalHolds(_) => ExitCode::SUCCESS,
        Outcome::Broken { .. } | Outcome::Differs(_) => ExitCode::FAILURE,
    })
}

/// Checks what the arguments name; an export goes to `output`.
///
/// # Errors
/// When the journal can't be read at all.
pub async fn check(
    arguments: &Arguments,
    output: &mut (dyn Write + Send),
) -> anyhow::Result<Outcome> {
    let url = match (&arguments.data, &arguments.database, &arguments.file) {
        (_, _, Some(file)) => return check_file(file),
        (Some(folder), _, _) => DatabaseUrl::in_folder(folder),
        (_, Some(url), _) => url.parse()?,
        (None, None, None) => bail!(
            "没有指定日志。what is to be checked? give --data DIR, --database URL, an export file \
             or - for standard input"
        ),
    };
    let settings = StoreSettings::new(url, "", PathBuf::new());
    let store = Store::open_read_only(settings).await?;
    if arguments.export {
        export(&store, output).await?;
    }
    let bar = progress_bar();
    let verified = store
        .verify_journal(|done, of| {
            bar.set_length(u64::try_from(of).unwrap_or_default());
            bar.set_position(u64::try_from(done).unwrap_or_default());
        })
        .await;
    bar.finish_and_clear();
    store.shutdown().await;
    match verified {
        Ok(verified) => Ok(Outcome::Holds(verified)),
        Err(JournalFault::Store(error)) => Err(error.into()),
        Err(JournalFault::Break(broken)) => Ok(broken.into()),
        Err(JournalFault::Disagreement(found)) => Ok(Outcome::Differs(found)),
    }
}

async fn export(store: &Store, output: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = store.journal_after(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        for row in &page {
            writeln!(output, "{}", export_line(row))?;
        }
    }
    output.flush()?;
    Ok(())
}

fn check_file(file: &Path) -> anyhow::Result<Outcome> {
    if file == Path::new("-") {
        return check_lines(std::io::stdin().lock());
    }
    let opened =
        File::open(file).with_context(|| format!("打不开 {0}。cannot open {0}", file.display()))?;
    check_lines(BufReader::new(opened))
}

/// Checks an export, line by line.
///
/// # Errors
/// When it can't be read.
pub fn check_lines(mut input: impl BufRead) -> anyhow::Result<Outcome> {
    let bar = progress_bar();
    let mut verifier = Verifier::default();
    let mut text = Vec::new();
    let mut without_body = 0;
    loop {
        text.clear();
        if input.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let sequence = verifier.head().sequence + 1;
        let line: Line = match serde_json::from_slice(&text) {
            Ok(line) => line,
            Err(error) => {
                return Ok(Outcome::Broken {
                    sequence,
                    chinese: "这一行不是日志条目，文件可能被截断".to_owned(),
                    english: format!("this line is no entry, the file may be cut off: {error}"),
                });
            }
        };
        let checked = verifier.check(StoredEntry {
            sequence: line.sequence,
            header: &line.header,
            header_digest: &line.header_digest,
            body: line.body.as_deref(),
        });
        if let Err(broken) = checked {
            return Ok(broken.into());
        }
        without_body += i64::from(line.body.is_none());
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Outcome::JournalHolds(Verified {
        head: verifier.head(),
        without_body,
    }))
}

/// Shown only to a person who waits at a terminal.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar
}

impl From<Break> for Outcome {
    fn from(broken: Break) -> Self {
        Self::Broken {
            sequence: broken.sequence,
            chinese: in_chinese(&broken.what),
            english: broken.what.to_string(),
        }
    }
}

impl Outcome {
    /// The result in words, Chinese first.
    pub fn words(&self) -> String {
        match self {
            Self::Holds(Verified { head, without_body })
            | Self::JournalHolds(Verified { head, without_body }) => {
                let (tables_zh, tables_en) = match self {
                    Self::Holds(_) => (
                        "；各数据表与日志逐行相符",
                        "; every row of the tables agrees with it",
                    ),
                    _ => ("", ""),
                };
                let (chinese, english) = match without_body {
                    0 => (String::new(), String::new()),
                    _ => (
                        format!("；其中 {without_body} 条的正文已移除，其内容无法核对"),
                        format!(
                            "; {without_body} of them without a body, which could not be compared"
                        ),
                    ),
                };
                format!(
                    "日志完整：共 {0} 条，链头 {1}{tables_zh}{chinese}\n\
                     journal holds: {0} entries, head {1}{tables_en}{english}",
                    head.sequence, head.digest
                )
            }
            Self::Differs(found) => format!(
                "数据表与日志不一致：{}\na table says otherwise than the journal: {found}",
                found.zh()
            ),
            Self::Broken {
                sequence,
                chinese,
                english,
            } => format!(
                "日志在第 {sequence} 条处断开：{chinese}\n\
                 journal breaks at entry {sequence}: {english}"
            ),
        }
    }

    /// The result as a JSON line.
    pub fn json(&self) -> String {
        match self {
            Self::Holds(Verified { head, without_body })
            | Self::JournalHolds(Verified { head, without_body }) => json!({
                "event": "verified", "entries": head.sequence, "head": head.digest,
                "without_body": without_body, "tables": matches!(self, Self::Holds(_)),
            }),
            Self::Differs(found) => json!({
                "event": "broken", "sequence": found.sequence, "table": found.table,
                "row": found.key, "what": found.what.to_string(),
            }),
            Self::Broken {
                sequence, english, ..
            } => {
                json!({"event": "broken", "sequence": sequence, "what": english})
            }
        }
        .to_string()
    }
}

fn in_chinese(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Sequence { found } => format!("序号是 {found}，条目缺失、重复或乱序"),
        Flaw::Header { why } => format!("条目头无法读取（{why}）"),
        Flaw::NotCanonical => "条目头不是规范格式".to_owned(),
        Flaw::Version { found } => format!("格式版本 {found} 未知，请使用更新的程序"),
        Flaw::Algorithm { found } => format!("算法 {found} 未知，请使用更新的程序"),
        Flaw::Station { expected, found } => format!("属于站点 {found}，本日志属于 {expected}"),
        Flaw::Previous { .. } => "与前一条衔接不上，前一条被改动或删除".to_owned(),
        Flaw::HeaderDigest { .. } => "条目头的摘要不符，条目头被改动".to_owned(),
        Flaw::BodyDigest { .. } => "正文的摘要不符，正文被改动".to_owned(),
        Flaw::Column { column } => format!("数据列 {column} 与条目头不一致"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = include_str!("../../fixtures/journal/v1.jsonl");

    #[test]
    fn an_export_is_checked_line_by_line() {
        let outcome = check_lines(VECTORS.as_bytes()).unwrap();
        assert!(
            outcome.words().starts_with("日志完整：共 4 条"),
            "{}",
            outcome.words()
        );
        assert!(
            outcome.json().contains("\"entries\":4"),
            "{}",
            outcome.json()
        );

        let without_second: String = VECTORS
            .lines()
            .enumerate()
            .filter(|(n, _)| *n != 1)
            .map(|(_, l)| format!("{l}\n"))
            .collect();
        let words = check_lines(without_second.as_bytes()).unwrap().words();
        assert!(
            words.contains("journal breaks at entry 2: its number is 3"),
            "{words}"
        );
        assert!(words.starts_with("日志在第 2 条处断开"), "{words}");

        let cut = &VECTORS[..VECTORS.len() - 40];
        let words = check_lines(cut.as_bytes()).unwrap().words();
        assert!(words.contains("entry 4: this line is no entry"), "{words}");
        assert!(check_lines(&b""[..]).unwrap().words().contains("0 entries"));
    }

    #[tokio::test]
    async fn nothing_to_check_says_what_to_give() {
        let refused = check(&Arguments::default(), &mut Vec::new())
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("--data DIR"), "{refused}");
        let data = Some(PathBuf::from("/nonexistent/steelyard"));
        let absent = Arguments {
            data,
            ..Arguments::default()
        };
        let refused = check(&absent, &mut Vec::new()).await.unwrap_err();
        assert!(
            refused.to_string().contains("/nonexistent/steelyard"),
            "{refused}"
        );
    }
}
