import type { RosterItem } from 'flooim';
import { search, searchable } from '../conversation/search.ts';
import { nameOf } from './roster-store.ts';

/** Those who fit what was typed, by any of their names or their id, the best first; all of them when nothing was. */
export function findPeople(people: readonly RosterItem[], text: string): readonly RosterItem[] {
  if (!text.trim()) return people;
  const all = people.map((one) =>
    searchable(one, [nameOf(one), one.nick_name ?? '', one.username, String(one.user_id)], ''),
  );
  return search(all, text);
}
