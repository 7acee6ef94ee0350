import {
  ConversationOperationType,
  decodeConversation,
  encodeConversation,
  limits,
  Namespace,
  OperationType,
  QoS,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { bodies, type Phone, texts } from './support/phone.ts';

let chat: Chat;
let alice: Phone;
let bob: Phone;
let aheadMs = 0;
beforeEach(async () => {
  aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  chat = await startChat({ messagesPerSec: 10_000, messageBurst: 10_000 }, { clock });
  alice = await chat.phone(chat.alice);
  bob = await chat.phone(chat.bob);
});
afterEach(() => chat.close());

const { READ_ACK, READ_ALL, READ_CANCEL, DELIVER_ACK, RECALL, DELETE } = OperationType;

async function say(...messages: string[]): Promise<number[]> {
  const mids: number[] = [];
  for (const text of messages) mids.push((await alice.text(chat.bob.uid, text)).serverMid);
  return mids;
}

const rowOf = async (phone: Phone, peer: number) => (await phone.unread()).find(({ xid }) => xid.uid === peer);

describe('reading', () => {
  test('moves the position on all devices of both', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    const [, second] = await say('a', 'b');
    const answer = await bob.operate(chat.alice.uid, READ_ACK, second as number);
    expect(answer.status?.code).toBe(StatusCode.OK);
    expect(answer.serverMid).toBeGreaterThan(second as number);
    expect((await alice.pushedOperation(READ_ACK)).body.operation?.mid).toBe(second);
    expect((await tablet.pushedOperation(READ_ACK)).sync.xid?.uid).toBe(chat.alice.uid);
    expect((await rowOf(alice, chat.bob.uid))?.peerReadMid).toBe(second);
    expect((await rowOf(bob, chat.alice.uid))?.readMid).toBe(second);
  });

  test('never goes back and never passes the end', async () => {
    const [first, second] = await say('a', 'b');
    await bob.operate(chat.alice.uid, READ_ACK, second as number);
    await bob.operate(chat.alice.uid, READ_ACK, first as number);
    expect((await rowOf(bob, chat.alice.uid))?.readMid).toBe(second);
    await bob.operate(chat.alice.uid, READ_ACK, 9_000_000);
    const [third] = await say('c');
    expect((await rowOf(bob, chat.alice.uid))?.readMid).toBeLessThan(third as number);
  });

  test('is told as it was taken, not as it was asked', async () => {
    const [mid] = await say('the end');
    await bob.operate(chat.alice.uid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect((await alice.pushedOperation(READ_ACK)).body.operation?.mid).toBe(mid);
  });

  test('own messages are never unread', async () => {
    const [mid] = await say('mine');
    const answer = await alice.operate(chat.alice.uid, READ_CANCEL, mid as number, chat.bob.uid);
    expect(answer.status?.reason).toBe('own messages are never unread');
  });

  test('leaves one entry for each reader, the latest', async () => {
    for (const mid of await say('a', 'b', 'c')) await bob.operate(chat.alice.uid, READ_ACK, mid);
    const away = await chat.phone(chat.alice, 'away');
    const reads = bodies(await away.pull(chat.bob.uid)).filter((body) => body.operation?.type === READ_ACK);
    expect(reads).toHaveLength(1);
  });

  test('shows as the status of one’s own messages in history and pulls', async () => {
    const [first] = await say('read', 'not read');
    await bob.operate(chat.alice.uid, READ_ACK, first as number);
    expect(bodies(await alice.history(chat.bob.uid)).map((body) => body.status)).toEqual([0, 2]);
    const tablet = await chat.phone(chat.alice, 'tablet');
    const own = bodies(await tablet.pull(chat.bob.uid)).filter((body) => !body.operation);
    expect(own.map((body) => body.status)).toEqual([2, 0]);
    expect(bodies(await bob.history(chat.alice.uid)).map((body) => body.status)).toEqual([0, 0]);
  });

  test('all of it, said to oneself, reaches the other own devices', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    const [mid] = await say('a');
    await bob.operate(chat.bob.uid, READ_ALL, mid as number, chat.alice.uid);
    const { sync, body } = await tablet.pushedOperation(READ_ALL);
    expect(sync.xid?.uid).toBe(0);
    expect(body.operation).toMatchObject({ mid, xid: { uid: chat.alice.uid } });
    expect((await rowOf(bob, chat.alice.uid))?.readMid).toBe(mid);
  });

  test('one message can be marked unread, on own devices only', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    const [mid] = await say('later');
    await bob.operate(chat.alice.uid, READ_ACK, mid as number);
    await bob.operate(chat.bob.uid, READ_CANCEL, mid as number, chat.alice.uid);
    expect((await tablet.pushedOperation(READ_CANCEL)).body.operation?.mid).toBe(mid);
    await alice.settle();
    expect(alice.pushed.flatMap(bodies).some((body) => body.operation?.type === READ_CANCEL)).toBe(false);
  });
});

