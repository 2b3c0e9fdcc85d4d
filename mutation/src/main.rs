//! Rewrites Rust source so that each of its comparisons can be changed while it runs.
//!
//! `steelyard-mutation FROM TO LIST` copies every `.rs` file below `FROM` to the same place below
//! `TO`. In the copy a comparison asks `crate::mutant()` which change is made in this run, 0 being
//! none, and does accordingly. What each number changes is written to `LIST`, one a line. One
//! compilation so serves every change.
//!
//! Code under `#[cfg(test)]` stays as it is. A comparison in the tokens of a macro, which are not
//! parsed, or in a constant is refused: it could not be changed.

mod rewrite;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to, list] = arguments.as_slice() else {
        return Err("usage: steelyard-mutation FROM TO LIST".into());
    };
    let mut files = Vec::new();
    files_below(from, &mut files)?;
    files.sort();
    let mut changes = Vec::new();
    let mut refused = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file)?;
        let name = file.strip_prefix(from)?;
        let place = to.join(name);
        let rewritten = rewrite::file(&text, &name.display().to_string(), &mut changes)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        refused.extend(rewritten.refused);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, rewritten.text)?;
    }
    if !refused.is_empty() {
        return Err(format!("cannot be changed:\n{}", refused.join("\n")).into());
    }
    let mut text = String::new();
    for (change, number) in changes.iter().zip(1..) {
        writeln!(text, "{number}\t{change}")?;
    }
    fs::write(list, text)?;
    Ok(())
}
