import { encodeMessageBody, limits, MessageType, OperationType } from '@flooim/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  attachment,
  chatFile,
  groupFile,
  onePixel,
  sendFile,
  statusOf,
  type Uploaded,
  upload,
} from './support/files.ts';
import { type Cast, type Company, gather, newGroup } from './support/group-cast.ts';
import { Phone } from './support/phone.ts';
import { ask, join, type People, type Person, standingClock } from './support/rest.ts';

const clock = standingClock();
let company: Company;
let people: People;
let cast: Cast;
let alice: Person;
let bob: Person;
let carol: Person;
beforeAll(async () => {
  company = await gather({}, { clock });
  people = company.people;
  ({ alice, bob, carol } = people);
  // Here tests say when it is time.
  await people.server.context.sweeper.close();
});
beforeEach(async () => {
  cast = await newGroup(company);
});
afterAll(() => people.close());

const row = (sql: string, ...values: (string | number)[]) => people.server.context.reader.get(sql, ...values);
/** Whether there is the file, or only its bytes are left, which are to be removed. */
const stateOf = ({ object }: Uploaded) => {
  const isThere = row('SELECT 1 FROM file WHERE object = ?', object) !== undefined;
  const isStray = row('SELECT 1 FROM stray_object WHERE object = ?', object) !== undefined;
  expect(isThere).toBe(!isStray);
  return isThere ? 'kept' : 'freed';
};
const used = ({ uid }: Person) => Number(row('SELECT bytes FROM file_usage WHERE uid = ?', uid)?.['bytes'] ?? 0);
const status = (file: Uploaded, { token }: Person) => statusOf(file.url, { token });
const recall = (by: Person, conversation_id: number, msg_id: number) =>
  people.ok(by, 'messageRecall', { conversation_id, msg_id });
const unused = limits.unusedFileTtlMs;
/** What the server does from time to time, and would do so many milliseconds from now; how much it was. */
const expire = (inMs: number, most = 1000) =>
  new Promise<number>((resolve, reject) => {
    const done = (error: Error | undefined, count: unknown) => (error ? reject(error) : resolve(count as number));
    people.server.context.writer.submit('file.expire', { time: clock() + inMs, most }, done);
  });
const asAdmin = async (name: Parameters<People['as']>[1], params: object) => {
  const token = await people.server.context.adminTokens.create('flooim');
  const answer = await ask(people.url, name, params, { token });
  expect(answer.code, answer.text).toBe(200);
  return answer;
};

describe('a file that nothing refers to', () => {
  it('goes after seven days, and what its uploader may store with it', async () => {
    const before = used(alice);
    const file = await chatFile(people, alice, bob, 'twelve bytes');
    expect(used(alice)).toBe(before + 12);
    await expire(unused - 1);
    expect(stateOf(file)).toBe('kept');
    await expire(unused);
    expect(stateOf(file)).toBe('freed');
    expect(used(alice)).toBe(before);
    expect(await status(file, alice)).toBe(404);
  });

  it('stays for seven days more when it is to be forwarded', async () => {
    const file = await chatFile(people, alice, bob);
    clock.advance(unused - 1);
    await people.ok(alice, 'fileForward', { file_sign: file.object, to_id: carol.uid });
    await expire(unused - 1);
    expect(stateOf(file)).toBe('kept');
    await expire(unused);
    expect(stateOf(file)).toBe('freed');
  });

  it('goes little by little where there are many', async () => {
    const files = [await chatFile(people, alice, bob), await chatFile(people, alice, bob)];
    expect(await expire(unused, 1)).toBe(1);
    expect(files.map(stateOf).sort()).toEqual(['freed', 'kept']);
    expect(await expire(unused, 5)).toBe(1);
    expect(files.map(stateOf)).toEqual(['freed', 'freed']);
    expect(await expire(unused, 5)).toBe(0);
  });
});

