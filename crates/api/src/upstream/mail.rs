//! The port to outgoing mail.

use std::fmt;

use async_trait::async_trait;

use super::WriteError;

/// A mail to one person. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Mail {
    /// Address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Body as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Unique to this mail (RFC 5322, 3.6.4), without the part behind the `@`.
    pub message_id: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail to the server. A repetition after an unknown outcome may arrive twice, which is harmless here.
    async fn send(&self, mail: &Mail) -> Result<(), WriteError>;
}
