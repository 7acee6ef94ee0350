import { rmSync } from 'node:fs';
import { Vsn } from '@flooim/protocol';
import { type SeededUser, seedGroup, seedUsers, startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupText } from './support/group-talk.ts';
import { Phone } from './support/phone.ts';

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
