import { nextTick, onBeforeUnmount, type Ref } from 'vue';

/** Rows that were not measured for so long have their size. */
const steadyMs = 150;

/**
 * Leads the list to a place, and there again while rows on the way turn out to be of another size, until a person moves it.
 * Not `isMeasured`: nothing has been measured at all, and it goes on.
 * virtua's own way there cannot be ended: whoever scrolled while rows were measured was thrown back for as long.
 */
export function useLead(scroller: Ref<HTMLElement | undefined>, isMeasured: () => boolean) {
  let target: ((list: HTMLElement) => number) | null = null;
  let ending: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    clearTimeout(ending);
    target = null;
  }

  /** Rows, or the view, have another size. */
  async function again(): Promise<void> {
    await nextTick();
    const list = scroller.value;
    if (!list || !target) return;
    list.scrollTop = target(list);
    clearTimeout(ending);
    if (isMeasured()) ending = setTimeout(end, steadyMs);
  }

  /** `to`: how far from the top, asked for anew each time. */
  function lead(to: (list: HTMLElement) => number): void {
    target = to;
    void again();
  }

  onBeforeUnmount(end);
  return { lead, again, end };
}
