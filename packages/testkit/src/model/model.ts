import { type UserName, userNames } from '../users.ts';
import { Chat } from './chat.ts';
import type { Group } from './group.ts';

/** One of the SDK instances, as far as the model has to know it. */
export interface DeviceState {
  name: string;
  user: UserName;
  /** Away: it has no line until it comes back. */
  isAway: boolean;
  /** It came later: of long logs it has the end alone. */
  isFresh: boolean;
  /** Groups that the user was not in any more when it came: what it has of them is left open. */
  readonly unsure: Set<string>;
}

export interface Application {
  status: 'pending' | 'accepted' | 'declined';
  alias: string;
}

/** What one user noted about another. */
export interface Note {
  alias: string;
  isMuted: boolean;
}

/** Friends at once, after consent, not at all: as the protocol numbers it. */
export type AskedMode = 0 | 1 | 3;

/** Everything that must be true of the server and of every device once all is quiet; nothing but plain data and rules. */
export class Model {
  readonly devices = new Map<string, DeviceState>();
  readonly authMode: Record<UserName, AskedMode> = { alice: 0, bob: 0, carol: 0 };
  /** Whether they are asked before they are in a group. */
  readonly wantsToBeAsked: Record<UserName, boolean> = { alice: false, bob: false, carol: false };
  /** By the name that commands know them by. */
  readonly groups = new Map<string, Group>();
  readonly #friends = new Set<string>();
  /** Pairs that were friends once. */
  readonly #former = new Set<string>();
  readonly #blocks = new Set<string>();
  readonly #applications = new Map<string, Application>();
  readonly #notes = new Map<string, Note>();
  readonly #chats = new Map<string, Chat>();

  constructor() {
    for (const user of userNames) for (const kind of ['phone', 'laptop']) this.addDevice(`${user}.${kind}`, user);
  }

  addDevice(name: string, user: UserName, isFresh = false): DeviceState {
    const device: DeviceState = { name, user, isAway: false, isFresh, unsure: new Set() };
    for (const [group, { members }] of this.groups) if (!members.has(user)) device.unsure.add(group);
    this.devices.set(name, device);
    return device;
  }

  device(name: string): DeviceState {
    const device = this.devices.get(name);
    if (!device) throw new Error(`there is no ${name}`);
    return device;
  }

  devicesOf(user: UserName): DeviceState[] {
    return [...this.devices.values()].filter((device) => device.user === user);
  }

  isReachable(user: UserName): boolean {
    return this.devicesOf(user).some((device) => !device.isAway);
  }

  // Roster

  areFriends(a: UserName, b: UserName): boolean {
    return this.#friends.has(pair(a, b));
  }

  befriend(a: UserName, b: UserName): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const application = this.application(from, to);
      if (application?.status !== 'pending') continue;
      application.status = 'accepted';
      if (application.alias) this.note(from, to).alias = application.alias;
    }
    this.#friends.add(pair(a, b));
    this.#former.delete(pair(a, b));
  }

  part(a: UserName, b: UserName): void {
    if (this.#friends.delete(pair(a, b))) this.#former.add(pair(a, b));
  }

  /** As `relation` of a roster item numbers it. */
  relation(of: UserName, to: UserName): 0 | 1 | 2 | 3 {
    if (this.blocks(of, to)) return 3;
    if (this.areFriends(of, to)) return 0;
    return this.#former.has(pair(of, to)) ? 1 : 2;
  }

  blocks(by: UserName, whom: UserName): boolean {
    return this.#blocks.has(`${by} ${whom}`);
  }

  setBlock(by: UserName, whom: UserName, isBlocked: boolean): void {
    if (isBlocked) {
      this.#blocks.add(`${by} ${whom}`);
      this.chat(by, whom).reader(by).isMuffled = true;
    } else this.#blocks.delete(`${by} ${whom}`);
  }

  application(from: UserName, to: UserName): Application | undefined {
    return this.#applications.get(`${from} ${to}`);
  }

  apply(from: UserName, to: UserName, alias: string): void {
    this.#applications.set(`${from} ${to}`, { status: 'pending', alias });
  }

  note(by: UserName, about: UserName): Note {
    const key = `${by} ${about}`;
    const note = this.#notes.get(key) ?? { alias: '', isMuted: false };
    this.#notes.set(key, note);
    return note;
  }

  // Conversations

  chat(a: UserName, b: UserName): Chat {
    const chat = this.#chats.get(pair(a, b)) ?? new Chat();
    this.#chats.set(pair(a, b), chat);
    return chat;
  }

  group(name: string): Group {
    const group = this.groups.get(name);
    if (!group) throw new Error(`there is no ${name}`);
    return group;
  }

  /** Everything reached every device that has a line. */
  settled(): void {
    for (const user of userNames.filter((name) => this.isReachable(name))) {
      for (const other of others(user)) this.chat(user, other).reach(user, !this.blocks(user, other));
    }
  }
}

function pair(a: UserName, b: UserName): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

export function others(user: UserName): UserName[] {
  return userNames.filter((name) => name !== user);
}
