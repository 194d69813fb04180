//! The envelopes of answers: lists with pages, single reads, and how old each is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{problem::ProblemCode, wire::Wire};

/// Largest page number that is looked up. What lies behind it is refused as out of range.
pub const MAX_PAGE: u32 = 100_000;
/// Rows per page where the request names none.
pub const DEFAULT_PAGE_SIZE: u32 = 25;
/// Most rows per page.
pub const MAX_PAGE_SIZE: u32 = 100;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Read from the billing or support system for this request.
    Live,
    /// A copy of an earlier answer.
    Cache,
    /// The portal's own record, because the system itself did not answer.
    Mirror,
}

/// How old an answer is. Stands on everything that comes from the billing or support system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// When the billing or support system gave this answer.
    pub as_of: DateTime<Utc>,
    /// The copy is older than it should be. Nothing may be paid on the strength of a stale answer.
    pub stale: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Which part of a list this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page {
    /// Number of this page, from 1.
    pub number: u32,
    /// Rows per page.
    pub size: u32,
    /// Rows in the whole list.
    pub total_items: u64,
    /// Pages in the whole list; 0 for an empty list.
    pub total_pages: u64,
}

impl Page {
    /// A page of a list of `total_items` rows.
    #[must_use]
    pub fn new(number: u32, size: u32, total_items: u64) -> Self {
        let size = size.max(1);
        Self { number, size, total_items, total_pages: total_items.div_ceil(u64::from(size)) }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListView<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Which part of the list this is.
    pub page: Page,
    /// How old it is.
    pub meta: Meta,
}

/// One object from the billing or support system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemView<T> {
    /// The object.
    pub data: T,
    /// How old it is.
    pub meta: Meta,
}

/// One object of the portal itself, which is always current.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataView<T> {
    /// The object.
    pub data: T,
}

/// A part of an answer that can be missing without the rest being wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Section<T> {
    /// The part is there.
    Ready {
        /// What it says.
        data: T,
        /// How old it is.
        meta: Meta,
    },
    /// The system behind it did not answer and no earlier copy exists.
    Unavailable {
        /// Why.
        code: ProblemCode,
    },
    /// The account is still being set up, so there is nothing to say yet.
    NotReady,
    /// The person may not see this part of the account.
    NotAllowed,
}
