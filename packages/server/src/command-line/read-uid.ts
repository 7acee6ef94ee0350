import { maxId } from '@flooim/protocol';
import { UsageError } from './command.ts';

/** What was typed for a uid. */
export function readUid(given: string): number {
  const uid = /^\d{1,16}$/.test(given) ? Number(given) : 0;
  if (uid < 1 || uid > maxId) throw new UsageError(`${given} is not a uid`);
  return uid;
}
