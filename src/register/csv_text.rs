//! CSV as text: records with their lines, quoting, and cells that a spreadsheet would compute.

use super::file::FileError;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A line of a file.
pub(super) fn joined(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells
        .map(|cell| quoted(&cell))
        .collect::<Vec<_>>()
        .join(",");
    line.push_str("\r\n");
    line
}

fn quoted(cell: &str) -> String {
    let odd = |character: char| matches!(character, ',' | '"' | '\n' | '\r');
    if cell.contains(odd) || cell.starts_with([' ', '#']) || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Whether a spreadsheet would compute a cell, or whether it looks like one that was defused.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// A cell with a quote before what a spreadsheet would compute.
pub(super) fn defused(cell: &str) -> String {
    if is_formula(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A cell without the quote that [`defused`] put before it.
pub(super) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// The records of a file with the line each begins on. Lines without any text are skipped.
pub(super) fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, FileError> {
    let mut records = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let (mut line, mut first_line, mut quote_line) = (1_usize, 1_usize, None);
    let mut was_quoted = false;
    let mut characters = text.chars().peekable();
    loop {
        let next = characters.next();
        if quote_line.is_some() {
            match next {
                None => {
                    return Err(FileError::OpenQuote {
                        line: quote_line.unwrap_or(line),
                    });
                }
                Some('"') if characters.peek() == Some(&'"') => {
                    characters.next();
                    cell.push('"');
                }
                Some('"') => quote_line = None,
                Some(character) => {
                    line += usize::from(character == '\n');
                    cell.push(character);
                }
            }
            continue;
        }
        match next {
            Some('"') if cell.trim().is_empty() && !was_quoted => {
                cell.clear();
                was_quoted = true;
                quote_line = Some(line);
            }
            Some(',') => {
                cells.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            Some('\r') if characters.peek() == Some(&'\n') => {}
            Some('\n' | '\r') | None => {
                cells.push(std::mem::take(&mut cell));
                was_quoted = false;
                let record = std::mem::take(&mut cells);
                if record.iter().any(|cell| !cell.trim().is_empty()) {
                    records.push((first_line, record));
                }
                line += 1;
                first_line = line;
                if next.is_none() {
                    return Ok(records);
                }
            }
            Some(character) => cell.push(character),
        }
    }
}
