//! Money that reaches an invoice: payments, refunds, credit; and what a paid invoice sets in motion.

use chrono::NaiveDateTime;

use super::{Billing, Change, GATEWAY, OrderStatus, Whmcs};
use crate::ledger::invoice::{InvoiceStatus, Transaction};
use crate::money::Money;

/// Why an invoice could not be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayError {
    Absent,
    NotPayable,
}

/// Money that came in.
#[derive(Debug, Clone)]
pub struct Payment {
    pub at: NaiveDateTime,
    pub amount: Money,
    pub fees: Money,
    pub gateway: &'static str,
    pub transid: String,
}

impl Whmcs {
    /// Records money for an invoice without touching its status.
    pub fn record(&mut self, invoice_id: u64, at: NaiveDateTime, amount_in: Money, amount_out: Money) {
        let refund = amount_out > Money(0);
        let transid = self.next_transid();
        self.push(
            invoice_id,
            Transaction {
                id: 0,
                gateway: GATEWAY,
                date: at,
                description: if refund { "Refund of Transaction" } else { "Invoice Payment" },
                amount_in,
                amount_out,
                fees: Money(0),
                transid,
            },
        );
    }

    /// The number that a gateway gives to the next payment.
    fn next_transid(&self) -> String {
        format!("SANDBOX-{:06}", self.last_transaction + 1)
    }

    fn push(&mut self, invoice_id: u64, mut transaction: Transaction) {
        self.last_transaction += 1;
        transaction.id = self.last_transaction;
        if let Some(invoice) = self.invoices.get_mut(&invoice_id) {
            // Most invoices are paid once; the growth of a vector would reserve four places.
            invoice.transactions.reserve_exact(1);
            invoice.transactions.push(transaction);
        }
    }

    /// Records a payment, whole or partial. Whether it settled the invoice.
    pub fn add_payment(&mut self, invoice_id: u64, payment: Payment) -> bool {
        let at = payment.at;
        self.push(
            invoice_id,
            Transaction {
                id: 0,
                gateway: payment.gateway,
                date: at,
                description: "Invoice Payment",
                amount_in: payment.amount,
                amount_out: Money(0),
                fees: payment.fees,
                transid: payment.transid,
            },
        );
        self.settle(invoice_id, at)
    }

    /// Pays the whole balance: transaction, `Paid`, date of payment. `transid` is the payment's number where it has one
    /// already, as when it pays several invoices.
    pub fn pay(
        &mut self,
        invoice_id: u64,
        at: NaiveDateTime,
        transid: Option<String>,
    ) -> Result<(), PayError> {
        let invoice = self.invoices.get(&invoice_id).ok_or(PayError::Absent)?;
        if !invoice.status.payable() {
            return Err(PayError::NotPayable);
        }
        let amount = invoice.balance();
        let transid = transid.unwrap_or_else(|| self.next_transid());
        self.add_payment(invoice_id, Payment { at, amount, fees: Money(0), gateway: GATEWAY, transid });
        Ok(())
    }

    /// Uses the client's credit for an invoice, as far as it goes. Whether that settled it.
    pub fn apply_credit(&mut self, invoice_id: u64, at: NaiveDateTime) -> bool {
        let Some(invoice) = self.invoices.get(&invoice_id) else { return false };
        let client_id = invoice.client_id;
        let available = self.clients.get(&client_id).map_or(Money(0), |client| client.credit);
        let used = available.min(invoice.balance());
        used > Money(0) && self.use_credit(invoice_id, used, at)
    }

    /// Uses so much of the client's credit for an invoice. Whether that settled it.
    pub fn use_credit(&mut self, invoice_id: u64, amount: Money, at: NaiveDateTime) -> bool {
        let Some(invoice) = self.invoices.get_mut(&invoice_id) else { return false };
        invoice.credit = invoice.credit + amount;
        let client_id = invoice.client_id;
        let reason = format!("Credit Applied to Invoice #{invoice_id}");
        self.add_credit(client_id, at, reason, Money(0) - amount);
        self.settle(invoice_id, at)
    }

    /// Marks an invoice paid when nothing is due any more. Whether it became paid.
    pub fn settle(&mut self, invoice_id: u64, at: NaiveDateTime) -> bool {
        let Some(invoice) = self.invoices.get_mut(&invoice_id) else { return false };
        invoice.updated_at = at;
        let open = invoice.status.payable() || invoice.status == InvoiceStatus::PaymentPending;
        if !open || invoice.balance() > Money(0) {
            return false;
        }
        invoice.status = InvoiceStatus::Paid;
        invoice.paid_at = Some(at);
        true
    }

    /// Moves the next due date of the services whose first period an invoice paid.
    pub fn renew_ordered(&mut self, invoice_id: u64) {
        let Some(order) = self.order_of_invoice(invoice_id) else { return };
        let bought: Vec<u64> =
            order.lines.iter().filter(|line| line.kind == "product").map(|line| line.relid).collect();
        for id in bought {
            if let Some(service) = self.services.get_mut(&id)
                && let Billing::Every(cycle) = Billing::of(&service.cycle)
            {
                service.next_due = Some(cycle.after(service.registered));
            }
        }
    }

    /// Carries out the upgrades that waited for an invoice. Their ids, with whether a product changed.
    pub fn run_upgrades(&mut self, invoice_id: u64) -> Vec<(u64, bool)> {
        let waiting = self
            .upgrades
            .values()
            .filter(|upgrade| upgrade.invoice_id == Some(invoice_id) && !upgrade.done)
            .map(|upgrade| (upgrade.id, matches!(upgrade.change, Change::Product { .. })))
            .collect::<Vec<_>>();
        for (id, _) in &waiting {
            self.run_upgrade(*id);
        }
        waiting
    }

    /// Changes the service as an upgrade says.
    pub fn run_upgrade(&mut self, upgrade_id: u64) {
        let Some(upgrade) = self.upgrades.get_mut(&upgrade_id) else { return };
        upgrade.done = true;
        let (change, order_id) = (upgrade.change.clone(), upgrade.order_id);
        let service = self.services.get_mut(&upgrade.service_id);
        match (service, change) {
            (Some(service), Change::Product { pid, billing, recurring }) => {
                service.pid = pid;
                billing.label().clone_into(&mut service.cycle);
                service.recurring = recurring;
                if let Some(product) = self.catalog.product(pid) {
                    product.name.as_ref().clone_into(&mut service.name);
                    self.catalog.group_name(product.group).clone_into(&mut service.group);
                }
            }
            (Some(service), Change::Options { options, recurring }) => {
                service.options = options;
                service.recurring = recurring;
            }
            (None, _) => {}
        }
        if let Some(order) = self.orders.get_mut(&order_id) {
            order.status = OrderStatus::Active;
        }
    }
}
