import { checkId, checkObject, invalid } from '../check.ts';
import type { ConversationRef } from '../types.ts';

/** The id of another user, or of a group; `own` is this user's. */
export function checkPeer(own: number, value: unknown, field: string): number {
  const id = checkId(value, field);
  if (id === own) throw invalid(field, 'the id of another user');
  return id;
}

/** Of what names a user or a group: which conversation it means. */
export function checkConversation(
  own: number,
  param: ConversationRef,
  field: string,
): { id: number; isGroup: boolean } {
  const { uid, gid } = checkObject(param, field);
  if ((uid === undefined) === (gid === undefined)) throw invalid(`${field}.uid`, 'given, or gid, and not both');
  if (gid !== undefined) return { id: checkPeer(own, gid, `${field}.gid`), isGroup: true };
  return { id: checkPeer(own, uid, `${field}.uid`), isGroup: false };
}
