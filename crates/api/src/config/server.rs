//! Where the portal listens, what it is called, how it logs.

use std::{net::IpAddr, path::PathBuf};

use url::{Origin, Url};

use super::reader::{Reader, is_loopback};

/// How strict the portal is with its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One machine, plain http on loopback, sandbox upstreams.
    Dev,
    /// The real thing.
    Production,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people in front of a terminal.
    Text,
}

/// Where the portal listens, what it is called, how it logs.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// `PORTAL_MODE`: `dev` or `production` (the default).
    pub mode: Mode,
    /// `PORTAL_BIND`: address to listen on; loopback unless set.
    pub bind: IpAddr,
    /// `BFF_PORT`: 4000; 0 takes a free one.
    pub port: u16,
    /// `PORTAL_METRICS_PORT`: private port with metrics and status; 0 takes a free one, unset has none.
    pub metrics_port: Option<u16>,
    /// `PORTAL_PUBLIC_URL`: how customers reach the portal.
    pub public_url: Url,
    /// `PORTAL_APP_NAME`: the name in the pages and in mails.
    pub app_name: String,
    /// `PORTAL_TRUSTED_PROXIES`: addresses whose `X-Forwarded-For` is believed, separated by commas.
    pub trusted_proxies: Vec<IpAddr>,
    /// `PORTAL_ALLOWED_ORIGINS`: origins besides the public one that may send writing requests with a cookie.
    pub allowed_origins: Vec<String>,
    /// `PORTAL_TOKEN_ORIGINS`: origins of other front ends, which use access tokens in place of the cookie.
    pub token_origins: Vec<String>,
    /// `PORTAL_WEB_DIR`: the built web app.
    pub web_dir: PathBuf,
    /// `PORTAL_DOCS`: whether `/api/docs` and `/api/openapi.json` are served; in dev by default.
    pub docs: bool,
    /// `PORTAL_LOG`: filter such as `info,portal_api=debug`.
    pub log: String,
    /// `PORTAL_LOG_FORMAT`: `json` (default) or `text`.
    pub log_format: LogFormat,
    /// `PORTAL_HTTP_WORKERS`: threads that serve requests; one per core unless set.
    pub workers: Option<usize>,
    /// `PORTAL_SHUTDOWN_SECONDS`: how long running requests may take to end.
    pub shutdown_seconds: u64,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mode = match reader.optional("PORTAL_MODE").as_deref() {
            Some("dev") => Mode::Dev,
            Some("production") | None => Mode::Production,
            Some(_) => {
                reader.refuse("PORTAL_MODE", "must be dev or production");
                Mode::Production
            }
        };
        let port = reader.number("BFF_PORT", 4000, 0..=u16::MAX);
        let bind = one(reader, "PORTAL_BIND", "127.0.0.1");
        if mode == Mode::Dev && !bind.is_loopback() {
            reader.refuse("PORTAL_BIND", "must be loopback in dev mode, whose cookies work without https");
        }
        let log_format = match reader.optional("PORTAL_LOG_FORMAT").as_deref() {
            Some("text") => LogFormat::Text,
            Some("json") | None => LogFormat::Json,
            Some(_) => {
                reader.refuse("PORTAL_LOG_FORMAT", "must be json or text");
                LogFormat::Json
            }
        };
        Self {
            mode,
            bind,
            port,
            metrics_port: reader
                .optional("PORTAL_METRICS_PORT")
                .is_some()
                .then(|| reader.number("PORTAL_METRICS_PORT", 0, 0..=u16::MAX)),
            public_url: public_url(reader, mode, port),
            app_name: reader.text("PORTAL_APP_NAME", "Customer portal"),
            trusted_proxies: addresses(reader, "PORTAL_TRUSTED_PROXIES"),
            allowed_origins: origins(reader, "PORTAL_ALLOWED_ORIGINS"),
            token_origins: token_origins(reader, mode),
            web_dir: reader.text("PORTAL_WEB_DIR", "dist").into(),
            docs: reader.flag("PORTAL_DOCS", mode == Mode::Dev),
            log: log_filter(reader),
            log_format,
            workers: reader
                .optional("PORTAL_HTTP_WORKERS")
                .is_some()
                .then(|| reader.number("PORTAL_HTTP_WORKERS", 1, 1..=256)),
            shutdown_seconds: reader.number("PORTAL_SHUTDOWN_SECONDS", 30, 0..=600),
        }
    }

    /// The origins from which a browser may send writing requests: the public one and those allowed besides.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins = vec![self.public_url.origin().ascii_serialization()];
        origins.extend(self.allowed_origins.iter().cloned());
        origins
    }
}

fn public_url(reader: &mut Reader, mode: Mode, port: u16) -> Url {
    let default = format!("http://localhost:{port}/");
    let value = reader.text("PORTAL_PUBLIC_URL", &default);
    let url = reader.url("PORTAL_PUBLIC_URL", &value);
    // Passkeys cannot be bound to an address.
    if url.domain().is_none() {
        reader.refuse("PORTAL_PUBLIC_URL", "must have a host name, not an IP address");
    }
    match mode {
        Mode::Production if url.scheme() != "https" => {
            reader.refuse("PORTAL_PUBLIC_URL", "must be an https address in production");
        }
        Mode::Dev if url.scheme() == "http" && !is_loopback(&url) => {
            reader.refuse("PORTAL_PUBLIC_URL", "may be plain http on loopback only");
        }
        _ => {}
    }
    url
}

fn log_filter(reader: &mut Reader) -> String {
    let filter = reader.text("PORTAL_LOG", "info");
    if filter.parse::<tracing_subscriber::filter::Targets>().is_err() {
        reader.refuse("PORTAL_LOG", "must be a filter such as info,portal_api=debug");
    }
    filter
}

fn one(reader: &mut Reader, name: &'static str, default: &str) -> IpAddr {
    let value = reader.text(name, default);
    value.parse().unwrap_or_else(|_| {
        reader.refuse(name, "must be an IP address");
        IpAddr::from([127, 0, 0, 1])
    })
}

fn addresses(reader: &mut Reader, name: &'static str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for item in items(reader, name) {
        match item.parse() {
            Ok(address) => found.push(address),
            Err(_) => reader.refuse(name, "must be IP addresses separated by commas"),
        }
    }
    found
}

fn origins(reader: &mut Reader, name: &'static str) -> Vec<String> {
    let mut found = Vec::new();
    for item in items(reader, name) {
        match Url::parse(&item).map(|url| url.origin()) {
            // A star would be taken for a name that no browser ever sends, not for a pattern.
            Ok(origin @ Origin::Tuple(..)) if origin.ascii_serialization() == item && !item.contains('*') => {
                found.push(item);
            }
            _ => reader.refuse(name, "must be origins such as https://shop.example.com, separated by commas"),
        }
    }
    found
}

/// A front end on plain http would hand its tokens to everybody on the way.
fn token_origins(reader: &mut Reader, mode: Mode) -> Vec<String> {
    let found = origins(reader, "PORTAL_TOKEN_ORIGINS");
    if mode == Mode::Production && found.iter().any(|origin| !origin.starts_with("https://")) {
        reader.refuse("PORTAL_TOKEN_ORIGINS", "must be https origins in production");
    }
    found
}

fn items(reader: &mut Reader, name: &'static str) -> Vec<String> {
    let list = reader.text(name, "");
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
