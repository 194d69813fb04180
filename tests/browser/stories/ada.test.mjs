// Ada sees what she owes, finds an invoice among many, and pays it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADA, DESKTOP, PASSWORD, PHONE, booksOf, eventually, giveCredentials, money, screenshot, signIn, useStage,
} from '../harness.mjs';

const WIDTHS = [DESKTOP, PHONE];
// Every test signs in and some go to billing more than once.
const settings = { PORTAL_LIMIT_SSO_LINKS: '1000', PORTAL_LIMIT_LOGIN_SOURCE: '1000' };
// A portal for each width, since what is paid in one is paid.
const stages = new Map(WIDTHS.map(({ width }) => [width, useStage({ settings, prepare })]));

/** Enough paid invoices for three pages of ten, and one to pay. */
async function prepare(portal) {
  for (let n = 1; n <= 18; n += 1) {
    const lines = [{ description: `Month ${n}`, amount: `${10 + n}.50` }];
    await portal.control('invoices', { client_id: ADA.clientId, status: 'Paid', lines, duedate: -200 - n });
  }
  const lines = [{ description: 'Bernoulli numbers', amount: '34.50' }];
  portal.toPay = await portal.control('invoices', { client_id: ADA.clientId, lines, duedate: 2 });
}

const portalOf = (page) => stages.get(page.viewportSize().width).portal;
const isPhone = (page) => page.viewportSize().width < 768;
const card = (page, name) => page.getByRole('region', { name, exact: true });

for (const viewport of WIDTHS) {
  const stage = stages.get(viewport.width);

  test(`the dashboard says what the ledger says at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await assertDashboard(page);
      await screenshot(page, `ada-dashboard-${viewport.width}`);
    });
  });

  test(`the list of invoices lives in its address at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }).click();
      await page.getByRole('heading', { level: 1, name: 'Invoices' }).waitFor();
      await turnPages(page);
      await filter(page);
      await sort(page);
      await findNothing(page);
    });
  });

  test(`one invoice shows its lines, sums and payments at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await lookAtInvoice(page);
    });
  });

  test(`a refunded invoice asks for nothing at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await lookAtRefund(page);
    });
  });

  test(`Ada pays, and sees it without loading the page again, at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await pay(page, stage.portal.toPay.id);
    });
  });

  test(`view and PDF open the billing system's own pages at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await openInBilling(page);
    });
  });
}

async function assertDashboard(page) {
  const books = await booksOf(portalOf(page), ADA.clientId);
  assert.ok(books.overdue.length > 0 && books.nextDue, 'the seed has something overdue and something due');
  await eventually(async () => {
    const billing = await card(page, 'Billing').innerText();
    const overdue = books.overdue.reduce((sum, { balance }) => sum + balance, 0);
    assert.ok(billing.includes(money(overdue, books.currency)), `overdue ${money(overdue, books.currency)} in:\n${billing}`);
    const due = money(books.nextDue.balance, books.currency);
    assert.ok(billing.includes(due), `next due ${due} in:\n${billing}`);
    assert.match(billing, new RegExp(`\\b${books.overdue.length} invoices? (is|are) overdue`));
    assert.match(billing, new RegExp(`\\b${books.unpaid.length} invoices? to pay`));
    const active = books.services.filter(({ status }) => status === 'Active').length;
    const services = await card(page, 'Services').innerText();
    assert.match(services.replaceAll(/\s+/g, ' '), new RegExp(`\\b${active} active of ${books.services.length} in total`));
    const open = books.cases.filter(({ fields }) => fields.Status !== 'Closed').length;
    assert.match((await card(page, 'Support').innerText()).replaceAll(/\s+/g, ' '), new RegExp(`\\b${open} open case`));
  });
}

/** The numbers of the invoices on the page, from top to bottom. */
async function numbers(page) {
  const links = page.getByRole('main').getByRole('link', { name: /INV-\d+/ });
  const texts = await links.allInnerTexts();
  return texts.map((text) => text.match(/INV-\d+/)[0]);
}

const byNewest = (a, b) => b.date.localeCompare(a.date) || b.id - a.id;
const numbersOf = (invoices) => invoices.map(({ number }) => number);
const query = (page) => Object.fromEntries(new URL(page.url()).searchParams);

function assertRows(page, expected) {
  return eventually(async () => assert.deepEqual(await numbers(page), expected));
}

/** As a set: where two invoices are equal in what is sorted by, either may come first. */
function assertSameRows(page, expected) {
  return eventually(async () => assert.deepEqual((await numbers(page)).sort(), [...expected].sort()));
}

