import { ContentType, type MessageBody, MessageType } from '@flooim/protocol';
import { isRead } from '../conversation/read-state.ts';
import type { StoredConversation, StoredMessage, StoredSend } from '../storage/storage.ts';
import type { Entry } from '../sync/apply.ts';
import type { ContentTypeName, Meta } from '../types.ts';
import { readJson } from './read-json.ts';

const typeNames = Object.keys(ContentType).map((name) => name.toLowerCase()) as ContentTypeName[];

export function contentType(name: ContentTypeName): ContentType {
  return typeNames.indexOf(name) as ContentType;
}

export function isContentTypeName(name: unknown): name is ContentTypeName {
  return typeNames.includes(name as ContentTypeName);
}

export function fromWire(entry: Entry, body: MessageBody): StoredMessage {
  return {
    cid: entry.cid,
    ...(body.type === MessageType.GROUPCHAT && { group: true }),
    mid: entry.meta.id,
    from: entry.from,
    to: entry.to,
    ctype: body.ctype,
    content: body.content,
    ext: body.ext,
    config: body.config,
    attach: body.attachment,
    timestamp: entry.meta.timestamp,
    status: body.status,
    ...(body.editTimestamp > 0 && { editedAt: body.editTimestamp }),
  };
}

/** A message as applications see it; `row` says how far it was delivered and read. */
export function toMeta(message: StoredMessage, row: StoredConversation | undefined, uid: number): Meta {
  return {
    id: String(message.mid),
    from: String(message.from),
    to: String(message.to),
    content: message.content,
    type: typeNames[message.ctype] ?? 'text',
    ext: readJson(message.ext),
    config: readJson(message.config),
    attach: readJson(message.attach),
    status: deliveryStatus(message, row, uid),
    timestamp: String(message.timestamp),
    toType: message.group ? 'group' : 'roster',
    sending: 'sent',
    ...(message.editedAt !== undefined && { edited: String(message.editedAt) }),
    ...(message.clientMid !== undefined && { clientMid: String(message.clientMid) }),
  };
}

/** A message that the server has not taken. */
export function pendingMeta(send: StoredSend, uid: number): Meta {
  const meta = toMeta(send.message as StoredMessage, undefined, uid);
  const clientMid = String(send.clientMid);
  if (send.failed === undefined) return { ...meta, id: clientMid, clientMid, sending: 'sending' };
  return { ...meta, id: clientMid, clientMid, sending: 'failed', reason: send.failed };
}

/** 0 unread, 1 delivered, 2 read; the conversation's positions speak for messages that are not in memory. */
export function deliveryStatus(
  message: Pick<StoredMessage, 'mid' | 'from' | 'status' | 'group'>,
  row: StoredConversation | undefined,
  uid: number,
): 0 | 1 | 2 {
  if (!row) return 0;
  if (message.from !== uid) return isRead(row, message.mid) ? 2 : 0;
  if (message.mid <= row.peerReadMid || message.status >= 2) return 2;
  // Nobody tells how far a message got in a group.
  if (message.group) return 0;
  return message.mid <= row.peerDeliveredMid || message.status === 1 ? 1 : 0;
}
