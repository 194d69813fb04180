// axe-core on the page as it stands.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails on any violation of any rule; the message names rule, element and what is wrong. */
export async function axe(page) {
  // Evaluated over the debugging protocol, so the page's content security policy stays as it is.
  await page.evaluate(SOURCE);
  const violations = await page.evaluate(async () => {
    const results = await window.axe.run(document, { resultTypes: ['violations'] });
    return results.violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  if (violations.length === 0) return;
  const lines = violations.map(({ id, impact, help, nodes }) => `${id} (${impact}): ${help}\n    ${nodes.join('\n    ')}`);
  throw new Error(`${new URL(page.url()).pathname} has accessibility violations:\n${lines.join('\n')}`);
}

/**
 * What holds for every page: one heading that the title names, nothing to scroll sideways, no style or script of its own, no
 * violation of an accessibility rule.
 */
export async function assertSound(page) {
  const seen = await page.evaluate(() => {
    const root = document.documentElement;
    return {
      headings: [...document.querySelectorAll('h1')].map((heading) => heading.textContent.trim()),
      title: document.title,
      tooWide: root.scrollWidth > root.clientWidth ? `${root.scrollWidth} in ${root.clientWidth}` : undefined,
      // Taking a picture leaves an empty attribute behind.
      inline: [...document.querySelectorAll('style, script:not([src]), [style]:not([style=""]), [onclick], [onload], [onerror]')]
        .map((element) => element.cloneNode().outerHTML),
    };
  });
  const where = `${new URL(page.url()).pathname} at ${page.viewportSize().width}`;
  assert.equal(seen.headings.length, 1, `${where}: one h1, not ${JSON.stringify(seen.headings)}`);
  assert.ok(seen.title.startsWith(seen.headings[0]), `${where}: the title “${seen.title}” names “${seen.headings[0]}”`);
  assert.match(seen.title, / · /, `${where}: the title names the portal`);
  assert.equal(seen.tooWide, undefined, `${where} scrolls sideways: ${seen.tooWide}`);
  assert.deepEqual(seen.inline, [], `${where} has inline style or script`);
  await axe(page);
}
