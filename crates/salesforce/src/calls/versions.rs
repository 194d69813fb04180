//! The REST versions an instance speaks.

use serde::Deserialize;
use tokio::time::Instant;

use crate::catalogue;
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

/// Whether the instance speaks the version of `Settings::api_version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinnedVersion {
    /// It does.
    Listed,
    /// It does not: every other call would be refused as not found.
    NotListed {
        /// The oldest and the newest version it speaks; `None` where it lists none.
        offered: Option<(String, String)>,
    },
}

impl Client {
    /// The versions of our instance, oldest first. One request (and a login where there is no session yet), not
    /// counted against the allowance.
    pub async fn versions(&self, deadline: Instant) -> Result<Vec<ApiVersion>, Error> {
        let call = DataCall::new("versions", &catalogue::VERSIONS);
        let answer = self.send_open(&call, deadline).await.map_err(Error::addressing_no_record)?;
        decode(&answer)
    }

    /// Looks `Settings::api_version` up in [`Client::versions`]: the check to make at start.
    pub async fn check_version(&self, deadline: Instant) -> Result<PinnedVersion, Error> {
        let versions = self.versions(deadline).await?;
        if versions.iter().any(|entry| entry.version == self.settings.api_version) {
            return Ok(PinnedVersion::Listed);
        }
        let oldest = versions.first().map(|entry| entry.version.clone());
        let newest = versions.last().map(|entry| entry.version.clone());
        Ok(PinnedVersion::NotListed { offered: oldest.zip(newest) })
    }
}
