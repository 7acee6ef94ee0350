import { decodeSyncUL, encodeMeta, Namespace, OperationType, StatusCode } from '@flooim/protocol';
import { beforeEach, expect, test } from 'vitest';
import type { Connection } from '../src/connection/connection.ts';
import { Emitter } from '../src/event/emitter.ts';
import { MemoryStorage } from '../src/storage/memory.ts';
import type { StoredSend } from '../src/storage/storage.ts';
import { Transactions } from '../src/storage/transaction.ts';
import { ClientMids } from '../src/sync/client-mids.ts';
import { Outbox } from '../src/sync/outbox.ts';
import { FakeClock, settle } from './fakes.ts';

let clock: FakeClock;
let storage: MemoryStorage;
let up: boolean;
let wire: number[];
let done: string[];
let transactions: Transactions;

beforeEach(() => {
  clock = new FakeClock();
  storage = new MemoryStorage();
  up = true;
  wire = [];
  done = [];
  transactions = new Transactions(storage, new Emitter());
});

function outbox(stored: StoredSend[] = []): Outbox {
  const connection = {
    get isUp() {
      return up;
    },
    send(_command: number, payload: Uint8Array) {
      if (up) wire.push(decodeSyncUL(payload).meta?.id ?? 0);
      return up;
    },
  } as unknown as Connection;
  return new Outbox(
    {
      clock,
      random: () => 1,
      connection,
      transactions,
      sent: (send) => void done.push(`sent ${send.clientMid}`),
      failed: (send, status) => void done.push(`failed ${send.clientMid} ${status.reason}`),
      dropped: (send) => void done.push(`dropped ${send.clientMid}`),
    },
    stored,
  );
}

const send = (clientMid: number, cid = 7): StoredSend => ({
  clientMid,
  cid,
  meta: encodeMeta({
    id: clientMid,
    to: { uid: cid, deviceSN: 0 },
    ns: Namespace.MESSAGE,
    payload: new Uint8Array([1]),
  }),
});

async function add(box: Outbox, ...sends: StoredSend[]): Promise<void> {
  for (const one of sends) await transactions.run((tx) => box.add(one, tx)).then(() => box.stored(one));
}

const answer = (clientMid: number, code: StatusCode = StatusCode.OK, reason = '') =>
  ({ clientMid, serverMid: clientMid * 10, status: { code, reason } }) as never;

const take = (box: Outbox, clientMid: number) => transactions.run((tx) => box.sent(answer(clientMid), tx));

test('nothing goes out before it is stored', async () => {
  const box = outbox();
  const one = send(1);
  const stored = transactions.run((tx) => box.add(one, tx));
  box.flush();
  expect(wire).toEqual([]);
  await stored;
  box.stored(one);
  expect(wire).toEqual([1]);
  expect((await storage.load()).outbox).toHaveLength(1);
});

test('a window of unanswered ones goes out in order, the next when one is answered', async () => {
  const box = outbox();
  await add(box, ...Array.from({ length: 20 }, (_, i) => send(i + 1)));
  expect(wire).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  await take(box, 1);
  expect(wire.at(-1)).toBe(17);
  expect(done).toEqual(['sent 1']);
  expect((await storage.load()).outbox[0]?.clientMid).toBe(2);
});

test('conversations do not wait for each other', async () => {
  const box = outbox();
  await add(box, ...Array.from({ length: 20 }, (_, i) => send(i + 1)), send(100, 8));
  expect(wire).toContain(100);
});

test('all conversations together have a window too, and none of them is forgotten', async () => {
  const box = outbox();
  await add(box, ...Array.from({ length: 100 }, (_, i) => send(i + 1, i)));
  expect(wire).toHaveLength(64);
  for (let mid = 1; mid <= 40; mid++) await take(box, mid);
  expect(wire).toHaveLength(100);
});

test('after a cut all that was not answered goes again, in order, under the same mids', async () => {
  const box = outbox();
  await add(box, send(1), send(2), send(3));
  await take(box, 1);
  up = false;
  box.disconnected();
  await add(box, send(4));
  up = true;
  wire = [];
  box.flush();
  expect(wire).toEqual([2, 3, 4]);
});

test('a reload begins with what was stored, without what had failed', () => {
  const box = outbox([send(1), { ...send(2), failed: 'no' }, send(3)]);
  box.flush();
  expect(wire).toEqual([1, 3]);
});

test('too fast is tried again later, in order, one at a time', async () => {
  const box = outbox();
  await add(box, send(1), send(2), send(3));
  wire = [];
  box.refused(answer(2, StatusCode.RATE_LIMIT_EXCEEDED));
  box.refused(answer(3, StatusCode.RATE_LIMIT_EXCEEDED));
  await take(box, 1);
  expect(wire).toEqual([]);
  await clock.advance(1000);
  expect(wire).toEqual([2]);
  await take(box, 2);
  expect(wire).toEqual([2, 3]);
  expect(done).toEqual(['sent 1', 'sent 2']);
});

test('any other refusal is final and lets the next ones through', async () => {
  const box = outbox();
  await add(box, send(1), send(2));
  box.refused(answer(1, StatusCode.FAIL, 'no'));
  await settle();
  await take(box, 2);
  expect(done).toEqual(['failed 1 no', 'sent 2']);
});

test('an answer to something unknown changes nothing', async () => {
  const box = outbox();
  await take(box, 99);
  box.refused(answer(99, StatusCode.FAIL));
  expect(done).toEqual([]);
});

test('client mids only grow, whatever the clock does and wherever the store was', async () => {
  const last = 1_900_000_000_000 * 1024;
  const mids = new ClientMids(clock, last);
  const given: number[] = [];
  for (let i = 0; i < 3; i++) await transactions.run((tx) => void given.push(mids.next(tx)));
  expect(given).toEqual([last + 1, last + 2, last + 3]);
  expect((await storage.load()).kv.get('lastClientMid')).toBe(last + 3);
  const fresh = new ClientMids(clock, 0);
  await transactions.run((tx) => void given.push(fresh.next(tx)));
  expect(given.every(Number.isSafeInteger)).toBe(true);
});

test('an operation may be changed while it waits, never after it went out, though the answer was lost', async () => {
  const read = (clientMid: number): StoredSend => ({
    ...send(clientMid),
    operation: { type: OperationType.READ_ACK, cid: 7, mid: 5 },
  });
  const box = outbox();
  up = false;
  await add(box, read(1));
  expect(box.waiting(7, OperationType.READ_ACK)?.clientMid).toBe(1);
  up = true;
  box.flush();
  expect(wire).toEqual([1]);
  box.disconnected();
  expect(box.waiting(7, OperationType.READ_ACK)).toBeUndefined();
  expect(outbox([read(1)]).waiting(7, OperationType.READ_ACK)).toBeUndefined();
});
