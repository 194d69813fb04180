//! Comments: plain text, the way customers and agents talk.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::time::Instant;

use super::{CASE, CREATED, CaseOf, Listed, Row, check_id};
use crate::client::Client;
use crate::error::{Error, NotSent};
use crate::fields::{Fields, WriteOptions};
use crate::id::SalesforceId;
use crate::soql::{Condition, Field, Object, Position, Query, Value};
use crate::time;

const COMMENT: Object = Object::new("CaseComment");
const PARENT: Field = Field::new("ParentId");
const BODY: Field = Field::new("CommentBody");
const PUBLISHED: Field = Field::new("IsPublished");
/// Bytes of UTF-8, not characters: Object Reference, `CaseComment`.
const MAX_BYTES: usize = 4000;

/// A comment that customers may see.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseComment {
    /// Its id.
    pub id: SalesforceId,
    /// Text.
    #[serde(rename = "CommentBody")]
    pub body: Option<String>,
    /// Who wrote it. All comments made by this client have the integration user here.
    #[serde(rename = "CreatedById")]
    pub author: SalesforceId,
    /// When.
    #[serde(rename = "CreatedDate", deserialize_with = "time::deserialize")]
    pub created_at: DateTime<Utc>,
    #[serde(rename = "IsPublished")]
    is_published: bool,
}

impl Row for CaseComment {
    fn position(&self) -> Position {
        Position { time: self.created_at, id: self.id.clone() }
    }

    fn is_public(&self) -> bool {
        self.is_published
    }
}

impl Client {
    /// Adds a comment of 1 to 4,000 bytes of UTF-8 that customers can see, and gives its id. One request, one counted
    /// call.
    ///
    /// The case must be the customer's. Not idempotent: after an unknown outcome look for the text before adding it
    /// again.
    pub async fn create_case_comment(
        &self,
        case: &SalesforceId,
        body: &str,
        deadline: Instant,
    ) -> Result<SalesforceId, Error> {
        check_id(case, CASE)?;
        if body.is_empty() || body.len() > MAX_BYTES {
            return Err(Error::NotSent(NotSent::InvalidInput("comment")));
        }
        // Said explicitly, because what Salesforce takes for granted is not documented.
        let fields = Fields::new().set(PARENT, case).set(BODY, body).set(PUBLISHED, true);
        self.create(COMMENT, &fields, WriteOptions::default(), deadline).await
    }

    /// Up to `rows` published comments after the position, oldest first; none where the case is not the account's.
    /// One request, one counted call.
    pub async fn case_comments(
        &self,
        of: CaseOf<'_>,
        after: Option<&Position>,
        rows: u32,
        deadline: Instant,
    ) -> Result<Listed<CaseComment>, Error> {
        let fields = [Field::ID, BODY, Field::new("CreatedById"), CREATED, PUBLISHED];
        let query = of
            .only(Query::select(COMMENT, &fields), PARENT, Field::new("Parent.AccountId"))?
            .filter(Condition::equal(PUBLISHED, Value::Bool(true)));
        self.list(query, after, rows, deadline).await
    }
}

impl fmt::Debug for CaseComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseComment").field("id", &self.id).finish_non_exhaustive()
    }
}
