import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { S3BlobStore as Store } from '../src/blob/s3-blob-store.ts';
import { createS3BlobStore, S3BlobStore } from '../src/blob/s3-blob-store.ts';
import { S3Error } from '../src/blob/s3-error.ts';
import { objectUrl, type S3Place } from '../src/blob/s3-place.ts';
import { defaultConfig } from '../src/config.ts';
import { type S3Server, startS3 } from './support/s3-server.ts';

const object = 'AbCdEfGhIjKlMnOpQrSt_-';
let s3: S3Server;
let store: Store;
const staging = temporaryFolder('flooim-staging');

beforeAll(async () => {
  s3 = await startS3();
  store = new S3BlobStore(s3.options);
});

afterAll(async () => {
  await s3.close();
  rmSync(staging, { recursive: true, force: true });
});

async function put(into: Store, name: string, bytes: Buffer, said: { size?: number; sha256?: Buffer } = {}) {
  const path = join(staging, randomBytes(8).toString('hex'));
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest();
  await into.put(name, path, { size: bytes.length, type: 'image/png', sha256, ...said }).catch((error) => {
    expect(existsSync(path)).toBe(true);
    throw error;
  });
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it worked'),
    (error: unknown) => error as S3Error,
  );

describe('a link to an object', () => {
  const how = { type: 'image/webp', disposition: `attachment; filename*=UTF-8''a%20%2B%20b%E4%BD%A0.png`, ttlSec: 60 };

  it('gives its bytes to anybody, under the name and type that the server wants', async () => {
    const bytes = randomBytes(100_000);
    await put(store, object, bytes);
    const response = await fetch((await store.link?.(object, how)) as string);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(how.type);
    expect(response.headers.get('content-disposition')).toBe(how.disposition);
    expect(response.headers.get('cache-control')).toBe('private, max-age=60, immutable');
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  });

  it('gives a part as well', async () => {
    await put(store, object, Buffer.from('0123456789'));
    const headers = { range: 'bytes=3-5' };
    const response = await fetch((await store.link?.(object, how)) as string, { headers });
    expect([response.status, await response.text()]).toEqual([206, '345']);
  });

  it.each([
    ['another object', (link: string) => link.replace(object, 'AbCdEfGhIjKlMnOpQrSt_A')],
    ['another type', (link: string) => link.replace('image%2Fwebp', 'text%2Fhtml')],
    ['another disposition', (link: string) => link.replace('=attachment', '=inline')],
    ['a longer life', (link: string) => link.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')],
    ['no signature', (link: string) => link.replace(/X-Amz-Signature=\w+/, '')],
  ])('is refused with %s', async (_what, tamper) => {
    await put(store, object, Buffer.from('0123456789'));
    const link = (await store.link?.(object, how)) as string;
    expect(tamper(link)).not.toBe(link);
    expect((await fetch(tamper(link))).status).toBe(403);
  });

  it('is refused for anything but reading, and after its time', async () => {
    await put(store, object, Buffer.from('0123456789'));
    const link = (await store.link?.(object, how)) as string;
    expect((await fetch(link, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(link, { method: 'PUT', body: 'x' })).status).toBe(403);
    const early = new S3BlobStore(s3.options, { clock: () => Date.now() - 61_000 });
    expect((await fetch((await early.link?.(object, how)) as string)).status).toBe(403);
  });

  it('does not exist where clients do not reach the store', () => {
    const inner = new S3BlobStore({ ...s3.options, publicEndpoint: '' });
    expect([inner.link, inner.uploadLink]).toEqual([undefined, undefined]);
  });

  it('leads where clients reach the store', async () => {
    const outer = new S3BlobStore({ ...s3.options, publicEndpoint: 'https://s3.example.org' });
    const link = new URL((await outer.link?.(object, how)) as string);
    expect(link.origin + link.pathname).toBe(`https://s3.example.org/chat-files/im/files/${object}`);
  });
});

describe('a link to upload to', () => {
  it('takes exactly as many bytes as were announced', async () => {
    const name = randomBytes(16).toString('base64url');
    const link = (await store.uploadLink?.(name, { size: 5, ttlSec: 60 })) as string;
    for (const body of ['four', 'sixsix', '']) expect((await fetch(link, { method: 'PUT', body })).status).toBe(403);
    expect(await store.read(name)).toBeUndefined();
    expect((await fetch(link, { method: 'PUT', body: 'fives' })).status).toBe(200);
    expect(await text((await store.read(name)) as NodeJS.ReadableStream)).toBe('fives');
  });

  it('takes nothing under another name, and gives nothing', async () => {
    const link = (await store.uploadLink?.(object, { size: 5, ttlSec: 60 })) as string;
    const elsewhere = link.replace(object, 'AbCdEfGhIjKlMnOpQrSt_A');
    expect((await fetch(elsewhere, { method: 'PUT', body: 'fives' })).status).toBe(403);
    expect((await fetch(link)).status).toBe(403);
  });
});

describe('an S3 store that refuses', () => {
  it.each([10, 3_000_000])('a wrong secret says so, and is asked once, also with %i bytes to take', async (size) => {
    const wrong = new S3BlobStore({ ...s3.options, secretAccessKey: 'not-the-secret' });
    s3.log.length = 0;
    const error = await errorOf(put(wrong, object, randomBytes(size)));
    expect(error).toBeInstanceOf(S3Error);
    expect(error).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(error.message).toBe(`the S3 store answered 403 SignatureDoesNotMatch to PUT ${object}: No.`);
    expect(s3.log).toEqual([`PUT /chat-files/im/files/${object} SignatureDoesNotMatch`]);
    for (const work of [() => wrong.read(object), () => wrong.remove(object)])
      expect(await errorOf(work())).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  it('somebody it does not know says so', async () => {
    const stranger = new S3BlobStore({ ...s3.options, accessKeyId: 'NOBODY' });
    expect(await errorOf(stranger.read(object))).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' });
  });

  it('because there is no such bucket is not taken for one that has no object', async () => {
    const nowhere = new S3BlobStore({ ...s3.options, bucket: 'no-such-bucket' });
    const byPut = () => put(nowhere, object, Buffer.from('x'));
    for (const work of [() => nowhere.read(object), () => nowhere.remove(object), byPut])
      expect(await errorOf(work())).toMatchObject({ status: 404, code: 'NoSuchBucket' });
  });

  it('content that is not what it was said to be has none of it', async () => {
    const name = randomBytes(16).toString('base64url');
    const sha256 = createHash('sha256').update('something else').digest();
    expect(await errorOf(put(store, name, Buffer.from('something'), { sha256 }))).toMatchObject({ status: 400 });
    await expect(put(store, name, Buffer.from('something'), { size: 8 })).rejects.toThrow('has 9 bytes, not 8');
    expect(await store.read(name)).toBeUndefined();
  });

  it('never hears or shows the secret', async () => {
    const secretAccessKey = 'a-secret-that-nobody-sees';
    const wrong = new S3BlobStore({ ...s3.options, secretAccessKey });
    const gone = new S3BlobStore({ ...s3.options, secretAccessKey, endpoint: 'http://127.0.0.1:1' }, { retryMs: 1 });
    const seen = [wrong, await errorOf(wrong.read(object)), await errorOf(gone.read(object))];
    for (const each of seen) expect(inspect(each, { depth: 9, showHidden: true })).not.toContain(secretAccessKey);
    expect(await wrong.link?.(object, { type: 'a/b', disposition: 'inline', ttlSec: 1 })).not.toContain(
      secretAccessKey,
    );
  });
});

it('Connections are used again, and nothing gathers on them', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const bytes = randomBytes(2_000_000);
  const frugal = new S3BlobStore(s3.options);
  const before = s3.connections;
  for (let i = 0; i < 5; i++) {
    await put(frugal, object, bytes);
    expect(await buffer((await frugal.read(object)) as NodeJS.ReadableStream)).toHaveLength(bytes.length);
    await frugal.read('AbCdEfGhIjKlMnOpQrSt_N');
    await frugal.remove(object);
  }
  expect(s3.connections - before).toBeLessThan(4);
  expect(warnings).toEqual([]);
});

describe('the address of an object', () => {
  const place: S3Place = { endpoint: '', region: 'eu-west-1', bucket: 'files', prefix: '', addressing: 'auto' };
  it.each<[string, Partial<S3Place>, string]>([
    ["is under the bucket's own name at Amazon", {}, 'https://files.s3.eu-west-1.amazonaws.com/ab'],
    ['is in China there', { region: 'cn-north-1' }, 'https://files.s3.cn-north-1.amazonaws.com.cn/ab'],
    ['names a bucket with dots in the path', { bucket: 'a.b' }, 'https://s3.eu-west-1.amazonaws.com/a.b/ab'],
    ['names a bucket with capitals in the path', { bucket: 'Old' }, 'https://s3.eu-west-1.amazonaws.com/Old/ab'],
    ['names the bucket in the path elsewhere', { endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000/files/ab'],
    [
      'names it in the host where it has to',
      { endpoint: 'https://oss-cn-hangzhou.aliyuncs.com:8443', addressing: 'host', prefix: 'im/files' },
      'https://files.oss-cn-hangzhou.aliyuncs.com:8443/im/files/ab',
    ],
    ['names it in the path where it has to', { addressing: 'path' }, 'https://s3.eu-west-1.amazonaws.com/files/ab'],
  ])('%s', (_what, over, url) => {
    expect(objectUrl({ ...place, ...over }, 'ab').href).toBe(url);
  });
});

it('The settings of the server make a store', async () => {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3.options;
  const config = defaultConfig({
    s3Endpoint: endpoint,
    s3Bucket: bucket,
    s3Region: region,
    s3AccessKeyId: accessKeyId,
    s3SecretAccessKey: secretAccessKey,
    s3Prefix: 'other',
  });
  const made = createS3BlobStore(config);
  s3.log.length = 0;
  await put(made, object, Buffer.from('by settings'));
  expect(await text((await made.read(object)) as NodeJS.ReadableStream)).toBe('by settings');
  expect(s3.log).toEqual([`PUT /chat-files/other/${object} ok`, `GET /chat-files/other/${object} ok`]);
});
