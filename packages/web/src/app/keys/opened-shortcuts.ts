import { onBeforeUnmount, onMounted, ref } from 'vue';
import { hasOverlay } from '../../ui/open-overlay.ts';

/** Whether the sheet of all shortcuts is open. */
export const shortcutsOpen = ref(false);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

/** Ctrl+/ opens it from anywhere, ? where nobody is writing. */
export function useShortcutSheet(): void {
  function onKey(event: KeyboardEvent): void {
    const bySlash = event.key === '/' && (event.ctrlKey || event.metaKey);
    const byMark = event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if ((!bySlash && !byMark) || event.isComposing) return;
    if (hasOverlay()) return;
    event.preventDefault();
    shortcutsOpen.value = true;
  }

  onMounted(() => addEventListener('keydown', onKey));
  onBeforeUnmount(() => removeEventListener('keydown', onKey));
}
