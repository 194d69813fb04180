//! Proving the password where no cookie is read or set: the same limits, the same work and the same refusal, whoever asks and whether or
//! not there is an account.

use secrecy::{ExposeSecret, SecretString};
use shared_types::{ids::UserId, problem::FieldCode, problem::ProblemCode};

use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::origin::Origin,
    limits::Admission,
    passwords::Verdict,
    store::{EmailAddress, UserStatus},
};

/// Somebody whose password was right.
pub(super) struct Proved {
    /// Who.
    pub user: UserId,
    email: EmailAddress,
    admission: Admission,
    /// In place of one under an older key or with weaker figures.
    pub new_hash: Option<SecretString>,
}

impl Proved {
    /// The sign-in is over: tries that failed before do not count any more.
    pub async fn forget_failures(&self, app: &App, origin: &Origin) -> ApiResult<()> {
        app.limits.sign_in_passed(&self.email, origin, self.admission).await
    }
}

/// The user whose password this is.
///
/// While an account is guessed at there is no verdict for devices that it does not know: right and wrong are both told that a proof is
/// due which cannot be given here.
pub(super) async fn prove(app: &App, email: &str, password: String, origin: &Origin) -> ApiResult<Proved> {
    let email = EmailAddress::parse(email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let admission = app.limits.admit_sign_in(&email, origin).await?;
    let tx = app.db.read_as_system().await?;
    let known = tx.users().by_email(&email).await?.filter(|user| user.status == UserStatus::Active);
    drop(tx);

    let password = SecretString::from(password);
    let stored = known.as_ref().map(|user| user.password_hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&password, stored).await?;
    let tried = known.as_ref().map(|user| user.user_id);
    let right = known.filter(|_| verdict != Verdict::Wrong);
    if right.is_none() {
        app.audit(Event::SignInFailed, tried, origin).await?;
    }
    if admission.under_attack {
        return Err(ApiError::new(ProblemCode::MfaRequired).with_methods(Vec::new()));
    }
    let Some(user) = right else { return Err(ApiError::new(ProblemCode::InvalidCredentials)) };
    let new_hash = match verdict {
        Verdict::RightButOutdated => Some(SecretString::from(app.passwords.hash(&password).await?)),
        Verdict::Right | Verdict::Wrong => None,
    };
    Ok(Proved { user: user.user_id, email, admission, new_hash })
}
