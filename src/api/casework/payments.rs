//! `POST payments/import`: payments from the file of the bank or the non-tax system (非税缴款文件).
//!
//! The file is CSV, UTF-8 or GB18030, with a line a payment. A slip that a case has already is passed over,
//! so that the same file can come twice.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::{Extension, Json};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::steps::{Made, make_step};
use crate::api::cases::case_file;
use crate::api::error::{ApiError, Code};
use crate::api::input::Parameters;
use crate::api::session::Session;
use crate::api::state::AppState;
use crate::casework::procedure::{CaseAction, PaymentSource};
use crate::register::decode;

/// Largest file, bytes.
pub const IMPORT_LIMIT: usize = 8 * 1_024 * 1_024;

/// Most lines of a file.
const LINES_MOST: usize = 20_000;

/// The columns, Chinese and English; the last may be missing.
const COLUMNS: [(&str, &str); 5] = [
    ("文号", "number"),
    ("票据号", "slip"),
    ("缴款日期", "paid_on"),
    ("罚款金额", "fine_yuan"),
    ("加处罚款", "surcharge_yuan"),
];

/// A line of the file.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    number: String,
    slip: String,
    paid_on: NaiveDate,
    fine_fen: i64,
    surcharge_fen: i64,
}

/// What is wrong with a line or a file, Chinese and English.
type Wrong = (String, String);

/// Records the payments of a file. `dry_run=true` tells what it would do. A line that is refused leaves the
/// others as they are.
pub async fn import(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    mut parameters: Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let dry_run = parameters.one_of("dry_run", &["true", "false"])?.as_deref() == Some("true");
    parameters.finish()?;
    let bytes = body.map_err(|_| ApiError::from(Code::BodyTooLarge))?;
    let (text, encoding) = decode(&bytes, None)
        .map_err(|error| ApiError::field("file", error.zh(), error.to_string()))?;
    let lines = read(&text).map_err(|(zh, en)| ApiError::field("file", zh, en))?;
    let mut told = Vec::new();
    let mut summary: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, line) in lines {
        let (result, case_id, why) = match line {
            Err(wrong) => ("refused", None, Some(wrong)),
            Ok(line) => record(&state, &session, &line, dry_run).await?,
        };
        *summary.entry(result).or_default() += 1;
        told.push(json!({
            "line": number,
            "result": result,
            "case_id": case_id,
            "zh": why.as_ref().map(|(zh, _)| zh),
            "en": why.as_ref().map(|(_, en)| en),
        }));
    }
    Ok(Json(json!({
        "dry_run": dry_run,
        "encoding": encoding.name(),
        "summary": summary,
        "lines": told,
    })))
}

