import { deflateSync } from 'node:zlib';
import {
  Command,
  CompressMethod,
  ContentType,
  ConversationOperationType,
  DeliveryStatus,
  encodeConversation,
  encodeFrame,
  encodeGroupNotice,
  encodeMessageBody,
  encodeMeta,
  encodeNotice,
  encodeProvision,
  encodeRosterNotice,
  encodeSyncDL,
  encodeSyncUL,
  encodeUnreadDL,
  encodeUnreadUL,
  encodeUserNotice,
  limits,
  MessageType,
  Namespace,
  OperationType,
  QoS,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import type { Direction } from '../../../protocol/test/nested.ts';
import { bytesOf, downlink, uplink } from '../../../protocol/test/vectors.ts';
import { Random } from '../random.ts';
import { join, mutate } from './mutate.ts';

/** What is wrong with a frame, at one of its layers: the frame, its payload, an entry in it, the entry's payload. */
type Twist = (layer: 0 | 1 | 2 | 3, bytes: Uint8Array) => Uint8Array;

const recorded = { uplink: uplink.map(bytesOf), downlink: downlink.map(bytesOf) };
const texts = [
  '',
  'hi',
  'a text that is a little longer than sixteen characters',
  '你好，世界',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u202eright to left',
  '\ud800 half',
  'nul \0 in it',
  '{"a":{"b":[1,2,3]}}',
  '{"__proto__":{"polluted":true}}',
  '[[[[[[[[',
  'null',
  'x'.repeat(300),
];
const edges = [0, 1, 2, 127, 128, 10_001, 2 ** 28, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53];
/** Zeros, far more than a frame may hold once it is inflated, and exactly as many. */
const bombs = [2 ** 23, limits.inflatedFrameBytes + 1, limits.inflatedFrameBytes].map((length) =>
  Uint8Array.from(deflateSync(new Uint8Array(length))),
);

/** Chance that knows ids that somebody has: numbers in frames are often one of them. */
export class FrameRandom extends Random {
  readonly ids: readonly number[];

  constructor(seed: number, ids: readonly number[] = []) {
    super(seed);
    this.ids = ids;
  }
}

const oneOf = (random: FrameRandom, values: Record<string, number>) =>
  random.chance(0.95) ? random.pick(Object.values(values)) : random.pick([99, 2 ** 31, 2 ** 32 - 1]);
const number = (random: FrameRandom) => {
  if (random.ids.length > 0 && random.chance(0.6)) return random.pick(random.ids);
  return random.chance(0.5) ? random.between(0, 300) : random.pick(edges);
};
const xid = (random: FrameRandom) => ({ uid: number(random), deviceSN: random.between(0, 5) });
const maybe = <T>(random: FrameRandom, make: (random: FrameRandom) => T) =>
  random.chance(0.8) ? make(random) : undefined;
const several = <T>(random: FrameRandom, make: (random: FrameRandom) => T) =>
  Array.from({ length: random.between(0, 3) }, () => make(random));

/** Anything that may come, or nearly. */
export function anyFrame(random: FrameRandom, direction: Direction): Uint8Array {
  const other = () => random.pick(recorded[direction]);
  if (random.chance(0.5)) return mutate(other(), random, other);
  const wrong = random.between(0, 3);
  return madeFrame(random, direction, (layer, bytes) => (layer === wrong ? mutate(bytes, random, other) : bytes));
}

/** A frame that can be read, around an entry that cannot. */
export function brokenInside(random: FrameRandom, direction: Direction): Uint8Array {
  const other = () => random.pick(recorded[direction]);
  return madeFrame(random, direction, (layer, bytes) => (layer === 3 ? mutate(bytes, random, other) : bytes));
}

/** A frame that is well formed and full of odd values. */
export function oddFrame(random: FrameRandom, direction: Direction): Uint8Array {
  return madeFrame(random, direction, (_, bytes) => bytes);
}

function madeFrame(random: FrameRandom, direction: Direction, twist: Twist): Uint8Array {
  const command = random.chance(0.75) ? Command.SYNC : commandOf(random);
  const payload = twist(1, payloadOf(random, command, direction, twist));
  const vsn = (random.chance(0.95) ? random.pick(Object.values(Vsn)) : 7) as Vsn;
  const frame = random.chance(0.03)
    ? compressed(random, vsn, command, payload)
    : encodeFrame({ vsn, command, payload, tag: random.chance(0.1) ? random.pick(texts) : '' });
  return twist(0, frame);
}

/** Few are a Provision: a wrong one ends the connection. */
function commandOf(random: FrameRandom): Command {
  if (random.chance(0.06)) return Command.PROVISION;
  return random.pick([Command.UNREAD, Command.NOTICE, random.pick([4, 99, 2 ** 32 - 1]) as Command]);
}

function compressed(random: FrameRandom, vsn: Vsn, command: Command, payload: Uint8Array): Uint8Array {
  const isBomb = random.chance(0.01);
  const zipped = isBomb ? random.pick(bombs) : Uint8Array.from(deflateSync(payload));
  const method = random.chance(0.9) ? CompressMethod.ZLIB : random.between(2, 300);
  return join([
    encodeFrame({ vsn, command, payload: zipped }),
    method < 0x80 ? Uint8Array.of(0x10, method) : Uint8Array.of(0x10, 0xff, 3),
  ]);
}

function payloadOf(random: FrameRandom, command: Command, direction: Direction, twist: Twist): Uint8Array {
  const status = { code: oneOf(random, StatusCode) as StatusCode, reason: random.pick(texts) };
  switch (command) {
    case Command.PROVISION:
      return encodeProvision({
        ...texty(random, ['token', 'sdkVsn', 'deviceGuid', 'deviceInfo']),
        xid: maybe(random, xid),
      });
    case Command.NOTICE:
      return encodeNotice({ xid: xid(random) });
    case Command.UNREAD:
      if (direction === 'uplink') return encodeUnreadUL({ newsOnly: random.chance(0.5) });
      return encodeUnreadDL({
        status,
        unread: several(random, () => ({ xid: xid(random), n: random.between(0, 300), readMid: number(random) })),
      });
    default:
      return direction === 'uplink' ? syncUp(random, twist) : syncDown(random, twist, status);
  }
}

function syncUp(random: FrameRandom, twist: Twist): Uint8Array {
  const isSend = random.chance(0.6);
  const sync = encodeSyncUL({
    xid: maybe(random, xid),
    key: isSend ? 0 : number(random),
    isFullSync: random.chance(0.3),
    fullSyncNum: random.chance(0.3) ? random.pick([1, 20, 200, 201, 2 ** 31 - 1, -1, -(2 ** 31)]) : 0,
  });
  // The entry as bytes, so that what is wrong in it stays so.
  return isSend ? join([sync, explicit(26, meta(random, twist))]) : sync;
}

function syncDown(random: FrameRandom, twist: Twist, status: { code: StatusCode; reason: string }): Uint8Array {
  const metas = several(random, () => explicit(18, meta(random, twist)));
  const mids = {
    nextKey: number(random),
    clientMid: number(random),
    serverMid: number(random),
    prevMid: number(random),
  };
  return join([encodeSyncDL({ status, xid: maybe(random, xid), ...mids, isEagerSync: random.chance(0.5) }), ...metas]);
}

function explicit(tag: number, bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length < 0x80) return join([Uint8Array.of(tag, length), bytes]);
  return join([Uint8Array.of(tag, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14), bytes]);
}

