//! `AddOrder`: an order that waits to be accepted, with its services and its invoice. Nothing is set up before
//! [`Client::accept_order`].
//!
//! Neither idempotent nor transactional: after [`crate::Outcome::Unknown`] look through [`Client::orders`] for
//! an order of that time, product and amount, or for a custom field that was filled with a mark, before
//! anything else.
//!
//! Source: <https://developers.whmcs.com/api-reference/addorder/>.

use std::{collections::BTreeMap, fmt, net::IpAddr, num::NonZeroU32};

use tokio::time::Instant;

use crate::{
    action::ADD_ORDER,
    billing_cycle::OrderCycle,
    client::Client,
    error::Error,
    form::{Form, Value},
    ids::{ClientId, ConfigOptionId, CustomFieldId, InvoiceId, OrderId, ProductId, ServiceId},
    object::Object,
    option_selection::{OptionSelection, selection_array},
    update_client::field_array,
};

/// The order to place: at least one item, each of them complete. `Debug` shows numbers only.
///
/// There is no place for a price: WHMCS would take any.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Who orders.
    pub client_id: ClientId,
    /// Module name of the gateway.
    pub payment_method: String,
    /// A promotion. Whether a wrong code fails the order or is ignored is not documented: compare the amount.
    pub promo_code: Option<String>,
    /// The visitor's address, for fraud checks; without it WHMCS records ours.
    pub client_ip: Option<IpAddr>,
    /// Makes no invoice.
    pub no_invoice: bool,
    /// Makes the invoice without sending it by mail.
    pub no_invoice_email: bool,
    /// Sends no confirmation of the order.
    pub no_email: bool,
    first: OrderItem,
    more: Vec<OrderItem>,
}

/// A product to order. `Debug` shows product, cycle and quantity only.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// The product.
    pub product_id: ProductId,
    /// How it is paid. What WHMCS does for a cycle that the product does not offer is not documented.
    pub cycle: OrderCycle,
    /// How many (8.12 and up; older versions order one).
    pub quantity: NonZeroU32,
    /// Domain or host name to run under.
    pub domain: Option<String>,
    /// The product's own fields.
    pub custom_fields: BTreeMap<CustomFieldId, String>,
    /// What is chosen.
    pub options: BTreeMap<ConfigOptionId, OptionSelection>,
}

/// The order that was placed. It does not name the customer's order number: see [`crate::Order::number`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedOrder {
    /// The order.
    pub order_id: OrderId,
    /// The services that wait to be set up, in the order of the items.
    pub service_ids: Vec<ServiceId>,
    /// The invoice; none where nothing has to be paid or none was wanted.
    pub invoice_id: Option<InvoiceId>,
}

impl OrderItem {
    /// One piece of a product, with nothing chosen.
    #[must_use]
    pub const fn new(product_id: ProductId, cycle: OrderCycle) -> Self {
        Self {
            product_id,
            cycle,
            quantity: NonZeroU32::MIN,
            domain: None,
            custom_fields: BTreeMap::new(),
            options: BTreeMap::new(),
        }
    }
}

impl NewOrder {
    /// An order of one item, with invoice and mails.
    #[must_use]
    pub const fn new(client_id: ClientId, payment_method: String, item: OrderItem) -> Self {
        Self {
            client_id,
            payment_method,
            promo_code: None,
            client_ip: None,
            no_invoice: false,
            no_invoice_email: false,
            no_email: false,
            first: item,
            more: Vec::new(),
        }
    }

    /// Adds an item.
    #[must_use]
    pub fn and(mut self, item: OrderItem) -> Self {
        self.more.push(item);
        self
    }

    /// The items, in order.
    pub fn items(&self) -> impl Iterator<Item = &OrderItem> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// A list with a value for each item, so that WHMCS, which matches the lists by index, finds no gap.
    fn list<T: Into<Value>>(&self, value: impl Fn(&OrderItem) -> T) -> Value {
        Value::List(self.items().map(|item| value(item).into()).collect())
    }

    /// [`Self::list`], left out where no item has anything to say.
    fn list_if<T: Into<Value>>(
        &self,
        wanted: impl Fn(&OrderItem) -> bool,
        value: impl Fn(&OrderItem) -> T,
    ) -> Value {
        if self.items().any(wanted) { self.list(value) } else { Value::Null }
    }

    fn params(&self) -> Form {
        Form::new()
            .with("clientid", self.client_id)
            .with("paymentmethod", self.payment_method.as_str())
            .with("pid", self.list(|item| item.product_id))
            .with("qty", self.list_if(|item| item.quantity != NonZeroU32::MIN, |item| item.quantity.get()))
            .with("billingcycle", self.list(|item| item.cycle))
            .with(
                "domain",
                self.list_if(|item| item.domain.is_some(), |item| item.domain.clone().unwrap_or_default()),
            )
            .with(
                "customfields",
                self.list_if(
                    |item| !item.custom_fields.is_empty(),
                    |item| field_array(&item.custom_fields).to_base64(),
                ),
            )
            .with(
                "configoptions",
                self.list_if(
                    |item| !item.options.is_empty(),
                    |item| selection_array(&item.options).to_base64(),
                ),
            )
            .with("promocode", self.promo_code.as_deref())
            .with("clientip", self.client_ip.map(|ip| ip.to_string()))
            // Left out when off: what WHMCS makes of an explicit 0 here is not documented.
            .with("noinvoice", self.no_invoice.then_some(true))
            .with("noinvoiceemail", self.no_invoice_email.then_some(true))
            .with("noemail", self.no_email.then_some(true))
    }
}

impl Client {
    /// Places an order. WHMCS sends mails and calls gateways meanwhile: allow a minute.
    pub async fn add_order(&self, order: &NewOrder, deadline: Instant) -> Result<AddedOrder, Error> {
        added_order(&self.call(ADD_ORDER, &order.params(), deadline).await?)
    }
}

pub(crate) fn added_order(answer: &Object) -> Result<AddedOrder, Error> {
    // Before 7.8 the ids of services went by the name of products; they never were ids of products.
    let services = if answer.has("serviceids") { "serviceids" } else { "productids" };
    Ok(AddedOrder {
        order_id: answer.id("orderid")?,
        service_ids: answer.ids(services)?,
        invoice_id: answer.optional_id("invoiceid")?,
    })
}

impl fmt::Debug for NewOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewOrder")
            .field("client_id", &self.client_id)
            .field("items", &self.items().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OrderItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderItem")
            .field("product_id", &self.product_id)
            .field("cycle", &self.cycle)
            .field("quantity", &self.quantity)
            .finish_non_exhaustive()
    }
}
