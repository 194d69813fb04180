// Name and billing details, changed in the portal and there in billing and support.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP, NEW_PASSWORD, PHONE, assertSound, assertWrong, booksOf, eventually, makeNewcomer, screenshot, signIn, useStage,
} from '../harness.mjs';

const stage = useStage();

for (const viewport of [DESKTOP, PHONE]) {
  test(`name and billing details are changed at ${viewport.width}`, async () => {
    const email = `mover-${viewport.width}@example.com`;
    await makeNewcomer(stage.portal, email);
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, email, NEW_PASSWORD);
      await page.goto('/account/profile');
      await page.getByRole('button', { name: 'Change name' }).click();
      await page.getByLabel('Last name').fill('O’Mover');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('main').getByText('Nora O’Mover').first().waitFor();

      await page.getByRole('button', { name: 'Change billing details' }).click();
      await page.getByLabel('Street and number').fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await assertWrong(page.getByLabel('Street and number'), /please fill this in/i);
      await page.getByLabel('Street and number').fill('12 Quay Street & Co');
      await page.getByLabel('Postal code').fill('20095');
      await page.getByLabel('Town').fill('Hamburg');
      await page.getByLabel('Country').selectOption('DE');
      await page.getByLabel('State or region').selectOption({ label: 'Hamburg' });
      await page.getByLabel('Phone').fill('+49 40 1234567');
      await assertSound(page);
      await screenshot(page, `billing-form-${viewport.width}`);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('main').getByText('12 Quay Street & Co').waitFor();
      await eventually(async () => {
        const { whmcs } = await stage.portal.ledger();
        const client = Object.values(whmcs.clients).find((client) => client.email === email);
        assert.equal(client.city, 'Hamburg');
        const { account } = await booksOf(stage.portal, client.id);
        assert.ok(account, 'support knows the account');
      });
    });
  });
}
