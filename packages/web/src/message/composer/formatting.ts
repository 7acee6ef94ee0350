/** What a shortcut puts around the selection. */
export const marks = { bold: '**', italic: '*', code: '`' } as const;

export type MarkName = keyof typeof marks;

export interface Span {
  start: number;
  end: number;
}

/** What takes the place of `replaced`, and what is selected afterwards. */
export interface Wrapping {
  replaced: Span;
  words: string;
  selected: Span;
}

/** Marks do nothing where a space stands at their inside. */
function withoutSpaces(text: string, { start, end }: Span): Span {
  const words = text.slice(start, end);
  const inner = words.trim();
  if (!inner) return { start, end };
  const from = start + words.indexOf(inner);
  return { start: from, end: from + inner.length };
}

/** `*` around `**` is not what `*` alone is. */
const isMarked = (text: string, { start, end }: Span, mark: string): boolean =>
  text.slice(start - mark.length, start) === mark &&
  text.slice(end, end + mark.length) === mark &&
  (mark !== '*' || (text[start - 2] === '*') === (text[start - 3] === '*'));

/** Puts the mark around the selection, or takes it away where it is already. */
export function wrap(text: string, selection: Span, name: MarkName): Wrapping {
  const mark = marks[name];
  const { start, end } = withoutSpaces(text, selection);
  const words = text.slice(start, end);
  if (isMarked(text, { start, end }, mark)) {
    const from = start - mark.length;
    return {
      replaced: { start: from, end: end + mark.length },
      words,
      selected: { start: from, end: end - mark.length },
    };
  }
  return {
    replaced: { start, end },
    words: `${mark}${words}${mark}`,
    selected: { start: start + mark.length, end: end + mark.length },
  };
}

/** With Ctrl, on a Mac ⌘. */
export const shortcutOf = { bold: 'b', italic: 'i', code: 'e' } as const satisfies Record<MarkName, string>;

export function markOfShortcut({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): MarkName | undefined {
  if (!(ctrlKey || metaKey) || altKey || shiftKey) return;
  return (Object.keys(shortcutOf) as MarkName[]).find((name) => shortcutOf[name] === key.toLowerCase());
}
