//! Dashboard.

pub const TITLE: &str = "Dashboard";
pub const BILLING: &str = "Billing";
pub const SERVICES: &str = "Services";
pub const SUPPORT: &str = "Support";
pub const RECENT: &str = "Recent invoices";
pub const ALL_INVOICES: &str = "All invoices";
pub const NOTHING_DUE: &str = "You owe nothing right now";
pub const NOTHING_DUE_LEAD: &str = "Every invoice is settled.";
pub const NEXT_DUE: &str = "Next payment";
pub const UNPAID: &str = "Unpaid invoices";
pub const VIEW_OVERDUE: &str = "See what is overdue";
pub const OLDEST: &str = "Longest overdue";
pub const INEXACT: &str = "Payments in part may not be taken off.";
pub const ACTIVE: &str = "active";
pub const ALL_RUN: &str = "Everything runs";
pub const NO_SERVICES: &str = "No services yet";
pub const NO_CASES: &str = "Nobody is waiting";
pub const NO_CASES_LEAD: &str = "You have no open cases.";
pub const SETTING_UP: &str = "Being set up";
pub const SETTING_UP_LEAD: &str = "This appears once your account is ready.";
pub const UNAVAILABLE: &str = "Not available right now";
pub const NO_INVOICES: &str = "Your invoices will appear here.";

pub fn welcome(first_name: &str) -> String {
    format!("Hello, {first_name}.")
}
pub fn view_invoice(number: &str) -> String {
    format!("View invoice {number}")
}
/// The name begins with what is seen, so that voice control finds it.
pub fn due_link(number: &str, amount: &str) -> String {
    format!("{amount}, invoice {number}")
}
pub fn overdue_count(count: u64) -> String {
    if count == 1 { "1 invoice is overdue".to_owned() } else { format!("{count} invoices are overdue") }
}
pub fn unpaid_count(count: u64) -> String {
    if count == 1 { "1 invoice to pay".to_owned() } else { format!("{count} invoices to pay") }
}
pub fn suspended(count: u64) -> String {
    format!("{count} suspended")
}
pub fn pending(count: u64) -> String {
    format!("{count} being set up")
}
pub fn of_total(total: u64) -> String {
    format!("of {total} in total")
}
pub fn open_cases(count: u64) -> &'static str {
    if count == 1 { "open case" } else { "open cases" }
}
pub fn due(when: &str) -> String {
    format!("due {when}")
}
