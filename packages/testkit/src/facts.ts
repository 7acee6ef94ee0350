import type { DatabaseEntry, DeviceRecord, LogRecord, Run, SendRecord } from './run.ts';

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
  | 'diverged'
  /** A deployed client was told something that it cannot read, or told of something twice. */
  | 'client-broken';

export interface Violation {
  kind: ViolationKind;
  /** What exactly, for a person. */
  text: string;
}

/** A run, indexed. */
export class Facts {
  readonly run: Run;
  readonly violations: Violation[] = [];
  readonly logs: ReadonlyMap<string, LogRecord>;
  readonly entries: ReadonlyMap<number, DatabaseEntry>;
  readonly entriesOf: ReadonlyMap<string, DatabaseEntry[]>;
  readonly sends: ReadonlyMap<string, SendRecord>;
  readonly contents: ReadonlySet<string>;
  readonly #deleted: ReadonlySet<string>;
  /** Devices whose client mids do not tell their sends apart. */
  readonly #sharing: ReadonlySet<string>;

  constructor(run: Run) {
    this.run = run;
    this.logs = new Map(run.logs.map((log) => [log.id, log]));
    this.entries = new Map(run.database.entries.map((entry) => [entry.mid, entry]));
    this.entriesOf = Map.groupBy(run.database.entries, (entry) => entry.log);
    this.#sharing = new Set(run.sends.filter((send) => send.sharesMids).map(deviceKey));
    this.sends = new Map(run.sends.map((send) => [this.keyOf(send), send]));
    this.contents = new Set(run.sends.map((send) => contentKey(send.log, send.uid, send.content)));
    this.#deleted = new Set(run.database.deleted.map(({ uid, mid }) => `${uid} ${mid}`));
  }

  /** What is one send, as the server is to see it. */
  keyOf(of: { uid: number; deviceSN: number; clientMid: number | null; content: string }): string {
    const key = `${deviceKey(of)} ${of.clientMid}`;
    return this.#sharing.has(deviceKey(of)) ? `${key} ${of.content}` : key;
  }

  /** The send behind an entry; of what was recalled the content is gone, and only who was told its mid knows it. */
  sendOf(entry: DatabaseEntry): SendRecord | undefined {
    if (!entry.recalled || !this.#sharing.has(deviceKey(entry))) return this.sends.get(this.keyOf(entry));
    return this.run.sends.find(
      (send) => isOwn(send, entry) && send.clientMid === entry.clientMid && send.mids.includes(entry.mid),
    );
  }

  /** The device sent it and never heard what became of it, which in version 1 nobody tells it later. */
  isUnheard(device: DeviceRecord, entry: DatabaseEntry): boolean {
    return isOwn(device, entry) && this.sendOf(entry)?.outcome === 'unknown';
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

export function deviceKey({ uid, deviceSN }: { uid: number; deviceSN: number }): string {
  return `${uid} ${deviceSN}`;
}

export function contentKey(log: string, uid: number, content: string): string {
  return `${log} ${uid} ${content}`;
}

export function isOwn(device: Pick<DeviceRecord, 'uid' | 'deviceSN'>, entry: DatabaseEntry): boolean {
  return deviceKey(device) === deviceKey(entry);
}
