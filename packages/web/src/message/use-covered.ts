import { type ComputedRef, computed } from 'vue';
import { useRoute } from 'vue-router';
import { useMediaQuery } from '../ui/media-query.ts';

/** Whether the page is too narrow for a third pane, so that what there is to know of a conversation lies over the talk. */
export function useCovered(): ComputedRef<boolean> {
  const route = useRoute();
  const wide = useMediaQuery('(min-width: 1200px)');
  return computed(() => route.name === 'chat' && !!route.params.about && !wide.value);
}
