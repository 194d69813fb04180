//! Invoices, and links into the billing system.

use shared_types::{
    billing::{
        InvoiceDetailView, InvoiceFilter, InvoiceSort, InvoiceView, SsoLinkRequest, SsoLinkView, SsoPurpose,
    },
    ids::InvoiceId,
    page::{DataView, ItemView, ListView},
};

use super::{ApiError, Read, transport::post};

/// What every read of invoices begins with.
pub const PREFIX: &str = "/api/invoices";

/// One page of the invoices.
pub fn list(
    page: u32,
    size: u32,
    filter: Option<InvoiceFilter>,
    sort: InvoiceSort,
) -> Read<ListView<InvoiceView>> {
    let status = filter.map(|filter| format!("&status={}", filter.as_str())).unwrap_or_default();
    Read::new(format!("{PREFIX}?page={page}&size={size}{status}&sort={}", sort.as_str()))
}

/// One invoice in full.
pub fn detail(id: InvoiceId) -> Read<ItemView<InvoiceDetailView>> {
    Read::new(format!("{PREFIX}/{id}"))
}

/// Makes a link that signs the customer in to the billing system, once.
pub async fn sso_link(id: InvoiceId, purpose: SsoPurpose, key: &str) -> Result<SsoLinkView, ApiError> {
    let path = format!("{PREFIX}/{id}/sso-link");
    let reply = post(&path, &SsoLinkRequest { purpose }, Some(key)).await?;
    reply.decode::<DataView<SsoLinkView>>().map(|answer| answer.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_page_size_filter_and_order() {
        let all = list(1, 25, None, InvoiceSort::NewestFirst);
        assert_eq!(all.into_path(), "/api/invoices?page=1&size=25&sort=-issued_on");
        let some = list(3, 50, Some(InvoiceFilter::PaymentPending), InvoiceSort::LargestFirst);
        assert_eq!(some.into_path(), "/api/invoices?page=3&size=50&status=payment_pending&sort=-total");
    }
}
