//! Refusals of WHMCS, sorted into kinds by the texts that its API reference lists for the actions used here.
//!
//! The text itself may name a customer, so it stays inside and is not printed.

use std::fmt;

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
    /// `AddClient`: a user with the e-mail address exists.
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
    /// There is no such client.
    #[error("no such client")]
    ClientNotFound,
    /// There is no such user.
    #[error("no such user")]
    UserNotFound,
    /// `CreateSsoToken`: the user has no part in the client.
    #[error("the user does not belong to the client")]
    UserNotOfClient,
    /// There is no such invoice.
    #[error("no such invoice")]
    InvoiceNotFound,
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

fn kind_of(message: &str) -> RefusalKind {
    // The reference itself prints these texts with stray double blanks and wandering full stops.
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let text = words.trim_end_matches('.');
    if let Some(field) = text.strip_prefix("you did not enter your ").and_then(profile_field) {
        return RefusalKind::FieldMissing(field);
    }
    let prefixes = [
        ("you did not provide required custom field value for", RefusalKind::CustomFieldMissing),
        ("sso authentication blocked for client", RefusalKind::SsoBlocked),
        ("single sign-on authentication denied", RefusalKind::SsoBlocked),
        ("token could not be provisioned", RefusalKind::SsoTokenNotProvisioned),
    ];
    if let Some((_, kind)) = prefixes.iter().find(|(prefix, _)| text.starts_with(prefix)) {
        return *kind;
    }
    match text {
        "a user already exists with that email address" => RefusalKind::EmailTaken,
        "the email address entered is not available for use" => RefusalKind::EmailUnavailable,
        "the email address you entered was not valid" => RefusalKind::FieldInvalid("email"),
        "valid country required" => RefusalKind::FieldInvalid("country"),
        "invalid telephone phone number" => RefusalKind::FieldInvalid("phonenumber"),
        "invalid owner user id" => RefusalKind::OwnerNotFound,
        "either clientid or email is required" => RefusalKind::FieldMissing("clientid"),
        "a valid client_id or user_id is required" => RefusalKind::FieldMissing("client_id"),
        "client not found" | "client id not found" | "invalid client_id" => RefusalKind::ClientNotFound,
        "invalid user_id" => RefusalKind::UserNotFound,
        "invalid user_id for client" => RefusalKind::UserNotOfClient,
        "invalid destination" => RefusalKind::SsoDestinationInvalid,
        "invoice id not found" => RefusalKind::InvoiceNotFound,
        _ => RefusalKind::Other,
    }
}

fn profile_field(label: &str) -> Option<&'static str> {
    Some(match label {
        "first name" => "firstname",
        "last name" => "lastname",
        "email address" => "email",
        "address line 1" => "address1",
        "city" => "city",
        "state" => "state",
        "postcode" => "postcode",
        "phone number" => "phonenumber",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Refusal, RefusalKind};

    #[test]
    fn blanks_case_and_full_stops_do_not_matter() {
        let kind = |message| Refusal::from_message(message).kind();
        assert_eq!(kind("You did not enter your  address line 1"), RefusalKind::FieldMissing("address1"));
        assert_eq!(
            kind("The email address entered is not available for use."),
            RefusalKind::EmailUnavailable
        );
        assert_eq!(kind("client not found."), RefusalKind::ClientNotFound);
        assert_eq!(kind("You did not enter your shoe size"), RefusalKind::Other);
    }

    #[test]
    fn the_text_is_kept_cut_and_unprinted() {
        let refusal = Refusal::from_message(&format!("ada@example.com {}", "é".repeat(600)));
        assert!(refusal.raw_for_diagnosis().starts_with("ada@example.com"));
        assert!(refusal.raw_for_diagnosis().len() <= 512);
        assert!(!format!("{refusal:?} {refusal}").contains("ada@example.com"));
    }
}
