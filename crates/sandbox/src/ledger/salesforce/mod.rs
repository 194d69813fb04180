//! Salesforce's records, files, id counters, sessions, cursors and the daily allowance.

mod cursors;
mod organisation;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::hooks::Hooks;
use crate::salesforce::id;
use crate::salesforce::schema::{Object, Schema};
use crate::salesforce::settings::Settings;
use crate::token;
pub use cursors::Cursors;

/// The organisation and the integration user, as they appear in ids and tokens.
pub const ORGANISATION: &str = "00DSB000000demo";
pub const USER: &str = "005SB000000demo";
/// An agent of the support team.
pub const AGENT: &str = "005SB00000agent";
/// The queue that new cases go to.
pub const QUEUE: &str = "00GSB00000queue";
/// Bytes that all files together may take.
const FILE_SPACE: usize = 256 << 20;

/// One record; field names are the schema's canonical ones, empty fields are left out.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub id: String,
    #[serde(rename = "type")]
    pub object: &'static str,
    pub fields: BTreeMap<&'static str, Value>,
}

impl Record {
    pub fn get(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }

    pub fn text(&self, field: &str) -> &str {
        self.get(field).as_str().unwrap_or_default()
    }

    /// In the recycle bin.
    pub fn deleted(&self) -> bool {
        self.get("IsDeleted") == &Value::Bool(true)
    }
}

/// A change that is told to listeners once it is committed.
#[derive(Debug, Clone)]
struct Change {
    object: &'static str,
    id: String,
    kind: &'static str,
}

/// What a transaction that fails goes back to.
#[derive(Debug, Clone)]
pub struct Snapshot {
    records: BTreeMap<String, Arc<Record>>,
    counters: HashMap<&'static str, u64>,
    files: HashMap<String, Bytes>,
    changes: usize,
}

#[derive(Debug, Serialize)]
pub struct Salesforce {
    #[serde(serialize_with = "as_list")]
    records: BTreeMap<String, Arc<Record>>,
    #[serde(skip)]
    counters: HashMap<&'static str, u64>,
    /// File contents by the id of their version.
    #[serde(skip)]
    files: HashMap<String, Bytes>,
    #[serde(skip)]
    tokens: HashMap<String, DateTime<Utc>>,
    #[serde(skip)]
    changes: Vec<Change>,
    /// Records that other requests stored first in a lost race: they outlive a rollback.
    #[serde(skip)]
    races: Vec<Record>,
    #[serde(skip)]
    pub schema: Schema,
    /// When the schema was last changed.
    #[serde(skip)]
    pub described_at: DateTime<Utc>,
    #[serde(skip)]
    pub cursors: Cursors,
    pub settings: Settings,
    pub api_calls: u64,
    pub api_quota: u64,
}

/// Records as a JSON list, by id.
fn as_list<S: Serializer>(records: &BTreeMap<String, Arc<Record>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.values().map(Arc::as_ref))
}

impl Default for Salesforce {
    fn default() -> Self {
        let mut store = Self {
            records: BTreeMap::new(),
            counters: HashMap::new(),
            files: HashMap::new(),
            tokens: HashMap::new(),
            changes: Vec::new(),
            races: Vec::new(),
            schema: Schema::standard(),
            described_at: DateTime::<Utc>::UNIX_EPOCH,
            cursors: Cursors::default(),
            settings: Settings::default(),
            api_calls: 0,
            api_quota: 15_000,
        };
        store.found();
        store
    }
}

impl Salesforce {
    /// The object of that name, in any case.
    pub fn object(&self, name: &str) -> Option<Arc<Object>> {
        self.schema.object(name).cloned()
    }

    /// The next number of an object's counter: 1, 2, 3, …
    pub fn next(&mut self, object: &Object) -> u64 {
        let counter = self.counters.entry(object.prefix).or_default();
        *counter += 1;
        *counter
    }

    /// Stores a new record under a new id.
    pub fn insert(&mut self, object: &Object, fields: BTreeMap<&'static str, Value>) -> String {
        loop {
            let id = id::make(object.prefix, self.next(object));
            if !self.records.contains_key(&id) {
                self.insert_as(object, &id, fields);
                return id;
            }
        }
    }

    /// Stores a new record under that id.
    pub fn insert_as(&mut self, object: &Object, id: &str, fields: BTreeMap<&'static str, Value>) {
        let record = Record { id: id.to_owned(), object: object.name, fields };
        self.records.insert(id.to_owned(), Arc::new(record));
        // Histories and the like are no records of their own to listeners.
        if object.writable {
            self.note(object.name, id, "created");
        }
    }

