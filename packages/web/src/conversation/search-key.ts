import { onBeforeUnmount, onMounted, ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { hasOverlay } from '../ui/open-overlay.ts';

/** Set while the search field is asked to take the focus; the list answers it. */
export const searchAsked = ref(false);

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** As the user's keyboard writes it. */
export const searchKey = isMac ? '⌘K' : 'Ctrl+K';

/** Ctrl+K, on a Mac ⌘K, searches the conversations from wherever he is. */
export function useSearchKey(): void {
  const route = useRoute();
  const router = useRouter();

  const isListShown = (): boolean =>
    route.name === 'chats' || (route.name === 'chat' && !matchMedia('(max-width: 760px)').matches);

  async function onKey(event: KeyboardEvent): Promise<void> {
    const isAsked = (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
    if (!isAsked || event.key.toLowerCase() !== 'k') return;
    event.preventDefault();
    if (hasOverlay()) return;
    if (!isListShown()) await router.push('/');
    searchAsked.value = true;
  }

  onMounted(() => addEventListener('keydown', onKey));
  onBeforeUnmount(() => removeEventListener('keydown', onKey));
}
