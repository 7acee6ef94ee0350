import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, origin } from './support/deployed.ts';
import { onePixel, sendFile } from './support/files.ts';
import { type People, type Person, read, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

/** As the client makes it: the fields of the store first, also where there are none, then the file. */
async function uploaded(by: Person, path: string, bytes: Uint8Array = onePixel): Promise<string> {
  const asked = await call(people.url, path, { token: by.token });
  expect(asked.code, asked.text).toBe(200);
  const { upload_url, download_url, oss_body_param } = asked.data;
  expect(Object.prototype.toString.call(oss_body_param)).toBe('[object Object]');
  const form = new FormData();
  for (const key of ['OSSAccessKeyId', 'policy', 'signature', 'callback', 'key']) {
    form.append(key, String(oss_body_param[key]));
  }
  form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), 'dot.png');
  const headers = { origin, app_id: 'flooim', 'access-token': by.token };
  const sent = await read(await fetch(upload_url, { method: 'POST', body: form, headers }));
  expect([sent.status, sent.data]).toEqual([200, true]);
  return download_url;
}

/** What stands behind `sign=`, as clients cut it out. */
const signOf = (url: string) => url.split('sign=')[1] ?? '';
const credentials = ({ token }: Person) => `&access-token=${token}&app_id=flooim`;
/** As the address of a picture: without any header. */
const shown = async (url: string) => {
  const response = await fetch(url);
  return [response.status, Buffer.from(await response.arrayBuffer()).equals(onePixel)];
};

describe('a file of a chat', () => {
  it.each([99, 100, 101, 102, 103, 104])('of type %d goes its whole way', async (type) => {
    const { alice, bob, carol } = people;
    const url = await uploaded(alice, `/file/upload/chat?file_type=${type}&to_id=${bob.uid}&to_type=1`);
    expect(url).toMatch(/^https?:\/\/[^/?]+\/[^?]+\?(?:[^&]+&)*file_sign=[\w-]+$/);
    expect(encodeURIComponent(signOf(url))).toBe(signOf(url));
    await sendFile(people, alice, bob.uid, { object: signOf(url), url });
    for (const more of ['', '&image_type=1', '&format=mp3', '&source=miniprogram', '&thumbnail_strategy=1']) {
      expect(await shown(url + credentials(bob) + more), more).toEqual([200, true]);
    }
    for (const more of ['&image_type=2', '&imgage_type=3']) {
      expect((await shown(url + credentials(bob) + more))[0], more).toBe(200);
    }
    expect((await shown(url + credentials(carol)))[0]).toBe(403);
    expect((await shown(`${url}&app_id=flooim`))[0]).toBe(401);
  });

  it('is forwarded by what stands behind sign= in its link, and the answer is the new link', async () => {
    const { alice, bob, carol } = people;
    const url = await uploaded(alice, `/file/upload/chat?file_type=102&to_id=${bob.uid}&to_type=1`);
    await sendFile(people, alice, bob.uid, { object: signOf(url), url });
    const query = `file_sign=${signOf(url)}&to_id=${carol.uid}&to_type=1&access-token=${bob.token}`;
    const { data } = await call(people.url, `/file/upload/forward?${query}`, { token: bob.token });
    expect(typeof data).toBe('string');
    await sendFile(people, bob, carol.uid, { object: signOf(data), url: data });
    expect(await shown(data + credentials(carol))).toEqual([200, true]);
  });
});

describe('a file of a group', () => {
  it.each([200, 201, 202, 203])('of type %d is shared once it is uploaded', async (type) => {
    const { alice, bob, carol, url: server } = people;
    const body = { name: 'g', user_list: [bob.uid] };
    const made = await call(server, '/group/create', { method: 'POST', token: alice.token, body });
    const { group_id } = made.data;
    const url = await uploaded(alice, `/file/upload/chat?file_type=${type}&to_id=${group_id}&to_type=2`);
    const file = { group_id, name: 'dot.png', size: onePixel.length, url, type: 'png' };
    expect((await call(server, '/group/file/upload', { method: 'POST', token: alice.token, body: file })).code).toBe(
      200,
    );
    const list = await call(server, `/group/file/list?group_id=${group_id}`, { token: bob.token });
    expect(await shown(list.data[0].url + credentials(bob))).toEqual([200, true]);
    expect((await shown(list.data[0].url + credentials(carol)))[0]).toBe(403);
  });
});

describe('an avatar', () => {
  it('is kept word for word as the client says it, by its link or by its name alone', async () => {
    const { alice, carol, url: server } = people;
    const url = await uploaded(alice, '/file/upload/avatar/user');
    const name = url.split('object_name=')[1] ?? '';
    const byName = `${server}/file/download/avatar?object_name=${name}&image_type=1`;
    for (const avatar of [url, name, 'https://cdn.example.org/a.png?x=1&y=%E7%8C%AB']) {
      const set = await call(server, '/user/avatar', { method: 'POST', token: alice.token, body: { avatar } });
      expect(set.data).toBe(true);
      const seen = await call(server, `/roster/id?user_id=${alice.uid}`, { token: carol.token });
      expect(seen.data.avatar).toBe(avatar);
      if (avatar.includes('cdn.')) continue;
      for (const link of [url, byName]) expect(await shown(link + credentials(carol))).toEqual([200, true]);
    }
  });

  it('never begins with a slash: clients would look for it among their own pictures', async () => {
    const { alice, url: server } = people;
    for (const avatar of ['/image/roster.png', '//cdn.example.org/a.png', '\\a.png']) {
      const set = await call(server, '/user/avatar', { method: 'POST', token: alice.token, body: { avatar } });
      expect([set.code, set.message]).toEqual([10002, expect.stringContaining('avatar')]);
    }
  });

  it('of a group is uploaded with the token in the address', async () => {
    const { alice, bob, url: server } = people;
    const made = await call(server, '/group/create', { method: 'POST', token: alice.token, body: { name: 'g' } });
    const { group_id } = made.data;
    const url = await uploaded(alice, `/file/upload/avatar/group?group_id=${group_id}&access-token=${alice.token}`);
    const body = { group_id, value: url };
    await call(server, '/group/info/avatar', { method: 'POST', token: alice.token, body });
    const seen = await call(server, `/group/info?group_id=${group_id}`, { token: bob.token });
    expect(seen.data.avatar).toBe(url);
    expect(await shown(url + credentials(bob))).toEqual([200, true]);
  });
});
