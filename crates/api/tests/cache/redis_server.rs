//! A Redis server of the test's own, on a free port, which the test may kill.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};

use portal_api::bus::{Bus, RedisLink};
use portal_api::cache::{RedisLevel, Sealer, SealingError};
use portal_api::crypto::{self, KeyRing, Purpose, Random};
use uuid::Uuid;

use super::harness::*;

const RING: &str = "test:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

#[expect(clippy::disallowed_methods, reason = "a switch of the test run, not configuration")]
fn switch(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub struct RedisServer {
    program: String,
    port: u16,
    directory: tempfile::TempDir,
    process: Option<(Child, BufReader<ChildStdout>)>,
}

impl RedisServer {
    /// `None`, with a message, where there is no server program; a failure in CI. `TEST_REDIS_SERVER` names a program
    /// other than `redis-server`.
    pub fn start() -> Option<Self> {
        let program = switch("TEST_REDIS_SERVER").unwrap_or_else(|| "redis-server".to_owned());
        if Command::new(&program).arg("--version").output().is_err() {
            assert!(switch("CI").is_none(), "{program} is not installed");
            eprintln!("skipped: {program} is not installed");
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut server = Self { program, port, directory: tempfile::tempdir().unwrap(), process: None };
        server.restart();
        Some(server)
    }

    /// Starts the server on the same port, empty.
    pub fn restart(&mut self) {
        let mut child = Command::new(&self.program)
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--port",
                &self.port.to_string(),
            ])
            .current_dir(self.directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ready to accept connections") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "redis-server ended");
        }
        self.process = Some((child, output));
    }

    pub fn kill(&mut self) {
        if let Some((mut child, _)) = self.process.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub fn level(&self) -> RedisLevel {
        // A wide budget: the machine that runs the tests may be busy. What the budget does has its own test.
        let budget = seconds(5);
        let pool = RedisLevel::pool(&self.url(), 4, budget).unwrap();
        let sealer = crypto::Sealer::new(KeyRing::parse(RING).unwrap(), Random::seeded(1), Purpose::Cache);
        RedisLevel::new(pool, "test:".to_owned(), Box::new(sealer), budget)
    }

    pub fn bus(&self, instance: u128) -> Bus {
        Bus::with_redis(RedisLink {
            client: redis::Client::open(self.url()).unwrap(),
            channel: "test:bus".to_owned(),
            instance: Uuid::from_u128(instance),
            random: Random::seeded(9),
        })
    }

    pub async fn connect(&self) -> redis::aio::MultiplexedConnection {
        redis::Client::open(self.url()).unwrap().get_multiplexed_async_connection().await.unwrap()
    }

    pub async fn keys(&self) -> Vec<String> {
        redis::cmd("KEYS").arg("*").query_async(&mut self.connect().await).await.unwrap()
    }

    pub async fn empty(&self) {
        redis::cmd("FLUSHALL").query_async::<()>(&mut self.connect().await).await.unwrap();
    }

    /// Waits until so many values have been stored: storing goes on after the reader has its answer.
    pub async fn holds(&self, values: usize) {
        eventually("the values are stored", async || self.keys().await.len() == values).await;
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Keeps values readable, to see what the cache binds them to.
pub struct Transparent;

impl Sealer for Transparent {
    fn seal(&self, associated_data: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealingError> {
        Ok([associated_data, plaintext].concat())
    }

    fn open(&self, associated_data: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealingError> {
        sealed.strip_prefix(associated_data).map(<[u8]>::to_vec).ok_or(SealingError)
    }
}
