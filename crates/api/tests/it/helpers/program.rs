//! The program itself as a process of its own: for what happens before the first request and after the last.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A command of the program with exactly these settings; the machine's environment and any `.env` stay out of it.
fn command(arguments: &[&str], variables: &BTreeMap<String, String>, directory: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(arguments).env_clear().envs(variables).current_dir(directory.path()).stdin(Stdio::null());
    command
}

/// Runs a command that ends by itself.
pub fn run(arguments: &[&str], variables: &BTreeMap<String, String>) -> Output {
    let directory = tempfile::tempdir().unwrap();
    command(arguments, variables, &directory).output().unwrap()
}

/// `portal serve`, which has said where it listens.
pub struct Serving {
    pub base: String,
    child: Child,
    log: BufReader<ChildStderr>,
    _directory: TempDir,
}

impl Serving {
    /// Starts it and waits for its word.
    pub fn start(variables: &BTreeMap<String, String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut child = command(&["serve"], variables, &directory)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the portal ended before it served: {said}");
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "serving" {
                let base = format!("http://{}", entry["address"].as_str().unwrap());
                return Self { base, child, log, _directory: directory };
            }
            said.push_str(&line);
        }
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it ends: its exit code, and what it logged since it served.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // A test that failed half way leaves no process behind; one that ended is gone already.
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
