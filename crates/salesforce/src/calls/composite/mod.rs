//! `POST /composite`: several calls, also in one transaction, and one counted call. The outer status says nothing: it is
//! 200 even where everything failed, so each part is looked at.

mod answer;
mod request;

pub use answer::CompositeAnswer;
pub use request::{Composite, Reference, Target};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::catalogue;
use crate::client::{Client, DataCall, decode};
use crate::error::{Error, Unknown};
use crate::fault;
use crate::id::SalesforceId;
use crate::transport::Answer;
use crate::usage::ApiUsage;

/// REST API Developer Guide, "Composite": parts, and how many of them may be queries.
const MAX_PARTS: usize = 25;
const MAX_QUERIES: usize = 5;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    all_or_none: bool,
    /// Off: Salesforce may otherwise reorder the parts, and the contact needs the account.
    collate_subrequests: bool,
    composite_request: &'a [Part],
}

/// One call of a composite request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    pub method: &'static str,
    pub url: String,
    pub reference_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_headers: Option<PartHeaders>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Map<String, Value>>,
}

/// Headers of one part.
pub(super) type PartHeaders = Map<String, Value>;

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
    body: Value,
}

/// What became of one part.
pub(crate) struct PartAnswer {
    pub(super) reference_id: String,
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
    /// Runs the parts in order.
    pub(super) async fn run_composite(
        &self,
        resource: &'static str,
        all_or_none: bool,
        parts: &[Part],
        deadline: Instant,
    ) -> Result<Vec<PartAnswer>, Error> {
        let call = DataCall::new(resource, &catalogue::COMPOSITE).json(&Envelope {
            all_or_none,
            collate_subrequests: false,
            composite_request: parts,
        })?;
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        part_answers(&answer)
    }
}

/// Reads a composite answer.
pub(crate) fn part_answers(answer: &Answer) -> Result<Vec<PartAnswer>, Error> {
    let parts = decode::<WireAnswer>(answer)?.composite_response;
    Ok(parts.into_iter().map(|part| PartAnswer::new(part, answer.usage)).collect())
}

impl Part {
    /// A part that reads.
    pub(super) fn get(
        reference_id: &'static str,
        url: String,
        header: Option<(&'static str, String)>,
    ) -> Self {
        let http_headers =
            header.map(|(name, value)| PartHeaders::from_iter([(name.to_owned(), Value::String(value))]));
        Self { method: "GET", url, reference_id, http_headers, body: None }
    }
}

impl PartAnswer {
    fn new(part: WirePart, usage: Option<ApiUsage>) -> Self {
        let body = part.body.to_string().into_bytes();
        Self { reference_id: part.reference_id, status: part.http_status_code, body, usage }
    }

    /// The part's answer as if it had been asked for alone.
    pub(super) fn as_answer(&self) -> Answer {
        Answer { status: self.status, usage: self.usage, body: self.body.clone() }
    }

    pub(super) fn succeeded(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// True for a part that only shares the failure of another one.
    pub(crate) fn was_halted(&self) -> bool {
        let faults = fault::faults(&self.body);
        !faults.is_empty() && faults.iter().all(|fault| fault.code == "PROCESSING_HALTED")
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        fault::faults(&self.body).iter().any(|fault| fault.code == code)
    }

    /// The error this part stands for.
    pub(crate) fn error(&self, resource: &'static str) -> Error {
        // 300: the key is not unique in this org, several records have it, nothing was written.
        if self.status == 300 {
            return fault::ambiguous_key(&self.body, resource);
        }
        fault::from_parts(self.status, &self.body, self.usage, resource).addressing_no_record()
    }

    /// The id of the record written, which must be one of the object with this key prefix.
    pub(crate) fn upserted(&self, key_prefix: &str) -> Result<SalesforceId, Error> {
        serde_json::from_slice::<Upserted>(&self.body)
            .ok()
            .filter(|record| record.success && record.id.key_prefix() == key_prefix)
            .map(|record| record.id)
            .ok_or(Error::Unknown(Unknown::InvalidAnswer { status: self.status }))
    }
}

/// Takes the one answer to this part out; none, or two, make the whole answer unusable.
fn find(answers: &mut Vec<PartAnswer>, reference: &str) -> Result<PartAnswer, Error> {
    let mut matching =
        answers.iter().enumerate().filter(|(_, answer)| answer.reference_id == reference).map(|(at, _)| at);
    match (matching.next(), matching.next()) {
        (Some(at), None) => Ok(answers.swap_remove(at)),
        _ => Err(Error::Unknown(Unknown::InvalidAnswer { status: 200 })),
    }
}
