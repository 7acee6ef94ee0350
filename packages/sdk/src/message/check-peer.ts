import { checkId, invalid } from '../check.ts';

/** The id of another user; `own` is this one's. */
export function checkPeer(own: number, value: unknown, field: string): number {
  const id = checkId(value, field);
  if (id === own) throw invalid(field, 'the id of another user');
  return id;
}
