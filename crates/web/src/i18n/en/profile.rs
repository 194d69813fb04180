//! Profile.

pub const TITLE: &str = "Profile";
pub const LEAD: &str = "Your login and the details on your invoices.";
pub const LOGIN: &str = "Login";
pub const NAME: &str = "Name";
pub const EMAIL: &str = "E-mail address";
pub const SINCE: &str = "Member since";
pub const BILLING: &str = "Billing details";
pub const COMPANY: &str = "Company";
pub const BILLING_EMAIL: &str = "Invoices go to";
pub const ADDRESS: &str = "Address";
pub const PHONE: &str = "Phone";
pub const TAX_ID: &str = "Tax number";
pub const CURRENCY: &str = "Currency";
pub const APPEARANCE: &str = "Appearance";
pub const APPEARANCE_LEAD: &str = "Kept on this device only.";
pub const UNAVAILABLE: &str = "Billing details are not available right now";
pub const NOT_READY: &str = "Billing details appear once your account is set up.";
pub const NOT_GIVEN: &str = "Not given";
pub const CHANGE_NAME: &str = "Change name";
pub const CHANGE_EMAIL: &str = "Change e-mail address";
pub const CHANGE_EMAIL_LEAD: &str =
    "We mail a code to the new address. Until you enter it here, nothing changes.";
pub const NEW_EMAIL: &str = "New e-mail address";
pub const CONFIRM_EMAIL: &str = "Confirm new address";
pub const EMAIL_CHANGED: &str = "Your e-mail address is changed. Sign in with the new one from now on.";
pub const CHANGE_BILLING: &str = "Change billing details";
pub const SAVE: &str = "Save";
pub const SAVED: &str = "Saved.";
pub const SAVED_PENDING: &str = "Saved. It will appear everywhere in a few minutes.";
pub const STREET: &str = "Street and number";
pub const STREET_MORE: &str = "More of the address";
pub const POSTCODE: &str = "Postal code";
pub const CITY: &str = "Town";
pub const COUNTRY: &str = "Country";
pub const STATE: &str = "State or region";
pub const CHOOSE: &str = "Please choose";
pub const EXPORT: &str = "Your data";
pub const EXPORT_LEAD: &str = "Everything this portal keeps about you, as a JSON file.";
pub const EXPORT_NOW: &str = "Download my data";

pub fn email_code_lead(email: &str) -> String {
    format!("If {email} can be used, a six-digit code is on its way to it.")
}
