//! Objects and fields that the portal uses, as Salesforce describes them to the integration user: a field that the user may not see is
//! not there at all.

use salesforce::{Client, Error, FieldDescription, Limit, Object, ObjectDescription, RefusalKind};

use super::STEPS;
use crate::doctor::{Check, Code, Context};

/// What the portal does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Reads it.
    Read,
    /// Sets it on new records.
    Create,
    /// Sets it on new records and changes it.
    Write,
}

/// What the portal needs of an object.
pub(super) struct Needed {
    pub(super) object: Object,
    /// Whether records are changed, not only made.
    pub(super) update: bool,
    /// The field by which records are found again.
    pub(super) key: Option<&'static str>,
    pub(super) fields: &'static [(&'static str, Use)],
    /// Picklists whose values customers choose from or see.
    pub(super) picklists: &'static [&'static str],
}

/// What the permission set `Customer Portal Integration` grants, and what every user with its objects has.
pub(super) const NEEDED: &[Needed] = &[
    Needed {
        object: Object::new("Account"),
        update: true,
        key: Some("WHMCS_Client_Id__c"),
        fields: &[("Name", Use::Write)],
        picklists: &[],
    },
    Needed {
        object: Object::new("Contact"),
        update: true,
        key: Some("WHMCS_Contact_Id__c"),
        fields: &[
            ("FirstName", Use::Write),
            ("LastName", Use::Write),
            ("Email", Use::Write),
            ("AccountId", Use::Write),
        ],
        picklists: &[],
    },
    Needed {
        object: Object::new("Case"),
        update: true,
        key: Some("Portal_Request_Id__c"),
        fields: &[
            ("CaseNumber", Use::Read),
            ("Subject", Use::Write),
            ("Description", Use::Write),
            ("Status", Use::Write),
            ("Priority", Use::Write),
            ("Origin", Use::Write),
            ("Type", Use::Write),
            ("ContactId", Use::Write),
            ("AccountId", Use::Write),
            ("IsClosed", Use::Read),
            ("ClosedDate", Use::Read),
            ("CreatedDate", Use::Read),
        ],
        picklists: &["Status", "Priority", "Origin", "Type"],
    },
    Needed {
        object: Object::new("CaseComment"),
        update: false,
        key: None,
        fields: &[("ParentId", Use::Create), ("CommentBody", Use::Create), ("IsPublished", Use::Create)],
        picklists: &[],
    },
];

/// The checks of all objects.
pub(super) async fn check(context: &Context<'_>, client: &Client) -> Vec<Check> {
    let described = NEEDED.iter().map(async |needed| {
        let described = client.describe(needed.object, context.deadline()).await;
        judge(needed, described.as_ref())
    });
    futures::future::join_all(described).await.concat()
}

fn judge(needed: &Needed, described: Result<&ObjectDescription, &Error>) -> Vec<Check> {
    let name = needed.object.name();
    let object = match described {
        Ok(object) => object,
        Err(error) => return vec![undescribed(error).about(name)],
    };
    let mut checks = vec![permitted(needed, object).about(name)];
    if let Some(key) = needed.key {
        checks.push(key_field(object.field(key), name, key).about(format!("{name}.{key}")));
    }
    checks.extend(needed.fields.iter().filter_map(|(field, usage)| {
        let problem = field_problem(object.field(field)?, *usage);
        problem.map(|check| check.about(format!("{name}.{field}")))
    }));
    let missing = needed.fields.iter().filter(|(field, _)| object.field(field).is_none());
    checks.extend(missing.map(|(field, _)| missing_field().about(format!("{name}.{field}"))));
    let fields = checks.iter().any(|check| check.code == Code::SalesforceField);
    if !fields {
        let says = format!("all that the portal uses are there: {}", needed.fields.len());
        checks.push(Check::ok(Code::SalesforceField, says).about(name));
    }
    let picklists = needed.picklists.iter();
    checks.extend(
        picklists.filter_map(|field| Some(picklist(object.field(field)?).about(format!("{name}.{field}")))),
    );
    checks
}

/// How the permission set gets to the user.
fn assign() -> String {
    format!(
        "deploy infra/salesforce and assign the permission set Customer Portal Integration to the user of SF_USERNAME ({STEPS}, steps 1 and 2)"
    )
}

fn undescribed(error: &Error) -> Check {
    let code = Code::SalesforceObject;
    match error {
        Error::Refused(refusal) => match refusal.kind() {
            RefusalKind::LimitExceeded(Limit::Total) => Check::wrong(
                code,
                "the organisation's calls of the day are used up",
                "wait until old calls fall out of the last 24 hours; Salesforce: Setup > Company Information shows them",
            ),
            RefusalKind::InsufficientAccess | RefusalKind::MisconfiguredOrBug | RefusalKind::Gone => {
                Check::wrong(code, "the integration user may not see it", assign())
            }
            _ => Check::wrong(code, format!("cannot be described: {}", refusal.kind()), "try again"),
        },
        Error::Login(_) => Check::wrong(
            code,
            "the session is refused as soon as it is used",
            "Salesforce: the user needs API Enabled, which the permission set Customer Portal Integration has",
        ),
        Error::NotSent(_) | Error::Unknown(_) => Check::wrong(
            code,
            "cannot be described: no usable answer",
            "look at https://status.salesforce.com, and try again",
        ),
    }
}

