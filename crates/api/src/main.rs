//! The program `portal`.

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use portal_api::{commands, config::Config, doctor::Options, telemetry};

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
    /// Looks at everything that the portal needs of WHMCS, Salesforce, mail and database, and says what is missing.
    Doctor {
        /// Prints an array for programs.
        #[arg(long)]
        json: bool,
        /// Also makes the checks that write: a customer and a case in Salesforce, undone at once.
        #[arg(long)]
        write_checks: bool,
    },
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
    if let Command::Doctor { json, write_checks } = command {
        return doctor(&config, json, write_checks);
    }
    let result = match command {
        Command::Serve => commands::serve(&config),
        Command::Worker => commands::work(&config),
        Command::Migrate => commands::migrate(&config),
        Command::SeedDemo { password, emails } => commands::seed_demo(&config, &password.into(), &emails),
        Command::CheckConfig | Command::Doctor { .. } | Command::Openapi => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped");
            ExitCode::FAILURE
        }
    }
}

fn doctor(config: &Config, json: bool, write_checks: bool) -> ExitCode {
    let Ok(report) = commands::doctor(config, Options { write_checks }) else { return ExitCode::FAILURE };
    let text = if json { report.json() } else { report.text() };
    let written = std::io::stdout().write_all(text.as_bytes());
    if report.is_well() && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
