//! Serves the built web app from memory: files under `/assets/` for ever, the page for every other address that is not the API's.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use shared_types::problem::ProblemCode;

use crate::{app::App, error::ApiError};

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The files of the web app with their compressed copies.
#[derive(Debug, Default)]
pub struct WebApp {
    files: HashMap<String, File>,
}

/// The page for every address of the app.
const PAGE: &str = "/index.html";
/// The portal's name in the page as `xtask web` builds it.
const BUILT_NAME: &str = "Customer portal";

#[derive(Debug)]
struct File {
    content_type: &'static str,
    etag: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl WebApp {
    /// Reads a directory made by `xtask web`. A missing one gives an app without pages: the API works alone too.
    ///
    /// `app_name` takes the place of the name that the page is built with.
    pub fn load(directory: &Path, app_name: &str) -> io::Result<Self> {
        let mut files = HashMap::new();
        if !directory.is_dir() {
            return Ok(Self { files });
        }
        for path in walk(directory)? {
            let Some(content_type) = content_type(&path) else { continue };
            let Ok(name) = path.strip_prefix(directory) else { continue };
            let plain = std::fs::read(&path)?;
            let file = File {
                content_type,
                etag: etag(&plain)?,
                plain: plain.into(),
                brotli: sibling(&path, "br")?,
                gzip: sibling(&path, "gz")?,
            };
            files.insert(format!("/{}", name.display()), file);
        }
        if let Some(page) = files.get_mut(PAGE)
            && app_name != BUILT_NAME
        {
            page.rename(app_name)?;
        }
        Ok(Self { files })
    }

    /// Whether there is a page to show.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.files.contains_key(PAGE)
    }
}

impl File {
    /// Puts another name in place of the built one. The compressed copies have the old name, so they go: the page is small.
    fn rename(&mut self, app_name: &str) -> io::Result<()> {
        let page = String::from_utf8_lossy(&self.plain)
            .replace(BUILT_NAME, &html_escape::encode_double_quoted_attribute(app_name));
        self.etag = etag(page.as_bytes())?;
        (self.plain, self.brotli, self.gzip) = (page.into(), None, None);
        Ok(())
    }
}

/// A file of the app, or its page for an address within it.
pub fn serve(request: &HttpRequest, app: &App) -> Result<HttpResponse, ApiError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::new(ProblemCode::MethodNotAllowed));
    }
    let path = request.path();
    let asset = path.starts_with("/assets/");
    let named = app.web.files.get(path).filter(|_| path != PAGE);
    // A file that is gone must not be answered with the page: the browser would take it for a script.
    let missing_file =
        asset || (path != PAGE && path.rsplit('/').next().is_some_and(|name| name.contains('.')));
    let file = match named {
        Some(file) => file,
        None if missing_file => return Err(ApiError::not_found()),
        None => app.web.files.get(PAGE).ok_or_else(ApiError::not_found)?,
    };
    let unchanged = request.headers().get(header::IF_NONE_MATCH).is_some_and(|sent| *sent == file.etag);
    let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, file.etag.clone()));
    answer.insert_header((header::CACHE_CONTROL, if asset { IMMUTABLE } else { REVALIDATE }));
    answer.insert_header((header::VARY, "Accept-Encoding"));
    if unchanged {
        return Ok(answer.finish());
    }
    answer.content_type(file.content_type);
    let body = match (accepts(request, "br"), accepts(request, "gzip"), &file.brotli, &file.gzip) {
        (true, _, Some(brotli), _) => {
            answer.insert_header((header::CONTENT_ENCODING, "br"));
            brotli
        }
        (_, true, _, Some(gzip)) => {
            answer.insert_header((header::CONTENT_ENCODING, "gzip"));
            gzip
        }
        _ => &file.plain,
    };
    Ok(answer.body(body.clone()))
}

/// Whether the client takes an encoding; `;q=0` says that it does not (RFC 9110, 12.4.2).
fn accepts(request: &HttpRequest, encoding: &str) -> bool {
    let Some(list) = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let refused = |weight: &str| {
            weight.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
        };
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding)) && !parts.any(refused)
    })
}

fn walk(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn sibling(path: &Path, extension: &str) -> io::Result<Option<Bytes>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    match std::fs::read(PathBuf::from(name)) {
        Ok(bytes) => Ok(Some(bytes.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn etag(bytes: &[u8]) -> io::Result<HeaderValue> {
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    HeaderValue::from_str(&format!("\"{hash}\"")).map_err(io::Error::other)
}

/// Types that the app is made of; any other file in the directory is not served.
fn content_type(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}
