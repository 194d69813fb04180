//! What the cache must know of its callers' errors.

/// The error of a loader.
///
/// It is shared among all who wait for the same load and is never kept.
pub trait LoaderError: Clone + Send + Sync + 'static {
    /// Whether an old copy may be shown instead. True for an upstream that is down or slow; false where the upstream
    /// has spoken, as in "no such invoice": then the old copy is thrown away.
    fn may_serve_stale(&self) -> bool;

    /// For a reader whose deadline passed before the load was done, and for a load that took too long.
    fn timeout_error() -> Self;

    /// For a loader that panicked and a value that cannot be written or read as JSON: a fault of the portal.
    fn internal_error() -> Self;
}
