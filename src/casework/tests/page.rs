//! Pages of `docs/` that are written from the code, and tests that they are not stale.

use std::path::{Path, PathBuf};

/// Set, it has the pages written anew.
const WRITE: &str = "STEELYARD_WRITE_DOCS";

/// Where a page stands: beside the crate that holds these sources, wherever it is built.
pub fn path(name: &str) -> PathBuf {
    let root = Path::new(file!()).ancestors().nth(4).unwrap();
    let page = root.join("docs").join(name);
    if page.exists() {
        return page;
    }
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name)
}

/// Whether pages are being written anew.
pub fn is_written() -> bool {
    std::env::var_os(WRITE).is_some()
}

/// That what stands between two marks of a page is `new`; or writes it there.
pub fn holds(name: &str, [begin, end]: [&str; 2], new: &str) {
    let page = path(name);
    let found = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = found.split_once(begin).unwrap();
    let (old, after) = rest.split_once(end).unwrap();
    if is_written() {
        std::fs::write(&page, format!("{before}{begin}{new}{end}{after}")).unwrap();
        return;
    }
    assert!(old == new, "docs/{name} is stale: {WRITE}=1 writes it");
}
