//! A body under the cap. Chunks come decompressed, so that a small answer cannot unfold into a large one.

use crate::error::{Error, Unknown};

/// What has been read of a body.
pub(crate) struct Body {
    bytes: Vec<u8>,
    cap: usize,
}

impl Body {
    pub(crate) const fn new(cap: usize) -> Self {
        Self { bytes: Vec::new(), cap }
    }

    /// Takes a chunk whole or, if it does not fit, not at all.
    pub(crate) fn take(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if chunk.len() > self.cap.saturating_sub(self.bytes.len()) {
            return Err(Error::Unknown(Unknown::TooLarge));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Body;

    #[test]
    fn no_more_than_the_cap_is_ever_held() {
        bolero::check!().with_iterations(2000).with_type::<(u8, Vec<Vec<u8>>)>().for_each(|(cap, chunks)| {
            let cap = usize::from(*cap);
            let mut body = Body::new(cap);
            let all = chunks.iter().try_for_each(|chunk| body.take(chunk));
            let whole = chunks.concat();
            assert_eq!(all.is_ok(), whole.len() <= cap);
            let kept = body.into_bytes();
            assert!(kept.len() <= cap && whole.starts_with(&kept));
        });
    }
}