describe('a message', () => {
  it('keeps its file for as long as it is not recalled', async () => {
    const file = await chatFile(people, alice, bob);
    const mid = await sendFile(people, alice, bob.uid, file);
    await expire(unused);
    expect([stateOf(file), await status(file, bob)]).toEqual(['kept', 200]);
    await asAdmin('messageSend', {
      type: 1,
      from_user_id: alice.uid,
      targets: [bob.uid],
      content_type: 10,
      content: '',
      related_mid: mid,
    });
    expect([stateOf(file), await status(file, bob)]).toEqual(['freed', 404]);
  });

  it('that was forwarded keeps the file when the first is recalled, and its readers read on', async () => {
    const file = await chatFile(people, alice, bob);
    const first = await sendFile(people, alice, bob.uid, file);
    expect(await status(file, carol)).toBe(403);
    const second = await sendFile(people, bob, carol.uid, file);
    await recall(alice, bob.uid, first);
    expect([stateOf(file), await status(file, bob), await status(file, carol)]).toEqual(['kept', 200, 200]);
    await recall(bob, carol.uid, second);
    expect(stateOf(file)).toBe('freed');
  });

  it('that was recalled while the file was to be forwarded leaves it to whoever forwards it', async () => {
    const file = await chatFile(people, alice, bob);
    const mid = await sendFile(people, alice, bob.uid, file);
    await people.ok(bob, 'fileForward', { file_sign: file.object, to_id: carol.uid });
    await recall(alice, bob.uid, mid);
    const forwarded = await sendFile(people, bob, carol.uid, file);
    expect([stateOf(file), await status(file, carol)]).toEqual(['kept', 200]);
    await recall(bob, carol.uid, forwarded);
    expect(stateOf(file)).toBe('freed');
  });

  it('keeps nothing that its sender may not read, and gives nobody the right to it', async () => {
    const file = await chatFile(people, alice, bob);
    const mid = await sendFile(people, alice, bob.uid, file);
    await sendFile(people, carol, cast.outsider.uid, file);
    expect([await status(file, carol), await status(file, cast.outsider)]).toEqual([403, 403]);
    await recall(alice, bob.uid, mid);
    expect(stateOf(file)).toBe('freed');
  });

  it.each<[where: string, said: (link: string) => object]>([
    ['in its text', (url) => ({ content: `look: ${url}`, content_type: 0 })],
    ['at the end of its extension', (url) => ({ content: '', ext: url, content_type: 0 })],
    ['as JSON that escapes it', (url) => ({ attachment: attachment({ url, object: '' }).replaceAll('=', '\\u003d') })],
    ['in JSON in JSON', (url) => ({ ext: JSON.stringify({ inner: JSON.stringify({ url }).replace('=', '\\u003D') }) })],
    ['as a part of another link', (url) => ({ content: `https://x.example/?to=${encodeURIComponent(url)}` })],
  ])('finds a link %s', async (_where, said) => {
    const file = await chatFile(people, alice, bob);
    const message = { type: 1, targets: [bob.uid], content_type: 4, content: '', ...said(file.url) };
    const { msg_ids } = await people.as(alice, 'messageSend', message);
    expect(await status(file, bob)).toBe(200);
    await recall(alice, bob.uid, msg_ids?.[0] as number);
    expect(stateOf(file)).toBe('freed');
  });

  it('keeps several files, but not without end', async () => {
    const files: Uploaded[] = [];
    while (files.length <= limits.filesPerMessage) files.push(await chatFile(people, alice, bob));
    const content = files.map(({ url }) => url).join(' ');
    await people.ok(alice, 'messageSend', { type: 1, targets: [bob.uid], content_type: 0, content });
    const statuses = await Promise.all(files.map((file) => status(file, bob)));
    expect(statuses).toEqual([...Array(limits.filesPerMessage).fill(200), 403]);
  });

  it('keeps its file once, also when it comes twice over the socket', async () => {
    const file = await chatFile(people, alice, bob);
    const phone = await Phone.connect(people.url, { ...alice, guid: 'phone' });
    const id = phone.nextMid();
    const first = await phone.message(bob.uid, { attachment: attachment(file) }, id);
    const again = await phone.message(bob.uid, { attachment: attachment(file) }, id);
    expect(again.serverMid).toBe(first.serverMid);
    expect(await status(file, bob)).toBe(200);
    await phone.operate(bob.uid, OperationType.RECALL, first.serverMid, bob.uid);
    expect(stateOf(file)).toBe('freed');
    phone.raw.terminate();
  });

  it('that somebody deleted for himself keeps its file, for him too', async () => {
    const file = await chatFile(people, alice, bob);
    const mid = await sendFile(people, alice, bob.uid, file);
    const phone = await Phone.connect(people.url, { ...bob, guid: 'phone' });
    await phone.operate(bob.uid, OperationType.DELETE, mid, alice.uid);
    await people.ok(bob, 'conversationDelete', { conversation_id: alice.uid });
    expect([stateOf(file), await status(file, bob)]).toEqual(['kept', 200]);
    phone.raw.terminate();
  });

  it('of a group keeps its file until somebody who may recalls it', async () => {
    const { admin, member, silent, gid } = cast;
    const file = await groupFile(people, member, gid);
    const mid = await sendFile(people, member, gid, file, 'group');
    expect([await status(file, silent), await status(file, cast.outsider)]).toEqual([200, 403]);
    await recall(admin, gid, mid);
    expect(stateOf(file)).toBe('freed');
  });
});

