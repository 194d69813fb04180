//! Typed client of the WHMCS external API, for WHMCS 7.10 to 9.x. It knows nothing of the portal.
//!
//! - One transport ([`Client`]) for every call; the caller gives a deadline and decides about repeating.
//! - Every failure says whether WHMCS acted: [`Error::outcome`]. Refusals are told apart by [`RefusalKind`].
//! - Amounts are WHMCS's own text ([`Amount`]); no number here passes through a float.
//! - What customers must not see (passwords of services, staff notes, gateway tokens, fraud reports) has no
//!   place in the types.
//! - What is not the client's who was asked for stays here, since WHMCS itself checks that in few places.
//! - Nothing from WHMCS, no parameter and no secret reaches a log, an error's text or, where records hold
//!   personal data, a `Debug` print.
//!
//! # Calls
//!
//! [`ACTIONS`] is the same list for programs. "Since" is the version of WHMCS where it is later than 7.10.
//!
//! | Action | Call | Effect | Since |
//! | --- | --- | --- | --- |
//! | `AcceptOrder` | [`Client::accept_order`] | write | |
//! | `AddCancelRequest` | [`Client::add_cancel_request`] | write | |
//! | `AddClient` | [`Client::add_client`] | write | |
//! | `AddOrder` | [`Client::add_order`] | write | |
//! | `AddUser` | [`Client::add_user`] | write | 8.0 |
//! | `CancelOrder` | [`Client::cancel_order`] | write | |
//! | `CreateSsoToken` | [`Client::create_sso_token`] | write | |
//! | `GetCancelledPackages` | [`Client::cancellations`] | read | |
//! | `GetClientsDetails` | [`Client::client_details`] | read | |
//! | `GetClientsProducts` | [`Client::services`], [`Client::find_services`], [`Client::service`] | read | |
//! | `GetCredits` | [`Client::credits`] | read | |
//! | `GetCurrencies` | [`Client::currencies`] | read | |
//! | `GetInvoice` | [`Client::invoice`] | read | |
//! | `GetInvoices` | [`Client::invoices`] | read | |
//! | `GetOrderStatuses` | [`Client::order_statuses`] | read | |
//! | `GetOrders` | [`Client::orders`], [`Client::order`] | read | |
//! | `GetPayMethods` | [`Client::pay_methods`] | read | |
//! | `GetPaymentMethods` | [`Client::payment_methods`] | read | |
//! | `GetProducts` | [`Client::products`] | read | |
//! | `GetPromotions` | [`Client::promotion`] | read | |
//! | `GetTransactions` | [`Client::transactions`] | read | |
//! | `GetUserPermissions` | [`Client::user_permissions`] | read | 8.0 |
//! | `GetUsers` | [`Client::find_users`] | read | 8.1 |
//! | `LogActivity` | [`Client::log_activity`] | write | |
//! | `UpdateClient` | [`Client::update_client`] | write | |
//! | `UpdateUser` | [`Client::update_user`] | write | 8.0 |
//! | `UpgradeProduct` | [`Client::quote_upgrade`] (price only), [`Client::upgrade`] | write | |
//! | `ValidateLogin` | [`Client::validate_login`] | write | |
//! | `WhmcsDetails` | [`Client::whmcs_details`] | read | 8.0 |
//!
//! [`Client::probe_role`] sends any of them in a way that does nothing: whether the API role allows it.
//!
//! After an unknown outcome: `UpdateClient`, `UpdateUser` and `CreateSsoToken` may be sent again; for all other
//! writes read back first (each call's module says what).

mod action;
mod add_client;
mod add_order;
mod amount;
mod answer;
mod billing_cycle;
mod body;
mod cancellation;
mod client;
mod client_details;
mod credits;
mod currencies;
mod error;
pub mod form;
mod ids;
mod invoice;
mod invoices;
mod json;
mod lists;
mod log_activity;
mod login;
mod object;
mod option_selection;
mod order_statuses;
mod orders;
mod paged;
mod pay_methods;
mod payment_methods;
mod permissions;
pub mod php;
mod piece;
mod pricing;
mod products;
mod promotions;
mod refusal;
mod refusal_texts;
mod role_probe;
mod services;
mod settings;
mod settle_order;
mod sso;
mod transactions;
mod update_client;
mod upgrade;
mod user_changes;
mod users;
mod whmcs_details;

#[cfg(test)]
mod answer_shapes;
#[cfg(test)]
mod arbitrary_answers;
#[cfg(test)]
mod known_answers;

pub use action::{ACTIONS, Action, Effect};
pub use add_client::{AddedClient, NewClient};
pub use add_order::{AddedOrder, NewOrder, OrderItem};
pub use amount::Amount;
pub use billing_cycle::{BillingCycle, OrderCycle};
pub use cancellation::{CancelRequest, Cancellation, CancellationKind};
pub use client::Client;
pub use client_details::{ClientDetails, ClientStatus, ClientUser};
pub use credits::Credit;
pub use currencies::Currency;
pub use error::{Denied, Error, NotSent, Outcome, Unknown};
pub use ids::{
    ClientId, ConfigChoiceId, ConfigOptionId, CurrencyId, CustomFieldId, DomainId, InvoiceId, OrderId,
    ProductGroupId, ProductId, ServiceId, UserId,
};
pub use invoice::{Invoice, InvoiceLine};
pub use invoices::{InvoiceFilter, InvoiceOrder, InvoiceQuery, InvoiceRow, InvoiceStatus};
pub use login::{LoginModel, LoginSubject, ValidatedLogin};
pub use option_selection::OptionSelection;
pub use order_statuses::OrderStatusCount;
pub use orders::{Order, OrderLine, OrderQuery, OrderStatus};
pub use paged::Paged;
pub use pay_methods::{CardExpiry, PayMethod, PayMethodKind};
pub use payment_methods::PaymentMethod;
pub use permissions::{Permission, UserPermissions};
pub use pricing::{CyclePrice, PayType, PriceList};
pub use products::{Product, ProductChoice, ProductField, ProductFilter, ProductOption, ProductOptionKind};
pub use promotions::{Promotion, PromotionKind};
pub use refusal::{Refusal, RefusalKind};
pub use services::{Service, ServiceOption, ServiceQuery, ServiceStatus};
pub use settings::Settings;
pub use settle_order::{AcceptOrder, CancelOrder};
pub use sso::{SsoDestination, SsoLink, SsoRequest};
pub use transactions::{Transaction, TransactionQuery};
pub use update_client::{ClientChanges, EmailKind};
pub use upgrade::{Upgrade, UpgradeChange, UpgradeOrder, UpgradeQuote};
pub use user_changes::{NewUser, UserChanges};
pub use users::{User, UserClient};
pub use whmcs_details::WhmcsDetails;
