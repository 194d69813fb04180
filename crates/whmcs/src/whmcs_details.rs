//! `WhmcsDetails` (8.0 and up): which WHMCS answers. The cheapest call, good for probing.
//!
//! Source: <https://developers.whmcs.com/api-reference/whmcsdetails/>.

use tokio::time::Instant;

use crate::{action::WHMCS_DETAILS, client::Client, error::Error, form::Form, object::Object};

/// Version of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhmcsDetails {
    /// Such as `8.12.0`.
    pub version: String,
    /// Such as `8.12.0-release.1`.
    pub canonical_version: Option<String>,
}

impl Client {
    /// Asks for the version.
    pub async fn whmcs_details(&self, deadline: Instant) -> Result<WhmcsDetails, Error> {
        whmcs_details(&self.call(WHMCS_DETAILS, &Form::new(), deadline).await?)
    }
}

pub(crate) fn whmcs_details(answer: &Object) -> Result<WhmcsDetails, Error> {
    let details = answer.object("whmcs")?;
    Ok(WhmcsDetails {
        version: details.optional_text("version")?.ok_or_else(|| Error::shape("version"))?,
        canonical_version: details.optional_text("canonicalversion")?,
    })
}
