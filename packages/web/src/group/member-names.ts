import { limits } from '@flooim/protocol';
import { onScopeDispose, watch } from 'vue';
import { useRoster } from '../roster/roster-store.ts';
import type { Group } from './use-group.ts';

/** Names of all members, so that they can be searched: asked for in pieces that the server takes. Gives what each is known by. */
export function useMemberNames(group: Group): (uid: number) => string[] {
  const roster = useRoster();
  let stopped = false;
  onScopeDispose(() => {
    stopped = true;
  });

  async function ask(uids: readonly number[]): Promise<void> {
    for (let at = 0; at < uids.length && !stopped; at += limits.rosterSize) {
      for (const uid of uids.slice(at, at + limits.rosterSize)) roster.ensure(uid);
      // The roster asks in one go for whom it was asked in one turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  watch(
    () => group.members.value?.size,
    () => void ask([...(group.members.value?.keys() ?? [])]),
    { immediate: true },
  );

  return (uid) => {
    const person = roster.people.get(uid);
    const card = group.members.value?.get(uid)?.display_name ?? '';
    return [card, person?.alias ?? '', person?.nick_name ?? '', person?.username ?? '', String(uid)];
  };
}