fn permitted(needed: &Needed, object: &ObjectDescription) -> Check {
    let rights = [
        ("read", object.queryable),
        ("create", object.createable),
        ("edit", object.updateable || !needed.update),
    ];
    let lacking: Vec<_> = rights.iter().filter(|(_, has)| !has).map(|(right, _)| *right).collect();
    if lacking.is_empty() {
        return Check::ok(Code::SalesforceObject, "the integration user may use it");
    }
    Check::wrong(
        Code::SalesforceObject,
        format!("the integration user lacks the right to {}", lacking.join(", ")),
        assign(),
    )
}

fn missing_field() -> Check {
    Check::wrong(Code::SalesforceField, "not there, or the integration user may not see it", assign())
}

fn field_problem(field: &FieldDescription, usage: Use) -> Option<Check> {
    let fits = match usage {
        Use::Read => true,
        Use::Create => field.createable,
        Use::Write => field.createable && field.updateable,
    };
    (!fits).then(|| {
        Check::wrong(Code::SalesforceField, "the integration user may read it but not set it", assign())
    })
}

fn key_field(field: Option<&FieldDescription>, object: &str, name: &str) -> Check {
    let code = Code::SalesforceKeyField;
    let Some(field) = field else {
        return Check::wrong(
            code,
            "not there, or the integration user may not see it: both look alike from here",
            assign(),
        );
    };
    let edit =
        format!("Salesforce: Setup > Object Manager > {object} > Fields & Relationships > {name} > Edit");
    if field.kind != "string" {
        return Check::wrong(code, "is no Text field", format!("{edit}: change its type to Text"));
    }
    let flags = [("External ID", field.external_id), ("Unique", field.unique)];
    let lacking: Vec<_> = flags.iter().filter(|(_, has)| !has).map(|(flag, _)| *flag).collect();
    if !lacking.is_empty() {
        let flags = lacking.join(" and ");
        let says = format!("is not {flags}: two records of one customer could arise");
        return Check::wrong(code, says, format!("{edit}: tick {flags}"));
    }
    if !(field.createable && field.updateable) {
        return Check::wrong(code, "the integration user may read it but not set it", assign());
    }
    if field.case_sensitive {
        return Check::warning(
            code,
            "is unique with regard to case; the portal's keys differ in more than that, but deployed it is without",
            format!("{edit}: treat \"ABC\" and \"abc\" as duplicate values"),
        );
    }
    Check::ok(code, "Text, External ID, Unique, and the integration user may set it")
}

fn picklist(field: &FieldDescription) -> Check {
    let active = field.picklist_values.iter().filter(|value| value.active).count();
    if active == 0 {
        return Check::warning(
            Code::SalesforcePicklist,
            "has no active value: customers see nothing to choose from",
            "Salesforce: Setup > Object Manager > Case > Fields & Relationships > the field: add values, and to the record type of the user's profile",
        );
    }
    Check::ok(Code::SalesforcePicklist, format!("{active} values"))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    const SET: &str = "../../infra/salesforce/force-app/main/default/permissionsets/Customer_Portal_Integration.permissionset-meta.xml";

    /// What stands between a tag's ends, for each of the tags.
    fn elements<'t>(text: &'t str, tag: &str) -> Vec<&'t str> {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        text.split(open.as_str()).skip(1).filter_map(|rest| rest.split(close.as_str()).next()).collect()
    }

    #[test]
    fn what_is_needed_is_what_the_permission_set_grants() {
        let set = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SET)).unwrap();
        let granted: BTreeSet<(String, bool)> = elements(&set, "fieldPermissions")
            .iter()
            .map(|field| (elements(field, "field")[0].to_owned(), elements(field, "editable")[0] == "true"))
            .collect();
        assert!(granted.len() > 10);
        let needed: BTreeSet<(String, bool)> = NEEDED
            .iter()
            .flat_map(|needed| {
                let object = needed.object.name();
                let fields = needed
                    .fields
                    .iter()
                    .map(move |(field, usage)| (format!("{object}.{field}"), *usage != Use::Read));
                fields.chain(needed.key.map(|key| (format!("{object}.{key}"), true)))
            })
            .collect();
        let unchecked: Vec<_> = granted.difference(&needed).collect();
        assert!(unchecked.is_empty(), "granted, but not looked at: {unchecked:?}");
        let objects = elements(&set, "object");
        for needed in NEEDED.iter().filter(|needed| needed.key.is_some()) {
            assert!(objects.contains(&needed.object.name()));
        }
    }
}
