//! The paths of the app, written once, and which of them a sign-in may lead on to.

use shared_types::ids::InvoiceId;

/// Dashboard.
pub const HOME: &str = "/";
/// List of invoices.
pub const INVOICES: &str = "/billing/invoices";
/// Profile.
pub const PROFILE: &str = "/account/profile";
/// Sign-in.
pub const LOGIN: &str = "/auth/login";
/// Sign-up.
pub const SIGNUP: &str = "/auth/signup";
/// The second proof of a sign-in.
pub const MFA: &str = "/auth/mfa";
/// Bringing a login of the billing system.
pub const LINK: &str = "/auth/link";
/// The portal's password, after linking.
pub const SET_PASSWORD: &str = "/auth/set-password";
/// Asking for a code to replace the password.
pub const FORGOT: &str = "/auth/forgot";
/// Replacing the password.
pub const RESET: &str = "/auth/reset";
/// Password, factors, sessions.
pub const SECURITY: &str = "/account/security";
/// What happened on the account.
pub const ACTIVITY: &str = "/account/activity";

/// One invoice.
pub fn invoice(id: InvoiceId) -> String {
    format!("{INVOICES}/{id}")
}

/// The sign-in page that leads on to `path`.
pub fn login_then(path: &str) -> String {
    with_next(LOGIN, path)
}

/// A page of the sign-in area that keeps where to go afterwards.
pub fn with_next(page: &str, path: &str) -> String {
    if path == HOME || !is_local(path) { page.to_owned() } else { format!("{page}?next={}", encoded(path)) }
}

/// Where to go after signing in: the place asked for if it lies within the app, else the dashboard.
pub fn after_login(next: Option<&str>) -> String {
    next.filter(|path| is_local(path)).unwrap_or(HOME).to_owned()
}

/// Whether this is a path of the app itself. Browsers read `//host` and `/\host` as other sites and drop tabs and line breaks,
/// so anything but plain printable ASCII is refused; the sign-in pages would lead in a circle.
fn is_local(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/auth/")
        && !path.starts_with("/api/")
}

/// Escapes what would end a value of a query.
fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_on_within_the_app_only() {
        assert_eq!(
            after_login(Some("/billing/invoices?page=2&status=unpaid")),
            "/billing/invoices?page=2&status=unpaid"
        );
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            "billing",
            "",
            "/ö",
            "/auth/login",
            "/api/me",
        ] {
            assert_eq!(after_login(Some(elsewhere)), HOME, "{elsewhere:?}");
        }
        assert_eq!(after_login(None), HOME);
    }

    #[test]
    fn the_way_back_survives_the_query() {
        assert_eq!(
            login_then("/billing/invoices?page=2&sort=-total"),
            "/auth/login?next=/billing/invoices%3Fpage%3D2%26sort%3D-total"
        );
        assert_eq!(login_then("/"), LOGIN);
        assert_eq!(login_then("//evil.example"), LOGIN);
    }
}
