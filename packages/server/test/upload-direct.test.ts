import { buffer } from 'node:stream/consumers';
import type { FileUpload } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type People, type Person, standingClock, startPeople } from './support/rest.ts';
import { type S3Server, startS3 } from './support/s3-server.ts';
import { create } from './support/tus.ts';
import { filesIn, finish, gif, objectOf, post, sha256, someBytes, uploadFor } from './support/uploads.ts';

const hour = 3600_000;

let s3: S3Server;
let people: People;
// Links are signed with the time of day: the store compares it with its own.
const clock = standingClock(Date.now());
beforeAll(async () => {
  s3 = await startS3();
  people = await startWithS3();
});
afterAll(async () => {
  await people.close();
  await s3.close();
});

function startWithS3(more = {}) {
  const { endpoint, bucket, region, prefix, publicEndpoint, accessKeyId, secretAccessKey } = s3.options;
  const config = {
    s3Endpoint: endpoint,
    s3Bucket: bucket,
    s3Region: region,
    s3Prefix: prefix,
    s3PublicEndpoint: publicEndpoint,
    s3AccessKeyId: accessKeyId,
    s3SecretAccessKey: secretAccessKey,
  };
  return startPeople({ ...config, ...more }, { clock });
}

const address = (size?: number, from: Person = people.alice) =>
  uploadFor(people, from, from === people.alice ? people.bob : people.alice, {
    ...(size !== undefined && { size }),
    name: 'a.bin',
  });

/** Puts the bytes where the address says, and nowhere else. */
async function put({ direct_url = '' }: FileUpload, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const response = await fetch(direct_url, { method: 'PUT', body: bytes });
  await response.arrayBuffer();
  return response.status;
}

async function stored(name: string): Promise<Buffer | undefined> {
  const bytes = await people.server.context.blobs.read(name);
  return bytes && buffer(bytes);
}

const staged = () => filesIn(people.server.data).staged;

describe('a file that its uploader puts into the store by himself', () => {
  it('is a file once the server has looked at it', async () => {
    const bytes = someBytes(300_000);
    const upload = await address(bytes.length);
    expect((await finish(people, upload)).message).toBe('the file did not arrive whole');
    expect(await put(upload, bytes)).toBe(200);
    const { data } = await finish(people, upload);
    expect(data).toMatchObject({ name: 'a.bin', size: bytes.length, sha256: sha256(bytes) });
    expect((await finish(people, upload)).data).toEqual(data);
    expect(sha256((await stored(objectOf(upload))) ?? gif)).toBe(sha256(bytes));
    expect(await stored(`${objectOf(upload)}.direct`)).toBeUndefined();
    expect(staged()).toEqual([]);
  });

  it('never changes, whatever is put there afterwards; and that does not stay', async () => {
    const bytes = someBytes(1000);
    const upload = await address(bytes.length);
    await put(upload, bytes);
    await finish(people, upload);
    expect(await put(upload, someBytes(1000, 2))).toBe(200);
    expect((await finish(people, upload)).data.sha256).toBe(sha256(bytes));
    expect(sha256((await stored(objectOf(upload))) ?? gif)).toBe(sha256(bytes));
    const left = `${objectOf(upload)}.direct`;
    clock.advance(2 * hour);
    await people.server.context.sweeper.sweep();
    expect(await stored(left)).toBeDefined();
    clock.advance(1);
    await people.server.context.sweeper.sweep();
    expect(await stored(left)).toBeUndefined();
    expect(filesIn(people.server.data).strays).not.toContain(left);
    clock.advance(-2 * hour - 1);
  });

  it('has as many bytes as was said, and no others', async () => {
    const upload = await address(1000);
    expect(await put(upload, someBytes(1001))).toBe(403);
    expect((await finish(people, upload)).message).toBe('the file did not arrive whole');
  });

  it('is removed when it may not be one', async () => {
    const upload = await people.ok(people.alice, 'fileUploadAvatar', { size: 100 });
    await put(upload, someBytes(100));
    expect((await finish(people, upload)).message).toContain('the file is of the wrong kind');
    expect(await stored(`${objectOf(upload)}.direct`)).toBeUndefined();
    expect(staged()).toEqual([]);
  });

  it('may come by any other way all the same', async () => {
    const [form, resumable] = [await address(gif.length), await address(gif.length)];
    expect((await post(form.upload_url, gif)).code).toBe(200);
    expect((await create(resumable.resumable_url, gif.length, {}, gif)).status).toBe(201);
    for (const upload of [form, resumable]) {
      expect((await finish(people, upload)).data).toMatchObject({ type: 'image/gif', sha256: sha256(gif) });
      expect((await stored(objectOf(upload)))?.equals(gif)).toBe(true);
    }
    expect(staged()).toEqual([]);
  });

  it('is offered to who says how large it is, and has room for it', async () => {
    expect((await address()).direct_url).toBeUndefined();
    const small = await startWithS3({ userFileMb: 1 });
    onTestFinished(() => small.close());
    const size = 600_000;
    const first = await uploadFor(small, small.alice, small.bob, { size });
    expect(first.direct_url).toContain(`${s3.options.endpoint}/`);
    const asked = { file_type: 100, to_id: small.bob.uid, size };
    expect((await small.as(small.alice, 'fileUploadChat', asked)).message).toContain('there is no room');
    clock.advance(hour);
    expect((await small.as(small.alice, 'fileUploadChat', asked)).code).toBe(200);
    clock.advance(-hour);
  });

  it('is offered so many times at once and no more', async () => {
    const offers = [];
    for (let i = 0; i < 17; i++) offers.push((await address(10 + i, people.carol)).direct_url);
    expect(offers.map((url) => url !== undefined)).toEqual([...Array(16).fill(true), false]);
  });
});
