import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from '@flooim/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiskBlobStore } from '../src/blob/disk-blob-store.ts';

function folder(): string {
  const path = temporaryFolder();
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Another file system than that of temporary folders, where the machine has one. */
function elsewhere(): string | undefined {
  if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(folder()).dev) return undefined;
  const path = mkdtempSync('/dev/shm/flooim-');
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('objects on disk', () => {
  it('may be staged on another disk than the one that keeps them', async (context) => {
    const staging = elsewhere();
    if (!staging) return context.skip();
    const store = new DiskBlobStore(folder());
    const staged = join(staging, 'staged');
    writeFileSync(staged, 'hello');
    await store.put('an-object', staged);
    expect(existsSync(staged)).toBe(false);
    expect(String(await buffer((await store.read('an-object')) as Readable))).toBe('hello');
  });

  it('are for the server alone', async () => {
    const [root, staged] = [folder(), join(folder(), 'staged')];
    const store = new DiskBlobStore(root);
    writeFileSync(staged, 'hello', { mode: 0o600 });
    await store.put('an-object', staged);
    expect(statSync(join(root, 'an')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'an', 'an-object')).mode & 0o777).toBe(0o600);
  });

  it('that cannot be removed are not said to be', async () => {
    const root = folder();
    mkdirSync(join(root, 'an', 'an-object', 'full'), { recursive: true });
    await expect(new DiskBlobStore(root).remove('an-object')).rejects.toThrow();
    await expect(new DiskBlobStore(root).remove('another-object')).resolves.toBeUndefined();
  });
});
