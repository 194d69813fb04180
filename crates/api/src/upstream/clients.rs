//! The clients of WHMCS and Salesforce as the configuration wants them: for the adapters, and for `doctor`, which asks past them.

use std::sync::Arc;

use crate::{
    clock::Clock,
    config::{SalesforceConfig, WhmcsConfig},
};

/// Largest answer of an upstream that is read, in bytes after decompression.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// The client of WHMCS.
#[must_use]
pub fn whmcs(config: &WhmcsConfig, http: reqwest::Client) -> whmcs::Client {
    let settings = whmcs::Settings {
        base_url: config.base_url.clone(),
        identifier: config.identifier.clone(),
        secret: config.secret.clone(),
        access_key: config.access_key.clone(),
        max_body: MAX_BODY,
    };
    whmcs::Client::new(http, settings)
}

/// The client of Salesforce. Fails where the private key cannot be used.
pub fn salesforce(
    config: &SalesforceConfig,
    http: reqwest::Client,
    clock: &Clock,
) -> Result<salesforce::Client, salesforce::KeyError> {
    let mut settings = salesforce::Settings::new(
        config.login_url.clone(),
        config.client_id.clone(),
        config.username.clone(),
        config.private_key_path.clone(),
    );
    settings.audience.clone_from(&config.audience);
    settings.api_version.clone_from(&config.api_version);
    settings.max_body = MAX_BODY;
    let clock = clock.clone();
    salesforce::Client::new(http, settings, Arc::new(move || clock.now()))
}
