import { type UserName, userNames } from '../users.ts';

/** A message as the model knows it. */
export interface Told {
  mid: number;
  from: UserName;
  content: string;
  /** Commands are messages that nobody counts or lists. */
  isCommand: boolean;
  isRecalled: boolean;
  /** Who was there when it was said. */
  present: ReadonlySet<UserName>;
  /** Whose devices got it: not those who wanted none. */
  audience: ReadonlySet<UserName>;
  readonly deletedBy: Set<UserName>;
}

/** Where a user is in a conversation. */
export interface Reader {
  read: number;
  readonly marks: Set<number>;
  /** What lies up to here he deleted with the conversation, or it went with the friend or the group. */
  hidden: number;
  /** What lies up to here he deleted with the conversation, everywhere: the server does not give it to him again. */
  deleted: number;
  /** The newest message of others that reached one of his devices. */
  reached: number;
  /** What the other one knows of it. Who blocks somebody tells him nothing, but what he told stays told. */
  readonly told: { read: number; reached: number };
  /** He has blocked the other one, and nothing came since that would make him tell again how far he got. */
  isMuffled: boolean;
}

function newReader(): Reader {
  return {
    read: 0,
    marks: new Set(),
    hidden: 0,
    deleted: 0,
    reached: 0,
    told: { read: 0, reached: 0 },
    isMuffled: false,
  };
}

/** What was said somewhere, and what each user and each device may still show of it. */
export class Chat {
  readonly told: Told[] = [];
  readonly #readers = new Map<UserName, Reader>();
  /** In a group, by sender: the newest of his messages of which somebody told him that it was read. */
  readonly receipts = new Map<UserName, number>();
  /** By device: what was deleted there alone. */
  readonly #hiddenOn = new Map<string, number>();

  reader(user: UserName): Reader {
    const reader = this.#readers.get(user) ?? newReader();
    this.#readers.set(user, reader);
    return reader;
  }

  get last(): number {
    return this.told.at(-1)?.mid ?? 0;
  }

  /** Answers of different devices may come in another order than the log's. */
  add(told: Told): void {
    this.told.push(told);
    this.told.sort((a, b) => a.mid - b.mid);
  }

  find(mid: number): Told | undefined {
    return this.told.find((one) => one.mid === mid);
  }

  /** What a device of his shows. */
  visible(user: UserName, device: string): Told[] {
    const hidden = this.hiddenOn(user, device);
    return this.told.filter(
      (one) => one.mid > hidden && !one.isRecalled && one.audience.has(user) && !one.deletedBy.has(user),
    );
  }

  /** What the server gives of the past. `isOpen`: also what was said before he came. */
  history(user: UserName, isOpen: boolean): Told[] {
    const { deleted } = this.reader(user);
    const isHis = (one: Told) => isOpen || one.present.has(user);
    return this.told.filter((one) => one.mid > deleted && !one.isRecalled && isHis(one) && !one.deletedBy.has(user));
  }

  unread(user: UserName, device: string): number {
    const { read, marks } = this.reader(user);
    const counts = (one: Told) => one.from !== user && !one.isCommand && (one.mid > read || marks.has(one.mid));
    return this.visible(user, device).filter(counts).length;
  }

  /** How far an own message has come with another user, at least and at most: 0 not at all, 1 it reached him, 2 he read it. */
  status(mid: number, other: UserName): [0 | 1 | 2, 0 | 1 | 2] {
    const { told, reached } = this.reader(other);
    if (mid <= told.read) return [2, 2];
    return [mid <= told.reached ? 1 : 0, mid <= reached ? 1 : 0];
  }

  /** The user read up to here on this device. `tells`: who hears of it. */
  read(user: UserName, mid: number, device: string, tells: (sender: UserName) => boolean): void {
    if (!this.readSays(user, mid, device)) return;
    const reader = this.reader(user);
    const before = reader.read;
    reader.read = Math.max(before, mid);
    for (const one of this.told) {
      const isNews = one.mid > before && one.mid <= reader.read && !one.isRecalled && one.audience.has(user);
      if (isNews && one.from !== user && tells(one.from)) this.receipts.set(one.from, one.mid);
    }
    if (userNames.some((sender) => sender !== user && tells(sender))) reader.told.read = reader.read;
    for (const marked of reader.marks) if (marked <= reader.read) reader.marks.delete(marked);
  }

  /** Whether it is anything new to the device: if not, nothing happens. */
  readSays(user: UserName, mid: number, device: string): boolean {
    const { read, marks } = this.reader(user);
    return mid > read || [...marks].some((marked) => marked > this.hiddenOn(user, device));
  }

  /** The server also counts what went with a friend or a group. */
  unreadAtMost(user: UserName): number {
    const { read, marks } = this.reader(user);
    const counts = (one: Told) => one.from !== user && !one.isCommand && (one.mid > read || marks.has(one.mid));
    return this.history(user, false).filter((one) => one.audience.has(user) && counts(one)).length;
  }

  /** In a group: whether somebody told that he read it. */
  groupStatus({ mid, from }: Told): 0 | 2 {
    return mid <= (this.receipts.get(from) ?? 0) ? 2 : 0;
  }

  /** He deleted the conversation. */
  delete(user: UserName): void {
    this.drop(user);
    this.reader(user).deleted = this.last;
  }

  /** Everything up to now is gone from his devices. */
  drop(user: UserName): void {
    const reader = this.reader(user);
    reader.hidden = Math.max(reader.hidden, this.last);
  }

  dropOn(device: string): void {
    this.#hiddenOn.set(device, this.last);
  }

  hiddenOn(user: UserName, device: string): number {
    return Math.max(this.reader(user).hidden, this.#hiddenOn.get(device) ?? 0);
  }

  /** A device of his has everything; `isTold`: he has not blocked who wrote it. */
  reach(user: UserName, isTold: boolean): void {
    const reader = this.reader(user);
    const got = this.told.findLast((one) => one.from !== user && one.audience.has(user))?.mid ?? 0;
    const isNew = got > reader.reached;
    reader.reached = Math.max(reader.reached, got);
    if (!isTold || (reader.isMuffled && !isNew)) return;
    reader.isMuffled = false;
    reader.told.reached = reader.reached;
  }
}
