import {
  Command,
  type Conversation,
  decodeConversation,
  decodeFrame,
  decodeGroupNotice,
  decodeMessageBody,
  decodeNotice,
  decodeProvision,
  decodeRosterNotice,
  decodeSyncDL,
  decodeSyncUL,
  decodeUnreadDL,
  decodeUnreadUL,
  decodeUserNotice,
  encodeConversation,
  encodeFrame,
  encodeGroupNotice,
  encodeMessageBody,
  encodeNotice,
  encodeProvision,
  encodeRosterNotice,
  encodeSyncDL,
  encodeSyncUL,
  encodeUnreadDL,
  encodeUnreadUL,
  encodeUserNotice,
  type Frame,
  type GroupNotice,
  type MessageBody,
  type Meta,
  Namespace,
  type Notice,
  type Provision,
  type RosterNotice,
  type SyncDL,
  type SyncUL,
  type UnreadDL,
  type UnreadUL,
  type UserNotice,
} from '../src/index.ts';

export type Direction = 'uplink' | 'downlink';

type Entry = MessageBody | GroupNotice | RosterNotice | UserNotice | Conversation;
type NestedMeta = Omit<Meta, 'payload'> & { payload: Entry };
type NestedPayload =
  | undefined
  | Provision
  | UnreadUL
  | UnreadDL
  | Notice
  | (Omit<SyncUL, 'meta'> & { meta?: NestedMeta })
  | (Omit<SyncDL, 'metas'> & { metas: NestedMeta[] });

/** A frame with everything in it decoded. */
export type NestedFrame = Omit<Frame, 'payload'> & { payload: NestedPayload };

export function decodeNested(bytes: Uint8Array, direction: Direction): NestedFrame {
  const frame = decodeFrame(bytes);
  return { ...frame, payload: frame.payload.length === 0 ? undefined : decodePayload(frame, direction) };
}

export function encodeNested(frame: NestedFrame, direction: Direction): Uint8Array {
  return encodeFrame({ ...frame, payload: encodePayload(frame, direction) });
}

function decodePayload({ command, payload }: Frame, direction: Direction): NestedPayload {
  if (command === Command.PROVISION) return decodeProvision(payload);
  if (command === Command.NOTICE) return decodeNotice(payload);
  if (command === Command.UNREAD) return direction === 'uplink' ? decodeUnreadUL(payload) : decodeUnreadDL(payload);
  if (direction === 'downlink') {
    const sync = decodeSyncDL(payload);
    return { ...sync, metas: sync.metas.map(decodeNestedMeta) };
  }
  const sync = decodeSyncUL(payload);
  return { ...sync, meta: sync.meta && decodeNestedMeta(sync.meta) };
}

function encodePayload({ command, payload }: NestedFrame, direction: Direction): Uint8Array {
  if (!payload) return new Uint8Array();
  if (command === Command.PROVISION) return encodeProvision(payload as Provision);
  if (command === Command.NOTICE) return encodeNotice(payload as Notice);
  if (command === Command.UNREAD)
    return direction === 'uplink' ? encodeUnreadUL(payload as UnreadUL) : encodeUnreadDL(payload as UnreadDL);
  if (direction === 'downlink') {
    const sync = payload as SyncDL & { metas: NestedMeta[] };
    return encodeSyncDL({ ...sync, metas: sync.metas.map(encodeNestedMeta) });
  }
  const sync = payload as SyncUL & { meta?: NestedMeta };
  return encodeSyncUL({ ...sync, meta: sync.meta && encodeNestedMeta(sync.meta) });
}

const entries: Record<number, [(bytes: Uint8Array) => Entry, (entry: never) => Uint8Array]> = {
  [Namespace.MESSAGE]: [decodeMessageBody, encodeMessageBody],
  [Namespace.GROUP_NOTICE]: [decodeGroupNotice, encodeGroupNotice],
  [Namespace.ROSTER_NOTICE]: [decodeRosterNotice, encodeRosterNotice],
  [Namespace.USER_NOTICE]: [decodeUserNotice, encodeUserNotice],
  [Namespace.CONVERSATION]: [decodeConversation, encodeConversation],
};
const fallback = entries[Namespace.MESSAGE] as (typeof entries)[number];

function decodeNestedMeta(meta: Meta): NestedMeta {
  const [decode] = entries[meta.ns] ?? fallback;
  return { ...meta, payload: decode(meta.payload) };
}

function encodeNestedMeta(meta: NestedMeta): Meta {
  const [, encode] = entries[meta.ns] ?? fallback;
  return { ...meta, payload: encode(meta.payload as never) };
}
