import type { Delivery, Sessions } from '../delivery/delivery.ts';
import { type Appended, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { GroupDone } from './group-command.ts';
import type { GroupDirectory } from './group-directory.ts';
import { type GroupState, MuteMode } from './group-state.ts';

/** Entries of one command that are pushed each by itself; more of them share frames. */
const oneByOneAtMost = 20;

/** The sessions that all messages from a place in a group's log on go to. */
interface Audience {
  readonly sessions: Sessions;
  readonly fromMid: number;
}

/** From a group's log to its members' devices. */
export class GroupDelivery {
  readonly #directory: GroupDirectory;
  readonly #delivery: Delivery;
  /** Of groups as they are now, as long as no session comes or goes: most members of a large group are not there. */
  #audiences = new WeakMap<GroupState, Audience>();
  #connections = 0;

  constructor(directory: GroupDirectory, delivery: Delivery) {
    this.#directory = directory;
    this.#delivery = delivery;
  }

  /** What a command of the group wrote, now that it is on disk. Forgets the group as it was before. */
  settled(gid: number, { appended, alsoTo }: GroupDone): void {
    this.#directory.forget(gid);
    const inGroup = appended.filter(({ entry }) => entry.logId === gid);
    if (inGroup.length > oneByOneAtMost) this.#deliverRun(gid, inGroup);
    else for (const { entry, placed } of inGroup) this.deliver(entry, placed, alsoTo);
    for (const { entry, placed } of appended) if (entry.logId !== gid) this.#delivery.deliverOne(entry, placed);
  }

  /** Pushes entries of any log, in order. */
  deliverAll(appended: readonly Appended[]): void {
    for (const { entry, placed } of appended) this.deliver(entry, placed);
  }

  /**
   * `alsoTo` hear it too, if it is in a group's log: their membership ended with it. What `givesWay` is pulled, not pushed,
   * where much is waiting.
   */
  deliver(entry: NewEntry, placed: Placed, alsoTo: readonly number[] = [], givesWay = false): void {
    const group = entry.logId === entry.toUid ? this.#directory.get(entry.logId) : undefined;
    if (!group) return this.#delivery.deliverOne(entry, placed);
    this.#delivery.deliverToGroup(this.#sessionsFor(group, entry, placed, alsoTo), entry, placed, givesWay);
  }

  #sessionsFor(group: GroupState, { kind }: NewEntry, { mid }: Placed, alsoTo: readonly number[]): Sessions {
    if (kind === EntryKind.message && alsoTo.length === 0) {
      const audience = this.#audienceOf(group);
      if (mid >= audience.fromMid) return audience.sessions;
    }
    const users = usersFor(group, kind, mid);
    for (const uid of alsoTo) if (!group.members.has(uid)) users.push(uid);
    return this.#delivery.sessionsOf(users);
  }

  #audienceOf(group: GroupState): Audience {
    const { connections } = this.#delivery;
    if (connections !== this.#connections) this.#audiences = new WeakMap();
    this.#connections = connections;
    let audience = this.#audiences.get(group);
    if (!audience) {
      let fromMid = 0;
      for (const { joinedMid } of group.members.values()) fromMid = Math.max(fromMid, joinedMid);
      const sessions = this.#delivery.sessionsOf(usersFor(group, EntryKind.message, fromMid));
      audience = { sessions, fromMid };
      this.#audiences.set(group, audience);
    }
    return audience;
  }

  /** Many who come: a frame for each of them to each of the others would be as many as their square. */
  #deliverRun(gid: number, run: readonly Appended[]): void {
    const [first, last] = [run[0], run.at(-1)] as [Appended, Appended];
    const before: number[] = [];
    const since: number[] = [];
    for (const [uid, { joinedMid }] of this.#directory.get(gid)?.members ?? []) {
      if (joinedMid <= first.placed.mid) before.push(uid);
      else if (joinedMid <= last.placed.mid) since.push(uid);
    }
    this.#delivery.deliverRunToGroup(this.#delivery.sessionsOf(before), run);
    // What they may see of it, they pull: one entry shows them that there is something.
    this.#delivery.deliverToGroup(this.#delivery.sessionsOf(since), last.entry, last.placed);
  }
}

/** Who is to be pushed an entry: members since before it, without those who want no messages if it is one. */
function usersFor(group: GroupState, kind: number, mid: number): number[] {
  const users: number[] = [];
  for (const [uid, member] of group.members) {
    if (member.joinedMid > mid) continue;
    if (kind === EntryKind.message && member.muteMode === MuteMode.messages) continue;
    users.push(uid);
  }
  return users;
}
