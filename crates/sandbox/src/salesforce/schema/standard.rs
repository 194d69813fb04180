//! What a new organisation has, as far as a support portal meets it. Names and lengths as in the Object Reference.

use super::{Choice, Field, Kind, Object, intern, label_of};

fn text(name: &str, length: usize) -> Field {
    Field::new(name, Kind::Text, length)
}

fn of(name: &str, kind: Kind, length: usize) -> Field {
    Field::new(name, kind, length)
}

/// A reference with the names of both ways.
fn reference(name: &str, targets: &[&str], children: &str) -> Field {
    let mut field = Field::new(name, Kind::Reference, 18);
    field.targets = targets.iter().map(|target| intern(target)).collect();
    field.relationship = name.strip_suffix("Id").map(intern);
    field.children = (!children.is_empty()).then(|| intern(children));
    field
}

/// A picklist; `*` marks the default, `!` a closed status.
fn picklist(name: &str, values: &[&str]) -> Field {
    let mut field = Field::new(name, Kind::Picklist, 255);
    field.choices = values
        .iter()
        .map(|value| Choice {
            value: value.trim_matches(['*', '!']).to_owned(),
            label: None,
            active: true,
            default: value.ends_with('*'),
            closed: value.ends_with('!'),
        })
        .collect();
    field
}

impl Field {
    fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn key(mut self) -> Self {
        self.external = true;
        self.unique = true;
        self
    }

    fn lookup_key(mut self) -> Self {
        self.id_lookup = true;
        self
    }

    fn tracked(mut self) -> Self {
        self.tracked = true;
        self
    }

    fn restricted(mut self) -> Self {
        self.restricted = true;
        self
    }

