import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chatFile,
  type download,
  groupFile,
  onePixel,
  sendFile,
  statusOf,
  type Uploaded,
  upload,
} from './support/files.ts';
import { addApp, ask, changeDatabase, join, type People, type Person, startPeople } from './support/rest.ts';

/** Everybody who has something to do with the files, by what he is to them. */
const names = [
  'uploader',
  'peer',
  'third',
  'stranger',
  'blocked_by_uploader',
  'blocker_of_uploader',
  'owner',
  'admin',
  'member',
  'banned',
  'silent',
  'left_before',
  'left_after',
  'kicked_before',
  'kicked_after',
  'blocked_after',
  'joined_later',
] as const;
type Name = (typeof names)[number];

/** What there is to read; each is a picture. */
type Thing =
  | 'of a chat, not sent'
  | 'of a chat'
  | 'of a chat, recalled'
  | 'of a chat, forwarded to a third'
  | 'of a group'
  | 'of a group whose history all members see'
  | 'of a group, recalled'
  | 'of a group that is dissolved'
  | 'of a group that is dissolved, and of a chat'
  | 'shared with a group'
  | 'shared with a group, not in the list any more'
  | 'shared with a group by somebody who left later'
  | 'the avatar of a user'
  | 'the avatar of a user, replaced'
  | 'the avatar of a group';

const everybody: readonly Name[] = names;
const present = ['uploader', 'owner', 'admin', 'member', 'banned', 'silent'] as const;
const wasThere = [...present, 'left_after', 'kicked_after', 'blocked_after'] as const;

/** Who may read what; `gone`: nobody, because it is no more. Who is not named is refused. */
const readers: Record<Thing, readonly Name[] | 'gone'> = {
  'of a chat, not sent': ['uploader'],
  'of a chat': ['uploader', 'peer', 'blocked_by_uploader', 'blocker_of_uploader'],
  'of a chat, recalled': 'gone',
  'of a chat, forwarded to a third': ['uploader', 'peer', 'third'],
  'of a group': wasThere,
  'of a group whose history all members see': [...wasThere, 'joined_later'],
  'of a group, recalled': 'gone',
  'of a group that is dissolved': 'gone',
  'of a group that is dissolved, and of a chat': ['uploader', 'peer'],
  'shared with a group': [...present, 'joined_later'],
  'shared with a group, not in the list any more': 'gone',
  'shared with a group by somebody who left later': [...present, 'joined_later', 'left_after'],
  'the avatar of a user': everybody,
  'the avatar of a user, replaced': 'gone',
  'the avatar of a group': everybody,
};
const things = Object.keys(readers) as Thing[];

let people: People;
let adminToken = '';
const who = {} as Record<Name, Person>;
const files = {} as Record<Thing, Uploaded>;
const others = {} as Record<'foreigner' | 'revoked' | 'disabled', Person>;

beforeAll(async () => {
  people = await startPeople();
  adminToken = await people.server.context.adminTokens.create('flooim');
  for (const name of names) who[name] = await join(people.url, name);
  await addApp(people.server, 'other');
  others.foreigner = await join(people.url, 'foreigner', 'phone', 'other');
  await prepareChats();
  await prepareGroups();
  await prepareAvatars();
  others.revoked = { ...who.peer, token: (await people.server.context.tokens.issue(who.peer.uid, '')).token };
  await people.ok(others.revoked, 'tokenRevoke');
  others.disabled = await join(people.url, 'disabled');
  await ask(people.url, 'userDisable', { list: [others.disabled.uid] }, { token: adminToken });
});
afterAll(() => people.close());

const picture = (to: Person) => chatFile(people, who.uploader, to, onePixel, 'dot.png');

