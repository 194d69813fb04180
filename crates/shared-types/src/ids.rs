//! Identifiers. Each kind is a type of its own, so that one cannot stand where another is meant.
//!
//! An id is a name, never a permission: UUIDv7 shows its time of birth and WHMCS counts upwards.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::Wire;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Wire)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID made elsewhere.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// A person with a login of the portal.
    UserId
);
uuid_id!(
    /// A signed-in browser. The token in the cookie is something else and never leaves it.
    SessionId
);
uuid_id!(
    /// A proof that somebody still owes, such as a mailed code.
    ChallengeId
);
uuid_id!(
    /// A passkey.
    PasskeyId
);
uuid_id!(
    /// A line of the account's activity.
    ActivityId
);

/// An invoice, by the number that WHMCS gives it (`invoiceid`; not the printed invoice number).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct InvoiceId(pub u64);

impl std::fmt::Display for InvoiceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
