import { type Meta, maxId } from '@flooim/protocol';
import { isOpen, memberships, type Stretch, stretchesAfter, within } from '../conversation/stretches.ts';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { EntryKind, EntryState, LogKind } from '../store/entry.ts';
import type { MessageCommand, messageWrites } from './message-writes.ts';
import { repeated, type SendResult, type Sent } from './sent.ts';
import { broadcastWrites } from './system-writes.ts';

export type { MessageCommand } from './message-writes.ts';
export type { SendResult } from './sent.ts';

/** A stored entry as it will be delivered, and what decides whether a device gets it. */
export interface StoredEntry {
  meta: Meta;
  recalled: boolean;
  deleted: boolean;
  kind: EntryKind;
}

const entryColumns = `e.mid, e.kind, e.state, e.from_uid, e.from_device, e.to_uid, e.ns, e.time, e.payload,
  EXISTS (SELECT 1 FROM deleted_entry d WHERE d.uid = ?1 AND d.mid = e.mid) AS deleted`;

/** Where history looks: messages before `key`, 0 for the end, and after what is hidden. */
export interface Range {
  key: number;
  hidden: number;
}

/** So many entries are looked at for those that a position covers: a group's log may hold few that are meant. */
const coveredLookBack = 1000;

/** Messages of a log in a range, by one user or by all but one. */
export interface Covered {
  logId: number;
  after: number;
  upTo: number;
  by?: number;
  notBy?: number;
  /** Of a group's log: who must have been there, or may see what was before him. */
  seenInGroupBy?: number;
}

/** The condition for entries `e` of a group's log, ?1, that a member, ?6, may see. */
const seenInGroup = `AND ((SELECT history_visible FROM group_info WHERE gid = ?1) = 1 OR EXISTS (SELECT 1 FROM group_span s
  WHERE s.gid = ?1 AND s.uid = ?6 AND s.kind = 0 AND e.mid BETWEEN s.from_mid AND s.until_mid))`;

/** Reads and writes of messages and operations. */
export class MessageStore {
  readonly broadcast: Bound<typeof broadcastWrites>['message.broadcast'];
  readonly #reader: Database;
  readonly #writer: Writer;

  constructor(reader: Database, writer: Writer) {
    this.broadcast = bindCommands(writer, broadcastWrites)['message.broadcast'];
    this.#reader = reader;
    this.#writer = writer;
  }

  /** A callback instead of a promise: this is the one write of which there are tens of thousands a second. */
  write<K extends MessageCommand>(
    command: K,
    args: Parameters<(typeof messageWrites)[K]>[1],
    done: (error: Error | undefined, result: SendResult) => void,
  ): void {
    this.#writer.submit(command, args, done as (error: Error | undefined, result: unknown) => void);
  }

  /** Entries of a log after `mid`, oldest first, as `uid` may see them. */
  after(uid: number, logId: number, mid: number, count: number): StoredEntry[] {
    const sql = `SELECT ${entryColumns} FROM entry e WHERE e.log_id = ?2 AND e.mid > ?3 ORDER BY e.mid LIMIT ?4`;
    return this.#reader.all(sql, uid, logId, mid, count).map(storedEntry);
  }

