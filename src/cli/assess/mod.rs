//! `steelyard assess`: the overload calculator. Vehicle and measured masses in, verdict with its
//! derivation out: one JSON line a case, or with `--explain` sentences.

mod explain;
mod input;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use self::explain::write_text;
use self::input::{assessment_of, in_line, trimmed};
use super::law_tables::tables_of;
use crate::law::{
    Assessment, Authority, ComputedAmount, Expectation, LawTables, NoteCode, Outcome, Sentence,
    TableReference, TransportKind, Verdict, WhichDay, assess, assess_hypothetically,
    is_jurisdiction, milder,
};
use crate::units::Yuan;

/// Exit code for wrong use and for input that cannot be judged.
const WRONG_USE: u8 = 2;

/// Judge vehicles by the law: limit, overage, possible penalties, and why.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 案例文件（`-` 为标准输入）：每行一个 JSON 对象，含 day、vehicle、measured / JSON objects with
    /// `day`, `vehicle`, `measured`: one a line, one alone, or an array; `-` is standard input
    #[arg(required_unless_present = "list_flags")]
    pub file: Option<PathBuf>,
    /// 每案一行 JSON（输出不是终端时的缺省）/ one JSON line per case (the default unless the output
    /// is a terminal)
    #[arg(long)]
    pub json: bool,
    /// 用文字解释每一步 / explain each step in sentences; with `--json` inside of the lines
    #[arg(long)]
    pub explain: bool,
    /// 按此日的法规表判定，结果标为假设 / judge by the table of this day and mark it hypothetical
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub law_day: Option<NaiveDate>,
    /// 决定日：再按该日生效的法规表判定，取较轻者 / day of the decision: judge again by the table then
    /// in force and take the milder
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "law_day")]
    pub decided_on: Option<NaiveDate>,
    /// 辖区：cn，或 cn- 加行政区划代码 / jurisdiction: `cn`, or `cn-` with the administrative code
    #[arg(long, value_name = "CODE", default_value = "cn")]
    pub jurisdiction: String,
    /// 用此目录的法规表代替内置表 / use the law tables of this folder in place of those built in
    #[arg(long, value_name = "DIR")]
    pub rules_dir: Option<PathBuf>,
    /// 列出全部标志及含义 / list all flags and what they mean
    #[arg(long)]
    pub list_flags: bool,
}

/// Runs the subcommand on standard output. Exit code 2 when a case was refused.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Some(path) = &arguments.file else {
        list_flags(io::stdout().lock(), arguments.json)?;
        return Ok(ExitCode::SUCCESS);
    };
    let refuse = |what: String| {
        writeln!(io::stderr(), "{what}")?;
        Ok(ExitCode::from(WRONG_USE))
    };
    if !is_jurisdiction(&arguments.jurisdiction) {
        return refuse(format!(
            "--jurisdiction {}：应为 cn，或 cn- 加 2、4、6 位行政区划代码 / must be cn, or cn- with 2, 4 \
             or 6 digits",
            arguments.jurisdiction
        ));
    }
    let tables = match tables_of(arguments.rules_dir.as_deref(), &arguments.jurisdiction) {
        Ok(tables) => tables,
        Err(error) => return refuse(format!("{error:#}")),
    };
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        match File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                return refuse(format!(
                    "无法读取 / cannot read {}: {error}",
                    path.display()
                ));
            }
        }
    };
    let (output, complaints) = (io::stdout().lock(), io::stderr().lock());
    let form = match (arguments.json, arguments.explain) {
        (true, true) => Form::ExplainedLines,
        (true, false) => Form::Lines,
        (false, true) => Form::Text,
        (false, false) if io::stdout().is_terminal() => Form::Text,
        (false, false) => Form::Lines,
    };
    let calculator = Calculator {
        tables,
        form,
        law_day: arguments.law_day,
        decided_on: arguments.decided_on,
    };
    let summary = calculator.run(BufReader::new(input), output, complaints);
    match summary {
        Ok(summary) if summary == Summary::default() => {
            writeln!(io::stderr(), "没有案例 / no cases in the input")?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(summary) if summary.refused == 0 => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::from(WRONG_USE)),
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// How many cases were judged and how many refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Verdicts written.
    pub judged: usize,
    /// Inputs refused, each with a complaint.
    pub refused: usize,
    /// Verdicts that differ from the `expect` that came with the case.
    pub unexpected: usize,
}

