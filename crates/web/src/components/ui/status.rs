//! Where an invoice stands, as a badge.

use shared_types::billing::{InvoiceStatus, InvoiceView};

use super::{Badge, Sign, Tone};
use crate::{
    i18n::{codes, en},
    prelude::*,
};

fn look(status: InvoiceStatus) -> (Tone, Sign) {
    match status {
        InvoiceStatus::Unpaid => (Tone::Attention, Sign::Clock),
        InvoiceStatus::Paid => (Tone::Good, Sign::Check),
        InvoiceStatus::Cancelled => (Tone::Quiet, Sign::Crossed),
        InvoiceStatus::Refunded => (Tone::Quiet, Sign::Back),
        InvoiceStatus::Collections => (Tone::Bad, Sign::Flag),
        InvoiceStatus::PaymentPending => (Tone::Info, Sign::Clock),
        InvoiceStatus::Other => (Tone::Quiet, Sign::Dots),
    }
}

/// The state of an invoice. A state without a text of ours has the billing system's own word.
#[component]
pub fn InvoiceBadge(invoice: InvoiceView) -> impl IntoView {
    if invoice.overdue {
        return view! { <Badge tone=Tone::Bad sign=Sign::Alert text=en::invoices::OVERDUE /> };
    }
    let (tone, sign) = look(invoice.status);
    let text = codes::status(invoice.status).map_or(invoice.status_label, str::to_owned);
    view! { <Badge tone=tone sign=sign text=text /> }
}
