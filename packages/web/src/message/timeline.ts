import type { GroupNoticeMeta, Meta } from 'flooim';
import { startOfDay } from '../i18n/time.ts';
import { type Transfer, transferKey } from '../transfer/transfer.ts';
import type { Recalled } from './kept-lines.ts';

/** What the message list shows, one row each. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'recalled'; key: string; recalled: Recalled }
  /** What happened in the group; `more`: those who came in right after. */
  | { kind: 'notice'; key: string; notice: GroupNoticeMeta; more: readonly GroupNoticeMeta[] }
  | { kind: 'message'; key: string; meta: Meta; own: boolean; first: boolean; last: boolean }
  /** An own message to be: its file is still on its way. */
  | { kind: 'transfer'; key: string; transfer: Transfer; own: true; first: boolean; last: boolean };

/** What was said by somebody. */
type SpokenRow = Extract<Row, { kind: 'message' | 'transfer' }>;

/** What is on its way, in its order, and the rows that messages had before they were messages, by client mid. */
export interface Outgoing {
  transfers: readonly Transfer[];
  rowKeys: ReadonlyMap<string, string>;
}

const nothingGoes: Outgoing = { transfers: [], rowKeys: new Map() };

/** Messages of one sender that follow each other within this stand together. */
const groupMs = 5 * 60_000;

/** The same before and after the acknowledgement, so that a row is not made anew when its message is sent. */
function messageKey({ id, clientMid }: Meta, { rowKeys }: Outgoing): string {
  return (clientMid && rowKeys.get(clientMid)) ?? clientMid ?? id;
}

/** People who come into a group within this of each other came together. */
const comingMs = 60_000;

const isSpoken = (row: Row | undefined): row is SpokenRow => row?.kind === 'message' || row?.kind === 'transfer';
const saidAt = (row: SpokenRow): number => (row.kind === 'message' ? Number(row.meta.timestamp) : row.transfer.at);

/** The own messages to be are of the same speaker as the own messages. */
const speaker = (row: SpokenRow): string => (row.own ? '' : row.kind === 'message' ? row.meta.from : '');

function together(a: Row | undefined, b: Row | undefined): boolean {
  return isSpoken(a) && isSpoken(b) && speaker(a) === speaker(b) && saidAt(b) - saidAt(a) < groupMs;
}

/** Marks the first and last of every group; anything else between two messages parts them. */
function group(rows: Row[]): Row[] {
  rows.forEach((row, i) => {
    if (!isSpoken(row)) return;
    row.first = !together(rows[i - 1], row);
    row.last = !together(row, rows[i + 1]);
  });
  return rows;
}

/** The lines between messages, by their time. */
function linesOf(recalled: readonly Recalled[], notices: readonly GroupNoticeMeta[]): { at: number; row: Row }[] {
  const lines: { at: number; row: Row }[] = [
    ...notices.map((notice) => ({
      at: Number(notice.timestamp),
      row: { kind: 'notice', key: `notice-${notice.id}`, notice, more: [] } as const,
    })),
    ...recalled.map((line) => ({
      at: line.at,
      row: { kind: 'recalled', key: `recalled-${line.mid}`, recalled: line } as const,
    })),
  ];
  return lines.sort((a, b) => a.at - b.at);
}

type NoticeRow = Extract<Row, { kind: 'notice' }>;

const isComing = (row: Row | undefined): row is NoticeRow =>
  row?.kind === 'notice' && (row.notice.type === 'joined' || row.notice.type === 'invite_accepted');

/** The line for both, if they came into the group together. */
function withMore(above: Row | undefined, row: Row): NoticeRow | null {
  if (!isComing(above) || !isComing(row)) return null;
  const { timestamp } = above.more.at(-1) ?? above.notice;
  if (Number(row.notice.timestamp) - Number(timestamp) >= comingMs) return null;
  return { ...above, more: [...above.more, row.notice] };
}

/**
 * Builds the rows: messages oldest first with a separator where a day begins, lines for recalled ones and notices, the unread divider
 * above the message `dividerMid`, and at the end what is on its way: there its message will stand.
 */
export function buildTimeline(
  messages: readonly Meta[],
  recalled: readonly Recalled[],
  self: string,
  dividerMid: string | null,
  outgoing: Outgoing = nothingGoes,
  notices: readonly GroupNoticeMeta[] = [],
): Row[] {
  const rows: Row[] = [];
  const lines = linesOf(recalled, notices);
  let next = 0;
  let day = 0;

  const openDay = (at: number): void => {
    const start = startOfDay(at);
    if (start <= day) return;
    day = start;
    rows.push({ kind: 'day', key: `day-${start}`, at });
  };
  const placeLines = (before: number): void => {
    while (next < lines.length) {
      const { at, row } = lines[next] as (typeof lines)[number];
      if (at > before) return;
      openDay(at);
      const both = withMore(rows.at(-1), row);
      if (both) rows[rows.length - 1] = both;
      else rows.push(row);
      next += 1;
    }
  };

  for (const meta of messages) {
    const at = Number(meta.timestamp);
    placeLines(at);
    openDay(at);
    if (meta.id === dividerMid) rows.push({ kind: 'unread', key: 'unread' });
    const key = messageKey(meta, outgoing);
    rows.push({ kind: 'message', key, meta, own: meta.from === self, first: true, last: true });
  }
  placeLines(Number.POSITIVE_INFINITY);
  for (const transfer of outgoing.transfers) {
    openDay(transfer.at);
    rows.push({ kind: 'transfer', key: transferKey(transfer), transfer, own: true, first: true, last: true });
  }
  return group(rows);
}

const isSameRow = (a: Row, b: Row): boolean => {
  if (a.kind === 'message' && b.kind === 'message')
    return a.meta === b.meta && a.first === b.first && a.last === b.last;
  if (a.kind === 'day' && b.kind === 'day') return a.at === b.at;
  return a.kind === 'unread' && b.kind === 'unread';
};

/** The rows of `after`, those that did not change as the very objects of `before`: they are not drawn again. */
export function steadyRows(before: readonly Row[], after: Row[]): Row[] {
  if (before.length === 0) return after;
  const known = new Map(before.map((row) => [row.key, row]));
  return after.map((row) => {
    const old = known.get(row.key);
    return old && isSameRow(old, row) ? old : row;
  });
}

/** When what a row shows was; the unread divider has no time. */
export function rowAt(row: Row): number | null {
  if (row.kind === 'unread') return null;
  if (isSpoken(row)) return saidAt(row);
  if (row.kind === 'day') return row.at;
  return row.kind === 'recalled' ? row.recalled.at : Number(row.notice.timestamp);
}

/**
 * The first of the newest `unread` messages of others, above which the divider stands, and how many of them are `beyond` what is
 * given here. Commands are never counted.
 */
export function unreadBegin(
  messages: readonly Meta[],
  self: string,
  unread: number,
): { mid: string | null; beyond: number } {
  let mid: string | null = null;
  let left = unread;
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    const meta = messages[i] as Meta;
    if (meta.from === self || meta.type === 'command') continue;
    mid = meta.id;
    left -= 1;
  }
  return { mid, beyond: Math.max(0, left) };
}
