import { ConversationType, type ConversationUnread, maxId, systemConversation } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import { LogKind } from '../store/entry.ts';
import { type Stretch, stretchesAfter, whole, within } from './stretches.ts';

/** How far a user has read a conversation, and the other user. */
export type Positions = Pick<ConversationUnread, 'readMid' | 'peerReadMid' | 'peerDeliveredMid'>;

/** Nobody is told of more than so many. */
export const countedAtMost = 1000;

export const cursorJoin = `FROM inbox i
  LEFT JOIN cursor c ON c.uid = i.uid AND c.device_sn = ?2 AND c.log_id = i.log_id`;

const acked = 'coalesce(c.acked_mid, 0)';
const hidden = 'max(i.hidden_mid, coalesce(c.hidden_mid, 0))';
const isKeeping = `(i.pinned_at OR i.touched_at OR i.draft <> '')`;

/**
 * Conversations with users that show something, in few columns: a user may have thousands, and their rows cost more than finding
 * them. What is looked up elsewhere is null where it tells nothing: how far entries have reached a peer who has read the last one,
 * how many the device lacks, and what the user keeps about few of them.
 */
const selectPairs = (which: string) => `
  SELECT i.peer, l.last_mid, i.read_mid, i.peer_read_mid,
    iif(i.peer_read_mid >= l.last_message, NULL, (SELECT p.delivered_mid FROM inbox p WHERE p.uid = i.peer AND p.peer = ?1)) AS delivered,
    iif(l.last_mid > ${acked},
      (SELECT count(*) FROM (SELECT 1 FROM entry e WHERE e.log_id = i.log_id AND e.mid > ${acked} LIMIT ${countedAtMost})), NULL) AS behind,
    iif(${isKeeping}, json_array(i.pinned_at, i.touched_at, i.draft), NULL) AS kept
  ${cursorJoin} JOIN log l ON l.log_id = i.log_id
  WHERE i.uid = ?1 AND i.peer > 0 AND i.log_id <> i.peer AND ((l.last_message > i.hidden_mid AND l.last_message > coalesce(c.hidden_mid, 0))
    OR (${isKeeping} AND (coalesce(c.hidden_mid, 0) = 0 OR c.hidden_mid < l.last_mid))) ${which}`;

const pairColumns = ['peer', 'last_mid', 'read_mid', 'peer_read_mid', 'delivered', 'behind', 'kept'];
const selectAllPairs = selectPairs('');
const selectPairsWithNews = selectPairs(`AND (l.last_mid > ${acked} OR ${isKeeping})`);

/** Any conversation as a device has it; of a group, how far the user's membership reaches. */
const selectAny = `
  SELECT i.peer, i.log_id, i.uid, i.read_mid, i.peer_read_mid, i.pinned_at, i.touched_at, i.draft,
    l.kind, l.last_mid, l.last_message, ${acked} AS acked,
    ${hidden} AS hidden, coalesce(c.hidden_mid, 0) AS hidden_here,
    p.delivered_mid AS peer_delivered, s.until_mid, g.history_visible,
    (SELECT min(from_mid) FROM group_span WHERE gid = g.gid AND uid = i.uid AND kind = 0) AS first_mid
  ${cursorJoin} JOIN log l ON l.log_id = i.log_id
  LEFT JOIN inbox p ON p.uid = i.peer AND p.peer = i.uid
  LEFT JOIN group_info g ON g.gid = i.peer
  LEFT JOIN group_span s ON s.gid = g.gid AND s.uid = i.uid AND s.kind = 0 AND s.from_mid =
    (SELECT max(from_mid) FROM group_span WHERE gid = g.gid AND uid = i.uid AND kind = 0)
  WHERE i.uid = ?1`;

/** Groups, and the system's conversation. */
const selectOthers = `${selectAny} AND (i.peer = 0 OR i.log_id = i.peer)`;
const selectOne = `${selectAny} AND i.peer = ?3`;

/**
 * The user's conversations as this device has them, the oldest first, without those that show nothing. With `newsOnly` those of
 * which it lacks entries, or about which he keeps something: of all others it has what there is to know.
 */
export function unreadList(reader: Database, uid: number, deviceSN: number, newsOnly: boolean): ConversationUnread[] {
  const pairs = reader.columns(pairColumns, newsOnly ? selectPairsWithNews : selectAllPairs, uid, deviceSN);
  const rows = pairRows(pairs);
  const lasts = pairs[1] as number[];
  for (const row of reader.all(selectOthers, uid, deviceSN)) {
    const listed = { row, behind: behind(reader, row) };
    if (!isListed(listed) || (newsOnly && listed.behind === 0 && !keeps(row))) continue;
    rows.push(unreadRow(listed));
    lasts.push(Number(row['last_mid']));
  }
  return inOrder(rows, lasts);
}

