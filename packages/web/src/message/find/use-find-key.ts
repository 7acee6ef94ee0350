import { onBeforeUnmount, onMounted, type Ref } from 'vue';
import { hasOverlay } from '../../ui/open-overlay.ts';

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Ctrl+F, on a Mac ⌘F, searches the open conversation: the browser would find only what is drawn. Not where another page lies over it. */
export function useFindKey(open: () => void, covered: Ref<boolean>): void {
  function onKey(event: KeyboardEvent): void {
    const isAsked = (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
    if (!isAsked || covered.value || event.key.toLowerCase() !== 'f') return;
    if (hasOverlay()) return;
    event.preventDefault();
    open();
  }

  onMounted(() => addEventListener('keydown', onKey));
  onBeforeUnmount(() => removeEventListener('keydown', onKey));
}
