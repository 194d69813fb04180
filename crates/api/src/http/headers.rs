//! Headers that every answer carries, whatever made it.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// For answers of the API: if a browser is made to show one as a page, it can do nothing.
const API_CSP: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// For the web app. `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
pub const PAGE_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
    frame-ancestors 'none'";

/// For Swagger UI, which writes styles into its page.
pub const DOCS_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const PERMISSIONS: &str = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

/// What an address serves, which decides about caching and the content security policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// JSON under `/api`.
    Api,
    /// The interactive documentation.
    Docs,
    /// The web app's page and files.
    Page,
    /// Probes.
    Probe,
}

impl Surface {
    /// Tells the surface by the path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path == "/livez" || path == "/readyz" {
            Self::Probe
        } else if path.starts_with("/api/docs") {
            Self::Docs
        } else if path == "/api" || path.starts_with("/api/") {
            Self::Api
        } else {
            Self::Page
        }
    }
}

/// What an answer that is the same for everybody says about keeping it.
pub const PUBLIC_FOR_AN_HOUR: &str = "public, max-age=3600";

/// Adds what every answer of a surface carries.
pub fn harden(headers: &mut HeaderMap, surface: Surface, https: bool) {
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    match surface {
        Surface::Api | Surface::Probe => {
            set(header::CONTENT_SECURITY_POLICY, API_CSP);
            set(header::VARY, "Origin, Sec-Fetch-Site, Cookie, Authorization");
            // Nothing is kept anywhere, but for the few answers that are the same for everybody and say so.
            if headers.get(header::CACHE_CONTROL).is_none_or(|value| value != PUBLIC_FOR_AN_HOUR) {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
        Surface::Docs => {
            set(header::CONTENT_SECURITY_POLICY, DOCS_CSP);
        }
        Surface::Page => {
            set(header::CONTENT_SECURITY_POLICY, PAGE_CSP);
            // Pages keep their hold on the tab they open for WHMCS no longer than the click: `same-origin` cuts it.
            set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
            set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
        }
    }
}
