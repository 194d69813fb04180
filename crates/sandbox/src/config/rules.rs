//! Choices about what WHMCS's actions do. Each answers one question that the documentation leaves open.

use serde::{Deserialize, Serialize};

/// How `twoFactorEnabled` is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwoFactorFlag {
    /// As its type in the parameter table says, in the form of the profile.
    #[default]
    Boolean,
    /// The word `true` or `false`, as the example prints it.
    Text,
}

/// Which of several complaints is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validation {
    /// The first in the documentation's list.
    #[default]
    First,
    /// The last.
    Last,
}

/// What `AddClient` says about an address that a user has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenEmail {
    /// `A user already exists with that email address`.
    #[default]
    Known,
    /// `The email address entered is not available for use.`
    Neutral,
}

/// Where `GetClientsDetails` prints the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFields {
    /// Under `client`, as the example.
    #[default]
    Nested,
    /// Also at the top level, as the text says (deprecated).
    Both,
}

/// Which of several clients with one address is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameEmail {
    /// The one with the lowest id.
    #[default]
    Oldest,
    /// The one with the highest id.
    Newest,
}

/// What an empty parameter does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyField {
    /// The field becomes empty.
    #[default]
    Cleared,
    /// Nothing.
    Ignored,
}

/// What `AddOrder` does with a promotion code that cannot be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadPromocode {
    /// Orders without it.
    #[default]
    Ignored,
    /// Refuses; no text is documented, this one is ours: `Invalid Promotion Code`.
    Refused,
}

/// The cycle of an order line that names none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingCycle {
    /// The shortest one that is offered.
    #[default]
    FirstOffered,
    /// Monthly, offered or not.
    Monthly,
}

/// What becomes of an order line whose cycle is priced -1.00.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabledCycle {
    /// It gets the shortest cycle that is offered.
    #[default]
    FirstOffered,
    /// It is left out.
    NoItem,
    /// It is ordered at -1.00.
    Negative,
}

/// How far `priceoverride` reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceOverride {
    /// First and later payments; the setup fee is added.
    #[default]
    RecurringKeepsSetup,
    /// First and later payments; no setup fee.
    RecurringWithoutSetup,
    /// The first payment, setup fee included.
    FirstPaymentOnly,
}

/// What `invoiceid` looks like without an invoice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoInvoice {
    /// `0`.
    #[default]
    Zero,
    /// The member is left out.
    Missing,
    /// `""`.
    Text,
    /// `null`.
    Null,
}

/// What an order without anything to pay gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroOrder {
    /// No invoice.
    #[default]
    NoInvoice,
    /// An invoice that is paid at once.
    PaidInvoice,
}

/// Which scalars are refused where arrays are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrayParams {
    /// In every order.
    #[default]
    All,
    /// Only when the order names a `domaintype`.
    DomainsOnly,
}

/// What `allowqty` above 1 means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// One service with a quantity.
    #[default]
    OneService,
    /// As many services.
    SeparateServices,
}

/// Whether a hook point runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Firing {
    /// It runs.
    #[default]
    Fires,
    /// It does not.
    Silent,
}

/// Whether hook points run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// They do not.
    #[default]
    Silent,
    /// They do.
    Fires,
}

/// What accepting an order meets at the provisioning module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Services are created.
    #[default]
    Works,
    /// It refuses, and the order stays pending.
    FailsPending,
    /// It refuses, and the order is active all the same.
    FailsActive,
}

/// Whether WHMCS sends its own e-mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// Yes, unless the call says not to.
    #[default]
    Sent,
    /// No.
    Off,
}

/// What `CreateInvoice` says after credit has paid the invoice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedStatus {
    /// `Unpaid`, as reported of 7.x and 8.x.
    #[default]
    Stale,
    /// `Paid`.
    Fresh,
}

/// What changing an invoice that is no draft meets (9.0).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Immutability {
    /// Refused with the text of the admin area; the API's is not documented.
    #[default]
    AdminText,
    /// Refused with a short text of our own: `Invoice is immutable`.
    ShortText,
    /// Allowed: the installation has switched immutability off.
    Off,
}

/// What a second payment with the same `transid` meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateTransid {
    /// It is recorded.
    #[default]
    Accepted,
    /// `Transaction ID must be Unique`, the text of `AddTransaction`.
    Refused,
}

/// Where money beyond an invoice's balance goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overpayment {
    /// To the client's credit balance.
    #[default]
    Credit,
    /// It stays with the invoice, whose balance is negative.
    Kept,
}

/// What becomes of the unpaid invoice of a cancelled order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledOrder {
    /// It is cancelled too.
    #[default]
    CancelsInvoice,
    /// It stays unpaid.
    LeavesInvoice,
}
