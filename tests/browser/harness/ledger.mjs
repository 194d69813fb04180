// The sandbox's books, read as an accountant would: what the pages show has to follow from them.

const DAY = 86_400_000;

/** One customer's view of the ledger; amounts are in hundredths. */
export async function booksOf(portal, clientId) {
  const { whmcs, salesforce } = await portal.ledger();
  const client = whmcs.clients[clientId];
  const { code } = whmcs.currencies.find(({ id }) => id === client.currency);
  const invoices = Object.values(whmcs.invoices)
    .filter((invoice) => invoice.client_id === clientId && invoice.status !== 'Draft')
    .map((invoice) => ({ ...invoice, balance: balance(invoice) }));
  const services = Object.values(whmcs.services).filter((service) => service.client_id === clientId);
  const account = salesforce.records.find(({ type, fields }) => {
    return type === 'Account' && fields.WHMCS_Client_Id__c === String(clientId);
  });
  const cases = salesforce.records.filter(({ type, fields }) => type === 'Case' && fields.AccountId === account?.id);
  return { client, currency: code, invoices, services, account, cases, ...dues(invoices) };
}

function dues(invoices) {
  const today = new Date(Math.floor(Date.now() / DAY) * DAY).toISOString().slice(0, 10);
  const unpaid = invoices.filter(({ status }) => status === 'Unpaid').sort((a, b) => a.due.localeCompare(b.due));
  const overdue = unpaid.filter(({ due }) => due < today);
  return { unpaid, overdue, nextDue: unpaid.find(({ due }) => due >= today) };
}

function balance({ items, tax_rate, credit, transactions }) {
  const sum = (list, amount) => list.reduce((total, entry) => total + cents(amount(entry)), 0);
  const net = sum(items, ({ amount }) => amount);
  const tax = Math.round((sum(items.filter(({ taxed }) => taxed), ({ amount }) => amount) * tax_rate) / 100_000);
  const paid = sum(transactions, ({ amount_in }) => amount_in) - sum(transactions, ({ amount_out }) => amount_out);
  return net + tax - cents(credit) - paid;
}

const cents = (text) => Math.round(Number(text) * 100);

/** An amount as the pages write it for a British reader. */
export function money(hundredths, currency) {
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(hundredths / 100);
}
