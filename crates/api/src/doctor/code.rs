//! The names of the checks. They are for programs, so they stay as they are.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a check is about; the report is ordered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Billing.
    Whmcs,
    /// Support.
    Salesforce,
    /// Outgoing mail.
    Mail,
    /// Database and Redis.
    Database,
    /// Keys, and the clocks of all machines.
    KeysAndTime,
}

impl Group {
    /// All groups, in the order of the report.
    pub const ALL: [Self; 5] = [Self::Whmcs, Self::Salesforce, Self::Mail, Self::Database, Self::KeysAndTime];

    /// The heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Whmcs => "WHMCS",
            Self::Salesforce => "Salesforce",
            Self::Mail => "Mail",
            Self::Database => "Database and Redis",
            Self::KeysAndTime => "Keys and time",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $group:ident $code:ident $name:literal)+) => {
        /// What was looked at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $code),+
        }

        impl Code {
            /// All checks.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name),+ }
            }

            /// The group.
            #[must_use]
            pub const fn group(self) -> Group {
                match self { $(Self::$code => Group::$group),+ }
            }
        }
    };
}

codes! {
    /// WHMCS's server answers.
    Whmcs WhmcsReach "whmcs.reach"
    /// WHMCS lets the credential in, from this address.
    Whmcs WhmcsAccess "whmcs.access"
    /// The version is one that the portal works with.
    Whmcs WhmcsVersion "whmcs.version"
    /// What logs in: users, or clients.
    Whmcs WhmcsLoginModel "whmcs.login_model"
    /// The role allows an action.
    Whmcs WhmcsAction "whmcs.action"
    /// Currencies.
    Whmcs WhmcsCurrencies "whmcs.currencies"
    /// Payment gateways.
    Whmcs WhmcsPaymentMethods "whmcs.payment_methods"
    /// Products can be read.
    Whmcs WhmcsProducts "whmcs.products"
    /// Products have the field that carries the portal's mark.
    Whmcs WhmcsMarker "whmcs.marker"
    /// OpenID Connect.
    Whmcs WhmcsOpenId "whmcs.openid"
    /// The hook file that sends webhooks.
    Whmcs WhmcsHook "whmcs.hook"
    /// The private key file.
    Salesforce SalesforceKey "salesforce.key"
    /// The token endpoint's server answers.
    Salesforce SalesforceReach "salesforce.reach"
    /// The login.
    Salesforce SalesforceLogin "salesforce.login"
    /// The REST version that is set.
    Salesforce SalesforceVersion "salesforce.version"
    /// An object and what the user may do with it.
    Salesforce SalesforceObject "salesforce.object"
    /// The field by which the portal finds its records again.
    Salesforce SalesforceKeyField "salesforce.key_field"
    /// Any other field.
    Salesforce SalesforceField "salesforce.field"
    /// Values of a picklist.
    Salesforce SalesforcePicklist "salesforce.picklist"
    /// Which statuses of cases are closed.
    Salesforce SalesforceCaseStatus "salesforce.case_status"
    /// The calls of a day.
    Salesforce SalesforceAllowance "salesforce.allowance"
    /// What sharing rules let the user edit.
    Salesforce SalesforceSharing "salesforce.sharing"
    /// A customer and a case, written and undone.
    Salesforce SalesforceTrial "salesforce.trial"
    /// The mail server answers.
    Mail MailReach "mail.reach"
    /// The mail server lets us in.
    Mail MailLogin "mail.login"
    /// Mails travel encrypted.
    Mail MailEncryption "mail.encryption"
    /// The sender.
    Mail MailSender "mail.sender"
    /// The database answers.
    Database DatabaseReach "database.reach"
    /// Its version.
    Database DatabaseVersion "database.version"
    /// Its schema.
    Database DatabaseSchema "database.schema"
    /// The login role.
    Database DatabaseRole "database.role"
    /// Redis answers.
    Database RedisReach "redis.reach"
    /// Its version.
    Database RedisVersion "redis.version"
    /// What it does when it is full.
    Database RedisEviction "redis.eviction"
    /// The key ring.
    KeysAndTime KeysRing "keys.ring"
    /// The clock of WHMCS's server against this machine's.
    KeysAndTime TimeWhmcs "time.whmcs"
    /// Salesforce's clock against this machine's.
    KeysAndTime TimeSalesforce "time.salesforce"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
