import { computed, onBeforeUnmount, onMounted, type Ref, shallowRef } from 'vue';

/** What stands above the rows at least: the header and the search field. */
const abovePx = 110;

/**
 * How many rows to draw with the page's first frame: a virtual list waits three frames until it has measured itself. Until it
 * is scrolled it draws those only, so the number grows with the window.
 */
export function useRowsAtOnce(rowPx: number, scrolledPx: () => number): Readonly<Ref<number>> {
  const height = shallowRef(innerHeight);

  function grow(): void {
    if (innerHeight > height.value && scrolledPx() === 0) height.value = innerHeight;
  }

  onMounted(() => addEventListener('resize', grow));
  onBeforeUnmount(() => removeEventListener('resize', grow));
  return computed(() => Math.ceil(Math.max(0, height.value - abovePx) / rowPx));
}
