import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '@flooim/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBackup } from '../src/backup/make-backup.ts';
import { measure, readManifest } from '../src/backup/manifest.ts';
import { restore } from '../src/backup/restore.ts';
import { operate } from '../src/command-line/operate.ts';
import { Database } from '../src/store/database.ts';
import { ask, newFolder, type People, startPeople } from './support/rest.ts';
import { gif, objectOf, post, someBytes, uploadFor } from './support/uploads.ts';

/** Every file of a folder, with its mode. */
function modesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    return `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
  });
}

async function upload(people: People, bytes: Buffer<ArrayBuffer>, name: string) {
  const address = await uploadFor(people, people.alice, people.bob);
  expect((await post(address.upload_url, bytes, { name })).code).toBe(200);
  return address;
}

const objectPath = (folder: string, object: string) => join(folder, 'files', object.slice(0, 2), object);

describe('a backup', () => {
  it('of a running server holds accounts, sessions and files, and a server goes on with it', async () => {
    const people = await startPeople();
    const sent = await upload(people, gif, 'picture.gif');
    const set = newFolder();
    const text = await operate(['backup', set, '--data', people.server.data]);
    expect(text).toContain(`${set} holds 3 users, 0 groups, `);
    expect(text).toContain(' 1 files (1 MB)');
    await upload(people, someBytes(1000), 'later.bin');
    await people.close();
    expect(new Set(modesIn(set))).toEqual(new Set(['file 600', 'folder 700']));
    const data = newFolder();
    await operate(['restore', set, '--data', data]);
    const restored = await startServer({ data });
    const { token } = people.alice;
    expect((await ask(restored.url, 'userProfile', {}, { token })).data.username).toBe('alice');
    const link = sent.download_url.replace(people.url, restored.url);
    const answer = await fetch(link, { headers: { 'access-token': token, app_id: 'flooim' } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(gif)).toBe(true);
    expect(restored.context.reader.all('SELECT name FROM file').map(({ name }) => name)).toEqual(['picture.gif']);
    // A user of now has the id of nobody who came after the backup.
    const { data: made } = await ask(restored.url, 'userRegister', { username: 'dora', password: 'correct-horse-1' });
    expect(made.user_id).toBeGreaterThan(people.carol.uid + 100_000);
    await restored.close();
  });

  it('leaves what is in the S3 store there, and says so', async () => {
    const people = await startPeople();
    await upload(people, gif, 'picture.gif');
    const set = newFolder();
    const { files } = await makeBackup({ data: people.server.data, filesIn: 's3' }, set);
    expect(files).toEqual({ where: 's3', bytes: gif.length, lacking: [] });
    expect(readdirSync(join(set, 'files'))).toEqual([]);
    await restore(set, newFolder(), { replace: false });
    await people.close();
  });

  it('needs a folder of its own, and a data folder', async () => {
    const people = await startPeople();
    const set = newFolder();
    await expect(operate(['backup', set, '--data', newFolder()])).rejects.toThrow(/is not the data folder of a server/);
    await expect(operate(['backup', people.server.data, '--data', people.server.data])).rejects.toThrow(
      /is there already/,
    );
    await people.close();
  });

  it('is made without a file that the data folder has lost, and says which', async () => {
    const people = await startPeople();
    const [first, second] = [await upload(people, gif, 'a.gif'), await upload(people, someBytes(5000), 'b.bin')];
    writeFileSync(objectPath(people.server.data, objectOf(second)), someBytes(5000, 2));
    const set = newFolder();
    const making = operate(['backup', set, '--data', people.server.data]);
    await expect(making).rejects.toThrow(`is made, without 1 files that ${people.server.data} does not have whole`);
    await people.close();
    expect(readManifest(set).files.lacking).toEqual([objectOf(second)]);
    const data = newFolder();
    await restore(set, data, { replace: false });
    expect([first, second].map((each) => existsSync(objectPath(data, objectOf(each))))).toEqual([true, false]);
  });
});

describe('a restore', () => {
  let good: string;
  let object: string;
  beforeAll(async () => {
    const people = await startPeople();
    object = objectOf(await upload(people, someBytes(5000), 'a.bin'));
    // Kept for all tests of this file.
    good = `${people.server.data}-good`;
    await makeBackup({ data: people.server.data, filesIn: 'data' }, good);
    await people.close();
    return () => rmSync(good, { recursive: true });
  });

  const edit = (path: string, change: (bytes: Buffer) => void) => {
    const bytes = readFileSync(path);
    change(bytes);
    writeFileSync(path, bytes);
  };
  const changeManifest = (set: string, change: (manifest: ReturnType<typeof readManifest>) => void) => {
    const manifest = readManifest(set);
    change(manifest);
    writeFileSync(join(set, 'manifest.json'), JSON.stringify(manifest));
  };
  /** Makes the manifest agree with the database. */
  const takeHash = async (set: string) => {
    const database = await measure(join(set, 'flooim.db'));
    changeManifest(set, (manifest) => Object.assign(manifest, { database }));
  };
  const changeDatabase = async (set: string, change: (db: Database) => void) => {
    const db = new Database(join(set, 'flooim.db'), 'write');
    change(db);
    db.close();
    await takeHash(set);
  };

  it.each<[string, RegExp, (set: string) => unknown]>([
    ['without its manifest', /is not a backup/, (set) => rmSync(join(set, 'manifest.json'))],
    [
      'with half a manifest',
      /manifest.json cannot be read/,
      (set) => writeFileSync(join(set, 'manifest.json'), '{"fo'),
    ],
    [
      'of a later kind',
      /newer flooim/,
      (set) => changeManifest(set, (manifest) => Object.assign(manifest, { format: 2 })),
    ],
    ['without its database', /has no flooim\.db/, (set) => rmSync(join(set, 'flooim.db'))],
    [
      'with another byte in the database',
      /another hash/,
      (set) => edit(join(set, 'flooim.db'), (b) => b.fill(7, 9000, 9001)),
    ],
    ['with a longer database', /bytes instead of/, (set) => appendFileSync(join(set, 'flooim.db'), 'x')],
    ['without its secrets', /has no secret\.json/, (set) => rmSync(join(set, 'secret.json'))],
    [
      'with other secrets',
      /secret\.json of the backup is damaged/,
      (set) => edit(join(set, 'secret.json'), (b) => b.write('xxxx', 10)),
    ],
    ['without a file', /lacks 1 of 1 files/, (set) => rmSync(objectPath(set, object))],
    ['with a damaged file', /lacks 1 of 1 files/, (set) => edit(objectPath(set, object), (b) => b.fill(1, 100, 200))],
    [
      'of a newer schema',
      /schema 999, this flooim knows/,
      (set) => changeDatabase(set, (db) => db.exec('PRAGMA user_version = 999')),
    ],
    [
      'of another schema than it says',
      /its manifest says/,
      (set) => changeManifest(set, (manifest) => Object.assign(manifest, { schema: 1 })),
    ],
    [
      'with fewer rows',
      /the backup has 3 users, its manifest says 4/,
      (set) => changeManifest(set, (manifest) => Object.assign(manifest.counts, { users: 4 })),
    ],
    [
      'with rows that refer to nothing',
      /a row of token has no user/,
      (set) => changeDatabase(set, (db) => db.exec('PRAGMA foreign_keys = OFF; UPDATE token SET uid = 4')),
    ],
    [
      'with a damaged page that its hash agrees with',
      /the database of the backup is damaged: /,
      async (set) => {
        edit(join(set, 'flooim.db'), (bytes) => bytes.fill(0, bytes.length - 4096));
        await takeHash(set);
      },
    ],
  ])('refuses a backup %s, and leaves nothing', async (_, said, damage) => {
    const set = newFolder();
    cpSync(good, set, { recursive: true });
    await damage(set);
    const data = newFolder();
    await expect(restore(set, data, { replace: false })).rejects.toThrow(said);
    expect(existsSync(data) ? readdirSync(data).filter((name) => name !== 'server.lock') : []).toEqual([]);
  });

  it('refuses a folder that holds data, and one that a server uses', async () => {
    const people = await startPeople();
    const { data } = people.server;
    await expect(operate(['restore', good, '--data', data])).rejects.toThrow(/another flooim server uses/);
    await expect(operate(['restore', good, '--replace', data])).rejects.toThrow(/another flooim server uses/);
    expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
    await people.close();
    const other = newFolder();
    await startServer({ data: other }).then((server) => server.close());
    await expect(operate(['restore', good, '--data', other])).rejects.toThrow(/holds data: .*--replace/);
    await operate(['restore', good, '--replace', other]);
    expect(readdirSync(other).filter((name) => name.startsWith('replaced-'))).toHaveLength(1);
  });

  it('that is killed anywhere leaves what was there, or has all in place after the next start', async () => {
    const old = newFolder();
    const before = await startPeople({ data: old });
    await ask(before.url, 'userRegister', { username: 'old', password: 'correct-horse-1' });
    const oldFile = objectOf(await upload(before, gif, 'old.gif'));
    await before.close();
    const killed = `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const [step, set, data] = process.argv.slice(1);
      let left = Number(step);
      const rename = fs.renameSync;
      fs.renameSync = (...args) => {
        if (left-- === 0) process.kill(process.pid, 'SIGKILL');
        rename(...args);
      };
      syncBuiltinESMExports();
      const { restore } = await import('${new URL('../src/backup/restore.ts', import.meta.url)}');
      await restore(set, data, { replace: true });`;
    const node = (step: number, data: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', killed, String(step), good, data]);
    const found: string[] = [];
    for (let step = 0; found.at(-1) !== 'ended'; step++) {
      const data = newFolder();
      cpSync(old, data, { recursive: true });
      const ended = await node(step, data).then(
        () => true,
        (error: { signal?: string }) => {
          expect(error.signal).toBe('SIGKILL');
          return false;
        },
      );
      const server = await startServer({ data, writer: 'inline' });
      const users = server.context.reader.all("SELECT username FROM user WHERE username = 'old'").length;
      const file = users === 1 ? oldFile : object;
      expect(server.context.reader.get('SELECT 1 FROM file WHERE object = ?', file)).toBeDefined();
      expect(existsSync(objectPath(data, file))).toBe(true);
      const secret = users === 1 ? old : good;
      expect(readFileSync(join(data, 'secret.json'))).toEqual(readFileSync(join(secret, 'secret.json')));
      expect(existsSync(join(data, 'restored'))).toBe(false);
      found.push(users === 1 ? 'old' : 'new');
      await server.close();
      if (ended) found.push('ended');
    }
    expect(found.join(' ')).toMatch(/^old (new ){6,}ended$/);
  }, 120_000);
});
