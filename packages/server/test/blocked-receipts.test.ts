import { DeliveryStatus, OperationType, StatusCode, type SyncDL, Vsn } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { pullAll, rowOf } from './support/group-talk.ts';
import { bodies, Phone } from './support/phone.ts';
import { changeDatabase, type Person, startPeople } from './support/rest.ts';

let chat: Chat;
let alice: Phone;
let bob: Phone;
beforeEach(async () => {
  chat = await startChat({ messagesPerSec: 10_000, messageBurst: 10_000 });
  alice = await chat.phone(chat.alice);
  bob = await chat.phone(chat.bob);
});
afterEach(() => chat.close());

const { READ_ACK, READ_ALL, DELIVER_ACK, PLAY_ACK } = OperationType;
const { UNREAD, READ } = DeliveryStatus;

const block = () => chat.call(chat.bob, 'rosterBlock', { user_id: chat.alice.uid });
const unblock = () => chat.call(chat.bob, 'rosterUnblock', { user_id: chat.alice.uid });
const say = async (text: string) => (await alice.text(chat.bob.uid, text)).serverMid;

let devices = 0;

/** What alice can know of bob's reading: receipts, positions, the status of her messages. */
async function whatAliceKnows() {
  const device = await chat.phone(chat.alice, `device ${++devices}`);
  const operations = bodies({ metas: await pullAll(device, chat.bob.uid) } as SyncDL).filter(
    ({ operation }) => operation,
  );
  const row = await rowOf(device, chat.bob.uid);
  return {
    receipts: operations.map(({ operation }) => operation?.type),
    positions: [row?.peerReadMid, row?.peerDeliveredMid],
    statuses: bodies(await device.history(chat.bob.uid)).map(({ status }) => status),
  };
}

describe('who has blocked somebody', () => {
  test('reads on all of his own devices, and the other one learns nothing of it', async () => {
    const [first] = [await say('read before'), await say('read after')];
    await bob.operate(chat.alice.uid, READ_ACK, first);
    await alice.pushedOperation(READ_ACK);
    const before = await whatAliceKnows();
    expect(before).toMatchObject({ positions: [first, first], statuses: [UNREAD, READ] });
    await block();
    const desk = await chat.phone(chat.bob, 'desk');
    const answer = await bob.operate(chat.alice.uid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: 0 } });
    const { body } = await desk.pushedOperation(READ_ALL);
    expect(body.operation?.xid?.uid).toBe(chat.alice.uid);
    const readMid = (await rowOf(desk, chat.alice.uid))?.readMid ?? 0;
    expect(readMid).toBeGreaterThan(first);
    expect(await whatAliceKnows()).toEqual(before);
    expect(alice.pushed.flatMap(bodies).filter(({ operation }) => operation?.type === READ_ACK)).toHaveLength(1);
  });

  test('also by the word of a version 1 device to itself', async () => {
    const mid = await say('hello');
    await block();
    const before = await whatAliceKnows();
    const { uid, token } = chat.bob;
    const old = await Phone.connect(chat.url, { uid, token, guid: 'old' }, Vsn.V1);
    await old.operate(chat.bob.uid, READ_ALL, mid, chat.alice.uid);
    await old.operate(chat.alice.uid, READ_ACK, mid);
    expect((await rowOf(bob, chat.alice.uid))?.readMid).toBe(mid);
    expect(await whatAliceKnows()).toEqual(before);
    old.raw.terminate();
  });

  test('tells the other one nothing of what arrives', async () => {
    const mid = await say('hello');
    await block();
    bob.acknowledge(chat.alice.uid, mid);
    await until(async () => (await rowOf(bob, chat.alice.uid))?.n === 0, 'the cursor');
    expect(await whatAliceKnows()).toEqual({ receipts: [], positions: [0, 0], statuses: [UNREAD] });
  });

  test('does not tell him that a recording was played', async () => {
    const mid = await say('a recording');
    await block();
    expect((await bob.operate(chat.alice.uid, PLAY_ACK, mid)).status?.code).toBe(StatusCode.OK);
    expect((await whatAliceKnows()).receipts).toEqual([]);
  });

  test('tells him again once he has taken the block back', async () => {
    const mid = await say('hello');
    await block();
    await bob.operate(chat.alice.uid, READ_ACK, mid);
    await unblock();
    await bob.operate(chat.alice.uid, READ_ACK, mid);
    expect((await alice.pushedOperation(READ_ACK)).body.operation?.mid).toBe(mid);
    expect(await whatAliceKnows()).toEqual({ receipts: [READ_ACK], positions: [mid, mid], statuses: [READ] });
  });
});

