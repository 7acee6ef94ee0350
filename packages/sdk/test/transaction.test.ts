import { expect, test } from 'vitest';
import { Emitter } from '../src/event/emitter.ts';
import { MemoryStorage } from '../src/storage/memory.ts';
import type { Write } from '../src/storage/storage.ts';
import { Transactions } from '../src/storage/transaction.ts';
import { settle } from './fakes.ts';

/** A store that is done when the test says so. */
class SlowStorage extends MemoryStorage {
  finish: (() => void)[] = [];

  override async commit(writes: readonly Write[]): Promise<void> {
    await new Promise<void>((resolve) => this.finish.push(resolve));
    await super.commit(writes);
  }
}

function world() {
  const storage = new SlowStorage();
  const emitter = new Emitter();
  const heard: number[] = [];
  emitter.on('onUnreadChange', (cid) => heard.push(cid));
  return { storage, heard, transactions: new Transactions(storage, emitter) };
}

const write: Write = { to: 'kv', key: 'a', value: 1 };

test('nothing is told, and nobody may acknowledge, before it is stored', async () => {
  const { storage, heard, transactions } = world();
  let stored = false;
  const done = transactions.run((tx) => {
    tx.write(write);
    tx.unreadChanged(5);
  });
  void done.then(() => {
    stored = true;
  });
  await settle();
  expect([heard, stored]).toEqual([[], false]);
  storage.finish[0]?.();
  await done;
  expect([heard, stored]).toEqual([[5], true]);
});

test('events keep the order of the changes, also of those that store nothing', async () => {
  const { storage, heard, transactions } = world();
  void transactions.run((tx) => {
    tx.write(write);
    tx.emit('onUnreadChange', 1);
  });
  const second = transactions.run((tx) => tx.emit('onUnreadChange', 2));
  await settle();
  expect(heard).toEqual([]);
  storage.finish[0]?.();
  await second;
  expect(heard).toEqual([1, 2]);
});

test('what is written is the state at the end of the change, not a later one', async () => {
  const { storage, transactions } = world();
  const row = { id: 7, unread: [1], marked: {}, cursor: 1 } as never as Parameters<
    Parameters<Parameters<typeof transactions.run>[0]>[0]['changed']
  >[0];
  const done = transactions.run((tx) => tx.changed(row));
  row.cursor = 9;
  row.unread.push(2);
  storage.finish[0]?.();
  await done;
  expect((await storage.load()).conversations[0]).toMatchObject({ cursor: 1, unread: [1] });
});

test('after the close nothing is told any more', async () => {
  const { storage, heard, transactions } = world();
  void transactions.run((tx) => {
    tx.write(write);
    tx.unreadChanged(5);
  });
  transactions.close();
  storage.finish[0]?.();
  await settle();
  expect(heard).toEqual([]);
});
