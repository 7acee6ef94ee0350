import { limits } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RawRequest } from './support/raw-request.ts';
import { ask, join, type People, type Person, password, standingClock, startPeople } from './support/rest.ts';
import { create, head, patch } from './support/tus.ts';
import {
  expectNothingLeft,
  filesIn,
  finish,
  formOf,
  gif,
  objectOf,
  post,
  someBytes,
  uploadFor,
} from './support/uploads.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const operator = () => ({ token: people.server.context.secrets.operatorToken });

/** Somebody who is to upload something, and the group that he is in. */
async function newcomer(): Promise<{ eve: Person; gid: number }> {
  const eve = await join(people.url, `eve${Math.random().toString(36).slice(2)}`);
  const group = { name: 'a group', user_list: [eve.uid, people.carol.uid] };
  const { group_id: gid } = await people.ok(people.bob, 'groupCreate', group);
  await people.ok(people.bob, 'groupAdminAdd', { group_id: gid, user_list: [eve.uid] });
  return { eve, gid };
}

type Case = Awaited<ReturnType<typeof newcomer>>;

const addresses = {
  toBob: ({ eve }: Case) => people.ok(eve, 'fileUploadChat', { file_type: 100, to_id: people.bob.uid }),
  toGroup: ({ eve, gid }: Case) => people.ok(eve, 'fileUploadChat', { file_type: 100, to_id: gid, to_type: 2 }),
  shared: ({ eve, gid }: Case) => people.ok(eve, 'fileUploadChat', { file_type: 200, to_id: gid, to_type: 2 }),
  avatar: ({ eve }: Case) => people.ok(eve, 'fileUploadAvatar', {}),
  groupAvatar: ({ eve, gid }: Case) => people.ok(eve, 'fileUploadGroupAvatar', { group_id: gid }),
};

const setApp = (status: string) => ask(people.url, 'operatorAppUpdate', { app_id: 'flooim', status }, operator());

const kick = ({ eve, gid }: Case) => people.ok(people.bob, 'groupKick', { group_id: gid, user_list: [eve.uid] });

const changes: Record<string, { to: keyof typeof addresses; code: number; change(of: Case): Promise<unknown> }> = {
  'his token is revoked': { to: 'toBob', code: 402, change: ({ eve }) => people.ok(eve, 'tokenRevoke') },
  'he changes his password elsewhere': {
    to: 'avatar',
    code: 402,
    async change({ eve }) {
      const { data } = await ask(people.url, 'tokenByName', { name: eve.name, password });
      const passwords = { old_password: password, new_password: 'another-password' };
      expect((await ask(people.url, 'userChangePassword', passwords, { token: data.token })).code).toBe(200);
    },
  },
  'he is disabled': {
    to: 'avatar',
    code: 402,
    change: ({ eve }) =>
      fetch(`${people.url}/user/disable`, {
        method: 'PUT',
        body: JSON.stringify({ list: [eve.uid] }),
        headers: { app_id: 'flooim', 'access-token': operator().token, 'content-type': 'application/json' },
      }),
  },
  'he is deleted': { to: 'avatar', code: 402, change: ({ eve }) => people.ok(eve, 'userDelete', { password }) },
  'his app is frozen': { to: 'toBob', code: 40003, change: () => setApp('frozen') },
  'the other one blocks him': {
    to: 'toBob',
    code: 10006,
    change: ({ eve }) => people.ok(people.bob, 'rosterBlock', { user_id: eve.uid }),
  },
  'he is removed from the group': { to: 'toGroup', code: 20011, change: kick },
  'he is removed from the group whose list it is for': { to: 'shared', code: 20011, change: kick },
  'he may not send to the group any more': {
    to: 'toGroup',
    code: 10010,
    change: ({ eve, gid }) => people.ok(people.bob, 'groupBan', { group_id: gid, user_list: [eve.uid], duration: -1 }),
  },
  'the group is dissolved': {
    to: 'toGroup',
    code: 20001,
    change: ({ gid }) => people.ok(people.bob, 'groupDestroy', { group_id: gid }),
  },
  'he is no administrator any more': {
    to: 'groupAvatar',
    code: 20012,
    change: ({ eve, gid }) => people.ok(people.bob, 'groupAdminRemove', { group_id: gid, user_list: [eve.uid] }),
  },
};

