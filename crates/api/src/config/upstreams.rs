//! WHMCS, Salesforce, mail, and the worker that talks to them.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    reader::{Reader, is_loopback},
    server::Mode,
};

/// What the sandbox accepts; never right in production.
const SANDBOX_VALUES: &[&str] = &[
    "sandbox-identifier",
    "sandbox-secret",
    "sandbox-openid-secret",
    "sandbox-consumer-key",
    "changeme",
    "secret",
];

/// WHMCS, Salesforce and mail.
#[derive(Clone, Debug)]
pub struct UpstreamsConfig {
    /// WHMCS.
    pub whmcs: WhmcsConfig,
    /// Salesforce.
    pub salesforce: SalesforceConfig,
    /// Mail.
    pub mail: MailConfig,
    /// `PORTAL_UPSTREAM_READ_SECONDS`: deadline of a read.
    pub read_deadline: Duration,
    /// `PORTAL_UPSTREAM_WRITE_SECONDS`: deadline of a write; WHMCS runs mail and gateways inside some of them.
    pub write_deadline: Duration,
}

/// WHMCS.
#[derive(Clone, Debug)]
pub struct WhmcsConfig {
    /// `WHMCS_BASE_URL`: the System URL of WHMCS.
    pub base_url: Url,
    /// `WHMCS_API_IDENTIFIER`.
    pub identifier: String,
    /// `WHMCS_API_SECRET`.
    pub secret: SecretString,
    /// `WHMCS_ACCESS_KEY`: only where `$api_access_key` is set in WHMCS.
    pub access_key: Option<SecretString>,
    /// The portal as a client of WHMCS's OpenID Connect provider; without it logins are linked by password only.
    pub openid: Option<OpenIdConfig>,
}

/// The portal as a client of WHMCS's OpenID Connect provider.
#[derive(Clone, Debug)]
pub struct OpenIdConfig {
    /// `WHMCS_OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `WHMCS_OIDC_CLIENT_SECRET`.
    pub client_secret: SecretString,
}

/// Salesforce.
#[derive(Clone, Debug)]
pub struct SalesforceConfig {
    /// `SF_LOGIN_URL`: where tokens come from.
    pub login_url: Url,
    /// `SF_AUDIENCE`: `aud` of the assertion where the rule of thumb is wrong.
    pub audience: Option<String>,
    /// `SF_CLIENT_ID`: consumer key.
    pub client_id: String,
    /// `SF_USERNAME`: the integration user.
    pub username: String,
    /// `SF_PRIVATE_KEY_PATH`: PEM file with the key whose certificate the app in Salesforce has.
    pub private_key_path: PathBuf,
    /// `SF_API_VERSION`.
    pub api_version: String,
}

/// Mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `PORTAL_MAIL_URL`: `smtp://`, `smtps://`, with `?tls=required` for STARTTLS.
    pub url: SecretString,
    /// `PORTAL_MAIL_FROM`: sender of every mail.
    pub from: String,
}

/// The worker.
#[derive(Clone, Debug)]
pub struct JobsConfig {
    /// `PORTAL_EMBEDDED_WORKER`: whether `portal serve` works on jobs too.
    pub embedded_worker: bool,
    /// `PORTAL_SETTLE_SECONDS`: how long WHMCS may go on working on a request after we gave up on it.
    pub settle: Duration,
    /// `PORTAL_JOB_LEASE_SECONDS`: a worker that is silent for so long has lost its job.
    pub lease: Duration,
}

impl UpstreamsConfig {
    pub(super) fn read(reader: &mut Reader, mode: Mode) -> Self {
        let whmcs = WhmcsConfig {
            base_url: upstream_url(reader, "WHMCS_BASE_URL", mode),
            identifier: credential(reader, "WHMCS_API_IDENTIFIER", mode),
            secret: credential(reader, "WHMCS_API_SECRET", mode).into(),
            access_key: reader.optional_secret("WHMCS_ACCESS_KEY"),
            openid: openid(reader, mode),
        };
        let salesforce = SalesforceConfig {
            login_url: upstream_url(reader, "SF_LOGIN_URL", mode),
            audience: reader.optional("SF_AUDIENCE"),
            client_id: credential(reader, "SF_CLIENT_ID", mode),
            username: reader.required("SF_USERNAME"),
            private_key_path: reader.required("SF_PRIVATE_KEY_PATH").into(),
            api_version: reader.text("SF_API_VERSION", "62.0"),
        };
        let url = reader.required_secret("PORTAL_MAIL_URL");
        let scheme = url.expose_secret().split(':').next().unwrap_or_default();
        if !matches!(scheme, "smtp" | "smtps" | "") {
            reader.refuse("PORTAL_MAIL_URL", "must begin with smtp:// or smtps://");
        }
        let mail = MailConfig {
            url,
            from: reader.text("PORTAL_MAIL_FROM", "Customer portal <portal@localhost.localdomain>"),
        };
        if mail.from.parse::<lettre::message::Mailbox>().is_err() {
            reader.refuse("PORTAL_MAIL_FROM", "must be a mailbox such as Portal <portal@example.com>");
        }
        Self {
            whmcs,
            salesforce,
            mail,
            read_deadline: reader.seconds("PORTAL_UPSTREAM_READ_SECONDS", 10, 1..=15),
            write_deadline: reader.seconds("PORTAL_UPSTREAM_WRITE_SECONDS", 60, 1..=300),
        }
    }
}

impl JobsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            embedded_worker: reader.flag("PORTAL_EMBEDDED_WORKER", true),
            settle: reader.seconds("PORTAL_SETTLE_SECONDS", 90, 1..=3600),
            lease: reader.seconds("PORTAL_JOB_LEASE_SECONDS", 30, 2..=600),
        }
    }
}

/// Both or none of the two.
fn openid(reader: &mut Reader, mode: Mode) -> Option<OpenIdConfig> {
    let client_id = reader.optional("WHMCS_OIDC_CLIENT_ID");
    let client_secret = reader.optional("WHMCS_OIDC_CLIENT_SECRET");
    match (client_id, client_secret) {
        (Some(client_id), Some(client_secret)) => {
            if mode == Mode::Production && SANDBOX_VALUES.contains(&client_secret.as_str()) {
                reader.refuse("WHMCS_OIDC_CLIENT_SECRET", "is a placeholder");
            }
            Some(OpenIdConfig { client_id, client_secret: client_secret.into() })
        }
        (None, None) => None,
        (Some(_), None) => {
            reader.refuse("WHMCS_OIDC_CLIENT_SECRET", "is missing beside WHMCS_OIDC_CLIENT_ID");
            None
        }
        (None, Some(_)) => {
            reader.refuse("WHMCS_OIDC_CLIENT_ID", "is missing beside WHMCS_OIDC_CLIENT_SECRET");
            None
        }
    }
}

fn upstream_url(reader: &mut Reader, name: &'static str, mode: Mode) -> Url {
    let url = reader.required_url(name);
    match mode {
        Mode::Production if url.scheme() != "https" => {
            reader.refuse(name, "must be an https address in production");
        }
        Mode::Dev if url.scheme() == "http" && !is_loopback(&url) => {
            reader.refuse(name, "may be plain http on loopback only");
        }
        _ => {}
    }
    url
}

fn credential(reader: &mut Reader, name: &'static str, mode: Mode) -> String {
    let value = reader.required(name);
    if mode == Mode::Production && SANDBOX_VALUES.contains(&value.as_str()) {
        reader.refuse(name, "is a placeholder");
    }
    value
}
