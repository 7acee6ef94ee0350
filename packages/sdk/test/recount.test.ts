import { OperationType } from '@flooim/protocol';
import type { PlatformOptions } from 'flooim';
import { afterEach, expect, test } from 'vitest';
import { edit, type FakeWorld, me, peer, push, signInStored, text } from './fake-server.ts';
import type { FakeSocket } from './fakes.ts';
import { closeAll, profile, until } from './support.ts';

afterEach(closeAll);

const unread = ({ im }: FakeWorld) => im.rosterManage.getUnreadCount(peer);
const counts = (world: FakeWorld, number: number) =>
  until(() => unread(world) === number, `${number} unread, not ${unread(world)}`);

/** A device with unread messages 1 to 2500 of the peer, every tenth message an own one, which does not count. */
async function manyUnread(browser: PlatformOptions): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const started = await signInStored(browser);
  const messages = Array.from({ length: 2500 }, (_, i) => text(i + 1, 'm', i % 10 === 9 ? me : peer));
  for (let from = 0; from < 2500; from += 250) push(started.socket, from, ...messages.slice(from, from + 250));
  await counts(started.world, 2250);
  return started;
}

test('a reading among those that are not known one by one leaves exactly what follows it', async () => {
  const { world, socket } = await manyUnread(profile());
  world.im.rosterManage.readRosterMessage(peer, 100);
  await counts(world, 2160);
  expect(world.of('onUnreadChange').length).toBeGreaterThan(0);
  world.im.rosterManage.readRosterMessage(peer, 1000);
  push(socket, 2500, text(2501));
  await counts(world, 1351);
  push(socket, 2501, edit(2502, 1001, { operation: { type: OperationType.RECALL, mid: 1001 } }));
  await counts(world, 1350);
  world.im.rosterManage.readRosterMessage(peer, 2000);
  await counts(world, 451);
  world.im.rosterManage.readRosterMessage(peer);
  await counts(world, 0);
});

test('a reload before the counting counts', async () => {
  const browser = profile();
  const { world } = await manyUnread(browser);
  await new Promise((resolve) => setTimeout(resolve, 50));
  world.im.rosterManage.readRosterMessage(peer, 1000);
  await world.im.dispose();
  const again = await signInStored(browser);
  await counts(again.world, 1350);
});
