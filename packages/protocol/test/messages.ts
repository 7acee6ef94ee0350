import fc from 'fast-check';
import * as protocol from '../src/index.ts';

interface Message {
  arbitrary: fc.Arbitrary<object>;
  encode: (message: object) => Uint8Array;
  decode: (bytes: Uint8Array) => object;
}

const oneOf = (values: Record<string, number>) => fc.constantFrom(...Object.values(values));
const uint64 = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc.constantFrom(0, 2 ** 28 - 1, 2 ** 28, 2 ** 32, 2 ** 35, 2 ** 53 - 1, 2 ** 53),
);
const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 40, maxLength: 300 }),
);
const bytes = fc.uint8Array({ maxLength: 300 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const xid = fc.record({ uid: uint64, deviceSN: uint32 });
const status = fc.record({ code: oneOf(protocol.StatusCode), reason: text });
const meta = fc.record({
  id: uint64,
  from: maybe(xid),
  to: maybe(xid),
  timestamp: uint64,
  ns: oneOf(protocol.Namespace),
  payload: bytes,
});
const unread = fc.record({
  xid,
  n: uint32,
  type: oneOf(protocol.ConversationType),
  readMid: uint64,
  peerReadMid: uint64,
  peerDeliveredMid: uint64,
  pinnedAt: uint64,
  touchedAt: uint64,
  draft: text,
});

/** Every message that has an encoder, by its name in the schema. */
export const messages: Record<string, Message> = {
  Provision: message(protocol.encodeProvision, protocol.decodeProvision, {
    status: maybe(status),
    xid: maybe(xid),
    token: text,
    osType: oneOf(protocol.OsType),
    sdkVsn: text,
    isManualLogin: fc.boolean(),
    deviceGuid: text,
    deviceInfo: text,
    deviceNotifier: text,
    deviceToken: text,
    lastLoginTime: uint64,
  }),
  UnreadUL: message(protocol.encodeUnreadUL, protocol.decodeUnreadUL, { newsOnly: fc.boolean() }),
  UnreadDL: message(protocol.encodeUnreadDL, protocol.decodeUnreadDL, {
    status: maybe(status),
    unread: fc.array(unread),
    scope: oneOf(protocol.UnreadScope),
  }),
  SyncUL: message(protocol.encodeSyncUL, protocol.decodeSyncUL, {
    xid: maybe(xid),
    key: uint64,
    meta: maybe(meta),
    isFullSync: fc.boolean(),
    fullSyncNum: fc.integer(),
  }),
  SyncDL: message(protocol.encodeSyncDL, protocol.decodeSyncDL, {
    status: maybe(status),
    metas: fc.array(meta),
    nextKey: uint64,
    xid: maybe(xid),
    clientMid: uint64,
    serverMid: uint64,
    serverTime: uint64,
    isFullSync: fc.boolean(),
    prevMid: uint64,
    isEagerSync: fc.boolean(),
    editTimestamp: uint64,
  }),
  Notice: message(protocol.encodeNotice, protocol.decodeNotice, { xid }),
  Meta: { arbitrary: meta, encode: protocol.encodeMeta, decode: protocol.decodeMeta },
  MessageBody: message(protocol.encodeMessageBody, protocol.decodeMessageBody, {
    type: oneOf(protocol.MessageType),
    content: text,
    ctype: oneOf(protocol.ContentType),
    operation: maybe(fc.record({ type: oneOf(protocol.OperationType), mid: uint64, xid: maybe(xid) })),
    config: text,
    attachment: text,
    ext: text,
    qos: oneOf(protocol.QoS),
    senderName: text,
    isSystem: fc.boolean(),
    priority: uint32,
    status: oneOf(protocol.DeliveryStatus),
    editTimestamp: uint64,
  }),
  GroupNotice: message(protocol.encodeGroupNotice, protocol.decodeGroupNotice, {
    type: oneOf(protocol.GroupNoticeType),
    gid: maybe(xid),
    from: maybe(xid),
    to: fc.array(xid),
    content: text,
  }),
  RosterNotice: message(protocol.encodeRosterNotice, protocol.decodeRosterNotice, {
    type: oneOf(protocol.RosterNoticeType),
    from: maybe(xid),
    to: fc.array(xid),
    content: text,
    rosterVsn: text,
  }),
  UserNotice: message(protocol.encodeUserNotice, protocol.decodeUserNotice, {
    type: oneOf(protocol.UserNoticeType),
    content: text,
  }),
  Conversation: message(protocol.encodeConversation, protocol.decodeConversation, {
    operation: maybe(fc.record({ type: oneOf(protocol.ConversationOperationType), xid: maybe(xid), mid: uint64 })),
  }),
};

function message(
  encode: (message: never) => Uint8Array,
  decode: (bytes: Uint8Array) => object,
  fields: Record<string, fc.Arbitrary<unknown>>,
): Message {
  return { arbitrary: fc.record(fields), encode: encode as (message: object) => Uint8Array, decode };
}
