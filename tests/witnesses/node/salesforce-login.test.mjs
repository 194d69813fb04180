// jsforce logs in with a JWT, is refused for the right reason, and gets over a session that ends while it works.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONSUMER_KEY, GRANT, ID, USERNAME, VERSION, assertion, connect, connectRefreshing, connection, foreignKey, refusal,
} from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

const sandbox = useSandbox('jsforce');
const now = () => Math.floor(Date.now() / 1000);

test('a JWT gets a session, of which the client knows organisation, user and instance', async () => {
  const conn = connection(sandbox);
  const user = await conn.authorize({ grant_type: GRANT, assertion: assertion(sandbox) });
  assert.match(user.id, ID);
  assert.ok(user.id.startsWith('005'));
  assert.match(user.organizationId, ID);
  assert.ok(user.organizationId.startsWith('00D'));
  assert.match(conn.accessToken, /^00D.+!.+/);
  assert.equal(conn.instanceUrl, `${sandbox.url}/salesforce`);
  assert.equal(conn.refreshToken, undefined, 'this grant gives none');
  const versions = await conn.request('/services/data');
  assert.ok(versions.some(({ version }) => version === VERSION), 'the version that the client was made for is offered');
});

test('what jsforce adds for other grants does no harm', async () => {
  const oauth2 = {
    loginUrl: `${sandbox.url}/salesforce`,
    clientId: CONSUMER_KEY,
    clientSecret: 'not needed here',
    redirectUri: 'http://localhost/callback',
  };
  const conn = connection(sandbox, { oauth2 });
  await conn.authorize({ grant_type: GRANT, assertion: assertion(sandbox) });
  assert.ok(conn.accessToken);
});

const ACCEPTED = {
  'the audience of sandboxes': { aud: 'https://test.salesforce.com' },
  'exp as text': { exp: String(now() + 180) },
  'exp in milliseconds': { exp: Date.now() + 300_000 },
  'iat and jti': { iat: now(), jti: 'one' },
};
for (const [what, claims] of Object.entries(ACCEPTED)) {
  test(`login is granted with ${what}`, async () => {
    const conn = connection(sandbox);
    await conn.authorize({ grant_type: GRANT, assertion: assertion(sandbox, { claims }) });
    assert.ok(conn.accessToken);
  });
}

const REFUSED = {
  'another audience': [{ aud: 'https://example.com' }, 'invalid_grant', 'audience is invalid'],
  'an audience with a slash at its end': [
    { aud: 'https://login.salesforce.com/' }, 'invalid_grant', 'audience is invalid',
  ],
  'an exp that has passed': [{ exp: now() - 600 }, 'invalid_grant', 'expired authorization code'],
  'an unknown user': [{ sub: 'nobody@example.com' }, 'invalid_grant', "user hasn't approved this consumer"],
  'an unknown consumer key': [{ iss: 'somebody-else' }, 'invalid_client_id', 'client identifier invalid'],
};
for (const [what, [claims, name, message]] of Object.entries(REFUSED)) {
  test(`login is refused with ${what}`, async () => {
    const conn = connection(sandbox);
    const error = await refusal(conn.authorize({ grant_type: GRANT, assertion: assertion(sandbox, { claims }) }));
    assert.deepEqual([error.name, error.message], [name, message]);
    assert.ok(!conn.accessToken);
  });
}

test('login is refused with a key that the app does not know, and with what is no JWT', async () => {
  for (const wrong of [assertion(sandbox, { key: foreignKey() }), 'nonsense', '']) {
    const error = await refusal(connection(sandbox).authorize({ grant_type: GRANT, assertion: wrong }));
    assert.deepEqual([error.name, error.message], ['invalid_grant', 'invalid assertion']);
  }
});

test('another grant is refused', async () => {
  const error = await refusal(connection(sandbox).authorize({ grant_type: 'client_credentials' }));
  assert.equal(error.name, 'unsupported_grant_type');
});

test('a session that ends while several calls are made is made anew, once', async () => {
  const conn = await connectRefreshing(sandbox);
  const before = conn.accessToken;
  await conn.query('SELECT Id FROM Account');
  await sandbox.control('tokens/expire');
  const answers = await Promise.all(['Account', 'Contact', 'Case'].map((name) => conn.query(`SELECT Id FROM ${name}`)));
  assert.ok(answers.every(({ totalSize }) => totalSize > 0));
  assert.equal(conn.refreshes, 1);
  assert.notEqual(conn.accessToken, before);
});

test('a session that ends is an error to a client that cannot make a new one', async () => {
  const conn = await connect(sandbox);
  await sandbox.control('tokens/expire');
  const error = await refusal(conn.query('SELECT Id FROM Account'));
  assert.deepEqual([error.errorCode, error.message], ['INVALID_SESSION_ID', 'Session expired or invalid']);
});

test('a token that was never given is an error', async () => {
  const conn = connection(sandbox, { accessToken: '00D000000000001!made-up' });
  assert.equal((await refusal(conn.query('SELECT Id FROM Account'))).errorCode, 'INVALID_SESSION_ID');
});

test('a version that does not exist is not found', async () => {
  const conn = await connect(sandbox, { version: '99.0' });
  const error = await refusal(conn.query('SELECT Id FROM Account'));
  assert.deepEqual([error.errorCode, error.message], ['NOT_FOUND', 'The requested resource does not exist']);
});

test('who is logged in can be asked, and a session ended', async () => {
  const conn = await connect(sandbox);
  const { user_id: user, organization_id: organisation, username } = await conn.identity();
  assert.deepEqual([user, organisation, username], [conn.userInfo.id, conn.userInfo.organizationId, USERNAME]);
  const { accessToken } = conn;
  await conn.logout();
  const error = await refusal(connection(sandbox, { accessToken }).query('SELECT Id FROM Account'));
  assert.equal(error.errorCode, 'INVALID_SESSION_ID');
});
