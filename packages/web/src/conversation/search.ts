/** One that can be found, with its words as they are compared. */
export interface Searchable<T> {
  item: T;
  names: readonly string[];
  text: string;
}

/** Without case, accents and full width. */
export function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** `names`: everything it is called; `text`: what was said last. */
export function searchable<T>(item: T, names: readonly string[], text: string): Searchable<T> {
  return { item, names: names.filter(Boolean).map(plain), text: plain(text) };
}

/** A name that begins with it, a word in one that does, a name that has it, the last message; -1: not found. */
function rank({ names, text }: Searchable<unknown>, words: readonly string[]): number {
  const [first = ''] = words;
  const named = names.filter((name) => words.every((word) => name.includes(word)));
  if (named.some((name) => name.startsWith(first))) return 0;
  if (named.some((name) => name.split(/[\s_.\-@]+/).some((part) => part.startsWith(first)))) return 1;
  if (named.length > 0) return 2;
  return words.every((word) => text.includes(word) || names.some((name) => name.includes(word))) ? 3 : -1;
}

/** Those that have every word of the question, the best first, else in the order given. */
export function search<T>(all: readonly Searchable<T>[], question: string): T[] {
  const words = plain(question).split(/\s+/).filter(Boolean);
  const ranks: T[][] = [[], [], [], []];
  for (const one of all) ranks[rank(one, words)]?.push(one.item);
  return ranks.flat();
}

/** Part of a text; `hit`: what was searched for. */
export interface TextPart {
  text: string;
  hit: boolean;
}

/** Where the plain text's characters stand in the text: some become two, some none. */
function plainWithPlaces(text: string): { plain: string; places: number[] } {
  let out = '';
  const places: number[] = [];
  let at = 0;
  for (const char of text) {
    const part = plain(char);
    for (let i = 0; i < part.length; i++) places.push(at);
    out += part;
    at += char.length;
  }
  places.push(text.length);
  return { plain: out, places };
}

/** The text in parts, with the words of the question marked; all of it in one when it has none of them. */
export function markFound(text: string, question: string): TextPart[] {
  const words = plain(question).split(/\s+/).filter(Boolean);
  const { plain: searched, places } = plainWithPlaces(text);
  const hits = new Uint8Array(text.length);
  for (const word of words) {
    for (let i = searched.indexOf(word); i >= 0; i = searched.indexOf(word, i + word.length))
      hits.fill(1, places[i], places[i + word.length]);
  }
  const parts: TextPart[] = [];
  for (let i = 0; i < text.length; i++) {
    const hit = hits[i] === 1;
    const last = parts.at(-1);
    if (last?.hit === hit) last.text += text.charAt(i);
    else parts.push({ text: text.charAt(i), hit });
  }
  return parts;
}

/** How far into a line a word is still seen, what a line holds, and what is kept before the word at least; in letters. */
const seenLetters = 20;
const lineLetters = 28;
const keptLetters = 12;

/** Letters of Chinese, Japanese and Korean take the room of two. */
const roomOf = (text: string): number => text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);

/** The end of a text that has this room, from the beginning of a word where it has several. */
function endIn(text: string, room: number): string {
  let from = text.length;
  while (from > 0 && roomOf(text.slice(from - 1)) <= room) from--;
  return text.slice(from).replace(/^\S*\s+(?=\S)/, '');
}

/** The parts for a single line: from shortly before the first word found, where that would be cut off. */
export function fromFirstFound(parts: readonly TextPart[]): readonly TextPart[] {
  const [before, ...rest] = parts;
  if (!before || before.hit || rest.length === 0 || roomOf(before.text) <= seenLetters) return parts;
  const after = rest.reduce((sum, { text }) => sum + roomOf(text), 0);
  const room = Math.max(keptLetters, lineLetters - after);
  if (roomOf(before.text) <= room) return parts;
  return [{ text: `…${endIn(before.text, room)}`, hit: false }, ...rest];
}

/** Whether a text has every word of the question. */
export function hasWords(text: string, question: string): boolean {
  const searched = plain(text);
  return plain(question)
    .split(/\s+/)
    .every((word) => searched.includes(word));
}
