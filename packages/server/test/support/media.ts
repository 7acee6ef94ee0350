import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { expect, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/create-media.ts';
import type { Media } from '../../src/media/media.ts';

// It would remember what a file held that is written again.
sharp.cache(false);

// On a busy machine the process comes last.
vi.setConfig({ testTimeout: 60_000 });

type Options = Omit<Parameters<typeof createMedia>[0], 'log'>;

/** Media with a folder for a test's files, and what it logged. */
export interface MediaBench {
  media: Media;
  folder: string;
  lines: { level: number; msg: string; pid?: number }[];
  /** The processes that it started, the last one last. */
  pids(): number[];
  write(name: string, content: Buffer | string | Sharp): Promise<string>;
}

export async function startMedia(options: Options = {}): Promise<MediaBench> {
  const folder = await mkdtemp(join(tmpdir(), 'flooim-test-'));
  const lines: MediaBench['lines'] = [];
  const log = createLog('debug', { write: (line) => lines.push(JSON.parse(line)) });
  const media = createMedia({ log, ...options });
  onTestFinished(async () => {
    await media.close();
    await rm(folder, { recursive: true });
  });
  return {
    media,
    folder,
    lines,
    pids: () => lines.flatMap(({ pid }) => pid ?? []),
    async write(name, content) {
      const path = join(folder, name);
      const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
      await writeFile(path, isBytes ? content : await content.toBuffer());
      return path;
    },
  };
}

export function plain(width: number, height: number, color: string): Sharp {
  return sharp({ create: { width, height, channels: 3, background: color } });
}

/** A picture of two halves, side by side. */
export function halves(width: number, height: number, left: string, right: string): Sharp {
  return plain(width, height, right).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: left } }, left: 0, top: 0 },
  ]);
}

/** Which of red, green and blue is the strongest in a place of a picture. */
export async function colorAt(picture: string | Buffer, x: number, y: number): Promise<'red' | 'green' | 'blue'> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const start = (y * info.width + x) * info.channels;
  const [red = 0, green = 0, blue = 0] = data.subarray(start, start + 3);
  return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue';
}

/** A black PNG that says it has this size; with `rows` it has as many, one bit each pixel, and almost no bytes. */
export function pngOf(width: number, height: number, rows: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(width / 8))), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), content]);
  const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
  ends[0].writeUInt32BE(content.length);
  ends[1].writeUInt32BE(crc32(body));
  return Buffer.concat([ends[0], body, ends[1]]);
}

/** The processes of the group that this one leads or led; what has ended and is not yet cleared away does not count. */
export function groupOf(pid: number): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => Number.parseInt(line, 10) === pid && !/^\s*\d+\s+Z/.test(line));
}

export async function waitForEnd(pid: number): Promise<void> {
  await vi.waitFor(() => expect(groupOf(pid)).toEqual([]), { timeout: 10_000, interval: 50 });
}
