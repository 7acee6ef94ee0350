import { computed, onScopeDispose, type Ref, ref, watch } from 'vue';
import { useConversations } from '../conversation/conversation-store.ts';
import { useSession } from '../session/session-store.ts';
import { useMessages } from './message-store.ts';
import { unreadBegin } from './timeline.ts';

/** So many are loaded without being asked for, and while somebody wants to see the first unread one. */
const mostAtOpening = 400;
const mostAsked = 10_000;
const leastPage = 40;
const mostPage = 200;
/** Whoever has a slow network sees what there is. */
const patienceMs = 2500;

export interface UnreadDivider {
  /** The message above which it stands; null: there is none. */
  divider: Ref<string | null>;
  /** So many unread messages are older than what is loaded: the divider moves up when they come. */
  beyond: Ref<number>;
  /** It stands where it belongs, or will not for a while. */
  settled: Ref<boolean>;
  /** Loads what is missing up to it. */
  reach(most?: number): Promise<void>;
}

/** Stands above what was unread when the conversation was opened. */
export function useUnreadDivider(uid: number): UnreadDivider {
  const self = String(useSession().uid);
  const messages = useMessages();
  const chat = computed(() => messages.chat(uid));
  const begin = unreadBegin(chat.value.messages, self, useConversations().byId.get(uid)?.unread ?? 0);
  const divider = ref(begin.mid);
  const beyond = ref(begin.beyond);
  const settled = ref(begin.beyond === 0);
  let left = false;

  function extend(): void {
    if (beyond.value === 0) return;
    const { messages: loaded, older } = chat.value;
    const end = divider.value === null ? loaded.length : loaded.findIndex(({ id }) => id === divider.value);
    const more = unreadBegin(loaded.slice(0, Math.max(0, end)), self, beyond.value);
    divider.value = more.mid ?? divider.value;
    beyond.value = older === 'end' ? 0 : more.beyond;
  }

  async function reach(most = mostAsked): Promise<void> {
    while (beyond.value > 0 && !left && chat.value.older !== 'end' && chat.value.messages.length < most) {
      const amount = Math.min(mostPage, Math.max(leastPage, beyond.value + 1));
      if (!(await messages.loadOlder(uid, amount))) return;
    }
  }

  function settle(): void {
    clearTimeout(timer);
    settled.value = true;
  }

  watch(chat, extend, { flush: 'sync' });
  watch(
    divider,
    (mid) => {
      if (mid === null) beyond.value = 0;
    },
    { flush: 'sync' },
  );
  const timer = setTimeout(settle, patienceMs);
  void reach(mostAtOpening).then(settle);
  onScopeDispose(() => {
    left = true;
    clearTimeout(timer);
  });

  return { divider, beyond, settled, reach };
}