    fn label(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    fn read_only(mut self) -> Self {
        self.createable = false;
        self.updateable = false;
        self
    }

    /// Written once.
    fn fixed(mut self) -> Self {
        self.updateable = false;
        self
    }

    fn unfiltered(mut self) -> Self {
        self.filterable = false;
        self
    }

    fn counted_in_bytes(mut self) -> Self {
        self.bytes = true;
        self
    }

    fn formula(mut self, reference: &'static str, field: &'static str) -> Self {
        self.formula = Some((reference, field));
        self.read_only()
    }
}

fn stamps() -> Vec<Field> {
    vec![
        of("CreatedDate", Kind::DateTime, 0).read_only(),
        reference("CreatedById", &["User"], "").read_only(),
        of("LastModifiedDate", Kind::DateTime, 0).read_only(),
        reference("LastModifiedById", &["User"], "").read_only(),
        of("SystemModstamp", Kind::DateTime, 0).read_only(),
    ]
}

fn owner() -> Field {
    reference("OwnerId", &["User", "Group"], "").label("Owner ID")
}

/// Id first, system fields last.
fn object(name: &str, prefix: &str, own: Vec<Field>) -> Object {
    let mut id = of("Id", Kind::Id, 18).read_only();
    id.label = format!("{} ID", label_of(name));
    let mut fields = vec![id, of("IsDeleted", Kind::Boolean, 0).read_only().label("Deleted")];
    fields.extend(own);
    fields.extend(stamps());
    Object { name: intern(name), label: label_of(name), prefix: intern(prefix), writable: true, fields }
}

/// Kept by the organisation itself.
fn kept(mut object: Object) -> Object {
    object.writable = false;
    object
}

/// The fields every custom object begins with.
pub fn custom_fields() -> Vec<Field> {
    object("Custom", "a00", vec![owner(), text("Name", 80)]).fields
}

pub fn objects() -> Vec<Object> {
    vec![
        account(),
        contact(),
        case(),
        case_comment(),
        email_message(),
        kept(case_history()),
        kept(object(
            "CaseStatus",
            "01J",
            vec![
                text("ApiName", 255),
                text("MasterLabel", 255),
                of("IsClosed", Kind::Boolean, 0),
                of("IsDefault", Kind::Boolean, 0),
                of("SortOrder", Kind::Int, 9),
            ],
        )),
        content_version(),
        content_document(),
        content_document_link(),
        kept(object(
            "User",
            "005",
            vec![
                text("Username", 80),
                text("FirstName", 40),
                text("LastName", 80),
                text("Name", 121),
                of("Email", Kind::Email, 128),
                text("Alias", 8),
                of("IsActive", Kind::Boolean, 0),
                text("UserType", 40),
                text("TimeZoneSidKey", 40),
            ],
        )),
        kept(object("Group", "00G", vec![text("Name", 40), text("DeveloperName", 80), text("Type", 40)])),
        kept(object(
            "Organization",
            "00D",
            vec![text("Name", 80), of("IsSandbox", Kind::Boolean, 0), text("OrganizationType", 40)],
        )),
    ]
}

fn account() -> Object {
    let name = text("Name", 255).required().label("Account Name");
    object(
        "Account",
        "001",
        vec![
            name,
            picklist("Type", &["Prospect", "Customer - Direct", "Customer - Channel", "Other"]),
            reference("ParentId", &["Account"], "ChildAccounts"),
            of("Phone", Kind::Phone, 40),
            of("Website", Kind::Url, 255),
            text("AccountNumber", 40),
            text("BillingStreet", 255),
            text("BillingCity", 40),
            text("BillingState", 80),
            text("BillingPostalCode", 20),
            text("BillingCountry", 80),
            of("Description", Kind::LongText, 32_000),
            owner(),
            text("WHMCS_Client_Id__c", 40).key(),
        ],
    )
}

fn contact() -> Object {
    object(
        "Contact",
        "003",
        vec![
            reference("AccountId", &["Account"], "Contacts"),
            text("FirstName", 40),
            text("LastName", 80).required(),
            text("Name", 121).read_only(),
            of("Email", Kind::Email, 80),
            of("Phone", Kind::Phone, 40),
            text("Title", 128),
            text("MailingStreet", 255),
            text("MailingCity", 40),
            text("MailingState", 80),
            text("MailingPostalCode", 20),
            text("MailingCountry", 80),
            of("Description", Kind::LongText, 32_000),
            owner(),
            text("WHMCS_Contact_Id__c", 80).key(),
        ],
    )
}

fn case() -> Object {
    object(
        "Case",
        "500",
        vec![
            text("CaseNumber", 30).read_only().lookup_key(),
            reference("MasterRecordId", &["Case"], "").read_only(),
            reference("ContactId", &["Contact"], "Cases").tracked(),
            reference("AccountId", &["Account"], "Cases"),
            reference("ParentId", &["Case"], "Cases").label("Parent Case ID"),
            text("SuppliedName", 80),
            of("SuppliedEmail", Kind::Email, 80),
            of("SuppliedPhone", Kind::Phone, 40),
            text("SuppliedCompany", 80),
            picklist("Type", &["Mechanical", "Electrical", "Electronic", "Structural", "Other"]),
            picklist("Status", &["New*", "Working", "Escalated", "Closed!"]).tracked(),
            picklist("Reason", &["Installation", "Performance", "Breakdown", "Feedback", "Other"]),
            picklist("Origin", &["Phone", "Email", "Web"]),
            text("Subject", 255),
            picklist("Priority", &["High", "Medium*", "Low"]).tracked(),
            of("Description", Kind::LongText, 32_000),
            of("IsClosed", Kind::Boolean, 0).read_only().label("Closed"),
            of("ClosedDate", Kind::DateTime, 0).read_only(),
            of("IsEscalated", Kind::Boolean, 0).label("Escalated"),
            owner().tracked(),
            of("ContactEmail", Kind::Email, 80).formula("ContactId", "Email"),
            of("ContactPhone", Kind::Phone, 40).formula("ContactId", "Phone"),
            of("Comments", Kind::LongText, 4_000).counted_in_bytes().label("Internal Comments"),
            text("Portal_Request_Id__c", 80).key(),
        ],
    )
}

fn case_comment() -> Object {
    object(
        "CaseComment",
        "00a",
        vec![
            reference("ParentId", &["Case"], "CaseComments").required().fixed(),
            of("IsPublished", Kind::Boolean, 0).label("Published"),
            of("CommentBody", Kind::LongText, 4_000).counted_in_bytes().fixed().label("Body"),
        ],
    )
}

fn email_message() -> Object {
    object(
        "EmailMessage",
        "02s",
        vec![
            reference("ParentId", &["Case"], "EmailMessages"),
            of("TextBody", Kind::LongText, 32_000),
            of("HtmlBody", Kind::LongText, 131_072),
            text("Subject", 3_000),
            text("FromName", 1_000),
            of("FromAddress", Kind::Email, 1_000),
            of("ToAddress", Kind::LongText, 4_000),
            of("CcAddress", Kind::LongText, 4_000),
            of("BccAddress", Kind::LongText, 4_000),
            of("Incoming", Kind::Boolean, 0).label("Is Incoming"),
            of("HasAttachment", Kind::Boolean, 0).read_only(),
            picklist("Status", &["0*", "1", "2", "3", "4", "5"]).restricted(),
            of("MessageDate", Kind::DateTime, 0),
            of("IsExternallyVisible", Kind::Boolean, 0),
        ],
    )
}

fn case_history() -> Object {
    object(
        "CaseHistory",
        "017",
        vec![
            reference("CaseId", &["Case"], "Histories"),
            text("Field", 255),
            text("DataType", 40),
            text("OldValue", 255).unfiltered(),
            text("NewValue", 255).unfiltered(),
        ],
    )
}

fn content_version() -> Object {
    object(
        "ContentVersion",
        "068",
        vec![
            reference("ContentDocumentId", &["ContentDocument"], "ContentVersions").fixed(),
            of("IsLatest", Kind::Boolean, 0).read_only(),
            text("VersionNumber", 20).read_only(),
            text("Title", 255),
            of("Description", Kind::LongText, 1_000),
            text("PathOnClient", 500).required().fixed(),
            of("VersionData", Kind::Binary, 0).fixed(),
            of("ContentSize", Kind::Int, 9).read_only(),
            text("FileType", 20).read_only(),
            text("FileExtension", 40).read_only(),
            reference("FirstPublishLocationId", &["Case", "Account", "Contact", "User"], "").fixed(),
            owner(),
        ],
    )
}

fn content_document() -> Object {
    object(
        "ContentDocument",
        "069",
        vec![
            text("Title", 255),
            text("FileType", 20).read_only(),
            text("FileExtension", 40).read_only(),
            of("ContentSize", Kind::Int, 9).read_only(),
            reference("LatestPublishedVersionId", &["ContentVersion"], "").read_only(),
            owner(),
        ],
    )
}

fn content_document_link() -> Object {
    object(
        "ContentDocumentLink",
        "06A",
        vec![
            reference("ContentDocumentId", &["ContentDocument"], "ContentDocumentLinks").required().fixed(),
            reference("LinkedEntityId", &["Case", "Account", "Contact", "User"], "ContentDocumentLinks")
                .required()
                .fixed(),
            picklist("ShareType", &["V", "C", "I"]).restricted(),
            picklist("Visibility", &["AllUsers", "InternalUsers", "SharedUsers"]).restricted(),
        ],
    )
}
