// axe-core on the page as it stands.
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
