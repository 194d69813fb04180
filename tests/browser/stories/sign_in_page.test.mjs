// The sign-in page opens, without faults, at both widths and in both colour schemes.
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, SCHEMES, axe, launch, screenshot, startPortal, visit } from '../harness.mjs';

let browser;
let portal;
before(async () => {
  portal = await startPortal();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await portal?.stop();
});

for (const viewport of [DESKTOP, PHONE]) {
  for (const colorScheme of SCHEMES) {
    test(`the sign-in page at ${viewport.width} in ${colorScheme}`, async () => {
      await visit(browser, { baseURL: portal.url, viewport, colorScheme }, async (page) => {
        await page.goto('/auth/login');
        await page.getByRole('heading', { level: 1 }).waitFor();
        await axe(page);
        await screenshot(page, `sign-in-${viewport.width}-${colorScheme}`);
      });
    });
  }
}
