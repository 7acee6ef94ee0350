import {
  decodeMessageBody,
  encodeMessageBody,
  type Meta,
  Namespace,
  OperationType,
  type SyncDL,
} from '@flooim/protocol';
import type { MessageCommand, SendResult } from '../../server/src/message/message-store.ts';
import type { CommandTable } from '../../server/src/store/commands.ts';
import type { Database } from '../../server/src/store/database.ts';
import { appendEntry } from '../../server/src/store/entry.ts';
import { InlineExecutor } from '../../server/src/store/inline-executor.ts';
import { writes } from '../../server/src/writes.ts';
import type { ViolationKind } from './checker.ts';
import { ReorderingExecutor } from './faulty-executors.ts';
import type { Run } from './run.ts';
import type { ScenarioOptions } from './scenario.ts';
import type { Tamper, TamperedSession } from './tamper-proxy.ts';

/** A bug that the checker must catch before its silence counts. Those that need a crash are in `bars/`. */
export interface SeededBug {
  name: string;
  /** What the checker must report, among other things perhaps. */
  caughtAs: ViolationKind;
  /** Where it sits: in the server's parts, or in what the server says. */
  plant?: ScenarioOptions;
  /** Where no server can have it yet: a change of what was recorded. */
  alter?: (run: Run) => Run;
}

const append = writes['message.append'];

/** The server with one command changed. */
export function command<K extends MessageCommand>(
  name: K,
  change: (db: Database, sent: Parameters<(typeof writes)[K]>[1]) => SendResult,
): ScenarioOptions {
  const commands: CommandTable = { ...writes, [name]: change };
  return { overrides: { executor: (path) => new InlineExecutor(path, commands) } };
}

/** A server that says other things than it should. */
export function wire(tamper: Tamper): ScenarioOptions {
  return { tamper };
}

export function isMessage(meta: Meta): boolean {
  return meta.ns === Namespace.MESSAGE && decodeMessageBody(meta.payload).operation === undefined;
}

function isPull(sync: SyncDL): boolean {
  return !sync.isEagerSync && !sync.isFullSync && sync.clientMid === 0 && sync.metas.filter(isMessage).length > 2;
}

function isPush(sync: SyncDL): boolean {
  return sync.isEagerSync && sync.nextKey > 0 && sync.metas.some(isMessage);
}

function withContent(meta: Meta, content: string): Meta {
  return { ...meta, payload: encodeMessageBody({ ...decodeMessageBody(meta.payload), content }) };
}

/** Whether this is the nth chance on a connection. */
export function isNth(n: number, session: TamperedSession): boolean {
  const count = (session.memory.get('count') ?? 0) + 1;
  session.memory.set('count', count);
  return count === n;
}

/** Whichever version the sender speaks. */
export const noDedupe: SeededBug = {
  name: 'no dedupe: a repeated send is stored again',
  caughtAs: 'dedupe',
  plant: command('message.append', (db, { entry }) => ({
    outcome: 'appended',
    placed: appendEntry(db, entry),
    time: entry.time,
  })),
};

const serverBugs: SeededBug[] = [
  noDedupe,
  {
    name: 'a repeated send is told another mid',
    caughtAs: 'dedupe',
    plant: command('message.append', (db, sent) => {
      const result = append(db, sent);
      return result.outcome === 'repeated' ? { ...result, mid: result.mid - 1 } : result;
    }),
  },
  {
    name: 'what came together is written in another order',
    caughtAs: 'reordered',
    plant: { overrides: { executor: (path) => new ReorderingExecutor(path) } },
  },
  {
    name: 'a message is acknowledged and not written',
    caughtAs: 'ack-not-on-disk',
    plant: command('message.append', (db, sent) => {
      const result = append(db, sent);
      if (result.outcome === 'appended' && result.placed.mid % 7 === 0)
        db.run('DELETE FROM entry WHERE mid = ?', result.placed.mid);
      return result;
    }),
  },
  {
    name: 'a refused message is stored all the same',
    caughtAs: 'refused-but-stored',
    plant: command('message.append', (db, sent) => {
      const result = append(db, sent);
      const isRefused = result.outcome === 'appended' && result.placed.mid % 7 === 0;
      return isRefused ? { outcome: 'refused', reason: 'strangersNotAllowed' } : result;
    }),
  },
  {
    name: 'a message is stored otherwise than it was sent',
    caughtAs: 'altered',
    plant: command('message.append', (db, sent) => {
      const payload = encodeMessageBody({ ...decodeMessageBody(sent.entry.payload), content: 'something else' });
      const isChosen = Number(sent.entry.clientMid) % 7 === 0;
      return append(db, isChosen ? { ...sent, entry: { ...sent.entry, payload } } : sent);
    }),
  },
  {
    name: 'a message is written into the log of others',
    caughtAs: 'foreign',
    plant: command('message.append', (db, sent) => {
      const other = Number(
        db.get('SELECT log_id FROM pair WHERE log_id <> ?', sent.entry.logId)?.['log_id'] ?? sent.entry.logId,
      );
      const isChosen = Number(sent.entry.clientMid) % 7 === 0;
      return append(db, isChosen ? { ...sent, entry: { ...sent.entry, logId: other } } : sent);
    }),
  },
  {
    name: 'a read position beyond the end is believed',
    caughtAs: 'read-past-end',
    plant: command('message.read', (db, sent) => {
      const result = writes['message.read'](db, sent);
      db.run('UPDATE inbox SET read_mid = read_mid + 1000000 WHERE uid = ? AND read_mid > 0', sent.entry.fromUid);
      return result;
    }),
  },
];

