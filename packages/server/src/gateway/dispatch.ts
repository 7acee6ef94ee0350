import {
  Command,
  ConversationOperationType,
  decodeConversation,
  decodeSyncUL,
  decodeUnreadUL,
  encodeFrame,
  encodeSyncDL,
  encodeUnreadFrame,
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
  UnreadScope,
  Vsn,
} from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Page } from '../message/message-reader.ts';
import type { Reply } from '../message/message-service.ts';
import type { RateLimit, RateLimits } from '../rate-limit.ts';
import { type ProvisionParts, provision } from './provision.ts';
import type { Dispatch, Session } from './session.ts';
import { acknowledgeForVersion1, pullForVersion1, takeReads } from './version-one.ts';

type Parts = ProvisionParts & Pick<Context, 'messages' | 'messageReader' | 'conversations'>;

const ok = { code: StatusCode.OK, reason: '' };

/** From a frame's command and namespace to the feature that answers it. Every frame is authorised by its session's user. */
export function createDispatch(parts: Parts, rateLimits: RateLimits): Dispatch {
  return (session, frame) => {
    if (!session.provisioned && frame.command !== Command.PROVISION)
      return refuse(session, frame, {}, new ServerError('loginFirst'));
    switch (frame.command) {
      case Command.PROVISION:
        return provision(parts, session, frame);
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
    const isNew = session.vsn === Vsn.V2;
    const newsOnly = isNew && decodeUnreadUL(frame.payload).newsOnly;
    const scope = newsOnly ? UnreadScope.NEWS : UnreadScope.ALL;
    const list = { status: ok, unread: conversations.unread(session, newsOnly), ...(isNew && { scope }) };
    session.outbox.answer(encodeUnreadFrame(session.vsn, list));
  } catch (error) {
    fail(session, frame, {}, error);
  }
}

function sync(parts: Parts, rateLimits: RateLimits, session: Session, frame: Frame): void | Promise<void> {
  const asked = decodeSyncUL(frame.payload);
  const { meta } = asked;
  const act = meta ? () => write(parts, session, frame, meta) : () => read(parts, session, asked);
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
  { meta, xid, isFullSync }: Pick<SyncUL, 'meta' | 'xid' | 'isFullSync'>,
  error: unknown,
): void {
  const mayRepeat = error instanceof ServerError && error.reason !== 'invalidParameter';
  const before = mayRepeat && meta?.ns === Namespace.MESSAGE ? parts.messages.replyTo(session, meta) : undefined;
  if (meta && before) return acknowledge(parts, session, meta.id, before);
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

function write(parts: Parts, session: Session, frame: Frame, meta: Meta): void | Promise<void> {
  switch (meta.ns) {
    case Namespace.MESSAGE:
      return session.vsn === Vsn.V1 ? sendForVersion1(parts, session, frame, meta) : send(parts, session, meta, [meta]);
    case Namespace.CONVERSATION:
      return hide(parts, session, meta);
    default:
      throw new ServerError('invalidParameter', `namespace ${meta.ns} is unknown`);
  }
}

/** Sends one of some metas, whose answer is that of all. */
function send(parts: Parts, session: Session, meta: Meta, metas: readonly Meta[]): void | Promise<void> {
  return parts.messages.send(session, meta, (reply) => {
    for (const { id } of metas) acknowledge(parts, session, id, reply);
  });
}

/** Words that messages were read, which wait behind one another, are one write. */
function sendForVersion1(parts: Parts, session: Session, frame: Frame, first: Meta): void | Promise<void> {
  const { newest, all } = takeReads(parts.messages, session, first);
  const refuseOthers = (error: unknown) => {
    for (const meta of all) if (meta !== first) failSync(parts, session, frame, { meta, isFullSync: false }, error);
    throw error;
  };
  try {
    return send(parts, session, newest, all)?.catch(refuseOthers);
  } catch (error) {
    refuseOthers(error);
  }
}

async function hide(parts: Parts, session: Session, meta: Meta): Promise<void> {
  const operation = decodeConversation(meta.payload).operation;
  const peer = operation?.xid?.uid;
  if (!operation || !peer) throw new ServerError('invalidParameter', 'operation.xid');
  const { DELETE, DELETE_EVERYWHERE } = ConversationOperationType;
  if (operation.type !== DELETE && operation.type !== DELETE_EVERYWHERE) {
    throw new ServerError('invalidParameter', 'operation.type');
  }
  if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
  const { time, placed } = await parts.conversations.hide(
    session,
    { peer, type: operation.type, mid: operation.mid },
    meta.id,
  );
  const conversation = operation.type === DELETE_EVERYWHERE ? systemConversation : peer;
  acknowledge(parts, session, meta.id, { ok: true, peer: conversation, ...placed, time });
}

function read(parts: Parts, session: Session, asked: SyncUL): void | Promise<void> {
  const peer = asked.xid?.uid;
  if (!asked.xid || peer === undefined) throw new ServerError('invalidParameter', 'xid');
  if (asked.isFullSync) return history(parts, session, peer, asked);
  if (session.vsn === Vsn.V1) return readForVersion1(parts, session, peer, asked.key);
  if (asked.key > 0) parts.conversations.acknowledge(session, peer, asked.key);
  if (asked.key === 0 || asked.fullSyncNum > 0) pull(parts, session, peer, asked);
}

function pull({ messageReader }: Parts, session: Session, peer: number, { key, fullSyncNum }: SyncUL): void {
  const count = fullSyncNum > 0 ? fullSyncNum : limits.pullPage;
  answer(session, { status: ok, ...xidOf(peer), ...messageReader.pull(session, peer, key, count) });
}

/** Every acknowledgement asks for more. */
function readForVersion1(parts: Parts, session: Session, peer: number, key: number): void {
  const page = pullForVersion1(parts, session, peer, key);
  acknowledgeForVersion1(parts, session, peer, key);
  answer(session, { status: ok, ...xidOf(peer), ...page });
}

function history({ messageReader }: Parts, session: Session, peer: number, asked: SyncUL): void | Promise<void> {
  const count = asked.fullSyncNum > 0 ? asked.fullSyncNum : 20;
  const send = (page: Page) => {
    const metas = session.vsn === Vsn.V1 ? session.given.withoutKnownEdits(page.metas) : page.metas;
    answer(session, { status: ok, ...xidOf(peer), isFullSync: true, ...page, metas });
  };
  const page = messageReader.history(session, peer, asked.key, count);
  return page instanceof Promise ? page.then(send) : send(page);
}

function acknowledge(parts: Parts, session: Session, clientMid: number, reply: Reply): void {
  if (!reply.ok) {
    answer(session, { status: statusOf(reply.error), clientMid });
    return;
  }
  const { peer, mid, prevMid, time, editTimestamp } = reply;
  // A version 1 client never says that it has what it sent.
  if (session.vsn === Vsn.V1) {
    session.given.passed(peer, { mid, prevMid });
    acknowledgeForVersion1(parts, session, peer);
  }
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
    session.outbox.answer(encodeUnreadFrame(frame.vsn, { status }));
  } else {
    // Deployed clients read the conversation of whatever is no acknowledgement.
    answer(session, { status, ...(about.clientMid === undefined && xidOf(systemConversation)), ...about });
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
