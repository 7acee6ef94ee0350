import type { GroupBans, GroupRole, GroupRules } from '@flooim/protocol';

export const groupRoles = ['member', 'admin', 'owner'] as const satisfies readonly GroupRole[];

/** How the database numbers roles: the place in `groupRoles`. */
export const RoleNumber = { member: 0, admin: 1, owner: 2 } as const;

export const GroupType = { private: 0, public: 1, chatroom: 2 } as const;
export const GroupStatus = { normal: 0, dissolved: 1 } as const;

/** What a member wants to get of a group. */
export const MuteMode = { none: 0, notifications: 1, messages: 2 } as const;

/** What spans of a log mean for a user: he was in the group, he wanted none of its messages. */
export const SpanKind = { member: 0, silent: 1 } as const;

/** What of a membership decides about messages. */
export interface MemberState {
  readonly role: Exclude<GroupRole, 'outsider'>;
  /** The entry that told of his coming: he gets what follows. */
  readonly joinedMid: number;
  /** Ms; -1 for ever. */
  readonly banUntil: number;
  readonly muteMode: number;
}

/** A group as authorisation and fan-out need it; immutable: a change makes a new one. */
export interface GroupState {
  readonly gid: number;
  readonly appId: string;
  readonly owner: number;
  readonly isDissolved: boolean;
  readonly rules: GroupRules;
  readonly readAck: boolean;
  readonly historyVisible: boolean;
  /** Seconds; -1 for ever. */
  readonly banUntil: number;
  readonly members: ReadonlyMap<number, MemberState>;
}

export function roleIn(group: GroupState, uid: number): GroupRole {
  return group.members.get(uid)?.role ?? 'outsider';
}

/** The bans that hold for somebody, in the unit that `canSpeak` takes. */
export function bansOf(group: GroupState, uid: number): GroupBans {
  const banAll = group.banUntil > 0 ? group.banUntil * 1000 : group.banUntil;
  return { ownBan: group.members.get(uid)?.banUntil ?? 0, banAll };
}
