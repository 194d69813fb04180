// jsforce sends many records or many calls in one request: collections, composite; and what the organisation says of
// itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ID, connect, refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

let conn;
const sandbox = useSandbox('jsforce', async () => {
  conn = await connect(sandbox);
});

const named = async (name) => (await conn.query(`SELECT Id FROM Account WHERE Name LIKE '${name}%'`)).totalSize;

test('of a collection with one bad row the others are stored', async () => {
  const name = unique('Partial');
  const results = await conn.sobject('Account').create([{ Name: `${name} 1` }, { Phone: '1' }, { Name: `${name} 3` }]);
  assert.deepEqual(results.map(({ success }) => success), [true, false, true]);
  assert.match(results[0].id, ID);
  assert.equal(results[1].errors[0].statusCode, 'REQUIRED_FIELD_MISSING');
  assert.deepEqual(results[1].errors[0].fields, ['Name']);
  assert.deepEqual(results[2].errors, []);
  assert.equal(await named(name), 2);
});

test('of a collection that is all or none nothing is stored', async () => {
  const name = unique('AllOrNone');
  const results = await conn.sobject('Account').create([{ Name: name }, { Phone: '1' }], { allOrNone: true });
  assert.deepEqual(results.map(({ success }) => success), [false, false]);
  const codes = results.map(({ errors }) => errors[0].statusCode);
  assert.deepEqual(codes, ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
  assert.equal(await named(name), 0);
});

test('a collection is read, changed and removed, one bad row in each', async () => {
  const name = unique('Several');
  const ids = (await conn.sobject('Account').create([{ Name: name }, { Name: name }])).map(({ id }) => id);
  const read = await conn.sobject('Account').retrieve(ids, { fields: ['Name'] });
  assert.deepEqual(read.map(({ Name }) => Name), [name, name]);

  const changed = await conn.sobject('Account').update([
    { Id: ids[0], Phone: '1' },
    { Id: ids[1], Nonsense__c: '1' },
  ]);
  assert.deepEqual(changed.map(({ success }) => success), [true, false]);
  assert.equal(changed[1].errors[0].statusCode, 'INVALID_FIELD');

  await conn.sobject('Account').destroy(ids[0]);
  const removed = await conn.sobject('Account').destroy(ids);
  assert.deepEqual(removed.map(({ success }) => success), [false, true]);
  assert.equal(removed[0].errors[0].statusCode, 'ENTITY_IS_DELETED');
  assert.equal(await named(name), 0);
});

test('a collection is upserted by key', async () => {
  const keys = [unique('batch'), unique('batch')];
  const upsert = async (Name) => {
    const records = keys.map((key) => ({ WHMCS_Client_Id__c: key, Name }));
    const results = await conn.sobject('Account').upsert(records, 'WHMCS_Client_Id__c');
    return results.map(({ success, created }) => [success, created]);
  };
  assert.deepEqual(await upsert('One'), [[true, true], [true, true]]);
  assert.deepEqual(await upsert('Two'), [[true, false], [true, false]]);
});

const composite = (allOrNone, compositeRequest) =>
  conn.requestPost('/composite', { allOrNone, collateSubrequests: false, compositeRequest });
const call = (referenceId, method, path, body) =>
  ({ method, referenceId, url: `/services/data/v62.0/sobjects/${path}`, ...(body && { body }) });

test('a composite request signs a customer up in one call, and may be repeated', async () => {
  const key = unique('signup');
  const signUp = [
    call('acc', 'PATCH', `Account/WHMCS_Client_Id__c/${key}`, { Name: key }),
    call('con', 'PATCH', `Contact/WHMCS_Contact_Id__c/${key}-7`, {
      LastName: 'Lovelace', Account: { WHMCS_Client_Id__c: key },
    }),
    call('back', 'GET', 'Contact/@{con.id}?fields=AccountId'),
  ];
  const first = (await composite(true, signUp)).compositeResponse;
  assert.deepEqual(first.map(({ referenceId, httpStatusCode }) => [referenceId, httpStatusCode]), [
    ['acc', 201], ['con', 201], ['back', 200],
  ]);
  assert.match(first[0].httpHeaders.Location, new RegExp(`/services/data/v62\\.0/sobjects/Account/${first[0].body.id}$`));
  assert.equal(first[2].body.AccountId, first[0].body.id);
  const second = (await composite(true, signUp)).compositeResponse;
  assert.deepEqual(second.map(({ httpStatusCode }) => httpStatusCode), [200, 200, 200]);
  assert.equal(second[0].body.id, first[0].body.id);
  assert.equal(second[0].body.created, false);
});

const half = (name) => [
  call('good', 'POST', 'Account', { Name: name }),
  call('bad', 'POST', 'Contact', { FirstName: 'x', AccountId: '@{good.id}' }),
];

test('a composite request that is all or none undoes what went well', async () => {
  const name = unique('Undone');
  const { compositeResponse: [good, bad] } = await composite(true, half(name));
  assert.deepEqual([good.httpStatusCode, good.body[0].errorCode], [400, 'PROCESSING_HALTED']);
  assert.deepEqual([bad.httpStatusCode, bad.body[0].errorCode], [400, 'REQUIRED_FIELD_MISSING']);
  assert.equal(await named(name), 0);
});

test('a composite request that is not keeps what went well', async () => {
  const name = unique('Kept');
  const { compositeResponse: [good, bad] } = await composite(false, half(name));
  assert.deepEqual([good.httpStatusCode, bad.httpStatusCode], [201, 400]);
  assert.equal(await named(name), 1);
});

test('what follows from a failed call is halted', async () => {
  const { compositeResponse: [first, second] } = await composite(false, [
    call('acc', 'POST', 'Account', { Phone: '1' }),
    call('con', 'POST', 'Contact', { LastName: 'x', AccountId: '@{acc.id}' }),
  ]);
  assert.equal(first.body[0].errorCode, 'REQUIRED_FIELD_MISSING');
  assert.deepEqual([second.httpStatusCode, second.body[0].errorCode], [400, 'PROCESSING_HALTED']);
});

test('more calls than a composite request may hold are refused', async () => {
  const calls = Array.from({ length: 26 }, (_, n) => call(`r${n}`, 'GET', 'Account/001000000000001AAA'));
  const error = await refusal(composite(false, calls));
  assert.ok(error.errorCode, error.message);
});

test('the organisation describes its objects and their fields', async () => {
  const { sobjects } = await conn.describeGlobal();
  const names = sobjects.map(({ name }) => name);
  for (const name of ['Account', 'Contact', 'Case', 'CaseComment', 'ContentVersion']) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(sobjects.find(({ name }) => name === 'Case').keyPrefix, '500');

  const account = await conn.sobject('Account').describe();
  const field = (name) => account.fields.find((one) => one.name === name);
  assert.deepEqual([account.name, account.keyPrefix], ['Account', '001']);
  const { externalId, unique: isUnique, idLookup, caseSensitive, type } = field('WHMCS_Client_Id__c');
  assert.deepEqual({ externalId, isUnique, idLookup, caseSensitive, type },
    { externalId: true, isUnique: true, idLookup: true, caseSensitive: false, type: 'string' });
  assert.deepEqual([field('Name').nillable, field('Name').length, field('Id').type], [false, 255, 'id']);
  assert.ok(account.childRelationships.some(({ relationshipName, childSObject }) =>
    relationshipName === 'Contacts' && childSObject === 'Contact'));

  const status = (await conn.sobject('Case').describe()).fields.find(({ name }) => name === 'Status');
  assert.equal(status.type, 'picklist');
  assert.ok(status.picklistValues.some(({ value, active }) => value === 'Closed' && active));
});

test('the allowance falls with each call, is told with each answer, and ends', async () => {
  const { DailyApiRequests: before } = await conn.limits();
  await conn.query('SELECT Id FROM Account LIMIT 1');
  const { DailyApiRequests: after } = await conn.limits();
  assert.equal(after.Max, before.Max);
  assert.equal(before.Remaining - after.Remaining, 2);
  assert.deepEqual(conn.limitInfo.apiUsage, { used: after.Max - after.Remaining, limit: after.Max });

  await sandbox.control('config', { api_quota: 1 });
  const error = await refusal(conn.query('SELECT Id FROM Account'));
  await sandbox.control('config', { api_quota: before.Max });
  assert.deepEqual([error.errorCode, error.message], ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.']);
});
