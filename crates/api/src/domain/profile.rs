//! What a person wants changed in the systems behind, and what of it still has to get there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared_types::account::{BillingContactView, UpdateBillingRequest};

/// A billing detail that a customer may change. The list is closed: nothing else is ever sent to billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Company.
    CompanyName,
    /// Street and number.
    Address1,
    /// More of the address.
    Address2,
    /// Town.
    City,
    /// State or region.
    State,
    /// Postal code.
    Postcode,
    /// Country.
    Country,
    /// Telephone number.
    Phone,
    /// Tax number.
    TaxId,
}

impl ContactField {
    /// The name of the member in requests and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::CompanyName => "company_name",
            Self::Address1 => "address1",
            Self::Address2 => "address2",
            Self::City => "city",
            Self::State => "state",
            Self::Postcode => "postcode",
            Self::Country => "country",
            Self::Phone => "phone",
            Self::TaxId => "tax_id",
        }
    }

    /// Whether support's records show it too.
    const fn is_known_to_support(self) -> bool {
        matches!(self, Self::FirstName | Self::LastName | Self::CompanyName | Self::Phone)
    }

    const fn of(self, contact: &mut BillingContactView) -> &mut String {
        match self {
            Self::FirstName => &mut contact.first_name,
            Self::LastName => &mut contact.last_name,
            Self::CompanyName => &mut contact.company_name,
            Self::Address1 => &mut contact.address1,
            Self::Address2 => &mut contact.address2,
            Self::City => &mut contact.city,
            Self::State => &mut contact.state,
            Self::Postcode => &mut contact.postcode,
            Self::Country => &mut contact.country,
            Self::Phone => &mut contact.phone,
            Self::TaxId => &mut contact.tax_id,
        }
    }

    /// Whether two spellings are the same to billing, which formats telephone numbers its own way.
    fn is_same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Phone => a.chars().filter(char::is_ascii_digit).eq(b.chars().filter(char::is_ascii_digit)),
            _ => a.trim() == b.trim(),
        }
    }
}

/// Billing details to be changed; what is not named stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactChange(BTreeMap<ContactField, String>);

impl ContactChange {
    /// What a request asks for, without blanks at the ends.
    #[must_use]
    pub fn asked(request: UpdateBillingRequest) -> Self {
        use ContactField as Field;
        let members = [
            (Field::FirstName, request.first_name),
            (Field::LastName, request.last_name),
            (Field::CompanyName, request.company_name),
            (Field::Address1, request.address1),
            (Field::Address2, request.address2),
            (Field::City, request.city),
            (Field::State, request.state),
            (Field::Postcode, request.postcode),
            (Field::Country, request.country),
            (Field::Phone, request.phone),
            (Field::TaxId, request.tax_id),
        ];
        let given = members.into_iter().filter_map(|(field, value)| Some((field, value?.trim().to_owned())));
        Self(given.collect())
    }

    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a field, if it is to be changed.
    #[must_use]
    pub fn get(&self, field: ContactField) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Whether support's records are concerned.
    #[must_use]
    pub fn concerns_support(&self) -> bool {
        self.0.keys().any(|field| field.is_known_to_support())
    }

    /// Adds a later change, which wins.
    pub fn overlay(&mut self, later: &Self) {
        self.0.extend(later.0.iter().map(|(field, value)| (*field, value.clone())));
    }

    /// Takes out what was done, as far as nobody asked for something else meanwhile.
    pub fn without(&mut self, done: &Self) {
        self.0.retain(|field, value| done.get(*field) != Some(value.as_str()));
    }

    /// Takes out every field that a later change names, whatever its value.
    pub fn superseded_by(&mut self, later: &Self) {
        self.0.retain(|field, _| !later.0.contains_key(field));
    }

    /// The part that billing does not show yet.
    #[must_use]
    pub fn missing_in(&self, contact: &BillingContactView) -> Self {
        let mut contact = contact.clone();
        let missing = self.0.iter().filter(|(field, value)| !field.is_same(value, field.of(&mut contact)));
        Self(missing.map(|(field, value)| (*field, value.clone())).collect())
    }

    /// Whether a field was to be emptied and is not. Billing does not document what an empty text does.
    #[must_use]
    pub fn left_filled(&self, contact: &BillingContactView) -> bool {
        self.missing_in(contact).0.values().any(String::is_empty)
    }

