//! `steelyard user`: who may use the console and the API.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::api::{check_password, hash_password};
use crate::clock::{Entropy, SystemClock, SystemEntropy};
use crate::config::Config;
use crate::role::Role;
use crate::store::records::Actor;
use crate::store::{DatabaseUrl, Store, StoreSettings};

/// Longest user name, characters.
const NAME_LONGEST: usize = 64;

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: UserCommand,
}

/// Where the station's database is.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Place {
    /// 配置文件 / configuration file of the station
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 数据目录 / data folder with an SQLite database
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum UserCommand {
    /// 新增用户或重设密码、角色 / add a user, or set password and role anew
    Add {
        /// 用户名：小写字母、数字、. _ - / name: small letters, digits, . _ -
        name: String,
        /// 角色 / role
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// 密码文件，首行为密码；缺省从终端或标准输入读取 / file whose first line is the password; left
        /// out, it is asked for or read from standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// 列出用户 / list users
    List {
        /// 每行一个 JSON 对象 / one JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// 停用用户，其会话立即失效 / disable a user; sessions end at once
    Disable {
        /// 用户名 / name
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

impl UserCommand {
    const fn place(&self) -> &Place {
        match self {
            Self::Add { place, .. } | Self::List { place, .. } | Self::Disable { place, .. } => {
                place
            }
        }
    }
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| {
        format!(
            "角色应为其中之一 / one of {}",
            Role::ALL.map(Role::name).join(", ")
        )
    })
}

/// Runs the command; `input` is where a password is read from when no file is named.
///
/// # Errors
/// In words that say what to do: a bad name, a weak password, a database in use by the daemon.
pub async fn run(
    arguments: &Arguments,
    input: impl BufRead,
    mut output: impl Write,
) -> anyhow::Result<()> {
    let settings = settings(arguments.command.place()).await?;
    if let UserCommand::List { json, .. } = arguments.command {
        let store = Store::open_read_only(settings).await?;
        let done = list(&store, json, &mut output).await;
        store.shutdown().await;
        return done;
    }
    // Asked for before the database is opened: nobody waits for a person with the lock held.
    let password = match &arguments.command {
        UserCommand::Add {
            password_file: Some(file),
            ..
        } => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("无法读取 / cannot read {}", file.display()))?;
            Some(text.lines().next().unwrap_or_default().to_owned())
        }
        UserCommand::Add { .. } => Some(ask(input)?),
        UserCommand::List { .. } | UserCommand::Disable { .. } => None,
    };
    let store = Store::open(
        settings,
        Arc::new(SystemClock::new()),
        Arc::new(SystemEntropy),
    )
    .await?;
    let done = change(&store, &arguments.command, password, &mut output).await;
    store.shutdown().await;
    done
}

async fn change(
    store: &Store,
    command: &UserCommand,
    password: Option<String>,
    output: &mut impl Write,
) -> anyhow::Result<()> {
    let by = Actor("system:command-line".to_owned());
    match command {
        UserCommand::Add { name, role, .. } => {
            let password = password.unwrap_or_default();
            add(store, name, *role, &password, &SystemEntropy, &by).await?;
            writeln!(output, "{name} {}", role.name())?;
        }
        UserCommand::Disable { name, .. } => {
            disable(store, name, &by).await?;
            writeln!(output, "{name} 已停用 / disabled")?;
        }
        UserCommand::List { .. } => {}
    }
    Ok(())
}

/// Whether a text may be a user's name: 2 to 64 of small letters, digits, `.`, `_`, `-`. One
/// spelling a person, so that two reviews are by two persons; no colon, which marks the system.
///
/// # Errors
/// When it may not.
pub fn check_name(name: &str) -> anyhow::Result<()> {
    let letter = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
    };
    if !(2..=NAME_LONGEST).contains(&name.len()) || !name.bytes().all(letter) {
        bail!(
            "用户名 {name:?} 只能含 2 到 {NAME_LONGEST} 个小写字母、数字和 . _ - / a user's name is 2 to \
             {NAME_LONGEST} small letters, digits and . _ -"
        );
    }
    Ok(())
}

