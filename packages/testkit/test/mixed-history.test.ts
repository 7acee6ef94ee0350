import { until } from '@flooim/testkit';
import { expect, test } from 'vitest';
import { allCount, mixedTown, sayOld, saySdk } from './support/mixed-town.ts';

const town = mixedTown();

test('history is the same for old and new, page by page', async () => {
  const [alice, bob] = await town.couple();
  for (let i = 0; i < 12; i++)
    await (i % 2 === 0 ? sayOld(alice.old, bob.uid, `${i}`) : saySdk(bob, alice.uid, `${i}`));
  const wanted = Array.from({ length: 12 }, (_, i) => `${11 - i}`);
  for (const device of [alice.old, alice.older, bob.old]) {
    const peer = device.uid === alice.uid ? bob.uid : alice.uid;
    const first = await device.page(peer, 0, 5);
    expect(first.metas.map(({ id }) => id)).toEqual(first.metas.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(first.nextKey).toBe(first.metas.at(-1)?.id);
    expect((await device.history(peer, 5)).map(({ content }) => content)).toEqual(wanted);
  }
  const { next } = await alice.sdk.im.sysManage.requireHistoryMessage(bob.uid, 0, 5);
  expect(Number(next)).toBe((await alice.old.page(bob.uid, 0, 5)).nextKey);
});

test('a new deployed client of a user begins with what is there, and what was read is read', async () => {
  const [alice, bob] = await town.couple();
  for (let i = 0; i < 5; i++) await saySdk(alice, bob.uid, `${i}`);
  await allCount(bob, alice.uid, 5);
  bob.sdk.read(alice.uid);
  await allCount(bob, alice.uid, 0);
  await saySdk(alice, bob.uid, 'new');
  const fresh = town.oldDevice(bob.name);
  await fresh.login();
  await until(() => fresh.messages(alice.uid).length === 6, 'all of it');
  expect(fresh.unread(alice.uid)).toBe(1);
  expect([...fresh.store.friends]).toEqual([alice.uid]);
});
