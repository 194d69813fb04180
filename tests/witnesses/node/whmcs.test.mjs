// The `whmcs` package follows a customer: account, catalogue, order, invoice, payment, services, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';
import { whmcs } from './harness/whmcs.mjs';

/** A demo customer's client id and the user who owns it. */
const ADA = { client: 42, user: 41, email: 'ada@example.com' };
const PASSWORD = 'correct horse battery staple';
const MONEY = /^\d+\.\d\d$/;

let client;
const sandbox = useSandbox('whmcs', () => {
  client = whmcs(sandbox);
});

const profile = (email) => ({
  firstname: 'Niels', lastname: 'Bøhr & Søn', email, password2: PASSWORD, address1: '1 Blegdamsvej', city: 'København',
  state: 'Hovedstaden', postcode: '2100', country: 'DK', phonenumber: '35325000', currency: 1,
});

/** A new client with one order, of which the answer is given. */
async function order(details = {}) {
  const { clientid } = await client.customers.createCustomer(profile(`${unique('buyer')}@example.com`));
  const { products: { product: [{ pid }] } } = await client.products.getProductsByType('all', undefined);
  const answer = await client.billing.addOrder(clientid, {
    'pid[0]': pid, 'billingcycle[0]': 'monthly', 'domain[0]': 'witness.example', paymentmethod: 'banktransfer',
    ...details,
  });
  return { clientid, pid, ...answer };
}

test('a client is made, found by id and by address, and changed', async () => {
  const email = `${unique('niels')}@example.com`;
  const { result, clientid } = await client.customers.createCustomer(profile(email));
  assert.equal(result, 'success');
  const { client: found } = await client.customers.getCustomer(Number(clientid));
  assert.deepEqual([Number(found.id), found.email, found.status], [Number(clientid), email, 'Active']);
  assert.equal(found.city, 'København');
  assert.equal(found.lastname.replace('&amp;', '&'), 'Bøhr & Søn');
  assert.equal(found.currency_code, 'USD');
  const { client: same } = await client.customers.getCustomerByEmail(email);
  assert.equal(Number(same.id), Number(clientid));

  const changed = await client.customers.updateCustomer(clientid, { city: 'Århus' });
  assert.equal(Number(changed.clientid), Number(clientid));
  assert.equal((await client.customers.getCustomer(Number(clientid))).client.city, 'Århus');
});

test('a login is checked, and gives the user, not the client', async () => {
  const { userid, twoFactorEnabled } = await client.customers.validateLogin(ADA.email, PASSWORD);
  assert.equal(Number(userid), ADA.user);
  assert.ok([false, 'false', 0, ''].includes(twoFactorEnabled));
  for (const [email, password] of [[ADA.email, 'wrong'], ['nobody@example.com', PASSWORD]]) {
    const { message } = await refusal(client.customers.validateLogin(email, password));
    assert.match(message, /Email or Password Invalid/);
  }
});

test('the catalogue has products with prices', async () => {
  const { result, products } = await client.products.getProductsByType('all', undefined);
  assert.equal(result, 'success');
  const [product] = products.product;
  assert.ok(product.name);
  assert.match(product.pricing.USD.monthly, /^-?\d+\.\d\d$/);
  const { products: { product: [one] } } = await client.products.getProduct(product.pid);
  assert.deepEqual(one, product);
});

test('an order is placed with arrays as PHP reads them, accepted once, and found', async () => {
  const { clientid, pid, orderid, invoiceid, serviceids, productids } = await order();
  assert.ok(Number(orderid) > 0 && Number(invoiceid) > 0);
  assert.equal(String(productids), String(serviceids), 'the older name of the services');
  const placed = async () => (await client.products.getOrders('id', orderid)).orders.order[0];
  const before = await placed();
  assert.deepEqual([Number(before.userid), Number(before.invoiceid)], [Number(clientid), Number(invoiceid)]);
  assert.equal(before.status, 'Pending');
  assert.match(before.amount, MONEY);
  const services = async () => (await client.customers.getCustomerProducts(clientid)).products.product;
  const [service] = await services();
  assert.deepEqual([String(service.id), Number(service.pid)], [String(serviceids), Number(pid)]);
  assert.deepEqual([service.status, service.domain], ['Pending', 'witness.example']);

  assert.equal((await client.billing.acceptOrder(orderid, {})).result, 'success');
  assert.deepEqual([(await placed()).status, (await services())[0].status], ['Active', 'Active']);
  const { message } = await refusal(client.billing.acceptOrder(orderid, {}));
  assert.match(message, /Order ID not found or Status not Pending/);
});

