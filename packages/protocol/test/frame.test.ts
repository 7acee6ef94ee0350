import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Command,
  type Conversation,
  DeliveryStatus,
  decodeFrame,
  decodeMessageBody,
  encodeConversation,
  encodeFrame,
  encodeMessageBody,
  encodeMeta,
  encodeSyncDL,
  encodeSyncFrame,
  encodeUnreadDL,
  encodeUnreadFrame,
  type Meta,
  type SyncDL,
  type UnreadDL,
  Vsn,
  withDeliveryStatus,
} from '../src/index.ts';
import { messages } from './messages.ts';

test('a frame decodes to what was encoded', () => {
  const frames = fc.record({
    vsn: fc.constantFrom(...Object.values(Vsn)),
    command: fc.constantFrom(...Object.values(Command)),
    payload: fc.uint8Array({ maxLength: 1000 }),
    tag: fc.string(),
  });
  fc.assert(
    fc.property(frames, (frame) => {
      expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    }),
  );
});

test('a command that nobody knows stays a number, for the caller to answer', () => {
  expect(decodeFrame(Uint8Array.of(0x18, 77)).command).toBe(77);
});

test('no bytes are a frame of defaults: what a version 1 heartbeat comes to', () => {
  expect(encodeFrame({ vsn: Vsn.V1, command: Command.UNREAD, payload: new Uint8Array() })).toHaveLength(0);
  expect(decodeFrame(new Uint8Array())).toEqual({
    vsn: Vsn.V1,
    command: Command.UNREAD,
    payload: new Uint8Array(),
    tag: '',
  });
});

test('a payload is a view over the frame', () => {
  const bytes = encodeFrame({ vsn: Vsn.V1, command: Command.SYNC, payload: Uint8Array.of(1, 2, 3) });
  expect(decodeFrame(bytes).payload.buffer).toBe(bytes.buffer);
});

test('a sync frame around encoded metas has the same bytes as one encoded at once', () => {
  const syncs = messages['SyncDL']?.arbitrary as fc.Arbitrary<SyncDL>;
  fc.assert(
    fc.property(syncs, fc.constantFrom(...Object.values(Vsn)), (sync, vsn) => {
      const whole = { ...sync, status: { code: 1, reason: '' } } as SyncDL;
      const { metas, ...rest } = whole;
      const together = encodeSyncFrame(vsn, rest, metas.map(encodeMeta));
      expect(together).toEqual(encodeFrame({ vsn, command: Command.SYNC, payload: encodeSyncDL(whole) }));
    }),
  );
});

test('an unread frame written at once has the same bytes as one around an encoded list', () => {
  const lists = messages['UnreadDL']?.arbitrary as fc.Arbitrary<UnreadDL>;
  fc.assert(
    fc.property(lists, fc.constantFrom(...Object.values(Vsn)), (list, vsn) => {
      const whole = { ...list, status: { code: 1, reason: '' } } as UnreadDL;
      const payload = encodeUnreadDL(whole);
      expect(encodeUnreadFrame(vsn, whole)).toEqual(encodeFrame({ vsn, command: Command.UNREAD, payload }));
    }),
  );
});

test('a sync frame holds more than one slab of metas', () => {
  const meta: Meta = { id: 1, timestamp: 2, ns: 1, payload: encodeMessageBody({ content: 'x'.repeat(1000) }) };
  const metas = Array<Meta>(50).fill(meta);
  const together = encodeSyncFrame(Vsn.V2, { nextKey: 9 }, metas.map(encodeMeta));
  expect(together).toEqual(
    encodeFrame({ vsn: Vsn.V2, command: Command.SYNC, payload: encodeSyncDL({ nextKey: 9, metas }) }),
  );
  expect(together.buffer.byteLength).toBe(together.length);
});

test('the delivery status of an encoded body can be set without decoding it', () => {
  const before = encodeMessageBody({ content: 'hi', status: DeliveryStatus.DELIVERED });
  for (const status of Object.values(DeliveryStatus)) {
    const body = decodeMessageBody(withDeliveryStatus(before, status));
    expect(body).toEqual({ ...decodeMessageBody(before), status });
  }
});

test('a conversation operation says that it is one', () => {
  const conversation: Conversation = { operation: { type: 2, xid: { uid: 7, deviceSN: 0 }, mid: 0 } };
  expect([...encodeConversation(conversation)]).toEqual([0x08, 1, 0x12, 6, 0x08, 2, 0x12, 2, 0x08, 7]);
});
