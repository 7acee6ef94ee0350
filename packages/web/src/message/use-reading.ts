import { computed, onScopeDispose, type Ref, ref, watchEffect } from 'vue';

/** Whether the person really has the page before him: shown and focused. */
function useAttention(): Ref<boolean> {
  const present = () => document.visibilityState === 'visible' && document.hasFocus();
  const attention = ref(present());
  const update = () => (attention.value = present());
  addEventListener('focus', update);
  addEventListener('blur', update);
  document.addEventListener('visibilitychange', update);
  onScopeDispose(() => {
    removeEventListener('focus', update);
    removeEventListener('blur', update);
    document.removeEventListener('visibilitychange', update);
  });
  return attention;
}

/** Marks the conversation as read while its newest message is before a person's eyes; `covered`: another page lies over it. */
export function useReading(
  covered: () => boolean,
  unread: () => number,
  atBottom: () => boolean,
  markRead: () => void,
): Ref<boolean> {
  const present = useAttention();
  const attention = computed(() => present.value && !covered());
  watchEffect(() => {
    if (unread() > 0 && attention.value && atBottom()) markRead();
  });
  return attention;
}
