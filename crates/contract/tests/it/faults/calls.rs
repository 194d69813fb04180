//! What a call is to the matrix, whichever client makes it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::outcome::Outcome;
use crate::rig::Rig;

pub type Ending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// What of an answer a call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Members without which there is no result.
    Members,
    /// Lists and members that may be missing: none of them is no fault.
    Rows,
    /// Only whether it went well: the flag of WHMCS, the status of Salesforce.
    Verdict,
    /// Bytes that it hands on as they come.
    Bytes,
}

/// A call under the name that the upstream and the sandbox have for it.
#[derive(Clone, Copy)]
pub struct Call<C: 'static> {
    pub name: &'static str,
    /// Tells two calls of one name apart.
    pub variant: &'static str,
    pub writes: bool,
    pub reads: Reads,
    /// Gets ready, then makes the call with so much patience.
    pub make: for<'a> fn(&'a C, Duration) -> Ending<'a>,
}

/// One of the two systems, as the matrix needs it.
pub trait System: Sized + Send + Sync + 'static {
    /// As the control interface calls it.
    const TARGET: &'static str;

    /// A client that is ready to call, with nothing left over from calls before.
    fn ready(rig: &Rig, call: &Call<Self>) -> impl Future<Output = Self> + Send;

    /// Every call of the client.
    fn calls() -> Vec<Call<Self>>;

    /// The names in the client's own catalogue, and whether each writes.
    fn catalogue() -> Vec<(&'static str, bool)>;
}

/// A call, by name and, where a name has several, variant: what it reads, and how it is made of a client and a deadline.
macro_rules! call {
    (@writes read) => { false };
    (@writes write) => { true };
    ($effect:ident $name:literal $($variant:literal)? $reads:ident, |$it:ident, $deadline:ident| $call:expr) => {
        Call {
            name: $name,
            variant: concat!($($variant)?),
            writes: call!(@writes $effect),
            reads: Reads::$reads,
            make: |$it, patience| {
                Box::pin(async move {
                    let $deadline = within(patience);
                    $call.await.map(drop).into()
                })
            },
        }
    };
}
pub(super) use call;