/// Adds a user, or gives one a new password and role; an account that was disabled may be used
/// again. Sessions go on, with the new role.
///
/// # Errors
/// A bad name, a weak password, a failing store.
pub async fn add(
    store: &Store,
    name: &str,
    role: Role,
    password: &str,
    entropy: &dyn Entropy,
    by: &Actor,
) -> anyhow::Result<()> {
    check_name(name)?;
    check_password(name, password)?;
    let hash = hash_password(password, entropy)?;
    store.put_user(name, role, &hash, true, by).await?;
    Ok(())
}

/// Disables a user. The name stays taken: the journal speaks of it.
///
/// # Errors
/// An unknown user, a failing store.
pub async fn disable(store: &Store, name: &str, by: &Actor) -> anyhow::Result<()> {
    let Some(user) = store.user(name).await? else {
        bail!("没有用户 {name:?} / there is no user {name:?}; steelyard user list");
    };
    let role = Role::from_name(&user.role)
        .with_context(|| format!("未知角色 / unknown role {:?}", user.role))?;
    store
        .put_user(name, role, &user.password_hash, false, by)
        .await?;
    Ok(())
}

async fn list(store: &Store, json: bool, output: &mut impl Write) -> anyhow::Result<()> {
    for user in store.users().await? {
        let active = user.active == 1;
        if json {
            let line = serde_json::json!({"user": user.name, "role": user.role, "active": active});
            writeln!(output, "{line}")?;
        } else {
            let state = if active {
                "启用 / active"
            } else {
                "停用 / disabled"
            };
            writeln!(output, "{:<24} {:<16} {state}", user.name, user.role)?;
        }
    }
    Ok(())
}

