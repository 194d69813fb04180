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
