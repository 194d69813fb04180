//! Salesforce's records, id counters, sessions and the daily allowance.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::salesforce::id;
use crate::salesforce::schema::Object;
use crate::token;

/// The organisation and the integration user, as they appear in ids and tokens.
pub const ORGANISATION: &str = "00DSB000000demo";
pub const USER: &str = "005SB000000demo";
/// A session without calls for this long is over.
const IDLE_HOURS: i64 = 2;

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
}

/// What a composite request with `allOrNone` goes back to.
#[derive(Debug, Clone)]
pub struct Snapshot {
    records: BTreeMap<String, Arc<Record>>,
    counters: HashMap<&'static str, u64>,
}

#[derive(Debug, Serialize)]
pub struct Salesforce {
    #[serde(serialize_with = "as_list")]
    records: BTreeMap<String, Arc<Record>>,
    #[serde(skip)]
    counters: HashMap<&'static str, u64>,
    #[serde(skip)]
    tokens: HashMap<String, DateTime<Utc>>,
    pub api_calls: u64,
    pub api_quota: u64,
}

/// Records as a JSON list, by id.
fn as_list<S: Serializer>(records: &BTreeMap<String, Arc<Record>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.values().map(Arc::as_ref))
}

impl Default for Salesforce {
    fn default() -> Self {
        Self {
            records: BTreeMap::new(),
            counters: HashMap::new(),
            tokens: HashMap::new(),
            api_calls: 0,
            api_quota: 15_000,
        }
    }
}

impl Salesforce {
    /// The next number of an object's counter: 1, 2, 3, …
    pub fn next(&mut self, object: &Object) -> u64 {
        let counter = self.counters.entry(object.prefix).or_default();
        *counter += 1;
        *counter
    }

    /// Stores a new record under an id made from `number`.
    pub fn insert(&mut self, object: &Object, number: u64, fields: BTreeMap<&'static str, Value>) -> String {
        let id = id::make(object.prefix, number);
        let record = Record { id: id.clone(), object: object.name, fields };
        self.records.insert(id.clone(), Arc::new(record));
        id
    }

    pub fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(id).map(Arc::as_ref)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.get_mut(id).map(Arc::make_mut)
    }

    /// All records of an object, by id.
    pub fn all(&self, object: &Object) -> impl Iterator<Item = &Record> {
        let prefix = object.prefix;
        self.records
            .range(prefix.to_owned()..)
            .map(|(_, record)| record.as_ref())
            .take_while(move |record| record.id.starts_with(prefix))
    }

    /// The records whose `field` equals `value`, ignoring case as unique external ids do.
    pub fn by_key<'a>(
        &'a self,
        object: &'a Object,
        field: &'a str,
        value: &'a str,
    ) -> impl Iterator<Item = &'a Record> {
        self.all(object).filter(move |record| {
            record.get(field).as_str().is_some_and(|held| held.eq_ignore_ascii_case(value))
        })
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { records: self.records.clone(), counters: self.counters.clone() }
    }

    pub fn restore(&mut self, snapshot: Snapshot) {
        self.records = snapshot.records;
        self.counters = snapshot.counters;
    }

    pub fn open_session(&mut self, now: DateTime<Utc>) -> String {
        let token = format!("{ORGANISATION}!sandbox.{}", token::hex::<24>());
        self.tokens.insert(token.clone(), now);
        token
    }

    /// Whether the token is good; a good one stays so for another while.
    pub fn touch_session(&mut self, token: &str, now: DateTime<Utc>) -> bool {
        match self.tokens.get_mut(token) {
            Some(last) if now.signed_duration_since(*last) <= TimeDelta::hours(IDLE_HOURS) => {
                *last = now;
                true
            }
            _ => false,
        }
    }

    /// Ends every session.
    pub fn expire_sessions(&mut self) {
        self.tokens.clear();
    }
}
