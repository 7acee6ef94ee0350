import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMessageBody, MessageType, Namespace, Vsn } from '@flooim/protocol';
import { type SeededUser, seedGroup, seedUsers, startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Job, runBatch } from '../src/store/batch.ts';
import { Database } from '../src/store/database.ts';
import { writes } from '../src/writes.ts';
import { groupText } from './support/group-talk.ts';
import { Phone, texts } from './support/phone.ts';

let server: TestServer;
let data: string;
let users: SeededUser[];
let gid: number;
const phones: Phone[] = [];
beforeAll(async () => {
  data = temporaryFolder();
  users = await seedUsers(data, 400);
  gid = seedGroup(
    data,
    users.map(({ uid }) => uid),
  );
  server = await startServer({ data });
});
afterAll(async () => {
  for (const phone of phones) phone.raw.terminate();
  await server.close();
  rmSync(data, { recursive: true });
});

async function phoneOf(user: number, vsn?: Vsn): Promise<Phone> {
  const phone = await Phone.connect(server.url, users[user] as SeededUser, vsn);
  phones.push(phone);
  return phone;
}

test('a group is read once for the changes that are told of together, and anew for later ones', async () => {
  const { groupDirectory } = server.context;
  const first = groupDirectory.get(gid);
  groupDirectory.forget(gid);
  expect(groupDirectory.get(gid)).toBe(first);
  await Promise.resolve();
  groupDirectory.forget(gid);
  const second = groupDirectory.get(gid);
  expect(second).not.toBe(first);
  expect(second).toEqual(first);
});

test('while many leave at once everybody hears what was said until he left, and nothing after', async () => {
  const { memberships, groupDirectory } = server.context;
  const leavers = [100, 150, 200, 250, 299];
  const [speaker, ...devices] = await Promise.all([0, ...leavers].map((user) => phoneOf(user)));
  const ends = Array.from({ length: 200 }, (_, i) => {
    const said = groupText(speaker as Phone, gid, `${i}`);
    return Promise.all([said, memberships.leave({ appId: 'flooim', uid: users[100 + i]?.uid ?? 0, gid })]);
  });
  await Promise.all(ends);
  expect(groupDirectory.get(gid)?.members.size).toBe(200);
  for (const [i, device] of devices.entries()) {
    await device.settle();
    const own = users[leavers[i] as number]?.uid;
    const last = device.pushed.flatMap(({ metas }) => metas).at(-1);
    expect([last?.from?.uid, last?.ns]).toEqual([own, 2]);
  }
});

/** Writes as the server's writer does, right after the next time that the server has read in which times somebody was there. */
function writeBehindSpans(jobs: readonly Job[]): void {
  const { reader } = server.context;
  const { all } = reader;
  reader.all = (sql, ...values) => {
    const rows = all.call(reader, sql, ...values);
    if (!sql.includes('FROM group_span')) return rows;
    reader.all = all;
    const db = new Database(join(data, 'flooim.db'), 'write');
    const outcomes = runBatch(db, writes, jobs);
    db.close();
    expect(outcomes.map(({ ok }) => ok)).toEqual(jobs.map(() => true));
    return rows;
  };
}

test.each([
  ['pulls', 20, (device: Phone, last: number) => device.pull(gid, last - 1)],
  ['looks back', 21, (device: Phone) => device.history(gid)],
] as const)('who leaves while he %s gets nothing that follows', async (_does, user, read) => {
  const [speaker, device] = [await phoneOf(0), await phoneOf(user)];
  const { serverMid: last } = await groupText(speaker, gid, 'he is there');
  const { uid } = device.raw;
  const time = Date.now();
  const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: `${uid} is gone` });
  const placed = { logId: gid, toUid: gid, fromUid: speaker.raw.uid, fromDevice: 0, clientMid: null };
  const entry = { ...placed, kind: 1, ns: Namespace.MESSAGE, time, payload };
  writeBehindSpans([
    { name: 'group.leave', args: { appId: 'flooim', uid, gid, time } },
    { name: 'message.appendToGroup', args: { entry, dedupe: 'clientMid', appId: 'flooim' } },
  ]);
  const frame = await read(device, last);
  expect(texts(frame)).not.toContain(`${uid} is gone`);
  expect(frame.metas.map(({ id }) => id)).toContain(last);
  server.context.groupDirectory.forget(gid);
});

test('a version 1 device that pulls while it is pushed gets each entry once, in order', async () => {
  const [speaker, old] = [await phoneOf(0), await phoneOf(1, Vsn.V1)];
  const given: number[] = [];
  const receive = old.raw.onSync;
  old.raw.onSync = (frame) => {
    given.push(...frame.metas.map(({ id }) => id));
    receive?.(frame);
  };
  let isOver = false;
  const pulling = (async () => {
    while (!isOver) await old.pull(gid);
  })();
  let last = 0;
  for (let i = 0; i < 200; i++) last = (await groupText(speaker, gid, `${i}`)).serverMid;
  await expect.poll(() => given.at(-1)).toBe(last);
  isOver = true;
  await pulling;
  expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
});
