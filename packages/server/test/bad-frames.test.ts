import { deflateSync } from 'node:zlib';
import {
  Command,
  CompressMethod,
  closeCodes,
  encodeFrame,
  encodeMessageBody,
  limits,
  MessageType,
  Namespace,
  OperationType,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import type { Phone } from './support/phone.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat();
});
afterAll(() => chat.close());

/** A frame whose payload says that it is compressed; the codec writes none such. */
function compressed(payload: Uint8Array): Uint8Array {
  const plain = encodeFrame({ vsn: Vsn.V2, command: Command.SYNC, payload });
  return Buffer.concat([Buffer.from([0x10, CompressMethod.ZLIB]), plain]);
}

/** Clients of the other one are the same to frames. */
const doors = ['xsync', 'socketio2'] as const;

describe.each(doors)('bytes that are no frame, through %s,', (door) => {
  const unreadable: [string, Uint8Array, number][] = [
    ['garbage', Buffer.from('ffffffffffffffffffff', 'hex'), closeCodes.malformed.code],
    ['a truncated frame', Buffer.from('0800100018012210', 'hex'), closeCodes.malformed.code],
    ['a frame over the limit', new Uint8Array(limits.frameBytes + 1), closeCodes.tooLarge.code],
    ['a compressed frame of somebody unknown', compressed(deflateSync(new Uint8Array(8))), closeCodes.malformed.code],
    ['a zlib payload that is none', compressed(Buffer.from('not zlib')), closeCodes.malformed.code],
  ];
  test.each(unreadable)('%s closes the connection with its code', async (_, bytes, code) => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    raw.sendBytes(bytes);
    expect(await raw.closed()).toBe(code);
  });

  test('a zlib bomb closes the connection with its code', async () => {
    const { raw } = await chat.phone(chat.alice, 'bomber', Vsn.V2, door);
    raw.sendBytes(compressed(deflateSync(new Uint8Array(8 * 2 ** 20))));
    expect(await raw.closed()).toBe(closeCodes.tooLarge.code);
  });

  test('a provision that cannot be read is told so', async () => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    const answer = new Promise<number | undefined>((resolve) => {
      raw.onProvision = ({ status }) => resolve(status?.code);
    });
    raw.send(Command.PROVISION, Buffer.from('0aff', 'hex'));
    expect(await answer).toBe(StatusCode.PB_PARSER_ERROR);
    expect(await raw.closed()).toBe(closeCodes.malformed.code);
  });

  test('a text message closes the connection', async () => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    raw.socket.send('hello?');
    expect(await raw.closed()).toBe(closeCodes.malformed.code);
  });

  test('a message far over the limit is not even read', async () => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    raw.sendBytes(new Uint8Array(10 * limits.frameBytes));
    expect(await raw.closed()).toBe(1009);
  });

  test('the server serves on', async () => {
    const alice = await chat.phone(chat.alice, 'phone', Vsn.V2, door);
    expect((await alice.text(chat.bob.uid, 'still here')).status?.code).toBe(StatusCode.OK);
  });
});

describe.each(doors)('before provision, through %s,', (door) => {
  test('a sync frame is told to log in first', async () => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    raw.sync({ xid: { uid: chat.bob.uid } });
    const answer = await raw.nextSync();
    expect(answer.status).toEqual({ code: StatusCode.UNAUTHORIZED, reason: 'you must login first' });
    raw.close();
  });

  test('an unread frame is told to log in first', async () => {
    const raw = await RawClient.open(chat.url, Vsn.V2, door);
    const status = await new Promise((resolve) => {
      raw.onUnread = (unread) => resolve(unread.status);
      raw.send(Command.UNREAD);
    });
    expect(status).toEqual({ code: StatusCode.UNAUTHORIZED, reason: 'you must login first' });
    raw.close();
  });
});

