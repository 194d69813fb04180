//! `CreateSsoToken`: a link that signs a customer in to the WHMCS client area. It grants everything the user
//! may do there and skips the second factor, so ask for one only right after the customer asked for it.
//!
//! Source: <https://developers.whmcs.com/api-reference/createssotoken/>; the destinations are listed in
//! WHMCS's Single Sign-On Developer Guide.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::Url;

use crate::{
    action::CREATE_SSO_TOKEN,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, InvoiceId, ServiceId, UserId},
    object::Object,
};

/// Who is to be signed in, and to which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SsoRequest {
    /// The client.
    pub client_id: ClientId,
    /// The user. Without it WHMCS signs in the client's **owner**: leave it out only for clients of WHMCS 7.
    pub user_id: Option<UserId>,
    /// The page to open.
    pub destination: SsoDestination,
}

/// Pages of the client area. The list is closed: a path is never made from what somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SsoDestination {
    /// The client area's first page.
    Home,
    /// Profile.
    Profile,
    /// Payment methods.
    PaymentMethods,
    /// All invoices.
    Invoices,
    /// One invoice, where it can be paid.
    Invoice(InvoiceId),
    /// The PDF of one invoice.
    InvoicePdf(InvoiceId),
    /// One payment for everything that is due.
    PayAllInvoices,
    /// All services.
    Services,
    /// One service.
    Service(ServiceId),
}

/// A link with a token in it: valid once, for 60 seconds at most. Send it as a redirect, never put it into a
/// page, a cache or a log. `Debug` is redacted, and the text is wiped from memory on drop.
#[derive(Clone)]
pub struct SsoLink(SecretString);

impl SsoLink {
    /// The link.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SsoLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SsoLink([redacted])")
    }
}

impl SsoRequest {
    fn params(&self) -> Form {
        let (destination, service_id, path) = match self.destination {
            SsoDestination::Home => (None, None, None),
            SsoDestination::Profile => (Some("clientarea:profile"), None, None),
            SsoDestination::PaymentMethods => (Some("clientarea:billing_info"), None, None),
            SsoDestination::Invoices => (Some("clientarea:invoices"), None, None),
            SsoDestination::Services => (Some("clientarea:services"), None, None),
            SsoDestination::Service(id) => (Some("clientarea:product_details"), Some(id), None),
            SsoDestination::Invoice(id) => redirect_to(format!("viewinvoice.php?id={id}")),
            SsoDestination::InvoicePdf(id) => redirect_to(format!("dl.php?type=i&id={id}")),
            SsoDestination::PayAllInvoices => {
                redirect_to("clientarea.php?action=masspay&all=true".to_owned())
            }
        };
        Form::new()
            .with("client_id", self.client_id)
            .with("user_id", self.user_id)
            .with("destination", destination)
            .with("service_id", service_id)
            .with("sso_redirect_path", path)
    }
}

/// Paths are relative to the System URL and without a leading slash.
const fn redirect_to(path: String) -> (Option<&'static str>, Option<ServiceId>, Option<String>) {
    (Some("sso:custom_redirect"), None, Some(path))
}

impl Client {
    /// Makes a single-use link into the client area. A link that does not lead to the host of the base URL is
    /// not given out.
    pub async fn create_sso_token(&self, request: &SsoRequest, deadline: Instant) -> Result<SsoLink, Error> {
        sso_link(&self.call(CREATE_SSO_TOKEN, &request.params(), deadline).await?, self.base_url())
    }
}

pub(crate) fn sso_link(answer: &Object, base: &Url) -> Result<SsoLink, Error> {
    let text = answer.text("redirect_url")?;
    let link = Url::parse(&text).map_err(|_| Error::shape("redirect_url"))?;
    // An installation that we reach over TLS must not send its customers' tokens in the clear.
    let scheme = link.scheme() == "https" || (link.scheme() == "http" && base.scheme() == "http");
    let own = link.host().is_some() && link.host() == base.host() && link.username().is_empty();
    if scheme && own { Ok(SsoLink(text.into())) } else { Err(Error::shape("redirect_url")) }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::sso_link;
    use crate::{json::Json, object::Object};

    fn accepted(base: &str, redirect: &str) -> bool {
        let answer = Object::new(vec![("redirect_url".to_owned(), Json::Text(redirect.to_owned()))]);
        sso_link(&answer, &Url::parse(base).unwrap()).is_ok()
    }

    #[test]
    fn a_link_leads_to_the_installation_and_nowhere_else() {
        let base = "https://billing.example.test/whmcs";
        assert!(accepted(base, "https://billing.example.test/whmcs/oauth/singlesignon.php?access_token=a"));
        assert!(accepted(base, "https://BILLING.example.test/oauth/singlesignon.php"));
        assert!(accepted("http://localhost:4900", "http://localhost:4900/x"));
        for link in [
            "http://billing.example.test/x",
            "https://evil.test/x",
            "https://billing.example.test.evil.test/x",
            "https://billing.example.test@evil.test/x",
            "https://u@billing.example.test/x",
            "javascript:alert(1)",
            "/oauth/singlesignon.php",
            "",
        ] {
            assert!(!accepted(base, link), "{link}");
        }
    }
}
