import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatFile, onePixel, sendFile, statusOf, upload } from './support/files.ts';
import { type Cast, type Company, gather, newGroup, type Role } from './support/group-cast.ts';
import { addApp, ask, changeDatabase, join, type People, type Person, startPeople } from './support/rest.ts';

let company: Company;
let people: People;
let cast: Cast;
let alice: Person;
let bob: Person;
let carol: Person;
beforeAll(async () => {
  company = await gather();
  people = company.people;
  ({ alice, bob, carol } = people);
});
beforeEach(async () => {
  cast = await newGroup(company);
});
afterAll(() => people.close());

const chat = (by: Person, params: object) => people.as(by, 'fileUploadChat', { file_type: 100, ...params });
const refused = (code: number, ...words: string[]) => ({
  status: 200,
  code,
  message: expect.stringContaining(words.join(' ')),
});

describe('the kind of a file', () => {
  it.each([99, 100, 101, 102, 103, 104])('%d is for a chat', async (file_type) => {
    expect(await chat(alice, { file_type, to_id: bob.uid })).toMatchObject({ code: 200 });
    expect(await chat(cast.member, { file_type, to_id: cast.gid, to_type: 2 })).toMatchObject({ code: 200 });
  });

  it.each([200, 201, 202, 203])('%d is to be shared with a group', async (file_type) => {
    for (const to of [{ to_type: 2 }, {}]) {
      expect(await chat(cast.member, { file_type, to_id: cast.gid, ...to })).toMatchObject({ code: 200 });
    }
    expect(await chat(alice, { file_type, to_id: bob.uid, to_type: 1 })).toMatchObject(
      refused(10002, 'to_type must be 2'),
    );
    expect(await chat(alice, { file_type, to_id: bob.uid })).toMatchObject(refused(20001));
  });

  it.each([105, 150, 199])('%d is none', async (file_type) => {
    expect(await chat(alice, { file_type, to_id: bob.uid })).toMatchObject(refused(10002, 'file_type must be'));
  });

  it.each(['98', '204', 'x', ''])('%j is none', async (file_type) => {
    expect(await chat(alice, { file_type, to_id: bob.uid })).toMatchObject(refused(10002, 'file_type'));
  });
});

describe('whoever may not send there', () => {
  it('gets no address, and hears why, as for messages', async () => {
    const [blocker, blocked] = [await join(people.url, 'blocker'), await join(people.url, 'blocked')];
    await people.ok(blocker, 'rosterBlock', { user_id: blocked.uid });
    expect(await chat(blocked, { to_id: blocker.uid })).toMatchObject(refused(10006, 'blocked by the recipient'));
    expect(await chat(blocker, { to_id: blocked.uid })).toMatchObject(refused(10010));
    expect(await chat(alice, { to_id: 1 })).toMatchObject(refused(10000));
    expect(await chat(alice, { to_id: cast.foreigner.uid })).toMatchObject(refused(10000));
    expect(await chat(alice, { to_id: cast.gid })).toMatchObject(refused(10000));
    expect(await chat(alice, { to_id: bob.uid, to_type: 2 })).toMatchObject(refused(20001));
    expect(await chat(alice, { to_id: bob.uid, to_type: 3 })).toMatchObject(refused(10002, 'to_type'));
    expect(await chat(alice, {})).toMatchObject(refused(10002, 'to_id is required'));
  });

  it('is a stranger, in an app where only friends talk', async () => {
    const strict = await startPeople();
    changeDatabase(strict.server, 'UPDATE app SET strangers_may_chat = 0');
    strict.server.context.apps.reload();
    const answer = await strict.as(strict.alice, 'fileUploadChat', { file_type: 100, to_id: strict.bob.uid });
    expect(answer).toMatchObject(refused(10010, 'your relation with target does not allow chat'));
    await strict.close();
  });
});

