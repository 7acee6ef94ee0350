/** More lines than this are folded, to as many as `FoldedText` shows. */
const mostLines = 24;

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** How wide a line is, in letters; Chinese ones count twice. */
const width = (line: string): number => line.length + (line.match(wide)?.length ?? 0);

/** Whether a text is so long that who scrolls by wants to see its beginning only; `letters` stand in one line. */
export function isLong(text: string, letters: number): boolean {
  if (text.length < mostLines) return false;
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / letters)), 0);
  return lines > mostLines;
}
