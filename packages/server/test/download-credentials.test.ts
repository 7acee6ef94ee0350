import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lookEveryMs } from '../src/file/download-doors.ts';
import { chatFile, download, groupFile, sendFile, statusOf, type Uploaded, upload } from './support/files.ts';
import {
  addApp,
  ask,
  changeDatabase,
  join,
  type People,
  type Person,
  read,
  standingClock,
  startPeople,
} from './support/rest.ts';

const clock = standingClock();
let people: People;
let alice: Person;
let bob: Person;
let file: Uploaded;
beforeAll(async () => {
  people = await startPeople({}, { clock });
  ({ alice, bob } = people);
});
beforeEach(async () => {
  file = await chatFile(people, alice, bob);
  await sendFile(people, alice, bob.uid, file);
});
afterAll(() => people.close());

/** Asks with nothing but the link. */
const open = (link: string) => statusOf(link, { appId: '' });
const storeTokenOf = async (person: Person) => (await people.ok(person, 'storeToken')).store_token as string;
const linkFor = async (person: Person, { object }: Uploaded = file, params: object = {}) =>
  (await people.ok(person, 'fileLink', { file_sign: object, ...params })) as { url: string; expires_at: number };
/** Another token of the same user. */
const anew = async ({ uid, name }: Person): Promise<Person> => {
  const { token } = await people.server.context.tokens.issue(uid, '');
  return { uid, name, token };
};
let lastReader = 0;
/** Somebody else who may read the file. */
const anotherReader = async (): Promise<Person> => {
  lastReader += 1;
  const person = await join(people.url, `reader_${lastReader}`);
  await sendFile(people, alice, person.uid, file);
  return person;
};
const changeApp = (change: string) => {
  changeDatabase(people.server, `UPDATE app SET ${change} WHERE app_id = 'flooim'`);
  people.server.context.apps.reload();
};

/** The ways in which somebody can show who he is, as the link that a browser opens. */
const ways: [name: string, link: (person: Person) => Promise<string>][] = [
  ['a token in the query', async ({ token }) => `${file.url}&access-token=${token}&app_id=flooim`],
  ['the credential of files', async (person) => `${file.url}&store_token=${await storeTokenOf(person)}`],
  ['a signed link', async (person) => (await linkFor(person)).url],
];

describe.each(ways)('%s', (_name, linkOf) => {
  it('opens a file, for who may read it', async () => {
    expect(await open(await linkOf(bob))).toBe(200);
  });

  it('ends with the token, at once', async () => {
    const person = await anew(bob);
    const link = await linkOf(person);
    expect(await open(link)).toBe(200);
    await people.ok(person, 'tokenRevoke');
    expect(await open(link)).toBe(401);
  });

  it('ends when the token expires', async () => {
    const person = await anotherReader();
    const link = await linkOf(person);
    const { tokens } = people.server.context;
    const { tokenHash } = await tokens.verifyAny(person.token);
    changeDatabase(people.server, `UPDATE token SET expires_at = ${clock()} WHERE uid = ${person.uid}`);
    tokens.ended(person.uid, [tokenHash]);
    expect(await open(link)).toBe(401);
  });

  it('ends when the user is disabled', async () => {
    const person = await anotherReader();
    const link = await linkOf(person);
    expect(await open(link)).toBe(200);
    const token = await people.server.context.adminTokens.create('flooim');
    await ask(people.url, 'userDisable', { list: [person.uid] }, { token });
    expect(await open(link)).toBe(401);
  });

  it('is refused while the app is frozen', async () => {
    const link = await linkOf(bob);
    changeApp("status = 'frozen'");
    expect(await open(link)).toBe(403);
    changeApp("status = 'normal'");
    expect(await open(link)).toBe(200);
  });

  it('ends with the right to read', async () => {
    const { group_id } = await people.ok(alice, 'groupCreate', { name: 'g', user_list: [bob.uid] });
    file = await groupFile(people, alice, group_id, 200);
    await people.ok(alice, 'groupFileShare', { group_id, name: 'plan', size: 10, url: file.url });
    const link = await linkOf(bob);
    expect(await open(link)).toBe(200);
    await people.ok(alice, 'groupKick', { group_id, user_list: [bob.uid] });
    expect(await open(link)).toBe(403);
  });
});

