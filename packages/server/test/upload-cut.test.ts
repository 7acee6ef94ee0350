import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { temporaryFolder, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BlobStore } from '../src/blob/blob-store.ts';
import { RawRequest } from './support/raw-request.ts';
import { changeDatabase, type People, type Person, startPeople } from './support/rest.ts';
import { create } from './support/tus.ts';
import {
  expectNothingLeft,
  filesIn,
  finish,
  formOf,
  gif,
  objectOf,
  post,
  someBytes,
  uploadFor,
} from './support/uploads.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const address = () => uploadFor(people, people.alice, people.bob);

/** Files of the data folder that this process, which is the server, has open. */
function openFiles(): string[] {
  if (!existsSync('/proc/self/fd')) return [];
  const links = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return [];
    }
  });
  return links.filter((link) => link.startsWith(`${people.server.data}/files`) || link.includes('/incoming/'));
}

async function expectNothing(): Promise<void> {
  await until(() => filesIn(people.server.data).staged.length + openFiles().length === 0, 'nothing to be left');
  expectNothingLeft(people.server.data);
}

const { type, body } = formOf(someBytes(200_000));
const cuts = [0, 1, 30, 60, 80, 100, 1000, 65_536, 150_000, body.length - 10, body.length - 1];

describe('a form that is cut', () => {
  it.each(cuts)('after %i bytes leaves nothing behind, and can be sent again', async (bytes) => {
    const upload = await address();
    const headers = { 'content-type': type, 'content-length': body.length };
    const request = await RawRequest.open(upload.upload_url, 'POST', headers);
    await request.write(body.subarray(0, bytes));
    request.cut();
    await expectNothing();
    expect((await finish(people, upload)).message).toBe('the file did not arrive whole');
    expect((await post(upload.upload_url, gif)).code).toBe(200);
    await expectNothing();
  });

  it.each([500, 100_000])('and says that it is whole is refused, after %i bytes', async (bytes) => {
    const upload = await address();
    const headers = { 'content-type': type, 'content-length': bytes };
    const request = await RawRequest.open(upload.upload_url, 'POST', headers);
    await request.write(body.subarray(0, bytes));
    const answer = JSON.parse((await request.answer()).body);
    expect([answer.code, answer.message]).toEqual([10002, 'the file did not arrive whole']);
    request.cut();
    await expectNothing();
  });

  it('many times, at the same time, leaves nothing behind', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const from = [people.alice, people.bob, people.carol][i % 3] ?? people.alice;
        const upload = await uploadFor(people, from, from === people.bob ? people.alice : people.bob);
        const headers = { 'content-type': type, 'transfer-encoding': 'chunked' };
        const request = await RawRequest.open(upload.upload_url, 'POST', headers);
        await request.chunk(body.subarray(0, 5000 * i + 1));
        request.cut();
      }),
    );
    await expectNothing();
  });
});

it('an upload by tus that is cut keeps its bytes, and no file open', async () => {
  const upload = await address();
  await create(upload.resumable_url, 200_000);
  const headers = { 'tus-resumable': '1.0.0', 'upload-offset': 0, 'content-type': 'application/offset+octet-stream' };
  const request = await RawRequest.open(upload.resumable_url, 'PATCH', { ...headers, 'content-length': 200_000 });
  await request.write(someBytes(150_000));
  await until(() => filesIn(people.server.data).partBytes === 150_000, 'the bytes to come');
  request.cut();
  await until(() => openFiles().length === 0, 'the file to be closed');
  expect(filesIn(people.server.data).partBytes).toBe(150_000);
});

it('a server that ends waits for what comes to its end, cuts the rest, and leaves nothing of it', async () => {
  const data = temporaryFolder();
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const own = await startPeople({ data });
  const begin = async (from: Person, to: Person, staged: number) => {
    const { upload_url } = await uploadFor(own, from, to);
    const request = await RawRequest.open(upload_url, 'POST', { 'content-type': type, 'content-length': body.length });
    await request.write(body.subarray(0, 100_000));
    await until(() => filesIn(data).staged.length === staged, 'the upload under way');
    return request;
  };
  const stalled = await begin(own.alice, own.bob, 1);
  const quick = await begin(own.bob, own.alice, 2);
  const startedAt = performance.now();
  const ended = own.close();
  await quick.write(body.subarray(100_000));
  expect((await quick.answer()).body).toBe('{"code":200,"data":true}');
  await ended;
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await stalled.end();
  expect(filesIn(data).rows).toHaveLength(1);
  expectNothingLeft(data);
});

it('a server that ends waits for a store that says nothing once, not for each that waits for it', async () => {
  const asked: string[] = [];
  const never = (what: string) => {
    asked.push(what);
    return new Promise<never>(() => {});
  };
  const dumb = (usual: BlobStore): BlobStore => ({
    read: (...args) => usual.read(...args),
    put: (object) => never(`put ${object}`),
    remove: (object) => never(`remove ${object}`),
  });
  const own = await startPeople({}, { blobs: dumb });
  const stray = 'A'.repeat(22);
  changeDatabase(own.server, `INSERT INTO stray_object (object, since) VALUES ('${stray}', 0)`);
  const upload = await uploadFor(own, own.alice, own.bob);
  const { type, body } = formOf(someBytes(100));
  const request = await RawRequest.open(upload.upload_url, 'POST', {
    'content-type': type,
    'content-length': body.length,
  });
  await request.write(body);
  await until(() => asked.includes(`remove ${stray}`) && asked.includes(`put ${objectOf(upload)}`), 'both to be asked');
  request.cut();
  const startedAt = performance.now();
  await own.close();
  expect(performance.now() - startedAt).toBeLessThan(5500);
});
