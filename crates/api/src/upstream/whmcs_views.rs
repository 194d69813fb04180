//! From the records of WHMCS to the portal's views. Amounts, taxes and statuses are taken over, never computed.

use chrono::NaiveDate;
use shared_types::{
    account::BillingContactView,
    billing::{InvoiceDetailView, InvoiceLineView, InvoiceStatus, InvoiceView, TaxView, TransactionView},
    ids::InvoiceId,
    money::{CurrencyCode, Money, MoneyError},
};
use whmcs::{Amount, ClientChanges, ClientDetails, Invoice, InvoiceRow, Transaction};

use super::WriteRefusal;
use crate::domain::profile::{ContactChange, ContactField};

pub(super) fn contact(details: ClientDetails) -> BillingContactView {
    BillingContactView {
        first_name: details.first_name,
        last_name: details.last_name,
        company_name: details.company_name.unwrap_or_default(),
        email: details.email,
        address1: details.address1.unwrap_or_default(),
        address2: details.address2.unwrap_or_default(),
        city: details.city.unwrap_or_default(),
        state: details.state.unwrap_or_default(),
        postcode: details.postcode.unwrap_or_default(),
        country: details.country.unwrap_or_default(),
        phone: details.phone.unwrap_or_default(),
        tax_id: details.tax_id.unwrap_or_default(),
        currency: details.currency_code.unwrap_or_default(),
    }
}

/// The changes as WHMCS's client takes them. WHMCS asks for fields that the portal does not: what the customer did not fill in stays so.
pub(super) fn changes(change: &ContactChange) -> ClientChanges {
    let text = |field| change.get(field).map(str::to_owned);
    ClientChanges {
        first_name: text(ContactField::FirstName),
        last_name: text(ContactField::LastName),
        company_name: text(ContactField::CompanyName),
        address1: text(ContactField::Address1),
        address2: text(ContactField::Address2),
        city: text(ContactField::City),
        state: text(ContactField::State),
        postcode: text(ContactField::Postcode),
        country: text(ContactField::Country),
        phone: text(ContactField::Phone),
        tax_id: text(ContactField::TaxId),
        skip_validation: true,
        ..ClientChanges::default()
    }
}

/// A field that WHMCS complains about, by its name there.
pub(super) fn field_refusal(name: &str, missing: bool) -> WriteRefusal {
    let field = match name {
        "firstname" => ContactField::FirstName,
        "lastname" => ContactField::LastName,
        "address1" => ContactField::Address1,
        "city" => ContactField::City,
        "state" => ContactField::State,
        "postcode" => ContactField::Postcode,
        "country" => ContactField::Country,
        "phonenumber" => ContactField::Phone,
        _ => return WriteRefusal::NeedsPerson,
    };
    WriteRefusal::Field { field, missing }
}

pub(super) fn row(
    row: &InvoiceRow,
    currency: &CurrencyCode,
    today: NaiveDate,
) -> Result<InvoiceView, MoneyError> {
    Ok(InvoiceView {
        id: InvoiceId(row.id.get()),
        number: number(row.number.as_deref(), row.id),
        status: status(&row.status),
        status_label: label(&row.status),
        overdue: overdue(&row.status, row.due_date, today),
        issued_on: row.date,
        due_on: row.due_date,
        paid_on: row.paid_at.map(|at| at.date()),
        total: money(&row.total, currency)?,
    })
}

