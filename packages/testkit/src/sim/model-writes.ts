/** What the model server makes of a frame that is to be written. */
import {
  ConversationOperationType,
  decodeConversation,
  decodeMessageBody,
  encodeMessageBody,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  StatusCode as Status,
  type StatusCode,
} from '@flooim/protocol';
import { type Author, type ModelEntry, type ModelLog, operation } from './model-log.ts';

/** What the sender is told, and the entry that the others are told of. */
export type Outcome =
  | { peer: number; mid: number; prevMid: number; time: number; editTimestamp?: number; entry?: ModelEntry }
  | { refused: StatusCode; reason: string };

const recallWindowMs = 5 * 60_000;

/** Writes what somebody sent, once for its client mid. */
export function write(log: ModelLog, by: Author, meta: Meta, now: number): Outcome {
  const before = log.repeated(by);
  if (before) return repeat(before, meta);
  if (meta.ns === Namespace.CONVERSATION) return hide(log, by, meta);
  const body = decodeMessageBody(meta.payload);
  const to = meta.to?.uid ?? 0;
  if (body.type !== MessageType.OPER) return took(log.append(by, to, { kind: 'message', payload: meta.payload }));
  return operate(log, by, to, { body, payload: meta.payload }, now);
}

interface Asked {
  body: MessageBody;
  payload: Uint8Array;
}

function operate(log: ModelLog, by: Author, to: number, asked: Asked, now: number): Outcome {
  const { type = OperationType.UNKNOWN, mid = 0, xid } = asked.body.operation ?? {};
  const peer = to === by.uid ? (xid?.uid ?? 0) : to;
  const message = log.message(log.name(by.uid, peer), mid);
  if (type === OperationType.READ_ACK) return read(log, by, peer, mid, now);
  if (!message) return { refused: Status.INVALID_PARAMETER, reason: 'the message does not exist' };
  const isOwn = message.from === by.uid;
  switch (type) {
    case OperationType.DELETE:
      log.deleteFor(by.uid, mid);
      return own(log, by, asked.payload);
    case OperationType.READ_CANCEL:
      if (isOwn) return { refused: Status.INVALID_PARAMETER, reason: 'own messages are never unread' };
      log.inbox(by.uid, peer).marks.add(mid);
      return own(log, by, asked.payload);
    case OperationType.RECALL:
      if (!isOwn) return { refused: Status.FAIL, reason: 'only the sender can recall a message' };
      if (message.time < now - recallWindowMs) return { refused: Status.FAIL, reason: 'exceed recall time limit' };
      log.recall(message);
      return took(log.append(by, peer, { kind: 'operation', payload: asked.payload }));
    case OperationType.APPEND:
    case OperationType.REPLACE:
      return edit(log, by, peer, message, asked);
    default:
      return { refused: Status.INVALID_PARAMETER, reason: 'operation.type' };
  }
}

function edit(log: ModelLog, by: Author, peer: number, message: ModelEntry, { body, payload }: Asked): Outcome {
  if (message.from !== by.uid) return { refused: Status.FAIL, reason: 'only the sender can change a message' };
  const type = body.operation?.type ?? OperationType.APPEND;
  const editTimestamp = log.edit(message, type, payload);
  const entry = log.append(by, peer, { kind: 'operation', payload: encodeMessageBody({ ...body, editTimestamp }) });
  return { ...took(entry), editTimestamp };
}

function own(log: ModelLog, by: Author, payload: Uint8Array): Outcome {
  return took(log.append(by, by.uid, { kind: 'operation', payload }));
}

/** Up to the log's end, never back; nothing is told where nothing changes. */
function read(log: ModelLog, by: Author, peer: number, asked: number, now: number): Outcome {
  const inbox = log.inbox(by.uid, peer);
  const { last } = log.log(log.name(by.uid, peer));
  if (last === 0) return { refused: Status.INVALID_PARAMETER, reason: 'the message does not exist' };
  const mid = Math.max(Math.min(asked, last), inbox.readMid);
  const marks = [...inbox.marks].filter((mark) => mark <= mid);
  for (const mark of marks) inbox.marks.delete(mark);
  if (mid === inbox.readMid && marks.length === 0) {
    const place = inbox.told.read?.mid ?? last;
    return { peer, mid: place, prevMid: place, time: now };
  }
  const payload = operation(OperationType.READ_ACK, mid, peer);
  const entry = log.append(by, peer, { kind: 'operation', payload });
  log.remove(inbox.told.read);
  inbox.told.read = entry;
  inbox.readMid = mid;
  inbox.deliveredMid = Math.max(inbox.deliveredMid, mid);
  return took(entry);
}

function hide(log: ModelLog, by: Author, meta: Meta): Outcome {
  const { type, xid, mid = 0 } = decodeConversation(meta.payload).operation ?? {};
  const peer = xid?.uid ?? 0;
  const { last } = log.log(log.name(by.uid, peer));
  const hidden = mid > 0 ? Math.min(mid, last) : last;
  const place = log.place(by.uid, by.device, log.name(by.uid, peer));
  place.hidden = Math.max(place.hidden, hidden);
  place.acked = Math.max(place.acked, hidden);
  if (type !== ConversationOperationType.DELETE_EVERYWHERE) return { peer, mid: hidden, prevMid: hidden, time: 0 };
  const inbox = log.inbox(by.uid, peer);
  inbox.hiddenMid = Math.max(inbox.hiddenMid, hidden);
  return took(log.append(by, by.uid, { kind: 'operation', payload: meta.payload, ns: Namespace.CONVERSATION }));
}

function took(entry: ModelEntry): Exclude<Outcome, { refused: StatusCode }> {
  const { mid, prevMid, time, from, to } = entry;
  return { peer: from === to ? 0 : to, mid, prevMid, time, entry };
}

/** The first answer; naming the entry as its own predecessor makes a device that does not have it pull. */
function repeat(entry: ModelEntry, meta: Meta): Outcome {
  const { mid, time, from, to, ns, payload, first } = entry;
  const isSame = ns === meta.ns && (entry.kind === 'operation' || Buffer.compare(first, meta.payload) === 0);
  if (!isSame) return { refused: Status.INVALID_PARAMETER, reason: 'the client mid was used for another message' };
  const isEdit = entry.kind === 'operation' && ns === Namespace.MESSAGE && !entry.recalled;
  const editTimestamp = isEdit ? decodeMessageBody(payload).editTimestamp : 0;
  return { peer: from === to ? 0 : to, mid, prevMid: mid, time, editTimestamp };
}
