//! The `steelyard` program: one subcommand a file in `cli`.

use std::process::ExitCode;

use clap::Parser;

use steelyard::cli::{self, Command};

/// 杆秤：治超检测站软件 / Steelyard: software for overload-enforcement stations.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    cli::run(CommandLine::parse().command)
}
