//! The org's allowances.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::Instant;

use crate::catalogue;
use crate::client::{Client, DataCall, decode};
use crate::error::Error;

/// One allowance. Inside it Salesforce lists apps with allowances of their own; they are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Allowance {
    /// How much there is.
    pub max: i64,
    /// How much is left; negative where the org has overshot.
    pub remaining: i64,
}

/// The org's allowances by name, e.g. `DailyApiRequests`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Member>")]
pub struct Limits(BTreeMap<String, Allowance>);

/// A member of the answer. Releases add members, and not all need be allowances.
#[derive(Deserialize)]
#[serde(untagged)]
enum Member {
    Allowance(Allowance),
    Other(IgnoredAny),
}

/// Members, and not one of them an allowance.
#[derive(Debug, thiserror::Error)]
#[error("no allowances")]
struct NoAllowances;

impl TryFrom<BTreeMap<String, Member>> for Limits {
    type Error = NoAllowances;

    fn try_from(members: BTreeMap<String, Member>) -> Result<Self, NoAllowances> {
        let was_empty = members.is_empty();
        let allowances = members.into_iter().filter_map(|(name, member)| match member {
            Member::Allowance(allowance) => Some((name, allowance)),
            Member::Other(_) => None,
        });
        let limits = Self(allowances.collect());
        if limits.0.is_empty() && !was_empty { Err(NoAllowances) } else { Ok(limits) }
    }
}

impl Limits {
    /// The allowance of this name, which orgs need not have.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Allowance> {
        self.0.get(name).copied()
    }

    /// All allowances by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Allowance)> {
        self.0.iter().map(|(name, allowance)| (name.as_str(), *allowance))
    }
}

impl Client {
    /// The org's allowances. One request, one counted call. The integration user needs "View Setup and
    /// Configuration"; [`Client::api_usage`] tells the calls without a request and without that right.
    pub async fn limits(&self, deadline: Instant) -> Result<Limits, Error> {
        let call = DataCall::new("limits", &catalogue::LIMITS);
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        decode(&answer)
    }
}
