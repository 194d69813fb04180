//! The body of a file upload, RFC 7578: a part of JSON, then the file, streamed from its source. The file is never
//! held in memory; its length is known before and kept to.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use reqwest::header::HeaderValue;

use crate::transport::Body;

/// What stands before and after the file.
pub(crate) struct Frame {
    boundary: String,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Tells, after a body has failed, that its source was to blame.
#[derive(Clone, Default)]
pub(crate) struct SourceFault(Arc<AtomicBool>);

impl Frame {
    /// A frame with a boundary that nobody can guess, so that no file can hold it and end its part early.
    pub(crate) fn new(json: &[u8], file_name: &str) -> Self {
        Self::with_boundary(&format!("portal-{:032x}", rand::random::<u128>()), json, file_name)
    }

    /// `boundary` must be letters, digits and hyphens, at most 70, and occur in neither part.
    fn with_boundary(boundary: &str, json: &[u8], file_name: &str) -> Self {
        let mut before = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"entity_content\"\r\n\
             Content-Type: application/json\r\n\r\n"
        )
        .into_bytes();
        before.extend_from_slice(json);
        let head = format!(
            "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"VersionData\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            plain(file_name)
        );
        before.extend_from_slice(head.as_bytes());
        let after = format!("\r\n--{boundary}--\r\n").into_bytes();
        Self { boundary: boundary.to_owned(), before, after }
    }

    /// The whole body round a file of exactly `length` bytes. A source that gives more, fewer or an error breaks the
    /// request off before its end, so that Salesforce never sees a whole one.
    pub(crate) fn body<S>(self, length: u64, file: S) -> Option<(Body, SourceFault)>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let content_type =
            HeaderValue::from_str(&format!("multipart/form-data; boundary={}", self.boundary)).ok()?;
        let frame = self.before.len().checked_add(self.after.len())?;
        let total = u64::try_from(frame).ok()?.checked_add(length)?;
        let fault = SourceFault::default();
        let content = reqwest::Body::wrap_stream(self.stream(length, file, fault.clone()));
        Some((Body::Stream { content_type, length: total, content }, fault))
    }

    fn stream<S>(
        self,
        length: u64,
        file: S,
        fault: SourceFault,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let before = stream::iter([Ok(Bytes::from(self.before))]);
        let after = stream::iter([Ok(Bytes::from(self.after))]);
        before.chain(exact(length, file, fault)).chain(after)
    }
}

impl SourceFault {
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn raise(&self, kind: io::ErrorKind) -> io::Error {
        self.0.store(true, Ordering::Release);
        io::Error::new(kind, "the file's content")
    }
}

/// The stream, failing where its length is not the promised one.
fn exact<S>(
    length: u64,
    file: S,
    fault: SourceFault,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let state = Some((Box::pin(file), length));
    stream::unfold((state, fault), |(state, fault)| async move {
        let (mut file, left) = state?;
        let failed = |error| Some((Err(error), (None, fault.clone())));
        match file.next().await {
            None if left == 0 => None,
            None => failed(fault.raise(io::ErrorKind::UnexpectedEof)),
            Some(Err(error)) => failed(fault.raise(error.kind())),
            Some(Ok(chunk)) => {
                let left = u64::try_from(chunk.len()).ok().and_then(|length| left.checked_sub(length));
                match left {
                    None => failed(fault.raise(io::ErrorKind::InvalidData)),
                    Some(left) => Some((Ok(chunk), (Some((file, left)), fault))),
                }
            }
        }
    })
}

/// The file's name as it may stand in a part's header. People see the name in the JSON part, which has no such
/// limits.
fn plain(name: &str) -> String {
    let keep = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    name.chars().take(100).map(|character| if keep(character) { character } else { '_' }).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The whole body of a file that comes in these pieces, as long as the source keeps its promise.
    pub(crate) fn written(
        boundary: &str,
        json: &[u8],
        name: &str,
        length: u64,
        pieces: &[&[u8]],
    ) -> Result<Vec<u8>, io::ErrorKind> {
        let pieces: Vec<io::Result<Bytes>> =
            pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let frame = Frame::with_boundary(boundary, json, name);
        let fault = SourceFault::default();
        let stream = frame.stream(length, stream::iter(pieces), fault.clone());
        let chunks: Vec<io::Result<Bytes>> = futures::executor::block_on(stream.collect());
        let whole: Result<Vec<Bytes>, io::Error> = chunks.into_iter().collect();
        assert_eq!(whole.is_err(), fault.happened());
        whole.map(|chunks| chunks.concat()).map_err(|error| error.kind())
    }

    #[test]
    fn the_body_is_exact() {
        let body = written("b1", b"{}", "log \"1\".txt", 5, &[b"ab", b"", b"cde"]).unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "--b1\r\nContent-Disposition: form-data; name=\"entity_content\"\r\n\
             Content-Type: application/json\r\n\r\n{}\r\n--b1\r\n\
             Content-Disposition: form-data; name=\"VersionData\"; filename=\"log__1_.txt\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nabcde\r\n--b1--\r\n"
        );
    }

    #[test]
    fn a_source_keeps_its_length() {
        assert_eq!(written("b1", b"{}", "a", 5, &[b"ab"]), Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(written("b1", b"{}", "a", 1, &[b"a", b"b"]), Err(io::ErrorKind::InvalidData));
        assert!(written("b1", b"{}", "a", 0, &[]).is_ok());
    }

    #[test]
    fn boundaries_are_short_and_never_the_same() {
        let [one, other] = [0, 1].map(|_| Frame::new(b"", "").boundary);
        assert!(one != other && one.len() <= 70, "{one}");
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{one}");
    }
}
