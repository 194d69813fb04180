//! A mail server that others wrote, with TLS and a sign-in: `tests/witnesses/python/smtp_server.py`, stopped with the test.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// The running server.
pub struct MailServer {
    child: Child,
    /// Its end is the server's.
    input: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
    ports: Value,
}

impl MailServer {
    /// `None`, with a word of explanation, where its Python packages are not there.
    pub fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = root.join(".data/tools/witnesses/bin/python");
        #[expect(clippy::disallowed_methods, reason = "the test's own configuration")]
        let ci = std::env::var("CI").is_ok();
        if !python.exists() {
            assert!(!ci, "{} is not there: run infra/run install", python.display());
            println!("skipped: {} is not there: run infra/run install", python.display());
            return None;
        }
        let mut child = Command::new(python)
            .arg("-B")
            .arg(root.join("tests/witnesses/python/smtp_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let mut server = Self { child, input, lines: BufReader::new(output), ports: Value::Null };
        server.ports = server.next_message();
        Some(server)
    }

    /// An address of the server, with a sign-in where it wants one.
    pub fn url(&self, kind: &str, password: &str) -> String {
        let port = &self.ports[kind];
        match kind {
            "starttls" => format!("smtp://portal:{password}@127.0.0.1:{port}?tls=required"),
            "smtps" => format!("smtps://portal:{password}@127.0.0.1:{port}"),
            _ => format!("smtp://127.0.0.1:{port}"),
        }
    }

    /// A port on which it listens.
    pub fn port(&self, kind: &str) -> u64 {
        self.ports[kind].as_u64().unwrap()
    }

    /// File with the authority that vouches for it.
    pub fn ca(&self) -> PathBuf {
        self.ports["ca"].as_str().unwrap().into()
    }

    /// The next message that it has taken.
    pub fn next_message(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the mail server has ended");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ended = self.child.wait();
    }
}