describe('an edit', () => {
  const edit = async (phone: Phone, to: number, mid: number, type: OperationType, content: string) => {
    const operation = { type, mid, xid: { uid: to } };
    const payload = encodeMessageBody({ type: MessageType.OPER, operation, content });
    const answer = await phone.send({ to: { uid: to }, payload });
    expect(answer.status?.reason).toBe('');
  };

  it('counts for the message that it changes, also when it brings a link in pieces', async () => {
    const file = await chatFile(people, alice, bob);
    const phone = await Phone.connect(people.url, { ...alice, guid: 'phone' });
    const { serverMid: mid } = await phone.text(bob.uid, 'see ');
    const [begin, end] = [file.url.slice(0, -10), file.url.slice(-10)];
    await edit(phone, bob.uid, mid, OperationType.APPEND, begin);
    expect(await status(file, bob)).toBe(403);
    await edit(phone, bob.uid, mid, OperationType.APPEND, end);
    expect(await status(file, bob)).toBe(200);
    await recall(alice, bob.uid, mid);
    expect(stateOf(file)).toBe('freed');
    phone.raw.terminate();
  });

  it('frees what the message does not name any more', async () => {
    const [before, after] = [await chatFile(people, alice, bob), await chatFile(people, alice, bob)];
    const phone = await Phone.connect(people.url, { ...alice, guid: 'phone' });
    const { serverMid: mid } = await phone.text(bob.uid, before.url);
    await edit(phone, bob.uid, mid, OperationType.REPLACE, after.url);
    expect([stateOf(before), stateOf(after)]).toEqual(['freed', 'kept']);
    expect(await status(after, bob)).toBe(200);
    phone.raw.terminate();
  });

  it('keeps nothing that its sender may not read', async () => {
    const file = await chatFile(people, alice, bob);
    const phone = await Phone.connect(people.url, { ...carol, guid: 'phone' });
    const { serverMid: mid } = await phone.text(bob.uid, 'mine');
    await edit(phone, bob.uid, mid, OperationType.REPLACE, file.url);
    expect([await status(file, bob), await status(file, carol)]).toEqual([403, 403]);
    phone.raw.terminate();
  });
});

