import { setImmediate as nextTurn } from 'node:timers/promises';
import { ContentType, decodeMessageBody, encodeMessageBody, maxId } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { EntryKind, EntryState, LogKind } from '../store/entry.ts';
import { conversationWrites } from './conversation-writes.ts';
import { type Stretch, stretchesAfter, within } from './stretches.ts';

export type { CursorMove, KeepArgs } from './conversation-writes.ts';

/** One row of a device's unread list. */
export interface UnreadRow {
  peer: number;
  isGroup: boolean;
  /** Entries that the device lacks; counted up to a thousand. */
  behind: number;
  readMid: number;
  peerReadMid: number;
  peerDeliveredMid: number;
  pinnedAt: number;
  touchedAt: number;
  draft: string;
}

/** Nobody is told of more than so many. */
const countedAtMost = 1000;
/** Conversations of which a person's messages are counted at once. */
const countedInATurn = 10;
/** The bytes that every command has in its payload; others may have them by chance. */
const commandMark = new Uint8Array(encodeMessageBody({ ctype: ContentType.COMMAND }));

const cursorJoin = `FROM inbox i
  LEFT JOIN cursor c ON c.uid = i.uid AND c.device_sn = ?2 AND c.log_id = i.log_id`;

/** A conversation as a device has it; of a group, how far the user's membership reaches. */
const selectUnread = `
  SELECT i.peer, i.log_id, i.uid, i.read_mid, i.peer_read_mid, i.pinned_at, i.touched_at, i.draft,
    l.kind, l.last_mid, l.last_message, coalesce(c.acked_mid, 0) AS acked,
    max(i.hidden_mid, coalesce(c.hidden_mid, 0)) AS hidden, coalesce(c.hidden_mid, 0) AS hidden_here,
    p.delivered_mid AS peer_delivered, s.until_mid, g.history_visible,
    (SELECT min(from_mid) FROM group_span WHERE gid = g.gid AND uid = i.uid AND kind = 0) AS first_mid
  ${cursorJoin} JOIN log l ON l.log_id = i.log_id
  LEFT JOIN inbox p ON p.uid = i.peer AND p.peer = i.uid
  LEFT JOIN group_info g ON g.gid = i.peer
  LEFT JOIN group_span s ON s.gid = g.gid AND s.uid = i.uid AND s.kind = 0 AND s.from_mid =
    (SELECT max(from_mid) FROM group_span WHERE gid = g.gid AND uid = i.uid AND kind = 0)
  WHERE i.uid = ?1`;

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

  /** How far the other user, or others of a group, have read and got it, as this user may know. */
  positionsOf(uid: number, peer: number): { readMid: number; deliveredMid: number } {
    const row = this.#reader.get(
      `SELECT i.peer_read_mid, p.delivered_mid FROM inbox i LEFT JOIN inbox p ON p.uid = i.peer AND p.peer = i.uid
       WHERE i.uid = ? AND i.peer = ?`,
      uid,
      peer,
    );
    return { readMid: Number(row?.['peer_read_mid'] ?? 0), deliveredMid: Number(row?.['delivered_mid'] ?? 0) };
  }

  /** The user's conversations as this device has them, the oldest first, without those that show nothing. */
  unread(uid: number, deviceSN: number): UnreadRow[] {
    const rows = this.#reader.all(`${selectUnread} ORDER BY l.last_mid`, uid, deviceSN);
    return rows
      .map((row) => ({ row, behind: this.#behind(row) }))
      .filter(isListed)
      .map(unreadRow);
  }

  /** One conversation, whether it shows something or not. */
  unreadOf(uid: number, deviceSN: number, peer: number): UnreadRow | undefined {
    const row = this.#reader.get(`${selectUnread} AND i.peer = ?3`, uid, deviceSN, peer);
    return row && unreadRow({ row, behind: this.#behind(row) });
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

  #behind(row: Row): number {
    const [logId, acked, last] = [Number(row['log_id']), Number(row['acked']), Number(row['last_mid'])];
    if (row['kind'] !== LogKind.group) return last > acked ? this.#count(whole(acked), logId, countedAtMost) : 0;
    if (Math.min(last, Number(row['until_mid'])) <= acked) return 0;
    let n = 0;
    for (const stretch of stretchesAfter(this.#reader, logId, Number(row['uid']), acked)) {
      if (n < countedAtMost && stretch.from <= last) n += this.#count(stretch, logId, countedAtMost - n);
    }
    return n;
  }

  #count(stretch: Stretch, logId: number, atMost: number): number {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM entry e WHERE ${within(stretch)} LIMIT ?)`;
    return Number(this.#reader.get(sql, logId, stretch.from, stretch.until, atMost)?.['n']);
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

interface Behind {
  row: Row;
  behind: number;
}

function whole(after: number): Stretch {
  return { from: after + 1, until: maxId, isSilent: false };
}

/** Whether the conversation shows something: a message, what the user keeps about it, or news of the group. */
function isListed({ row, behind }: Behind): boolean {
  if (row['peer'] === 0) return true;
  const sinceHidden = Number(row['last_message']) > Number(row['hidden']);
  if (row['kind'] !== LogKind.group) return sinceHidden || isKept(row);
  if (behind > 0 || row['until_mid'] !== maxId) return behind > 0;
  const isVisible = row['history_visible'] === 1 || Number(row['last_message']) >= Number(row['first_mid']);
  return (sinceHidden && isVisible) || isKept(row);
}

/** Kept things do not bring back what was deleted on this device alone. */
function isKept(row: Row): boolean {
  const keeps = row['pinned_at'] !== 0 || row['touched_at'] !== 0 || row['draft'] !== '';
  return keeps && (row['hidden_here'] === 0 || Number(row['hidden_here']) < Number(row['last_mid']));
}

function unreadRow({ row, behind }: Behind): UnreadRow {
  const isGroup = row['kind'] === LogKind.group;
  return {
    peer: Number(row['peer']),
    isGroup,
    behind,
    readMid: Number(row['read_mid']),
    peerReadMid: isGroup ? 0 : Number(row['peer_read_mid']),
    peerDeliveredMid: Number(row['peer_delivered'] ?? 0),
    pinnedAt: Number(row['pinned_at']),
    touchedAt: Number(row['touched_at']),
    draft: String(row['draft']),
  };
}

function isCommand({ payload }: Row): boolean {
  return decodeMessageBody(payload as Uint8Array).ctype === ContentType.COMMAND;
}
