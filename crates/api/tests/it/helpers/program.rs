//! The program itself as a process of its own: for what happens before the first request and after the last.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Output, Stdio},
    thread::JoinHandle,
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
    child: Running,
    /// Reads on, so that the program never waits for a reader.
    log: JoinHandle<String>,
    _directory: TempDir,
}

impl Serving {
    /// Starts it and waits for its word.
    pub fn start(variables: &BTreeMap<String, String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut command = command(&["serve"], variables, &directory);
        let mut child = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        let mut log = BufReader::new(child.0.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the portal ended before it served: {said}");
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "serving" {
                let base = format!("http://{}", entry["address"].as_str().unwrap());
                let log = std::thread::spawn(move || {
                    let mut rest = String::new();
                    log.read_to_string(&mut rest).unwrap();
                    rest
                });
                return Self { base, child, log, _directory: directory };
            }
            said.push_str(&line);
        }
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.0.id())]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it ends: its exit code, and what it logged since it served.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.0.wait().unwrap().code();
        (code, self.log.join().unwrap())
    }
}

/// A process that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Mostly it has ended already.
        let _has_ended = self.0.kill();
        let _has_ended = self.0.wait();
    }
}
