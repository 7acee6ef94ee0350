import sharp from 'sharp';
import { pngOf } from './media.ts';

/** Pictures that cost whoever shows them more than they should, each with its type by content. */
export async function hostilePictures(): Promise<Record<string, [type: string, bytes: Buffer]>> {
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  const gif = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .gif()
    .toBuffer();
  return {
    'a header of 60,000 x 60,000 pixels': ['image/png', pngOf(60_000, 60_000, 1)],
    '20,000 x 20,000 pixels in 50 KB': ['image/png', pngOf(20_000, 20_000, 20_000)],
    'a JPEG that says it is as large as can be': ['image/jpeg', enlarged(jpeg)],
    'a GIF that says it is as large as can be': ['image/gif', swollen(gif)],
    'a GIF of 5,000 frames': ['image/gif', framesOf(gif, 5000)],
    'a JPEG of 300 scans': ['image/jpeg', scansOf(4096, 300)],
    'EXIF that leads in a circle': ['image/jpeg', withSegments(jpeg, [exifCircle()])],
    'a hundred times EXIF of 5,000 entries that say they are large': [
      'image/jpeg',
      withSegments(jpeg, Array(100).fill(exifOf(5000))),
    ],
    'half of a JPEG': ['image/jpeg', jpeg.subarray(0, jpeg.length / 2)],
    'the beginning of a PNG': ['image/png', pngOf(64, 64, 64).subarray(0, 40)],
    'the beginning of a GIF': ['image/gif', gif.subarray(0, 20)],
  };
}

function enlarged(jpeg: Buffer): Buffer {
  const bytes = Buffer.from(jpeg);
  const sizeAt = bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5;
  bytes.writeUInt16BE(65_500, sizeAt);
  bytes.writeUInt16BE(65_500, sizeAt + 2);
  return bytes;
}

const frameMark = Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 64, 0]);

function swollen(gif: Buffer): Buffer {
  const bytes = Buffer.from(gif);
  const frameAt = bytes.indexOf(frameMark);
  for (const at of [6, 8, frameAt + 5, frameAt + 7]) bytes.writeUInt16LE(65_535, at);
  return bytes;
}

function framesOf(gif: Buffer, count: number): Buffer {
  const frameAt = gif.indexOf(frameMark);
  const frame = gif.subarray(frameAt, -1);
  return Buffer.concat([gif.subarray(0, frameAt), ...Array<Buffer>(count).fill(frame), gif.subarray(-1)]);
}

function withSegments(jpeg: Buffer, exif: readonly Buffer[]): Buffer {
  const segments = exif.map((content) => segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), content])));
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** A directory whose next one is itself, and so is what it points to. */
function exifCircle(): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.write('MM\0*');
  bytes.writeUInt32BE(8, 4);
  bytes.writeUInt16BE(1, 8);
  for (const [at, value] of [
    [10, 0x8769_0004],
    [14, 1],
    [18, 8],
    [22, 8],
  ] as const) {
    bytes.writeUInt32BE(value, at);
  }
  return bytes;
}

/** As many entries as fit, each of which says that it is 4 GB large. */
function exifOf(entries: number): Buffer {
  const bytes = Buffer.alloc(10 + entries * 12, 0xff);
  bytes.write('MM\0*');
  bytes.writeUInt32BE(8, 4);
  bytes.writeUInt16BE(entries, 8);
  return bytes;
}

/** A progressive picture of one colour whose scans all say nothing: each of them is some bytes, and all blocks are visited for it. */
function scansOf(side: number, count: number): Buffer {
  const blocks = (side / 8) ** 2;
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  for (const at of [1, 3]) frame.writeUInt16BE(side, at);
  // Of one code, a 0, each.
  const table = (kind: number, symbol: number) =>
    segment(0xc4, Buffer.from([kind, 1, ...Array<number>(15).fill(0), symbol]));
  const skipMost = `0${'1'.repeat(14)}`;
  const blank = Buffer.concat([
    segment(0xda, Buffer.from([1, 1, 0, 1, 63, 0])),
    packed(skipMost.repeat(Math.ceil(blocks / 32_767))),
  ]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)),
    segment(0xc2, frame),
    table(0x00, 0),
    table(0x10, 0xe0),
    segment(0xda, Buffer.from([1, 1, 0, 0, 0, 0])),
    Buffer.alloc(Math.ceil(blocks / 8)),
    ...Array<Buffer>(count).fill(blank),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function packed(bits: string): Buffer {
  const bytes = bits.match(/.{1,8}/g)?.map((eight) => Number.parseInt(eight.padEnd(8, '1'), 2)) ?? [];
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

function segment(mark: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, mark, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}
