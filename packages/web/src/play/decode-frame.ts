import {
  Command,
  ContentType,
  DeliveryStatus,
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
  decodeUserNotice,
  GroupNoticeType,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  RosterNoticeType,
  StatusCode,
  UserNoticeType,
} from '@flooim/protocol';

export interface DecodedFrame {
  /** What it is, in a few words. */
  title: string;
  fields: unknown;
}

type Direction = 'sent' | 'received';
type Fields = Record<string, unknown>;

const nameIn = (table: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(table).find((name) => table[name] === value) ?? String(value);

/** A frame of `/xsync` for a person to read: numbers that have a name are names, defaults are left out. */
export function readFrame(bytes: Uint8Array, direction: Direction): DecodedFrame {
  try {
    const { command, payload, tag } = decodeFrame(bytes, { maxBytes: Number.POSITIVE_INFINITY });
    const name = nameIn(Command, command);
    if (payload.length === 0 && command === Command.UNREAD && direction === 'sent')
      return { title: name, fields: plain({ tag }) };
    const decoded = named(readPayload(command, payload, direction));
    return { title: titleOf(name, decoded), fields: { ...plain({ tag }), ...decoded } };
  } catch (error) {
    return { title: 'unreadable', fields: { error: String(error) } };
  }
}

function readPayload(command: Command, payload: Uint8Array, direction: Direction): object {
  if (command === Command.PROVISION) return decodeProvision(payload);
  if (command === Command.SYNC) return direction === 'sent' ? decodeSyncUL(payload) : decodeSyncDL(payload);
  if (payload.length === 0) return {};
  if (command === Command.NOTICE) return decodeNotice(payload);
  return decodeUnreadDL(payload);
}

const payloads: Partial<Record<Namespace, (bytes: Uint8Array) => object>> = {
  [Namespace.MESSAGE]: decodeMessageBody,
  [Namespace.GROUP_NOTICE]: decodeGroupNotice,
  [Namespace.ROSTER_NOTICE]: decodeRosterNotice,
  [Namespace.USER_NOTICE]: decodeUserNotice,
  [Namespace.CONVERSATION]: decodeConversation,
};

const noticeTypes: Partial<Record<Namespace, Readonly<Record<string, number>>>> = {
  [Namespace.MESSAGE]: MessageType,
  [Namespace.GROUP_NOTICE]: GroupNoticeType,
  [Namespace.ROSTER_NOTICE]: RosterNoticeType,
  [Namespace.USER_NOTICE]: UserNoticeType,
};

function readMeta(meta: Meta): Fields {
  const { ns, payload, ...rest } = meta;
  const decoded = payloads[ns]?.(payload) as Fields | undefined;
  const types = noticeTypes[ns];
  const type = types && typeof decoded?.['type'] === 'number' ? { type: nameIn(types, decoded['type']) } : {};
  return { ns: nameIn(Namespace, ns), ...plain(rest), payload: decoded ? { ...plain(decoded), ...type } : payload };
}

/** Fields whose numbers have names wherever they come. */
const tables: Readonly<Record<string, Readonly<Record<string, number>>>> = { ctype: ContentType, code: StatusCode };

function plain(message: object): Fields {
  const isSaid = (value: unknown) => value !== '' && value !== 0 && value !== false && value !== undefined;
  return Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => isSaid(value) && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [key, plainValue(key, value)]),
  );
}

function plainValue(key: string, value: unknown): unknown {
  const table = tables[key];
  if (table && typeof value === 'number') return nameIn(table, value);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item: unknown) => (typeof item === 'object' && item ? plain(item) : item));
  if (isXid(value)) return value.deviceSN ? `${value.uid}/${value.deviceSN}` : value.uid;
  if (key === 'operation' && 'type' in value)
    return { ...plain(value), type: nameIn(OperationType, Number(value.type)) };
  if (key === 'payload' && 'status' in value)
    return { ...plain(value), status: nameIn(DeliveryStatus, Number(value.status)) };
  return plain(value);
}

function isXid(value: object): value is { uid: number; deviceSN: number } {
  return 'uid' in value && 'deviceSN' in value;
}

function named(message: object): Fields {
  const fields = message as { meta?: Meta; metas?: Meta[] };
  const { meta, metas, ...rest } = fields;
  return {
    ...plain(rest),
    ...(meta && { meta: readMeta(meta) }),
    ...(metas && metas.length > 0 && { metas: metas.map(readMeta) }),
  };
}

function titleOf(command: string, { meta, metas }: Fields): string {
  const all = [...(meta ? [meta] : []), ...(Array.isArray(metas) ? metas : [])] as Fields[];
  const kinds = [...new Set(all.map(({ ns }) => String(ns)))];
  const count = all.length > 1 ? ` × ${all.length}` : '';
  return kinds.length > 0 ? `${command} ${kinds.join(', ')}${count}` : command;
}
