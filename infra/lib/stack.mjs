// How sandbox and portal are started and stopped together: used by `just dev` and by the browser tests.
// Knows processes and settings; knows nothing of what either program does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The settings with which the portal uses a sandbox. */
export function portalSettings({ sandboxPort, smtpPort, dataDir }) {
  const sandbox = `http://127.0.0.1:${sandboxPort}`;
  return {
    PORTAL_MODE: 'dev',
    WHMCS_BASE_URL: `${sandbox}/whmcs`,
    WHMCS_API_IDENTIFIER: 'sandbox-identifier',
    WHMCS_API_SECRET: 'sandbox-secret',
    WHMCS_OIDC_CLIENT_ID: 'SANDBOX.portal',
    WHMCS_OIDC_CLIENT_SECRET: 'sandbox-openid-secret',
    SF_LOGIN_URL: `${sandbox}/salesforce`,
    SF_CLIENT_ID: 'sandbox-consumer-key',
    SF_USERNAME: 'portal@sandbox.example',
    SF_PRIVATE_KEY_PATH: join(dataDir, 'salesforce-demo-key.pem'),
    PORTAL_MAIL_URL: `smtp://127.0.0.1:${smtpPort}`,
  };
}

export function sandboxArguments({ sandboxPort, smtpPort, dataDir }) {
  return ['--port', String(sandboxPort), '--smtp-port', String(smtpPort), '--data-dir', dataDir];
}

export const DEMO_PASSWORD = 'correct horse battery staple';

/** The sandbox's people who are customers of the portal already; the others are there to be linked. */
export const DEMO_CUSTOMERS = ['ada@example.com', 'mallory@example.com', 'bulk@example.com'];

/** Brings the database up to date and makes the demo customers' portal users; needs the sandbox. */
export async function prepareDatabase(portal, options) {
  const steps = [['migrate'], ['seed-demo', '--password', DEMO_PASSWORD, ...DEMO_CUSTOMERS]];
  for (const step of steps) {
    const status = await run('portal', portal, step, options);
    if (status !== 0) throw new Error(`portal ${step[0]} ended with status ${status}`);
  }
}

// Where the system can do that, programs are told to stop when we die, even by KILL.
const LEASH = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', '--'] : [];

function spawnOnLeash(command, args, { cwd, env }) {
  const [program, ...rest] = [...LEASH, command, ...args];
  return spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A long-running program. It leads a process group of its own, so that only we decide when it ends. */
export class Service {
  #child;
  #ended;

  constructor(name, command, args, { env, cwd, onLine }) {
    Object.assign(this, { name, command, args, env, cwd, onLine });
  }

  start() {
    this.#child = spawnOnLeash(this.command, this.args, this);
    const child = this.#child;
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve(`cannot be started: ${error.message}`));
      child.on('close', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with status ${code}`));
    });
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => this.onLine(this.name, line));
    }
    return this;
  }

  /** Resolves once `url` answers with success; rejects when the program ends before that, or after `seconds`. */
  async ready(url, seconds = 30) {
    const deadline = Date.now() + seconds * 1000;
    let ending;
    this.#ended.then((how) => {
      ending = how;
    });
    while (Date.now() < deadline) {
      if (ending) throw new Error(`${this.name} ${ending} before it was ready`);
      if (await answers(url)) return;
      await delay(50);
    }
    throw new Error(`${this.name} did not answer on ${url} within ${seconds} s`);
  }

  /** Id of the running process: the helper that ties its life to ours has become the program itself. */
  get pid() {
    return this.#child?.pid;
  }

  /** Calls back when the program ends without having been told to. */
  onUnexpectedEnd(callback) {
    const child = this.#child;
    this.#ended.then((how) => {
      if (this.#child === child) callback(how);
    });
  }

  async stop(seconds = 10) {
    const child = this.#child;
    const ended = this.#ended;
    this.#child = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    await ended;
    clearTimeout(timer);
  }
}

/** Runs a program to its end and gives its exit status; `onLine` as for a service. */
export async function run(name, command, args, { env, cwd, onLine, onStart }) {
  const child = spawnOnLeash(command, args, { env, cwd });
  onStart?.(child);
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => onLine(name, line));
  }
  const [code] = await once(child, 'close');
  return code ?? 1;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function eachLine(stream, callback) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(callback);
  });
  stream.on('end', () => {
    if (rest) callback(rest);
  });
}
