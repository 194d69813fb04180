// jsforce meets the rules that an organisation makes for itself: duplicates, validation, races for a key, policy of the app.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { GRANT, assertion, connect, connection, refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

let conn;
const sandbox = useSandbox('jsforce', async () => {
  conn = await connect(sandbox);
});
const rules = (settings) => sandbox.control('salesforce', settings);
afterEach(() => rules({
  duplicate_rules: [], validation_rules: [], upsert_races: 0, user_approved: true, admin_approved: true,
}));

test('a rule against duplicates that blocks is final, and names what was found', async () => {
  const Email = `${unique('twin')}@example.com`;
  const { id } = await conn.sobject('Contact').create({ LastName: 'First', Email });
  await rules({ duplicate_rules: [{ object: 'Contact', fields: ['Email'], allow_save: false }] });
  const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
  for (const options of [{}, { headers }]) {
    const error = await refusal(conn.sobject('Contact').create({ LastName: 'Second', Email }, options));
    assert.equal(error.errorCode, 'DUPLICATES_DETECTED');
    const { allowSave, matchResults } = error.data.duplicateResut;
    assert.equal(allowSave, false);
    assert.deepEqual(matchResults[0].matchRecords.map(({ record }) => record.Id), [id]);
  }
});

test('a rule against duplicates that only warns gives way to who insists', async () => {
  const Email = `${unique('twin')}@example.com`;
  await conn.sobject('Contact').create({ LastName: 'First', Email });
  await rules({ duplicate_rules: [{ object: 'Contact', fields: ['Email'], allow_save: true }] });
  const second = { LastName: 'Second', Email };
  const error = await refusal(conn.sobject('Contact').create(second));
  assert.deepEqual([error.errorCode, error.data.duplicateResut.allowSave], ['DUPLICATES_DETECTED', true]);
  const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
  assert.equal((await conn.sobject('Contact').create(second, { headers })).success, true);
});

test("an administrator's rule refuses in the administrator's words", async () => {
  const message = 'High priority is for customers with a contract.';
  const rule = { object: 'Case', condition: "Priority = 'High' AND Origin = 'Web'", message, field: 'Priority' };
  await rules({ validation_rules: [rule] });
  const refused = { Subject: unique('Urgent'), Priority: 'High', Origin: 'Web' };
  const error = await refusal(conn.sobject('Case').create(refused));
  assert.deepEqual([error.errorCode, error.message], ['FIELD_CUSTOM_VALIDATION_EXCEPTION', message]);
  assert.deepEqual(error.data.fields, ['Priority']);
  assert.equal((await conn.sobject('Case').create({ ...refused, Priority: 'Low' })).success, true);
});

test('who loses the race for a key is told, and finds the record at the next try', async () => {
  await rules({ upsert_races: 1 });
  const Portal_Request_Id__c = unique('request');
  const upsert = () => conn.sobject('Case').upsert({ Portal_Request_Id__c, Subject: 'Once' }, 'Portal_Request_Id__c');
  assert.equal((await refusal(upsert())).errorCode, 'DUPLICATE_VALUE');
  assert.equal((await upsert()).created, false);
  const soql = `SELECT COUNT() FROM Case WHERE Portal_Request_Id__c = '${Portal_Request_Id__c}'`;
  assert.equal((await conn.query(soql)).totalSize, 1);
});

const POLICIES = {
  user_approved: ['invalid_grant', "user hasn't approved this consumer"],
  admin_approved: ['invalid_app_access', 'user is not admin approved to access this app'],
};
for (const [policy, refused] of Object.entries(POLICIES)) {
  test(`login is refused by the app's policy: ${policy}`, async () => {
    await rules({ [policy]: false });
    const error = await refusal(connection(sandbox).authorize({ grant_type: GRANT, assertion: assertion(sandbox) }));
    assert.deepEqual([error.name, error.message], refused);
  });
}

test('a record that others hold is an error with a code of its own', async () => {
  const message = 'unable to obtain exclusive access to this record';
  await sandbox.plant({ target: 'salesforce', action: 'update', kind: 'error', code: 'UNABLE_TO_LOCK_ROW', message });
  const { id } = await conn.sobject('Account').create({ Name: unique('Held') });
  const error = await refusal(conn.sobject('Account').update({ Id: id, Name: 'x' }));
  assert.deepEqual([error.errorCode, error.message], ['UNABLE_TO_LOCK_ROW', message]);
});
