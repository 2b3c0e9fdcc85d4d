//! What the kernel was asked to do, in order: nothing is acknowledged before the database is
//! synced, no passage is closed with a picture before the picture, its name and its folder are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::daemon::{Daemon, add_user, write_config};
use crate::devices::{Devices, OVERLOADED};

const STRACE: &str = "/usr/bin/strace";
const CALLS: &str = "openat,open,creat,close,write,pwrite64,pwritev,writev,fsync,fdatasync,rename,\
                     renameat,renameat2,sync_file_range,mkdir,mkdirat,link,linkat";

/// A call that was seen whole, by its end.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    name: String,
    arguments: String,
}

impl Call {
    /// The file of the first descriptor, as strace's `-y` writes it: `3</path>`.
    fn file(&self) -> Option<&Path> {
        let (descriptor, rest) = self.arguments.split_once('<')?;
        descriptor.parse::<i32>().ok()?;
        Some(Path::new(rest.split_once('>')?.0))
    }

    fn is_sync(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync")
    }

    fn is_write(&self) -> bool {
        self.name.starts_with("write") || self.name.starts_with("pwrite")
    }
}

/// Calls in the order of their ends; those that failed are left out. A write is put where it
/// *began* when that matters to the reader: for an acknowledge the earlier moment is the strict
/// one, and strace prints a call that was interrupted as `unfinished` and `resumed`.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut calls: Vec<Option<Call>> = Vec::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, (calls.len(), begun));
            // Kept for a write that counts from its beginning.
            calls.push(None);
            continue;
        }
        let (place, text) = match rest.strip_prefix("<... ") {
            Some(resumed) => {
                let Some((place, begun)) = unfinished.remove(thread) else {
                    continue;
                };
                let Some((_, end)) = resumed.split_once(" resumed>") else {
                    continue;
                };
                (Some(place), format!("{begun}{end}"))
            }
            None => (None, rest.to_owned()),
        };
        let Some((before, result)) = text.rsplit_once(" = ") else {
            continue;
        };
        if result.starts_with('-') {
            continue;
        }
        let Some((name, arguments)) = before.split_once('(') else {
            continue;
        };
        let call = Call {
            name: name.to_owned(),
            arguments: arguments.trim_end().trim_end_matches(')').to_owned(),
        };
        match place {
            Some(place) if call.is_write() => calls[place] = Some(call),
            _ => calls.push(Some(call)),
        }
    }
    calls.into_iter().flatten().collect()
}

/// What a run of the daemon has to show.
struct Files {
    wim: PathBuf,
    database: PathBuf,
    pictures: PathBuf,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    acknowledges: usize,
    commits_with_pictures: usize,
    faults: Vec<String>,
}

fn is_database(file: &Path, database: &Path) -> bool {
    let name = file.to_string_lossy();
    let database = database.to_string_lossy();
    name.strip_prefix(&*database)
        .is_some_and(|rest| matches!(rest, "" | "-wal"))
}

