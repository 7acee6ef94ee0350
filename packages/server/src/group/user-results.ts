import { type ErrorName, errors, type GroupRole, type GroupUserRelationResponse, outranks } from '@flooim/protocol';

/** What a change came to for one of its users; `failure` says why it came to nothing. */
export function userResult(uid: number, failure: ErrorName | undefined): GroupUserRelationResponse {
  return failure ? { user_id: uid, result: 'fail', reason: errors[failure].text } : { user_id: uid, result: 'success' };
}

/** Why one may not kick, block or ban the other; undefined when he may. */
export function rankFailure(actor: GroupRole, target: GroupRole): ErrorName | undefined {
  if (target === 'outsider') return 'notGroupMember';
  if (outranks(actor, target)) return undefined;
  return outranks('owner', target) ? 'ownerRequired' : 'noPermission';
}
