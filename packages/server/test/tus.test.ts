import { rmSync } from 'node:fs';
import { limits } from '@flooim/protocol';
import { startServer, temporaryFolder, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BlobStore } from '../src/blob/blob-store.ts';
import { RawRequest } from './support/raw-request.ts';
import { type People, startPeople } from './support/rest.ts';
import { create, head, patch, terminate } from './support/tus.ts';
import { expectNothingLeft, filesIn, finish, gif, post, sha256, someBytes, uploadFor } from './support/uploads.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople({ fileMb: 1, userFileMb: 20 });
});
afterAll(() => people.close());

const address = async () => {
  const upload = await uploadFor(people, people.alice, people.bob);
  return { ...upload, url: upload.resumable_url };
};

/** What a refusal says, with its status. */
async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, (JSON.parse(await response.text()) as { message: string }).message];
}

describe('an upload by tus', () => {
  it('comes bit by bit, and is a file once its last byte is there', async () => {
    const upload = await address();
    const { url } = upload;
    const bytes = someBytes(100_000);
    const name = Buffer.from('שלום.bin').toString('base64');
    const made = await create(url, bytes.length, { 'upload-metadata': `filename ${name},draft` });
    expect([made.status, made.headers.get('location')]).toEqual([201, url]);
    expect(Date.parse(made.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() + 23 * 3600_000);
    const begun = await fetch(url, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
    expect(Object.fromEntries(begun.headers)).toMatchObject({
      'upload-offset': '0',
      'upload-length': '100000',
      'upload-metadata': `filename ${name},draft`,
      'tus-resumable': '1.0.0',
      'cache-control': 'no-store',
    });
    const first = await patch(url, 0, bytes.subarray(0, 60_000));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '60000']);
    expect((await finish(people, upload)).message).toBe('the file did not arrive whole');
    expect(await head(url)).toBe('60000 of 100000');
    const last = await patch(url, 60_000, bytes.subarray(60_000));
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, '100000']);
    expectNothingLeft(people.server.data);
    const { data } = await finish(people, upload);
    expect(data).toMatchObject({ name: 'שלום.bin', size: 100_000, sha256: sha256(bytes) });
  });

  it('may come with its creation, whole or the beginning of it', async () => {
    const [whole, part] = [await address(), await address()];
    const made = await create(whole.url, gif.length, {}, gif);
    expect([made.status, made.headers.get('upload-offset')]).toEqual([201, String(gif.length)]);
    expect((await finish(people, whole)).data).toMatchObject({ type: 'image/gif', sha256: sha256(gif) });
    const begun = await create(part.url, gif.length, {}, gif.subarray(0, 10));
    expect([begun.status, begun.headers.get('upload-offset')]).toEqual([201, '10']);
    expect((await patch(part.url, 10, gif.subarray(10))).status).toBe(204);
    expectNothingLeft(people.server.data);
  });

  it('answers every repeat of what is done already', async () => {
    const upload = await address();
    const { url } = upload;
    await create(url, gif.length);
    await patch(url, 0, gif);
    expect(await head(url)).toBe(`${gif.length} of ${gif.length}`);
    expect((await patch(url, gif.length, Buffer.alloc(0))).status).toBe(204);
    expect((await patch(url, 0, gif)).status).toBe(409);
    expect((await terminate(url)).status).toBe(400);
    expect((await create(url, gif.length, {}, gif)).status).toBe(201);
    expect((await post(upload.upload_url, gif)).code).toBe(200);
    expect(await refusal(await create(url, 3, {}, Buffer.from('abc')))).toEqual([
      409,
      'the upload address was used for another file',
    ]);
    expect((await finish(people, upload)).data.sha256).toBe(sha256(gif));
    expectNothingLeft(people.server.data);
  });

  it('begins anew when it is created again, and is gone when it is terminated', async () => {
    const { url } = await address();
    await create(url, 100, {}, someBytes(50));
    expect((await create(url, 200)).status).toBe(201);
    expect(await head(url)).toBe('0 of 200');
    await patch(url, 0, someBytes(150));
    expect((await terminate(url)).status).toBe(204);
    expect(await head(url)).toBe('404');
    expect((await patch(url, 150, someBytes(50))).status).toBe(404);
    expectNothingLeft(people.server.data);
  });

  it.each([
    ['no length', { 'upload-length': undefined }, 400, 'Upload-Length'],
    ['a length that is told later', { 'upload-length': undefined, 'upload-defer-length': '1' }, 501, 'defer-length'],
    ['a length that is no number', { 'upload-length': '1e3' }, 400, 'upload-length'],
    ['no bytes', { 'upload-length': '0' }, 400, 'the file is empty'],
    ['too many bytes', { 'upload-length': '1048577' }, 413, 'the file is too large: size must be at most 1048576'],
    ['another version of tus', { 'tus-resumable': '0.2.2' }, 400, 'tus-resumable'],
    ['no version of tus', { 'tus-resumable': undefined }, 412, 'Tus-Resumable'],
    ['a description that cannot be read', { 'upload-metadata': 'filename ###' }, 400, 'upload-metadata'],
    ['parts of an upload', { 'upload-concat': 'partial' }, 501, 'Concatenation'],
  ])('is refused with %s', async (_what, change, status, complaint) => {
    const { url } = await address();
    const given = { 'tus-resumable': '1.0.0', 'upload-length': '100', ...change };
    const headers = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const [found, message] = await refusal(await fetch(url, { method: 'POST', headers }));
    expect(found).toBe(status);
    expect(message.toLowerCase()).toContain(complaint.toLowerCase());
    expectNothingLeft(people.server.data);
  });

  it('takes bytes where the last ones ended, and no more than it said', async () => {
    const { url } = await address();
    await create(url, 100, {}, someBytes(40));
    for (const offset of [0, 39, 41, 100]) expect((await patch(url, offset, someBytes(10))).status).toBe(409);
    expect((await patch(url, 40, someBytes(61))).status).toBe(413);
    const chunked = new Blob([someBytes(61)]).stream();
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': '40',
      'content-type': 'application/offset+octet-stream',
    };
    const init = { method: 'PATCH', headers, body: chunked, duplex: 'half' } as RequestInit;
    expect(await refusal(await fetch(url, init))).toEqual([413, 'the file is too large: at most 100 bytes']);
    const wrong = await patch(url, 40, someBytes(60), { 'content-type': 'application/json' });
    expect(await refusal(wrong)).toEqual([400, 'invalid request parameter: Invalid content-type']);
    expect((await patch(url, 40, someBytes(60), { 'upload-offset': '-1' })).status).toBe(400);
    expect(await head(url)).toBe('40 of 100');
    await terminate(url);
  });

  it('is told of a refusal also while it sends', async () => {
    const { url } = await address();
    await create(url, 900_000);
    const headers = { 'tus-resumable': '1.0.0', 'upload-offset': 5, 'content-type': 'application/offset+octet-stream' };
    const request = await RawRequest.open(url, 'PATCH', { ...headers, 'content-length': 800_000 });
    for (let i = 0; i < 8; i++) await request.write(someBytes(100_000));
    expect((await request.answer()).status).toBe(409);
    request.cut();
    await terminate(url);
  });

  it('says what can be done, to who has no address yet', async () => {
    const { status, headers } = await fetch(`${people.url}/file/resumable`, { method: 'OPTIONS' });
    expect(status).toBe(204);
    expect(headers.get('tus-version')).toBe('1.0.0');
    expect(headers.get('tus-extension')).toBe('creation,creation-with-upload,termination,expiration');
    const elsewhere = await fetch(`${people.url}/file/upload`, { method: 'OPTIONS' });
    expect(elsewhere.headers.get('tus-version')).toBe(null);
  });

  it('is refused where its address is none', async () => {
    const { url } = await address();
    const other = url.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    expect(await refusal(await create(other, 10))).toEqual([403, 'the upload address is not valid or has expired']);
    expect(await head(other)).toBe('403');
    expect(await head(url)).toBe('404');
  });
});

