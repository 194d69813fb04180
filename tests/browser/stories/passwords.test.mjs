// Forgotten, changed, and the address that goes with them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages } from '../../../infra/lib/mailbox.mjs';
import {
  DESKTOP, NEW_PASSWORD, PHONE, assertSound, eventually, giveCredentials, mailedCode, makeNewcomer, screenshot, signIn,
  useStage,
} from '../harness.mjs';

const stage = useStage({ settings: { PORTAL_LIMIT_LOGIN_SOURCE: '1000', PORTAL_LIMIT_SIGNUP_SOURCE: '1000' } });

const NEWER_PASSWORD = 'eleven patient herons wade';

test('a forgotten password is replaced by the mailed link, and every browser is signed out', async () => {
  const email = 'forgetful@example.com';
  await makeNewcomer(stage.portal, email);
  await stage.visit({ viewport: PHONE }, async (page) => {
    await page.goto('/auth/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel(/e-mail/i).fill(email);
    await page.getByRole('button', { name: 'Mail me a code' }).click();
    await page.getByRole('heading', { level: 1, name: 'Choose a new password' }).waitFor();
    await assertSound(page);
    // The link of the mail fills the code in.
    const link = await eventually(async () => {
      const [mail] = (await messages(stage.portal.sandboxUrl)).filter(({ to, text }) => to.includes(email) && text.includes('/auth/reset#'));
      assert.ok(mail, 'no mail with a link');
      return mail.text.match(/\S+\/auth\/reset#\S+/)[0];
    });
    assert.ok(link.startsWith(stage.portal.url));
    await page.goto('about:blank');
    await page.goto(link);
    assert.match(await page.getByLabel(/six-digit code/i).inputValue(), /^\d{6}$/);
    await page.getByLabel('New password', { exact: true }).fill(NEWER_PASSWORD);
    await screenshot(page, 'reset-390');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed').waitFor();
    await giveCredentials(page, email, NEWER_PASSWORD);
    await page.getByRole('heading', { level: 1, name: /hello|dashboard/i }).waitFor();
  });
});

test('an unknown address gets the same page', async () => {
  await stage.visit({}, async (page) => {
    await page.goto('/auth/forgot');
    await page.getByLabel(/e-mail/i).fill('nobody-at-all@example.com');
    await page.getByRole('button', { name: 'Mail me a code' }).click();
    await page.getByRole('heading', { level: 1, name: 'Choose a new password' }).waitFor();
  });
});

test('a changed password signs out the other browser, which can be seen in the list and in the activity', async () => {
  const email = 'careful@example.com';
  await makeNewcomer(stage.portal, email);
  await stage.visit({ viewport: DESKTOP }, async (page) => {
    await stage.visit({ viewport: PHONE }, async (other) => {
      await signIn(other, email, NEW_PASSWORD);
      await signIn(page, email, NEW_PASSWORD);
      await page.goto('/account/security');
      const sessions = page.getByRole('region', { name: 'Signed-in browsers' });
      await sessions.getByRole('button', { name: /^sign out all others/i }).waitFor();
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByLabel('Current password').fill(NEW_PASSWORD);
      await page.getByLabel('New password', { exact: true }).fill(NEWER_PASSWORD);
      await assertSound(page);
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByText('Your password is changed.').first().waitFor();
      await sessions.getByRole('button', { name: /^sign out all others/i }).waitFor({ state: 'detached' });
      await other.reload();
      await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    });
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByText('Password changed').waitFor();
    await screenshot(page, 'activity-1280');
  });
});

test('the address changes once the new one is proved, and the old one is told', async () => {
  const [email, newEmail] = ['before@example.com', 'after@example.com'];
  await makeNewcomer(stage.portal, email);
  await stage.visit({ viewport: PHONE }, async (page) => {
    await signIn(page, email, NEW_PASSWORD);
    await page.goto('/account/profile');
    await page.getByRole('button', { name: 'Change e-mail address' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change e-mail address' });
    await dialog.getByLabel('New e-mail address').fill(newEmail);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByLabel(/six-digit code/i).fill(await mailedCode(stage.portal, newEmail));
    await dialog.getByRole('button', { name: 'Confirm new address' }).click();
    await page.getByText('Your e-mail address is changed').waitFor();
    await page.getByRole('main').getByText(newEmail).waitFor();
    await eventually(async () => {
      const told = (await messages(stage.portal.sandboxUrl)).filter(({ to }) => to.includes(email));
      assert.ok(told.some(({ text }) => /address/i.test(text) && /changed/i.test(text)), 'the old address was told');
    });
  });
});
