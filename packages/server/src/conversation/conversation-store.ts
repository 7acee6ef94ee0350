import { setImmediate as nextTurn } from 'node:timers/promises';
import { ContentType, type ConversationUnread, decodeMessageBody, encodeMessageBody } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { EntryKind, EntryState } from '../store/entry.ts';
import { conversationWrites } from './conversation-writes.ts';
import { type Stretch, stretchesAfter, whole } from './stretches.ts';
import { countedAtMost, cursorJoin, type Positions, unreadList, unreadOf } from './unread-list.ts';

export type { CursorMove, KeepArgs } from './conversation-writes.ts';
export type { Positions } from './unread-list.ts';

/** Conversations of which a person's messages are counted at once. */
const countedInATurn = 10;
/** The bytes that every command has in its payload; others may have them by chance. */
const commandMark = new Uint8Array(encodeMessageBody({ ctype: ContentType.COMMAND }));

/** What the user has not deleted, of the entries `e` that are messages of others, and still there; takes his id first. */
const countable = `e.kind = ${EntryKind.message} AND e.state = ${EntryState.normal} AND e.from_uid <> ?1
  AND NOT EXISTS (SELECT 1 FROM deleted_entry d WHERE d.uid = ?1 AND d.mid = e.mid)`;

/** Reads and writes of what users and devices know about their conversations. */
export class ConversationStore {
  readonly write: Bound<typeof conversationWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, conversationWrites);
  }

  /** The log behind a user's conversation; undefined when it has not begun. */
  logOf(uid: number, peer: number): number | undefined {
    const row = this.#reader.get('SELECT log_id FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
    return row && Number(row['log_id']);
  }

  hiddenOf(uid: number, deviceSN: number, peer: number): number {
    const row = this.#reader.get(
      `SELECT max(i.hidden_mid, coalesce(c.hidden_mid, 0)) AS hidden ${cursorJoin} WHERE i.uid = ?1 AND i.peer = ?3`,
      uid,
      deviceSN,
      peer,
    );
    return Number(row?.['hidden'] ?? 0);
  }

  /** How far the device has the conversation. */
  cursorOf(uid: number, deviceSN: number, peer: number): number {
    const row = this.#reader.get(
      `SELECT coalesce(c.acked_mid, 0) AS mid ${cursorJoin} WHERE i.uid = ?1 AND i.peer = ?3`,
      uid,
      deviceSN,
      peer,
    );
    return Number(row?.['mid'] ?? 0);
  }

  /** How far the user has read, and the other user, or others of a group, have read and got it, as this user may know. */
  positionsOf(uid: number, peer: number): Positions {
    const row = this.#reader.get(
      `SELECT i.read_mid, i.peer_read_mid, p.delivered_mid FROM inbox i LEFT JOIN inbox p ON p.uid = i.peer AND p.peer = i.uid
       WHERE i.uid = ? AND i.peer = ?`,
      uid,
      peer,
    );
    const [readMid, peerReadMid, peerDeliveredMid] = ['read_mid', 'peer_read_mid', 'delivered_mid'].map((name) =>
      Number(row?.[name] ?? 0),
    ) as [number, number, number];
    return { readMid, peerReadMid, peerDeliveredMid };
  }

  /** See `unreadList`. */
  unread(uid: number, deviceSN: number, newsOnly: boolean): ConversationUnread[] {
    return unreadList(this.#reader, uid, deviceSN, newsOnly);
  }

  /** One conversation, whether it shows something or not. */
  unreadOf(uid: number, deviceSN: number, peer: number): ConversationUnread | undefined {
    return unreadOf(this.#reader, uid, deviceSN, peer);
  }

  /** What the user has pinned, the first one first; not what he has no part in any more. */
  pinned(uid: number): number[] {
    const rows = this.#reader.all(
      `SELECT i.peer FROM inbox i WHERE i.uid = ?1 AND i.pinned_at > 0 AND (i.log_id <> i.peer
         OR EXISTS (SELECT 1 FROM group_member m WHERE m.gid = i.peer AND m.uid = ?1)) ORDER BY i.pinned_at, i.peer`,
      uid,
    );
    return rows.map((row) => Number(row['peer']));
  }

  /** What a person would call unread in each of his conversations, the newest first; others get their turn meanwhile. */
  async counts(uid: number): Promise<{ peer: number; n: number }[]> {
    const rows = this.#reader.all(
      `SELECT i.peer, i.log_id, i.uid, i.read_mid, i.hidden_mid, l.last_message,
         EXISTS (SELECT 1 FROM unread_mark u WHERE u.uid = ?1 AND u.log_id = i.log_id) AS is_marked
       FROM inbox i JOIN log l ON l.log_id = i.log_id
       WHERE i.uid = ?1 AND i.peer > 0 AND l.last_message > i.hidden_mid AND (i.log_id <> i.peer
         OR EXISTS (SELECT 1 FROM group_member m WHERE m.gid = i.peer AND m.uid = ?1))
       ORDER BY l.last_message DESC`,
      uid,
    );
    const counts: { peer: number; n: number }[] = [];
    for (const row of rows) {
      if (counts.length % countedInATurn === 0) await nextTurn();
      counts.push({ peer: Number(row['peer']), n: this.#newMessages(row) + this.#marked(row) });
    }
    return counts;
  }

  /** Messages after the read position; a command is not for people. */
  #newMessages(row: Row): number {
    const [logId, uid] = [Number(row['log_id']), Number(row['uid'])];
    const after = Math.max(Number(row['read_mid']), Number(row['hidden_mid']));
    if (Number(row['last_message']) <= after) return 0;
    const isGroup = row['peer'] === row['log_id'];
    const stretches = isGroup ? stretchesAfter(this.#reader, logId, uid, after) : [whole(after)];
    let n = 0;
    for (const stretch of stretches) {
      if (!stretch.isSilent && n < countedAtMost) n += this.#countForPeople(uid, logId, stretch, countedAtMost - n);
    }
    return n;
  }

  #countForPeople(uid: number, logId: number, { from, until }: Stretch, atMost: number): number {
    const messages = `FROM entry e WHERE e.log_id = ?2 AND e.mid BETWEEN ?3 AND ?4 AND ${countable} LIMIT ?5`;
    const sql = `SELECT count(*) AS n, sum(seems) AS seeming FROM (SELECT instr(e.payload, ?6) > 0 AS seems ${messages})`;
    const counted = this.#reader.get(sql, uid, logId, from, until, atMost, commandMark);
    if (!counted?.['seeming']) return Number(counted?.['n']);
    const all = this.#reader.all(`SELECT e.payload ${messages}`, uid, logId, from, until, atMost);
    return all.filter((entry) => !isCommand(entry)).length;
  }

  /** Messages before the read position that the user has marked. */
  #marked(row: Row): number {
    if (row['is_marked'] === 0) return 0;
    const sql = `SELECT count(*) AS n FROM unread_mark u JOIN entry e ON e.mid = u.mid
      WHERE u.uid = ?1 AND u.log_id = ?2 AND u.mid <= ?3 AND u.mid > ?4 AND ${countable}`;
    const [uid, logId, readMid, hiddenMid] = ['uid', 'log_id', 'read_mid', 'hidden_mid'].map((name) =>
      Number(row[name]),
    );
    return Number(this.#reader.get(sql, uid ?? 0, logId ?? 0, readMid ?? 0, hiddenMid ?? 0)?.['n']);
  }
}

function isCommand({ payload }: Row): boolean {
  return decodeMessageBody(payload as Uint8Array).ctype === ContentType.COMMAND;
}
