import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer, until } from '@flooim/testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BlobStore } from '../src/blob/blob-store.ts';
import { createLog } from '../src/log.ts';
import { chatFile, download, sendFile, statusOf, type Uploaded, upload } from './support/files.ts';
import { newFolder, type People, standingClock, startPeople } from './support/rest.ts';

// Small pictures are made by a process of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

/** The usual store, in which a test can see what is put, and be in the way of it. */
class WatchedStore implements BlobStore {
  readonly puts: string[] = [];
  beforePut = async () => {};
  beforeRead = async () => {};
  readonly #usual: BlobStore;

  constructor(usual: BlobStore) {
    this.#usual = usual;
  }

  async put(...[object, ...what]: Parameters<BlobStore['put']>): Promise<void> {
    this.puts.push(object);
    await this.beforePut();
    await this.#usual.put(object, ...what);
  }

  async read(...what: Parameters<BlobStore['read']>) {
    await this.beforeRead();
    return this.#usual.read(...what);
  }

  remove(object: string) {
    return this.#usual.remove(object);
  }

  path(object: string) {
    return this.#usual.path?.(object) ?? '';
  }
}

const clock = standingClock();
const lines: { msg: string }[] = [];
let people: People;
let blobs: WatchedStore;
let photo: Buffer;
beforeAll(async () => {
  const log = createLog('error', { write: (line) => lines.push(JSON.parse(line)) });
  people = await startPeople({}, { log, clock, blobs: (usual) => (blobs = new WatchedStore(usual)) });
  photo = await picture(1600, 800);
});
afterAll(() => people.close());

function picture(width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3 as const, background: 'teal' };
  return sharp({ create }).jpeg().toBuffer();
}

const ofAlice = (by: People = people, bytes: Uint8Array | string = photo, name = 'holiday.jpg') =>
  chatFile(by, by.alice, by.bob, bytes, name);
const ask = async (file: Uploaded, query: Record<string, string | number> = {}, by: People = people, headers = {}) => {
  const response = await download(file.url, { token: by.alice.token, query, headers });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};
const sizeOf = async (bytes: Buffer) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return { width, height, format };
};
/** What the blob store of a server holds of a file. */
const kept = async (by: People, { object }: Uploaded) => {
  const names = await readdir(join(by.server.data, 'files'), { recursive: true });
  return names
    .flatMap((name) => name.split('/').at(-1) ?? [])
    .filter((name) => name.startsWith(object))
    .sort();
};

/** Waits until the blob store holds nothing of a file. */
const removed = (file: Uploaded) =>
  until(async () => {
    await people.server.context.sweeper.sweep();
    return (await kept(people, file)).length === 0;
  }, 'a store without the file');

describe('a thumbnail', () => {
  it('is the picture made small, with all that is told of a file', async () => {
    const file = await ofAlice();
    const { response, bytes } = await ask(file, { image_type: 2 });
    expect(response.status).toBe(200);
    expect(await sizeOf(bytes)).toEqual({ width: 480, height: 240, format: 'webp' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': 'inline; filename=holiday.webp',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringContaining('must-revalidate'),
      etag: expect.stringMatching(/^W\/"[\da-f]{64}\.t480"$/),
    });
    const etag = response.headers.get('etag') as string;
    expect((await ask(file, { image_type: 2 }, people, { 'if-none-match': etag })).response.status).toBe(304);
    expect((await ask(file, {}, people, { 'if-none-match': etag })).response.status).toBe(200);
  });

  it.each<[query: Record<string, number>, width: number]>([
    [{ image_type: 2, w: 1, h: 1 }, 120],
    [{ image_type: 2, w: 120 }, 120],
    [{ image_type: 2, w: 121 }, 240],
    [{ image_type: 2, h: 300 }, 480],
    [{ image_type: 2, w: 481, h: 10 }, 960],
    [{ image_type: 2, w: 5000 }, 960],
    [{ image_type: 2, w: 0, h: 0 }, 480],
    [{ image_type: 3 }, 480],
    [{ imgage_type: 3 }, 480],
    [{ image_type: 1, imgage_type: 3 }, 480],
  ])('asked for by %j is %d wide', async (query, width) => {
    const { bytes } = await ask(await ofAlice(), query);
    expect(await sizeOf(bytes)).toMatchObject({ width, format: 'webp' });
  });

  it('is not asked for by a size alone', async () => {
    const { bytes } = await ask(await ofAlice(), { image_type: 1, w: 120 });
    expect(bytes).toEqual(photo);
  });

  it('is made once, however many ask for it at the same time', async () => {
    const file = await ofAlice();
    blobs.puts.length = 0;
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(file, { image_type: 2 })));
    expect(new Set(answers.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1);
    await ask(file, { image_type: 2 });
    expect(blobs.puts).toEqual([`${file.object}.t480`]);
    expect(await kept(people, file)).toEqual([file.object, `${file.object}.t480`]);
  });

  it('is found again by a server that comes later', async () => {
    const data = newFolder();
    const first = await startPeople({ data });
    const file = await ofAlice(first);
    const before = await ask(file, { image_type: 2 }, first);
    await first.close();
    let later: WatchedStore | undefined;
    const server = await startServer({ data }, { blobs: (usual) => (later = new WatchedStore(usual)) });
    const moved = { ...file, url: file.url.replace(first.url, server.url) };
    expect((await ask(moved, { image_type: 2 }, first)).bytes).toEqual(before.bytes);
    expect(later?.puts).toEqual([]);
    await server.close();
  });

  it('of an avatar is there as well', async () => {
    const file = await upload(people, people.alice, { name: 'fileUploadAvatar' }, photo, 'me.jpg');
    expect(await sizeOf((await ask(file, { image_type: 2, w: 100 })).bytes)).toMatchObject({ width: 120 });
  });

  it('goes with its file', async () => {
    const { alice, bob } = people;
    const file = await ofAlice();
    const mid = await sendFile(people, alice, bob.uid, file);
    for (const w of [120, 240, 480, 960]) await ask(file, { image_type: 2, w });
    expect((await kept(people, file)).length).toBe(5);
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: mid });
    expect(await statusOf(file.url, { token: alice.token, query: { image_type: 2 } })).toBe(404);
    await removed(file);
  });

  it('that is finished after its file went goes too', async () => {
    const { alice, bob, server } = people;
    const file = await ofAlice();
    const mid = await sendFile(people, alice, bob.uid, file);
    const held = Promise.withResolvers<void>();
    blobs.beforePut = () => held.promise;
    const asked = ask(file, { image_type: 2 });
    const name = `${file.object}.t480`;
    await until(() => blobs.puts.includes(name), 'a small picture');
    // If the server ended now, it would find it by this.
    const { reader } = server.context;
    expect(reader.get('SELECT since FROM stray_object WHERE object = ?', name)).toEqual({ since: clock() });
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: mid });
    held.resolve();
    blobs.beforePut = async () => {};
    expect((await asked).response.status).toBe(404);
    await removed(file);
    await until(() => reader.get('SELECT 1 FROM stray_object') === undefined, 'nothing to be removed');
  });

  it('that is made after its file went is for nobody, and goes at once', async () => {
    const { alice, bob } = people;
    const file = await ofAlice();
    const msg_id = await sendFile(people, alice, bob.uid, file);
    blobs.beforeRead = async () => {
      blobs.beforeRead = async () => {};
      await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id });
    };
    expect((await ask(file, { image_type: 2 })).response.status).toBe(404);
    await removed(file);
  });
});

