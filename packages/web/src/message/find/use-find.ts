import type { Meta } from 'flooim';
import { computed, nextTick, onScopeDispose, ref, watch } from 'vue';
import { plain } from '../../conversation/search.ts';
import { useMessages } from '../message-store.ts';
import { summary } from '../summary.ts';

/** History is looked through in pages of so many, and not for ever. */
const pageSize = 200;
const mostMessages = 10_000;

/** Finds words in a conversation: in what is loaded, and, going back further, in what comes then. */
export function useFind(uid: number, reveal: (mid: string) => boolean) {
  const messages = useMessages();
  const open = ref(false);
  const query = ref('');
  const busy = ref(false);
  const current = ref<string | null>(null);
  const question = computed(() => plain(query.value.trim()));

  // A message is made plain once, not at every letter.
  const plainTexts = new WeakMap<Meta, string>();
  function plainText(meta: Meta): string {
    const known = plainTexts.get(meta) ?? plain(summary(meta));
    plainTexts.set(meta, known);
    return known;
  }

  /** Newest first. */
  const found = computed<readonly string[]>(() => {
    if (!open.value || !question.value) return [];
    const mids = messages
      .chat(uid)
      .messages.flatMap((meta) => (plainText(meta).includes(question.value) ? meta.id : []));
    return mids.reverse();
  });
  const at = computed(() => (current.value === null ? -1 : found.value.indexOf(current.value)));

  function show(index: number): void {
    const mid = found.value[index];
    if (mid === undefined) return;
    current.value = mid;
    reveal(mid);
  }

  watch(question, async () => {
    current.value = null;
    await nextTick();
    show(0);
  });

  const canLoad = (): boolean => {
    const { older, messages: loaded } = messages.chat(uid);
    return older !== 'end' && loaded.length < mostMessages;
  };

  /** From the oldest one that is loaded it looks on in the history. */
  async function older(): Promise<void> {
    const asked = question.value;
    if (!asked || busy.value) return;
    const next = at.value + 1;
    busy.value = true;
    while (found.value.length <= next && question.value === asked && canLoad()) {
      if (!(await messages.loadOlder(uid, pageSize))) break;
    }
    busy.value = false;
    await nextTick();
    if (question.value === asked) show(next);
  }

  const newer = (): void => show(at.value - 1);

  function close(): void {
    open.value = false;
    query.value = '';
    current.value = null;
  }
  // Whoever has left looks for nothing.
  onScopeDispose(close);

  return { open, query, question, found, at, busy, older, newer, close };
}
