import type { DatabaseEntry, DeviceLog, DeviceRecord, HistoryRecord, LogRecord, Run, SendRecord } from './run.ts';

/** How a run broke a promise of guarantees: each kind is one sentence that a user could complain with. */
export type ViolationKind =
  /** An acknowledged message is not in the database under the mid that was told. */
  | 'ack-not-on-disk'
  /** One client mid became two entries, or was told two mids. */
  | 'dedupe'
  /** The sender was told that it is refused, and it is stored. */
  | 'refused-but-stored'
  /** A device or a history page lacks what it should have. */
  | 'lost'
  /** A device or a history page has the same message twice. */
  | 'doubled'
  /** Another order than the log's, or one device's sends in another order than it sent them. */
  | 'reordered'
  /** Something that nobody sent. */
  | 'ghost'
  /** Something that was sent otherwise. */
  | 'altered'
  /** Something reached, or was written by, a user who is not a member there. */
  | 'foreign'
  /** A cursor stands behind an entry that the device does not have. */
  | 'cursor-past-gap'
  | 'cursor-went-back'
  | 'read-went-back'
  | 'read-past-end'
  /** A device's unread count is not what the log and the read position give. */
  | 'unread-wrong'
  /** Devices, or a device and the server, disagree at the end. */
  | 'diverged';

export interface Violation {
  kind: ViolationKind;
  /** What exactly, for a person. */
  text: string;
}

/** Judges a recorded run; an empty list means that every promise it covers was kept. */
export function check(run: Run): Violation[] {
  const facts = new Facts(run);
  checkSends(facts);
  checkEntries(facts);
  for (const device of run.devices) for (const log of device.logs) checkDevice(facts, device, log);
  for (const history of run.history) checkHistory(facts, history);
  checkServerCursors(facts);
  checkReads(facts);
  return facts.violations;
}

/** How many of each kind, for a line of output. */
export function summarize(violations: readonly Violation[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of violations) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => `${kind} ${n}`).join(', ') || 'none';
}

/** A run, indexed. */
class Facts {
  readonly run: Run;
  readonly violations: Violation[] = [];
  readonly logs: ReadonlyMap<string, LogRecord>;
  readonly entries: ReadonlyMap<number, DatabaseEntry>;
  readonly entriesOf: ReadonlyMap<string, DatabaseEntry[]>;
  readonly sends: ReadonlyMap<string, SendRecord>;
  readonly contents: ReadonlySet<string>;
  readonly #deleted: ReadonlySet<string>;

  constructor(run: Run) {
    this.run = run;
    this.logs = new Map(run.logs.map((log) => [log.id, log]));
    this.entries = new Map(run.database.entries.map((entry) => [entry.mid, entry]));
    this.entriesOf = Map.groupBy(run.database.entries, (entry) => entry.log);
    this.sends = new Map(run.sends.map((send) => [sendKey(send), send]));
    this.contents = new Set(run.sends.map((send) => contentKey(send.log, send.uid, send.content)));
    this.#deleted = new Set(run.database.deleted.map(({ uid, mid }) => `${uid} ${mid}`));
  }

  report(kind: ViolationKind, text: string): void {
    this.violations.push({ kind, text });
  }

  isMember(log: string, uid: number, mid: number): boolean {
    const members = this.logs.get(log)?.members ?? [];
    return members.some((m) => m.uid === uid && mid > (m.after ?? 0) && mid <= (m.until ?? Number.POSITIVE_INFINITY));
  }

  deletedBy(uid: number, mid: number): boolean {
    return this.#deleted.has(`${uid} ${mid}`);
  }

  /** The messages of a log that this user can see in their present state. */
  messagesFor(log: string, uid: number): DatabaseEntry[] {
    return (this.entriesOf.get(log) ?? []).filter(
      (entry) =>
        entry.kind === 'message' &&
        !entry.recalled &&
        this.isMember(log, uid, entry.mid) &&
        !this.deletedBy(uid, entry.mid),
    );
  }
}

function sendKey(of: { uid: number; deviceSN: number; clientMid: number | null }): string {
  return `${of.uid} ${of.deviceSN} ${of.clientMid}`;
}

function contentKey(log: string, uid: number, content: string): string {
  return `${log} ${uid} ${content}`;
}

function checkSends(facts: Facts): void {
  for (const send of facts.run.sends) {
    const name = `client mid ${send.clientMid} of device ${send.uid}/${send.deviceSN}`;
    if (new Set(send.mids).size > 1) facts.report('dedupe', `${name} was told ${send.mids.join(' and ')}`);
    for (const mid of new Set(send.mids)) {
      const entry = facts.entries.get(mid);
      if (!entry || entry.log !== send.log || sendKey(entry) !== sendKey(send)) {
        facts.report(
          'ack-not-on-disk',
          `${name} was told ${mid}, where the database has ${entry ? 'something else' : 'nothing'}`,
        );
      }
    }
  }
}