/// Every flag that a verdict can carry, a line each: name, Chinese, English.
fn list_flags(mut output: impl Write, json: bool) -> io::Result<()> {
    for code in NoteCode::ALL {
        if json {
            let line = serde_json::json!({"flag": code, "zh": code.zh(), "en": code.en()});
            writeln!(output, "{line}")?;
        } else {
            writeln!(output, "{}\t{}\t{}", code.name(), code.zh(), code.en())?;
        }
    }
    Ok(())
}

/// The codes of its notes in their order, each once: two groups of axles may be noted for the same.
fn flags_of(verdict: &Verdict) -> Vec<NoteCode> {
    let mut flags = Vec::with_capacity(verdict.notes.len());
    for note in &verdict.notes {
        if !flags.contains(&note.code) {
            flags.push(note.code);
        }
    }
    flags
}

/// In what form verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON line a case.
    Lines,
    /// The same with the sentences of each step and note.
    ExplainedLines,
    /// Text for people.
    Text,
}

/// The calculator without its command line.
#[derive(Debug)]
pub struct Calculator {
    /// The law.
    pub tables: LawTables,
    /// In what form verdicts are written.
    pub form: Form,
    /// Judge by the table of another day.
    pub law_day: Option<NaiveDate>,
    /// Judge again by the table in force when it is decided.
    pub decided_on: Option<NaiveDate>,
}

/// One JSON line of output.
#[derive(Serialize)]
struct Line<'a> {
    id: Option<&'a str>,
    day: NaiveDate,
    #[serde(flatten)]
    verdict: &'a Verdict,
    /// Codes of the notes, each once.
    flags: Vec<NoteCode>,
    /// Which table's amount counts, with `--decided-on`.
    #[serde(flatten)]
    milder: Option<Computed>,
    /// Each step and note as sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Vec<Sentence>>,
    /// Whether the verdict is as the `expect` of the input says; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    expect_matched: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expect_differences: Vec<String>,
}

/// The computed amount: the milder of the table of the act's day and of the one in force when it is
/// decided (Administrative Penalty Law art. 37), or why it can't be said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Computed {
    Milder {
        applies: WhichDay,
        table: TableReference,
        kind: TransportKind,
        range_yuan: [Yuan; 2],
        zh: String,
        en: String,
    },
    MilderRefused {
        zh: String,
        en: String,
    },
}

