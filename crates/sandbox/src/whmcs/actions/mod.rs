//! The actions of the API, one file each (tiny families share one), and the table that finds them by name.

mod add_client;
mod add_invoice_payment;
mod add_order;
mod cancellations;
mod client_stats;
mod close_client;
mod create_invoice;
mod create_sso_token;
mod credit;
mod get_clients;
mod get_clients_details;
mod get_clients_products;
mod get_credits;
mod get_currencies;
mod get_invoice;
mod get_invoices;
mod get_orders;
mod get_pay_methods;
mod get_payment_methods;
mod get_products;
mod get_promotions;
mod get_transactions;
mod get_users;
mod installation;
mod log_activity;
mod order_status;
mod permissions;
mod reset_password;
mod update_client;
mod update_invoice;
mod upgrade_product;
mod users;
mod validate_login;
mod whmcs_details;

use super::Action;
use crate::config::Version;

pub const ACTIONS: &[Action] = &[
    Action { name: "AcceptOrder", since: Version::V7_10, switches: &["module"], run: order_status::accept },
    Action { name: "AddCancelRequest", since: Version::V7_10, switches: &[], run: cancellations::add },
    Action {
        name: "AddClient",
        since: Version::V7_10,
        switches: &["owner_id", "validation", "required_client_field", "taken_email"],
        run: add_client::run,
    },
    Action { name: "AddCredit", since: Version::V7_10, switches: &[], run: credit::add },
    Action {
        name: "AddInvoicePayment",
        since: Version::V7_10,
        switches: &["duplicate_transid", "overpayment"],
        run: add_invoice_payment::run,
    },
    Action {
        name: "AddOrder",
        since: Version::V7_10,
        switches: &[
            "bad_promocode",
            "missing_cycle",
            "disabled_cycle",
            "price_override",
            "no_invoice",
            "zero_order",
            "array_params",
            "quantity",
            "checkout_hook",
            "customer_mail",
        ],
        run: add_order::run,
    },
    Action { name: "AddUser", since: Version::V8_0, switches: &[], run: users::add },
    Action { name: "ApplyCredit", since: Version::V7_10, switches: &[], run: credit::apply },
    Action {
        name: "CancelOrder",
        since: Version::V7_10,
        switches: &["cancelled_order"],
        run: order_status::cancel,
    },
    Action { name: "CloseClient", since: Version::V7_10, switches: &[], run: close_client::close },
    Action {
        name: "CreateInvoice",
        since: Version::V7_10,
        switches: &["created_status", "customer_mail"],
        run: create_invoice::run,
    },
    Action {
        name: "CreateSsoToken",
        since: Version::V7_10,
        switches: &["client_area"],
        run: create_sso_token::run,
    },
    Action { name: "DeleteOrder", since: Version::V7_10, switches: &[], run: order_status::delete },
    Action { name: "DeleteUserClient", since: Version::V8_0, switches: &[], run: close_client::remove_user },
    Action {
        name: "FraudOrder",
        since: Version::V7_10,
        switches: &["cancelled_order"],
        run: order_status::fraud,
    },
    Action { name: "GetAdminDetails", since: Version::V7_10, switches: &[], run: installation::admin },
    Action {
        name: "GetCancelledPackages",
        since: Version::V7_10,
        switches: &["empty_list", "row_list", "max_limit"],
        run: cancellations::list,
    },
    Action {
        name: "GetClients",
        since: Version::V7_10,
        switches: &["empty_list", "row_list", "max_limit"],
        run: get_clients::run,
    },
    Action {
        name: "GetClientsDetails",
        since: Version::V7_10,
        switches: &["same_email", "client_fields"],
        run: get_clients_details::run,
    },
    Action {
        name: "GetClientsProducts",
        since: Version::V7_10,
        switches: &["empty_list", "row_list", "max_limit"],
        run: get_clients_products::run,
    },
    Action { name: "GetConfigurationValue", since: Version::V7_10, switches: &[], run: installation::value },
    Action {
        name: "GetCredits",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_credits::run,
    },
    Action {
        name: "GetCurrencies",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_currencies::run,
    },
    Action {
        name: "GetInvoice",
        since: Version::V7_10,
        switches: &["total", "empty_list", "row_list"],
        run: get_invoice::run,
    },
    Action {
        name: "GetInvoices",
        since: Version::V7_10,
        switches: &["total", "empty_list", "row_list", "max_limit"],
        run: get_invoices::run,
    },
    Action {
        name: "GetOrderStatuses",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_orders::statuses,
    },
    Action {
        name: "GetOrders",
        since: Version::V7_10,
        switches: &["empty_list", "row_list", "max_limit"],
        run: get_orders::run,
    },
    Action {
        name: "GetPayMethods",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_pay_methods::run,
    },
    Action {
        name: "GetPaymentMethods",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_payment_methods::run,
    },
    Action {
        name: "GetPermissionsList",
        since: Version::V8_0,
        switches: &["empty_list", "row_list"],
        run: permissions::list,
    },
    Action {
        name: "GetProducts",
        since: Version::V7_10,
        switches: &["product_paging", "reference_field", "empty_list", "row_list"],
        run: get_products::run,
    },
    Action {
        name: "GetPromotions",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_promotions::run,
    },
    Action {
        name: "GetTransactions",
        since: Version::V7_10,
        switches: &["empty_list", "row_list"],
        run: get_transactions::run,
    },
    Action {
        name: "GetUserPermissions",
        since: Version::V8_0,
        switches: &["user_permissions", "empty_list", "row_list"],
        run: permissions::get,
    },
    Action {
        name: "GetUsers",
        since: Version::V8_1,
        switches: &["empty_list", "row_list", "max_limit"],
        run: get_users::run,
    },
    Action { name: "LogActivity", since: Version::V7_10, switches: &[], run: log_activity::run },
    Action { name: "PendingOrder", since: Version::V7_10, switches: &[], run: order_status::pending_again },
    Action { name: "ResetPassword", since: Version::V7_10, switches: &[], run: reset_password::run },
    Action {
        name: "UpdateClient",
        since: Version::V7_10,
        switches: &["empty_field", "warnings"],
        run: update_client::run,
    },
    Action {
        name: "UpdateInvoice",
        since: Version::V7_10,
        switches: &["immutability", "update_invoice_hooks", "customer_mail"],
        run: update_invoice::run,
    },
    Action { name: "UpdateUser", since: Version::V8_0, switches: &[], run: users::update },
    Action { name: "UpdateUserPermissions", since: Version::V8_0, switches: &[], run: permissions::update },
    Action {
        name: "UpgradeProduct",
        since: Version::V7_10,
        switches: &["customer_mail"],
        run: upgrade_product::run,
    },
    Action {
        name: "ValidateLogin",
        since: Version::V7_10,
        switches: &["two_factor_userid", "two_factor_flag", "lockout_after"],
        run: validate_login::run,
    },
    Action { name: "WhmcsDetails", since: Version::V8_0, switches: &[], run: whmcs_details::run },
];

/// The action of that name, in any case.
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::ACTIONS;
    use crate::config::NAMES;

    #[test]
    fn actions_name_switches_that_exist() {
        for action in ACTIONS {
            for name in action.switches {
                assert!(NAMES.contains(name), "{}: {name} is no switch", action.name);
            }
        }
    }

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
    }
}