describe('a download on its way', () => {
  /** Takes the beginning of a large file; then, whether it got the rest of it as well. */
  const begin = async (link: string) => {
    const asked = request(link, { agent: false });
    const [response] = (await once(asked.end(), 'response')) as [IncomingMessage];
    response.pause();
    return async () => {
      response.resume();
      return finished(response).then(
        () => true,
        () => false,
      );
    };
  };
  let large: Uploaded;
  let mid: number;
  beforeEach(async () => {
    large = await chatFile(people, alice, bob, randomBytes(20 * 1024 * 1024));
    mid = await sendFile(people, alice, bob.uid, large);
  });

  it('goes on as long as who takes it may', async () => {
    const rest = await begin((await linkFor(bob, large)).url);
    clock.advance(limits.fileLinkTtlMs);
    await sleep(2 * lookEveryMs);
    expect(await rest()).toBe(true);
  });

  it('ends with the token', async () => {
    const person = await anew(bob);
    const rests = await Promise.all([
      begin(`${large.url}&store_token=${await storeTokenOf(person)}`),
      begin((await linkFor(person, large)).url),
    ]);
    await people.ok(person, 'tokenRevoke');
    await sleep(2 * lookEveryMs);
    expect(await Promise.all(rests.map((rest) => rest()))).toEqual([false, false]);
  });

  it('ends with the right to read', async () => {
    const rest = await begin((await linkFor(bob, large)).url);
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: mid });
    await sleep(2 * lookEveryMs);
    expect(await rest()).toBe(false);
  });
});

describe('a token', () => {
  it('is taken from headers or from the query, never twice', async () => {
    expect(await statusOf(file.url, { token: bob.token })).toBe(200);
    const twice = `${file.url}&access-token=${bob.token}&access-token=${bob.token}&app_id=flooim`;
    expect(await open(twice)).toBe(401);
  });

  it('works with the app that it is of', async () => {
    await addApp(people.server, 'other');
    for (const app of ['other', 'no_app', '']) {
      const status = await open(`${file.url}&access-token=${bob.token}&app_id=${app}`);
      expect(status).toBe(app === 'other' ? 401 : 403);
    }
  });
});

describe('the credential of files', () => {
  it('comes with a login, and is the same when asked for', async () => {
    const grant = await ask(people.url, 'tokenByName', { name: 'bob', password: 'correct-horse-1' });
    const token = grant.data.token as string;
    expect(await storeTokenOf({ ...bob, token })).toBe(grant.data.store_token);
    expect(await open(`${file.url}&store_token=${grant.data.store_token}`)).toBe(200);
  });

  it('opens nothing but files', async () => {
    const storeToken = await storeTokenOf(bob);
    for (const query of [`store_token=${storeToken}`, `access-token=${storeToken}`]) {
      const profile = await read(await fetch(`${people.url}/user/profile?app_id=flooim&${query}`));
      expect([10003, 402]).toContain(profile.code);
    }
  });

  it('is of no use when anything in it is changed', async () => {
    const storeToken = await storeTokenOf(bob);
    for (const at of [1, 20, 44, 60, 80]) {
      const other = storeToken[at] === 'A' ? 'B' : 'A';
      const changed = storeToken.slice(0, at) + other + storeToken.slice(at + 1);
      expect(await open(`${file.url}&store_token=${changed}`)).toBe(401);
    }
    expect(await open(`${file.url}&store_token=${storeToken.slice(0, -1)}`)).toBe(401);
    expect(await open(`${file.url}&store_token=${storeToken}x`)).toBe(401);
  });

  it('is of its own app, whatever the link says', async () => {
    const storeToken = await storeTokenOf(bob);
    expect(await open(`${file.url}&store_token=${storeToken}&app_id=flooim`)).toBe(200);
    expect(await open(`${file.url}&store_token=${storeToken}&app_id=other`)).toBe(401);
  });

  it('is for users, not for administrators', async () => {
    const token = await people.server.context.adminTokens.create('flooim');
    const answer = await ask(people.url, 'storeToken', {}, { token, headers: { user_id: String(bob.uid) } });
    expect([answer.code, answer.message]).toEqual([10010, expect.stringContaining('link to each file')]);
  });
});

