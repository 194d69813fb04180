//! SOQL over REST: pages of typed rows, by cursor where there are more than one answer holds.

use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::composite;
use crate::catalogue::{self, Call};
use crate::client::{Client, DataCall, decode};
use crate::error::{Error, NotSent, Unknown};
use crate::soql::Soql;
use crate::transport::Answer;

/// Longest URL without its host that is sent. Salesforce takes URI and headers up to 16,384 bytes together; a quarter
/// of that is left for the headers, whose token can be a JWT.
const MAX_URL: usize = 12 * 1024;

const QUERY_OPTIONS: &str = "sforce-query-options";

/// Rows of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// How many rows the whole query has, on every page; with LIMIT how many that leaves.
    pub total_size: u64,
    /// Rows of this page.
    pub records: Vec<T>,
    /// Where the next page is; `None` on the last one.
    pub next: Option<NextPage>,
}

/// A cursor. Only the integration user can follow it, for a time that Salesforce does not promise: once it is gone,
/// the call is refused as [`ExpiredCursor`](crate::RefusalKind::ExpiredCursor) and the query must be started again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage {
    locator: String,
    includes_deleted: bool,
    resource: &'static str,
    batch: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePage<T> {
    total_size: u64,
    done: bool,
    next_records_url: Option<String>,
    // Without this, the bound would be on `Default` of the rows.
    #[serde(bound = "T: Deserialize<'de>")]
    records: Vec<T>,
}

impl Client {
    /// Runs a query and gives its first page. One request, one counted call.
    pub async fn query<T: DeserializeOwned>(&self, soql: &Soql, deadline: Instant) -> Result<Page<T>, Error> {
        self.first_page(&catalogue::QUERY, soql, deadline).await
    }

    /// [`Client::query`] over deleted and archived records as well (`IsDeleted` tells them).
    pub async fn query_all<T: DeserializeOwned>(
        &self,
        soql: &Soql,
        deadline: Instant,
    ) -> Result<Page<T>, Error> {
        self.first_page(&catalogue::QUERY_ALL, soql, deadline).await
    }

    /// The page that follows. One request, one counted call.
    pub async fn query_more<T: DeserializeOwned>(
        &self,
        next: &NextPage,
        deadline: Instant,
    ) -> Result<Page<T>, Error> {
        let entry = if next.includes_deleted { &catalogue::QUERY_ALL_MORE } else { &catalogue::QUERY_MORE };
        let call = with_batch(DataCall::new(next.resource, entry).segment(&next.locator), next.batch);
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        page(&answer, next.resource, next.batch)
    }

    /// Runs a query and follows its pages until at least `enough` rows are there or none is left; the result is all
    /// of them as one page, with `next` set where rows are left. One counted call for each page.
    pub async fn query_up_to<T: DeserializeOwned>(
        &self,
        soql: &Soql,
        enough: usize,
        deadline: Instant,
    ) -> Result<Page<T>, Error> {
        let mut whole = self.query(soql, deadline).await?;
        while whole.records.len() < enough
            && let Some(next) = whole.next.take()
        {
            let page = self.query_more(&next, deadline).await?;
            whole.records.extend(page.records);
            whole.next = page.next;
        }
        Ok(whole)
    }

    async fn first_page<T: DeserializeOwned>(
        &self,
        entry: &'static Call,
        soql: &Soql,
        deadline: Instant,
    ) -> Result<Page<T>, Error> {
        let resource = soql.object.name();
        let call = with_batch(DataCall::new(resource, entry).param("q", soql.as_str()), soql.batch);
        let answer = if self.url_length(&call) <= MAX_URL {
            self.send(&call, deadline).await.map_err(Error::addressing_no_record)?
        } else {
            self.wrapped(&call, soql, deadline).await?
        };
        page(&answer, resource, soql.batch)
    }