impl Calculator {
    /// Judges every case of `input`. What cannot be judged goes to `complaints`, one line each
    /// with its line number and field, and the rest is judged all the same.
    pub fn run(
        &self,
        mut input: impl BufRead,
        mut output: impl Write,
        mut complaints: impl Write,
    ) -> io::Result<Summary> {
        let mut summary = Summary::default();
        let mut line_number = 0;
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            if input.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            line_number += 1;
            let line = trimmed(&bytes);
            if line.is_empty() {
                continue;
            }
            let one_object = line.starts_with(b"{") && line.ends_with(b"}");
            let begins_document = line.starts_with(b"{") || line.starts_with(b"[");
            if begins_document && !one_object && summary == Summary::default() {
                // Not one object a line: a document over many lines.
                input.read_to_end(&mut bytes)?;
                self.document(
                    &bytes,
                    line_number,
                    &mut output,
                    &mut complaints,
                    &mut summary,
                )?;
                break;
            }
            let case = serde_json::from_slice(line).map_err(|error| in_line(&error));
            self.case(
                case,
                line_number,
                &mut output,
                &mut complaints,
                &mut summary,
            )?;
        }
        output.flush()?;
        Ok(summary)
    }

    /// Objects or arrays of objects that may each go over many lines, from line `first_line` on.
    fn document(
        &self,
        bytes: &[u8],
        first_line: usize,
        output: &mut impl Write,
        complaints: &mut impl Write,
        summary: &mut Summary,
    ) -> io::Result<()> {
        let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
        loop {
            let begin = values.byte_offset();
            let skipped = bytes.get(begin..).unwrap_or_default();
            let blank = skipped
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
            let before = bytes.get(..begin.saturating_add(blank)).unwrap_or_default();
            let breaks = before.iter().filter(|byte| **byte == b'\n').count();
            let line_number = first_line.saturating_add(breaks);
            match values.next() {
                None => return Ok(()),
                Some(Ok(Value::Array(cases))) => {
                    for case in cases {
                        self.case(Ok(case), line_number, output, complaints, summary)?;
                    }
                }
                Some(Ok(case)) => self.case(Ok(case), line_number, output, complaints, summary)?,
                Some(Err(error)) => {
                    let wrong_line = first_line.saturating_add(error.line().max(1)) - 1;
                    let what = Err(in_line(&error));
                    return self.case(what, wrong_line, output, complaints, summary);
                }
            }
        }
    }

    fn case(
        &self,
        case: Result<Value, String>,
        line_number: usize,
        output: &mut impl Write,
        complaints: &mut impl Write,
        summary: &mut Summary,
    ) -> io::Result<()> {
        let judged = case.and_then(|case| {
            let assessment = assessment_of(&case)?;
            let verdict = self.judge(&assessment)?;
            Ok((case, assessment, verdict))
        });
        let (case, assessment, verdict) = match judged {
            Ok(judged) => judged,
            Err(what) => {
                summary.refused += 1;
                return writeln!(complaints, "line {line_number}: {what}");
            }
        };
        summary.judged += 1;
        let expectation = case
            .get("expect")
            .and_then(|expect| serde_json::from_value::<Expectation>(expect.clone()).ok());
        let differences = expectation
            .as_ref()
            .map(|expect| expect.differences(&verdict));
        if differences
            .as_ref()
            .is_some_and(|differences| !differences.is_empty())
        {
            summary.unexpected += 1;
        }
        if self.form != Form::Text {
            let explained = self.form == Form::ExplainedLines;
            let line = Line {
                milder: self.milder(&assessment, &verdict),
                explanation: explained.then(|| verdict.explanation()),
                id: assessment.id.as_deref(),
                day: assessment.day,
                flags: flags_of(&verdict),
                verdict: &verdict,
                expect_matched: differences.as_ref().map(Vec::is_empty),
                expect_differences: differences.unwrap_or_default(),
            };
            serde_json::to_writer(&mut *output, &line)?;
            writeln!(output)
        } else {
            let title = case.get("title").and_then(Value::as_str);
            write_text(output, &assessment, title, &verdict, differences.as_deref())?;
            match self.milder(&assessment, &verdict) {
                Some(Computed::Milder { zh, en, .. } | Computed::MilderRefused { zh, en }) => {
                    writeln!(output, "  {zh} / {en}\n")
                }
                None => Ok(()),
            }
        }
    }

    /// The transport authority's amount by both tables, and the milder.
    fn milder(&self, assessment: &Assessment, verdict: &Verdict) -> Option<Computed> {
        let decided_on = self.decided_on?;
        let again = assess_hypothetically(&self.tables, assessment, decided_on);
        let amount = |verdict| ComputedAmount::from_verdict(verdict, Authority::Transport);
        match amount(verdict).and_then(|act_day| Ok((act_day, amount(&again)?))) {
            Ok((act_day, decision_day)) => {
                let found = milder(act_day, decision_day);
                Some(Computed::Milder {
                    applies: found.which(),
                    table: found.chosen().table().clone(),
                    kind: found.chosen().kind(),
                    range_yuan: found.chosen().range_yuan(),
                    zh: found.text_zh(),
                    en: found.text_en(),
                })
            }
            Err(error) => Some(Computed::MilderRefused {
                zh: error.zh(),
                en: error.to_string(),
            }),
        }
    }

    fn judge(&self, assessment: &Assessment) -> Result<Verdict, String> {
        assessment.check().map_err(|error| error.to_string())?;
        if let Some(decided) = self.decided_on.filter(|decided| *decided < assessment.day) {
            return Err(format!(
                "day: the act of {} is later than --decided-on {decided}",
                assessment.day
            ));
        }
        let verdict = match self.law_day {
            Some(law_day) => assess_hypothetically(&self.tables, assessment, law_day),
            None => assess(&self.tables, assessment),
        };
        if verdict.outcome == Outcome::NoTableInForce {
            let day = self.law_day.unwrap_or(assessment.day);
            let first = self
                .tables
                .all()
                .first()
                .map(|table| table.valid_from().to_string());
            let first = first.unwrap_or_else(|| "-".to_owned());
            return Err(format!(
                "day: no law table is in force on {day} (the first holds from {first}); \
                 --law-day judges by another day's table"
            ));
        }
        Ok(verdict)
    }
}
