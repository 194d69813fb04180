// A sandbox of its own for one test file: free ports, an empty data folder, no setting of this machine.
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Service, freePort, sandboxArguments } from '../../../../infra/lib/stack.mjs';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
/** A fault that stays for the whole file, in JSON: how seeded-faults.test.mjs proves that a witness can fail. */
const SEEDED = process.env.WITNESS_FAULT;
/** A file to which goes what was called, one `client<tab>system<tab>call` a line: for calls.tsv. */
const CALLS = process.env.WITNESS_CALLS;
const binary = resolve(process.env.TEST_SANDBOX_BIN ?? join(repo, 'target', 'debug', 'sandbox'));

/**
 * Call it once, at the top of a test file, with the name of the client that is the witness. The result has `url`,
 * `privateKey` (the demo's Salesforce key, PEM) and steers the sandbox: `control(path, body)`, `plant(fault)`. Planted
 * faults go after each test. `prepare` runs before the first.
 */
export function useSandbox(client, prepare = async () => {}) {
  const sandbox = {
    url: undefined,
    privateKey: undefined,
    control: (path, body = {}) => control(sandbox.url, 'POST', path, body),
    plant: (fault) => control(sandbox.url, 'POST', 'faults', fault),
  };
  const seed = () => SEEDED && sandbox.plant(JSON.parse(SEEDED));
  let running;
  before(async () => {
    running = await start();
    Object.assign(sandbox, { url: running.url, privateKey: running.privateKey });
    await prepare();
    await seed();
  });
  afterEach(async () => {
    await control(sandbox.url, 'DELETE', 'faults');
    await seed();
  });
  after(async () => {
    if (running && CALLS && !SEEDED) await note(client, running.url);
    await running?.stop();
  });
  return sandbox;
}

async function start() {
  await stat(binary).catch(() => {
    throw new Error(`${binary} is not there: run 'just build' first`);
  });
  const room = await mkdtemp(join(tmpdir(), 'portal-witness-'));
  const ports = { sandboxPort: await freePort(), smtpPort: await freePort(), dataDir: room };
  const url = `http://127.0.0.1:${ports.sandboxPort}`;
  const lines = [];
  const service = new Service('sandbox', binary, [...sandboxArguments(ports), '--seed', 'demo'], {
    cwd: room,
    onLine: (_, line) => lines.push(line),
    env: { PATH: process.env.PATH, HOME: room },
  });
  const stop = async () => {
    await service.stop();
    await rm(room, { recursive: true, force: true });
  };
  try {
    await service.start().ready(`${url}/_control/health`);
    const privateKey = await readFile(join(room, 'salesforce-demo-key.pem'), 'utf8');
    return { url, privateKey, stop };
  } catch (error) {
    await stop();
    error.message += `\n${lines.slice(-40).join('\n')}`;
    throw error;
  }
}

async function note(client, url) {
  const answered = (await control(url, 'GET', 'requests')).filter(({ status }) => status < 400);
  const calls = new Set(answered.map(({ target, action }) => `${client}\t${target}\t${action}\n`));
  await appendFile(CALLS, [...calls].join(''));
}

async function control(url, method, path, body) {
  const content = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(new URL(`/_control/${path}`, url), { method, ...content });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /_control/${path} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}
