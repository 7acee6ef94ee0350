/** Who acts in a conversation between two users, seen from the one who acts. */
export type PairRole = 'friend' | 'stranger' | 'blocker' | 'blocked';

/** What a user may do towards another one. The server enforces it; clients grey out by it. */
const pairRights = {
  sendMessage: { friend: true, stranger: 'ifStrangersAllowed', blocker: false, blocked: false },
  /** One's own matter; whether the other hears of it is not asked here: never where one has blocked the other. */
  read: { friend: true, stranger: true, blocker: true, blocked: true },
  sendOperation: { friend: true, stranger: true, blocker: true, blocked: false },
  typing: { friend: true, stranger: 'ifStrangersAllowed', blocker: false, blocked: false },
} as const satisfies Record<string, Record<PairRole, boolean | 'ifStrangersAllowed'>>;

export type PairAction = keyof typeof pairRights;

/** May someone in this role do it? `strangersAllowed` is a setting of the app. */
export function canInPair(role: PairRole, action: PairAction, strangersAllowed: boolean): boolean {
  const right = pairRights[action][role];
  return right === 'ifStrangersAllowed' ? strangersAllowed : right;
}

/** A user in a group; `outsider` is anyone of the app who is not in it. */
export type GroupRole = 'owner' | 'admin' | 'member' | 'outsider';

/** What of a group's settings decides about its members' rights. */
export interface GroupRules {
  memberInvite: boolean;
  memberModify: boolean;
  isChatroom: boolean;
}

type GroupRight = boolean | keyof GroupRules;

/** What a user may do in a group. The server enforces it; clients grey out by it. */
const groupRights = {
  readInfo: { owner: true, admin: true, member: true, outsider: true },
  apply: { owner: false, admin: false, member: false, outsider: true },
  readMembers: { owner: true, admin: true, member: true, outsider: 'isChatroom' },
  readMessages: { owner: true, admin: true, member: true, outsider: false },
  /** Bans are asked for besides: see `canSpeak`. */
  sendMessage: { owner: true, admin: true, member: true, outsider: false },
  recallAny: { owner: true, admin: true, member: false, outsider: false },
  setOwnCard: { owner: true, admin: true, member: true, outsider: false },
  leave: { owner: false, admin: true, member: true, outsider: false },
  invite: { owner: true, admin: true, member: 'memberInvite', outsider: false },
  modifyInfo: { owner: true, admin: true, member: 'memberModify', outsider: false },
  changeSettings: { owner: true, admin: true, member: false, outsider: false },
  /** Kick, block, ban, their opposites and lists, and what comes of applications. */
  manageMembers: { owner: true, admin: true, member: false, outsider: false },
  manageAdmins: { owner: true, admin: false, member: false, outsider: false },
  transfer: { owner: true, admin: false, member: false, outsider: false },
  destroy: { owner: true, admin: false, member: false, outsider: false },
  readAnnouncements: { owner: true, admin: true, member: true, outsider: false },
  announce: { owner: true, admin: true, member: 'memberModify', outsider: false },
  deleteAnnouncement: { owner: true, admin: true, member: false, outsider: false },
  readFiles: { owner: true, admin: true, member: true, outsider: false },
  shareFile: { owner: true, admin: true, member: true, outsider: false },
  /** Files of others; everybody may rename and delete his own. */
  manageFiles: { owner: true, admin: true, member: false, outsider: false },
} as const satisfies Record<string, Record<GroupRole, GroupRight>>;

export type GroupAction = keyof typeof groupRights;

export const groupActions = Object.keys(groupRights) as GroupAction[];

/** May someone in this role do it, under these rules of the group? */
export function canInGroup(role: GroupRole, action: GroupAction, rules: GroupRules): boolean {
  const right: GroupRight = groupRights[action][role];
  return typeof right === 'string' ? rules[right] : right;
}

const rank = { owner: 2, admin: 1, member: 0, outsider: 0 } as const satisfies Record<GroupRole, number>;

/** Whether one may kick, block or ban the other: nobody his equals, and nobody the owner. */
export function outranks(actor: GroupRole, target: GroupRole): boolean {
  return rank[actor] > rank[target];
}

/** Until when somebody must not send, in ms since the epoch: 0 not at all, -1 for ever. */
export interface GroupBans {
  /** The member himself. */
  ownBan: number;
  /** All but owner and admins. */
  banAll: number;
}

/** May a member in this role send now? The owner always may. */
export function canSpeak(role: GroupRole, { ownBan, banAll }: GroupBans, now: number): boolean {
  if (role === 'owner') return true;
  const isBanned = (until: number) => until === -1 || until > now;
  return !isBanned(ownBan) && (role === 'admin' || !isBanned(banAll));
}
