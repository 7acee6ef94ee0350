import { decodeMessageBody, type ErrorName, type MessageOperation } from '@flooim/protocol';
import { keepInMessage, type Named, usableFiles } from '../file/file-refs.ts';
import type { Database, Row } from '../store/database.ts';
import { type Appended, appendEntry, EntryKind, EntryState, type NewEntry, type Placed } from '../store/entry.ts';
import { editPayload, isEdit } from './message-content.ts';

/** How a repeated client mid is recognised: deployed clients reuse theirs, so for them the payload counts too. */
export type Dedupe = 'clientMid' | 'clientMidAndPayload';

/** An entry that somebody sent. One without a client mid is never taken for a repeat. */
export interface Sent {
  entry: NewEntry;
  dedupe: Dedupe;
  /** The files that a message names; absent where it names none. */
  files?: Named;
}

export interface SentMessage extends Sent {
  /** Strangers may not talk in this app. */
  friendsOnly: boolean;
}

export interface SentToGroup extends Sent {
  appId: string;
}

/** An operation on a message of the conversation with `peer`, whose log is `peerLog`. */
export interface SentOperation extends SentMessage, SentToGroup {
  operation: MessageOperation;
  peer: number;
  peerLog: number;
  /** What kind of log that is. */
  where: 'pair' | 'group' | 'system';
  /** Messages sent before this can not be recalled any more. */
  notBefore: number;
}

export interface AppendedResult {
  outcome: 'appended';
  placed: Placed;
  time: number;
  /** Where the write had to correct what was asked. */
  payload?: Uint8Array;
  /** What the write put into system logs besides. */
  also?: Appended[];
  editTimestamp?: number;
  /** Of an operation that moves a position: where that was before. */
  since?: number;
}

export type SendResult =
  | AppendedResult
  /** The same thing was sent before; this is what it became. */
  | { outcome: 'repeated'; mid: number; time: number; editTimestamp?: number; also?: Appended[] }
  | { outcome: 'refused'; reason: ErrorName; detail?: string };

/** How long deployed clients' mids are remembered. */
const repeatWindowMs = 10 * 60_000;
/** They use a mid again and again: only the newest uses can be the same send. */
const rememberedUses = 50;

/** What the same client mid became before, or undefined for a new one. */
export function repeated(db: Database, sent: Sent): SendResult | undefined {
  const { entry, dedupe } = sent;
  if (entry.clientMid === null) return undefined;
  const rows = usesOf(db, sent);
  if (rows.length === 0) return undefined;
  const same = rows.findLast((row) => isSame(row, entry, dedupe) && !isForgotten(row, entry, dedupe));
  if (same) return toRepeated(same);
  return dedupe === 'clientMid' ? { outcome: 'refused', reason: 'clientMidReused' } : undefined;
}

const uses = (where: string) => `SELECT mid, log_id, time, kind, ns, state, payload FROM entry
  WHERE from_uid = ?1 AND from_device = ?2 AND client_mid = ?3 ${where} ORDER BY mid DESC LIMIT ${rememberedUses}`;
const usesAnywhere = uses('');
const usesInLog = uses('AND log_id = ?4');

/** The newest first. */
function usesOf(db: Database, { entry, dedupe }: Sent): Row[] {
  const { fromUid, fromDevice, clientMid, logId } = entry;
  if (dedupe === 'clientMid') return db.all(usesAnywhere, fromUid, fromDevice, clientMid);
  return db.all(usesInLog, fromUid, fromDevice, clientMid, logId);
}

function toRepeated(row: Row): SendResult {
  const repeat = { outcome: 'repeated', mid: Number(row['mid']), time: Number(row['time']) } as const;
  if (row['kind'] !== EntryKind.operation) return repeat;
  return { ...repeat, editTimestamp: decodeMessageBody(row['payload'] as Uint8Array).editTimestamp };
}

function isSame(row: Row, entry: NewEntry, dedupe: Dedupe): boolean {
  if (row['log_id'] !== entry.logId || row['kind'] !== entry.kind || row['ns'] !== entry.ns) return false;
  const payload = row['payload'] as Uint8Array;
  const isRecalled = row['state'] === EntryState.recalled;
  if (entry.kind === EntryKind.operation && !isRecalled) {
    const [before, now] = [editOf(payload), editOf(entry.payload)];
    if (before || now) return before !== undefined && now !== undefined && isEqual(before, now);
  }
  // What is left of what was recalled, or of a read position that was corrected, cannot be compared.
  const isAltered = isRecalled || entry.kind === EntryKind.operation;
  return (isAltered && dedupe === 'clientMid') || isEqual(payload, entry.payload);
}

/** An edit as it was asked for; undefined for other operations. */
function editOf(payload: Uint8Array): Uint8Array | undefined {
  const body = decodeMessageBody(payload);
  return body.operation && isEdit(body.operation.type) ? editPayload(body.operation, body) : undefined;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function isForgotten(row: Row, entry: NewEntry, dedupe: Dedupe): boolean {
  return dedupe === 'clientMidAndPayload' && Number(row['time']) < entry.time - repeatWindowMs;
}

export function append(db: Database, { entry, files }: Sent): AppendedResult {
  const placed = appendEntry(db, entry);
  if (files) {
    const { logId, toUid: target } = entry;
    keepInMessage(db, files.uid, usableFiles(db, files), { logId, mid: placed.mid, target });
  }
  return { outcome: 'appended', placed, time: entry.time };
}

/** A message that is still there. */
export function messageIn(db: Database, logId: number, mid: number): Row | undefined {
  return db.get(
    'SELECT from_uid, time, payload FROM entry WHERE mid = ? AND log_id = ? AND kind = ? AND state = ?',
    mid,
    logId,
    EntryKind.message,
    EntryState.normal,
  );
}
