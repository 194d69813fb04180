//! Query results that wait for the next page.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use crate::salesforce::id;
use crate::salesforce::settings::Settings;
use crate::salesforce::wire::Out;

/// The rows of one query, as they were when it ran.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// `01g…`, 18 characters.
    pub id: String,
    pub rows: Vec<Out>,
    pub batch: usize,
    opened: DateTime<Utc>,
}

/// The open cursors, oldest first.
#[derive(Debug, Default)]
pub struct Cursors {
    open: VecDeque<Cursor>,
    last: u64,
}

impl Cursors {
    /// Keeps rows; the id of the new cursor. The oldest cursors go when there are too many.
    pub fn open(&mut self, rows: Vec<Out>, batch: usize, settings: &Settings, now: DateTime<Utc>) -> String {
        self.last += 1;
        let id = id::make("01g", self.last);
        self.open.push_back(Cursor { id: id.clone(), rows, batch, opened: now });
        while self.open.len() > settings.max_cursors.max(1) {
            self.open.pop_front();
        }
        id
    }

    /// An open cursor, unless it is too old.
    pub fn get(&self, id: &str, settings: &Settings, now: DateTime<Utc>) -> Option<&Cursor> {
        let life = TimeDelta::try_hours(settings.cursor_hours).unwrap_or_default();
        let id = id::normalise(id)?;
        self.open.iter().find(|cursor| cursor.id == id && now.signed_duration_since(cursor.opened) <= life)
    }

    /// Drops every cursor.
    pub fn expire(&mut self) {
        self.open.clear();
    }
}
