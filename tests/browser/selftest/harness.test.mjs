// The checks that the stories rely on notice what they are there for: each fault is seeded here and has to be caught.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, SCHEMES, axe, launch, screenshot, visit } from '../harness.mjs';
import { servePages } from './pages.mjs';

let browser;
let pages;
before(async () => {
  browser = await launch();
  pages = await servePages();
});
after(async () => {
  await browser?.close();
  await pages?.stop();
});

const open = (path, options = {}, story = async () => {}) =>
  visit(browser, { baseURL: pages.url, ...options }, async (page) => {
    await page.goto(path, { waitUntil: 'load' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    return story(page);
  });

for (const viewport of [DESKTOP, PHONE]) {
  for (const colorScheme of SCHEMES) {
    test(`a page without faults passes at ${viewport.width} in ${colorScheme}`, async () => {
      await open('/auth/login', { viewport, colorScheme }, async (page) => {
        await axe(page);
        const seen = await page.evaluate(() => [window.innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]);
        assert.deepEqual(seen, [viewport.width, colorScheme === 'dark']);
        const path = await screenshot(page, `selftest-${viewport.width}-${colorScheme}`);
        assert.ok((await stat(path)).size > 1000);
      });
    });
  }
}

const FAULTS = {
  '/csp/inline-style': /csp: style-src-attr blocked inline/,
  '/csp/inline-script': /csp: script-src-elem blocked inline/,
  '/csp/foreign': /csp: img-src blocked https:\/\/images\.invalid/,
  '/error/console': /console error: something is off/,
  '/error/uncaught': /uncaught: thrown on purpose/,
  '/error/rejected': /uncaught: rejected on purpose/,
  '/error/missing': /console error: .*404/,
};
for (const [path, pattern] of Object.entries(FAULTS)) {
  test(`${path} is noticed`, () => assert.rejects(open(path), pattern));
}

test('a fault that belongs to the story passes, and has to occur', async () => {
  await open('/error/console', { expected: [/something is off/] });
  await assert.rejects(open('/auth/login', { expected: [/something is off/] }), /did not occur/);
});

test('axe names the rule and the element', async () => {
  await assert.rejects(open('/axe/image', {}, axe), /image-alt \(critical\)[\s\S]*img/);
  await assert.rejects(open('/axe/contrast', {}, axe), /color-contrast/);
});

test('axe sees the colour scheme', async () => {
  await open('/axe/dark-only', { colorScheme: 'light' }, axe);
  await assert.rejects(open('/axe/dark-only', { colorScheme: 'dark' }, axe), /color-contrast/);
});

test('an error in a story comes with the faults noticed until then', async () => {
  const failing = open('/error/console', {}, () => Promise.reject(new Error('the story failed')));
  await assert.rejects(failing, /the story failed[\s\S]*something is off/);
});
