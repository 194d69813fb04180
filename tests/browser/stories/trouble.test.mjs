// The systems behind the portal fail, hang, or have nothing to say.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  ADA, DESKTOP, MALLORY, NEW_PASSWORD, PHONE, assertFocused, axe, eventually, makeNewcomer, screenshot, signIn, useStage,
} from '../harness.mjs';

// A breaker that opened in one story would be felt in the next, so that there is a portal for each kind of trouble.
const warm = useStage();
const cold = useStage();
const halved = useStage();
const calm = useStage();
const STAGES = [warm, cold, halved, calm];

afterEach(() => Promise.all(STAGES.map(({ portal }) => portal.clearFaults())));

const WHMCS_DOWN = { target: 'whmcs', action: '*', kind: 'status', status: 503 };
const SALESFORCE_DOWN = { target: 'salesforce', action: '*', kind: 'status', status: 503 };
const STALE = /earlier copy/i;

const region = (page, name) => page.getByRole('region', { name, exact: true });
const refresh = (page) => page.getByRole('button', { name: 'Refresh' }).click();
const go = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

/** Presses until the breaker in front of the upstream lets a try through again. */
function pressUntil(button, done) {
  return eventually(async () => {
    await button.click({ timeout: 1000 }).catch(() => {});
    await done.waitFor({ timeout: 1000 });
  }, { seconds: 45 });
}

test('billing is down and everything was read before: the last copy, marked as one, and no button to pay', async () => {
  await warm.visit({}, async (page) => {
    await signIn(page, ADA.email);
    await region(page, 'Billing').getByText('1 invoice is overdue').waitFor();
    await go(page, 'Invoices');
    await page.getByText('INV-00007').waitFor();
    await page.goto('/billing/invoices/7');
    await page.getByRole('button', { name: /pay now/i }).waitFor();

    await warm.portal.plant(WHMCS_DOWN);
    // What is not older than two seconds counts as fresh.
    await eventually(async () => {
      await refresh(page);
      await page.getByRole('status').filter({ hasText: STALE }).waitFor({ timeout: 1000 });
    });
    assert.equal(await page.getByRole('button', { name: /pay now/i }).count(), 0);
    await page.getByText('Starter - lovelace.example').waitFor();
    await axe(page);
    await screenshot(page, 'stale-invoice-1280');

    await go(page, 'Invoices');
    await page.getByText('INV-00007').waitFor();
    await refresh(page);
    await page.getByRole('status').filter({ hasText: STALE }).waitFor();
    await page.getByText('INV-00007').waitFor();
    await screenshot(page, 'stale-invoices-1280');

    await go(page, 'Dashboard');
    await refresh(page);
    await page.getByRole('status').filter({ hasText: STALE }).first().waitFor();
    await region(page, 'Billing').getByText('1 invoice is overdue').waitFor();
    await region(page, 'Support').getByText('open cases').waitFor();
    await axe(page);
    await screenshot(page, 'stale-dashboard-1280');
    await page.setViewportSize(PHONE);
    await screenshot(page, 'stale-dashboard-390');
    await page.setViewportSize(DESKTOP);

    await warm.portal.clearFaults();
    await page.goto('/billing/invoices/7');
    await pressUntil(page.getByRole('button', { name: 'Refresh' }), page.getByRole('button', { name: /pay now/i }));
    // A press that was on its way may still bring the last copy before the breaker lets everything through again.
    await eventually(async () => assert.equal(await page.getByText(STALE).count(), 0));
  });
});