    /// Sends a query that is too long for a URI as the only part of a composite request.
    async fn wrapped(&self, call: &DataCall, soql: &Soql, deadline: Instant) -> Result<Answer, Error> {
        if soql.as_str().contains("@{") {
            // In a composite request that is a reference, and nothing escapes it.
            return Err(Error::NotSent(NotSent::InvalidInput("query")));
        }
        let options = soql.batch.map(|rows| (QUERY_OPTIONS, batch_size(rows)));
        let part = composite::Part::get("q", self.relative_url(call), options);
        let answers = self.run_composite(call.resource, true, &[part], deadline).await?;
        match answers.as_slice() {
            [answer] if answer.succeeded() => Ok(answer.as_answer()),
            [answer] => Err(answer.error(call.resource)),
            _ => Err(Error::Unknown(Unknown::InvalidAnswer { status: 200 })),
        }
    }
}

fn batch_size(rows: u16) -> String {
    format!("batchSize={rows}")
}

fn with_batch(call: DataCall, batch: Option<u16>) -> DataCall {
    match batch.and_then(|rows| HeaderValue::from_str(&batch_size(rows)).ok()) {
        Some(value) => call.header(HeaderName::from_static(QUERY_OPTIONS), value),
        None => call,
    }
}

/// `done` alone tells the last page: the count is no measure, and a page may hold any number of rows.
pub(crate) fn page<T: DeserializeOwned>(
    answer: &Answer,
    resource: &'static str,
    batch: Option<u16>,
) -> Result<Page<T>, Error> {
    let wire: WirePage<T> = decode(answer)?;
    let next = if wire.done {
        None
    } else {
        let url = wire.next_records_url.as_deref().unwrap_or_default();
        let next = NextPage::parse(url, resource, batch);
        Some(next.ok_or(Error::Unknown(Unknown::InvalidAnswer { status: answer.status }))?)
    };
    Ok(Page { total_size: wire.total_size, records: wire.records, next })
}

impl NextPage {
    /// Reads `/services/data/v62.0/query/01gD0000002HU6KIAW-2000`. Only the locator is taken, so that an answer
    /// cannot send the session's token elsewhere.
    fn parse(url: &str, resource: &'static str, batch: Option<u16>) -> Option<Self> {
        let path = url.strip_prefix("/services/data/v")?;
        let (_version, path) = path.split_once('/')?;
        let (verb, locator) = path.split_once('/')?;
        let includes_deleted = match verb {
            "query" => false,
            "queryAll" => true,
            _ => return None,
        };
        let is_locator = !locator.is_empty()
            && locator.len() <= 100
            && locator.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_locator.then(|| Self { locator: locator.to_owned(), includes_deleted, resource, batch })
    }
}

/// Rows of a list of children, which is null where there are none.
pub(crate) mod children {
    use serde::{Deserialize, Deserializer};

    #[derive(Deserialize)]
    struct Children<T> {
        #[serde(bound = "T: Deserialize<'de>")]
        records: Vec<T>,
    }

    /// For serde: `#[serde(default, deserialize_with = "salesforce::child_records")]` on a `Vec` of rows. Where a
    /// row has more children than one answer holds, these are the first of them.
    pub fn child_records<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let children = Option::<Children<T>>::deserialize(deserializer)?;
        Ok(children.map_or_else(Vec::new, |children| children.records))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_locator_of_the_next_page_is_taken() {
        let next = |url| NextPage::parse(url, "Case", None).map(|next| (next.locator, next.includes_deleted));
        let locator = || "01gD0000002HU6KIAW-2000".to_owned();
        assert_eq!(next("/services/data/v62.0/query/01gD0000002HU6KIAW-2000"), Some((locator(), false)));
        assert_eq!(next("/services/data/v62.0/queryAll/01gD0000002HU6KIAW-2000"), Some((locator(), true)));
        for url in [
            "",
            "/services/data/v62.0/query/",
            "/services/data/v62.0/query/a/b",
            "/services/data/v62.0/query/..",
            "/services/data/v62.0/query/a?b",
            "/services/data/v62.0/sobjects/a",
            "https://example.com/services/data/v62.0/query/a",
            "/services/data/v62.0",
        ] {
            assert_eq!(next(url), None, "{url}");
        }
    }
}