async function turnPages(page) {
  const all = numbersOf((await booksOf(portalOf(page), ADA.clientId)).invoices.sort(byNewest));
  await page.getByLabel('Rows per page').selectOption('10');
  await page.waitForURL(/size=10/);
  // The page before had more rows; a draft has no number.
  await eventually(async () => assert.ok([9, 10].includes((await numbers(page)).length)));
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const first = await numbers(page);
  await screenshot(page, `ada-invoices-${page.viewportSize().width}`);

  await pages.getByRole('link', { name: 'Next page' }).click();
  await page.waitForURL(/page=2/);
  await eventually(async () => assert.notDeepEqual(await numbers(page), first));
  const second = await numbers(page);
  assert.equal(await pages.getByRole('link', { name: 'Page 2' }).getAttribute('aria-current'), 'page');

  await page.reload();
  await assertRows(page, second);
  assert.deepEqual(query(page), { size: '10', page: '2' });

  await pages.getByRole('link', { name: 'Page 3' }).click();
  await page.waitForURL(/page=3/);
  await eventually(async () => assert.notDeepEqual(await numbers(page), second));
  const third = await numbers(page);
  assert.deepEqual([...first, ...second, ...third].sort(), [...all].sort(), 'three pages hold every invoice once');

  await page.goBack();
  await assertRows(page, second);
  await page.goBack();
  await assertRows(page, first);
}

async function filter(page) {
  const { invoices } = await booksOf(portalOf(page), ADA.clientId);
  const choices = page.getByRole('navigation', { name: 'Filter by status' });
  await choices.getByRole('link', { name: 'Unpaid', exact: true }).click();
  await page.waitForURL(/status=unpaid/);
  const unpaid = numbersOf(invoices.filter(({ status }) => status === 'Unpaid'));
  await assertSameRows(page, unpaid);
  assert.equal(await choices.getByRole('link', { name: 'Unpaid', exact: true }).getAttribute('aria-current'), 'true');
  await page.reload();
  await assertSameRows(page, unpaid);

  await choices.getByRole('link', { name: 'Overdue', exact: true }).click();
  await page.waitForURL(/status=overdue/);
  await assertSameRows(page, numbersOf((await booksOf(portalOf(page), ADA.clientId)).overdue));
  await page.goBack();
  await assertSameRows(page, unpaid);
}

async function sort(page) {
  const { unpaid } = await booksOf(portalOf(page), ADA.clientId);
  if (isPhone(page)) {
    await page.getByLabel('Sort by').selectOption({ label: 'Due soonest first' });
  } else {
    // A first press sorts downwards, a second one turns it round.
    await page.getByRole('columnheader', { name: 'Due' }).getByRole('link').click();
    await page.waitForURL(/sort=-due_on/);
    await page.getByRole('columnheader', { name: 'Due' }).getByRole('link').click();
  }
  await page.waitForURL(/sort=due_on/);
  assert.deepEqual(query(page), { status: 'unpaid', sort: 'due_on', size: '10' });
  await assertRows(page, numbersOf(unpaid));
  if (!isPhone(page)) {
    assert.equal(await page.getByRole('columnheader', { name: 'Due' }).getAttribute('aria-sort'), 'ascending');
  }
  await page.reload();
  await assertRows(page, numbersOf(unpaid));
  await screenshot(page, `ada-invoices-unpaid-${page.viewportSize().width}`);
}

async function findNothing(page) {
  // Everything of Ada's is in some state, so that a state without invoices is looked up for somebody who has none of it.
  await page.context().clearCookies();
  await page.goto('/billing/invoices?status=refunded');
  await giveCredentials(page, 'mallory@example.com', PASSWORD);
  await page.getByText('No invoices match this filter').waitFor();
  await screenshot(page, `mallory-invoices-no-match-${page.viewportSize().width}`);
  await page.getByRole('link', { name: 'Show all invoices' }).click();
  await page.waitForURL((url) => !url.searchParams.has('status'));
  await eventually(async () => assert.equal((await numbers(page)).length, 2));
}