  /**
   * As `after`, of a group's log: what of it is for the user. `lookedAt`: whatever follows is news; 0 if nothing was there.
   */
  afterInGroup(uid: number, gid: number, mid: number, count: number): { entries: StoredEntry[]; lookedAt: number } {
    const last = this.#lastOf(gid);
    const stretches = stretchesAfter(this.#reader, gid, uid, mid);
    const entries = stretches.reduce<StoredEntry[]>(
      (found, stretch) => found.concat(this.#inStretch(uid, gid, upTo(last, stretch), count - found.length)),
      [],
    );
    const newest = entries.at(-1)?.meta.id ?? 0;
    const sawAll = entries.length < count && isOpen(stretches);
    const lookedAt = sawAll ? Math.max(newest, last) : newest;
    return { entries, lookedAt: lookedAt > mid ? lookedAt : 0 };
  }

  /** Messages of a range, newest first; neither operations nor what was recalled or deleted. */
  history(uid: number, logId: number, range: Range, count: number): StoredEntry[] {
    const sql = `SELECT ${entryColumns} FROM entry e
      WHERE e.log_id = ?2 AND e.mid < ?3 AND e.mid > ?4 AND e.kind = ${EntryKind.message}
        AND e.state = ${EntryState.normal} AND deleted = 0
      ORDER BY e.mid DESC LIMIT ?5`;
    const key = range.key > 0 ? range.key : Number.MAX_SAFE_INTEGER;
    return this.#reader.all(sql, uid, logId, key, range.hidden, count).map(storedEntry);
  }

  /** As `history`, of a group's log, where the user sees only the times of his memberships. */
  historyInGroup(uid: number, gid: number, { key, hidden }: Range, count: number): StoredEntry[] {
    const last = this.#lastOf(gid);
    const spans = memberships(this.#reader, gid, uid).map((span) => upTo(last, span));
    return spans.reverse().reduce<StoredEntry[]>((found, { from, until }) => {
      const before = Math.min(key > 0 ? key : maxId, until + 1);
      const after = Math.max(hidden, from - 1);
      const isDone = found.length === count || before <= after;
      return isDone
        ? found
        : found.concat(this.history(uid, gid, { key: before, hidden: after }, count - found.length));
    }, []);
  }

  /** What the user has marked unread of a log. */
  markedUnread(uid: number, logId: number): Set<number> {
    const rows = this.#reader.all('SELECT mid FROM unread_mark WHERE uid = ? AND log_id = ?', uid, logId);
    return new Set(rows.map((row) => Number(row['mid'])));
  }

  /** The mids of the newest messages that are still there, oldest first. */
  coveredBy({ logId, after, upTo, by, notBy, seenInGroupBy }: Covered, count: number): number[] {
    const author = by === undefined ? 'e.from_uid <> ?4' : 'e.from_uid = ?4';
    const sql = `SELECT e.mid FROM
        (SELECT mid, from_uid, kind, state FROM entry WHERE log_id = ?1 AND mid > ?2 AND mid <= ?3
         ORDER BY mid DESC LIMIT ${coveredLookBack}) e
      WHERE ${author} AND e.kind = ${EntryKind.message} AND e.state = ${EntryState.normal}
        ${seenInGroupBy === undefined ? '' : seenInGroup} ORDER BY e.mid DESC LIMIT ?5`;
    const reader = seenInGroupBy === undefined ? [] : [seenInGroupBy];
    const rows = this.#reader.all(sql, logId, after, upTo, by ?? notBy ?? 0, count, ...reader);
    return rows.map((row) => Number(row['mid'])).reverse();
  }

  /** The group in whose log a message stands; undefined for others. */
  groupOf(mid: number): number | undefined {
    const sql = `SELECT e.log_id FROM entry e JOIN log l ON l.log_id = e.log_id WHERE e.mid = ? AND l.kind = ${LogKind.group}`;
    const row = this.#reader.get(sql, mid);
    return row && Number(row['log_id']);
  }

  /** The log in which a message stands that is still there. */
  logOf(mid: number): number | undefined {
    const sql = 'SELECT log_id FROM entry WHERE mid = ? AND kind = ? AND state = ?';
    const row = this.#reader.get(sql, mid, EntryKind.message, EntryState.normal);
    return row && Number(row['log_id']);
  }

  /** Whose message it is, to whom and in which log. */
  placeOf(mid: number): { logId: number; fromUid: number; toUid: number } | undefined {
    const row = this.#reader.get('SELECT log_id, from_uid, to_uid FROM entry WHERE mid = ?', mid);
    return row && { logId: Number(row['log_id']), fromUid: Number(row['from_uid']), toUid: Number(row['to_uid']) };
  }

  /** What a client mid became before, as far as it is on disk. */
  repeated(sent: Sent): SendResult | undefined {
    return repeated(this.#reader, sent);
  }

  #inStretch(uid: number, gid: number, stretch: Stretch, count: number): StoredEntry[] {
    if (count <= 0) return [];
    const sql = `SELECT ${entryColumns} FROM entry e WHERE ${within(stretch)} ORDER BY e.mid LIMIT ?`;
    return this.#reader.all(sql, uid, gid, stretch.from, stretch.until, count).map(storedEntry);
  }

  #lastOf(logId: number): number {
    return Number(this.#reader.get('SELECT last_mid FROM log WHERE log_id = ?', logId)?.['last_mid'] ?? 0);
  }
}

/** What is written while a log is read may end a membership: the times that were read hold up to the end read before them. */
function upTo(last: number, stretch: Stretch): Stretch {
  return { ...stretch, until: Math.min(stretch.until, last) };
}

function storedEntry(row: Row): StoredEntry {
  return {
    meta: {
      id: Number(row['mid']),
      from: { uid: Number(row['from_uid']), deviceSN: Number(row['from_device']) },
      to: { uid: Number(row['to_uid']), deviceSN: 0 },
      timestamp: Number(row['time']),
      ns: Number(row['ns']) as Meta['ns'],
      payload: row['payload'] as Uint8Array,
    },
    recalled: row['state'] === EntryState.recalled,
    deleted: row['deleted'] === 1,
    kind: row['kind'] as EntryKind,
  };
}
