import type { Meta } from 'flooim';
import { startOfDay } from '../i18n/time.ts';
import { type Transfer, transferKey } from '../transfer/transfer.ts';
import type { Recalled } from './message-store.ts';

/** What the message list shows, one row each. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'recalled'; key: string; recalled: Recalled }
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

const isSpoken = (row: Row | undefined): row is SpokenRow => row?.kind === 'message' || row?.kind === 'transfer';
const saidAt = (row: SpokenRow): number => (row.kind === 'message' ? Number(row.meta.timestamp) : row.transfer.at);

function together(a: Row | undefined, b: Row | undefined): boolean {
  return isSpoken(a) && isSpoken(b) && a.own === b.own && saidAt(b) - saidAt(a) < groupMs;
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

/**
 * Builds the rows: messages oldest first with a separator where a day begins, lines for recalled ones, the unread divider
 * above the message `dividerMid`, and at the end what is on its way: there its message will stand.
 */
export function buildTimeline(
  messages: readonly Meta[],
  recalled: readonly Recalled[],
  self: string,
  dividerMid: string | null,
  outgoing: Outgoing = nothingGoes,
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
    const key = messageKey(meta, outgoing);
    rows.push({ kind: 'message', key, meta, own: meta.from === self, first: true, last: true });
  }
  placeRecalled(Number.POSITIVE_INFINITY);
  for (const transfer of outgoing.transfers) {
    openDay(transfer.at);
    rows.push({ kind: 'transfer', key: transferKey(transfer), transfer, own: true, first: true, last: true });
  }
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
