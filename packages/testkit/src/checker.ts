import { contentKey, deviceKey, Facts, isOwn, type Violation, type ViolationKind } from './facts.ts';
import type { DatabaseEntry, DeviceLog, DeviceRecord, HistoryRecord, Run } from './run.ts';

export type { Violation, ViolationKind } from './facts.ts';

/** Judges a recorded run; an empty list means that every promise it covers was kept. */
export function check(run: Run): Violation[] {
  const facts = new Facts(run);
  checkSends(facts);
  checkEntries(facts);
  for (const device of run.devices) for (const log of device.logs) checkDevice(facts, device, log);
  for (const device of run.devices) for (const fault of device.faults ?? []) checkFault(facts, device, fault);
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

function checkSends(facts: Facts): void {
  for (const send of facts.run.sends) {
    const name = `client mid ${send.clientMid} of device ${send.uid}/${send.deviceSN}`;
    if (new Set(send.mids).size > 1) facts.report('dedupe', `${name} was told ${send.mids.join(' and ')}`);
    for (const mid of new Set(send.mids)) {
      const entry = facts.entries.get(mid);
      if (!entry || entry.log !== send.log || facts.sendOf(entry) !== facts.sends.get(facts.keyOf(send))) {
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
    const send = facts.sendOf(entry);
    checkOnce(facts, seen, send ? facts.keyOf(send) : facts.keyOf(entry), entry.mid);
    if (!entry.recalled) checkOnce(facts, contents, contentKey(entry.log, entry.uid, entry.content), entry.mid);
  }
  checkSendOrder(facts);
}

function checkOrigin(facts: Facts, entry: DatabaseEntry): void {
  const send = facts.sendOf(entry);
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
    const send = facts.sendOf(entry);
    const key = facts.keyOf(send ?? entry);
    if (!first.has(key)) first.set(key, entry.mid);
  }
  const last = new Map<string, number>();
  for (const send of facts.run.sends) {
    const mid = first.get(facts.keyOf(send));
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

function checkFault(facts: Facts, { uid, deviceSN }: DeviceRecord, fault: string): void {
  facts.report('client-broken', `device ${uid}/${deviceSN}: ${fault}`);
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
    if (facts.isUnheard(device, entry)) continue;
    if (entry.mid <= cursor) facts.report('cursor-past-gap', `${who}: cursor ${cursor}, without ${entry.mid}`);
    if (device.complete) facts.report('lost', `${who}: ${entry.mid}`);
  }
}

/** Whether the device had it and keeps it no longer. */
function wasDropped(device: DeviceRecord, log: DeviceLog, entry: DatabaseEntry): boolean {
  if (entry.mid > (log.keptAfter ?? 0)) return false;
  return isOwn(device, entry) || (log.arrivals?.includes(entry.mid) ?? false);
}

function checkUnread(facts: Facts, who: string, device: DeviceRecord, log: DeviceLog): void {
  if (log.unread === undefined || !device.complete) return;
  const read = facts.run.database.reads.find((row) => row.uid === device.uid && row.log === log.log)?.mid ?? 0;
  const shown = new Set(log.messages.map((message) => message.mid));
  const messages = facts.messagesFor(log.log, device.uid);
  const isHere = (mid: number) => shown.has(mid) || (!log.countsKept && mid > device.since);
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
  const logs = new Map<string, DeviceLog>();
  for (const device of facts.run.devices) {
    for (const log of device.logs) if (log.cursors) logs.set(`${deviceKey(device)} ${log.log}`, log);
  }
  for (const { uid, deviceSN, log, mid } of facts.run.database.cursors) {
    const known = logs.get(`${uid} ${deviceSN} ${log}`);
    if (!known) continue;
    const cursor = known.cursors?.at(-1) ?? 0;
    const isPast = (entry: DatabaseEntry) => entry.mid > cursor && entry.mid <= mid && !isOwn({ uid, deviceSN }, entry);
    if (known.serverMovesCursor ? facts.messagesFor(log, uid).some(isPast) : mid > cursor) {
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
