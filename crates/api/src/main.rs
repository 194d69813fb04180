//! The program `portal`.

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use portal_api::{commands, config::Config, telemetry};

/// The customer portal.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API and the web app.
    Serve,
    /// Works on jobs.
    Worker,
    /// Brings the database to the schema of this version.
    Migrate,
    /// Prints the OpenAPI document.
    Openapi,
    /// Says everything that is wrong with the configuration.
    CheckConfig,
    /// Makes portal users for people of the sandbox (dev mode only).
    SeedDemo {
        /// Their password.
        #[arg(long)]
        password: String,
        /// Their addresses.
        emails: Vec<String>,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    if matches!(command, Command::Openapi) {
        let written = std::io::stdout().write_all(commands::openapi().as_bytes());
        return if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            eprint!("{error}");
            return ExitCode::from(2);
        }
    };
    telemetry::start(&config.server);
    let result = match command {
        Command::Serve => commands::serve(&config),
        Command::Worker => commands::work(&config),
        Command::Migrate => commands::migrate(&config),
        Command::SeedDemo { password, emails } => commands::seed_demo(&config, &password.into(), &emails),
        Command::CheckConfig | Command::Openapi => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped");
            ExitCode::FAILURE
        }
    }
}
