import { computed, type Ref, ref, shallowRef, watchEffect } from 'vue';
import { insertWords } from './insert-words.ts';
import type { Suggestion } from './suggestion.ts';
import { type Token, tokenAt } from './token.ts';

/** What is suggested for what is typed after a sign. */
export interface SuggestionSource {
  sign: string;
  /** So many characters must be typed before anything is suggested. */
  least: number;
  /** Whether the sign that stands there is done with. */
  isDone?(text: string, at: number): boolean;
  find(query: string): readonly Suggestion[] | Promise<readonly Suggestion[]>;
  /** It was put into the text. */
  chosen?(suggestion: Suggestion): void;
}

interface Asked {
  source: SuggestionSource;
  token: Token;
}

/** The list above the field. Everything it needs of the field is told by the functions that are given back. */
export function useSuggestions(field: Ref<HTMLTextAreaElement | undefined>, sources: readonly SuggestionSource[]) {
  const list = shallowRef<readonly Suggestion[]>([]);
  const active = ref(0);
  const isOpen = computed(() => list.value.length > 0);
  const asked = shallowRef<Asked | null>(null);
  /** Where a sign stands that somebody wants no list for. */
  let dismissed = -1;

  // Again when what it was found in has changed: names come late.
  watchEffect(() => {
    const now = asked.value;
    if (now) void fill(now);
  });

  let filled: Asked | null = null;

  async function fill(now: Asked): Promise<void> {
    const found = await now.source.find(now.token.query);
    if (asked.value !== now) return;
    // Who has gone to a line stays at it when others come between.
    const at = filled === now && active.value > 0 ? list.value[active.value]?.key : undefined;
    if (at !== undefined)
      active.value = Math.max(
        0,
        found.findIndex(({ key }) => key === at),
      );
    filled = now;
    list.value = found;
  }

  function close(): void {
    asked.value = null;
    list.value = [];
  }

  function wanted({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Asked | null {
    if (selectionStart !== selectionEnd) return null;
    for (const source of sources) {
      const token = tokenAt(value, selectionStart, source.sign);
      if (token && token.query.length >= source.least && !source.isDone?.(value, token.start)) return { source, token };
    }
    return null;
  }

  /** Looks at what stands before the caret; to be called whenever text or caret changed. */
  function look(): void {
    const now = field.value && wanted(field.value);
    if (now?.token.start !== dismissed) dismissed = -1;
    if (!now || dismissed >= 0) return close();
    const before = asked.value?.token;
    if (before?.start === now.token.start && before.query === now.token.query) return;
    asked.value = now;
    active.value = 0;
  }

  function choose(suggestion: Suggestion): void {
    if (!asked.value || !field.value) return;
    const { source, token } = asked.value;
    source.chosen?.(suggestion);
    close();
    const isSpaced = field.value.value[token.end] === ' ';
    insertWords(field.value, isSpaced ? suggestion.inserts : `${suggestion.inserts} `, token);
  }

  function move(by: number): void {
    active.value = (active.value + by + list.value.length) % list.value.length;
  }

  function dismiss(): void {
    dismissed = asked.value?.token.start ?? -1;
    close();
  }

  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => chooseActive(),
    Tab: () => chooseActive(),
    Escape: dismiss,
  };

  function chooseActive(): void {
    const suggestion = list.value[active.value] ?? list.value[0];
    if (suggestion) choose(suggestion);
  }

  /** True if the key was for the list, and is to do nothing else. */
  function onKey(event: KeyboardEvent): boolean {
    const act = keys[event.key];
    if (!isOpen.value || !act || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
    event.preventDefault();
    event.stopPropagation();
    act();
    return true;
  }

  return { list, active, isOpen, look, close, choose, onKey };
}