test('two products of one order keep their order', async () => {
  const { products: { product } } = await client.products.getProductsByType('all', undefined);
  const monthly = product.filter(({ paytype, pricing }) => paytype === 'recurring' && Number(pricing.USD?.monthly) > 0);
  const [one, two] = monthly;
  const { clientid } = await order({
    'pid[0]': one.pid, 'pid[1]': two.pid, 'billingcycle[1]': 'monthly', 'domain[1]': 'second.example',
  });
  const services = (await client.customers.getCustomerProducts(clientid)).products.product;
  assert.deepEqual(services.map(({ pid, domain }) => [Number(pid), domain]).sort(), [
    [Number(one.pid), 'witness.example'], [Number(two.pid), 'second.example'],
  ].sort());
});

test('arrays without brackets are refused, as this client sends them by itself', async () => {
  const { clientid, pid } = await order();
  const once = { pid: [pid, pid], billingcycle: ['monthly', 'monthly'], paymentmethod: 'banktransfer' };
  const { message } = await refusal(client.billing.addOrder(clientid, once));
  assert.match(message, /Expecting parameter '.+' to be an array/);
});

test('an order is cancelled while it is pending', async () => {
  const { orderid } = await order();
  assert.equal((await client.billing.cancelOrder(orderid)).result, 'success');
  assert.equal((await client.products.getOrders('id', orderid)).orders.order[0].status, 'Cancelled');
});

test("the invoice of an order is the client's and is paid from outside", async () => {
  const { clientid, invoiceid } = await order();
  const invoice = await client.billing.getInvoice(invoiceid);
  assert.deepEqual([Number(invoice.invoiceid), Number(invoice.userid), invoice.status],
    [Number(invoiceid), Number(clientid), 'Unpaid']);
  assert.match(invoice.total, MONEY);
  assert.equal(invoice.balance, invoice.total);
  assert.ok(invoice.items.item.length > 0);
  const { invoices } = await client.customers.getCustomerInvoices(clientid);
  const listed = invoices.invoice.map(({ id, currencycode }) => [Number(id), currencycode]);
  assert.deepEqual(listed, [[Number(invoiceid), 'USD']]);

  await sandbox.control(`invoices/${invoiceid}/pay`);
  const paid = await client.billing.getInvoice(invoiceid);
  assert.deepEqual([paid.status, paid.balance], ['Paid', '0.00']);
  const { transactions } = await client.customers.getTransactions({ invoiceid });
  assert.deepEqual(transactions.transaction.map(({ amountin }) => amountin), [invoice.total]);
});

test('invoices come in pages and by state', async () => {
  const all = await client.customers.getCustomerInvoices(ADA.client, { limitnum: 100 });
  assert.equal(Number(all.totalresults), all.invoices.invoice.length);
  assert.equal(Number(all.numreturned), all.invoices.invoice.length);
  const page = await client.customers.getCustomerInvoices(ADA.client, { limitstart: 1, limitnum: 2 });
  assert.deepEqual([Number(page.startnumber), Number(page.numreturned)], [1, 2]);
  assert.deepEqual(page.invoices.invoice, all.invoices.invoice.slice(1, 3));
  const { invoices } = await client.customers.getCustomerInvoices(ADA.client, { status: 'Paid' });
  assert.ok(invoices.invoice.every(({ status, userid }) => status === 'Paid' && Number(userid) === ADA.client));
});

test('an invoice is made line by line', async () => {
  const { invoiceid } = await client.billing.createInvoice(ADA.client, {
    itemdescription0: 'One', itemamount0: '10.00', itemdescription1: 'Two', itemamount1: '5.50',
    paymentmethod: 'banktransfer',
  });
  const invoice = await client.billing.getInvoice(invoiceid);
  assert.deepEqual([invoice.subtotal, invoice.status], ['15.50', 'Unpaid']);
  const lines = invoice.items.item.map(({ description, amount }) => [description, amount]);
  assert.deepEqual(lines, [['One', '10.00'], ['Two', '5.50']]);
});

