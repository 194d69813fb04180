// Leaving, coming back, and a session that ends in the middle of something.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADA, DESKTOP, PASSWORD, PHONE, ask, assertFocused, axe, endSession, eventually, giveCredentials, screenshot,
  sessionCookie, signIn, useStage,
} from '../harness.mjs';

const stage = useStage({ settings: { PORTAL_LIMIT_LOGIN_SOURCE: '1000' } });

const LIST = '/billing/invoices?status=paid&sort=-total&size=10';

async function signOut(page) {
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
}

for (const viewport of [DESKTOP, PHONE]) {
  test(`signing out ends the session everywhere at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
      const cookie = await sessionCookie(page);
      assert.equal((await ask(stage.portal, '/api/me', { cookie })).status, 200);
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }).click();
      await page.getByRole('heading', { level: 1, name: 'Invoices' }).waitFor();
      await page.getByRole('button', { name: 'Account menu' }).click();
      await screenshot(page, `account-menu-${viewport.width}`);
      await page.keyboard.press('Escape');

      await signOut(page);
      await page.getByText('You are signed out.').waitFor();
      await screenshot(page, `signed-out-${viewport.width}`);
      assert.equal(new URL(page.url()).search, '', 'whoever signs out does not ask for a page');
      await assertDead(cookie);

      // Neither the way back nor the address leads to what was on the screen.
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
      await page.goto('/billing/invoices/7');
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
      assert.equal(await page.getByText('INV-00007').count(), 0);
    });
  });

  test(`a session that ends while a page is open asks for the password, and the page goes on, at ${viewport.width}`, async () => {
    // The refused reads, and the wrong password.
    const expected = [/401.*\/api\/invoices/, /401.*\/api\/auth\/login/];
    await stage.visit({ viewport, expected }, async (page) => {
      await signIn(page, ADA.email);
      await page.goto(LIST);
      await page.getByText('INV-00001').waitFor();
      const old = await sessionCookie(page);
      await endSession(stage.portal, page);
      await page.getByRole('button', { name: 'Refresh' }).click();
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
      await dialog.waitFor();
      assert.ok((await dialog.innerText()).includes(ADA.email), 'it says whose password');
      assert.equal(await page.getByText('INV-00001').count(), 1, 'the page stays behind it');
      await axe(page);
      await screenshot(page, `session-ended-${viewport.width}`);

      await dialog.getByLabel(/^password/i).fill('not the password at all');
      await dialog.getByRole('button', { name: 'Continue' }).click();
      await dialog.getByRole('alert').filter({ hasText: /do not match/i }).waitFor();
      await dialog.getByLabel(/^password/i).fill(PASSWORD);
      const refreshed = page.waitForResponse((response) => response.url().includes('/api/invoices') && response.ok());
      await dialog.getByRole('button', { name: 'Continue' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await refreshed;
      assert.ok(page.url().endsWith(LIST), 'the same page with the same rows');
      await page.getByText('INV-00001').waitFor();
      await assertFocused(page.getByRole('button', { name: 'Refresh' }));
      assert.notEqual(await sessionCookie(page), old);
      await assertDead(old);
    });
  });
}

async function assertDead(cookie) {
  const me = await ask(stage.portal, '/api/me', { cookie });
  assert.equal(me.status, 401);
  assert.equal((await me.json()).code, 'auth.required');
  const session = await ask(stage.portal, '/api/auth/session', { cookie });
  assert.equal((await session.json()).data.state, 'anonymous');
}

// Whoever types on, or presses Enter once more, must not end up signed out.
test('the question for the password begins at the password', async () => {
  await stage.visit({ expected: [/401.*\/api\/invoices/] }, async (page) => {
    await signIn(page, ADA.email);
    await page.goto(LIST);
    await page.getByText('INV-00001').waitFor();
    await endSession(stage.portal, page);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await assertFocused(page.getByRole('dialog').getByLabel(/^password/i));
  });
});

test('another tab of the same person is signed out too', async () => {
  await stage.visit({ expected: [/401.*\/api\/me\/summary/, /401.*\/api\/invoices/] }, async (page) => {
    await signIn(page, ADA.email);
    const other = await page.context().newPage();
    await other.goto('/');
    await other.getByRole('button', { name: 'Refresh' }).waitFor();
    await signOut(page);
    await other.getByRole('button', { name: 'Refresh' }).click();
    const dialog = other.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Sign out instead' }).click();
    await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await other.getByText('Your session has ended. Sign in to go on.').waitFor();
  });
});

test('who was asked to sign in gets to the page that was asked for', async () => {
  await stage.visit({}, async (page) => {
    await page.goto(LIST);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('next'), LIST);
    // The way round over the sign-up page keeps it.
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByRole('heading', { level: 1, name: 'Create your account' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await giveCredentials(page, ADA.email);
    await page.getByRole('heading', { level: 1, name: 'Invoices' }).waitFor();
    assert.ok(page.url().endsWith(LIST), page.url());
    // Back leads past the sign-in page, not into it.
    await page.goBack();
    await eventually(async () => assert.doesNotMatch(page.url(), /\/auth\/login/));
  });
});

const HOSTILE = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  'javascript:document.title="owned"',
  'data:text/html,owned',
  '/api/me',
  '/auth/login?next=//evil.example',
];
test('a hostile next is ignored', async () => {
  await stage.visit({}, async (page) => {
    const left = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(stage.portal.url)) left.push(request.url());
    });
    const loginWith = (next) => `/auth/login?next=${encodeURIComponent(next)}`;
    await page.goto(loginWith(HOSTILE[0]));
    await giveCredentials(page, ADA.email);
    await assertAtHome(page);
    // Somebody who is signed in already is led on at once, by the same rule.
    for (const next of HOSTILE) {
      await page.goto(loginWith(next));
      await assertAtHome(page);
    }
    assert.deepEqual(left, []);
  });
});

async function assertAtHome(page) {
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  assert.equal(page.url(), `${stage.portal.url}/`);
}

// The portal's clock is the machine's, so that a sign-in cannot be made old from outside: its first answer is put into its mouth.
test('a link into billing that needs the password again asks for it and goes on', async () => {
  await stage.visit({ expected: [/403.*\/sso-link/] }, async (page) => {
    await signIn(page, ADA.email);
    await page.goto('/billing/invoices/7');
    const keys = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/sso-link')) keys.push(request.headers()['idempotency-key']);
    });
    await page.route('**/sso-link', (route) => route.fulfill(stepUpProblem()), { times: 1 });
    await page.getByRole('button', { name: /pay now/i }).click();
    const dialog = page.getByRole('dialog', { name: /confirm that it is you/i });
    await dialog.waitFor();
    assert.equal(page.context().pages().length, 1, 'no empty tab stays behind');
    await axe(page);
    await screenshot(page, 'step-up-1280');

    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /pay now/i }).waitFor();

    await page.route('**/sso-link', (route) => route.fulfill(stepUpProblem()), { times: 1 });
    await page.getByRole('button', { name: /pay now/i }).click();
    await dialog.getByLabel(/^password/i).fill(PASSWORD);
    await assertBillingOpens(page, () => dialog.getByRole('button', { name: 'Continue' }).click());
    assert.equal(keys.length, 3);
    assert.ok(keys[1] && keys[1] === keys[2] && keys[0] !== keys[1], 'a click is one submission, also when it is sent twice');
  });
});

test('a session that ended before the click on paying asks for the password and goes on', async () => {
  await stage.visit({ expected: [/401.*\/sso-link/] }, async (page) => {
    await signIn(page, ADA.email);
    await page.goto('/billing/invoices/7');
    await page.getByRole('button', { name: /pay now/i }).waitFor();
    await endSession(stage.portal, page);
    await page.getByRole('button', { name: /pay now/i }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel(/^password/i).fill(PASSWORD);
    await assertBillingOpens(page, () => dialog.getByRole('button', { name: 'Continue' }).click());
  });
});

async function assertBillingOpens(page, act) {
  const opening = page.waitForEvent('popup');
  await act();
  const billing = await opening;
  await billing.getByRole('heading', { name: 'Invoice #INV-00007' }).waitFor();
  await billing.close();
  await page.getByText('Waiting for your payment').waitFor();
}

function stepUpProblem() {
  const problem = {
    type: '/problems/auth.step_up_required',
    title: 'Confirm that it is you',
    status: 403,
    instance: 'req-in-a-story',
    code: 'auth.step_up_required',
  };
  return { status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) };
}
