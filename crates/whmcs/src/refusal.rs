//! Refusals of WHMCS, sorted into kinds (by [`crate::refusal_texts`]).
//!
//! The text itself may name a customer, so it stays inside and is not printed.

use std::fmt;

use crate::refusal_texts::kind_of;

/// No message of WHMCS is longer; a longer one is cut before it is kept.
const MAX_RAW: usize = 512;

/// WHMCS answered `result: error`.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: RefusalKind,
    raw: String,
}

/// What was refused. Fields carry their names on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalKind {
    /// A user or a client with the e-mail address exists.
    #[error("the e-mail address belongs to a user")]
    EmailTaken,
    /// `AddClient`: the address is banned or taken; WHMCS does not say which.
    #[error("the e-mail address is not available")]
    EmailUnavailable,
    /// A required field is empty.
    #[error("the field `{0}` is missing")]
    FieldMissing(&'static str),
    /// A field was not understood.
    #[error("the field `{0}` is not valid")]
    FieldInvalid(&'static str),
    /// `AddClient`: this installation requires a custom field; the raw text names it.
    #[error("a required custom field is missing")]
    CustomFieldMissing,
    /// `AddClient`: no such user to own the client.
    #[error("no such owner")]
    OwnerNotFound,
    /// `ValidateLogin`: no such user, or not this password.
    #[error("e-mail address or password do not match")]
    LoginInvalid,
    /// There is no such client.
    #[error("no such client")]
    ClientNotFound,
    /// `AddOrder`: the client's account is closed.
    #[error("the client's account is closed")]
    ClientClosed,
    /// `UpdateClient`: nobody would be left to receive the notices about domains that ICANN requires.
    #[error("somebody has to receive domain notices")]
    DomainNoticesRequired,
    /// `UpdateClient`: the client has several stored cards or bank accounts, so that it is not clear which is
    /// meant.
    #[error("there are several stored payment methods")]
    PayMethodAmbiguous,
    /// There is no such user.
    #[error("no such user")]
    UserNotFound,
    /// The user has no part in the client.
    #[error("the user does not belong to the client")]
    UserNotOfClient,
    /// There is no such invoice.
    #[error("no such invoice")]
    InvoiceNotFound,
    /// There is no such order.
    #[error("no such order")]
    OrderNotFound,
    /// `AcceptOrder`, `CancelOrder`: there is no such order, or it is not pending any more; WHMCS does not say
    /// which.
    #[error("no such order, or it is not pending")]
    OrderNotPending,
    /// `AddOrder`: nothing in the order could be ordered.
    #[error("nothing in the order can be ordered")]
    OrderEmpty,
    /// `CancelOrder`: the gateway did not end the subscription that belongs to the order.
    #[error("the subscription could not be cancelled")]
    SubscriptionNotCancelled,
    /// There is no such gateway, or it is not active.
    #[error("no such payment method")]
    PaymentMethodInvalid,
    /// There is no such product add-on.
    #[error("no such add-on")]
    AddonNotFound,
    /// There is no such service.
    #[error("no such service")]
    ServiceNotFound,
    /// The service is another client's.
    #[error("the service does not belong to the client")]
    ServiceNotOfClient,
    /// The domain is another client's.
    #[error("the domain does not belong to the client")]
    DomainNotOfClient,
    /// `AddOrder`: the service or domain cannot be renewed in its state.
    #[error("it cannot be renewed now")]
    NotRenewable,
    /// `UpgradeProduct`: the invoice of an earlier upgrade of the service is not paid yet.
    #[error("an earlier upgrade is not paid yet")]
    UpgradeUnpaid,
    /// `UpgradeProduct`: an upgrade of this kind is not possible.
    #[error("no such kind of upgrade")]
    UpgradeInvalid,
    /// `UpgradeProduct`: the product is not sold with this billing cycle.
    #[error("the billing cycle is not offered")]
    BillingCycleInvalid,
    /// `AddCancelRequest`: the cancellation of the service was asked for before.
    #[error("its cancellation was asked for before")]
    CancellationExists,
    /// `CreateSsoToken`: this WHMCS does not know the destination.
    #[error("unknown single sign-on destination")]
    SsoDestinationInvalid,
    /// `CreateSsoToken`: single sign-on is switched off for the client.
    #[error("single sign-on is blocked for the client")]
    SsoBlocked,
    /// `CreateSsoToken`: WHMCS failed to make the token.
    #[error("no single sign-on token could be made")]
    SsoTokenNotProvisioned,
    /// A text that no source lists.
    #[error("for another reason")]
    Other,
}

impl Refusal {
    /// What was refused.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// WHMCS's own text, at most 512 bytes: for an operator's eyes during diagnosis. It may hold personal
    /// data and must not reach a log, a response or a page.
    #[must_use]
    pub fn raw_for_diagnosis(&self) -> &str {
        &self.raw
    }

    pub(crate) fn from_message(message: &str) -> Self {
        let cut = message.floor_char_boundary(MAX_RAW);
        let (raw, _) = message.split_at_checked(cut).unwrap_or((message, ""));
        Self { kind: kind_of(message), raw: raw.to_owned() }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_text_is_kept_cut_and_unprinted() {
        let refusal = Refusal::from_message(&format!("ada@example.com {}", "é".repeat(600)));
        assert!(refusal.raw_for_diagnosis().starts_with("ada@example.com"));
        assert!(refusal.raw_for_diagnosis().len() <= 512);
        assert!(!format!("{refusal:?} {refusal}").contains("ada@example.com"));
    }
}
