import { computed, nextTick, type Ref, ref } from 'vue';
import type { Row } from '../timeline.ts';

type MessageRow = Extract<Row, { kind: 'message' }>;

/** What the keys do; `pick` is told whether all from the last picked one up to this are meant. */
export interface ListActs {
  reply: (row: MessageRow) => void;
  pick: (row: MessageRow, range: boolean) => void;
  toBottom: () => void;
}

interface List {
  rows: () => readonly Row[];
  /** The rows that are in view. */
  inView: () => { first: number; last: number };
  scrollTo: (index: number) => void;
}

/** Arrows, Home and End move a focus over the messages; Enter opens a message's menu, R answers it, Space picks it. */
export function useListKeys(scroller: Ref<HTMLElement | undefined>, list: List, acts: ListActs) {
  /** The key of the row that has, or had, the focus. */
  const active = ref<string | null>(null);
  const activeIndex = computed(() => list.rows().findIndex((row) => row.key === active.value));

  async function focus(index: number): Promise<void> {
    const row = list.rows()[index];
    if (!row) return;
    active.value = row.key;
    list.scrollTo(index);
    await nextTick();
    const element = scroller.value?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`);
    element?.focus({ preventScroll: true });
  }

  const isMessage = (row: Row | undefined): row is MessageRow => row?.kind === 'message';

  /** The next message from there, in a direction; -1: none. */
  function messageFrom(index: number, step: 1 | -1): number {
    const rows = list.rows();
    for (let i = index; i >= 0 && i < rows.length; i += step) if (isMessage(rows[i])) return i;
    return -1;
  }

  function move(step: 1 | -1): void {
    const { first, last } = list.inView();
    const at = activeIndex.value;
    // From the list itself, or from one that was scrolled away, it begins with what is seen.
    const from = at >= first && at <= last ? at + step : step < 0 ? last : first;
    const next = messageFrom(from, step);
    if (next >= 0) void focus(next);
    else if (step > 0) acts.toBottom();
  }

  function toEnd(): void {
    acts.toBottom();
    void focus(messageFrom(list.rows().length - 1, -1));
  }

  function openMenu(element: HTMLElement): void {
    element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  }

  function onMessageKey({ key, shiftKey }: KeyboardEvent, row: MessageRow, element: HTMLElement): boolean {
    if (key === 'Enter') openMenu(element);
    else if (key === ' ') acts.pick(row, shiftKey);
    else if (key.toLowerCase() === 'r') acts.reply(row);
    else return false;
    return true;
  }

  function onListKey(event: KeyboardEvent): boolean {
    if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'Home') void focus(messageFrom(0, 1));
    else if (event.key === 'End') toEnd();
    else return false;
    return true;
  }

  function onKey(event: KeyboardEvent): void {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = target.dataset['key'];
    // Buttons and players within a message keep their keys.
    if (target !== scroller.value && !key) return;
    const row = list.rows().find((one) => one.key === key);
    if (onListKey(event) || (isMessage(row) && onMessageKey(event, row, target))) event.preventDefault();
  }

  function onFocus({ target }: FocusEvent): void {
    const key = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    if (key) active.value = key;
  }

  return { activeIndex, onKey, onFocus };
}
