import { FaultProxy, until } from '@flooim/testkit';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type People, startPeople } from './support/rest.ts';
import { expectNothingLeft, filesIn, finish, sha256, someBytes, uploadFor } from './support/uploads.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const megabyte = 1024 * 1024;

/** Uploads as the clients of others do. */
function send(
  endpoint: string,
  bytes: Buffer,
  options: { chunkSize?: number; uploadDataDuringCreation?: boolean } = {},
) {
  return new Promise<string | null>((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint,
      retryDelays: Array.from({ length: 200 }, () => 20),
      metadata: { filename: 'a large file.bin', filetype: 'application/octet-stream' },
      onError: reject,
      onSuccess: () => resolve(upload.url),
      ...options,
    });
    upload.start();
  });
}

describe('a tus client of others', () => {
  it.each([
    ['in one piece', {}],
    ['in pieces', { chunkSize: 700_000 }],
    ['with the creation', { uploadDataDuringCreation: true }],
  ])('uploads %s', async (_how, options) => {
    const upload = await uploadFor(people, people.alice, people.bob);
    const bytes = someBytes(2 * megabyte);
    expect(await send(upload.resumable_url, bytes, options)).toBe(upload.resumable_url);
    const { data } = await finish(people, upload);
    expect(data).toMatchObject({ name: 'a large file.bin', size: bytes.length, sha256: sha256(bytes) });
    expectNothingLeft(people.server.data);
  });

  it('gets 20 MB through a network that cuts it again and again, byte for byte', async () => {
    const proxy = await FaultProxy.start(people.url);
    onTestFinished(() => proxy.close());
    const asked = await fetch(`${proxy.url}/file/upload/chat?file_type=100&to_id=${people.bob.uid}`, {
      headers: { app_id: 'flooim', 'access-token': people.alice.token },
    });
    const { data: upload } = (await asked.json()) as { data: Awaited<ReturnType<typeof uploadFor>> };
    expect(upload.resumable_url.startsWith(`${proxy.url}/`)).toBe(true);
    const bytes = someBytes(20 * megabyte);
    let cuts = 0;
    let isDone = false;
    const received = () => filesIn(people.server.data).partBytes;
    const cutting = (async () => {
      for (let at = megabyte; at < bytes.length; at += 2 * megabyte) {
        await until(() => isDone || received() >= at, `${at} bytes`, { timeoutMs: 60_000 });
        if (isDone) return;
        proxy.cut();
        cuts++;
      }
    })();
    expect(await send(upload.resumable_url, bytes)).toBe(upload.resumable_url);
    isDone = true;
    await cutting;
    expect(cuts).toBeGreaterThan(2);
    const { data } = await finish(people, upload);
    expect(data).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
    expectNothingLeft(people.server.data);
  }, 90_000);
});
