import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@flooim/protocol';
import { startServer, temporaryFolder, until } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BlobStore } from '../src/blob/blob-store.ts';
import { changeDatabase, type People, standingClock, startPeople } from './support/rest.ts';
import { create, head } from './support/tus.ts';
import { expectNothingLeft, filesIn, finish, gif, objectOf, post, uploadFor } from './support/uploads.ts';

const hour = 3600_000;

/** The usual store, which can be told to fail or to wait. */
class MoodyStore implements BlobStore {
  readonly #usual: BlobStore;
  /** Objects with which something goes wrong; `all`: with each. */
  readonly wrong = new Set<string>();
  isWrong = false;
  waiting: Promise<void> | undefined;
  tries = 0;

  constructor(usual: BlobStore) {
    this.#usual = usual;
  }

  async put(...args: Parameters<BlobStore['put']>) {
    await this.waiting;
    this.#fail(args[0]);
    return this.#usual.put(...args);
  }

  read: BlobStore['read'] = (...args) => this.#usual.read(...args);

  async remove(object: string) {
    this.tries++;
    this.#fail(object);
    return this.#usual.remove(object);
  }

  #fail(object: string): void {
    if (this.isWrong || this.wrong.has(object)) throw new Error(`the store has a bad day with ${object}`);
  }
}

let clock: ReturnType<typeof standingClock>;
let blobs: MoodyStore;
let people: People;
beforeAll(async () => {
  clock = standingClock();
  people = await startPeople(
    {},
    {
      clock,
      blobs(usual) {
        blobs = new MoodyStore(usual);
        return blobs;
      },
    },
  );
});
afterAll(() => people.close());
afterEach(() => {
  blobs.wrong.clear();
  blobs.isWrong = false;
  blobs.waiting = undefined;
  blobs.tries = 0;
});

const address = () => uploadFor(people, people.alice, people.bob);
const sweep = () => people.server.context.sweeper.sweep();
const data = () => people.server.data;

async function uploaded(): Promise<void> {
  expect((await post((await address()).upload_url, gif)).code).toBe(200);
}

/** Sweeps until only these are left. */
async function sweepTo(...names: string[]): Promise<void> {
  const areLeft = async () => {
    await sweep();
    return filesIn(data()).strays.toSorted().join() === names.join();
  };
  await until(areLeft, 'all but some to be removed');
}

/** Objects that are no files any more. */
function strayObjects(count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => `stray-${String(i).padStart(16, '0')}`);
  mkdirSync(join(data(), 'files', 'st'), { recursive: true });
  for (const name of names) writeFileSync(join(data(), 'files', 'st', name), name);
  changeDatabase(people.server, `INSERT INTO stray_object VALUES ${names.map((name) => `('${name}', 0)`).join()}`);
  return names;
}