describe('delivered', () => {
  test('is told to the sender when the recipient’s device has acknowledged, once for many', async () => {
    const mids = await say('a', 'b', 'c');
    bob.acknowledge(chat.alice.uid, mids[2] as number);
    expect((await alice.pushedOperation(DELIVER_ACK)).body.operation?.mid).toBe(mids[2]);
    expect((await rowOf(alice, chat.bob.uid))?.peerDeliveredMid).toBe(mids[2]);
    expect(bodies(await alice.history(chat.bob.uid)).map((body) => body.status)).toEqual([1, 1, 1]);
  });

  test('is not told for one’s own messages or for receipts', async () => {
    const [mid] = await say('a');
    alice.acknowledge(chat.bob.uid, mid as number);
    bob.acknowledge(chat.alice.uid, mid as number);
    const { sync } = await alice.pushedOperation(DELIVER_ACK);
    alice.acknowledge(chat.bob.uid, sync.nextKey);
    bob.acknowledge(chat.alice.uid, sync.nextKey);
    await say('b');
    bob.acknowledge(chat.alice.uid, sync.nextKey + 1);
    await alice.pushedWhere(
      (push) => bodies(push).some((b) => b.operation?.mid === sync.nextKey + 1),
      'the second receipt',
    );
    const receipts = alice.pushed.flatMap(bodies).filter((body) => body.operation?.type === DELIVER_ACK);
    expect(receipts).toHaveLength(2);
  });
});

describe('recall', () => {
  test('takes a message from everybody: pushes, history, pulls and the database', async () => {
    const [mid] = await say('a slip of the tongue');
    const answer = await alice.operate(chat.bob.uid, RECALL, mid as number, chat.bob.uid);
    expect(answer.status?.code).toBe(StatusCode.OK);
    expect((await bob.pushedOperation(RECALL)).body.operation?.mid).toBe(mid);
    expect(texts(await bob.history(chat.alice.uid))).toEqual([]);
    const tablet = await chat.phone(chat.bob, 'tablet');
    const page = await tablet.pull(chat.alice.uid);
    expect(texts(page)).toEqual([]);
    expect(bodies(page)[0]?.operation).toMatchObject({ type: RECALL, mid });
  });

  test('is refused after five minutes, with the text that clients match', async () => {
    const [mid] = await say('too late');
    aheadMs = limits.recallWindowMs + 1000;
    const answer = await alice.operate(chat.bob.uid, RECALL, mid as number, chat.bob.uid);
    expect(answer.status).toEqual({ code: StatusCode.FAIL, reason: 'exceed recall time limit' });
    expect(texts(await bob.history(chat.alice.uid))).toEqual(['too late']);
  });

  test('is for the sender alone, and for messages alone', async () => {
    const [mid] = await say('mine');
    const foreign = await bob.operate(chat.alice.uid, RECALL, mid as number, chat.alice.uid);
    expect(foreign.status?.code).toBe(StatusCode.FAIL);
    const read = await bob.operate(chat.alice.uid, READ_ACK, mid as number);
    const notAMessage = await bob.operate(chat.alice.uid, RECALL, read.serverMid, chat.alice.uid);
    expect(notAMessage.status?.reason).toBe('the message does not exist');
  });

  test('repeated under the same client mid gets the first answer', async () => {
    const [mid] = await say('twice');
    const first = await alice.operate(chat.bob.uid, RECALL, mid as number, chat.bob.uid, 600_001);
    const again = await alice.operate(chat.bob.uid, RECALL, mid as number, chat.bob.uid, 600_001);
    expect(again.serverMid).toBe(first.serverMid);
  });
});

describe('delete', () => {
  test('takes a message from the user’s own devices only', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    const [mid] = await say('not for my eyes');
    await bob.operate(chat.bob.uid, DELETE, mid as number, chat.alice.uid);
    expect((await tablet.pushedOperation(DELETE)).body.operation).toMatchObject({ mid, xid: { uid: chat.alice.uid } });
    expect(texts(await bob.history(chat.alice.uid))).toEqual([]);
    expect(texts(await alice.history(chat.bob.uid))).toEqual(['not for my eyes']);
  });
});

