/** A recorded run: everything that the checker judges. Logs are named by strings of the recorder's choice. */
export interface Run {
  logs: LogRecord[];
  /** Each device's sends in the order in which it made them. */
  sends: SendRecord[];
  devices: DeviceRecord[];
  history: HistoryRecord[];
  database: DatabaseRecord;
}

/** Who could see a log, and from which mid to which. */
export interface LogRecord {
  id: string;
  members: Membership[];
}

export interface Membership {
  uid: number;
  /** The first mid that is for him is larger than this. Default 0. */
  after?: number;
  /** The last mid that is for him. Default: no end. */
  until?: number;
}

export interface SendRecord {
  log: string;
  uid: number;
  deviceSN: number;
  clientMid: number;
  /** Version 1: other sends of the device may have the same client mid, and the content tells them apart. */
  sharesMids?: boolean;
  /** What was said, as `fingerprint` gives it. */
  content: string;
  /** `unknown`: neither an acknowledgement nor a final refusal came. */
  outcome: 'sent' | 'refused' | 'unknown';
  /** Every mid that an acknowledgement told for it; more than one when it was repeated. */
  mids: number[];
}

/** What a device shows at the end, and what it went through. */
export interface DeviceRecord {
  uid: number;
  deviceSN: number;
  /** Everything after this mid is for it: it joined the user then. */
  since: number;
  /** Whether it was online at the end and had the time to get everything. */
  complete: boolean;
  /** Version 1: where a deployed client would have thrown, or done something twice. */
  faults?: readonly string[];
  logs: DeviceLog[];
}

export interface DeviceLog {
  log: string;
  /** In the order in which the device shows them. */
  messages: ShownMessage[];
  /** The device shows only what is newer than this mid; what is older must have arrived all the same. Default 0. */
  keptAfter?: number;
  /** Mids of what came from others, in the order in which the device took it in; undefined where it cannot be seen. */
  arrivals?: number[];
  /** The cursor, each time it changed; undefined where it cannot be seen. */
  cursors?: number[];
  /** Version 1: the server moves it past what the device sent itself and what is not for such devices. */
  serverMovesCursor?: boolean;
  /** The user's read position as the device knew it, each time it heard of one; undefined where it cannot be seen. */
  reads?: number[];
  /** What it would tell the user is unread; undefined where it keeps no such count. */
  unread?: number;
  /** It counts what it keeps alone. */
  countsKept?: boolean;
}

export interface ShownMessage {
  mid: number;
  uid: number;
  content: string;
  recalled: boolean;
}

/** All pages that one user read of a log, joined, newest first. */
export interface HistoryRecord {
  uid: number;
  log: string;
  messages: { mid: number; uid: number; content: string }[];
}

export interface DatabaseRecord {
  /** Ascending by mid. */
  entries: DatabaseEntry[];
  /** How far the server believes that each device has each log. */
  cursors: { uid: number; deviceSN: number; log: string; mid: number }[];
  /** How far each user has read each log. */
  reads: { uid: number; log: string; mid: number }[];
  /** Entries that users deleted for themselves. */
  deleted: { uid: number; mid: number }[];
}

export interface DatabaseEntry {
  mid: number;
  log: string;
  kind: 'message' | 'operation' | 'notice';
  recalled: boolean;
  uid: number;
  deviceSN: number;
  clientMid: number | null;
  /** Of messages that are not recalled. */
  content: string;
}
