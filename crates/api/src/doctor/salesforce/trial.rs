//! A customer with a case, written in one transaction that cannot end well: whether the organisation's own rules let the portal's records
//! through. Made on demand only, since those rules and automations run, although everything they do is undone.

use salesforce::{
    Assignment, Client, Composite, Error, ExternalKey, Field, Fields, Object, Reference, Refusal,
    RefusalKind, WriteOptions,
};
use serde::de::IgnoredAny;

use super::STEPS;
use crate::doctor::{Check, Code, Context};

const ACCOUNT: Object = Object::new("Account");
const CONTACT: Object = Object::new("Contact");
const CASE: Object = Object::new("Case");
const COMMENT: Object = Object::new("CaseComment");
/// Customers' keys are numbers, so nobody has it.
const KEY: &str = "portal-doctor";
const TEXT: &str = "Trial of the customer portal, undone at once";

const THE_ACCOUNT: Reference = Reference::new("account");
const THE_CONTACT: Reference = Reference::new("contact");
const THE_CASE: Reference = Reference::new("case");
/// The last part sets a field that does not exist. That it is refused undoes the rest.
const BRAKE: Reference = Reference::new("brake");
const NO_FIELD: Field = Field::new("Portal_Doctor_Undoes_Everything__c");

/// Tries to write where that was asked for and all fields are there.
pub(super) async fn check(context: &Context<'_>, client: &Client, is_complete: bool) -> Check {
    let code = Code::SalesforceTrial;
    if !context.options.write_checks {
        return Check::not_checked(
            code,
            "because it makes the organisation's rules run; --write-checks has a customer and a case written and undone",
        );
    }
    if !is_complete {
        return Check::not_checked(code, "because objects or fields are missing");
    }
    let Ok(request) = request() else { return Check::not_checked(code, "because it could not be made") };
    let check = match client.composite(&request, context.deadline()).await {
        Err(Error::Refused(refusal)) if refusal.code() == Some("INVALID_FIELD") => {
            Check::ok(code, "a customer, a case and a comment were taken, and undone")
        }
        Err(Error::Refused(refusal)) => refused(&refusal),
        Err(_) => {
            Check::warning(code, "no usable answer", "look at https://status.salesforce.com, and try again")
        }
        Ok(_) => Check::wrong(code, "what should have failed did not", "tell the makers of the portal"),
    };
    if is_left(context, client).await {
        return Check::wrong(
            code,
            format!("the trial was not undone: there is an account with the key {KEY}"),
            format!("Salesforce: look for the account \"{TEXT}\" and delete it with its contact and case"),
        );
    }
    check
}

fn key(field: &'static str) -> Result<ExternalKey, Error> {
    ExternalKey::new(Field::new(field), KEY)
}

fn request() -> Result<Composite, Error> {
    let text = |name| Fields::new().set(Field::new(name), TEXT);
    let contact = Fields::new()
        .set(Field::new("FirstName"), "Trial")
        .set(Field::new("LastName"), "Customer portal")
        .set(Field::new("Email"), "portal-doctor@example.com")
        .set_created(Field::new("AccountId"), THE_ACCOUNT);
    let case = text("Subject")
        .set(Field::new("Description"), TEXT)
        .set(Field::new("Origin"), "Web")
        .set_created(Field::new("ContactId"), THE_CONTACT)
        .set_created(Field::new("AccountId"), THE_ACCOUNT);
    let comment = text("CommentBody")
        .set(Field::new("IsPublished"), true)
        .set_created(Field::new("ParentId"), THE_CASE);
    let unassigned = WriteOptions { assignment: Assignment::Off, ..WriteOptions::default() };
    Ok(Composite::all_or_none()
        .upsert(THE_ACCOUNT, ACCOUNT, &key("WHMCS_Client_Id__c")?, text("Name"))
        .upsert(THE_CONTACT, CONTACT, &key("WHMCS_Contact_Id__c")?, contact)
        .upsert(THE_CASE, CASE, &key("Portal_Request_Id__c")?, case)
        .options(unassigned)
        .create(Reference::new("comment"), COMMENT, comment)
        .update(BRAKE, ACCOUNT, THE_ACCOUNT, Fields::new().set(NO_FIELD, TEXT)))
}

async fn is_left(context: &Context<'_>, client: &Client) -> bool {
    let Ok(key) = key("WHMCS_Client_Id__c") else { return false };
    let found = client.get_by_key::<IgnoredAny>(ACCOUNT, &key, &[Field::ID], context.deadline());
    found.await.is_ok()
}

fn refused(refusal: &Refusal) -> Check {
    let object = refusal.resource();
    let manager = format!("Salesforce: Setup > Object Manager > {object}");
    let (says, mend) = match refusal.kind() {
        RefusalKind::RequiredMissing => (
            "needs a field that the portal does not set",
            format!(
                "{manager} > Fields & Relationships: take Required from the custom field, or give it a default"
            ),
        ),
        RefusalKind::Validation => (
            "a validation rule refuses what the portal writes",
            format!("{manager} > Validation Rules: exempt the user of SF_USERNAME ({STEPS}, step 2)"),
        ),
        RefusalKind::Picklist => (
            "a restricted picklist does not have the value that the portal sets (Origin: Web)",
            format!(
                "{manager} > Fields & Relationships > Case Origin: add Web, also to the record type of the user's profile"
            ),
        ),
        RefusalKind::DuplicateRule { .. } => (
            "a duplicate rule takes the trial for a record that is there",
            format!("Salesforce: Setup > Duplicate Rules: exempt the user of SF_USERNAME ({STEPS}, step 2)"),
        ),
        RefusalKind::InsufficientAccess => (
            "the user may not write it",
            format!(
                "look at record types of the user's profile, and at Setup > Sharing Settings ({STEPS}, step 2)"
            ),
        ),
        RefusalKind::StorageFull => {
            ("the organisation's storage is full", "Salesforce: Setup > Storage Usage".to_owned())
        }
        _ => (
            "Salesforce refuses what the portal writes",
            format!("{manager} > Triggers, and Setup > Flows: look for automations on {object} that fail"),
        ),
    };
    Check::wrong(Code::SalesforceTrial, format!("{object}: {says}"), mend)
}
