import { decodeMessageBody, type Meta, Namespace, OperationType, type SyncDL } from '@flooim/protocol';
import { writes } from '../../../server/src/writes.ts';
import { command, isMessage, isNth, noDedupe, type SeededBug, wire } from '../seeded-bugs.ts';
import type { TamperedSession } from '../tamper-proxy.ts';

function isGiven(sync: SyncDL): boolean {
  return sync.clientMid === 0 && !sync.isFullSync && sync.nextKey > 0 && sync.metas.some(isMessage);
}

function isEnd(sync: SyncDL): boolean {
  return sync.clientMid === 0 && !sync.isFullSync && sync.nextKey === 0 && sync.metas.length === 0;
}

function isRead(meta: Meta): boolean {
  if (meta.ns !== Namespace.MESSAGE) return false;
  const type = decodeMessageBody(meta.payload).operation?.type;
  return type === OperationType.READ_ACK || type === OperationType.READ_ALL;
}

/** Says again what it said last of a conversation, where it should say that there is no more. */
function fromTheCursor(): (sync: SyncDL, session: TamperedSession) => SyncDL[] {
  const given = new WeakMap<TamperedSession, SyncDL>();
  return (sync, session) => {
    if (isGiven(sync)) given.set(session, sync);
    const before = given.get(session);
    const isAgain = before && isEnd(sync) && sync.xid?.uid === before.xid?.uid && isNth(3, session);
    return isAgain ? [before, sync] : [sync];
  };
}

/** What a server can do wrong towards version 1 devices alone, or in a way that only they can show. */
export const oldBugs: readonly SeededBug[] = [
  noDedupe,
  {
    name: 'a pull is answered from the cursor, and not from what was given on the connection',
    caughtAs: 'doubled',
    plant: wire({ sync: fromTheCursor() }),
  },
  {
    name: 'a push is lost, and taken for given',
    caughtAs: 'lost',
    plant: wire({ sync: (sync, session) => (isGiven(sync) && isNth(4, session) ? [] : [sync]) }),
  },
  {
    name: 'two sends of one millisecond are taken for one',
    caughtAs: 'ack-not-on-disk',
    plant: command('message.append', (db, sent) => {
      const sql = 'SELECT mid, time FROM entry WHERE from_uid = ? AND from_device = ? AND client_mid = ?';
      const { fromUid, fromDevice, clientMid } = sent.entry;
      const before = db.get(sql, fromUid, fromDevice, clientMid);
      if (!before) return writes['message.append'](db, sent);
      return { outcome: 'repeated', mid: Number(before['mid']), time: Number(before['time']) };
    }),
  },
  {
    name: 'what is given names no conversation',
    caughtAs: 'client-broken',
    plant: wire({
      sync: (sync, session) => (isGiven(sync) && isNth(4, session) ? [{ ...sync, xid: undefined }] : [sync]),
    }),
  },
  {
    name: 'an operation is told twice',
    caughtAs: 'client-broken',
    plant: wire({
      sync: (sync) => [{ ...sync, metas: sync.metas.flatMap((meta) => (isRead(meta) ? [meta, meta] : [meta])) }],
    }),
  },
  {
    name: 'other devices do not hear what was read',
    caughtAs: 'unread-wrong',
    plant: wire({ sync: (sync) => [{ ...sync, metas: sync.metas.filter((meta) => !isRead(meta)) }] }),
  },
];
