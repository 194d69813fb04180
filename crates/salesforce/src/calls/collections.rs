//! Up to 200 records in one counted call, each with a result of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::catalogue::{self, Call};
use crate::client::{Client, DataCall, decode};
use crate::error::{Error, NotSent, Unknown};
use crate::fault::{self, Fault};
use crate::fields::Fields;
use crate::id::SalesforceId;
use crate::names::{Field, Object};
use crate::refusal::Refusal;
use crate::transport::Answer;

/// REST API Developer Guide, "Using Composite Resources", sObject Collections.
const MAX_RECORDS: usize = 200;
const MAX_RETRIEVED: usize = 2000;

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its object; one request may write several.
    pub object: Object,
    /// What is written.
    pub fields: Fields,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    all_or_none: bool,
    records: Vec<Map<String, Value>>,
}

#[derive(Serialize)]
struct Retrieval<'a> {
    ids: &'a [SalesforceId],
    fields: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Outcome {
    id: Option<SalesforceId>,
    success: bool,
    #[serde(default)]
    errors: Vec<Fault>,
}

/// What became of each record, in the order of the request. With "all or none" one failure undoes all; those undone
/// with it are [`RolledBack`](crate::RefusalKind::RolledBack).
pub(crate) type Results = Vec<Result<SalesforceId, Refusal>>;

impl Client {
    /// Creates up to 200 records. Not idempotent: see [`Client::create`].
    pub async fn create_many(
        &self,
        records: &[Record],
        all_or_none: bool,
        deadline: Instant,
    ) -> Result<Results, Error> {
        let bodies = records.iter().map(|record| body(record, None)).collect::<Result<_, _>>()?;
        self.write_many(&catalogue::CREATE_MANY, bodies, all_or_none, deadline).await
    }

    /// Changes fields of up to 200 records.
    pub async fn update_many(
        &self,
        records: &[(SalesforceId, Record)],
        all_or_none: bool,
        deadline: Instant,
    ) -> Result<Results, Error> {
        let bodies = records.iter().map(|(id, record)| body(record, Some(id))).collect::<Result<_, _>>()?;
        self.write_many(&catalogue::UPDATE_MANY, bodies, all_or_none, deadline).await
    }

    /// Deletes up to 200 records.
    pub async fn delete_many(
        &self,
        ids: &[SalesforceId],
        all_or_none: bool,
        deadline: Instant,
    ) -> Result<Results, Error> {
        check_count(ids.len(), MAX_RECORDS)?;
        let list = ids.iter().map(SalesforceId::as_str).collect::<Vec<_>>().join(",");
        let call = DataCall::new("collection", &catalogue::DELETE_MANY)
            .param("ids", list)
            .param("allOrNone", all_or_none.to_string());
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        results(&answer, ids.len())
    }

    /// Up to 2,000 records of an object by their ids, in that order; `None` where there is no such record, or not for
    /// the integration user.
    pub async fn retrieve_many<T: DeserializeOwned>(
        &self,
        object: Object,
        ids: &[SalesforceId],
        fields: &[Field],
        deadline: Instant,
    ) -> Result<Vec<Option<T>>, Error> {
        check_count(ids.len(), MAX_RETRIEVED)?;
        check_count(fields.len(), usize::MAX)?;
        let request = Retrieval { ids, fields: fields.iter().map(|field| field.name()).collect() };
        let call =
            DataCall::new(object.name(), &catalogue::RETRIEVE_MANY).segment(object.name()).json(&request)?;
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        let found: Vec<Option<T>> = decode(&answer)?;
        if found.len() == ids.len() { Ok(found) } else { Err(unusable(&answer)) }
    }

    async fn write_many(
        &self,
        entry: &'static Call,
        records: Vec<Map<String, Value>>,
        all_or_none: bool,
        deadline: Instant,
    ) -> Result<Results, Error> {
        let count = records.len();
        check_count(count, MAX_RECORDS)?;
        let call = DataCall::new("collection", entry).json(&Request { all_or_none, records })?;
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        results(&answer, count)
    }
}

fn check_count(count: usize, most: usize) -> Result<(), Error> {
    if (1..=most).contains(&count) {
        Ok(())
    } else {
        Err(Error::NotSent(NotSent::InvalidInput("number of records")))
    }
}

fn body(record: &Record, id: Option<&SalesforceId>) -> Result<Map<String, Value>, Error> {
    record.fields.check_addressed_by(None)?;
    let mut body = Map::new();
    body.insert("attributes".to_owned(), serde_json::json!({ "type": record.object.name() }));
    if let Some(id) = id {
        body.insert("id".to_owned(), id.into());
    }
    body.extend(record.fields.alone()?.values().clone());
    Ok(body)
}

pub(crate) fn results(answer: &Answer, count: usize) -> Result<Results, Error> {
    let outcomes: Vec<Outcome> = decode(answer)?;
    if outcomes.len() != count {
        return Err(unusable(answer));
    }
    outcomes.into_iter().map(|outcome| result(outcome, answer)).collect()
}

fn result(outcome: Outcome, answer: &Answer) -> Result<Result<SalesforceId, Refusal>, Error> {
    match (outcome.success, outcome.id) {
        (true, Some(id)) => Ok(Ok(id)),
        (false, _) if !outcome.errors.is_empty() => {
            Ok(Err(fault::refusal(&outcome.errors, 400, answer.usage, "collection")))
        }
        _ => Err(unusable(answer)),
    }
}

fn unusable(answer: &Answer) -> Error {
    Error::Unknown(Unknown::InvalidAnswer { status: answer.status })
}