describe('what the app itself says', () => {
  it('gives who hears it the right to its files, and nobody else', async () => {
    const file = await chatFile(people, alice, bob);
    const { msg_ids } = await asAdmin('messageNotify', {
      type: 1,
      targets: [carol.uid],
      content_type: 4,
      attachment: attachment(file),
    });
    expect([await status(file, carol), await status(file, bob)]).toEqual([200, 403]);
    await asAdmin('messageRecall', { conversation_id: carol.uid, msg_id: msg_ids?.[0] });
    expect(await status(file, carol)).toBe(403);
  });

  it('to a group is for its members', async () => {
    const file = await chatFile(people, alice, bob);
    const notice = { type: 2, targets: [cast.gid], content_type: 4, attachment: attachment(file) };
    await asAdmin('messageNotify', notice);
    expect([await status(file, cast.silent), await status(file, cast.outsider)]).toEqual([200, 403]);
  });

  it('to everybody is for everybody', async () => {
    const file = await chatFile(people, alice, bob);
    await asAdmin('messageBroadcast', { type: 1, content_type: 4, attachment: attachment(file) });
    for (const person of [alice, bob, carol, cast.outsider]) expect(await status(file, person)).toBe(200);
    expect(await statusOf(file.url, { token: cast.foreigner.token, appId: 'other' })).toBe(404);
  });
});

describe('a shared file', () => {
  const share = (by: Person, { url }: Uploaded) => cast.ok(by, 'groupFileShare', { name: 'plan', size: 10, url });

  it('is kept while it is in the list, for who is in the group', async () => {
    const { member, silent, outsider, gid } = cast;
    const file = await groupFile(people, member, gid, 200);
    expect(await status(file, silent)).toBe(403);
    const { file_id } = await share(member, file);
    expect([await status(file, silent), await status(file, outsider)]).toEqual([200, 403]);
    await expire(unused);
    expect(stateOf(file)).toBe('kept');
    await cast.ok(member, 'groupFileRename', { file_id, name: 'another' });
    expect(stateOf(file)).toBe('kept');
    await cast.ok(member, 'groupFileDelete', { file_list: [file_id] });
    expect(stateOf(file)).toBe('freed');
  });

  it('that is shared twice stays until both are deleted', async () => {
    const { member, admin, gid } = cast;
    const file = await groupFile(people, member, gid, 200);
    const [one, two] = [await share(member, file), await share(admin, file)];
    await cast.ok(member, 'groupFileDelete', { file_list: [one.file_id] });
    expect(stateOf(file)).toBe('kept');
    await cast.ok(admin, 'groupFileDelete', { file_list: [two.file_id] });
    expect(stateOf(file)).toBe('freed');
  });

  it('is nothing that who shares it may not read', async () => {
    const file = await chatFile(people, cast.outsider, cast.left);
    await share(cast.member, file);
    expect(await status(file, cast.member)).toBe(403);
  });
});

describe('an avatar', () => {
  const setAvatar = (person: Person, avatar: string) => people.ok(person, 'userAvatar', { avatar });
  const avatarOf = (person: Person) => upload(people, person, { name: 'fileUploadAvatar' }, onePixel, 'me.png');

  it('is kept until it is replaced, whichever way it is named', async () => {
    const [first, second] = [await avatarOf(carol), await avatarOf(carol)];
    await setAvatar(carol, first.url);
    await expire(unused);
    expect([stateOf(first), stateOf(second)]).toEqual(['kept', 'freed']);
    const third = await avatarOf(carol);
    await setAvatar(carol, third.object);
    expect([stateOf(first), stateOf(third)]).toEqual(['freed', 'kept']);
    await setAvatar(carol, 'https://elsewhere.example/me.png');
    expect(stateOf(third)).toBe('freed');
  });

  it('of two users stays until both have another one', async () => {
    const file = await avatarOf(carol);
    await setAvatar(carol, file.url);
    await setAvatar(bob, file.url);
    await setAvatar(carol, '');
    expect(stateOf(file)).toBe('kept');
    await asAdmin('userAvatarBatch', { list: [{ user_id: bob.uid, avatar: '' }] });
    expect(stateOf(file)).toBe('freed');
  });

  it('is no file of a chat', async () => {
    const file = await chatFile(people, carol, bob);
    await setAvatar(carol, file.url);
    expect(await status(file, cast.outsider)).toBe(403);
    await expire(unused);
    expect(stateOf(file)).toBe('freed');
    await setAvatar(carol, '');
  });

  it('of a group is kept until it is replaced', async () => {
    const { owner, gid } = cast;
    const upOne = () => upload(people, owner, { name: 'fileUploadGroupAvatar', group_id: gid }, onePixel, 'g.png');
    const [first, second] = [await upOne(), await upOne()];
    await cast.ok(owner, 'groupAvatar', { value: first.url });
    await cast.ok(owner, 'groupAvatar', { value: second.url });
    expect([stateOf(first), stateOf(second)]).toEqual(['freed', 'kept']);
  });

  it('of a group can be chosen as the group is made', async () => {
    const file = await avatarOf(carol);
    const { group_id } = await people.ok(carol, 'groupCreate', { name: 'with a face', avatar: file.url });
    await expire(unused);
    expect(stateOf(file)).toBe('kept');
    await people.ok(carol, 'groupDestroy', { group_id });
    expect(stateOf(file)).toBe('freed');
  });
});

