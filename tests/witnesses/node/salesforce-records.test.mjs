// jsforce makes, reads, changes and removes single records, and hears the codes of what goes wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ID, connect, refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

let conn;
const sandbox = useSandbox('jsforce', async () => {
  conn = await connect(sandbox);
});

test('create, retrieve, update, delete, delete again', async () => {
  const Name = unique('Created & co');
  const created = await conn.sobject('Account').create({ Name, Phone: '020 7946 0000' });
  assert.equal(created.success, true);
  assert.deepEqual(created.errors, []);
  assert.match(created.id, ID);
  assert.ok(created.id.startsWith('001'));

  const account = await conn.sobject('Account').retrieve(created.id);
  assert.deepEqual([account.Id, account.Name, account.Phone, account.Website], [created.id, Name, '020 7946 0000', null]);
  assert.equal(account.attributes.type, 'Account');
  assert.match(account.attributes.url, new RegExp(`/services/data/v62\\.0/sobjects/Account/${created.id}$`));
  assert.match(account.CreatedDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);

  const updated = await conn.sobject('Account').update({ Id: created.id, Phone: null, Website: 'https://example.com' });
  assert.deepEqual(updated, { id: created.id, success: true, errors: [] });
  const changed = await conn.sobject('Account').retrieve(created.id, { fields: ['Phone', 'Website'] });
  assert.deepEqual([changed.Phone, changed.Website], [null, 'https://example.com']);
  assert.ok(!('Name' in changed), 'only what was asked for');

  assert.equal((await conn.sobject('Account').destroy(created.id)).success, true);
  const update = () => conn.sobject('Account').update({ Id: created.id, Name });
  for (const again of [() => conn.sobject('Account').destroy(created.id), update]) {
    const error = await refusal(again());
    assert.deepEqual([error.errorCode, error.message], ['ENTITY_IS_DELETED', 'entity is deleted']);
    assert.deepEqual(error.data.fields, []);
  }
  assert.equal((await conn.query(`SELECT Id FROM Account WHERE Id = '${created.id}'`)).totalSize, 0);
});

test('names of objects and fields count in any case, answers have the canonical one', async () => {
  const { id } = await conn.sobject('account').create({ name: unique('Lower') });
  const account = await conn.sobject('ACCOUNT').retrieve(id, { fields: ['nAmE'] });
  assert.equal(account.attributes.type, 'Account');
  assert.ok(account.Name.startsWith('Lower'));
});

test('fifteen characters of an id are enough', async () => {
  const { id } = await conn.sobject('Account').create({ Name: unique('Fifteen') });
  assert.equal((await conn.sobject('Account').retrieve(id.slice(0, 15))).Id, id);
});

test('upsert makes a record, then changes it', async () => {
  const key = unique('client');
  const upsert = (fields) => conn.sobject('Account').upsert({ WHMCS_Client_Id__c: key, ...fields }, 'WHMCS_Client_Id__c');
  const first = await upsert({ Name: 'First' });
  assert.deepEqual([first.success, first.created, first.errors], [true, true, []]);
  assert.match(first.id, ID);
  const second = await upsert({ Name: 'Second' });
  assert.deepEqual([second.success, second.created, second.id], [true, false, first.id]);
  const { Name, WHMCS_Client_Id__c: stored } = await conn.sobject('Account').retrieve(first.id);
  assert.deepEqual([Name, stored], ['Second', key]);
});

test('upsert finds a parent by its key', async () => {
  const key = unique('parent');
  const account = await conn.sobject('Account').upsert({ WHMCS_Client_Id__c: key, Name: 'Parent' }, 'WHMCS_Client_Id__c');
  const child = (parent) => ({
    WHMCS_Contact_Id__c: `${key}-7`,
    LastName: 'Child',
    Account: { WHMCS_Client_Id__c: parent },
  });
  const contact = await conn.sobject('Contact').upsert(child(key), 'WHMCS_Contact_Id__c');
  assert.equal((await conn.sobject('Contact').retrieve(contact.id)).AccountId, account.id);
  const error = await refusal(conn.sobject('Contact').upsert(child('absent'), 'WHMCS_Contact_Id__c'));
  assert.equal(error.errorCode, 'INVALID_FIELD');
  assert.match(error.message, /Foreign key external ID: absent not found for field WHMCS_Client_Id__c in entity Account/);
});

test('upsert with a key that two records have changes neither', async () => {
  // An external id that is not unique, as administrators make them.
  await sandbox.control('salesforce/objects', { name: 'Contact', fields: [{ name: 'Legacy_Id__c', external_id: true }] });
  const Legacy_Id__c = unique('twin');
  const make = (LastName) => conn.sobject('Contact').create({ LastName, Legacy_Id__c });
  const ids = [(await make('One')).id, (await make('Two')).id];
  const error = await refusal(conn.sobject('Contact').upsert({ Legacy_Id__c, FirstName: 'Neither' }, 'Legacy_Id__c'));
  assert.equal(error.errorCode, 'MULTIPLE_CHOICES');
  assert.deepEqual(error.data.map((url) => url.split('/').at(-1)).sort(), ids.sort());
  for (const id of ids) {
    assert.equal((await conn.sobject('Contact').retrieve(id)).FirstName, null);
  }
});

