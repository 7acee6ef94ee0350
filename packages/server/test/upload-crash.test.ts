import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type FileUpload, serverRest } from '@flooim/protocol';
import { type SpawnedServer, spawnServer, startServer, temporaryFolder, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KillStep } from '../../testkit/src/bars/killed-server.ts';
import { RawRequest } from './support/raw-request.ts';
import { ask, type Person, read, startPeople } from './support/rest.ts';
import { create, head, patch } from './support/tus.ts';
import { expectNothingLeft, filesIn, formOf, gif, objectOf, passOf, post, someBytes } from './support/uploads.ts';

const program = fileURLToPath(new URL('../../testkit/src/bars/killed-server.ts', import.meta.url));

let data: string;
let alice: Person;
beforeAll(async () => {
  data = temporaryFolder();
  const people = await startPeople({ data });
  ({ alice } = people);
  await people.close();
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** A server that is killed at that step, or whenever the test says. */
function spawnKilled(step?: KillStep): Promise<SpawnedServer> {
  return spawnServer({ data, program, env: step ? { FLOOIM_KILL_AT: step } : {} });
}

async function avatarAddress(url: string): Promise<FileUpload> {
  return (await ask(url, 'fileUploadAvatar', {}, { token: alice.token })).data;
}

/** A server after it, for as long as it takes to look. */
async function afterwards(look: (url: string) => Promise<void>): Promise<void> {
  const server = await startServer({ data });
  try {
    await until(() => filesIn(data).strays.length === 0, 'the sweep');
    await look(server.url);
  } finally {
    await server.close();
  }
}

/** That the server is gone, and not by itself. */
async function killed(server: SpawnedServer, act: Promise<unknown>): Promise<void> {
  await expect(act).rejects.toThrow();
  await server.kill9();
}

const moved = (url: string, server: SpawnedServer, to: string) => url.replace(server.url, to);

describe('a server that is killed when a file has come', () => {
  it.each([
    'before it is expected',
    'after it is expected',
    'while it is put',
    'after it is put',
    'before it is stored',
    'after it is stored',
  ] satisfies KillStep[])(
    '%s, has the row with the object, or neither; the file can be sent again',
    async (step) => {
      const server = await spawnKilled(step);
      const upload = await avatarAddress(server.url);
      await killed(server, post(upload.upload_url, gif));
      await afterwards(async (url) => {
        expectNothingLeft(data);
        const isThere = filesIn(data).rows.some((row) => row['object'] === objectOf(upload));
        expect(isThere).toBe(step === 'after it is stored');
        expect((await post(moved(upload.upload_url, server, url), gif)).text).toBe('{"code":200,"data":true}');
        expectNothingLeft(data);
        expect(filesIn(data).rows.map((row) => row['object'])).toContain(objectOf(upload));
      });
    },
    60_000,
  );

  it.each([
    ['while it is put', `${gif.length} of ${gif.length}`],
    ['after it is put', '404'],
    ['after it is stored', `${gif.length} of ${gif.length}`],
  ] satisfies [KillStep, string][])(
    '%s, has by tus what it says that it has: %s',
    async (step, left) => {
      const server = await spawnKilled(step);
      const upload = await avatarAddress(server.url);
      await create(upload.resumable_url, gif.length);
      await killed(server, patch(upload.resumable_url, 0, gif));
      await afterwards(async (url) => {
        const there = moved(upload.resumable_url, server, url);
        expect(await head(there)).toBe(left);
        if (left === '404') expect((await create(there, gif.length, {}, gif)).status).toBe(201);
        const finished = await ask(url, 'fileFinish', { upload: passOf(upload) });
        expect(finished.data).toMatchObject({ size: gif.length, type: 'image/gif' });
        expectNothingLeft(data);
      });
    },
    60_000,
  );
});

describe.each(['before it is removed', 'after it is removed', 'after it is forgotten'] satisfies KillStep[])(
  'a server that is killed when a file is not needed any more, %s,',
  (step) => {
    it('removes it all the same', async () => {
      const server = await spawnKilled(step);
      const upload = await avatarAddress(server.url);
      expect((await post(upload.upload_url, gif)).code).toBe(200);
      const set = async (avatar: string) => {
        const { path, methods } = serverRest.userAvatar;
        const headers = { app_id: 'flooim', 'access-token': alice.token, 'content-type': 'application/json' };
        return read(await fetch(server.url + path, { method: methods[0], body: JSON.stringify({ avatar }), headers }));
      };
      expect((await set(upload.download_url)).code).toBe(200);
      expect((await set('')).code).toBe(200);
      const gone = async () => !(await fetch(`${server.url}/healthz`).catch(() => undefined));
      await until(gone, 'the sweep that kills', { timeoutMs: 20_000, everyMs: 50 });
      await server.kill9();
      await afterwards(async () => {
        expectNothingLeft(data);
        expect(filesIn(data).objects).not.toContain(objectOf(upload));
      });
    }, 60_000);
  },
);

describe('a server that is killed while a file comes', () => {
  it('leaves nothing of a form, and what came by tus', async () => {
    const server = await spawnKilled();
    const [form, resumable] = [await avatarAddress(server.url), await avatarAddress(server.url)];
    const { type, body } = formOf(someBytes(100_000));
    const sent = await RawRequest.open(form.upload_url, 'POST', {
      'content-type': type,
      'content-length': body.length,
    });
    await sent.write(body.subarray(0, 60_000));
    await create(resumable.resumable_url, gif.length, {}, gif.subarray(0, 20));
    await until(() => filesIn(data).staged.length === 3, 'both on their way');
    await server.kill9();
    await afterwards(async (url) => {
      const object = objectOf(resumable);
      expect(filesIn(data).staged.toSorted()).toEqual([`${object}.json`, `${object}.tus`]);
      const there = moved(resumable.resumable_url, server, url);
      expect(await head(there)).toBe(`20 of ${gif.length}`);
      expect((await patch(there, 20, gif.subarray(20))).status).toBe(204);
      expectNothingLeft(data);
    });
  }, 60_000);
});
