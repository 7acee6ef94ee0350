import type { Delivery } from '../delivery/delivery.ts';
import { type Appended, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { GroupDone } from './group-command.ts';
import type { GroupDirectory } from './group-directory.ts';
import { type GroupState, MuteMode } from './group-state.ts';

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
    for (const { entry, placed } of appended) this.deliver(entry, placed, entry.logId === gid ? alsoTo : undefined);
  }

  /** Pushes entries of any log, in order. */
  deliverAll(appended: readonly Appended[]): void {
    for (const { entry, placed } of appended) this.deliver(entry, placed);
  }

  /** `alsoTo` hear it too, if it is in a group's log: their membership ended with it. */
  deliver(entry: NewEntry, placed: Placed, alsoTo: readonly number[] = []): void {
    const group = entry.logId === entry.toUid ? this.#directory.get(entry.logId) : undefined;
    if (!group) return this.#delivery.deliverOne(entry, placed);
    const users = audience(group, entry, placed);
    for (const uid of alsoTo) if (!group.members.has(uid)) users.push(uid);
    this.#delivery.deliverToGroup(users, entry, placed);
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
