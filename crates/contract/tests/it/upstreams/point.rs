//! One point that no source settles: what an operator has to look at on a real installation.

/// A point, with the calls that it is about.
pub struct Point {
    /// Names of calls; [`EVERY`] for all of the system, none for what stands beside the API.
    pub calls: &'static [&'static str],
    /// What is not known, in one sentence or two.
    pub says: &'static str,
    /// The sandbox's switches that play the possibilities; none where it plays one only.
    pub switches: &'static [&'static str],
    /// Section of the contract document.
    pub section: &'static str,
    /// Words of the document that say so, for the test that looks for points left out.
    pub quotes: &'static [&'static str],
}

/// All calls of a system.
pub const EVERY: &[&str] = &["*"];

impl Point {
    pub fn is_about(&self, call: &str) -> bool {
        self.calls.contains(&call)
    }

    pub fn is_about_all(&self) -> bool {
        self.calls == EVERY
    }
}