type Result3 = (&'static str, Option<String>, Option<Wrong>);

async fn record(
    state: &AppState,
    session: &Session,
    line: &Line,
    dry_run: bool,
) -> Result<Result3, ApiError> {
    let Some(case_id) = state.store().case_of_number(&line.number).await? else {
        let wrong = (
            format!("没有文号为“{}”的案件", line.number),
            format!("no case has the number {}", line.number),
        );
        return Ok(("refused", None, Some(wrong)));
    };
    let (case, _) = case_file(state.store(), &case_id).await?;
    let known = case.is_some_and(|case| {
        let mut payments = case.course.payments.iter();
        payments.any(|payment| payment.slip == line.slip)
    });
    if known {
        return Ok(("known", Some(case_id), None));
    }
    if dry_run {
        return Ok(("would_record", Some(case_id), None));
    }
    let action = CaseAction::Pay {
        slip: line.slip.clone(),
        paid_on: line.paid_on,
        fine_fen: line.fine_fen,
        surcharge_fen: line.surcharge_fen,
        source: PaymentSource::BankFile,
    };
    match make_step(state, session, &case_id, None, &action).await {
        Ok(Made::Stepped(_)) => Ok(("recorded", Some(case_id), None)),
        Ok(Made::Stale(_)) => Err(Code::Busy.into()),
        Err(error) if matches!(error.code(), Code::Refused | Code::InvalidField) => {
            Ok(("refused", Some(case_id), Some(error.texts())))
        }
        Err(error) => Err(error),
    }
}

/// Reads a file: each line by itself, with its number in the file.
#[expect(clippy::type_complexity, reason = "lines, each read or refused")]
fn read(text: &str) -> Result<Vec<(u64, Result<Line, Wrong>)>, Wrong> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| {
        (
            format!("首行无法读取：{error}"),
            format!("the first line can't be read: {error}"),
        )
    })?;
    let mut places = [None; COLUMNS.len()];
    for (place, name) in header.iter().enumerate() {
        let name = name.trim();
        let name = name.split(['（', '(']).next().unwrap_or(name);
        let column = COLUMNS
            .iter()
            .position(|(zh, en)| *zh == name || *en == name);
        if let Some(found) = column.and_then(|column| places.get_mut(column)) {
            *found = Some(place);
        }
    }
    let missing: Vec<&str> = COLUMNS
        .iter()
        .zip(places)
        .take(COLUMNS.len() - 1)
        .filter(|(_, place)| place.is_none())
        .map(|((zh, _), _)| *zh)
        .collect();
    if !missing.is_empty() {
        let names = COLUMNS.map(|(zh, en)| format!("{zh} {en}")).join("、");
        return Err((
            format!("缺少列：{}；应有 {names}", missing.join("、")),
            format!(
                "columns are missing: {}; there should be {names}",
                missing.join(", ")
            ),
        ));
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        if lines.len() == LINES_MOST {
            return Err((
                format!("最多 {LINES_MOST} 行"),
                format!("at most {LINES_MOST} lines"),
            ));
        }
        match record {
            Ok(record) => {
                let number = record.position().map_or(0, csv::Position::line);
                let cell = |column: usize| {
                    let place = places.get(column).copied().flatten();
                    place
                        .and_then(|place| record.get(place))
                        .unwrap_or_default()
                        .trim()
                };
                lines.push((number, line(cell)));
            }
            Err(error) => {
                let wrong = (
                    format!("无法读取：{error}"),
                    format!("can't be read: {error}"),
                );
                lines.push((error.position().map_or(0, csv::Position::line), Err(wrong)));
            }
        }
    }
    Ok(lines)
}

fn line<'a>(cell: impl Fn(usize) -> &'a str) -> Result<Line, Wrong> {
    let (number, slip) = (cell(0), cell(1));
    if number.is_empty() || slip.is_empty() {
        return Err((
            "文号、票据号不能为空".to_owned(),
            "number and slip must be there".to_owned(),
        ));
    }
    let paid_on = cell(2).parse().map_err(|_| {
        (
            format!("缴款日期“{}”应如 2026-03-01", cell(2)),
            format!("paid_on {:?} must be a day such as 2026-03-01", cell(2)),
        )
    })?;
    let money = |text: &str| {
        fen(text).ok_or_else(|| {
            (
                format!("金额“{text}”应为元，最多两位小数"),
                format!("amount {text:?} must be yuan with at most two decimals"),
            )
        })
    };
    Ok(Line {
        number: number.to_owned(),
        slip: slip.to_owned(),
        paid_on,
        fine_fen: money(cell(3))?,
        surcharge_fen: money(cell(4))?,
    })
}

/// An amount of yuan in fen: `3500`, `3500.5`, `3,500.50`; nothing is zero.
fn fen(text: &str) -> Option<i64> {
    let text = text.replace([',', '，'], "");
    if text.is_empty() {
        return Some(0);
    }
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().all(|one| one.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let yuan: i64 = whole.parse().ok().filter(|yuan| *yuan <= 100_000_000)?;
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    Some(yuan * 100 + cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_fen() {
        for (text, expected) in [
            ("3500", Some(350_000)),
            ("3,500.5", Some(350_050)),
            ("0.07", Some(7)),
            ("", Some(0)),
            ("3500.555", None),
            ("-5", None),
            (".5", None),
            ("五百", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(fen(text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_is_read_line_by_line() {
        let text = "票据号,文号,缴款日期,罚款金额（元）\nF1,罚〔2026〕0001号,2026-03-01,500\nF2,,2026-03-01,5\n\
                    F3,罚〔2026〕0002号,三月,5\n";
        let lines = read(text).unwrap();
        assert_eq!(
            lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
            [2, 3, 4]
        );
        let first = lines[0].1.as_ref().unwrap();
        assert_eq!(
            (first.slip.as_str(), first.fine_fen, first.surcharge_fen),
            ("F1", 50_000, 0)
        );
        assert!(lines[1].1.is_err() && lines[2].1.is_err());
        assert!(read("文号,票据号\n").unwrap_err().0.contains("缴款日期"));
    }
}
