//! Whether a server can be reached: name, connection, TLS and answer told apart, and the server's time on the way.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{DATE, HeaderMap};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use super::Context;
use crate::clock::Clock;

/// How long a name or a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How far one got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreachable {
    /// The address has no host or port.
    Address,
    /// The name has no address.
    Name,
    /// The server refused the connection, or the network has no way to it.
    Refused,
    /// Nothing came back.
    Silent,
    /// The connection stands, TLS fails.
    Tls,
    /// The connection stands, no HTTP answer came.
    NoAnswer,
}

impl Unreachable {
    /// What it means, and how to mend it, for a host and the variable that names it.
    pub(super) fn explain(self, host: &str, variable: &str) -> (String, String) {
        let (says, mend) = match self {
            Self::Address => {
                ("cannot be reached: no host in the address", "set {variable} to a whole address")
            }
            Self::Name => (
                "has no address: its name is not known here",
                "look for a typing mistake in {variable}, and try `getent hosts {host}` on this machine",
            ),
            Self::Refused => (
                "refuses connections, or no route leads there",
                "look at host and port in {variable}, at the server, and at the firewalls between",
            ),
            Self::Silent => (
                "does not answer: packets get lost on the way",
                "let this machine out to {host} in the firewall, and look at host and port in {variable}",
            ),
            Self::Tls => (
                "is there, but TLS fails: its certificate has ended, is for another name or from an issuer that is not known here",
                "look at it with `openssl s_client -connect {host}:443 -servername {host}`; the portal does not go on without a valid certificate",
            ),
            Self::NoAnswer => (
                "takes connections but gives no answer",
                "look at host and port in {variable}, and at the server's own log",
            ),
        };
        let mend = mend.replace("{variable}", variable).replace("{host}", host);
        (format!("{host} {says}"), mend)
    }
}

/// The host of an address, for people.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Name and connection only.
pub(super) async fn connect(host: &str, port: u16) -> Result<(), Unreachable> {
    // An IPv6 address stands in brackets in URLs.
    let host = host.trim_matches(['[', ']']);
    let found = timeout(CONNECT, lookup_host((host, port))).await;
    let Ok(Ok(addresses)) = found else { return Err(Unreachable::Name) };
    let addresses: Vec<_> = addresses.collect();
    match timeout(CONNECT, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) => Err(Unreachable::Refused),
        Err(_) => Err(Unreachable::Silent),
    }
}

/// A server's answer to a request without credentials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    /// HTTP status.
    pub(super) status: u16,
    /// How far the server's clock is ahead of ours.
    pub(super) ahead: Option<TimeDelta>,
}

/// Asks for a page; its body is not read.
pub(super) async fn look(context: &Context<'_>, url: &Url) -> Result<Answered, Unreachable> {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(Unreachable::Address);
    };
    connect(host, port).await?;
    let asked = context.clock.now();
    let answer = timeout(context.patience, context.http.get(url.clone()).send()).await;
    match answer {
        Ok(Ok(answer)) => Ok(Answered {
            status: answer.status().as_u16(),
            ahead: ahead(answer.headers(), asked, context.clock),
        }),
        // The connection was tried a moment ago: what fails in connecting now is TLS.
        Ok(Err(error)) if error.is_connect() && url.scheme() == "https" => Err(Unreachable::Tls),
        Ok(Err(_)) | Err(_) => Err(Unreachable::NoAnswer),
    }
}

/// The server's `Date` against the middle of the time that its answer took.
fn ahead(headers: &HeaderMap, asked: DateTime<Utc>, clock: &Clock) -> Option<TimeDelta> {
    let date = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    let middle = asked + (clock.now() - asked) / 2;
    // The header has whole seconds, cut off.
    Some(date.with_timezone(&Utc) + TimeDelta::milliseconds(500) - middle)
}
