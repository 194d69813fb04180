// Measures the two clients against bare reqwest, and the sandbox that stands in for their servers. Called by `just bench-upstreams`.
//
// The clients' figures are CPU time of the calling process, so that neither the server nor a busy machine is in them. The load
// generator (wrk) shares the cores with the sandbox, which is hard on the sandbox.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createSign } from 'node:crypto';
import { Service, freePort, portalSettings, sandboxArguments } from '../lib/stack.mjs';

const bin = resolve(process.argv[2]);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const connections = 32;
const room = mkdtempSync(join(tmpdir(), 'upstreams-bench.'));
const services = [];
const results = [];
const lines = [];
const note = (name, value) => {
  results.push([name, value]);
  console.error(`  ${name}: ${value}`);
};

process.on('exit', () => rmSync(room, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopAll().then(() => process.exit(130)));
try {
  await main();
} catch (error) {
  console.error(lines.slice(-20).join('\n'));
  throw error;
} finally {
  await stopAll();
}

async function stopAll() {
  await Promise.all(services.splice(0).map((service) => service.stop()));
}

async function main() {
  requireWrk();
  const { url, settings } = await startSandbox('demo-with-bulk');
  await clients(url, settings);
  await throughput(url, settings);
  await stopAll();
  await memory();
  const cores = cpus();
  console.log(`| measured on ${cores.length} × ${cores[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB | |`);
  console.log('|---|---|');
  for (const [name, value] of results) console.log(`| ${name} | ${value} |`);
}

async function startSandbox(seed) {
  const [sandboxPort, smtpPort] = [await freePort(), await freePort()];
  const options = { sandboxPort, smtpPort, dataDir: room };
  const sandbox = new Service('sandbox', join(bin, 'sandbox'), [...sandboxArguments(options), '--seed', seed, '--workers', '2'], {
    env: { ...process.env, RUST_LOG: 'warn' }, cwd: room, onLine: (name, line) => lines.push(`${name}: ${line}`),
  }).start();
  services.push(sandbox);
  const url = `http://127.0.0.1:${sandboxPort}`;
  await sandbox.ready(`${url}/_control/health`);
  // A day's calls of Salesforce are over in seconds here.
  const raised = await fetch(`${url}/_control/config`, { method: 'POST', body: JSON.stringify({ api_quota: 1e9 }) });
  if (!raised.ok) throw new Error(`the quota stays as it is: ${await raised.text()}`);
  return { url, pid: sandbox.pid, settings: portalSettings(options) };
}

/** CPU time of a call by the client and by bare reqwest, as the measuring programs print it; the median of three runs. */
async function clients(url, settings) {
  const program = (name, args, input) => new Promise((done, fail) => {
    const child = execFile(join(bin, 'examples', name), args, (error, output) => (error ? fail(error) : done(output)));
    child.stdin.end(input ?? '');
  });
  const runs = { WhmcsDetails: [], GetInvoices: [], query: [] };
  for (let round = 0; round < 3; round += 1) {
    const whmcs = await program('whmcs_overhead', [settings.WHMCS_BASE_URL, settings.WHMCS_API_IDENTIFIER, '48'], settings.WHMCS_API_SECRET);
    for (const [, action, size, client, bare, added] of whmcs.matchAll(/^(\w+) +(\d+) bytes: client +([\d.]+), reqwest +([\d.]+), difference +(-?[\d.]+)/gm)) {
      runs[action].push({ size, client: Number(client), bare: Number(bare), added: Number(added) });
    }
    const { SF_LOGIN_URL, SF_CLIENT_ID, SF_USERNAME, SF_PRIVATE_KEY_PATH } = settings;
    const query = await program('salesforce_overhead', [SF_LOGIN_URL, SF_CLIENT_ID, SF_USERNAME, SF_PRIVATE_KEY_PATH]);
    const [bare, client, added] = [...query.matchAll(/ (-?[\d.]+) µs/g)].map((match) => Number(match[1]));
    runs.query.push({ client, bare, added });
  }
  for (const [name, all] of Object.entries(runs)) {
    const [{ size, client, bare, added }] = [...all].sort((a, b) => a.added - b.added).slice(1);
    const what = name === 'query' ? 'Salesforce, a count' : `WHMCS, ${name} of ${size} bytes`;
    note(`${what}: CPU of a call, bare reqwest, added`, `${client.toFixed(0)} µs, ${bare.toFixed(0)} µs, ${added.toFixed(0)} µs`);
  }
}

/** Simple calls that the sandbox answers in a second, with two workers on the cores that wrk uses too. */
async function throughput(url, settings) {
  const form = (action, more = {}) => new URLSearchParams({
    action, identifier: settings.WHMCS_API_IDENTIFIER, secret: settings.WHMCS_API_SECRET, responsetype: 'json', ...more,
  }).toString();
  const token = await logIn(settings);
  const data = `${url}/salesforce/services/data/v62.0`;
  const loads = [
    ['WHMCS, WhmcsDetails', `${url}/whmcs/includes/api.php`, form('WhmcsDetails')],
    ['WHMCS, GetInvoice', `${url}/whmcs/includes/api.php`, form('GetInvoice', { invoiceid: '7' })],
    ['WHMCS, GetInvoices, 25 of 3,000', `${url}/whmcs/includes/api.php`, form('GetInvoices', { userid: '48' })],
    ['Salesforce, limits', `${data}/limits`],
    ['Salesforce, a count of one account’s cases', `${data}/query?${new URLSearchParams({ q: "SELECT COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c = '42' AND IsClosed = false" })}`],
  ];
  // First, since this program stands still while wrk runs, and finds the connections that it kept closed.
  for (const [name, address, body] of loads) await understood(name, address, body, token);
  for (const [name, address, body] of loads) {
    const rates = [0, 1, 2].map(() => wrk(address, body, token));
    note(`sandbox, ${name}`, `${(median(rates) / 1000).toFixed(1)} k/s`);
  }
}

/** A load of refusals would measure something else. */
async function understood(name, address, body, token) {
  const headers = body ? { 'content-type': 'application/x-www-form-urlencoded' } : { authorization: `Bearer ${token}` };
  const answer = await fetch(address, { method: body ? 'POST' : 'GET', headers, body });
  const text = await answer.text();
  if (!answer.ok || text.includes('"result":"error"')) throw new Error(`${name}: ${answer.status} ${text.slice(0, 200)}`);
}

/** Resident memory of a sandbox that holds 100,000 invoices. */
async function memory() {
  const { url, pid } = await startSandbox('empty');
  const resident = (field) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${field}:\\s+(\\d+)`))[1]) / 1024;
  const before = resident('VmRSS');
  const begun = performance.now();
  const answer = await fetch(`${url}/_control/scenario`, {
    method: 'POST',
    body: JSON.stringify({
      people: [{ email: 'p@example.com', first_name: 'P', last_name: 'Q', clients: [{ key: 'c' }] }],
      invoices: {
        count: 100_000, over_days: 3_000, template: { client: 'c', status: 'Paid', lines: [{ description: 'Line {n}', amount: '9.95' }] },
      },
    }),
  });
  if (!answer.ok) throw new Error(`the scenario was refused: ${await answer.text()}`);
  const took = performance.now() - begun;
  note('sandbox, resident memory: empty, with 100,000 invoices (peak)', `${before.toFixed(0)} MB, ${resident('VmRSS').toFixed(0)} MB (${resident('VmHWM').toFixed(0)} MB)`);
  note('sandbox, loading them from a scenario', `${(took / 1000).toFixed(1)} s`);
}

function requireWrk() {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
  } catch (error) {
    if (error.code === 'ENOENT') {
      console.error('wrk is missing (Debian: apt-get install wrk)');
      process.exit(69);
    }
  }
}

/** Requests a second. */
function wrk(url, body, token) {
  const script = join(room, 'request.lua');
  writeFileSync(script, body
    ? `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\nwrk.body = ${JSON.stringify(body)}\n`
    : `wrk.headers["Authorization"] = "Bearer ${token}"\n`);
  const output = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url], { encoding: 'utf8' });
  if (/Non-2xx/.test(output)) throw new Error(`refused under load:\n${output}`);
  return Number(output.match(/Requests\/sec:\s+([\d.]+)/)[1]);
}

async function logIn({ SF_LOGIN_URL, SF_CLIENT_ID, SF_USERNAME, SF_PRIVATE_KEY_PATH }) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: SF_CLIENT_ID, sub: SF_USERNAME, aud: SF_LOGIN_URL, exp: Math.floor(Date.now() / 1000) + 150 };
  const unsigned = `${part({ alg: 'RS256' })}.${part(claims)}`;
  const signature = createSign('RSA-SHA256').update(unsigned).sign(readFileSync(SF_PRIVATE_KEY_PATH), 'base64url');
  const answer = await fetch(`${SF_LOGIN_URL}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${unsigned}.${signature}` }),
  });
  if (!answer.ok) throw new Error(`the login was refused: ${await answer.text()}`);
  return (await answer.json()).access_token;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
