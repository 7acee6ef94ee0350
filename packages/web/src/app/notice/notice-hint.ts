import { type ComputedRef, computed, onMounted, ref } from 'vue';
import { useConversations } from '../../conversation/conversation-store.ts';
import { afterPaint } from '../after-paint.ts';
import { keepChoice } from '../kept-choice.ts';
import { noticePermission } from './notice-permission.ts';

const storageKey = 'flooim.noticeHint';

function wasDismissed(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'no';
  } catch {
    // It could not be remembered: then it is not shown at all.
    return true;
  }
}

/** Whether to offer notifications: once there is something to be told of, until it is answered either way. */
export function useNoticeHint(): { hinted: ComputedRef<boolean>; dismiss: () => void } {
  const conversations = useConversations();
  const dismissed = ref(wasDismissed());
  // It comes in a file of its own.
  const drawn = ref(false);
  onMounted(() => afterPaint(() => (drawn.value = true)));
  const hinted = computed(
    () =>
      drawn.value &&
      noticePermission.value === 'default' &&
      !dismissed.value &&
      conversations.items.some((item) => item.lastMessage),
  );

  function dismiss(): void {
    dismissed.value = true;
    keepChoice(storageKey, 'no');
  }

  return { hinted, dismiss };
}
