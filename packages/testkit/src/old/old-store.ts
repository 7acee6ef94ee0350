import { ContentType, DeliveryStatus, type GroupNotice, type RosterNotice } from '@flooim/protocol';

/** Which line of the web SDK a device is of, where the two differ. */
export type OldVersion = '2.0.0' | '3.0.0';

export interface OldMessage {
  mid: number;
  from: number;
  to: number;
  ctype: ContentType;
  content: string;
  config: string;
  ext: string;
  attachment: string;
  timestamp: number;
  status: DeliveryStatus;
  editTimestamp: number;
}

/** As many messages of a conversation the client keeps. */
const keptMessages = 100;

export class OldConversation {
  readonly messages = new Map<number, OldMessage>();
  /** Mids of messages of others, in the order in which they came; those that came in an earlier connection once. */
  readonly arrivals: number[] = [];
  /** What it has acknowledged, each time that was more. */
  readonly acknowledged: number[] = [];
  /** Messages up to here are kept no longer. */
  droppedUpTo = 0;
  /** An operation that says what is read had no answer: the server may know less than the device. */
  isReadUncertain = false;
  readonly #uid: number;
  readonly #arrived = new Set<number>();
  readonly #onThisConnection = new Set<number>();

  constructor(uid: number) {
    this.#uid = uid;
  }

  newConnection(): void {
    this.#onThisConnection.clear();
  }

  /** Takes in what was pushed or pulled. What comes twice on one connection is noted twice: the client does not look. */
  arrive(message: OldMessage): void {
    const isAgain = this.#arrived.has(message.mid) && !this.#onThisConnection.has(message.mid);
    if (!isAgain) this.arrivals.push(message.mid);
    this.#arrived.add(message.mid);
    this.#onThisConnection.add(message.mid);
    this.keep(message);
  }

  /** What it has under this id is replaced. */
  keep(message: OldMessage): void {
    this.messages.set(message.mid, message);
    for (const mid of this.mids.slice(0, -keptMessages)) {
      this.messages.delete(mid);
      this.droppedUpTo = Math.max(this.droppedUpTo, mid);
    }
  }

  get mids(): number[] {
    return [...this.messages.keys()].sort((a, b) => a - b);
  }

  get unread(): OldMessage[] {
    const unread = [...this.messages.values()].filter((message) => this.#counts(message));
    return unread.sort((a, b) => a.mid - b.mid);
  }

  setStatus(mid: number, status: DeliveryStatus): void {
    const message = this.messages.get(mid);
    if (message) message.status = status;
  }

  #counts({ from, status, ctype, config }: OldMessage): boolean {
    if (from === this.#uid || status === DeliveryStatus.READ || ctype === ContentType.COMMAND) return false;
    return ctype !== ContentType.RTC || /"action":"record"/.test(config);
  }
}

export interface OldNotice<T> {
  mid: number;
  notice: T;
}

/** What a deployed client keeps: messages by conversation, friends and groups. A reload begins with none of it. */
export class OldStore {
  /** Known after the login. */
  uid = 0;
  readonly conversations = new Map<number, OldConversation>();
  readonly friends = new Set<number>();
  /** Joined groups: by them the client tells groups from people. */
  readonly groups = new Set<number>();
  readonly rosterNotices: OldNotice<RosterNotice>[] = [];
  readonly groupNotices: OldNotice<GroupNotice>[] = [];
  /** From whom, and what. */
  readonly typing: { from: number; ext: string }[] = [];
  /** Where the client would have thrown, or shows what it should not. */
  readonly faults: string[] = [];
  readonly #operations = new Set<string>();

  conversation(id: number): OldConversation {
    const found = this.conversations.get(id) ?? new OldConversation(this.uid);
    this.conversations.set(id, found);
    return found;
  }

  newConnection(): void {
    this.#operations.clear();
    for (const conversation of this.conversations.values()) conversation.newConnection();
  }

  fault(text: string): void {
    this.faults.push(text);
  }

  /** An operation or a notice that comes twice on one connection is told twice. */
  happened(what: string): void {
    if (this.#operations.has(what)) this.fault(`${what} came twice`);
    this.#operations.add(what);
  }
}
