// People who have a login of billing bring it to the portal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP, NEW_PASSWORD, PASSWORD, PHONE, assertSound, appCode, screenshot, signIn, useStage,
} from '../harness.mjs';

const stage = useStage({
  settings: {
    WHMCS_OIDC_CLIENT_ID: 'SANDBOX.portal',
    WHMCS_OIDC_CLIENT_SECRET: 'sandbox-openid-secret',
    PORTAL_LIMIT_LOGIN_SOURCE: '1000',
  },
});

/** The second factor of every demo person who has one, as the sandbox documents it. */
const TOVES_APP = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const heading = (page, name) => page.getByRole('heading', { level: 1, name });

async function bring(page, email, password = PASSWORD) {
  await page.goto('/auth/login');
  await page.getByRole('link', { name: 'Bring it here' }).click();
  await heading(page, 'Bring your billing login').waitFor();
  await page.getByLabel(/e-mail/i).fill(email);
  await page.getByLabel(/password of the billing area/i).fill(password);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function choosePassword(page) {
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Finish and sign in' }).click();
  await heading(page, /hello|dashboard/i).waitFor();
}

test('Grace brings her login, chooses a password, and has her dashboard', async () => {
  await stage.visit({ viewport: PHONE, expected: [/422.*set-password/] }, async (page) => {
    await bring(page, 'grace@example.com');
    await heading(page, 'Choose your portal password').waitFor();
    await assertSound(page);
    await screenshot(page, 'link-set-password-390');
    // A reload in the middle loses nothing.
    await page.reload();
    await heading(page, 'Choose your portal password').waitFor();
    // The password of billing itself will not do.
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Finish and sign in' }).click();
    await page.getByText(/another one than before|common passwords/).first().waitFor();
    await choosePassword(page);
    await page.getByRole('button', { name: /account menu/i }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(page, 'grace@example.com', NEW_PASSWORD);
    await heading(page, /hello|dashboard/i).waitFor();
  });
});

test('Linus sees whose accounts they are, chooses one, and switches to another', async () => {
  await stage.visit({ viewport: DESKTOP }, async (page) => {
    await bring(page, 'linus@example.com');
    await heading(page, 'Choose your portal password').waitFor();
    const accounts = page.locator('form').getByRole('radio');
    assert.equal(await accounts.count(), 3);
    assert.equal(await page.getByText(/^Belongs to/).count(), 1, 'one is somebody else’s');
    await assertSound(page);
    await screenshot(page, 'link-choose-1280');
    await choosePassword(page);
    await page.getByRole('button', { name: /account menu/i }).click();
    await page.getByRole('menuitem', { name: 'Switch account' }).click();
    const dialog = page.getByRole('dialog', { name: 'Switch account' });
    await dialog.getByText('In use').waitFor();
    await screenshot(page, 'account-switch-1280');
    const other = dialog.getByRole('listitem').filter({ hasNotText: 'In use' }).filter({ hasText: 'Your own account' });
    const name = await other.locator('p').first().innerText();
    await other.getByRole('button', { name: /^switch/i }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /account menu/i }).filter({ hasText: name }).waitFor();
  });
});

test('Tove, who has a second factor at billing, signs in there', async () => {
  await stage.visit({ viewport: DESKTOP, expected: [/409.*link-whmcs/] }, async (page) => {
    await bring(page, 'tove@example.com');
    await page.getByText('This login is protected by a second factor').waitFor();
    await page.getByRole('link', { name: 'Sign in at the billing area' }).click();
    await page.waitForURL(/whmcs\/(oauth|login)/);
    await page.locator('input[type=email], input[name=email], input[name=username]').first().fill('tove@example.com');
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.locator('button[type=submit], input[type=submit]').first().click();
    await page.locator('input[name=code], input[name=key], input[autocomplete="one-time-code"]').first().fill(appCode(TOVES_APP));
    await page.locator('button[type=submit], input[type=submit]').first().click();
    // Some installations ask whether the portal may know.
    const consent = page.getByRole('button', { name: /authori[sz]e|allow|continue/i });
    await Promise.race([page.waitForURL(/\/auth\/set-password|\/auth\/link/), consent.waitFor().then(() => consent.click())]);
    await heading(page, 'Choose your portal password').waitFor();
    await choosePassword(page);
  });
});

test('a wrong password says so, and no more', async () => {
  const texts = [];
  await stage.visit({ expected: [/401.*link-whmcs/] }, async (page) => {
    for (const email of ['mallory@example.com', 'nobody-at-all@example.com']) {
      await bring(page, email, 'not the password at all');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      texts.push((await alert.innerText()).replaceAll(/Request \S+/g, ''));
    }
  });
  assert.equal(texts[0], texts[1]);
});
