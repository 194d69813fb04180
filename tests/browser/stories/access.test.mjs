// What holds for every page, in both colour schemes and at every width.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADA, DESKTOP, NEW_PASSWORD, PHONE, SCHEMES, assertSound, mailedCode, makeNewcomer, screenshot, signIn, useStage,
} from '../harness.mjs';
import { INSIDE, OUTSIDE, heading, main } from './pages.mjs';

const stage = useStage({ settings: { PORTAL_LIMIT_LOGIN_SOURCE: '1000', PORTAL_LIMIT_SIGNUP_SOURCE: '1000' } });
// Billing never answers here.
const broken = useStage({ prepare: (portal) => portal.plant({ target: 'whmcs', action: '*', kind: 'html' }) });

const NARROW = { width: 320, height: 640 };
const WIDTHS = [DESKTOP, PHONE];

for (const viewport of WIDTHS) {
  for (const colorScheme of SCHEMES) {
    const look = { viewport, colorScheme };
    const name = (page) => `page-${page}-${viewport.width}-${colorScheme}`;

    test(`pages outside are sound at ${viewport.width} in ${colorScheme}`, async () => {
      await stage.visit(look, async (page) => {
        for (const [title, address, ready] of OUTSIDE) await lookAt(page, address, ready, name(title));
        await page.goto('/auth/signup');
        await askForCode(page, `code-${viewport.width}-${colorScheme}@example.com`);
        await assertSound(page);
        await screenshot(page, name('code'));
      });
    });

    test(`pages inside are sound at ${viewport.width} in ${colorScheme}`, async () => {
      await stage.visit(look, async (page) => {
        await signIn(page, ADA.email);
        for (const [title, address, ready] of INSIDE) await lookAt(page, address, ready, name(title));
      });
    });

    test(`a page that failed is sound at ${viewport.width} in ${colorScheme}`, async () => {
      await broken.visit({ ...look, expected: [/50[234].*\/api\/invoices/] }, async (page) => {
        await signIn(page, ADA.email);
        const failed = (found) => found.getByRole('main').getByRole('button', { name: 'Try again' }).first();
        await lookAt(page, '/', failed, name('dashboard-failed'));
        await lookAt(page, '/billing/invoices', failed, name('invoices-failed'));
        await lookAt(page, '/billing/invoices/7', failed, name('invoice-failed'));
        await lookAt(page, '/account/profile', failed, name('profile-failed'));
      });
    });

    test(`a mistake of the app ends on a page that is sound at ${viewport.width} in ${colorScheme}`, async () => {
      await stage.visit({ ...look, expected: [/console error: .*panicked/, /unreachable/] }, async (page) => {
        // The renderer takes for granted that it can copy its templates; the page for mistakes makes its elements in another way.
        await page.addInitScript(() => {
          Node.prototype.cloneNode = () => { throw new Error('no more elements'); };
        });
        await page.goto('/auth/login');
        await heading(page, 'Something broke').waitFor();
        await assertSound(page);
        await screenshot(page, name('broken'));
        const reload = page.getByRole('button', { name: 'Load again' });
        await reload.focus();
        await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
      });
    });

    test(`an account in the making is sound at ${viewport.width} in ${colorScheme}`, async () => {
      await stage.portal.plant({ target: 'whmcs', action: 'AddClient', kind: 'latency', ms: 6000, times: 1 });
      const email = `making-${viewport.width}-${colorScheme}@example.com`;
      // Only the dashboard's state is looked at here; what it asks for meanwhile is a matter of the story of signing up.
      await stage.visit(look, async (page) => {
        await page.route('**/api/invoices*', (route) => route.fulfill({ json: NO_INVOICES }));
        await page.goto('/auth/signup');
        await askForCode(page, email);
        await page.getByLabel(/six-digit code/i).fill(await mailedCode(stage.portal, email));
        await page.getByRole('button', { name: /confirm/i }).click();
        await page.getByRole('heading', { name: /setting up your account/i }).waitFor();
        await assertSound(page);
        await screenshot(page, name('setting-up'));
      });
    });
  }
}

const NO_INVOICES = {
  data: [],
  page: { number: 1, size: 5, total_items: 0, total_pages: 0 },
  meta: { as_of: '2030-01-01T00:00:00Z', stale: false, source: 'live' },
};

async function lookAt(page, address, ready, picture) {
  await page.goto(address);
  await ready(page).waitFor();
  await assertSound(page);
  await screenshot(page, picture);
}

async function askForCode(page, email) {
  await page.getByLabel(/first name/i).fill('Nora');
  await page.getByLabel(/last name/i).fill('Newcomer');
  await page.getByLabel(/e-mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(page, 'Check your e-mail').waitFor();
}

test('a long name and a long address stay inside what they stand in', async () => {
  const email = 'augusta-ada.king-noel.countess-of-lovelace@analytical-engines.example.com';
  await makeNewcomer(stage.portal, email);
  await stage.visit({}, async (page) => {
    await signIn(page, email, NEW_PASSWORD);
    for (const address of ['/', '/account/profile']) {
      for (const viewport of [...WIDTHS, NARROW]) {
        await page.setViewportSize(viewport);
        await page.goto(address);
        await page.getByText('Nora').first().waitFor({ state: 'attached' });
        await main(page, /You owe nothing|Not given/).waitFor();
        await assertNothingSticksOut(page);
      }
    }
    await page.setViewportSize(DESKTOP);
    await screenshot(page, 'long-address-1280');
  });
});

/** The customer's own name and address, however long, stay inside what they stand in. */
async function assertNothingSticksOut(page) {
  const out = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll('aside, header, main section')];
    const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
    const scrolled = (element, box) => element !== box && (scrolls(element) || scrolled(element.parentElement, box));
    const right = (element) => Math.round(element.getBoundingClientRect().right);
    return boxes.flatMap((box) =>
      [...box.querySelectorAll('*')]
        .filter((inside) => inside.checkVisibility() && right(inside) > right(box) + 1 && !scrolled(inside, box))
        .map((inside) => {
          const text = inside.textContent.trim().slice(0, 30);
          return `${inside.tagName} “${text}” ends at ${right(inside)}, its ${box.tagName} at ${right(box)}`;
        }),
    );
  });
  assert.deepEqual(out, []);
}

test('nothing scrolls sideways or is cut off at 320', async () => {
  await stage.visit({ viewport: NARROW }, async (page) => {
    for (const [title, address, ready] of OUTSIDE) await lookAt(page, address, ready, `page-${title}-320-light`);
    await signIn(page, ADA.email);
    for (const [title, address, ready] of INSIDE) {
      await lookAt(page, address, ready, `page-${title}-320-light`);
      await assertNothingSticksOut(page);
    }
    await page.goto('/');
    await page.getByRole('button', { name: 'Account menu' }).click();
    const root = page.locator('html');
    assert.equal(await root.evaluate((element) => element.scrollWidth), NARROW.width);
  });
});
