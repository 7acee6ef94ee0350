import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { thumbHashToAverageRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { thumbnailSides } from '../src/media/media.ts';
import { colorAt, halves, plain, pngOf, startMedia } from './support/media.ts';

const MiB = 1024 * 1024;

describe('Of a picture', () => {
  it.each([
    ['image/jpeg', plain(60, 40, 'red').jpeg()],
    ['image/png', plain(60, 40, 'red').png()],
    ['image/webp', plain(60, 40, 'red').webp()],
    ['image/gif', plain(60, 40, 'red').gif()],
    ['image/avif', plain(60, 40, 'red').avif({ effort: 0 })],
  ])('%s, the size and a placeholder are told', async (type, picture) => {
    const { media, write } = await startMedia();
    const facts = await media.look(await write('a', picture), type);
    expect(facts).toEqual({ kind: 'picture', width: 60, height: 40, duration: 0, placeholder: expect.any(String) });
    const { r, g, b } = thumbHashToAverageRGBA(Buffer.from(facts!.placeholder, 'base64'));
    expect(r).toBeGreaterThan(0.8);
    expect(g + b).toBeLessThan(0.4);
  });

  it('a small one is made for each box, and no box makes it larger', async () => {
    const { media, folder, write } = await startMedia();
    const large = await write('large', plain(1500, 1000, 'blue').jpeg());
    const small = await write('small', plain(100, 80, 'blue').jpeg());
    for (const side of thumbnailSides) {
      const to = join(folder, `t${side}`);
      expect(await media.shrink(large, 'image/jpeg', side, to)).toBe(true);
      expect(await sharp(to).metadata()).toMatchObject({ format: 'webp', width: side, height: (side * 2) / 3 });
      expect(await media.shrink(small, 'image/jpeg', side, to)).toBe(true);
      expect(await sharp(to).metadata()).toMatchObject({ width: 100, height: 80 });
    }
  });

  it('that the camera turned, the small one is upright', async () => {
    const { media, folder, write } = await startMedia();
    // Orientation 6: what is stored on the left is shown on top.
    const path = await write('a', halves(60, 40, '#f00', '#00f').withMetadata({ orientation: 6 }).jpeg());
    expect(await media.look(path, 'image/jpeg')).toMatchObject({ width: 40, height: 60 });
    const to = join(folder, 'small');
    await media.shrink(path, 'image/jpeg', 120, to);
    expect(await sharp(to).metadata()).toMatchObject({ width: 40, height: 60 });
    expect(await colorAt(to, 20, 5)).toBe('red');
    expect(await colorAt(to, 20, 55)).toBe('blue');
  });

  it('the small one says nothing of where, when and by whom it was taken', async () => {
    const { media, folder, write } = await startMedia();
    const exif = {
      IFD0: { Copyright: 'by-somebody', Model: 'a-camera' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    };
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/">somewhere-else</x:xmpmeta>';
    const path = await write('a', plain(300, 200, 'green').withExif(exif).withXmp(xmp).withIccProfile('p3').jpeg());
    const before = await sharp(path).metadata();
    for (const part of ['exif', 'xmp', 'icc'] as const) expect(before[part]).toBeDefined();
    const to = join(folder, 'small');
    await media.shrink(path, 'image/jpeg', 120, to);
    const after = await sharp(to).metadata();
    for (const part of ['exif', 'xmp', 'icc', 'iptc', 'comments'] as const) expect(after[part]).toBeUndefined();
    expect(await readFile(to, 'latin1')).not.toMatch(/by-somebody|a-camera|somewhere-else|GPS/);
  });

  it.each(['gif', 'webp'] as const)('that moves, as %s, its first frame is taken', async (format) => {
    const { media, folder, write } = await startMedia();
    const frames = await Promise.all(['#f00', '#0f0', '#00f'].map((color) => plain(50, 30, color).png().toBuffer()));
    const path = await write('a', sharp(frames, { join: { animated: true } }).toFormat(format));
    expect((await sharp(path).metadata()).pages).toBe(3);
    expect(await media.look(path, `image/${format}`)).toMatchObject({ width: 50, height: 30 });
    const to = join(folder, 'small');
    await media.shrink(path, `image/${format}`, 120, to);
    const after = await sharp(to).metadata();
    expect([after.width, after.height, after.pages ?? 1]).toEqual([50, 30, 1]);
    expect(await colorAt(to, 25, 15)).toBe('red');
  });

  it('what one can see through stays so', async () => {
    const { media, folder, write } = await startMedia();
    const half = { r: 255, g: 0, b: 0, alpha: 0.5 };
    const path = await write('a', sharp({ create: { width: 400, height: 300, channels: 4, background: half } }).png());
    const facts = await media.look(path, 'image/png');
    expect(thumbHashToAverageRGBA(Buffer.from(facts!.placeholder, 'base64')).a).toBeCloseTo(0.5, 1);
    const to = join(folder, 'small');
    await media.shrink(path, 'image/png', 120, to);
    const { data, info } = await sharp(to).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    expect(Math.abs(data[3]! - 128)).toBeLessThan(4);
  });

  it.each([
    [1, 1],
    [4000, 1],
    [1, 4000],
  ])('of %i x %i pixels there is a small one too', async (width, height) => {
    const { media, folder, write } = await startMedia();
    const path = await write('a', plain(width, height, 'red').png());
    expect(await media.look(path, 'image/png')).toMatchObject({ width, height });
    expect(await media.shrink(path, 'image/png', 120, join(folder, 'small'))).toBe(true);
  });
});

describe('Nothing is made', () => {
  it('of pictures with more pixels than anybody can show, and the process stays small over them', async () => {
    const { media, folder, write, pids, lines } = await startMedia();
    const jpeg = await plain(64, 64, 'red').jpeg().toBuffer();
    const sizeAt = jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5;
    jpeg.writeUInt16BE(65_500, sizeAt);
    jpeg.writeUInt16BE(65_500, sizeAt + 2);
    const gif = await plain(64, 64, 'red').gif().toBuffer();
    const frameAt = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 64, 0]));
    for (const at of [6, 8, frameAt + 5, frameAt + 7]) gif.writeUInt16LE(65_535, at);
    const floods = [
      ['image/png', pngOf(60_000, 60_000, 1)],
      ['image/png', pngOf(20_000, 20_000, 20_000)],
      ['image/jpeg', jpeg],
      ['image/gif', gif],
    ] as const;
    for (const [type, bytes] of floods) {
      const path = await write('flood', bytes);
      expect(await media.look(path, type)).toBeUndefined();
      expect(await media.shrink(path, type, 480, join(folder, 'small'))).toBe(false);
    }
    const [pid, ...more] = pids();
    expect(more).toEqual([]);
    expect(lines.filter(({ level }) => level > 20)).toEqual([]);
    expect(peakMemory(pid!)).toBeLessThan(200 * MiB);

    const largest = await write('largest', pngOf(8192, 8192, 8192));
    expect(await media.look(largest, 'image/png')).toMatchObject({ width: 8192, height: 8192 });
    expect(peakMemory(pid!)).toBeLessThan(300 * MiB);
  });

  it.each([
    ['image/jpeg', halves(600, 400, 'red', 'blue').jpeg()],
    ['image/png', halves(600, 400, 'red', 'blue').png()],
    ['image/webp', halves(600, 400, 'red', 'blue').webp()],
    ['image/gif', halves(600, 400, 'red', 'blue').gif()],
    ['image/avif', halves(600, 400, 'red', 'blue').avif({ effort: 0 })],
  ])('of %s that was cut off', async (type, picture) => {
    const { media, folder, write } = await startMedia();
    const bytes = await picture.toBuffer();
    const path = await write('cut', bytes.subarray(0, bytes.length * 0.6));
    expect(await media.look(path, type)).toBeUndefined();
    expect(await media.shrink(path, type, 120, join(folder, 'small'))).toBe(false);
    expect(existsSync(join(folder, 'small'))).toBe(false);
  });

  it('of what is something else than it is said to be', async () => {
    const { media, folder, write, lines } = await startMedia();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
    const others = {
      nothing: '',
      svg,
      'svg.png': `<?xml version="1.0"?>${svg}`,
      html: '<!doctype html><script>alert(1)</script>',
      pdf: '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
      postscript: '%!PS\n(%pipe%id) (w) file',
      mvg: 'push graphic-context\nimage over 0,0 0,0 "/etc/passwd"',
      ppm: 'P3\n1 1\n255\n255 0 0\n',
      tiff: plain(9, 9, 'red').tiff(),
    };
    await plain(9, 9, 'red').toFile(join(folder, 'a.v'));
    const types = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/heic'];
    const paths = [join(folder, 'a.v')];
    for (const [name, content] of Object.entries(others)) paths.push(await write(name, content));
    for (const path of paths) {
      for (const type of types) {
        expect([path, type, await media.look(path, type)]).toEqual([path, type, undefined]);
        expect(await media.shrink(path, type, 120, join(folder, 'small'))).toBe(false);
      }
    }
    const png = await write('a.jpg', plain(9, 9, 'red').png());
    expect(await media.look(png, 'image/jpeg')).toBeUndefined();
    expect(await media.look(join(folder, 'absent'), 'image/png')).toBeUndefined();
    expect(lines.filter(({ level }) => level > 20)).toEqual([]);
  });

  it('of other types, and no process is started for them', async () => {
    const { media, folder, write, pids } = await startMedia();
    const path = await write('a', plain(9, 9, 'red').png());
    for (const type of ['image/svg+xml', 'image/tiff', 'application/pdf', 'text/html', 'audio/mpeg', '', 'toString']) {
      expect(await media.look(path, type)).toBeUndefined();
      expect(await media.shrink(path, type, 120, join(folder, 'small'))).toBe(false);
    }
    expect(pids()).toEqual([]);
  });
});

it('Of a picture that is a page as well, only the pixels remain', async () => {
  const { media, folder, write } = await startMedia();
  const script = '<script>alert(1)</script>';
  const jpeg = plain(300, 200, 'red')
    .withExif({ IFD0: { ImageDescription: script } })
    .jpeg();
  const path = await write(
    'a',
    Buffer.concat([await jpeg.toBuffer(), Buffer.from(`<!doctype html>${script}PK\x03\x04`)]),
  );
  expect(await media.look(path, 'image/jpeg')).toMatchObject({ width: 300, height: 200 });
  const to = join(folder, 'small');
  expect(await media.shrink(path, 'image/jpeg', 120, to)).toBe(true);
  expect(readFileSync(path, 'latin1').split(script)).toHaveLength(3);
  expect(readFileSync(to, 'latin1')).not.toContain('script');
});

/** The most that a process ever had in memory, in bytes. */
function peakMemory(pid: number): number {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
