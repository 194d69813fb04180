//! Requests of front ends on other origins: which origins those are, and the access token that such a request brings along.
//!
//! Nothing here is open before an operator names origins (`PORTAL_TOKEN_ORIGINS`). Cookies and tokens never meet: a token is not read
//! beside a cookie, no answer allows cookies to be sent, and what belongs to the session of a browser is not done with a token.

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

/// Methods that operations have.
const METHODS: &str = "GET, POST, PATCH, DELETE";
/// What a page may add to a request.
const HEADERS: &str = "Authorization, Content-Type, Idempotency-Key";
/// What a page may read of an answer, beside the body.
const EXPOSED: &str = "X-Request-Id, Retry-After, Idempotent-Replayed";
/// How long a browser may remember what a preflight said, in seconds.
const REMEMBERED: &str = "600";

/// Operations that need no token yet: getting one, and what is the same for everybody.
const OPEN: &[&str] = &[
    "/api/auth/token",
    "/api/auth/token/refresh",
    "/api/auth/token/revoke",
    "/api/auth/jwks.json",
    "/api/reference/regions",
];

/// Below `/api/auth`, what a token is good for all the same: asking who one is, and ending the session.
const WITH_TOKEN: &[&str] = &["/api/auth/session", "/api/auth/logout"];

/// Outside of `/api/auth`, operations that hand out a new cookie.
const COOKIE_ONLY: &[&str] = &["/api/me/password", "/api/me/accounts/switch"];

/// The access token of a request. Anything but one header with one token is a trick.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a request brings a token along, be it in a form that is not read.
#[must_use]
pub fn is_claimed(headers: &HeaderMap) -> bool {
    let scheme = |value: &HeaderValue| value.as_bytes().get(..6).map(<[u8]>::to_ascii_lowercase);
    headers.get_all(header::AUTHORIZATION).any(|value| scheme(value).is_some_and(|word| word == b"bearer"))
}

/// Whether a request may come from another origin: it brings no cookie, and a token unless it needs none.
#[must_use]
pub fn is_foreign(headers: &HeaderMap, path: &str) -> bool {
    !headers.contains_key(header::COOKIE) && (OPEN.contains(&path) || token(headers).is_some())
}

/// Whether an operation is the business of a browser's session, so that a token is of no use there.
#[must_use]
pub fn is_for_cookies_only(path: &str) -> bool {
    let below_auth = path.starts_with("/api/auth/") && !OPEN.contains(&path) && !WITH_TOKEN.contains(&path);
    below_auth || COOKIE_ONLY.contains(&path)
}

/// The origin of a request, if tokens may be used there.
#[must_use]
pub fn origin<'o>(headers: &HeaderMap, origins: &'o [String]) -> Option<&'o str> {
    let mut values = headers.get_all(header::ORIGIN);
    let (value, None) = (values.next()?, values.next()) else { return None };
    let value = value.to_str().ok()?;
    origins.iter().find(|origin| *origin == value).map(String::as_str)
}

/// Whether a request asks what a page elsewhere may do (Fetch standard, "CORS-preflight request").
#[must_use]
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets a page of this origin read the answer. Never with `Access-Control-Allow-Credentials`.
pub fn allow(headers: &mut HeaderMap, origin: &str, preflight: bool) {
    let Ok(origin) = HeaderValue::from_str(origin) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    if preflight {
        set(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        set(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    } else {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// The access token of a request that came through the guard.
#[must_use]
pub fn token_of(request: &HttpRequest) -> Option<&str> {
    token(request.headers())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut request = TestRequest::get();
        for value in values {
            request = request.append_header(("authorization", *value));
        }
        token_of(&request.to_http_request()).map(str::to_owned)
    }

    #[test]
    fn a_token_is_the_only_value_of_its_header() {
        assert_eq!(read(&["Bearer a.b.c"]).as_deref(), Some("a.b.c"));
        assert_eq!(read(&["bearer a.b.c"]).as_deref(), Some("a.b.c"));
        for bad in [&["Basic a.b.c"][..], &["Bearer"], &["a.b.c"], &["Bearer a", "Bearer b"], &[]] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_business_of_browsers_is_not_done_with_tokens() {
        for path in ["/api/auth/login", "/api/auth/step-up", "/api/auth/signup", "/api/me/password"] {
            assert!(is_for_cookies_only(path), "{path}");
        }
        for path in ["/api/auth/token", "/api/auth/logout", "/api/auth/session", "/api/me", "/api/me/email"] {
            assert!(!is_for_cookies_only(path), "{path}");
        }
    }

    #[test]
    fn origins_are_compared_exactly() {
        let ours = ["https://shop.example.com".to_owned()];
        let find = |value: &str| {
            let request = TestRequest::get().insert_header(("origin", value)).to_http_request();
            origin(request.headers(), &ours).map(str::to_owned)
        };
        assert_eq!(find("https://shop.example.com"), Some("https://shop.example.com".to_owned()));
        for bad in [
            "https://shop.example.com/",
            "https://shop.example.com.evil.example",
            "http://shop.example.com",
            "https://shop.example.com:443",
            "HTTPS://SHOP.EXAMPLE.COM",
            "null",
            "",
        ] {
            assert_eq!(find(bad), None, "{bad}");
        }
    }
}