    /// Takes back the insertion that was made last.
    pub fn discard(&mut self, id: &str) {
        self.records.remove(id);
        self.files.remove(id);
        self.changes.pop();
    }

    /// Takes back the update that was made last.
    pub fn put_back(&mut self, before: Record) {
        self.records.insert(before.id.clone(), Arc::new(before));
        self.changes.pop();
    }

    /// A record, also when it is deleted.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(id).map(Arc::as_ref)
    }

    /// A record that is not deleted.
    pub fn live(&self, id: &str) -> Option<&Record> {
        self.get(id).filter(|record| !record.deleted())
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.get_mut(id).map(Arc::make_mut)
    }

    /// All records of an object, by id, the deleted ones too.
    pub fn all(&self, object: &Object) -> impl Iterator<Item = &Record> {
        let prefix = object.prefix;
        self.records
            .range(prefix.to_owned()..)
            .map(|(_, record)| record.as_ref())
            .take_while(move |record| record.id.starts_with(prefix))
    }

    /// The records whose `field` equals `value`, ignoring case unless the field does not.
    pub fn by_key<'a>(
        &'a self,
        object: &'a Object,
        field: &'a str,
        value: &'a str,
    ) -> impl Iterator<Item = &'a Record> {
        let exact = object.field(field).is_some_and(|field| field.case_sensitive);
        self.all(object).filter(move |record| {
            !record.deleted()
                && record.get(field).as_str().is_some_and(|held| {
                    held == value || (!exact && held.to_lowercase() == value.to_lowercase())
                })
        })
    }

    /// Remembers a change until the call's end.
    pub fn note(&mut self, object: &'static str, id: &str, kind: &'static str) {
        self.changes.push(Change { object, id: id.to_owned(), kind });
    }

    /// Tells listeners what was written since the last commit.
    pub fn commit(&mut self, hooks: &mut Hooks) {
        for change in self.changes.drain(..) {
            hooks.changed(change.object, &change.id, change.kind);
        }
        self.races.clear();
    }

    /// Forgets the changes: what a new organisation begins with is no news.
    pub fn settle(&mut self) {
        self.changes.clear();
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            records: self.records.clone(),
            counters: self.counters.clone(),
            files: self.files.clone(),
            changes: self.changes.len(),
        }
    }

    pub fn restore(&mut self, snapshot: Snapshot) {
        self.records = snapshot.records;
        self.counters = snapshot.counters;
        self.files = snapshot.files;
        self.changes.truncate(snapshot.changes);
        for record in self.races.clone() {
            self.survive(record);
        }
    }

    /// Marks a record as the work of another request, which has committed it.
    pub fn lose_race(&mut self, id: &str) {
        if let Some(record) = self.get(id).cloned() {
            self.races.push(record);
        }
    }

    /// Stores another request's record again, unless it hangs on something that was rolled back.
    fn survive(&mut self, record: Record) {
        let Some(object) = self.object(record.object) else { return };
        let mut references = object.fields.iter().filter(|field| !field.targets.is_empty());
        let whole = references.all(|field| {
            record.get(field.name).as_str().is_none_or(|target| self.records.contains_key(target))
        });
        if whole && !self.records.contains_key(&record.id) {
            self.insert_as(&object, &record.id, record.fields);
        }
    }

    /// Keeps a file's content; false when there is no space left.
    pub fn put_file(&mut self, version: &str, content: Bytes) -> bool {
        let used: usize = self.files.values().map(Bytes::len).sum();
        let fits = used.saturating_add(content.len()) <= FILE_SPACE;
        if fits {
            self.files.insert(version.to_owned(), content);
        }
        fits
    }

    pub fn file(&self, version: &str) -> Option<&Bytes> {
        self.files.get(version)
    }

    pub fn open_session(&mut self, now: DateTime<Utc>) -> String {
        let token = format!("{ORGANISATION}!sandbox.{}", token::hex::<24>());
        self.tokens.insert(token.clone(), now);
        token
    }

    /// Whether the token is good; a good one stays so for another while.
    pub fn touch_session(&mut self, token: &str, now: DateTime<Utc>) -> bool {
        let idle = TimeDelta::try_minutes(self.settings.session_minutes).unwrap_or_default();
        match self.tokens.get_mut(token) {
            Some(last) if now.signed_duration_since(*last) <= idle => {
                *last = now;
                true
            }
            _ => false,
        }
    }

    /// Ends one session.
    pub fn revoke_session(&mut self, token: &str) -> bool {
        self.tokens.remove(token).is_some()
    }

    /// Ends every session.
    pub fn expire_sessions(&mut self) {
        self.tokens.clear();
    }
}
