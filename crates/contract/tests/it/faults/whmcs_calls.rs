//! Every call of the WHMCS client, with what the demo people make of it: each succeeds on a fresh sandbox.

use std::collections::BTreeMap;

use sandbox::demo;
use whmcs::{
    ACTIONS, AcceptOrder, CancelOrder, CancelRequest, CancellationKind, Client, ClientChanges, ClientId,
    Effect, InvoiceId, InvoiceQuery, LoginModel, NewClient, NewOrder, NewUser, OptionSelection, OrderCycle,
    OrderId, OrderItem, OrderQuery, ProductFilter, ProductId, ServiceId, ServiceQuery, SsoDestination,
    SsoRequest, TransactionQuery, Upgrade, UpgradeChange, UserChanges, UserId,
};

use super::calls::{Call, Reads, System, call};
use crate::rig::{Rig, within};

const ADA: ClientId = ClientId::new(demo::ADA_CLIENT);
const USER: UserId = UserId::new(demo::ADA);
/// Active, with a product that can be upgraded.
const SERVICE: ServiceId = ServiceId::new(8);
/// Active, without a request to end it.
const OTHER_SERVICE: ServiceId = ServiceId::new(1);
const PENDING_ORDER: OrderId = OrderId::new(2);
const UNPAID: InvoiceId = InvoiceId::new(7);

/// The client.
pub struct Whmcs(pub Client);

impl System for Whmcs {
    const TARGET: &'static str = "whmcs";

    async fn ready(rig: &Rig, _call: &Call<Self>) -> Self {
        Self(rig.whmcs())
    }

    fn calls() -> Vec<Call<Self>> {
        [account_reads(), account_writes(), order_calls(), money_calls(), service_calls()]
            .into_iter()
            .flatten()
            .collect()
    }

    fn catalogue() -> Vec<(&'static str, bool)> {
        ACTIONS.iter().map(|action| (action.name, action.effect == Effect::Write)).collect()
    }
}

fn account_reads() -> Vec<Call<Whmcs>> {
    vec![
        call!(read "GetClientsDetails" Members, |it, by| it.0.client_details(ADA, by)),
        call!(read "GetUserPermissions" Rows, |it, by| it.0.user_permissions(USER, ADA, by)),
        call!(read "GetUsers" Rows, |it, by| it.0.find_users("ada@example.com", by)),
        call!(read "WhmcsDetails" Members, |it, by| it.0.whmcs_details(by)),
    ]
}

fn account_writes() -> Vec<Call<Whmcs>> {
    vec![
        call!(write "AddClient" Members, |it, by| async {
            let mut new = NewClient::new("Joan".into(), "Clarke".into(), "joan@example.com".into(), "hut 8".into());
            new.skip_validation = true;
            it.0.add_client(&new, by).await
        }),
        call!(write "AddUser" Members, |it, by| async {
            let new = NewUser {
                first_name: "Joan".into(),
                last_name: "Clarke".into(),
                email: "joan@example.com".into(),
                password: "hut 8, then 4".into(),
                language: None,
            };
            it.0.add_user(&new, by).await
        }),
        call!(write "CreateSsoToken" Members, |it, by| async {
            let destination = SsoDestination::Invoices;
            let request = SsoRequest { client_id: ADA, user_id: Some(USER), destination };
            it.0.create_sso_token(&request, by).await
        }),
        call!(write "LogActivity" Verdict, |it, by| it.0.log_activity(Some(ADA), "a fault", by)),
        call!(write "UpdateClient" Members, |it, by| async {
            let changes = ClientChanges { city: Some("Ulm".into()), ..ClientChanges::default() };
            it.0.update_client(ADA, &changes, by).await
        }),
        call!(write "UpdateUser" Members, |it, by| async {
            let changes = UserChanges { first_name: Some("Augusta".into()), ..UserChanges::default() };
            it.0.update_user(USER, &changes, by).await
        }),
        call!(write "ValidateLogin" Rows, |it, by| async {
            it.0.validate_login(LoginModel::Users, "ada@example.com", &demo::PASSWORD.into(), by).await
        }),
    ]
}