describe('deleting a conversation', () => {
  test('everywhere hides its history on all own devices, and later messages come through', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    await say('old');
    const answer = await bob.deleteConversation(chat.alice.uid, ConversationOperationType.DELETE_EVERYWHERE);
    expect(answer.status?.code).toBe(StatusCode.OK);
    const push = await tablet.pushedWhere((sync) => sync.metas[0]?.ns === Namespace.CONVERSATION, 'the deletion');
    expect(decodeConversation(push.metas[0]?.payload as Uint8Array).operation).toMatchObject({
      type: ConversationOperationType.DELETE_EVERYWHERE,
      xid: { uid: chat.alice.uid },
    });
    expect(texts(await tablet.history(chat.alice.uid))).toEqual([]);
    expect(await rowOf(tablet, chat.alice.uid)).toBeUndefined();
    await say('new');
    expect(texts(await tablet.history(chat.alice.uid))).toEqual(['new']);
    expect(texts(await alice.history(chat.bob.uid))).toEqual(['new', 'old']);
  });

  test('again, after the answer was lost, takes nothing that came meanwhile', async () => {
    const [old] = await say('old');
    const { DELETE_EVERYWHERE } = ConversationOperationType;
    const payload = encodeConversation({
      operation: { type: DELETE_EVERYWHERE, xid: { uid: chat.alice.uid }, mid: old },
    });
    const deletion = { id: 500_001, ns: Namespace.CONVERSATION, payload };
    const first = await bob.send(deletion);
    await say('new');
    expect((await bob.send(deletion)).serverMid).toBe(first.serverMid);
    expect(texts(await bob.history(chat.alice.uid))).toEqual(['new']);
  });

  test('is not taken for something else that was sent under the same client mid', async () => {
    await say('old');
    const { DELETE_EVERYWHERE } = ConversationOperationType;
    const old = await chat.phone(chat.bob, 'old', Vsn.V1);
    const { serverMid } = await old.text(chat.alice.uid, 'in the same millisecond', 500_002);
    const payload = encodeConversation({ operation: { type: DELETE_EVERYWHERE, xid: { uid: chat.alice.uid } } });
    const answer = await old.send({ id: 500_002, ns: Namespace.CONVERSATION, payload });
    expect(answer.status?.code).toBe(StatusCode.OK);
    expect(answer.serverMid).toBeGreaterThan(serverMid);
    expect(texts(await bob.history(chat.alice.uid))).toEqual([]);
  });

  test('reaches as far as the user had seen, not further', async () => {
    const [seen] = await say('seen', 'not seen');
    for (const type of [ConversationOperationType.DELETE, ConversationOperationType.DELETE_EVERYWHERE]) {
      const payload = encodeConversation({ operation: { type, xid: { uid: chat.alice.uid }, mid: seen } });
      await bob.send({ ns: Namespace.CONVERSATION, payload });
      expect(texts(await bob.history(chat.alice.uid))).toEqual(['not seen']);
    }
  });

  test('keeps it away when only a receipt follows', async () => {
    const [mid] = await say('read me');
    await alice.deleteConversation(chat.bob.uid, ConversationOperationType.DELETE_EVERYWHERE);
    await bob.operate(chat.alice.uid, READ_ACK, mid as number);
    expect(await rowOf(alice, chat.bob.uid)).toBeUndefined();
  });

  test('here leaves the other devices as they are', async () => {
    const tablet = await chat.phone(chat.bob, 'tablet');
    await say('old');
    await bob.deleteConversation(chat.alice.uid, ConversationOperationType.DELETE);
    expect(texts(await bob.history(chat.alice.uid))).toEqual([]);
    expect(await rowOf(bob, chat.alice.uid)).toBeUndefined();
    expect(texts(await tablet.history(chat.alice.uid))).toEqual(['old']);
  });

  test('of nobody is refused by name', async () => {
    const answer = await bob.deleteConversation(0, ConversationOperationType.DELETE);
    expect(answer.status?.reason).toContain('operation.xid');
  });
});

describe('typing', () => {
  const typing = { qos: QoS.AT_MOST_ONCE, ext: '{"input_status":"typing"}', content: '' };

  test('reaches the peer’s connected devices and is not stored', async () => {
    await say('begin');
    await bob.pushedText('begin');
    const away = await chat.phone(chat.carol);
    expect(away.pushed).toEqual([]);
    const before = (await rowOf(bob, chat.alice.uid))?.n;
    void alice.message(chat.bob.uid, typing);
    const push = await bob.pushedWhere((sync) => bodies(sync).some((body) => body.ext.includes('typing')), 'typing');
    expect(push).toMatchObject({ nextKey: 0, xid: { uid: chat.alice.uid } });
    expect((await rowOf(bob, chat.alice.uid))?.n).toBe(before);
    expect(texts(await bob.history(chat.alice.uid))).toEqual(['begin']);
  });

  test('does not reach someone who blocked the typist', async () => {
    await chat.call(chat.bob, 'rosterBlock', { user_id: chat.alice.uid });
    void alice.message(chat.bob.uid, typing);
    await alice.settle();
    await bob.settle();
    expect(bob.pushed.flatMap(bodies).some((body) => body.ext.includes('typing'))).toBe(false);
  });
});
