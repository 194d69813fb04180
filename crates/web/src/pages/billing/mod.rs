//! Invoices.

mod billing_tab;
mod invoice;
mod invoice_parts;
mod invoice_rows;
mod invoices;
pub mod list_state;
mod payment;
mod watch;

pub use invoice::InvoicePage;
pub use invoice_rows::{InvoiceRows, RowBones};
pub use invoices::Invoices;