pub(super) fn invoice(
    invoice: Invoice,
    currency: &CurrencyCode,
    today: NaiveDate,
) -> Result<InvoiceDetailView, MoneyError> {
    let balance = money(&invoice.balance, currency)?;
    let taxes = [(&invoice.tax_rate, &invoice.tax), (&invoice.tax_rate2, &invoice.tax2)];
    let taxes = taxes
        .into_iter()
        .map(|(rate, amount)| {
            Ok(TaxView { rate: rate.as_str().to_owned(), amount: money(amount, currency)? })
        })
        .filter(|tax| tax.as_ref().is_ok_and(|tax| !tax.amount.is_zero()) || tax.is_err())
        .collect::<Result<_, MoneyError>>()?;
    let lines = invoice
        .lines
        .into_iter()
        .map(|line| {
            let amount = money(&line.amount, currency)?;
            Ok(InvoiceLineView { id: line.id, description: line.description, amount, taxed: line.taxed })
        })
        .collect::<Result<_, MoneyError>>()?;
    let transactions = invoice
        .transactions
        .into_iter()
        .map(|entry| transaction(entry, currency))
        .collect::<Result<_, _>>()?;
    Ok(InvoiceDetailView {
        payable: matches!(invoice.status, whmcs::InvoiceStatus::Unpaid | whmcs::InvoiceStatus::Collections)
            && balance.is_positive(),
        subtotal: money(&invoice.subtotal, currency)?,
        taxes,
        credit: money(&invoice.credit, currency)?,
        balance,
        lines,
        transactions,
        invoice: InvoiceView {
            id: InvoiceId(invoice.id.get()),
            number: number(invoice.number.as_deref(), invoice.id),
            status: status(&invoice.status),
            status_label: label(&invoice.status),
            overdue: overdue(&invoice.status, invoice.due_date, today),
            issued_on: invoice.date,
            due_on: invoice.due_date,
            paid_on: invoice.paid_at.map(|at| at.date()),
            total: money(&invoice.total, currency)?,
        },
    })
}

fn transaction(entry: Transaction, currency: &CurrencyCode) -> Result<TransactionView, MoneyError> {
    Ok(TransactionView {
        id: entry.id,
        booked_on: entry.date.map(|at| at.date()),
        gateway: entry.gateway.unwrap_or_default(),
        reference: entry.transaction_id.unwrap_or_default(),
        amount_in: money(&entry.amount_in, currency)?,
        amount_out: money(&entry.amount_out, currency)?,
    })
}

fn money(amount: &Amount, currency: &CurrencyCode) -> Result<Money, MoneyError> {
    Money::parse(amount.as_str(), currency.clone())
}

/// Where sequential numbering is off, WHMCS leaves the number empty and prints the id.
fn number(number: Option<&str>, id: whmcs::InvoiceId) -> String {
    number.map_or_else(|| id.to_string(), str::to_owned)
}

/// WHMCS has no such status: it is an unpaid invoice whose day has passed (GetInvoices, filter `Overdue`).
fn overdue(status: &whmcs::InvoiceStatus, due: Option<NaiveDate>, today: NaiveDate) -> bool {
    *status == whmcs::InvoiceStatus::Unpaid && due.is_some_and(|due| due < today)
}

const fn status(status: &whmcs::InvoiceStatus) -> InvoiceStatus {
    match status {
        whmcs::InvoiceStatus::Unpaid => InvoiceStatus::Unpaid,
        whmcs::InvoiceStatus::Paid => InvoiceStatus::Paid,
        whmcs::InvoiceStatus::Cancelled => InvoiceStatus::Cancelled,
        whmcs::InvoiceStatus::Refunded => InvoiceStatus::Refunded,
        whmcs::InvoiceStatus::Collections => InvoiceStatus::Collections,
        whmcs::InvoiceStatus::PaymentPending => InvoiceStatus::PaymentPending,
        whmcs::InvoiceStatus::Other(_) => InvoiceStatus::Other,
    }
}

fn label(status: &whmcs::InvoiceStatus) -> String {
    match status {
        whmcs::InvoiceStatus::Unpaid => "Unpaid".to_owned(),
        whmcs::InvoiceStatus::Paid => "Paid".to_owned(),
        whmcs::InvoiceStatus::Cancelled => "Cancelled".to_owned(),
        whmcs::InvoiceStatus::Refunded => "Refunded".to_owned(),
        whmcs::InvoiceStatus::Collections => "Collections".to_owned(),
        whmcs::InvoiceStatus::PaymentPending => "Payment Pending".to_owned(),
        whmcs::InvoiceStatus::Other(word) => word.clone(),
    }
}
