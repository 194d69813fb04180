//! One page of a WHMCS list.

use crate::{action::Action, error::Error};

/// A page of rows with the place it has in the whole list.
///
/// `total` and `start` are WHMCS's own figures: they count rows that this crate leaves out (drafts), so a
/// page may hold fewer rows than were asked for without being the last one. Page on by adding the limit that
/// was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows the whole list has, as WHMCS counts them.
    pub total: u64,
    /// Offset of this page in the list, zero-based.
    pub start: u64,
}

impl<T> Paged<T> {
    /// `sent` is the number of rows in the answer; it stands in for a total that WHMCS did not give.
    pub(crate) fn new(rows: Vec<T>, sent: usize, start: u64, total: Option<u64>) -> Result<Self, Error> {
        let sent = u64::try_from(sent).map_err(|_| Error::shape("numreturned"))?;
        Ok(Self { rows, total: total.unwrap_or(start.saturating_add(sent)), start })
    }

    /// WHMCS filters by client; should it ever not, what is somebody else's stays here.
    pub(crate) fn drop_foreign(&mut self, action: Action, is_own: impl Fn(&T) -> bool) {
        let before = self.rows.len();
        self.rows.retain(is_own);
        let foreign = before - self.rows.len();
        if foreign > 0 {
            tracing::warn!(
                action = action.name,
                foreign,
                "WHMCS sent rows of another client; they were dropped"
            );
        }
    }
}