/** One conversation, whether it shows something or not. */
export function unreadOf(
  reader: Database,
  uid: number,
  deviceSN: number,
  peer: number,
): ConversationUnread | undefined {
  const row = reader.get(selectOne, uid, deviceSN, peer);
  return row && unreadRow({ row, behind: behind(reader, row) });
}

/** Those with the smallest first. Numbers, which tell the places too, are sorted three times as fast as rows. */
function inOrder<T>(rows: readonly T[], lasts: readonly number[]): T[] {
  const n = rows.length;
  const keys = new Float64Array(n);
  for (let place = 0; place < n; place++) keys[place] = (lasts[place] as number) * n + place;
  keys.sort();
  const sorted: T[] = [];
  for (let i = 0; i < n; i++) sorted.push(rows[(keys[i] as number) % n] as T);
  return sorted;
}

/** When it was pinned, when it was touched, the draft. */
type KeptColumn = readonly [number, number, string];
const keepsNothing: KeptColumn = [0, 0, ''];

function pairRows(columns: readonly unknown[][]): ConversationUnread[] {
  const [peers, , reads, peerReads] = columns as number[][];
  const [delivered, behind, keeping] = columns.slice(4) as [(number | null)[], (number | null)[], (string | null)[]];
  return (peers as number[]).map((peer, i) => {
    const kept = keeping[i] ? (JSON.parse(keeping[i]) as KeptColumn) : keepsNothing;
    const peerReadMid = peerReads?.[i] as number;
    return {
      xid: { uid: peer, deviceSN: 0 },
      n: behind[i] ?? 0,
      type: ConversationType.CHAT,
      readMid: reads?.[i] as number,
      peerReadMid,
      peerDeliveredMid: delivered[i] ?? peerReadMid,
      pinnedAt: kept[0],
      touchedAt: kept[1],
      draft: kept[2],
    };
  });
}

/** Entries that the device lacks. */
function behind(reader: Database, row: Row): number {
  const [logId, acknowledged, last] = [Number(row['log_id']), Number(row['acked']), Number(row['last_mid'])];
  if (row['kind'] !== LogKind.group)
    return last > acknowledged ? count(reader, whole(acknowledged), logId, countedAtMost) : 0;
  if (Math.min(last, Number(row['until_mid'])) <= acknowledged) return 0;
  let n = 0;
  for (const stretch of stretchesAfter(reader, logId, Number(row['uid']), acknowledged)) {
    if (n < countedAtMost && stretch.from <= last) n += count(reader, stretch, logId, countedAtMost - n);
  }
  return n;
}

function count(reader: Database, stretch: Stretch, logId: number, atMost: number): number {
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM entry e WHERE ${within(stretch)} LIMIT ?)`;
  return Number(reader.get(sql, logId, stretch.from, stretch.until, atMost)?.['n']);
}

interface Behind {
  row: Row;
  behind: number;
}

/** Whether a conversation shows something: a message, what the user keeps about it, or news of the group. */
function isListed({ row, behind }: Behind): boolean {
  if (row['peer'] === 0) return true;
  if (behind > 0 || row['until_mid'] !== maxId) return behind > 0;
  const isVisible = row['history_visible'] === 1 || Number(row['last_message']) >= Number(row['first_mid']);
  return (Number(row['last_message']) > Number(row['hidden']) && isVisible) || isKept(row);
}

function keeps(row: Row): boolean {
  return row['pinned_at'] !== 0 || row['touched_at'] !== 0 || row['draft'] !== '';
}

/** Kept things do not bring back what was deleted on this device alone. */
function isKept(row: Row): boolean {
  return keeps(row) && (row['hidden_here'] === 0 || Number(row['hidden_here']) < Number(row['last_mid']));
}

function unreadRow({ row, behind }: Behind): ConversationUnread {
  const isGroup = row['kind'] === LogKind.group;
  const peer = Number(row['peer']);
  return {
    xid: { uid: peer, deviceSN: 0 },
    n: behind,
    type: typeOf(peer, isGroup),
    readMid: Number(row['read_mid']),
    peerReadMid: isGroup ? 0 : Number(row['peer_read_mid']),
    peerDeliveredMid: Number(row['peer_delivered'] ?? 0),
    pinnedAt: Number(row['pinned_at']),
    touchedAt: Number(row['touched_at']),
    draft: String(row['draft']),
  };
}

function typeOf(peer: number, isGroup: boolean): ConversationType {
  if (peer === systemConversation) return ConversationType.SYSTEM;
  return isGroup ? ConversationType.GROUPCHAT : ConversationType.CHAT;
}
