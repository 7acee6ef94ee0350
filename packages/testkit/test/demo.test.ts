import { rmSync } from 'node:fs';
import { type Flooim, flooim, type Meta } from 'flooim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoRefused, fillDemo, guest } from '../src/demo/fill-demo.ts';
import { callRest, startServer, type TestServer, temporaryFolder, until } from '../src/index.ts';

const password = 'a password for the demo';
const dayMs = 24 * 3600_000;
const data = temporaryFolder('demo');
let server: TestServer;
let im: Flooim;

beforeAll(async () => {
  await fillDemo({ data }, password);
  server = await startServer({ data });
  im = flooim({ appid: 'flooim', dnsServer: `${server.url}/v2/app_dns`, storage: 'memory' });
  await im.login({ name: guest, password });
  await until(() => im.connection.state.name === 'online', 'the guest to be online');
}, 90_000);

afterAll(async () => {
  await im.dispose();
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

const list = () => im.userManage.getConversationList();

async function history(): Promise<Meta[]> {
  const pages = await Promise.all(list().map(({ id }) => im.sysManage.requireHistoryMessage(id, 0, 200)));
  return pages.flatMap(({ messages }) => messages);
}

test('who signs in to a demo finds a dozen conversations: some unread, one pinned, one muted, one begun, one that calls him', () => {
  const has = (what: (item: ReturnType<typeof list>[number]) => unknown) => list().filter(what).length;
  expect(list().length).toBeGreaterThanOrEqual(12);
  expect(has(({ type }) => type === 'group')).toBeGreaterThanOrEqual(4);
  expect(has(({ unread }) => unread > 0)).toBeGreaterThanOrEqual(4);
  expect(has(({ unread }) => unread === 0)).toBeGreaterThanOrEqual(4);
  expect([has((c) => c.pinned), has((c) => c.draft), has((c) => c.mentioned)]).toEqual([2, 1, 1]);
  expect(has(({ muted }) => muted)).toBeGreaterThanOrEqual(1);
});

test('history goes through several past days, in two languages, and shows every kind of message', async () => {
  const all = await history();
  const times = all.map(({ timestamp }) => Number(timestamp));
  expect(Math.max(...times)).toBeLessThan(Date.now());
  expect(Math.max(...times)).toBeGreaterThan(Date.now() - dayMs / 2);
  expect(new Set(times.map((time) => new Date(time).toDateString())).size).toBeGreaterThanOrEqual(5);
  expect(new Set(all.map(({ type }) => type))).toEqual(
    new Set(['text', 'image', 'audio', 'file', 'location', 'forward']),
  );
  expect(all.some(({ content }) => /\p{Script=Han}/u.test(content))).toBe(true);
  const exts = all.map(({ ext }) => ext).filter((ext) => typeof ext === 'object');
  for (const key of ['reply', 'format', 'forwarded'])
    expect(
      exts.some((ext) => key in ext),
      key,
    ).toBe(true);
});

test('an answer quotes a message that is there', async () => {
  const all = await history();
  const quoted = all.flatMap(({ ext }) =>
    typeof ext === 'object' && 'reply' in ext ? [ext['reply'] as Meta & { mid: string }] : [],
  );
  for (const { mid, from } of quoted) expect(all.find(({ id }) => id === mid)?.from).toBe(from);
  expect(quoted.length).toBeGreaterThan(4);
});

test('everybody has a picture that opens, and so have the pictures and voices in the chats', async () => {
  const friends = await im.rosterManage.asnycGetRosterListDetailByIds(await im.rosterManage.asyncGetRosterIdList(true));
  expect(friends.length).toBeGreaterThanOrEqual(9);
  const avatars = friends.map(({ avatar }) => im.sysManage.getImage({ avatar, thumbnail: false }));
  const attached = (await history())
    .filter(({ type }) => ['image', 'audio', 'file'].includes(type))
    .map(({ attach }) => im.sysManage.getFileUrl({ url: String((attach as { url: string }).url) }));
  const statuses = await Promise.all([...avatars, ...attached].map(async (url) => (await fetch(url)).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('friend requests and an invitation wait; groups have announcements, administrators and a shared file', async () => {
  const requests = await im.rosterManage.asyncGetApplyList();
  expect(requests.filter(({ status }) => status === 0).length).toBe(2);
  expect((await im.groupManage.asyncGetInvitationList()).length).toBe(1);
  const team = list().find(
    ({ id, type }) => type === 'group' && im.groupManage.getAllGroupDetail()[id]?.name === 'Product team',
  );
  const group_id = Number(team?.id);
  expect((await im.groupManage.asyncGetAnnouncementList({ group_id })).length).toBe(2);
  expect((await im.groupManage.asyncGetAdminList({ group_id })).length).toBe(2);
  expect((await im.groupManage.asyncGetFileList({ group_id })).map(({ name }) => name)).toEqual([
    'Interview notes.pdf',
  ]);
});

test('a folder that has people is left alone, and the refusal says how to go on', async () => {
  const folder = temporaryFolder('demo');
  try {
    const inhabited = await startServer({ data: folder });
    await callRest(inhabited.url, 'userRegister', { username: 'alice', password: 'alice-password' });
    await inhabited.close();
    const refusal: unknown = await fillDemo({ data: folder }, password).catch((error) => error);
    expect(refusal).toBeInstanceOf(DemoRefused);
    expect(String(refusal)).toMatch(/has people already.*--data/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
