//! How to reach a WHMCS installation.

use std::fmt;

use secrecy::SecretString;
use url::Url;

/// Where WHMCS is and how we prove who we are. `Debug` shows neither credentials nor the user part of the
/// URL.
#[derive(Clone)]
pub struct Settings {
    /// The System URL of the installation, with or without a sub-directory and a trailing slash.
    pub base_url: Url,
    /// Identifier of the API credential.
    pub identifier: String,
    /// Secret of the API credential.
    pub secret: SecretString,
    /// The `$api_access_key` of WHMCS's `configuration.php`, which lifts the IP check. It travels in the
    /// body, since query strings end up in access logs.
    pub access_key: Option<SecretString>,
    /// Largest answer that is read, in bytes after decompression.
    pub max_body: usize,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.base_url.host_str())
            .field("port", &self.base_url.port_or_known_default())
            .field("path", &self.base_url.path())
            .field("access_key", &self.access_key.as_ref().map(|_| "set"))
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}
