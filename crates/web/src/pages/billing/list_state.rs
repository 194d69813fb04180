//! Which part of the invoices is shown, as it stands in the address: a list can be reloaded, bookmarked and sent to a colleague.

use shared_types::{
    billing::{InvoiceFilter, InvoiceSort},
    page::{DEFAULT_PAGE_SIZE, MAX_PAGE},
};

use crate::routes;

/// Rows per page to choose from.
pub const SIZES: [u32; 4] = [10, 25, 50, 100];

/// Page, size, filter and order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListState {
    /// From 1.
    pub page: u32,
    /// Rows per page, one of [`SIZES`].
    pub size: u32,
    /// Only these.
    pub filter: Option<InvoiceFilter>,
    /// In this order.
    pub sort: InvoiceSort,
}

impl Default for ListState {
    fn default() -> Self {
        Self { page: 1, size: DEFAULT_PAGE_SIZE, filter: None, sort: InvoiceSort::default() }
    }
}

impl ListState {
    /// Reads an address. What cannot be understood counts as not given.
    pub fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        let page = value_of("page").and_then(|text| text.parse().ok());
        let size = value_of("size").and_then(|text| text.parse().ok());
        Self {
            page: page.filter(|page| (1..=MAX_PAGE).contains(page)).unwrap_or(1),
            size: size.filter(|size| SIZES.contains(size)).unwrap_or(DEFAULT_PAGE_SIZE),
            filter: value_of("status").as_deref().and_then(filter_named),
            sort: value_of("sort").as_deref().and_then(sort_named).unwrap_or_default(),
        }
    }

    /// The address; what is as usual stays away.
    pub fn href(self) -> String {
        let usual = Self::default();
        let mut query = Vec::new();
        if let Some(filter) = self.filter {
            query.push(format!("status={}", filter.as_str()));
        }
        if self.sort != usual.sort {
            query.push(format!("sort={}", self.sort.as_str()));
        }
        if self.size != usual.size {
            query.push(format!("size={}", self.size));
        }
        if self.page != usual.page {
            query.push(format!("page={}", self.page));
        }
        if query.is_empty() {
            routes::INVOICES.to_owned()
        } else {
            format!("{}?{}", routes::INVOICES, query.join("&"))
        }
    }

    /// Another page of the same list.
    pub fn at(self, page: u64) -> Self {
        Self { page: u32::try_from(page).unwrap_or(MAX_PAGE), ..self }
    }

    /// Other invoices. They are another list, which begins at its first page.
    pub fn filtered(self, filter: Option<InvoiceFilter>) -> Self {
        Self { filter, page: 1, ..self }
    }

    /// Another order, from the first page.
    pub fn sorted(self, sort: InvoiceSort) -> Self {
        Self { sort, page: 1, ..self }
    }

    /// Longer or shorter pages, from the first.
    pub fn sized(self, size: u32) -> Self {
        Self { size, page: 1, ..self }
    }
}

fn filter_named(name: &str) -> Option<InvoiceFilter> {
    InvoiceFilter::ALL.iter().copied().find(|filter| filter.as_str() == name)
}

/// The order with this name.
pub fn sort_named(name: &str) -> Option<InvoiceSort> {
    InvoiceSort::ALL.iter().copied().find(|sort| sort.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> ListState {
        ListState::read(|name| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        })
    }

    #[test]
    fn every_state_survives_the_address() {
        for filter in InvoiceFilter::ALL.iter().copied().map(Some).chain([None]) {
            for sort in InvoiceSort::ALL.iter().copied() {
                let state = ListState { page: 7, size: 50, filter, sort };
                let href = state.href();
                assert_eq!(read(href.split_once('?').unwrap().1), state);
            }
        }
    }

    #[test]
    fn the_usual_list_has_a_bare_address() {
        assert_eq!(ListState::default().href(), "/billing/invoices");
        assert_eq!(read(""), ListState::default());
    }

    #[test]
    fn nonsense_counts_as_not_given() {
        assert_eq!(read("page=0&size=13&status=lost&sort=colour"), ListState::default());
        assert_eq!(read("page=-1&size=1e3"), ListState::default());
        assert_eq!(read("page=100001"), ListState::default());
    }

    #[test]
    fn another_list_begins_at_its_first_page() {
        let state = ListState { page: 9, ..ListState::default() };
        assert_eq!(state.filtered(Some(InvoiceFilter::Paid)).page, 1);
        assert_eq!(state.sorted(InvoiceSort::DueFirst).page, 1);
        assert_eq!(state.sized(100).page, 1);
        assert_eq!(state.at(3).page, 3);
    }
}
