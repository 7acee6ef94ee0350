import type { Meta } from 'flooim';
import { startOfDay } from '../i18n/time.ts';
import type { Recalled } from './message-store.ts';

/** What the message list shows, one row each. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'recalled'; key: string; recalled: Recalled }
  | { kind: 'message'; key: string; meta: Meta; own: boolean; first: boolean; last: boolean };

type MessageRow = Extract<Row, { kind: 'message' }>;

/** Messages of one sender that follow each other within this stand together. */
const groupMs = 5 * 60_000;

/** The same before and after the acknowledgement, so that a row is not made anew when its message is sent. */
const rowKey = (meta: Meta): string => meta.clientMid ?? meta.id;

function together(a: MessageRow, b: MessageRow): boolean {
  return a.own === b.own && Number(b.meta.timestamp) - Number(a.meta.timestamp) < groupMs;
}

/** Marks the first and last of every group; anything else between two messages parts them. */
function group(rows: Row[]): Row[] {
  rows.forEach((row, i) => {
    if (row.kind !== 'message') return;
    const before = rows[i - 1];
    const after = rows[i + 1];
    row.first = before?.kind !== 'message' || !together(before, row);
    row.last = after?.kind !== 'message' || !together(row, after);
  });
  return rows;
}

/**
 * Builds the rows: messages oldest first with a separator where a day begins, lines for recalled ones, and the unread
 * divider above the message `dividerMid`.
 */
export function buildTimeline(
  messages: readonly Meta[],
  recalled: readonly Recalled[],
  self: string,
  dividerMid: string | null,
): Row[] {
  const rows: Row[] = [];
  const lines = [...recalled].sort((a, b) => a.at - b.at);
  let day = 0;

  const openDay = (at: number): void => {
    const start = startOfDay(at);
    if (start <= day) return;
    day = start;
    rows.push({ kind: 'day', key: `day-${start}`, at });
  };
  const placeRecalled = (before: number): void => {
    while (lines[0] && lines[0].at <= before) {
      const line = lines.shift() as Recalled;
      openDay(line.at);
      rows.push({ kind: 'recalled', key: `recalled-${line.mid}`, recalled: line });
    }
  };

  for (const meta of messages) {
    const at = Number(meta.timestamp);
    placeRecalled(at);
    openDay(at);
    if (meta.id === dividerMid) rows.push({ kind: 'unread', key: 'unread' });
    rows.push({ kind: 'message', key: rowKey(meta), meta, own: meta.from === self, first: true, last: true });
  }
  placeRecalled(Number.POSITIVE_INFINITY);
  return group(rows);
}

/** The first of the newest `unread` messages of the other user: what the divider stands above. */
export function firstUnread(messages: readonly Meta[], self: string, unread: number): string | null {
  let left = unread;
  if (left <= 0) return null;
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const meta = messages[i] as Meta;
    if (meta.from !== self && --left === 0) return meta.id;
  }
  return messages.find((meta) => meta.from !== self)?.id ?? null;
}
