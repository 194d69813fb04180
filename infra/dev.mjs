// `just dev`: builds bundle, sandbox and portal, runs them, rebuilds what changes, prints mailed codes, and stops
// everything on Ctrl-C. DATABASE_URL, REDIS_URL and every other variable of the environment or of .env win over what is
// set here.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { codeIn, messages } from './lib/mailbox.mjs';
import { Sources } from './lib/sources.mjs';
import { DEMO_PASSWORD, Service, portalSettings, prepareDatabase, run, sandboxArguments } from './lib/stack.mjs';

const repo = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(repo);
if (existsSync('.env')) process.loadEnvFile('.env');

const dataDir = join('.data', 'sandbox');
const sandboxPort = Number(process.env.SANDBOX_PORT ?? 4900);
const smtpPort = Number(process.env.SANDBOX_SMTP_PORT ?? 4925);
const portalPort = Number(process.env.BFF_PORT ?? 4000);
const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
const portalUrl = process.env.PORTAL_PUBLIC_URL ?? `http://localhost:${portalPort}`;
const binaries = join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug');

const database = join('.data', 'dev.db');

const env = {
  DATABASE_URL: `sqlite:${database}`,
  ...portalSettings({ sandboxPort, smtpPort, dataDir }),
  PORTAL_LOG_FORMAT: 'text',
  PORTAL_SHUTDOWN_SECONDS: '2',
  ...process.env,
};

const COLOURS = { portal: 36, sandbox: 35, build: 33, mail: 32, dev: 1 };
function print(name, line) {
  const label = name.padEnd(7);
  console.log(process.stdout.isTTY ? `\x1b[${COLOURS[name]}m${label}\x1b[0m ${line}` : `${label} ${line}`);
}

const options = { env, cwd: repo, onLine: print };
const sandboxSetup = sandboxArguments({ sandboxPort, smtpPort, dataDir });
const sandbox = new Service('sandbox', join(binaries, 'sandbox'), sandboxSetup, options);
const portal = new Service('portal', join(binaries, 'portal'), ['serve'], options);
const sources = new Sources({
  workspace: ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'],
  shared: ['crates/shared-types'],
  web: ['crates/web', 'crates/xtask'],
  portal: ['crates/api', 'crates/whmcs', 'crates/salesforce', 'migrations'],
  sandbox: ['crates/sandbox'],
});

let building;
let stopping = false;

async function build(...args) {
  print('build', `cargo ${args.join(' ')}`);
  const status = await run('build', 'cargo', args, {
    ...options,
    onStart: (child) => {
      building = child;
    },
  });
  building = undefined;
  return status === 0;
}

const buildPrograms = () => build('build', '--quiet', '-p', 'portal-api', '-p', 'sandbox', '--bins');
const buildBundle = () => build('run', '--quiet', '-p', 'xtask', '--', 'web', '--out', 'dist', '--dev');

// The sandbox keeps its ledger in memory, so our own database starts afresh with it: its users would point at customers
// that no longer exist. A database that was named to us is left alone.
function forgetUsers() {
  if (process.env.DATABASE_URL) return;
  for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, { force: true });
}

async function startSandbox() {
  forgetUsers();
  await sandbox.start().ready(`${sandboxUrl}/mail/messages`);
  warnOnEnd(sandbox);
}

async function startPortal() {
  await prepareDatabase(join(binaries, 'portal'), options);
  await portal.start().ready(`http://127.0.0.1:${portalPort}/livez`);
  warnOnEnd(portal);
}

function warnOnEnd(service) {
  service.onUnexpectedEnd((how) => {
    if (!stopping) print('dev', `${service.name} ${how}; it starts again after the next change`);
  });
}

async function stop(status) {
  if (stopping) return;
  stopping = true;
  // Cargo leads a process group: its compilers end with it.
  if (building?.pid) process.kill(-building.pid, 'SIGTERM');
  await Promise.all([portal.stop(), sandbox.stop()]);
  process.exit(status);
}

function greet() {
  print('dev', `portal   ${portalUrl}`);
  print('dev', `API docs ${portalUrl}/api/docs`);
  print('dev', `mailbox  ${sandboxUrl}/mail`);
  print('dev', 'sign in  ada@example.com (everything), mallory@example.com (a stranger), bulk@example.com (very much)');
  print('dev', `password ${DEMO_PASSWORD}`);
  print('dev', 'or sign up with any address: mailed codes appear here. Ctrl-C stops everything.');
}

async function applyChanges(parts) {
  print('dev', `changed: ${parts.join(', ')}`);
  const concerns = (...names) => names.some((name) => parts.includes(name));
  const programs = concerns('workspace', 'shared', 'portal', 'sandbox');
  const bundle = concerns('workspace', 'shared', 'web');
  if (programs && !(await buildPrograms())) return;
  if (bundle && !(await buildBundle())) return;
  // The portal reads the bundle when it starts.
  await portal.stop();
  if (concerns('workspace', 'sandbox')) {
    await sandbox.stop();
    await startSandbox();
  }
  await startPortal();
  print('dev', `ready: ${portalUrl}`);
}

async function watchSources() {
  while (!stopping) {
    await delay(500);
    const parts = new Set(sources.changed());
    if (parts.size === 0) continue;
    // Editors and version control write many files: go on once nothing moves.
    for (let more = parts; more.size > 0; ) {
      await delay(200);
      more = new Set(sources.changed());
      more.forEach((part) => parts.add(part));
    }
    try {
      await applyChanges([...parts]);
    } catch (error) {
      if (!stopping) print('dev', error.message);
    }
  }
}

async function watchMail() {
  let known;
  while (!stopping) {
    try {
      const found = await messages(sandboxUrl);
      for (const message of found.reverse()) {
        if (known && !known.has(message.id)) announce(message);
      }
      known = new Set(found.map(({ id }) => id));
    } catch {
      // The sandbox is being restarted: the next round asks again.
    }
    await delay(1000);
  }
}

function announce(message) {
  const code = codeIn(message);
  print('mail', `${message.to.join(', ')}: ${message.subject}${code ? `, code ${code}` : ''}`);
}

// Whoever read our output is gone.
process.stdout.on('error', () => stop(1));
process.on('SIGINT', () => stop(130));
process.on('SIGTERM', () => stop(143));
process.on('SIGHUP', () => stop(129));

mkdirSync(dataDir, { recursive: true });
try {
  if (!(await buildPrograms()) || !(await buildBundle())) throw new Error('the first build failed');
  await startSandbox();
  await startPortal();
  greet();
} catch (error) {
  if (!stopping) print('dev', error.message);
  await stop(1);
}
await Promise.all([watchSources(), watchMail()]);
