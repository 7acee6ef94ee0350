/** Waves across the page, one below the other, as they would be plotted. */
function curves(): string[] {
  return [0, 1, 2, 3].map((curve) => {
    const points = Array.from({ length: 460 }, (_, i) => {
      const height = 40 * Math.sin(i / (17 + 9 * curve) + curve) + 14 * Math.sin(i / 5.3 + 2 * curve);
      return `${72 + i} ${(430 - 96 * curve + height).toFixed(3)} ${i === 0 ? 'm' : 'l'}`;
    });
    return `0.04 0.48 0.42 RG 0.8 w ${points.join(' ')} S`;
  });
}

/** One page as a PDF file: a headline, the lines below it, a drawing. ASCII only: it brings no font of its own. */
export function pdf(headline: string, lines: readonly string[]): Buffer<ArrayBuffer> {
  const escaped = (text: string) => text.replace(/[\\()]/g, '\\$&');
  const drawn = [
    `BT /F1 22 Tf 72 760 Td (${escaped(headline)}) Tj ET`,
    ...lines.map((line, i) => `BT /F1 12 Tf 72 ${720 - i * 20} Td (${escaped(line)}) Tj ET`),
    ...curves(),
  ].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + table + end, 'latin1');
}