describe('where there is no thumbnail', () => {
  it('the file itself is the answer', async () => {
    const text = await ofAlice(people, 'no picture', 'notes.txt');
    const { response, bytes } = await ask(text, { image_type: 2 });
    expect([bytes.toString(), response.headers.get('etag')]).toEqual(['no picture', expect.stringMatching(/^"/)]);
  });

  it('because it failed, the file itself is the answer, and nobody tries at once again', async () => {
    const file = await ofAlice();
    const path = blobs.path(file.object);
    const whole = await readFile(path);
    const broken = Buffer.alloc(whole.length, 'x');
    await writeFile(path, broken);
    expect((await ask(file, { image_type: 2 })).bytes).toEqual(broken);
    await writeFile(path, whole);
    expect((await ask(file, { image_type: 2 })).bytes).toEqual(photo);
    clock.advance(5 * 60_000);
    expect(await sizeOf((await ask(file, { image_type: 2 })).bytes)).toMatchObject({ width: 480 });
  });

  it('because the disk is full, the file itself is the answer, and the log says why', async () => {
    const file = await ofAlice();
    blobs.beforePut = () => Promise.reject(new Error('no space left on device'));
    expect((await ask(file, { image_type: 2 })).bytes).toEqual(photo);
    blobs.beforePut = async () => {};
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'a small picture could not be made' }));
    expect(await readdir(people.server.context.incomingFolder)).toEqual([]);
  });
});

describe('files of which the store is elsewhere', () => {
  /** As the usual store, which clients can reach by themselves. */
  const remote = (usual: BlobStore): BlobStore => ({
    put: (...what) => usual.put(...what),
    read: (...what) => usual.read(...what),
    remove: (object) => usual.remove(object),
    link: async (object, { type, disposition, ttlSec }) =>
      `https://store.example/${object}?${new URLSearchParams({ type, disposition, ttl: String(ttlSec) })}`,
  });

  it('are fetched there, by a link that says what they are', async () => {
    const elsewhere = await startPeople({}, { blobs: remote });
    const file = await ofAlice(elsewhere);
    const at = async (query: Record<string, string | number>) => {
      const { response } = await ask(file, query, elsewhere);
      const { host, pathname, searchParams } = new URL(response.headers.get('location') as string);
      expect([response.status, host]).toEqual([302, 'store.example']);
      expect(response.headers.get('cache-control')).toBe('private, max-age=300, must-revalidate');
      return { object: pathname.slice(1), ...Object.fromEntries(searchParams) };
    };
    const whole = { object: file.object, type: 'image/jpeg', ttl: '600' };
    expect(await at({})).toEqual({ ...whole, disposition: 'inline; filename=holiday.jpg' });
    expect(await at({ save: 'true' })).toEqual({ ...whole, disposition: 'attachment; filename=holiday.jpg' });
    const small = { object: `${file.object}.t480`, type: 'image/webp', ttl: '600' };
    expect(await at({ image_type: 2 })).toEqual({ ...small, disposition: 'inline; filename=holiday.webp' });
    expect(await sizeOf(await bytesOf(elsewhere, small.object))).toMatchObject({ width: 480 });
    expect(await statusOf(file.url, { token: elsewhere.bob.token })).toBe(403);
    expect(await statusOf(file.url, { token: elsewhere.alice.token, method: 'HEAD' })).toBe(200);
    expect(await readdir(elsewhere.server.context.incomingFolder)).toEqual([]);
    await elsewhere.close();
  });

  async function bytesOf({ server }: People, object: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of (await server.context.blobs.read(object)) ?? []) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
});
