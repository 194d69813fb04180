//! Record numbers of WHMCS, one type each. WHMCS calls several different things `userid` and `id`; the types
//! keep them apart.

use std::fmt;

macro_rules! record_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Wraps a number that is known to be of this kind.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number as WHMCS counts it.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

record_id! {
    /// A billable party (`tblclients`). On the wire: `clientid`, `client_id`, and `userid` in everything
    /// about money.
    ClientId
    /// A login (`tblusers`, since 8.0). On the wire: `user_id`, `owner_user_id`, `owner_id`.
    UserId
    /// An invoice. On the wire: `invoiceid`, and `id` in the rows of `GetInvoices`.
    InvoiceId
    /// A product that a client has. On the wire: `serviceid`, `relid`, and `id` in the rows of
    /// `GetClientsProducts`.
    ServiceId
    /// An order.
    OrderId
    /// A product of the catalogue (`pid`).
    ProductId
    /// A group of products (`gid`).
    ProductGroupId
    /// A currency set up in the installation.
    CurrencyId
    /// A custom field of a product or of clients.
    CustomFieldId
    /// A configurable option of a product.
    ConfigOptionId
    /// One of the choices of a configurable option.
    ConfigChoiceId
    /// A domain that a client has.
    DomainId
}
