//! `UpgradeProduct`: another product or other options for a service. Ask for the price first
//! ([`Client::quote_upgrade`]), then order ([`Client::upgrade`]).
//!
//! Which products a service may be changed to is not told by any action, and neither is whose the service is
//! checked: both are the caller's to know.
//!
//! Source: <https://developers.whmcs.com/api-reference/upgradeproduct/>.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::{
    action::UPGRADE_PRODUCT,
    billing_cycle::{BillingCycle, OrderCycle},
    client::Client,
    error::{Error, NotSent},
    form::{Form, Value},
    ids::{ConfigOptionId, InvoiceId, OrderId, ProductId, ServiceId},
    object::Object,
    option_selection::{OptionSelection, selection_map},
};

/// The change that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The service.
    pub service_id: ServiceId,
    /// Module name of the gateway.
    pub payment_method: String,
    /// What is to change.
    pub change: UpgradeChange,
    /// A promotion.
    pub promo_code: Option<String>,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpgradeChange {
    /// The product.
    Product {
        /// The new product.
        product_id: ProductId,
        /// How it is paid from then on.
        cycle: OrderCycle,
    },
    /// The configurable options; at least one, or nothing is sent ([`NotSent::InvalidRequest`]).
    Options(BTreeMap<ConfigOptionId, OptionSelection>),
}

/// What a change would come to. WHMCS gives the figures of a change of products; for a change of options most
/// of them are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeQuote {
    /// The product now.
    pub old_product_id: Option<ProductId>,
    /// Its name.
    pub old_product_name: Option<String>,
    /// The product then.
    pub new_product_id: Option<ProductId>,
    /// Its name.
    pub new_product_name: Option<String>,
    /// How it is paid then.
    pub new_cycle: Option<BillingCycle>,
    /// Days until the current period ends.
    pub days_until_renewal: Option<u64>,
    /// Days of the current period.
    pub total_days: Option<u64>,
    /// What is to be paid now, written out with its currency and negative for money back: `$-8.67 USD`. For
    /// people only, not for arithmetic.
    pub price_text: Option<String>,
    /// Whether an upgrade of the service is under way already, where WHMCS says so.
    pub in_progress: Option<bool>,
}

/// The order of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeOrder {
    /// The order.
    pub order_id: OrderId,
    /// The number that the customer is told.
    pub order_number: Option<String>,
    /// The invoice; none where nothing is due.
    pub invoice_id: Option<InvoiceId>,
    /// What it comes to.
    pub quote: UpgradeQuote,
}

impl Upgrade {
    fn params(&self) -> Result<Form, Error> {
        let form = Form::new()
            .with("serviceid", self.service_id)
            .with("paymentmethod", self.payment_method.as_str());
        let form = match &self.change {
            UpgradeChange::Product { product_id, cycle } => form
                .with("type", "product")
                .with("newproductid", *product_id)
                .with("newproductbillingcycle", *cycle),
            UpgradeChange::Options(options) if options.is_empty() => {
                return Err(Error::NotSent(NotSent::InvalidRequest));
            }
            UpgradeChange::Options(options) => {
                form.with("type", "configoptions").with("configoptions", selection_map(options))
            }
        };
        Ok(form.with("promocode", self.promo_code.as_deref()))
    }
}

impl Client {
    /// What a change would come to. Nothing is ordered.
    pub async fn quote_upgrade(&self, upgrade: &Upgrade, deadline: Instant) -> Result<UpgradeQuote, Error> {
        let params = upgrade.params()?.with("calconly", Value::Flag(true));
        upgrade_quote(&self.call(UPGRADE_PRODUCT, &params, deadline).await?)
    }

    /// Orders a change. It is blocked while the invoice of an earlier one is unpaid
    /// ([`crate::RefusalKind::UpgradeUnpaid`]); after [`crate::Outcome::Unknown`] look through
    /// [`Client::orders`].
    pub async fn upgrade(&self, upgrade: &Upgrade, deadline: Instant) -> Result<UpgradeOrder, Error> {
        upgrade_order(&self.call(UPGRADE_PRODUCT, &upgrade.params()?, deadline).await?)
    }
}

pub(crate) fn upgrade_quote(answer: &Object) -> Result<UpgradeQuote, Error> {
    Ok(UpgradeQuote {
        old_product_id: answer.optional_id("oldproductid")?,
        old_product_name: answer.optional_display("oldproductname")?,
        new_product_id: answer.optional_id("newproductid")?,
        new_product_name: answer.optional_display("newproductname")?,
        new_cycle: answer.optional_text("newproductbillingcycle")?.map(BillingCycle::from_label),
        days_until_renewal: answer.number("daysuntilrenewal")?,
        total_days: answer.number("totaldays")?,
        price_text: answer.optional_display("price")?,
        in_progress: answer.flag("upgradeinprogress")?,
    })
}

pub(crate) fn upgrade_order(answer: &Object) -> Result<UpgradeOrder, Error> {
    Ok(UpgradeOrder {
        order_id: answer.id("orderid")?,
        order_number: answer.optional_text("order_number")?,
        invoice_id: answer.optional_id("invoiceid")?,
        quote: upgrade_quote(answer)?,
    })
}
