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
    ids::{ClientId, DomainId, InvoiceId, ServiceId, UserId},
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
    /// All domains.
    Domains,
    /// One domain.
    Domain(DomainId),
    /// The mails that were sent.
    Emails,
    /// All tickets.
    Tickets,
    /// A new ticket.
    SubmitTicket,
    /// Announcements.
    Announcements,
    /// Downloads.
    Downloads,
    /// Knowledge base.
    KnowledgeBase,
    /// State of the network.
    NetworkStatus,
    /// The shop.
    ShoppingCart,
    /// Add-ons for services in the shop.
    ShoppingCartAddons,
    /// Registering a domain in the shop.
    ShoppingCartDomainRegister,
    /// Transferring a domain in the shop.
    ShoppingCartDomainTransfer,
}

/// Where a destination is, in the words of the API.
struct Place {
    destination: Option<&'static str>,
    service_id: Option<ServiceId>,
    domain_id: Option<DomainId>,
    path: Option<String>,
}

impl SsoDestination {
    fn place(self) -> Place {
        let (service_id, domain_id, path) = match self {
            Self::Service(id) => (Some(id), None, None),
            Self::Domain(id) => (None, Some(id), None),
            // Paths are relative to the System URL and without a leading slash.
            Self::Invoice(id) => (None, None, Some(format!("viewinvoice.php?id={id}"))),
            Self::InvoicePdf(id) => (None, None, Some(format!("dl.php?type=i&id={id}"))),
            Self::PayAllInvoices => (None, None, Some("clientarea.php?action=masspay&all=true".to_owned())),
            _ => (None, None, None),
        };
        Place { destination: self.as_str(), service_id, domain_id, path }
    }

    /// The destination's name; `None` is the first page.
    const fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::Home => return None,
            Self::Invoice(_) | Self::InvoicePdf(_) | Self::PayAllInvoices => "sso:custom_redirect",
            Self::Profile => "clientarea:profile",
            Self::PaymentMethods => "clientarea:billing_info",
            Self::Invoices => "clientarea:invoices",
            Self::Services => "clientarea:services",
            Self::Service(_) => "clientarea:product_details",
            Self::Domains => "clientarea:domains",
            Self::Domain(_) => "clientarea:domain_details",
            Self::Emails => "clientarea:emails",
            Self::Tickets => "clientarea:tickets",
            Self::SubmitTicket => "clientarea:submit_ticket",
            Self::Announcements => "clientarea:announcements",
            Self::Downloads => "clientarea:downloads",
            Self::KnowledgeBase => "clientarea:knowledgebase",
            Self::NetworkStatus => "clientarea:network_status",
            Self::ShoppingCart => "clientarea:shopping_cart",
            Self::ShoppingCartAddons => "clientarea:shopping_cart_addons",
            Self::ShoppingCartDomainRegister => "clientarea:shopping_cart_domain_register",
            Self::ShoppingCartDomainTransfer => "clientarea:shopping_cart_domain_transfer",
        })
    }
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
        let Place { destination, service_id, domain_id, path } = self.destination.place();
        Form::new()
            .with("client_id", self.client_id)
            .with("user_id", self.user_id)
            .with("destination", destination)
            .with("service_id", service_id)
            .with("domain_id", domain_id)
            .with("sso_redirect_path", path)
    }
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
        let answer = Object::new(vec![("redirect_url".into(), Json::Text(redirect.into()))]);
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
