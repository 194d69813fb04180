//! The shapes that every family of a scenario shares: lists and batches, days, references to clients.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Trouble;
use crate::seed::billing::day;
use crate::world::World;

/// Records: a list of them, or many from one template.
#[derive(Debug, Clone)]
pub enum Rows<T> {
    List(Vec<T>),
    Many(Box<Batch<T>>),
}

/// Many records from one template, and some more.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch<T> {
    count: u32,
    template: T,
    /// The records are spread evenly over so many days before the template's, the oldest first.
    #[serde(default)]
    over_days: u32,
    /// Records of their own, after the many.
    #[serde(default = "Vec::new")]
    rows: Vec<T>,
}

/// Most records that one batch makes.
const MANY: u32 = 1_000_000;

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// One record to be made.
pub struct Row<'a, T> {
    pub of: &'a T,
    /// From 1 within its family.
    pub number: u32,
    /// How many days earlier than it says.
    pub earlier: i64,
    path: Path,
}

/// Where a record stands in the file.
enum Path {
    List(&'static str, usize),
    Template(&'static str),
    Extra(&'static str, usize),
}

impl<T> Row<'_, T> {
    /// A refusal of one of its members.
    pub fn refuse(&self, member: &str, reason: impl Into<String>) -> Trouble {
        let path = match &self.path {
            Path::List(family, index) => format!("{family}[{index}].{member}"),
            Path::Template(family) => format!("{family}.template.{member}"),
            Path::Extra(family, index) => format!("{family}.rows[{index}].{member}"),
        };
        Trouble::new(path, reason)
    }

    /// A text with `{n}` replaced by the record's number.
    pub fn text(&self, text: &str) -> String {
        text.replace("{n}", &self.number.to_string())
    }
}

impl<T> Rows<T> {
    /// Calls `make` for every record in order, until one is refused.
    pub fn each(
        &self,
        family: &'static str,
        mut make: impl FnMut(&Row<'_, T>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut number = 0;
        let mut make = |of, earlier, path| {
            number += 1;
            make(&Row { of, number, earlier, path })
        };
        match self {
            Self::List(rows) => {
                rows.iter().enumerate().try_for_each(|(index, of)| make(of, 0, Path::List(family, index)))
            }
            Self::Many(batch) => {
                if batch.count > MANY {
                    return Err(Trouble::new(format!("{family}.count"), format!("at most {MANY}")));
                }
                for n in 0..batch.count {
                    let left = u64::from(batch.count - n - 1) * u64::from(batch.over_days);
                    let earlier = i64::try_from(left / u64::from(batch.count)).unwrap_or_default();
                    make(&batch.template, earlier, Path::Template(family))?;
                }
                let extra = batch.rows.iter().enumerate();
                extra.into_iter().try_for_each(|(index, of)| make(of, 0, Path::Extra(family, index)))
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Rows<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or an object with count and template")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Rows::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Box::deserialize(MapAccessDeserializer::new(map)).map(Rows::Many)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// A date, or days from the sandbox's today.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "a date (2030-01-31), or a number of days from today")]
pub enum Day {
    Date(NaiveDate),
    Offset(i64),
}

impl Day {
    pub fn on(self, today: NaiveDate, earlier: i64) -> NaiveDate {
        match self {
            Self::Date(date) => day(date, -earlier),
            Self::Offset(days) => day(today, days.saturating_sub(earlier)),
        }
    }
}

/// A client: by the key that the scenario gave it, or by its id.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a client's key or id")]
pub enum ClientRef {
    Id(u64),
    Key(String),
}

/// The clients that the scenario named.
#[derive(Debug, Default)]
pub struct Clients(pub HashMap<String, u64>);

impl Clients {
    /// The id, if the client exists.
    pub fn find(&self, world: &World, client: &ClientRef) -> Option<u64> {
        let id = match client {
            ClientRef::Id(id) => *id,
            ClientRef::Key(key) => *self.0.get(key)?,
        };
        world.ledger.whmcs.clients.contains_key(&id).then_some(id)
    }
}