describe('an upload that was cut', () => {
  /** Begins to send, and stops inside. */
  async function half(url: string, bytes: Uint8Array, offset = 0): Promise<RawRequest> {
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': offset,
      'content-type': 'application/offset+octet-stream',
    };
    const request = await RawRequest.open(url, 'PATCH', { ...headers, 'content-length': bytes.length - offset });
    await request.write(bytes.subarray(offset, offset + 200_000));
    return request;
  }

  const bytes = someBytes(500_000);

  it('keeps what came before the cut', async () => {
    const upload = await address();
    await create(upload.url, bytes.length);
    const request = await half(upload.url, bytes);
    await until(() => filesIn(people.server.data).partBytes === 200_000, 'the first bytes');
    request.cut();
    await until(async () => (await head(upload.url)) === '200000 of 500000', 'the offset');
    expect((await patch(upload.url, 200_000, bytes.subarray(200_000))).status).toBe(204);
    expect((await finish(people, upload)).data.sha256).toBe(sha256(bytes));
    expectNothingLeft(people.server.data);
  });

  it('need not wait for the end of a connection that nobody is at', async () => {
    const upload = await address();
    await create(upload.url, bytes.length);
    const dead = await half(upload.url, bytes);
    await until(() => filesIn(people.server.data).partBytes === 200_000, 'the first bytes');
    const startedAt = performance.now();
    expect(await head(upload.url)).toBe('200000 of 500000');
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await dead.end();
    expect((await patch(upload.url, 200_000, bytes.subarray(200_000))).status).toBe(204);
    expect((await finish(people, upload)).data.sha256).toBe(sha256(bytes));
  });

  it('takes bytes from one request at a time', async () => {
    const upload = await address();
    await create(upload.url, bytes.length);
    const all = Array.from({ length: 6 }, () =>
      patch(upload.url, 0, bytes).then(
        ({ status }) => status,
        () => 'cut',
      ),
    );
    const outcomes = await Promise.all(all);
    expect(outcomes.every((outcome) => [204, 404, 409, 'cut'].includes(outcome))).toBe(true);
    const [offset] = (await head(upload.url)).split(' ');
    if (Number(offset) < bytes.length) await patch(upload.url, Number(offset), bytes.subarray(Number(offset)));
    expect((await finish(people, upload)).data.sha256).toBe(sha256(bytes));
    expectNothingLeft(people.server.data);
  });

  it('goes on after a restart of the server', async () => {
    const data = temporaryFolder();
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    const first = await startPeople({ data });
    const upload = await uploadFor(first, first.alice, first.bob);
    await create(upload.resumable_url, bytes.length);
    await half(upload.resumable_url, bytes);
    await until(() => filesIn(data).partBytes === 200_000, 'the first bytes');
    await first.close();
    const second = await startServer({ data });
    onTestFinished(() => second.close());
    const url = upload.resumable_url.replace(first.url, second.url);
    expect(await head(url)).toBe('200000 of 500000');
    expect((await patch(url, 200_000, bytes.subarray(200_000))).status).toBe(204);
    expect(await head(url)).toBe('500000 of 500000');
    expectNothingLeft(data);
    expect(filesIn(data).rows).toHaveLength(1);
  });
});

