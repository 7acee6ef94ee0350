import { type ComputedRef, computed } from 'vue';
import { useGroups } from '../../group/group-store.ts';
import { useSession } from '../../session/session-store.ts';
import { useMessages } from '../message-store.ts';

/** The members of a group who have read an own message, and those who have not, as far as this device has heard. */
export function useReaders(
  gid: () => number,
  mid: () => string,
): { read: ComputedRef<readonly number[]>; unread: ComputedRef<readonly number[]> } {
  const groups = useGroups();
  const messages = useMessages();
  const session = useSession();
  const others = computed(() => [...(groups.members.get(gid())?.keys() ?? [])].filter((uid) => uid !== session.uid));
  const readers = computed(() => new Set(messages.readers(gid(), mid())));
  return {
    read: computed(() => others.value.filter((uid) => readers.value.has(uid))),
    unread: computed(() => others.value.filter((uid) => !readers.value.has(uid))),
  };
}