describe('a group that is dissolved', () => {
  it('frees what only it had', async () => {
    const { owner, member, gid } = cast;
    const [said, shared, kept] = await Promise.all([
      groupFile(people, member, gid),
      groupFile(people, member, gid, 200),
      groupFile(people, member, gid),
    ]);
    for (const file of [said, kept]) await sendFile(people, member, gid, file, 'group');
    await sendFile(people, member, owner.uid, kept);
    await cast.ok(member, 'groupFileShare', { name: 'plan', size: 10, url: shared.url });
    await cast.ok(owner, 'groupDestroy');
    expect([said, shared, kept].map(stateOf)).toEqual(['freed', 'freed', 'kept']);
  });

  it('frees little by little what is very much', async () => {
    const { owner, member, gid } = cast;
    const files: Uploaded[] = [];
    for (let i = 0; i < 5; i++) files.push(await groupFile(people, member, gid));
    for (const file of files) for (let i = 0; i < 50; i++) await sendFile(people, member, gid, file, 'group');
    await cast.ok(owner, 'groupDestroy');
    expect(files.map(stateOf)).toContain('kept');
    expect(await expire(0, 40)).toBe(40);
    await expire(0);
    expect(files.map(stateOf)).toEqual(files.map(() => 'freed'));
    expect(row('SELECT 1 FROM file_leaving')).toBeUndefined();
  });
});

describe('a user who is deleted', () => {
  it('leaves what others have of him, and frees the rest', async () => {
    const zoe = await join(people.url, 'zoe');
    const avatar = await upload(people, zoe, { name: 'fileUploadAvatar' }, onePixel, 'me.png');
    await people.ok(zoe, 'userAvatar', { avatar: avatar.url });
    const [sent, unsent, told] = [
      await chatFile(people, zoe, bob),
      await chatFile(people, zoe, bob),
      await chatFile(people, zoe, bob),
    ];
    await sendFile(people, zoe, bob.uid, sent);
    const notice = { type: 1, targets: [zoe.uid], content_type: 4, attachment: attachment(told) };
    await asAdmin('messageNotify', notice);
    await people.ok(zoe, 'userDelete', { password: 'correct-horse-1' });
    expect([avatar, sent, unsent, told].map(stateOf)).toEqual(['freed', 'kept', 'freed', 'freed']);
    expect(await status(sent, bob)).toBe(200);
    expect(await status(sent, zoe)).toBe(401);
  });

  it('leaves nothing behind with somebody who is gone as well', async () => {
    const [one, two] = [await join(people.url, 'one_of_two'), await join(people.url, 'two_of_two')];
    const file = await chatFile(people, one, two);
    await sendFile(people, one, two.uid, file);
    await people.ok(one, 'userDelete', { password: 'correct-horse-1' });
    expect(stateOf(file)).toBe('kept');
    await people.ok(two, 'userDelete', { password: 'correct-horse-1' });
    expect(stateOf(file)).toBe('freed');
  });
});
