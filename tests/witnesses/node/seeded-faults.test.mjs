// Witnesses can fail: with a fault planted in the sandbox, the tests that rest on the call at fault have to be red.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = join(dirname(fileURLToPath(import.meta.url)), 'run.mjs');

/** Runs one witness under a fault; gives its exit status and the names of the tests that failed. */
async function underFault(witness, fault) {
  const env = { ...process.env, WITNESS_FAULT: JSON.stringify(fault) };
  // Or the runner would take itself for a part of this run.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(process.execPath, [runner, witness], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  const failed = [...output.matchAll(/^✖ (.+) \([\d.]+ms\)$/gm)].map(([, name]) => name);
  return { status, failed };
}

const SEEDED = [
  [
    'salesforce-login', { target: 'salesforce', action: 'token', kind: 'wrong_types' },
    'a JWT gets a session, of which the client knows organisation, user and instance',
  ],
  [
    'salesforce-records', { target: 'salesforce', action: 'upsert', kind: 'wrong_types' },
    'upsert makes a record, then changes it',
  ],
  [
    // Not a status that the client tries again.
    'salesforce-query', { target: 'salesforce', action: 'query', kind: 'error', code: 'QUERY_TIMEOUT', status: 400 },
    'a row has what was selected and nothing else',
  ],
  ['whmcs', { target: 'whmcs', action: 'GetInvoices', kind: 'wrong_types' }, 'invoices come in pages and by state'],
  ['whmcs', { target: 'whmcs', action: 'GetInvoice', kind: 'html' }, 'an unknown invoice is refused with status 200'],
];
for (const [witness, fault, name] of SEEDED) {
  test(`${witness} notices ${fault.kind} in ${fault.action}`, async () => {
    const { status, failed } = await underFault(witness, fault);
    assert.equal(status, 1);
    assert.ok(failed.includes(name), `red were: ${failed.join('; ')}`);
  });
}

test('a witness that does not exist is an error, not a run without tests', async () => {
  assert.equal((await underFault('nobody', {})).status, 64);
});