function checkEntries(facts: Facts): void {
  const seen = new Map<string, number>();
  const contents = new Map<string, number>();
  for (const entry of facts.run.database.entries) {
    if (entry.kind !== 'message') continue;
    checkOrigin(facts, entry);
    checkOnce(facts, seen, sendKey(entry), entry.mid);
    if (!entry.recalled) checkOnce(facts, contents, contentKey(entry.log, entry.uid, entry.content), entry.mid);
  }
  checkSendOrder(facts);
}

function checkOrigin(facts: Facts, entry: DatabaseEntry): void {
  const send = facts.sends.get(sendKey(entry));
  if (!facts.isMember(entry.log, entry.uid, entry.mid)) {
    facts.report('foreign', `entry ${entry.mid} in ${entry.log} is of ${entry.uid}, who is not a member`);
  }
  if (!send) {
    const known = facts.contents.has(contentKey(entry.log, entry.uid, entry.content));
    if (!known) facts.report('ghost', `entry ${entry.mid} of ${entry.uid}/${entry.deviceSN}: nobody sent it`);
    return;
  }
  if (send.outcome === 'refused')
    facts.report('refused-but-stored', `entry ${entry.mid}: client mid ${send.clientMid}`);
  if (send.log !== entry.log) facts.report('foreign', `entry ${entry.mid} is in ${entry.log}, sent to ${send.log}`);
  if (!entry.recalled && send.content !== entry.content)
    facts.report('altered', `entry ${entry.mid} is stored otherwise`);
}

function checkOnce(facts: Facts, seen: Map<string, number>, key: string, mid: number): void {
  const before = seen.get(key);
  if (before !== undefined) facts.report('dedupe', `entries ${before} and ${mid} are one send (${key})`);
  seen.set(key, mid);
}

/** One device's sends stand in a log in the order in which it sent them. */
function checkSendOrder(facts: Facts): void {
  const first = new Map<string, number>();
  for (const entry of facts.run.database.entries) {
    const key = sendKey(entry);
    if (!first.has(key)) first.set(key, entry.mid);
  }
  const last = new Map<string, number>();
  for (const send of facts.run.sends) {
    const mid = first.get(sendKey(send));
    if (mid === undefined) continue;
    const key = `${send.uid} ${send.deviceSN} ${send.log}`;
    const before = last.get(key) ?? 0;
    if (mid < before) facts.report('reordered', `device ${send.uid}/${send.deviceSN} sent ${mid} after ${before}`);
    last.set(key, Math.max(mid, before));
  }
}

function checkDevice(facts: Facts, device: DeviceRecord, log: DeviceLog): void {
  const who = `device ${device.uid}/${device.deviceSN} in ${log.log}`;
  checkAscending(
    facts,
    who,
    log.messages.map((message) => message.mid),
  );
  checkAscending(facts, `${who}, arrivals`, log.arrivals ?? []);
  for (const message of log.messages) {
    checkShown(facts, who, device.uid, log.log, message);
    const entry = facts.entries.get(message.mid);
    if (device.complete && entry && entry.recalled !== message.recalled) {
      facts.report('diverged', `${who}: ${message.mid} is ${entry.recalled ? '' : 'not '}recalled in the database`);
    }
  }
  checkNeverBack(facts, 'cursor-went-back', `${who}: cursor`, log.cursors ?? []);
  checkNeverBack(facts, 'read-went-back', `${who}: read position`, log.reads ?? []);
  checkComplete(facts, who, device, log);
  checkUnread(facts, who, device, log);
}

function checkAscending(facts: Facts, who: string, mids: readonly number[]): void {
  const seen = new Set<number>();
  let highest = 0;
  for (const mid of mids) {
    if (seen.has(mid)) facts.report('doubled', `${who}: ${mid}`);
    else if (mid < highest) facts.report('reordered', `${who}: ${mid} after ${highest}`);
    seen.add(mid);
    highest = Math.max(highest, mid);
  }
}

function checkShown(
  facts: Facts,
  who: string,
  uid: number,
  log: string,
  shown: { mid: number; uid: number; content: string; recalled?: boolean },
): void {
  const fault = faultOf(facts, uid, log, shown);
  if (fault) facts.report(fault, `${who}: ${shown.mid}`);
}

