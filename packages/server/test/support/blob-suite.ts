import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStore, ObjectFacts } from '../../src/blob/blob-store.ts';

export interface StartedStore {
  store: BlobStore;
  close(): Promise<void>;
}

/** What every store of objects keeps to. */
export function blobSuite(name: string, start: () => Promise<StartedStore>): void {
  describe(name, () => {
    let started: StartedStore;
    let store: BlobStore;
    const staging = temporaryFolder('flooim-staging');
    const used = new Set<string>();

    beforeAll(async () => {
      started = await start();
      store = started.store;
    });

    afterAll(async () => {
      await Promise.all([...used].map((object) => store.remove(object)));
      await started.close();
      rmSync(staging, { recursive: true, force: true });
    });

    const newName = () => randomBytes(16).toString('base64url');

    const stage = (bytes: Buffer) => {
      const path = join(staging, newName());
      writeFileSync(path, bytes);
      return path;
    };

    const put = async (bytes: Buffer, object = newName()) => {
      used.add(object);
      await store.put(object, stage(bytes), factsOf(bytes));
      return object;
    };

    const read = async (object: string, range?: { start: number; end: number }) => {
      const stream = await store.read(object, range);
      return stream && buffer(stream);
    };

    it('takes a staged file away and gives its bytes back', async () => {
      const bytes = randomBytes(300_000);
      const [object, path] = [newName(), stage(bytes)];
      used.add(object);
      await store.put(object, path, factsOf(bytes));
      expect(existsSync(path)).toBe(false);
      expect(bytes.equals((await read(object)) as Buffer)).toBe(true);
      expect(bytes.equals((await read(object)) as Buffer)).toBe(true);
    });

    it('gives any part of an object, both ends included', async () => {
      const bytes = randomBytes(200_000);
      const object = await put(bytes);
      const ranges = [
        [0, 0],
        [0, 1],
        [1, 1],
        [0, 199_999],
        [199_999, 199_999],
        [65_535, 131_072],
        [199_990, 999_999],
        [0, 999_999],
      ] as const;
      for (const [start, end] of ranges) {
        const part = await read(object, { start, end });
        expect(bytes.subarray(start, end + 1).equals(part as Buffer), `${start}-${end}`).toBe(true);
      }
    });

    it('has no bytes of a range that begins after the last one', async () => {
      const object = await put(Buffer.from('short'));
      expect(await read(object, { start: 5, end: 5 })).toHaveLength(0);
      expect(await read(object, { start: 100, end: 200 })).toHaveLength(0);
    });

    it('keeps an object without bytes', async () => {
      const object = await put(Buffer.alloc(0));
      expect(await read(object)).toHaveLength(0);
      expect(await read(object, { start: 0, end: 9 })).toHaveLength(0);
    });

    it('has nothing where there is no object, and removing that is no fault', async () => {
      const object = newName();
      expect(await read(object)).toBeUndefined();
      expect(await read(object, { start: 0, end: 9 })).toBeUndefined();
      await store.remove(object);
    });

    it('forgets what was removed, and nothing else', async () => {
      const [kept, gone] = [await put(Buffer.from('kept')), await put(Buffer.from('gone'))];
      await store.remove(gone);
      await store.remove(gone);
      expect(await read(gone)).toBeUndefined();
      expect(String(await read(kept))).toBe('kept');
    });

    it('takes an object once more, as after a crash', async () => {
      const object = await put(Buffer.from('half of what is'));
      await put(Buffer.from('all of it'), object);
      expect(String(await read(object))).toBe('all of it');
    });

    it('tells an object from what was made from it', async () => {
      const object = newName();
      const names = [
        object,
        `${object}.t480`,
        `${object}.t960`,
        '-_-_'.repeat(5),
        `${'_'.repeat(64)}.${'w'.repeat(16)}`,
      ];
      for (const each of names) await put(Buffer.from(`this is ${each}`), each);
      for (const each of names) expect(String(await read(each))).toBe(`this is ${each}`);
      await store.remove(object);
      expect(String(await read(`${object}.t480`))).toBe(`this is ${object}.t480`);
    });

    it.each([
      '',
      '.',
      '..',
      '../other',
      'a/b',
      '/etc/passwd',
      'ab.c.d',
      'ab\0',
      'ab?x=1',
      'ab#',
      'ab%2e',
      'ä'.repeat(9),
    ])('refuses %j, which is no name of an object', async (object) => {
      const bytes = Buffer.from('x');
      const path = stage(bytes);
      await expect(store.put(object, path, factsOf(bytes))).rejects.toThrow('not the name of an object');
      await expect(store.read(object)).rejects.toThrow('not the name of an object');
      await expect(store.remove(object)).rejects.toThrow('not the name of an object');
      expect(existsSync(path)).toBe(true);
    });

    it('says that a staged file is not there', async () => {
      const bytes = Buffer.from('x');
      await expect(store.put(newName(), join(staging, 'none'), factsOf(bytes))).rejects.toThrow('ENOENT');
    });

    it('serves many at the same time', async () => {
      const all = Array.from({ length: 24 }, (_, i) => randomBytes(i * 9_973));
      const objects = await Promise.all(all.map((bytes) => put(bytes)));
      const found = await Promise.all(objects.map((object) => read(object)));
      for (const [i, bytes] of all.entries()) expect(bytes.equals(found[i] as Buffer)).toBe(true);
    });

    it('goes on after somebody who stopped reading in the middle', async () => {
      const bytes = randomBytes(3_000_000);
      const object = await put(bytes);
      for (let i = 0; i < 5; i++) {
        const stream = await store.read(object);
        if (i > 0) await once(stream as NonNullable<typeof stream>, 'readable');
        stream?.destroy();
      }
      expect(bytes.equals((await read(object)) as Buffer)).toBe(true);
    });

    it('moves a large object without having it in memory', async () => {
      const size = 128 * 1024 * 1024;
      const object = newName();
      used.add(object);
      const path = join(staging, object);
      writeFileSync(path, '');
      truncateSync(path, size);
      const sha256 = sha256OfZeros(size);
      const grown = await memoryGrowth(async () => {
        await store.put(object, path, { size, type: 'video/mp4', sha256 });
        const hash = createHash('sha256');
        await pipeline((await store.read(object)) as NodeJS.ReadableStream, hash);
        expect(hash.digest().equals(sha256)).toBe(true);
      });
      expect(grown).toBeLessThan(0.9 * size);
    }, 60_000);
  });
}

function factsOf(bytes: Buffer): ObjectFacts {
  return { size: bytes.length, type: 'image/png', sha256: createHash('sha256').update(bytes).digest() };
}

function sha256OfZeros(size: number): Buffer {
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(1024 * 1024);
  for (let done = 0; done < size; done += zeros.length) hash.update(zeros);
  return hash.digest();
}

/** By how many bytes the process grows at most meanwhile. */
async function memoryGrowth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  await work().finally(() => clearInterval(timer));
  return peak - before;
}
