//! The REST versions an instance speaks.

use reqwest::Method;
use serde::Deserialize;
use tokio::time::Instant;

use crate::client::{Client, DataCall, decode};
use crate::error::Error;

/// A REST version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ApiVersion {
    /// Salesforce's name of the release, e.g. `Winter '27`.
    pub label: String,
    /// Number as it stands in URLs after the `v`, e.g. `62.0`.
    pub version: String,
}

impl Client {
    /// The versions of our instance, oldest first. One request (and a login where there is no session yet), not
    /// counted against the allowance. For a check at start that `Settings::api_version` is among them.
    pub async fn versions(&self, deadline: Instant) -> Result<Vec<ApiVersion>, Error> {
        let call = DataCall {
            resource: "versions",
            method: Method::GET,
            path: "/services/data/".to_owned(),
            query: Vec::new(),
            json: None,
        };
        let answer = self.send_open(&call, deadline).await.map_err(Error::addressing_no_record)?;
        decode(&answer)
    }
}
