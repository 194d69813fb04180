// What a person does on the pages, found as a person finds it: by labels, headings and buttons.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { codeIn, messages } from '../../../infra/lib/mailbox.mjs';
import { DEMO_PASSWORD } from '../../../infra/lib/stack.mjs';
import { eventually } from './waiting.mjs';

export const PASSWORD = DEMO_PASSWORD;
/** One that the rules for new passwords let through; the demo people's is too well known. */
export const NEW_PASSWORD = 'seven quiet lanterns drift';
/** The sandbox's client of the person most stories are about. */
export const ADA = { email: 'ada@example.com', clientId: 42 };
export const MALLORY = { email: 'mallory@example.com', clientId: 46 };

/** Signs in on the sign-in page and waits until another page shows. */
export async function signIn(page, email, password = PASSWORD) {
  await page.goto('/auth/login');
  await giveCredentials(page, email, password);
  await page.waitForURL((url) => !url.pathname.startsWith('/auth/login'));
}

/** Fills in and sends the sign-in form that is on the page. */
export async function giveCredentials(page, email, password = PASSWORD) {
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The session cookie of a page's profile as a request carries it. */
export async function sessionCookie(page) {
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => /portal_session/.test(name));
  if (!session) throw new Error('no session cookie');
  return `${session.name}=${session.value}`;
}

/** Asks the portal's API from outside the browser. */
export function ask(portal, path, { cookie, method = 'GET' } = {}) {
  const writing = method === 'GET' ? {} : { origin: portal.url, 'content-type': 'application/json' };
  return fetch(new URL(path, portal.url), { method, headers: { ...writing, ...(cookie && { cookie }) } });
}

/** Makes an account over the API, and waits until billing and support know it. `NEW_PASSWORD` opens it. */
export async function makeNewcomer(portal, email) {
  const post = async (path, content) => {
    const headers = { origin: portal.url, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const response = await fetch(new URL(path, portal.url), { method: 'POST', headers, body: JSON.stringify(content) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const details = { email, password: NEW_PASSWORD, first_name: 'Nora', last_name: 'Newcomer', company_name: '' };
  const { data } = await (await post('/api/auth/signup', details)).json();
  const code = await mailedCode(portal, email);
  const confirmed = await post('/api/auth/signup/confirm', { challenge_id: data.challenge_id, code });
  const cookie = confirmed.headers.getSetCookie().find((set) => set.includes('portal_session')).split(';')[0];
  await eventually(async () => {
    const { account_state: state } = (await (await ask(portal, '/api/me', { cookie })).json()).data;
    if (state !== 'ready') throw new Error(`the account of ${email} is ${state}`);
  });
}

/** Ends the session of an open page, as if it had been signed out somewhere else. */
export async function endSession(portal, page) {
  const response = await ask(portal, '/api/auth/logout', { cookie: await sessionCookie(page), method: 'POST' });
  if (!response.ok) throw new Error(`signing out answered ${response.status}: ${await response.text()}`);
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
