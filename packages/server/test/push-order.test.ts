import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../src/context.ts';
import type { Pair } from '../src/roster/roster-service.ts';
import { type Chat, startChat } from './support/chat.ts';
import { texts } from './support/phone.ts';
import { startPeople } from './support/rest.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ messagesPerSec: 100_000, messageBurst: 100_000 });
});
afterAll(() => chat.close());

test('pushes leave in the order of the log, receipts among messages', async () => {
  const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
  const count = 1500;
  let last = 0;
  for (let i = 0; i < count; i += 5) {
    await Promise.all(Array.from({ length: 5 }, (_, j) => alice.text(chat.bob.uid, `${i + j}`)));
    last = bob.pushed.at(-1)?.nextKey ?? 0;
    if (last > 0) bob.acknowledge(chat.alice.uid, last);
  }
  await bob.pushedText(`${count - 1}`);
  await bob.settle();
  const pushes = bob.pushed.filter((sync) => sync.xid?.uid === chat.alice.uid);
  const gaps = pushes.filter((push, i) => push.prevMid !== (pushes[i - 1]?.nextKey ?? 0));
  expect(gaps).toEqual([]);
  expect(pushes.flatMap(texts)).toHaveLength(count);
  expect(pushes.length).toBeGreaterThan(count);
});

/** Each act of one on another, in an order in which all can be done. */
const acts: [string, (context: Context, pair: Pair) => Promise<unknown>][] = [
  ['roster.apply', ({ roster }, pair) => roster.apply(pair, {})],
  ['roster.note', ({ roster }, pair) => roster.note(pair, { alias: 'Bobby' })],
  ['user.changeProfile', ({ users }, { uid }) => users.changeProfile(uid, { nick_name: 'Ally' })],
  ['roster.remove', ({ roster }, pair) => roster.remove(pair)],
  ['roster.block', ({ roster }, pair) => roster.block(pair)],
  ['roster.unblock', ({ roster }, pair) => roster.unblock(pair)],
];

test('notices leave before what was written after them is heard of', async () => {
  const people = await startPeople();
  const { context } = people.server;
  const { writer, delivery } = context;
  const order: string[] = [];
  const { submit } = writer;
  // In the same batch, right behind each act, another write.
  writer.submit = (name, args, done) => {
    submit.call(writer, name, args, done);
    const later = { uid: people.carol.uid, change: {} };
    submit.call(writer, 'user.changeSettings', later, () => order.push(`after ${name}`));
  };
  const { deliverOne } = delivery;
  delivery.deliverOne = (...entry) => {
    order.push('notice');
    deliverOne.apply(delivery, entry);
  };
  const pair = { appId: 'flooim', uid: people.alice.uid, peer: people.bob.uid };
  for (const [name, act] of acts) {
    order.length = 0;
    await act(context, pair);
    expect([...new Set(order)], name).toEqual(['notice', `after ${name}`]);
  }
  await people.close();
});
