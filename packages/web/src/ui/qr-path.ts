import encodeQR from 'qr';

/** A code as an SVG path of unit squares, and how many squares a side has; the quiet zone of four is part of it. */
interface QrPath {
  size: number;
  path: string;
}

/** Readers need it around the code. */
const quietZone = 4;

/** Rows of dark squares are drawn as one stroke each: a tenth of the length that single squares would have. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue;
    let length = 1;
    while (row[x + length]) length += 1;
    path += `M${x} ${y}h${length}v1h-${length}z`;
    x += length;
  }
  return path;
}

export function qrSvgPath(text: string): QrPath {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  return { size: rows.length, path: rows.map(rowPath).join('') };
}
