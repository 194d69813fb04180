//! What is cached and for how long. Nothing that moves money or decides access has a namespace here: SSO links, the
//! progress of orders and sign-in are never cached.

use std::time::Duration;

/// One kind of cached value. A namespace belongs to one type of value and is invalidated as a whole per [`Scope`].
///
/// [`Scope`]: super::Scope
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Namespace {
    /// Pages of a customer's invoices.
    Invoices,
    /// A single invoice with its lines.
    Invoice,
    /// A customer's services.
    Services,
    /// A single service.
    Service,
    /// The customer's name, address and currency.
    Client,
    /// A customer's support cases.
    Cases,
    /// A single support case with its comments.
    Case,
    /// The products on sale.
    Catalog,
    /// The currencies that the billing system knows.
    Currencies,
}

impl Namespace {
    /// Every namespace.
    pub const ALL: [Self; 9] = [
        Self::Invoices,
        Self::Invoice,
        Self::Services,
        Self::Service,
        Self::Client,
        Self::Cases,
        Self::Case,
        Self::Catalog,
        Self::Currencies,
    ];

    /// The name in keys, metrics, the bus and the database. Never reused for another kind of value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoices => "invoices",
            Self::Invoice => "invoice",
            Self::Services => "services",
            Self::Service => "service",
            Self::Client => "client",
            Self::Cases => "cases",
            Self::Case => "case",
            Self::Catalog => "catalog",
            Self::Currencies => "currencies",
        }
    }

    /// The namespace of this [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|namespace| namespace.name() == name)
    }

    /// Version of the value's JSON. Raise it when the JSON changes, so that a new release does not answer with what an
    /// old one left in Redis.
    pub(super) const fn schema_version(self) -> u32 {
        match self {
            Self::Invoices
            | Self::Invoice
            | Self::Services
            | Self::Service
            | Self::Client
            | Self::Cases
            | Self::Case
            | Self::Catalog
            | Self::Currencies => 1,
        }
    }

    /// Place in [`Namespace::ALL`].
    pub(super) fn position(self) -> usize {
        Self::ALL.iter().position(|namespace| *namespace == self).unwrap_or_default()
    }
}

/// How long a value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Up to this age, give or take the jitter, a copy counts as fresh.
    pub soft_ttl: Duration,
    /// Up to this multiple of the soft TTL a copy is shown, marked stale, while a new one is fetched behind it.
    pub swr_factor: u32,
    /// Up to this age a copy is shown, marked stale, when the upstream does not answer.
    pub stale_if_error: Duration,
    /// The soft TTL of each copy lies this many per cent around [`soft_ttl`](Self::soft_ttl), so that copies made
    /// together do not expire together.
    pub jitter_percent: u32,
}

impl Policy {
    /// The soft TTL of one copy. `seed` spreads the copies; equal seeds give equal times.
    pub(super) fn jittered_ttl(&self, seed: u64) -> Duration {
        let span = u64::from(self.jitter_percent.min(100)) * 10;
        let permille = 1000 - span + seed % (2 * span + 1);
        self.soft_ttl.saturating_mul(u32::try_from(permille).unwrap_or(1000)) / 1000
    }
}

/// Times, room and budgets of the cache.
#[derive(Clone, Debug)]
pub struct CacheSettings {
    /// Soft TTL of [`Namespace::Invoices`] and [`Namespace::Invoice`].
    pub invoices: Duration,
    /// Soft TTL of [`Namespace::Services`] and [`Namespace::Service`].
    pub services: Duration,
    /// Soft TTL of [`Namespace::Client`].
    pub client: Duration,
    /// Soft TTL of [`Namespace::Cases`] and [`Namespace::Case`].
    pub cases: Duration,
    /// Soft TTL of [`Namespace::Catalog`].
    pub catalog: Duration,
    /// Soft TTL of [`Namespace::Currencies`].
    pub currencies: Duration,
    /// See [`Policy::swr_factor`].
    pub swr_factor: u32,
    /// See [`Policy::stale_if_error`]. Also the time to live in Redis.
    pub stale_if_error: Duration,
    /// See [`Policy::jitter_percent`].
    pub jitter_percent: u32,
    /// Room for values in the process, in bytes, ready-made answers included.
    pub memory_bytes: u64,
    /// How often generations are read from the database.
    pub generation_poll: Duration,
    /// The longest that one load may take, whoever waits for it.
    pub load_limit: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            invoices: Duration::from_secs(90),
            services: Duration::from_secs(90),
            client: Duration::from_mins(5),
            cases: Duration::from_secs(45),
            catalog: Duration::from_mins(10),
            currencies: Duration::from_hours(1),
            swr_factor: 10,
            stale_if_error: Duration::from_hours(24),
            jitter_percent: 10,
            memory_bytes: 24 * 1024 * 1024,
            generation_poll: Duration::from_secs(2),
            load_limit: Duration::from_secs(30),
        }
    }
}

impl CacheSettings {
    /// The policy of a namespace.
    #[must_use]
    pub const fn policy(&self, namespace: Namespace) -> Policy {
        let soft_ttl = match namespace {
            Namespace::Invoices | Namespace::Invoice => self.invoices,
            Namespace::Services | Namespace::Service => self.services,
            Namespace::Client => self.client,
            Namespace::Cases | Namespace::Case => self.cases,
            Namespace::Catalog => self.catalog,
            Namespace::Currencies => self.currencies,
        };
        Policy {
            soft_ttl,
            swr_factor: self.swr_factor,
            stale_if_error: self.stale_if_error,
            jitter_percent: self.jitter_percent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_lead_back() {
        for namespace in Namespace::ALL {
            assert_eq!(Namespace::from_name(namespace.name()), Some(namespace));
            assert_eq!(Namespace::ALL[namespace.position()], namespace);
        }
        assert_eq!(Namespace::from_name("orders"), None);
    }

    #[test]
    fn jitter_stays_within_its_percentage_and_reaches_both_ends() {
        let policy = CacheSettings::default().policy(Namespace::Invoices);
        let times: Vec<_> = (0..201).map(|seed| policy.jittered_ttl(seed)).collect();
        assert_eq!(times.iter().min(), Some(&Duration::from_secs(81)));
        assert_eq!(times.iter().max(), Some(&Duration::from_secs(99)));
    }

    #[test]
    fn no_jitter_leaves_the_time_alone() {
        let settings = CacheSettings { jitter_percent: 0, ..CacheSettings::default() };
        assert_eq!(settings.policy(Namespace::Cases).jittered_ttl(12345), Duration::from_secs(45));
    }
}
