//! Configuration: environment variables (and `.env`), read once, every mistake reported in one go.
//!
//! One file per section. Nothing outside this module reads the environment; `Debug` of a section shows no secret.

mod cache;
mod limits;
mod reader;
mod security;
mod server;
mod storage;
mod upstreams;

use std::{collections::BTreeMap, fmt};

pub use cache::CacheConfig;
pub use limits::{LimitsConfig, Rate};
pub use reader::Problem;
use reader::Reader;
pub use security::SecurityConfig;
pub use server::{LogFormat, Mode, ServerConfig};
pub use storage::StorageConfig;
pub use upstreams::{JobsConfig, MailConfig, OpenIdConfig, SalesforceConfig, UpstreamsConfig, WhmcsConfig};

/// Everything the portal can be told from outside.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens, what it is called, how it logs.
    pub server: ServerConfig,
    /// Database and Redis.
    pub storage: StorageConfig,
    /// Keys, sessions, passwords.
    pub security: SecurityConfig,
    /// Rate limits.
    pub limits: LimitsConfig,
    /// How long copies live.
    pub cache: CacheConfig,
    /// WHMCS, Salesforce and mail.
    pub upstreams: UpstreamsConfig,
    /// The worker.
    pub jobs: JobsConfig,
}

/// Every mistake of a configuration.
#[derive(Debug)]
pub struct ConfigError(pub Vec<Problem>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} mistake(s):", self.0.len())?;
        for problem in &self.0 {
            writeln!(f, "  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process's environment over an optional `.env` in the working directory.
    pub fn from_env() -> Result<Self, ConfigError> {
        let mut variables = BTreeMap::new();
        match dotenvy::from_path_iter(".env") {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok((name, value)) => {
                            variables.insert(name, value);
                        }
                        Err(_) => {
                            return Err(ConfigError(vec![Problem::new(
                                ".env",
                                "has a line that cannot be read",
                            )]));
                        }
                    }
                }
            }
            Err(error) if error.not_found() => {}
            Err(_) => return Err(ConfigError(vec![Problem::new(".env", "cannot be read")])),
        }
        variables.extend(std::env::vars());
        Self::from_variables(variables)
    }

    /// Reads given variables; the environment is not looked at.
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(variables);
        let server = ServerConfig::read(&mut reader);
        let config = Self {
            storage: StorageConfig::read(&mut reader, server.mode),
            security: SecurityConfig::read(&mut reader, server.mode),
            limits: LimitsConfig::read(&mut reader),
            cache: CacheConfig::read(&mut reader),
            upstreams: UpstreamsConfig::read(&mut reader, server.mode),
            jobs: JobsConfig::read(&mut reader),
            server,
        };
        reader.finish().map_err(ConfigError)?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn dev() -> BTreeMap<String, String> {
        [
            ("PORTAL_MODE", "dev"),
            ("WHMCS_BASE_URL", "http://127.0.0.1:4900/whmcs"),
            ("WHMCS_API_IDENTIFIER", "identifier"),
            ("WHMCS_API_SECRET", "whmcs-canary"),
            ("SF_LOGIN_URL", "http://127.0.0.1:4900/salesforce"),
            ("SF_CLIENT_ID", "consumer"),
            ("SF_USERNAME", "portal@example.com"),
            ("SF_PRIVATE_KEY_PATH", "key.pem"),
            ("PORTAL_MAIL_URL", "smtp://mail:mail-canary@127.0.0.1:4925"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    fn problems(variables: BTreeMap<String, String>) -> Vec<String> {
        Config::from_variables(variables).unwrap_err().0.iter().map(|problem| problem.name.clone()).collect()
    }

    #[test]
    fn development_needs_only_the_upstreams() {
        let config = Config::from_variables(dev()).unwrap();
        assert_eq!(config.server.port, 4000);
        assert_eq!(config.server.public_url.as_str(), "http://localhost:4000/");
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let mut variables = dev();
        variables.remove("SF_CLIENT_ID");
        variables.insert("BFF_PORT".into(), "eighty".into());
        variables.insert("PORTAL_CACHE_INVOICES_SECONDS".into(), "10".into());
        variables.insert("PORTAL_CASHE".into(), "1".into());
        variables.insert("WHMCS_BASE_URL".into(), "ftp://x".into());
        let mut found = problems(variables);
        found.sort();
        assert_eq!(
            found,
            ["BFF_PORT", "PORTAL_CACHE_INVOICES_SECONDS", "PORTAL_CASHE", "SF_CLIENT_ID", "WHMCS_BASE_URL"]
        );
    }

    #[test]
    fn production_refuses_what_only_development_may_have() {
        let mut variables = dev();
        variables.insert("PORTAL_MODE".into(), "production".into());
        variables.insert("PORTAL_TOKEN_ORIGINS".into(), "http://shop.example.com".into());
        let found = problems(variables);
        for name in [
            "PORTAL_TOKEN_ORIGINS",
            "PORTAL_KEYS",
            "PORTAL_PUBLIC_URL",
            "WHMCS_BASE_URL",
            "SF_LOGIN_URL",
            "DATABASE_URL",
        ] {
            assert!(found.iter().any(|problem| problem == name), "{name} in {found:?}");
        }
    }

    #[test]
    fn origins_are_origins_and_nothing_more() {
        let with = |value: &str| {
            let mut variables = dev();
            variables.insert("PORTAL_TOKEN_ORIGINS".into(), value.into());
            Config::from_variables(variables).map(|config| config.server.token_origins)
        };
        assert_eq!(with("").unwrap(), [""; 0]);
        let two = with("https://shop.example.com, http://localhost:3000").unwrap();
        assert_eq!(two, ["https://shop.example.com", "http://localhost:3000"]);
        for bad in ["*", "null", "https://shop.example.com/", "https://*.example.com", "shop.example.com"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn production_refuses_the_sandboxs_credentials() {
        let mut variables = dev();
        variables.insert("PORTAL_MODE".into(), "production".into());
        variables.insert("WHMCS_API_SECRET".into(), "sandbox-secret".into());
        assert!(problems(variables).iter().any(|problem| problem == "WHMCS_API_SECRET"));
    }

    #[test]
    fn no_secret_in_debug_output_or_in_a_report() {
        let mut variables = dev();
        variables.insert("PORTAL_KEYS".into(), "k1:not-base64-canary".into());
        let report = Config::from_variables(variables).unwrap_err().to_string();
        assert!(!report.contains("canary"), "{report}");
        let debug = format!("{:?}", Config::from_variables(dev()).unwrap());
        assert!(!debug.contains("canary"), "{debug}");
    }
}
