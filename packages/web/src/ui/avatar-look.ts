/** Hues far enough apart to tell people by, and dark enough for white initials (AA). */
const colours = [
  '#0f766e',
  '#1d4ed8',
  '#7c3aed',
  '#be185d',
  '#b45309',
  '#4d7c0f',
  '#0e7490',
  '#9f1239',
  '#4338ca',
  '#a16207',
];

let graphemes: Intl.Segmenter | undefined;

/** What a person sees as one letter. */
function firstLetter(word: string): string {
  // Nothing joins the first of two such; the rest needs a dictionary, which is not there at once.
  if (/^[!-~]([!-~]|$)/.test(word)) return word.charAt(0);
  graphemes ??= new Intl.Segmenter();
  return [...graphemes.segment(word)][0]?.segment ?? '';
}

/** The same person has the same colour everywhere, whatever his name becomes. */
export function avatarColour(id: number): string {
  return colours[Math.abs(id * 7 + Math.floor(id / 10)) % colours.length] as string;
}

/** One character of a Chinese name (the last says more than the family name), up to two initials of others. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/^\p{Script=Han}+$/u.test(trimmed)) return [...trimmed].slice(trimmed.length > 2 ? -2 : 0).join('');
  const parts = trimmed.split(/[\s_.-]+/).filter(Boolean);
  const words = parts.filter((part) => /^[\p{L}\p{N}]/u.test(part));
  return (words.length > 0 ? words : parts).slice(0, 2).map(firstLetter).join('').toUpperCase();
}
