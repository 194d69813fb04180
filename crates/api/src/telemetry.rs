//! Logs: one JSON object a line, through `tracing`.
//!
//! What must never be in one (passwords, codes, tokens, secrets, e-mail addresses, single sign-on links) is kept out by the types that
//! hold it: their `Debug` is redacted. A person appears as a pseudonym that only the holder of the keys can make.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{LogFormat, ServerConfig},
    crypto::{KeyRing, Purpose},
};

/// Libraries whose detailed output may hold what we send and receive: never below a warning, whatever the filter says.
const QUIET: &[&str] = &[
    "sqlx",
    "hyper",
    "hyper_util",
    "reqwest",
    "h2",
    "lettre",
    "sea_orm",
    "sea_orm_migration",
    "rustls",
    "actix_http",
    "actix_web",
    "redis",
];

/// Libraries that say nothing at all: their complaints repeat what browsers sent. The portal says in its own words why it refuses.
const SILENT: &[&str] = &["webauthn_rs", "webauthn_rs_core", "webauthn_rs_proto"];

/// Sends log lines to standard error. A filter that cannot be read, which the configuration refuses, counts as `info`.
pub fn start(config: &ServerConfig) {
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match config.log_format {
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => layer.boxed(),
    };
    if tracing_subscriber::registry().with(layer.with_filter(filter(&config.log))).try_init().is_err() {
        tracing::debug!("logging was set up before");
    }
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may hold anything; the place is enough to find it.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// The filter that was asked for, less what it says of the libraries that must be quiet.
fn filter(asked: &str) -> Targets {
    let asked: Targets = asked.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let is_quiet = |target: &str| {
        QUIET
            .iter()
            .chain(SILENT)
            .any(|library| target == *library || target.starts_with(&format!("{library}::")))
    };
    let default = asked.default_level().unwrap_or(LevelFilter::OFF);
    let rest = asked.into_iter().filter(|(target, _)| !is_quiet(target));
    let quiet = QUIET.iter().map(|library| ((*library).to_owned(), LevelFilter::WARN));
    let silent = SILENT.iter().map(|library| ((*library).to_owned(), LevelFilter::OFF));
    Targets::new().with_targets(rest).with_targets(quiet).with_targets(silent).with_default(default)
}

/// A name for a person in logs: stable under one key, meaningless without it.
#[must_use]
pub fn pseudonym(keys: &KeyRing, user: shared_types::ids::UserId) -> String {
    let digest = keys.keyed_hash(Purpose::LogPseudonym, user.as_uuid().as_bytes());
    let (name, _) = digest.split_at(8);
    URL_SAFE_NO_PAD.encode(name)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::filter;

    #[test]
    fn no_filter_makes_the_libraries_talk() {
        for asked in ["trace", "sqlx=trace", "sqlx::query=debug,info", "reqwest::connect=trace"] {
            let filter = filter(asked);
            for target in ["sqlx::query", "reqwest::connect", "lettre", "hyper::client"] {
                assert!(!filter.would_enable(target, &Level::DEBUG), "{asked}: {target}");
                assert!(!filter.would_enable(target, &Level::INFO), "{asked}: {target}");
            }
        }
        assert!(!filter("webauthn_rs_core=trace").would_enable("webauthn_rs_core::core", &Level::ERROR));
        assert!(filter("trace").would_enable("portal_api::jobs", &Level::TRACE));
        assert!(filter("info,portal_api=debug").would_enable("portal_api::http", &Level::DEBUG));
        assert!(!filter("info,portal_api=debug").would_enable("whmcs::client", &Level::DEBUG));
    }
}
