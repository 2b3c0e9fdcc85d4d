//! A throw-away PostgreSQL cluster from Debian's packages, one for each test binary.
//!
//! A shell outside of the test's process group holds it: when this process ends, in whatever way,
//! the pipe to that shell closes, and it stops the server and removes the folder.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by tests and benches, which use different parts and fail by panicking"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// A running server, reachable by its socket only.
pub struct Cluster {
    folder: PathBuf,
    databases: AtomicU32,
    _keeper: Child,
    _alive: ChildStdin,
}

/// Shell script: `$1` binaries, `$2` folder, `$3` how to become a user that may run the server,
/// `$4` further settings.
const KEEPER: &str = r#"
set -e
cd "$2"
$3 "$1/initdb" -D "$2/data" -A trust -U steelyard -E UTF8 --locale=C.UTF-8 --no-sync >"$2/log" 2>&1
$3 "$1/postgres" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" $4 \
    >>"$2/log" 2>&1 </dev/null &
server=$!
until "$1/pg_isready" -q -h "$2" -U steelyard; do
    kill -0 $server || { cat "$2/log"; exit 1; }
    sleep 0.05
done
echo ready
read -r _ || true
kill -QUIT $server
wait $server || true
rm -rf "$2"
"#;

impl Cluster {
    /// The cluster of this test binary, without fsync: what is tested is not the disk.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("-c fsync=off -c max_connections=200"))
    }

    /// Starts a cluster with further settings.
    ///
    /// # Panics
    /// With words that say what to do, when PostgreSQL isn't installed or doesn't start.
    pub fn start(settings: &str) -> Self {
        let binaries = binaries().expect(
            "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb): run ./check, \
             which installs what the tests need, or apt-get install postgresql",
        );
        let folder = tempfile::Builder::new()
            .prefix("steelyard-postgres-")
            .tempdir_in("/tmp");
        let folder = folder.expect("a folder under /tmp").keep();
        let become_user = if nix_is_root() {
            let owned = Command::new("chown").arg("postgres:").arg(&folder).status();
            assert!(
                owned.is_ok_and(|status| status.success()),
                "chown to user postgres failed"
            );
            "setpriv --reuid=postgres --regid=postgres --init-groups"
        } else {
            ""
        };
        let mut keeper = Command::new("setsid")
            .args(["sh", "-c", KEEPER, "keeper"])
            .arg(&binaries)
            .arg(&folder)
            .arg(become_user)
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("setsid and sh are there on every Debian");
        let alive = keeper.stdin.take().expect("piped");
        let mut said = String::new();
        let mut output = BufReader::new(keeper.stdout.take().expect("piped"));
        output.read_line(&mut said).expect("the keeper's output");
        if said.trim() != "ready" {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("PostgreSQL did not start: {said}{log}");
        }
        Self {
            folder,
            databases: AtomicU32::new(0),
            _keeper: keeper,
            _alive: alive,
        }
    }

    /// Makes a new empty database and gives its URL.
    pub async fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let options: PgConnectOptions = self.url("postgres").parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://steelyard@localhost/{database}?host={}",
            self.folder.display()
        )
    }
}

fn nix_is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The newest installed version's binaries.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let binaries = path.join("bin");
            is_there(&binaries).then_some((version, binaries))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, binaries)| binaries)
}

fn is_there(binaries: &Path) -> bool {
    ["initdb", "postgres", "pg_isready"]
        .iter()
        .all(|name| binaries.join(name).exists())
}