fn order_calls() -> Vec<Call<Whmcs>> {
    vec![
        call!(write "AcceptOrder" Verdict, |it, by| {
            it.0.accept_order(PENDING_ORDER, AcceptOrder::default(), by)
        }),
        call!(write "AddOrder" Members, |it, by| async {
            let item = OrderItem::new(ProductId::new(1), OrderCycle::Monthly);
            it.0.add_order(&NewOrder::new(ADA, "stripe".into(), item), by).await
        }),
        call!(write "CancelOrder" Verdict, |it, by| {
            it.0.cancel_order(PENDING_ORDER, CancelOrder::default(), by)
        }),
        call!(read "GetOrderStatuses" Rows, |it, by| it.0.order_statuses(by)),
        call!(read "GetOrders" Rows, |it, by| it.0.orders(ADA, &OrderQuery::default(), by)),
        call!(read "GetOrders" "one" Rows, |it, by| it.0.order(ADA, PENDING_ORDER, by)),
        call!(read "GetPaymentMethods" Rows, |it, by| it.0.payment_methods(by)),
        call!(read "GetProducts" Rows, |it, by| it.0.products(&ProductFilter::All, by)),
        call!(read "GetPromotions" Rows, |it, by| it.0.promotion("SPRING10", by)),
    ]
}

fn money_calls() -> Vec<Call<Whmcs>> {
    vec![
        call!(read "GetCredits" Rows, |it, by| it.0.credits(ADA, by)),
        call!(read "GetCurrencies" Rows, |it, by| it.0.currencies(by)),
        call!(read "GetInvoice" Members, |it, by| it.0.invoice(ADA, UNPAID, by)),
        call!(read "GetInvoices" Rows, |it, by| it.0.invoices(ADA, &InvoiceQuery::default(), by)),
        call!(read "GetPayMethods" Rows, |it, by| it.0.pay_methods(ADA, by)),
        call!(read "GetTransactions" Rows, |it, by| async {
            it.0.transactions(ADA, &TransactionQuery::default(), by).await
        }),
    ]
}

fn upgrade() -> Upgrade {
    Upgrade {
        service_id: SERVICE,
        payment_method: "stripe".into(),
        change: UpgradeChange::Product { product_id: ProductId::new(2), cycle: OrderCycle::Monthly },
        promo_code: None,
    }
}

fn option_upgrade() -> Upgrade {
    let options = BTreeMap::from([(1.into(), OptionSelection::Flag(true))]);
    Upgrade { change: UpgradeChange::Options(options), ..upgrade() }
}

fn service_calls() -> Vec<Call<Whmcs>> {
    vec![
        call!(write "AddCancelRequest" Rows, |it, by| async {
            let kind = CancellationKind::Immediate;
            let request = CancelRequest { service_id: OTHER_SERVICE, kind, reason: None };
            it.0.add_cancel_request(&request, by).await
        }),
        call!(read "GetCancelledPackages" Rows, |it, by| it.0.cancellations(&[SERVICE], by)),
        call!(read "GetClientsProducts" "found" Rows, |it, by| async {
            it.0.find_services(ADA, &ServiceQuery::default(), by).await
        }),
        call!(read "GetClientsProducts" "one" Rows, |it, by| it.0.service(ADA, SERVICE, by)),
        call!(read "GetClientsProducts" Rows, |it, by| it.0.services(ADA, 0, 25, by)),
        // Asks for a price: the only call of a writing action that leaves nothing behind.
        call!(read "UpgradeProduct" "price only" Rows, |it, by| it.0.quote_upgrade(&upgrade(), by)),
        call!(write "UpgradeProduct" Members, |it, by| it.0.upgrade(&upgrade(), by)),
        call!(write "UpgradeProduct" "options" Members, |it, by| async {
            it.0.upgrade(&option_upgrade(), by).await
        }),
    ]
}