describe('a signed link', () => {
  it('says how long it works, and works no longer', async () => {
    const { url, expires_at } = await linkFor(bob);
    expect(expires_at).toBe(clock() + limits.fileLinkTtlMs);
    clock.advance(limits.fileLinkTtlMs - 1);
    expect(await open(url)).toBe(200);
    clock.advance(1);
    expect(await open(url)).toBe(401);
  });

  it('is for one file, and its thumbnail', async () => {
    const other = await chatFile(people, alice, bob);
    await sendFile(people, alice, bob.uid, other);
    const link = new URL((await linkFor(bob)).url);
    expect(await open(`${link.href}&image_type=2`)).toBe(200);
    link.searchParams.set('file_sign', other.object);
    expect(await open(link.href)).toBe(401);
    link.searchParams.delete('file_sign');
    expect(await open(link.href)).toBe(401);
  });

  it('is for the file that the address opens, whatever else it names', async () => {
    const other = await chatFile(people, alice, bob);
    await sendFile(people, alice, bob.uid, other);
    const link = new URL((await linkFor(bob)).url);
    link.searchParams.set('object_name', other.object);
    expect(await open(link.href)).toBe(200);
    link.pathname = '/file/download/avatar';
    expect(await open(link.href)).toBe(401);
  });

  it('is of no use when anything in it is changed', async () => {
    const link = new URL((await linkFor(bob)).url);
    const signed = link.searchParams.get('signed') as string;
    const [said = '', mac = ''] = signed.split('.');
    const content = JSON.parse(Buffer.from(said, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...content, expiresAt: clock() + 1e12 })).toString('base64url');
    const { upload_url } = await people.ok(bob, 'fileUploadAvatar');
    const ofUpload = new URL(upload_url).searchParams.get('upload') as string;
    for (const changed of [`${forged}.${mac}`, `${said}.`, said, `.${mac}`, `${said}.${'A'.repeat(43)}`, ofUpload]) {
      link.searchParams.set('signed', changed);
      expect(await open(link.href)).toBe(401);
    }
  });

  it('saves the file where that is asked for', async () => {
    const { url } = await linkFor(bob, file, { save: true });
    const response = await download(url, { appId: '' });
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
    await response.arrayBuffer();
  });

  it('is given only to who may read', async () => {
    const carol = people.carol;
    expect(await people.as(carol, 'fileLink', { file_sign: file.object })).toMatchObject({ status: 200, code: 10010 });
    const nothing = await people.as(carol, 'fileLink', { file_sign: 'A'.repeat(22) });
    expect(nothing).toMatchObject({ status: 200, code: 10002, message: 'the file does not exist' });
  });

  it('of an avatar leads to its own address', async () => {
    const avatar = await upload(people, alice, { name: 'fileUploadAvatar' }, avatarBytes, 'me.gif');
    const { url } = await linkFor(bob, avatar);
    expect(url).toContain('/file/download/avatar?object_name=');
    expect(await open(url)).toBe(200);
  });

  it('of an administrator is as good as the user for whom he asked, and ends with his token', async () => {
    const { adminTokens } = people.server.context;
    const token = await adminTokens.create('flooim');
    const linkOf = (user: Person) =>
      ask(people.url, 'fileLink', { file_sign: file.object }, { token, headers: { user_id: String(user.uid) } });
    expect((await linkOf(people.carol)).code).toBe(10010);
    const { data } = await linkOf(bob);
    expect(await open(data.url)).toBe(200);
    changeApp("status = 'frozen'");
    expect(await open(data.url)).toBe(403);
    changeApp("status = 'normal'");
    await adminTokens.endAll('flooim');
    expect(await open(data.url)).toBe(401);
  });

  it('of an administrator ends with the user for whom he asked', async () => {
    const token = await people.server.context.adminTokens.create('flooim');
    const person = await anotherReader();
    const headers = { user_id: String(person.uid) };
    const { data } = await ask(people.url, 'fileLink', { file_sign: file.object }, { token, headers });
    expect(await open(data.url)).toBe(200);
    await people.ok(person, 'userDelete', { password: 'correct-horse-1' });
    expect(await open(data.url)).toBe(404);
  });
});

const avatarBytes = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