describe('frames that make no sense', () => {
  test('an unknown command is answered so', async () => {
    const alice = await chat.phone(chat.alice);
    const answer = alice.raw.nextSync((sync) => sync.status?.code === StatusCode.UNKNOWN_COMMAND);
    alice.raw.send(9 as Command);
    expect((await answer).status?.reason).toBe('unknown command');
  });

  test('a payload that cannot be read is a typed answer, not a lost connection', async () => {
    const alice = await chat.phone(chat.alice);
    const answer = await alice.send({ to: { uid: chat.bob.uid }, payload: Buffer.from('0aff', 'hex') });
    expect(answer.status?.code).toBe(StatusCode.PB_PARSER_ERROR);
    expect((await alice.text(chat.bob.uid, 'fine')).status?.code).toBe(StatusCode.OK);
  });

  test.each([Namespace.UNKNOWN, Namespace.GROUP_NOTICE, Namespace.USER_NOTICE, Namespace.PUSH, 99])(
    'namespace %i is refused',
    async (ns) => {
      const alice = await chat.phone(chat.alice);
      const answer = await alice.send({ ns: ns as Namespace, to: { uid: chat.bob.uid }, payload: new Uint8Array() });
      expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
      expect(answer.status?.reason).toContain('namespace');
    },
  );

  test('a pull without a conversation names the field', async () => {
    const alice = await chat.phone(chat.alice);
    const answer = alice.raw.nextSync((sync) => sync.status?.code === StatusCode.INVALID_PARAMETER);
    alice.raw.sync({ key: 5 });
    expect((await answer).status?.reason).toContain('xid');
  });

  const large = 'x'.repeat(limits.contentBytes + 1);
  const badMessages: [string, Parameters<typeof encodeMessageBody>[0], string][] = [
    ['content over the limit', { content: large }, 'content'],
    [
      'content over the limit in bytes, not in characters',
      { content: '你'.repeat(limits.contentBytes / 2) },
      'content',
    ],
    ['config over the limit', { config: `"${'x'.repeat(limits.configBytes)}"` }, 'config'],
    ['config that is not JSON', { config: '{' }, 'config'],
    ['attachment over the limit', { attachment: 'x'.repeat(limits.attachmentBytes + 1) }, 'attachment'],
    ['ext over the limit', { ext: large }, 'ext'],
    ['an unknown content type', { ctype: 77 as never }, 'ctype'],
  ];
  test.each(badMessages)('%s is refused by name', async (_, body, field) => {
    const alice = await chat.phone(chat.alice);
    const answer = await alice.message(chat.bob.uid, body);
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
    expect(answer.status?.reason).toContain(field);
    expect(answer.serverMid).toBe(0);
  });

  test.each([
    ['nobody', 0],
    ['oneself', -1],
    ['a user who does not exist', 999_999],
    ['a group that does not exist', 999_998],
  ])('a message to %s is refused', async (_, to) => {
    const alice = await chat.phone(chat.alice);
    const answer = await alice.text(to === -1 ? chat.alice.uid : to, 'anyone?');
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
  });

  test('a group message without such a group is refused', async () => {
    const alice = await chat.phone(chat.alice);
    const answer = await alice.message(chat.bob.uid, { type: MessageType.GROUPCHAT, content: 'all' });
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
  });

  const { READ_ACK, READ_CANCEL, RECALL, DELETE, DELIVER_ACK } = OperationType;
  test.each([
    ['without a mid', READ_ACK, 0, 'operation.mid'],
    ['of a message that does not exist', RECALL, 999_999, 'does not exist'],
    ['that only the server makes', DELIVER_ACK, 1, 'operation.type'],
  ])('an operation %s is refused', async (_, type, mid, reason) => {
    const alice = await chat.phone(chat.alice);
    const answer = await alice.operate(chat.bob.uid, type, mid, chat.bob.uid);
    expect(answer.status?.reason).toContain(reason);
  });

  test.each([READ_ACK, RECALL])('operation %i on a foreign conversation is refused', async (type) => {
    const people = [chat.alice, chat.bob, chat.carol].map((person) => chat.phone(person));
    const [alice, bob, carol] = (await Promise.all(people)) as [Phone, Phone, Phone];
    const { serverMid } = await alice.text(chat.bob.uid, 'between us');
    const answer = await carol.operate(chat.bob.uid, type, serverMid, chat.alice.uid);
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
    await bob.settle();
    expect((await bob.history(chat.alice.uid)).metas.some((meta) => meta.id === serverMid)).toBe(true);
  });

  test.each([DELETE, READ_CANCEL])('operation %i cannot name a message of a foreign conversation', async (type) => {
    const [alice, carol] = await Promise.all([chat.phone(chat.alice), chat.phone(chat.carol)]);
    const { serverMid } = await alice.text(chat.bob.uid, 'ours');
    await carol.text(chat.bob.uid, 'mine');
    const answer = await carol.operate(chat.carol.uid, type, serverMid, chat.bob.uid);
    expect(answer.status?.reason).toBe('the message does not exist');
  });

  test('a foreign conversation cannot be named, and one with nobody does not exist', async () => {
    const carol = await chat.phone(chat.carol);
    const refused = await carol.history(999_999);
    expect(refused).toMatchObject({ xid: { uid: 999_999 }, isFullSync: true, metas: [] });
    expect(refused.status?.reason).toBe('the conversation does not exist');
    expect(await carol.history(chat.alice.uid)).toMatchObject({
      status: { code: StatusCode.OK },
      metas: [],
      nextKey: 0,
    });
    expect((await carol.pull(chat.alice.uid)).metas).toEqual([]);
  });

  test('an operation without a body is refused', async () => {
    const alice = await chat.phone(chat.alice);
    const payload = encodeMessageBody({ type: MessageType.OPER });
    const answer = await alice.send({ to: { uid: chat.bob.uid }, payload });
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
  });
});