async function prepareChats(): Promise<void> {
  const { uploader, peer, third, blocked_by_uploader: blocked, blocker_of_uploader: blocker } = who;
  files['of a chat, not sent'] = await picture(peer);
  files['of a chat'] = await picture(peer);
  for (const { uid } of [peer, blocked, blocker]) await sendFile(people, uploader, uid, files['of a chat']);
  await people.ok(uploader, 'rosterBlock', { user_id: blocked.uid });
  await people.ok(blocker, 'rosterBlock', { user_id: uploader.uid });
  files['of a chat, recalled'] = await picture(peer);
  const mid = await sendFile(people, uploader, peer.uid, files['of a chat, recalled']);
  await people.ok(uploader, 'messageRecall', { conversation_id: peer.uid, msg_id: mid });
  const forwarded = await picture(peer);
  files['of a chat, forwarded to a third'] = forwarded;
  await sendFile(people, uploader, peer.uid, forwarded);
  await people.ok(peer, 'fileForward', { file_sign: forwarded.object, to_id: third.uid });
  await sendFile(people, peer, third.uid, forwarded);
}

/** A group of all but some, and what happens to them around the messages that `say` sends. */
async function prepareGroup(historyVisible: boolean, say: (gid: number) => Promise<void>): Promise<number> {
  const { owner, admin, banned, silent } = who;
  const outside: Name[] = ['peer', 'third', 'stranger', 'blocked_by_uploader', 'blocker_of_uploader', 'joined_later'];
  const inside = names.filter((name) => name !== 'owner' && !outside.includes(name));
  const uids = (...some: Name[]) => ({ user_list: some.map((name) => who[name].uid) });
  const { group_id } = await people.ok(owner, 'groupCreate', { name: 'the group', ...uids(...inside) });
  await people.ok(owner, 'groupAdminAdd', { group_id, ...uids('admin') });
  await people.ok(owner, 'groupHistoryVisible', { group_id, value: historyVisible });
  await people.ok(admin, 'groupBan', { group_id, user_list: [banned.uid], duration: -1 });
  await people.ok(silent, 'groupMuteMode', { group_id, msg_mute_mode: 2 });
  await people.ok(who.left_before, 'groupLeave', { group_id });
  await people.ok(admin, 'groupKick', { group_id, ...uids('kicked_before') });
  await say(group_id);
  await people.ok(who.left_after, 'groupLeave', { group_id });
  await people.ok(admin, 'groupKick', { group_id, ...uids('kicked_after') });
  await people.ok(admin, 'groupBlock', { group_id, ...uids('blocked_after') });
  await people.ok(owner, 'groupInvite', { group_id, ...uids('joined_later') });
  return group_id;
}

async function prepareGroups(): Promise<void> {
  const { uploader, owner, peer } = who;
  const say = async (thing: Thing, gid: number) => {
    files[thing] = await upload(
      people,
      uploader,
      { name: 'fileUploadChat', to_id: gid, to_type: 2 },
      onePixel,
      'dot.png',
    );
    return sendFile(people, uploader, gid, files[thing], 'group');
  };
  const share = async (thing: Thing, group_id: number, by = uploader) => {
    files[thing] = await groupFile(people, by, group_id, 202);
    const shared = { group_id, name: 'dot.png', size: 68, url: files[thing].url };
    return people.ok(by, 'groupFileShare', shared);
  };
  await prepareGroup(false, async (group_id) => {
    await say('of a group', group_id);
    const mid = await say('of a group, recalled', group_id);
    await people.ok(who.admin, 'messageRecall', { conversation_id: group_id, msg_id: mid });
    await share('shared with a group', group_id);
    await share('shared with a group by somebody who left later', group_id, who.left_after);
    const { file_id } = await share('shared with a group, not in the list any more', group_id);
    await people.ok(who.admin, 'groupFileDelete', { group_id, file_list: [file_id] });
    const avatar = await upload(people, owner, { name: 'fileUploadGroupAvatar', group_id }, onePixel, 'dot.png');
    files['the avatar of a group'] = avatar;
    await people.ok(owner, 'groupAvatar', { group_id, value: avatar.url });
  });
  await prepareGroup(true, async (gid) => void (await say('of a group whose history all members see', gid)));
  const dissolved = await prepareGroup(false, async (gid) => {
    await say('of a group that is dissolved', gid);
    await say('of a group that is dissolved, and of a chat', gid);
    await sendFile(people, uploader, peer.uid, files['of a group that is dissolved, and of a chat']);
  });
  await people.ok(owner, 'groupDestroy', { group_id: dissolved });
}

