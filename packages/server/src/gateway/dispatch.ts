import {
  Command,
  ConversationOperationType,
  decodeConversation,
  decodeSyncUL,
  encodeFrame,
  encodeSyncDL,
  encodeUnreadDL,
  type Frame,
  isId,
  limits,
  type Meta,
  Namespace,
  ProtocolError,
  StatusCode,
  type SyncDL,
  type SyncUL,
  systemConversation,
  Vsn,
} from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Page } from '../message/message-reader.ts';
import type { Reply } from '../message/message-service.ts';
import type { RateLimit, RateLimits } from '../rate-limit.ts';
import { type ProvisionParts, provision } from './provision.ts';
import type { Dispatch, Session } from './session.ts';

type Parts = ProvisionParts & Pick<Context, 'messages' | 'messageReader' | 'conversations'>;

const ok = { code: StatusCode.OK, reason: '' };

/** From a frame's command and namespace to the feature that answers it. Every frame is authorised by its session's user. */
export function createDispatch(parts: Parts, rateLimits: RateLimits): Dispatch {
  return (session, frame) => {
    if (frame.command === Command.PROVISION) return provision(parts, session, frame);
    if (!session.provisioned) return refuse(session, frame, {}, new ServerError('loginFirst'));
    switch (frame.command) {
      case Command.SYNC:
        return sync(parts, rateLimits, session, frame);
      case Command.UNREAD:
        return limited(rateLimits.reads, session, unreadCost, () => unread(parts, session, frame));
      case Command.NOTICE:
        return session.outbox.answer(encodeFrame({ vsn: session.vsn, command: Command.NOTICE, payload: nothing }));
      default:
        return refuse(session, frame, {}, new ServerError('unknownCommand'));
    }
  };
}

const nothing = new Uint8Array();

/** The unread list looks at every conversation: it counts as this many reads. */
const unreadCost = 50;

function unread({ conversations }: Parts, session: Session, frame: Frame): void {
  try {
    const payload = encodeUnreadDL({ status: ok, unread: conversations.unread(session) });
    session.outbox.answer(encodeFrame({ vsn: session.vsn, command: Command.UNREAD, payload }));
  } catch (error) {
    fail(session, frame, {}, error);
  }
}

function sync(parts: Parts, rateLimits: RateLimits, session: Session, frame: Frame): void | Promise<void> {
  const asked = decodeSyncUL(frame.payload);
  const { meta } = asked;
  const act = meta ? () => write(parts, session, meta) : () => read(parts, session, asked);
  try {
    const pending = limited(meta ? rateLimits.writes : rateLimits.reads, session, 1, act);
    return pending?.catch((error) => failSync(parts, session, frame, asked, error));
  } catch (error) {
    failSync(parts, session, frame, asked, error);
  }
}

/** What is refused now may be the repeat of something that was taken before. */
function failSync(
  parts: Parts,
  session: Session,
  frame: Frame,
  { meta, xid, isFullSync }: SyncUL,
  error: unknown,
): void {
  const mayRepeat = error instanceof ServerError && error.reason !== 'invalidParameter';
  const before = mayRepeat && meta?.ns === Namespace.MESSAGE ? parts.messages.replyTo(session, meta) : undefined;
  if (meta && before) return acknowledge(session, meta.id, before);
  // A refusal names what it answers: the client mid of a send, the conversation of a read.
  fail(session, frame, meta ? { clientMid: meta.id } : { xid, isFullSync }, error);
}

/** Who is too fast waits; his later frames wait behind, so their order stays. */
function limited(
  limit: RateLimit,
  session: Session,
  cost: number,
  act: () => void | Promise<void>,
): void | Promise<void> {
  const waitMs = limit.take(session.uid, cost);
  if (waitMs === 0) return act();
  return new Promise<void>((resolve) => setTimeout(resolve, waitMs)).then(() => {
    if (!session.ended) return act();
    limit.giveBack(session.uid, cost);
  });
}

function write(parts: Parts, session: Session, meta: Meta): void | Promise<void> {
  switch (meta.ns) {
    case Namespace.MESSAGE:
      return parts.messages.send(session, meta, (reply) => acknowledge(session, meta.id, reply));
    case Namespace.CONVERSATION:
      return hide(parts, session, meta);
    default:
      throw new ServerError('invalidParameter', `namespace ${meta.ns} is unknown`);
  }
}

