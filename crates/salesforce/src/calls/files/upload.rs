//! Uploads: small files inside JSON, others as a stream.

use std::{fmt, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::Stream;
use serde::Serialize;
use tokio::time::Instant;

use crate::calls::write::created_id;
use crate::catalogue;
use crate::client::{Client, DataCall};
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::multipart::Frame;

/// REST API Developer Guide, "Insert or Update Blob Data": 37.5 MB of base64 in JSON, 2 GB as multipart.
const MAX_INLINE: usize = 28_000_000;
const MAX_STREAMED: u64 = 2_000_000_000;

/// Name and place of a file that is to be uploaded.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewFile {
    /// Title, up to 255 characters.
    pub title: String,
    /// File name with extension, from which Salesforce derives the type; up to 500 characters.
    pub path_on_client: String,
    /// The record at which the file is shown from the start, e.g. a case.
    pub first_publish_location_id: SalesforceId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inline<'a> {
    #[serde(flatten)]
    file: &'a NewFile,
    version_data: String,
}

impl NewFile {
    fn check(&self) -> Result<(), Error> {
        let fits = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
        let fits = fits(&self.title, 255) && fits(&self.path_on_client, 500);
        if fits { Ok(()) } else { Err(Error::NotSent(NotSent::InvalidInput("file name"))) }
    }
}

impl Client {
    /// Uploads a file held in memory, up to 28 MB, and gives the id of its version (`068…`). One request, one counted
    /// call. Not idempotent: after an unknown outcome look for the file before sending it again.
    pub async fn upload_bytes(
        &self,
        file: &NewFile,
        content: &[u8],
        deadline: Instant,
    ) -> Result<SalesforceId, Error> {
        file.check()?;
        if content.len() > MAX_INLINE {
            return Err(Error::NotSent(NotSent::InvalidInput("file size")));
        }
        let body = Inline { file, version_data: STANDARD.encode(content) };
        let call = DataCall::new("ContentVersion", &catalogue::UPLOAD).json(&body)?;
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        created_id(&answer)
    }

    /// Uploads a file of exactly `length` bytes, up to 2 GB, as it comes, and gives the id of its version (`068…`).
    /// One request, one counted call.
    ///
    /// A stream cannot be sent twice: where the session turns out to have ended, the call fails as
    /// [`SessionExpired`](crate::LoginError::SessionExpired), which counts as not sent, and may be made again with a
    /// fresh stream. A stream that fails or has another length is not sent either, since Salesforce never sees its
    /// end. Not idempotent otherwise: see [`Client::upload_bytes`].
    pub async fn upload_stream<S>(
        &self,
        file: &NewFile,
        length: u64,
        content: S,
        deadline: Instant,
    ) -> Result<SalesforceId, Error>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        file.check()?;
        if length > MAX_STREAMED {
            return Err(Error::NotSent(NotSent::InvalidInput("file size")));
        }
        let json =
            serde_json::to_vec(file).map_err(|_| Error::NotSent(NotSent::InvalidInput("file name")))?;
        let (body, fault) = Frame::new(&json, &file.path_on_client)
            .body(length, content)
            .ok_or(Error::NotSent(NotSent::InvalidInput("file size")))?;
        let call = DataCall::new("ContentVersion", &catalogue::UPLOAD);
        let sent = self.send_once(&call, body, deadline).await;
        match sent.map_err(Error::addressing_no_record) {
            Ok(answer) => created_id(&answer),
            Err(Error::Unknown(_)) if fault.happened() => {
                Err(Error::NotSent(NotSent::InvalidInput("file content")))
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFile").field("at", &self.first_publish_location_id).finish_non_exhaustive()
    }
}
