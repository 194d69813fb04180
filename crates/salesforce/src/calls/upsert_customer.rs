//! Account and Contact of one customer, written by our own keys in one transaction.

use std::fmt;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::composite::{Part, PartAnswer, PartHeaders};
use crate::catalogue;
use crate::client::{Client, DataCall};
use crate::error::{Error, NotSent, Unknown};
use crate::id::SalesforceId;
use crate::refusal::RefusalKind;

const ACCOUNT: Target = Target { reference: "acc", object: "Account", key_prefix: "001" };
const CONTACT: Target = Target { reference: "con", object: "Contact", key_prefix: "003" };

/// A customer as Salesforce is to know it.
#[derive(Clone)]
pub struct CustomerRecord {
    /// Our key of the account: the WHMCS client id as text. Case-insensitive in Salesforce.
    pub client_key: String,
    /// Our key of the contact. Case-insensitive in Salesforce.
    pub contact_key: String,
    /// Account name; must not be empty.
    pub account_name: String,
    /// First name; empty clears the field.
    pub first_name: String,
    /// Last name; must not be empty.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number; `None` leaves what Salesforce has.
    pub phone: Option<String>,
}

/// The records of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerIds {
    /// Account id.
    pub account: SalesforceId,
    /// Contact id.
    pub contact: SalesforceId,
}

struct Target {
    reference: &'static str,
    object: &'static str,
    key_prefix: &'static str,
}

/// Parts that may be saved although an alert rule finds them similar to other records.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct AllowSave {
    account: bool,
    contact: bool,
}

/// How one run ended.
enum Run {
    Done(CustomerIds),
    /// A concurrent run for the same key won; the next run updates what it created.
    LostRace(Error),
    /// Only alert rules stand in the way, of these parts.
    Alerted(AllowSave, Error),
}

impl Client {
    /// Creates or updates the customer's Account and Contact, both or none, and gives their ids.
    ///
    /// Idempotent by construction: both records are addressed by our own keys, so after any error, also one with an
    /// unknown outcome, the same call may be made again and never makes a second record. Never adopts a record
    /// that only looks similar.
    ///
    /// One request as a rule; one more for each record that an alert rule wants confirmed, and one more after a
    /// race with a concurrent call for the same customer. A block rule is [`RefusalKind::DuplicateRule`] with
    /// `allow_save: false`.
    pub async fn upsert_customer(
        &self,
        record: &CustomerRecord,
        deadline: Instant,
    ) -> Result<CustomerIds, Error> {
        record.check().map_err(|argument| Error::NotSent(NotSent::InvalidInput(argument)))?;
        let mut allow = AllowSave::default();
        let mut may_rerun = true;
        loop {
            let parts = self.parts(record, allow);
            let answers = self.run_composite("Account+Contact", true, &parts, deadline).await?;
            match judge(&answers)? {
                Run::Done(ids) => return Ok(ids),
                Run::LostRace(_) if may_rerun => may_rerun = false,
                Run::Alerted(alerted, _) if alerted.adds_to(allow) => allow = allow.with(alerted),
                Run::LostRace(error) | Run::Alerted(_, error) => return Err(error),
            }
        }
    }

    fn parts(&self, record: &CustomerRecord, allow: AllowSave) -> [Part; 2] {
        let account_key = &self.settings.account_key_field;
        let mut account = Map::new();
        account.insert("Name".to_owned(), json!(record.account_name));
        let mut contact = Map::new();
        contact.insert("LastName".to_owned(), json!(record.last_name));
        contact.insert("FirstName".to_owned(), json!(record.first_name));
        contact.insert("Email".to_owned(), json!(record.email));
        if let Some(phone) = &record.phone {
            contact.insert("Phone".to_owned(), json!(phone));
        }
        contact.insert("Account".to_owned(), json!({ account_key: record.client_key }));
        [
            self.part(&ACCOUNT, account_key, &record.client_key, account, allow.account),
            self.part(
                &CONTACT,
                &self.settings.contact_key_field,
                &record.contact_key,
                contact,
                allow.contact,
            ),
        ]
    }

