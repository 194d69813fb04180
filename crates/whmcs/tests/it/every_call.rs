//! Every call that the client can make, by its action, with the least that it needs. A new call belongs here:
//! the catalogue is compared with this list, and the faults of the wire are tried on all of it.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use whmcs::{
    AcceptOrder, CancelOrder, CancelRequest, CancellationKind, Client, ClientChanges, ClientId, Error,
    InvoiceId, InvoiceQuery, LoginModel, NewClient, NewOrder, NewUser, OptionSelection, OrderCycle, OrderId,
    OrderItem, OrderQuery, ProductFilter, ProductId, ServiceId, ServiceQuery, SsoDestination, SsoRequest,
    TransactionQuery, Upgrade, UpgradeChange, UserChanges, UserId,
};

use crate::helpers::deadline;

pub type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

/// A call under the name of its action.
pub struct Call {
    pub action: &'static str,
    pub make: for<'a> fn(&'a Client) -> Outcome<'a>,
}

const ME: ClientId = ClientId::new(5);
const SERVICE: ServiceId = ServiceId::new(31);
const USER: UserId = UserId::new(9);

pub fn new_client() -> NewClient {
    NewClient::new("A".into(), "B".into(), "a@example.com".into(), "p".into())
}

pub fn new_order() -> NewOrder {
    NewOrder::new(ME, "stripe".into(), OrderItem::new(ProductId::new(11), OrderCycle::Monthly))
}

pub fn upgrade() -> Upgrade {
    Upgrade {
        service_id: SERVICE,
        payment_method: "stripe".into(),
        change: UpgradeChange::Product { product_id: ProductId::new(12), cycle: OrderCycle::Annually },
        promo_code: None,
    }
}

fn option_upgrade() -> Upgrade {
    let options = BTreeMap::from([(1.into(), OptionSelection::Flag(true))]);
    Upgrade { change: UpgradeChange::Options(options), ..upgrade() }
}

/// Boxes a call and drops what it gives.
macro_rules! call {
    ($action:literal, $client:ident => $future:expr) => {
        Call { action: $action, make: |$client| Box::pin(async move { $future.await.map(drop) }) }
    };
}

pub fn every_call() -> Vec<Call> {
    [account_calls(), order_calls(), money_calls(), service_calls()].into_iter().flatten().collect()
}

fn account_calls() -> Vec<Call> {
    vec![
        call!("AddClient", client => client.add_client(&new_client(), deadline())),
        call!("AddUser", client => async {
            let user = NewUser {
                first_name: "A".into(),
                last_name: "B".into(),
                email: "a@example.com".into(),
                password: "p".into(),
                language: None,
            };
            client.add_user(&user, deadline()).await
        }),
        call!("CreateSsoToken", client => async {
            let destination = SsoDestination::Invoices;
            let request = SsoRequest { client_id: ME, user_id: Some(USER), destination };
            client.create_sso_token(&request, deadline()).await
        }),
        call!("GetClientsDetails", client => client.client_details(ME, deadline())),
        call!("GetUserPermissions", client => client.user_permissions(USER, ME, deadline())),
        call!("GetUsers", client => client.find_users("a@example.com", deadline())),
        call!("LogActivity", client => client.log_activity(Some(ME), "x", deadline())),
        call!("UpdateClient", client => async {
            let changes = ClientChanges { city: Some("Ulm".into()), ..ClientChanges::default() };
            client.update_client(ME, &changes, deadline()).await
        }),
        call!("UpdateUser", client => async {
            let changes = UserChanges { first_name: Some("A".into()), ..UserChanges::default() };
            client.update_user(USER, &changes, deadline()).await
        }),
        call!("ValidateLogin", client => async {
            client.validate_login(LoginModel::Users, "a@example.com", &"p".into(), deadline()).await
        }),
        call!("WhmcsDetails", client => client.whmcs_details(deadline())),
    ]
}

fn order_calls() -> Vec<Call> {
    vec![
        call!("AcceptOrder", client => client.accept_order(OrderId::new(3), AcceptOrder::default(), deadline())),
        call!("AddOrder", client => client.add_order(&new_order(), deadline())),
        call!("CancelOrder", client => client.cancel_order(OrderId::new(3), CancelOrder::default(), deadline())),
        call!("GetOrderStatuses", client => client.order_statuses(deadline())),
        call!("GetOrders", client => client.orders(ME, &OrderQuery::default(), deadline())),
        call!("GetOrders", client => client.order(ME, OrderId::new(3), deadline())),
        call!("GetPaymentMethods", client => client.payment_methods(deadline())),
        call!("GetProducts", client => client.products(&ProductFilter::All, deadline())),
        call!("GetPromotions", client => client.promotion("x", deadline())),
    ]
}

fn money_calls() -> Vec<Call> {
    vec![
        call!("GetCredits", client => client.credits(ME, deadline())),
        call!("GetCurrencies", client => client.currencies(deadline())),
        call!("GetInvoice", client => client.invoice(ME, InvoiceId::new(59), deadline())),
        call!("GetInvoices", client => client.invoices(ME, &InvoiceQuery::default(), deadline())),
        call!("GetPayMethods", client => client.pay_methods(ME, deadline())),
        call!("GetTransactions", client => client.transactions(ME, &TransactionQuery::default(), deadline())),
    ]
}

fn service_calls() -> Vec<Call> {
    vec![
        call!("AddCancelRequest", client => async {
            let kind = CancellationKind::Immediate;
            let request = CancelRequest { service_id: SERVICE, kind, reason: None };
            client.add_cancel_request(&request, deadline()).await
        }),
        call!("GetCancelledPackages", client => client.cancellations(&[SERVICE], deadline())),
        call!("GetClientsProducts", client => client.find_services(ME, &ServiceQuery::default(), deadline())),
        call!("GetClientsProducts", client => client.service(ME, SERVICE, deadline())),
        call!("GetClientsProducts", client => client.services(ME, 0, 25, deadline())),
        call!("UpgradeProduct", client => client.quote_upgrade(&upgrade(), deadline())),
        call!("UpgradeProduct", client => client.upgrade(&upgrade(), deadline())),
        call!("UpgradeProduct", client => client.upgrade(&option_upgrade(), deadline())),
    ]
}
