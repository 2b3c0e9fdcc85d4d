//! `steelyard assess`: the overload calculator. Vehicle and measured masses in, verdict with its
//! derivation out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use crate::law::{
    Assessment, Expectation, LawTables, NoteCode, Outcome, TransportKind, VehicleDescription,
    Verdict, assess, assess_hypothetically,
};

/// Exit code for wrong use and for input that cannot be judged.
const WRONG_USE: u8 = 2;

/// Judge vehicles by the law: limit, overage, possible penalties, and why.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// JSON objects with `day`, `vehicle`, `measured`: one a line, one alone, or an array; `-` is
    /// standard input.
    pub file: PathBuf,
    /// One JSON line per case instead of text.
    #[arg(long)]
    pub json: bool,
    /// Judge by the table of this day (YYYY-MM-DD) and mark the verdict hypothetical.
    #[arg(long, value_name = "DAY")]
    pub law_day: Option<NaiveDate>,
}

/// Runs the subcommand on standard output. Exit code 2 when a case could not be judged.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let tables = LawTables::embedded().context("the built-in law tables")?;
    let input: Box<dyn Read> = if arguments.file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        match File::open(&arguments.file) {
            Ok(file) => Box::new(file),
            Err(error) => {
                writeln!(
                    io::stderr(),
                    "cannot read {}: {error}",
                    arguments.file.display()
                )?;
                return Ok(ExitCode::from(WRONG_USE));
            }
        }
    };
    let (output, complaints) = (io::stdout().lock(), io::stderr().lock());
    let calculator = Calculator {
        tables,
        json: arguments.json,
        law_day: arguments.law_day,
    };
    let summary = calculator.run(BufReader::new(input), output, complaints);
    match summary {
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

/// The calculator without its command line.
#[derive(Debug)]
pub struct Calculator {
    /// The law.
    pub tables: LawTables,
    /// JSON lines instead of text.
    pub json: bool,
    /// Judge by the table of another day.
    pub law_day: Option<NaiveDate>,
}

/// One JSON line of output.
#[derive(Serialize)]
struct Line<'a> {
    id: Option<&'a str>,
    day: NaiveDate,
    #[serde(flatten)]
    verdict: &'a Verdict,
    /// Codes of the notes.
    flags: Vec<NoteCode>,
    /// Whether the verdict is as the `expect` of the input says; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    expect_matched: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expect_differences: Vec<String>,
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
            if !one_object && summary == Summary::default() {
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
        if self.json {
            let line = Line {
                id: assessment.id.as_deref(),
                day: assessment.day,
                flags: verdict.notes.iter().map(|note| note.code).collect(),
                verdict: &verdict,
                expect_matched: differences.as_ref().map(Vec::is_empty),
                expect_differences: differences.unwrap_or_default(),
            };
            serde_json::to_writer(&mut *output, &line)?;
            writeln!(output)
        } else {
            let title = case.get("title").and_then(Value::as_str);
            write_text(output, &assessment, title, &verdict, differences.as_deref())
        }
    }

    fn judge(&self, assessment: &Assessment) -> Result<Verdict, String> {
        assessment.check().map_err(|error| error.to_string())?;
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

fn trimmed(bytes: &[u8]) -> &[u8] {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    bytes
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(bytes)
        .trim_ascii()
}

/// A syntax error by its column; the line is said elsewhere.
fn in_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("not valid JSON: {what} (column {})", error.column())
}

/// Reads one case; the complaint names the field that is wrong.
fn assessment_of(case: &Value) -> Result<Assessment, String> {
    if !case.is_object() {
        return Err("expected a JSON object with day, vehicle and measured".to_owned());
    }
    serde_json::from_value::<Assessment>(case.clone()).map_err(|error| {
        let field = wrong_field(case);
        let separator = if field.is_empty() { "" } else { ": " };
        format!("{field}{separator}{error}")
    })
}

/// The field whose value cannot be read, tried one by one; empty when none alone is at fault.
fn wrong_field(case: &Value) -> String {
    if let Some(vehicle) = case.get("vehicle") {
        let Some(fields) = vehicle.as_object() else {
            return "vehicle".to_owned();
        };
        for (name, value) in fields {
            let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
            if serde_json::from_value::<VehicleDescription>(alone).is_err() {
                return format!("vehicle.{name}");
            }
        }
    }
    let Some(measured) = case.get("measured") else {
        return String::new();
    };
    let Some(fields) = measured.as_object() else {
        return "measured".to_owned();
    };
    for (name, value) in fields {
        let mut alone = serde_json::json!({"day": "2024-01-01", "measured": {"gross_kg": 0}});
        alone["measured"][name] = value.clone();
        if serde_json::from_value::<Assessment>(alone).is_err() {
            return format!("measured.{name}");
        }
    }
    if fields.contains_key("gross_kg") {
        "day".to_owned()
    } else {
        "measured".to_owned()
    }
}

fn write_text(
    output: &mut impl Write,
    assessment: &Assessment,
    title: Option<&str>,
    verdict: &Verdict,
    differences: Option<&[String]>,
) -> io::Result<()> {
    let id = assessment.id.as_deref().unwrap_or("-");
    writeln!(
        output,
        "■ {id}  {}  {}",
        assessment.day,
        title.unwrap_or_default()
    )?;
    if verdict.hypothetical {
        writeln!(
            output,
            "  （假设：按另一日的法规表 / hypothetical: by another day's table）"
        )?;
    }
    match verdict.class {
        Some(class) => writeln!(output, "  结论 Verdict：{}", class.zh())?,
        None => writeln!(output, "  结论 Verdict：不能判定 undetermined")?,
    }
    if let (Some(mass), Some(limit), Some(overage), Some(percent)) = (
        verdict.enforcement_kg,
        verdict.limit_kg,
        verdict.overage_kg,
        verdict.overage_percent.as_deref(),
    ) {
        writeln!(
            output,
            "  认定总质量 {mass}，限值 {limit}，超限 {overage}（{percent}%）  \
             [mass, limit, overage]"
        )?;
    }
    write_penalties(output, verdict)?;
    for group in &verdict.axle_groups {
        let [first, last] = group.axles;
        let load = group
            .load_kg
            .map_or_else(|| "-".to_owned(), |load| load.to_string());
        let over = group.overage_kg.filter(|over| over.get() > 0);
        let over = over.map(|over| format!("，超 {over}")).unwrap_or_default();
        let kind = group.kind.zh();
        let limit = group.limit_kg;
        writeln!(output, "  轴 {first}-{last} {kind}：{load} / {limit}{over}")?;
    }
    writeln!(output, "  推导 Derivation：")?;
    for (number, step) in (1..).zip(&verdict.derivation) {
        writeln!(
            output,
            "  {number:>3}. {} —— {}",
            step.text_zh(),
            step.article.zh()
        )?;
        writeln!(output, "       {} -- {}", step.text_en(), step.article.en())?;
    }
    for note in &verdict.notes {
        writeln!(
            output,
            "  注意 Note：{} / {}",
            note.text_zh(),
            note.text_en()
        )?;
    }
    if let Some(table) = &verdict.table {
        writeln!(
            output,
            "  法规表 Table：{} sha256 {}",
            table.id, table.digest
        )?;
    }
    match differences {
        Some([]) => writeln!(output, "  与预期一致 as expected")?,
        Some(differences) => {
            for difference in differences {
                writeln!(output, "  与预期不符 not as expected: {difference}")?;
            }
        }
        None => {}
    }
    writeln!(output)
}

fn write_penalties(output: &mut impl Write, verdict: &Verdict) -> io::Result<()> {
    if let Some(penalty) = verdict.transport {
        let text = match penalty.kind {
            TransportKind::None => "不处罚 none".to_owned(),
            TransportKind::Warning => "警告 warning".to_owned(),
            TransportKind::Fine => format!("罚款 fine {} 元", penalty.yuan.get()),
        };
        writeln!(output, "  交通运输部门 Transport authority：{text}")?;
    }
    if let Some(police) = verdict.police {
        let unknown = || "未知 unknown".to_owned();
        let points = police
            .points
            .map_or_else(unknown, |points| points.to_string());
        let fine = police
            .fine_range_yuan
            .map_or_else(unknown, |[least, most]| {
                format!("{}-{} 元", least.get(), most.get())
            });
        writeln!(
            output,
            "  公安 Police：罚款 fine {fine}，记分 points {points}"
        )?;
    }
    if verdict
        .transport
        .is_some_and(|penalty| penalty.kind == TransportKind::Fine)
    {
        writeln!(
            output,
            "  一事不二罚：两项罚款择一 / one act, one fine: these are alternatives"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = include_str!("../../fixtures/law/cases.jsonl");

    fn run(input: &str, json: bool, law_day: Option<&str>) -> (Summary, String, String) {
        let tables = LawTables::embedded().unwrap();
        let law_day = law_day.map(|day| day.parse().unwrap());
        let (mut output, mut complaints) = (Vec::new(), Vec::new());
        let summary = Calculator {
            tables,
            json,
            law_day,
        }
        .run(input.as_bytes(), &mut output, &mut complaints)
        .unwrap();
        (
            summary,
            String::from_utf8(output).unwrap(),
            String::from_utf8(complaints).unwrap(),
        )
    }

    #[test]
    fn every_case_gives_one_json_line_as_expected() {
        let (summary, output, complaints) = run(CASES, true, None);
        assert_eq!(
            summary,
            Summary {
                judged: 17,
                refused: 0,
                unexpected: 0
            }
        );
        assert_eq!(complaints, "");
        let lines: Vec<Value> = output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 17);
        for line in &lines {
            assert_eq!(line["expect_matched"], true, "{line}");
        }
        let suqian = lines.iter().find(|line| line["id"] == "CASE-18").unwrap();
        assert_eq!(suqian["class"], "hundred_ton");
        assert_eq!(suqian["overage_percent"], "116.69");
        assert_eq!(
            suqian["transport"],
            serde_json::json!({"kind": "fine", "yuan": 28_500})
        );
        assert_eq!(suqian["table"]["id"], "cn-national-2016-09-21");
        assert_eq!(
            suqian["flags"],
            serde_json::json!(["scale_not_stated", "class_uncertain"])
        );
    }

    #[test]
    fn pretty_objects_and_arrays_are_the_same_cases() {
        let cases: Vec<Value> = CASES
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let (_, lines, _) = run(CASES, true, None);
        let array = serde_json::to_string_pretty(&cases).unwrap();
        assert_eq!(run(&array, true, None).1, lines);
        let pretty = |case: &Value| serde_json::to_string_pretty(case).unwrap();
        let objects: Vec<String> = cases.iter().map(pretty).collect();
        assert_eq!(run(&objects.join("\n"), true, None).1, lines);
        let marked = format!("\u{feff}\r\n{}", CASES.replace('\n', "\r\n\r\n"));
        assert_eq!(run(&marked, true, None).1, lines);
    }

    #[test]
    fn a_broken_line_is_named_and_the_others_are_judged() {
        let mut lines: Vec<String> = CASES.lines().take(3).map(str::to_owned).collect();
        lines[1] = lines[1].replace("\"gross_kg\": 18000", "\"gross_kg\": \"heavy\"");
        lines.push("{\"day\": }".to_owned());
        let (summary, output, complaints) = run(&lines.join("\n"), true, None);
        assert_eq!(
            summary,
            Summary {
                judged: 2,
                refused: 2,
                unexpected: 0
            }
        );
        assert_eq!(output.lines().count(), 2);
        let complaints: Vec<&str> = complaints.lines().collect();
        assert!(
            complaints[0].starts_with("line 2: measured.gross_kg: "),
            "{complaints:?}"
        );
        assert!(
            complaints[1].starts_with("line 4: not valid JSON: "),
            "{complaints:?}"
        );
    }

    #[test]
    fn wrong_input_is_refused_with_its_field() {
        let case = CASES.lines().next().unwrap();
        for (from, to, complaint) in [
            (
                "\"drive_axles\": 1",
                "\"drive_axles\": 0",
                "vehicle.drive_axles: 0 is outside",
            ),
            (
                "\"drive_axles\": 1",
                "\"drive_axels\": 1",
                "vehicle.drive_axels: unknown field",
            ),
            (
                "\"truck\"",
                "\"lorry\"",
                "vehicle.category: unknown variant `lorry`",
            ),
            (
                "[4500]",
                "[4500, 1300]",
                "vehicle.axle_spacings_mm: 2 spacings do not fit 2 axles",
            ),
            (
                "\"gross_kg\": 17500",
                "\"gross_kg\": -1",
                "measured.gross_kg: -1 is outside",
            ),
            (
                "\"gross_kg\": 17500",
                "\"gross\": 1",
                "measured.gross: unknown field",
            ),
            (
                "\"gross_kg\": 17500",
                "\"gross_kg\": 1.5",
                "measured.gross_kg: invalid type",
            ),
            ("2024-06-01", "2024-06-31", "day: "),
            (
                "2024-06-01",
                "2012-06-01",
                "day: no law table is in force on 2012-06-01",
            ),
            ("\"day\": \"2024-06-01\", ", "", "missing field `day`"),
        ] {
            assert!(case.contains(from), "{from}");
            let (summary, output, complaints) = run(&case.replace(from, to), true, None);
            assert_eq!((summary.refused, output.as_str()), (1, ""), "{to}");
            assert!(
                complaints.starts_with("line 1: ") && complaints.contains(complaint),
                "{complaints}"
            );
        }
        let (summary, _, complaints) = run("\n\nhello\n", true, None);
        assert_eq!(summary.refused, 1);
        assert!(
            complaints.starts_with("line 3: not valid JSON"),
            "{complaints}"
        );
        let (_, _, complaints) = run("[\n1]", true, None);
        assert!(
            complaints.contains("expected a JSON object"),
            "{complaints}"
        );
        assert_eq!(run("", true, None).0, Summary::default());
    }

    #[test]
    fn another_days_law_is_marked() {
        let case = CASES
            .lines()
            .nth(4)
            .unwrap()
            .replace("2024-06-01", "2012-06-01");
        let (summary, output, _) = run(&case, true, Some("2024-06-01"));
        assert_eq!((summary.judged, summary.unexpected), (1, 0));
        let line: Value = serde_json::from_str(&output).unwrap();
        assert_eq!(
            (&line["hypothetical"], &line["day"]),
            (&true.into(), &"2012-06-01".into())
        );
        let (_, text, _) = run(&case, false, Some("2024-06-01"));
        assert!(text.contains("hypothetical"));
    }

    #[test]
    fn the_text_tells_the_verdict_and_each_article() {
        let case = CASES.lines().find(|line| line.contains("CASE-25")).unwrap();
        let (_, text, _) = run(case, false, None);
        for part in [
            "CASE-25",
            "未超限",
            "认定总质量 48952 kg，限值 49000 kg，超限 0 kg（0.00%）",
            "使用中最大允许误差5%：读数51400千克",
            "第三条第一款第（八）项",
            "art. 43",
            "与预期一致",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        let wrong = case.replace("\"overage_kg\": 0", "\"overage_kg\": 2400");
        let (summary, text, _) = run(&wrong, false, None);
        assert_eq!(summary.unexpected, 1);
        assert!(text.contains("not as expected: overage_kg"));
    }

    #[test]
    fn arguments_are_read() {
        #[derive(clap::Parser)]
        struct Command {
            #[command(flatten)]
            arguments: Arguments,
        }
        let parse = |line: &[&str]| {
            <Command as clap::Parser>::try_parse_from(line).map(|command| command.arguments)
        };
        let arguments = parse(&["assess", "-", "--json", "--law-day", "2024-06-01"]).unwrap();
        assert!(arguments.json && arguments.law_day.is_some());
        assert!(parse(&["assess"]).is_err());
        assert!(parse(&["assess", "-", "--law-day", "yesterday"]).is_err());
    }
}
