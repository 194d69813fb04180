// jsforce puts files on a case in both forms that the API knows, and gets them back byte for byte.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connect, refusal, unique } from './harness/salesforce.mjs';
import { useSandbox } from './harness/sandbox.mjs';

let conn;
const sandbox = useSandbox('jsforce', async () => {
  conn = await connect(sandbox);
});

/** What the download is made of, as the client hands it on: a stream. */
async function download(id) {
  const chunks = [];
  for await (const chunk of conn.sobject('ContentVersion').record(id).blob('VersionData')) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const AWKWARD = [Buffer.from([0, 255, 13, 10, 26, 128]), randomBytes(5_000), Buffer.from('\r\n--boundary--\r\n')];
const BYTES = Buffer.concat(AWKWARD);
const VersionData = BYTES.toString('base64');

async function filesOf(caseId) {
  const { records: links } = await conn.query(
    `SELECT ContentDocumentId, LinkedEntityId, ShareType FROM ContentDocumentLink WHERE LinkedEntityId = '${caseId}'`,
  );
  return links;
}

// The client takes the bytes as base64 in both cases; the second form sends them as they are.
const UPLOADS = {
  'base64 in JSON': (fields) => conn.sobject('ContentVersion').create({ ...fields, VersionData }),
  'parts of a form': (fields) => conn.sobject('ContentVersion').create({ ...fields, VersionData }, {
    multipartFileFields: { VersionData: { contentType: 'application/octet-stream', filename: 'log.bin' } },
  }),
};
for (const [form, upload] of Object.entries(UPLOADS)) {
  test(`a file goes up as ${form}, hangs on its case, and comes back`, async () => {
    const { id: caseId } = await conn.sobject('Case').create({ Subject: unique('With a file') });
    const { id, success } = await upload({ Title: 'log', PathOnClient: 'log.bin', FirstPublishLocationId: caseId });
    assert.equal(success, true);
    assert.ok(id.startsWith('068'));

    const version = await conn.sobject('ContentVersion').retrieve(id, {
      fields: ['Title', 'PathOnClient', 'FileExtension', 'ContentSize', 'ContentDocumentId', 'VersionData'],
    });
    assert.deepEqual([version.Title, version.PathOnClient, version.FileExtension, version.ContentSize],
      ['log', 'log.bin', 'bin', BYTES.length]);
    assert.match(version.VersionData, new RegExp(`/sobjects/ContentVersion/${id}/VersionData$`));

    const links = await filesOf(caseId);
    assert.deepEqual(links.map(({ ContentDocumentId }) => ContentDocumentId), [version.ContentDocumentId]);
    assert.ok((await download(id)).equals(BYTES));
  });
}

test('a file is linked to a second case by hand', async () => {
  const make = (name) => conn.sobject('Case').create({ Subject: unique(name) });
  const [one, two] = await Promise.all([make('One'), make('Two')]);
  const { id } = await UPLOADS['base64 in JSON']({
    Title: 'shared', PathOnClient: 'shared.txt', FirstPublishLocationId: one.id,
  });
  const { ContentDocumentId } = await conn.sobject('ContentVersion').retrieve(id, { fields: ['ContentDocumentId'] });
  await conn.sobject('ContentDocumentLink').create({
    ContentDocumentId, LinkedEntityId: two.id, ShareType: 'V', Visibility: 'AllUsers',
  });
  assert.deepEqual((await filesOf(two.id)).map((link) => link.ContentDocumentId), [ContentDocumentId]);
});

test('links are only told of one document or one record', async () => {
  const error = await refusal(conn.query('SELECT Id FROM ContentDocumentLink'));
  assert.equal(error.errorCode, 'MALFORMED_QUERY');
  assert.match(error.message, /ContentDocumentLink requires a filter by a single Id/);
});

test('a file needs a name', async () => {
  const error = await refusal(conn.sobject('ContentVersion').create({ Title: 'x', VersionData: 'eA==' }));
  assert.equal(error.errorCode, 'REQUIRED_FIELD_MISSING');
});
