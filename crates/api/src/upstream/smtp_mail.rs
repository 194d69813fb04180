//! Mail through an SMTP server (`lettre`).

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::Mailbox};
use secrecy::ExposeSecret;

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

/// The adapter.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// Fails where the address of the server or the sender cannot be used.
    pub fn new(config: &MailConfig) -> Result<Self, UpstreamError> {
        let unusable = |what: &str| UpstreamError::new(Upstream::Mail, UpstreamFailure::Internal, what);
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(config.url.expose_secret())
            .map_err(|_| unusable("PORTAL_MAIL_URL cannot be used"))?
            .timeout(Some(TIMEOUT))
            .build();
        let from = config.from.parse().map_err(|_| unusable("PORTAL_MAIL_FROM is no mailbox"))?;
        Ok(Self { transport, from })
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
            .header(lettre::message::header::ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .ok()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), WriteError> {
        let refused = |what: &str| {
            let error = UpstreamError::new(Upstream::Mail, UpstreamFailure::Invalid, what);
            WriteError::Refused(WriteRefusal::NeedsPerson, error)
        };
        let message = self.message(mail).ok_or_else(|| refused("the address cannot be mailed to"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(refused("the server refused the mail for good")),
            Err(error) => {
                let failure =
                    if error.is_timeout() { UpstreamFailure::Timeout } else { UpstreamFailure::Unavailable };
                Err(WriteError::Unknown(UpstreamError::new(
                    Upstream::Mail,
                    failure,
                    "the mail was not accepted",
                )))
            }
        }
    }
}
