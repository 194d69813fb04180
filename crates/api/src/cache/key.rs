//! Where a value lies: whose it is, what it is, and under which generation it was loaded.
//!
//! A key can only be made from typed parts. There is no way to make one from text.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared_types::ids::UserId;

use super::Namespace;

/// Version of the way keys are built.
const KEY_SCHEMA: u32 = 1;
const DOMAIN: &[u8] = b"portal cache";

/// Whose values: what one invalidation reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The same for everybody, such as the catalogue.
    Public,
    /// One customer's own.
    User(UserId),
}

impl Scope {
    fn write_to(self, parts: &mut Parts) {
        match self {
            Self::Public => parts.push(b"public"),
            Self::User(user) => {
                parts.push(b"user");
                parts.push(user.as_uuid().as_bytes());
            }
        }
    }
}

/// The parameters of a key could not be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error("the parameters of a cache key cannot be written as JSON")]
pub struct KeyError(#[source] serde_json::Error);

/// The name of a cached value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    scope: Scope,
    namespace: Namespace,
    digest: [u8; 32],
}

impl CacheKey {
    /// A value that is the same for everybody. `params` says which value of the namespace.
    pub fn public(namespace: Namespace, params: &impl Serialize) -> Result<Self, KeyError> {
        Self::new(Scope::Public, namespace, params)
    }

    /// A value of one customer. `params` says which value of the namespace.
    pub fn for_user(user: UserId, namespace: Namespace, params: &impl Serialize) -> Result<Self, KeyError> {
        Self::new(Scope::User(user), namespace, params)
    }

    fn new(scope: Scope, namespace: Namespace, params: &impl Serialize) -> Result<Self, KeyError> {
        let params = serde_json::to_vec(params).map_err(KeyError)?;
        let mut parts = Parts::default();
        parts.push(DOMAIN);
        parts.push(&KEY_SCHEMA.to_be_bytes());
        parts.push(namespace.name().as_bytes());
        parts.push(&namespace.schema_version().to_be_bytes());
        scope.write_to(&mut parts);
        parts.push(&params);
        Ok(Self { scope, namespace, digest: parts.digest() })
    }

    /// Whose value it is.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// What kind of value it is.
    #[must_use]
    pub const fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// The key under one generation.
    pub(super) const fn at(self, generation: Option<u64>) -> Place {
        Place { key: self, generation }
    }
}

/// A key under the generation that held when the request came: an invalidation leaves the place behind, and whoever still
/// writes there writes for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    key: CacheKey,
    /// `None`: the generation is unknown, so nothing may be kept or found here.
    generation: Option<u64>,
}

impl Place {
    pub(super) const fn namespace(&self) -> Namespace {
        self.key.namespace
    }

    pub(super) const fn is_storable(&self) -> bool {
        self.generation.is_some()
    }

    /// Everything that tells this place from another. Sealed values are bound to it.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        let mut parts = Parts::default();
        parts.push(DOMAIN);
        parts.push(&KEY_SCHEMA.to_be_bytes());
        parts.push(self.key.namespace.name().as_bytes());
        parts.push(&self.key.namespace.schema_version().to_be_bytes());
        self.key.scope.write_to(&mut parts);
        parts.push(&self.key.digest);
        parts.push(&self.generation.unwrap_or(u64::MAX).to_be_bytes());
        parts.0
    }

    /// The name in Redis: it shows neither whose nor what.
    pub(super) fn redis_key(&self, prefix: &str) -> String {
        let digest = Sha256::digest(self.associated_data());
        let mut name = String::with_capacity(prefix.len() + 70);
        name.push_str(prefix);
        name.push_str("cache:");
        for byte in digest {
            // Writing to a string cannot fail.
            let _infallible = write!(name, "{byte:02x}");
        }
        name
    }

    /// Spreads the soft TTLs of copies.
    pub(super) fn jitter_seed(&self, as_of_micros: i64) -> u64 {
        let head = self.key.digest.first_chunk::<8>().map_or(0, |head| u64::from_le_bytes(*head));
        head ^ as_of_micros.unsigned_abs()
    }
}

/// Byte strings one after another, each behind its length, so that no two lists of parts give the same bytes.
#[derive(Default)]
struct Parts(Vec<u8>);

impl Parts {
    fn push(&mut self, part: &[u8]) {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(part);
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn every_part_counts() {
        let keys = [
            CacheKey::public(Namespace::Invoices, &(1, "a")).unwrap(),
            CacheKey::public(Namespace::Invoices, &(1, "b")).unwrap(),
            CacheKey::public(Namespace::Invoice, &(1, "a")).unwrap(),
            CacheKey::for_user(user(1), Namespace::Invoices, &(1, "a")).unwrap(),
            CacheKey::for_user(user(2), Namespace::Invoices, &(1, "a")).unwrap(),
        ];
        let digests: HashSet<_> = keys.iter().map(|key| key.digest).collect();
        assert_eq!(digests.len(), keys.len());
    }

    #[test]
    fn text_that_looks_like_a_separator_stays_in_its_part() {
        let digests: HashSet<_> =
            [("a", "b:c"), ("a:b", "c"), ("a\":\"b", "c"), ("", "a:b:c"), ("a\r\n*", "c")]
                .into_iter()
                .map(|params| CacheKey::for_user(user(1), Namespace::Cases, &params).unwrap().digest)
                .collect();
        assert_eq!(digests.len(), 5);
    }

    #[test]
    fn equal_parts_give_equal_keys() {
        let make = || CacheKey::for_user(user(1), Namespace::Cases, &("open", 2)).unwrap();
        assert_eq!(make(), make());
        assert_eq!(make().at(Some(3)).redis_key("p:"), make().at(Some(3)).redis_key("p:"));
    }

    #[test]
    fn the_generation_is_part_of_the_place() {
        let key = CacheKey::public(Namespace::Catalog, &()).unwrap();
        assert_ne!(key.at(Some(1)).associated_data(), key.at(Some(2)).associated_data());
        assert_ne!(key.at(Some(1)).redis_key(""), key.at(Some(2)).redis_key(""));
    }

    #[test]
    fn parameters_that_are_no_json_are_refused() {
        let params = std::collections::HashMap::from([((1, 2), 3)]);
        assert!(CacheKey::public(Namespace::Catalog, &params).is_err());
    }
}