test('who blocks just as he reads is asked to try again, and nothing is told', async () => {
  const people = await startPeople();
  const phone = ({ uid, token }: Person) => Phone.connect(people.url, { uid, token, guid: 'phone' });
  const [sender, reader] = [await phone(people.alice), await phone(people.bob)];
  const { serverMid: mid } = await sender.text(people.bob.uid, 'hello');
  await reader.operate(people.alice.uid, READ_ACK, mid);
  const { serverMid: next } = await sender.text(people.bob.uid, 'and more');
  // The server still takes them for strangers who may tell each other everything.
  changeDatabase(people.server, `INSERT INTO block (uid, peer) VALUES (${people.bob.uid}, ${people.alice.uid})`);
  const answer = await reader.operate(people.alice.uid, READ_ACK, next);
  expect(answer.status?.code).toBe(StatusCode.RATE_LIMIT_EXCEEDED);
  expect((await rowOf(sender, people.bob.uid))?.peerReadMid).toBe(mid);
  for (const device of [sender, reader]) device.raw.terminate();
  await people.close();
});

test('who was blocked reads on all of his own devices, and nobody else learns of it', async () => {
  const { serverMid: mid } = await bob.text(chat.alice.uid, 'hello');
  await block();
  const desk = await chat.phone(chat.alice, 'desk');
  const answer = await alice.operate(chat.bob.uid, READ_ACK, mid);
  expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: 0 } });
  const { body } = await desk.pushedOperation(READ_ALL);
  expect(body.operation).toMatchObject({ mid, xid: { uid: chat.bob.uid } });
  expect((await rowOf(desk, chat.bob.uid))?.readMid).toBe(mid);
  expect(await rowOf(bob, chat.alice.uid)).toMatchObject({ peerReadMid: 0 });
  expect(bob.pushed.flatMap(bodies).filter(({ operation }) => operation)).toEqual([]);
});

describe('a recording that was played', () => {
  test('is told to its sender, on all devices', async () => {
    const desk = await chat.phone(chat.alice, 'desk');
    const mid = await say('a recording');
    expect((await bob.operate(chat.alice.uid, PLAY_ACK, mid)).status?.code).toBe(StatusCode.OK);
    for (const device of [alice, desk]) {
      const { sync, body } = await device.pushedOperation(PLAY_ACK);
      expect(sync.xid?.uid).toBe(chat.bob.uid);
      expect(body.operation?.mid).toBe(mid);
    }
  });

  test('is one of the other’s', async () => {
    const mid = await say('mine');
    const own = await alice.operate(chat.bob.uid, PLAY_ACK, mid);
    expect(own.status?.reason).toBe('the message does not exist');
    expect((await bob.operate(chat.alice.uid, PLAY_ACK, 999_999)).status?.reason).toBe('the message does not exist');
  });
});

test('receipts of others go on as ever', async () => {
  await block();
  const carol = await chat.phone(chat.carol);
  const { serverMid: mid } = await carol.text(chat.bob.uid, 'hello');
  bob.acknowledge(chat.carol.uid, mid);
  expect((await carol.pushedOperation(DELIVER_ACK)).body.operation?.mid).toBe(mid);
});
