//! Files of the bundle: named after their content, with compressed copies beside them.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::BuildError;

/// Characters of the hash that go into a name: 64 bits are plenty to tell two builds apart.
const NAME_DIGITS: usize = 16;

/// One file of the bundle, as `assets.json` lists it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asset {
    /// Address below the site's root.
    pub path: String,
    /// SHA-256 of the content, in hexadecimal.
    pub hash: String,
    /// Media type.
    pub content_type: String,
    /// Size of the file.
    pub bytes: usize,
    /// Size of its brotli copy.
    pub brotli_bytes: usize,
    /// The name changes with the content, so it may be kept for ever.
    pub immutable: bool,
}

/// Writes the bundle's files and remembers them.
pub struct Writer {
    out: PathBuf,
    brotli_quality: i32,
    /// What has been written so far.
    pub written: Vec<Asset>,
}

impl Writer {
    /// A writer into an empty folder. A development bundle is compressed quickly rather than well.
    pub fn new(out: &Path, dev: bool) -> Self {
        Self { out: out.to_path_buf(), brotli_quality: if dev { 2 } else { 11 }, written: Vec::new() }
    }

    /// Writes a file under a name made from its content and gives back its address.
    pub fn hashed(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<String, BuildError> {
        let hash = hex_digest(content);
        let short: String = hash.chars().take(NAME_DIGITS).collect();
        self.write(format!("/assets/{stem}-{short}.{extension}"), hash, content, true)
    }

    /// Writes a file under a fixed name.
    pub fn fixed(&mut self, name: &str, content: &[u8]) -> Result<String, BuildError> {
        self.write(format!("/{name}"), hex_digest(content), content, false)
    }

    fn write(
        &mut self,
        path: String,
        hash: String,
        content: &[u8],
        immutable: bool,
    ) -> Result<String, BuildError> {
        let file = self.out.join(path.trim_start_matches('/'));
        let brotli = brotli_copy(content, self.brotli_quality)?;
        save(&file, content)?;
        save(&with_suffix(&file, ".br"), &brotli)?;
        save(&with_suffix(&file, ".gz"), &gzip_copy(content)?)?;
        self.written.push(Asset {
            path: path.clone(),
            hash,
            content_type: content_type(&path).to_owned(),
            bytes: content.len(),
            brotli_bytes: brotli.len(),
            immutable,
        });
        Ok(path)
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

fn hex_digest(content: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(content).iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn save(file: &Path, content: &[u8]) -> Result<(), BuildError> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(BuildError::file(folder))?;
    }
    std::fs::write(file, content).map_err(BuildError::file(file))
}

fn brotli_copy(content: &[u8], quality: i32) -> Result<Vec<u8>, BuildError> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        // The largest window that every browser reads.
        lgwin: 24,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters).map_err(BuildError::Compression)?;
    Ok(compressed)
}

fn gzip_copy(content: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).map_err(BuildError::Compression)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_name_follows_the_content_and_copies_hold_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(folder.path(), false);
        let first = writer.hashed("app", "js", b"let a = 1;").unwrap();
        let second = writer.hashed("app", "js", b"let a = 2;").unwrap();
        assert_ne!(first, second);
        assert!(writer.written.iter().all(|asset| asset.immutable));

        let file = folder.path().join(first.trim_start_matches('/'));
        let mut unzipped = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(with_suffix(&file, ".gz")).unwrap())
            .read_to_string(&mut unzipped)
            .unwrap();
        assert_eq!(unzipped, "let a = 1;");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut std::fs::File::open(with_suffix(&file, ".br")).unwrap(), &mut unpacked)
            .unwrap();
        assert_eq!(unpacked, b"let a = 1;");
    }

    #[test]
    fn fixed_names_may_not_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(folder.path(), true);
        assert_eq!(writer.fixed("index.html", b"<!doctype html>").unwrap(), "/index.html");
        assert!(!writer.written[0].immutable);
        assert_eq!(writer.written[0].content_type, "text/html; charset=utf-8");
    }
}