test('billing is down and nothing was read before: what failed, the request to name, and another try', async () => {
  const expected = [/50[234].*\/api\/invoices/];
  await cold.visit({ expected }, async (page) => {
    await cold.portal.plant(WHMCS_DOWN);
    await signIn(page, MALLORY.email);
    await region(page, 'Billing').getByText('Not available right now').waitFor();
    await region(page, 'Services').getByText('Not available right now').waitFor();
    await region(page, 'Support').getByText('open case').waitFor();
    await region(page, 'Recent invoices').getByRole('alert').waitFor();
    await axe(page);
    await screenshot(page, 'cold-dashboard-1280');

    await go(page, 'Invoices');
    const alert = page.getByRole('main').getByRole('alert');
    await alert.waitFor();
    const requested = page.waitForResponse(/\/api\/invoices/);
    await alert.getByRole('button', { name: 'Try again' }).click();
    const { instance } = await (await requested).json();
    await eventually(async () => assert.ok((await alert.innerText()).includes(instance), 'the id of the last request'));
    await axe(page);
    await screenshot(page, 'cold-invoices-1280');
    await page.setViewportSize(PHONE);
    await screenshot(page, 'cold-invoices-390');
    await go(page, 'Dashboard');
    await region(page, 'Billing').getByText('Not available right now').waitFor();
    await screenshot(page, 'cold-dashboard-390');
    await page.setViewportSize(DESKTOP);

    await cold.portal.clearFaults();
    await go(page, 'Invoices');
    await pressUntil(page.getByRole('button', { name: 'Try again' }), page.getByRole('main').getByText(/INV-\d+/).first());
    assert.equal(await alert.count(), 0);
    await go(page, 'Dashboard');
    await pressUntil(page.getByRole('button', { name: 'Refresh' }), region(page, 'Billing').getByText(/INV-\d+/).first());
    assert.equal(await page.getByText('Not available right now').count(), 0);
  });
});

test('support is down: its card says so, and only that', async () => {
  await halved.visit({}, async (page) => {
    await halved.portal.plant(SALESFORCE_DOWN);
    await signIn(page, ADA.email);
    const support = region(page, 'Support');
    await support.getByText('Not available right now').waitFor();
    await region(page, 'Billing').getByText('1 invoice is overdue').waitFor();
    await region(page, 'Services').getByText('active').first().waitFor();
    await region(page, 'Recent invoices').getByText('INV-00007').first().waitFor();
    assert.equal(await page.getByText('Not available right now').count(), 1);
    assert.equal(await page.getByText(STALE).count(), 0);
    await screenshot(page, 'support-down-1280');
    await halved.portal.clearFaults();
    await pressUntil(support.getByRole('button', { name: 'Try again' }), support.getByText('open cases'));
  });
});

test('a slow upstream: shapes in the place of what is coming, then the rows', async () => {
  await calm.visit({}, async (page) => {
    await calm.portal.plant({ target: 'whmcs', action: '*', kind: 'latency', ms: 1500 });
    await signIn(page, MALLORY.email);
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await region(page, 'Billing').getByText('Loading').first().waitFor({ state: 'attached' });
    await axe(page);
    await screenshot(page, 'skeleton-dashboard-1280');
    const before = await region(page, 'Services').boundingBox();
    await go(page, 'Invoices');
    await page.getByRole('main').getByText('Loading').first().waitFor({ state: 'attached' });
    assert.equal(await page.getByText(/INV-\d+/).count(), 0);
    await screenshot(page, 'skeleton-invoices-1280');
    await page.getByText(/INV-\d+/).first().waitFor();
    assert.equal(await page.getByText('Loading', { exact: true }).count(), 0);
    await go(page, 'Dashboard');
    await region(page, 'Billing').getByText(/INV-\d+/).first().waitFor();
    const after = await region(page, 'Services').boundingBox();
    assert.deepEqual([after.x, after.width], [before.x, before.width], 'the shapes stand where the figures come');
  });
});

test('other rows are on their way: the old ones stay, marked as busy', async () => {
  await calm.visit({}, async (page) => {
    await signIn(page, ADA.email);
    await page.goto('/billing/invoices');
    await page.getByText('INV-00009').waitFor();
    await calm.portal.plant({ target: 'whmcs', action: 'GetInvoices', kind: 'latency', ms: 2000 });
    await page.getByRole('navigation', { name: 'Filter by status' }).getByRole('link', { name: 'Cancelled' }).click();
    await page.locator('[aria-busy=true]').filter({ hasText: 'INV-00009' }).waitFor();
    await eventually(async () => assert.equal(await page.getByText('INV-00009').count(), 0));
    await page.getByText('INV-00004').waitFor();
  });
});

