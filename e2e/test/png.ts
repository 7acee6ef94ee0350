import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

function png(width: number, height: number, rows: Buffer, level: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const data = deflateSync(rows, { level });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** A picture of hills under a sky of this colour (0 to 1 around the circle), a few kilobytes large. */
export function landscape(width: number, height: number, hue: number): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  const tint = (offset: number, light: number) =>
    Math.round(light * (0.6 + 0.4 * Math.cos(2 * Math.PI * (hue + offset))));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const hill = height * (0.62 + 0.12 * Math.sin((x / width) * 7 + hue * 9));
      const light = y > hill ? 90 - 40 * ((y - hill) / height) : 140 + 100 * (y / height);
      const at = y * (width * 3 + 1) + 1 + x * 3;
      rows.set([tint(0, light), tint(1 / 3, light), tint(2 / 3, light)], at);
    }
  }
  return png(width, height, rows, 9);
}

/** A picture that cannot be compressed: three bytes for each pixel. */
export function noise(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) randomBytes(width * 3).copy(rows, y * (width * 3 + 1) + 1);
  return png(width, height, rows, 0);
}
