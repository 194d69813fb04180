//! What an operator decides about the connection. Reads no environment and no file.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// Where Salesforce is and who we are there.
#[derive(Clone)]
pub struct Settings {
    /// Host that issues tokens, e.g. `https://login.salesforce.com`. A path in it is kept as a prefix.
    pub login_url: Url,
    /// The assertion's `aud`. `None` derives it: `https://test.salesforce.com` for hosts that start with `test.`
    /// or contain `.sandbox.`, `https://login.salesforce.com` for every other https host, and the login URL itself
    /// for plain http, which only a simulator speaks.
    pub audience: Option<String>,
    /// Consumer key of the connected app (`iss`).
    pub client_id: String,
    /// The integration user (`sub`).
    pub username: String,
    /// RSA key, PEM, PKCS#8 or PKCS#1. Read at construction and again for each login, so it can be rotated.
    pub private_key_path: PathBuf,
    /// Pinned REST version, e.g. `62.0`.
    pub api_version: String,
    /// Largest response body that is read, in bytes after decompression.
    pub max_body: usize,
    /// Account field that holds our customer key: text, External ID, Unique.
    pub account_key_field: String,
    /// Contact field that holds our contact key: text, External ID, Unique.
    pub contact_key_field: String,
}

impl Settings {
    /// Settings with the defaults: derived audience, version 62.0, bodies up to 2 MiB, key fields
    /// `WHMCS_Client_Id__c` and `WHMCS_Contact_Id__c`.
    #[must_use]
    pub fn new(login_url: Url, client_id: String, username: String, private_key_path: PathBuf) -> Self {
        Self {
            login_url,
            audience: None,
            client_id,
            username,
            private_key_path,
            api_version: "62.0".to_owned(),
            max_body: 2 * 1024 * 1024,
            account_key_field: "WHMCS_Client_Id__c".to_owned(),
            contact_key_field: "WHMCS_Contact_Id__c".to_owned(),
        }
    }

    pub(crate) fn effective_audience(&self) -> String {
        if let Some(audience) = &self.audience {
            return audience.clone();
        }
        if self.login_url.scheme() != "https" {
            return self.login_url.as_str().trim_end_matches('/').to_owned();
        }
        let host = self.login_url.host_str().unwrap_or_default();
        if host.starts_with("test.") || host.contains(".sandbox.") {
            "https://test.salesforce.com".to_owned()
        } else {
            "https://login.salesforce.com".to_owned()
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("login_host", &self.login_url.host_str())
            .field("audience", &self.audience)
            .field("client_id", &"[redacted]")
            .field("username", &"[redacted]")
            .field("private_key_path", &"[redacted]")
            .field("api_version", &self.api_version)
            .field("max_body", &self.max_body)
            .field("account_key_field", &self.account_key_field)
            .field("contact_key_field", &self.contact_key_field)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_login(url: &str) -> Settings {
        Settings::new(
            Url::parse(url).unwrap(),
            "3MVG9consumer".to_owned(),
            "portal@example.com".to_owned(),
            PathBuf::from("/etc/portal/salesforce.pem"),
        )
    }

    #[test]
    fn audience_follows_the_login_host() {
        for (login, audience) in [
            ("https://login.salesforce.com", "https://login.salesforce.com"),
            ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
            ("https://test.salesforce.com/", "https://test.salesforce.com"),
            ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
            ("http://localhost:4900/salesforce/", "http://localhost:4900/salesforce"),
        ] {
            assert_eq!(with_login(login).effective_audience(), audience, "{login}");
        }
    }

    #[test]
    fn a_configured_audience_wins() {
        let mut settings = with_login("https://login.salesforce.com");
        settings.audience = Some("https://site.force.com/customers".to_owned());
        assert_eq!(settings.effective_audience(), "https://site.force.com/customers");
    }

    #[test]
    fn debug_names_neither_the_user_nor_the_key() {
        let mut settings = with_login("https://login.salesforce.com");
        settings.login_url.set_password(Some("hunter2")).unwrap();
        let printed = format!("{settings:?}");
        for secret in ["3MVG9consumer", "portal@example.com", "salesforce.pem", "hunter2"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
