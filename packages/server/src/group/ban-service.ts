import type { GroupMemberBanned, GroupUserRelationResponse } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { BanStore } from './ban-store.ts';
import { enterGroup, type InGroup } from './group-access.ts';
import type { GroupDelivery } from './group-delivery.ts';
import type { GroupDirectory } from './group-directory.ts';
import type { Page, PageRequest } from './group-page.ts';
import { roleIn } from './group-state.ts';
import { runCommand } from './run-command.ts';
import type { GroupSettingsService } from './settings-service.ts';

const minuteMs = 60_000;
const forEver = -1;

interface Parts {
  store: BanStore;
  groupDirectory: GroupDirectory;
  groupDelivery: GroupDelivery;
  groupSettings: GroupSettingsService;
  clock: () => number;
}

/** Who may not send to a group, and until when: single members, or all of them. */
export class GroupBanService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** For so many minutes, -1 for ever; a new ban takes the place of an earlier one. */
  async ban(admin: InGroup, users: readonly number[], minutes: number): Promise<GroupUserRelationResponse[]> {
    const { store, groupDelivery, clock } = this.#parts;
    const time = clock();
    const until = endOf(minutes, time);
    const act = { ...admin, users, minutes, until, time };
    return (await runCommand(groupDelivery, store.write['group.ban'], act)).results;
  }

  async unban(admin: InGroup, users: readonly number[]): Promise<GroupUserRelationResponse[]> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...admin, users, time: clock() };
    return (await runCommand(groupDelivery, store.write['group.unban'], act)).results;
  }

  /** For members, in a chatroom too. */
  async banned(asker: InGroup, page: PageRequest): Promise<Page<GroupMemberBanned>> {
    const { store, groupDirectory, clock } = this.#parts;
    const group = enterGroup(groupDirectory, asker, 'readMembers');
    if (roleIn(group, asker.uid) === 'outsider') throw new ServerError('memberRequired');
    return store.banned(asker.gid, clock(), page);
  }

  /** Gives when it ends, in seconds since the epoch; -1: never. Owner and admins still may send. */
  async banAll(admin: InGroup, minutes: number): Promise<number> {
    const until = endOf(minutes, this.#parts.clock());
    // Never shorter than was asked.
    const value = until === forEver ? forEver : Math.ceil(until / 1000);
    await this.#parts.groupSettings.change(admin, { property: 'ban_expire_time', value });
    return value;
  }

  unbanAll(admin: InGroup): Promise<void> {
    return this.#parts.groupSettings.change(admin, { property: 'ban_expire_time', value: 0 });
  }
}

/** In ms since the epoch; -1: never. */
function endOf(minutes: number, now: number): number {
  if (minutes === 0) throw new ServerError('invalidParameter', 'duration must be -1 or at least 1');
  return minutes === forEver ? forEver : now + minutes * minuteMs;
}
