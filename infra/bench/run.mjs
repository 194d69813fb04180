// Measures the portal against bare actix on the same machine in the same run. Called by `just bench` inside infra/services.
//
// Machines are noisy: read the ratios, not the absolute figures. Everything talks over loopback; the load generator (wrk) shares the cores
// with what it measures, which is hard on the quicker side of a comparison.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_PASSWORD, Service, freePort, portalSettings, prepareDatabase, sandboxArguments } from '../lib/stack.mjs';

const bin = resolve(process.argv[2]);
const seconds = Number(process.env.BENCH_SECONDS ?? 8);
const connections = 64;
const room = mkdtempSync(join(tmpdir(), 'portal-bench.'));
const services = [];
const results = [];
const lines = [];
const note = (name, value) => {
  results.push([name, value]);
  console.error(`  ${name}: ${value}`);
};

const keepAlive = new http.Agent({ keepAlive: true });
const control = (sandboxUrl, what, body) => fetch(`${sandboxUrl}/_control/${what}`, { method: 'POST', body: JSON.stringify(body) });
const memory = (pid, field) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${field}:\\s+(\\d+)`))[1]);
const rss = (pid) => `${(memory(pid, 'VmRSS') / 1024).toFixed(0)} MB resident`;
const peak = (pid) => `${(memory(pid, 'VmHWM') / 1024).toFixed(0)} MB`;

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
  requireWrk();
  const sandboxPort = await freePort();
  const smtpPort = await freePort();
  const port = await freePort();
  const metricsPort = await freePort();
  const onLine = (name, line) => lines.push(`${name}: ${line}`);
  const sandbox = new Service('sandbox', join(bin, 'sandbox'), sandboxArguments({ sandboxPort, smtpPort, dataDir: room }), {
    env: process.env, cwd: room, onLine,
  }).start();
  services.push(sandbox);
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  await sandbox.ready(`${sandboxUrl}/_control/health`);

  const env = {
    ...process.env,
    ...portalSettings({ sandboxPort, smtpPort, dataDir: room }),
    DATABASE_URL: process.env.TEST_POSTGRES_URL,
    REDIS_URL: process.env.TEST_REDIS_URL,
    BFF_PORT: String(port),
    PORTAL_METRICS_PORT: String(metricsPort),
    PORTAL_PUBLIC_URL: `http://localhost:${port}`,
    // Off, so that a flood reaches the queue of the hasher, which is what has to hold.
    PORTAL_LIMIT_LOGIN_SOURCE: '1000000',
    PORTAL_LIMIT_LOGIN_UNKNOWN: '1000000',
    PORTAL_LIMIT_REFRESH: '1000000',
    PORTAL_LOG: 'warn',
  };
  await prepareDatabase(join(bin, 'portal'), { env, cwd: room, onLine });
  const portalUrl = `http://127.0.0.1:${port}`;

  const starts = [];
  let portal;
  for (let round = 0; round < 5; round += 1) {
    if (portal) await portal.stop();
    const begun = performance.now();
    portal = new Service('portal', join(bin, 'portal'), ['serve'], { env, cwd: room, onLine }).start();
    await untilReady(`${portalUrl}/readyz`);
    starts.push(performance.now() - begun);
  }
  services.push(portal);
  note('start to ready, existing database, median of 5', `${median(starts).toFixed(0)} ms`);
  const { pid } = portal;
  note('memory after start', rss(pid));

  const cookie = await logIn(portalUrl, port, 'bulk@example.com');
  const path = '/api/invoices?page=1&size=25';
  const page = await fetchText(`${portalUrl}${path}`, cookie);
  note('cached page of 25 invoices', `${page.length} bytes`);

  const baseline = await startBaseline(page.length);
  const rounds = { portal: [], static: [], redis: [] };
  const p99 = [];
  for (let round = 0; round < 3; round += 1) {
    const measured = wrk(`${portalUrl}${path}`, cookie);
    rounds.portal.push(measured.rate);
    p99.push(measured.p99);
    rounds.static.push(wrk(`${baseline}/static`).rate);
    rounds.redis.push(wrk(`${baseline}/redis`).rate);
  }
  const rate = Object.fromEntries(Object.entries(rounds).map(([name, rates]) => [name, median(rates)]));
  note(`cached invoices, ${connections} connections`, `${(rate.portal / 1000).toFixed(1)} k/s, p99 ${median(p99).toFixed(1)} ms`);
  note('bare actix, constant bytes', `${(rate.static / 1000).toFixed(1)} k/s`);
  note('bare actix, one Redis GET', `${(rate.redis / 1000).toFixed(1)} k/s`);
  note('ratio to constant bytes', (rate.portal / rate.static).toFixed(2));
  note('ratio to one Redis GET', (rate.portal / rate.redis).toFixed(2));
  note('memory under load', rss(pid));

  await misses(portalUrl, sandboxUrl, cookie);
  await coalescing(portalUrl, sandboxUrl, cookie);
  await loginFlood(portalUrl, port, `${portalUrl}${path}`, cookie);
  note('memory at the end (peak)', `${rss(pid)} (${peak(pid)})`);

  const cores = cpus();
  console.log(`| measured on ${cores.length} × ${cores[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB | |`);
  console.log('|---|---|');
  for (const [name, value] of results) console.log(`| ${name} | ${value} |`);
}

/** Time added on a miss: the portal's answer against the sandbox's own for the same page, alternating, each page once. */
async function misses(portalUrl, sandboxUrl, cookie) {
  const through = [];
  const direct = [];
  for (let page = 1; page <= 150; page += 1) {
    direct.push(await timed(() => whmcs(sandboxUrl, page)));
    through.push(await timed(() => fetchText(`${portalUrl}/api/invoices?page=${page}&size=30`, cookie)));
  }
  note('page of 30, asked of the sandbox itself, median', `${median(direct).toFixed(2)} ms`);
  note('the same through the portal, not cached, median', `${median(through).toFixed(2)} ms`);
  note('added on a miss', `${(median(through) - median(direct)).toFixed(2)} ms`);
}

