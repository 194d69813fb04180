//! The style sheet, by Tailwind's command line.

use std::{path::Path, process::Command};

use crate::error::BuildError;

/// Builds the style sheet from the classes that the sources of `web` name.
pub fn sheet(web: &Path, scratch: &Path, dev: bool) -> Result<String, BuildError> {
    if !web.join("node_modules").is_dir() {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(web), "npm")?;
    }
    let sheet = scratch.join("portal.css");
    let mut tailwind = Command::new("npx");
    tailwind.current_dir(web).args(["@tailwindcss/cli", "--input", "styles/app.css", "--output"]).arg(&sheet);
    if !dev {
        tailwind.arg("--minify");
    }
    run(&mut tailwind, "npx @tailwindcss/cli")?;
    std::fs::read_to_string(&sheet).map_err(BuildError::file(&sheet))
}

fn run(command: &mut Command, program: &'static str) -> Result<(), BuildError> {
    let status = command.status().map_err(|source| BuildError::Start { program, source })?;
    if status.success() { Ok(()) } else { Err(BuildError::Failed { program, status }) }
}
