//! What the architecture says of itself, held to it: imports point down, the core is pure, every
//! folder is named in ARCHITECTURE.md, migrations pair up.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of `src` may import from the crate, besides itself. The order is the order of
/// the layers, lowest first.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("closed_list", &[]),
    ("units", &[]),
    ("role", &[]),
    ("plate", &["units"]),
    ("passage", &["units"]),
    ("lane", &["units", "passage", "plate"]),
    ("law", &["units"]),
    ("register", &["units", "plate", "law"]),
    (
        "casework",
        &["units", "role", "passage", "plate", "law", "register"],
    ),
    ("evidence", &["units"]),
    ("status", &["units"]),
    ("clock", &["units"]),
    (
        "config",
        &["units", "passage", "lane", "law", "casework", "clock"],
    ),
    ("device", &["units", "clock", "config"]),
    (
        "store",
        &[
            "units", "role", "passage", "law", "register", "casework", "evidence", "clock",
        ],
    ),
    (
        "station",
        &[
            "units", "role", "passage", "plate", "lane", "law", "register", "casework", "evidence",
            "status", "clock", "config", "device", "store",
        ],
    ),
    (
        "api",
        &[
            "units", "role", "passage", "plate", "law", "register", "casework", "evidence",
            "status", "clock", "config", "store", "console",
        ],
    ),
    (
        "console",
        &[
            "units", "role", "passage", "plate", "law", "casework", "status", "clock", "store",
            "api",
        ],
    ),
    (
        "simulator",
        &["units", "passage", "plate", "lane", "clock", "evidence"],
    ),
];

/// Modules without clock, randomness, I/O and async.
const PURE: &[&str] = &[
    "units", "role", "plate", "passage", "lane", "law", "register", "casework", "evidence",
    "status",
];

/// What a pure module may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::io",
    "std::time",
    "std::thread",
    "std::process",
    "std::env",
    "tokio",
    "sqlx",
    "axum",
    "object_store",
    "getrandom",
    "rand::",
    "async fn",
    "Instant::now",
    "SystemTime",
    "Utc::now",
    "HashMap",
    "HashSet",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Source without comments and without test modules, which may use what they like.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .split("\n#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default();
    let text = text
        .split("\n#[cfg(test)]\npub(")
        .next()
        .unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests")
        || path.components().any(|part| part.as_os_str() == "tests")
}

fn module_files() -> BTreeMap<String, Vec<PathBuf>> {
    let src = root().join("src");
    let mut modules: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in rust_files(&src)
        .into_iter()
        .filter(|path| !is_test_file(path))
    {
        let relative = path.strip_prefix(&src).unwrap();
        let first = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        modules.entry(module).or_default().push(path);
    }
    modules
}

#[test]
fn imports_point_down() {
    let rules: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let modules = module_files();
    let mut wrong = Vec::new();
    for (module, files) in &modules {
        if ["cli", "main", "lib"].contains(&module.as_str()) {
            continue;
        }
        let allowed = rules.get(module.as_str()).unwrap_or_else(|| {
            panic!("src/{module} has no row in MAY_IMPORT: say what it may use")
        });
        for file in files {
            for import in code(file).split("crate::").skip(1) {
                let name: String = import
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let known = modules.contains_key(&name);
                if known && name != *module && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{}: {module} may not use {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> = module_files()
        .into_iter()
        .filter(|(module, _)| PURE.contains(&module.as_str()))
        .flat_map(|(_, files)| files)
        .collect();
    files.extend(
        rust_files(&root().join("firmware-protocols/src"))
            .into_iter()
            .filter(|path| !is_test_file(path)),
    );
    assert!(
        files.len() > 30,
        "only {} files of the core were found",
        files.len()
    );
    for file in files {
        let code = code(&file);
        for name in IMPURE.iter().filter(|name| code.contains(**name)) {
            wrong.push(format!("{}: names {name}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_named_in_the_architecture_and_the_other_way_round() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for module in module_files()
        .keys()
        .filter(|module| !["main", "lib"].contains(&module.as_str()))
    {
        let (folder, file) = (format!("src/{module}/"), format!("src/{module}.rs"));
        let named = text.contains(&folder) || text.contains(&file);
        assert!(named, "ARCHITECTURE.md does not name {folder} or {file}");
    }
    for name in text.split('`').filter(|name| name.starts_with("src/")) {
        assert!(
            root().join(name).exists(),
            "ARCHITECTURE.md names {name}, which is not there"
        );
    }
}

#[test]
fn migrations_have_the_same_numbers_and_names_for_both_engines() {
    let names = |engine: &str| -> BTreeSet<String> {
        fs::read_dir(root().join("migrations").join(engine))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn nothing_large_or_left_over_is_in_the_tree() {
    const LARGEST: u64 = 1 << 20;
    for folder in [
        "src",
        "firmware-protocols",
        "kernel-clock",
        "fixtures",
        "tests",
        "docs",
        "migrations",
    ] {
        let mut waiting = vec![root().join(folder)];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            } else if let Ok(metadata) = fs::metadata(&path) {
                assert!(
                    metadata.len() <= LARGEST,
                    "{} is {} bytes",
                    path.display(),
                    metadata.len()
                );
            }
        }
    }
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for left in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(left), "{} has {left}", path.display());
        }
    }
}
