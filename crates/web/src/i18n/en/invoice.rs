//! One invoice.

pub const LOADING: &str = "Invoice";
pub const BACK: &str = "All invoices";
pub const PAY: &str = "Pay now";
pub const VIEW: &str = "Open in billing";
pub const PDF: &str = "Download PDF";
pub const PRINT: &str = "Print";
pub const LINES: &str = "Charges";
pub const DESCRIPTION: &str = "Description";
pub const AMOUNT: &str = "Amount";
pub const UNTAXED: &str = "Not taxed";
pub const SUBTOTAL: &str = "Subtotal";
pub const CREDIT: &str = "Credit used";
pub const TOTAL: &str = "Total";
pub const BALANCE: &str = "Balance due";
pub const SETTLED: &str = "Settled";
pub const WAS_TOTAL: &str = "Invoice total";
pub const ISSUED: &str = "Issued";
pub const DUE: &str = "Due";
pub const PAID: &str = "Paid";
pub const SUMMARY: &str = "Summary";
pub const TRANSACTIONS: &str = "Payments and refunds";
pub const NO_TRANSACTIONS: &str = "No payments yet.";
pub const NO_LINES: &str = "This invoice has no lines.";
pub const REFUND: &str = "Refund";
pub const VERIFYING: &str = "Checking the current state before you can pay …";
pub const WAITING: &str = "Waiting for your payment";
pub const WAITING_LEAD: &str =
    "Finish paying in the other tab. This page notices by itself; that can take a moment after you pay.";
pub const STOP_WAITING: &str = "I did not pay";
pub const GAVE_UP: &str = "No payment has arrived yet. Refresh this page to look again.";
pub const BLOCKED: &str = "Your browser kept the new tab from opening.";
pub const OPEN_HERE: &str = "Open billing page";
pub const OPENING: &str = "Opening the billing page …";
pub const NEW_TAB: &str = "opens in a new tab";

pub fn title(number: &str) -> String {
    format!("Invoice {number}")
}
pub fn tax(rate: &str) -> String {
    format!("Tax {}%", without_trailing_zeros(rate))
}
/// `19.000` as people write it.
fn without_trailing_zeros(rate: &str) -> &str {
    if rate.contains('.') { rate.trim_end_matches('0').trim_end_matches('.') } else { rate }
}
pub fn paid(number: &str) -> String {
    format!("Invoice {number} is paid. Thank you.")
}
pub fn changed(number: &str, status: &str) -> String {
    format!("Invoice {number} is now: {status}.")
}
