import { onBeforeUnmount, ref } from 'vue';
import { startOfDay } from '../../i18n/time.ts';
import { type Row, rowAt } from '../timeline.ts';

const shownMs = 1400;

/** The day of what is at the top of the view, while somebody scrolls. */
export function useDayPill() {
  const at = ref<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function hide(): void {
    clearTimeout(timer);
    at.value = null;
  }

  /** `first`: the row at the top. Where a day begins there, that is said already. */
  function show(rows: readonly Row[], first: number): void {
    const row = rows[first];
    const time = row && row.kind !== 'day' ? rowAt(row) : null;
    if (time === null) return hide();
    // The same all day, so that scrolling draws nothing anew.
    at.value = startOfDay(time);
    clearTimeout(timer);
    timer = setTimeout(hide, shownMs);
  }

  onBeforeUnmount(() => clearTimeout(timer));
  return { at, show };
}
