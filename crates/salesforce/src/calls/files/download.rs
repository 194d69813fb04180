//! Downloads: the bytes of a file's version as they come.

use std::fmt;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{ACCEPT, HeaderValue};
use tokio::time::{Instant, timeout_at};

use crate::catalogue;
use crate::client::{Client, DataCall};
use crate::error::{Error, NotSent, Unknown};
use crate::id::SalesforceId;
use crate::transport;

/// The bytes of a file that is being read. Salesforce's own content type says nothing: choose one by the file's name,
/// and serve it as an attachment.
pub struct Download {
    response: Response,
    status: u16,
    left: u64,
    deadline: Instant,
}

impl Client {
    /// Opens a version of a file (`068…`) of at most `cap` bytes. One request, one counted call. A larger file fails
    /// as [`Unknown::BodyTooLarge`], at once where Salesforce tells its size, else when the cap is passed.
    ///
    /// Nothing here says whose file it is: prove that it is shown at a case of the customer before.
    pub async fn download(
        &self,
        version: &SalesforceId,
        cap: u64,
        deadline: Instant,
    ) -> Result<Download, Error> {
        if version.key_prefix() != "068" {
            return Err(Error::NotSent(NotSent::InvalidInput("file version id")));
        }
        let call = DataCall::new("ContentVersion", &catalogue::DOWNLOAD)
            .segment(version.as_str())
            .header(ACCEPT, HeaderValue::from_static("*/*"));
        let opened = self.send_opening(&call, deadline).await?;
        let (response, status) = (opened.response, opened.status);
        if response.content_length().is_some_and(|length| length > cap) {
            return Err(Error::Unknown(Unknown::BodyTooLarge { status }));
        }
        Ok(Download { response, status, left: cap, deadline })
    }
}

impl Download {
    /// The file's size in bytes, where Salesforce tells it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next bytes; `None` at the end of the file. The call's deadline holds for the whole file.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = timeout_at(self.deadline, transport::next_chunk(&mut self.response))
            .await
            .map_err(|_| Error::Unknown(Unknown::TimedOut))??;
        if let Some(bytes) = &chunk {
            let left = u64::try_from(bytes.len()).ok().and_then(|length| self.left.checked_sub(length));
            self.left = left.ok_or(Error::Unknown(Unknown::BodyTooLarge { status: self.status }))?;
        }
        Ok(chunk)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("length", &self.length()).finish_non_exhaustive()
    }
}
