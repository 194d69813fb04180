//! What the cache counts. The handles are looked up once, so that counting costs an addition.

use metrics::{Counter, counter};

use super::Namespace;

/// Counters of one namespace; the only label is its name.
pub(super) struct Meters {
    pub(super) l1_hits: Counter,
    pub(super) l2_hits: Counter,
    pub(super) misses: Counter,
    pub(super) stale_served: Counter,
    pub(super) joins: Counter,
    pub(super) loader_errors: Counter,
    pub(super) redis_errors: Counter,
    /// Sealed values that did not open under their own key: a mix-up or tampering. Alarm on any.
    pub(super) open_failures: Counter,
    pub(super) generation_errors: Counter,
}

impl Meters {
    fn new(namespace: Namespace) -> Self {
        let name = namespace.name();
        Self {
            l1_hits: counter!("portal_cache_l1_hits_total", "namespace" => name),
            l2_hits: counter!("portal_cache_l2_hits_total", "namespace" => name),
            misses: counter!("portal_cache_misses_total", "namespace" => name),
            stale_served: counter!("portal_cache_stale_served_total", "namespace" => name),
            joins: counter!("portal_cache_joins_total", "namespace" => name),
            loader_errors: counter!("portal_cache_loader_errors_total", "namespace" => name),
            redis_errors: counter!("portal_cache_redis_errors_total", "namespace" => name),
            open_failures: counter!("portal_cache_open_failures_total", "namespace" => name),
            generation_errors: counter!("portal_cache_generation_errors_total", "namespace" => name),
        }
    }
}

/// The counters of all namespaces.
pub(super) struct AllMeters {
    by_position: [Meters; Namespace::ALL.len()],
    unlisted: Meters,
}

impl AllMeters {
    /// Uses the recorder installed at this moment.
    pub(super) fn new() -> Self {
        let noop = Counter::noop;
        Self {
            by_position: Namespace::ALL.map(Meters::new),
            unlisted: Meters {
                l1_hits: noop(),
                l2_hits: noop(),
                misses: noop(),
                stale_served: noop(),
                joins: noop(),
                loader_errors: noop(),
                redis_errors: noop(),
                open_failures: noop(),
                generation_errors: noop(),
            },
        }
    }

    pub(super) fn of(&self, namespace: Namespace) -> &Meters {
        self.by_position.get(namespace.position()).unwrap_or(&self.unlisted)
    }
}
