//! `GetClientsProducts`: what a client has. The rows of WHMCS hold passwords in clear, server addresses and
//! staff notes; the types here have no place for them.
//!
//! Source: <https://developers.whmcs.com/api-reference/getclientsproducts/>.

use std::fmt;

use chrono::NaiveDate;
use tokio::time::Instant;

use crate::{
    action::GET_CLIENTS_PRODUCTS,
    amount::Amount,
    billing_cycle::BillingCycle,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, ConfigOptionId, CustomFieldId, OrderId, ProductId, ServiceId},
    object::Object,
    paged::Paged,
};

/// A service, in the client's currency. `Debug` shows numbers and state only.
#[derive(Clone, PartialEq, Eq)]
pub struct Service {
    /// The service.
    pub id: ServiceId,
    /// Whose it is.
    pub client_id: ClientId,
    /// The order that it came from.
    pub order_id: Option<OrderId>,
    /// The product of the catalogue.
    pub product_id: Option<ProductId>,
    /// How many (8.12 and up; before that 1).
    pub quantity: u64,
    /// Name of the product.
    pub name: String,
    /// Name of the product's group.
    pub group_name: Option<String>,
    /// The domain or host name that the service runs under.
    pub domain: Option<String>,
    /// When it began.
    pub registered_on: Option<NaiveDate>,
    /// When the next invoice falls due; none for one-time and free services.
    pub next_due_date: Option<NaiveDate>,
    /// First payment, setup included.
    pub first_payment: Amount,
    /// Each further payment.
    pub recurring_amount: Amount,
    /// How often it is paid.
    pub billing_cycle: BillingCycle,
    /// State.
    pub status: ServiceStatus,
    /// Module name of the gateway.
    pub payment_method: Option<String>,
    /// Name of the gateway for people.
    pub payment_method_name: Option<String>,
    /// Why it is suspended, as the customer may read it.
    pub suspension_reason: Option<String>,
    /// What was chosen when it was ordered.
    pub options: Vec<ServiceOption>,
    custom_fields: Vec<(CustomFieldId, String)>,
}

/// A configurable option of a service and what was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOption {
    /// The option, where WHMCS says so.
    pub id: Option<ConfigOptionId>,
    /// Name of the option.
    pub name: String,
    /// What was chosen.
    pub value: String,
}

/// State of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ServiceStatus {
    /// Ordered, not set up.
    Pending,
    /// Runs.
    Active,
    /// Done, for one-time products.
    Completed,
    /// Suspended.
    Suspended,
    /// Ended and removed.
    Terminated,
    /// Cancelled.
    Cancelled,
    /// Taken for fraud.
    Fraud,
    /// A word that this crate does not know.
    Other(String),
}

/// Which services of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceQuery {
    /// Only those of a product.
    pub product_id: Option<ProductId>,
    /// Only those under a domain.
    pub domain: Option<String>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to read.
    pub limit: u32,
}

impl Default for ServiceQuery {
    /// The first 25 of all, as many as WHMCS gives by itself.
    fn default() -> Self {
        Self { product_id: None, domain: None, offset: 0, limit: 25 }
    }
}

impl Service {
    /// What a custom field holds, if it was filled in. WHMCS sends the fields that only staff may see along with
    /// the others and does not mark them, so a field is given out only to a caller who knows which one it is.
    #[must_use]
    pub fn custom_field(&self, id: CustomFieldId) -> Option<&str> {
        self.custom_fields.iter().find(|(known, _)| *known == id).map(|(_, value)| value.as_str())
    }
}

impl Client {
    /// A page of a client's services, `offset` rows in, at most `limit` of them. WHMCS promises no order.
    ///
    /// Any row of another client is left out, should WHMCS send one (that is logged as a warning).
    pub async fn services(
        &self,
        client_id: ClientId,
        offset: u64,
        limit: u32,
        deadline: Instant,
    ) -> Result<Paged<Service>, Error> {
        self.find_services(client_id, &ServiceQuery { offset, limit, ..ServiceQuery::default() }, deadline)
            .await
    }

    /// [`Self::services`], with a filter.
    pub async fn find_services(
        &self,
        client_id: ClientId,
        query: &ServiceQuery,
        deadline: Instant,
    ) -> Result<Paged<Service>, Error> {
        let params = Form::new()
            .with("clientid", client_id)
            .with("pid", query.product_id)
            .with("domain", query.domain.as_deref())
            .with("limitstart", query.offset)
            .with("limitnum", query.limit);
        let answer = self.call(GET_CLIENTS_PRODUCTS, &params, deadline).await?;
        let mut page = services_page(&answer, query.offset)?;
        page.drop_foreign(GET_CLIENTS_PRODUCTS, |row| row.client_id == client_id);
        Ok(page)
    }

    /// A client's service; `None` if there is no such service or if it is another client's. From outside these
    /// two must look the same.
    pub async fn service(
        &self,
        client_id: ClientId,
        service_id: ServiceId,
        deadline: Instant,
    ) -> Result<Option<Service>, Error> {
        let params = Form::new().with("clientid", client_id).with("serviceid", service_id);
        let page = services_page(&self.call(GET_CLIENTS_PRODUCTS, &params, deadline).await?, 0)?;
        Ok(page.rows.into_iter().find(|row| row.id == service_id && row.client_id == client_id))
    }
}

pub(crate) fn services_page(answer: &Object, offset: u64) -> Result<Paged<Service>, Error> {
    let rows = answer.rows("products", "product")?;
    let total = answer.number("totalresults")?;
    let start = answer.number("startnumber")?.unwrap_or(offset);
    let services = rows.iter().map(|row| service(row)).collect::<Result<_, _>>()?;
    Paged::new(services, rows.len(), start, total)
}

fn service(row: &Object) -> Result<Service, Error> {
    let options = row.rows("configoptions", "configoption")?.into_iter().map(|option| {
        Ok(ServiceOption {
            id: option.optional_id("id")?,
            name: option.display("option")?,
            value: option.display("value")?,
        })
    });
    let custom_fields = row
        .rows("customfields", "customfield")?
        .into_iter()
        .map(|field| Ok((field.id("id")?, field.display("value")?)));
    Ok(Service {
        id: row.id("id")?,
        client_id: row.id("clientid")?,
        order_id: row.optional_id("orderid")?,
        product_id: row.optional_id("pid")?,
        quantity: row.number("qty")?.unwrap_or(1),
        name: row.display("name")?,
        group_name: row.optional_display("groupname")?,
        domain: row.optional_display("domain")?,
        registered_on: row.date("regdate")?,
        next_due_date: row.date("nextduedate")?,
        first_payment: row.amount("firstpaymentamount")?,
        recurring_amount: row.amount("recurringamount")?,
        billing_cycle: BillingCycle::from_label(row.text("billingcycle")?),
        status: status(row.text("status")?),
        payment_method: row.optional_text("paymentmethod")?,
        payment_method_name: row.optional_display("paymentmethodname")?,
        suspension_reason: row.optional_display("suspensionreason")?,
        options: options.collect::<Result<_, Error>>()?,
        custom_fields: custom_fields.collect::<Result<_, Error>>()?,
    })
}

fn status(word: String) -> ServiceStatus {
    match word.as_str() {
        "Pending" => ServiceStatus::Pending,
        "Active" => ServiceStatus::Active,
        "Completed" => ServiceStatus::Completed,
        "Suspended" => ServiceStatus::Suspended,
        "Terminated" => ServiceStatus::Terminated,
        "Cancelled" => ServiceStatus::Cancelled,
        "Fraud" => ServiceStatus::Fraud,
        _ => ServiceStatus::Other(word),
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
