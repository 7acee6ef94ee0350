import type { GroupNoticeMeta } from 'flooim';
import { type ComputedRef, computed } from 'vue';
import { type Author, type Silence, useGroups } from '../group/group-store.ts';
import { t } from '../i18n/i18n.ts';
import { useRoster } from '../roster/roster-store.ts';

/** What a conversation is with, a person or a group, as its pane shows it. */
export interface Partner {
  name: ComputedRef<string>;
  avatar: ComputedRef<string | undefined>;
  /** The small line below the name. */
  note: ComputedRef<string>;
  /** Who said something, by his id as messages tell it. */
  author(uid: string): Author;
  notices: ComputedRef<readonly GroupNoticeMeta[]>;
  /** Why nothing can be written. */
  silence: ComputedRef<Silence | null>;
}

export function usePartner(id: number, isGroup: boolean): Partner {
  return isGroup ? useGroup(id) : usePerson(id);
}

function usePerson(uid: number): Partner {
  const roster = useRoster();
  roster.ensure(uid);
  const person = computed(() => roster.people.get(uid));
  const name = computed(() => roster.displayName(uid));
  return {
    name,
    avatar: computed(() => person.value?.avatar),
    note: computed(() => (person.value ? person.value.description || `@${person.value.username}` : '')),
    author: () => ({ id: uid, name: name.value, avatar: person.value?.avatar }),
    notices: computed(() => []),
    silence: computed(() => null),
  };
}

function useGroup(gid: number): Partner {
  const groups = useGroups();
  groups.open(gid);
  const info = computed(() => groups.infos.get(gid));
  const silence = computed(() => groups.silence(gid));
  return {
    name: computed(() => groups.nameOf(gid)),
    avatar: computed(() => info.value?.avatar),
    note: computed(() => {
      // Nobody tells those outside who comes and goes.
      const isTold = info.value && silence.value?.why !== 'destroyed' && groups.isMember(gid);
      return info.value && isTold ? t('group.members', { n: info.value.count }, info.value.count) : '';
    }),
    author: (uid) => groups.author(gid, Number(uid)),
    notices: computed(() => groups.notices.get(gid) ?? []),
    silence,
  };
}
