//! Mail through an SMTP server (`lettre`).

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::{
        Error as SmtpError,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use url::Url;

use super::{
    Upstream, UpstreamError, UpstreamFailure, WriteError, WriteRefusal,
    mail::{Mail, Mailer},
};
use crate::config::MailConfig;

/// Longest that a mail server may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);

/// Why a mail server is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTrouble {
    /// TLS: not on offer, or its certificate is not to be trusted.
    Tls,
    /// User or password.
    Login,
    /// The server refuses us before that.
    Refused,
    /// The server does not offer what the address asks for: STARTTLS, or a way to sign in that we know.
    NotOffered,
    /// Nothing came back in time.
    Silent,
    /// Anything else: what answers is no mail server.
    Other,
}

impl SmtpTrouble {
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        // RFC 4954, section 6, has the codes of a refused login.
        let login = error.status().is_some_and(|code| [454, 530, 534, 535, 538].contains(&u16::from(code)));
        if login {
            Self::Login
        } else if error.is_tls() {
            Self::Tls
        } else if error.is_timeout() {
            Self::Silent
        } else if error.is_permanent() || error.is_transient() {
            Self::Refused
        } else if error.is_client() {
            Self::NotOffered
        } else {
            Self::Other
        }
    }
}
/// Replies to a sign-in that was refused (RFC 4954, 6). They say that our credentials are wrong, not that a mail is.
const SIGN_IN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// The adapter.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// Fails where the address of the server, the sender or the certificates cannot be used.
    pub fn new(config: &MailConfig) -> Result<Self, UpstreamError> {
        let unusable = |what: &str| UpstreamError::new(Upstream::Mail, UpstreamFailure::Internal, what);
        let url = config.url.expose_secret();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| unusable("PORTAL_MAIL_URL cannot be used"))?
            .timeout(Some(TIMEOUT));
        if let Some(path) = &config.ca {
            let pem = std::fs::read(path).map_err(|_| unusable("PORTAL_MAIL_CA cannot be read"))?;
            let tls = trusting(url, &pem).ok_or_else(|| {
                unusable("PORTAL_MAIL_CA holds no certificate, or PORTAL_MAIL_URL asks for no TLS")
            })?;
            builder = builder.tls(tls);
        }
        let from = config.from.parse().map_err(|_| unusable("PORTAL_MAIL_FROM is no mailbox"))?;
        Ok(Self { transport: builder.build(), from })
    }

    /// Connects, greets, encrypts and signs in as for a mail, and sends none.
    pub async fn try_out(&self) -> Result<(), SmtpTrouble> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SmtpTrouble::Refused),
            Err(error) => Err(SmtpTrouble::of(&error)),
        }
    }

    fn message(&self, mail: &Mail) -> Option<Message> {
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse().ok()?))
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}@{}>", mail.message_id, self.from.email.domain())))
            // No out-of-office notes in return (RFC 3834, 5).
            .raw_header(auto_submitted())
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .ok()
    }
}

fn auto_submitted() -> lettre::message::header::HeaderValue {
    use lettre::message::header::{HeaderName, HeaderValue};
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

/// TLS as the address asks for it, with certificates of these authorities accepted beside the usual ones. `None` if there is nothing to
/// accept, or no TLS in which to.
fn trusting(url: &str, pem: &[u8]) -> Option<Tls> {
    let url = Url::parse(url).ok()?;
    if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
        return None;
    }
    let certificate = Certificate::from_pem(pem).ok()?;
    let host = url.host_str()?.to_owned();
    let parameters = TlsParameters::builder(host).add_root_certificate(certificate).build().ok()?;
    let wanted = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    match (url.scheme(), wanted.as_deref()) {
        ("smtps", None) => Some(Tls::Wrapper(parameters)),
        ("smtp", Some("required")) => Some(Tls::Required(parameters)),
        _ => None,
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), WriteError> {
        let Some(message) = self.message(mail) else {
            let what = "the address cannot be mailed to";
            let error = UpstreamError::new(Upstream::Mail, UpstreamFailure::Invalid, what);
            return Err(WriteError::Refused(WriteRefusal::NeedsPerson, error));
        };
        self.transport.send(message).await.map(drop).map_err(|error| classified(&error))
    }
}

/// What a failure says about the mail. Only a reply tells for certain that it was not taken; a connection that ended may have ended after
/// the server had the whole of it.
fn classified(error: &SmtpError) -> WriteError {
    let status = error.status().map(u16::from);
    let of = |failure, what: &str| UpstreamError::new(Upstream::Mail, failure, what);
    if status.is_some_and(|status| SIGN_IN_REFUSED.contains(&status)) {
        return WriteError::NotSent(of(UpstreamFailure::Invalid, "the server refuses the portal's sign-in"));
    }
    if error.is_permanent() {
        let error = of(UpstreamFailure::Invalid, "the server refused the mail for good");
        return WriteError::Refused(WriteRefusal::NeedsPerson, error);
    }
    if error.is_transient() {
        return WriteError::NotSent(of(
            UpstreamFailure::Unavailable,
            "the server does not take the mail now",
        ));
    }
    if error.is_tls() {
        return WriteError::NotSent(of(UpstreamFailure::Invalid, "no TLS with the server"));
    }
    if error.is_client() {
        return WriteError::NotSent(of(UpstreamFailure::Invalid, "the server lacks what was asked of it"));
    }
    let failure = if error.is_timeout() { UpstreamFailure::Timeout } else { UpstreamFailure::Unavailable };
    WriteError::Unknown(of(failure, "the connection ended before the mail was accepted"))
}