async function lookAtInvoice(page) {
  const books = await booksOf(portalOf(page), ADA.clientId);
  const invoice = books.invoices.find(({ id }) => id === 8);
  const inWords = (hundredths) => money(hundredths, books.currency);
  await page.goto('/billing/invoices/8');
  await page.getByRole('heading', { level: 1, name: `Invoice ${invoice.number}` }).waitFor();
  const charges = page.getByRole('region', { name: 'Charges' });
  for (const item of invoice.items) {
    const row = charges.getByRole('row').filter({ hasText: item.description.replaceAll('&amp;', '&') });
    assert.ok((await row.innerText()).includes(inWords(Math.round(item.amount * 100))));
  }
  const sums = await charges.innerText();
  assert.match(sums, /Credit used/);
  assert.ok(sums.includes(inWords(2000)), sums);
  const payments = page.getByRole('region', { name: 'Payments and refunds' });
  assert.ok((await payments.innerText()).includes(inWords(3000)));
  assert.match(await payments.innerText(), /SANDBOX-\d+/);
  const summary = await page.getByRole('region', { name: 'Summary' }).innerText();
  assert.ok(summary.includes(inWords(invoice.balance)), `${inWords(invoice.balance)} in:\n${summary}`);
  await screenshot(page, `ada-invoice-${page.viewportSize().width}`);
}

async function lookAtRefund(page) {
  await page.goto('/billing/invoices/3');
  await page.getByRole('heading', { level: 1, name: 'Invoice INV-00003' }).waitFor();
  await page.getByText('Refunded', { exact: true }).waitFor();
  assert.match(await page.getByRole('region', { name: 'Payments and refunds' }).innerText(), /Refund/);
  assert.equal(await page.getByRole('button', { name: /pay now/i }).count(), 0);
  await screenshot(page, `ada-invoice-refunded-${page.viewportSize().width}`);
  const summary = await page.getByRole('region', { name: 'Summary' }).innerText();
  assert.doesNotMatch(summary, /balance due|due .* ago/i, 'nobody owes what was given back');
}

async function pay(page, id) {
  const { whmcs } = await portalOf(page).ledger();
  const { number } = whmcs.invoices[id];
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }).click();
  await page.getByRole('main').getByRole('link', { name: number }).click();
  const button = page.getByRole('button', { name: /pay now/i });
  const opening = page.waitForEvent('popup');
  const linked = page.waitForResponse(/\/sso-link$/);
  await button.click();
  const billing = await opening;
  const link = (await (await linked).json()).data.url;
  await billing.waitForURL(/\/whmcs\/viewinvoice\.php\?id=\d+/);
  const there = await billing.getByRole('main').innerText();
  assert.match(there, new RegExp(`Invoice #${number}`));
  assert.match(there, /Lovelace & Daughters/, 'signed in as the customer');
  assert.equal(await billing.evaluate(() => window.opener), null, 'the other tab cannot reach back');

  await page.getByText('Waiting for your payment').waitFor();
  await screenshot(page, `ada-paying-${page.viewportSize().width}`);
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await billing.getByRole('button', { name: /pay now/i }).click();
  await billing.getByText('Status: Paid').waitFor();
  await billing.close();

  const said = page.locator('[aria-live]').filter({ hasText: `Invoice ${number} is paid` });
  await said.waitFor();
  await page.getByRole('main').getByText('Paid', { exact: true }).first().waitFor();
  await screenshot(page, `ada-paid-${page.viewportSize().width}`);
  assert.equal(await page.getByRole('button', { name: /pay now/i }).count(), 0);
  assert.equal(loads, 0, 'nobody loaded the page again');

  const again = await fetch(link, { redirect: 'manual' });
  assert.equal(again.status, 403);
  assert.match(await again.text(), /already used/);

  // Every other page has it too, also those that were read while it was unpaid.
  const places = page.getByRole('navigation', { name: 'Main' });
  await places.getByRole('link', { name: 'Dashboard' }).click();
  await assertDashboard(page);
  await places.getByRole('link', { name: 'Invoices' }).click();
  await assertPaidIn(page, number);
  await page.reload();
  await assertPaidIn(page, number);
}

function assertPaidIn(page, number) {
  const row = page.getByRole('main').locator('tr, li').filter({ hasText: number });
  return eventually(async () => assert.match(await row.innerText(), /\bPaid\b/));
}

async function openInBilling(page) {
  await page.goto('/billing/invoices/7');
  const opening = page.waitForEvent('popup');
  await page.getByRole('button', { name: /open in billing/i }).click();
  const billing = await opening;
  await billing.getByRole('heading', { name: 'Invoice #INV-00007' }).waitFor();
  await billing.close();

  const pdf = page.context().waitForEvent('page').then((tab) => tab.waitForEvent('download'));
  await page.getByRole('button', { name: /download pdf/i }).click();
  const download = await pdf;
  assert.match(new URL(download.url()).pathname, /dl\.php$/);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  // Neither is a payment: nothing is waited for.
  assert.equal(await page.getByText('Waiting for your payment').count(), 0);
}
