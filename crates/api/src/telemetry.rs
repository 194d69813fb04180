//! Logs: one JSON object a line, through `tracing`.
//!
//! What must never be in one (passwords, codes, tokens, secrets, e-mail addresses, single sign-on links) is kept out by the types that
//! hold it: their `Debug` is redacted. A person appears as a pseudonym that only the holder of the keys can make.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{LogFormat, ServerConfig},
    crypto::{KeyRing, Purpose},
};

/// Libraries whose debug output may hold what we send and receive. No filter switches them on.
const QUIET: &[&str] = &[
    "sqlx=warn",
    "hyper=warn",
    "hyper_util=warn",
    "reqwest=warn",
    "h2=warn",
    "lettre=warn",
    "sea_orm=warn",
    "rustls=warn",
];

/// Sends log lines to standard error. A filter that cannot be read counts as `info`.
pub fn start(config: &ServerConfig) {
    let mut filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    for directive in QUIET {
        if let Ok(directive) = directive.parse() {
            filter = filter.add_directive(directive);
        }
    }
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match config.log_format {
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => layer.boxed(),
    };
    if tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().is_err() {
        tracing::debug!("logging was set up before");
    }
}

/// A name for a person in logs: stable under one key, meaningless without it.
#[must_use]
pub fn pseudonym(keys: &KeyRing, user: shared_types::ids::UserId) -> String {
    let digest = keys.keyed_hash(Purpose::LogPseudonym, user.as_uuid().as_bytes());
    let (name, _) = digest.split_at(8);
    URL_SAFE_NO_PAD.encode(name)
}
