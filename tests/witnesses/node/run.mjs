// Runs the witnesses: all of them, or the files named as arguments (`node run.mjs salesforce-query`).
// A test that is skipped or put off fails the run, and so does a run without tests.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const SUFFIX = '.test.mjs';
const wanted = process.argv.slice(2).map((name) => `${name.replace(SUFFIX, '')}${SUFFIX}`);
const present = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
const unknown = wanted.filter((name) => !present.includes(name));
if (unknown.length > 0) {
  console.error(`no such witness: ${unknown.join(', ')}; there are ${present.join(', ')}`);
  process.exit(64);
}

const files = (wanted.length > 0 ? wanted : present).map((name) => join(folder, name));
let passed = 0;
const broken = [];
run({ files, concurrency: true, timeout: 120_000 })
  .on('test:fail', ({ name }) => broken.push(`${name}: failed`))
  .on('test:pass', ({ name, skip, todo }) => {
    if (skip !== undefined || todo !== undefined) broken.push(`${name}: did not run`);
    else passed += 1;
  })
  .on('end', () => {
    if (passed === 0) broken.push('no test ran');
    if (broken.length === 0) return;
    console.error(`\nwitnesses: ${broken.join('\n  ')}`);
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
