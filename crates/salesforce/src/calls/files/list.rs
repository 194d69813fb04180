//! The files shown at a case.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::time::Instant;

use crate::calls::cases::{self, CASE};
use crate::client::Client;
use crate::error::Error;
use crate::id::SalesforceId;
use crate::soql::{Condition, Direction, Field, Nulls, Object, Query, Value};
use crate::time;

const LINK: Object = Object::new("ContentDocumentLink");
const DOCUMENT_ID: Field = Field::new("ContentDocumentId");
const VISIBILITY: Field = Field::new("Visibility");
/// What people outside the company may see.
const SHOWN: [&str; 2] = ["AllUsers", "SharedUsers"];
const MOST: u32 = 200;

/// A file shown at a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// The document.
    pub document_id: SalesforceId,
    /// Its latest version, for [`Client::download`].
    pub version_id: SalesforceId,
    /// Title.
    pub title: String,
    /// Extension, without the dot.
    pub extension: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// When the document was created.
    pub created_at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Link {
    content_document_id: SalesforceId,
    visibility: Option<String>,
    content_document: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    title: String,
    file_extension: Option<String>,
    content_size: u64,
    latest_published_version_id: SalesforceId,
    #[serde(deserialize_with = "time::deserialize")]
    created_date: DateTime<Utc>,
}

impl Client {
    /// The files at a case that customers may see, up to 200. One request, one counted call.
    ///
    /// The case must be the customer's: Salesforce allows no other condition beside the case's id here.
    pub async fn case_files(&self, case: &SalesforceId, deadline: Instant) -> Result<Vec<CaseFile>, Error> {
        cases::check_id(case, CASE)?;
        let fields = [
            DOCUMENT_ID,
            VISIBILITY,
            Field::new("ContentDocument.Title"),
            Field::new("ContentDocument.FileExtension"),
            Field::new("ContentDocument.ContentSize"),
            Field::new("ContentDocument.LatestPublishedVersionId"),
            Field::new("ContentDocument.CreatedDate"),
        ];
        let shown = SHOWN.iter().map(|value| Value::text(value)).collect::<Result<Vec<_>, _>>();
        let query = Query::select(LINK, &fields)
            .filter(Condition::equal(Field::new("LinkedEntityId"), case.into()))
            .filter(Condition::is_in(VISIBILITY, shown.map_err(cases::unusable)?))
            .order_by(DOCUMENT_ID, Direction::Ascending, Nulls::Last)
            .limit(MOST);
        let page = self.query::<Link>(&query.build().map_err(cases::unusable)?, deadline).await?;
        Ok(page.records.into_iter().filter(Link::is_shown).map(CaseFile::from).collect())
    }
}

impl Link {
    /// Once more on the way out: what must stay internal must not hang on one condition.
    fn is_shown(&self) -> bool {
        self.visibility.as_deref().is_some_and(|visibility| SHOWN.contains(&visibility))
    }
}

impl From<Link> for CaseFile {
    fn from(link: Link) -> Self {
        let document = link.content_document;
        Self {
            document_id: link.content_document_id,
            version_id: document.latest_published_version_id,
            title: document.title,
            extension: document.file_extension,
            size: document.content_size,
            created_at: document.created_date,
        }
    }
}
