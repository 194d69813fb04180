//! List of invoices.

pub const TITLE: &str = "Invoices";
pub const LEAD: &str = "Everything we have billed you.";
pub const FILTER: &str = "Filter by status";
pub const ALL: &str = "All";
pub const SORT: &str = "Sort by";
pub const SIZE: &str = "Rows per page";
pub const NUMBER: &str = "Number";
pub const STATUS: &str = "Status";
pub const ISSUED: &str = "Issued";
pub const DUE: &str = "Due";
pub const PAID: &str = "Paid";
pub const TOTAL: &str = "Total";
pub const OVERDUE: &str = "Overdue";
pub const PAGES: &str = "Pages";
pub const PREVIOUS: &str = "Previous page";
pub const NEXT: &str = "Next page";
pub const EMPTY: &str = "No invoices yet";
pub const EMPTY_LEAD: &str = "When we bill you for the first time, the invoice appears here.";
pub const EMPTY_FILTER: &str = "No invoices match this filter";
pub const EMPTY_FILTER_LEAD: &str = "Choose another status, or show all invoices.";
pub const SHOW_ALL: &str = "Show all invoices";
pub const EMPTY_PAGE: &str = "There is nothing on this page";
pub const EMPTY_PAGE_LEAD: &str = "The list is shorter than that.";
pub const FIRST_PAGE: &str = "Go to the first page";

pub fn range(from: u64, to: u64, total: u64) -> String {
    format!("{from}–{to} of {total}")
}
pub fn page(number: u64) -> String {
    format!("Page {number}")
}
pub fn announce(number: u32, pages: u64, total: u64) -> String {
    let invoices = if total == 1 { "invoice" } else { "invoices" };
    format!("Page {number} of {}, {total} {invoices}", pages.max(1))
}
pub fn link(number: &str) -> String {
    format!("Invoice {number}")
}