function meta(random: FrameRandom, twist: Twist): Uint8Array {
  const ns = (random.chance(0.7) ? Namespace.MESSAGE : oneOf(random, Namespace)) as Namespace;
  const payload = twist(3, (entries[ns] ?? messageBody)(random));
  const fields = { id: number(random), from: maybe(random, xid), to: maybe(random, xid), timestamp: number(random) };
  return twist(2, encodeMeta({ ...fields, ns, payload }));
}

const notice = (random: FrameRandom) => ({
  type: random.between(0, 60) as never,
  from: maybe(random, xid),
  to: several(random, xid),
  content: random.pick(texts),
});
const entries: Partial<Record<Namespace, (random: FrameRandom) => Uint8Array>> = {
  [Namespace.GROUP_NOTICE]: (random) => encodeGroupNotice({ ...notice(random), gid: maybe(random, xid) }),
  [Namespace.ROSTER_NOTICE]: (random) => encodeRosterNotice({ ...notice(random), rosterVsn: random.pick(texts) }),
  [Namespace.USER_NOTICE]: (random) => encodeUserNotice(notice(random)),
  [Namespace.CONVERSATION]: (random) =>
    encodeConversation({
      operation: maybe(random, () => ({
        type: oneOf(random, ConversationOperationType) as ConversationOperationType,
        xid: maybe(random, xid),
        mid: number(random),
      })),
    }),
};

function messageBody(random: FrameRandom): Uint8Array {
  return encodeMessageBody({
    ...texty(random, ['content', 'ext']),
    ...(random.chance(0.2) && texty(random, ['config', 'attachment', 'senderName'])),
    type: oneOf(random, MessageType) as MessageType,
    ctype: oneOf(random, ContentType) as ContentType,
    operation: random.chance(0.4)
      ? { type: oneOf(random, OperationType) as OperationType, mid: number(random), xid: maybe(random, xid) }
      : undefined,
    qos: oneOf(random, QoS) as QoS,
    status: oneOf(random, DeliveryStatus) as DeliveryStatus,
    priority: random.between(0, 5),
    isSystem: random.chance(0.1),
    editTimestamp: number(random),
  });
}

function texty<const N extends string>(random: FrameRandom, names: readonly N[]): Partial<Record<N, string>> {
  const entries = names.map((name) => [name, random.chance(0.4) ? random.pick(texts) : '']);
  return Object.fromEntries(entries) as Partial<Record<N, string>>;
}
