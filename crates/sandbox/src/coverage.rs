//! Which calls of the two upstreams the sandbox answers, read from the tables it dispatches on.

/// One call that the sandbox answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// `whmcs` or `salesforce`.
    pub upstream: &'static str,
    /// The call's name, as the vendor's documentation has it.
    pub name: &'static str,
    /// The switches of `POST /_control/config` that change its answer.
    pub switches: &'static [&'static str],
}

/// Every call, WHMCS first.
#[must_use]
pub fn coverage() -> Vec<Covered> {
    crate::whmcs::coverage().chain(crate::salesforce::coverage()).collect()
}
