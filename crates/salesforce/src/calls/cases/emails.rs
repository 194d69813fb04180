//! E-mails of a case, in orgs that keep them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::time::Instant;

use super::{CREATED, CaseOf, Listed, Row, unusable};
use crate::client::Client;
use crate::error::Error;
use crate::id::SalesforceId;
use crate::soql::{Condition, Field, Object, Operator, Position, Query, Value};
use crate::time;

const EMAIL: Object = Object::new("EmailMessage");
const VISIBLE: Field = Field::new("IsExternallyVisible");
const STATUS: Field = Field::new("Status");
const DRAFT: &str = "5";

/// An e-mail that customers may see.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseEmail {
    /// Its id.
    pub id: SalesforceId,
    /// Subject.
    pub subject: Option<String>,
    /// The text form. The HTML form is not read: it would have to be cleaned.
    pub text_body: Option<String>,
    /// Sender's name.
    pub from_name: Option<String>,
    /// True for e-mails to the company.
    pub incoming: bool,
    /// When it was sent.
    #[serde(default, deserialize_with = "time::optional")]
    pub message_date: Option<DateTime<Utc>>,
    /// When it was stored, by which lists are ordered.
    #[serde(rename = "CreatedDate", deserialize_with = "time::deserialize")]
    pub created_at: DateTime<Utc>,
    is_externally_visible: bool,
    status: Option<String>,
}

impl Row for CaseEmail {
    fn position(&self) -> Position {
        Position { time: self.created_at, id: self.id.clone() }
    }

    fn is_public(&self) -> bool {
        self.is_externally_visible && self.status.as_deref() != Some(DRAFT)
    }
}

impl Client {
    /// Up to `rows` e-mails that customers may see after the position, oldest first, no drafts; none where the case is
    /// not the account's. One request, one counted call.
    pub async fn case_emails(
        &self,
        of: CaseOf<'_>,
        after: Option<&Position>,
        rows: u32,
        deadline: Instant,
    ) -> Result<Listed<CaseEmail>, Error> {
        let fields = [
            Field::ID,
            Field::new("Subject"),
            Field::new("TextBody"),
            Field::new("FromName"),
            Field::new("Incoming"),
            Field::new("MessageDate"),
            CREATED,
            VISIBLE,
            STATUS,
        ];
        let draft = Value::text(DRAFT).map_err(unusable)?;
        let query = of
            .only(Query::select(EMAIL, &fields), Field::new("ParentId"), Field::new("Parent.AccountId"))?
            .filter(Condition::equal(VISIBLE, Value::Bool(true)))
            .filter(Condition::compare(STATUS, Operator::NotEqual, draft));
        self.list(query, after, rows, deadline).await
    }
}

impl fmt::Debug for CaseEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseEmail").field("id", &self.id).finish_non_exhaustive()
    }
}
