//! The objects and fields the simulated organisation has.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of at most so many characters.
    Text(usize),
    /// Long text: as text, but no filter may name it.
    LongText(usize),
    Email,
    /// An id of that object.
    Lookup(&'static str),
    Boolean,
    DateTime,
    /// The record's own id.
    Id,
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub required: bool,
    pub writable: bool,
    /// External id, unique, not case-sensitive.
    pub key: bool,
}

#[derive(Debug)]
pub struct Object {
    pub name: &'static str,
    pub prefix: &'static str,
    pub fields: &'static [Field],
}

const fn text(name: &'static str, length: usize) -> Field {
    Field { name, kind: FieldKind::Text(length), required: false, writable: true, key: false }
}

const fn required(name: &'static str, length: usize) -> Field {
    Field { name, kind: FieldKind::Text(length), required: true, writable: true, key: false }
}

const fn key(name: &'static str, length: usize) -> Field {
    Field { name, kind: FieldKind::Text(length), required: false, writable: true, key: true }
}

const fn of(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, required: false, writable: true, key: false }
}

const fn system(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, required: false, writable: false, key: false }
}

const ACCOUNT: &[Field] = &[
    system("Id", FieldKind::Id),
    system("IsDeleted", FieldKind::Boolean),
    required("Name", 255),
    text("Phone", 40),
    text("Website", 255),
    text("AccountNumber", 40),
    text("BillingStreet", 255),
    text("BillingCity", 40),
    text("BillingState", 80),
    text("BillingPostalCode", 20),
    text("BillingCountry", 80),
    of("Description", FieldKind::LongText(32_000)),
    key("WHMCS_Client_Id__c", 40),
    system("CreatedDate", FieldKind::DateTime),
    system("LastModifiedDate", FieldKind::DateTime),
    system("SystemModstamp", FieldKind::DateTime),
];

const CONTACT: &[Field] = &[
    system("Id", FieldKind::Id),
    system("IsDeleted", FieldKind::Boolean),
    of("AccountId", FieldKind::Lookup("Account")),
    text("FirstName", 40),
    required("LastName", 80),
    system("Name", FieldKind::Text(121)),
    of("Email", FieldKind::Email),
    text("Phone", 40),
    text("MailingStreet", 255),
    text("MailingCity", 40),
    text("MailingState", 80),
    text("MailingPostalCode", 20),
    text("MailingCountry", 80),
    key("WHMCS_Contact_Id__c", 80),
    system("CreatedDate", FieldKind::DateTime),
    system("LastModifiedDate", FieldKind::DateTime),
    system("SystemModstamp", FieldKind::DateTime),
];

const CASE: &[Field] = &[
    system("Id", FieldKind::Id),
    system("IsDeleted", FieldKind::Boolean),
    system("CaseNumber", FieldKind::Text(30)),
    of("ContactId", FieldKind::Lookup("Contact")),
    of("AccountId", FieldKind::Lookup("Account")),
    text("Subject", 255),
    of("Description", FieldKind::LongText(32_000)),
    text("Status", 255),
    text("Priority", 255),
    text("Origin", 255),
    text("Type", 255),
    system("IsClosed", FieldKind::Boolean),
    system("ClosedDate", FieldKind::DateTime),
    key("Portal_Request_Id__c", 80),
    system("CreatedDate", FieldKind::DateTime),
    system("LastModifiedDate", FieldKind::DateTime),
    system("SystemModstamp", FieldKind::DateTime),
];

pub const OBJECTS: &[Object] = &[
    Object { name: "Account", prefix: "001", fields: ACCOUNT },
    Object { name: "Contact", prefix: "003", fields: CONTACT },
    Object { name: "Case", prefix: "500", fields: CASE },
];

/// The object of that name, in any case.
pub fn object(name: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

impl Object {
    /// The field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The lookup behind a relationship name: `Account` stands for `AccountId`.
    pub fn relationship(&self, name: &str) -> Option<(&'static Field, &'static Object)> {
        let field = self.field(&format!("{name}Id"))?;
        match field.kind {
            FieldKind::Lookup(target) => object(target).map(|target| (field, target)),
            _ => None,
        }
    }
}
