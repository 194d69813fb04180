// jsforce, pointed at a sandbox, and the assertions it logs in with.
import { createSign, generateKeyPairSync } from 'node:crypto';
import jsforce from 'jsforce';

export const VERSION = '62.0';
export const CONSUMER_KEY = 'sandbox-consumer-key';
export const USERNAME = 'portal@sandbox.example';
export const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** An id as REST prints it: 15 characters and three of checksum. */
export const ID = /^[A-Za-z0-9]{15}[A-Z0-5]{3}$/;

/** A connection without a session; `options` as jsforce takes them. */
export function connection(sandbox, options = {}) {
  const base = `${sandbox.url}/salesforce`;
  return new jsforce.Connection({ loginUrl: base, instanceUrl: base, version: VERSION, ...options });
}

/** A connection with a session of its own. */
export async function connect(sandbox, options) {
  const conn = connection(sandbox, options);
  await conn.authorize({ grant_type: GRANT, assertion: assertion(sandbox) });
  return conn;
}

/** A connection that makes a new session when its own has ended; `refreshes` counts how often. */
export async function connectRefreshing(sandbox) {
  const conn = await connect(sandbox, {
    refreshFn: (_, callback) => {
      conn.refreshes += 1;
      connect(sandbox).then((fresh) => callback(null, fresh.accessToken), callback);
    },
  });
  conn.refreshes = 0;
  return conn;
}

/** A JWT for the integration user, signed with RS256 (RFC 7523). `claims` replace the right ones, `key` the right key. */
export function assertion(sandbox, { claims = {}, key = sandbox.privateKey } = {}) {
  const right = {
    iss: CONSUMER_KEY,
    sub: USERNAME,
    aud: 'https://login.salesforce.com',
    exp: Math.floor(Date.now() / 1000) + 180,
  };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256' })}.${part({ ...right, ...claims })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

/** A private key that the simulated organisation has never seen. */
export function foreignKey() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

/** The error a call ends with; fails when there is none. */
export async function refusal(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call succeeded although it should have been refused');
}

let last = 0;
/** A word that no other record of this run has. */
export const unique = (prefix) => `${prefix}-${process.pid}-${(last += 1)}`;
