import { nextTick, onBeforeUnmount, type Ref, ref } from 'vue';

const litMs = 2000;

/** The key of the row that somebody was led to, for a moment; lit once more it begins anew. */
export function useLitRow(): { lit: Ref<string | null>; light(key: string): Promise<void> } {
  const lit = ref<string | null>(null);
  let fading: ReturnType<typeof setTimeout> | undefined;

  async function light(key: string): Promise<void> {
    clearTimeout(fading);
    lit.value = null;
    await nextTick();
    lit.value = key;
    fading = setTimeout(() => {
      lit.value = null;
    }, litMs);
  }

  onBeforeUnmount(() => clearTimeout(fading));
  return { lit, light };
}
