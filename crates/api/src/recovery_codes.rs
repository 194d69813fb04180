//! Making recovery codes: ten, shown once, kept as hashes only.

use secrecy::SecretString;
use shared_types::security::RecoveryCodesView;

use crate::{
    app::App,
    domain::recovery_code::{COUNT, RecoveryCode},
    error::ApiResult,
};

/// Codes just made. The view goes to their owner and nowhere else.
pub struct NewCodes {
    /// What is shown.
    pub view: RecoveryCodesView,
    /// Tag and PHC string of each, to be stored.
    pub hashes: Vec<(String, SecretString)>,
}

/// Makes ten codes. Takes ten places in the queue of the hasher, one after the other; call it outside of any transaction.
pub async fn make(app: &App) -> ApiResult<NewCodes> {
    let mut codes: Vec<RecoveryCode> = Vec::with_capacity(COUNT);
    while codes.len() < COUNT {
        let code = RecoveryCode::from_random(app.random.bytes());
        if codes.iter().all(|other| other.tag() != code.tag()) {
            codes.push(code);
        }
    }
    let mut hashes = Vec::with_capacity(COUNT);
    for code in &codes {
        let hash = app.passwords.hash(&SecretString::from(code.as_str())).await?;
        hashes.push((code.tag().to_owned(), hash.into()));
    }
    let view = RecoveryCodesView { codes: codes.iter().map(RecoveryCode::shown).collect() };
    Ok(NewCodes { view, hashes })
}