test('somebody without invoices sees what will be here', async () => {
  await makeNewcomer(calm.portal, 'nora@example.com');
  await calm.visit({}, async (page) => {
    await signIn(page, 'nora@example.com', NEW_PASSWORD);
    await page.getByText('You owe nothing right now').waitFor();
    await page.getByText('Your invoices will appear here.').waitFor();
    await screenshot(page, 'empty-dashboard-1280');
    await go(page, 'Invoices');
    await page.getByText('No invoices yet').waitFor();
    await axe(page);
    await screenshot(page, 'empty-invoices-1280');
    await page.setViewportSize(PHONE);
    await screenshot(page, 'empty-invoices-390');
    await page.goto('/billing/invoices?page=7');
    await page.getByText(/No invoices yet|nothing on this page/).first().waitFor();
  });
});

test('a page behind the last one leads back to the first', async () => {
  await calm.visit({}, async (page) => {
    await signIn(page, ADA.email);
    await page.goto('/billing/invoices?page=7');
    await page.getByText('There is nothing on this page').waitFor();
    await page.getByRole('link', { name: 'Go to the first page' }).click();
    await page.getByText('INV-00007').waitFor();
    assert.equal(new URL(page.url()).search, '');
  });
});

test('an address without a page says so to everybody', async () => {
  await calm.visit({}, async (page) => {
    for (const address of ['/nowhere', '/billing', '/auth/nowhere']) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
      assert.match(await page.title(), /^Page not found/);
    }
    await page.getByRole('link', { name: 'Go to the dashboard' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await assertFocused(page.getByRole('heading', { level: 1 }));
    await signIn(page, ADA.email);
    await page.goto('/nowhere');
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  });
});

test('an invoice of somebody else looks like one that does not exist', async () => {
  const { whmcs } = await calm.portal.ledger();
  const foreign = Object.values(whmcs.invoices).find((invoice) => invoice.client_id === MALLORY.clientId).id;
  const draft = Object.values(whmcs.invoices).find(({ client_id, status }) => client_id === ADA.clientId && status === 'Draft').id;
  await calm.visit({ expected: [/404.*\/api\/invoices\//] }, async (page) => {
    await signIn(page, ADA.email);
    const texts = [];
    for (const id of [foreign, draft, 987654321, 'abc', '0', '18446744073709551616']) {
      await page.goto(`/billing/invoices/${id}`);
      await page.getByRole('heading', { level: 1, name: 'Invoice not found' }).waitFor();
      texts.push(`${await page.title()}\n${await page.getByRole('main').innerText()}`);
    }
    assert.deepEqual(new Set(texts).size, 1, texts.join('\n---\n'));
    await axe(page);
    await screenshot(page, 'invoice-not-found-1280');
  });
});

test('the portal itself does not answer: a page that says so and goes on by itself', async () => {
  const refused = /ERR_CONNECTION_REFUSED/;
  await calm.visit({ expected: [refused] }, async (page) => {
    await signIn(page, ADA.email);
    await page.route('**/api/auth/session', (route) => route.abort('connectionrefused'));
    await page.goto('/billing/invoices/7');
    await page.getByRole('alert').filter({ hasText: 'No connection' }).waitFor();
    await axe(page);
    await screenshot(page, 'unreachable-1280');
    await page.unroute('**/api/auth/session');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Invoice INV-00007' }).waitFor();
  });
});

test('before the app is there: the outline of a page', async () => {
  await calm.visit({}, async (page) => {
    await page.route('**/*.wasm', () => {});
    for (const [address, outline] of [['/', '.shell-app'], ['/auth/login', '.shell-auth']]) {
      await page.goto(address, { waitUntil: 'commit' });
      await page.locator(`#shell ${outline}`).waitFor({ state: 'visible', timeout: 5000 });
      assert.equal(await page.getByText('could not be loaded').isVisible(), false);
      await screenshot(page, `shell${outline.replace('.', '-')}-1280`);
    }
  });
});

test('the app does not arrive: words instead of an empty page', async () => {
  const failed = /ERR_FAILED/;
  await calm.visit({ expected: [failed] }, async (page) => {
    await page.route('**/assets/portal-*.js', (route) => route.abort());
    await page.goto('/');
    await page.getByText('The portal could not be loaded').waitFor({ state: 'visible', timeout: 5000 });
    await axe(page);
    await screenshot(page, 'app-missing-1280');
  });
});