test('a change of product is calculated, ordered, and not ordered twice', async () => {
  const { clientid, orderid, serviceids } = await order();
  await client.billing.acceptOrder(orderid, {});
  const { products: { product } } = await client.products.getProductsByType('all', undefined);
  const [service] = (await client.customers.getCustomerProducts(clientid)).products.product;
  const target = product.find(({ pid, paytype, pricing }) =>
    Number(pid) !== Number(service.pid) && paytype === 'recurring' && Number(pricing.USD?.monthly) > 0);
  const upgrade = {
    serviceid: serviceids, type: 'product', newproductid: target.pid, newproductbillingcycle: 'annually',
    paymentmethod: 'banktransfer',
  };
  const calculated = await client.products.upgradeProduct({ ...upgrade, calconly: 1 });
  assert.equal(Number(calculated.newproductid), Number(target.pid));
  assert.match(calculated.price, /^\$-?\d+\.\d\d USD$/);

  const ordered = await client.products.upgradeProduct(upgrade);
  assert.equal(ordered.price, calculated.price);
  assert.ok(Number(ordered.orderid) > 0 && ordered.order_number, 'an order, whose number is spelled so only here');
  assert.equal((await client.billing.getInvoice(ordered.invoiceid)).status, 'Unpaid');
  const { message } = await refusal(client.products.upgradeProduct(upgrade));
  assert.match(message, /Previous upgrade invoice for service is still unpaid/);
});

const REFUSED = {
  'an unknown client': [() => client.customers.getCustomer(999_999), /Client Not Found/],
  'an unknown invoice': [() => client.billing.getInvoice(999_999), /Invoice ID Not Found/],
  'an order of an unknown client': [
    () => client.billing.addOrder(999_999, { 'pid[0]': 1, paymentmethod: 'banktransfer' }), /Client ID Not Found/,
  ],
  'an order of nothing': [
    () => client.billing.addOrder(ADA.client, { paymentmethod: 'banktransfer' }), /No items added to cart/,
  ],
  'an unknown way to pay': [() => order({ paymentmethod: 'pebbles' }), /Invalid Payment Method/],
  'a second client with one address': [
    () => client.customers.createCustomer(profile(ADA.email)), /already exists with that email/,
  ],
  'a client without a name': [
    () => client.customers.createCustomer({ ...profile(`${unique('x')}@example.com`), firstname: '' }),
    /did not enter your first name/,
  ],
};
for (const [what, [call, message]] of Object.entries(REFUSED)) {
  test(`${what} is refused with status 200`, async () => {
    const error = await refusal(call());
    assert.match(error.message, message);
    assert.match(error.message, /^WHMCS Error \(200\)/);
  });
}

test('a wrong credential and an action outside the role are refused with status 403', async () => {
  const refusalOf = (settings) => refusal(whmcs(sandbox, settings).billing.getInvoice(7));
  assert.match((await refusalOf({ password: 'wrong' })).message, /\(403\): Authentication Failed/);
  assert.match((await refusalOf({ username: 'nobody' })).message, /\(403\): Invalid or missing credentials/);
  await sandbox.control('config', { denied_actions: ['GetInvoice'] });
  const denied = await refusal(client.billing.getInvoice(7));
  await sandbox.control('config', { denied_actions: [] });
  assert.match(denied.message, /\(403\): Invalid Permissions: API action "getinvoice" is not allowed/);
});

test('an install that prints every number as text is understood too', async () => {
  await sandbox.control('config', { profile: 'stringy' });
  try {
    const { clientid, orderid, invoiceid } = await order();
    assert.deepEqual([typeof clientid, typeof orderid, typeof invoiceid], ['string', 'string', 'string']);
    const invoice = await client.billing.getInvoice(invoiceid);
    assert.deepEqual([invoice.userid, invoice.status], [clientid, 'Unpaid']);
    assert.match(invoice.total, MONEY);
  } finally {
    await sandbox.control('config', { profile: 'typed' });
  }
});
