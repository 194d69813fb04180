// What a person does on the pages, found as a person finds it: by labels, headings and buttons.
import { setTimeout as delay } from 'node:timers/promises';
import { codeIn, messages } from '../../../infra/lib/mailbox.mjs';
import { DEMO_PASSWORD } from '../../../infra/lib/stack.mjs';

/** Signs in on the sign-in page and waits until another page shows. */
export async function signIn(page, email, password = DEMO_PASSWORD) {
  await page.goto('/auth/login');
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: /^sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/auth/login'));
}

/**
 * The newest code mailed to an address, once it has arrived: a worker sends it, so a moment may pass.
 * `after`: the id of the last message that is too old to count.
 */
export async function mailedCode(portal, email, { after = 0, seconds = 15 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = await messages(portal.sandboxUrl, email);
    const message = found.find(({ id, ...rest }) => id > after && codeIn(rest));
    if (message) return codeIn(message);
    await delay(100);
  }
  throw new Error(`no code was mailed to ${email} within ${seconds} s`);
}