it('an upload whose bytes the store took, and that became no file all the same, comes again', async () => {
  let isLost = true;
  const losing = (usual: BlobStore): BlobStore => ({
    read: (...args) => usual.read(...args),
    remove: (object) => usual.remove(object),
    async put(...args) {
      await usual.put(...args);
      if (isLost) throw new Error('the disk went away');
    },
  });
  const own = await startPeople({}, { blobs: losing });
  onTestFinished(() => own.close());
  const upload = await uploadFor(own, own.alice, own.bob);
  const bytes = someBytes(1000);
  expect((await create(upload.resumable_url, bytes.length, {}, bytes)).status).toBe(500);
  isLost = false;
  expect((await finish(own, upload)).message).toBe('the file did not arrive whole');
  expect(await head(upload.resumable_url)).toBe('404');
  expect((await create(upload.resumable_url, bytes.length, {}, bytes)).status).toBe(201);
  expect((await finish(own, upload)).data.sha256).toBe(sha256(bytes));
  expectNothingLeft(own.server.data);
});

describe('uploads that wait to go on', () => {
  it('are as many of a user as he may have under way: the oldest makes room', async () => {
    const addresses = await Promise.all(Array.from({ length: limits.uploadsPerUser + 1 }, () => address()));
    for (const { url } of addresses.slice(0, -1)) await create(url, 100);
    await patch(addresses[0]?.url ?? '', 0, someBytes(10));
    await create(addresses.at(-1)?.url ?? '', 100);
    const states = await Promise.all(addresses.map(({ url }) => head(url)));
    expect(states).toEqual(['10 of 100', '404', ...Array.from({ length: 15 }, () => '0 of 100')]);
    for (const { url } of addresses) await terminate(url);
    expectNothingLeft(people.server.data);
  });

  it('make room before one of which something comes', async () => {
    const [active, ...waiting] = await Promise.all(Array.from({ length: limits.uploadsPerUser + 1 }, () => address()));
    const last = waiting.pop();
    const url = active?.url ?? '';
    await create(url, 1000);
    const headers = { 'tus-resumable': '1.0.0', 'upload-offset': 0, 'content-type': 'application/offset+octet-stream' };
    const request = await RawRequest.open(url, 'PATCH', { ...headers, 'content-length': 1000 });
    const come = (bytes: number) => until(() => filesIn(people.server.data).partBytes === bytes, `${bytes} bytes`);
    await request.write(someBytes(1000).subarray(0, 300));
    await come(300);
    for (const other of waiting) await create(other.url, 100);
    await request.write(someBytes(1000).subarray(300, 600));
    await come(600);
    await create(last?.url ?? '', 100);
    await request.write(someBytes(1000).subarray(600));
    expect((await request.answer()).status).toBe(204);
    request.cut();
    expect(await head(waiting[0]?.url ?? '')).toBe('404');
    for (const other of [...waiting, last]) await terminate(other?.url ?? '');
    expectNothingLeft(people.server.data);
  });

  it('count as the files that they will be', async () => {
    const small = await startPeople({ userFileMb: 1 });
    onTestFinished(() => small.close());
    const [first, second] = [
      await uploadFor(small, small.alice, small.bob),
      await uploadFor(small, small.alice, small.bob),
    ];
    expect((await create(first.resumable_url, 800_000)).status).toBe(201);
    const [status, message] = await refusal(await create(second.resumable_url, 300_000));
    expect([status, message]).toEqual([403, 'there is no room for more files: a user may store 1048576 bytes']);
    expect((await create(first.resumable_url, 900_000)).status).toBe(201);
    expect((await terminate(first.resumable_url)).status).toBe(204);
    expect((await create(second.resumable_url, 300_000)).status).toBe(201);
  });
});
