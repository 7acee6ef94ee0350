import type { Delivery } from '../delivery/delivery.ts';
import { type Appended, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { GroupDone } from './group-command.ts';
import type { GroupDirectory } from './group-directory.ts';
import { type GroupState, MuteMode } from './group-state.ts';

/** Entries of one command that are pushed each by itself; more of them share frames. */
const oneByOneAtMost = 20;

/** From a group's log to its members' devices. */
export class GroupDelivery {
  readonly #directory: GroupDirectory;
  readonly #delivery: Delivery;

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
    const users = audience(group, entry, placed);
    for (const uid of alsoTo) if (!group.members.has(uid)) users.push(uid);
    this.#delivery.deliverToGroup(users, entry, placed, givesWay);
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
    this.#delivery.deliverRunToGroup(before, run);
    // What they may see of it, they pull: one entry shows them that there is something.
    this.#delivery.deliverToGroup(since, last.entry, last.placed);
  }
}

/** Who is to be pushed an entry: members since before it, without those who want no messages if it is one. */
function audience(group: GroupState, { kind }: NewEntry, { mid }: Placed): number[] {
  const users: number[] = [];
  for (const [uid, member] of group.members) {
    if (member.joinedMid > mid) continue;
    if (kind === EntryKind.message && member.muteMode === MuteMode.messages) continue;
    users.push(uid);
  }
  return users;
}
