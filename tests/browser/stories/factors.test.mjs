// Second factors: an authenticator app, recovery codes, passkeys; and the fresh proof that important steps ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages } from '../../../infra/lib/mailbox.mjs';
import {
  DESKTOP, NEW_PASSWORD, PHONE, appCode, assertSound, giveCredentials, mailedCode, makeNewcomer, passkeyDevice,
  screenshot, signIn, useStage, withinOneStep,
} from '../harness.mjs';

const stage = useStage({ settings: { PORTAL_LIMIT_LOGIN_SOURCE: '1000', PORTAL_LIMIT_SIGNUP_SOURCE: '1000' } });
// Where a device that signs in for the first time has to give a mailed code.
const careful = useStage({ settings: { PORTAL_NEW_DEVICE_CODE: 'on' } });

const signOut = async (page) => {
  await page.getByRole('button', { name: /account menu/i }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
};
const dashboard = (page) => page.getByRole('heading', { level: 1, name: /hello|dashboard/i });

/** Sets an authenticator app up on the security page; gives its key, the code that was used, and the recovery codes. */
async function setUpApp(page) {
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  await dialog.getByRole('img', { name: /QR code/ }).waitFor();
  await dialog.getByText('No camera?').click();
  const key = (await dialog.locator('details p').innerText()).trim();
  await assertSound(page);
  await screenshot(page, `totp-setup-${page.viewportSize().width}`);
  // The code of the step before is good too, and leaves the present one for the sign-in.
  await withinOneStep(20);
  const used = appCode(key, -1);
  await dialog.getByLabel('Six-digit code').fill(used);
  await dialog.getByRole('button', { name: 'Activate' }).click();
  const kept = page.getByRole('dialog', { name: 'Keep these recovery codes' });
  await kept.getByRole('listitem').first().waitFor();
  const codes = await kept.getByRole('listitem').allInnerTexts();
  await assertSound(page);
  await screenshot(page, `recovery-codes-${page.viewportSize().width}`);
  await kept.getByRole('button', { name: 'I have kept them' }).click();
  return { key, used, codes };
}

for (const viewport of [DESKTOP, PHONE]) {
  test(`an authenticator app is set up and asked for, and a recovery code takes its place, at ${viewport.width}`, async () => {
    const email = `app-${viewport.width}@example.com`;
    await makeNewcomer(stage.portal, email);
    await stage.visit({ viewport, expected: [/422.*login\/mfa/] }, async (page) => {
      await signIn(page, email, NEW_PASSWORD);
      const { key, used, codes } = await setUpApp(page);
      assert.equal(codes.length, 10);
      await signOut(page);
      await giveCredentials(page, email, NEW_PASSWORD);
      await page.getByRole('heading', { level: 1, name: 'One more step' }).waitFor();
      await assertSound(page);
      await screenshot(page, `mfa-${viewport.width}`);
      // The code that activated the app has been used.
      await page.getByLabel('Six-digit code').fill(used);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('This code does not work').waitFor();
      await page.getByLabel('Six-digit code').fill(appCode(key));
      await page.getByRole('button', { name: 'Continue' }).click();
      await dashboard(page).waitFor();
      await signOut(page);
      await giveCredentials(page, email, NEW_PASSWORD);
      await page.getByRole('button', { name: 'Use a recovery code' }).click();
      await page.getByLabel('Recovery code', { exact: true }).fill(codes[3].toLowerCase());
      await page.getByRole('button', { name: 'Continue' }).click();
      await dashboard(page).waitFor();
      await page.goto('/account/security');
      await page.getByText('9 of 10 left').waitFor();
    });
  });
}

test('a passkey is added, opens the portal without a password, and confirms an important step', async () => {
  const email = 'passkey@example.com';
  await makeNewcomer(stage.portal, email);
  await stage.visit({ viewport: DESKTOP }, async (page) => {
    const device = await passkeyDevice(page);
    await signIn(page, email, NEW_PASSWORD);
    await page.goto('/account/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const kept = page.getByRole('dialog', { name: 'Keep these recovery codes' });
    await kept.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Passkey' }).first().waitFor();
    assert.equal((await device.credentials()).length, 1);
    await assertSound(page);
    await screenshot(page, 'security-passkey-1280');
    await signOut(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await dashboard(page).waitFor();
    await page.goto('/account/security');
    await page.getByRole('button', { name: /^remove/i }).click();
    await page.getByText('10 of 10 left').waitFor({ state: 'detached' });
  });
});

test('a passkey is the second factor of a sign-in by password', async () => {
  const email = 'second@example.com';
  await makeNewcomer(stage.portal, email);
  await stage.visit({ viewport: PHONE }, async (page) => {
    await passkeyDevice(page);
    await signIn(page, email, NEW_PASSWORD);
    await page.goto('/account/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await signOut(page);
    await giveCredentials(page, email, NEW_PASSWORD);
    await page.getByRole('button', { name: 'Use your passkey' }).click();
    await dashboard(page).waitFor();
  });
});

test('a device that signs in for the first time gives a mailed code, and none the next time', async () => {
  const email = 'device@example.com';
  await makeNewcomer(careful.portal, email);
  const [{ id: after }] = await messages(careful.portal.sandboxUrl, email);
  await careful.visit({ viewport: PHONE }, async (page) => {
    await signIn(page, email, NEW_PASSWORD);
    await page.getByRole('heading', { level: 1, name: 'One more step' }).waitFor();
    await assertSound(page);
    await page.getByLabel('Six-digit code').fill(await mailedCode(careful.portal, email, { after }));
    await page.getByRole('button', { name: 'Continue' }).click();
    await dashboard(page).waitFor();
    await signOut(page);
    await giveCredentials(page, email, NEW_PASSWORD);
    await dashboard(page).waitFor();
  });
});