async function hide({ conversations }: Parts, session: Session, meta: Meta): Promise<void> {
  const operation = decodeConversation(meta.payload).operation;
  const peer = operation?.xid?.uid;
  if (!operation || !peer) throw new ServerError('invalidParameter', 'operation.xid');
  const { DELETE, DELETE_EVERYWHERE } = ConversationOperationType;
  if (operation.type !== DELETE && operation.type !== DELETE_EVERYWHERE) {
    throw new ServerError('invalidParameter', 'operation.type');
  }
  if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
  const { time, placed } = await conversations.hide(
    session,
    { peer, type: operation.type, mid: operation.mid },
    meta.id,
  );
  const conversation = operation.type === DELETE_EVERYWHERE ? systemConversation : peer;
  acknowledge(session, meta.id, { ok: true, peer: conversation, ...placed, time });
}

function read(parts: Parts, session: Session, asked: SyncUL): void | Promise<void> {
  const peer = asked.xid?.uid;
  if (!asked.xid || peer === undefined) throw new ServerError('invalidParameter', 'xid');
  if (asked.isFullSync) return history(parts, session, peer, asked);
  const isPull = session.vsn === Vsn.V1 || asked.fullSyncNum > 0 || asked.key === 0;
  if (asked.key > 0) parts.conversations.acknowledge(session, peer, asked.key);
  if (isPull) pull(parts, session, peer, asked);
}

function pull({ messageReader }: Parts, session: Session, peer: number, asked: SyncUL): void {
  const count = asked.fullSyncNum > 0 ? asked.fullSyncNum : limits.pullPage;
  const given = session.vsn === Vsn.V1 ? (session.given.get(peer) ?? 0) : 0;
  const page = messageReader.pull(session, peer, Math.max(asked.key, given), count);
  if (session.vsn === Vsn.V1) session.given.set(peer, Math.max(asked.key, given, page.nextKey));
  answer(session, { status: ok, ...xidOf(peer), ...page });
}

function history({ messageReader }: Parts, session: Session, peer: number, asked: SyncUL): void | Promise<void> {
  const count = asked.fullSyncNum > 0 ? asked.fullSyncNum : 20;
  const send = (page: Page) => answer(session, { status: ok, ...xidOf(peer), isFullSync: true, ...page });
  const page = messageReader.history(session, peer, asked.key, count);
  return page instanceof Promise ? page.then(send) : send(page);
}

function acknowledge(session: Session, clientMid: number, reply: Reply): void {
  if (!reply.ok) {
    answer(session, { status: statusOf(reply.error), clientMid });
    return;
  }
  const { peer, mid, prevMid, time, editTimestamp } = reply;
  const place = { serverMid: mid, serverTime: time, prevMid: session.vsn === Vsn.V2 ? prevMid : 0, editTimestamp };
  answer(session, { status: ok, ...xidOf(peer), clientMid, ...place });
}

/** Refusals are typed answers; only what cannot be read at all, or is a fault of ours, ends differently. */
function fail(session: Session, frame: Frame, about: Partial<SyncDL>, error: unknown): void {
  if (error instanceof ServerError) refuse(session, frame, about, error);
  else if (error instanceof ProtocolError) refuse(session, frame, about, new ServerError('malformedFrame'));
  else {
    refuse(session, frame, about, new ServerError('database'));
    throw error;
  }
}

function refuse(session: Session, frame: Frame, about: Partial<SyncDL>, error: ServerError): void {
  const status = statusOf(error);
  if (frame.command === Command.UNREAD) {
    const payload = encodeUnreadDL({ status, unread: [] });
    session.outbox.answer(encodeFrame({ vsn: frame.vsn, command: Command.UNREAD, payload }));
  } else {
    answer(session, { status, ...about });
  }
}

function answer(session: Session, sync: Partial<SyncDL>): void {
  session.outbox.answer(encodeFrame({ vsn: session.vsn, command: Command.SYNC, payload: encodeSyncDL(sync) }));
}

function statusOf(error: ServerError) {
  return { code: error.entry.status, reason: error.message };
}

function xidOf(uid: number) {
  return { xid: { uid, deviceSN: 0 } };
}
