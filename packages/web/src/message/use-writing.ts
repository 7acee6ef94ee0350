import type { Meta } from 'flooim';
import { onScopeDispose, type Ref, ref, watch } from 'vue';
import { readExt } from './message-ext.ts';

/** Whoever wrote nothing more for so long will not: his program ended without saying so. */
export const patienceMs = 60_000;

/** Whether more of a message is still being written. */
export function useWriting(meta: () => Meta): Ref<boolean> {
  const writing = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(
    meta,
    (now, before) => {
      clearTimeout(timer);
      // What grows before our eyes is written now, whatever the clocks say.
      const grew = before?.id === now.id && before.content !== now.content;
      const silentMs = grew ? 0 : Math.max(0, Date.now() - Number(now.edited ?? now.timestamp));
      writing.value = readExt(now).streaming && silentMs < patienceMs;
      if (writing.value) timer = setTimeout(() => (writing.value = false), patienceMs - silentMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return writing;
}
