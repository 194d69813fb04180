// For everybody who has no mouse, hears the page, or wants it calm; and what a browser keeps of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADA, DESKTOP, MALLORY, PASSWORD, PHONE, assertFocused, axe, eventually, signIn, tabTo, useStage,
} from '../harness.mjs';
import { INSIDE, heading, main } from './pages.mjs';

const stage = useStage();

const WIDTHS = [DESKTOP, PHONE];

for (const viewport of WIDTHS) {
  test(`the heading has the focus after each way to another page at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      await heading(page, 'Dashboard').waitFor();
      await assertFocused(heading(page, 'Dashboard'));
      const places = page.getByRole('navigation', { name: 'Main' });
      for (const place of ['Invoices', 'Profile', 'Dashboard', 'Invoices']) {
        await places.getByRole('link', { name: place }).click();
        await assertFocused(heading(page, place));
        assert.equal(await places.getByRole('link', { name: place }).getAttribute('aria-current'), 'page');
      }
      await main(page, 'INV-00007').click();
      await assertFocused(heading(page, 'Invoice INV-00007'));
      assert.equal(await page.evaluate(() => window.scrollY), 0, 'a page begins at its top');
      await page.goBack();
      await assertFocused(heading(page, 'Invoices'));
    });
  });

  test(`the first stop of the keyboard leads past the navigation at ${viewport.width}`, async () => {
    await stage.visit({ viewport }, async (page) => {
      await signIn(page, ADA.email);
      for (const [, address, ready] of INSIDE.slice(0, -1)) {
        await page.goto(address);
        await ready(page).waitFor();
        await page.keyboard.press('Tab');
        const skip = page.getByRole('link', { name: 'Skip to content' });
        await assertFocused(skip);
        assert.ok((await skip.boundingBox()).width > 40, 'it can be seen while it has the focus');
        await page.keyboard.press('Enter');
        await assertFocused(page.getByRole('main'));
      }
    });
  });
}

test('the keyboard alone signs in, opens an invoice, goes to pay, and changes the theme', async () => {
  await stage.visit({}, async (page) => {
    await page.goto('/auth/login');
    await heading(page, 'Sign in').waitFor();
    await tabTo(page.getByLabel(/e-mail/i));
    await page.keyboard.type(ADA.email);
    await tabTo(page.getByLabel(/^password/i));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await assertFocused(heading(page, 'Dashboard'));

    await tabTo(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }), { key: 'Shift+Tab' });
    await page.keyboard.press('Enter');
    await main(page, 'INV-00007').waitFor();
    await tabTo(page.getByRole('main').getByRole('link', { name: 'INV-00007' }));
    await page.keyboard.press('Enter');
    await assertFocused(heading(page, 'Invoice INV-00007'));
    await tabTo(page.getByRole('button', { name: /pay now/i }));
    const opening = page.waitForEvent('popup');
    await page.keyboard.press('Enter');
    const billing = await opening;
    await billing.getByRole('heading', { name: 'Invoice #INV-00007' }).waitFor();
    await billing.close();

    await page.goto('/');
    await heading(page, 'Dashboard').waitFor();
    await tabTo(page.getByRole('radio', { name: 'System' }));
    await page.keyboard.press('ArrowLeft');
    await assertFocused(page.getByRole('radio', { name: 'Dark' }));
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await tabTo(page.getByRole('button', { name: 'Account menu' }));
    await page.keyboard.press('ArrowDown');
    await assertFocused(page.getByRole('menuitem', { name: 'Profile' }));
    await axe(page);
    await page.keyboard.press('End');
    await assertFocused(page.getByRole('menuitem', { name: 'Sign out' }));
    await page.keyboard.press('Escape');
    await assertFocused(page.getByRole('button', { name: 'Account menu' }));
    assert.equal(await page.getByRole('menuitem', { name: 'Sign out' }).isVisible(), false);
  });
});

test('the theme is the only thing that is kept, and shows before the app does', async () => {
  await stage.visit({ colorScheme: 'light' }, async (page) => {
    const kept = async () => ({
      local: await page.evaluate(() => ({ ...localStorage })),
      session: await page.evaluate(() => ({ ...sessionStorage })),
      databases: await page.evaluate(async () => (await indexedDB.databases()).length),
      caches: await page.evaluate(async () => (await caches.keys()).length),
      readable: await page.evaluate(() => document.cookie),
    });
    const nothing = { local: {}, session: {}, databases: 0, caches: 0, readable: '' };
    await signIn(page, ADA.email);
    for (const [, address, ready] of INSIDE) {
      await page.goto(address);
      await ready(page).waitFor();
      assert.deepEqual(await kept(), nothing);
    }
    await page.goto('/account/profile');
    await page.getByRole('main').getByText('Dark', { exact: true }).click();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    assert.deepEqual(await kept(), { ...nothing, local: { theme: 'dark' } });

    // Without the app: the choice is applied by the small file that runs before the first paint.
    await page.route('**/*.wasm', () => {});
    await page.goto('/', { waitUntil: 'commit' });
    await page.locator('#shell').waitFor({ state: 'attached' });
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.unroute('**/*.wasm');
    await page.goto('/account/profile');
    await page.getByRole('main').getByText('System', { exact: true }).click();
    await eventually(async () => assert.deepEqual(await kept(), nothing));
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark'));
  });
});

test('nothing moves for those who want nothing to move', async () => {
  await stage.visit({}, async (page) => {
    await signIn(page, MALLORY.email);
    await heading(page, 'Dashboard').waitFor();
    // Everything that the dashboard asks for is there, so that the fault meets the next page.
    await main(page, /INV-\d+/).waitFor();
    const moving = () => page.evaluate(() => {
      const endless = (animation) => animation.effect.getComputedTiming();
      return document.getAnimations().filter((animation) => {
        const { duration, iterations } = endless(animation);
        return duration > 1 || iterations === Infinity;
      }).length;
    });
    await stage.portal.plant({ target: 'whmcs', action: 'GetInvoices', kind: 'latency', ms: 4000, times: 1 });
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }).click();
    await page.getByText('Loading').first().waitFor({ state: 'attached' });
    assert.equal(await moving(), 0);
    // The same page moves for everybody else, so that the measure is one.
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await eventually(async () => assert.ok((await moving()) > 0), { seconds: 3 });
    await stage.portal.clearFaults();
    await main(page, /INV-\d+/).waitFor();
  });
});
