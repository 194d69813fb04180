//! `POST /composite`: several writes in one transaction and one counted call. The outer status says nothing: it is
//! 200 even where everything failed, so each part is looked at.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::client::{Client, DataCall, decode};
use crate::error::{Error, NotSent, Unknown};
use crate::fault;
use crate::id::SalesforceId;
use crate::usage::ApiUsage;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    all_or_none: bool,
    /// Off: Salesforce may otherwise reorder the parts, and the contact needs the account.
    collate_subrequests: bool,
    composite_request: &'a [Part],
}

/// One write of a composite request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    pub method: &'static str,
    pub url: String,
    pub reference_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_headers: Option<PartHeaders>,
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// Headers of one part.
#[derive(Serialize)]
pub(super) struct PartHeaders {
    #[serde(rename = "Sforce-Duplicate-Rule-Header")]
    pub duplicate_rule: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAnswer {
    composite_response: Vec<WirePart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePart {
    reference_id: String,
    http_status_code: u16,
    #[serde(default)]
    body: serde_json::Value,
}

/// What became of one part.
pub(super) struct PartAnswer {
    pub reference_id: String,
    status: u16,
    body: Vec<u8>,
    usage: Option<ApiUsage>,
}

#[derive(Deserialize)]
struct Upserted {
    id: SalesforceId,
    success: bool,
}

impl Client {
    /// Runs the parts in order, all or none.
    pub(super) async fn composite(
        &self,
        resource: &'static str,
        parts: &[Part],
        deadline: Instant,
    ) -> Result<Vec<PartAnswer>, Error> {
        let request = Envelope { all_or_none: true, collate_subrequests: false, composite_request: parts };
        let json = serde_json::to_vec(&request)
            .map_err(|_| Error::NotSent(NotSent::InvalidInput("composite request")))?;
        let call = DataCall {
            resource,
            method: Method::POST,
            path: self.versioned("/composite"),
            query: Vec::new(),
            json: Some(json),
        };
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        let parts = decode::<WireAnswer>(&answer)?.composite_response;
        Ok(parts.into_iter().map(|part| PartAnswer::new(part, answer.usage)).collect())
    }
}

impl PartAnswer {
    fn new(part: WirePart, usage: Option<ApiUsage>) -> Self {
        let body = part.body.to_string().into_bytes();
        Self { reference_id: part.reference_id, status: part.http_status_code, body, usage }
    }

    pub(super) fn succeeded(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// True for a part that only shares the failure of another one.
    pub(super) fn was_halted(&self) -> bool {
        let faults = fault::faults(&self.body);
        !faults.is_empty() && faults.iter().all(|fault| fault.code == "PROCESSING_HALTED")
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        fault::faults(&self.body).iter().any(|fault| fault.code == code)
    }

    /// The error this part stands for.
    pub(super) fn error(&self, resource: &'static str) -> Error {
        // 300: the key is not unique in this org, several records have it, nothing was written.
        if self.status == 300 {
            return fault::ambiguous_key(&self.body, resource);
        }
        fault::from_parts(self.status, &self.body, self.usage, resource).addressing_no_record()
    }

    /// The id of the record written, which must be one of the object with this key prefix.
    pub(super) fn upserted(&self, key_prefix: &str) -> Result<SalesforceId, Error> {
        serde_json::from_slice::<Upserted>(&self.body)
            .ok()
            .filter(|record| record.success && record.id.key_prefix() == key_prefix)
            .map(|record| record.id)
            .ok_or(Error::Unknown(Unknown::InvalidAnswer { status: self.status }))
    }
}
