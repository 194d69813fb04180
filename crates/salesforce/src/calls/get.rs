//! One record, by its id or by a key of ours.

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::catalogue;
use crate::client::{Client, DataCall, decode};
use crate::error::Error;
use crate::fault;
use crate::id::SalesforceId;
use crate::names::{Field, Object};
use crate::record::{ExternalKey, field_list};

impl Client {
    /// A record by its id, with these fields, or with all that may be read where there are none. One request, one
    /// counted call. No such record is [`Gone`](crate::RefusalKind::Gone).
    ///
    /// Nothing here says whose record it is: for a customer's records use a query with their account in it.
    pub async fn get<T: DeserializeOwned>(
        &self,
        object: Object,
        id: &SalesforceId,
        fields: &[Field],
        deadline: Instant,
    ) -> Result<T, Error> {
        let call = DataCall::new(object.name(), &catalogue::GET).segment(object.name()).segment(id.as_str());
        decode(&self.send(&with_fields(call, fields), deadline).await?)
    }

    /// A record by a key of ours. An unknown key is [`Gone`](crate::RefusalKind::Gone), and so is, indistinguishably,
    /// a field that is no External ID; a key that several records have is
    /// [`AmbiguousKey`](crate::RefusalKind::AmbiguousKey).
    pub async fn get_by_key<T: DeserializeOwned>(
        &self,
        object: Object,
        key: &ExternalKey,
        fields: &[Field],
        deadline: Instant,
    ) -> Result<T, Error> {
        let call = DataCall::new(object.name(), &catalogue::GET_BY_KEY)
            .segment(object.name())
            .segment(key.field().name())
            .segment(key.value());
        let answer = self.send_unjudged(&with_fields(call, fields), deadline).await?;
        if answer.status == 300 {
            return Err(fault::ambiguous_key(&answer.body, object.name()));
        }
        decode(&fault::check(answer, object.name())?)
    }
}

fn with_fields(call: DataCall, fields: &[Field]) -> DataCall {
    if fields.is_empty() { call } else { call.param("fields", field_list(fields)) }
}
