//! Writes of single records.

use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::time::Instant;

use crate::catalogue;
use crate::client::{Client, DataCall, decode};
use crate::error::{Error, Unknown};
use crate::fault;
use crate::fields::{Fields, WriteOptions};
use crate::id::SalesforceId;
use crate::names::{Field, Object};
use crate::record::ExternalKey;
use crate::refusal::RefusalKind;
use crate::transport::Answer;

/// What an upsert found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// No record had the key: this one was created.
    Created(SalesforceId),
    /// This record had the key: it was updated.
    Updated(SalesforceId),
    /// A concurrent request created this record under the same key at the same moment: its values stand, ours were
    /// not written.
    LostRace(SalesforceId),
}

impl Upserted {
    /// The record that has the key.
    #[must_use]
    pub fn id(&self) -> &SalesforceId {
        let (Self::Created(id) | Self::Updated(id) | Self::LostRace(id)) = self;
        id
    }
}

#[derive(Deserialize)]
struct Saved {
    id: SalesforceId,
    success: bool,
    created: Option<bool>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "Id")]
    id: SalesforceId,
}

impl Client {
    /// Creates a record and gives its id. One request, one counted call.
    ///
    /// Not idempotent: after an unknown outcome the record may exist. Where that matters, give the object a key of
    /// ours and use [`Client::upsert`].
    pub async fn create(
        &self,
        object: Object,
        fields: &Fields,
        options: WriteOptions,
        deadline: Instant,
    ) -> Result<SalesforceId, Error> {
        fields.check_addressed_by(None)?;
        let call = DataCall::new(object.name(), &catalogue::CREATE)
            .segment(object.name())
            .json(fields.alone()?)?
            .options(options);
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        Ok(saved(&answer)?.id)
    }

    /// Changes fields of a record. One request, one counted call. Idempotent but for what others write meanwhile.
    ///
    /// Nothing here says whose record it is: prove that before.
    pub async fn update(
        &self,
        object: Object,
        id: &SalesforceId,
        fields: &Fields,
        options: WriteOptions,
        deadline: Instant,
    ) -> Result<(), Error> {
        fields.check_addressed_by(None)?;
        let call = DataCall::new(object.name(), &catalogue::UPDATE)
            .segment(object.name())
            .segment(id.as_str())
            .json(fields.alone()?)?
            .options(options);
        written(&self.send(&call, deadline).await?)
    }

    /// Deletes a record, into the recycle bin. One request, one counted call. A record that is there already is
    /// [`Deleted`](RefusalKind::Deleted).
    pub async fn delete(&self, object: Object, id: &SalesforceId, deadline: Instant) -> Result<(), Error> {
        let call =
            DataCall::new(object.name(), &catalogue::DELETE).segment(object.name()).segment(id.as_str());
        written(&self.send(&call, deadline).await?)
    }

    /// Creates the record with this key, or updates it. The field must be External ID and Unique.
    ///
    /// One request; a second one, which only looks the key up, after a race with a concurrent request for the same
    /// key, or where Salesforce does not tell the id. Idempotent by construction as long as nobody edits the record
    /// in between: the repetition writes the same fields again.
    pub async fn upsert(
        &self,
        object: Object,
        key: &ExternalKey,
        fields: &Fields,
        options: WriteOptions,
        deadline: Instant,
    ) -> Result<Upserted, Error> {
        fields.check_addressed_by(Some(key.field()))?;
        let call = DataCall::new(object.name(), &catalogue::UPSERT)
            .segment(object.name())
            .segment(key.field().name())
            .segment(key.value())
            .json(fields.alone()?)?
            .options(options);
        let answer = self.send_unjudged(&call, deadline).await?;
        match answer.status {
            300 => Err(fault::ambiguous_key(&answer.body, object.name())),
            // Before version 46 an update has no body.
            204 => self.look_up(object, key, deadline).await.map(Upserted::Updated),
            200..=299 => upserted(&answer),
            _ => match fault::check(answer, object.name()).map_err(Error::addressing_no_record) {
                Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::DuplicateValue => {
                    // Two upserts of one key are not atomic. Where the key leads to a record, that race was lost; where
                    // it does not, some other unique value was taken.
                    match self.look_up(object, key, deadline).await {
                        Ok(id) => Ok(Upserted::LostRace(id)),
                        Err(_) => Err(Error::Refused(refusal)),
                    }
                }
                Err(error) => Err(error),
                Ok(answer) => upserted(&answer),
            },
        }
    }

    async fn look_up(
        &self,
        object: Object,
        key: &ExternalKey,
        deadline: Instant,
    ) -> Result<SalesforceId, Error> {
        let found: Found = self.get_by_key(object, key, &[Field::ID], deadline).await?;
        Ok(found.id)
    }
}

impl DataCall {
    /// Adds the headers of the options.
    pub(crate) fn options(self, options: WriteOptions) -> Self {
        options.headers().into_iter().fold(self, |call, (name, value)| {
            // The values are our own constants and dates.
            match HeaderValue::from_str(&value) {
                Ok(value) => call.header(HeaderName::from_static(name), value),
                Err(_) => call,
            }
        })
    }
}

pub(crate) fn upserted(answer: &Answer) -> Result<Upserted, Error> {
    let saved = saved(answer)?;
    let created = saved.created.unwrap_or(answer.status == 201);
    Ok(if created { Upserted::Created(saved.id) } else { Upserted::Updated(saved.id) })
}

/// Updates and deletes are answered by 204 and nothing else. A page under 200 comes from something in between, which may
/// not have passed the request on.
fn written(answer: &Answer) -> Result<(), Error> {
    if answer.status == 204 {
        Ok(())
    } else {
        Err(Error::Unknown(Unknown::InvalidAnswer { status: answer.status }))
    }
}

/// The id in the answer to a successful write. Anything else leaves open what was written.
fn saved(answer: &Answer) -> Result<Saved, Error> {
    let saved: Saved = decode(answer)?;
    if saved.success {
        Ok(saved)
    } else {
        Err(Error::Unknown(Unknown::InvalidAnswer { status: answer.status }))
    }
}

/// The id of a record that a call of another file created.
pub(super) fn created_id(answer: &Answer) -> Result<SalesforceId, Error> {
    saved(answer).map(|saved| saved.id)
}
