import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Command,
  closeCodes,
  decodeMessageBody,
  encodeMessageBody,
  encodeSyncUL,
  MessageType,
  OperationType,
  QoS,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { bodies, type Phone, texts } from './support/phone.ts';

let chat: Chat;
beforeEach(async () => {
  chat = await startChat({ messagesPerSec: 100_000, messageBurst: 100_000 });
});
afterEach(() => chat.close());

async function isServing(): Promise<number> {
  const began = performance.now();
  expect((await fetch(`${chat.url}/healthz`)).status).toBe(200);
  return performance.now() - began;
}

describe('a client that means harm', () => {
  test('cannot stop the server with upgrades that it drops', async () => {
    const { hostname, port } = new URL(chat.url);
    const upgrade = 'GET /nope HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    await Promise.all(
      Array.from({ length: 50 }, () => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => {});
        return new Promise<void>((resolve) => {
          socket.on('connect', () =>
            socket.write(upgrade, () => setImmediate(() => resolve(void socket.resetAndDestroy()))),
          );
        });
      }),
    );
    await isServing();
  });

  test.each(['xsync', 'socketio4'] as const)(
    'cannot fill the memory by asking %s without reading',
    async (door) => {
      const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob, 'phone', Vsn.V2, door)];
      for (let i = 0; i < 20; i++) await alice.text(chat.bob.uid, `${i} ${'x'.repeat(15_000)}`);
      const before = process.memoryUsage().rss;
      bob.raw.socket.pause();
      const pull = encodeSyncUL({ xid: { uid: chat.alice.uid }, key: 1, fullSyncNum: 200 });
      for (let i = 0; i < 2500; i++) bob.raw.send(Command.SYNC, pull);
      for (let i = 0; i < 10; i++) expect(await isServing()).toBeLessThan(2000);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
      bob.raw.terminate();
    },
    30_000,
  );

  test('cannot hide bulk in an operation or in typing', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const bulk = 'x'.repeat(15_000);
    const { serverMid } = await alice.text(chat.bob.uid, 'soon gone');
    const operation = { type: OperationType.RECALL, mid: serverMid, xid: { uid: chat.bob.uid } };
    const payload = encodeMessageBody({ type: MessageType.OPER, operation, content: bulk, senderName: bulk });
    await alice.send({ to: { uid: chat.bob.uid }, payload });
    expect((await bob.pushedOperation(OperationType.RECALL)).body).toMatchObject({ content: '', senderName: '' });
    void alice.message(chat.bob.uid, { qos: QoS.AT_MOST_ONCE, ext: '{"input_status":"typing"}', config: `"${bulk}"` });
    const push = await bob.pushedWhere((sync) => bodies(sync).some((body) => body.ext !== ''), 'typing');
    expect(decodeMessageBody(push.metas[0]?.payload as Uint8Array).config).toBe('');
  });

  test('cannot hide bulk in fields that nobody knows', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const known = encodeMessageBody({ type: MessageType.CHAT, content: 'small' });
    const unknown = Buffer.concat([
      known,
      Buffer.from('c23eb87500', 'hex').subarray(0, 2),
      Buffer.from([100]),
      Buffer.alloc(100),
    ]);
    await alice.send({ to: { uid: chat.bob.uid }, payload: unknown });
    expect((await bob.pushedText('small')).metas[0]?.payload.length).toBe(known.length);
  });
});

describe('someone who was blocked', () => {
  test('reaches the blocker with nothing from the moment the call returned', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    await alice.text(chat.bob.uid, 'hello');
    const sends = Array.from({ length: 400 }, (_, i) => alice.text(chat.bob.uid, `m${i}`));
    await chat.call(chat.bob, 'rosterBlock', { user_id: chat.alice.uid });
    const atReturn = (await bob.history(chat.alice.uid, 0, 1)).metas[0]?.id;
    await Promise.all(sends);
    await Promise.all(Array.from({ length: 20 }, () => alice.text(chat.bob.uid, 'after')));
    expect((await bob.history(chat.alice.uid, 0, 1)).metas[0]?.id).toBe(atReturn);
  });

  test('cannot recall, and thereby speak, any more', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const { serverMid } = await alice.text(chat.bob.uid, 'said before');
    await chat.call(chat.bob, 'rosterBlock', { user_id: chat.alice.uid });
    const answer = await alice.operate(chat.bob.uid, OperationType.RECALL, serverMid, chat.bob.uid);
    expect(answer.status).toEqual({ code: StatusCode.FAIL, reason: 'you have been blocked by the recipient' });
    expect(texts(await bob.history(chat.alice.uid))).toEqual(['said before']);
  });
});

test('what waits for the rate limit is dropped when the session ends', async () => {
  const slow = await startChat({ messagesPerSec: 1, messageBurst: 1 });
  const alice = await slow.phone(slow.alice, 'same');
  await alice.text(slow.bob.uid, '0');
  for (let i = 1; i < 6; i++) void alice.text(slow.bob.uid, `${i}`);
  const newer = await slow.phone(slow.alice, 'same');
  expect(await alice.raw.closed()).toBe(closeCodes.kickedBySameDevice.code);
  // Signing in waits as well: some may have gone before.
  const before = texts(await newer.history(slow.bob.uid));
  expect(before.length).toBeLessThan(5);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(texts(await newer.history(slow.bob.uid))).toEqual(before);
  await slow.close();
});

test('an install that had to make room comes back under its own number', async () => {
  const first = await chat.phone(chat.bob, 'the first');
  const number = first.raw.deviceSN;
  first.raw.close();
  await first.raw.closed();
  for (let i = 0; i < 10; i++) {
    const other = await chat.phone(chat.bob, `other ${i}`);
    other.raw.close();
    await other.raw.closed();
  }
  const again = await chat.phone(chat.bob, 'the first');
  expect(again.raw.deviceSN).toBe(number);
  await again.settle();
});

test('of the installs that went a moment ago the one that went first makes room', async () => {
  const first = await chat.phone(chat.bob, 'the first');
  const others: Phone[] = [];
  for (let i = 1; i < 10; i++) others.push(await chat.phone(chat.bob, `other ${i}`));
  const leave = async ({ raw }: Phone) => {
    raw.close();
    await raw.closed();
    // They must not have gone in the same millisecond.
    await sleep(5);
  };
  await leave(others[4] as Phone);
  await leave(first);
  const newcomer = await chat.phone(chat.bob, 'one more');
  const known = await chat.call(chat.bob, 'deviceList', {});
  const numbers = [first, ...others, newcomer].map(({ raw }) => raw.deviceSN);
  expect(known.map((device) => device.device_sn)).toEqual(numbers.filter((sn) => sn !== others[4]?.raw.deviceSN));
});
