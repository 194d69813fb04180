//! JSON with the members in the order in which Salesforce prints them.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value whose objects keep their order.
#[derive(Debug, Clone)]
pub enum Out {
    Value(Value),
    /// JSON that is printed already.
    Raw(Box<RawValue>),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Out {
    pub const NULL: Self = Self::Value(Value::Null);

    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, member)| (name.to_owned(), member)).collect())
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, member)| member),
            _ => None,
        }
    }

    /// The members of an object, or nothing.
    pub fn members_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        let members = match self {
            Self::Object(members) => members.as_mut_slice(),
            _ => &mut [],
        };
        members.iter_mut().map(|(_, member)| member)
    }

    /// Sets a member, in its old place when there is one.
    pub fn set(&mut self, name: &str, member: Self) {
        let Self::Object(members) = self else { return };
        match members.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = member,
            None => members.push((name.to_owned(), member)),
        }
    }

    /// A body as it was sent; null for none, and for one that is no JSON.
    pub fn printed(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body).into_owned();
        RawValue::from_string(text).map_or(Self::NULL, Self::Raw)
    }

    pub fn text(&self) -> String {
        // Keys are strings and numbers are finite, so writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Out {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Raw(raw) => raw.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, member) in members {
                    map.serialize_entry(name, member)?;
                }
                map.end()
            }
        }
    }
}

impl<T: Into<Value>> From<T> for Out {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl FromIterator<Self> for Out {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}
