import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { until } from '@flooim/testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Config } from '../src/config.ts';
import { chatFile, download, sendFile } from './support/files.ts';
import { type People, startPeople } from './support/rest.ts';
import { type S3Server, startS3 } from './support/s3-server.ts';

// Small pictures are made by a process of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

let s3: S3Server;
let photo: Buffer;
beforeAll(async () => {
  s3 = await startS3();
  photo = await sharp({ create: { width: 800, height: 400, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => s3.close());

const settings = (more: Partial<Config> = {}): Partial<Config> => ({
  s3Bucket: s3.options.bucket,
  s3Endpoint: s3.options.endpoint,
  s3Region: s3.options.region,
  s3AccessKeyId: s3.options.accessKeyId,
  s3SecretAccessKey: s3.options.secretAccessKey,
  ...more,
});

const ask = (people: People, link: string, query: Record<string, number> = {}, headers = {}) =>
  download(link, { token: people.alice.token, query, headers });
const body = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('a file in an S3 store', () => {
  it('that clients do not reach comes through the server, whole, in parts and small', async () => {
    const people = await startPeople(settings());
    const bytes = randomBytes(3 * 1024 * 1024);
    const large = await chatFile(people, people.alice, people.bob, bytes, 'large');
    expect(await body(await ask(people, large.url))).toEqual(bytes);
    const part = await ask(people, large.url, {}, { range: 'bytes=1000000-1000009' });
    expect([part.status, await body(part)]).toEqual([206, bytes.subarray(1_000_000, 1_000_010)]);
    const picture = await chatFile(people, people.alice, people.bob, photo, 'holiday.jpg');
    const small = await body(await ask(people, picture.url, { image_type: 2 }));
    expect(await sharp(small).metadata()).toMatchObject({ width: 480, height: 240, format: 'webp' });
    expect(await readdir(people.server.context.incomingFolder)).toEqual([]);
    await people.close();
  });

  it('that clients reach is fetched there, for who may read it, until it is gone', async () => {
    const people = await startPeople(settings({ s3PublicEndpoint: s3.options.endpoint }));
    const { alice, bob } = people;
    const file = await chatFile(people, alice, bob, photo, 'holiday 1.jpg');
    const msg_id = await sendFile(people, alice, bob.uid, file);
    const links = await Promise.all(
      [undefined, { image_type: 2 }].map(async (query) => {
        const { status, headers } = await ask(people, file.url, query);
        expect(status).toBe(302);
        return headers.get('location') as string;
      }),
    );
    const [whole, small] = await Promise.all(links.map((link) => fetch(link)));
    expect(whole?.headers.get('content-type')).toBe('image/jpeg');
    expect(whole?.headers.get('content-disposition')).toBe('inline; filename="holiday 1.jpg"');
    expect(await body(whole as Response)).toEqual(photo);
    expect(await sharp(await body(small as Response)).metadata()).toMatchObject({ width: 480, format: 'webp' });
    expect((await download(file.url, { token: people.carol.token })).status).toBe(403);
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id });
    await until(async () => {
      await people.server.context.sweeper.sweep();
      const statuses = await Promise.all(links.map(async (link) => (await fetch(link)).status));
      return statuses.every((status) => status === 404);
    }, 'a store without the file');
    await people.close();
  });

  it('is brought there by pages of ours too', async () => {
    const { endpoint } = s3.options;
    const policyOf = async (more: Partial<Config>) => {
      const people = await startPeople(settings(more));
      const { headers } = await fetch(people.url);
      await people.close();
      return headers.get('content-security-policy');
    };
    expect(await policyOf({})).toContain("connect-src 'self' ws: wss:;");
    expect(await policyOf({ s3PublicEndpoint: endpoint })).toContain(`connect-src 'self' ws: wss: ${endpoint};`);
    const inHost = { s3PublicEndpoint: 'https://s3.example.org', s3Addressing: 'host' as const };
    expect(await policyOf(inHost)).toContain(`wss: https://${s3.options.bucket}.s3.example.org;`);
  });
});
