// A sandbox and a portal of their own for one test file: free ports, an empty data folder, no setting of this machine.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Service, freePort, portalSettings, prepareDatabase, sandboxArguments } from '../../../infra/lib/stack.mjs';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const binary = (variable, name) => resolve(process.env[variable] ?? join(repo, 'target', 'debug', name));

/**
 * Starts both and makes the demo people's portal users. `settings` are further variables for the portal.
 * The result has `url`, `sandboxUrl`, `log()` and `stop()`, and steers the sandbox: `control(path, body)`, `ledger()`,
 * `plant(fault)`, `clearFaults()`.
 */
export async function startPortal({ settings = {} } = {}) {
  const programs = { portal: binary('TEST_PORTAL_BIN', 'portal'), sandbox: binary('TEST_SANDBOX_BIN', 'sandbox') };
  const bundle = resolve(process.env.TEST_WEB_DIR ?? join(repo, 'dist'));
  await mustExist(programs.portal, 'just build');
  await mustExist(programs.sandbox, 'just build');
  await mustExist(join(bundle, 'index.html'), 'just web');

  const room = await mkdtemp(join(tmpdir(), 'portal-browser-'));
  const ports = { sandboxPort: await freePort(), smtpPort: await freePort(), dataDir: join(room, 'sandbox') };
  const portalPort = await freePort();
  const url = `http://localhost:${portalPort}`;
  const sandboxUrl = `http://127.0.0.1:${ports.sandboxPort}`;
  const lines = [];
  const options = {
    cwd: room,
    onLine: (name, line) => lines.push(`${name} ${line}`),
    env: {
      PATH: process.env.PATH,
      HOME: room,
      ...portalSettings(ports),
      BFF_PORT: String(portalPort),
      PORTAL_PUBLIC_URL: url,
      PORTAL_WEB_DIR: bundle,
      DATABASE_URL: `sqlite:${join(room, 'portal.db')}`,
      PORTAL_SHUTDOWN_SECONDS: '2',
      ...settings,
    },
  };
  const sandbox = new Service('sandbox', programs.sandbox, sandboxArguments(ports), options);
  const portal = new Service('portal', programs.portal, ['serve'], options);

  async function stop() {
    await portal.stop();
    await sandbox.stop();
    await rm(room, { recursive: true, force: true });
  }

  try {
    await sandbox.start().ready(`${sandboxUrl}/mail/messages`);
    await prepareDatabase(programs.portal, options);
    await portal.start().ready(`http://127.0.0.1:${portalPort}/readyz`);
  } catch (error) {
    await stop();
    error.message += `\n${lines.slice(-40).join('\n')}`;
    throw error;
  }
  const steer = (method, path, body) => control(sandboxUrl, method, path, body);
  return {
    url,
    sandboxUrl,
    stop,
    log: () => [...lines],
    control: (path, body = {}) => steer('POST', path, body),
    ledger: () => steer('GET', 'ledger'),
    plant: (fault) => steer('POST', 'faults', fault),
    clearFaults: () => steer('DELETE', 'faults'),
  };
}

/** Steers the sandbox: `/_control/…`, in JSON. */
async function control(sandboxUrl, method, path, body) {
  const content = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(new URL(`/_control/${path}`, sandboxUrl), { method, ...content });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /_control/${path} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

async function mustExist(path, recipe) {
  await stat(path).catch(() => {
    throw new Error(`${path} is not there: run '${recipe}' first`);
  });
}