test('a picklist that is restricted takes its own values only', async () => {
  const values = ['Good', 'Bad'].map((value) => ({ value }));
  const field = { name: 'Rating__c', type: 'picklist', restricted: true, values };
  await sandbox.control('salesforce/objects', { name: 'Account', fields: [field] });
  const error = await refusal(conn.sobject('Account').create({ Name: 'x', Rating__c: 'Terrible' }));
  assert.equal(error.errorCode, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
  assert.deepEqual([error.message, error.data.fields],
    ['Rating: bad value for restricted picklist field: Terrible', ['Rating__c']]);
});

const REFUSED = {
  'an unknown field': [
    () => conn.sobject('Account').create({ Name: 'x', FavoritePet__c: 'cat' }),
    'INVALID_FIELD', "No such column 'FavoritePet__c' on sobject of type Account",
  ],
  'a required field that is missing': [
    () => conn.sobject('Contact').create({ FirstName: 'x' }),
    'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName'],
  ],
  'an unknown object': [
    () => conn.sobject('Spaceship__c').create({ Name: 'x' }),
    'NOT_FOUND', 'The requested resource does not exist',
  ],
  'an unknown object to describe': [
    () => conn.sobject('Spaceship__c').describe(), 'NOT_FOUND', 'The requested resource does not exist',
  ],
  'an unknown key field': [
    () => conn.sobject('Account').upsert({ Namez: 'x', Name: 'x' }, 'Namez'),
    'NOT_FOUND', 'Provided external ID field does not exist or is not accessible: Namez',
  ],
  'a text that is too long': [
    () => conn.sobject('Account').create({ Name: 'x'.repeat(256) }), 'STRING_TOO_LONG', /Name/, ['Name'],
  ],
  'an e-mail address that is none': [
    () => conn.sobject('Contact').create({ LastName: 'x', Email: 'not an address' }),
    'INVALID_EMAIL_ADDRESS', /not an address/, ['Email'],
  ],
  'an id whose checksum is wrong': [
    () => conn.sobject('Account').update({ Id: '001B000000FSjVUIB1', Name: 'x' }),
    'MALFORMED_ID', /id value of incorrect type: 001B000000FSjVUIB1/, ['Id'],
  ],
  'a key that another record has': [
    async () => {
      const key = unique('taken');
      await conn.sobject('Account').create({ Name: 'x', WHMCS_Client_Id__c: key });
      return conn.sobject('Account').create({ Name: 'x', WHMCS_Client_Id__c: key });
    },
    'DUPLICATE_VALUE', /WHMCS_Client_Id__c/,
  ],
};
for (const [what, [call, code, message, fields]] of Object.entries(REFUSED)) {
  test(`${what} is refused`, async () => {
    const error = await refusal(call());
    assert.equal(error.errorCode, code);
    if (message instanceof RegExp) assert.match(error.message, message);
    else assert.equal(error.message, message);
    if (fields) assert.deepEqual(error.data.fields, fields);
  });
}

test('an id in the body of a new record is refused', async () => {
  const body = JSON.stringify({ Id: '001000000000001AAA', Name: 'x' });
  const request = { method: 'POST', url: '/sobjects/Account', body, headers: { 'content-type': 'application/json' } };
  const error = await refusal(conn.request(request));
  assert.equal(error.errorCode, 'INVALID_FIELD');
  assert.match(error.message, /The Id field should not be specified in the sobject data\./);
});

test('a case takes its account from its contact, and closes', async () => {
  const account = await conn.sobject('Account').create({ Name: unique('Caseful') });
  const contact = await conn.sobject('Contact').create({ LastName: 'Caller', AccountId: account.id });
  const { id } = await conn.sobject('Case').create({ Subject: 'Help', ContactId: contact.id, Origin: 'Web' });
  const open = await conn.sobject('Case').retrieve(id);
  assert.deepEqual([open.AccountId, open.IsClosed, open.ClosedDate], [account.id, false, null]);
  assert.match(open.CaseNumber, /^\d{8}$/);
  await conn.sobject('Case').update({ Id: id, Status: 'Closed' });
  const closed = await conn.sobject('Case').retrieve(id);
  assert.deepEqual([closed.IsClosed, closed.Status], [true, 'Closed']);
  assert.ok(closed.ClosedDate);
});

test('a comment can be published, and nothing else of it changed', async () => {
  const { id: ParentId } = await conn.sobject('Case').create({ Subject: unique('Commented') });
  const { id } = await conn.sobject('CaseComment').create({ ParentId, CommentBody: 'Hello', IsPublished: false });
  assert.ok(id.startsWith('00a'));
  await conn.sobject('CaseComment').update({ Id: id, IsPublished: true });
  assert.equal((await conn.sobject('CaseComment').retrieve(id)).IsPublished, true);
  const error = await refusal(conn.sobject('CaseComment').update({ Id: id, CommentBody: 'Something else' }));
  assert.ok(error.errorCode, error.message);
  assert.equal((await conn.sobject('CaseComment').retrieve(id)).CommentBody, 'Hello');
});

test('the deleted records of a time can be listed', async () => {
  const { id } = await conn.sobject('Case').create({ Subject: unique('Short-lived') });
  await conn.sobject('Case').destroy(id);
  const hour = 3_600_000;
  const { deletedRecords } = await conn.sobject('Case').deleted(new Date(Date.now() - hour), new Date(Date.now() + hour));
  assert.ok(deletedRecords.some((record) => record.id === id));
});
