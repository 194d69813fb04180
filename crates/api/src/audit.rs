//! What the audit log knows of: who did what, when, in which request.

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
        }
    }

    /// The entry of a request, or of a job, which has none.
    #[must_use]
    pub fn in_request(self, request_id: Option<&str>) -> crate::store::AuditEvent<'_> {
        let (event, outcome) = self.entry();
        crate::store::AuditEvent { event, outcome, request_id, detail: serde_json::Value::Null }
    }
}
