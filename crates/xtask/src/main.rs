//! Builds the web bundle, and nothing else that a `just` line can do.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

mod assets;
mod bundle;
mod compile;
mod error;
mod glue;
mod page;
mod size;
mod styles;

use error::BuildError;

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the web bundle.
    Web {
        /// Quick to build, large to load.
        #[arg(long)]
        dev: bool,
        /// Where the bundle goes, relative to the workspace; what is there is replaced.
        #[arg(long, default_value = "dist")]
        out: PathBuf,
    },
    /// Prints the size of a bundle and fails if it is above the budget.
    Size {
        /// The bundle, relative to the workspace.
        #[arg(long, default_value = "dist")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(report) => match writeln!(std::io::stdout(), "{report}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<String, BuildError> {
    let workspace = workspace()?;
    match task {
        Task::Web { dev, out } => bundle::build(&workspace, &workspace.join(out), *dev),
        Task::Size { out } => size::check(&workspace.join(out)),
    }
}

/// The workspace is two levels above this crate.
fn workspace() -> Result<PathBuf, BuildError> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .ok_or(BuildError::NoWorkspace)
}
