// A newcomer signs up, proves the address, and has an account in billing and support a moment later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP, NEW_PASSWORD, PHONE, assertFocused, assertWrong, axe, eventually, mailedCode, screenshot, useStage,
} from '../harness.mjs';

const stage = useStage();

// Long enough for the form; only the portal knows that everybody has it.
const COMMON_PASSWORD = 'password123456';

for (const viewport of [DESKTOP, PHONE]) {
  const email = `newcomer-${viewport.width}@example.com`;

  test(`a newcomer signs up at ${viewport.width}`, async () => {
    // The weak password and the wrong code are refused by the portal, which a browser notes.
    const expected = [/422.*\/api\/auth\/signup\)/, /422.*\/api\/auth\/signup\/confirm\)/];
    await stage.visit({ viewport, expected }, async (page) => {
      await page.goto('/auth/login');
      await page.getByRole('link', { name: 'Create an account' }).click();
      await page.getByRole('heading', { level: 1, name: 'Create your account' }).waitFor();
      await sendNothing(page);
      await sendNonsense(page, email);
      await sendCommonPassword(page);
      await page.getByLabel(/^password/i).fill(NEW_PASSWORD);
      // Billing takes its time, so that the dashboard has something to wait for.
      await stage.portal.plant({ target: 'whmcs', action: 'AddClient', kind: 'latency', ms: 2500, times: 1 });
      await page.getByRole('button', { name: 'Continue' }).click();
      await proveAddress(page, email);
      await watchSettingUp(page, viewport);
      await assertBooks(email);
    });
  });
}

// Leaving the field shows its error, which must not move the button away from under the pointer that is pressing it.
test('a press on the button sends the form from the field that is wrong', async () => {
  await stage.visit({}, async (page) => {
    await page.goto('/auth/login');
    await page.getByLabel(/^password/i).fill(NEW_PASSWORD);
    await page.getByLabel(/e-mail/i).fill('nobody at example');
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    const { x, y, height } = await button.boundingBox();
    await page.mouse.move(x + 40, y + height / 2);
    // What is wrong must not show between the two, or the button would move away from under the press.
    await page.mouse.down();
    await page.mouse.up();
    await assertWrong(page.getByLabel(/e-mail/i), /such as name@example\.com/i);
    await assertFocused(page.getByLabel(/e-mail/i));
  });
});

async function sendNothing(page) {
  await page.getByRole('button', { name: 'Continue' }).click();
  for (const label of [/first name/i, /last name/i, /e-mail/i, /^password/i]) {
    await assertWrong(page.getByLabel(label), /please fill this in/i);
  }
  assert.equal(await page.getByLabel(/company/i).getAttribute('aria-invalid'), null, 'the company may stay empty');
  await assertFocused(page.getByLabel(/first name/i));
  await axe(page);
  await screenshot(page, `signup-errors-${page.viewportSize().width}`);
}

async function sendNonsense(page, email) {
  await page.getByLabel(/first name/i).fill('Nora');
  await page.getByLabel(/last name/i).fill('Newcomer');
  await page.getByLabel(/company/i).fill('Newcomer & Sons');
  await page.getByLabel(/e-mail/i).fill('nora at example');
  await page.getByLabel(/^password/i).fill('short');
  await page.getByRole('button', { name: 'Continue' }).click();
  await assertWrong(page.getByLabel(/e-mail/i), /such as name@example\.com/i);
  await assertWrong(page.getByLabel(/^password/i), /at least 12 characters/i);
  await assertFocused(page.getByLabel(/e-mail/i));
  await page.getByLabel(/e-mail/i).fill(email);
  await eventually(async () => assert.equal(await page.getByLabel(/e-mail/i).getAttribute('aria-invalid'), null));
}

async function sendCommonPassword(page) {
  await page.getByLabel(/^password/i).fill(COMMON_PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await assertWrong(page.getByLabel(/^password/i), /common passwords|too easy to guess/i);
  await assertFocused(page.getByLabel(/^password/i));
  assert.equal(await page.getByLabel(/first name/i).inputValue(), 'Nora', 'what was entered stays');
}

async function proveAddress(page, email) {
  await page.getByRole('heading', { level: 1, name: 'Check your e-mail' }).waitFor();
  await assertFocused(page.getByRole('heading', { level: 1 }));
  assert.match(await page.getByRole('main').innerText(), new RegExp(email));
  const code = await mailedCode(stage.portal, email);
  const field = page.getByLabel(/six-digit code/i);

  await field.fill('12');
  await field.press('Enter');
  await assertWrong(field, /as it is shown/i);
  await assertFocused(field);

  await field.fill(code === '111111' ? '222222' : '111111');
  await page.getByRole('button', { name: /confirm/i }).click();
  await page.getByRole('alert').filter({ hasText: /does not work/i }).waitFor();
  await screenshot(page, `signup-wrong-code-${page.viewportSize().width}`);

  // People paste codes with a space in them.
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  assert.equal(await field.inputValue(), code);
  await page.getByRole('button', { name: /confirm/i }).click();
}

async function watchSettingUp(page, viewport) {
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  await page.getByRole('heading', { name: /setting up your account/i }).waitFor();
  await screenshot(page, `signup-setting-up-${viewport.width}`);
  await page.getByText('You owe nothing right now').waitFor();
  await page.getByText('No services yet').waitFor();
  await page.getByText('Nobody is waiting').waitFor();
  assert.equal(loads, 0, 'nobody loaded the page again');
  await screenshot(page, `signup-ready-${viewport.width}`);
}

async function assertBooks(email) {
  const { whmcs, salesforce } = await stage.portal.ledger();
  const users = Object.values(whmcs.users).filter((user) => user.email === email);
  const clients = Object.values(whmcs.clients).filter((client) => client.email === email);
  assert.equal(users.length, 1, 'one user');
  assert.equal(clients.length, 1, 'one client');
  const [client] = clients;
  assert.equal(client.owner_user_id, users[0].id);
  assert.deepEqual([client.first_name, client.last_name, client.company], ['Nora', 'Newcomer', 'Newcomer &amp; Sons']);

  const ofType = (name) => salesforce.records.filter(({ type }) => type === name);
  const accounts = ofType('Account').filter(({ fields }) => fields.WHMCS_Client_Id__c === String(client.id));
  assert.equal(accounts.length, 1, 'one account');
  assert.equal(accounts[0].fields.Name, 'Newcomer & Sons');
  const contacts = ofType('Contact').filter(({ fields }) => fields.Email === email);
  assert.equal(contacts.length, 1, 'one contact');
  assert.equal(contacts[0].fields.AccountId, accounts[0].id);
}
