//! `GetOrders`: what was ordered. An order is a record of its day; what later becomes of
//! its services does not show in it.
//!
//! The rows of WHMCS hold fraud reports, addresses and transfer codes; the types here have no place for them.
//!
//! Source: <https://developers.whmcs.com/api-reference/getorders/>.

use std::fmt;

use chrono::NaiveDateTime;
use tokio::time::Instant;

use crate::{
    action::GET_ORDERS,
    amount::Amount,
    billing_cycle::BillingCycle,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, InvoiceId, OrderId, ServiceId, UserId},
    object::Object,
    paged::Paged,
};

/// An order, in the client's currency. `Debug` shows numbers and state only.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// The number that the customer is told, ten digits as a rule.
    pub number: Option<String>,
    /// Whose it is.
    pub client_id: ClientId,
    /// The user who placed it (8.0 and up).
    pub requestor_id: Option<UserId>,
    /// When it was placed, in the server's zone.
    pub placed_at: Option<NaiveDateTime>,
    /// What it came to.
    pub amount: Amount,
    /// Printed before an amount, blanks included.
    pub currency_prefix: String,
    /// Printed behind an amount, blanks included.
    pub currency_suffix: String,
    /// State.
    pub status: OrderStatus,
    /// Its invoice; none where nothing had to be paid.
    pub invoice_id: Option<InvoiceId>,
    /// State of that invoice, in WHMCS's words.
    pub payment_status: Option<String>,
    /// Module name of the gateway.
    pub payment_method: Option<String>,
    /// Name of the gateway for people.
    pub payment_method_name: Option<String>,
    /// The promotion that was used.
    pub promo_code: Option<String>,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
}

/// A line of an order. `Debug` shows what it refers to only.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// What kind of thing was ordered, in WHMCS's words (`product`, `addon`, `domain`, …).
    pub kind: String,
    /// The record that came of it, of the kind that `kind` says.
    pub related_id: Option<u64>,
    /// What it is called.
    pub product: String,
    /// Domain or host name.
    pub domain: Option<String>,
    /// How often it is paid.
    pub billing_cycle: BillingCycle,
    /// Its share of the amount; `None` where WHMCS formats it with the currency, which is not taken apart.
    pub amount: Option<Amount>,
    /// State of the record, in WHMCS's words.
    pub status: String,
}

/// State of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Waiting to be accepted.
    Pending,
    /// Accepted.
    Active,
    /// Taken for fraud.
    Fraud,
    /// Cancelled.
    Cancelled,
    /// A state that this installation has added.
    Other(String),
}

/// Which orders of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderQuery {
    /// Only those in one state.
    pub status: Option<OrderStatus>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to read.
    pub limit: u32,
}

impl Default for OrderQuery {
    /// The first 25 in any state, as many as WHMCS gives by itself.
    fn default() -> Self {
        Self { status: None, offset: 0, limit: 25 }
    }
}

impl OrderLine {
    /// The service that came of it, if that is what was ordered.
    #[must_use]
    pub fn service_id(&self) -> Option<ServiceId> {
        self.related_id.filter(|_| self.kind.eq_ignore_ascii_case("product")).map(ServiceId::new)
    }
}

impl Client {
    /// A page of a client's orders. WHMCS offers no sort order for them.
    ///
    /// Any row of another client is left out, should WHMCS send one (that is logged as a warning).
    pub async fn orders(
        &self,
        client_id: ClientId,
        query: &OrderQuery,
        deadline: Instant,
    ) -> Result<Paged<Order>, Error> {
        let params = Form::new()
            .with("userid", client_id)
            .with("status", query.status.as_ref().map(OrderStatus::as_str))
            .with("limitstart", query.offset)
            .with("limitnum", query.limit);
        let mut page = orders_page(&self.call(GET_ORDERS, &params, deadline).await?, query.offset)?;
        page.drop_foreign(GET_ORDERS, |row| row.client_id == client_id);
        Ok(page)
    }

    /// A client's order; `None` if there is no such order or if it is another client's. From outside these two
    /// must look the same.
    pub async fn order(
        &self,
        client_id: ClientId,
        order_id: OrderId,
        deadline: Instant,
    ) -> Result<Option<Order>, Error> {
        let params = Form::new().with("id", order_id).with("userid", client_id);
        let page = orders_page(&self.call(GET_ORDERS, &params, deadline).await?, 0)?;
        Ok(page.rows.into_iter().find(|row| row.id == order_id && row.client_id == client_id))
    }
}

pub(crate) fn orders_page(answer: &Object, offset: u64) -> Result<Paged<Order>, Error> {
    let rows = answer.rows("orders", "order")?;
    let total = answer.number("totalresults")?;
    let start = answer.number("startnumber")?.unwrap_or(offset);
    let orders = rows.iter().map(|row| order(row)).collect::<Result<_, _>>()?;
    Paged::new(orders, rows.len(), start, total)
}

fn order(row: &Object) -> Result<Order, Error> {
    let lines = row.rows("lineitems", "lineitem")?.into_iter().map(order_line);
    Ok(Order {
        id: row.id("id")?,
        number: row.optional_text("ordernum")?,
        client_id: row.id("userid")?,
        requestor_id: row.optional_id("requestor_id")?,
        placed_at: row.date_time("date")?,
        amount: row.amount("amount")?,
        currency_prefix: row.display("currencyprefix")?,
        currency_suffix: row.display("currencysuffix")?,
        status: OrderStatus::from_word(row.text("status")?),
        invoice_id: row.optional_id("invoiceid")?,
        payment_status: row.optional_text("paymentstatus")?,
        payment_method: row.optional_text("paymentmethod")?,
        payment_method_name: row.optional_display("paymentmethodname")?,
        promo_code: row.optional_display("promocode")?,
        lines: lines.collect::<Result<_, _>>()?,
    })
}

fn order_line(row: &Object) -> Result<OrderLine, Error> {
    Ok(OrderLine {
        kind: row.text("type")?,
        related_id: row.optional_id("relid")?,
        product: row.display("product")?,
        domain: row.optional_display("domain")?,
        billing_cycle: BillingCycle::from_label(row.text("billingcycle")?),
        amount: Amount::parse(row.text("amount")?.trim()),
        status: row.text("status")?,
    })
}

impl OrderStatus {
    pub(crate) fn from_word(word: String) -> Self {
        match word.as_str() {
            "Pending" => Self::Pending,
            "Active" => Self::Active,
            "Fraud" => Self::Fraud,
            "Cancelled" => Self::Cancelled,
            _ => Self::Other(word),
        }
    }

    /// WHMCS's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Fraud => "Fraud",
            Self::Cancelled => "Cancelled",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OrderLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderLine")
            .field("kind", &self.kind)
            .field("related_id", &self.related_id)
            .finish_non_exhaustive()
    }
}
