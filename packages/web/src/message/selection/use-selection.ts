import type { Meta } from 'flooim';
import { type ComputedRef, computed, type Ref, shallowRef } from 'vue';
import { t } from '../../i18n/i18n.ts';
import { toast } from '../../ui/toasts.ts';
import { forwardedItems } from '../message-ext.ts';

/** As many as fit into one record, and as somebody can look over. */
const mostSelected = forwardedItems;

export interface Selection {
  /** Null: nobody is selecting. */
  mids: Ref<ReadonlySet<string> | null>;
  /** In the order of the conversation, those that are still there. */
  chosen: ComputedRef<readonly Meta[]>;
  /** Begins selecting with the first one. `range`: all from the last one picked. */
  pick(meta: Meta, range?: boolean): void;
  leave(): void;
}

const isSelectable = ({ sending }: Meta): boolean => sending === 'sent';

export function useSelection(messages: () => readonly Meta[]): Selection {
  const mids = shallowRef<ReadonlySet<string> | null>(null);
  const chosen = computed(() => messages().filter(({ id }) => mids.value?.has(id)));
  let last: string | null = null;

  function between(from: string, to: string): string[] {
    const all = messages();
    const ends = [from, to].map((mid) => all.findIndex(({ id }) => id === mid)).sort((a, b) => a - b);
    const [first = 0, end = 0] = ends;
    return first < 0 ? [to] : all.slice(first, end + 1).flatMap((meta) => (isSelectable(meta) ? meta.id : []));
  }

  function pick(meta: Meta, range = false): void {
    if (!isSelectable(meta)) return;
    const next = new Set(mids.value);
    if (range && last) for (const mid of between(last, meta.id)) next.add(mid);
    else if (!next.delete(meta.id)) next.add(meta.id);
    if (next.size > mostSelected) return toast(t('select.most', { n: mostSelected }), 'error');
    last = meta.id;
    mids.value = next;
  }

  function leave(): void {
    mids.value = null;
    last = null;
  }

  return { mids, chosen, pick, leave };
}
