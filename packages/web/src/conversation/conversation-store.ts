import type { ConversationItem } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { im } from '../im.ts';

export const useConversations = defineStore('conversations', () => {
  const items = shallowRef<ConversationItem[]>([]);
  /** False until the first synchronisation: an empty list then means "not known yet". */
  const synced = ref(false);

  /** Over all conversations that may call for attention. */
  const unread = computed(() => items.value.reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0));
  const byId = computed(() => new Map(items.value.map((one) => [one.id, one])));

  function read(): void {
    scheduled = false;
    items.value = im.userManage.getConversationList().filter((one) => one.type === 'roster');
  }

  // A catch-up fires many events in a row; the list is read once for all of them.
  let scheduled = false;
  function readSoon(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(read);
  }

  im.on({
    recentlistUpdate: readSoon,
    onUnreadChange: readSoon,
    onMessageStatusChanged: readSoon,
    onSendingMessageStatusChanged: readSoon,
    connectionChange: (state) => {
      if (state.name === 'online') synced.value = true;
    },
  });

  function load(): void {
    synced.value = im.connection.state.name === 'online';
    read();
  }

  function remove(id: number, everywhere: boolean): void {
    im.sysManage.deleteConversation(id, everywhere);
    readSoon();
  }

  return { items, byId, unread, synced, load, remove };
});