describe('in a group', () => {
  type Outcome = Record<'send' | 'share' | 'avatar', number>;
  it.each<[Role, Outcome]>([
    ['owner', { send: 200, share: 200, avatar: 200 }],
    ['admin', { send: 200, share: 200, avatar: 200 }],
    ['member', { send: 200, share: 200, avatar: 20012 }],
    ['banned', { send: 10010, share: 200, avatar: 20012 }],
    ['silent', { send: 200, share: 200, avatar: 20012 }],
    ['left', { send: 20011, share: 20011, avatar: 20011 }],
    ['outsider', { send: 20011, share: 20011, avatar: 20011 }],
    ['foreigner', { send: 20001, share: 20001, avatar: 20001 }],
  ])('the %s gets addresses as he may: %j', async (role, expected) => {
    const by = cast[role];
    const to = { to_id: cast.gid, to_type: 2 };
    expect({
      send: (await cast.as(by, 'fileUploadChat', { file_type: 100, ...to })).code,
      share: (await cast.as(by, 'fileUploadChat', { file_type: 200, ...to })).code,
      avatar: (await cast.as(by, 'fileUploadGroupAvatar')).code,
    }).toEqual(expected);
  });

  it('that is dissolved nobody gets an address', async () => {
    await cast.ok(cast.owner, 'groupDestroy');
    expect(await chat(cast.owner, { to_id: cast.gid, to_type: 2 })).toMatchObject(refused(20001));
    expect(await cast.as(cast.owner, 'fileUploadGroupAvatar')).toMatchObject(refused(20001));
  });

  it('the parameter names the group, the header whom an administrator acts for', async () => {
    const token = await people.server.context.adminTokens.create('flooim');
    const other = await people.ok(carol, 'groupCreate', { name: 'another' });
    const avatar = (group_id: number, header: number) =>
      ask(people.url, 'fileUploadGroupAvatar', { group_id }, { token, headers: { group_id: String(header) } });
    expect(await avatar(cast.gid, cast.gid)).toMatchObject({ code: 200 });
    expect(await avatar(cast.gid, other.group_id)).toMatchObject(refused(20012));
  });

  it('the address of an avatar is given to a token in the query, as deployed clients send it', async () => {
    const query = `group_id=${cast.gid}&app_id=flooim&access-token=${cast.owner.token}`;
    const answer = await (await fetch(`${people.url}/file/upload/avatar/group?${query}`)).json();
    expect(answer).toMatchObject({ code: 200, data: { upload_method: 'POST', oss_body_param: {} } });
  });
});

describe('forwarding', () => {
  const forward = (by: Person, file_sign: string, to: object) => people.as(by, 'fileForward', { file_sign, ...to });

  it('gives the file to the other conversation, once it is sent there', async () => {
    const file = await chatFile(people, alice, bob);
    await sendFile(people, alice, bob.uid, file);
    const { data } = await forward(bob, file.object, { to_id: carol.uid, to_type: 1 });
    // What deployed clients count on: absolute, with a query, and the name last in it, as it is.
    expect(data).toMatch(/^http:\/\/[^?]+\/file\/download\/chat\?file_sign=[\w-]{22}$/);
    expect(data).toBe(file.url);
    expect(await statusOf(data, { token: carol.token })).toBe(403);
    await sendFile(people, bob, carol.uid, { ...file, url: data });
    expect(await statusOf(data, { token: carol.token })).toBe(200);
  });

  it('goes to groups as well, and with the token in the query', async () => {
    const file = await chatFile(people, alice, bob);
    const query = `file_sign=${file.object}&to_id=${cast.gid}&to_type=2&app_id=flooim&access-token=${alice.token}`;
    const { data } = await (await fetch(`${people.url}/file/upload/forward?${query}`)).json();
    await sendFile(people, alice, cast.gid, { ...file, url: data }, 'group');
    expect(await statusOf(data, { token: cast.silent.token })).toBe(200);
  });

  it('is for those who may read the file, and who may send there', async () => {
    const file = await chatFile(people, alice, bob);
    expect(await forward(carol, file.object, { to_id: bob.uid })).toMatchObject(refused(10010, 'may not read'));
    expect(await forward(alice, 'A'.repeat(22), { to_id: bob.uid })).toMatchObject(refused(10002, 'does not exist'));
    expect(await forward(alice, file.object, { to_id: 1 })).toMatchObject(refused(10000));
    const group = { to_id: cast.gid, to_type: 2 };
    const banned = await chatFile(people, cast.banned, bob);
    expect(await forward(cast.banned, banned.object, group)).toMatchObject(refused(10010, 'banned'));
    const outside = await chatFile(people, cast.outsider, bob);
    expect(await forward(cast.outsider, outside.object, group)).toMatchObject(refused(20011));
  });

  it('of what everybody may read is for everybody', async () => {
    const avatar = await upload(people, alice, { name: 'fileUploadAvatar' }, onePixel, 'me.png');
    const { data } = await forward(carol, avatar.object, { to_id: bob.uid });
    expect(await statusOf(data, { token: bob.token })).toBe(200);
  });

  it('does not lead out of the app', async () => {
    await addApp(people.server, 'third');
    const file = await chatFile(people, alice, bob);
    const [one, two] = [await join(people.url, 'one', 'p', 'third'), await join(people.url, 'two', 'p', 'third')];
    const params = { file_sign: file.object, to_id: two.uid };
    const answer = await people.as(one, 'fileForward', params, { appId: 'third' });
    expect(answer).toMatchObject(refused(10002, 'does not exist'));
  });

  it('of a name that is too long is refused by its name', async () => {
    const answer = await forward(alice, 'x'.repeat(65), { to_id: bob.uid });
    expect(answer).toMatchObject(refused(10002, 'file_sign'));
  });
});
