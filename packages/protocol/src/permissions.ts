/** Who acts in a conversation between two users, seen from the one who acts. */
export type PairRole = 'friend' | 'stranger' | 'blocker' | 'blocked';

/** What a user may do towards another one. The server enforces it; clients grey out by it. */
const pairRights = {
  sendMessage: { friend: true, stranger: 'ifStrangersAllowed', blocker: false, blocked: false },
  sendOperation: { friend: true, stranger: true, blocker: true, blocked: false },
  typing: { friend: true, stranger: 'ifStrangersAllowed', blocker: false, blocked: false },
} as const satisfies Record<string, Record<PairRole, boolean | 'ifStrangersAllowed'>>;

export type PairAction = keyof typeof pairRights;

/** May someone in this role do it? `strangersAllowed` is a setting of the app. */
export function canInPair(role: PairRole, action: PairAction, strangersAllowed: boolean): boolean {
  const right = pairRights[action][role];
  return right === 'ifStrangersAllowed' ? strangersAllowed : right;
}