describe.each(Object.entries(changes))('whoever has an address, when %s,', (_what, { to, code, change }) => {
  async function begin() {
    const one = await newcomer();
    onTestFinished(async () => void (await setApp('normal')));
    return { one, upload: await addresses[to](one) };
  }

  it('is refused', async () => {
    const { one, upload } = await begin();
    await change(one);
    expect((await post(upload.upload_url, gif)).code).toBe(code);
    const refused = await create(upload.resumable_url, gif.length);
    expect([refused.status >= 400 && refused.status < 500, (await refused.json()).code]).toEqual([true, code]);
    expectNothingLeft(people.server.data);
  });

  it('is refused though the upload was under way', async () => {
    const { one, upload } = await begin();
    const { type, body } = formOf(Buffer.concat([gif, someBytes(5000)]));
    const headers = { 'content-type': type, 'content-length': body.length };
    const request = await RawRequest.open(upload.upload_url, 'POST', headers);
    await request.write(body.subarray(0, 4000));
    await until(() => filesIn(people.server.data).staged.length === 1, 'the upload under way');
    await change(one);
    await request.write(body.subarray(4000));
    expect(JSON.parse((await request.answer()).body).code).toBe(code);
    request.cut();
    expectNothingLeft(people.server.data);
  });

  it('is refused though the upload had come almost to its end', async () => {
    const { one, upload } = await begin();
    const url = upload.resumable_url;
    expect((await create(url, gif.length, {}, gif.subarray(0, 20))).status).toBe(201);
    await change(one);
    const refused = await patch(url, 20, gif.subarray(20));
    expect([refused.status >= 400 && refused.status < 500, (await refused.json()).code]).toEqual([true, code]);
    await people.server.context.resumables.remove(objectOf(upload));
    expectNothingLeft(people.server.data);
    expect(filesIn(people.server.data).rows).toEqual([]);
  });
});

describe('an address', () => {
  it('expires, and with it what has come', async () => {
    const clock = standingClock();
    const own = await startPeople({}, { clock });
    onTestFinished(() => own.close());
    const upload = await uploadFor(own, own.alice, own.bob);
    await create(upload.resumable_url, gif.length, {}, gif.subarray(0, 20));
    clock.advance(limits.uploadTtlMs - 1);
    await own.server.context.sweeper.sweep();
    expect(await head(upload.resumable_url)).toBe(`20 of ${gif.length}`);
    clock.advance(1);
    expect(await head(upload.resumable_url)).toBe('403');
    expect((await post(upload.upload_url, gif)).message).toBe('the upload address is not valid or has expired');
    expect((await finish(own, upload)).message).toBe('the upload address is not valid or has expired');
    expect(filesIn(own.server.data).partBytes).toBe(20);
    await own.server.context.sweeper.sweep();
    expectNothingLeft(own.server.data);
  });

  it('is one that clients reach', async () => {
    const proxied = await startPeople({ trustProxy: true });
    onTestFinished(() => proxied.close());
    const asked = { file_type: 100, to_id: proxied.bob.uid };
    const headers = { 'x-forwarded-host': 'im.example.org', 'x-forwarded-proto': 'https' };
    const upload = await proxied.ok(proxied.alice, 'fileUploadChat', asked, { headers });
    const urls = [upload.upload_url, upload.resumable_url, upload.download_url];
    expect(urls.map((url) => new URL(url).origin)).toEqual(Array(3).fill('https://im.example.org'));
    const here = upload.resumable_url.replace('https://im.example.org', proxied.url);
    expect((await create(here, 10, headers)).headers.get('location')).toBe(upload.resumable_url);
    const named = await startPeople({ publicUrl: 'https://chat.example.org' });
    onTestFinished(() => named.close());
    const { resumable_url } = await uploadFor(named, named.alice, named.bob);
    const made = await create(resumable_url.replace('https://chat.example.org', named.url), 10);
    expect(made.headers.get('location')).toBe(resumable_url);
    expect(resumable_url.startsWith('https://chat.example.org/')).toBe(true);
  });

  it('may be used by pages of any origin', async () => {
    const { resumable_url } = await uploadFor(people, people.alice, people.bob);
    const origin = 'https://app.example.org';
    const asks = 'content-type, tus-resumable, upload-length, upload-metadata, upload-offset';
    const preflight = await fetch(resumable_url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': asks },
    });
    for (const method of ['POST', 'HEAD', 'PATCH', 'DELETE']) {
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    }
    for (const header of asks.split(', ')) {
      expect(preflight.headers.get('access-control-allow-headers')).toContain(header);
    }
    for (const answer of [
      await create(resumable_url, 10, { origin }),
      await patch(resumable_url, 5, gif, { origin }),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      const shown = answer.headers.get('access-control-expose-headers')?.split(', ') ?? [];
      expect(shown).toEqual([...new Set(shown)]);
      expect(shown).toEqual(expect.arrayContaining(['location', 'upload-offset', 'upload-length', 'upload-expires']));
    }
  });
});