describe('the sweeper', () => {
  it('removes a file that nobody made use of, once its time is over', async () => {
    await uploaded();
    clock.advance(limits.unusedFileTtlMs - 1);
    await sweep();
    expect(filesIn(data()).rows).toHaveLength(1);
    clock.advance(1);
    await sweep();
    expect(filesIn(data())).toMatchObject({ rows: [], objects: [], strays: [], used: 0 });
  });

  it('removes what was freed by itself, and soon', async () => {
    await uploaded();
    changeDatabase(people.server, `UPDATE file_ref SET expires_at = 1`);
    await until(() => filesIn(data()).objects.length + filesIn(data()).strays.length === 0, 'the bytes to go');
    expectNothingLeft(data());
  });

  it('leaves alone what is about to be stored, however long that takes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    blobs.waiting = promise;
    const upload = await address();
    const posted = post(upload.upload_url, gif);
    await until(() => filesIn(data()).strays.length === 1, 'the object to be expected');
    for (const ms of [hour - 1, 1, 2 * hour]) {
      clock.advance(ms);
      await sweep();
      expect(filesIn(data()).strays).toEqual([objectOf(upload)]);
    }
    resolve();
    expect((await posted).code).toBe(200);
    await sweep();
    expect((await finish(people, upload)).code).toBe(200);
    expectNothingLeft(data());
  });

  it('removes what could not be stored, an hour later', async () => {
    blobs.isWrong = true;
    const upload = await address();
    expect(await post(upload.upload_url, gif)).toMatchObject({ status: 200, code: 20000 });
    expect(filesIn(data())).toMatchObject({ staged: [], strays: [objectOf(upload)] });
    blobs.isWrong = false;
    clock.advance(hour - 1);
    await sweep();
    expect(filesIn(data()).strays).toHaveLength(1);
    clock.advance(2);
    await sweep();
    expectNothingLeft(data());
    expect((await post(upload.upload_url, gif)).code).toBe(200);
    expectNothingLeft(data());
  });

  it('removes many at once, and is not kept from it by some that cannot be removed', async () => {
    const names = strayObjects(500);
    for (const name of names.slice(100, 104)) blobs.wrong.add(name);
    await sweepTo(...names.slice(100, 104));
    blobs.wrong.clear();
    await sweepTo();
    expectNothingLeft(data());
  });

  it('leaves a store alone that fails, goes on later where it was, and then from the beginning', async () => {
    const names = strayObjects(200);
    blobs.isWrong = true;
    await sweep();
    expect(blobs.tries).toBeLessThan(names.length / 2);
    blobs.isWrong = false;
    for (const name of names.slice(0, 32)) blobs.wrong.add(name);
    await sweepTo(...names.slice(0, 32));
    blobs.wrong.clear();
    await sweepTo();
    expectNothingLeft(data());
  });
});

describe('a server that starts', () => {
  it('removes what the one before it left on its way, and keeps what can be resumed', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const first = await startPeople({ data: folder });
    const upload = await uploadFor(first, first.alice, first.bob);
    await create(upload.resumable_url, gif.length, {}, gif.subarray(0, 10));
    await first.close();
    for (const name of ['AAAA.0123456789ab', 'BBBB.tus', 'CCCC.json', 'DDDD.new']) {
      writeFileSync(join(folder, 'incoming', name), 'left');
    }
    mkdirSync(join(folder, 'files', 'ob'), { recursive: true });
    writeFileSync(join(folder, 'files', 'ob', 'object-of-no-file'), 'left');
    changeDatabase(
      { data: folder } as never,
      `INSERT INTO stray_object VALUES ('object-of-no-file', ${Date.now() - 1000})`,
    );
    const second = await startServer({ data: folder });
    onTestFinished(() => second.close());
    await until(() => filesIn(folder).strays.length === 0, 'the sweep at the start');
    const object = objectOf(upload);
    expect(filesIn(folder)).toMatchObject({ objects: [], partBytes: 10 });
    expect(filesIn(folder).staged.toSorted()).toEqual([`${object}.json`, `${object}.tus`]);
    expect(await head(upload.resumable_url.replace(first.url, second.url))).toBe(`10 of ${gif.length}`);
  });
});

describe('a file that has arrived whole and cannot be stored', () => {
  it('is stored when its uploader asks again', async () => {
    const upload = await address();
    blobs.isWrong = true;
    expect((await create(upload.resumable_url, gif.length, {}, gif)).status).toBe(500);
    expect(await head(upload.resumable_url)).toBe('500');
    expect((await finish(people, upload)).code).toBe(20000);
    blobs.isWrong = false;
    expect(await head(upload.resumable_url)).toBe(`${gif.length} of ${gif.length}`);
    expect((await finish(people, upload)).code).toBe(200);
    expectNothingLeft(data());
  });

  it('makes room when it never will be', async () => {
    const upload = await people.ok(people.alice, 'fileUploadAvatar', {});
    const refused = await create(upload.resumable_url, 4, {}, Buffer.from('text'));
    expect([refused.status, (await refused.json()).message]).toEqual([
      415,
      'the file is of the wrong kind: an avatar is a picture, not text/plain; charset=utf-8',
    ]);
    expect(await head(upload.resumable_url)).toBe('404');
    expectNothingLeft(data());
  });
});

it('the sweeper ends with the server', async () => {
  strayObjects(500);
  const sweeping = sweep();
  await people.server.context.sweeper.close();
  const left = filesIn(data()).strays.length;
  await sweeping;
  expect(filesIn(data()).strays.length).toBe(left);
});
