//! The texts of refusals that the API reference of WHMCS lists for the actions used here, and a few seen
//! elsewhere. WHMCS gives no codes: the text is all there is to tell refusals apart by.

use crate::refusal::RefusalKind as Kind;

/// Sorts a text; blanks, case and full stops do not matter.
pub(crate) fn kind_of(message: &str) -> Kind {
    // The reference itself prints these texts with stray double blanks and wandering full stops.
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let text = words.trim_end_matches('.');
    missing_field(text).or_else(|| whole_text(text)).or_else(|| beginning(text)).unwrap_or(Kind::Other)
}

fn missing_field(text: &str) -> Option<Kind> {
    let label = text.strip_prefix("you did not enter ")?;
    let label = ["your ", "an ", "a "].iter().find_map(|article| label.strip_prefix(article))?;
    Some(Kind::FieldMissing(match label {
        "first name" => "firstname",
        "last name" => "lastname",
        "email address" => "email",
        "password" => "password2",
        "address line 1" => "address1",
        "city" => "city",
        "state" => "state",
        "postcode" => "postcode",
        "phone number" => "phonenumber",
        _ => return None,
    }))
}

fn whole_text(text: &str) -> Option<Kind> {
    Some(match text {
        "a user already exists with that email address" | "duplicate email address" => Kind::EmailTaken,
        "the email address entered is not available for use" => Kind::EmailUnavailable,
        "the email address you entered was not valid" | "the email address entered is not valid" => {
            Kind::FieldInvalid("email")
        }
        "email or password invalid" => Kind::LoginInvalid,
        "valid country required" => Kind::FieldInvalid("country"),
        "invalid telephone phone number" => Kind::FieldInvalid("phonenumber"),
        "invalid owner user id" => Kind::OwnerNotFound,
        "either clientid or email is required" | "client id is required" => Kind::FieldMissing("clientid"),
        "a valid client_id or user_id is required" => Kind::FieldMissing("client_id"),
        "client not found" | "client id not found" | "invalid client_id" | "invalid client id" => {
            Kind::ClientNotFound
        }
        "invalid user_id" | "invalid user id" | "invalid user id requested" => Kind::UserNotFound,
        "invalid user_id for client" | "user is not associated with client" => Kind::UserNotOfClient,
        "multiple credit card pay methods found" | "multiple bank account pay methods found" => {
            Kind::PayMethodAmbiguous
        }
        "unable to add order when client status is closed" => Kind::ClientClosed,
        "no items added to cart so order cannot proceed" => Kind::OrderEmpty,
        "addon id invalid" => Kind::AddonNotFound,
        "service id not found" => Kind::ServiceNotFound,
        "service id not owned by client id provided" => Kind::ServiceNotOfClient,
        "domain not owned by client id provided" => Kind::DomainNotOfClient,
        "order id not found or status not pending" => Kind::OrderNotPending,
        "order id not found" => Kind::OrderNotFound,
        "invoice id not found" => Kind::InvoiceNotFound,
        "invalid upgrade type" => Kind::UpgradeInvalid,
        "existing cancellation request exists" => Kind::CancellationExists,
        "invalid destination" => Kind::SsoDestinationInvalid,
        _ => return None,
    })
}

/// Texts that go on with a name, a number or advice.
fn beginning(text: &str) -> Option<Kind> {
    if text.starts_with("service id ") && text.ends_with(" can not be renewed at this time") {
        return Some(Kind::NotRenewable);
    }
    let beginnings = [
        ("you did not provide required custom field value for", Kind::CustomFieldMissing),
        ("one of `email`, `firstname`, `lastname`, or `language` is required", Kind::FieldMissing("email")),
        ("you must have at least one email address enabled to receive domain", Kind::DomainNoticesRequired),
        ("invalid payment method", Kind::PaymentMethodInvalid),
        ("invalid pay method type", Kind::FieldInvalid("type")),
        // Which parameter it was cannot be a fixed name; that it is one of an order's lists is certain.
        ("expecting parameter '", Kind::FieldInvalid("pid")),
        ("domain status is set to '", Kind::NotRenewable),
        ("subscription cancellation failed", Kind::SubscriptionNotCancelled),
        ("unable to accept upgrade order. previous upgrade invoice", Kind::UpgradeUnpaid),
        ("invalid billing cycle requested", Kind::BillingCycleInvalid),
        ("sso authentication blocked for client", Kind::SsoBlocked),
        ("single sign-on authentication denied", Kind::SsoBlocked),
        ("token could not be provisioned", Kind::SsoTokenNotProvisioned),
    ];
    beginnings.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind_of};

    #[test]
    fn blanks_case_and_full_stops_do_not_matter() {
        assert_eq!(kind_of("You did not enter your  address line 1"), Kind::FieldMissing("address1"));
        assert_eq!(kind_of("The email address entered is not available for use."), Kind::EmailUnavailable);
        assert_eq!(kind_of("client not found."), Kind::ClientNotFound);
        assert_eq!(kind_of("You did not enter your shoe size"), Kind::Other);
        assert_eq!(kind_of(""), Kind::Other);
    }

    #[test]
    fn each_listed_text_has_its_kind() {
        for (text, kind) in [
            ("Email or Password Invalid", Kind::LoginInvalid),
            ("You did not enter an email address", Kind::FieldMissing("email")),
            ("You did not enter a password", Kind::FieldMissing("password2")),
            ("Duplicate Email Address", Kind::EmailTaken),
            ("Invalid User ID requested", Kind::UserNotFound),
            ("User is not associated with client", Kind::UserNotOfClient),
            (
                "One of `email`, `firstname`, `lastname`, or `language` is required",
                Kind::FieldMissing("email"),
            ),
            ("Multiple Bank Account Pay Methods Found", Kind::PayMethodAmbiguous),
            ("Unable to add order when client status is Closed", Kind::ClientClosed),
            ("Invalid Payment Method. Valid options include paypal, stripe", Kind::PaymentMethodInvalid),
            ("No items added to cart so order cannot proceed", Kind::OrderEmpty),
            ("Expecting parameter 'billingcycle' to be an array", Kind::FieldInvalid("pid")),
            ("Service ID not owned by Client ID provided", Kind::ServiceNotOfClient),
            ("Service ID 12 can not be renewed at this time.", Kind::NotRenewable),
            ("Domain status is set to 'Pending' and cannot be renewed", Kind::NotRenewable),
            ("Order ID not found or Status not Pending", Kind::OrderNotPending),
            ("Order ID Not Found", Kind::OrderNotFound),
            ("Service ID Not Found", Kind::ServiceNotFound),
            (
                "Subscription Cancellation Failed - Please check the gateway log for further information",
                Kind::SubscriptionNotCancelled,
            ),
            (
                "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid.",
                Kind::UpgradeUnpaid,
            ),
            ("Invalid Upgrade Type", Kind::UpgradeInvalid),
            ("Invalid Billing Cycle Requested", Kind::BillingCycleInvalid),
            ("Existing Cancellation Request Exists", Kind::CancellationExists),
            ("SSO authentication blocked for client 7", Kind::SsoBlocked),
        ] {
            assert_eq!(kind_of(text), kind, "{text}");
        }
    }
}
