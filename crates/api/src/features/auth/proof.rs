//! Codes of second factors: finding what a code stands for, then using it up with whatever it allows.

use secrecy::{ExposeSecret, SecretString};
use shared_types::{auth::SecondFactor, ids::UserId};
use uuid::Uuid;

use crate::{
    app::App,
    audit::Event,
    domain::{factor::Factor, notice::Notice, recovery_code::RecoveryCode, totp::Authenticator},
    error::{ApiError, ApiResult},
    http::origin::Origin,
    jobs::Job,
    passwords::Verdict,
    store::SystemTx,
};

/// A code that is right. It has not been used up yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Of an authenticator app.
    Totp {
        /// Its time step.
        step: i64,
    },
    /// A recovery code.
    RecoveryCode {
        /// Its row.
        id: Uuid,
    },
}

impl Proof {
    /// What it proves.
    pub const fn factor(self) -> Factor {
        match self {
            Self::Totp { .. } => Factor::Totp,
            Self::RecoveryCode { .. } => Factor::RecoveryCode,
        }
    }

    /// What a code of the user stands for, if it is right.
    pub async fn find(
        app: &App,
        user: UserId,
        method: SecondFactor,
        code: &SecretString,
    ) -> ApiResult<Option<Self>> {
        match method {
            SecondFactor::Totp => totp(app, user, code).await,
            SecondFactor::RecoveryCode => recovery_code(app, user, code).await,
            SecondFactor::Passkey | SecondFactor::EmailCode => Ok(None),
        }
    }

    /// Uses it up, in the transaction of what it allows. `false` if somebody was quicker.
    pub async fn use_up(self, app: &App, tx: &SystemTx, user: UserId, origin: &Origin) -> ApiResult<bool> {
        match self {
            Self::Totp { step } => Ok(tx.totp_of(user).use_step(step).await?),
            Self::RecoveryCode { id } => {
                if !tx.recovery_codes_of(user).use_up(id).await? {
                    return Ok(false);
                }
                tx.audit(Some(user)).append(&Event::RecoveryCodeUsed.from_origin(origin)).await?;
                let told = Job::MailNotice { user, notice: Notice::RecoveryCodeUsed };
                app.jobs.enqueue(&tx.jobs(), told).await?;
                Ok(true)
            }
        }
    }
}

async fn totp(app: &App, user: UserId, code: &SecretString) -> ApiResult<Option<Proof>> {
    let tx = app.db.read_as_system().await?;
    let record = tx.totp_of(user).get().await?.filter(|record| record.confirmed_at.is_some());
    drop(tx);
    let Some(record) = record else { return Ok(None) };
    let app_of_user = Authenticator::new(&record.seed).map_err(ApiError::internal)?;
    let now = u64::try_from(app.clock.now().timestamp()).unwrap_or_default();
    let digits = digits_of(code);
    Ok(app_of_user.step_of(digits.expose_secret(), now).map(|step| Proof::Totp { step }))
}

/// A six-digit code without what people type between its groups.
pub fn digits_of(code: &SecretString) -> SecretString {
    code.expose_secret().chars().filter(|sign| !matches!(sign, ' ' | '-')).collect::<String>().into()
}

/// One hash per try: of the code with the same tag, or of nothing.
async fn recovery_code(app: &App, user: UserId, code: &SecretString) -> ApiResult<Option<Proof>> {
    let Some(code) = RecoveryCode::parse(code.expose_secret()) else { return Ok(None) };
    let tx = app.db.read_as_system().await?;
    let found = tx.recovery_codes_of(user).by_tag(code.tag()).await?;
    drop(tx);
    let (id, hash) = found.map_or((None, None), |(id, hash)| (Some(id), Some(hash)));
    let stored = hash.map(|hash| hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&SecretString::from(code.as_str()), stored).await?;
    Ok(id.filter(|_| verdict != Verdict::Wrong).map(|id| Proof::RecoveryCode { id }))
}
