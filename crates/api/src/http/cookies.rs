//! The cookies of the portal: the session, the mark of a browser that has none yet, the token of a device that an account knows, and
//! what holds the steps of linking together.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long a browser keeps the token of a device.
const DEVICE_DAYS: i64 = 365;
/// Lifetime of the steps of linking.
const FLOW: Duration = Duration::minutes(10);

/// Names and flags. On https the names carry the `__Host-` prefix, which binds a cookie to this host, to https and to the whole path;
/// browsers refuse such cookies on plain http, so development on loopback has names of its own.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    /// Cookies of a portal that is reached by https, or in development is not.
    #[must_use]
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    const fn session_name(self) -> &'static str {
        if self.https { "__Host-portal_session" } else { "portal_session_dev" }
    }

    const fn browser_name(self) -> &'static str {
        if self.https { "__Host-portal_browser" } else { "portal_browser_dev" }
    }

    const fn device_name(self) -> &'static str {
        if self.https { "__Host-portal_device" } else { "portal_device_dev" }
    }

    /// The token of the device that a request carries. It proves nothing but that somebody signed in here before.
    #[must_use]
    pub fn device_token(self, request: &HttpRequest) -> Option<[u8; 32]> {
        token(request, self.device_name())
    }

    /// Hands the token of a device to the browser, for a year.
    #[must_use]
    pub fn set_device(self, token: &[u8; 32]) -> Cookie<'static> {
        let mut cookie = self.cookie(self.device_name(), URL_SAFE_NO_PAD.encode(token));
        cookie.set_max_age(Duration::days(DEVICE_DAYS));
        cookie
    }

    const fn flow_name(self) -> &'static str {
        if self.https { "__Host-portal_flow" } else { "portal_flow_dev" }
    }

    /// The session token that a request carries.
    #[must_use]
    pub fn session_token(self, request: &HttpRequest) -> Option<[u8; 32]> {
        token(request, self.session_name())
    }

    /// The mark of the browser: it separates the idempotency keys of people who are not signed in. It grants nothing.
    #[must_use]
    pub fn browser_mark(self, request: &HttpRequest) -> Option<[u8; 32]> {
        token(request, self.browser_name())
    }

    /// What holds the steps of linking together in this browser.
    #[must_use]
    pub fn flow_token(self, request: &HttpRequest) -> Option<[u8; 32]> {
        token(request, self.flow_name())
    }

    /// Hands it to the browser, for as long as the steps may take.
    ///
    /// The only cookie that other sites may send along on a visit: WHMCS sends the browser back with the answer that is bound to it.
    /// It grants nothing by itself, and what it leads to takes a request of this site's own pages.
    #[must_use]
    pub fn set_flow(self, token: &[u8; 32]) -> Cookie<'static> {
        let mut cookie = self.cookie(self.flow_name(), URL_SAFE_NO_PAD.encode(token));
        cookie.set_same_site(SameSite::Lax);
        cookie.set_max_age(FLOW);
        cookie
    }

    /// Takes it away.
    #[must_use]
    pub fn clear_flow(self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.flow_name(), String::new());
        cookie.set_same_site(SameSite::Lax);
        cookie.set_max_age(Duration::ZERO);
        cookie
    }

    /// Hands a session token to the browser, until the browser is closed; the server ends it earlier.
    #[must_use]
    pub fn set_session(self, token: &[u8; 32]) -> Cookie<'static> {
        self.cookie(self.session_name(), URL_SAFE_NO_PAD.encode(token))
    }

    /// Hands a mark to the browser.
    #[must_use]
    pub fn set_browser_mark(self, mark: &[u8; 32]) -> Cookie<'static> {
        self.cookie(self.browser_name(), URL_SAFE_NO_PAD.encode(mark))
    }

    /// Takes the session token away.
    #[must_use]
    pub fn clear_session(self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.session_name(), String::new());
        cookie.set_max_age(Duration::ZERO);
        cookie
    }

    fn cookie(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .secure(self.https)
            .http_only(true)
            .same_site(SameSite::Strict)
            .finish()
    }
}

fn token(request: &HttpRequest, name: &str) -> Option<[u8; 32]> {
    let cookie = request.cookie(name)?;
    URL_SAFE_NO_PAD.decode(cookie.value()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_session_cookie_is_bound_to_host_and_https() {
        let text = Cookies::new(true).set_session(&[7; 32]).to_string();
        assert!(text.starts_with("__Host-portal_session="), "{text}");
        for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("Domain"), "{text}");
    }

    #[test]
    fn the_cookie_of_linking_survives_the_way_back_from_whmcs() {
        let text = Cookies::new(true).set_flow(&[7; 32]).to_string();
        assert!(text.starts_with("__Host-portal_flow="), "{text}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn only_a_whole_token_is_read_back() {
        let cookies = Cookies::new(true);
        let read = |value: String| {
            let request =
                TestRequest::default().cookie(Cookie::new("__Host-portal_session", value)).to_http_request();
            cookies.session_token(&request)
        };
        assert_eq!(read(URL_SAFE_NO_PAD.encode([7; 32])), Some([7; 32]));
        assert_eq!(read(URL_SAFE_NO_PAD.encode([7; 31])), None);
        assert_eq!(read("not base64!".into()), None);
    }
}