    /// How the details look with the change.
    #[must_use]
    pub fn applied_to(&self, mut contact: BillingContactView) -> BillingContactView {
        for (field, value) in &self.0 {
            field.of(&mut contact).clone_from(value);
        }
        contact
    }
}

/// What a person asked for and one of the systems behind does not have yet.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Billing details to be sent.
    #[serde(default)]
    pub contact: ContactChange,
    /// Billing details that were saved while an older change of unknown outcome may still be carried out: to be looked at again.
    #[serde(default)]
    pub settling: ContactChange,
    /// The name of the login in billing is to be set; the portal's own record says to what.
    #[serde(default)]
    pub login: bool,
    /// The name was set while an older one may still arrive: to be set once more.
    #[serde(default)]
    pub settling_login: bool,
    /// Support's records are to be brought up to date.
    #[serde(default)]
    pub support: bool,
}

impl Wish {
    /// Whether everything is where it should be.
    #[must_use]
    pub fn is_fulfilled(&self) -> bool {
        self.is_delivered() && self.settling.is_empty() && !self.settling_login
    }

    /// Whether nothing is left to send, though something may have to be looked at again.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.contact.is_empty() && !self.login && !self.support
    }

    /// Adds a later change of the billing details.
    pub fn ask_contact(&mut self, change: &ContactChange) {
        self.contact.overlay(change);
        self.settling.superseded_by(change);
        self.support |= change.concerns_support();
    }

    /// Adds a later change of the name.
    pub fn ask_name(&mut self) {
        self.login = true;
        self.support = true;
    }
}

/// The values are personal.
impl std::fmt::Debug for ContactChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish")
            .field("contact", &self.contact)
            .field("settling", &self.settling)
            .field("login", &self.login)
            .field("support", &self.support)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(json: serde_json::Value) -> ContactChange {
        ContactChange::asked(serde_json::from_value(json).unwrap())
    }

    fn contact() -> BillingContactView {
        serde_json::from_value(serde_json::json!({
            "first_name": "Ada", "last_name": "Lovelace", "company_name": "Byron & Sons", "email": "ada@example.com",
            "address1": "12 St James's Square", "address2": "", "city": "London", "state": "", "postcode": "SW1Y 4JH",
            "country": "GB", "phone": "+44.2079460000", "tax_id": "GB 1", "currency": "GBP"
        }))
        .unwrap()
    }

    #[test]
    fn later_changes_win_and_earlier_ones_are_not_lost() {
        let mut wish = Wish::default();
        wish.ask_contact(&change(serde_json::json!({ "city": " Bath ", "address2": "Flat 2" })));
        assert!(!wish.support, "an address is not support's business");
        wish.ask_contact(&change(serde_json::json!({ "city": "York", "phone": "01234" })));
        assert!(wish.support);
        let expected = change(serde_json::json!({ "city": "York", "address2": "Flat 2", "phone": "01234" }));
        assert_eq!(wish.contact, expected);
        let bytes = serde_json::to_vec(&wish).unwrap();
        assert_eq!(serde_json::from_slice::<Wish>(&bytes).unwrap(), wish);
    }

    #[test]
    fn what_was_done_goes_unless_something_else_was_asked_for_meanwhile() {
        let mut open = change(serde_json::json!({ "city": "York", "phone": "1234" }));
        open.without(&change(serde_json::json!({ "city": "Bath", "phone": "1234" })));
        assert_eq!(open, change(serde_json::json!({ "city": "York" })));
    }

    #[test]
    fn spellings_of_billing_count_as_the_same() {
        let asked =
            change(serde_json::json!({ "phone": "+44 20 7946 0000", "company_name": "Byron & Sons" }));
        assert!(asked.missing_in(&contact()).is_empty());
        let asked = change(serde_json::json!({ "tax_id": "", "address2": "" }));
        assert_eq!(asked.missing_in(&contact()), change(serde_json::json!({ "tax_id": "" })));
        assert!(asked.left_filled(&contact()));
        assert!(!change(serde_json::json!({ "city": "York" })).left_filled(&contact()));
        assert_eq!(change(serde_json::json!({ "city": "York" })).applied_to(contact()).city, "York");
    }

    #[test]
    fn debug_output_names_fields_only() {
        let mut wish = Wish::default();
        wish.ask_contact(&change(serde_json::json!({ "city": "canary" })));
        let shown = format!("{wish:?}");
        assert!(shown.contains("City") && !shown.contains("canary"), "{shown}");
    }
}