const wireBugs: SeededBug[] = [
  {
    name: 'a drop on reconnect: a pull leaves a message out',
    caughtAs: 'lost',
    plant: wire({
      sync: (sync, session) =>
        session.reconnects > 0 && isPull(sync) ? [{ ...sync, metas: sync.metas.filter((_, i) => i !== 1) }] : [sync],
    }),
  },
  {
    name: 'a cursor past an open transaction: a pull ends before what it says',
    caughtAs: 'cursor-past-gap',
    plant: wire({
      sync: (sync, session) =>
        session.reconnects > 0 && isPull(sync)
          ? [{ ...sync, metas: sync.metas.filter((meta) => !isMessage(meta)) }]
          : [sync],
    }),
  },
  {
    name: 'a push is lost and the next one hides it',
    caughtAs: 'lost',
    plant: wire({
      sync(sync, session) {
        if (!isPush(sync)) return [sync];
        if (isNth(2, session)) return session.memory.set('lost', sync.nextKey) && [];
        const hides = sync.prevMid === session.memory.get('lost');
        return hides ? [{ ...sync, prevMid: 0 }] : [sync];
      },
    }),
  },
  {
    name: 'two entries of a pull are swapped',
    caughtAs: 'reordered',
    plant: wire({
      sync: (sync) =>
        isPull(sync)
          ? [{ ...sync, metas: [...sync.metas.slice(1, 2), ...sync.metas.slice(0, 1), ...sync.metas.slice(2)] }]
          : [sync],
    }),
  },
  {
    name: 'a pull has an entry twice',
    caughtAs: 'doubled',
    plant: wire({
      sync: (sync) => (isPull(sync) ? [{ ...sync, metas: [...sync.metas.slice(0, 1), ...sync.metas] }] : [sync]),
    }),
  },
  {
    name: 'a message is delivered to somebody else',
    caughtAs: 'foreign',
    plant: wire({
      sync(sync, session, sessions) {
        if (isPush(sync)) {
          const stranger = [...sessions].find(
            (each) => each.uid !== session.uid && each.uid !== sync.xid?.uid && each.uid > 0,
          );
          stranger?.inject({ ...sync, prevMid: 0 });
        }
        return [sync];
      },
    }),
  },
  {
    name: 'a message that nobody sent',
    caughtAs: 'ghost',
    plant: wire({
      sync(sync, session) {
        if (!isPush(sync) || !isNth(2, session)) return [sync];
        const ghost = withContent({ ...(sync.metas[0] as Meta), id: sync.nextKey + 1_000_000 }, 'nobody said this');
        return [{ ...sync, metas: [...sync.metas, ghost] }];
      },
    }),
  },
  {
    name: 'a message is changed on its way',
    caughtAs: 'altered',
    plant: wire({
      sync: (sync, session) =>
        isPush(sync) && isNth(2, session)
          ? [{ ...sync, metas: sync.metas.map((meta) => withContent(meta, 'changed')) }]
          : [sync],
    }),
  },
  {
    name: 'a read position goes back',
    caughtAs: 'read-went-back',
    plant: wire({
      unread: (unread, session) =>
        session.reconnects > 0
          ? { ...unread, unread: unread.unread.map((row) => ({ ...row, readMid: Math.min(row.readMid, 1) })) }
          : unread,
    }),
  },
  {
    name: 'a pull sets the cursor back',
    caughtAs: 'cursor-went-back',
    plant: wire({
      sync: (sync, session) =>
        isPull(sync) && isNth(1, session) ? [sync, { ...sync, metas: [], nextKey: 1 }] : [sync],
    }),
  },
  {
    name: 'a recall does not reach a device',
    caughtAs: 'diverged',
    plant: wire({
      sync: (sync, session) => {
        const isRecall = (meta: Meta) =>
          meta.ns === Namespace.MESSAGE && decodeMessageBody(meta.payload).operation?.type === OperationType.RECALL;
        return session.deviceSN === 2 ? [{ ...sync, metas: sync.metas.filter((meta) => !isRecall(meta)) }] : [sync];
      },
    }),
  },
  {
    name: 'a history page leaves a message out',
    caughtAs: 'lost',
    plant: wire({
      sync: (sync) => (sync.isFullSync ? [{ ...sync, metas: sync.metas.filter((_, i) => i !== 3) }] : [sync]),
    }),
  },
  {
    name: 'a history page has another order',
    caughtAs: 'reordered',
    plant: wire({ sync: (sync) => (sync.isFullSync ? [{ ...sync, metas: sync.metas.toReversed() }] : [sync]) }),
  },
];

const recordedBugs: SeededBug[] = [
  {
    name: 'delivery to a removed member',
    caughtAs: 'foreign',
    alter(run) {
      const middle = run.database.entries[Math.floor(run.database.entries.length / 2)]?.mid ?? 0;
      const removed = run.devices[0]?.uid;
      const logs = run.logs.map((log) => ({
        ...log,
        members: log.members.map((member) => (member.uid === removed ? { ...member, until: middle } : member)),
      }));
      return { ...run, logs };
    },
  },
  {
    name: 'the server believes that a device has more than it has',
    caughtAs: 'cursor-past-gap',
    alter: (run) => ({
      ...run,
      database: {
        ...run.database,
        cursors: run.database.cursors.map((cursor) => ({ ...cursor, mid: cursor.mid + 1000 })),
      },
    }),
  },
  {
    name: 'an unread counter drifts',
    caughtAs: 'unread-wrong',
    alter: (run) => ({
      ...run,
      devices: run.devices.map((device) => ({ ...device, logs: device.logs.map((log) => ({ ...log, unread: 1000 })) })),
    }),
  },
];

/** Every seeded bug that shows without a crash. */
export const seededBugs: readonly SeededBug[] = [...serverBugs, ...wireBugs, ...recordedBugs];
