//! One whole answer for each action, as a newer WHMCS prints it, with what reads it. The tests turn them into the
//! looser shapes that other versions print, cut them, and change them at random.

use url::Url;

use crate::{
    add_client::added_client,
    add_order::added_order,
    answer::{Head, read},
    cancellation::{cancellations, cancelled_for},
    client_details::client_details,
    credits::credits,
    currencies::currencies,
    error::Error,
    invoice::invoice,
    invoices::invoices_page,
    login::{LoginModel, validated_login},
    object::Object,
    order_statuses::order_statuses,
    orders::orders_page,
    pay_methods::pay_methods,
    payment_methods::payment_methods,
    permissions::user_permissions,
    products::products,
    promotions::promotions,
    services::services_page,
    sso::sso_link,
    transactions::transactions,
    update_client::updated_client,
    upgrade::{upgrade_order, upgrade_quote},
    user_changes::user_id,
    users::users_page,
    whmcs_details::whmcs_details,
};

/// An answer.
pub(crate) struct Answer {
    pub(crate) action: &'static str,
    pub(crate) body: &'static str,
    /// Reads the answer to this action, or the error that reading it ends in.
    pub(crate) read: fn(&Object) -> Result<Read, Error>,
    /// Its list, if it is one, by the names of the two wrappers, or twice the same name for a bare one.
    pub(crate) list: Option<(&'static str, &'static str)>,
}

/// What was read: the number of its rows, and whether it equals what another answer is read as.
pub(crate) struct Read {
    pub(crate) rows: usize,
    pub(crate) equals: Box<dyn Fn(&Object) -> bool>,
}

/// Wraps a value with the function that reads it.
fn wrap<T: PartialEq + 'static>(
    value: T,
    rows: usize,
    again: impl Fn(&Object) -> Result<T, Error> + 'static,
) -> Read {
    Read { rows, equals: Box::new(move |other| again(other).is_ok_and(|other| other == value)) }
}

macro_rules! answer {
    ($action:literal) => {
        answer!($action, |_| Ok(()))
    };
    ($action:literal, $reader:expr) => {
        Answer {
            action: $action,
            body: include_str!(concat!("../tests/answers/", $action, ".json")),
            read: |object| Ok(wrap(($reader)(object)?, 0, $reader)),
            list: None,
        }
    };
    ($action:literal, $reader:expr, $outer:literal, $inner:literal) => {
        Answer {
            action: $action,
            body: include_str!(concat!("../tests/answers/", $action, ".json")),
            read: |object| {
                let rows = ($reader)(object)?;
                let count = rows.len();
                Ok(wrap(rows, count, $reader))
            },
            list: Some(($outer, $inner)),
        }
    };
}

/// Every answer, in the order of the catalogue.
pub(crate) fn answers() -> Vec<Answer> {
    vec![
        answer!("AcceptOrder"),
        answer!("AddCancelRequest", cancelled_for),
        answer!("AddClient", added_client),
        answer!("AddOrder", added_order),
        answer!("AddUser", user_id),
        answer!("CancelOrder"),
        answer!("CreateSsoToken", |object: &Object| {
            let base = Url::parse("https://billing.example.test").unwrap();
            sso_link(object, &base).map(|link| link.expose().to_owned())
        }),
        answer!("GetCancelledPackages", cancellations, "packages", "package"),
        answer!("GetClientsDetails", client_details),
        answer!(
            "GetClientsProducts",
            |object: &Object| services_page(object, 0).map(|page| page.rows),
            "products",
            "product"
        ),
        answer!("GetCredits", credits, "credits", "credit"),
        answer!("GetCurrencies", currencies, "currencies", "currency"),
        answer!("GetInvoice", invoice),
        answer!(
            "GetInvoices",
            |object: &Object| invoices_page(object, 0).map(|page| page.rows),
            "invoices",
            "invoice"
        ),
        answer!("GetOrderStatuses", order_statuses, "statuses", "status"),
        answer!(
            "GetOrders",
            |object: &Object| orders_page(object, 0).map(|page| page.rows),
            "orders",
            "order"
        ),
        answer!("GetPayMethods", pay_methods, "paymethods", "paymethod"),
        answer!("GetPaymentMethods", payment_methods, "paymentmethods", "paymentmethod"),
        answer!("GetProducts", products, "products", "product"),
        answer!("GetPromotions", promotions, "promotions", "promotion"),
        answer!("GetTransactions", transactions, "transactions", "transaction"),
        answer!("GetUserPermissions", user_permissions),
        answer!("GetUsers", |object: &Object| users_page(object).map(|page| page.users), "users", "user"),
        answer!("LogActivity"),
        answer!("UpdateClient", updated_client),
        answer!("UpdateUser", user_id),
        answer!("UpgradeProduct", |object: &Object| Ok((upgrade_quote(object)?, upgrade_order(object)?))),
        answer!("ValidateLogin", |object: &Object| validated_login(object, LoginModel::Users)),
        answer!("WhmcsDetails", whmcs_details),
    ]
}

/// Takes an answer as the client does, up to the point where the action matters.
pub(crate) fn object(body: &[u8]) -> Result<Object, Error> {
    read(Head { status: 200, retry_after: None }, body)
}