    fn part(
        &self,
        target: &Target,
        key_field: &str,
        key: &str,
        body: Map<String, Value>,
        allow: bool,
    ) -> Part {
        let call = DataCall::new(target.object, &catalogue::UPSERT)
            .segment(target.object)
            .segment(key_field)
            .segment(key);
        Part {
            method: catalogue::UPSERT.method,
            url: self.relative_url(&call),
            reference_id: target.reference,
            http_headers: allow.then(allow_save),
            body: Some(body),
        }
    }
}

fn allow_save() -> PartHeaders {
    PartHeaders::from_iter([("Sforce-Duplicate-Rule-Header".to_owned(), json!("allowSave=true"))])
}

/// Looks at every part; a rolled-back part is never taken for the reason.
fn judge(answers: &[PartAnswer]) -> Result<Run, Error> {
    let account = find(answers, &ACCOUNT)?;
    let contact = find(answers, &CONTACT)?;
    let pair = [(&ACCOUNT, account), (&CONTACT, contact)];
    let failed = pair.into_iter().find(|(_, answer)| !answer.succeeded());
    let culprits: Vec<_> =
        pair.into_iter().filter(|(_, answer)| !answer.succeeded() && !answer.was_halted()).collect();
    let Some((target, answer)) = culprits.first().copied().or(failed) else {
        return Ok(Run::Done(CustomerIds {
            account: account.upserted(ACCOUNT.key_prefix)?,
            contact: contact.upserted(CONTACT.key_prefix)?,
        }));
    };
    let error = answer.error(target.object);
    if culprits.iter().any(|(_, answer)| answer.has_code("DUPLICATE_VALUE")) {
        return Ok(Run::LostRace(error));
    }
    let alerted = |answer: &PartAnswer, target: &Target| {
        let kind = RefusalKind::DuplicateRule { allow_save: true };
        matches!(answer.error(target.object), Error::Refused(refusal) if refusal.kind() == kind)
    };
    if !culprits.is_empty() && culprits.iter().all(|(target, answer)| alerted(answer, target)) {
        let allow = AllowSave { account: alerted(account, &ACCOUNT), contact: alerted(contact, &CONTACT) };
        return Ok(Run::Alerted(allow, error));
    }
    Err(error)
}

/// The one answer to this part; none, or two, make the whole answer unusable.
fn find<'a>(answers: &'a [PartAnswer], target: &Target) -> Result<&'a PartAnswer, Error> {
    let mut matching = answers.iter().filter(|answer| answer.reference_id == target.reference);
    match (matching.next(), matching.next()) {
        (Some(answer), None) => Ok(answer),
        _ => Err(Error::Unknown(Unknown::InvalidAnswer { status: 200 })),
    }
}

impl AllowSave {
    fn with(self, other: Self) -> Self {
        Self { account: self.account || other.account, contact: self.contact || other.contact }
    }

    fn adds_to(self, to: Self) -> bool {
        to.with(self) != to
    }
}

impl CustomerRecord {
    /// Names the first argument that must not be sent.
    fn check(&self) -> Result<(), &'static str> {
        for (argument, key) in [("client_key", &self.client_key), ("contact_key", &self.contact_key)] {
            // Dot segments would be resolved away, encoded or not, and the path would name something else.
            let unusable = key.is_empty() || key == "." || key == ".." || key.chars().any(char::is_control);
            if unusable {
                return Err(argument);
            }
        }
        let phone = self.phone.as_deref().unwrap_or_default();
        for (argument, text) in [
            ("client_key", self.client_key.as_str()),
            ("contact_key", &self.contact_key),
            ("account_name", &self.account_name),
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("email", &self.email),
            ("phone", phone),
        ] {
            // In a composite body `@{…}` is replaced by parts of other answers, and nothing escapes it.
            if text.contains("@{") {
                return Err(argument);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for CustomerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerRecord").finish_non_exhaustive()
    }
}
