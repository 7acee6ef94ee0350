/** A line of a list shows no more. */
const mostChars = 400;

/** A markdown text without its marks, for one line: a guess that costs nothing, unlike reading it. */
export function plainWords(text: string): string {
  return text
    .slice(0, mostChars)
    .replace(/^\s*(```|~~~)[^\n]*$/gm, '')
    .replace(/^\s{0,3}\|?[\s:|-]*-[\s:|-]*$/gm, '')
    .replace(/^[ \t]*(?:(?:#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+)+(?:\[[ xX]\][ \t]+)?/gm, '')
    .replace(/!?\[([^\][]*)\]\([^()\s]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`+)(?=\S)([^\n]*?\S)\1/g, '$2')
    .replace(/(?<![\w*])([*_])(?=\S)([^\n*_]*\S)\1(?![\w*])/g, '$2')
    .replace(/\s+/g, ' ')
    .trim();
}
