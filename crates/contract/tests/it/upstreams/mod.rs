//! `docs/UPSTREAMS.md` is what the code says, and leaves no open point out.

mod document;
mod point;
mod salesforce_points;
mod sample;
mod tests;
mod whmcs_points;
mod whmcs_sales_points;
