import type { Meta } from 'flooim';
import { computed, onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { useConnection } from '../app/connection-store.ts';
import { useConversations } from '../conversation/conversation-store.ts';
import { t } from '../i18n/i18n.ts';
import { useSession } from '../session/session-store.ts';
import { readExt } from './message-ext.ts';
import { useMessages } from './message-store.ts';
import { summary } from './summary.ts';
import { useReading } from './use-reading.ts';

export interface NewMessages {
  /** What came last, in words, for those who do not see it. */
  heard: Ref<string>;
  /** Marking a message unread while looking at it must not be undone by the looking; leaving and coming back reads. */
  markUnread(meta: Meta): void;
}

/** Reads what is before a person's eyes, and puts the divider above what came while they were elsewhere. */
export function useNewMessages(
  uid: number,
  { divider, atBottom, covered }: { divider: Ref<string | null>; atBottom: Ref<boolean>; covered: Ref<boolean> },
  nameOf: (meta: Meta) => string,
): NewMessages {
  const self = String(useSession().uid);
  const messages = useMessages();
  const conversations = useConversations();
  const connection = useConnection();
  const unreadNow = () => conversations.byId.get(uid)?.unread ?? 0;
  const unread = computed(unreadNow);
  const keepUnread = ref(false);
  const heard = ref('');

  const attention = useReading(
    () => covered.value,
    // Asked after each reading of the list: what came while one was being marked leaves the number as it was.
    () => (keepUnread.value ? 0 : unreadNow()),
    () => atBottom.value,
    () => messages.markRead(uid),
  );

  /** What grows is told of when it begins and when it is whole. */
  const growing = new Set<string>();

  function hear(meta: Meta): void {
    const { streaming } = readExt(meta);
    if (streaming) growing.add(meta.id);
    else growing.delete(meta.id);
    const words = `${nameOf(meta)}: ${streaming ? t('message.writing') : summary(meta)}`;
    // The same once more would be no change, and not be read out.
    heard.value = words === heard.value ? `${words}\u00a0` : words;
  }

  watch(
    () => messages.chat(uid).messages,
    (all) => {
      if (growing.size === 0) return;
      for (const meta of all) if (growing.has(meta.id) && !readExt(meta).streaming) hear(meta);
    },
  );

  onBeforeUnmount(
    messages.onMessage((to, meta) => {
      if (to !== uid || meta.from === self) return;
      keepUnread.value = false;
      hear(meta);
      // What comes while nobody looks, or while catching up after a start, is new to whoever comes back.
      const missed = !attention.value || !connection.connected;
      if (missed && unread.value === 0) divider.value ??= meta.id;
    }),
  );

  // All was read before he went: the next divider belongs to what comes now.
  watch(attention, (looking) => {
    if (!looking && unread.value === 0) divider.value = null;
  });

  function markUnread(meta: Meta): void {
    keepUnread.value = true;
    messages.markUnread(uid, meta.id);
  }

  return { heard, markUnread };
}
