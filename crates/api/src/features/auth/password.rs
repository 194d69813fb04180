//! Proving the password: the same limits, the same work and the same refusal, whoever asks and whether or not there is an account.

use secrecy::{ExposeSecret, SecretString};
use shared_types::{ids::UserId, problem::FieldCode, problem::ProblemCode};

use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::origin::Origin,
    limits::Action,
    passwords::Verdict,
    store::{EmailAddress, UserStatus},
};

/// Somebody whose password was right.
pub(super) struct Proved {
    /// Who.
    pub user: UserId,
    email: EmailAddress,
    /// In place of one under an older key or with weaker figures.
    pub new_hash: Option<SecretString>,
}

impl Proved {
    /// The sign-in is over: tries that failed before do not count any more.
    pub async fn forget_failures(&self, app: &App) -> ApiResult<()> {
        app.limits.forget(Action::LoginAccount, self.email.as_str()).await
    }
}

/// The user whose password this is.
pub(super) async fn prove(app: &App, email: &str, password: String, origin: &Origin) -> ApiResult<Proved> {
    let email = EmailAddress::parse(email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    app.limits.take(Action::LoginSource, &origin.network).await?;
    app.limits.take(Action::LoginAccount, email.as_str()).await?;
    let tx = app.db.read_as_system().await?;
    let known = tx.users().by_email(&email).await?.filter(|user| user.status == UserStatus::Active);
    drop(tx);

    let password = SecretString::from(password);
    let stored = known.as_ref().map(|user| user.password_hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&password, stored).await?;
    let tried = known.as_ref().map(|user| user.user_id);
    let Some(user) = known.filter(|_| verdict != Verdict::Wrong) else {
        app.audit(Event::SignInFailed, tried, origin).await?;
        return Err(ApiError::new(ProblemCode::InvalidCredentials));
    };
    let new_hash = match verdict {
        Verdict::RightButOutdated => Some(SecretString::from(app.passwords.hash(&password).await?)),
        Verdict::Right | Verdict::Wrong => None,
    };
    Ok(Proved { user: user.user_id, email, new_hash })
}
