// Does the time of an answer tell whether an address has an account? For each operation that anybody may try, requests for known and
// unknown addresses alternate, and the area under the ROC curve says how well the two can be told apart by their times: 0.5 is not at
// all. A third class that is made 2 ms slower on purpose has to be found, else the measurement is blind.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_CUSTOMERS, Service, freePort, portalSettings, prepareDatabase, sandboxArguments } from '../lib/stack.mjs';

const bin = resolve(process.argv[2]);
const samples = Number(process.env.BENCH_SAMPLES ?? 500);
const warmUp = 20;
const room = mkdtempSync(join(tmpdir(), 'portal-enumeration.'));
const services = [];
const agent = new http.Agent({ keepAlive: true });

process.on('exit', () => rmSync(room, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopAll().then(() => process.exit(130)));
try {
  await main();
} finally {
  await stopAll();
}

async function stopAll() {
  await Promise.all(services.splice(0).map((service) => service.stop()));
}

async function main() {
  const [sandboxPort, smtpPort, port] = [await freePort(), await freePort(), await freePort()];
  const onLine = () => {};
  const sandbox = new Service('sandbox', join(bin, 'sandbox'), sandboxArguments({ sandboxPort, smtpPort, dataDir: room }), {
    env: process.env, cwd: room, onLine,
  }).start();
  services.push(sandbox);
  await sandbox.ready(`http://127.0.0.1:${sandboxPort}/_control/health`);
  const limits = [
    'LOGIN_ACCOUNT', 'LOGIN_CAP', 'LOGIN_SOURCE', 'LOGIN_UNKNOWN', 'NEW_DEVICE_CODE', 'SIGNUP_ADDRESS', 'SIGNUP_SOURCE',
    'RESET_ADDRESS', 'RESET_SOURCE', 'LINK_ACCOUNT', 'LINK_SOURCE', 'WHMCS_LOGINS',
  ];
  const env = {
    ...process.env,
    ...portalSettings({ sandboxPort, smtpPort, dataDir: room }),
    DATABASE_URL: process.env.TEST_POSTGRES_URL,
    REDIS_URL: process.env.TEST_REDIS_URL,
    BFF_PORT: String(port),
    PORTAL_PUBLIC_URL: `http://localhost:${port}`,
    PORTAL_LOG: 'warn',
    ...Object.fromEntries(limits.map((name) => [`PORTAL_LIMIT_${name}`, '1000000'])),
  };
  await prepareDatabase(join(bin, 'portal'), { env, cwd: room, onLine });
  const portal = new Service('portal', join(bin, 'portal'), ['serve'], { env, cwd: room, onLine });
  services.push(portal);
  await portal.start().ready(`http://127.0.0.1:${port}/readyz`);

  console.log(`| operation, ${samples} of each class | AUC known/unknown | AUC with 2 ms added | median known | median unknown |`);
  console.log('|---|---|---|---|---|');
  for (const { name, path, body } of OPERATIONS) await measure({ name, path, body, port });
}

const stranger = () => `${randomBytes(6).toString('hex')}@example.com`;
let turn = 0;
const customer = () => DEMO_CUSTOMERS[turn++ % DEMO_CUSTOMERS.length];

const OPERATIONS = [
  { name: 'signing in', path: '/api/auth/login', body: (email) => ({ email, password: 'not the password at all' }) },
  {
    name: 'signing up',
    path: '/api/auth/signup',
    body: (email) => ({ email, password: 'seven quiet lanterns drift', first_name: 'A', last_name: 'B', company_name: '' }),
  },
  { name: 'forgotten password', path: '/api/auth/forgot-password', body: (email) => ({ email }) },
  { name: 'linking', path: '/api/auth/link-whmcs', body: (email) => ({ email, password: 'not the password at all' }) },
];

async function measure({ name, path, body, port }) {
  const classes = { known: [], unknown: [], slowed: [] };
  const status = {};
  const one = async (kind) => {
    const content = JSON.stringify(body(kind === 'known' ? customer() : stranger()));
    const begun = performance.now();
    const answer = await post(port, path, content);
    if (kind === 'slowed') await delay(2);
    return { ms: performance.now() - begun, answer };
  };
  for (let round = -warmUp; round < samples; round += 1) {
    // A fresh order each round, so that nothing periodic falls on one class.
    for (const kind of Object.keys(classes).sort(() => Math.random() - 0.5)) {
      const { ms, answer } = await one(kind);
      if (round >= 0) classes[kind].push(ms);
      status[kind === 'known' ? 'known' : 'unknown'] ??= answer;
    }
  }
  if (status.known !== status.unknown) throw new Error(`${name}: ${status.known} for a known address, ${status.unknown} for another`);
  const row = [auc(classes.known, classes.unknown), auc(classes.slowed, classes.unknown)].map((value) => value.toFixed(3));
  const medians = [classes.known, classes.unknown].map((times) => `${median(times).toFixed(2)} ms`);
  console.log(`| ${name} (${status.known}) | ${[...row, ...medians].join(' | ')} |`);
}

function post(port, path, content) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(content),
    'idempotency-key': randomUUID(),
    origin: `http://localhost:${port}`,
  };
  return new Promise((done, failed) => {
    http.request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode));
    }).on('error', failed).end(content);
  });
}

/** The chance that a value of `a` is larger than one of `b` (Mann and Whitney); ties count half. */
function auc(a, b) {
  const all = [...a.map((value) => ({ value, of: 1 })), ...b.map((value) => ({ value, of: 0 }))].sort((x, y) => x.value - y.value);
  let rank = 0;
  let sum = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end].value === all[at].value) end += 1;
    const shared = rank + (end - at + 1) / 2;
    sum += shared * all.slice(at, end).filter(({ of }) => of === 1).length;
    rank += end - at;
    at = end;
  }
  return (sum - (a.length * (a.length + 1)) / 2) / (a.length * b.length);
}

function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)];
}
