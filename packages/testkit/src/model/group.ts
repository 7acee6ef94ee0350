import {
  canInGroup,
  canSpeak,
  type ErrorName,
  type GroupAction,
  type GroupRole,
  limits,
  outranks,
} from '@flooim/protocol';
import { type UserName, userNames } from '../users.ts';
import { Chat } from './chat.ts';

export type RequestStatus = 'pending' | 'accepted' | 'declined';

export interface Invitation {
  inviter: UserName;
  invitee: UserName;
  status: RequestStatus;
}

/** A group as everybody must see it, and who may do what in it. */
export class Group {
  readonly gid: number;
  readonly chat = new Chat();
  name: string;
  owner: UserName;
  readonly admins = new Set<UserName>();
  /** In the order of coming, with what each wants of the group: `msg_mute_mode`. */
  readonly members = new Map<UserName, 0 | 1 | 2>();
  /** For ever, also while they are away. */
  readonly banned = new Set<UserName>();
  /** Those who left by themselves. */
  readonly leavers = new Set<UserName>();
  readonly barred = new Set<UserName>();
  readonly removals = new Map<UserName, number>();
  readonly applications = new Map<UserName, RequestStatus>();
  /** The oldest first; inviting again makes a new one of the old one. */
  invitations: Invitation[] = [];
  isDissolved = false;
  memberInvite = true;
  readAck = false;
  historyVisible = false;
  approval: 0 | 1 | 2 = 1;
  isBannedForAll = false;

  constructor(gid: number, name: string, owner: UserName) {
    this.gid = gid;
    this.name = name;
    this.owner = owner;
    this.members.set(owner, 0);
  }

  role(user: UserName): GroupRole {
    if (!this.members.has(user)) return 'outsider';
    if (this.owner === user) return 'owner';
    return this.admins.has(user) ? 'admin' : 'member';
  }

  can(user: UserName, action: GroupAction): boolean {
    const rules = { memberInvite: this.memberInvite, memberModify: false, isChatroom: false };
    return canInGroup(this.role(user), action, rules);
  }

  /** Why he may not do it; undefined when he may. */
  refusal(user: UserName, action: GroupAction): ErrorName | undefined {
    if (this.isDissolved) return 'groupNotFound';
    if (this.can(user, action)) return undefined;
    if (action === 'apply') return 'alreadyGroupMember';
    if (!this.members.has(user)) return 'memberRequired';
    if (action === 'leave') return 'ownerCannotLeave';
    return canInGroup('admin', action, { memberInvite: false, memberModify: false, isChatroom: false })
      ? 'adminRequired'
      : 'ownerRequired';
  }

  refusalToSpeak(user: UserName): ErrorName | undefined {
    const refused = this.refusal(user, 'sendMessage');
    if (refused) return refused;
    const bans = { ownBan: this.banned.has(user) ? -1 : 0, banAll: this.isBannedForAll ? -1 : 0 };
    return canSpeak(this.role(user), bans, 0) ? undefined : 'groupBanned';
  }

  /** What stands between him and the group, whoever wants him there. */
  refusalToAdmit(user: UserName): ErrorName | undefined {
    if (this.members.has(user)) return 'alreadyGroupMember';
    if (this.barred.has(user)) return 'blockedByGroup';
    return (this.removals.get(user) ?? 0) > limits.groupKicks ? 'kickedTooOften' : undefined;
  }

  /** Whether one may put the other out, or silence him. */
  outranks(actor: UserName, target: UserName): boolean {
    return this.members.has(target) && outranks(this.role(actor), this.role(target));
  }

  admit(user: UserName): void {
    this.members.set(user, 0);
    this.leavers.delete(user);
    if (this.applications.get(user) === 'pending') this.applications.set(user, 'accepted');
    for (const one of this.invitations) if (one.invitee === user && one.status === 'pending') one.status = 'accepted';
  }

  /** By himself: nothing of the group stays with him. */
  leave(user: UserName): void {
    this.#end(user);
    this.leavers.add(user);
    this.chat.drop(user);
  }

  /** Whether his devices dropped it and all that was in it. */
  hasGoneFrom(user: UserName): boolean {
    return this.isDissolved || this.leavers.has(user);
  }

  /** By others: what was written stays with him. */
  remove(user: UserName): void {
    this.#end(user);
    this.removals.set(user, (this.removals.get(user) ?? 0) + 1);
  }

  dissolve(): void {
    for (const user of [...this.members.keys()]) this.leave(user);
    this.isDissolved = true;
  }

  /** Who gets a message that is said now. */
  audience(speaker: UserName): Set<UserName> {
    return new Set(userNames.filter((user) => user === speaker || (this.members.get(user) ?? 2) < 2));
  }

  #end(user: UserName): void {
    this.members.delete(user);
    this.admins.delete(user);
  }
}
