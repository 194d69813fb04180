//! The actions of the API, one file each, and the table that finds them by name.

mod add_client;
mod create_sso_token;
mod get_clients_details;
mod get_clients_products;
mod get_currencies;
mod get_invoice;
mod get_invoices;
mod get_users;
mod whmcs_details;

use super::Action;
use crate::config::Version;

pub const ACTIONS: &[Action] = &[
    Action { name: "AddClient", since: Version::V7_10, switches: &[], run: add_client::run },
    Action {
        name: "CreateSsoToken",
        since: Version::V7_10,
        switches: &["client_area"],
        run: create_sso_token::run,
    },
    Action { name: "GetClientsDetails", since: Version::V7_10, switches: &[], run: get_clients_details::run },
    Action {
        name: "GetClientsProducts",
        since: Version::V7_10,
        switches: &["empty_list"],
        run: get_clients_products::run,
    },
    Action { name: "GetCurrencies", since: Version::V7_10, switches: &[], run: get_currencies::run },
    Action {
        name: "GetInvoice",
        since: Version::V7_10,
        switches: &["total", "empty_list"],
        run: get_invoice::run,
    },
    Action {
        name: "GetInvoices",
        since: Version::V7_10,
        switches: &["total", "empty_list"],
        run: get_invoices::run,
    },
    Action { name: "GetUsers", since: Version::V8_1, switches: &["empty_list"], run: get_users::run },
    Action { name: "WhmcsDetails", since: Version::V8_0, switches: &[], run: whmcs_details::run },
];

/// The action of that name, in any case.
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name.eq_ignore_ascii_case(name))
}
