//! The second proof of a sign-in without a session that waits for it.

use shared_types::{auth::SecondFactor, ids::UserId, problem::ProblemCode};

use crate::{
    app::App,
    audit::Event,
    domain::factor::Factor,
    error::{ApiError, ApiResult},
    http::origin::Origin,
};

/// Uses a code up and says what it proved. Codes of a kind that cannot be checked are wrong.
pub(super) async fn prove(
    app: &App,
    user: UserId,
    method: SecondFactor,
    code: String,
    origin: &Origin,
) -> ApiResult<Factor> {
    let checked: Option<Factor> = match method {
        SecondFactor::Totp | SecondFactor::RecoveryCode | SecondFactor::Passkey | SecondFactor::EmailCode => {
            None
        }
    };
    drop(code);
    match checked {
        Some(factor) => Ok(factor),
        None => {
            app.audit(Event::SecondFactorFailed, Some(user), origin).await?;
            Err(ApiError::new(ProblemCode::FactorInvalid))
        }
    }
}