function faultOf(
  facts: Facts,
  uid: number,
  log: string,
  shown: { mid: number; uid: number; content: string; recalled?: boolean },
): ViolationKind | undefined {
  if (!facts.isMember(log, uid, shown.mid)) return 'foreign';
  const entry = facts.entries.get(shown.mid);
  if (!entry) return facts.contents.has(contentKey(log, shown.uid, shown.content)) ? 'lost' : 'ghost';
  if (entry.log !== log) return 'foreign';
  if (entry.recalled || shown.recalled) return undefined;
  if (entry.kind !== 'message' || entry.uid !== shown.uid) return 'ghost';
  return entry.content === shown.content ? undefined : 'altered';
}

function checkNeverBack(facts: Facts, kind: ViolationKind, what: string, positions: readonly number[]): void {
  for (const [i, position] of positions.entries()) {
    const before = positions[i - 1] ?? 0;
    if (position < before) facts.report(kind, `${what} from ${before} to ${position}`);
  }
}

function checkComplete(facts: Facts, who: string, device: DeviceRecord, log: DeviceLog): void {
  const shown = new Set(log.messages.map((message) => message.mid));
  const cursor = log.cursors?.at(-1) ?? 0;
  for (const entry of facts.messagesFor(log.log, device.uid)) {
    if (entry.mid <= device.since || shown.has(entry.mid) || wasDropped(device, log, entry)) continue;
    if (entry.mid <= cursor) facts.report('cursor-past-gap', `${who}: cursor ${cursor}, without ${entry.mid}`);
    if (device.complete) facts.report('lost', `${who}: ${entry.mid}`);
  }
}

/** Whether the device had it and keeps it no longer. */
function wasDropped(device: DeviceRecord, log: DeviceLog, entry: DatabaseEntry): boolean {
  if (entry.mid > (log.keptAfter ?? 0)) return false;
  const isOwn = entry.uid === device.uid && entry.deviceSN === device.deviceSN;
  return isOwn || (log.arrivals?.includes(entry.mid) ?? false);
}

function checkUnread(facts: Facts, who: string, device: DeviceRecord, log: DeviceLog): void {
  if (log.unread === undefined || !device.complete) return;
  const read = facts.run.database.reads.find((row) => row.uid === device.uid && row.log === log.log)?.mid ?? 0;
  const shown = new Set(log.messages.map((message) => message.mid));
  const messages = facts.messagesFor(log.log, device.uid);
  const isHere = (mid: number) => mid > device.since || shown.has(mid);
  const unread = messages.filter((entry) => entry.uid !== device.uid && entry.mid > read && isHere(entry.mid)).length;
  if (unread !== log.unread) facts.report('unread-wrong', `${who}: ${log.unread} instead of ${unread}`);
}

function checkHistory(facts: Facts, history: HistoryRecord): void {
  const who = `history of ${history.log} for ${history.uid}`;
  const mids = history.messages.map((message) => message.mid);
  checkAscending(facts, who, mids.toReversed());
  for (const message of history.messages) checkShown(facts, who, history.uid, history.log, message);
  const shown = new Set(mids);
  for (const entry of facts.messagesFor(history.log, history.uid)) {
    if (!shown.has(entry.mid)) facts.report('lost', `${who}: ${entry.mid}`);
  }
}

/** The server may know less than a device has, never more. */
function checkServerCursors(facts: Facts): void {
  const devices = new Map<string, number>();
  for (const { uid, deviceSN, logs } of facts.run.devices) {
    for (const { log, cursors } of logs) if (cursors) devices.set(`${uid} ${deviceSN} ${log}`, cursors.at(-1) ?? 0);
  }
  for (const { uid, deviceSN, log, mid } of facts.run.database.cursors) {
    const cursor = devices.get(`${uid} ${deviceSN} ${log}`);
    if (cursor !== undefined && mid > cursor) {
      facts.report(
        'cursor-past-gap',
        `the server believes that ${uid}/${deviceSN} has ${log} up to ${mid}; it is at ${cursor}`,
      );
    }
  }
}

function checkReads(facts: Facts): void {
  const { reads, entries } = facts.run.database;
  const last = new Map(entries.map((entry) => [entry.log, entry.mid]));
  for (const { uid, log, mid } of reads) {
    if (mid > (last.get(log) ?? 0)) facts.report('read-past-end', `${uid} has read ${log} up to ${mid}`);
  }
  for (const device of facts.run.devices.filter((each) => each.complete)) {
    for (const { log, reads: heard } of device.logs) {
      const read = reads.find((row) => row.uid === device.uid && row.log === log)?.mid ?? 0;
      const last = heard?.at(-1) ?? read;
      if (last !== read)
        facts.report('diverged', `device ${device.uid}/${device.deviceSN} has read ${log} up to ${last}, not ${read}`);
    }
  }
}
