//! A gzip body (RFC 1952) of a few hundred kilobytes that expands to the real answer and then to hundreds of megabytes of spaces:
//! valid JSON for whoever has the memory.

use std::sync::OnceLock;

use bytes::{BufMut as _, Bytes, BytesMut};
use flate2::{Compress, Compression, Crc, FlushCompress};

/// Spaces in one repeated piece; below deflate's window, so that a piece stands alone.
const PIECE: usize = 1 << 16;
/// What it expands to when the fault does not say.
pub const EXPANDED: u64 = 200 << 20;

/// One compressed piece and its checksum.
struct Piece {
    deflated: Vec<u8>,
    crc: Crc,
}

fn deflate(plain: &[u8]) -> Option<Piece> {
    let mut crc = Crc::new();
    crc.update(plain);
    let mut deflated = Vec::with_capacity(plain.len() + 128);
    // A full flush ends on a byte and forgets the window, so pieces can be put one after another.
    Compress::new(Compression::fast(), false).compress_vec(plain, &mut deflated, FlushCompress::Full).ok()?;
    Some(Piece { deflated, crc })
}

fn spaces() -> Option<&'static Piece> {
    static SPACES: OnceLock<Option<Piece>> = OnceLock::new();
    SPACES.get_or_init(|| deflate(&vec![b' '; PIECE])).as_ref()
}

/// `body` and then spaces up to at least `expanded` bytes, as one gzip member. Without a compressor, the body as it is.
pub fn gzip(body: &[u8], expanded: u64) -> Bytes {
    let (Some(head), Some(spaces)) = (deflate(body), spaces()) else { return Bytes::copy_from_slice(body) };
    let pieces = usize::try_from(expanded).unwrap_or(usize::MAX).div_ceil(PIECE).min(1 << 16);
    let mut out = BytesMut::with_capacity(32 + head.deflated.len() + pieces * spaces.deflated.len());
    // Magic, deflate, no flags, no time, no extra flags, unknown system.
    out.put_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    out.put_slice(&head.deflated);
    let mut crc = head.crc;
    for _ in 0..pieces {
        out.put_slice(&spaces.deflated);
        crc.combine(&spaces.crc);
    }
    // An empty last block, the checksum, the length modulo 2^32.
    out.put_slice(&[3, 0]);
    out.put_u32_le(crc.sum());
    out.put_u32_le(crc.amount());
    out.freeze()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    #[test]
    fn a_bomb_is_one_sound_gzip_member() {
        let bomb = super::gzip(b"{\"a\": 1}", 3 << 20);
        assert!(bomb.len() < 1 << 15, "{}", bomb.len());
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bomb.as_ref()).read_to_end(&mut plain).unwrap();
        assert!(plain.len() >= 3 << 20);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&plain).unwrap()["a"], 1);
    }
}
