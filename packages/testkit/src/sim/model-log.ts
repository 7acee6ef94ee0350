/** What the model server has on its disk: logs, positions, cursors. Everything here happens at once or not at all. */
import {
  applyEdit,
  ContentType,
  decodeMessageBody,
  encodeMessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
} from '@flooim/protocol';

export interface ModelEntry {
  mid: number;
  log: string;
  /** The users who have it in their logs; of a system log the one. */
  users: readonly number[];
  prevMid: number;
  from: number;
  device: number;
  clientMid: number | undefined;
  to: number;
  kind: 'message' | 'operation';
  ns: Namespace;
  time: number;
  /** In its present state. */
  payload: Uint8Array;
  /** Of a message: as it was sent. */
  first: Uint8Array;
  recalled: boolean;
}

export interface Inbox {
  readMid: number;
  deliveredMid: number;
  hiddenMid: number;
  marks: Set<number>;
  /** The entries that told of the positions last. */
  told: { read?: ModelEntry; readAll?: ModelEntry; delivered?: ModelEntry };
}

export interface Place {
  acked: number;
  hidden: number;
}

interface Log {
  entries: ModelEntry[];
  last: number;
}

/** Whoever adds an entry: with the client mid that tells repeats apart. */
export interface Author {
  uid: number;
  device: number;
  clientMid?: number;
}

export class ModelLog {
  readonly #logs = new Map<string, Log>();
  readonly #inboxes = new Map<string, Inbox>();
  readonly #places = new Map<string, Place>();
  readonly #sent = new Map<string, ModelEntry>();
  readonly #deleted = new Set<string>();
  readonly #now: () => number;
  #mid = 1000;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The log behind a user's conversation; 0 is the system's. */
  name(uid: number, peer: number): string {
    if (peer === 0) return `s${uid}`;
    return uid < peer ? `p${uid}:${peer}` : `p${peer}:${uid}`;
  }

  log(name: string): Log {
    const log = this.#logs.get(name) ?? { entries: [], last: 0 };
    this.#logs.set(name, log);
    return log;
  }

  entries(): ModelEntry[] {
    return [...this.#logs.values()].flatMap((log) => log.entries).sort((a, b) => a.mid - b.mid);
  }

  inbox(uid: number, peer: number): Inbox {
    const key = `${uid} ${peer}`;
    const inbox = this.#inboxes.get(key) ?? { readMid: 0, deliveredMid: 0, hiddenMid: 0, marks: new Set(), told: {} };
    this.#inboxes.set(key, inbox);
    return inbox;
  }

  /** How far a device has a log. */
  place(uid: number, device: number, log: string): Place {
    const key = `${uid} ${device} ${log}`;
    const place = this.#places.get(key) ?? { acked: 0, hidden: 0 };
    this.#places.set(key, place);
    return place;
  }

  /** Of all devices. */
  cursors(): { uid: number; deviceSN: number; log: string; mid: number }[] {
    return [...this.#places].map(([key, { acked }]) => {
      const [uid, deviceSN, log = ''] = key.split(' ');
      return { uid: Number(uid), deviceSN: Number(deviceSN), log, mid: acked };
    });
  }

  isDeleted(uid: number, mid: number): boolean {
    return this.#deleted.has(`${uid} ${mid}`);
  }

  deleteFor(uid: number, mid: number): void {
    this.#deleted.add(`${uid} ${mid}`);
  }

