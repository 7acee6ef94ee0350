import type { ConversationItem, Meta } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { runLater } from '../app/run-later.ts';
import { im } from '../im.ts';
import { forgetGone } from '../message/leaving-messages.ts';
import { unreadTotal } from './unread-total.ts';

/** Reading thousands takes its time: of a busy while at most this part of it goes into that. */
const readShare = 1 / 6;
const longestPauseMs = 1000;

export const useConversations = defineStore('conversations', () => {
  const items = shallowRef<ConversationItem[]>([]);
  /** False until the first synchronisation: an empty list then means "not known yet". */
  const synced = ref(false);

  const unread = computed(() => unreadTotal(items.value));
  /** Deleted here, as long as that can be taken back: the newest message of each as it was. */
  const leaving = new Map<number, string | undefined>();
  const byId = computed(() => new Map(items.value.map((one) => [one.id, one])));

  function read(): void {
    scheduled = false;
    const startedAt = performance.now();
    items.value = im.userManage.getConversationList().filter(isListed);
    forgetGone();
    const now = performance.now();
    nextReadAt = now + Math.min((now - startedAt) / readShare, longestPauseMs);
  }

  /** One that is being deleted comes back with a new message. */
  function isListed({ id, lastMessage }: ConversationItem): boolean {
    if (leaving.has(id) && leaving.get(id) !== lastMessage?.id) leaving.delete(id);
    return !leaving.has(id);
  }

  // A catch-up fires many events in a row; the list is read once for all of them.
  let scheduled = false;
  let nextReadAt = 0;
  function readSoon(): void {
    if (scheduled) return;
    scheduled = true;
    const waitMs = nextReadAt - performance.now();
    if (waitMs > 1) setTimeout(read, waitMs);
    else queueMicrotask(read);
  }

  /** What waits to be read is read now: a timer of a hidden page may be a minute late. */
  function settle(): void {
    if (scheduled) read();
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
    // What somebody else was about to delete here is not this user's.
    leaving.clear();
    synced.value = im.connection.state.name === 'online';
    read();
  }

  function remove(id: number, everywhere: boolean): void {
    leaving.delete(id);
    im.sysManage.deleteConversation(id, everywhere);
    readSoon();
  }

  /** Takes it from the list at once and deletes it on this device when `forMs` are over, or the page is left. */
  function removeLater(id: number, forMs: number): { takeBack: () => void } {
    leaving.set(id, byId.value.get(id)?.lastMessage?.id);
    read();
    const { takeBack } = runLater(() => {
      if (leaving.has(id)) remove(id, false);
    }, forMs);
    return {
      takeBack: () => {
        takeBack();
        leaving.delete(id);
        read();
      },
    };
  }

  /** The newest of others that this device has: the one that makes a conversation unread again. */
  function newestReceived(id: number): string | undefined {
    const self = String(im.userManage.getUid());
    const isReceived = (meta: Meta): boolean => meta.from !== self && meta.type !== 'command';
    const last = byId.value.get(id)?.lastMessage;
    if (last && isReceived(last)) return last.id;
    return im.rosterManage.getRosterMessageByRid(id).findLast(isReceived)?.id;
  }

  async function pin(id: number, pinned: boolean): Promise<void> {
    await im.userManage.asyncPinConversation({ conversation_id: id, pinned });
  }

  async function mute(id: number, muted: boolean): Promise<void> {
    await im.userManage.asyncMuteConversation({ conversation_id: id, muted });
  }

  return { items, byId, unread, synced, load, settle, remove, removeLater, newestReceived, pin, mute };
});