async function coalescing(portalUrl, sandboxUrl, cookie) {
  await control(sandboxUrl, 'faults', { target: 'whmcs', action: 'GetInvoices', kind: 'latency', ms: 1000 });
  await fetch(`${sandboxUrl}/_control/requests`, { method: 'DELETE' });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 500 });
  const answers = await Promise.all(Array.from({ length: 500 }, () => fetchText(`${portalUrl}/api/invoices?page=3&size=77`, cookie, agent)));
  const calls = await (await fetch(`${sandboxUrl}/_control/requests?target=whmcs&action=GetInvoices`)).json();
  await fetch(`${sandboxUrl}/_control/faults`, { method: 'DELETE' });
  agent.destroy();
  note('500 equal misses at once', `${new Set(answers.map((answer) => JSON.stringify(JSON.parse(answer).data))).size} answer, ${calls.length} call of WHMCS`);
}

/** 200 sign-ins a second, which is several times what the hasher can check, while customers read what is cached. */
async function loginFlood(portalUrl, port, url, cookie) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1000 });
  const answers = [];
  let nobody = 0;
  const guess = async () => {
    nobody += 1;
    answers.push(await signIn(portalUrl, port, `nobody${nobody}@example.com`, agent));
  };
  const alone = await paced(100, () => fetchText(url, cookie, agent));
  const [reads, logins] = await Promise.all([paced(100, () => fetchText(url, cookie, agent)), paced(200, guess)]);
  agent.destroy();
  const refused = answers.filter(({ status }) => status === 429 || status === 503);
  const strange = answers.filter(({ status }) => ![401, 429, 503].includes(status)).length;
  const mute = refused.filter(({ retryAfter }) => !retryAfter).length;
  if (strange || mute) throw new Error(`login flood: ${strange} answers of another status, ${mute} refusals without Retry-After`);
  note('cached read without a flood, p99 at 100/s', `${quantile(alone, 0.99).toFixed(1)} ms`);
  note('cached read while 200 sign-ins/s come in, p99', `${quantile(reads, 0.99).toFixed(1)} ms`);
  note('sign-ins of the flood: checked, refused', `${answers.length - refused.length}, ${refused.length} of ${logins.length}`);
  note('refusal of a sign-in, p99', `${quantile(refused.map(({ milliseconds }) => milliseconds), 0.99).toFixed(1)} ms`);
}

/** Begins `work` so many times a second, whether or not the former ones have ended; the milliseconds of each. */
async function paced(rate, work) {
  const begun = performance.now();
  const running = [];
  for (let turn = 0; turn < rate * seconds; turn += 1) {
    await delay(Math.max(0, begun + (turn * 1000) / rate - performance.now()));
    running.push(timed(work));
  }
  return Promise.all(running);
}

function signIn(portalUrl, port, email, agent) {
  const body = JSON.stringify({ email, password: 'a guess of somebody' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length, origin: `http://localhost:${port}` };
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    http.request(`${portalUrl}/api/auth/login`, { method: 'POST', agent, headers }, (answer) => {
      const { statusCode: status } = answer;
      answer.resume().on('end', () => resolve({ status, retryAfter: answer.headers['retry-after'], milliseconds: performance.now() - begun }));
    }).on('error', reject).end(body);
  });
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

function wrk(url, cookie) {
  const header = cookie ? ['-H', `Cookie: ${cookie}`] : [];
  const output = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...header, url], { encoding: 'utf8' });
  if (/Non-2xx/.test(output)) throw new Error(`refused under load:\n${output}`);
  const [, value, unit] = output.match(/99%\s+([\d.]+)(us|ms|s)/);
  return { rate: Number(output.match(/Requests\/sec:\s+([\d.]+)/)[1]), p99: Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}

async function startBaseline(size) {
  const child = spawn(join(bin, 'examples', 'baseline'), [String(size), process.env.TEST_REDIS_URL], { stdio: ['ignore', 'pipe', 'inherit'] });
  services.push({ stop: async () => child.kill() });
  for await (const chunk of child.stdout) return String(chunk).trim().split('\n')[0];
  throw new Error('the baseline did not start');
}

async function logIn(portalUrl, port, email) {
  const answer = await fetch(`${portalUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: `http://localhost:${port}` },
    body: JSON.stringify({ email, password: DEMO_PASSWORD }),
  });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
  return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}

function fetchText(url, cookie, agent = keepAlive) {
  return new Promise((resolve, reject) => {
    http.get(url, { agent, headers: { cookie } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(Buffer.concat(chunks).toString()) : reject(new Error(`${url}: ${answer.statusCode}`))));
    }).on('error', reject);
  });
}

function whmcs(sandboxUrl, page) {
  const form = new URLSearchParams({
    action: 'GetInvoices', identifier: 'sandbox-identifier', secret: 'sandbox-secret', responsetype: 'json', userid: '48',
    orderby: 'date', order: 'desc', limitstart: String((page - 1) * 30), limitnum: '30',
  }).toString();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length };
    http.request(`${sandboxUrl}/whmcs/includes/api.php`, { method: 'POST', agent: keepAlive, headers }, (answer) => {
      answer.resume().on('end', resolve);
    }).on('error', reject).end(form);
  });
}

async function untilReady(url) {
  for (;;) {
    try {
      if ((await fetch(url)).status === 204) return;
    } catch {
      // Not listening yet.
    }
    await delay(2);
  }
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0;
}
