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

const graphemes = new Intl.Segmenter();

/** The same person has the same colour everywhere, whatever his name becomes. */
export function avatarColour(id: number): string {
  return colours[Math.abs(id * 7 + Math.floor(id / 10)) % colours.length] as string;
}

/** One character of a Chinese name (the last says more than the family name), up to two initials of others. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/^\p{Script=Han}+$/u.test(trimmed)) return [...trimmed].slice(trimmed.length > 2 ? -2 : 0).join('');
  const words = trimmed.split(/[\s_.-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...graphemes.segment(word)][0]?.segment ?? '')
    .join('')
    .toUpperCase();
}