/// Goes through the calls as a careful disk would: what was written and not synced is lost.
fn judge(calls: &[Call], files: &Files) -> Seen {
    let mut seen = Seen::default();
    let mut unsynced_database = false;
    let mut committed = false;
    // Pictures: what is still to be synced, by name of the file or folder.
    let mut dirty: BTreeMap<PathBuf, &str> = BTreeMap::new();
    let mut named = 0;
    let mut announced = 0;
    for call in calls {
        let file = call.file();
        if file.is_some_and(|file| is_database(file, &files.database)) {
            if call.is_write() {
                // The first write of a transaction that names a picture: all of them must be there.
                if named > announced && call.arguments.contains("passage_closed") {
                    seen.commits_with_pictures += 1;
                    announced = named;
                    for (path, what) in &dirty {
                        seen.faults
                            .push(format!("{what} of {} not synced", path.display()));
                    }
                }
                unsynced_database = true;
            } else if call.is_sync() {
                committed |= unsynced_database;
                unsynced_database = false;
            }
        }
        if file == Some(&*files.wim) && call.is_write() && call.arguments.contains("$OLR,1,A,") {
            assert!(call.arguments.contains(",OK*"), "{call:?}");
            seen.acknowledges += 1;
            if unsynced_database || !committed {
                seen.faults
                    .push(format!("acknowledged before a sync: {call:?}"));
            }
            committed = false;
        }
        if let Some(file) = file.filter(|file| file.starts_with(&files.pictures)) {
            if call.is_write() {
                dirty.insert(file.to_owned(), "content");
            } else if call.is_sync() {
                dirty.remove(file);
            }
        }
        // Names: a file or folder that was made or renamed is there once its folder is synced.
        let makes = [
            "rename",
            "renameat",
            "renameat2",
            "link",
            "linkat",
            "mkdir",
            "mkdirat",
        ];
        if makes.contains(&call.name.as_str()) {
            let paths: Vec<&str> = call.arguments.split('"').skip(1).step_by(2).collect();
            if let Some(target) = paths.last().map(Path::new)
                && target.starts_with(&files.pictures)
                && let Some(parent) = target.parent()
            {
                dirty.insert(parent.to_owned(), "a name in the folder");
                named += usize::from(target.extension().is_some_and(|end| end == "jpg"));
            }
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn database_and_pictures_are_synced_before_anybody_relies_on_them() {
    assert!(
        Path::new(STRACE).exists(),
        "{STRACE} is missing; install it: apt-get install strace"
    );
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    // Under a tracer a picture takes its time, the longer the busier the machine is.
    settings.timing.close_after_ms = 30_000;
    settings.timing.picture_within_ms = 20_000;
    settings.timing.freeze_within_ms = 20_000;
    settings.timing.picture_timeout_ms = 25_000;
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let output = folder.path().join("trace");
    let mut traced = Command::new(STRACE);
    traced
        .args(["-f", "-y", "-s", "100000", "-e", "signal=none", "-e"])
        .arg(format!("trace={CALLS}"))
        .arg("-o")
        .arg(&output)
        .arg(env!("CARGO_BIN_EXE_steelyard"))
        .args(["run", "--json", "--config"])
        .arg(&config);
    let mut daemon = Daemon::start_under(&mut traced);
    daemon.sign_in().await;
    const VEHICLES: usize = 6;
    for number in 0..VEHICLES {
        // Another picture each time: one that is there already is not written again.
        let picture = crate::devices::jpeg(1, devices.now());
        devices.show(picture);
        devices.vehicle_with_plate(&format!("鲁B6000{number}"), &OVERLOADED);
        let wanted = i64::try_from(number).unwrap() + 1;
        let closed = daemon.wait_for("/api/v1/status", |status| {
            status["counts"]["unclosed"] == 0 && status["counts"]["pictures"] == wanted
        });
        devices.during(closed).await;
    }
    assert_eq!(devices.acknowledged(), VEHICLES);
    // strace passes the signal on to nobody: the program itself is asked to stop.
    let children = format!("/proc/{0}/task/{0}/children", daemon.id());
    let children = std::fs::read_to_string(children).unwrap();
    let child: i32 = children.trim().parse().expect("strace runs one program");
    let child = nix::unistd::Pid::from_raw(child);
    nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGTERM).unwrap();
    let (status, said) = daemon.wait();
    assert!(status.success(), "{said}");

    let trace = String::from_utf8_lossy(&std::fs::read(&output).unwrap()).into_owned();
    let files = Files {
        wim: devices.controllers[0].feeder.path().to_owned(),
        database: crate::devices::database(&settings),
        pictures: settings.picture_folder(),
    };
    let calls = calls(&trace);
    let seen = judge(&calls, &files);
    println!("{} calls: {seen:?}", calls.len());
    assert_eq!(seen.faults, Vec::<String>::new());
    assert_eq!(seen.acknowledges, VEHICLES);
    assert_eq!(seen.commits_with_pictures, VEHICLES);

    // The judge is worth its word: with any one kind of sync taken out of what really happened,
    // it finds a fault.
    let without = |what: &dyn Fn(&Call) -> bool| {
        let rest: Vec<Call> = calls
            .iter()
            .filter(|call| !(call.is_sync() && what(call)))
            .map(|call| Call {
                name: call.name.clone(),
                arguments: call.arguments.clone(),
            })
            .collect();
        judge(&rest, &files).faults.len()
    };
    let below = |call: &Call| {
        call.file()
            .is_some_and(|file| file.starts_with(&files.pictures))
    };
    let is_folder = |call: &Call| call.file().is_some_and(|file| file.extension().is_none());
    let of_database = |call: &Call| {
        call.file()
            .is_some_and(|file| is_database(file, &files.database))
    };
    assert!(without(&of_database) >= VEHICLES, "the database's syncs");
    assert!(
        without(&|call| below(call) && is_folder(call)) > 0,
        "the folders' syncs"
    );
    assert!(
        without(&|call| below(call) && !is_folder(call)) > 0,
        "the pictures' syncs"
    );
}

#[test]
fn the_reader_of_traces_puts_calls_together() {
    let trace = r#"11 openat(AT_FDCWD</x>, "/d/a", O_RDWR) = 3</d/a>
11 pwrite64(3</d/a>, "abc", 3, 0 <unfinished ...>
12 fsync(4</d/b>) = -1 EIO (Input/output error)
12 write(5</dev/pts/1>, "x = y", 5) = 5
11 <... pwrite64 resumed>) = 3
11 fdatasync(3</d/a> <unfinished ...>
12 write(5</dev/pts/1>, "z", 1) = 1
11 <... fdatasync resumed>)       = 0
"#;
    let seen: Vec<String> = calls(trace)
        .iter()
        .map(|call| {
            format!(
                "{} {}",
                call.name,
                call.file().unwrap_or(Path::new("")).display()
            )
        })
        .collect();
    let wanted = [
        "openat ",
        "pwrite64 /d/a",
        "write /dev/pts/1",
        "write /dev/pts/1",
        "fdatasync /d/a",
    ];
    assert_eq!(seen, wanted);
}