/// Reads a password from the first line of the input. On a terminal it is asked for, and not shown
/// while it is typed.
fn ask(mut input: impl BufRead) -> anyhow::Result<String> {
    let terminal = std::io::stdin().is_terminal();
    let _hidden = if terminal {
        let mut prompt = std::io::stderr();
        write!(prompt, "密码 / password: ")?;
        prompt.flush()?;
        Some(HiddenEcho::new()?)
    } else {
        None
    };
    let mut line = String::new();
    input
        .read_line(&mut line)
        .context("读取密码 / reading the password")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// Keeps the terminal from showing what is typed, for as long as it lives.
struct HiddenEcho(nix::sys::termios::Termios);

impl HiddenEcho {
    fn new() -> nix::Result<Self> {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for HiddenEcho {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &self.0);
        let _ = writeln!(std::io::stderr());
    }
}

pub(super) async fn settings(place: &Place) -> anyhow::Result<StoreSettings> {
    if let Some(file) = &place.config {
        let config = Config::load(file)?;
        let folder = &config.station.data_dir;
        let url = match &config.database.url {
            Some(url) => url.reveal().parse()?,
            None => DatabaseUrl::in_folder(folder),
        };
        return Ok(StoreSettings::new(
            url,
            &config.station.code,
            folder.join("pictures"),
        ));
    }
    let Some(folder) = &place.data else {
        bail!("需要 --config 或 --data / one of --config and --data is needed");
    };
    if !folder.join(DatabaseUrl::FILE_NAME).exists() {
        bail!(
            "{} 中没有数据库；请先启动守护进程一次，或用 --config / there is no database in {0}; start \
             the daemon once, or name the station's --config",
            folder.display()
        );
    }
    // A database belongs to one station, whose code stands in every entry of its journal.
    let store = Store::open_read_only(StoreSettings::in_folder(folder, "")).await?;
    let first = store.journal_after(0, 1).await?;
    store.shutdown().await;
    let header: Option<serde_json::Value> = first
        .first()
        .and_then(|row| serde_json::from_str(&row.header).ok());
    let station = header
        .as_ref()
        .and_then(|header| header.get("station")?.as_str())
        .context(
            "日志为空，无法得知站点编号；请用 --config / the journal is empty and doesn't name the \
         station; use --config",
        )?;
    Ok(StoreSettings::in_folder(folder, station))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use clap::Parser;

    use super::*;
    use crate::api::password::verify_password;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        user: Arguments,
    }

    fn arguments(line: &[&str]) -> Arguments {
        Line::try_parse_from(std::iter::once(&"user").chain(line))
            .unwrap()
            .user
    }

    async fn station(folder: &std::path::Path) -> Store {
        let settings = StoreSettings::in_folder(folder, "ST0042");
        Store::open(
            settings,
            Arc::new(SystemClock::new()),
            Arc::new(SystemEntropy),
        )
        .await
        .unwrap()
    }

    async fn command(line: &[&str], input: &str) -> anyhow::Result<String> {
        let mut output = Vec::new();
        run(&arguments(line), Cursor::new(input.to_owned()), &mut output).await?;
        Ok(String::from_utf8(output).unwrap())
    }

    #[test]
    fn a_place_and_a_known_role_are_needed() {
        for line in [
            &["list"][..],
            &["list", "--data", "a", "--config", "b"],
            &["add", "li", "--role", "root", "--data", "a"],
            &["add", "li", "--data", "a"],
        ] {
            assert!(
                Line::try_parse_from(std::iter::once(&"user").chain(line)).is_err(),
                "{line:?}"
            );
        }
    }

    #[test]
    fn names_have_one_spelling() {
        for name in ["li", "wang.xiaoming", "reviewer-2", "a_b"] {
            check_name(name).unwrap();
        }
        for name in [
            "",
            "l",
            "Li",
            "李明",
            "system:station",
            "a b",
            "a/b",
            &"a".repeat(65),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[tokio::test]
    async fn add_list_disable_and_add_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let store = station(folder.path()).await;
        let by = Actor("system:test".into());
        add(
            &store,
            "first",
            Role::Auditor,
            "gravel-noon-7-horses",
            &SystemEntropy,
            &by,
        )
        .await
        .unwrap();
        store.shutdown().await;

        let add_li = ["add", "li", "--role", "reviewer", "--data", place];
        command(&add_li, "four wheels rolling\n").await.unwrap();
        let listed = command(&["list", "--json", "--data", place], "")
            .await
            .unwrap();
        let users: Vec<serde_json::Value> = listed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(users.len(), 2);
        assert_eq!(
            users[1],
            serde_json::json!({"user": "li", "role": "reviewer", "active": true})
        );

        command(&["disable", "li", "--data", place], "")
            .await
            .unwrap();
        let listed = command(&["list", "--data", place], "").await.unwrap();
        assert!(
            listed.lines().nth(1).unwrap().ends_with("disabled"),
            "{listed}"
        );

        let file = folder.path().join("password");
        std::fs::write(&file, "another horse altogether\r\nsecond line\n").unwrap();
        let file = file.to_str().unwrap();
        let again = [
            "add",
            "li",
            "--role",
            "supervisor",
            "--password-file",
            file,
            "--data",
            place,
        ];
        command(&again, "").await.unwrap();
        let store = station(folder.path()).await;
        let user = store.user("li").await.unwrap().unwrap();
        assert!(user.active == 1 && user.role == "supervisor");
        assert!(verify_password(
            "another horse altogether",
            &user.password_hash
        ));
        store.shutdown().await;
    }

    #[tokio::test]
    async fn what_can_not_be_done_is_said_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let missing = command(&["list", "--data", place], "").await.unwrap_err();
        assert!(missing.to_string().contains("--config"), "{missing}");

        let store = station(folder.path()).await;
        let by = Actor("system:test".into());
        add(
            &store,
            "first",
            Role::Auditor,
            "gravel-noon-7-horses",
            &SystemEntropy,
            &by,
        )
        .await
        .unwrap();
        let add_li = ["add", "li", "--role", "reviewer", "--data", place];
        let busy = command(&add_li, "four wheels rolling\n").await.unwrap_err();
        assert!(busy.to_string().contains("stop it first"), "{busy}");
        store.shutdown().await;

        for (password, why) in [
            ("short\n", "5 characters"),
            ("password2024\n", "common"),
            ("", "0 characters"),
        ] {
            let refused = command(&add_li, password).await.unwrap_err();
            assert!(refused.to_string().contains(why), "{password:?}: {refused}");
        }
        let unknown = command(&["disable", "nobody", "--data", place], "")
            .await
            .unwrap_err();
        assert!(unknown.to_string().contains("nobody"));
        let listed = command(&["list", "--data", place], "").await.unwrap();
        assert_eq!(listed.lines().count(), 1, "{listed}");
    }
}
