//! The command line: one file per subcommand.

pub mod assess;
pub mod check_config;
pub mod decode;
pub mod demo;
pub mod evaluate;
pub mod import;
pub mod law_tables;
pub mod replay;
pub mod run;
pub mod sightings;
pub mod simulate;
pub mod user;
pub mod verify;

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

/// A subcommand.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// 在本机运行整个模拟站 / a whole simulated station on this machine
    Demo(demo::Arguments),
    /// 运行守护进程 / the daemon
    Run(run::Arguments),
    /// 检查配置并显示生效设置 / check a configuration and show what is in force
    CheckConfig(check_config::Arguments),
    /// 协议分析：字节到事件 / protocol analyser: bytes to events
    Decode(decode::Arguments),
    /// 超限计算器 / overload calculator
    Assess(assess::Arguments),
    /// 由原始字节重算过车与判定 / compute passages and verdicts again from raw bytes
    Replay(replay::Arguments),
    /// 模拟车流，附真值 / traffic with ground truth
    Simulate(simulate::Arguments),
    /// 以真值衡量车牌关联 / plate association measured against ground truth
    Evaluate(evaluate::Arguments),
    /// 多地踪迹：套牌、绕行、提升桥 / sightings of several places: clones, bypasses, lift axles
    Sightings(sightings::Arguments),
    /// 校验日志链 / check the journal
    Verify(verify::Arguments),
    /// 导入台账 / import a register from a CSV file
    Import(import::ImportArguments),
    /// 导出台账 / export a register to a CSV file
    Export(import::ExportArguments),
    /// 用户管理 / users
    User(user::Arguments),
}

/// Runs a subcommand. Exit codes: 0 all went well, 1 it failed, 2 it was used wrongly.
pub fn run(command: Command) -> ExitCode {
    // Only the daemon logs at length; the other commands speak through their output.
    let level = if matches!(command, Command::Run(_)) {
        "info"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let mut output = BufWriter::new(std::io::stdout());
    let done = dispatch(command, &mut output).and_then(|code| {
        output.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => code,
        // Whoever reads our output has seen enough, as with `| head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("steelyard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn dispatch(command: Command, output: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => runtime()?.block_on(demo::run(&arguments, output))?,
        Command::Run(arguments) => runtime()?.block_on(run::run(&arguments, output))?,
        Command::CheckConfig(arguments) => check_config::run(&arguments, output)?,
        Command::Decode(arguments) => {
            if let Err(error) = decode::execute(&arguments) {
                eprintln!("steelyard: {error}");
                return Ok(ExitCode::from(error.exit_code()));
            }
        }
        Command::Assess(arguments) => return assess::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments, output)?,
        Command::Simulate(arguments) => simulate::run(&arguments, output)?,
        Command::Evaluate(arguments) => evaluate::run(&arguments, output)?,
        Command::Sightings(arguments) => sightings::run(&arguments, output)?,
        Command::Verify(arguments) => return runtime()?.block_on(verify::run(&arguments)),
        Command::Import(arguments) => {
            return runtime()?.block_on(import::import(&arguments, output));
        }
        Command::Export(arguments) => runtime()?.block_on(import::export(&arguments, output))?,
        Command::User(arguments) => {
            runtime()?.block_on(user::run(&arguments, std::io::stdin().lock(), output))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}
