import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { texts } from './support/phone.ts';

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
