// Generated from xsync.proto by scripts/generate.mjs. Do not edit.
import type {
  Command,
  CompressMethod,
  ContentType,
  Conversation,
  ConversationOperation,
  ConversationOperationType,
  ConversationType,
  ConversationUnread,
  DeliveryStatus,
  Frame,
  GroupNotice,
  GroupNoticeType,
  MessageBody,
  MessageOperation,
  MessageType,
  Meta,
  Namespace,
  Notice,
  OperationType,
  OsType,
  Provision,
  QoS,
  RosterNotice,
  RosterNoticeType,
  Status,
  StatusCode,
  SyncDL,
  SyncUL,
  UnreadDL,
  UnreadScope,
  UnreadUL,
  UserNotice,
  UserNoticeType,
  Vsn,
  Xid,
} from '../messages.ts';
import { emptyBytes, type Init, Reader, type Writer, writer } from '../wire.ts';

export const framePayloadTag = 34;
export const syncDLMetasTag = 18;
export const messageBodyStatusTag = 112;

function readXid(r: Reader, end: number, m: Xid = { uid: 0, deviceSN: 0 }): Xid {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.uid = r.uint64();
        break;
      case 16:
        m.deviceSN = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

function writeXid(w: Writer, m: Init<Xid>): void {
  w.explicitUint64(8, m.uid ?? 0);
  w.uint32(16, m.deviceSN);
}

export interface WireFrame extends Frame {
  compressMethod: CompressMethod;
  encryptMethod: number;
}

export function decodeFrame(bytes: Uint8Array): WireFrame {
  return readFrame(new Reader(bytes), bytes.length);
}

function readFrame(r: Reader, end: number, m: WireFrame = { vsn: 0, compressMethod: 0, command: 0, payload: emptyBytes, encryptMethod: 0, tag: '' }): WireFrame {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.vsn = r.uint32() as Vsn;
        break;
      case 16:
        m.compressMethod = r.uint32() as CompressMethod;
        break;
      case 24:
        m.command = r.uint32() as Command;
        break;
      case 34:
        m.payload = r.view();
        break;
      case 40:
        m.encryptMethod = r.uint32();
        break;
      case 66:
        m.tag = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeFrame(m: Init<WireFrame>): Uint8Array {
  writeFrame(writer.reset(), m);
  return writer.finish();
}

export function writeFrame(w: Writer, m: Init<WireFrame>): void {
  w.uint32(8, m.vsn);
  w.uint32(16, m.compressMethod);
  w.uint32(24, m.command);
  w.view(34, m.payload);
  w.uint32(40, m.encryptMethod);
  w.string(66, m.tag);
}

function readStatus(r: Reader, end: number, m: Status = { code: 0, reason: '' }): Status {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.code = r.uint32() as StatusCode;
        break;
      case 18:
        m.reason = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

function writeStatus(w: Writer, m: Init<Status>): void {
  w.uint32(8, m.code);
  w.string(18, m.reason);
}

export function decodeProvision(bytes: Uint8Array): Provision {
  return readProvision(new Reader(bytes), bytes.length);
}

function readProvision(r: Reader, end: number, m: Provision = { status: undefined, xid: undefined, token: '', osType: 0, sdkVsn: '', isManualLogin: false, deviceGuid: '', deviceNotifier: '', deviceToken: '', deviceInfo: '', lastLoginTime: 0 }): Provision {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.status = readStatus(r, r.open(), m.status);
        break;
      case 18:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      case 50:
        m.token = r.string();
        break;
      case 56:
        m.osType = r.uint32() as OsType;
        break;
      case 66:
        m.sdkVsn = r.string();
        break;
      case 72:
        m.isManualLogin = r.bool();
        break;
      case 82:
        m.deviceGuid = r.string();
        break;
      case 90:
        m.deviceNotifier = r.string();
        break;
      case 98:
        m.deviceToken = r.string();
        break;
      case 106:
        m.deviceInfo = r.string();
        break;
      case 112:
        m.lastLoginTime = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeProvision(m: Init<Provision>): Uint8Array {
  writeProvision(writer.reset(), m);
  return writer.finish();
}

function writeProvision(w: Writer, m: Init<Provision>): void {
  if (m.status) {
    const start = w.open(10);
    writeStatus(w, m.status);
    w.close(start);
  }
  if (m.xid) {
    const start = w.open(18);
    writeXid(w, m.xid);
    w.close(start);
  }
  w.string(50, m.token);
  w.uint32(56, m.osType);
  w.string(66, m.sdkVsn);
  w.bool(72, m.isManualLogin);
  w.string(82, m.deviceGuid);
  w.string(90, m.deviceNotifier);
  w.string(98, m.deviceToken);
  w.string(106, m.deviceInfo);
  w.uint64(112, m.lastLoginTime);
}

export function decodeUnreadUL(bytes: Uint8Array): UnreadUL {
  return readUnreadUL(new Reader(bytes), bytes.length);
}

function readUnreadUL(r: Reader, end: number, m: UnreadUL = { newsOnly: false }): UnreadUL {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.newsOnly = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeUnreadUL(m: Init<UnreadUL>): Uint8Array {
  writeUnreadUL(writer.reset(), m);
  return writer.finish();
}

function writeUnreadUL(w: Writer, m: Init<UnreadUL>): void {
  w.bool(8, m.newsOnly);
}

function readConversationUnread(r: Reader, end: number, m: ConversationUnread = { xid: { uid: 0, deviceSN: 0 }, n: 0, type: 0, readMid: 0, peerReadMid: 0, peerDeliveredMid: 0, pinnedAt: 0, touchedAt: 0, draft: '' }): ConversationUnread {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      case 16:
        m.n = r.uint32();
        break;
      case 24:
        m.type = r.uint32() as ConversationType;
        break;
      case 120:
        m.readMid = r.uint64();
        break;
      case 128:
        m.peerReadMid = r.uint64();
        break;
      case 136:
        m.peerDeliveredMid = r.uint64();
        break;
      case 144:
        m.pinnedAt = r.uint64();
        break;
      case 152:
        m.touchedAt = r.uint64();
        break;
      case 162:
        m.draft = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

function writeConversationUnread(w: Writer, m: Init<ConversationUnread>): void {
  if (m.xid) {
    const start = w.open(10);
    writeXid(w, m.xid);
    w.close(start);
  }
  w.uint32(16, m.n);
  w.uint32(24, m.type);
  w.uint64(120, m.readMid);
  w.uint64(128, m.peerReadMid);
  w.uint64(136, m.peerDeliveredMid);
  w.uint64(144, m.pinnedAt);
  w.uint64(152, m.touchedAt);
  w.string(162, m.draft);
}

export function decodeUnreadDL(bytes: Uint8Array): UnreadDL {
  return readUnreadDL(new Reader(bytes), bytes.length);
}

function readUnreadDL(r: Reader, end: number, m: UnreadDL = { status: undefined, unread: [], scope: 0 }): UnreadDL {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.status = readStatus(r, r.open(), m.status);
        break;
      case 18:
        m.unread.push(readConversationUnread(r, r.open()));
        break;
      case 24:
        m.scope = r.uint32() as UnreadScope;
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeUnreadDL(m: Init<UnreadDL>): Uint8Array {
  writeUnreadDL(writer.reset(), m);
  return writer.finish();
}

export function writeUnreadDL(w: Writer, m: Init<UnreadDL>): void {
  if (m.status) {
    const start = w.open(10);
    writeStatus(w, m.status);
    w.close(start);
  }
  w.uint32(24, m.scope);
  for (const item of m.unread ?? []) {
    const start = w.open(18);
    writeConversationUnread(w, item);
    w.close(start);
  }
}

export function decodeSyncUL(bytes: Uint8Array): SyncUL {
  return readSyncUL(new Reader(bytes), bytes.length);
}

function readSyncUL(r: Reader, end: number, m: SyncUL = { xid: undefined, key: 0, meta: undefined, isFullSync: false, fullSyncNum: 0 }): SyncUL {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      case 16:
        m.key = r.uint64();
        break;
      case 26:
        m.meta = readMeta(r, r.open(), m.meta);
        break;
      case 32:
        m.isFullSync = r.bool();
        break;
      case 40:
        m.fullSyncNum = r.sint32();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeSyncUL(m: Init<SyncUL>): Uint8Array {
  writeSyncUL(writer.reset(), m);
  return writer.finish();
}

function writeSyncUL(w: Writer, m: Init<SyncUL>): void {
  if (m.xid) {
    const start = w.open(10);
    writeXid(w, m.xid);
    w.close(start);
  }
  w.uint64(16, m.key);
  if (m.meta) {
    const start = w.open(26);
    writeMeta(w, m.meta);
    w.close(start);
  }
  w.bool(32, m.isFullSync);
  w.sint32(40, m.fullSyncNum);
}

export function decodeSyncDL(bytes: Uint8Array): SyncDL {
  return readSyncDL(new Reader(bytes), bytes.length);
}

function readSyncDL(r: Reader, end: number, m: SyncDL = { status: undefined, metas: [], nextKey: 0, xid: undefined, clientMid: 0, serverMid: 0, serverTime: 0, isFullSync: false, prevMid: 0, isEagerSync: false, editTimestamp: 0 }): SyncDL {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.status = readStatus(r, r.open(), m.status);
        break;
      case 18:
        m.metas.push(readMeta(r, r.open()));
        break;
      case 24:
        m.nextKey = r.uint64();
        break;
      case 34:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      case 40:
        m.clientMid = r.uint64();
        break;
      case 48:
        m.serverMid = r.uint64();
        break;
      case 56:
        m.serverTime = r.uint64();
        break;
      case 64:
        m.isFullSync = r.bool();
        break;
      case 72:
        m.prevMid = r.uint64();
        break;
      case 80:
        m.isEagerSync = r.bool();
        break;
      case 88:
        m.editTimestamp = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeSyncDL(m: Init<SyncDL>): Uint8Array {
  writeSyncDL(writer.reset(), m);
  return writer.finish();
}

export function writeSyncDL(w: Writer, m: Init<SyncDL>): void {
  if (m.status) {
    const start = w.open(10);
    writeStatus(w, m.status);
    w.close(start);
  }
  w.uint64(24, m.nextKey);
  if (m.xid) {
    const start = w.open(34);
    writeXid(w, m.xid);
    w.close(start);
  }
  w.uint64(40, m.clientMid);
  w.uint64(48, m.serverMid);
  w.uint64(56, m.serverTime);
  w.bool(64, m.isFullSync);
  w.uint64(72, m.prevMid);
  w.bool(80, m.isEagerSync);
  w.uint64(88, m.editTimestamp);
  for (const item of m.metas ?? []) {
    const start = w.open(18);
    writeMeta(w, item);
    w.close(start);
  }
}

export function decodeNotice(bytes: Uint8Array): Notice {
  return readNotice(new Reader(bytes), bytes.length);
}

function readNotice(r: Reader, end: number, m: Notice = { xid: { uid: 0, deviceSN: 0 } }): Notice {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeNotice(m: Init<Notice>): Uint8Array {
  writeNotice(writer.reset(), m);
  return writer.finish();
}

function writeNotice(w: Writer, m: Init<Notice>): void {
  if (m.xid) {
    const start = w.open(10);
    writeXid(w, m.xid);
    w.close(start);
  }
}

export function decodeMeta(bytes: Uint8Array): Meta {
  return readMeta(new Reader(bytes), bytes.length);
}

function readMeta(r: Reader, end: number, m: Meta = { id: 0, from: undefined, to: undefined, timestamp: 0, ns: 0, payload: emptyBytes }): Meta {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.id = r.uint64();
        break;
      case 18:
        m.from = readXid(r, r.open(), m.from);
        break;
      case 26:
        m.to = readXid(r, r.open(), m.to);
        break;
      case 32:
        m.timestamp = r.uint64();
        break;
      case 40:
        m.ns = r.uint32() as Namespace;
        break;
      case 50:
        m.payload = r.view();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeMeta(m: Init<Meta>): Uint8Array {
  writeMeta(writer.reset(), m);
  return writer.finish();
}

function writeMeta(w: Writer, m: Init<Meta>): void {
  w.uint64(8, m.id);
  if (m.from) {
    const start = w.open(18);
    writeXid(w, m.from);
    w.close(start);
  }
  if (m.to) {
    const start = w.open(26);
    writeXid(w, m.to);
    w.close(start);
  }
  w.uint64(32, m.timestamp);
  w.uint32(40, m.ns);
  w.view(50, m.payload);
}

function readMessageOperation(r: Reader, end: number, m: MessageOperation = { type: 0, mid: 0, xid: undefined }): MessageOperation {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as OperationType;
        break;
      case 16:
        m.mid = r.uint64();
        break;
      case 26:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

function writeMessageOperation(w: Writer, m: Init<MessageOperation>): void {
  w.uint32(8, m.type);
  w.uint64(16, m.mid);
  if (m.xid) {
    const start = w.open(26);
    writeXid(w, m.xid);
    w.close(start);
  }
}

export function decodeMessageBody(bytes: Uint8Array): MessageBody {
  return readMessageBody(new Reader(bytes), bytes.length);
}

function readMessageBody(r: Reader, end: number, m: MessageBody = { type: 0, content: '', ctype: 0, operation: undefined, config: '', attachment: '', ext: '', qos: 0, senderName: '', isSystem: false, priority: 0, status: 0, editTimestamp: 0 }): MessageBody {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as MessageType;
        break;
      case 34:
        m.content = r.string();
        break;
      case 40:
        m.ctype = r.uint32() as ContentType;
        break;
      case 50:
        m.operation = readMessageOperation(r, r.open(), m.operation);
        break;
      case 58:
        m.config = r.string();
        break;
      case 66:
        m.attachment = r.string();
        break;
      case 74:
        m.ext = r.string();
        break;
      case 80:
        m.qos = r.uint32() as QoS;
        break;
      case 90:
        m.senderName = r.string();
        break;
      case 96:
        m.isSystem = r.bool();
        break;
      case 104:
        m.priority = r.uint32();
        break;
      case 112:
        m.status = r.uint32() as DeliveryStatus;
        break;
      case 120:
        m.editTimestamp = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeMessageBody(m: Init<MessageBody>): Uint8Array {
  writeMessageBody(writer.reset(), m);
  return writer.finish();
}

function writeMessageBody(w: Writer, m: Init<MessageBody>): void {
  w.uint32(8, m.type);
  w.string(34, m.content);
  w.uint32(40, m.ctype);
  if (m.operation) {
    const start = w.open(50);
    writeMessageOperation(w, m.operation);
    w.close(start);
  }
  w.string(58, m.config);
  w.string(66, m.attachment);
  w.string(74, m.ext);
  w.uint32(80, m.qos);
  w.string(90, m.senderName);
  w.bool(96, m.isSystem);
  w.uint32(104, m.priority);
  w.uint32(112, m.status);
  w.uint64(120, m.editTimestamp);
}

export function decodeGroupNotice(bytes: Uint8Array): GroupNotice {
  return readGroupNotice(new Reader(bytes), bytes.length);
}

function readGroupNotice(r: Reader, end: number, m: GroupNotice = { type: 0, gid: undefined, from: undefined, to: [], content: '' }): GroupNotice {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as GroupNoticeType;
        break;
      case 18:
        m.gid = readXid(r, r.open(), m.gid);
        break;
      case 26:
        m.from = readXid(r, r.open(), m.from);
        break;
      case 34:
        m.to.push(readXid(r, r.open()));
        break;
      case 42:
        m.content = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeGroupNotice(m: Init<GroupNotice>): Uint8Array {
  writeGroupNotice(writer.reset(), m);
  return writer.finish();
}

function writeGroupNotice(w: Writer, m: Init<GroupNotice>): void {
  w.uint32(8, m.type);
  if (m.gid) {
    const start = w.open(18);
    writeXid(w, m.gid);
    w.close(start);
  }
  if (m.from) {
    const start = w.open(26);
    writeXid(w, m.from);
    w.close(start);
  }
  w.string(42, m.content);
  for (const item of m.to ?? []) {
    const start = w.open(34);
    writeXid(w, item);
    w.close(start);
  }
}

export function decodeRosterNotice(bytes: Uint8Array): RosterNotice {
  return readRosterNotice(new Reader(bytes), bytes.length);
}

function readRosterNotice(r: Reader, end: number, m: RosterNotice = { type: 0, from: undefined, to: [], content: '', rosterVsn: '' }): RosterNotice {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as RosterNoticeType;
        break;
      case 18:
        m.from = readXid(r, r.open(), m.from);
        break;
      case 26:
        m.to.push(readXid(r, r.open()));
        break;
      case 34:
        m.content = r.string();
        break;
      case 42:
        m.rosterVsn = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeRosterNotice(m: Init<RosterNotice>): Uint8Array {
  writeRosterNotice(writer.reset(), m);
  return writer.finish();
}

function writeRosterNotice(w: Writer, m: Init<RosterNotice>): void {
  w.uint32(8, m.type);
  if (m.from) {
    const start = w.open(18);
    writeXid(w, m.from);
    w.close(start);
  }
  w.string(34, m.content);
  w.string(42, m.rosterVsn);
  for (const item of m.to ?? []) {
    const start = w.open(26);
    writeXid(w, item);
    w.close(start);
  }
}

export function decodeUserNotice(bytes: Uint8Array): UserNotice {
  return readUserNotice(new Reader(bytes), bytes.length);
}

function readUserNotice(r: Reader, end: number, m: UserNotice = { type: 0, content: '' }): UserNotice {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as UserNoticeType;
        break;
      case 18:
        m.content = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeUserNotice(m: Init<UserNotice>): Uint8Array {
  writeUserNotice(writer.reset(), m);
  return writer.finish();
}

function writeUserNotice(w: Writer, m: Init<UserNotice>): void {
  w.uint32(8, m.type);
  w.string(18, m.content);
}

function readConversationOperation(r: Reader, end: number, m: ConversationOperation = { type: 0, xid: undefined, mid: 0 }): ConversationOperation {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32() as ConversationOperationType;
        break;
      case 18:
        m.xid = readXid(r, r.open(), m.xid);
        break;
      case 24:
        m.mid = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

function writeConversationOperation(w: Writer, m: Init<ConversationOperation>): void {
  w.uint32(8, m.type);
  if (m.xid) {
    const start = w.open(18);
    writeXid(w, m.xid);
    w.close(start);
  }
  w.uint64(24, m.mid);
}

export interface WireConversation extends Conversation {
  type: number;
}

export function decodeConversation(bytes: Uint8Array): WireConversation {
  return readConversation(new Reader(bytes), bytes.length);
}

function readConversation(r: Reader, end: number, m: WireConversation = { type: 0, operation: undefined }): WireConversation {
  while (r.pos < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8:
        m.type = r.uint32();
        break;
      case 18:
        m.operation = readConversationOperation(r, r.open(), m.operation);
        break;
      default:
        r.skip(tag);
    }
  }
  r.close(end);
  return m;
}

export function encodeConversation(m: Init<WireConversation>): Uint8Array {
  writeConversation(writer.reset(), m);
  return writer.finish();
}

function writeConversation(w: Writer, m: Init<WireConversation>): void {
  w.uint32(8, m.type);
  if (m.operation) {
    const start = w.open(18);
    writeConversationOperation(w, m.operation);
    w.close(start);
  }
}
