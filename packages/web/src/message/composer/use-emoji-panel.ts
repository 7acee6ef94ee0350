import { defineAsyncComponent, onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { t } from '../../i18n/i18n.ts';
import { toast } from '../../ui/toasts.ts';

/** The panel with all emoji: loaded when it is first opened, closed by a press outside of the composer. */
export function useEmojiPanel(composer: Ref<HTMLElement | undefined>) {
  const panel = ref(false);
  function close(): void {
    panel.value = false;
  }
  function toggle(): void {
    panel.value = !panel.value;
  }

  const EmojiPanel = defineAsyncComponent({
    loader: () => import('./EmojiPanel.vue'),
    onError: (_error, _retry, fail) => {
      close();
      toast(t('emoji.failed'), 'error');
      fail();
    },
  });

  function pressed({ target }: Event): void {
    if (target instanceof Node && !composer.value?.contains(target)) close();
  }

  watch(panel, (open) => {
    if (open) document.addEventListener('pointerdown', pressed);
    else document.removeEventListener('pointerdown', pressed);
  });
  onBeforeUnmount(() => document.removeEventListener('pointerdown', pressed));
  return { panel, EmojiPanel, toggle, close };
}
