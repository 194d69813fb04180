// Chromium, and a page that reports whatever a person would not see but should not happen: errors on the console, uncaught
// exceptions, broken requests, violations of the content security policy.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SCHEMES = ['light', 'dark'];

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'test-results');

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Debian's Chromium or the one that CHROMIUM_PATH names, headless, with an empty profile of its own. */
export async function launch() {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: run infra/run install`);
  // Without Chromium's own sandbox, which works neither for root nor in most containers: only pages of ours are opened.
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: FLAGS });
}

/**
 * Opens a fresh profile and page, hands the page to `story`, and fails on every fault noticed meanwhile.
 *
 * `expected`: regular expressions for faults that belong to the story, such as the 401 of a wrong password; each has to occur.
 */
export async function visit(browser, { baseURL, viewport = DESKTOP, colorScheme = 'light', expected = [] }, story) {
  const context = await browser.newContext({
    baseURL,
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    hasTouch: viewport.width < 600,
  });
  context.setDefaultTimeout(15_000);
  const faults = [];
  try {
    await watch(context, faults);
    const page = await context.newPage();
    let result;
    try {
      result = await story(page);
    } catch (error) {
      const path = page.url().replace(baseURL, '').replaceAll(/[^\w-]+/g, '-');
      await screenshot(page, `failed${path}-${viewport.width}-${colorScheme}`).catch(() => {});
      if (faults.length > 0) error.message += `\nfaults noticed until then:\n${faults.join('\n')}`;
      throw error;
    }
    // A round trip to each page: what it reported until now has arrived by then.
    await Promise.all(context.pages().map((open) => open.evaluate(() => undefined).catch(() => undefined)));
    assertNoFaults(faults, expected);
    return result;
  } finally {
    await context.close();
  }
}

/** Whole-page picture below test-results/, which git ignores. */
export async function screenshot(page, name) {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled', caret: 'hide' });
  return path;
}

async function watch(context, faults) {
  await context.exposeBinding('portalTestViolation', (_source, text) => faults.push(`csp: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const source = event.sourceFile ? ` at ${event.sourceFile}:${event.lineNumber}` : '';
      window.portalTestViolation(`${event.effectiveDirective} blocked ${event.blockedURI}${source}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      faults.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => faults.push(`uncaught: ${error.error().message}`));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed';
    // Leaving a page cancels what it was loading.
    if (reason !== 'net::ERR_ABORTED') faults.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
}

function assertNoFaults(faults, expected) {
  const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
  if (unexpected.length > 0) throw new Error(`the page has faults:\n${unexpected.join('\n')}`);
  const absent = expected.filter((pattern) => !faults.some((fault) => pattern.test(fault)));
  if (absent.length > 0) throw new Error(`these faults belong to the story but did not occur: ${absent.join(', ')}`);
}
