import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@flooim/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPeople } from './support/rest.ts';
import { create, head, patch } from './support/tus.ts';
import { expectNothingLeft, filesIn, finish, gif, post, sha256, someBytes, uploadFor } from './support/uploads.ts';

const noRoom = 'the server has no room to store data';
const megabyte = 1024 * 1024;

function mount(...args: string[]): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', ...args], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mayMount(): boolean {
  const folder = temporaryFolder();
  const may = mount(folder);
  if (may) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return may;
}

/** A server of whose data folder one part is a disk of its own, and small. */
async function startOnSmallDisk(part: 'incoming' | 'files', mb: number) {
  const data = temporaryFolder();
  const disk = join(data, part);
  mkdirSync(disk);
  mount('-o', `size=${mb}m`, disk);
  const people = await startPeople({ data });
  onTestFinished(async () => {
    await people.close();
    execFileSync('umount', [disk]);
    rmSync(data, { recursive: true });
  });
  return {
    ...people,
    data,
    address: () => uploadFor(people, people.alice, people.bob),
    grow: (more: number) => mount('-o', `remount,size=${more}m`, disk),
  };
}

// Only who runs the machine may mount.
describe.runIf(mayMount())('a full disk', () => {
  it('under what comes is told to all who upload, and nothing stays of it', async () => {
    const small = await startOnSmallDisk('incoming', 4);
    const addresses = await Promise.all(Array.from({ length: 4 }, () => small.address()));
    const answers = await Promise.all(
      addresses.map(({ upload_url }, i) => post(upload_url, someBytes(5 * megabyte, i))),
    );
    expect(answers.map(({ message }) => message)).toEqual([noRoom, noRoom, noRoom, noRoom]);
    expectNothingLeft(small.data);
    const bytes = someBytes(5 * megabyte);
    const upload = await small.address();
    await create(upload.resumable_url, bytes.length);
    expect((await patch(upload.resumable_url, 0, bytes)).status).toBe(507);
    const [come] = (await head(upload.resumable_url)).split(' ');
    expect(small.grow(16)).toBe(true);
    expect((await patch(upload.resumable_url, Number(come), bytes.subarray(Number(come)))).status).toBe(204);
    expect((await finish(small, upload)).data.sha256).toBe(sha256(bytes));
    expect((await post((await small.address()).upload_url, gif)).code).toBe(200);
    expectNothingLeft(small.data);
  });

  it('under the files is told as well; what has come by tus need not come again', async () => {
    const small = await startOnSmallDisk('files', 4);
    const bytes = someBytes(5 * megabyte);
    const [form, tus] = [await small.address(), await small.address()];
    expect((await post(form.upload_url, bytes)).message).toBe(noRoom);
    await create(tus.resumable_url, bytes.length);
    expect((await patch(tus.resumable_url, 0, bytes)).status).toBe(507);
    expect(await head(tus.resumable_url)).toBe('507');
    expect(filesIn(small.data)).toMatchObject({ rows: [], objects: [], used: 0 });
    expect((await post((await small.address()).upload_url, gif)).code).toBe(200);
    expect(small.grow(16)).toBe(true);
    expect(await head(tus.resumable_url)).toBe(`${bytes.length} of ${bytes.length}`);
    expect((await finish(small, tus)).data.sha256).toBe(sha256(bytes));
  });
});
