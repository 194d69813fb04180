// jsforce asks in SOQL: pages, relationships, counts, the meaning of null and case, and what is not SOQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsforce from 'jsforce';
import { ID, connect, connectRefreshing, refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

/** More than a page holds. */
const MANY = 2_100;
/** The account of a demo customer, as the key of her WHMCS client names it. */
const ADA = '42';
let conn;
let many;
const sandbox = useSandbox('jsforce', async () => {
  conn = await connect(sandbox);
  many = await conn.sobject('Account').create({ Name: unique('Many') });
  const records = Array.from({ length: MANY }, (_, n) => ({ AccountId: many.id, Subject: `Question ${n}` }));
  const results = await conn.sobject('Case').create(records, { allowRecursive: true, allOrNone: true });
  assert.ok(results.every(({ success }) => success));
});


test('more rows than a page holds come in pages of at most 2,000, the total on each', async () => {
  const soql = `SELECT Id, Subject FROM Case WHERE AccountId = '${many.id}' ORDER BY CreatedDate, Id`;
  const first = await conn.query(soql);
  assert.deepEqual([first.totalSize, first.done, first.records.length], [MANY, false, 2_000]);
  assert.match(first.nextRecordsUrl, /\/services\/data\/v62\.0\/query\/01g[A-Za-z0-9]{15}-2000$/);
  const second = await conn.queryMore(first.nextRecordsUrl);
  assert.deepEqual([second.totalSize, second.done, second.records.length], [MANY, true, MANY - 2_000]);
  assert.equal(second.nextRecordsUrl, undefined);
  const ids = [...first.records, ...second.records].map(({ Id }) => Id);
  assert.equal(new Set(ids).size, MANY);
});

test('the client fetches all pages by itself', async () => {
  const query = conn.query(`SELECT Id FROM Case WHERE AccountId = '${many.id}'`);
  const { records } = await query.execute({ autoFetch: true, maxFetch: 10_000 });
  assert.equal(new Set(records.map(({ Id }) => Id)).size, MANY);
});

test('a session that ends between two pages is made anew, and the reading goes on', async () => {
  const reader = await connectRefreshing(sandbox);
  const first = await reader.query(`SELECT Id FROM Case WHERE AccountId = '${many.id}'`);
  await sandbox.control('tokens/expire');
  const second = await reader.queryMore(first.nextRecordsUrl);
  assert.deepEqual([second.done, second.records.length, reader.refreshes], [true, MANY - 2_000, 1]);
  // The others go on with a session of their own.
  conn = await connect(sandbox);
});

test('a smaller page can be asked for, down to 200', async () => {
  const headers = { 'Sforce-Query-Options': 'batchSize=250' };
  const page = await conn.query(`SELECT Id FROM Case WHERE AccountId = '${many.id}'`, { headers });
  assert.deepEqual([page.totalSize, page.records.length, page.done], [MANY, 250, false]);
  const least = await conn.query(`SELECT Id FROM Case WHERE AccountId = '${many.id}'`, {
    headers: { 'Sforce-Query-Options': 'batchSize=10' },
  });
  assert.ok(least.records.length >= 200);
});

test('deleted records are only among all', async () => {
  const Subject = unique('Deleted');
  const { id } = await conn.sobject('Case').create({ Subject });
  await conn.sobject('Case').destroy(id);
  const soql = `SELECT Id, IsDeleted FROM Case WHERE Subject = '${Subject}'`;
  assert.equal((await conn.query(soql)).totalSize, 0);
  const { records } = await conn.query(soql, { scanAll: true });
  assert.deepEqual(records.map(({ Id, IsDeleted }) => [Id, IsDeleted]), [[id, true]]);
});

test('a locator that was never given is refused', async () => {
  const error = await refusal(conn.queryMore('/services/data/v62.0/query/01g000000000001AAA-2000'));
  assert.equal(error.errorCode, 'INVALID_QUERY_LOCATOR');
});

test('a row has what was selected and nothing else', async () => {
  const { records: [row] } = await conn.query(`SELECT Name FROM Account WHERE WHMCS_Client_Id__c = '${ADA}'`);
  assert.deepEqual(Object.keys(row).sort(), ['Name', 'attributes']);
  assert.equal(row.attributes.type, 'Account');
});

test('a parent comes as a record of its own, or as null', async () => {
  const Subject = unique('Orphan');
  await conn.sobject('Case').create({ Subject });
  const { records: [orphan] } = await conn.query(`SELECT Id, Contact.Name FROM Case WHERE Subject = '${Subject}'`);
  assert.equal(orphan.Contact, null);
  const { records: [contact] } = await conn.query(
    `SELECT LastName, Account.Name FROM Contact WHERE Account.WHMCS_Client_Id__c = '${ADA}'`,
  );
  assert.equal(contact.Account.attributes.type, 'Account');
  assert.equal(contact.Account.Name, 'Lovelace & Daughters');
});

test('children come as a result of their own, or as null', async () => {
  const account = await conn.sobject('Account').create({ Name: unique('Family') });
  for (const LastName of ['Beta', 'Alpha']) {
    await conn.sobject('Contact').create({ LastName, AccountId: account.id });
  }
  const { records: [row] } = await conn.query(
    'SELECT Id, (SELECT Id, LastName FROM Contacts ORDER BY LastName), (SELECT Id FROM Cases) '
      + `FROM Account WHERE Id = '${account.id}'`,
  );
  assert.deepEqual([row.Contacts.totalSize, row.Contacts.done], [2, true]);
  assert.deepEqual(row.Contacts.records.map(({ LastName }) => LastName), ['Alpha', 'Beta']);
  assert.match(row.Contacts.records[0].Id, ID);
  assert.equal(row.Cases, null);
});

test('the comments of a case come with it, those that are published', async () => {
  const { id } = await conn.sobject('Case').create({ Subject: unique('Talk') });
  for (const [CommentBody, IsPublished] of [['for all', true], ['for us', false]]) {
    await conn.sobject('CaseComment').create({ ParentId: id, CommentBody, IsPublished });
  }
  const { records: [row] } = await conn.query(
    'SELECT Id, (SELECT CommentBody FROM CaseComments WHERE IsPublished = true ORDER BY CreatedDate) '
      + `FROM Case WHERE Id = '${id}'`,
  );
  assert.deepEqual(row.CaseComments.records.map(({ CommentBody }) => CommentBody), ['for all']);
});

test('counts: COUNT() in totalSize, groups as aggregate rows', async () => {
  const count = await conn.query(`SELECT COUNT() FROM Case WHERE AccountId = '${many.id}'`);
  assert.deepEqual([count.totalSize, count.records], [MANY, []]);
  const groups = await conn.query(`SELECT Status, COUNT(Id) n FROM Case WHERE AccountId = '${many.id}' GROUP BY Status`);
  assert.deepEqual(groups.records.map(({ n }) => n), [MANY]);
  assert.equal(groups.records[0].attributes.type, 'AggregateResult');
  const unnamed = await conn.query(`SELECT COUNT(Id) FROM Case WHERE AccountId = '${many.id}'`);
  assert.equal(unnamed.records[0].expr0, MANY);
});

test('text is compared without regard to case, != finds nulls, an empty text is null', async () => {
  const Name = unique('Meaning');
  for (const Phone of ['ABC', 'def', null, '']) await conn.sobject('Account').create({ Name, Phone });
  const phones = async (condition) => {
    const ofAll = `SELECT Phone FROM Account WHERE Name = '${Name.toUpperCase()}'`;
    const { records } = await conn.query(`${ofAll} AND ${condition}`);
    return records.map(({ Phone }) => Phone).sort();
  };
  assert.deepEqual(await phones("Phone = 'abc'"), ['ABC']);
  assert.deepEqual(await phones("Phone != 'abc'"), ['def', null, null]);
  assert.deepEqual(await phones("Phone = ''"), [null, null]);
  assert.deepEqual(await phones("Phone != ''"), ['ABC', 'def']);
  assert.deepEqual(await phones('Phone = null'), [null, null]);
  assert.deepEqual(await phones("Phone LIKE '_B%'"), ['ABC']);
  assert.deepEqual(await phones("Phone IN ('abc', 'DEF')"), ['ABC', 'def']);
  assert.deepEqual(await phones("Phone NOT IN ('abc')"), ['def', null, null]);
});

test('what has to be escaped arrives as it was meant', async () => {
  const Name = `${unique('Quote')} ' \\ " % _ Ø 👋`;
  const { id } = await conn.sobject('Account').create({ Name });
  const literal = Name.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('"', '\\"');
  const { records } = await conn.query(`SELECT Id, Name FROM Account WHERE Name = '${literal}'`);
  assert.deepEqual(records.map(({ Id, Name: name }) => [Id, name]), [[id, Name]]);
});

test("the client's own query builder is understood", async () => {
  const rows = await conn.sobject('Case').find({ AccountId: many.id, IsClosed: false }, ['Id', 'Subject'])
    .sort({ CreatedDate: -1, Id: -1 }).limit(3).skip(2);
  assert.equal(rows.length, 3);
  const since = jsforce.SfDate.toDateTimeLiteral(new Date(Date.now() - 86_400_000));
  const teens = { CreatedDate: { $gte: since }, Subject: { $like: 'Question 1_' } };
  const recent = await conn.sobject('Case').find(teens, 'Subject');
  assert.deepEqual(recent.map(({ Subject }) => Subject).sort(), Array.from({ length: 10 }, (_, n) => `Question 1${n}`));
  assert.equal(await conn.sobject('Case').count({ AccountId: many.id }), MANY);
});

test('picklists are sorted in their own order, nulls first', async () => {
  const account = await conn.sobject('Account').create({ Name: unique('Order') });
  for (const Priority of ['Low', 'High', 'Medium']) {
    await conn.sobject('Case').create({ AccountId: account.id, Subject: 'Sorted', Priority });
  }
  const { records } = await conn.query(`SELECT Priority FROM Case WHERE AccountId = '${account.id}' ORDER BY Priority`);
  assert.deepEqual(records.map(({ Priority }) => Priority), ['High', 'Medium', 'Low']);
});

test('which states of a case are closed can be asked', async () => {
  const { records } = await conn.query('SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM CaseStatus');
  assert.ok(records.some(({ ApiName, IsClosed }) => ApiName === 'Closed' && IsClosed));
  assert.equal(records.filter(({ IsDefault }) => IsDefault).length, 1);
});

const MALFORMED = {
  'no SOQL': ['SELEKT Id FROM Account', 'MALFORMED_QUERY', /unexpected token: SELEKT/],
  'a literal without end': ["SELECT Id FROM Account WHERE Name = 'x", 'MALFORMED_QUERY', /./],
  'a backslash before nothing': ["SELECT Id FROM Account WHERE Name = 'a\\x'", 'MALFORMED_QUERY', /./],
  'an unknown column': [
    'SELECT Bacon__c FROM Account', 'INVALID_FIELD',
    /ERROR at Row:1:Column:8\nNo such column 'Bacon__c' on entity 'Account'\./,
  ],
  'an unknown object': ['SELECT Id FROM Spaceship__c', 'INVALID_TYPE', /Spaceship__c/],
  'a filter on long text': ["SELECT Id FROM Case WHERE Description = 'x'", 'INVALID_FIELD', /Description/],
  'an offset that is too large': ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', /^/],
};
for (const [what, [soql, code, message]] of Object.entries(MALFORMED)) {
  test(`${what} is refused`, async () => {
    const error = await refusal(conn.query(soql));
    assert.equal(error.errorCode, code);
    assert.match(error.message, message);
  });
}
