//! Typed client of the WHMCS external API, for WHMCS 7.10 to 9.x. It knows nothing of the portal.
//!
//! - One transport ([`Client`]) for every call; the caller gives a deadline and decides about repeating.
//! - Every failure says whether WHMCS acted: [`Error::outcome`].
//! - Amounts are WHMCS's own text ([`Amount`]); no number here passes through a float.
//! - What customers must not see (passwords of services, staff notes, gateway tokens) has no place in the
//!   types.
//! - Nothing from WHMCS, no parameter and no secret reaches a log, an error's text or, where records hold
//!   personal data, a `Debug` print.

mod action;
mod add_client;
mod amount;
mod answer;
mod billing_cycle;
mod client;
mod client_details;
mod currencies;
mod error;
pub mod form;
mod ids;
mod invoice;
mod invoices;
mod json;
mod object;
mod orders;
mod paged;
mod payment_methods;
mod permissions;
pub mod php;
mod pricing;
mod products;
mod refusal;
mod refusal_texts;
mod services;
mod settings;
mod sso;
mod users;
mod whmcs_details;

#[cfg(test)]
mod arbitrary_answers;

pub use action::{ACTIONS, Action, Effect};
pub use add_client::{AddedClient, NewClient};
pub use amount::Amount;
pub use billing_cycle::{BillingCycle, OrderCycle};
pub use client::Client;
pub use client_details::{ClientDetails, ClientStatus, ClientUser};
pub use currencies::Currency;
pub use error::{Denied, Error, NotSent, Outcome, Unknown};
pub use ids::{
    ClientId, ConfigChoiceId, ConfigOptionId, CurrencyId, CustomFieldId, DomainId, InvoiceId, OrderId,
    ProductGroupId, ProductId, ServiceId, UserId,
};
pub use invoice::{Invoice, InvoiceLine, Transaction};
pub use invoices::{InvoiceFilter, InvoiceOrder, InvoiceQuery, InvoiceRow, InvoiceStatus};
pub use orders::{Order, OrderLine, OrderQuery, OrderStatus};
pub use paged::Paged;
pub use payment_methods::PaymentMethod;
pub use permissions::{Permission, UserPermissions};
pub use pricing::{CyclePrice, PayType, PriceList};
pub use products::{Product, ProductChoice, ProductField, ProductFilter, ProductOption, ProductOptionKind};
pub use refusal::{Refusal, RefusalKind};
pub use services::{Service, ServiceOption, ServiceStatus};
pub use settings::Settings;
pub use sso::{SsoDestination, SsoLink, SsoRequest};
pub use users::{User, UserClient};
pub use whmcs_details::WhmcsDetails;
