//! What the audit log knows of: who did what, when, in which request and from where.

use serde_json::json;

use crate::{http::origin::Origin, store::AuditEvent};

/// Something worth a line in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new customer proved the address and has an account.
    SignedUp,
    /// Somebody signed in.
    SignedIn,
    /// The password was wrong.
    SignInFailed,
    /// Somebody signed out.
    SignedOut,
    /// A link into WHMCS was made.
    SsoLinkMade,
    /// The customer exists in WHMCS.
    BillingLinked,
    /// The customer exists in Salesforce.
    SupportLinked,
    /// Setting up the account ended without a customer in WHMCS.
    ProvisioningStopped,
    /// The password was right, and a second proof was asked for.
    SecondFactorAsked,
    /// The second proof was wrong.
    SecondFactorFailed,
    /// A session ended because its owner ended it from another one.
    SessionRevoked,
    /// All other sessions of a person ended.
    OtherSessionsRevoked,
    /// Somebody proved anew who they are.
    SteppedUp,
    /// Somebody failed to.
    StepUpFailed,
    /// A code to replace the password was asked for.
    PasswordResetAsked,
    /// The password was replaced by means of a mailed code.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// A change of the address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// An authenticator app was set up.
    TotpEnabled,
    /// The authenticator app was taken away.
    TotpDisabled,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey's counter went backwards: it may have been copied.
    PasskeySuspicious,
    /// A login of WHMCS was proved, to be linked.
    LinkProved,
    /// A login of WHMCS could not be proved.
    LinkFailed,
    /// A login of WHMCS was linked.
    Linked,
    /// The session acts for another account.
    AccountSwitched,
    /// The person's name was changed.
    ProfileChanged,
    /// Billing details were changed.
    BillingChanged,
    /// Billing refused a change of name or details.
    BillingChangeRefused,
    /// The person took all data along.
    DataExported,
    /// A front end on another origin was let in.
    TokenIssued,
    /// A refresh token was used twice: all tokens of its sign-in ended.
    TokenReused,
}

impl Event {
    /// The name in the log, and how it went out.
    #[must_use]
    pub const fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::SignedUp => ("account.sign_up", "ok"),
            Self::SignedIn => ("session.sign_in", "ok"),
            Self::SignInFailed => ("session.sign_in", "refused"),
            Self::SignedOut => ("session.sign_out", "ok"),
            Self::SsoLinkMade => ("billing.sso_link", "ok"),
            Self::BillingLinked => ("account.link_billing", "ok"),
            Self::SupportLinked => ("account.link_support", "ok"),
            Self::ProvisioningStopped => ("account.link_billing", "refused"),
            Self::SecondFactorAsked => ("session.second_factor", "asked"),
            Self::SecondFactorFailed => ("session.second_factor", "refused"),
            Self::SessionRevoked => ("session.revoke", "ok"),
            Self::OtherSessionsRevoked => ("session.revoke_others", "ok"),
            Self::SteppedUp => ("session.step_up", "ok"),
            Self::StepUpFailed => ("session.step_up", "refused"),
            Self::PasswordResetAsked => ("password.reset", "asked"),
            Self::PasswordReset => ("password.reset", "ok"),
            Self::PasswordChanged => ("password.change", "ok"),
            Self::EmailChangeAsked => ("email.change", "asked"),
            Self::EmailChanged => ("email.change", "ok"),
            Self::TotpEnabled => ("mfa.totp_enable", "ok"),
            Self::TotpDisabled => ("mfa.totp_disable", "ok"),
            Self::RecoveryCodesMade => ("mfa.recovery_codes", "ok"),
            Self::RecoveryCodeUsed => ("mfa.recovery_code_use", "ok"),
            Self::PasskeyAdded => ("mfa.passkey_add", "ok"),
            Self::PasskeyRemoved => ("mfa.passkey_remove", "ok"),
            Self::PasskeySuspicious => ("mfa.passkey_use", "suspicious"),
            Self::LinkProved => ("account.link_login", "asked"),
            Self::LinkFailed => ("account.link_login", "refused"),
            Self::Linked => ("account.link_login", "ok"),
            Self::AccountSwitched => ("account.switch", "ok"),
            Self::ProfileChanged => ("profile.change", "ok"),
            Self::BillingChanged => ("billing.change", "ok"),
            Self::BillingChangeRefused => ("billing.change", "refused"),
            Self::DataExported => ("account.export", "ok"),
            Self::TokenIssued => ("token.issue", "ok"),
            Self::TokenReused => ("token.refresh", "suspicious"),
        }
    }

    /// The entry of a job, which comes from nowhere.
    #[must_use]
    pub fn of_job(self) -> AuditEvent<'static> {
        let (event, outcome) = self.entry();
        AuditEvent { event, outcome, request_id: None, detail: serde_json::Value::Null }
    }

    /// The entry of a request.
    #[must_use]
    pub fn from_origin(self, origin: &Origin) -> AuditEvent<'_> {
        let (event, outcome) = self.entry();
        let detail = json!({ "device": origin.device, "network": origin.network });
        AuditEvent { event, outcome, request_id: Some(&origin.request_id), detail }
    }
}