async function prepareAvatars(): Promise<void> {
  const { uploader } = who;
  const set = async (thing: Thing) => {
    files[thing] = await upload(people, uploader, { name: 'fileUploadAvatar' }, onePixel, 'dot.png');
    await people.ok(uploader, 'userAvatar', { avatar: files[thing].url });
  };
  await set('the avatar of a user, replaced');
  await set('the avatar of a user');
}

const expected = (thing: Thing, name: Name): number => {
  const may = readers[thing];
  if (may === 'gone') return 404;
  return may.includes(name) ? 200 : 403;
};

const cells = things.flatMap((thing) =>
  names.map((name) => ({ thing, name: name.replaceAll('_', ' '), key: name, status: expected(thing, name) })),
);

describe('a file and its thumbnail', () => {
  it.each(cells)('$thing: $status for $name', async ({ thing, key, status }) => {
    const { token } = who[key];
    const { url } = files[thing];
    expect(await statusOf(url, { token })).toBe(status);
    expect(await statusOf(url, { token, query: { image_type: 2 } })).toBe(status);
    expect(await statusOf(url, { token, method: 'HEAD' })).toBe(status);
  });
});

describe('a file that is in very many other places as well', () => {
  beforeAll(() => {
    const others = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)';
    const refs = 'SELECT id, 1, 8000000 + i, 8000000 + i FROM file, n';
    changeDatabase(people.server, `${others} INSERT INTO file_ref (file, kind, holder, item) ${refs}`);
  });

  it.each(cells)('$thing: $status for $name', async ({ thing, key, status }) => {
    expect(await statusOf(files[thing].url, { token: who[key].token })).toBe(status);
  });
});

/** The same for every file: they do not come as far as to learn whether there is one. */
const strangers: { name: string; as: () => Parameters<typeof download>[1]; status: number }[] = [
  { name: 'nobody', as: () => ({}), status: 401 },
  { name: 'nobody, of no app', as: () => ({ appId: '' }), status: 403 },
  { name: 'a token that was never given', as: () => ({ token: `t${'A'.repeat(43)}` }), status: 401 },
  { name: 'who had it, by a token that was revoked', as: () => ({ token: others.revoked.token }), status: 401 },
  { name: 'who is disabled', as: () => ({ token: others.disabled.token }), status: 401 },
  { name: 'a user of another app', as: () => ({ token: others.foreigner.token, appId: 'other' }), status: 404 },
  { name: 'a user of another app who says this one', as: () => ({ token: others.foreigner.token }), status: 401 },
  { name: 'who says another app', as: () => ({ token: who.uploader.token, appId: 'other' }), status: 401 },
  { name: 'an admin for nobody', as: () => ({ token: adminToken }), status: 400 },
  { name: 'the operator for nobody', as: () => ({ token: people.server.context.secrets.operatorToken }), status: 400 },
];

describe('a file and its thumbnail, for somebody without a place in the app', () => {
  const each = strangers.flatMap(({ name, as, status }) => things.map((thing) => ({ name, thing, as, status })));
  it.each(each)('$thing: $status for $name', async ({ thing, as, status }) => {
    for (const query of [undefined, { image_type: 2 }]) {
      expect(await statusOf(files[thing].url, { ...as(), query })).toBe(status);
    }
  });
});

describe('a file, for an administrator', () => {
  const each = things.flatMap((thing) => (['peer', 'member', 'stranger'] as const).map((name) => ({ thing, name })));
  it.each(each)('$thing: as for the $name for whom he asks', async ({ thing, name }) => {
    const headers = { user_id: String(who[name].uid) };
    for (const token of [adminToken, people.server.context.secrets.operatorToken]) {
      expect(await statusOf(files[thing].url, { token, headers })).toBe(expected(thing, name));
    }
  });
});
