//! The fault matrix: every call of both clients, against the sandbox, under every fault that it can make.
//!
//! `calls` says what is called, `rules` what each kind of fault may come to, `matrix` tries one against the other and
//! looks into the ledger, `tests` runs it and shows that it can fail.

mod calls;
mod matrix;
mod outcome;
mod rules;
mod salesforce_calls;
mod tests;
mod whmcs_calls;
