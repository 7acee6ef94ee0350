import { type Component, shallowRef } from 'vue';

const loaded = shallowRef<Component | null>(null);
let loading = false;

/** What shows markdown, once it is here; until then texts are shown as they were written. */
export function markdownText(): Component | null {
  if (!loaded.value && !loading) void load();
  return loaded.value;
}

async function load(): Promise<void> {
  loading = true;
  try {
    loaded.value = (await import('./MarkdownText.vue')).default;
  } catch {
    // Offline: the next message that wants it asks again.
  } finally {
    loading = false;
  }
}
