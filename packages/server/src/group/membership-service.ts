import type {
  GroupBlockedListItem,
  GroupInfoAndSettings,
  GroupMember,
  GroupUserRelationResponse,
} from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { checkAvatar } from '../user/account-rules.ts';
import { enterGroup, type InGroup } from './group-access.ts';
import type { GroupDelivery } from './group-delivery.ts';
import type { GroupDirectory } from './group-directory.ts';
import type { Page, PageRequest } from './group-page.ts';
import type { JoiningService } from './joining-service.ts';
import type { Ending } from './leave-all-groups.ts';
import type { ListLimit } from './list-limit.ts';
import type { MembershipStore } from './membership-store.ts';
import { runCommand } from './run-command.ts';
import type { GroupSettingsService } from './settings-service.ts';

/** What a new group is. */
export interface NewGroup {
  name: string;
  description?: string;
  avatar?: string;
  type?: number;
  /** Whom the owner invites at once. */
  users?: readonly number[];
}

interface Parts {
  store: MembershipStore;
  groupDirectory: GroupDirectory;
  groupDelivery: GroupDelivery;
  groupSettings: GroupSettingsService;
  joining: JoiningService;
  listLimit: ListLimit;
  /** Members of a new group at most. */
  capacity: number;
  clock: () => number;
}

/** Groups and who is in them, as what. How one comes into a group of others: `JoiningService`. */
export class MembershipService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Who cannot be invited is left out. */
  async create({ appId, uid }: Omit<InGroup, 'gid'>, wanted: NewGroup): Promise<GroupInfoAndSettings> {
    const { store, groupDelivery, groupSettings, joining, listLimit, capacity, clock } = this.#parts;
    const { name, description = '', avatar = '', type = 0, users = [] } = wanted;
    checkAvatar(avatar);
    listLimit.count(uid, users.length);
    const [first = [], ...others] = joining.inParts(users);
    const act = { appId, uid, name, description, avatar, type, capacity, users: first, time: clock() };
    const created = await store.write['group.create'](act, (done) => {
      if ('gid' in done) groupDelivery.settled(done.gid, done);
    });
    if ('refused' in created) throw new ServerError(created.refused);
    const owner = { appId, uid, gid: created.gid };
    for (const part of others) await joining.bringIn(owner, part);
    return groupSettings.info(owner);
  }

  async destroy(owner: InGroup): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.destroy'], { ...owner, time: clock() });
  }

  async leave(member: InGroup): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.leave'], { ...member, time: clock() });
  }

  async transfer(owner: InGroup, newOwner: number): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.transfer'], { ...owner, newOwner, time: clock() });
  }

  addAdmins(owner: InGroup, users: readonly number[]): Promise<GroupUserRelationResponse[]> {
    return this.#forAll('group.addAdmins', owner, users);
  }

  removeAdmins(owner: InGroup, users: readonly number[]): Promise<GroupUserRelationResponse[]> {
    return this.#forAll('group.removeAdmins', owner, users);
  }

  kick(admin: InGroup, users: readonly number[], reason = ''): Promise<GroupUserRelationResponse[]> {
    return this.#forAll('group.kick', admin, users, reason);
  }

  /** Removes them, if they are in it, and keeps them from coming. */
  block(admin: InGroup, users: readonly number[]): Promise<GroupUserRelationResponse[]> {
    return this.#forAll('group.block', admin, users);
  }

  unblock(admin: InGroup, users: readonly number[]): Promise<GroupUserRelationResponse[]> {
    return this.#forAll('group.unblock', admin, users);
  }

  /** In the order in which they came; with owner and admins. */
  async members(asker: InGroup, page: PageRequest): Promise<Page<GroupMember>> {
    this.#enter(asker, 'readMembers');
    return this.#parts.store.members(asker.gid, this.#parts.clock(), page);
  }

  /** An entry for everyone of these who is in the group. */
  async membersAmong(asker: InGroup, users: readonly number[]): Promise<GroupMember[]> {
    this.#enter(asker, 'readMembers');
    return this.#parts.store.membersAmong(asker.gid, this.#parts.clock(), users);
  }

  /** Without the owner. */
  async admins(asker: InGroup): Promise<GroupMember[]> {
    this.#enter(asker, 'readMembers');
    return this.#parts.store.admins(asker.gid, this.#parts.clock());
  }

  async blocked(admin: InGroup, page: PageRequest): Promise<Page<GroupBlockedListItem>> {
    this.#enter(admin, 'manageMembers');
    return this.#parts.store.blocked(admin.gid, page);
  }

  joined(uid: number): Promise<number[]> {
    return this.#parts.store.joined(uid);
  }

  publicGroups(appId: string, page: PageRequest): Promise<Page<number>> {
    return this.#parts.store.publicGroups(appId, page);
  }

  /** What `leaveAllGroups` wrote, now that it is on disk: called before anything later is heard of. */
  deliverEndings(endings: readonly Ending[]): void {
    for (const { gid, done } of endings) this.#parts.groupDelivery.settled(gid, done);
  }

  async #forAll(
    command: 'group.addAdmins' | 'group.removeAdmins' | 'group.kick' | 'group.block' | 'group.unblock',
    member: InGroup,
    users: readonly number[],
    reason = '',
  ): Promise<GroupUserRelationResponse[]> {
    const { store, groupDelivery, listLimit, clock } = this.#parts;
    listLimit.count(member.uid, users.length);
    const act = { ...member, users, reason, time: clock() };
    return (await runCommand(groupDelivery, store.write[command], act)).results;
  }

  #enter(asker: InGroup, action: 'readMembers' | 'manageMembers'): void {
    enterGroup(this.#parts.groupDirectory, asker, action);
  }
}