  deleted(): { uid: number; mid: number }[] {
    return [...this.#deleted].map((key) => key.split(' ').map(Number)).map(([uid = 0, mid = 0]) => ({ uid, mid }));
  }

  /** What the same send became before. */
  repeated({ uid, device, clientMid }: Author): ModelEntry | undefined {
    return clientMid === undefined ? undefined : this.#sent.get(`${uid} ${device} ${clientMid}`);
  }

  append(
    by: Author,
    to: number,
    said: Pick<ModelEntry, 'kind' | 'payload'> & { ns?: Namespace },
    into = to,
  ): ModelEntry {
    const name = this.name(by.uid, into === by.uid ? 0 : into);
    const log = this.log(name);
    // Gaps between mids are nothing special.
    this.#mid += 1 + ((this.#mid * 7) % 3);
    const { uid: from, device, clientMid } = by;
    const users = into === from ? [from] : [from, into];
    const place = { mid: this.#mid, log: name, prevMid: log.last, users };
    const { kind, ns = Namespace.MESSAGE } = said;
    const payload = said.payload.slice();
    const written = { from, device, clientMid, to, kind, ns, time: this.#now(), payload, first: payload };
    const entry: ModelEntry = { ...place, ...written, recalled: false };
    log.entries.push(entry);
    log.last = entry.mid;
    if (clientMid !== undefined) this.#sent.set(`${from} ${device} ${clientMid}`, entry);
    return entry;
  }

  remove(entry: ModelEntry | undefined): void {
    if (!entry) return;
    const log = this.log(entry.log);
    log.entries = log.entries.filter((other) => other !== entry);
    this.#sent.delete(`${entry.from} ${entry.device} ${entry.clientMid}`);
  }

  /** A message that is still there. */
  message(log: string, mid: number): ModelEntry | undefined {
    const isIt = (entry: ModelEntry) => entry.mid === mid && entry.kind === 'message' && !entry.recalled;
    return this.log(log).entries.find(isIt);
  }

  edit(message: ModelEntry, type: OperationType, payload: Uint8Array): number {
    const held = decodeMessageBody(message.payload);
    const editTimestamp = Math.max(this.#now(), held.editTimestamp + 1);
    const edited = applyEdit(held, type, decodeMessageBody(payload));
    message.payload = encodeMessageBody({ ...held, ...edited, editTimestamp }).slice();
    return editTimestamp;
  }

  recall(message: ModelEntry): void {
    message.recalled = true;
    message.payload = new Uint8Array();
    for (const entry of this.log(message.log).entries) {
      if (entry.kind === 'operation' && isEditOf(entry, message.mid)) entry.recalled = true;
    }
  }

  /** Moves the cursor; what tells the sender where something of his arrived by it. */
  acknowledge(uid: number, device: number, peer: number, mid: number): ModelEntry | undefined {
    const name = this.name(uid, peer);
    const log = this.log(name);
    const place = this.place(uid, device, name);
    place.acked = Math.max(place.acked, Math.min(mid, log.last));
    const inbox = this.inbox(uid, peer);
    if (peer === 0 || mid <= inbox.deliveredMid) return undefined;
    const isNews = (entry: ModelEntry) => entry.mid > inbox.deliveredMid && entry.mid <= mid && entry.from === peer;
    const newest = log.entries.findLast((entry) => isNews(entry) && entry.kind === 'message')?.mid;
    inbox.deliveredMid = newest ?? Math.min(mid, log.last);
    if (newest === undefined) return undefined;
    const payload = operation(OperationType.DELIVER_ACK, newest, 0);
    const entry = this.append({ uid, device: 0 }, peer, { kind: 'operation', payload });
    this.remove(inbox.told.delivered);
    inbox.told.delivered = entry;
    return entry;
  }

  /** The entry after which the newest `count` come. */
  back(log: string, count: number): number {
    return this.log(log).entries.at(-count - 1)?.mid ?? 0;
  }
}

export function operation(type: OperationType, mid: number, peer: number): Uint8Array {
  const xid = { uid: peer, deviceSN: 0 };
  const body = { type: MessageType.OPER, ctype: ContentType.COMMAND, operation: { type, mid, xid } };
  return encodeMessageBody(body).slice();
}

export function metaOf({ mid, from, device, to, time, ns, payload }: ModelEntry): Meta {
  return { id: mid, from: { uid: from, deviceSN: device }, to: { uid: to, deviceSN: 0 }, timestamp: time, ns, payload };
}

function isEditOf({ payload, ns }: ModelEntry, mid: number): boolean {
  if (ns !== Namespace.MESSAGE) return false;
  const { operation: done } = decodeMessageBody(payload);
  return done?.mid === mid && (done.type === OperationType.APPEND || done.type === OperationType.REPLACE);
}
